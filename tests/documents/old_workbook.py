"""A small workbook of Excel 97 (MS-XLS), and the same under its old lock (RC4, MS-OFFCRYPTO 2.3.6)."""

from __future__ import annotations

import struct
from hashlib import md5
from typing import Any

from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
from cryptography.hazmat.primitives.ciphers import Cipher
from msgforge import _builder

_BOF, _EOF, _SHEET, _LABEL, _LOCK = 0x0809, 0x000A, 0x0085, 0x0204, 0x002F
_SALT = bytes(range(16))
_BLOCK = 1024


def old_workbook(rows: list[list[str]], password: str = "") -> bytes:
    """The rows as a sheet of text; locked where there is a password."""
    lock = [(_LOCK, _lock(password))] if password else []
    name = b"\x06\x00Sheet1"
    start = sum(4 + len(content) for _, content in lock) + 4 + 16 + 4 + 6 + len(name) + 4
    book = [(_BOF, _beginning(5)), *lock, (_SHEET, struct.pack("<IH", start, 0) + name), (_EOF, b"")]
    cells = [
        (_LABEL, struct.pack("<HHHHB", number, column, 0, len(text), 0) + text.encode("latin-1"))
        for number, row in enumerate(rows)
        for column, text in enumerate(row)
    ]
    records = [*book, (_BOF, _beginning(16)), *cells, (_EOF, b"")]
    stream = b"".join(struct.pack("<HH", number, len(content)) + content for number, content in records)
    stream = stream.ljust(max(4096, len(stream)), b"\x00")
    return _in_container(_sealed(stream, records, password) if password else stream)


def _beginning(kind: int) -> bytes:
    return struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6)


def _lock(password: str) -> bytes:
    """What tells a right password: sixteen bytes and their sum, both sealed with the first key."""
    verifier = bytes(range(100, 116))
    sealed = _mix(verifier + md5(verifier).digest(), _stream(password, 1))
    return struct.pack("<HHH", 1, 1, 1) + _SALT + sealed


def _sealed(stream: bytes, records: list[tuple[int, bytes]], password: str) -> bytes:
    """Every record but those that say where things are; the heads of records stay open."""
    mask = bytearray(_stream(password, len(stream) // _BLOCK + 1)[: len(stream)])
    at = 0
    for number, content in records:
        open_until = len(content) if number in (_BOF, _LOCK) else 4 if number == _SHEET else 0
        mask[at : at + 4 + open_until] = bytes(4 + open_until)
        at += 4 + len(content)
    mask[at:] = bytes(len(mask) - at)
    return _mix(stream, bytes(mask))


def _stream(password: str, blocks: int) -> bytes:
    first = md5(password.encode("utf-16-le")).digest()[:5]
    second = md5((first + _SALT) * 16).digest()[:5]
    keys = (md5(second + struct.pack("<I", block)).digest() for block in range(blocks))
    return b"".join(Cipher(ARC4(key), mode=None).encryptor().update(bytes(_BLOCK)) for key in keys)


def _mix(content: bytes, mask: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(content, mask, strict=False))


def _in_container(stream: bytes) -> bytes:
    writing: Any = _builder
    container = writing._OleWriter()
    container.add_stream(container.root, "Workbook", stream)
    return bytes(container.build())
