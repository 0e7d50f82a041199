"""Workbooks (.xlsx, .xlsb, .xls, .ods) to a Document: a table for each visible sheet, hidden columns left out."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO, Any

from lxml import etree

from mailbot.documents.reading.archive import Locked, TooMuch, member, open_archive
from mailbot.documents.reading.xml import attribute, inside, local, parse_xml
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
    place = f"sheet {name}"
    values = sheet.to_python(skip_empty_area=False)
    columns = list(zip(*values, strict=True))
    # Columns in which nothing is written are the margins of a form that is drawn on a sheet.
    hidden = hidden | {number for number, column in enumerate(columns) if not any(one != "" for one in column)}
    shown = [_texts(column) for number, column in enumerate(columns) if number not in hidden]
    merged = _Merged(sheet.merged_cell_ranges or (), len(values), len(columns))
    rows = [
        Row(merged.cells(values, number, hidden) if number in merged.rows else cells, f"{place}, row {number + 1}")
        for number, cells in enumerate(zip(*shown, strict=True))
    ]
    return Table(rows=tuple(rows), name=name, place=place)


def _texts(column: tuple[object, ...]) -> tuple[str, ...]:
    return tuple([one if isinstance(one, str) else _written(one) for one in column])


class _Merged:
    """The merged ranges of a sheet of so many rows and columns."""

    def __init__(self, ranges: Iterable[tuple[tuple[int, int], tuple[int, int]]], height: int, width: int) -> None:
        self._ranges: dict[tuple[int, int], tuple[int, int, int]] = {}
        self.rows: set[int] = set()
        covered = 0
        for (top, left), (bottom, right) in ranges:
            bottom, right = min(bottom, height - 1), min(right, width - 1)
            covered += max(bottom - top + 1, 0) * max(right - left + 1, 0)
            if covered > CELLS:
                raise TooMuch("merged cells that lie over one another, as in no honest sheet")
            self.rows.update(range(top, bottom + 1))
            for row in range(top, bottom + 1):
                self._ranges.update(((row, column), (top, left, right)) for column in range(left, right + 1))

    def cells(self, values: list[list[object]], number: int, hidden: set[int]) -> tuple[Cell | str, ...]:
        """One row's cells: a merged cell once in its row, and repeated in the rows below."""
        cells: list[Cell | str] = []
        done = -1
        for column in range(len(values[number])):
            if column <= done or column in hidden:
                continue
            top, left, right = self._ranges.get((number, column), (number, column, column))
            done = right
            span = sum(one not in hidden for one in range(column, right + 1))
            cell = Cell.of(_written(values[top][left]), span=span)
            cells.append(cell if top == number else cell.model_copy(update={"repeated": True}))
        return tuple(cells)


def _written(value: object) -> str:
    """A cell's value as a British reader would see it."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    if isinstance(value, dt.datetime):
        day = f"{value.day:02}/{value.month:02}/{value.year}"
        return f"{day} {value:%H:%M}" if value.hour or value.minute else day
    if isinstance(value, dt.date):
        return f"{value.day:02}/{value.month:02}/{value.year}"
    if isinstance(value, dt.time):
        return value.strftime("%H:%M")
    if isinstance(value, dt.timedelta):
        minutes = int(value.total_seconds() // 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    if isinstance(value, bool):
        return "Yes" if value else "No"
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
                with archive.open(path) as stream:
                    hidden[attribute(sheet, "name") or ""] = set(_hidden_in(stream))
        return hidden


_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


def _hidden_in(stream: IO[bytes]) -> Iterator[int]:
    """The columns' looks stand before the rows (ECMA-376 18.3.1.99), so that the rows need not be parsed again."""
    tags = ("{*}col", "{*}sheetData")
    for _, element in etree.iterparse(stream, ("start",), tag=tags, no_network=True, resolve_entities=False):
        if local(element) == "sheetData":
            return
        if attribute(element, "hidden") in {"1", "true"}:
            yield from range(int(attribute(element, "min") or 1) - 1, min(int(attribute(element, "max") or 1), 16384))
