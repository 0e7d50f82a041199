"""Pictures (photographs and scans in a picture's format) to a Document, read by OCR."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from functools import partial

from PIL import Image, ImageOps, ImageSequence

from mailbot.documents.reading.archive import TooMuch
from mailbot.documents.reading.scan import Scans
from mailbot.documents.reading.tools import Budget
from mailbot.forms.document import Block, Document, Table

PIXELS = 100_000_000
_NO_WORDS = 40
"""Points: a picture with a side shorter than this holds no line of words."""
_SMALL = 150_000
"""Points of a picture that might be a logo or a signature's line."""
_FEW = 8
"""Words of a small picture that are still a logo's."""


def read_picture(content: bytes, name: str, budget: Budget | None = None) -> Document:
    """What the picture shows, each page of a TIFF in turn; the first picture only of one that moves.

    A small picture of a few words (a logo, a signature's line) is a Document without blocks and without a problem;
    a larger one without words has the problem `not_understood`. Raises TooMuch before anything too large is
    unpacked, and what Pillow raises on a damaged picture.
    """
    budget = budget or Budget()
    with opened(content) as picture:
        kind, small = str(picture.format or "picture").lower(), picture.width * picture.height <= _SMALL
        if min(picture.size) < _NO_WORDS:
            return Document(name=name, format=kind)
        scans, blocks = Scans(budget), list[Block]()
        for number, page in enumerate(_pages(picture), 1):
            tables = sum(isinstance(block, Table) for block in blocks)
            blocks.extend(scans.page(partial(_upright, page), number, tables).blocks)
    budget.stands(content, scans.turned)
    if small and scans.words < _FEW:
        return Document(name=name, format=kind)
    return Document(name=name, format=kind, blocks=tuple(blocks), problems=tuple(scans.problems()))


def upright_pages(content: bytes) -> Iterator[Image.Image]:
    """Each page of the picture, turned as the camera says it was held. Raises what `read_picture` raises."""
    with opened(content) as picture:
        for page in _pages(picture):
            yield _upright(page)


def opened(content: bytes) -> Image.Image:
    """The picture, not unpacked yet. Raises TooMuch where it is too large, and what Pillow raises on a bad one."""
    import pillow_heif

    pillow_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = PIXELS
    try:
        picture = Image.open(io.BytesIO(content))
    except Image.DecompressionBombError as error:
        raise TooMuch("it is a picture of more points than are unpacked") from error
    _refuse_large(picture)
    return picture


def _pages(picture: Image.Image) -> Iterable[Image.Image]:
    return ImageSequence.Iterator(picture) if picture.format == "TIFF" else (picture,)


def _refuse_large(picture: Image.Image) -> None:
    if picture.width * picture.height > PIXELS:
        raise TooMuch(f"it is a picture of {picture.width} by {picture.height} points")


def _upright(picture: Image.Image) -> Image.Image:
    """Turned as the camera says it was held."""
    _refuse_large(picture)
    return ImageOps.exif_transpose(picture)
