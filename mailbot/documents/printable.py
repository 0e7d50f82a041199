"""What an office file needs before it is printed: sheets fit the page, tracked changes are accepted.

The original is never touched: this is about the copy that goes into the pack.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from io import BytesIO

from lxml import etree

from mailbot.errors import ConverterProblem

_LIMIT = 200_000_000
_A4, _A3 = "9", "8"
_WIDE = 160.0
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_AFTER_PAGE_SETUP = ("headerFooter", "rowBreaks", "colBreaks", "drawing", "legacyDrawing", "tableParts", "extLst")

Part = etree._Element


def fit_workbook(xlsx: bytes) -> bytes:
    """The workbook with every sheet as wide as one landscape page, no print area, and cells that wrap."""
    return _changed(
        xlsx,
        {
            re.compile(r"xl/worksheets/[^/]+\.xml"): _fit_sheet,
            re.compile(r"xl/styles\.xml"): _wrap_cells,
            re.compile(r"xl/workbook\.xml"): _drop_print_areas,
        },
    )


def accept_changes(docx: bytes) -> bytes:
    """The document with every tracked insertion kept and every tracked deletion gone."""
    return _changed(docx, {re.compile(r"word/(document|footnotes|endnotes|header\d*|footer\d*)\.xml"): _accept})


def _changed(archive: bytes, changes: dict[re.Pattern[str], Callable[[Part], None]]) -> bytes:
    """The zip with the parts whose names match put through their change. Raises ConverterProblem if it is damaged."""
    result = BytesIO()
    try:
        with (
            zipfile.ZipFile(BytesIO(archive)) as source,
            zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target,
        ):
            if sum(entry.file_size for entry in source.infolist()) > _LIMIT:
                raise ConverterProblem("The file unpacks to more than 200 MB and was not opened. Look at it by hand.")
            for name in source.namelist():
                content = source.read(name)
                for pattern, change in changes.items():
                    if pattern.fullmatch(name):
                        content = _through(change, content)
                target.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    except (zipfile.BadZipFile, etree.XMLSyntaxError, EOFError, NotImplementedError, RuntimeError) as problem:
        raise ConverterProblem(f"The file is damaged ({type(problem).__name__}). Ask for it again.") from problem
    return result.getvalue()


def _through(change: Callable[[Part], None], content: bytes) -> bytes:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    root = etree.fromstring(content, parser)
    change(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _fit_sheet(sheet: Part) -> None:
    for breaks in (*sheet.iterfind(f"{_SHEET}rowBreaks"), *sheet.iterfind(f"{_SHEET}colBreaks")):
        sheet.remove(breaks)
    for row in sheet.iter(f"{_SHEET}row"):
        _unset(row, "ht", "customHeight")
    properties = sheet.find(f"{_SHEET}sheetPr")
    if properties is None:
        properties = etree.Element(f"{_SHEET}sheetPr")
        sheet.insert(0, properties)
    page = properties.find(f"{_SHEET}pageSetUpPr")
    if page is None:
        page = etree.SubElement(properties, f"{_SHEET}pageSetUpPr")
    page.set("fitToPage", "1")
    setup = _page_setup(sheet)
    setup.attrib.clear()
    paper = _A3 if _width(sheet) > _WIDE else _A4
    setup.attrib.update({"paperSize": paper, "orientation": "landscape", "fitToWidth": "1", "fitToHeight": "0"})


def _page_setup(sheet: Part) -> Part:
    """The sheet's page setup, made in its place where there is none (ECMA-376 part 1, 18.3.1.99 fixes the order)."""
    setup = sheet.find(f"{_SHEET}pageSetup")
    if setup is None:
        setup = etree.Element(f"{_SHEET}pageSetup")
        later = next((child for child in sheet if etree.QName(child).localname in _AFTER_PAGE_SETUP), None)
        if later is None:
            sheet.append(setup)
        else:
            later.addprevious(setup)
    return setup


def _width(sheet: Part) -> float:
    """How wide the columns with a set width are, in characters."""
    return sum(
        float(column.get("width", "9")) * (min(int(column.get("max", "1")), 60) - int(column.get("min", "1")) + 1)
        for column in sheet.iter(f"{_SHEET}col")
        if int(column.get("max", "1")) < 1000
    )


def _wrap_cells(styles: Part) -> None:
    for style in styles.iterfind(f"{_SHEET}cellXfs/{_SHEET}xf"):
        alignment = style.find(f"{_SHEET}alignment")
        if alignment is None:
            alignment = etree.Element(f"{_SHEET}alignment")
            style.insert(0, alignment)
        alignment.set("wrapText", "1")
        _unset(alignment, "shrinkToFit")
        style.set("applyAlignment", "1")


def _drop_print_areas(workbook: Part) -> None:
    for name in list(workbook.iter(f"{_SHEET}definedName")):
        if name.get("name") == "_xlnm.Print_Area":
            parent = name.getparent()
            if parent is not None:
                parent.remove(name)


def _accept(part: Part) -> None:
    for row in list(part.iter(f"{_WORD}tr")):
        if row.find(f"{_WORD}trPr/{_WORD}del") is not None:
            _remove(row)
    for gone in (
        "del",
        "moveFrom",
        "rPrChange",
        "pPrChange",
        "tblPrChange",
        "trPrChange",
        "tcPrChange",
        "sectPrChange",
    ):
        for element in list(part.iter(_WORD + gone)):
            _remove(element)
    for kept in ("ins", "moveTo"):
        etree.strip_tags(part, _WORD + kept)


def _unset(element: Part, *names: str) -> None:
    for name in names:
        if name in element.attrib:
            del element.attrib[name]


def _remove(element: Part) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
