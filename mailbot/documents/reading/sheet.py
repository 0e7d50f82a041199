"""Workbooks (.xlsx, .xlsb, .xls, .ods) to a Document: a table for each visible sheet, hidden columns left out."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from typing import Any

from mailbot.documents.reading.archive import Locked, TooMuch, member, open_archive
from mailbot.documents.reading.xml import attribute, inside, parse_xml
from mailbot.forms.document import Cell, Document, Row, Table
from mailbot.forms.form import Problem

CELLS = 2_000_000


def read_sheet(content: bytes, name: str) -> Document:
    """Every visible sheet. Raises Locked, TooMuch, and what a damaged workbook raises."""
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    except python_calamine.PasswordError as error:
        raise Locked from error
    hidden_columns = _hidden_columns(content)
    tables, problems = [], []
    for about in book.sheets_metadata:
        if about.visible != python_calamine.SheetVisibleEnum.Visible:
            problems.append(Problem(problem="hidden_sheet", message=f"A hidden sheet ({about.name}) was not read."))
            continue
        sheet = book.get_sheet_by_name(about.name)
        if sheet.total_height * sheet.total_width > CELLS:
            raise TooMuch(f"a sheet of {sheet.total_height} rows and {sheet.total_width} columns")
        tables.append(_table(sheet, about.name, hidden_columns.get(about.name, set())))
    return Document(name=name, format="sheet", blocks=tuple(tables), problems=tuple(problems))


def _table(sheet: Any, name: str, hidden: set[int]) -> Table:
    spans, continued = {}, {}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        spans[top, left] = right - left + 1
        for row in range(top, min(bottom, top + 5000) + 1):
            for column in range(left, right + 1):
                continued[row, column] = (top, left)
    rows: list[Row] = []
    values = sheet.to_python(skip_empty_area=False)
    for number, line in enumerate(values):
        cells = []
        for column, value in enumerate(line):
            origin = continued.get((number, column), (number, column))
            if column in hidden or (origin[0] == number and origin[1] != column):
                continue
            if origin == (number, column):
                cells.append(Cell.of(_written(value), span=spans.get(origin, 1)))
            elif origin[1] == column:
                cells.append(Cell.of(_written(values[origin[0]][column])).model_copy(update={"repeated": True}))
        rows.append(Row(cells=tuple(cells), place=f"sheet {name}, row {number + 1}"))
    return Table(rows=tuple(rows), name=name, place=f"sheet {name}")


def _written(value: object) -> str:
    """A cell's value as a British reader would see it."""
    if isinstance(value, dt.datetime):
        return value.strftime("%d/%m/%Y" if value.time() == dt.time() else "%d/%m/%Y %H:%M")
    if isinstance(value, dt.date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, dt.time):
        return value.strftime("%H:%M")
    if isinstance(value, dt.timedelta):
        minutes = int(value.total_seconds() // 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _hidden_columns(content: bytes) -> dict[str, set[int]]:
    """For each sheet of an .xlsx its hidden columns, counted from 0; the sheet reader does not tell."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return {}
    with open_archive(content) as archive:
        names = set(archive.namelist())
        if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
            return {}
        relations = parse_xml(member(archive, "xl/_rels/workbook.xml.rels"))
        targets = {attribute(one, "Id"): (attribute(one, "Target") or "").lstrip("/") for one in relations}
        hidden = {}
        for sheet in inside(parse_xml(member(archive, "xl/workbook.xml")), "sheet"):
            target = targets.get(sheet.get(_RELATION) or sheet.get(_STRICT_RELATION), "")
            path = target if target.startswith("xl/") else f"xl/{target}"
            if path in names:
                hidden[attribute(sheet, "name") or ""] = set(_hidden_in(member(archive, path)))
        return hidden


_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


def _hidden_in(content: bytes) -> Iterator[int]:
    for column in inside(parse_xml(content), "col"):
        if attribute(column, "hidden") in {"1", "true"}:
            yield from range(int(attribute(column, "min") or 1) - 1, min(int(attribute(column, "max") or 1), 16384))
