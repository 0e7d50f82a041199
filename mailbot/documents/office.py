"""Word and Excel files to PDF (or to .docx) by LibreOffice, in a box: no macros, no network, no waiting for ever.

LibreOffice ends with exit code 0 when it fails, so only the file that it leaves behind counts.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import zipfile
from contextlib import suppress
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Literal

import pikepdf

from mailbot.errors import ConverterProblem

Target = Literal["pdf", "docx", "xlsx"]

WORD_SUFFIXES = frozenset({".docx", ".docm", ".dotx", ".doc", ".dot", ".odt", ".rtf"})
SHEET_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".ods"})
SLIDE_SUFFIXES = frozenset({".pptx", ".ppt", ".odp"})
OFFICE_SUFFIXES = WORD_SUFFIXES | SHEET_SUFFIXES | SLIDE_SUFFIXES

_OLE = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"
_ZIPPED = frozenset({".docx", ".docm", ".dotx", ".odt", ".xlsx", ".xlsm", ".ods", ".pptx", ".odp"})
_PDF_OPTIONS = (
    '{"UseTaggedPDF":{"type":"boolean","value":"true"},"ExportBookmarks":{"type":"boolean","value":"false"}}'
)
_FILTERS = {"docx": "docx:MS Word 2007 XML", "xlsx": "xlsx:Calc MS Excel 2007 XML"}


REMEMBERED = 64
"""Conversions kept in memory: a second version of a pack converts only what is new."""


class Converter:
    """One LibreOffice with a throw-away profile of its own. One conversion at a time; 1 to 2 seconds each."""

    def __init__(self, command: str | None, timeout: float = 60.0) -> None:
        """`command` is the path of soffice, none if it is not installed; `timeout` is in seconds for one file."""
        self._command = command
        self._timeout = timeout
        self._one_at_a_time = threading.Lock()
        self._made: dict[tuple[str, str, Target], bytes] = {}

    @classmethod
    def find(cls) -> Converter:
        """The LibreOffice on this machine's path, if there is one."""
        return cls(shutil.which("soffice") or shutil.which("libreoffice"))

    @property
    def available(self) -> bool:
        """Whether there is a LibreOffice to call."""
        return self._command is not None and shutil.which(self._command) is not None

    def convert(self, content: bytes, suffix: str, to: Target) -> bytes:
        """The file in another format. `suffix` is that of the file's name, with its dot.

        Raises ConverterProblem when LibreOffice is absent, the file is not what its name says (or needs a password),
        nothing came out in time, or what came out is no such file.
        """
        if self._command is None or not self.available:
            raise ConverterProblem("LibreOffice is not installed here. Install it, or read the original.")
        suffix = suffix.lower()
        refuse_other_content(content, suffix)
        key = (hashlib.sha256(content).hexdigest(), suffix, to)
        with self._one_at_a_time:
            if key not in self._made:
                if len(self._made) == REMEMBERED:
                    del self._made[next(iter(self._made))]
                self._made[key] = self._convert(content, suffix, to)
            return self._made[key]

    def _convert(self, content: bytes, suffix: str, to: Target) -> bytes:
        with tempfile.TemporaryDirectory(prefix="mailbot-convert-") as folder:
            source = Path(folder, "in", f"document{suffix}")
            source.parent.mkdir()
            source.write_bytes(content)
            said = self._run(source, Path(folder, "out"), _filter(suffix, to))
            return _checked(Path(folder, "out", f"document.{to}"), to, said)

    def _run(self, source: Path, out: Path, target: str) -> str:
        """Call LibreOffice; what it said. The whole process group is killed when the time is over."""
        command = [
            *self._without_network,
            str(self._command),
            f"-env:UserInstallation={Path(self._profile.name).as_uri()}",
            *("--headless", "--norestore", "--nolockcheck", "--nodefault", "--nofirststartwizard"),
            *("--convert-to", target, "--outdir", str(out), str(source)),
        ]
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=source.parent,
            env={"PATH": os.environ.get("PATH", os.defpath), "HOME": self._profile.name, "LANG": "C.UTF-8"},
            start_new_session=True,
        )
        try:
            said, _ = process.communicate(timeout=self._timeout)
        except subprocess.TimeoutExpired:
            raise ConverterProblem(
                f"LibreOffice did not finish with the {source.suffix} file within {self._timeout:g} seconds "
                "and was stopped. Read the original, or ask the sender for a PDF."
            ) from None
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        return said.decode("utf-8", "replace").strip()

    @cached_property
    def _profile(self) -> tempfile.TemporaryDirectory[str]:
        profile = tempfile.TemporaryDirectory(prefix="mailbot-libreoffice-", ignore_cleanup_errors=True)
        user = Path(profile.name, "user")
        user.mkdir()
        shutil.copy(Path(__file__).with_name("locked_profile.xcu"), user / "registrymodifications.xcu")
        return profile

    @cached_property
    def _without_network(self) -> tuple[str, ...]:
        """`unshare -rn` where the machine allows it; containers often do not, then the locked settings must do."""
        if not shutil.which("unshare"):
            return ()
        allowed = subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode == 0
        return ("unshare", "-rn") if allowed else ()


def _filter(suffix: str, to: Target) -> str:
    if to != "pdf":
        return _FILTERS[to]
    if suffix in SHEET_SUFFIXES:
        return f"pdf:calc_pdf_Export:{_PDF_OPTIONS}"
    if suffix in SLIDE_SUFFIXES:
        return f"pdf:impress_pdf_Export:{_PDF_OPTIONS}"
    return f"pdf:writer_pdf_Export:{_PDF_OPTIONS}"


def refuse_other_content(content: bytes, suffix: str) -> None:
    """LibreOffice makes a PDF of garbage out of any bytes: they are looked at first. Raises ConverterProblem."""
    if suffix not in OFFICE_SUFFIXES:
        raise ConverterProblem(f"A {suffix or 'nameless'} file is not one that LibreOffice is asked to open.")
    if suffix in _ZIPPED and content.startswith(_OLE):
        raise ConverterProblem(f"The {suffix} file needs a password (or is an old format under a new name).")
    if suffix in _ZIPPED and not content.startswith(_ZIP):
        raise ConverterProblem(f"The file is called {suffix} and is something else, or it is damaged.")
    if suffix not in _ZIPPED and not content.startswith((_OLE, _ZIP, b"{\\rtf")):
        raise ConverterProblem(f"The file is called {suffix} and is something else, or it is damaged.")


def _checked(made: Path, to: Target, said: str) -> bytes:
    """The bytes that LibreOffice left, if they are what was asked for."""
    if not made.is_file() or not made.stat().st_size:
        raise ConverterProblem(f"LibreOffice could not open the file, it may need a password. It said: {said or '-'}")
    content = made.read_bytes()
    try:
        if to == "pdf":
            with pikepdf.open(BytesIO(content)) as pdf:
                whole = len(pdf.pages) > 0
        else:
            with zipfile.ZipFile(BytesIO(content)) as archive:
                whole = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}[to] in archive.namelist()
    except (pikepdf.PdfError, zipfile.BadZipFile) as problem:
        raise ConverterProblem(f"LibreOffice left something that is no {to} file ({problem}).") from problem
    if not whole:
        raise ConverterProblem(f"LibreOffice left a {to} file with nothing in it. It said: {said or '-'}")
    return content
