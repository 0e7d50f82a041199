"""Row 13 of the layouts: chronologies in workbooks, as people lay them out."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime, time

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.layouts.forms import read, told, values

HEADER = ["Date", "Time", "Source", "Event", "Outcome"]


def sheet(book: Workbook, title: str, *rows: Sequence[object]) -> Worksheet:
    """A further sheet of the book."""
    made: Worksheet = book.create_sheet(title)
    for row in rows:
        made.append(list(row))
    return made


def workbook() -> Workbook:
    """A book without sheets."""
    book = Workbook()
    book.remove(book.worksheets[0])
    return book


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_layout_13_merged_titles_above_a_header_that_is_not_in_row_one() -> None:
    """Row 13: merged title rows, an empty row, the header in row 5; title lines name the child and the agency."""
    book = workbook()
    made = sheet(
        book,
        "Sheet1",
        ["Chronology of significant events"],
        ["Name of child: Idris Marwood"],
        ["Agency: Harbour Housing"],
        [],
        HEADER,
        [date(2025, 3, 4), None, "Case notes", "Visit", "Advice"],
        [None, None, None, None, None],
        ["Total", "1", None, None, None],
    )
    for row in (1, 2, 3):
        made.merge_cells(start_row=row, end_row=row, start_column=1, end_column=5)
    form = read(saved(book), "chronology.xlsx")

    assert form.kind == "chronology"
    assert values(form) == {"child_name": "Idris Marwood", "agency_name": "Harbour Housing"}
    assert form.tables == {
        "chronology": ({"date": "2025-03-04", "source": "Case notes", "event": "Visit", "action_outcome": "Advice"},)
    }


def test_layout_13_true_dates_serial_numbers_and_dates_as_text() -> None:
    """Row 13: one column holds dates, dates with a time, serial numbers without a date's format, and text."""
    book = workbook()
    sheet(
        book,
        "Chronology",
        HEADER,
        [date(2025, 4, 3), time(14, 30), "", "A date", ""],
        [datetime(2025, 4, 5, 9, 15), None, "", "A moment", ""],  # noqa: DTZ001 a cell of Excel has no zone
        ["06/04/2025", "10:00", "", "Text", ""],
        ["circa Mar 20", None, "", "Nearly", ""],
        [45754, None, "", "A serial number", ""],
    )
    form = read(saved(book), "chronology.xlsx")

    assert form.tables["chronology"] == (
        {"date": "2025-04-03", "time": "14:30", "event": "A date"},
        {"date": "2025-04-05", "time": "09:15", "event": "A moment"},
        {"date": "2025-04-06", "time": "10:00", "event": "Text"},
        {"date": "2020-03", "date_raw": "circa Mar 20", "event": "Nearly"},
        {"date": "2025-04-07", "date_raw": "45754", "event": "A serial number"},
    )


def test_layout_13_hidden_columns_are_no_column_and_hidden_sheets_are_told() -> None:
    """Row 13: what the sender hid was not meant to be sent: not read, and a person knows that there was some."""
    book = workbook()
    made = sheet(
        book,
        "Chronology",
        ["No.", "Date", "Comment", "Event", "Outcome"],
        [1, date(2025, 3, 4), "Worker was off sick", "Visit", "Advice"],
    )
    made.column_dimensions["C"].hidden = True
    sheet(book, "Old", HEADER, [date(2019, 1, 1), None, "", "Another family", ""]).sheet_state = "hidden"
    form = read(saved(book), "chronology.xlsx")

    assert form.tables["chronology"] == ({"date": "2025-03-04", "event": "Visit", "action_outcome": "Advice"},)
    assert "hidden_sheet" in told(form)


def test_layout_13_a_sheet_for_each_member_of_the_family() -> None:
    """Row 13: several sheets, columns in another order on each; together they are one chronology, in their order."""
    book = workbook()
    sheet(book, "Mother", HEADER, [date(2025, 3, 4), None, "GP", "Seen at surgery", ""])
    sheet(
        book,
        "Child",
        ["Significant Event", "Date or Period of Event", "Action Taken", "Source of Information"],
        ["Not brought", date(2025, 3, 9), "Rang home", "Health visitor"],
    )
    sheet(book, "Father", HEADER)
    form = read(saved(book), "chronology.xlsx")

    assert form.kind == "chronology"
    assert form.tables["chronology"] == (
        {"date": "2025-03-04", "source": "GP", "event": "Seen at surgery"},
        {"date": "2025-03-09", "event": "Not brought", "action_outcome": "Rang home", "source": "Health visitor"},
    )


def test_layout_13_a_date_merged_down_belongs_to_each_of_its_rows() -> None:
    """Row 13: three events of one day; the day stands once."""
    book = workbook()
    made = sheet(
        book,
        "Chronology",
        ["Date", "Event", "Outcome"],
        [date(2025, 3, 4), "Called", "No answer"],
        [None, "Called again", "Message left"],
        [date(2025, 3, 5), "Visit", ""],
    )
    made.merge_cells("A2:A3")
    form = read(saved(book), "chronology.xlsx")

    assert form.tables["chronology"] == (
        {"date": "2025-03-04", "event": "Called", "action_outcome": "No answer"},
        {"date": "2025-03-04", "event": "Called again", "action_outcome": "Message left"},
        {"date": "2025-03-05", "event": "Visit"},
    )
