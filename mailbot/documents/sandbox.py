"""Reads strangers' files in child processes with limits on memory, time, output and network: a pool of them."""

from __future__ import annotations

import hashlib
import io
import json
import threading
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from mailbot.documents.child import Broken, Child, Turned
from mailbot.documents.office import Converter
from mailbot.forms.definitions import Definitions
from mailbot.forms.document import Document
from mailbot.forms.form import Form, Problem

MOST_AHEAD = 8
"""Files that are read before they are asked for."""


class Sandbox:
    """Warm child processes that read one file after another. A file that breaks its child costs only that file.

    Threads may use it at once: `children` files are read side by side, and a child that is not needed stays ready for
    when the other is killed. `definitions` are needed for `form` alone. `seconds` is the wall time for one file, with
    all that is in it (without LibreOffice's, which has its own); `max_bytes` the largest file taken. `notice` is told
    how the scans stand that were read.
    """

    def __init__(
        self,
        converter: Converter | None = None,
        definitions: Definitions | None = None,
        children: int = 2,
        seconds: float = 60,
        max_bytes: int = 60_000_000,
        notice: Callable[[Turned], None] = lambda _: None,
    ) -> None:
        self._converter = converter if converter is not None and converter.available else None
        self._definitions = definitions.model_dump_json(by_alias=True).encode() if definitions else b""
        self._count = children
        self._seconds = seconds
        self._max_bytes = max_bytes
        self._notice = notice
        self._places = threading.BoundedSemaphore(children)
        self._lock = threading.Lock()
        self._idle: list[Child] | None = None
        self._threads: ThreadPoolExecutor | None = None
        self._ahead: dict[tuple[bytes, str], Future[bytes]] = {}
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
        ahead = None if passwords else self._ahead.pop(_named(content, name), None)
        try:
            answer = ahead.result() if ahead else self._ask("form", content, name, passwords)
            return Form.model_validate_json(answer)
        except _NotRead as reason:
            return Form(name=name, kind="other", problems=(reason.problem,))

    def begin(self, content: bytes, name: str) -> None:
        """Have a file read that `form` will soon be asked for, while the caller does something else.

        Only MOST_AHEAD are kept in readiness: of more the oldest is forgotten, and read when it is asked for. The one
        thread that calls `begin` is the one that calls `form`.
        """
        if self._threads is None:
            self._threads = ThreadPoolExecutor(self._count, "reading ahead")
        file = _named(content, name)
        if file not in self._ahead:
            self._ahead[file] = self._threads.submit(self._ask, "form", content, name, ())
        if len(self._ahead) > MOST_AHEAD:
            self._ahead.pop(next(iter(self._ahead))).cancel()

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

    def inside(self, content: bytes, name: str) -> tuple[Document, list[tuple[str, bytes]]] | None:
        """A mail's own words (or an archive's problems), and the files in it with their names.

        None where no files are in it, or nobody can tell.
        """
        try:
            packed = self._ask("inside", content, name, ())
        except _NotRead:
            return None
        if not packed:
            return None
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            words, *files = archive.infolist()
            taken = [(info.filename.partition("/")[2], archive.read(info)) for info in files]
            return Document.model_validate_json(archive.read(words)), taken

    def turns(self, content: bytes, name: str) -> dict[int, int]:
        """Pages (from 0) of a scan that surely do not stand upright, with the degrees clockwise that set them so."""
        try:
            found = json.loads(self._ask("turns", content, name, ()))
        except _NotRead:
            return {}
        return {int(number): degrees for number, degrees in found.items()}

    def redrawn(self, content: bytes, name: str) -> tuple[int, list[bytes]]:
        """How many pages a picture has, and the first of them as JPEGs, upright as its camera says.

        (0, []) where it is damaged, too large, or no picture.
        """
        try:
            packed = self._ask("redrawn", content, name, ())
        except _NotRead:
            return 0, []
        if not packed:
            return 0, []
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            about, *pages = archive.infolist()
            return json.loads(archive.read(about)), [archive.read(page) for page in pages]

    def close(self) -> None:
        """Ends the children; one that still reads ends after its file."""
        if self._threads is not None:
            self._threads.shutdown(wait=True, cancel_futures=True)
        self._threads = None
        self._ahead.clear()
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
                answer = child.ask(question, content, self._seconds, convert)
                self._notice(child.turned)
                return answer
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


def _named(content: bytes, name: str) -> tuple[bytes, str]:
    return hashlib.sha256(content).digest(), name


class _NotRead(Exception):
    """The file gave nothing but this problem."""

    def __init__(self, problem: str, message: str) -> None:
        super().__init__(message)
        self.problem = Problem(problem=problem, message=message)
