"""Plain text, comma-separated values and HTML to a Document."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree, html

from mailbot.forms.document import Block, Cell, Document, Line, Paragraph, Row, Run, Table, runs_of

_BLOCKS = {"p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "pre", "blockquote", "dt", "dd", "tr"}
_SKIPPED = {"script", "style", "head", "title", "template", "noscript"}


def decode(content: bytes) -> str:
    """Text in whatever encoding it came: UTF-8, UTF-16 with its mark, else Windows-1252, which takes any byte."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def read_text(content: bytes, name: str) -> Document:
    """A paragraph for each line; a table where the lines are comma-separated values."""
    return document_of_text(decode(content), name)


def document_of_text(text: str, name: str) -> Document:
    """The same for text that is decoded already."""
    lines = text.splitlines()
    delimiter = _delimiter(lines)
    if delimiter:
        cells = [[Cell.of(value) for value in row] for row in csv.reader(lines, delimiter=delimiter)]
        rows = tuple(Row(cells=tuple(row), place=f"line {number}") for number, row in enumerate(cells, 1))
        return Document(name=name, format="csv", blocks=(Table(rows=rows, place="table 1"),))
    blocks = tuple(Paragraph(line=Line.of(line), place=f"line {number}") for number, line in enumerate(lines, 1))
    return Document(name=name, format="text", blocks=blocks)


def _delimiter(lines: list[str]) -> str:
    """The character that parts every line into the same number (three or more) of values; else nothing."""
    written = [line for line in lines if line.strip()]
    for delimiter in (",", ";", "\t"):
        widths = {len(row) for row in csv.reader(written[:50], delimiter=delimiter)}
        if len(written) > 1 and len(widths) == 1 and widths.pop() >= 3:
            return delimiter
    return ""


def read_html(content: bytes, name: str) -> Document:
    """Headings, paragraphs and tables of an HTML page or mail body. Nothing it links to is fetched."""
    text = decode(content)
    # A declared encoding in a str makes lxml refuse it.
    text = re.sub(r"<\?xml[^>]*\?>", "", text, count=1)
    root = html.document_fromstring(text) if text.strip() else etree.Element("html")
    walk = _Html()
    blocks = tuple(walk.blocks(root))
    return Document(name=name, format="html", blocks=blocks)


@dataclass(frozen=True)
class _Style:
    bold: bool = False
    struck: bool = False
    marked: bool = False


class _Html:
    def __init__(self) -> None:
        self._tables = 0
        self._paragraphs = 0

    def blocks(self, element: etree._Element) -> Iterator[Block]:
        """The block elements below; loose text between them as paragraphs of its own."""
        loose: list[Run] = list(runs_of(element.text or ""))
        for one in element:
            name = one.tag if isinstance(one.tag, str) else ""
            if name == "table":
                yield from self._flush(loose)
                yield self._table(one)
            elif name in _BLOCKS or (name and name not in _SKIPPED and _holds_blocks(one)):
                yield from self._flush(loose)
                level = int(name[1]) if re.fullmatch(r"h[1-6]", name) else 0
                if _holds_blocks(one):
                    yield from self.blocks(one)
                else:
                    yield from self._flush(list(_inline(one, _Style())), level)
            elif name and name not in _SKIPPED:
                loose.extend(_styled(one, _Style()))
            loose.extend(runs_of(one.tail or ""))
        yield from self._flush(loose)

    def _flush(self, loose: list[Run], level: int = 0) -> Iterator[Paragraph]:
        for line in _lines(loose):
            self._paragraphs += 1
            yield Paragraph(line=line, level=level, place=f"paragraph {self._paragraphs}")
        loose.clear()

    def _table(self, table: etree._Element) -> Table:
        self._tables += 1
        place = f"table {self._tables}"
        own = [row for row in table.iter("tr") if next(row.iterancestors("table"), None) is table]
        rows = []
        down: dict[int, tuple[int, Cell]] = {}
        for number, row in enumerate(own, 1):
            rows.append(Row(cells=tuple(self._cells(row, down)), place=f"{place}, row {number}"))
        return Table(rows=tuple(rows), place=place)

    def _cells(self, row: etree._Element, down: dict[int, tuple[int, Cell]]) -> Iterator[Cell]:
        """A row's cells; `down` holds for each column the cell that is merged down over it, and for how many rows."""
        column = 0
        own = [cell for cell in row if cell.tag in {"td", "th"}]
        while own or column in down:
            if column in down:
                left, cell = down.pop(column)
                if left > 1:
                    down[column] = left - 1, cell
                yield cell.model_copy(update={"repeated": True})
            else:
                element = own.pop(0)
                cell = self._cell(element)
                rows = str(element.get("rowspan") or "1")
                if rows.isdigit() and int(rows) > 1:
                    down[column] = int(rows) - 1, cell
                yield cell
            column += cell.span

    def _cell(self, cell: etree._Element) -> Cell:
        blocks = list(self.blocks(cell))
        span = str(cell.get("colspan") or "1")
        lines = [one.line for one in blocks if isinstance(one, Paragraph)]
        if cell.tag == "th":
            lines = [Line(runs=tuple(run.model_copy(update={"bold": True}) for run in line.runs)) for line in lines]
        tables = tuple(one for one in blocks if isinstance(one, Table))
        return Cell(lines=tuple(lines), tables=tables, span=int(span) if span.isdigit() else 1)


def _holds_blocks(element: etree._Element) -> bool:
    return any(one.tag in _BLOCKS or one.tag == "table" for one in element.iterdescendants())


def _styled(element: etree._Element, style: _Style) -> Iterator[Run]:
    name = element.tag
    css = (element.get("style") or "").replace(" ", "").lower()
    if name == "br":
        yield Run(text="\n")
    elif name == "input" and (element.get("type") or "").lower() in {"checkbox", "radio"}:
        yield Run(tick=element.get("checked") is not None)
    if name in {"b", "strong"} or "font-weight:bold" in css or "font-weight:700" in css:
        style = replace(style, bold=True)
    if name in {"s", "strike", "del"} or "line-through" in css:
        style = replace(style, struck=True)
    if name in {"u", "mark"} or "text-decoration:underline" in css:
        style = replace(style, marked=True)
    yield from _inline(element, style)


def _inline(element: etree._Element, style: _Style) -> Iterator[Run]:
    yield from runs_of(element.text or "", style.bold, style.struck, style.marked)
    for one in element:
        if isinstance(one.tag, str) and one.tag not in _SKIPPED:
            yield from _styled(one, style)
        yield from runs_of(one.tail or "", style.bold, style.struck, style.marked)


def _lines(runs: list[Run]) -> Iterator[Line]:
    """The runs as lines: only `<br>` breaks a line in HTML, other white space is one space."""
    line: list[Run] = []
    for run in runs:
        if run.text == "\n":
            yield from _kept(line)
            line = []
        elif run.tick is None:
            line.append(run.model_copy(update={"text": re.sub(r"[ \r\n]+", " ", run.text)}))
        else:
            line.append(run)
    yield from _kept(line)


def _kept(runs: list[Run]) -> Iterator[Line]:
    if any(run.shown.strip() for run in runs):
        yield Line(runs=tuple(runs))
