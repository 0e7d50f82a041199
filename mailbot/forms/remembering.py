"""What is worked out once and then known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Remembered(dict[str, T]):
    """What a function finds for each text, looked up like a table: the files of one partnership print the same.

    It forgets all when it holds too many.
    """

    def __init__(self, find: Callable[[str], T], most: int) -> None:
        super().__init__()
        self._find = find
        self._most = most

    def __missing__(self, text: str) -> T:
        if len(self) >= self._most:
            self.clear()
        found = self[text] = self._find(text)
        return found


class WorkedOut(Generic[T]):
    """A property that is worked out once: `cached_property` without the lock that it takes in Python 3.11."""

    def __init__(self, work_out: Callable[[Any], T]) -> None:
        self._work_out = work_out
        self._name = work_out.__name__
        self.__doc__ = work_out.__doc__

    def __get__(self, value: object, owner: type) -> T:
        if value is None:
            raise AttributeError(f"{owner.__name__}.{self._name} is worked out of a value, not of the class.")
        found = vars(value)[self._name] = self._work_out(value)
        return found
