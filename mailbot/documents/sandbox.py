"""Reads files of strangers in a child process with limits on memory, time, output and network."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from mailbot.forms.document import Document


class Sandbox:
    """One warm child process that reads one file after another. A file that breaks it costs only that file."""

    def __init__(self, converter: object | None = None, seconds: float = 20, max_bytes: int = 60_000_000) -> None:
        self.network_cut = False

    def read(self, content: bytes, name: str) -> Document:
        """The file as a Document; a crash, a hang or too much memory gives the problem `unreadable`."""
        raise NotImplementedError

    def close(self) -> None:
        """Ends the child."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
