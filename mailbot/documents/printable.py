"""What an office file needs before it is printed: sheets fit the page, tracked changes are accepted.

The original is never touched: this is about the copy that goes into the pack.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from lxml import etree

from mailbot.documents.tracked import accept_changes, comments_in, had_changes
from mailbot.documents.zip_parts import Part, parts_of, remove, with_parts_changed

__all__ = ["accept_changes", "comments_in", "fit_workbook", "had_changes"]

_A4, _A3 = "9", "8"
_WIDE = 160.0
_COLUMNS = 60
_LINE = 15.0
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_AFTER_PAGE_SETUP = ("headerFooter", "rowBreaks", "colBreaks", "drawing", "legacyDrawing", "tableParts", "extLst")


def fit_workbook(xlsx: bytes) -> bytes:
    """The workbook with every sheet as wide as one landscape page, no print area, columns that show their text."""
    shared = _shared_texts(xlsx)
    changes: dict[str, Callable[[Part], None]] = {
        r"xl/worksheets/[^/]+\.xml": lambda sheet: _fit_sheet(sheet, shared),
        r"xl/styles\.xml": _wrap_cells,
        r"xl/workbook\.xml": _drop_print_areas,
    }
    return with_parts_changed(xlsx, changes)


def _shared_texts(xlsx: bytes) -> list[str]:
    return [_text(text) for part in parts_of(xlsx, r"xl/sharedStrings\.xml").values() for text in part]


def _text(element: Part) -> str:
    return "".join(piece.text or "" for piece in element.iter(f"{_SHEET}t"))


def _fit_sheet(sheet: Part, shared: list[str]) -> None:
    for breaks in (*sheet.iterfind(f"{_SHEET}rowBreaks"), *sheet.iterfind(f"{_SHEET}colBreaks")):
        sheet.remove(breaks)
    properties = sheet.find(f"{_SHEET}sheetPr")
    if properties is None:
        properties = etree.Element(f"{_SHEET}sheetPr")
        sheet.insert(0, properties)
    page = properties.find(f"{_SHEET}pageSetUpPr")
    if page is None:
        page = etree.SubElement(properties, f"{_SHEET}pageSetUpPr")
    page.set("fitToPage", "1")
    widths = _widen(sheet, shared)
    _heighten(sheet, shared, widths)
    _set_up_page(sheet, paper=_A3 if sum(widths.values()) > _WIDE else _A4)


def _set_up_page(sheet: Part, paper: str) -> None:
    """Landscape, one page wide, with lines between the cells (ECMA-376 part 1, 18.3.1.99 fixes the order)."""
    margins = {"left": "0.4", "right": "0.4", "top": "0.5", "bottom": "0.5", "header": "0.25", "footer": "0.25"}
    settings = {
        "printOptions": {"gridLines": "1"},
        "pageMargins": margins,
        "pageSetup": {"paperSize": paper, "orientation": "landscape", "fitToWidth": "1", "fitToHeight": "0"},
    }
    for name in settings:
        for old in sheet.findall(_SHEET + name):
            sheet.remove(old)
    places = [n for n, child in enumerate(sheet) if etree.QName(child).localname in _AFTER_PAGE_SETUP]
    place = places[0] if places else len(sheet)
    for offset, (name, attributes) in enumerate(settings.items()):
        sheet.insert(place + offset, etree.Element(_SHEET + name, attributes))


def _widen(sheet: Part, shared: list[str]) -> dict[int, float]:
    """Make each column wide enough for its longest text to be read; the widths, in characters (0: hidden)."""
    widths = _wanted_widths(sheet, shared)
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


def _wanted_widths(sheet: Part, shared: list[str]) -> dict[int, float]:
    """For each column that is used: how wide it should be for its longest text, in characters."""
    longest: dict[int, int] = {}
    for number, text in _cells(sheet, shared):
        longest[number] = max(longest.get(number, 0), len(text))
    return {n: long + 2.0 if long <= 14 else min(80.0, max(16.0, long / 6)) for n, long in longest.items()}


def _heighten(sheet: Part, shared: list[str], widths: dict[int, float]) -> None:
    """Make each row high enough for its text: LibreOffice does not do it when it opens a workbook."""
    for row in sheet.iter(f"{_SHEET}row"):
        lines = max((_lines(text, widths[n]) for n, text in _cells(row, shared) if widths.get(n)), default=1)
        row.set("ht", f"{max(lines * _LINE, float(row.get('ht', '0'))):g}")
        row.set("customHeight", "1")


def _lines(text: str, width: float) -> int:
    """How many lines a text takes in a column so many characters wide, counted generously."""
    return sum(math.ceil(max(1, len(line)) / width) for line in text.split("\n"))


def _cells(part: Part, shared: list[str]) -> Iterator[tuple[int, str]]:
    """The number of the column and the text of each cell; a number or date counts as ten characters."""
    for cell in part.iter(f"{_SHEET}c"):
        column = _column(cell.get("r", ""))
        if 0 < column <= _COLUMNS:
            yield column, _cell_text(cell, shared)


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


def _wrap_cells(styles: Part) -> None:
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


def _drop_print_areas(workbook: Part) -> None:
    for name in list(workbook.iter(f"{_SHEET}definedName")):
        if name.get("name") == "_xlnm.Print_Area":
            remove(name)


def _unset(element: Part, *names: str) -> None:
    for name in names:
        if name in element.attrib:
            del element.attrib[name]
