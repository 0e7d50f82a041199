"""Files locked with a password, as agencies lock them: Word, PDF, zip."""

from __future__ import annotations

import io

import pikepdf
import pyzipper
from msoffcrypto.format.ooxml import OOXMLFile


def locked_word(docx: bytes, password: str) -> bytes:
    """The document as Word saves it with a password (agile encryption)."""
    locked = io.BytesIO()
    OOXMLFile(io.BytesIO(docx)).encrypt(password, locked)
    return locked.getvalue()


def locked_pdf(pdf: bytes, password: str) -> bytes:
    """The PDF with a password to open it."""
    locked = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as plain:
        plain.save(locked, encryption=pikepdf.Encryption(user=password, owner=password, R=6))
    return locked.getvalue()


def locked_zip(password: str, *files: tuple[str, bytes]) -> bytes:
    """The files in a zip with a password (AES)."""
    packed = io.BytesIO()
    with pyzipper.AESZipFile(packed, "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(password.encode())
        for name, content in files:
            archive.writestr(name, content)
    return packed.getvalue()


def two_locks(*files: tuple[str, bytes, str]) -> bytes:
    """The files in a zip, each with a password of its own (AES)."""
    packed = io.BytesIO()
    with pyzipper.AESZipFile(packed, "w", encryption=pyzipper.WZ_AES) as archive:
        for name, content, password in files:
            archive.setpassword(password.encode())
            archive.writestr(name, content)
    return packed.getvalue()


def plain_zip(*files: tuple[str, bytes]) -> bytes:
    """The files in a zip."""
    packed = io.BytesIO()
    with pyzipper.ZipFile(packed, "w") as archive:
        for name, content in files:
            archive.writestr(name, content)
    return packed.getvalue()
