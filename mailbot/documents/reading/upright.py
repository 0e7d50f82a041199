"""Which pages of a scan do not stand upright: read as they lie, and as they would read if they were turned.

The reader of a scan has mostly found it out already (see standing.py); then nobody looks again.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from time import monotonic

from PIL import Image

from mailbot.documents.reading import ocr
from mailbot.documents.reading.bitmap import even
from mailbot.documents.reading.pictures import upright_pages
from mailbot.documents.reading.standing import BETTER, SURE, WORDS, level

PAGES = 20
"""The most pages of one file that are looked at."""
_DPI = 120
"""Fine enough to tell words from nonsense."""
_FEW_CHARACTERS = 25
_INK = 160
"""A page without a point darker than this is blank."""
_SECONDS_LEFT = 4.0
_Numbered = tuple[int, Image.Image]


def turns(content: bytes, until: float) -> dict[int, int]:
    """The pages (from 0) that are surely turned, each with the degrees clockwise that set it upright.

    `until` is a moment of time.monotonic() from which no further page is looked at. A page with words of its own is
    taken as it is. Raises what a damaged file raises.
    """
    found: dict[int, int] = {}
    if not ocr.available():
        return found
    for looked, (number, page) in enumerate(_pictures(content)):
        if looked == PAGES or until - monotonic() < _SECONDS_LEFT:
            break
        try:
            if degrees := _turn(even(page), until):
                found[number] = degrees
        except subprocess.TimeoutExpired:
            continue
    return found


def _pictures(content: bytes) -> Iterator[_Numbered]:
    """The pages that are pictures, as they are shown."""
    if b"%PDF-" not in content[:1024]:
        for number, picture in enumerate(upright_pages(content)):
            grey = picture.convert("L")
            grey.thumbnail((_DPI * 12, _DPI * 12))
            yield number, grey
        return
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    for number, page in enumerate(document):
        has_picture = any(True for _ in page.get_objects(filter=[3], max_depth=3))
        if has_picture and page.get_textpage().count_chars() < _FEW_CHARACTERS:
            scale = min(_DPI / 72, 1600 / max(page.get_size()))
            yield number, page.render(scale=scale, grayscale=True).to_pil()


def _turn(page: Image.Image, until: float) -> int:
    """By how many degrees clockwise the page is to be turned; 0 unless that is sure."""
    if not any(page.histogram()[:_INK]):
        return 0
    words, sure = _read(_fullest_part(page), 0, until)
    if words >= WORDS and sure >= SURE:
        return 0
    words, sure = _read(page, 0, until)
    if words >= WORDS and sure >= SURE:
        return 0
    as_it_lies = sure if words >= WORDS else 0.0
    for turn in (180, 90, 270):
        words, sure = _read(page, turn, until)
        if words >= WORDS and sure >= max(SURE, as_it_lies + BETTER):
            return turn
    return 0


def _fullest_part(page: Image.Image) -> Image.Image:
    """A sixth of the page, over its whole width, where most is written: enough to know a page that is upright."""
    light = page.resize((1, page.height), Image.Resampling.BOX).tobytes()
    height = page.height // 6
    top = min(range(0, page.height - height + 1, max(1, height // 4)), key=lambda y: sum(light[y : y + height]))
    return page.crop((0, top, page.width, top + height))


def _read(page: Image.Image, turn: int, until: float) -> tuple[int, float]:
    """How many level words of some length there are when the page is turned clockwise, and how sure they are."""
    return level(ocr.words_of(page.rotate(-turn, expand=True), _DPI, until=until))
