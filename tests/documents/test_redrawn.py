"""Pictures that no PDF can hold as they are (TIFF, BMP, HEIC, WebP) stand in the pack as pictures."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from PIL import Image, ImageDraw

from mailbot.documents.as_sent import DAMAGED
from mailbot.documents.binder import Binder
from mailbot.documents.reading.redrawn import PAGES, PIXELS
from mailbot.documents.sandbox import Sandbox
from tests.documents.test_binder import COVER, SHIPPED, dark, item, picture, read, texts

FRONT = 3
"""Cover, contents and statuses come first."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(children=1) as made:
        yield made


@pytest.fixture(scope="module")
def binder(sandbox: Sandbox) -> Binder:
    return Binder(None, read, (SHIPPED,), redrawn=sandbox.redrawn)


def page(turn: int = 0, mode: str = "RGB") -> Image.Image:
    """A sheet with a black block in its upper left, turned clockwise."""
    sheet = Image.new("RGBA", (600, 800), (255, 255, 255, 0))
    ImageDraw.Draw(sheet).rectangle((60, 80, 240, 240), fill=(0, 0, 0, 255))
    if mode != "RGBA":
        sheet = Image.alpha_composite(Image.new("RGBA", sheet.size, "white"), sheet)
    return sheet.convert(mode).rotate(-turn, expand=True)


def saved(sheet: Image.Image, kind: str, **settings: object) -> bytes:
    import pillow_heif

    pillow_heif.register_heif_opener()
    file = io.BytesIO()
    sheet.save(file, kind, **settings)
    return file.getvalue()


def held_on_its_side() -> bytes:
    """A photograph of a telephone that was held on its side, and says so."""
    exif = Image.Exif()
    exif[274] = 6
    return saved(page(turn=270), "WEBP", exif=exif, lossless=True)


PICTURES = {
    "fax.tif": saved(page(mode="1"), "TIFF"),
    "page.bmp": saved(page(), "BMP"),
    "iphone.heic": saved(page(), "HEIF"),
    "held.webp": held_on_its_side(),
    "clear.webp": saved(page(mode="RGBA"), "WEBP", lossless=True),
    "called.docx": saved(page(), "TIFF"),
}


@pytest.fixture(scope="module")
def pack(binder: Binder) -> bytes:
    """All of them in one pack."""
    return binder.bind(COVER, [item(content, name, title=name) for name, content in PICTURES.items()])


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_of_any_kind_is_seen_as_it_was_held(name: str, pack: bytes) -> None:
    number = FRONT + list(PICTURES).index(name)
    seen = picture(pack, number)
    middle = seen.width // 2, (seen.height - 24) // 2
    upper_left = dark(seen, (36, 36, *middle))
    assert upper_left > 10_000
    # Nothing else is dark but the words of the strip at the foot.
    assert dark(seen, (0, 0, seen.width, seen.height - 24)) == upper_left
    assert name in texts(pack)[number]


def test_each_page_of_a_fax_is_a_page(binder: Binder) -> None:
    fax = saved(page(mode="1"), "TIFF", save_all=True, append_images=[page(180, "1")])
    pack = binder.bind(COVER, [item(fax, "fax.tif")])
    seen = [picture(pack, number) for number in (FRONT, FRONT + 1)]
    assert len(texts(pack)) == FRONT + 2
    assert [dark(one, (0, 0, 595, 400)) > 10_000 for one in seen] == [True, False]
    assert [dark(one, (0, 420, 595, 815)) > 10_000 for one in seen] == [False, True]


def test_a_fax_of_very_many_pages_says_how_many_are_shown(binder: Binder) -> None:
    fax = saved(Image.new("1", (60, 80)), "TIFF", save_all=True, append_images=[Image.new("1", (60, 80))] * PAGES)
    pages = texts(binder.bind(COVER, [item(fax, "fax.tif")]))
    assert len(pages) == FRONT + PAGES
    assert f"Only the first {PAGES} of its {PAGES + 1} pages are shown." in pages[1]


def test_a_large_picture_is_drawn_smaller(sandbox: Sandbox) -> None:
    number, (drawn,) = sandbox.redrawn(saved(Image.new("L", (200, 9_000)), "BMP"), "long.bmp")
    with Image.open(io.BytesIO(drawn)) as small:
        assert (number, small.format, max(small.size)) == (1, "JPEG", PIXELS)


@pytest.mark.parametrize("content", [saved(page(), "TIFF")[:40], b"RIFF\x00\x00\x00\x00WEBPVP8 ", b"II*\x00"])
def test_a_damaged_picture_gives_a_page_that_says_so(content: bytes, binder: Binder) -> None:
    assert DAMAGED in texts(binder.bind(COVER, [item(content, "scan.tif")]))[FRONT]


def test_words_that_begin_like_a_picture_stay_words(binder: Binder) -> None:
    pages = texts(binder.bind(COVER, [item(b"BMI 18.2 at the last visit", "note.txt")]))
    assert "BMI 18.2 at the last visit" in pages[FRONT]
    assert DAMAGED not in pages[FRONT]
