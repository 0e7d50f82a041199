"""Reads strangers' files in a child process with limits on memory, time, output and network."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from types import TracebackType
from typing import Any, BinaryIO, Self

from mailbot.documents.office import Converter
from mailbot.documents.reading.frames import receive, send
from mailbot.errors import ConverterProblem
from mailbot.forms.document import Document, problem_document

MEMORY = 1 << 30
LARGEST_ANSWER = 32_000_000


class Sandbox:
    """One warm child process that reads one file after another. A file that breaks it costs only that file.

    `seconds` is the wall time for one file (without LibreOffice's, which has its own), `max_bytes` the largest file
    taken. `network_cut` says, once a file was read, whether the child has no network: some containers forbid the cut.
    """

    def __init__(self, converter: Converter | None = None, seconds: float = 20, max_bytes: int = 60_000_000) -> None:
        self._converter = converter if converter is not None and converter.available else None
        self._seconds = seconds
        self._max_bytes = max_bytes
        self._child: subprocess.Popen[bytes] | None = None
        self._one_at_a_time = threading.Lock()
        self.network_cut = False

    def read(self, content: bytes, name: str, passwords: tuple[str, ...] = ()) -> Document:
        """The file as a Document; a crash, a hang or too much memory gives the problem `unreadable`.

        `passwords` are tried on a locked file, and kept nowhere.
        """
        if len(content) > self._max_bytes:
            limit = self._max_bytes // 1_000_000
            return problem_document(name, "too_large", f"The file is larger than {limit} MB and was not opened.")
        with self._one_at_a_time:
            return self._read(content, name, passwords)

    def close(self) -> None:
        """Ends the child."""
        if self._child is not None:
            _end(self._child)
            self._child = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self, content: bytes, name: str, passwords: tuple[str, ...]) -> Document:
        watch: _Watch | None = None
        try:
            child = self._child = self._child or self._start()
            watch = _Watch(child, self._seconds)
            header = {"name": name, "converter": self._converter is not None, "passwords": list(passwords)}
            written = self._talk(child, content, header, watch)
        except (EOFError, OSError, ValueError) as error:
            if watch is None:
                self.close()
                raise
            code = child.poll()
            self.close()
            reason = self._reason(watch, code, error)
            return problem_document(name, "unreadable", f"The file could not be read: {reason}. Look at it by hand.")
        finally:
            if watch is not None:
                watch.rest()
        return Document.model_validate_json(written)

    def _talk(self, child: subprocess.Popen[bytes], content: bytes, header: dict[str, Any], watch: _Watch) -> bytes:
        requests, answers = _pipes(child)
        watch.begin()
        send(requests, header, content)
        while True:
            header, body = receive(answers)
            if "convert" not in header:
                return body
            watch.rest()
            self._convert(requests, body, str(header["convert"]))
            watch.begin()

    def _convert(self, requests: BinaryIO, content: bytes, suffix: str) -> None:
        assert self._converter is not None, "the child was told that there is no converter"  # noqa: S101
        try:
            send(requests, {}, self._converter.convert(content, suffix, "docx"))
        except ConverterProblem as problem:
            send(requests, {"problem": str(problem)})

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-P", "-m", "mailbot.documents.reading", str(MEMORY), str(LARGEST_ANSWER)]
        # The child gets no secrets: passwords come to mailbot by environment.
        kept = {key: os.environ[key] for key in ("PATH", "LANG", "PYTHONPATH", "VIRTUAL_ENV") if key in os.environ}
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=kept
        )
        self.network_cut = bool(receive(_pipes(child)[1])[0]["network_cut"])
        return child

    def _reason(self, watch: _Watch, code: int | None, error: Exception) -> str:
        if watch.struck:
            return f"it took longer than {self._seconds:g} seconds"
        if isinstance(error, ValueError):
            return "it made an answer too large to take"
        return f"it broke its reader (exit code {code})"


class _Watch:
    """Kills the child when one file takes too long; the pipes then end, and the reader sees it."""

    def __init__(self, child: subprocess.Popen[bytes], seconds: float) -> None:
        self._child = child
        self._seconds = seconds
        self._timer: threading.Timer | None = None
        self.struck = False

    def begin(self) -> None:
        self._timer = threading.Timer(self._seconds, self._strike)
        self._timer.daemon = True
        self._timer.start()

    def rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _strike(self) -> None:
        self.struck = True
        self._child.kill()


def _pipes(child: subprocess.Popen[bytes]) -> tuple[BinaryIO, BinaryIO]:
    assert child.stdin is not None and child.stdout is not None  # noqa: S101
    return child.stdin, child.stdout  # type: ignore[return-value]


def _end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except BrokenPipeError:
                # What was still to be written is for a child that is gone.
                continue
