"""Reads strangers' files in child processes with limits on memory, time, output and network: a pool of them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from mailbot.documents.child import Broken, Child
from mailbot.documents.office import Converter
from mailbot.forms.definitions import Definitions
from mailbot.forms.document import Document
from mailbot.forms.form import Form, Problem


class Sandbox:
    """Warm child processes that read one file after another. A file that breaks its child costs only that file.

    Threads may use it at once: `children` files are read side by side, and a child that is not needed stays ready for
    when the other is killed. `definitions` are needed for `form` alone. `seconds` is the wall time for one file, with
    all that is in it (without LibreOffice's, which has its own); `max_bytes` the largest file taken.
    """

    def __init__(
        self,
        converter: Converter | None = None,
        definitions: Definitions | None = None,
        children: int = 2,
        seconds: float = 60,
        max_bytes: int = 60_000_000,
    ) -> None:
        self._converter = converter if converter is not None and converter.available else None
        self._definitions = definitions.model_dump_json(by_alias=True).encode() if definitions else b""
        self._count = children
        self._seconds = seconds
        self._max_bytes = max_bytes
        self._places = threading.BoundedSemaphore(children)
        self._lock = threading.Lock()
        self._idle: list[Child] | None = None
        self.network_cut = False
        """Whether the children have no network, known once a file was read: some containers forbid the cut."""

    def read(self, content: bytes, name: str, passwords: tuple[str, ...] = ()) -> Document:
        """The file as a Document; a crash, a hang or too much memory gives the problem `unreadable`.

        `passwords` are tried on a locked file, and kept nowhere.
        """
        try:
            return Document.model_validate_json(self._ask("document", content, name, passwords))
        except _NotRead as reason:
            return Document(name=name, problems=(reason.problem,))

    def form(self, content: bytes, name: str, passwords: tuple[str, ...] = ()) -> Form:
        """The file as a Form, read and understood in the child; problems and passwords as for `read`."""
        if not self._definitions:
            raise TypeError("a Sandbox without form definitions gives Documents only")
        try:
            return Form.model_validate_json(self._ask("form", content, name, passwords))
        except _NotRead as reason:
            return Form(name=name, kind="other", problems=(reason.problem,))

    def opened(self, content: bytes, name: str, passwords: tuple[str, ...]) -> bytes | None:
        """A locked file, or an archive with locked files in it, without the locks that the passwords open.

        None where no password fits, or where the file is too damaged, too large or too slow to tell: `read` says why.
        """
        try:
            return self._ask("opened", content, name, passwords) or None
        except _NotRead:
            return None

    def locks(self, content: bytes, name: str, passwords: tuple[str, ...]) -> tuple[int, int]:
        """How many locks in a file the passwords open, and how many stay shut; (0, 0) where nobody can tell."""
        try:
            opens, shut = json.loads(self._ask("locks", content, name, passwords))
        except _NotRead:
            return 0, 0
        return opens, shut

    def close(self) -> None:
        """Ends the children; one that still reads ends after its file."""
        with self._lock:
            idle, self._idle = self._idle, None
        for child in idle or ():
            child.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, wanted: str, content: bytes, name: str, passwords: tuple[str, ...]) -> bytes:
        if len(content) > self._max_bytes:
            limit = self._max_bytes // 1_000_000
            raise _NotRead("too_large", f"The file is larger than {limit} MB and was not opened.")
        converter = self._converter
        question = {"wanted": wanted, "name": name, "passwords": passwords, "converter": converter is not None}
        convert = (lambda old, suffix: converter.convert(old, suffix, "docx")) if converter else None
        with self._child() as child:
            try:
                return child.ask(question, content, self._seconds, convert)
            except Broken as reason:
                why = f"The file could not be read: {reason}. Look at it by hand."
                raise _NotRead("unreadable", why) from reason
            finally:
                self.network_cut = child.network_cut

    @contextmanager
    def _child(self) -> Iterator[Child]:
        """A child of one's own for a while."""
        with self._places:
            child = self._taken()
            try:
                yield child
            finally:
                self._given_back(child)

    def _taken(self) -> Child:
        with self._lock:
            if self._idle is None:
                self._idle = [Child(self._definitions) for _ in range(self._count)]
            child = self._idle.pop()
            if child.alive:
                return child
        # It died between two files, which is nobody's fault.
        child.end()
        return Child(self._definitions)

    def _given_back(self, child: Child) -> None:
        with self._lock:
            if self._idle is not None and child.usable:
                self._idle.append(child)
            elif self._idle is not None:
                # The new one goes to the far end: the next file is for one that has started already.
                self._idle.insert(0, Child(self._definitions))
            kept = self._idle is not None and child.usable
        if not kept:
            child.end()


class _NotRead(Exception):
    """The file gave nothing but this problem."""

    def __init__(self, problem: str, message: str) -> None:
        super().__init__(message)
        self.problem = Problem(problem=problem, message=message)
