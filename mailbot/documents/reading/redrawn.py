"""Pictures that no PDF can hold as they are (TIFF, BMP, HEIC, WebP): their pages as JPEGs of bounded size."""

from __future__ import annotations

import io
import json
import zipfile
from itertools import islice

from PIL import Image

from mailbot.documents.reading.pictures import opened, upright_pages

PAGES = 20
"""The most pages of one file that are drawn."""
PIXELS = 2_400
"""The long side: more than a page of A4 needs at 200 dots to the inch."""
BYTES = 24_000_000
"""No further page is drawn after so many: all of them go through one pipe."""
ABOUT = "about.json"
_QUALITY = 85


def redrawn(content: bytes) -> bytes:
    """A zip: how many pages the picture has, then its first pages upright. Raises what a damaged picture raises."""
    packed, size = io.BytesIO(), 0
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        with opened(content) as picture:
            pages = getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1
        archive.writestr(zipfile.ZipInfo(ABOUT), json.dumps(pages))
        for number, page in enumerate(islice(upright_pages(content), PAGES)):
            if size > BYTES:
                break
            drawn = _jpeg(page)
            archive.writestr(zipfile.ZipInfo(f"{number}.jpg"), drawn)
            size += len(drawn)
    return packed.getvalue()


def _jpeg(page: Image.Image) -> bytes:
    file = io.BytesIO()
    drawn = _on_white(page)
    drawn.thumbnail((PIXELS, PIXELS))
    drawn.save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()


def _on_white(page: Image.Image) -> Image.Image:
    """In colour, with white where it is transparent."""
    if page.has_transparency_data:
        shown = page.convert("RGBA")
        page = Image.alpha_composite(Image.new("RGBA", shown.size, "white"), shown)
    return page.convert("RGB")
