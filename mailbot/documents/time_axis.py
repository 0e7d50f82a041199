"""The axis of the timeline: days in order, long times without any left out at visible breaks, and what marks it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from pydantic import JsonValue

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
TICKS_APART = 11.0


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


def ticks_of(stretch: Stretch) -> Iterator[dict[str, JsonValue]]:
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
