"""The strip below each page of a pack. It lies outside the page as it was sent, so that it covers nothing."""

from __future__ import annotations

import pikepdf
from pikepdf import Array, Name

STRIP = 24.0
"""Height of the strip, in points."""


def visible_width(page: pikepdf.Page) -> float:
    """How wide the page is as a reader sees it, in points."""
    left, bottom, right, top = _visible_box(page)
    return top - bottom if _turn(page) in (90, 270) else right - left


def stamp(pack: pikepdf.Pdf, page: pikepdf.Page, strip: pikepdf.Page, number: int) -> None:
    """Make the page taller by the strip at its visible bottom, and draw the strip there.

    The strip is drawn before the page's own content, which is then clipped to the page as it was: content that
    leaves the coordinates changed, or draws outside its page, cannot disturb it.
    """
    left, bottom, right, top = _visible_box(page)
    box, place = {
        0: ((left, bottom - STRIP, right, top), (1, 0, 0, 1, left, bottom - STRIP)),
        90: ((left, bottom, right + STRIP, top), (0, 1, -1, 0, right + STRIP, bottom)),
        180: ((left, bottom, right, top + STRIP), (-1, 0, 0, -1, right, top + STRIP)),
        270: ((left - STRIP, bottom, right, top), (0, -1, 1, 0, left - STRIP, top)),
    }[_turn(page)]
    drawn = pack.copy_foreign(strip.as_form_xobject())
    name = page.add_resource(drawn, Name.XObject, name=Name(f"/Stamp{number}"))
    matrix = " ".join(f"{value:g}" for value in place)
    clip = f"{left:.3f} {bottom:.3f} {right - left:.3f} {top - bottom:.3f} re W n"
    page.contents_add(f"q {matrix} cm {name} Do Q {clip}\n".encode(), prepend=True)
    for key in (Name.MediaBox, Name.CropBox):
        page.obj[key] = Array(list(box))
    for key in (Name.TrimBox, Name.BleedBox, Name.ArtBox):
        if key in page.obj:
            del page.obj[key]


def _turn(page: pikepdf.Page) -> int:
    """How far the page is turned clockwise before it is shown: 0, 90, 180 or 270 degrees."""
    turn = int(page.obj.get(Name.Rotate, 0)) % 360
    return turn if turn in (0, 90, 180, 270) else 0


def _visible_box(page: pikepdf.Page) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of what is shown: the crop box as far as it is on the page (ISO 32000 14.11.2)."""
    media, crop = _box(page.mediabox), _box(page.cropbox)
    left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
    right, top = min(media[2], crop[2]), min(media[3], crop[3])
    return (left, bottom, right, top) if left < right and bottom < top else media


def _box(corners: pikepdf.Array) -> tuple[float, float, float, float]:
    a, b, c, d = (float(corner) for corner in corners)
    return min(a, c), min(b, d), max(a, c), max(b, d)
