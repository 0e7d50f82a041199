"""Where a date belongs, as far as it is known: fuzzy ones stay as fuzzy as they were written."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from mailbot.cases.chronology.values import When
from mailbot.cases.events import Row
from mailbot.cases.wording import count, say_iso_date

_CANONICAL = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_UNSURE = re.compile(
    r"\?|\b(?:c|ca|circa|approx|approximately|about|around|est|estimated|early|mid|late|before|after|by)\b", re.I
)
_WEEK = re.compile(r"\s*(?:w/?c\b|week (?:commencing|beginning|of)\b)", re.I)
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_NUMERIC = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{2}|\d{4})")


def span_of(text: str) -> tuple[date, date] | None:
    """First and last day of `2026-05-04`, `2026-05` or `2026`; none for any other text."""
    match = _CANONICAL.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day = (int(part) if part else 0 for part in match.groups())
    try:
        if day:
            return date(year, month, day), date(year, month, day)
        if month:
            return date(year, month, 1), date(year, month, monthrange(year, month)[1])
        return date(year, 1, 1), date(year, 12, 31)
    except ValueError:
        return None


def place(row: Row) -> tuple[When, tuple[str, ...]]:
    """When the row happened, and what is doubtful about its date, each a sentence.

    A row's `date` and `date_end` are as forms/dates.py reads them, `date_raw` is what was written where that matters.
    """
    said, end, raw = row.get("date", ""), row.get("date_end", "").strip(), row.get("date_raw", "").strip()
    time = row.get("time", "")
    span = span_of(said)
    if span is None:
        written = raw or said or end
        doubts = (f"The date was written as “{written}”, which could not be read.",) if written else ()
        return When(time=time, written=written), doubts
    first, last = span
    precision = {10: "day", 7: "month"}.get(len(said.strip()), "year")
    placed, goes_on, doubts = say_iso_date(said.strip()), False, ()
    until = span_of(end)
    if until and until[1] < first:
        doubts = (f"It is said to end on {say_iso_date(end)}, before it begins.",)
    elif until and until[1] > last:
        last, precision, placed = until[1], "span", _from_to(said.strip(), end)
    elif end and not until:
        goes_on, placed = True, f"{placed}, then {end}"
    elif _WEEK.match(raw) and precision == "day":
        last, precision, placed = first + timedelta(days=6), "span", f"week from {placed}"
    unsure = bool(_UNSURE.search(_WEEK.sub("", raw)))
    when = When.model_validate(
        {
            "first": first,
            "last": last,
            "precision": precision,
            "time": time,
            "placed": placed,
            "written": "" if not unsure and same_date_words(raw, placed, first) else raw,
            "uncertain": unsure,
            "goes_on": goes_on,
        }
    )
    return when, doubts


def order(when: When) -> tuple[bool, date, int, str]:
    """What entries are sorted by: the first day that the date may mean, wide before narrow, then the time of day.

    So `2019` stands before all of 2019 and `March 2026` before the days of that March, which claims nothing about
    which came first; a day without a time stands before its hours; what has no date stands at the end.
    """
    clock = when.time if _CLOCK.fullmatch(when.time) else ""
    if when.first is None or when.last is None:
        return True, date.max, 0, clock
    return False, when.first, -(when.last - when.first).days, clock


def whole_months(earlier: date, later: date) -> int:
    """How many whole months lie between two days."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month - (later.day < earlier.day)


def say_months(months: int) -> str:
    """23 months; 5 years; 2 years 2 months."""
    if months < 24:
        return count(months, "month")
    years, left = divmod(months, 12)
    return count(years, "year") + (f" {count(left, 'month')}" if left else "")


def same_date_words(raw: str, placed: str, first: date) -> bool:
    """Whether what was written says no more than the date as it is placed."""
    if not raw or re.sub(r"\W", "", raw).casefold() == re.sub(r"\W", "", placed).casefold():
        return True
    numeric = _NUMERIC.fullmatch(raw)
    return bool(numeric) and placed == say_iso_date(first.isoformat())


def _from_to(first: str, last: str) -> str:
    """3 to 5 April 2021; March to May 2021; 2018 to 2019."""
    begins, ends = say_iso_date(first).split(), say_iso_date(last).split()
    shared = 0
    while len(begins) == len(ends) and shared < len(ends) - 1 and begins[-1 - shared :] == ends[-1 - shared :]:
        shared += 1
    return f"{' '.join(begins[: len(begins) - shared])} to {' '.join(ends)}"
