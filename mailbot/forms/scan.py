"""A walk over a Document with one form definition: which questions it prints and what stands beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mailbot.forms.definitions import Definition
from mailbot.forms.document import Control, Document, Paragraph, Table
from mailbot.forms.form import Row as FormRow
from mailbot.forms.grid import Grid
from mailbot.forms.page import Page
from mailbot.forms.standing import Asked, Standing


@dataclass(frozen=True)
class Scan:
    """All that one definition finds in a document."""

    asked: tuple[Asked, ...] = ()
    rows: Mapping[str, Sequence[FormRow]] = field(default_factory=dict)
    tables_seen: tuple[str, ...] = ()
    unknown: tuple[tuple[str, str], ...] = ()
    """Labels with an answer that the definition does not know, with their places."""
    events: frozenset[int] = frozenset()
    """The identities of the rows that are dated events, and of their headers."""


def scan(document: Document, definition: Definition) -> Scan:
    """Every question of the definition that the document prints, in the order of the document."""
    standing = Standing(definition)
    page = Page(standing)
    grid = Grid(standing, page)
    page.controls([block for block in document.blocks if isinstance(block, Control)])
    for block in document.blocks:
        if isinstance(block, Paragraph):
            standing.line_begins()
            page.paragraph(block)
            if block.level or block.line.bold:
                grid.begins_anew()
        elif isinstance(block, Table):
            grid.table(block)
    grid.begins_anew()
    standing.finish()
    return Scan(
        asked=tuple(standing.asked),
        rows=standing.rows,
        tables_seen=tuple(standing.rows),
        unknown=tuple(standing.unknown),
        events=frozenset(standing.events),
    )
