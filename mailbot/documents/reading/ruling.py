"""Ruled lines and small square boxes in a page's ink, and the tables that the lines make."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from mailbot.documents.reading.bitmap import Ink, Leaning, Numbers

_SHORTEST = 0.3, 0.19
"""Inches of a line across and of one down: longer than any stroke of a letter, shorter than a cell's sides."""
_STROKE = 0.13
"""Inches of the shortest stroke through a word."""
_THICKEST = 0.06
_UNBROKEN = 0.92
_SMALLEST_CELL = 6.0
_NEAR = 3.0
"""Points of distance at which two lines are one, or touch."""
_BOX_SIDE = 0.07, 0.26
"""Inches: the smallest and the largest side of a tick box."""
_SQUARE = 1.16
"""The longer side of a box by its shorter one is at most this; of a letter B it is more."""
_MOST_THICKNESS = 4
"""Points by which a box's side may be thicker than the line first found."""
_EMPTY, _TICKED = 0.035, 0.075
"""A box with less ink inside than the first part of its area is empty, with more than the second ticked."""


@dataclass(frozen=True)
class Rule:
    """A straight dark line, in points of the bitmap. `lean` is how far it leaves its direction a point of length."""

    x0: float
    top: float
    x1: float
    bottom: float
    lean: float
    upright: bool

    @property
    def length(self) -> float:
        return self.bottom - self.top if self.upright else self.x1 - self.x0


@dataclass(frozen=True)
class TickBox:
    """A small square, in points of the bitmap. `ticked` is None where the ink inside might be dirt or a mark."""

    x0: int
    top: int
    x1: int
    bottom: int
    ticked: bool | None


def rules_of(ink: Ink, dpi: float) -> list[Rule]:
    """Every line across and down."""
    across = _lines(ink, round(_SHORTEST[0] * dpi), _THICKEST * dpi)
    down = _lines(ink.T, round(_SHORTEST[1] * dpi), _THICKEST * dpi)
    return [Rule(x0, y0, x1, y1, lean, upright=False) for x0, y0, x1, y1, lean in across] + [
        Rule(y0, x0, y1, x1, lean, upright=True) for x0, y0, x1, y1, lean in down
    ]


def leaning_of(rules: list[Rule], ink: Ink) -> Leaning:
    """How the long rules lean; level where there are too few of them."""
    high, wide = ink.shape
    across = [(rule.top / high - 0.5, rule.lean, rule.length) for rule in rules if not rule.upright]
    down = [(rule.x0 / wide - 0.5, rule.lean, rule.length) for rule in rules if rule.upright]
    return Leaning(*_trend(across, wide * 0.15), *_trend(down, high * 0.05))


def tables_of(rules: list[Rule], dpi: float) -> list[Any]:
    """The tables that the rules make, as pdfplumber has them, in typographic points."""
    from pdfplumber.table import Table, cells_to_tables, edges_to_intersections, intersections_to_cells, merge_edges

    edges = merge_edges([_edge(rule, 72 / dpi) for rule in rules], _NEAR, _NEAR, _NEAR, _NEAR)
    cells = intersections_to_cells(edges_to_intersections(edges, _NEAR, _NEAR))
    cells = [(x0, top, x1, down) for x0, top, x1, down in cells if min(x1 - x0, down - top) >= _SMALLEST_CELL]
    return [Table(None, found) for found in cells_to_tables(cells)]  # type: ignore[arg-type]


def strokes_of(ink: Ink, tables: list[Any], boxes: list[TickBox], dpi: float) -> list[Rule]:
    """Lines across, longer than a letter's, that are no side of a cell or box."""
    scale = dpi / 72
    sides = [
        (x0 * scale, y * scale, x1 * scale)
        for table in tables
        for x0, top, x1, low in table.cells
        for y in (top, low)
    ]
    found = [
        Rule(float(runs[:, 1].min()), y, float(runs[:, 2].max()), y, 0.0, upright=False)
        for runs in _joined(_unbroken(ink, round(_STROKE * dpi)))
        if np.ptp(runs[:, 0]) < _THICKEST * dpi
        for y in [float(runs[:, 0].mean())]
    ]
    near = _NEAR * scale
    sides += [(box.x0, y, box.x1) for box in boxes for y in range(box.top, box.bottom + 1)]
    return [
        one
        for one in found
        if not any(abs(one.top - y) < near and x0 - near < one.x0 and one.x1 < x1 + near for x0, y, x1 in sides)
    ]


def boxes_of(ink: Ink, dpi: float) -> list[TickBox]:
    """Every small square whose four sides are drawn."""
    least, most = _BOX_SIDE[0] * dpi, _BOX_SIDE[1] * dpi
    sides: dict[int, list[tuple[int, int]]] = {}
    for y, x0, x1 in zip(*_runs(ink), strict=True):
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


def without(page: Numbers, ink: Ink, tables: list[Any], boxes: list[TickBox], dpi: float) -> Numbers:
    """The page's grey points with the tables' lines and the boxes made white, so that none is read as a letter."""
    clean = page.copy()
    scale, thick = dpi / 72, max(2, round(0.02 * dpi))
    for table in tables:
        for x0, top, x1, bottom in table.cells:
            left, upper, right, lower = (round(one * scale) for one in (x0, top, x1, bottom))
            for y in (upper, lower):
                _whiten_line(clean, ink, slice(max(0, y - thick), y + thick + 1), slice(left, right), 1)
            for x in (left, right):
                _whiten_line(clean, ink, slice(upper, lower), slice(max(0, x - thick), x + thick + 1), 0)
    margin = max(2, round(0.012 * dpi))
    for box in boxes:
        clean[max(0, box.top - margin) : box.bottom + margin + 1, max(0, box.x0 - margin) : box.x1 + margin + 1] = 255
    return clean


def _whiten_line(page: Numbers, ink: Ink, down: slice, across: slice, along: int) -> None:
    """Whitens the strip where the line runs, and leaves the foot of a letter that stands close to it."""
    strip = ink[down, across]
    if not strip.size:
        return
    drawn = strip.mean(axis=along) > 0.5
    # The line's edges are grey, and are no ink.
    drawn = drawn | np.roll(drawn, 1) | np.roll(drawn, -1)
    view = page[down, across]
    if along == 1:
        view[drawn, :] = 255
    else:
        view[:, drawn] = 255


def _lines(ink: Ink, shortest: int, thickest: float) -> Iterator[tuple[float, float, float, float, float]]:
    """Lines along the rows of the bitmap: begin and end along, begin and end across, lean."""
    thick = ink.copy()
    thick[1:] |= ink[:-1]
    thick[:-1] |= ink[1:]
    for runs in _joined(_long_stretches(thick, shortest)):
        rows, starts, ends = runs.T.astype(float)
        length, area = ends.max() - starts.min(), (ends - starts).sum()
        # One point was added above and below.
        if area / length - 2 > thickest:
            continue
        middles, weights = (starts + ends) / 2, ends - starts
        row, lean = float((rows * weights).sum() / area), 0.0
        if length > 3 * shortest:
            # The line's slope through every point of its runs, each of which is level in itself.
            centre = (middles * weights).sum() / area
            spread = (weights * (np.square(middles - centre) + np.square(weights) / 12)).sum()
            lean = float((weights * (middles - centre) * (rows - row)).sum() / spread)
        yield float(starts.min()), row, float(ends.max()), row, lean


def _long_stretches(ink: Ink, shortest: int) -> Ink:
    """The points on stretches of at least this length along a row that are all but unbroken."""
    high, wide = ink.shape
    if wide <= shortest:
        return np.zeros_like(ink)
    total = np.zeros((high, wide + 1), np.int32)
    np.cumsum(ink, axis=1, out=total[:, 1:])
    begins = (total[:, shortest:] - total[:, :-shortest]) >= _UNBROKEN * shortest
    counted = np.zeros((high, begins.shape[1] + 1), np.int32)
    np.cumsum(begins, axis=1, out=counted[:, 1:])
    at = np.arange(wide)
    upper, lower = np.minimum(at + 1, begins.shape[1]), np.maximum(at + 1 - shortest, 0)
    return (counted[:, upper] - counted[:, np.minimum(lower, begins.shape[1])]) > 0


def _unbroken(ink: Ink, shortest: int) -> Ink:
    """The points on stretches of at least this length without any break."""
    kept = np.zeros_like(ink)
    for y, x0, x1 in zip(*_runs(ink), strict=True):
        if x1 - x0 >= shortest:
            kept[y, x0:x1] = True
    return kept


def _runs(ink: Ink) -> tuple[Numbers, Numbers, Numbers]:
    """Every unbroken stretch of a row: the row, its first point, and the point behind its last."""
    padded = np.zeros((ink.shape[0], ink.shape[1] + 2), np.int8)
    padded[:, 1:-1] = ink
    change = np.diff(padded, axis=1)
    rows, starts = np.nonzero(change == 1)
    return rows, starts, np.nonzero(change == -1)[1]


def _joined(ink: Ink) -> Iterator[Numbers]:
    """The runs of each connected stroke, top to bottom."""
    strokes: list[list[tuple[int, int, int]]] = []
    above: list[tuple[int, int, list[tuple[int, int, int]]]] = []
    current: list[tuple[int, int, list[tuple[int, int, int]]]] = []
    row = -2
    for y, x0, x1 in zip(*(one.tolist() for one in _runs(ink)), strict=True):
        if y != row:
            above, current, row = (current if y == row + 1 else []), [], y
        touching = [stroke for start, end, stroke in above if start <= x1 and x0 <= end]
        if touching:
            stroke = touching[0]
        else:
            stroke = []
            strokes.append(stroke)
        stroke.append((y, x0, x1))
        current.append((x0, x1, stroke))
    for stroke in strokes:
        yield np.array(stroke)


def _trend(leans: list[tuple[float, float, float]], shortest: float) -> tuple[float, float]:
    """The lean at the page's middle and its change over the page, from (place, lean, length) of each line."""
    long = [one for one in leans if one[2] >= shortest]
    if len(long) < 3:
        return 0.0, 0.0
    places, values, weights = (np.array(one) for one in zip(*long, strict=True))
    middle = float(np.median(values))
    sound = np.abs(values - middle) < 0.03
    places, values, weights = places[sound], values[sound], weights[sound]
    if len(places) < 3 or np.ptp(places) < 0.25:
        return middle, 0.0
    slope, start = np.polyfit(places, values, 1, w=np.sqrt(weights))
    return float(start), float(slope)


def _edge(rule: Rule, scale: float) -> dict[str, Any]:
    x0, top, x1, bottom = (one * scale for one in (rule.x0, rule.top, rule.x1, rule.bottom))
    return {
        "x0": x0,
        "x1": x1,
        "top": top,
        "bottom": bottom,
        "width": x1 - x0,
        "height": bottom - top,
        "orientation": "v" if rule.upright else "h",
    }


def _square(ink: Ink, sides: dict[int, list[tuple[int, int]]], x0: int, x1: int, y: int) -> TickBox | None:
    """The square of which this is the upper side, if it is one, and a box."""
    width = x1 - x0
    for below in range(y + round(width * 0.82), y + round(width * 1.2) + 1):
        if not any(abs(left - x0) <= 2 and abs(right - x1) <= 2 for left, right in sides.get(below, ())):
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
    """Whether its upright sides are unbroken and its corners are corners: those of a letter are round."""
    high, wide = square.shape
    if not 1 / _SQUARE <= high / wide <= _SQUARE:
        return False
    upright = min(square[:, :3].any(axis=1).mean(), square[:, -3:].any(axis=1).mean())
    corners = square[:3, :3], square[:3, -3:], square[-3:, :3], square[-3:, -3:]
    return bool(upright > 0.9 and min(float(corner.mean()) for corner in corners) > 0.5)


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
    """By the share of ink inside, the box's own sides left out."""
    side = min(inside.shape)
    border = max(3, round(side * 0.17))
    share = float(inside[border:-border, border:-border].mean()) if side > 2 * border + 2 else 0.0
    return None if _EMPTY <= share < _TICKED else share >= _TICKED
