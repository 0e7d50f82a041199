"""Workbooks as a reader sees them: what is merged, hidden, a date or a number."""

from __future__ import annotations

import datetime as dt
import io
import sys
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from mailbot.documents.reading import read_document
from mailbot.forms.document import Document, Row, Table


def workbook(fill: Callable[[Worksheet], None], title: str = "Chronology") -> Document:
    book, packed = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    fill(sheet)
    book.save(packed)
    return read_document(packed.getvalue(), "book.xlsx")


def table(document: Document) -> Table:
    (block,) = document.blocks
    assert isinstance(block, Table)
    return block


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (dt.date(2026, 2, 6), "06/02/2026"),
        (dt.datetime.combine(dt.date(2026, 2, 6), dt.time(14, 30)), "06/02/2026 14:30"),
        (dt.datetime.combine(dt.date(2026, 2, 6), dt.time()), "06/02/2026"),
        (dt.time(9, 5), "09:05"),
        (9990192936, "9990192936"),
        (310.5, "310.5"),
        (True, "Yes"),
        ("06/02/26", "06/02/26"),
    ],
)
def test_a_value_is_written_as_a_british_reader_writes_it(value: Any, shown: str) -> None:
    assert table(workbook(lambda sheet: sheet.append(["Date", value]))).rows[0].texts == ("Date", shown)


def test_an_american_format_changes_no_true_date() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append([dt.date(2026, 2, 6)])
        sheet["A1"].number_format = "m/d/yy"

    assert table(workbook(fill)).rows[0].texts == ("06/02/2026",)


def test_a_cell_merged_down_stands_in_each_of_its_rows() -> None:
    def fill(sheet: Worksheet) -> None:
        for row in (["Date", "Event"], ["06/02/2026", "Visit"], [None, "Call"], [None, "Letter"]):
            sheet.append(row)
        sheet.merge_cells("A2:A4")

    rows = table(workbook(fill)).rows
    assert [row.texts for row in rows[1:]] == [("06/02/2026", one) for one in ("Visit", "Call", "Letter")]
    assert [row.cells[0].repeated for row in rows] == [False, False, True, True]


def test_a_title_over_hidden_columns_keeps_the_grid() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["Chronology of events", None, None, "Page 1"])
        sheet.append(["Serial", "Secret", "Date", "Event"])
        sheet.merge_cells("A1:C1")
        for column in ("A", "B"):
            sheet.column_dimensions[column].hidden = True

    title, header = table(workbook(fill)).rows
    assert [(cell.text, cell.span) for cell in title.cells] == [("Chronology of events", 1), ("Page 1", 1)]
    assert header.texts == ("Date", "Event")


def test_the_place_of_a_row_is_what_its_sheet_says() -> None:
    rows = table(workbook(lambda sheet: sheet.append(["Date", "Event"]), title="Health visiting")).rows

    assert rows[0].place == "sheet Health visiting, row 1"


def test_printed_boxes_and_white_space_are_read_as_in_any_cell() -> None:
    rows = table(
        workbook(lambda sheet: sheet.append(["  Known  to\nus? ", "[x] Yes  [ ] No", "Ward 3 [old wing]"]))
    ).rows

    assert rows[0].texts == ("Known to us?", "☒ Yes ☐ No", "Ward 3 [old wing]")
    assert rows[0].texts == tuple(cell.text for cell in rows[0].cells)


@given(
    st.lists(
        st.text(st.sampled_from("Visit, 3 \t\n\x1f\xa0\u2003\u2028\u200b\u2019[x]☒○Yes"), max_size=8), max_size=4
    )
)
def test_a_text_that_is_given_for_a_cell_is_shown_as_that_cell(texts: list[str]) -> None:
    row = Row(tuple(texts))

    assert row.texts == tuple(cell.text for cell in row.cells)


def test_no_white_space_but_the_space_is_taken_for_tidy() -> None:
    odd = [one for one in map(chr, range(sys.maxunicode + 1)) if one.isspace() and one != " "]

    assert {Row((f"Home{one}visit", "Police")).texts for one in odd} == {("Home visit", "Police")}


def test_rows_keep_their_numbers_below_blank_rows_and_beside_blank_columns() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["B3"] = "Chronology"

    rows = table(workbook(fill)).rows
    assert [(row.place, row.texts) for row in rows if any(row.texts)] == [
        ("sheet Chronology, row 3", ("Chronology",))
    ]


def test_merged_cells_that_lie_over_one_another_are_refused() -> None:
    book, packed, overlapping = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet["ALL900"] = "far away"
    sheet.merge_cells("A1:ALK899")
    book.save(packed)
    with zipfile.ZipFile(packed) as honest, zipfile.ZipFile(overlapping, "w") as archive:
        for name in honest.namelist():
            merged = b'<mergeCell ref="A1:ALK899"/>'
            archive.writestr(name, honest.read(name).replace(merged, 5_000 * merged))

    document = read_document(overlapping.getvalue(), "book.xlsx")
    assert [problem.problem for problem in document.problems] == ["too_large"]
