"""The picture of one page to blocks: made straight, its rules and boxes found, its words put in their cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from mailbot.documents.reading import ocr
from mailbot.documents.reading.bitmap import Leaning, even, ink_of, resolution, skew_of, straight
from mailbot.documents.reading.layout import Char, page_blocks
from mailbot.documents.reading.ruling import TickBox, boxes_of, leaning_of, rules_of, tables_of, without
from mailbot.documents.reading.tools import Budget
from mailbot.forms.document import Block
from mailbot.forms.form import Problem

PAGES = 20
"""The most pages of one file that are read."""
SECONDS_A_PAGE = 5.0
"""With less time left than this no further page is begun."""
NOT_INSTALLED = "It is a scan or a picture. Install tesseract-ocr to have it read, or ask for the Word file."

_POOR = 55.0
"""Below this average sureness a page was perhaps read lying on its side."""
_LOOKS = 3
"""How often the page is made straight and looked at again."""
_LEVEL = 0.0015
"""A lean of less does no harm: two points in the width of a page."""
_NOISE = 60.0
"""A word without a letter or figure counts as dirt below this sureness."""


@dataclass(frozen=True)
class Scan:
    """What was read of one page; `sure` is the average of its words, from 0 to 100."""

    blocks: tuple[Block, ...] = ()
    words: int = 0
    sure: float = 0.0


class Scans:
    """The pages of one file that are pictures: read in turn, and what a person must know about them."""

    def __init__(self, budget: Budget | None = None) -> None:
        self._budget = budget
        self._read: dict[int, Scan] = {}
        self._left: list[int] = []
        self._missing = not ocr.available()

    def page(self, picture: Callable[[], Image.Image], number: int, tables_before: int = 0) -> Scan:
        """One page. At most PAGES are read, and fewer where the time runs out: the others are told."""
        hurry = bool(self._read) and self._budget is not None and self._budget.seconds_left < SECONDS_A_PAGE
        if self._missing or hurry or len(self._read) >= PAGES:
            self._left.append(number)
            return Scan()
        self._read[number] = read_page(picture(), number, tables_before)
        return self._read[number]

    @property
    def words(self) -> int:
        """How many words the pages have."""
        return sum(scan.words for scan in self._read.values())

    def problems(self) -> Iterator[Problem]:
        """`scanned` where words were read, and what was not read, with the numbers of the pages."""
        worded = [number for number, scan in self._read.items() if scan.words]
        silent = [number for number in self._read if number not in worded]
        if worded:
            message = f"Read from a picture ({_pages(worded)}): check each answer against the original."
            yield Problem(problem="scanned", message=message)
        if silent:
            message = f"No words could be read in the picture ({_pages(silent)}). Look at it."
            yield Problem(problem="not_understood", message=message)
        if self._left and self._missing:
            yield Problem(problem="not_supported", message=NOT_INSTALLED)
        elif self._left:
            message = f"Too many pages are pictures: {_pages(self._left)} were not read. Look at them."
            yield Problem(problem="too_large", message=message)


def _pages(numbers: list[int]) -> str:
    return f"page{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"


@dataclass(frozen=True)
class _Sheet:
    """The page made straight, with what is drawn on it. `clean` is without rules and boxes."""

    dpi: float
    tables: list[Any]
    boxes: list[TickBox]
    clean: Image.Image


def read_page(picture: Image.Image, number: int, tables_before: int) -> Scan:
    """The page as blocks. Raises ocr.NoOcr."""
    page = even(picture)
    sheet = _sheet(page)
    words = ocr.words_of(sheet.clean, sheet.dpi)
    if _sureness(words) < _POOR:
        turn = ocr.turn_of(sheet.clean, sheet.dpi)
        if turn:
            turned = _sheet(page.rotate(-turn, expand=True))
            again = ocr.words_of(turned.clean, turned.dpi)
            if _sureness(again) > _sureness(words):
                sheet, words = turned, again
    kept = [word for word in words if not _is_dirt(word)]
    chars = [*(_char(word, sheet.dpi) for word in kept), *(_box_char(box, kept, sheet.dpi) for box in sheet.boxes)]
    blocks = tuple(page_blocks(chars, sheet.tables, [], number, tables_before))
    return Scan(blocks, len(kept), _sureness(kept))


def _sheet(page: Image.Image) -> _Sheet:
    """The page straightened: by its lines of text first, then by its rules, which also tell of perspective."""
    skew = skew_of(ink_of(page))
    leaning = Leaning(across=skew, down=-skew)
    for _ in range(_LOOKS):
        level = straight(page, leaning)
        ink, dpi = ink_of(level), resolution(level)
        rules = rules_of(ink, dpi)
        rest = leaning_of(rules, ink)
        if rest.most < _LEVEL:
            break
        leaning += rest
    tables, boxes = tables_of(rules, dpi), boxes_of(ink, dpi)
    clean = without(np.asarray(level), ink, tables, boxes, dpi)
    return _Sheet(dpi, tables, boxes, Image.fromarray(clean))


def _sureness(words: list[ocr.Word]) -> float:
    """The average, each word counted by its letters."""
    letters = sum(len(word.text) for word in words)
    return sum(word.sure * len(word.text) for word in words) / letters if letters else 0.0


def _is_dirt(word: ocr.Word) -> bool:
    return not re.search(r"\w", word.text) and (word.sure < _NOISE or set(word.text) <= set("|[]{}~\u00a6"))


def _char(word: ocr.Word, dpi: float) -> Char:
    scale = 72 / dpi
    size = word.size * scale
    return {
        "text": word.text,
        "x0": word.x0 * scale,
        "x1": word.x1 * scale,
        "top": word.base * scale - size * 0.8,
        "bottom": word.base * scale,
        "size": size,
        "fontname": "",
        "scanned": True,
    }


def _box_char(box: TickBox, words: list[ocr.Word], dpi: float) -> Char:
    """A tick box, standing on the line of the words beside it."""
    scale = 72 / dpi
    middle = (box.top + box.bottom) / 2
    beside = [word for word in words if word.base - word.size <= middle <= word.base + word.size * 0.1]
    nearest = min(beside, key=lambda word: min(abs(word.x0 - box.x1), abs(box.x0 - word.x1)), default=None)
    bottom = (nearest.base if nearest else box.bottom) * scale
    size = (nearest.size if nearest else box.bottom - box.top) * scale
    return {
        "text": "☒" if box.ticked else "☐",
        "x0": box.x0 * scale,
        "x1": box.x1 * scale,
        "top": bottom - size * 0.8,
        "bottom": bottom,
        "size": size,
        "fontname": "",
        "scanned": True,
    }
