"""The strip below each page of a pack. It lies outside the page as it was sent, so that it covers nothing."""

from __future__ import annotations

from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name

STRIP = 24.0
"""Height of the strip, in points."""
_COPY = Name.MailbotCopy


def visible_width(page: pikepdf.Page) -> float:
    """How wide the page is as a reader sees it, in points."""
    left, bottom, right, top = visible_box(page)
    return top - bottom if turn_of(page) in (90, 270) else right - left


def empty_copy(pack: pikepdf.Pdf) -> pikepdf.Object:
    """The one drawing that the strips of all pages share: whose copy it is. Nobody's, as long as it is empty."""
    form = Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 1, 1]))
    return pack.make_stream(b"", form)


def stamp(pack: pikepdf.Pdf, page: pikepdf.Page, strip: pikepdf.Page, copy: pikepdf.Object, number: int) -> None:
    """Make the page taller by the strip at its visible bottom, and draw the strip there.

    The strip is drawn before the page's own content, which is then clipped to the page as it was: content that
    leaves the coordinates changed, or draws outside its page, cannot disturb it.
    """
    left, bottom, right, top = visible_box(page)
    box, place = {
        0: ((left, bottom - STRIP, right, top), (1, 0, 0, 1, left, bottom - STRIP)),
        90: ((left, bottom, right + STRIP, top), (0, 1, -1, 0, right + STRIP, bottom)),
        180: ((left, bottom, right, top + STRIP), (-1, 0, 0, -1, right, top + STRIP)),
        270: ((left - STRIP, bottom, right, top), (0, -1, 1, 0, left - STRIP, top)),
    }[turn_of(page)]
    drawn = pack.copy_foreign(strip.as_form_xobject())
    name = page.add_resource(drawn, Name.XObject, name=Name(f"/Stamp{number}"))
    whose = page.add_resource(copy, Name.XObject, name=_COPY)
    matrix = " ".join(f"{value:g}" for value in place)
    clip = f"{left:.3f} {bottom:.3f} {right - left:.3f} {top - bottom:.3f} re W n"
    page.contents_add(f"/Artifact BMC q {matrix} cm {name} Do {whose} Do Q EMC {clip}\n".encode(), prepend=True)
    for key in (Name.MediaBox, Name.CropBox):
        page.obj[key] = Array(list(box))
    for key in (Name.TrimBox, Name.BleedBox, Name.ArtBox):
        if key in page.obj:
            del page.obj[key]


def copied(pack: bytes, words: bytes) -> bytes:
    """The pack with whose copy it is on every page; `words` is a PDF of one page that says it, as large as a strip.

    Raises ValueError when the pack was not bound here.
    """
    result = BytesIO()
    with pikepdf.open(BytesIO(pack)) as copy, pikepdf.open(BytesIO(words)) as said:
        shared = copy.pages[0].obj.Resources.get(Name.XObject, Dictionary()).get(_COPY)
        if shared is None:
            raise ValueError("the pack has no place for whose copy it is: it was bound by an older version")
        drawn = copy.copy_foreign(said.pages[0].as_form_xobject())
        shared.write(drawn.read_bytes())
        for key in (Name.BBox, Name.Matrix, Name.Resources, Name.Group):
            if key in drawn:
                shared[key] = drawn[key]
        copy.save(result, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return result.getvalue()


def turn_of(page: pikepdf.Page) -> int:
    """How far the page is turned clockwise before it is shown: 0, 90, 180 or 270 degrees."""
    turn = int(page.obj.get(Name.Rotate, 0)) % 360
    return turn if turn in (0, 90, 180, 270) else 0


def visible_box(page: pikepdf.Page) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of what is shown: the crop box as far as it is on the page (ISO 32000 14.11.2)."""
    media, crop = _box(page.mediabox), _box(page.cropbox)
    left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
    right, top = min(media[2], crop[2]), min(media[3], crop[3])
    return (left, bottom, right, top) if left < right and bottom < top else media


def _box(corners: pikepdf.Array) -> tuple[float, float, float, float]:
    a, b, c, d = (float(corner) for corner in corners)
    return min(a, c), min(b, d), max(a, c), max(b, d)
