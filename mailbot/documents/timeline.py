"""Where each mark of the timeline stands on its page, in points: a lane an agency, an axis with visible breaks."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import chain, pairwise
from textwrap import shorten
from typing import NamedTuple

from pydantic import JsonValue

from mailbot.cases.chronology import AgencyLine, Chronology, Entry, say_months
from mailbot.cases.wording import count

LEFT, RIGHT = 184.0, 812.0
"""Where the axis may begin and end."""
TOP, BOTTOM = 104.0, 500.0
"""Where the lanes begin and end."""
TALLEST_LANE = 46.0
ASIDE = 62.0
"""Width of the column for entries without a date, or with one in doubt."""
BREAK = 26.0
"""Width of a break, whatever time it leaves out."""
MOST_BREAKS = 8
TOO_LONG = 0.15
"""The part of the whole axis above which a time without entries is left out."""
SHORTEST_BREAK = timedelta(days=45)
LEAST_DAYS = 30
"""What is added to the length of each stretch, lest one of two days beside lone days take all the width."""
EDGE = 9.0
"""Between a break and the first mark beside it."""
NARROWEST = 14.0
NEXT_TO = 5.6
"""Marks of one lane closer than this become one, with the numbers of all."""
TWO_ROWS = 24.0
"""The height from which a lane has room for two lines of a name, and for numbers above and below."""
LONG_NAME, SHORT_NAME = 50, 27
"""Characters of an agency's name that a lane has room for; the pages after give it in full."""
LANDMARK_WIDTH = 150.0
TICKS_APART = 11.0
_DIGIT = 3.1
"""Width of a figure of a mark's number."""


class Stretch(NamedTuple):
    """A piece of the axis between two breaks. Half of its width goes by days, half by days on which something stands,
    so that the dots of a crowded week do not cover one another: such days are drawn wider.
    """

    busy: tuple[date, ...]
    left: float
    right: float

    @property
    def first(self) -> date:
        """The first day of it."""
        return self.busy[0]

    @property
    def last(self) -> date:
        """The last day of it."""
        return self.busy[-1]

    def at(self, day: date) -> float:
        """Where the day stands, in points from the page's left edge."""
        if self.first == self.last:
            return (self.left + self.right) / 2
        place = min(max(bisect_right(self.busy, day) - 1, 0), len(self.busy) - 2)
        before, after = self.busy[place : place + 2]
        passed = (place + (day - before) / (after - before)) / (len(self.busy) - 1)
        share = ((day - self.first) / (self.last - self.first) + passed) / 2
        return self.left + EDGE + share * (self.right - self.left - 2 * EDGE)


class Axis:
    """All stretches; a day inside a break stands in the middle of the break."""

    def __init__(self, stretches: list[Stretch]) -> None:
        self.stretches = stretches

    def at(self, day: date) -> float:
        """Where the day stands, in points from the page's left edge."""
        before = self.stretches[0]
        for stretch in self.stretches:
            if day < stretch.first:
                return (before.right + stretch.left) / 2 if stretch is not before else stretch.left
            if day <= stretch.last:
                return stretch.at(day)
            before = stretch
        return before.right


def axis_of(days: Iterable[date], left: float, right: float) -> Axis:
    """An axis on which all the days stand in order; long times without any become breaks, the longest first.

    Half of the width goes by days and half by how many of the days lie in a stretch.
    """
    once = sorted(set(days))
    breaks = _breaks(once)
    groups: list[list[date]] = [[once[0]]]
    for before, after in pairwise(once):
        if (before, after) in breaks:
            groups.append([])
        groups[-1].append(after)
    room = right - left - BREAK * (len(groups) - 1) - NARROWEST * len(groups)
    lengths = [(group[-1] - group[0]).days + LEAST_DAYS for group in groups]
    stretches: list[Stretch] = []
    here = left
    for group, days_long in zip(groups, lengths, strict=True):
        width = NARROWEST + room * (days_long / sum(lengths) + len(group) / len(once)) / 2
        stretches.append(Stretch(tuple(group), here, here + width))
        here += width + BREAK
    return Axis(stretches)


def _breaks(days: list[date]) -> set[tuple[date, date]]:
    gaps = sorted(pairwise(days), key=lambda gap: (gap[0] - gap[1], gap[0]))
    left = days[-1] - days[0]
    found: set[tuple[date, date]] = set()
    for gap in gaps[:MOST_BREAKS]:
        long = gap[1] - gap[0]
        if long < SHORTEST_BREAK or long < TOO_LONG * left:
            break
        found.add(gap)
        left -= long
    return found


def drawn(chronology: Chronology) -> dict[str, JsonValue]:
    """All that timeline.typ draws: lanes, marks, bars, breaks, ticks, silences and landmarks."""
    aside = [e for e in chronology.entries if not e.sure]
    right = RIGHT - (ASIDE + 8 if aside else 0)
    dated = [e for e in chronology.entries if e.sure]
    days = _days(chronology, dated) if dated else []
    lanes = chronology.agencies
    height = min(TALLEST_LANE, (BOTTOM - TOP) / max(1, len(lanes)))
    page: dict[str, JsonValue] = {
        "left": LEFT,
        "right": right,
        "top": TOP,
        "bottom": TOP + height * len(lanes),
        "height": height,
        "names": [_lane(line, height) for line in lanes],
        "small": height < TWO_ROWS,
        "aside": ASIDE if aside else 0,
        "empty": not days,
        "said": _said(chronology),
        "months": chronology.silence_months,
    }
    if not days:
        return {
            **page,
            **{key: [] for key in ("marks", "bars", "numbers", "breaks", "ticks", "silences", "landmarks")},
        }
    axis = axis_of(days, LEFT, right)
    marks = [list(_marks(_of(line, dated), axis, n)) for n, line in enumerate(lanes)]
    bars = [list(_bars(_of(line, dated), axis, n)) for n, line in enumerate(lanes)]
    doubted = [m for n, line in enumerate(lanes) for m in _doubted(_of(line, aside), n)]
    labels = [
        _labelled([*m, *(d for d in doubted if d["lane"] == n)], b, height)
        for n, (m, b) in enumerate(zip(marks, bars, strict=True))
    ]
    return {
        **page,
        "marks": [*chain.from_iterable(marks), *doubted],
        "bars": [*chain.from_iterable(bars)],
        "numbers": [label | {"lane": n} for n, of_lane in enumerate(labels) for label in of_lane],
        "breaks": [
            {
                "left": one.right,
                "right": two.left,
                "text": "" if _silent(chronology, one.last, two.first) else _left_out(one.last, two.first),
            }
            for one, two in pairwise(axis.stretches)
        ],
        "ticks": [tick for stretch in axis.stretches for tick in _ticks(stretch)],
        "silences": [
            {
                "left": axis.at(s.after),
                "right": axis.at(s.until),
                "text": f"no contact for {say_months(s.months)}",
            }
            for s in chronology.silences
        ],
        "landmarks": list(_landmarks(chronology, axis)),
    }


def _said(chronology: Chronology) -> str:
    """How much stands on the page, and over what time."""
    told = sum(line.answered == "told" for line in chronology.agencies)
    sure = [e for e in chronology.entries if e.sure]
    if not sure:
        return ""
    last = max(sure, key=lambda e: e.when.last or date.min)
    entries = count(len(chronology.entries), "entry", "entries")
    whom = f"from {told} of {count(len(chronology.agencies), 'agency', 'agencies')}"
    until = "" if last.when.placed == sure[0].when.placed else f" to {last.when.placed}"
    return f"{entries} {whom}, {sure[0].when.placed}{until}"


def _days(chronology: Chronology, dated: list[Entry]) -> list[date]:
    """Every day that must stand on the axis. A month or year does not make it longer than the last exact day."""
    exact = [mark.first for mark in chronology.landmarks]
    exact += [e.when.last for e in dated if e.when.last and e.when.precision in ("day", "span")]
    rough = [e.when.last for e in dated if e.when.last and e.when.precision in ("month", "year")]
    ends = [min(day, max(exact)) if exact else day for day in rough]
    return [*exact, *ends, *(e.when.first for e in dated if e.when.first)]


def _landmarks(chronology: Chronology, axis: Axis) -> Iterator[JsonValue]:
    """Births, incident, death. The words end at their line, and stand higher than those just left of them: so no line
    crosses any words.
    """
    before, level = float("-inf"), 0
    for mark in chronology.landmarks:
        x = axis.at(mark.first)
        level = level + 1 if x - before < LANDMARK_WIDTH else 0
        before = x
        yield {
            "kind": mark.kind,
            "x": x,
            "y": TOP - 13 - 10.5 * (level % 4),
            "text": mark.what,
            "date": mark.placed,
        }


def _lane(line: AgencyLine, height: float) -> JsonValue:
    why = "" if line.answered == "told" else line.because
    name = shorten(line.name, LONG_NAME if height >= TWO_ROWS else SHORT_NAME, placeholder=" …")
    return {"mark": line.mark, "name": name, "entries": line.entries, "why": why}


def _of(line: AgencyLine, entries: Iterable[Entry]) -> list[Entry]:
    return [e for e in entries if any(t.agency == line.agency for t in e.tellings)]


def _marks(entries: list[Entry], axis: Axis, lane: int) -> Iterator[dict[str, JsonValue]]:
    """Dots for days. Those that would cover one another are one dot, with all their numbers."""
    together: list[tuple[float, list[Entry]]] = []
    for entry in entries:
        if entry.when.precision != "day" or entry.when.goes_on or entry.when.first is None:
            continue
        x = axis.at(entry.when.first)
        if together and x - together[-1][0] < NEXT_TO:
            together[-1][1].append(entry)
        else:
            together.append((x, [entry]))
    for x, here in together:
        text, hollow = numbers([e.number for e in here]), all(e.when.uncertain for e in here)
        yield {"x": x, "lane": lane, "count": len(here), "hollow": hollow, "text": text}


def _labelled(
    marks: list[dict[str, JsonValue]], bars: list[dict[str, JsonValue]], height: float
) -> list[dict[str, JsonValue]]:
    """The numbers of one lane's marks and bars, where they cover no other: above, or below where a lane is tall."""
    ends = [LEFT - 20.0, LEFT - 20.0] if height >= TWO_ROWS else [LEFT - 20.0]
    found: list[dict[str, JsonValue]] = []
    wanted = [(float(str(m["x"])), str(m["text"]), 0) for m in marks]
    wanted += [((float(str(b["left"])) + float(str(b["right"]))) / 2, str(b["text"]), len(ends) - 1) for b in bars]
    for x, text, first in sorted(wanted):
        half = len(text) * _DIGIT / 2
        levels = range(first, len(ends)) if first else range(len(ends))
        level = next((n for n in levels if x - half > ends[n] + 1.5), None)
        if level is not None:
            ends[level] = x + half
            found.append({"x": x, "level": level, "text": text})
    return found


def _doubted(entries: list[Entry], lane: int) -> Iterator[dict[str, JsonValue]]:
    """The entries of an agency that have no date, or one that may be wrong, beside the axis."""
    if entries:
        text = numbers([e.number for e in entries])
        yield {"x": RIGHT - ASIDE / 2, "lane": lane, "count": len(entries), "hollow": True, "text": text}


def _bars(entries: list[Entry], axis: Axis, lane: int) -> Iterator[dict[str, JsonValue]]:
    """Bars for everything that is dated by more than a day, each over all the days that it may mean."""
    for entry in entries:
        first, last = entry.when.first, entry.when.last
        if first is None or last is None or (entry.when.precision == "day" and not entry.when.goes_on):
            continue
        left, right = axis.at(first), axis.at(last)
        if entry.when.goes_on:
            right = axis.stretches[-1].right
        kind = entry.when.precision if not entry.when.goes_on else "span"
        yield {
            "left": left,
            "right": max(right, left + 5),
            "lane": lane,
            "text": str(entry.number),
            "hollow": entry.when.uncertain or kind in ("month", "year"),
            "on": entry.when.goes_on,
        }


def numbers(of: list[int]) -> str:
    """3, 5–7: numbers in order, runs of three and more as from–to; of many the first and how many more (`3 +4`)."""
    runs: list[list[int]] = []
    for number in sorted(of):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    told = [f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    if len(told) <= 2:
        return ", ".join(told)
    left = sum(map(len, runs[1:]))
    return f"{told[0]} +{left}"


def _silent(chronology: Chronology, last: date, first: date) -> bool:
    """Whether a break lies in a silence, which says how long it is."""
    return any(s.after <= last and first <= s.until for s in chronology.silences)


def _left_out(last: date, first: date) -> str:
    days = (first - last).days
    if days < 60:
        return f"{days} days"
    return say_months(round(days / 30.44))


def _ticks(stretch: Stretch) -> Iterator[JsonValue]:
    """Days, weeks, months, quarters or years, whichever the stretch has room for; the first of each year says so."""
    scale = (stretch.right - stretch.left - 2 * EDGE) / max(1, (stretch.last - stretch.first).days)
    if stretch.first == stretch.last:
        yield {"x": stretch.at(stretch.first), "text": _day(stretch.first), "year": str(stretch.first.year)}
        return
    marked = [(day, text, stretch.at(day)) for day, text in _days_marked(stretch, scale)]
    placed: list[tuple[float, date, str]] = []
    for day, text, x in sorted(marked, key=lambda tick: (tick[0].month > 1, tick[0])):
        if all(abs(x - other) >= TICKS_APART + 2.2 * len(text) for other, _, _ in placed):
            placed.append((x, day, text))
    year = 0
    for x, day, text in sorted(placed):
        yield {"x": x, "text": text, "year": str(day.year) if day.year != year else ""}
        year = day.year


def _days_marked(stretch: Stretch, scale: float) -> Iterator[tuple[date, str]]:
    if scale * 7 >= 20:
        step = 1 if scale >= 20 else 7
        day = stretch.first
        while day <= stretch.last:
            yield day, _day(day)
            day += timedelta(days=step)
        return
    every = 1 if scale * 30 >= 17 else 3 if scale * 91 >= 17 else 12
    firsts = [
        date(year, month, 1)
        for year in range(stretch.first.year, stretch.last.year + 1)
        for month in range(1, 13, every)
    ]
    inside = [day for day in firsts if stretch.first <= day <= stretch.last]
    if not inside:
        yield stretch.first, _day(stretch.first)
    for day in inside:
        yield day, "" if every == 12 else f"{day:%b}"


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"
