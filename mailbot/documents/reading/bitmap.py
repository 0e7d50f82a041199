"""A page's picture made even and straight: light, skew and slight perspective; and which of its points are ink."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

DPI = 200
"""The resolution at which an A4 page is looked at."""
_LONG_SIDE, _LONGEST_SIDE = 2340, 3510
"""The long side of A4 at 200 and at 300 dots to the inch."""
_MOST_SKEW = 5.0
_DARK = 125
"""Paper that is printed on is lighter than this on average."""

Ink = NDArray[np.bool_]
Numbers = NDArray[Any]


@dataclass(frozen=True)
class Leaning:
    """How the page's lines lean: `across` falls by that much a point to the right, `down` moves right a point down;
    each at the middle of the page, and its change from one end of the page to the other."""

    across: float = 0.0
    across_change: float = 0.0
    down: float = 0.0
    down_change: float = 0.0

    def __add__(self, other: Leaning) -> Leaning:
        return Leaning(
            self.across + other.across,
            self.across_change + other.across_change,
            self.down + other.down,
            self.down_change + other.down_change,
        )

    @property
    def most(self) -> float:
        """The largest lean anywhere on the page."""
        return max(abs(self.across) + abs(self.across_change) / 2, abs(self.down) + abs(self.down_change) / 2)


def even(picture: Image.Image) -> Image.Image:
    """The picture in grey, of a workable size, with the paper white however it was lit."""
    grey = _on_white(picture)
    long = max(grey.size)
    factor = min(_LONG_SIDE / long, 3.0) if long < _LONG_SIDE * 0.9 else min(_LONGEST_SIDE / long, 1.0)
    if factor != 1.0:
        size = (max(1, round(grey.width * factor)), max(1, round(grey.height * factor)))
        grey = grey.resize(size, Image.Resampling.BICUBIC if factor > 1 else Image.Resampling.BOX)
    paper = grey.reduce(8).filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.GaussianBlur(5))
    light = np.asarray(paper.resize(grey.size, Image.Resampling.BILINEAR), np.float32)
    # What is much darker than the brightest paper is the table it lies on; that may stay dark.
    points = np.asarray(grey, np.float32) * 255 / np.maximum(light, max(40.0, 0.55 * float(light.max())))
    return Image.fromarray(np.minimum(points, 255).astype(np.uint8))


def resolution(page: Image.Image) -> float:
    """Dots to the inch, if the picture is of a whole A4 page."""
    return DPI * max(page.size) / _LONG_SIDE


def ink_of(page: Image.Image) -> Ink:
    """The points that are darker than what surrounds them; none where all is dark, as beside a photographed page."""
    around = np.asarray(page.filter(ImageFilter.BoxBlur(round(resolution(page) * 0.12))), np.float32)
    return (np.asarray(page, np.float32) < around * 0.86 - 4) & (around > _DARK)


def straight(page: Image.Image, leaning: Leaning) -> Image.Image:
    """The page with its lines level and upright: each corner is fetched from where the leaning put it."""
    wide, high = page.size
    corners: list[float] = []
    for right, low in ((-0.5, -0.5), (-0.5, 0.5), (0.5, 0.5), (0.5, -0.5)):
        across = leaning.across + leaning.across_change * low
        down = leaning.down + leaning.down_change * right
        corners += [wide * (0.5 + right) + down * high * low, high * (0.5 + low) + across * wide * right]
    return page.transform(page.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor=255)


def skew_of(ink: Ink) -> float:
    """By how much lines of text fall a point to the right, at most 5 degrees: so that their rows stand out most."""
    down, right = np.nonzero(ink[::2, ::2])
    if len(down) < 500:
        return 0.0
    step = max(1, len(down) // 60_000)
    down, right = down[::step], right[::step] - ink.shape[1] / 4

    def clarity(degrees: float) -> float:
        rows = np.rint(down - right * np.tan(np.radians(degrees))).astype(int)
        return float(np.square(np.bincount(rows - rows.min())).sum())

    best = max(np.arange(-_MOST_SKEW, _MOST_SKEW + 0.01, 0.5), key=clarity)
    best = max(np.arange(best - 0.5, best + 0.51, 0.1), key=clarity)
    return float(np.tan(np.radians(best)))


def runs_of(ink: Ink) -> tuple[Numbers, Numbers, Numbers]:
    """Every unbroken stretch of a row: the row, its first point, and the point behind its last."""
    padded = np.zeros((ink.shape[0], ink.shape[1] + 2), np.int8)
    padded[:, 1:-1] = ink
    change = np.diff(padded, axis=1)
    rows, starts = np.nonzero(change == 1)
    return rows, starts, np.nonzero(change == -1)[1]


def _on_white(picture: Image.Image) -> Image.Image:
    """Grey, with nothing where the picture is transparent."""
    if picture.has_transparency_data:
        shown = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", shown.size, "white"), shown)
    if picture.mode.startswith("I") or picture.mode == "F":
        points = np.asarray(picture, np.float32)
        picture = Image.fromarray((points * (255 / max(float(points.max()), 255.0))).astype(np.uint8))
    return picture.convert("L")
