"""Zip and gzip within limits: how many members, how large, how tightly packed."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise

MEMBERS = 500
MEMBER_BYTES = 120_000_000
TOTAL_BYTES = 300_000_000
RATIO = 200
"""Unpacked to packed bytes, above the size SMALL. A zip may legally hold a thousandfold; papers never do."""
SMALL = 5_000_000

SYSTEM_FOLDERS = {"__macosx", ".git"}
SYSTEM_NAMES = {"thumbs.db", "desktop.ini", ".ds_store"}


class TooMuch(Exception):
    """The archive asks for more than a reader gives. The message says of what."""


class Locked(Exception):
    """The file needs a password. The message, if there is one, says why no password will do."""


def check_sizes(sizes: Sequence[int], packed: int) -> None:
    """Raises TooMuch where an archive of `packed` bytes declares too many members, or members too large in sum."""
    if len(sizes) > MEMBERS:
        raise TooMuch(f"it holds {len(sizes)} files, more than the {MEMBERS} allowed")
    declared = sum(sizes)
    if declared > TOTAL_BYTES:
        raise TooMuch(f"it would unpack to {declared // 1_000_000} MB")
    if declared > SMALL and declared > RATIO * max(packed, 1):
        raise TooMuch("it is packed more tightly than any honest file")


def open_archive(content: bytes) -> zipfile.ZipFile:
    """The zip, its declared sizes checked. Raises TooMuch or zipfile.BadZipFile."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    members = [info for info in archive.infolist() if not info.is_dir()]
    check_sizes([info.file_size for info in members], len(content))
    places = sorted((info.header_offset, info.compress_size) for info in members)
    if any(start + size > following for (start, size), (following, _) in pairwise(places)):
        raise TooMuch("its members lie over one another, as in no honest file")
    return archive


def member(archive: zipfile.ZipFile, name: str | zipfile.ZipInfo, passwords: Sequence[str] = ()) -> bytes:
    """One member's bytes, counted while they come: a declared size may lie.

    Raises Locked where none of the passwords opens it, TooMuch, KeyError if it is absent, zipfile.BadZipFile.
    """
    info = archive.getinfo(name) if isinstance(name, str) else name
    if is_locked(info):
        return _locked_member(archive, info, passwords)
    with archive.open(info) as stream:
        return _counted(stream.read(MEMBER_BYTES + 1))


def is_locked(info: zipfile.ZipInfo) -> bool:
    """Whether the member needs a password (bit 0 of its flags, APPNOTE 4.4.4)."""
    return bool(info.flag_bits & 0x1)


def _locked_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, passwords: Sequence[str]) -> bytes:
    import pyzipper

    number = archive.infolist().index(info)
    with pyzipper.AESZipFile(archive.fp) as locked:
        for password in spellings(passwords):
            try:
                with locked.open(locked.infolist()[number], pwd=password) as stream:
                    return _counted(stream.read(MEMBER_BYTES + 1))
            # The old encryption takes one wrong password in 256, and only what comes out is then damaged.
            except (RuntimeError, pyzipper.BadZipFile, zlib.error, EOFError):
                continue
    raise Locked


def spellings(passwords: Sequence[str]) -> Iterator[bytes]:
    """Each password as the bytes that packers make of it: a pound sign is one byte for some, two for others."""
    for password in passwords:
        for encoding in ("utf-8", "cp1252", "cp850"):
            spelled = password.encode(encoding, "ignore")
            if encoding == "utf-8" or not password.isascii():
                yield spelled


def gunzipped(content: bytes) -> bytes:
    """What a gzip holds. Raises TooMuch, gzip.BadGzipFile, EOFError or zlib.error."""
    with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
        unpacked = _counted(stream.read(MEMBER_BYTES + 1))
    check_sizes([len(unpacked)], len(content))
    return unpacked


def _counted(content: bytes) -> bytes:
    if len(content) > MEMBER_BYTES:
        raise TooMuch(f"one member is larger than {MEMBER_BYTES // 1_000_000} MB")
    return content


def papers(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The members a person put there."""
    return [info for info in archive.infolist() if not info.is_dir() and is_paper(info.filename)]


def is_paper(path: str) -> bool:
    """Whether a person put the file there: no lock files (`~$...`) and no files of the system."""
    *folders, base = path.replace("\\", "/").split("/")
    if SYSTEM_FOLDERS & {folder.lower() for folder in folders} or base.lower() in SYSTEM_NAMES:
        return False
    return bool(base) and not base.startswith(("~$", "._", ".~lock"))


def title_of(path: str, said_utf8: bool = True) -> str:
    """The member's name without its folders. A path is never followed, so it may be as absolute as it likes.

    Some packers write UTF-8 without saying so; it is then read as the old PC's characters (APPNOTE appendix D).
    """
    base = path.replace("\\", "/").rpartition("/")[2]
    if said_utf8 or base.isascii():
        return base
    try:
        return base.encode("cp437").decode("utf-8")
    except UnicodeError:
        return base
