"""Dates as agencies write them."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.forms.dates import find_date, read_date, read_time


@pytest.mark.parametrize(
    ("written", "value", "end", "fuzzy"),
    [
        ("03/04/2021", "2021-04-03", "", False),
        ("14.1.26", "2026-01-14", "", False),
        ("22.05/16", "2016-05-22", "", False),
        ("2nd Oct 2024", "2024-10-02", "", False),
        ("Tuesday 3rd March 2026", "2026-03-03", "", False),
        ("2026-02-19", "2026-02-19", "", False),
        ("July 2023", "2023-07", "", True),
        ("06/2021", "2021-06", "", True),
        ("c. May 2021", "2021-05", "", True),
        ("Summer 2020", "2020", "", True),
        ("2019", "2019", "", True),
        ("2020-21", "2020", "2021", True),
        ("?7 june 2021", "2021-06-07", "", True),
        ("w/c 6/2/23", "2023-02-06", "", True),
        ("10-12/08/22", "2022-08-10", "2022-08-12", True),
        ("03–05/04/21", "2021-04-03", "2021-04-05", True),
        ("March to May 2021", "2021-03", "2021-05", True),
        ("Sept 2023 - present", "2023-09", "present", True),
        ("01/02/2020 to 03/04/2021", "2020-02-01", "2021-04-03", True),
    ],
)
def test_a_date_is_read_day_first_and_stays_as_fuzzy_as_it_is(
    written: str, value: str, end: str, fuzzy: bool
) -> None:
    read = read_date(written)

    assert read is not None
    assert (read.value, read.end, read.fuzzy) == (value, end, fuzzy)


@pytest.mark.parametrize("written", ["31/02/2024", "13/13/2020", "T2", "40021177", "soon", ""])
def test_what_is_no_date_is_none(written: str) -> None:
    assert read_date(written) is None


@pytest.mark.parametrize(
    ("written", "value"), [("08.08.96", "1996-08-08"), ("22.11.21", "2021-11-22"), ("5/12/62", "1962-12-05")]
)
def test_a_birth_lies_in_the_past(written: str, value: str) -> None:
    read = read_date(written, birth=True)

    assert read is not None
    assert read.value == value


def test_a_full_date_is_found_among_other_words() -> None:
    read = find_date("Referred on Monday 16/02/2026 by phone")

    assert read is not None
    assert read.value == "2026-02-16"


@pytest.mark.parametrize(
    ("written", "time"),
    [
        ("03/12/2024 08:40", "08:40"),
        ("at 9.15am", "09:15"),
        ("2pm", "14:00"),
        ("1430 hrs", "14:30"),
        ("12.05 am", "00:05"),
        ("14.1.26", ""),
    ],
)
def test_a_time_of_day_is_in_24_hours(written: str, time: str) -> None:
    assert read_time(written) == time


DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2068, 12, 31))
WRITTEN = st.sampled_from(
    [
        "{0:%d/%m/%Y}",
        "{0.day}.{0.month}.{0:%y}",
        "{0.day}/{0.month}/{0:%y}",
        "{0:%d-%m-%Y}",
        "{0:%Y-%m-%d}",
        "{0.day} {0:%B} {0:%Y}",
        "{0.day}th of {0:%b} {0:%Y}",
        "{0:%A} {0.day} {0:%B} {0:%Y}",
        "{0:%d}.{0:%m}/{0:%y}",
        "w/c {0.day}/{0.month}/{0:%y}",
        "?{0.day} {0:%b} {0:%Y}".lower(),
    ]
)
FIGURES = ["3", "04", "5th", "31", "2021", "21", "'22"]
BETWEEN = ["/", ".", "-", "\u2013", " ", ",", "to", "?", "x"]
WORDS = ["Mar", "sept", "May", "circa ", "early ", "w/c ", "Summer ", "from ", "EDD ", "Tues ", "present"]
PIECES = st.lists(st.sampled_from(FIGURES + BETWEEN + WORDS), max_size=9).map("".join)


@settings(derandomize=True)
@given(DAYS, WRITTEN)
def test_every_day_is_read_back_however_it_is_written(day: dt.date, written: str) -> None:
    read = read_date(written.format(day))

    assert read is not None
    assert read.value == day.isoformat()


@settings(derandomize=True)
@given(DAYS)
def test_a_month_or_a_year_alone_gets_no_day(day: dt.date) -> None:
    month, year = read_date(f"{day:%B %Y}"), read_date(f"{day:%Y}")

    assert month is not None
    assert year is not None
    assert (month.value, month.fuzzy) == (f"{day:%Y-%m}", True)
    assert (year.value, year.fuzzy) == (f"{day:%Y}", True)


@settings(derandomize=True, max_examples=600)
@given(PIECES)
def test_no_day_and_no_year_is_read_that_was_not_written(text: str) -> None:
    read = read_date(text)
    figures = {int(figure) for figure in re.findall(r"\d+", text)}
    for value in (read.value, read.end) if read else ():
        if re.match(r"\d{4}", value):
            year, *rest = (int(part) for part in value.split("-"))
            assert year in figures or year % 100 in figures
            assert len(rest) < 2 or rest[1] in figures


@settings(derandomize=True)
@given(st.text(max_size=300))
def test_any_text_is_a_date_or_none(text: str) -> None:
    assert read_date(text) is None or read_date(text) == read_date(" ".join(text.split()))
    assert find_date(text) is None or find_date(text, birth=True) is not None
