"""Rows of a chronology's tables and sheets to ordered entries: dates, times and what each date covers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from mailbot.forms.dates import read_date, read_time
from mailbot.forms.form import Row

_TOTAL = re.compile(r"^(total|totals|end of chronology|no further entries)\b", re.I)


def entry(cells: Mapping[str, str]) -> Row | None:
    """One row's cells, by column, as an entry; None where the row is none (a heading, a total, empty)."""
    written = {column: " ".join(text.split()) for column, text in cells.items() if text.strip()}
    told = {column: text for column, text in written.items() if column not in {"date", "date_end", "time", "agency"}}
    if not told or _TOTAL.match(next(iter(written.values()))):
        return None
    row = {column: text for column, text in written.items() if column not in {"date", "date_end", "time"}}
    return {**_dated(written.get("date", ""), written.get("date_end", "")), **_timed(written), **row}


def _dated(text: str, end: str) -> Row:
    if not text:
        return {}
    read = read_date(text)
    if read is None:
        # An undated entry is still an entry; what was written stays visible.
        return {"date_raw": text}
    row = {"date": read.value}
    if read.fuzzy:
        row["date_raw"] = text
    if end:
        last = read_date(end)
        row["date_end"] = last.value if last else end
    elif read.end:
        row["date_end"] = read.end
    return row


def _timed(written: Mapping[str, str]) -> Row:
    text = written.get("time", "")
    if text:
        return {"time": read_time(text) or text}
    read = read_date(written.get("date", ""))
    time = read_time(read.rest) if read else ""
    return {"time": time} if time else {}


def entries(rows: Iterable[Mapping[str, str]]) -> tuple[Row, ...]:
    """Every row that is an entry, in the order of the file."""
    return tuple(row for row in map(entry, rows) if row is not None)
