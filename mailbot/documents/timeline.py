"""Where each mark of the timeline stands on its page, in points: a lane an agency, an axis with visible breaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain, pairwise
from textwrap import shorten
from typing import NamedTuple

from pydantic import JsonValue

from mailbot.cases.chronology import AgencyLine, Chronology, Entry, say_months
from mailbot.cases.wording import count
from mailbot.documents.time_axis import Axis, axis_of, ticks_of

LEFT, RIGHT = 184.0, 812.0
"""Where the axis may begin and end."""
TOP, BOTTOM = 104.0, 500.0
"""Where the lanes begin and end."""
TALLEST_LANE = 46.0
ASIDE = 62.0
"""Width of the column for entries without a date, or with one in doubt."""
NEXT_TO = 5.6
"""Marks of one lane closer than this become one, with the numbers of all."""
TWO_ROWS = 24.0
"""The height from which a lane has room for two lines of a name, and for numbers above and below."""
LONG_NAME, SHORT_NAME = 50, 27
"""Characters of an agency's name that a lane has room for; the pages after give it in full."""
LANDMARK_WIDTH = 150.0
SHORTEST_BAR = 5.0
_DIGIT = 3.1
"""Width of a figure of a mark's number."""


class Mark(NamedTuple):
    """A dot in a lane for so many `entries`, with their numbers as `text`; `hollow` where the day is not sure."""

    x: float
    lane: int
    entries: int
    hollow: bool
    text: str


class Bar(NamedTuple):
    """An entry dated by more than a day; `hollow` where it is some day within, `on` where it goes on after."""

    left: float
    right: float
    lane: int
    hollow: bool
    on: bool
    text: str


class Label(NamedTuple):
    """The number of a mark or bar, above (`level` 0) or below it."""

    x: float
    lane: int
    level: int
    text: str


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
        label
        for n, (dots, lines) in enumerate(zip(marks, bars, strict=True))
        for label in _labelled([*dots, *(d for d in doubted if d.lane == n)], lines, height)
    ]
    return {
        **page,
        "marks": [mark._asdict() for mark in (*chain.from_iterable(marks), *doubted)],
        "bars": [bar._asdict() for bar in chain.from_iterable(bars)],
        "numbers": [label._asdict() for label in labels],
        "breaks": [
            {
                "left": one.right,
                "right": two.left,
                "text": "" if _silent(chronology, one.last, two.first) else _left_out(one.last, two.first),
            }
            for one, two in pairwise(axis.stretches)
        ],
        "ticks": [tick for stretch in axis.stretches for tick in ticks_of(stretch)],
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
    name = _shortened(line.name, LONG_NAME if height >= TWO_ROWS else SHORT_NAME)
    return {"mark": line.mark, "name": name, "entries": line.entries, "why": why}


def _shortened(name: str, width: int) -> str:
    """The name's first words; of a first word that is too long by itself its beginning."""
    words = shorten(name, width, placeholder=" …")
    return words if words != "…" else f"{name[: width - 1]}…"


def _of(line: AgencyLine, entries: Iterable[Entry]) -> list[Entry]:
    return [e for e in entries if any(t.agency == line.agency for t in e.tellings)]


def _marks(entries: list[Entry], axis: Axis, lane: int) -> Iterator[Mark]:
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
        hollow = all(e.when.uncertain for e in here)
        yield Mark(x=x, lane=lane, entries=len(here), hollow=hollow, text=numbers([e.number for e in here]))


def _doubted(entries: list[Entry], lane: int) -> Iterator[Mark]:
    """The entries of an agency that have no date, or one that may be wrong, beside the axis."""
    if entries:
        text = numbers([e.number for e in entries])
        yield Mark(x=RIGHT - ASIDE / 2, lane=lane, entries=len(entries), hollow=True, text=text)


def _bars(entries: list[Entry], axis: Axis, lane: int) -> Iterator[Bar]:
    """Bars for everything that is dated by more than a day, each over all the days that it may mean."""
    for entry in entries:
        when = entry.when
        if when.first is None or when.last is None or (when.precision == "day" and not when.goes_on):
            continue
        left = axis.at(when.first)
        right = axis.stretches[-1].right if when.goes_on else axis.at(when.last)
        rough = when.precision in ("month", "year") and not when.goes_on
        yield Bar(
            left=left,
            right=max(right, left + SHORTEST_BAR),
            lane=lane,
            hollow=when.uncertain or rough,
            on=when.goes_on,
            text=str(entry.number),
        )


def _labelled(marks: list[Mark], bars: list[Bar], height: float) -> Iterator[Label]:
    """The numbers of one lane, where they cover no other: above, or in a tall lane below, as a bar has it."""
    ends = [0.0, 0.0] if height >= TWO_ROWS else [0.0]
    below = len(ends) - 1
    wanted = [(mark.x, mark.text, mark.lane, 0) for mark in marks]
    wanted += [((bar.left + bar.right) / 2, bar.text, bar.lane, below) for bar in bars]
    for x, text, lane, first in sorted(wanted):
        half = len(text) * _DIGIT / 2
        level = next((n for n in range(first, len(ends)) if x - half > ends[n] + 1.5), None)
        if level is not None:
            ends[level] = x + half
            yield Label(x=x, lane=lane, level=level, text=text)


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
