"""Cells whose ink gave no words at the first look: read again by themselves; and those that stay unread."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from PIL import Image

from mailbot.documents.reading.bitmap import Ink, ink_of
from mailbot.documents.reading.ocr import Word

_LITTLE = 0.0012
"""Square inches of ink that are dirt: a letter has more."""
_MUCH = 0.3
"""Of a cell's ink, the part outside of its words that is no mere edge of letters."""
_EDGE = 0.02
"""Inches along a cell's border where its rule may have left grey."""
_WHITE = 40
"""Points of white around a cell that is read by itself."""

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Cell:
    """One cell: its inside in points of the picture, the words read in it, the part of its ink outside of them."""

    place: str
    box: Box
    words: tuple[Word, ...]
    left_over: float

    @property
    def unread(self) -> bool:
        """Whether something besides its words is written or drawn there."""
        return self.left_over > _MUCH


def cells_of(page: Image.Image, tables: list[Any], words: list[Word], dpi: float, before: int) -> list[Cell]:
    """Every cell of the tables with the words whose middle lies in it; `before` tables came on earlier pages."""
    ink = ink_of(page)
    scale, edge = dpi / 72, round(_EDGE * dpi)
    found = []
    for place, (x0, top, x1, bottom) in _places(tables, before):
        left, upper, right, lower = (round(one * scale) for one in (x0, top, x1, bottom))
        box = left + edge, upper + edge, right - edge, lower - edge
        if box[2] > box[0] and box[3] > box[1]:
            inside = tuple(word for word in words if _within(word, box))
            found.append(Cell(place, box, inside, _left_over(ink, box, inside, dpi)))
    return found


def _places(tables: list[Any], before: int) -> Iterator[tuple[str, tuple[float, float, float, float]]]:
    for number, table in enumerate(tables, before + 1):
        for index, row in enumerate(table.rows, 1):
            yield from ((f"table {number}, row {index}", box) for box in row.cells if box is not None)


def read_again(
    page: Image.Image, cells: list[Cell], dpi: float, read: Callable[[Image.Image], list[Word]]
) -> list[Cell]:
    """The cells with the words that they have when all are read below one another on a strip of their own."""
    wide = max(cell.box[2] - cell.box[0] for cell in cells) + 2 * _WHITE
    high = sum(cell.box[3] - cell.box[1] + _WHITE for cell in cells) + _WHITE
    strip = Image.new("L", (wide, high), 255)
    starts: list[int] = []
    y = _WHITE
    for cell in cells:
        strip.paste(page.crop(cell.box), (_WHITE, y))
        starts.append(y)
        y += cell.box[3] - cell.box[1] + _WHITE
    found: list[list[Word]] = [[] for _ in cells]
    for word in read(strip):
        number = max(0, bisect_right(starts, (word.top + word.bottom) / 2 + _WHITE / 2) - 1)
        box = cells[number].box
        found[number].append(_moved(word, box[0] - _WHITE, box[1] - starts[number]))
    ink = ink_of(page)
    return [
        replace(cell, words=tuple(words), left_over=_left_over(ink, cell.box, words, dpi))
        for cell, words in zip(cells, found, strict=True)
    ]


def _left_over(ink: Ink, box: Box, words: Iterable[Word], dpi: float) -> float:
    x0, top, x1, bottom = box
    rest = ink[top:bottom, x0:x1].copy()
    all_ink = int(rest.sum())
    for word in words:
        left, upper, right, lower = word.x0 - x0 - 2, word.top - top - 2, word.x1 - x0 + 2, word.bottom - top + 2
        rest[max(0, int(upper)) : max(0, int(lower)), max(0, int(left)) : max(0, int(right))] = False
    outside = int(np.sum(rest))
    return outside / all_ink if outside > _LITTLE * dpi * dpi else 0.0


def _within(word: Word, box: Box) -> bool:
    across, down = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2
    return box[0] <= across <= box[2] and box[1] <= down <= box[3]


def _moved(word: Word, right: float, down: float) -> Word:
    return replace(
        word,
        x0=word.x0 + right,
        x1=word.x1 + right,
        top=word.top + down,
        bottom=word.bottom + down,
        base=word.base + down,
    )
