"""What an office file or PDF holds that its printed pages do not show as it stands: each a short sentence."""

from __future__ import annotations

import re
import zipfile
import zlib
from io import BytesIO

from lxml import etree

from mailbot.cases.wording import count

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_CHANGES = frozenset(_WORD + name for name in ("ins", "del", "moveFrom", "moveTo"))
_STORY = re.compile(r"word/(document|footnotes|endnotes|header\d*|footer\d*)\.xml")
_LARGEST = 60_000_000
"""Bytes of one part that are looked at; nobody writes a longer one by hand."""
CHANGES_ACCEPTED = "Tracked changes are shown as accepted."


def remarks_of_word(docx: bytes) -> tuple[str, ...]:
    """Tracked changes and comments. A damaged file gives none: its conversion says what is wrong with it."""
    parts = _parts(docx)
    changed = any(_has(part, _CHANGES) for name, part in parts.items() if _STORY.fullmatch(name))
    comments = _many(parts.get("word/comments.xml"), f"{_WORD}comment")
    return (*((CHANGES_ACCEPTED,) if changed else ()), *_of_comments(comments))


def remarks_of_sheet(xlsx: bytes) -> tuple[str, ...]:
    """Comments in cells, and sheets, rows and columns that are hidden."""
    parts = _parts(xlsx)
    comments = sum(_many(part, f"{_SHEET}comment") for name, part in parts.items() if name.startswith("xl/comments"))
    sheets = _many(parts.get("xl/workbook.xml"), f"{_SHEET}sheet", "state")
    worksheets = [part for name, part in parts.items() if name.startswith("xl/worksheets/")]
    lines = any(_many(part, f"{_SHEET}{line}", "hidden") for part in worksheets for line in ("row", "col"))
    hidden = [
        *((count(sheets, "hidden sheet"),) if sheets else ()),
        *(("Hidden rows or columns",) if lines else ()),
    ]
    return (*_of_comments(comments), *(f"{said[:1].upper()}{said[1:]} not shown." for said in hidden))


def remark_of_notes(notes: int) -> tuple[str, ...]:
    """What is said of a PDF with so many written notes stuck on its pages."""
    return _of_comments(notes)


def _of_comments(number: int) -> tuple[str, ...]:
    return (f"{count(number, 'comment')} not shown: see the original.",) if number else ()


def _parts(archive: bytes) -> dict[str, bytes]:
    """The XML parts of the zip that are small enough to be looked at."""
    try:
        with zipfile.ZipFile(BytesIO(archive)) as opened:
            wanted = [i for i in opened.infolist() if i.filename.endswith(".xml") and i.file_size <= _LARGEST]
            return {info.filename: opened.read(info) for info in wanted}
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError):
        return {}


def _has(part: bytes, names: frozenset[str]) -> bool:
    return any(True for _ in _elements(part, names))


def _many(part: bytes | None, name: str, flag: str = "") -> int:
    """How many elements of the name there are: with a flag, only those where it is set to more than nothing."""
    if part is None:
        return 0
    found = _elements(part, frozenset({name}))
    return sum(not flag or element.get(flag) not in (None, "0", "false", "visible") for element in found)


def _elements(part: bytes, names: frozenset[str]) -> list[etree._Element]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    tree = etree.fromstring(part, parser)
    return list(tree.iter(*names)) if tree is not None else []
