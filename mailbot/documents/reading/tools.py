"""What a reader is given besides the file itself: LibreOffice for old formats, and the passwords to try."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Convert = Callable[[bytes, str], bytes]
"""An old format's bytes and its suffix (".doc") to .docx bytes; raises ConverterProblem."""


@dataclass(frozen=True)
class Tools:
    """Without `convert` an old format (.doc, .rtf, .odt) is a problem of its Document."""

    convert: Convert | None = None
    passwords: tuple[str, ...] = ()


BARE_HANDS = Tools()
