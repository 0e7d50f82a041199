"""Which kind of form a document is: by its title, by the questions it prints, by those that were answered."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from math import inf

from mailbot.forms.definitions import Definition, Definitions
from mailbot.forms.document import Cell, Document, Paragraph, Table
from mailbot.forms.labels import WHOLE, means
from mailbot.forms.scan import Scan
from mailbot.forms.values import tidy

ENOUGH = 9
"""Below this score a document is no form that is known: an invoice asks for names and dates too, and is none."""
_TITLE, _OWN, _ANSWERED, _TABLE, _EVENTS = 6, 1, 3, 4, 5
"""What a title counts, a question that only this kind asks, an answer to one, a table of its own, dated rows in it.

An answer counts more than a question: a form of two parts is what its filled part says.
"""
_WHOLE_TITLE = 8
"""What a title counts that says nothing else: `Chronology` alone, above a table that a scan made illegible."""
_SHARED = 3
"""Questions that any paper may ask (names, dates, addresses) count one each up to here."""
_UNTITLED = 4
"""Questions of its own that a form asks which does not say what it is: a newsletter has `Good practice` too."""
_TITLE_BLOCKS = 8
_GLANCE = 600
"""Texts of the document that are looked at to see which definitions are worth a walk."""
_FEW = 3
"""A definition with less than the best's labels divided by this is not worth it."""


def score(document: Document, definition: Definition, found: Scan) -> tuple[int, tuple[str, ...]]:
    """How well the definition fits, and the reasons as a person would say them."""
    title = title_of(document, definition)
    if definition.kind == "other":
        return (1000, (f"the title says “{title}”",)) if title else (0, ())
    asked = {one.name.partition(":")[0] for one in found.asked}
    answered = {one.name.partition(":")[0] for one in found.asked if tidy(" ".join(line.text for line in one.lines))}
    own, tables = asked & set(definition.marks), [one for one in found.tables_seen if one in definition.marks]
    if not title and len(own) < _UNTITLED and not tables:
        return 0, ()
    points = _OWN * len(own) + _ANSWERED * len(own & answered) + _TABLE * len(tables)
    points += _EVENTS if found.events and definition.is_chronology else 0
    points += min(len(asked - own), _SHARED)
    reasons = []
    if title:
        points += _WHOLE_TITLE if means(definition.titles, title) >= WHOLE else _TITLE
        reasons.append(f"the title says “{title}”")
    if asked:
        reasons.append(f"{len(asked)} of its questions are printed, {len(answered)} answered")
    if found.tables_seen:
        reasons.append(f"it has the table {', '.join(found.tables_seen)}")
    return points, tuple(reasons)


def likely_forms(document: Document, definitions: Definitions) -> dict[str, float]:
    """The kinds worth a whole walk over the document, each with the points that it could score at most.

    At a glance: few of another kind's labels stand in it. The points are as if each of its own were answered; of a
    document that is longer than the glance nobody knows.
    """
    texts = list(islice(_short_texts(document), _GLANCE))
    own = {one.kind: [one.own_in(text) for text in set(texts)] for one in definitions.forms if one.fields}
    known = {kind: sum(map(bool, printed)) for kind, printed in own.items()}
    most = max(known.values(), default=0)
    return {
        kind: inf if len(texts) == _GLANCE else _at_most(len(set().union(*printed)))
        for kind, printed in own.items()
        if known[kind] * _FEW >= most
    }


def _at_most(own: int) -> int:
    """The points of a form with so many questions and tables of its own, were all of it answered."""
    return (_OWN + _ANSWERED) * own + _SHARED + _EVENTS + _WHOLE_TITLE


def _short_texts(document: Document) -> Iterator[str]:
    for block in document.blocks:
        if isinstance(block, Paragraph):
            yield block.text.partition(":")[0]
        elif isinstance(block, Table):
            for row in block.rows:
                yield from (text.partition(":")[0] for text in row.texts if text)


def title_of(document: Document, definition: Definition) -> str:
    """The words at the top of the document that are one of the definition's titles; else empty."""
    best, words = 0, ""
    for text in _top(document):
        fit = means(definition.titles, text)
        if fit > best:
            best, words = fit, text
    return words


def _top(document: Document) -> list[str]:
    texts: list[str] = []
    for block in document.blocks:
        if isinstance(block, Paragraph) and block.text and not block.aside and len(block.text) < 160:
            texts.append(block.text)
        elif isinstance(block, Table):
            first: list[Cell] = [cell for row in block.rows[:2] for cell in row.cells if len(row.cells) == 1]
            texts.extend(cell.text for cell in first if cell.text)
            if any(len([c for c in row.cells if c.text]) > 1 for row in block.rows):
                break
        if len(texts) >= _TITLE_BLOCKS:
            break
    return texts
