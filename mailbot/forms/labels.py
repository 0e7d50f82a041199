"""Labels as people print them, brought to one spelling, and which field they mean: alias first, then near miss."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from functools import lru_cache

from rapidfuzz import fuzz, process

NEAR = 90.0
MARGIN = 10.0
"""A near miss counts from this score, if the best label of any other field scores this much less."""
LONGEST = 30
"""Words of the longest question that is still a label."""
_LONGEST_PRINTED = 1000
"""Characters beyond which a text is not even spelled to see whether it is a label: it is somebody's answer."""

_PARENTHESES = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_NUMBERING = re.compile(
    r"^\s*(?:(?:part|section|question|document|step|q)\s*[\dA-Za-z]{1,2}\b[\s.:)\-\u2013\u2014]*|"
    r"(?:\d{1,2}(?:\.\d{1,2})*[a-z]?|[a-z]|[ivx]{1,4})[.):]+\s+|\d{1,2}(?:\.\d{1,2})+\s+|\d{1,2}\s+(?=[A-Z])|\([a-z\d]{1,2}\)\s*)+",
    re.I,
)


@lru_cache(maxsize=10_000)
def spelled(text: str) -> str:
    """A label in one spelling: no numbering, punctuation or case; `&` is `and`; `D.O.B.` is `dob`."""
    text = _NUMBERING.sub("", text, count=1)
    text = text.replace("&", " and ").lower()
    text = re.sub(r"e-mail", "email", text)
    text = re.sub(r"(?<=\b\w)\.(?=\w\b)", "", text)
    text = re.sub(r"['\u2018\u2019`.*]", "", text)
    return " ".join(re.sub(r"[^\w]+", " ", text.replace("_", " ")).split())


def without_parentheses(text: str) -> str:
    """The label without what stands in brackets: `Date of death (if applicable)`."""
    return _PARENTHESES.sub(" ", text)


@lru_cache(maxsize=10_000)
def _both_spellings(text: str) -> tuple[str, str]:
    """The label in one spelling, as it stands and without what stands in brackets; empty where it is too long."""
    if len(text) > _LONGEST_PRINTED:
        return "", ""
    whole, bare = spelled(text), spelled(without_parentheses(text))
    return (whole, bare) if whole.count(" ") <= LONGEST else ("", "")


@lru_cache(maxsize=10_000)
def heading_of(text: str) -> str:
    """A heading in one spelling; one that is nothing but its number keeps it."""
    return spelled(text) or " ".join(re.sub(r"[^\w]+", " ", text.lower()).split())


class Labels:
    """The labels of one kind of target (fields of a form, columns of a table), each leading to its target."""

    def __init__(self, targets: Mapping[str, Iterable[str]]) -> None:
        self._exact: dict[str, str] = {}
        self._beginnings: dict[str, list[tuple[str, str]]] = {}
        for target, labels in targets.items():
            for label in labels:
                plain = spelled(label)
                if plain and not label.rstrip().endswith("..."):
                    self._exact.setdefault(plain, target)
                elif plain:
                    self._beginnings.setdefault(plain.split()[0], []).append((plain, target))
        for same_word in self._beginnings.values():
            same_word.sort(key=lambda one: -len(one[0]))
        # By length, so that only labels of about the same length are compared with a misspelled one.
        self._sorted = sorted(((_word_order(label), target) for label, target in self._exact.items()), key=_length)
        self._lengths = [len(label) for label, _ in self._sorted]
        self._near: dict[str, str] = {}

    def exactly(self, text: str) -> str:
        """The target whose label this is, letter for letter once spelled alike; empty if none."""
        whole, bare = _both_spellings(text)
        if not whole:
            return ""
        found = self._exact.get(whole) or self._exact.get(bare) or ""
        if found or not self._beginnings:
            return found
        same_word = self._beginnings.get(whole.partition(" ")[0], ())
        return next((target for start, target in same_word if f"{whole} ".startswith(f"{start} ")), "")

    def nearly(self, text: str) -> str:
        """The target whose label is so near, and every other target's so far, that it is a spelling of it."""
        bare = _both_spellings(text)[1]
        if len(bare) < 6:
            return ""
        if bare not in self._near:
            if len(self._near) >= _REMEMBERED:
                self._near.clear()
            self._near[bare] = self._nearest(_word_order(bare))
        return self._near[bare]

    def _nearest(self, words: str) -> str:
        cutoff = NEAR - MARGIN
        # A ratio of two texts cannot reach the cutoff where their lengths differ by more than this.
        furthest = len(words) * (200 - cutoff) / cutoff
        first, last = bisect_left(self._lengths, len(words) ** 2 / furthest), bisect_right(self._lengths, furthest)
        labels = [label for label, _ in self._sorted[first:last]]
        ranked = process.extract(words, labels, scorer=fuzz.ratio, limit=None, score_cutoff=cutoff)
        if not ranked or ranked[0][1] < NEAR:
            return ""
        best = self._sorted[first + ranked[0][2]][1]
        rival = max((score for _, score, at in ranked if self._sorted[first + at][1] != best), default=0.0)
        return best if ranked[0][1] - rival >= MARGIN else ""


_REMEMBERED = 5_000
"""Misspelled labels of which each set of labels remembers what they mean."""


def _word_order(spelling: str) -> str:
    """The words sorted: `Child's name` and `Name of child` are compared word for word."""
    return " ".join(sorted(spelling.split()))


def _length(labelled: tuple[str, str]) -> int:
    return len(labelled[0])


def means(phrases: Iterable[str], heading: str) -> int:
    """How well a heading fits one of the phrases: the length of the longest that stands in it word for word.

    A phrase of one word must be the whole heading.
    """
    if len(heading) > _LONGEST_PRINTED:
        return 0
    words = heading_of(heading)
    best = 0
    for plain in _plain(tuple(phrases)):
        if plain in words and (words == plain or (" " in plain and f" {plain} " in f" {words} ")):
            best = max(best, len(plain) + (1000 if words == plain else 0))
    return best


@lru_cache(maxsize=1_000)
def _plain(phrases: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(spelled(phrase) or heading_of(phrase) for phrase in phrases)
