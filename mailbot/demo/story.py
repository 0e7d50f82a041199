"""One Rapid Review as a story: who sends what and when, whatever the mailbox and the procedure."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from mailbot.cases.case import Case
from mailbot.cases.practice import Practice
from mailbot.worker import Report


class Stage(Protocol):
    """Where the story is played: a mailbox of any kind with a mailbot behind it. Times are UTC."""

    @property
    def practice(self) -> Practice:
        """How the partnership of the story works."""
        ...

    def deliver(self, eml: bytes, received: datetime) -> None:
        """Lay a mail into the shared mailbox, as if it had come at that time."""
        ...

    def letters(self) -> list[tuple[str, bytes]]:
        """Every letter that went out so far, oldest first: its addressee and its bytes."""
        ...

    def pass_(self, now: datetime) -> Report:
        """One pass of the worker at that moment."""
        ...

    def record(self, ref: str, fact: str, values: tuple[str, ...], by: str, why: str, now: datetime) -> None:
        """A person's word, as `mailbot record` takes it."""
        ...

    def case(self, ref: str) -> Case:
        """The case as it stands. Raises UnknownCase."""
        ...
