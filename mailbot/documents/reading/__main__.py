"""The sandbox's child: limits itself, then reads one file after another from its standard input."""

from __future__ import annotations

import ctypes
import gc
import json
import math
import os
import resource
import select
import signal
import sys
import traceback
from importlib import import_module
from pathlib import Path
from time import monotonic
from typing import Any, BinaryIO

from pydantic_core import PydanticSerializationError

from mailbot.documents.reading import Tools, read_document
from mailbot.documents.reading.frames import receive, send
from mailbot.documents.reading.tools import Budget
from mailbot.errors import ConverterProblem
from mailbot.forms.definitions import Definitions
from mailbot.forms.document import Document, problem_document
from mailbot.forms.extract import extract
from mailbot.forms.form import Form, Problem

FILES = 500
"""Files after which the child ends, so that nothing that one of them did to it lasts."""
_GRACE = 5
"""Seconds more than the parent gives: they pass only where the parent itself is gone."""
_IN_TIME = 0.8
"""Of the time for a file, the share in which readers should be done: extraction and the answer want some too."""
_NEEDED = (
    *("mailbot.documents.reading.word", "mailbot.documents.reading.sheet", "python_calamine"),
    *("mailbot.documents.reading.pdf", "pikepdf.form", "pdfplumber", "pypdfium2"),
)
_MUCH_LEFT = 50_000
"""Values that a file left behind for which it is worth looking for garbage, while nobody waits."""
_NEW_USER, _NEW_NET = 0x10000000, 0x40000000


def main() -> None:
    """Reads until the parent closes the pipe. Its arguments: memory in bytes, largest answer in bytes."""
    memory, largest = int(sys.argv[1]), int(sys.argv[2])
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # Whatever a C library prints must not stand between two frames.
    os.dup2(2, 1)
    network_cut = _cut_network()
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # No file may be written; programs are talked to by pipes.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        send(answers, {"network_cut": network_cut})
        _warm_up(requests)
        _, written = receive(requests)
        reading = _Reading(requests, answers, Definitions.model_validate_json(written) if written else None)
        _collect_rarely()
        for number in range(1, FILES + 1):
            header, content = receive(requests)
            answer = reading.answer(header, content, largest)
            last = number == FILES or _held() > memory // 2
            send(answers, {"last": last, "turned": reading.turned}, answer)
            if last:
                return
            if gc.get_count()[0] > _MUCH_LEFT and not select.select([requests], [], [], 0)[0]:
                gc.collect()
    except EOFError:
        return


def _warm_up(requests: BinaryIO) -> None:
    """Loads what most files need, as long as nobody has asked yet."""
    for library in _NEEDED:
        if select.select([requests], [], [], 0)[0]:
            return
        import_module(library)


def _collect_rarely() -> None:
    """A file makes a hundred thousand small values and next to no garbage: looking for some cost half its time."""
    gc.freeze()
    gc.set_threshold(200_000, 20, 20)
    gc.enable()


class _Reading:
    """Answers to the parent's questions, each about one file."""

    def __init__(self, requests: BinaryIO, answers: BinaryIO, definitions: Definitions | None) -> None:
        self._requests = requests
        self._answers = answers
        self._definitions = definitions
        self.turned: dict[str, dict[int, int]] = {}
        """How the scans stand that were read for the last answer (see Budget.turned)."""

    def answer(self, question: dict[str, Any], content: bytes, largest: int) -> bytes:
        """A Document or a Form as JSON, of at most `largest` bytes; or about a locked file: opened, or its locks."""
        name, self.turned = str(question["name"]), {}
        # The system ends this process then, even within a C library.
        signal.alarm(math.ceil(question["seconds"]) + _GRACE)
        if question["wanted"] in ("opened", "locks"):
            ask = _opened if question["wanted"] == "opened" else _locks
            said = ask(content, tuple(question["passwords"]))
            signal.alarm(0)
            return said
        if question["wanted"] in ("inside", "turns", "redrawn"):
            said = self._for_a_pack(question, content, name)
            signal.alarm(0)
            return said
        written = _written(self._read(question, content, name))
        signal.alarm(0)
        if len(written) <= largest:
            return written
        message = "The file holds more text than is read. Look at it by hand."
        return _written(_problem(question, name, "too_large", message))

    def _read(self, question: dict[str, Any], content: bytes, name: str) -> Document | Form:
        tools = Tools(
            convert=self._convert if question["converter"] else None,
            passwords=tuple(question["passwords"]),
            budget=Budget(until=monotonic() + question["seconds"] * _IN_TIME),
        )
        document = read_document(content, name, tools)
        self.turned = tools.budget.turned
        if question["wanted"] == "document" or self._definitions is None:
            return document
        try:
            return extract(document, self._definitions)
        # A bug must cost one file, and be told with its place: this process has nowhere to print it.
        except Exception as bug:  # noqa: BLE001
            return _problem(question, name, "unreadable", _told(bug))

    def _for_a_pack(self, question: dict[str, Any], content: bytes, name: str) -> bytes:
        if question["wanted"] == "inside":
            return _inside(content, name)
        if question["wanted"] == "redrawn":
            return _redrawn(content)
        return _turns(content, monotonic() + question["seconds"] * _IN_TIME)

    def _convert(self, content: bytes, suffix: str) -> bytes:
        """Asks the parent, which may start LibreOffice; this process may not."""
        left = signal.alarm(0)
        send(self._answers, {"convert": suffix}, content)
        reply, converted = receive(self._requests)
        signal.alarm(left)
        if "problem" in reply:
            raise ConverterProblem(reply["problem"])
        return converted


def _opened(content: bytes, passwords: tuple[str, ...]) -> bytes:
    """The file without its lock; nothing where no password fits, or where it is too damaged to tell."""
    from mailbot.documents.reading.locked import opened  # few files are locked

    try:
        return opened(content, passwords) or b""
    # The libraries raise anything on a damaged file; reading it tells a person what is wrong with it.
    except Exception:  # noqa: BLE001
        return b""


def _locks(content: bytes, passwords: tuple[str, ...]) -> bytes:
    """How many locks the passwords open and how many stay shut, as JSON; none of either where it is too damaged."""
    from mailbot.documents.reading.locked import locks  # few files are locked

    try:
        return json.dumps(locks(content, passwords)).encode()
    # As above.
    except Exception:  # noqa: BLE001
        return b"[0, 0]"


def _inside(content: bytes, name: str) -> bytes:
    """The files in a mail or an archive, as a zip; nothing where there are none."""
    from mailbot.documents.reading.inside import files_inside  # only packs want it

    return files_inside(content, name)


def _turns(content: bytes, until: float) -> bytes:
    """The pages of a scan that are to be turned, as JSON; none where it is too damaged to tell."""
    from mailbot.documents.reading.upright import turns  # only packs want it

    try:
        return json.dumps(turns(content, until)).encode()
    # As above.
    except Exception:  # noqa: BLE001
        return b"{}"


def _redrawn(content: bytes) -> bytes:
    """A picture's pages as a zip of JPEGs; nothing where it is too damaged, or too large."""
    from mailbot.documents.reading.redrawn import redrawn  # only packs want it

    try:
        return redrawn(content)
    # As above.
    except Exception:  # noqa: BLE001
        return b""


def _problem(question: dict[str, Any], name: str, problem: str, message: str) -> Document | Form:
    if question["wanted"] == "document":
        return problem_document(name, problem, message)
    return Form(name=name, kind="other", problems=(Problem(problem=problem, message=message),))


def _told(bug: Exception) -> str:
    """Which error and where, never what it says: that may be words of the file."""
    place = traceback.extract_tb(bug.__traceback__)[-1]
    where = f"{type(bug).__name__} in {Path(place.filename).name}, line {place.lineno}"
    return f"The file could not be understood: {where}. Look at it by hand, and report the error."


def _written(value: Document | Form) -> bytes:
    leave_out: dict[str, Any] = {"exclude_defaults": True} if isinstance(value, Form) else {"exclude_none": True}
    try:
        return value.model_dump_json(**leave_out).encode()
    except PydanticSerializationError:
        # Half of a surrogate pair, as broken PDFs hold: it is no character, and stands as a question mark.
        return json.dumps(value.model_dump(**leave_out), ensure_ascii=False).encode("utf-8", "replace")


def _held() -> int:
    """Bytes of address space that this process has."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()


def _cut_network() -> bool:
    """A network namespace of its own, with nothing in it. Containers often forbid it: then the answer is False."""
    unshare = ctypes.CDLL(None, use_errno=True).unshare
    return bool(unshare(_NEW_USER | _NEW_NET) == 0)


if __name__ == "__main__":
    main()
