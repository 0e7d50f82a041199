"""Rows of a chronology's tables and sheets to ordered entries: dates, times and what each date covers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date as day
from datetime import timedelta

from mailbot.forms.dates import plain_day, read_date, read_time
from mailbot.forms.form import Row
from mailbot.forms.unwritten import is_prompt

_TOTAL = re.compile(r"^((?:grand |sub-?)?totals?|end of chronology|no further entries)\b", re.I)


_SERIAL = re.compile(r"[345]\d{4}(?:\.0)?")
_DAY_ZERO = day(1899, 12, 30)
"""What Excel counts its days from (ECMA-376 part 1, 18.17.4.1)."""
_WHEN = frozenset({"date", "date_end", "time"})
_YEAR = re.compile(r"(?:(?:year|calendar year)\s*)?((?:19|20)\d\d)", re.I)
_DAY_AND_MONTH = re.compile(r"\s*\d{1,2}\s*[/.]\s*\d{1,2}\s*")


def entry(cells: Mapping[str, str], year: str = "") -> Row | None:
    """One row's cells, by column, as an entry; None where the row is none (a heading, a total, empty).

    `year` is the one printed across the table above, which belongs to every date below that has none.
    """
    cells = {column: "" if is_prompt(text) else text for column, text in cells.items()}
    told = {column: text for column, text in cells.items() if text and column not in _WHEN}
    if not told or (len(told) == 1 and "agency" in told) or _TOTAL.match(next(filter(None, cells.values()))):
        return None
    return _when(cells.get("date", ""), cells.get("date_end", ""), cells.get("time", ""), year) | told


def _when(date: str, end: str, time: str, year: str) -> Row:
    """The date, what it covers and the time. An undated entry is an entry: what was written stays visible."""
    if (day := plain_day(date)) and not end:
        clock = read_time(time) or time
        return {"date": day, "time": clock} if clock else {"date": day}
    row: Row = {}
    read = read_date(date) if date else None
    if read is None and date and year:
        read = read_date(f"{date}/{year}" if _DAY_AND_MONTH.fullmatch(date) else f"{date} {year}")
    if read is not None:
        row["date"] = read.value
        if read.fuzzy:
            row["date_raw"] = date
    elif date:
        if _SERIAL.fullmatch(date):
            # A day that a workbook shows as a number, its column being formatted as one.
            row["date"] = (_DAY_ZERO + timedelta(days=int(date[:5]))).isoformat()
        row["date_raw"] = date
    if read is not None and end:
        last = read_date(end)
        row["date_end"] = last.value if last else end
    elif read is not None and read.end:
        row["date_end"] = read.end
    clock = read_time(time) or time if time else read_time(read.rest) if read is not None and read.rest else ""
    if clock:
        row["time"] = clock
    return row


def entries(rows: Iterable[Mapping[str, str]]) -> tuple[Row, ...]:
    """Every row that is an entry, in the order of the file."""
    found = []
    year = ""
    for row in rows:
        year = _year_across(row) or year
        made = entry(row, year)
        if made is not None:
            found.append(made)
    return tuple(found)


def _year_across(row: Mapping[str, str]) -> str:
    """The year that stands alone in a row, across the table."""
    if row.get("date") and row.get("event"):
        return ""
    written = [text for text in row.values() if text]
    match = _YEAR.fullmatch(written[0].strip()) if len(written) == 1 else None
    return match[1] if match else ""
