"""Tables for people: drawn on a terminal, in Markdown where the output goes into a file such as docs/reading.md."""

from __future__ import annotations

import sys

from rich import box
from rich.console import Console
from rich.table import Table

WIDTH = 160


def console() -> Console:
    """Standard output, as wide as the terminal; wide enough for every table where there is none."""
    return Console(width=None if sys.stdout.isatty() else WIDTH)


def table(title: str, *columns: str, words: tuple[int, ...] = (0,)) -> Table:
    """An empty table. Columns hold numbers and stand to the right, but those at the places in `words`."""
    look = box.HEAVY_HEAD if sys.stdout.isatty() else box.MARKDOWN
    made = Table(title=title, title_justify="left", title_style="bold", box=look)
    for place, column in enumerate(columns):
        made.add_column(column, justify="left" if place in words else "right", no_wrap=place > 0)
    return made


def verdict(met: bool | None) -> str:
    """Whether a goal is met, in a word; nothing where there is none."""
    return {None: "", True: "[green]met[/]", False: "[red]MISSED[/]"}[met]
