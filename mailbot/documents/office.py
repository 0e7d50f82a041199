"""Word and Excel files to PDF (or to .docx and .xlsx) by LibreOffice: many at once, nothing twice."""

from __future__ import annotations

import hashlib
import os
import threading
import zipfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Literal, Protocol

import pikepdf

from mailbot.documents.libreoffice import LibreOffice
from mailbot.errors import ConverterProblem

Target = Literal["pdf", "docx", "xlsx"]

WORD_SUFFIXES = frozenset({".docx", ".docm", ".dotx", ".doc", ".dot", ".odt", ".rtf"})
SHEET_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".ods"})
SLIDE_SUFFIXES = frozenset({".pptx", ".ppt", ".odp"})
OFFICE_SUFFIXES = WORD_SUFFIXES | SHEET_SUFFIXES | SLIDE_SUFFIXES

INSTALL = "Install libreoffice-writer-nogui and libreoffice-calc-nogui."
REMEMBERED = 64
"""Conversions kept where no other memory is given."""
AT_ONCE = 40
"""Files given to one call: its start is shared, and what it leaks ends with it."""
WORTH_TWO = 6
"""Files for which a second LibreOffice is started on another core; for fewer its start costs more than it saves."""

_OLE = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"
_ZIPPED = frozenset({".docx", ".docm", ".dotx", ".odt", ".xlsx", ".xlsm", ".ods", ".pptx", ".odp"})
# Which PDF filter is right LibreOffice tells by the kind of document.
_FILTERS: dict[Target, str] = {
    "pdf": "pdf",
    "docx": "docx:MS Word 2007 XML",
    "xlsx": "xlsx:Calc MS Excel 2007 XML",
}

File = tuple[bytes, str, Target]
"""A file's bytes, the suffix of its name with its dot, and what to make of it."""


class Memory(Protocol):
    """Where conversions are remembered. A key tells the file, what was wanted and the LibreOffice that made it."""

    def recall(self, key: str) -> bytes | None:
        """What was made before, if it is still known."""

    def remember(self, key: str, made: bytes) -> None:
        """Keep what was made; older conversions may be forgotten for it."""


class ShortMemory:
    """The last conversions of this process."""

    def __init__(self) -> None:
        self._made: dict[str, bytes] = {}

    def recall(self, key: str) -> bytes | None:
        """What was made before, if it is still known."""
        return self._made.get(key)

    def remember(self, key: str, made: bytes) -> None:
        """Keep what was made; the oldest goes for it."""
        if len(self._made) == REMEMBERED:
            del self._made[next(iter(self._made))]
        self._made[key] = made


class Converter:
    """Files in another format. A call of LibreOffice takes 1 to 2 seconds, and 0.2 to 0.4 for each file."""

    def __init__(self, command: str | None, timeout: float = 60.0, memory: Memory | None = None) -> None:
        """`command` is the path of soffice, none if it is not installed; `timeout` is in seconds for one file.

        `memory` is where conversions are remembered; without one, this process remembers the last of them.
        """
        self._office = LibreOffice(command, timeout)
        self._memory = memory or ShortMemory()
        self._one_at_a_time = threading.Lock()

    @classmethod
    def find(cls, memory: Memory | None = None) -> Converter:
        """The LibreOffice on this machine's path, if there is one."""
        return cls(LibreOffice.on_path(), memory=memory)

    @property
    def available(self) -> bool:
        """Whether there is a LibreOffice to call."""
        return self._office.available

    @property
    def version(self) -> str:
        """What LibreOffice calls itself; empty where it is absent or does not start."""
        return self._office.version if self.available else ""

    def convert(self, content: bytes, suffix: str, to: Target) -> bytes:
        """The file in another format. `suffix` is that of the file's name, with its dot.

        Raises ConverterProblem when LibreOffice is absent, the file is not what its name says (or needs a password),
        nothing came out in time, or what came out is no such file.
        """
        (made,) = self.convert_all([(content, suffix, to)])
        if isinstance(made, ConverterProblem):
            raise made
        return made

    def convert_all(self, files: Sequence[File]) -> list[bytes | ConverterProblem]:
        """Each file in another format, or what `convert` would raise for it; one bad file spoils no other."""
        files = [(content, suffix.lower(), to) for content, suffix, to in files]
        with self._one_at_a_time:
            keys = [self._key(file) for file in files]
            found: dict[str, bytes | ConverterProblem] = {}
            new: dict[str, File] = {}
            for key, file in zip(keys, files, strict=True):
                known = self._refused(file) or self._memory.recall(key)
                if known is None:
                    new[key] = file
                else:
                    found[key] = known
            for to in _FILTERS:
                found |= self._side_by_side({key: file for key, file in new.items() if file[2] == to}, to)
        return [found[key] for key in keys]

    def _key(self, file: File) -> str:
        content, suffix, to = file
        return f"{hashlib.sha256(content).hexdigest()} {suffix} {to} {self._office.build} {self._office.settings}"

    def _refused(self, file: File) -> ConverterProblem | None:
        if not self.available:
            return ConverterProblem(f"LibreOffice is not installed here. {INSTALL} Or read the original.")
        try:
            refuse_other_content(*file[:2])
        except ConverterProblem as problem:
            return problem
        return None

    def _side_by_side(self, files: dict[str, File], to: Target) -> dict[str, bytes | ConverterProblem]:
        """Convert files by one filter, in two calls at once where there are many and the machine has the cores."""
        number = 2 if len(files) >= WORTH_TWO and len(os.sched_getaffinity(0)) > 1 else 1
        shares = [dict(list(files.items())[place::number]) for place in range(number)]
        with ThreadPoolExecutor(number) as pool:
            first, *second = pool.map(lambda share: self._made(share, to), shares)
        return first | dict(*second)

    def _made(self, files: dict[str, File], to: Target) -> dict[str, bytes | ConverterProblem]:
        """Convert files by one filter, AT_ONCE in one call.

        Who of them broke a call cannot be told from it. The first that is missing is tried alone, and the others,
        which it may have taken with it, together again.
        """
        found: dict[str, bytes | ConverterProblem] = {}
        waiting = list(files)
        alone = False
        while waiting:
            keys = waiting[: 1 if alone else AT_ONCE]
            results = self._called([files[key] for key in keys], to)
            for key, result in zip(keys, results, strict=True):
                if isinstance(result, bytes):
                    self._memory.remember(key, result)
                if isinstance(result, bytes) or len(keys) == 1:
                    found[key] = result
            # Alone only when its call with others has just failed it.
            alone = len(keys) > 1 and any(key not in found for key in keys)
            waiting = [key for key in waiting if key not in found]
        return found

    def _called(self, files: list[File], to: Target) -> list[bytes | ConverterProblem]:
        call = self._office.convert([(content, suffix) for content, suffix, _ in files], _FILTERS[to], f".{to}")
        return [
            self._late(suffix) if made is None and call.stopped else _checked(made or b"", to, call.said)
            for made, (_, suffix, _) in zip(call.made, files, strict=True)
        ]

    def _late(self, suffix: str) -> ConverterProblem:
        return ConverterProblem(
            f"LibreOffice did not finish with the {suffix} file within {self._office.timeout:g} seconds "
            "and was stopped. Read the original, or ask the sender for a PDF."
        )


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


def _checked(made: bytes, to: Target, said: str) -> bytes | ConverterProblem:
    """The bytes that LibreOffice left, if they are what was asked for."""
    if not made:
        return ConverterProblem(
            f"LibreOffice could not open the file, it may need a password. It said: {said or '-'}"
        )
    try:
        if to == "pdf":
            with pikepdf.open(BytesIO(made)) as pdf:
                whole = len(pdf.pages) > 0
        else:
            with zipfile.ZipFile(BytesIO(made)) as archive:
                whole = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}[to] in archive.namelist()
    except (pikepdf.PdfError, zipfile.BadZipFile) as problem:
        return ConverterProblem(f"LibreOffice left something that is no {to} file ({problem}).")
    return (
        made
        if whole
        else ConverterProblem(f"LibreOffice left a {to} file with nothing in it. It said: {said or '-'}")
    )
