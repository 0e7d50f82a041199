"""Labels as people print them, brought to one spelling, and which field they mean: alias first, then near miss."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from rapidfuzz import fuzz, process

NEAR = 90.0
MARGIN = 10.0
"""A near miss counts from this score, if the best label of any other field scores this much less."""
LONGEST = 30
"""Words of the longest question that is still a label."""

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


def heading_of(text: str) -> str:
    """A heading in one spelling; one that is nothing but its number keeps it."""
    return spelled(text) or " ".join(re.sub(r"[^\w]+", " ", text.lower()).split())


class Labels:
    """The labels of one kind of target (fields of a form, columns of a table), each leading to its target."""

    def __init__(self, targets: Mapping[str, Iterable[str]]) -> None:
        self._exact: dict[str, str] = {}
        self._beginnings: list[tuple[str, str]] = []
        for target, labels in targets.items():
            for label in labels:
                if label.rstrip().endswith("..."):
                    self._beginnings.append((spelled(label), target))
                else:
                    self._exact.setdefault(spelled(label), target)
        self._beginnings.sort(key=lambda one: -len(one[0]))

    def exactly(self, text: str) -> str:
        """The target whose label this is, letter for letter once spelled alike; empty if none."""
        whole = spelled(text)
        if not whole or whole.count(" ") > LONGEST:
            return ""
        bare = spelled(without_parentheses(text))
        found = self._exact.get(whole) or self._exact.get(bare) or ""
        return found or next(
            (target for start, target in self._beginnings if f"{whole} ".startswith(f"{start} ")), ""
        )

    def nearly(self, text: str) -> str:
        """The target whose label is so near, and every other target's so far, that it is a spelling of it."""
        bare = spelled(without_parentheses(text))
        if len(bare) < 6 or bare.count(" ") > LONGEST or not self._exact:
            return ""
        ranked = process.extract(
            bare, list(self._exact), scorer=fuzz.token_sort_ratio, limit=8, score_cutoff=NEAR - MARGIN
        )
        if not ranked or ranked[0][1] < NEAR:
            return ""
        best = self._exact[ranked[0][0]]
        rival = max((score for label, score, _ in ranked if self._exact[label] != best), default=0.0)
        return best if ranked[0][1] - rival >= MARGIN else ""


def means(phrases: Iterable[str], heading: str) -> int:
    """How well a heading fits one of the phrases: the length of the longest that stands in it word for word.

    A phrase of one word must be the whole heading.
    """
    words = heading_of(heading)
    best = 0
    for phrase in phrases:
        plain = spelled(phrase) or heading_of(phrase)
        if words == plain or (" " in plain and f" {plain} " in f" {words} "):
            best = max(best, len(plain) + (1000 if words == plain else 0))
    return best
