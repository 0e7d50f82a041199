"""A walk over a Document with one form definition: which questions it prints and what stands beside them."""

from __future__ import annotations

import re

from mailbot.cases.values import Value
from mailbot.forms.controls import questions_of
from mailbot.forms.definitions import Definition
from mailbot.forms.document import Control, Document, Line, Paragraph, Table
from mailbot.forms.form import Row as FormRow
from mailbot.forms.grid import Grid
from mailbot.forms.labels import means
from mailbot.forms.spelling import LONGEST
from mailbot.forms.standing import Asked, Standing, Waiting

_REFERENCE = re.compile(
    r"(?<![\w/])(?<![\w/]-)(?=[\w/\-]{0,40}\d)(?=[\w/\-]{0,40}[A-Z])[A-Z\d]\w{0,40}(?:[/\-]\w{1,40}){1,9}"
)
_IN_MARGINS = {"case_ref", "child_name", "child_dob", "sin_ref", "agency_name"}


class Scan(Value):
    """All that one definition finds in a document."""

    asked: tuple[Asked, ...] = ()
    rows: dict[str, tuple[FormRow, ...]] = {}
    tables_seen: tuple[str, ...] = ()
    unknown: tuple[tuple[str, str], ...] = ()
    """Labels with an answer that the definition does not know, with their places."""
    events: frozenset[int] = frozenset()
    """The identities of the rows that are dated events, and of their headers."""


def scan(document: Document, definition: Definition) -> Scan:
    """Every question of the definition that the document prints, in the order of the document."""
    standing = Standing(definition)
    page, grid = _Page(standing), Grid(standing)
    page.controls([block for block in document.blocks if isinstance(block, Control)])
    for block in document.blocks:
        if isinstance(block, Paragraph):
            page.paragraph(block)
        elif isinstance(block, Table):
            grid.table(block)
    standing.close()
    return Scan(
        asked=tuple(standing.asked),
        rows={name: tuple(rows) for name, rows in standing.rows.items()},
        tables_seen=tuple(standing.rows),
        unknown=tuple(standing.unknown),
        events=frozenset(standing.events),
    )


class _Page:
    """Reads paragraphs and form fields into a walk's standing."""

    def __init__(self, standing: Standing) -> None:
        self._at = standing

    def paragraph(self, block: Paragraph) -> None:
        text = block.text
        if block.aside:
            self._aside(block)
            return
        if not text:
            if self._at.open is not None and any(run.placeholder for run in block.line.runs):
                self._at.open.lines.append(block.line)
            return
        if _starts_with_box(block.line):
            # One option of the question above; its words are no label even where they read like one.
            if self._at.open is not None:
                self._at.open.lines.append(block.line)
            return
        loud = bool(block.level) or block.line.bold or (text.isupper() and len(text) < 70)
        if loud and self._loud(block, text):
            return
        pairs = self._at.pairs(block.line)
        if pairs:
            self._at.close()
            for name, label, line in pairs[:-1]:
                self._at.record(name, label, (line,), block.place)
            name, label, line = pairs[-1]
            self._at.open = Waiting(name, label, block.place, [line])
            if line.text.strip() or any(run.field is not None for run in line.runs):
                self._settle_short()
            return
        name = self._at.target(text, near=loud or text.endswith((":", "?")))
        if name and (loud or text.endswith((":", "?")) or self._at.open is None or len(text) < 60):
            self._at.close()
            self._at.open = Waiting(name, text, block.place)
            self._at.under(text)
            return
        if self._at.open is not None:
            self._at.open.lines.append(block.line)
        elif reference := self._reference(text):
            self._at.record("case_ref", text, (Line.of(reference),), block.place)
        elif len(text) < 80:
            self._at.under(text)

    def _loud(self, block: Paragraph, text: str) -> bool:
        """A heading: of a section, of a question whose answer stands below, or of something unknown."""
        level = block.level or 9
        name = self._at.target(text, near=True)
        is_question = bool(name) and name != "-"
        if is_question and (text.endswith(":") or means(self._at.section_phrases(), text) < 1000):
            if self._at.ignored is not None and level <= self._at.ignored:
                self._at.ignored = None
            return False
        if self._at.pairs(block.line):
            return False
        if block.line.bold and not block.level and self._at.open is not None and len(text) > 120:
            return False
        self._at.close()
        self._at.heading(text, level)
        self._at.under(text)
        self._at.before = ""
        return True

    def _settle_short(self) -> None:
        """An answer that began on its label's own line goes on below only where it is long text."""
        if self._at.open is None:
            return
        known = self._at.definition.fields.get(self._at.open.name.partition(":")[0])
        if known is None or known.type != "text" or len(self._at.open.lines[0].text) < 60:
            self._at.close()

    def _aside(self, block: Paragraph) -> None:
        """Page headers, footers and text boxes hold the reference and the child, never an answer or a section."""
        kept = self._at.section, self._at.before, self._at.ignored
        self._at.ignored = None
        pairs = [one for one in self._at.pairs(block.line) if one[0] in _IN_MARGINS]
        for name, label, line in pairs:
            self._at.record(name, label, (line,), block.place)
        reference = "" if pairs else self._reference(block.text)
        if reference:
            self._at.record("case_ref", block.text, (Line.of(reference),), block.place)
        self._at.section, self._at.before, self._at.ignored = kept

    def _reference(self, text: str) -> str:
        """`Case SCP/2025/041`: a reference behind its label without a colon."""
        match = _REFERENCE.search(text)
        if match is None or "case_ref" not in self._at.definition.fields:
            return ""
        words = text[: match.start()].split()[-LONGEST:]
        return match[0] if any(self._at.target(" ".join(words[i:])) == "case_ref" for i in range(len(words))) else ""

    def controls(self, controls: list[Control]) -> None:
        """Each form field by its name, if that is the field's own, by its tool tip, or by its name as words."""
        for question in questions_of(controls, self._at.definition.fields, self._at.target):
            if question.name:
                self._at.record(question.name, question.label, (question.answer,), question.place)
            elif question.answer.text.strip():
                self._at.unknown.append((question.label, question.place))
        self._at.before = ""


def _starts_with_box(line: Line) -> bool:
    return next((run.tick is not None for run in line.runs if run.shown.strip()), False)
