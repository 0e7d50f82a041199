"""Running heads and feet of printed plain text: the lines with `Page 2 of 3` and the form feeds between its pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

_PAGE = re.compile(
    r"(?:^|(?<=\t)|(?<=\s{3}))\W{0,3}\bpage\s{1,3}(?P<page>\d{1,4})\s{0,3}(?:of|/)\s{0,3}(?P<pages>\d{1,4})\W{0,3}$",
    re.I,
)
"""A page's number at the end of a line, alone or behind a gap: never the end of a sentence."""
_RULE = re.compile(r"\s*([-=_*~\u2013\u2014\u2500\u2501\u2550])\1{9,}\s*")


class Lines(NamedTuple):
    """The lines of a text by their numbers from 1, the pages' heads and feet apart from the others."""

    body: list[tuple[int, str]]
    heads: list[tuple[int, str]]


class _Mark(NamedTuple):
    """The number of a page: in which line it stands, beside which words, and of how many pages it is."""

    at: int
    beside: str
    page: int
    pages: int


def without_page_heads(text: str) -> Lines:
    """The text as if it had been printed on one endless page.

    A running head is a line that numbers its page, stands apart and comes again on other pages with the next number.
    Out go these and the same words right above or below them on every page, then the rules and empty lines around
    them or around a form feed: an answer goes on over the page. Everything else stays where it was.
    """
    ended, lines = text.splitlines(keepends=True), text.splitlines()
    heads: set[int] = set()
    for marks in _numbered(lines):
        heads.update(_with_what_repeats(marks, lines))
    feeds = {index for index, line in enumerate(ended) if line.endswith("\f")}
    gone = heads.union(_white_space(lines, heads, feeds))
    return Lines(
        body=[(index + 1, line) for index, line in enumerate(lines) if index not in gone],
        heads=[(index + 1, lines[index]) for index in sorted(heads)],
    )


def _numbered(lines: Sequence[str]) -> Iterator[list[_Mark]]:
    """The lines that number the pages, those together that say the same, where there are two or more.

    Where one has no other words it may be the only one: the first page often has none, the only page is its own last.
    """
    alike: dict[tuple[str, int], list[_Mark]] = {}
    for at, line in enumerate(lines):
        found = _PAGE.search(line.strip())
        if found and _stands_apart(at, lines):
            beside = " ".join(found.string[: found.start()].split())
            mark = _Mark(at, beside, int(found["page"]), int(found["pages"]))
            alike.setdefault((beside, mark.pages), []).append(mark)
    for (beside, pages), marks in alike.items():
        only = not beside and marks[0].page == pages
        if _count_up(marks) and (len(marks) > 1 or only):
            yield marks


def _count_up(marks: Sequence[_Mark]) -> bool:
    """Whether each page is the next one, from the first or second on; after the last another print may begin."""
    first = marks[0].page
    return first in {1, 2} and all(
        after.page == (first if before.page == before.pages else before.page + 1) for before, after in pairwise(marks)
    )


def _stands_apart(index: int, lines: Sequence[str]) -> bool:
    """Whether no words stand above the line, or none below."""
    return _is_nothing(index - 1, lines) or _is_nothing(index + 1, lines)


def _with_what_repeats(marks: Sequence[_Mark], lines: Sequence[str]) -> Iterator[int]:
    """The marks, and the lines right above and below that are the same on every page: heads of several lines.

    Beyond them must be nothing on every page, or they may as well be the heading of what follows.
    """
    yield from (mark.at for mark in marks)
    for step in (-1, 1) if len(marks) > 1 else ():
        same = 0
        while _alike([mark.at + step * (same + 1) for mark in marks], lines):
            same += 1
        if all(_is_nothing(mark.at + step * (same + 1), lines) for mark in marks):
            yield from (mark.at + step * far for mark in marks for far in range(1, same + 1))


def _alike(places: Sequence[int], lines: Sequence[str]) -> bool:
    """Whether the same words stand in all places."""
    return not any(_is_nothing(place, lines) for place in places) and len({lines[one].strip() for one in places}) == 1


def _white_space(lines: Sequence[str], heads: set[int], feeds: set[int]) -> Iterator[int]:
    """The rules and empty lines next to a head, and those before or behind the form feed that ends a line."""
    for empty, together in groupby(range(len(lines)), key=lambda index: _is_empty(lines[index])):
        places = list(together)
        above, first_below = places[0] - 1, places[-1] + 1
        if empty and (above in heads or first_below in heads or not feeds.isdisjoint(range(above, first_below))):
            yield from places


def _is_nothing(place: int, lines: Sequence[str]) -> bool:
    """Whether no words stand there: a rule, an empty line, or the text's edge."""
    return not 0 <= place < len(lines) or _is_empty(lines[place])


def _is_empty(line: str) -> bool:
    return not line.strip() or bool(_RULE.fullmatch(line))
