"""Rows that tell the same event nearly word for word become one entry; no word of any of them is lost."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date
from difflib import SequenceMatcher

from mailbot.cases.chronology.values import Entry, Telling

ENOUGH_WORDS = 6
"""Two short rows, such as “Home visit”, may be two events."""
_FILLERS = frozenset(
    ("a", "an", "the", "of", "and", "at", "in", "on", "to", "by", "was", "were", "is", "that", "with")
)
_MISSPELT = 0.8
_LONG_ENOUGH = 5


def folded(entries: list[Entry]) -> list[Entry]:
    """The entries in the same order, each that tells what another one of the same date tells put to that one.

    The first of them stands, unless it has no time of day and the other one has.
    """
    kept: dict[int, Entry] = {}
    by_span: dict[tuple[date | None, date | None, str], list[int]] = defaultdict(list)
    for place, entry in enumerate(entries):
        here = by_span[entry.when.first, entry.when.last, entry.when.written if entry.when.first is None else ""]
        same = next(
            (n for n in here if _one_event(kept[n].told, entry.told, dated=entry.when.precision == "day")), None
        )
        if same is None:
            kept[place] = entry
            here.append(place)
        elif kept[same].when.time or not entry.when.time:
            kept[same] = _put_to(kept[same], entry)
        else:
            kept[place] = _put_to(entry, kept.pop(same))
            here[here.index(same)] = place
    return list(kept.values())


def _put_to(stands: Entry, other: Entry) -> Entry:
    doubts = tuple(dict.fromkeys(stands.doubts + other.doubts))
    return stands.model_copy(update={"also": (*stands.also, *other.tellings), "doubts": doubts})


def words_of(text: str) -> list[str]:
    """The words and figures of a text, in small letters."""
    return re.findall(r"\w+", text.casefold())


def same_words(one: list[str], other: list[str]) -> bool:
    """Whether two texts are the same but for little words and misspellings: no figure, no “not”, no opposite."""
    if one == other:
        return True
    if sum((Counter(one) & Counter(other)).values()) < 0.8 * max(len(one), len(other)):
        return False
    differing = [op for op in SequenceMatcher(None, one, other, autojunk=False).get_opcodes() if op[0] != "equal"]
    return all(_trifle(one[a:b], other[c:d]) for _, a, b, c, d in differing)


def _trifle(one: list[str], other: list[str]) -> bool:
    if len(one) == len(other) and all(_misspelt(a, b) for a, b in zip(one, other, strict=True)):
        return True
    return _FILLERS.issuperset(one) and _FILLERS.issuperset(other)


def _misspelt(one: str, other: str) -> bool:
    """One word misspelt, not two words: `injured` and `uninjured` begin differently."""
    long = min(len(one), len(other)) >= _LONG_ENOUGH and one.isalpha() and other.isalpha()
    return long and one[0] == other[0] and SequenceMatcher(None, one, other).ratio() >= _MISSPELT


def _one_event(one: Telling, other: Telling, dated: bool) -> bool:
    """Whether two rows of the same date tell one event.

    The same agency's row sent twice is one; of two agencies, only long texts about the same day are believed to be.
    """
    if one.time and other.time and one.time != other.time:
        return False
    if one.agency == other.agency and one.unit == other.unit:
        if _cells(one) == _cells(other):
            return True
    elif not dated:
        return False
    mine, theirs = words_of(one.event), words_of(other.event)
    return min(len(mine), len(theirs)) >= ENOUGH_WORDS and same_words(mine, theirs)


def _cells(row: Telling) -> tuple[object, ...]:
    texts = (row.source, row.who, row.event, row.impact, row.outcome, row.comment)
    return (*(" ".join(words_of(text)) for text in texts), row.more)
