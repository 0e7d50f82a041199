"""Small square boxes in a page's ink, and whether they are ticked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mailbot.documents.reading.bitmap import Ink, Numbers, runs_of

_BOX_SIDE = 0.07, 0.26
"""Inches: the smallest and the largest side of a tick box."""
_SQUARE = 1.16
"""The longer side of a box by its shorter one is at most this; of a letter B it is more."""
_MOST_THICKNESS = 4
"""Points by which a box's side may be thicker than the line first found."""
_THICKER, _INSIDE = 7, 0.9
"""With more than this part of ink in so many rows above it, a stretch is inside of something dark, and no side."""
_EMPTY, _TICKED = 0.035, 0.075
"""A box with less ink inside than the first part of its area is empty, with more than the second ticked."""
_REACH = 0.5
"""The part of the box's width or height that a tick has at least."""


@dataclass(frozen=True)
class TickBox:
    """A small square, in points of the bitmap. `ticked` is None where the ink inside might be dirt or a mark."""

    x0: int
    top: int
    x1: int
    bottom: int
    ticked: bool | None


def boxes_of(ink: Ink, dpi: float) -> list[TickBox]:
    """Every small square whose four sides are drawn."""
    least, most = _BOX_SIDE[0] * dpi, _BOX_SIDE[1] * dpi
    sides: dict[int, list[tuple[int, int]]] = {}
    for y, x0, x1 in zip(*runs_of(ink), strict=True):
        if least <= x1 - x0 <= most:
            sides.setdefault(int(y), []).append((int(x0), int(x1)))
    found: list[TickBox] = []
    for y in sorted(sides):
        for x0, x1 in sides[y]:
            if any(one.x0 - 2 <= x0 and x1 <= one.x1 + 2 and one.top <= y <= one.bottom + 2 for one in found):
                continue
            square = _square(ink, sides, x0, x1, y)
            if square is not None:
                found.append(square)
    return found


def _square(ink: Ink, sides: dict[int, list[tuple[int, int]]], x0: int, x1: int, y: int) -> TickBox | None:
    """The square of which this is the upper side, if it is one, and a box."""
    width = x1 - x0
    if y > _THICKER and ink[y - _THICKER : y, x0:x1].mean() > _INSIDE:
        return None
    for below in range(y + round(width * 0.82), y + round(width * 1.2) + 1):
        if not any(abs(left - x0) <= 2 and abs(right - x1) <= 2 for left, right in sides.get(below, ())):
            continue
        if not _is_upright(ink[y : below + 1, x0:x1]):
            continue
        left, upper, right, lower = _outline(ink, x0, y, x1, below + 1)
        square = ink[upper:lower, left:right]
        if _is_closed(square) and _thin(square) and _stands_alone(ink, left, right, upper, lower - 1):
            return TickBox(left, upper, right, lower - 1, _ticked(square))
    return None


def _outline(ink: Ink, x0: int, top: int, x1: int, bottom: int) -> tuple[int, int, int, int]:
    """The square with the whole thickness of its sides."""
    high, wide = ink.shape
    for _ in range(_MOST_THICKNESS):
        top -= top > 0 and bool(ink[top - 1, x0:x1].mean() > 0.5)
        bottom += bottom < high and bool(ink[min(bottom, high - 1), x0:x1].mean() > 0.5)
        x0 -= x0 > 0 and bool(ink[top:bottom, x0 - 1].mean() > 0.5)
        x1 += x1 < wide and bool(ink[top:bottom, min(x1, wide - 1)].mean() > 0.5)
    return x0, top, x1, bottom


def _is_closed(square: Ink) -> bool:
    """Whether its sides are unbroken and its corners are corners: those of a letter are round."""
    high, wide = square.shape
    if not 1 / _SQUARE <= high / wide <= _SQUARE:
        return False
    part = max(3, min(square.shape) // 6)
    corners = square[:part, :part], square[:part, -part:], square[-part:, :part], square[-part:, -part:]
    return _is_upright(square) and min(float(corner.mean()) for corner in corners) > 0.5


def _is_upright(square: Ink) -> bool:
    """Whether its left and its right side are unbroken."""
    return bool(min(square[:, :3].any(axis=1).mean(), square[:, -3:].any(axis=1).mean()) > 0.9)


def _stands_alone(ink: Ink, x0: int, x1: int, top: int, bottom: int) -> bool:
    """Whether nothing but the end of a tick leaves the square: the bowl of a letter bulges over it.

    On one side a rule may be near.
    """
    close = _around(ink, x0, x1, top, bottom, 0, 2)
    wider = sorted(_around(ink, x0, x1, top, bottom, 1, 4))
    return max(close) <= 0.35 and wider[-2] <= 0.2


def _around(ink: Ink, x0: int, x1: int, top: int, bottom: int, near: int, far: int) -> list[float]:
    """The share of ink in each strip along the square's sides, from `near` to `far` points away."""
    across, down = slice(x0, x1), slice(top, bottom + 1)
    strips = (
        ink[max(0, top - far) : max(0, top - near), across],
        ink[bottom + 1 + near : bottom + 1 + far, across],
        ink[down, max(0, x0 - far) : max(0, x0 - near)],
        ink[down, x1 + near : x1 + far],
    )
    return [float(strip.mean()) if strip.size else 0.0 for strip in strips]


def _thin(square: Ink) -> bool:
    """Whether its sides are thin strokes, as a box's are, and not thick ones, as those of a bold letter are."""
    limit = max(3.0, 0.2 * min(square.shape))
    sides = (square, square[::-1], square.T, square.T[::-1])
    # How far the ink goes inward from each point of a side, the corners left out.
    return all(float(np.median(_depth(side)[len(side) // 4 : -(len(side) // 4)])) <= limit for side in sides)


def _depth(square: Ink) -> Numbers:
    """For each column the number of points from the top that are ink without a break."""
    depth: Numbers = np.cumprod(square, axis=0).sum(axis=0)
    return depth


def _ticked(inside: Ink) -> bool | None:
    """By the share of ink inside and how far it reaches, the box's own sides left out. A speck is neither."""
    side = min(inside.shape)
    border = max(3, round(side * 0.17))
    if side <= 2 * border + 2:
        return None
    middle = inside[border:-border, border:-border]
    share = float(middle.mean())
    reach = max(float(middle.any(axis=axis).mean()) for axis in (0, 1))
    if share < _EMPTY:
        return False
    return True if share >= _TICKED and reach >= _REACH else None
