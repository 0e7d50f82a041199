"""Made-up scans: a page of a form drawn as a picture, and what scanners and telephones do to it."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

WIDE, HIGH = 1654, 2339
"""A4 at 200 dots to the inch."""
_LEFT, _MIDDLE, _RIGHT, _TOP, _ROW = 140, 640, 1500, 260, 62
_FONT = ImageFont.load_default(30)

Tick = bool
Piece = str | Tick
"""Words, or a box that is ticked or not."""


def scan(*pages: Image.Image) -> bytes:
    """The pages as a scanner saves them: a PDF of pictures."""
    file = io.BytesIO()
    pages[0].convert("RGB").save(file, "PDF", resolution=200, save_all=True, append_images=pages[1:])
    return file.getvalue()


def form_page(
    rows: Sequence[tuple[str, str | Sequence[Piece]]], title: str = "Initial scoping return"
) -> Image.Image:
    """A page with a title and a ruled table of labels and answers."""
    page = Image.new("L", (WIDE, HIGH), 255)
    draw = ImageDraw.Draw(page)
    draw.text((_LEFT, 150), title, font=ImageFont.load_default(44), fill=0)
    bottom = _TOP + _ROW * len(rows)
    for x in (_LEFT, _MIDDLE, _RIGHT):
        draw.line((x, _TOP, x, bottom), fill=0, width=3)
    for number in range(len(rows) + 1):
        y = _TOP + _ROW * number
        draw.line((_LEFT, y, _RIGHT, y), fill=0, width=3)
    for number, (label, answer) in enumerate(rows):
        y = _TOP + _ROW * number + 13
        draw.text((_LEFT + 14, y), label, font=_FONT, fill=0)
        _write(draw, _MIDDLE + 14, y, (answer,) if isinstance(answer, str) else answer)
    return page


def struck(page: Image.Image, row: int, start: int, end: int) -> Image.Image:
    """The page with a stroke through the answer of a row, from `start` to `end` points behind its beginning."""
    y = _TOP + _ROW * row + 33
    ImageDraw.Draw(page).line((_MIDDLE + 14 + start, y, _MIDDLE + 14 + end, y), fill=0, width=3)
    return page


def scribbled(page: Image.Image, row: int) -> Image.Image:
    """The page with something drawn in the answer's place of a row that nobody can read."""
    y = _TOP + _ROW * row
    points = [(_MIDDLE + 60 + 9 * step, y + (12 if step % 2 else 50)) for step in range(30)]
    ImageDraw.Draw(page).line(points, fill=0, width=3)
    return page


def skewed(page: Image.Image, degrees: float) -> Image.Image:
    """As a scanner draws it in crooked, with some noise."""
    turned = page.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255)
    noise = np.random.default_rng(1).normal(0, 12, (turned.height, turned.width))
    return Image.fromarray(np.clip(np.asarray(turned, float) + noise, 0, 255).astype(np.uint8))


def photographed(page: Image.Image) -> Image.Image:
    """As a telephone sees it: lit from one corner, and not quite from above."""
    corners = (20, 10, 0, HIGH - 10, WIDE - 30, HIGH, WIDE - 10, 0)
    seen = page.transform(page.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor=255)
    down, right = np.mgrid[0:HIGH, 0:WIDE]
    light = 1 - 0.45 * (right / WIDE * 0.6 + down / HIGH * 0.4)
    return Image.fromarray((np.asarray(seen, float) * light).astype(np.uint8))


def saved(page: Image.Image, kind: str, **settings: object) -> bytes:
    """The picture as a file of that kind."""
    packed = io.BytesIO()
    page.save(packed, kind, **settings)
    return packed.getvalue()


def _write(draw: ImageDraw.ImageDraw, x: float, y: float, pieces: Sequence[Piece]) -> None:
    for piece in pieces:
        if isinstance(piece, str):
            draw.text((x, y), piece, font=_FONT, fill=0)
            x += draw.textlength(piece, font=_FONT) + 16
            continue
        draw.rectangle((x, y + 6, x + 23, y + 29), outline=0, width=2)
        if piece:
            draw.line((x + 4, y + 10, x + 19, y + 25), fill=0, width=3)
            draw.line((x + 4, y + 25, x + 19, y + 10), fill=0, width=3)
        x += 36
