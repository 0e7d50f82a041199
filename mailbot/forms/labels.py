"""Which field a printed label means: the same label first, then the same words, then a near miss."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import log

from rapidfuzz import fuzz, process

from mailbot.forms.concepts import Words
from mailbot.forms.remembering import Remembered
from mailbot.forms.spelling import LONGEST_PRINTED, both_spellings, heading_of, spelled

NEAR = 90.0
MARGIN = 10.0
"""A near miss counts from this score, if the best label of any other field scores this much less."""
ALIKE, APART = 0.75, 0.2
"""The same for labels that share their telling words, of 1; tried on the shipped labels, each without itself."""
_UNHEARD = 2.0
"""What a word tells that no label has; as much as one that a third of the fields have."""


class Labels:
    """The labels of one kind of target (fields of a form, columns of a table), each leading to its target."""

    def __init__(self, targets: Mapping[str, Iterable[str]], words: Words | None = None) -> None:
        self._words = words or Words()
        self._exact: dict[str, str] = {}
        self._beginnings: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for target, labels in targets.items():
            for label in labels:
                plain = spelled(label)
                if plain and not label.rstrip().endswith("..."):
                    self._exact.setdefault(plain, target)
                elif plain:
                    self._begin(plain, target)
        for same_word in self._beginnings.values():
            same_word.sort(key=lambda one: -len(one[0]))
        # A scan loses the space between two words: `Date ofbirth`.
        self._joined = {label.replace(" ", ""): target for label, target in self._exact.items() if " " in label}
        self._said: dict[frozenset[str], str] = {}
        for label, target in self._exact.items():
            said = self._words.concepts(label)
            # What two fields' labels say alike decides nothing.
            self._said[said] = target if self._said.get(said, target) == target else ""
        self._weights = _weights(self._said)
        self._allowed = _whose(self._said, self._words)
        # By length, so that only labels of about the same length are compared with a misspelled one.
        self._sorted = sorted(((_word_order(label), target) for label, target in self._exact.items()), key=_length)
        self._lengths = [len(label) for label, _ in self._sorted]
        self._known = Remembered(self._exactly, _REMEMBERED)
        self._near: dict[str, str] = {}

    def exactly(self, text: str) -> str:
        """The target whose label this is, once both are spelled alike, or say the same; empty if none."""
        return self._known[text] if len(text) <= LONGEST_PRINTED else ""

    def _exactly(self, text: str) -> str:
        whole, bare = both_spellings(text)
        if not whole:
            return ""
        found = self._exact.get(whole) or self._says(whole) or self._exact.get(bare)
        found = found or self._joined.get(bare.replace(" ", "")) or ""
        if found:
            return found
        return self._begun(whole) or (self._says(bare) if bare != whole else "")

    def _begin(self, plain: str, target: str) -> None:
        said = self._words.in_order(plain)
        # Of a short beginning every word counts: `Background including ...` is more than `Background`.
        begin = said if len(said) >= _LONG_BEGINNING else tuple(plain.split())
        self._beginnings.setdefault(begin[0], []).append((begin, target))

    def _begun(self, spelling: str) -> str:
        """The target with a label that the text begins with and goes on from."""
        if not self._beginnings:
            return ""
        for words in (tuple(spelling.split()), self._words.in_order(spelling)):
            same_word = self._beginnings.get(words[0], ()) if words else ()
            for begin, target in same_word:
                if words[: len(begin)] == begin:
                    return target
        return ""

    def _says(self, spelling: str) -> str:
        """The target with a label of the same words, whatever their order."""
        said = self._words.concepts(spelling)
        found = self._said.get(said, "") if said else ""
        if found or len(said) < 3 or _YOURS not in said:
            return found
        return self._said.get(said - {_YOURS}, "")

    def nearly(self, text: str) -> str:
        """The target whose label is a spelling of this one, or says most of what it says; no rival does."""
        bare = both_spellings(text)[1]
        if len(bare) < 6:
            return ""
        if bare not in self._near:
            if len(self._near) >= _REMEMBERED:
                self._near.clear()
            self._near[bare] = self._nearest(_word_order(bare)) or self._resembling(self._words.concepts(bare))
            if not self._near[bare] and (question := _FIRST_QUESTION.match(text)):
                self._near[bare] = self.exactly(question[0]) or self.nearly(question[0])
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
        near, best = self._sorted[first + ranked[0][2]]
        if self._of_another(self._words.concepts(words), self._words.concepts(near), best):
            return ""
        rival = max((score for _, score, at in ranked if self._sorted[first + at][1] != best), default=0.0)
        return best if ranked[0][1] - rival >= MARGIN else ""

    def _resembling(self, said: frozenset[str]) -> str:
        """The target whose label shares the telling words: `school` and `ethnicity` tell more than `child`."""
        weights = self._weights
        whole = sum(weights.get(word, _UNHEARD) for word in said)
        heard = sum(weights.get(word, 0.0) for word in said)
        if 2 * heard < ALIKE * (whole + heard):
            # Even a label of just these words would not be alike: most texts end here.
            return ""
        best: dict[str, float] = {}
        for label, target in self._said.items():
            shared = sum(weights[word] for word in said & label)
            if shared and not self._of_another(said, label, target):
                alike = 2 * shared / (whole + sum(weights[word] for word in label))
                best[target] = max(best.get(target, 0.0), alike)
        first, second = [*sorted(best.items(), key=lambda one: -one[1]), ("", 0.0), ("", 0.0)][:2]
        return first[0] if first[1] >= ALIKE and first[1] - second[1] >= APART else ""

    def _of_another(self, said: frozenset[str], label: frozenset[str], target: str) -> bool:
        """Whether one of the two has a word that makes it another question, and no label of the target has that."""
        return bool((said ^ label) & self._words.telling_apart - self._allowed.get(target, frozenset()))


def _whose(said: Mapping[frozenset[str], str], words: Words) -> dict[str, frozenset[str]]:
    """For each target the words of `whose` that its own labels have beside those without."""
    allowed: dict[str, set[str]] = {}
    for label, target in said.items():
        allowed.setdefault(target, set()).update(label & words.telling_apart)
    return {target: frozenset(found) for target, found in allowed.items()}


def _weights(said: Mapping[frozenset[str], str]) -> dict[str, float]:
    """How much a word tells: the more, the fewer targets have it in their labels."""
    targets: dict[str, set[str]] = {}
    for label, target in said.items():
        for word in label:
            targets.setdefault(word, set()).add(target)
    count = len(set(said.values()))
    return {word: log(1 + count / len(found)) for word, found in targets.items()}


_YOURS = "your"
"""`Date your records were secured` asks for no other date than `Date records secured`."""
_FIRST_QUESTION = re.compile(r"[^?]{6,}\?(?=\s+[A-Z(])")
"""A question that more words follow: they tell how to answer it."""
_LONG_BEGINNING = 3
"""Words from which on a beginning may be said in other words."""
_REMEMBERED = 5_000
"""Texts of which each set of labels remembers what they mean: the files of one partnership print the same."""


def _word_order(spelling: str) -> str:
    """The words sorted: `Child's name` and `Name of child` are compared word for word."""
    return " ".join(sorted(spelling.split()))


def _length(labelled: tuple[str, str]) -> int:
    return len(labelled[0])


WHOLE = 1000
"""From here on a heading fits a phrase as a whole."""


def means(phrases: Iterable[str], heading: str) -> int:
    """How well a heading fits one of the phrases: the length of the longest that stands in it word for word.

    A phrase of one word must be the whole heading.
    """
    if len(heading) > LONGEST_PRINTED:
        return 0
    words = heading_of(heading)
    best = 0
    for plain in _plain(tuple(phrases)):
        if plain in words and (words == plain or (" " in plain and f" {plain} " in f" {words} ")):
            best = max(best, len(plain) + (WHOLE if words == plain else 0))
    return best


@lru_cache(maxsize=1_000)
def _plain(phrases: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(spelled(phrase) or heading_of(phrase) for phrase in phrases)
