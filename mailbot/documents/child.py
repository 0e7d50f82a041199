"""One child process that reads strangers' files, seen from its parent: started, asked within a time, ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Annotated, Any, BinaryIO, Literal

from pydantic import Field, TypeAdapter, ValidationError

from mailbot.documents.reading.frames import Message, receive, send
from mailbot.documents.reading.tools import Convert
from mailbot.errors import ConverterProblem

MEMORY = 1 << 30
"""Bytes of address space, for the child and again for each program that it starts."""
LARGEST_ANSWER = 32_000_000
CONVERTING = 120.0
"""Seconds after which no further old file of one archive is given to LibreOffice."""
_KEPT = ("PATH", "LANG", "PYTHONPATH", "VIRTUAL_ENV", "TESSDATA_PREFIX")
"""What the child sees of the environment: passwords of the mailbox come to mailbot by environment."""
_ONE_THREAD = {"OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1"}
"""Libraries of numbers, and tesseract, would take a thread for each core, and memory for each thread."""
_NO_PLUGINS = {"PYDANTIC_DISABLE_PLUGINS": "1"}
"""Pydantic would look through every installed package for plugins, and load what it finds."""
_START = "import gc; gc.disable(); from mailbot.documents.reading.__main__ import main; main()"
"""`python -m mailbot.documents.reading`, but no garbage is looked for while it loads: there is next to none."""

_Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Turned = dict[_Sha256, dict[Annotated[int, Field(ge=0)], Literal[90, 180, 270]]]
"""By the SHA-256 of a scan: its pages (from 0) that do not stand upright, with degrees clockwise to set them so."""
_TURNED: TypeAdapter[Turned] = TypeAdapter(Turned)


class Broken(Exception):
    """The child gave no answer. The message ends the sentence `The file could not be read: ...`."""


class Child:
    """A process of `mailbot.documents.reading`, in a session of its own: what it starts ends with it.

    `definitions` are the form definitions as JSON, none where only Documents are asked for. It is ready to be asked
    at once; the first question waits for its start.
    """

    def __init__(self, definitions: bytes) -> None:
        self._definitions = definitions
        self._met = False
        self.network_cut = False
        """Whether it has no network, known once it was asked: some containers forbid the cut."""
        self.usable = True
        """Whether another file may be given to it."""
        self.turned: Turned = {}
        """How the scans stand that it read for its last answer: see `Budget.turned`."""
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", _START, str(MEMORY), str(LARGEST_ANSWER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={key: os.environ[key] for key in _KEPT if key in os.environ} | _ONE_THREAD | _NO_PLUGINS,
            start_new_session=True,
        )

    @property
    def alive(self) -> bool:
        """Whether the process runs. Asked without reaping it: its number must not be given to another yet."""
        return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    @property
    def pid(self) -> int:
        """The number of the process, which is that of its group too."""
        return self._process.pid

    def ask(self, question: dict[str, Any], content: bytes, seconds: float, convert: Convert | None) -> bytes:
        """The answer to one question about one file. Raises Broken; then the child is of no more use.

        `seconds` is the wall time without that of `convert`, which the child may ask for (see CONVERTING). Raises
        OSError where the child did not even start, which is no fault of the file.
        """
        self.usable = False
        self._meet()
        clock = _Clock(seconds, self._kill)
        converting = 0.0
        header, body = self._exchange({**question, "seconds": seconds}, content, clock)
        while "convert" in header:
            began = monotonic()
            reply = _converted(body, str(header["convert"]), convert if converting < CONVERTING else None)
            converting += monotonic() - began
            header, body = self._exchange(*reply, clock)
        self.turned = self._turned(header)
        self.usable = not clock.struck and not header.get("last", True)
        return body

    def end(self) -> int:
        """Ends the process and all that it started; its exit code. A second call does nothing."""
        if self._process.returncode is not None:
            return self._process.returncode
        self._kill()
        code = self._process.wait()
        for pipe in self._pipes:
            # What was still to be written is for a child that is gone.
            with suppress(BrokenPipeError):
                pipe.close()
        return code

    def _exchange(self, header: dict[str, Any], content: bytes, clock: _Clock) -> Message:
        requests, answers = self._pipes
        try:
            with clock.running():
                send(requests, header, content)
                return receive(answers)
        except (EOFError, OSError, ValueError) as error:
            code = self.end()
            if clock.struck:
                raise Broken(f"it took longer than {clock.seconds:g} seconds") from error
            if isinstance(error, ValueError):
                raise Broken("its reader gave an answer that cannot be taken") from error
            raise Broken(f"it broke its reader (exit code {code})") from error

    def _turned(self, header: dict[str, Any]) -> Turned:
        try:
            return _TURNED.validate_python(header.get("turned", {}))
        except ValidationError as error:
            self.end()
            raise Broken("its reader gave an answer that cannot be taken") from error

    def _meet(self) -> None:
        """Before the first question: what the child could limit, and the definitions for it."""
        if self._met:
            return
        requests, answers = self._pipes
        try:
            header, _ = receive(answers)
        except EOFError as error:
            raise ChildProcessError(
                f"A process for reading files did not start (exit code {self.end()}), so that no file can be read. "
                "`python -m mailbot.documents.reading 1000000000 1000000 </dev/null` shows why."
            ) from error
        self.network_cut = bool(header.get("network_cut"))
        send(requests, {}, self._definitions)
        self._met = True

    @property
    def _pipes(self) -> tuple[BinaryIO, BinaryIO]:
        process = self._process
        assert process.stdin is not None and process.stdout is not None  # noqa: S101
        return process.stdin, process.stdout  # type: ignore[return-value]

    def _kill(self) -> None:
        # Gone already, and with all that it started.
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)


class _Clock:
    """The time of one file. It stands still while the parent works for the child, and strikes when it is used up."""

    def __init__(self, seconds: float, strike: Callable[[], None]) -> None:
        self.seconds = seconds
        self.struck = False
        self._left = seconds
        self._strike = strike

    @contextmanager
    def running(self) -> Iterator[None]:
        """Within it the time runs; after it `struck` is final."""
        began = monotonic()
        timer = threading.Timer(self._left, self._over)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()
            self._left = max(0.0, self._left - (monotonic() - began))

    def _over(self) -> None:
        self.struck = True
        self._strike()


def _converted(content: bytes, suffix: str, convert: Convert | None) -> Message:
    """What the child is told when it asks for LibreOffice."""
    if convert is None:
        return {"problem": "The archive holds more old files than are converted. Look at this one by hand."}, b""
    try:
        return {}, convert(content, suffix)
    except ConverterProblem as problem:
        return {"problem": str(problem)}, b""
