"""Ruled lines in a page's ink, and the tables that they make."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from mailbot.documents.reading.bitmap import Ink, Leaning, Numbers, runs_of
from mailbot.documents.reading.tickboxes import TickBox

_SHORTEST = 0.3, 0.19
"""Inches of a line across and of one down: longer than any stroke of a letter, shorter than a cell's sides."""
_STROKE = 0.13
"""Inches of the shortest stroke through a word."""
_THICKEST = 0.06
_UNBROKEN = 0.92
_BESIDE, _DRAWN = 0.03, 0.6
"""Inches by which a line may stray from where it is on average; the part of a piece of it that is ink at least."""
_SMALLEST_CELL = 6.0
_NEAR = 3.0
"""Points of distance at which two lines are one, or touch."""


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


def without(page: Numbers, ink: Ink, tables: list[Any], boxes: list[TickBox], dpi: float) -> Numbers:
    """The page's grey points with the tables' lines and the boxes made white, so that none is read as a letter."""
    clean = page.copy()
    scale, near, piece = dpi / 72, max(2, round(_BESIDE * dpi)), round(_SHORTEST[0] * dpi)
    for table in tables:
        for x0, top, x1, bottom in table.cells:
            left, upper, right, lower = (round(one * scale) for one in (x0, top, x1, bottom))
            for y in (upper, lower):
                _whiten(clean, ink, slice(max(0, y - near), y + near + 1), slice(left, right), piece)
            for x in (left, right):
                across = slice(max(0, x - near), x + near + 1)
                _whiten(clean.T, ink.T, across, slice(upper, lower), piece)
    margin = max(2, round(0.012 * dpi))
    for box in boxes:
        clean[max(0, box.top - margin) : box.bottom + margin + 1, max(0, box.x0 - margin) : box.x1 + margin + 1] = 255
    return clean


def _whiten(page: Numbers, ink: Ink, strip: slice, along: slice, piece: int) -> None:
    """Whitens a line along the rows, piece by piece as it wanders; a letter that stands close to it stays."""
    for start in range(along.start, along.stop, piece):
        part = slice(start, min(start + piece, along.stop))
        drawn = ink[strip, part].mean(axis=1) > _DRAWN
        # The line's edges are grey, and are no ink.
        page[strip, part][np.convolve(drawn, (1, 1, 1), "same") > 0] = 255


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
    for y, x0, x1 in zip(*runs_of(ink), strict=True):
        if x1 - x0 >= shortest:
            kept[y, x0:x1] = True
    return kept


def _joined(ink: Ink) -> Iterator[Numbers]:
    """The runs of each connected stroke, top to bottom."""
    strokes: list[list[tuple[int, int, int]]] = []
    above: list[tuple[int, int, list[tuple[int, int, int]]]] = []
    current: list[tuple[int, int, list[tuple[int, int, int]]]] = []
    row = -2
    for y, x0, x1 in zip(*(one.tolist() for one in runs_of(ink)), strict=True):
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
