"""A zip's members within limits: how many, how large, how tightly packed (a zip may legally hold a thousandfold)."""

from __future__ import annotations

import io
import zipfile

MEMBERS = 500
MEMBER_BYTES = 120_000_000
TOTAL_BYTES = 300_000_000
RATIO = 200
SMALL = 5_000_000


class TooMuch(Exception):
    """The archive asks for more than a reader gives. The message says of what."""


class Locked(Exception):
    """The archive needs a password."""


def open_archive(content: bytes) -> zipfile.ZipFile:
    """The archive, its declared sizes checked. Raises TooMuch, Locked or zipfile.BadZipFile."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    members = [info for info in archive.infolist() if not info.is_dir()]
    if len(members) > MEMBERS:
        raise TooMuch(f"it holds {len(members)} files, more than the {MEMBERS} allowed")
    if any(info.flag_bits & 0x1 for info in members):
        raise Locked
    declared = sum(info.file_size for info in members)
    if declared > TOTAL_BYTES:
        raise TooMuch(f"it would unpack to {declared // 1_000_000} MB")
    if declared > SMALL and declared > RATIO * max(len(content), 1):
        raise TooMuch("it is packed more tightly than any honest file")
    return archive


def member(archive: zipfile.ZipFile, name: str) -> bytes:
    """One member's bytes, counted while they come: a declared size may lie. Raises TooMuch, KeyError if absent."""
    with archive.open(name) as stream:
        content = stream.read(MEMBER_BYTES + 1)
    if len(content) > MEMBER_BYTES:
        raise TooMuch(f"one member is larger than {MEMBER_BYTES // 1_000_000} MB")
    return content


SYSTEM_FOLDERS = {"__macosx", ".git"}
SYSTEM_NAMES = {"thumbs.db", "desktop.ini", ".ds_store"}


def papers(archive: zipfile.ZipFile) -> list[str]:
    """The names of the members a person put there: no folders, lock files (`~$...`) or files of the system."""
    names = []
    for info in archive.infolist():
        *folders, base = info.filename.replace("\\", "/").split("/")
        ours = not SYSTEM_FOLDERS & {folder.lower() for folder in folders} and base.lower() not in SYSTEM_NAMES
        if ours and not info.is_dir() and base and not base.startswith(("~$", "._", ".~lock")):
            names.append(info.filename)
    return names
