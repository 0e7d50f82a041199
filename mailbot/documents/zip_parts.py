"""A Word file or workbook, some of its parts looked at or changed: both are zips of XML."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO

from lxml import etree

from mailbot.errors import ConverterProblem

Part = etree._Element

_DAMAGE = (zipfile.BadZipFile, zlib.error, etree.XMLSyntaxError, EOFError, ValueError, RuntimeError, OSError)
_LIMIT = 200_000_000
"""Bytes that a file may unpack to."""


def parts_of(archive: bytes, pattern: str) -> dict[str, Part]:
    """The parts whose whole names match, by name. Raises ConverterProblem where the archive is damaged."""
    with _unpacking(archive) as source:
        return {name: _parsed(source.read(name)) for name in source.namelist() if re.fullmatch(pattern, name)}


def names_of(archive: bytes) -> list[str]:
    """The names of all its parts. Raises ConverterProblem where the archive is damaged."""
    with _unpacking(archive) as source:
        return source.namelist()


def with_parts_changed(archive: bytes, changes: Mapping[str, Callable[[Part], None]]) -> bytes:
    """The archive with each part whose whole name matches a pattern put through its change. Same input, same bytes.

    The changes are made one after the other. Raises ConverterProblem where the archive is damaged.
    """
    result = BytesIO()
    with _unpacking(archive) as source, zipfile.ZipFile(result, "w") as target:
        contents = {name: source.read(name) for name in source.namelist()}
        for pattern, change in changes.items():
            for name in contents:
                if re.fullmatch(pattern, name):
                    root = _parsed(contents[name])
                    change(root)
                    contents[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
        for name, content in contents.items():
            # It is read once and thrown away: packed in haste, but packed, for many of them lie in memory together.
            target.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED, compresslevel=1)
    return result.getvalue()


def is_whole(archive: bytes) -> bool:
    """Whether every part can be unpacked, and no name stands twice. Raises ConverterProblem where not even that."""
    with _unpacking(archive) as source:
        names = source.namelist()
        return len(set(names)) == len(names) and source.testzip() is None


def remove(element: Part) -> None:
    """Take an element out of its part, with all that is in it."""
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


@contextmanager
def _unpacking(archive: bytes) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(BytesIO(archive)) as source:
            if sum(entry.file_size for entry in source.infolist()) > _LIMIT:
                raise ConverterProblem("The file unpacks to more than 200 MB and was not opened. Look at it by hand.")
            yield source
    except _DAMAGE as problem:
        raise ConverterProblem(f"The file is damaged ({type(problem).__name__}). Ask for it again.") from problem


def _parsed(content: bytes) -> Part:
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
