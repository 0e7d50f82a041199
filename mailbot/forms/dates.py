"""Dates as British agencies write them: day before month always, and fuzzy ones kept as fuzzy as they are."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import NamedTuple

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY_NAME = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_DAY = r"(?P<{0}>\d{{1,2}})(?:st|nd|rd|th)?"
_YEAR = r"(?P<{0}>\d{{4}}|'?\d{{2}})(?!\d)"
_SEPARATOR = r"\s*[/.\-\u2010-\u2015\\ ]\s*"
_DASH = r"\s*(?:-|\u2010|\u2011|\u2012|\u2013|\u2014|to|until|till|and)\s*"
_HEDGE = re.compile(
    r"^(?:\?+|c\.|ca\.?|circa|approx(?:imately)?\.?|about|around|est(?:imated)?\.?|early|mid|late|w/?c\.?:?|"
    r"week (?:commencing|beginning)|from|since|edd:?|due|before|after|by|on|the)[\s\-]*",
    re.I,
)
_PLAIN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(| \d\d:\d\d)", re.ASCII)
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d", re.ASCII)
_LONGEST = 200
"""Characters in which a date and the words around it are looked for."""
_OPEN_END = re.compile(r"^(present|ongoing|on-going|current|date|now|today)\b", re.I)
# The two-figure year of a birth above which it lies in the last century: nobody on a form was born after it.
_BIRTH_PIVOT = 40


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.I)


_NUMERIC = _DAY_NAME + r"(?P<d>\d{1,2})" + _SEPARATOR + r"(?P<m>\d{1,2})" + _SEPARATOR + _YEAR.format("y")
_WORDED = _DAY_NAME + _DAY.format("d") + r"(?:\s+of)?[\s\-]*" + _MONTH.format("mon") + r"[\s,\-]*" + _YEAR.format("y")
_MONTH_FIRST = _DAY_NAME + _MONTH.format("mon") + r"\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})"
_ISO = r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})"
_FULL = tuple(_pattern(one + r"(?!\d)") for one in (_ISO, _NUMERIC, _WORDED, _MONTH_FIRST))
_PART = (
    _pattern(_MONTH.format("mon") + r"[\s,\-/']*" + _YEAR.format("y")),
    _pattern(r"(?P<m>\d{1,2})\s*[/.\-]\s*(?P<y>\d{4})(?!\d)"),
    _pattern(
        r"(?:(?:spring|summer|autumn|winter|christmas|easter|february|october|may|whitsun)\s+)?"
        r"(?:spring|summer|autumn|winter|christmas|easter|(?:\w+\s+)?term|half[- ]term|holidays?|break)"
        r"(?:\s+of)?,?\s+(?P<y>\d{4})(?!\d)"
    ),
    _pattern(r"(?:year\s+)?(?P<y>(?:19|20)\d{2})(?![\d/.])"),
)
_DAYS_OF_MONTH = (
    _pattern(_DAY.format("d") + _DASH + _NUMERIC.replace("P<d>", "P<d2>")),
    _pattern(_DAY.format("d") + _DASH + _WORDED.replace("P<d>", "P<d2>")),
)
_DAY_AND_MONTH = _pattern(
    r"(?P<d>\d{1,2})(?:[/.](?P<m>\d{1,2})|(?:st|nd|rd|th)?\s+" + _MONTH.format("mon") + ")" + _DASH
)
_MONTH_ONLY = _pattern(_MONTH.format("mon") + _DASH)
_YEARS = _pattern(r"(?P<y>(?:19|20)\d{2})\s*[-/\u2013]\s*(?P<y2>\d{4}|\d{2})(?![\d/.\-])")
_TIME = _pattern(
    r"(?<![\d/.:])(?:(?P<h>[01]?\d|2[0-3])[:.](?P<min>[0-5]\d)(?::\d{2})?\s*(?P<half>[ap]\.?m\.?)?|"
    r"(?P<h2>1[0-2]|0?[1-9])\s*(?P<half2>[ap]\.?m\.?)|(?P<h3>[01]\d|2[0-3])(?P<min3>[0-5]\d)\s*h(?:ou)?rs?)(?![\d/.])"
)


class DateRead(NamedTuple):
    """A date as read: `YYYY-MM-DD`, `YYYY-MM` or `YYYY`; `end` the same (or words such as `ongoing`).

    `fuzzy` says that the text as written must stay beside it; `rest` is what stood after the date.
    """

    value: str
    end: str = ""
    fuzzy: bool = False
    rest: str = ""


def read_date(text: str, birth: bool = False) -> DateRead | None:
    """The date that the text begins with, if any. Two-figure years are 20xx, those of births in the past."""
    if day := plain_day(text):
        return DateRead(day)
    return _read_date(text[:_LONGEST], birth)


@lru_cache(maxsize=2_000)
def _read_date(text: str, birth: bool) -> DateRead | None:
    plain = _PLAIN.fullmatch(text)
    if plain and (value := _valid(plain[3], int(plain[2]), int(plain[1]))):
        return DateRead(value, rest=plain[4])
    text = " ".join(text.split())
    stripped, hedged = text, False
    while (shorter := _HEDGE.sub("", stripped, count=1)) != stripped:
        hedged = hedged or not re.match(r"(from|on|the|since)\b", stripped, re.I)
        stripped = shorter
    found = _read_range(stripped, birth) or _read_one(stripped, birth)
    if found is None:
        return None
    question = found.rest.lstrip().startswith(("?", "(approx", "approx"))
    return found._replace(fuzzy=found.fuzzy or hedged or question)


def plain_day(text: str) -> str:
    """A day that is written `DD/MM/YYYY`, as most of a chronology are, as `YYYY-MM-DD`; empty for any other text."""
    if len(text) != 10 or text[2] != "/" or text[5] != "/":
        return ""
    day = f"{text[6:]}-{text[3:5]}-{text[:2]}"
    try:
        dt.date.fromisoformat(day)
    except ValueError:
        return ""
    return day


def is_open_end(text: str) -> bool:
    """Whether the words say that something goes on: `ongoing`, `present`."""
    return bool(_OPEN_END.match(text.strip()))


def find_date(text: str, birth: bool = False) -> DateRead | None:
    """The first full date anywhere in the text; where there is none, whatever date the text begins with."""
    begun = read_date(text, birth)
    if begun is not None:
        return begun
    words = " ".join(text.split())
    for start in (match.start() for match in re.finditer(r"(?<![\d/.\-])\d", words)):
        found = _read_one(words[start : start + _LONGEST], birth)
        if found is not None and len(found.value) == 10:
            return found
    return None


def read_time(text: str) -> str:
    """The first time of day in the text as `HH:MM`, 24 hours; empty where there is none."""
    if _CLOCK.fullmatch(text):
        return text
    match = _TIME.search(text)
    if match is None:
        return ""
    got = match.groupdict()
    hour = int(got["h"] or got["h2"] or got["h3"])
    half = (got["half"] or got["half2"] or "").lower()
    if half.startswith("p") and hour < 12:
        hour += 12
    if half.startswith("a") and hour == 12:
        hour = 0
    return f"{hour:02}:{got['min'] or got['min3'] or '00'}"


def _read_range(text: str, birth: bool) -> DateRead | None:
    for pattern in _DAYS_OF_MONTH:
        match = pattern.match(text)
        if match:
            end = _full(match, birth, "d2")
            start = _full(match, birth, "d")
            if end and start and start < end:
                return DateRead(value=start, end=end, fuzzy=True, rest=text[match.end() :])
    years = _YEARS.match(text)
    if years and (pair := _year_pair(years)):
        return DateRead(value=pair[0], end=pair[1], fuzzy=True, rest=text[years.end() :])
    return _half_written(text, birth) or _two_dates(text, birth)


def _year_pair(match: re.Match[str]) -> tuple[str, str] | None:
    """`2020-21` is two years; `2020-05` would be a month."""
    first, second = match["y"], match["y2"]
    second = second if len(second) == 4 else first[:2] + second
    return (first, second) if 0 < int(second) - int(first) < 20 else None


def _half_written(text: str, birth: bool) -> DateRead | None:
    """`3/4 - 5/5/21`, `March to May 2021`: the year stands only behind the second."""
    for pattern in (_DAY_AND_MONTH, _MONTH_ONLY):
        match = pattern.match(text)
        last = _read_one(text[match.end() :], birth) if match else None
        if match is None or last is None or len(last.value) < 7:
            continue
        got = match.groupdict()
        month = _month(got)
        day = got.get("d")
        start = _valid(last.value[:4], month, int(day)) if day else f"{last.value[:4]}-{month:02}"
        if start and start <= last.value:
            return DateRead(value=start, end=last.value, fuzzy=True, rest=last.rest)
    return None


def _two_dates(text: str, birth: bool) -> DateRead | None:
    first = _read_one(text, birth)
    dash = re.match(_DASH, first.rest, re.I) if first else None
    if first is None or dash is None:
        return None
    after = first.rest[dash.end() :]
    open_end = _OPEN_END.match(after)
    if open_end:
        return DateRead(value=first.value, end=after.strip(" .)"), fuzzy=True)
    second = _read_one(after, birth)
    if second is None or second.value < first.value[: len(second.value)]:
        return None
    return DateRead(value=first.value, end=second.value, fuzzy=True, rest=second.rest)


def _read_one(text: str, birth: bool) -> DateRead | None:
    for pattern in _FULL:
        match = pattern.match(text)
        value = _full(match, birth, "d") if match else ""
        if match and value:
            return DateRead(value=value, rest=text[match.end() :])
    for pattern in _PART:
        match = pattern.match(text)
        if match:
            got = match.groupdict()
            year = _year(got["y"], birth)
            month = _month(got)
            if month <= 12:
                value = f"{year}-{month:02}" if month else year
                return DateRead(value=value, fuzzy=True, rest=text[match.end() :])
    return None


def _full(match: re.Match[str], birth: bool, day: str) -> str:
    got = match.groupdict()
    return _valid(_year(got["y"], birth), _month(got), int(got[day]))


def _valid(year: str, month: int, day: int) -> str:
    try:
        return dt.date(int(year), month, day).isoformat()
    except ValueError:
        return ""


def _month(got: dict[str, str | None]) -> int:
    word = got.get("mon")
    if word:
        return _MONTHS.index(word[:3].lower()) + 1
    return int(got.get("m") or 0)


def _year(written: str, birth: bool) -> str:
    digits = written.lstrip("'")
    if len(digits) == 4:
        return digits
    return f"19{digits}" if birth and int(digits) > _BIRTH_PIVOT else f"20{digits}"
