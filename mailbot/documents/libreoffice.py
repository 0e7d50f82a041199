"""One call of LibreOffice, in a box: no macros, no network, little memory, no waiting for ever, nothing left behind.

LibreOffice ends with exit code 0 when it fails, so only the files that it leaves behind count.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from time import monotonic
from typing import NamedTuple

MEMORY = 2 << 30
"""Bytes of address space for each process of a call. 0.6 GB is enough for a letter; the rest is for large papers."""
LARGEST_FILE = 1 << 29
"""Bytes that one file may have that LibreOffice writes, so that no paper fills the disk."""
_SETTINGS = Path(__file__).with_name("locked_profile.xcu")
_LIMITED = 'ulimit -c 0; ulimit -v "$1"; ulimit -f "$2"; shift 2; exec "$@"'
_VERSION_SECONDS = 10.0
_LOOK = 0.05
"""Seconds between two looks at what has come out; a call that has ended is seen at once."""


class Call(NamedTuple):
    """What one call left: for each file what came of it, or none; what LibreOffice said; whether it was stopped."""

    made: list[bytes | None]
    said: str
    stopped: bool


class LibreOffice:
    """The program. Each call has a folder of its own with its profile, its temporary files and what it makes.

    A new profile costs no more than a used one, and can be neither damaged nor changed by the file before.
    """

    def __init__(self, command: str | None, timeout: float = 60.0) -> None:
        """`command` is the path of soffice, none if it is not installed; `timeout` is in seconds for one file."""
        self._command = command
        self.timeout = timeout

    @staticmethod
    def on_path() -> str | None:
        """The command of the LibreOffice on this machine's path, if there is one."""
        return shutil.which("soffice") or shutil.which("libreoffice")

    @property
    def available(self) -> bool:
        """Whether there is a LibreOffice to call."""
        return self._command is not None and shutil.which(self._command) is not None

    @cached_property
    def version(self) -> str:
        """What it calls itself (`LibreOffice 7.4.7.2 40(Build:2)`); empty where it does not say it in time."""
        with _folder() as folder:
            profile = f"-env:UserInstallation={folder.as_uri()}"
            asking = _running([str(self._command), profile, "--version"], folder)
            with asking as process, suppress(subprocess.TimeoutExpired):
                process.wait(min(self.timeout, _VERSION_SECONDS))
            said = _said(folder)
        return said.splitlines()[0] if process.returncode == 0 and said else ""

    @cached_property
    def build(self) -> str:
        """A mark of the program: another one may give other pages. Empty where there is none.

        Its own file tells, and what its maker wrote beside it. Only where that is missing (a wrapper, a snap) is it
        asked, which takes 0.2 seconds.
        """
        found = shutil.which(self._command or "")
        if found is None:
            return ""
        program = Path(found).resolve()
        told = program.with_name("versionrc")
        if not told.is_file():
            return self.version
        return f"{hashlib.sha256(told.read_bytes()).hexdigest()[:12]} {program.stat().st_mtime_ns}"

    @cached_property
    def settings(self) -> str:
        """A mark of the settings that every call has: other settings may give other pages."""
        return hashlib.sha256(_SETTINGS.read_bytes()).hexdigest()[:12]

    def convert(self, files: Sequence[tuple[bytes, str]], target: str, suffix: str) -> Call:
        """Convert files (bytes and suffix), in their order, by the filter `target`; what comes out ends in `suffix`.

        The whole process group is killed when nothing more has come out for the time of one file.
        """
        with _folder() as folder:
            for part in ("in", "out", "profile/user"):
                Path(folder, part).mkdir(parents=True)
            shutil.copy(_SETTINGS, folder / "profile" / "user" / "registrymodifications.xcu")
            sources = [folder / "in" / f"{number:04}{ending}" for number, (_, ending) in enumerate(files)]
            for source, (content, _) in zip(sources, files, strict=True):
                source.write_bytes(content)
            with _running(self._command_for(folder, target, sources), folder) as process:
                stopped = not self._ended(process, folder / "out")
            made = [folder / "out" / f"{source.stem}{suffix}" for source in sources]
            return Call([file.read_bytes() if file.is_file() else None for file in made], _said(folder), stopped)

    def _command_for(self, folder: Path, target: str, sources: Sequence[Path]) -> list[str]:
        return [
            *("/bin/sh", "-c", _LIMITED, "sh", str(MEMORY // 1024), str(LARGEST_FILE // 512)),
            *self._without_network,
            str(self._command),
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            *("--headless", "--norestore", "--nolockcheck", "--nodefault", "--nofirststartwizard"),
            *("--convert-to", target, "--outdir", str(folder / "out"), *map(str, sources)),
        ]

    def _ended(self, process: subprocess.Popen[bytes], out: Path) -> bool:
        """Wait for the end; not for ever: each file that comes out gives the time of one more."""
        came, since = 0, monotonic()
        while monotonic() - since < self.timeout:
            with suppress(subprocess.TimeoutExpired):
                process.wait(_LOOK)
                return True
            now = sum(1 for _ in out.iterdir())
            if now > came:
                came, since = now, monotonic()
        return False

    @cached_property
    def _without_network(self) -> tuple[str, ...]:
        """`unshare -rn` where the machine allows it; containers often do not, then the locked settings must do."""
        if not shutil.which("unshare"):
            return ()
        allowed = subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode == 0
        return ("unshare", "-rn") if allowed else ()


@contextmanager
def _folder() -> Iterator[Path]:
    """A private folder for one call, removed afterwards with all that was written into it."""
    with tempfile.TemporaryDirectory(prefix="mailbot-convert-", ignore_cleanup_errors=True) as name:
        (Path(name) / "tmp").mkdir()
        yield Path(name)


@contextmanager
def _running(command: list[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The program at work, with nothing of our environment but the path; all that it started ends at the end."""
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env={
                "PATH": os.environ.get("PATH", os.defpath),
                "LANG": "C.UTF-8",
                **dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP"), str(folder / "tmp")),
            },
            start_new_session=True,
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _said(folder: Path) -> str:
    return (folder / "said").read_text("utf-8", "replace").strip()
