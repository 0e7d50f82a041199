"""The picture of one page to blocks: made straight, its rules and boxes found, its words put in their cells."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf
from time import monotonic

from PIL import Image

from mailbot.documents.reading import ocr
from mailbot.documents.reading.bitmap import even, ink_of
from mailbot.documents.reading.bold import bold_of
from mailbot.documents.reading.cells import Cell, cells_of, read_again
from mailbot.documents.reading.choices import settled
from mailbot.documents.reading.drawn import Sheet, sheet_of
from mailbot.documents.reading.layout import Box, Char, page_blocks
from mailbot.documents.reading.standing import sure_turn
from mailbot.documents.reading.struck import struck_of
from mailbot.documents.reading.tickboxes import TickBox
from mailbot.documents.reading.tools import Budget
from mailbot.forms.document import Block
from mailbot.forms.form import Problem

PAGES = 20
"""The most pages of one file that are read."""
LONGEST_PAGE = 25.0
"""Seconds after which a page is given up."""
SECONDS_A_PAGE = 5.0
"""With less time left than this no further page is begun."""
NOT_INSTALLED = "It is a scan or a picture. Install tesseract-ocr to have it read, or ask for the Word file."

_POOR = 55.0
"""Below this average sureness a page was perhaps read standing on its head."""
_ENOUGH = 5
"""Words from which a page's sureness can be judged."""
_ILLEGIBLE = 35.0
"""Words of a cell that are less sure than this on average are no words: handwriting, or a drawing."""
_NO_WORSE = 0.9
"""A second reading counts if its words are at least so many and so sure, compared with the first."""
_RISE = 0.8
"""The part of a line's height that stands above its base."""
_NOISE = 60.0
"""A word without a letter or figure counts as dirt below this sureness."""


@dataclass(frozen=True)
class Scan:
    """What was read of one page, and in words what could not be."""

    blocks: tuple[Block, ...] = ()
    words: int = 0
    doubts: tuple[str, ...] = ()
    turn: int | None = None
    """Degrees clockwise that set the page upright; None where that is not sure."""


class Scans:
    """The pages of one file that are pictures: read in turn, and what a person must know about them."""

    def __init__(self, budget: Budget | None = None) -> None:
        self._budget = budget or Budget()
        self._read: dict[int, Scan] = {}
        self._left: list[int] = []
        self._by_others: list[int] = []
        self._missing = not ocr.available()

    def page(self, picture: Callable[[], Image.Image], number: int, tables_before: int = 0) -> Scan:
        """One page. At most PAGES are read, and fewer where the time runs out: the others are told."""
        hurry = bool(self._budget.pictures) and self._budget.seconds_left < SECONDS_A_PAGE
        if self._missing or hurry or self._budget.pictures >= PAGES:
            self._left.append(number)
            return Scan()
        self._budget.pictures += 1
        now = monotonic()
        until = min(now + LONGEST_PAGE, max(self._budget.until, now + SECONDS_A_PAGE))
        try:
            self._read[number] = read_page(picture(), number, tables_before, until)
        except subprocess.TimeoutExpired:
            # A picture of noise keeps tesseract busy for minutes; the other papers of the mail want their time.
            self._left.append(number)
            return Scan()
        return self._read[number]

    def read_by_scanner(self, number: int) -> None:
        """Says that a page that was not read here has the words of the scanner's own software, sure or not."""
        self._by_others.append(number)
        self._left = [one for one in self._left if one != number]

    @property
    def words(self) -> int:
        """How many words the pages have."""
        return sum(scan.words for scan in self._read.values())

    @property
    def turned(self) -> dict[int, int] | None:
        """The pages (from 0) that lie on their head or side, with the degrees clockwise that set them upright.

        None where a page was left, or it is not sure how one stands.
        """
        turns = {number - 1: scan.turn for number, scan in self._read.items()}
        sure = {number: turn for number, turn in turns.items() if turn is not None}
        if self._left or len(sure) < len(turns):
            return None
        return {number: turn for number, turn in sure.items() if turn}

    def problems(self) -> Iterator[Problem]:
        """`scanned` where words were read, and what was not read, with the numbers of the pages."""
        worded = [number for number, scan in self._read.items() if scan.words]
        silent = [number for number in self._read if number not in {*worded, *self._by_others}]
        if worded or self._by_others:
            pages = _pages(sorted({*worded, *self._by_others}))
            message = f"Read from a picture ({pages}): check each answer against the original."
            yield Problem(problem="scanned", message=message)
        if silent:
            message = f"No words could be read in the picture ({_pages(silent)}). Look at it."
            yield Problem(problem="not_understood", message=message)
        doubts = [doubt for scan in self._read.values() for doubt in scan.doubts]
        if doubts:
            message = f"Not read off the picture, or not for certain: {'; '.join(doubts)}. Look at the original."
            yield Problem(problem="not_understood", message=message)
        if self._left and self._missing:
            yield Problem(problem="not_supported", message=NOT_INSTALLED)
        elif self._left:
            message = f"Reading the pictures takes too long: {_pages(self._left)} not read. Look at the original."
            yield Problem(problem="too_large", message=message)


def _pages(numbers: list[int]) -> str:
    return f"page{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"


def read_page(picture: Image.Image, number: int, tables_before: int, until: float = inf) -> Scan:
    """The page as blocks. Raises ocr.NoOcr, and TimeoutExpired after the moment `until` of time.monotonic()."""
    sheet, words, turn = _read_upright(even(picture), until)
    at_first = cells_of(sheet.clean, sheet.tables, words, sheet.dpi, tables_before)
    in_cells = {word for cell in at_first for word in cell.words}
    loose = [word for word in words if word not in in_cells]
    cells = _looked_again(sheet, at_first, until)
    doubts = list(dict.fromkeys(f"what is written or drawn in {cell.place}" for cell in cells if _is_doubtful(cell)))
    groups = [loose, *(cell.words for cell in cells if not _is_illegible(cell))]
    kept = [[word for word in group if not _is_dirt(word)] for group in groups]
    struck = {word for group in kept for word in struck_of(group, sheet.strokes)}
    words = [word for group in kept for word in group]
    if struck:
        doubts.append(f"words struck out on page {number}")
    boxes, in_doubt = settled(sheet.boxes, words)
    if in_doubt:
        doubts.append(f"which boxes are ticked in a line on page {number}")
    scale = 72 / sheet.dpi
    bold = bold_of(words, sheet.tables, ink_of(sheet.clean), sheet.dpi)
    chars = [
        *(_char(word, scale, word in bold) for word in words),
        *(_box_char(box, words, scale) for box in boxes),
    ]
    strokes = [_through(word, scale) for word in struck]
    blocks = tuple(page_blocks(chars, sheet.tables, strokes, number, tables_before))
    return Scan(blocks, len(words), tuple(doubts), turn)


def _read_upright(page: Image.Image, until: float) -> tuple[Sheet, list[ocr.Word], int | None]:
    """The page and its words; turned where it lies on its side or stands on its head, and by how much if it is sure.

    tesseract reads lines that run upwards, too, and words on their head as other words that it is not sure of. (Its
    own detection of the orientation gave the same answer for every turn of a form when it was tried.)
    """
    sheet, as_it_lies = _read(page, until)
    turn, words = 0, as_it_lies
    if sum(word.bottom - word.top > word.x1 - word.x0 for word in words if len(word.text) > 3) > len(words) / 4:
        page = page.rotate(90, expand=True)
        turn, (sheet, words) = 270, _read(page, until)
    if len(words) >= _ENOUGH and _sureness(words) < _POOR:
        turned, again = _read(page.rotate(180), until)
        if _sureness(again) > _sureness(words):
            turn, sheet, words = (turn + 180) % 360, turned, again
    return sheet, words, sure_turn(turn, as_it_lies, words)


def _read(page: Image.Image, until: float) -> tuple[Sheet, list[ocr.Word]]:
    sheet = sheet_of(page)
    return sheet, ocr.words_of(sheet.clean, sheet.dpi, until=until)


def _looked_again(sheet: Sheet, cells: list[Cell], until: float) -> list[Cell]:
    """The cells, those read again by themselves that had ink and no word for it, if that is better."""
    partly = [cell for cell in cells if cell.left_over or _is_illegible(cell)]
    if not partly:
        return cells
    again = read_again(
        sheet.clean, partly, sheet.dpi, lambda strip: ocr.words_of(strip, sheet.dpi, ocr.ONE_BLOCK, until)
    )
    better = {
        cell: anew
        for cell, anew in zip(partly, again, strict=True)
        if anew.left_over <= cell.left_over and _weight(anew.words) > _NO_WORSE * _weight(cell.words)
    }
    return [better.get(cell, cell) for cell in cells]


def _is_doubtful(cell: Cell) -> bool:
    return cell.unread or _is_illegible(cell)


def _is_illegible(cell: Cell) -> bool:
    """Handwriting or a drawing that was taken for words."""
    return bool(cell.words) and _sureness(cell.words) < _ILLEGIBLE


def _weight(words: Iterable[ocr.Word]) -> float:
    return sum(word.sure * len(word.text) for word in words)


def _sureness(words: Sequence[ocr.Word]) -> float:
    """The average, each word counted by its letters."""
    letters = sum(len(word.text) for word in words)
    return _weight(words) / letters if letters else 0.0


def _is_dirt(word: ocr.Word) -> bool:
    """A speck, the rest of a rule, or one stroke of an empty date mask."""
    if len(word.text) == 1 and word.sure < _NOISE and word.text in "1lIi":
        return True
    return not re.search(r"\w", word.text) and (word.sure < _NOISE or set(word.text) <= set("|[]{}~\u00a6"))


def _char(word: ocr.Word, scale: float, bold: bool) -> Char:
    placed = _placed(word.text, word.x0 * scale, word.x1 * scale, word.base * scale, word.size * scale)
    return {**placed, "fontname": "bold" if bold else ""}


def _box_char(box: TickBox, words: list[ocr.Word], scale: float) -> Char:
    """A tick box, standing on the line of the words beside it."""
    middle = (box.top + box.bottom) / 2
    beside = [word for word in words if word.base - word.size <= middle <= word.base + word.size * 0.1]
    nearest = min(beside, key=lambda word: min(abs(word.x0 - box.x1), abs(box.x0 - word.x1)), default=None)
    base, size = (nearest.base, nearest.size) if nearest else (box.bottom, box.bottom - box.top)
    return _placed("☒" if box.ticked else "☐", box.x0 * scale, box.x1 * scale, base * scale, size * scale)


def _placed(text: str, x0: float, x1: float, base: float, size: float) -> Char:
    return {
        "text": text,
        "x0": x0,
        "x1": x1,
        "top": base - _RISE * size,
        "bottom": base,
        "size": size,
        "fontname": "",
        "scanned": True,
        "word": True,
    }


def _through(word: ocr.Word, scale: float) -> Box:
    """A stroke through the word, where the layout looks for one."""
    height = (word.base - _RISE * word.size / 2) * scale
    return word.x0 * scale, height, word.x1 * scale, height
