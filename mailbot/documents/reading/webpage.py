"""HTML to a Document: what a reader would see of it. Nothing it links to is fetched, nothing in it is run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree, html

from mailbot.documents.reading.text import decode
from mailbot.forms.document import Block, Cell, Document, Line, Paragraph, Row, Run, Table, runs_of
from mailbot.forms.form import Problem

_BLOCKS = {
    *(
        "p",
        "div",
        "ul",
        "ol",
        "li",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "td",
        "th",
        "tr",
        "pre",
        "blockquote",
        "address",
    ),
    *(
        "dl",
        "dt",
        "dd",
        "form",
        "fieldset",
        "legend",
        "section",
        "article",
        "main",
        "header",
        "footer",
        "nav",
        "aside",
    ),
}
_SKIPPED = {"script", "style", "head", "title", "template", "noscript", "button"}
_HINTS = {"hint", "govuk-hint", "help", "help-text", "form-text", "helper-text"}
"""Classes of the words that tell how to fill in a field; they are nobody's answer."""
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]+)", re.I)
_DECLARATION = re.compile(r"<\?xml[^>]{0,500}\?>")
_HIDING = ("display:none", "visibility:hidden", "mso-hide:all", "font-size:0;", "font-size:0px")
_WORDS = {"span", "font", "a", "b", "i", "em", "strong"}
"""What can be highlighted; a coloured cell or row is only decoration."""
_CUT_OFF = "The page stops before its end: answers may be missing. Ask the sender for it again."
_SPACES = re.compile(r"[ \t\r\n]+")
_BREAK = Run(text="\n")
_MOST_SPAN = 1000


def read_page(content: bytes, name: str) -> Document:
    """Headings, paragraphs and tables of an HTML page."""
    charset = _CHARSET.search(content[:4000])
    document = document_of_html(decode(content, charset[1].decode() if charset else ""), name)
    if not _is_cut_off(content):
        return document
    return document.model_copy(update={"problems": (Problem(problem="incomplete", message=_CUT_OFF),)})


def _is_cut_off(content: bytes) -> bool:
    """Whether a whole page was begun and never ended; a piece of a page has neither."""
    lower = content.lower()
    return b"<html" in lower[:4000] and b"</html" not in lower[-4000:]


def document_of_html(text: str, name: str) -> Document:
    """The same for text that is decoded already."""
    # A declared encoding in a str makes lxml refuse it; it takes no zero characters.
    text = _DECLARATION.sub("", text, count=1).replace("\0", "")
    root = html.document_fromstring(text) if text.strip() else etree.Element("html")
    return Document(name=name, format="html", blocks=tuple(_Page().blocks(root, _Style())))


@dataclass(frozen=True)
class _Style:
    bold: bool = False
    struck: bool = False
    marked: bool = False
    italic: bool = False
    preformatted: bool = False

    def of(self, element: etree._Element) -> _Style:
        """The style inside the element."""
        css, name = _css(element), element.tag
        style = self
        if name in {"b", "strong", "th", "dt", "legend"} or "font-weight:bold" in css or "font-weight:700" in css:
            style = replace(style, bold=True)
        elif "font-weight:normal" in css or "font-weight:400" in css:
            style = replace(style, bold=False)
        if name in {"s", "strike", "del"} or "line-through" in css:
            style = replace(style, struck=True)
        if name in {"u", "mark"} or "text-decoration:underline" in css or (name in _WORDS and _highlighted(css)):
            style = replace(style, marked=True)
        if name in {"i", "em"} or "font-style:italic" in css:
            style = replace(style, italic=True)
        return replace(style, preformatted=True) if name == "pre" else style

    def runs(self, text: str | None) -> Iterator[Run]:
        """The words in this style. White space is one space, but in preformatted text a line's end ends the line."""
        for number, line in enumerate((text or "").split("\n") if self.preformatted else [text or ""]):
            if number:
                yield _BREAK
            yield from runs_of(_SPACES.sub(" ", line), self.bold, self.struck, self.marked, self.italic)


def _css(element: etree._Element) -> str:
    return (element.get("style") or "").replace(" ", "").lower() + ";"


def _highlighted(css: str) -> bool:
    return "mso-highlight:" in css or "background:yellow" in css or "background-color:yellow" in css


def _is_seen(element: etree._Element) -> bool:
    """Whether a reader of the page sees the element; tracked deletions are kept in the page, and are not seen."""
    if not isinstance(element.tag, str) or element.tag in _SKIPPED or element.get("hidden") is not None:
        return False
    if _HINTS & set((element.get("class") or "").lower().split()):
        return False
    deleted = element.tag == "del" and (element.get("datetime") or element.get("cite"))
    return not deleted and not any(one in _css(element) for one in _HIDING)


class _Page:
    def __init__(self) -> None:
        self._tables = 0
        self._paragraphs = 0

    def blocks(self, element: etree._Element, style: _Style) -> Iterator[Block]:
        """The block elements below; loose text between them as paragraphs of its own."""
        loose: list[Run] = list(style.runs(element.text))
        for one in element:
            if _is_seen(one):
                if one.tag == "table":
                    yield from self._flush(loose)
                    yield self._table(one, style.of(one))
                elif one.tag == "dl":
                    yield from self._flush(loose)
                    yield self._terms(one, style.of(one))
                elif one.tag in _BLOCKS or _holds_blocks(one):
                    yield from self._flush(loose)
                    yield from self._block(one, style.of(one))
                else:
                    loose.extend(_inline(one, style))
            loose.extend(style.runs(one.tail))
        yield from self._flush(loose)

    def _block(self, element: etree._Element, style: _Style) -> Iterator[Block]:
        if _holds_blocks(element):
            yield from self.blocks(element, style)
        else:
            level = int(element.tag[1]) if re.fullmatch(r"h[1-6]", element.tag) else 0
            yield from self._flush(list(_content(element, style)), level)

    def _flush(self, loose: list[Run], level: int = 0) -> Iterator[Paragraph]:
        for line in _lines(loose):
            self._paragraphs += 1
            yield Paragraph(line=line, level=level, place=f"paragraph {self._paragraphs}")
        loose.clear()

    def _table(self, table: etree._Element, style: _Style) -> Table:
        self._tables += 1
        place = f"table {self._tables}"
        own = [row for row in table.iter("tr") if next(row.iterancestors("table"), None) is table and _is_seen(row)]
        rows = []
        down: dict[int, tuple[int, Cell]] = {}
        for number, row in enumerate(own, 1):
            rows.append(Row(cells=tuple(self._cells(row, down, style.of(row))), place=f"{place}, row {number}"))
        return Table(rows=tuple(rows), place=place)

    def _terms(self, listed: etree._Element, style: _Style) -> Table:
        """A list of terms, each with what is said of it, as rows: saved forms print questions and answers so."""
        self._tables += 1
        place = f"table {self._tables}"
        rows: list[list[Cell]] = []
        for one in listed.iter("dt", "dd"):
            if _is_seen(one) and next(one.iterancestors("dl"), None) is listed:
                if one.tag == "dt" or not rows:
                    rows.append([])
                rows[-1].append(self._cell(one, style.of(one)))
        numbered = enumerate(rows, 1)
        made = tuple(Row(cells=tuple(row), place=f"{place}, row {number}") for number, row in numbered)
        return Table(rows=made, place=place)

    def _cells(self, row: etree._Element, down: dict[int, tuple[int, Cell]], style: _Style) -> Iterator[Cell]:
        """A row's cells; `down` holds for each column the cell that is merged down over it, and for how many rows."""
        column = 0
        own = [cell for cell in row if cell.tag in {"td", "th"} and _is_seen(cell)]
        while own or column in down:
            if column in down:
                left, cell = down.pop(column)
                if left > 1:
                    down[column] = left - 1, cell
                yield cell.model_copy(update={"repeated": True})
            else:
                element = own.pop(0)
                cell = self._cell(element, style.of(element))
                rows = _span(element, "rowspan")
                if rows > 1:
                    down[column] = rows - 1, cell
                yield cell
            column += cell.span

    def _cell(self, cell: etree._Element, style: _Style) -> Cell:
        blocks = list(self.blocks(cell, style))
        lines = tuple(one.line for one in blocks if isinstance(one, Paragraph))
        tables = tuple(one for one in blocks if isinstance(one, Table))
        return Cell(lines=lines, tables=tables, span=_span(cell, "colspan"))


def _span(cell: etree._Element, name: str) -> int:
    written = (cell.get(name) or "").strip()
    return min(max(int(written), 1), _MOST_SPAN) if written.isascii() and written.isdigit() else 1


def _holds_blocks(element: etree._Element) -> bool:
    return any(one.tag in _BLOCKS or one.tag == "table" for one in element.iterdescendants())


def _content(element: etree._Element, style: _Style) -> Iterator[Run]:
    yield from style.runs(element.text)
    for one in element:
        if _is_seen(one):
            yield from _inline(one, style)
        yield from style.runs(one.tail)


def _inline(element: etree._Element, style: _Style) -> Iterator[Run]:
    """An element within a line: its words, a line break, or what was entered into a form's field."""
    if element.tag == "br":
        yield _BREAK
    elif element.tag == "input":
        yield from _entered(element)
    elif element.tag == "select":
        chosen = [one for one in element.iter("option") if one.get("selected") is not None]
        yield from _answer(element, " ".join("; ".join(_words_in(one) for one in chosen).split()))
    elif element.tag == "textarea":
        yield from _answer(element, _words_in(element))
    else:
        yield from _content(element, style.of(element))


def _words_in(element: etree._Element) -> str:
    return "".join(map(str, element.itertext()))


def _entered(element: etree._Element) -> Iterator[Run]:
    kind = (element.get("type") or "text").lower()
    if kind in {"checkbox", "radio"}:
        yield Run(tick=element.get("checked") is not None)
    elif kind not in {"hidden", "submit", "button", "reset", "image", "file", "password"}:
        yield from _answer(element, element.get("value") or "")


def _answer(element: etree._Element, value: str) -> Iterator[Run]:
    """What stands in a field of the page: an answer, as in a control of Word."""
    yield Run(text=_SPACES.sub(" ", value), field=element.get("name") or "", placeholder=not value.strip())


def _lines(runs: list[Run]) -> Iterator[Line]:
    line: list[Run] = []
    for run in runs:
        if run is _BREAK:
            yield from _kept(line)
            line = []
        else:
            line.append(run)
    yield from _kept(line)


def _kept(runs: list[Run]) -> Iterator[Line]:
    if any(run.shown.strip() or run.field is not None for run in runs):
        yield Line(runs=tuple(runs))
