"""What a file holds, before meaning: blocks in order, each with its place.

One shape for Word, PDF, spreadsheets, mail bodies and plain text, so that one extractor serves them all. Nothing
here knows what a label means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Literal, Self, cast

from pydantic import ConfigDict, Field

from mailbot.cases.values import Value
from mailbot.forms.form import Problem
from mailbot.forms.remembering import WorkedOut

TICKED = "☒☑✓✔✗✘🗹🗷🗸"
UNTICKED = "☐□❏❑▢◻🗆"
# A round button is told from a bullet by what stands behind it, or by its dot.
_BOX = re.compile(
    rf"(?P<on>[{TICKED}◉⦿🔘]|\[\s*[xX✓✔]\s*\])|"
    rf"(?P<off>[{UNTICKED}]|\[\s{{0,3}}\]|[○◯](?=\s*(?i:yes|no|not known|unknown|n/?k|n/?a)\b))"
)


class _Remembering(Value):
    """A value that keeps what was worked out from it; a copy works it out again."""

    model_config = ConfigDict(ignored_types=(WorkedOut,))

    def __copy__(self) -> Self:
        fresh = super().__copy__()
        for name in fresh.__dict__.keys() - type(self).model_fields.keys():
            del fresh.__dict__[name]
        return fresh


class Run(Value):
    """A stretch of text in one style, or a tick box (`tick` says whether it is ticked)."""

    text: str = ""
    bold: bool = False
    struck: bool = False
    marked: bool = False
    """Underlined, highlighted or circled."""
    italic: bool = False
    tick: bool | None = None
    field: str | None = None
    """The tag of the content control or form field that holds it: an answer, whatever stands before it is the label.
    Empty for a control without a tag, None for text that is in no control."""
    placeholder: bool = False
    """The control still shows its prompt: nobody answered."""
    scanned: bool = False
    """Read off a picture by OCR: never sure."""

    @property
    def shown(self) -> str:
        """As a reader sees it; a box as ☒ or ☐, a prompt as nothing."""
        if self.tick is not None:
            return "☒" if self.tick else "☐"
        return "" if self.placeholder else self.text


def runs_of(
    text: str,
    bold: bool = False,
    struck: bool = False,
    marked: bool = False,
    italic: bool = False,
    field: str | None = None,
    placeholder: bool = False,
) -> tuple[Run, ...]:
    """Plain text as runs, its printed boxes (☒, ☐, ✓, `[x]`, `[ ]`) told apart from the words."""
    words = partial(Run, bold=bold, struck=struck, marked=marked, italic=italic, field=field, placeholder=placeholder)
    if "[" not in text and text.isascii():
        return (words(text=text),) if text else ()
    runs, start = [], 0
    for box in _BOX.finditer(text):
        if box.start() > start:
            runs.append(words(text=text[start : box.start()]))
        runs.append(Run(tick=box.lastgroup == "on"))
        start = box.end()
    if start < len(text):
        runs.append(words(text=text[start:]))
    return tuple(runs)


def _has_boxes(text: str) -> bool:
    return ("[" in text or not text.isascii()) and bool(_BOX.search(text))


def _are_tidy(texts: tuple[str, ...]) -> bool:
    """Whether `plain_text` would change none of the texts. Looked at in one go, since a sheet has very many."""
    line = " ".join(filter(None, texts))
    # Of all white space, only the space itself is printable.
    spaced = "  " in line or line[:1] == " " or line[-1:] == " "
    return not spaced and line.isprintable() and not _has_boxes(line)


def plain_text(text: str) -> str:
    """Plain text as a reader sees it: one space where there was white space, printed boxes as ☒ and ☐."""
    if _has_boxes(text):
        text = "".join(run.shown for run in runs_of(text))
    return " ".join(text.split())


class Line(_Remembering):
    """One paragraph of a cell or of the page."""

    runs: tuple[Run, ...] = ()

    @classmethod
    def of(cls, text: str) -> Line:
        """A line of plain text."""
        return cls(runs=runs_of(text))

    @WorkedOut
    def text(self) -> str:
        """The words as shown, white space as written."""
        return "".join(run.shown for run in self.runs)

    @WorkedOut
    def bold(self) -> bool:
        """Whether every word is bold."""
        words = [run for run in self.runs if run.shown.strip() and run.tick is None]
        return bool(words) and all(run.bold for run in words)

    @property
    def italic(self) -> bool:
        """Whether every word is in italics."""
        words = [run for run in self.runs if run.shown.strip()]
        return bool(words) and all(run.italic for run in words)

    @property
    def bold_beginning(self) -> str:
        """The bold words that the line begins with, where plain ones follow; else empty."""
        words = ""
        for run in self.runs:
            if not run.bold and run.shown.strip():
                return words
            words += run.shown
        return ""

    def after(self, offset: int) -> Line:
        """What follows the first `offset` characters of `text`."""
        return self.between(offset, len(self.text))

    def between(self, start: int, end: int) -> Line:
        """The runs from character `start` to `end` of `text`, styles kept."""
        kept: list[Run] = []
        at = 0
        for run in self.runs:
            begin, stop = at, at + len(run.shown)
            at = stop
            if run.placeholder:
                if start <= begin <= end:
                    kept.append(run)
            elif max(begin, start) < min(stop, end):
                if run.tick is not None:
                    kept.append(run)
                else:
                    kept.append(run.model_copy(update={"text": run.text[max(0, start - begin) : end - begin]}))
        return Line(runs=tuple(kept))


class Cell(_Remembering):
    """One cell of a table. `repeated` cells continue a cell that was merged downwards and carry its content."""

    lines: tuple[Line, ...] = ()
    tables: tuple[Table, ...] = ()
    span: int = 1
    repeated: bool = False
    shaded: bool = False

    @classmethod
    def of(cls, text: str, span: int = 1) -> Cell:
        """A cell of plain text; each line of the text is a line of the cell."""
        return cls(lines=tuple(Line.of(line) for line in text.splitlines() if line.strip()), span=span)

    @WorkedOut
    def text(self) -> str:
        """All lines, one space where there was white space; nested tables left out."""
        return " ".join(" ".join(line.text for line in self.lines).split())

    @WorkedOut
    def first(self) -> Line | None:
        """The first line with words in it."""
        return next((line for line in self.lines if line.text.strip()), None)

    @WorkedOut
    def bold(self) -> bool:
        """Whether every word of the cell is bold."""
        written = [line for line in self.lines if line.text.strip()]
        return bool(written) and all(line.bold for line in written)


_ONLY_TEXT = frozenset({str})


@dataclass(frozen=True, init=False)
class Row:
    """One row of a table. A cell that is nothing but text may be given as its text: a sheet has very many."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    given: tuple[Cell | str, ...]
    place: str

    def __init__(self, cells: tuple[Cell | str, ...] = (), place: str = "") -> None:
        vars(self).update(given=cells, place=place)

    @WorkedOut
    def cells(self) -> tuple[Cell, ...]:
        """The cells."""
        return tuple(Cell.of(one) if isinstance(one, str) else one for one in self.given)

    @property
    def texts(self) -> tuple[str, ...]:
        """Each cell's text, as `Cell.text` has it."""
        if self.is_plain and _are_tidy(texts := cast("tuple[str, ...]", self.given)):
            return texts
        return tuple([plain_text(one) if isinstance(one, str) else one.text for one in self.given])

    @property
    def is_plain(self) -> bool:
        """Whether the row is nothing but text."""
        return _ONLY_TEXT.issuperset(map(type, self.given))

    @property
    def has_wide_cells(self) -> bool:
        """Whether a cell takes more than one column."""
        return not self.is_plain and any(not isinstance(one, str) and one.span > 1 for one in self.given)


class Paragraph(_Remembering):
    """A paragraph or, with a level from 1, a heading. `aside` marks page headers, footers and text boxes."""

    block: Literal["paragraph"] = "paragraph"
    line: Line = Line()
    level: int = 0
    place: str = ""
    aside: bool = False

    @WorkedOut
    def text(self) -> str:
        """The words, one space where there was white space."""
        return " ".join(self.line.text.split())


class Table(Value):
    """Rows of cells. `name` is the sheet's name in a workbook."""

    block: Literal["table"] = "table"
    rows: tuple[Row, ...] = ()
    name: str = ""
    place: str = ""


class Control(Value):
    """A field of a fillable PDF: its name, its tool tip, and the value or the chosen options."""

    block: Literal["control"] = "control"
    name: str
    tip: str = ""
    kind: Literal["text", "tick", "choice"] = "text"
    value: str = ""
    ticked: bool = False
    place: str = ""


Block = Annotated[Paragraph | Table | Control, Field(discriminator="block")]


class Document(Value):
    """One file, opened. An archive or a mail has its files in `parts`; what could not be read is in `problems`."""

    name: str = ""
    format: str = ""
    blocks: tuple[Block, ...] = ()
    comments: tuple[str, ...] = ()
    """Reviewers' comments, which are no part of the text."""
    parts: tuple[Document, ...] = ()
    problems: tuple[Problem, ...] = ()

    def plain(self) -> Iterator[str]:
        """The file as plain lines: a paragraph each, a table row with its cells between bars."""
        for block in self.blocks:
            if isinstance(block, Paragraph):
                if block.text:
                    yield block.text
            elif isinstance(block, Control):
                shown = block.value or ("☒" if block.ticked else "☐" if block.kind == "tick" else "")
                yield f"{block.tip or block.name}: {shown}".rstrip()
            else:
                yield from _plain_table(block)


def _plain_table(table: Table) -> Iterator[str]:
    for row in table.rows:
        cells = ["" if cell.repeated else cell.text for cell in row.cells]
        if any(cells):
            yield " | ".join(cells)
        for cell in row.cells:
            for inner in cell.tables:
                yield from _plain_table(inner)


def problem_document(name: str, problem: str, message: str, format: str = "") -> Document:
    """A file of which nothing but a problem can be shown."""
    return Document(name=name, format=format, problems=(Problem(problem=problem, message=message),))


Cell.model_rebuild()
Document.model_rebuild()
