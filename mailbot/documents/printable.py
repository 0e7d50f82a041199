"""A workbook made fit to be printed: every column readable, no type under 6 points, the headings on every page.

The original is never touched: this is about the copy that goes into the pack.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from lxml import etree

from mailbot.documents.tracked import accept_changes
from mailbot.documents.zip_parts import Part, parts_of, remove, with_parts_changed

__all__ = ["accept_changes", "fit_workbook"]

_A4, _A3 = "9", "8"
_WIDE, _WIDEST = 160.0, 380.0
"""Characters that fit across a landscape page: A4 at nearly full size, A3 at 6 points."""
_SMALLEST = 6.6
"""Points of type on a sheet that is too wide for one page, so that it goes over several side by side."""
_ACROSS, _HIGH = 200.0, 700.0
"""Of an A3 page: characters of full size that stand across it, and points for one row under its headings."""
_COLUMNS = 60
_LINE, _HIGHEST, _MOST_LINES, _WIDEST_COLUMN = 15.0, 1630.0, 45, 250.0
"""A line, in points, and the highest row: LibreOffice cuts off what is higher. Lines of a cell; characters across."""
_HEADED_ROWS, _LOOKED_ROWS, _LONGEST_HEADING = 12, 12, 60
"""Rows under a heading for which it is repeated; rows that are looked at for it; characters of a heading."""
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_PLACE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_AFTER_PAGE_SETUP = ("headerFooter", "rowBreaks", "colBreaks", "drawing", "legacyDrawing", "tableParts", "extLst")
_BEFORE_NAMES = ("sheets", "functionGroups", "externalReferences")


class _Fitted(NamedTuple):
    """What a sheet repeats on each page: the row of its headings (0: none), and its first column if it is split."""

    heading: int
    split: bool


def fit_workbook(xlsx: bytes) -> bytes:
    """The workbook in landscape, without print areas, columns that show their text, headings on every page.

    A sheet is as wide as one page, A4 or A3. One that would be smaller than 6 points then goes over several pages,
    with its first column on each. Raises ConverterProblem where the file is damaged.
    """
    shared, size, sheets = _shared_texts(xlsx), _type_size(xlsx), _sheets(xlsx)
    fitted: dict[str, _Fitted] = {}

    def fit(name: str, sheet: Part) -> None:
        fitted[name] = _fit_sheet(sheet, shared, size)

    changes: dict[str, Callable[[Part], None]] = {re.escape(name): partial(fit, name) for _, name in sheets}

    def name_prints(workbook: Part) -> None:
        _set_print_names(workbook, [(title, fitted.get(name, _Fitted(0, split=False))) for title, name in sheets])

    changes |= {r"xl/styles\.xml": partial(_wrap_cells, size=size), r"xl/workbook\.xml": name_prints}
    return with_parts_changed(xlsx, changes)


def _sheets(xlsx: bytes) -> list[tuple[str, str]]:
    """The title and the part of each sheet, in order."""
    places = {
        relation.get("Id", ""): str(relation.get("Target", "")).lstrip("/").removeprefix("xl/")
        for part in parts_of(xlsx, r"xl/_rels/workbook\.xml\.rels").values()
        for relation in part
    }
    sheets = (s for book in parts_of(xlsx, r"xl/workbook\.xml").values() for s in book.iter(f"{_SHEET}sheet"))
    return [(sheet.get("name", ""), f"xl/{places.get(sheet.get(_PLACE, ''), '')}") for sheet in sheets]


def _type_size(xlsx: bytes) -> float:
    """The size of the workbook's usual type, in points: the first font is that of the style Normal."""
    for styles in parts_of(xlsx, r"xl/styles\.xml").values():
        size = styles.find(f"{_SHEET}fonts/{_SHEET}font/{_SHEET}sz")
        if size is not None:
            return max(1.0, float(size.get("val", "11")))
    return 11.0


def _shared_texts(xlsx: bytes) -> list[str]:
    return [_text(text) for part in parts_of(xlsx, r"xl/sharedStrings\.xml").values() for text in part]


def _text(element: Part) -> str:
    return "".join(piece.text or "" for piece in element.iter(f"{_SHEET}t"))


def _fit_sheet(sheet: Part, shared: list[str], size: float) -> _Fitted:
    for breaks in (*sheet.iterfind(f"{_SHEET}rowBreaks"), *sheet.iterfind(f"{_SHEET}colBreaks")):
        sheet.remove(breaks)
    if sheet.find(f"{_SHEET}sheetData") is None:
        return _Fitted(0, split=False)
    spans = _spans(sheet)
    widths = _widen(sheet, shared, spans)
    highest, wide = _heighten(sheet, shared, widths, spans), sum(widths.values())
    scale = _SMALLEST / size if wide > _WIDEST else None
    if highest * min(scale or 1.0, _ACROSS / max(wide, 1.0)) > _HIGH:
        # LibreOffice lets a row run off the page that is higher than it: small words are better than lost ones.
        scale = _HIGH / highest
    _scale(sheet, split=scale is not None)
    _set_up_page(sheet, paper=_A3 if wide > _WIDE or highest > _HIGH / 2 else _A4, scale=scale)
    return _Fitted(_heading(sheet, shared), wide > _WIDEST)


def _scale(sheet: Part, split: bool) -> None:
    """Let the sheet be as wide as one page, or let it be as large as it is said to be."""
    properties = sheet.find(f"{_SHEET}sheetPr")
    if properties is None:
        properties = etree.Element(f"{_SHEET}sheetPr")
        sheet.insert(0, properties)
    page = properties.find(f"{_SHEET}pageSetUpPr")
    if page is None:
        page = etree.SubElement(properties, f"{_SHEET}pageSetUpPr")
    page.set("fitToPage", "0" if split else "1")


def _spans(sheet: Part) -> dict[str, range]:
    """The columns of each cell that goes over several."""
    ends = [str(merged.get("ref", "")).partition(":") for merged in sheet.iter(f"{_SHEET}mergeCell")]
    columns = {first: range(_column(first), _column(last) + 1) for first, _, last in ends}
    return {first: span for first, span in columns.items() if len(span) > 1}


def _heading(sheet: Part, shared: list[str]) -> int:
    """The number of the row that names the columns: the first nearly as full as any, of short texts; 0 for none."""
    rows = list(sheet.iter(f"{_SHEET}row"))
    texts = [[text for _, _, text in _cells(row, shared) if text] for row in rows[:_LOOKED_ROWS]]
    most = max(map(len, texts), default=0)
    for number, (row, cells) in enumerate(zip(rows, texts, strict=False)):
        if len(cells) >= max(3, 0.7 * most):
            fits = len(rows) - number > _HEADED_ROWS and max(map(len, cells)) <= _LONGEST_HEADING
            return int(row.get("r", "0")) if fits else 0
    return 0


def _set_up_page(sheet: Part, paper: str, scale: float | None) -> None:
    """Landscape, one page wide or at a scale, lines between the cells (ECMA-376 part 1, 18.3.1.99: the order)."""
    size = {"fitToWidth": "1", "fitToHeight": "0"}
    if scale is not None:
        size = {"scale": f"{min(100, max(10, math.ceil(scale * 100)))}", "pageOrder": "overThenDown"}
    margins = {"left": "0.4", "right": "0.4", "top": "0.5", "bottom": "0.5", "header": "0.25", "footer": "0.25"}
    settings = {
        "printOptions": {"gridLines": "1"},
        "pageMargins": margins,
        "pageSetup": {"paperSize": paper, "orientation": "landscape", **size},
    }
    for name in settings:
        for old in sheet.findall(_SHEET + name):
            sheet.remove(old)
    places = [n for n, child in enumerate(sheet) if etree.QName(child).localname in _AFTER_PAGE_SETUP]
    place = places[0] if places else len(sheet)
    for offset, (name, attributes) in enumerate(settings.items()):
        sheet.insert(place + offset, etree.Element(_SHEET + name, attributes))


def _widen(sheet: Part, shared: list[str], spans: dict[str, range]) -> dict[int, float]:
    """Make each column wide enough for its longest text to be read; the widths, in characters (0: hidden)."""
    widths = _wanted_widths(sheet, shared, spans)
    columns = sheet.find(f"{_SHEET}cols")
    for column in columns if columns is not None else ():
        for number in range(int(column.get("min", "1")), min(int(column.get("max", "1")), _COLUMNS) + 1):
            if column.get("hidden") in ("1", "true"):
                widths[number] = 0.0
            elif number in widths:
                widths[number] = max(widths[number], float(column.get("width", "9")))
    if columns is not None:
        sheet.remove(columns)
    if widths:
        columns = etree.Element(f"{_SHEET}cols")
        for number, width in sorted(widths.items()):
            place = {"min": str(number), "max": str(number), "width": f"{width or 9:g}", "customWidth": "1"}
            etree.SubElement(columns, f"{_SHEET}col", place | ({} if width else {"hidden": "1"}))
        sheet[[etree.QName(child).localname for child in sheet].index("sheetData")].addprevious(columns)
    return widths


def _wanted_widths(sheet: Part, shared: list[str], spans: dict[str, range]) -> dict[int, float]:
    """For each column that is used: how wide it should be for its longest text, in characters."""
    longest: dict[int, int] = {}
    for place, number, text in _cells(sheet, shared):
        longest[number] = max(longest.get(number, 0), 0 if place in spans else len(text))
    return {n: _wanted_width(long) for n, long in longest.items()}


def _wanted_width(longest: int) -> float:
    """About six lines of text, within limits; wider only where a row would grow higher than there can be."""
    if longest <= 14:
        return longest + 2.0
    return max(min(80.0, max(16.0, longest / 6)), min(_WIDEST_COLUMN, longest / _MOST_LINES))


def _heighten(sheet: Part, shared: list[str], widths: dict[int, float], spans: dict[str, range]) -> float:
    """Make each row high enough for its text, since LibreOffice does not; the height of the highest, in points."""
    highest = 0.0
    for row in sheet.iter(f"{_SHEET}row"):
        lines = 1
        for place, number, text in _cells(row, shared):
            width = sum(widths.get(n, 0) for n in spans.get(place, (number,)))
            lines = max(lines, _lines(text, width) if width else 1)
        height = min(_HIGHEST, max(lines * _LINE, float(row.get("ht", "0"))))
        row.set("ht", f"{height:g}")
        row.set("customHeight", "1")
        highest = max(highest, height)
    return highest


def _lines(text: str, width: float) -> int:
    """How many lines a text takes in a column so many characters wide, counted generously."""
    return sum(math.ceil(max(1, len(line)) / width) for line in text.split("\n"))


def _cells(part: Part, shared: list[str]) -> Iterator[tuple[str, int, str]]:
    """The place, the number of the column and the text of each cell; a number or date counts as ten characters."""
    for cell in part.iter(f"{_SHEET}c"):
        column = _column(cell.get("r", ""))
        if 0 < column <= _COLUMNS:
            yield cell.get("r", ""), column, _cell_text(cell, shared)


def _cell_text(cell: Part, shared: list[str]) -> str:
    value = cell.findtext(f"{_SHEET}v") or ""
    if cell.get("t") == "s":
        return shared[int(value)] if value.isdigit() and int(value) < len(shared) else ""
    if cell.get("t") in ("inlineStr", "str"):
        return _text(cell) or value
    return "0" * 10 if value else ""


def _column(reference: str) -> int:
    """The number of the column in a cell's name: 28 for AB7."""
    number = 0
    for letter in reference:
        if letter.isalpha():
            number = number * 26 + ord(letter.upper()) - ord("A") + 1
    return number


def _wrap_cells(styles: Part, size: float) -> None:
    """Long text goes over several lines, and no type is smaller than the usual one, for which pages are cut."""
    for own in styles.iterfind(f"{_SHEET}fonts/{_SHEET}font/{_SHEET}sz"):
        own.set("val", f"{max(size, float(own.get('val', '11'))):g}")
    for style in (
        *styles.iterfind(f"{_SHEET}cellStyleXfs/{_SHEET}xf"),
        *styles.iterfind(f"{_SHEET}cellXfs/{_SHEET}xf"),
    ):
        alignment = style.find(f"{_SHEET}alignment")
        if alignment is None:
            alignment = etree.Element(f"{_SHEET}alignment")
            style.insert(0, alignment)
        alignment.set("wrapText", "1")
        alignment.set("vertical", "top")
        _unset(alignment, "shrinkToFit")
        style.set("applyAlignment", "1")


def _set_print_names(workbook: Part, sheets: list[tuple[str, _Fitted]]) -> None:
    """No print area hides a cell; headings are repeated, unless the workbook itself says what is."""
    names = workbook.find(f"{_SHEET}definedNames")
    if names is None:
        names = etree.Element(f"{_SHEET}definedNames")
        last = [child for child in workbook if etree.QName(child).localname in _BEFORE_NAMES][-1:]
        for child in last:
            child.addnext(names)
    for name in list(names):
        if name.get("name") == "_xlnm.Print_Area":
            remove(name)
    own = {name.get("localSheetId") for name in names if name.get("name") == "_xlnm.Print_Titles"}
    for number, (title, (heading, split)) in enumerate(sheets):
        quoted = "'" + title.replace("'", "''") + "'"
        said = [f"{quoted}!$A:$A"] * split + [f"{quoted}!${heading}:${heading}"] * bool(heading)
        if said and str(number) not in own:
            place = {"name": "_xlnm.Print_Titles", "localSheetId": str(number)}
            etree.SubElement(names, f"{_SHEET}definedName", place).text = ",".join(said)
    if not len(names):
        remove(names)


def _unset(element: Part, *names: str) -> None:
    for name in names:
        if name in element.attrib:
            del element.attrib[name]
