"""Opens files that are locked with a password: Office, PDF, and the archives that hold them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence

from mailbot.documents.reading.archive import Locked, is_locked, member, open_archive, papers, spellings
from mailbot.documents.reading.sevenzip import SEVENZIP, read_members

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK00PK\x03\x04")
_EVERYBODY_KNOWS = "VelvetSweatshop"
"""Excel's lock of a workbook that is only protected against changes; all readers open it (MS-OFFCRYPTO 2.4.2.3)."""
_LEVELS = 3


def opened(content: bytes, passwords: Sequence[str]) -> bytes | None:
    """The file without its lock; None where it has none, or where none of the passwords opens any of it.

    An archive comes back as a plain zip of the same papers, the locked files among them opened where a password fits.
    It stays None while a member of the archive's own lock stays shut. Raises what a damaged or too large file raises.
    """
    return _opened(content, passwords, _LEVELS)


def _opened_single(content: bytes, passwords: Sequence[str]) -> bytes | None:
    """An Office file or a PDF. Raises Locked where no password fits."""
    if content.startswith(OLE):
        return open_office(content, passwords) if is_locked_office(content) else None
    if b"%PDF-" in content[:1024]:
        return open_pdf(content, passwords) if is_locked_pdf(content) else None
    return None


def _opened(content: bytes, passwords: Sequence[str], levels: int) -> bytes | None:
    try:
        if content.startswith(SEVENZIP) and levels:
            return _repacked(iter(read_members(content, passwords).items()), passwords, levels, was_locked=True)
        if content.startswith(ZIP) and levels:
            return _opened_zip(content, passwords, levels)
        return _opened_single(content, passwords)
    except Locked:
        return None


def _opened_zip(content: bytes, passwords: Sequence[str], levels: int) -> bytes | None:
    with open_archive(content) as archive:
        ours = papers(archive)
        return _repacked(
            ((info.filename, member(archive, info, passwords)) for info in ours),
            passwords,
            levels,
            was_locked=any(is_locked(info) for info in ours),
        )


def _repacked(
    members: Iterator[tuple[str, bytes]], passwords: Sequence[str], levels: int, was_locked: bool
) -> bytes | None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as plain:
        for path, content in members:
            inner = _opened(content, passwords, levels - 1)
            was_locked = was_locked or inner is not None
            plain.writestr(path, content if inner is None else inner)
    return packed.getvalue() if was_locked else None


def locks(content: bytes, passwords: Sequence[str], levels: int = _LEVELS) -> tuple[int, int]:
    """How many locks of the file, and of what is in it, the passwords open, and how many stay shut.

    What lies behind a shut lock is not counted. Raises what a damaged or too large file raises.
    """
    try:
        if content.startswith(SEVENZIP) and levels:
            own = _locked_sevenzip(content)
            return _sum(
                (own, 0), *(locks(one, passwords, levels - 1) for one in read_members(content, passwords).values())
            )
        if content.startswith(ZIP) and levels:
            with open_archive(content) as archive:
                ours = papers(archive)
                return _sum(*(_locks_of_member(archive, info, passwords, levels) for info in ours))
        return int(_opened_single(content, passwords) is not None), 0
    except Locked:
        return 0, 1


def _locks_of_member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, passwords: Sequence[str], levels: int
) -> tuple[int, int]:
    try:
        inner = member(archive, info, passwords)
    except Locked:
        return 0, 1
    return _sum((int(is_locked(info)), 0), locks(inner, passwords, levels - 1))


def _locked_sevenzip(content: bytes) -> int:
    try:
        read_members(content)
    except Locked:
        return 1
    return 0


def _sum(*counts: tuple[int, int]) -> tuple[int, int]:
    return sum(opens for opens, _ in counts), sum(shut for _, shut in counts)


def is_locked_office(content: bytes) -> bool:
    """Whether an Office file in the old container (a new one is in it when it is locked) needs a password."""
    import msoffcrypto

    try:
        return bool(msoffcrypto.OfficeFile(io.BytesIO(content)).is_encrypted())
    # A container that this look does not understand may still be read by its reader, or is found damaged there.
    except Exception:  # noqa: BLE001
        return False


def open_office(content: bytes, passwords: Sequence[str]) -> bytes:
    """The Office file decrypted. Raises Locked where no password fits, and what a damaged file raises."""
    import msoffcrypto
    from msoffcrypto.format import doc97, ppt97, xls97
    from msoffcrypto.format.ooxml import OOXMLFile

    for old in (doc97, ppt97, xls97):
        old.tempfile = _InMemory
    for password in (*passwords, _EVERYBODY_KNOWS):
        plain = io.BytesIO()
        try:
            office = msoffcrypto.OfficeFile(io.BytesIO(content))
            # The old formats always verify, and know no such parameter.
            verify = {"verify_password": True} if isinstance(office, OOXMLFile) else {}
            office.load_key(password=password, **verify)
            office.decrypt(plain)
        # AttributeError is how the library meets Word's oldest lock (XOR), which it cannot open.
        except (msoffcrypto.exceptions.DecryptionError, UnicodeError, AttributeError):
            continue
        return plain.getvalue()
    raise Locked


class _InMemory:
    """Takes the place of `tempfile` in msoffcrypto, which would lay the decrypted file on the disk."""

    TemporaryFile = io.BytesIO


def is_locked_pdf(content: bytes) -> bool:
    """Whether the PDF cannot be opened without a password. Restricted printing or copying is no such lock."""
    import pikepdf

    try:
        pikepdf.open(io.BytesIO(content)).close()
    except pikepdf.PasswordError:
        return True
    return False


def open_pdf(content: bytes, passwords: Sequence[str]) -> bytes:
    """The PDF decrypted. Raises Locked where no password fits, pikepdf.PdfError where it is damaged."""
    import pikepdf

    for password in spellings(passwords):
        try:
            with pikepdf.open(io.BytesIO(content), password=password) as pdf:
                plain = io.BytesIO()
                pdf.save(plain)
                return plain.getvalue()
        except pikepdf.PasswordError:
            continue
    raise Locked
