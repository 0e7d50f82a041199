"""What a reader is given besides the file itself: LibreOffice, the passwords to try, and how much it may spend."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from time import monotonic

from mailbot.documents.reading.archive import TooMuch

Convert = Callable[[bytes, str], bytes]
"""An old format's bytes and its suffix (".doc") to .docx bytes; raises ConverterProblem."""
MEMBERS = 1_000
UNPACKED = 300_000_000


@dataclass
class Budget:
    """What one file may cost with all the archives and mails in it, which only becomes less; and how its scans stand.

    `members` is the files that may still be taken out, `unpacked` their bytes; `until` a moment of time.monotonic()
    by which a reader of many pages should give what it has, because the process will not live much longer.
    """

    members: int = MEMBERS
    unpacked: int = UNPACKED
    until: float = inf
    pictures: int = 0
    """Pages that were read off pictures so far."""
    turned: dict[str, dict[int, int]] = field(default_factory=dict)
    """Of each scan that was read, by its SHA-256: the pages (from 0) that do not stand upright, with the degrees
    clockwise that set them so. Nothing of a scan of which that is not sure."""

    def stands(self, content: bytes, turned: dict[int, int] | None) -> None:
        """Notes how the pages of a scan stand, where that is known."""
        if turned is not None:
            self.turned[hashlib.sha256(content).hexdigest()] = turned

    def spend(self, size: int) -> None:
        """Counts one file of `size` bytes that lay in another. Raises TooMuch where there is nothing left for it."""
        self.members -= 1
        self.unpacked -= size
        if self.members < 0:
            raise TooMuch(f"what it lies in holds more than {MEMBERS} files over all its levels")
        if self.unpacked < 0:
            raise TooMuch(f"what it lies in unpacks to more than {UNPACKED // 1_000_000} MB over all its levels")

    @property
    def seconds_left(self) -> float:
        """Seconds until `until`; infinite where nobody set a time."""
        return self.until - monotonic()


@dataclass(frozen=True)
class Tools:
    """Without `convert` an old format (.doc, .rtf, .odt) is a problem of its Document. One set serves one file."""

    convert: Convert | None = None
    passwords: tuple[str, ...] = ()
    budget: Budget = field(default_factory=Budget)
