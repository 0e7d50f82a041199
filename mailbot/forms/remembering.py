"""What is worked out of a text once and then known: the files of one partnership print the same labels."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Remembered(dict[str, T]):
    """What a function finds for each text, looked up like a table; it forgets all when it holds too many."""

    def __init__(self, find: Callable[[str], T], most: int) -> None:
        super().__init__()
        self._find = find
        self._most = most

    def __missing__(self, text: str) -> T:
        if len(self) >= self._most:
            self.clear()
        found = self[text] = self._find(text)
        return found
