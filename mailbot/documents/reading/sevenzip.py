"""7z archives in memory, within the same limits as a zip."""

from __future__ import annotations

import io
from collections.abc import Sequence

from mailbot.documents.reading.archive import MEMBER_BYTES, TOTAL_BYTES, Locked, TooMuch, check_sizes, is_paper

SEVENZIP = b"7z\xbc\xaf\x27\x1c"


def read_members(content: bytes, passwords: Sequence[str] = ()) -> dict[str, bytes]:
    """Each paper of the archive by its path. The declared sizes are checked before anything is unpacked.

    Raises Locked where none of the passwords opens it, TooMuch, and what a damaged archive raises.
    """
    import py7zr

    try:
        return _unpacked(content, None)
    except py7zr.PasswordRequired:
        pass
    for password in passwords:
        try:
            return _unpacked(content, password)
        except (TooMuch, MemoryError):
            raise
        # The format has no check of its password: a wrong one shows as damaged headers, data or sums of any kind.
        except Exception:  # noqa: BLE001, S112
            continue
    raise Locked


def _unpacked(content: bytes, password: str | None) -> dict[str, bytes]:
    import py7zr
    from py7zr.io import BytesIOFactory

    with py7zr.SevenZipFile(io.BytesIO(content), password=password, max_extract_size=TOTAL_BYTES) as archive:
        if password is None and archive.needs_password():
            raise py7zr.PasswordRequired
        files = [one for one in archive.list() if not one.is_directory and not one.is_symlink]
        check_sizes([one.uncompressed for one in files], len(content))
        if any(one.uncompressed > MEMBER_BYTES for one in files):
            raise TooMuch(f"one member is larger than {MEMBER_BYTES // 1_000_000} MB")
        taken = BytesIOFactory(TOTAL_BYTES)
        archive.extract(targets=[one.filename for one in files if is_paper(one.filename)], factory=taken)
        return {path: product.read() for path, product in taken.products.items()}
