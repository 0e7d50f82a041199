"""Words of a scan with a line drawn through them."""

from __future__ import annotations

import re

from mailbot.documents.reading.ocr import Word
from mailbot.documents.reading.ruling import Rule

_UPPER, _LOWER = 0.42, 0.14
"""Parts of a line's height above its base between which a stroke goes through the letters."""
_PARTLY, _WHOLLY = 0.25, 0.75
"""Parts of a word's width that a stroke covers."""
_LONG, _LONG_IN_PART = 0.9, 1.6
"""Line heights that a stroke is long at least; the bars of two letters that touch are shorter."""
_OVER = 0.5
"""Parts of a line's height by which a stroke may be longer than its words: a longer one is the form's own rule."""
_CHOICE = re.compile(r"[\W_]*(?:yes|no|y|n|n/?a|n/?k|not|known|applicable|don'?t|know|unknown|or)?[\W_]*", re.I)


def struck_of(words: list[Word], strokes: list[Rule]) -> set[Word]:
    """The words that a stroke goes through.

    Of a choice (`Yes / No`) with one struck, and of a line with a word struck in part, every word: a person decides.
    """
    struck: set[Word] = set()
    for stroke in strokes:
        under = [word for word in words if _crosses(stroke, word)]
        if not under or not _is_theirs(stroke, under):
            continue
        for word in under:
            covered = _cover(stroke, word)
            long = (stroke.x1 - stroke.x0) / word.size
            if covered < _PARTLY or long < (_LONG if covered >= _WHOLLY else _LONG_IN_PART):
                continue
            line = [other for other in words if abs(other.base - word.base) < word.size / 3 and _is_near(other, word)]
            beside = [other for other in line if other is not word]
            if covered < _WHOLLY or (beside and all(_CHOICE.fullmatch(other.text) for other in beside)):
                struck.update(line)
            else:
                struck.add(word)
    return struck


def _crosses(stroke: Rule, word: Word) -> bool:
    through = word.base - _UPPER * word.size < stroke.top < word.base - _LOWER * word.size
    return through and stroke.x0 < word.x1 and word.x0 < stroke.x1 and re.search(r"\w", word.text) is not None


def _is_theirs(stroke: Rule, words: list[Word]) -> bool:
    over = _OVER * words[0].size
    return stroke.x0 > min(word.x0 for word in words) - over and stroke.x1 < max(word.x1 for word in words) + over


def _cover(stroke: Rule, word: Word) -> float:
    return (min(stroke.x1, word.x1) - max(stroke.x0, word.x0)) / (word.x1 - word.x0)


def _is_near(one: Word, other: Word) -> bool:
    return max(one.x0, other.x0) - min(one.x1, other.x1) < 2 * one.size
