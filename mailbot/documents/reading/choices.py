"""Tick boxes beside the words of a choice: where one of them is in doubt, none on its line counts as ticked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mailbot.documents.reading.ocr import Word
from mailbot.documents.reading.tickboxes import TickBox

_OPTIONS = frozenset(("Yes", "No", "YES", "NO", "Y", "N"))


def settled(boxes: Sequence[TickBox], words: Sequence[Word]) -> tuple[list[TickBox], bool]:
    """The boxes, each ticked or not, and whether any of them was in doubt.

    A line with fewer boxes than options has one that was not seen, and it cannot be told to which words the others
    belong: in `Yes ☒ No` the tick may be behind the one or before the other.
    """
    kept: list[TickBox] = []
    doubt = False
    for line in _lines(boxes):
        options = sum(_beside(word, line[0]) and word.text.strip(".,;:/()") in _OPTIONS for word in words)
        if len(line) < options or any(box.ticked is None for box in line):
            doubt = True
            line = [replace(box, ticked=False) for box in line]
        kept.extend(line)
    return kept, doubt


def _lines(boxes: Sequence[TickBox]) -> Iterator[list[TickBox]]:
    line: list[TickBox] = []
    for box in sorted(boxes, key=lambda one: one.top):
        if line and box.top > (line[0].top + line[0].bottom) / 2:
            yield line
            line = []
        line.append(box)
    if line:
        yield line


def _beside(word: Word, box: TickBox) -> bool:
    return box.top < (word.top + word.bottom) / 2 < box.bottom
