"""The combined chronology on paper: what it shows and does not show, the table of entries, one picture of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from pydantic import JsonValue

from mailbot.cases.chronology import (
    AgencyLine,
    Chronology,
    Contradiction,
    Entry,
    Landmark,
    Silence,
    Telling,
    When,
)
from mailbot.cases.values import Value
from mailbot.cases.wording import count
from mailbot.documents.timeline import drawn
from mailbot.documents.typeset import Typesetter
from mailbot.errors import ConfigProblems

Hide = Callable[[str], str]
MONTHS_SHOWN_FROM = 8
"""Entries of one year from which its months get a line of their own."""
SILENCES_TOLD = 12
"""Silences that the first page tells, the longest; each stands in its place in the table anyway."""
CONTRADICTIONS_TOLD = 10
"""Contradictions that the first page tells; the others are marked in the table."""
DOUBTS_TOLD = 12
IN_PLACE = 3
"""A contradiction about more entries than these is told on the first page only."""
UNDIVIDED = 900
"""Characters of an entry that surely fit on a page; a longer one may go on on the next."""
_LONG_WORD = re.compile(r"\S{19,}")
_BREAK = "\u200b"


class Heading(Value):
    """What stands above every page. `prepared` is ready-made text."""

    partnership: str
    marking: str
    prepared: str = ""


_TELLING = Telling(agency="one", name="One", mark="A", source="File", event="Seen", comment="Well")
_DAY = date(2026, 5, 4)
_EXAMPLE = Chronology(
    ref="Check",
    initials="C.",
    entries=(
        Entry(number=1, when=When(first=_DAY, last=_DAY, precision="day", placed="4 May 2026"), told=_TELLING),
        Entry(number=2, when=When(written="T2"), told=_TELLING, also=(_TELLING,), doubts=("Not to be read.",)),
    ),
    landmarks=(Landmark(kind="birth", what="Birth", first=_DAY, last=_DAY, placed="4 May 2026"),),
    agencies=(
        AgencyLine(agency="one", name="One", mark="A", answered="told", entries=2, because="Told."),
        AgencyLine(agency="two", name="Two", mark="B", answered="silent", because="Silent."),
    ),
    silences=(Silence(after=_DAY - timedelta(days=200), until=_DAY, months=6, because="Silence."),),
    contradictions=(Contradiction(kind="record", entries=(1,), because="Does not agree.", quotes=("1 · Seen",)),),
)
"""Something of everything that the pages show, for proving an office's own templates."""


class ChronologyPages:
    """Sets the chronology's pages. Same chronology, same bytes."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        """`folders` are templates folders, the office's own first."""
        self._typesetter = Typesetter(folders)

    def pages(self, chronology: Chronology, heading: Heading, hide: Hide | None = None) -> bytes:
        """Findings and table as a PDF, A4 landscape, tagged. `hide` goes over every text (names to initials).

        Raises ConfigProblems when a template is missing or typst refuses it.
        """
        shown = chronology.hidden(hide) if hide else chronology
        return self._set("chronology.typ", _heading(shown, heading) | _table(shown))

    def picture(self, chronology: Chronology, heading: Heading, hide: Hide | None = None) -> bytes:
        """The timeline by agency as a PDF of one page, A4 landscape. Raises ConfigProblems as `pages` does."""
        shown = chronology.hidden(hide) if hide else chronology
        return self._set("timeline.typ", _heading(shown, heading) | drawn(shown))

    def whole(self, chronology: Chronology, heading: Heading, hide: Hide | None = None) -> bytes:
        """The timeline, then findings and table, in one tagged PDF. Raises ConfigProblems as `pages` does."""
        shown = chronology.hidden(hide) if hide else chronology
        return self._set("whole_chronology.typ", _heading(shown, heading) | drawn(shown) | _table(shown))

    def _set(self, page: str, data: dict[str, JsonValue]) -> bytes:
        return self._typesetter.set(page, _breakable(data), tagged=True)

    def check(self) -> list[str]:
        """Everything wrong with the templates of these pages, each a sentence; empty when all is well."""
        try:
            self.whole(_EXAMPLE, Heading(partnership="Check", marking="Check"))
        except ConfigProblems as problems:
            return list(problems.problems)
        return []


def _heading(chronology: Chronology, heading: Heading) -> dict[str, JsonValue]:
    lanes: list[JsonValue] = [line.mark for line in chronology.agencies]
    said = heading.model_dump(mode="json")
    return {**said, "ref": chronology.ref, "initials": chronology.initials, "lanes": lanes}


def _table(chronology: Chronology) -> dict[str, JsonValue]:
    return _findings(chronology) | {"rows": list(_rows(chronology))}


def _findings(chronology: Chronology) -> dict[str, JsonValue]:
    """The first page: how it was made, what is missing, what does not agree, where nobody recorded anything."""
    silences = sorted(chronology.silences, key=lambda s: (s.after - s.until, s.after))[:SILENCES_TOLD]
    told: list[JsonValue] = [s.because for s in sorted(silences, key=lambda s: s.after)]
    if left := len(chronology.silences) - len(silences):
        told.append(f"{count(left, 'shorter one')} in the table only.")
    told_first = chronology.contradictions[:CONTRADICTIONS_TOLD]
    doubtful = [e for e in chronology.entries if e.doubts]
    unsaid = len(doubtful) - DOUBTS_TOLD
    more = len(chronology.contradictions) - len(told_first)
    return {
        "because": [*chronology.because],
        "more": f"{count(more, 'more is', 'more are')} marked in the table, and told in the Excel file."
        if more
        else "",
        "unrecorded": told,
        "contradictions": [{"said": c.because, "quotes": [*c.quotes]} for c in told_first],
        "doubted": f"{count(unsaid, 'more is', 'more are')} marked in the table." if unsaid > 0 else "",
        "doubtful": [
            f"Entry {e.number} ({e.told.name}){f', {e.when.placed}' if e.when.placed else ''}: {' '.join(e.doubts)}"
            for e in doubtful[:DOUBTS_TOLD]
        ],
        "agencies": [
            {
                "mark": line.mark,
                "name": line.name,
                "entries": line.entries,
                "period": line.first if line.first == line.last else f"{line.first} to {line.last}",
                "because": line.because,
                "told": line.answered == "told",
            }
            for line in chronology.agencies
        ],
    }


class _Line(NamedTuple):
    """A line of the table, and the day whose year and month it stands under; a silence stands between them."""

    day: date | None
    by_month: bool
    shown: JsonValue
    headed: bool = True


def _rows(chronology: Chronology) -> Iterator[JsonValue]:
    """The table's lines from top to bottom: years, months, landmarks, silences and entries."""
    in_year: dict[int | None, int] = defaultdict(int)
    for entry in chronology.entries:
        in_year[_year(entry)] += 1
    notes = _notes(chronology.contradictions)
    between = _between(chronology)
    lines: list[_Line] = []
    for entry in chronology.entries:
        while between and (entry.when.first is None or (between[0].day or date.max) <= entry.when.first):
            lines.append(between.pop(0))
        lines.append(_Line(entry.when.first, entry.when.precision != "year", _entry(entry, notes[entry.number])))
    above: tuple[int | None, int] = (0, 0)
    for line in [*lines, *between]:
        if line.headed:
            yield from _headings(line, above, in_year)
            above = _place(line, in_year)
        yield line.shown


def _headings(line: _Line, above: tuple[int | None, int], in_year: Mapping[int | None, int]) -> Iterator[JsonValue]:
    year, month = _place(line, in_year)
    if year != above[0]:
        yield {"kind": "year", "text": str(year) if year else "Date not given, or not to be read"}
    if line.day and month and (year, month) != above:
        yield {"kind": "month", "text": f"{line.day:%B %Y}"}


def _place(line: _Line, in_year: Mapping[int | None, int]) -> tuple[int | None, int]:
    """Under which year the line stands, and under which month (0: its year has few entries, or it has no month)."""
    if line.day is None:
        return None, 0
    return line.day.year, line.day.month if line.by_month and in_year[line.day.year] >= MONTHS_SHOWN_FROM else 0


def _between(chronology: Chronology) -> list[_Line]:
    """Landmarks and silences with the day before whose entries they stand; of one day the silence first."""
    found: list[tuple[date, int, JsonValue]] = []
    for mark in chronology.landmarks:
        found.append((mark.first, 1, {"kind": mark.kind, "text": mark.what, "date": mark.placed}))
    for silence in chronology.silences:
        found.append((silence.until, 0, {"kind": "silence", "text": _silence(silence)}))
    return [_Line(day, True, line, headed=bool(n)) for day, n, line in sorted(found, key=lambda line: line[:2])]


def _year(entry: Entry) -> int | None:
    return entry.when.first.year if entry.when.first else None


def _silence(silence: Silence) -> str:
    return silence.because.removesuffix(".")


def _notes(contradictions: tuple[Contradiction, ...]) -> dict[int, list[str]]:
    notes: dict[int, list[str]] = defaultdict(list)
    for found in contradictions:
        for number in found.entries if len(found.entries) <= IN_PLACE else ():
            other = next((n for n in found.entries if n != number), None)
            if other and found.kind in ("date", "time"):
                notes[number].append(f"Reads like entry {other}, which has another {found.kind}.")
            else:
                notes[number].append(found.because)
    return notes


def _whole(entry: Entry) -> bool:
    """Whether the entry is short enough to stand on one page undivided."""
    texts = (
        text for t in entry.tellings for text in (t.event, t.outcome, t.comment, t.impact, *dict(t.more).values())
    )
    return sum(map(len, texts)) < UNDIVIDED


def _entry(entry: Entry, notes: list[str]) -> dict[str, JsonValue]:
    told = entry.told
    return {
        "kind": "entry",
        "number": entry.number,
        "date": entry.when.placed or "not given",
        "time": entry.when.time,
        "written": entry.when.written,
        "unsure": entry.when.uncertain or bool(entry.doubts),
        "mark": told.mark,
        "agency": told.name,
        "unit": told.unit,
        "source": told.source,
        "who": told.who,
        "event": told.event,
        "outcome": told.outcome,
        "extra": _extras(told),
        "also": [_also(told, other) for other in entry.also],
        "notes": [*entry.doubts, *notes],
        "after": entry.after_incident,
        "whole": _whole(entry),
    }


def _extras(told: Telling) -> list[JsonValue]:
    """What other columns said, each under its name."""
    said = (("Impact", told.impact), ("Comment", told.comment), *((_column(name), text) for name, text in told.more))
    return [{"name": name, "text": text} for name, text in said if text]


def _also(told: Telling, other: Telling) -> dict[str, JsonValue]:
    """Another row that tells the same: whose it is, and whatever it words differently."""
    columns = (("Source", "source"), ("Who", "who"), ("", "event"), ("Outcome", "outcome"), ("Impact", "impact"))
    differing: list[JsonValue] = [
        {"name": name, "text": getattr(other, field)}
        for name, field in (*columns, ("Comment", "comment"))
        if getattr(other, field).split() not in ([], getattr(told, field).split())
    ]
    differing += [{"name": _column(name), "text": text} for name, text in other.more if (name, text) not in told.more]
    if other.written not in ("", told.written):
        differing.append({"name": "Date as written", "text": other.written})
    if other.time not in ("", told.time):
        differing.append({"name": "Time", "text": other.time})
    again = other.agency == told.agency
    return {"mark": other.mark, "agency": other.name, "unit": other.unit, "again": again, "differing": differing}


def _column(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _breakable(data: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """The data with places to break inside words that no line can hold: addresses of web pages, rows of dots."""
    return {key: _broken(item) for key, item in data.items()}


def _broken(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        return _LONG_WORD.sub(lambda word: re.sub(r"([/._?&=@,;:+-]|\w{10})(?=.)", rf"\1{_BREAK}", word[0]), value)
    if isinstance(value, list):
        return [_broken(item) for item in value]
    if isinstance(value, dict):
        return {key: _broken(item) for key, item in value.items()}
    return value
