"""Which cells of a scan are set in bold: by how thick their strokes are, a whole row or column at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mailbot.documents.reading.bitmap import Ink, Numbers
from mailbot.documents.reading.ocr import Word

_FEW_WORDS, _FEW_LETTERS = 12, 3
"""On a page with fewer words, and of a cell with fewer letters, strokes cannot be compared."""
_THICKER = 1.18
"""Times by which the strokes of bold words are thicker on average than those of plain ones."""
_MOST = 0.7
"""Of the cells of a row or column as many must have thick strokes: labels are set alike, and one cell misleads."""
_NEAR = 3.0

Box = tuple[float, float, float, float]


def bold_of(words: Sequence[Word], tables: Sequence[Any], ink: Ink, dpi: float) -> set[Word]:
    """The words of every row and column of cells that are set in bold.

    Never a word beside a plain one: which option of `Yes / No` is the bolder, a person decides.
    """
    thick = {word: thickness for word in words if (thickness := _thickness(word, ink))}
    limit = _limit(np.sort(np.array(list(thick.values()))))
    if limit is None:
        return set()
    found: set[Word] = set()
    for table in tables:
        inside = {box: [word for word in words if _within(word, box, 72 / dpi)] for box in table.cells}
        loud = {box: value > limit for box, cell in inside.items() if (value := _average(cell, thick))}
        for box, cell in inside.items():
            column = [loud[one] for one in loud if abs(one[0] - box[0]) < _NEAR]
            row = [loud[one] for one in loud if abs(one[1] - box[1]) < _NEAR]
            if (len(column) > 2 and np.mean(column) >= _MOST) or (len(row) > 1 and np.mean(row) >= _MOST):
                found.update(cell)
    return found


def _average(words: Sequence[Word], thick: dict[Word, float]) -> float:
    """The thickness of the words' strokes, each word counted by its letters; 0 where there are too few."""
    measured = [(thick[word], len(word.text)) for word in words if word in thick]
    letters = sum(count for _, count in measured)
    return sum(value * count for value, count in measured) / letters if letters >= _FEW_LETTERS else 0.0


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
    return float((plain + bold) / 2) if bold > plain * _THICKER else None


def _parted(values: Numbers, cut: int) -> float:
    """Otsu's measure: the variance between the two groups."""
    return float(cut * (len(values) - cut) * (values[cut:].mean() - values[:cut].mean()) ** 2)


def _within(word: Word, box: Box, scale: float) -> bool:
    across, down = (word.x0 + word.x1) / 2 * scale, (word.top + word.bottom) / 2 * scale
    return box[0] <= across <= box[2] and box[1] <= down <= box[3]
