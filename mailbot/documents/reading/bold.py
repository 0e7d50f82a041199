"""Which words of a scan are set in bold: by how thick their strokes are, a whole stretch of a line at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mailbot.documents.reading.bitmap import Ink, Numbers
from mailbot.documents.reading.ocr import Word

_FEW_WORDS, _FEW_LETTERS = 12, 4
"""On a page with fewer words, and of a stretch with fewer letters, strokes cannot be compared."""
_THICKER = 1.18
"""Times by which the strokes of bold words are thicker on average than those of plain ones."""
_GAP = 0.6
"""Line heights of white that part two stretches of a line; so does a colon."""


def bold_of(words: list[Word], ink: Ink) -> set[Word]:
    """The words of every stretch whose strokes are as thick as those of the page's bold words, if it has any.

    Never a single word inside a line: which option of `Yes / No` is the bolder, a person decides.
    """
    thick = {word: thickness for word in words if (thickness := _thickness(word, ink))}
    limit = _limit(np.sort(np.array(list(thick.values()))))
    if limit is None:
        return set()
    found: set[Word] = set()
    for stretch in _stretches(words):
        measured = [(thick[word], len(word.text)) for word in stretch if word in thick]
        letters = sum(count for _, count in measured)
        if letters >= _FEW_LETTERS and sum(value * count for value, count in measured) / letters > limit:
            found.update(stretch)
    return found


def _thickness(word: Word, ink: Ink) -> float:
    """Ink by length of outline, in line heights; 0 for a figure, a sign or a single letter."""
    if len(word.text) < 2 or not word.text.strip(".,:;?!()'\u2019-").isalpha():
        return 0.0
    shape = np.pad(ink[int(word.top) : int(word.bottom) + 1, int(word.x0) : int(word.x1) + 1], 1).astype(np.int8)
    outline = int(np.abs(np.diff(shape, axis=0)).sum() + np.abs(np.diff(shape, axis=1)).sum())
    return 2 * int(shape.sum()) / outline / word.size if outline else 0.0


def _limit(values: Numbers) -> float | None:
    """The thickness between plain and bold: where the values fall best into two groups. None where they are one."""
    if len(values) < _FEW_WORDS:
        return None
    best = max(range(3, len(values) - 2), key=lambda cut: _parted(values, cut))
    plain, bold = values[:best].mean(), values[best:].mean()
    return float(0.4 * plain + 0.6 * bold) if bold > plain * _THICKER else None


def _parted(values: Numbers, cut: int) -> float:
    """Otsu's measure: the variance between the two groups."""
    return float(cut * (len(values) - cut) * (values[cut:].mean() - values[:cut].mean()) ** 2)


def _stretches(words: list[Word]) -> Iterator[list[Word]]:
    """Words that follow one another on a line without a gap; tesseract gives them in this order."""
    stretch: list[Word] = []
    for word in words:
        last = stretch[-1] if stretch else None
        if last and (
            last.text.endswith((":", "?"))
            or abs(word.base - last.base) > word.size / 3
            or not -word.size < word.x0 - last.x1 < _GAP * word.size
        ):
            yield stretch
            stretch = []
        stretch.append(word)
    if stretch:
        yield stretch
