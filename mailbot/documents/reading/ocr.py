"""The words of a page's picture with their places and how sure of each tesseract is."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from math import inf
from time import monotonic

from lxml import etree
from PIL import Image

COLUMNS, ONE_BLOCK = 3, 6
"""tesseract's modes: it looks for columns and blocks, or takes all lines as they come."""
SECONDS = 20.0
"""The longest that tesseract may look at one picture."""
_LEAST = 0.5
_NUMBER = r"(-?[\d.]+)"
_BOX = re.compile(rf"bbox {_NUMBER} {_NUMBER} {_NUMBER} {_NUMBER}")
_BASELINE = re.compile(rf"baseline {_NUMBER} {_NUMBER}")
_SIZE = re.compile(rf"x_size {_NUMBER}")
_SURE = re.compile(rf"x_wconf {_NUMBER}")


class NoOcr(Exception):
    """tesseract is not installed."""


@dataclass(frozen=True)
class Word:
    """One word, in points of the picture. `sure` goes from 0 to 100; `size` is the line's height of letters."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    base: float
    size: float
    sure: float


def available() -> bool:
    """Whether tesseract is installed."""
    return shutil.which("tesseract") is not None


def words_of(page: Image.Image, dpi: float, layout: int = COLUMNS, until: float = inf) -> list[Word]:
    """The words, in tesseract's order. `layout` is its page segmentation mode, `until` a moment of time.monotonic().

    Raises NoOcr where there is no tesseract, TimeoutExpired where it takes longer, and what subprocess raises where
    it fails.
    """
    settings = ("--psm", str(layout), "--dpi", str(round(dpi)), "-c", "tessedit_create_hocr=1")
    hocr = _tesseract(page, max(_LEAST, min(SECONDS, until - monotonic())), *settings)
    tree = etree.fromstring(hocr, etree.XMLParser(resolve_entities=False, no_network=True, recover=True))
    found: list[Word] = []
    for line in tree.iter("{*}span"):
        if line.get("class") in {"ocr_line", "ocr_header", "ocr_caption", "ocr_textfloat"}:
            about = line.get("title") or ""
            found.extend(_word(one, about) for one in line.iter("{*}span") if one.get("class") == "ocrx_word")
    return [word for word in found if word.text]


def _tesseract(page: Image.Image, seconds: float, *settings: str) -> bytes:
    if not available():
        raise NoOcr
    # Raw points by pipe: the sandbox lets nobody write a file, and this format needs none.
    points = f"P5 {page.width} {page.height} 255\n".encode() + page.tobytes()
    command = ["tesseract", "stdin", "stdout", "-l", "eng", *settings]
    done = subprocess.run(
        command,
        input=points,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=seconds,
        check=True,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "OMP_THREAD_LIMIT": "1"},
    )
    return done.stdout


def _word(element: etree._Element, line: str) -> Word:
    about = element.get("title") or ""
    x0, top, x1, bottom = _numbers(_BOX, about)
    left, _, _, low = _numbers(_BOX, line)
    slope, offset = _numbers(_BASELINE, line) or (0.0, 0.0)
    (size,) = _numbers(_SIZE, line) or (bottom - top,)
    (sure,) = _numbers(_SURE, about) or (0.0,)
    base = low + offset + slope * ((x0 + x1) / 2 - left)
    text = "".join(str(one) for one in element.itertext()).strip()
    return Word(text, x0, top, x1, bottom, base, size, sure)


def _numbers(pattern: re.Pattern[str], text: str) -> tuple[float, ...]:
    match = pattern.search(text)
    return tuple(float(one) for one in match.groups()) if match else ()
