"""Small files as Outlook writes them: saved messages (.msg) with messages inside, and winmail.dat."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Any

from msgforge import _builder

writing: Any = _builder
"""The parts of msgforge that write storages and properties; they have no types."""


@dataclass(frozen=True)
class Note:
    """A message: its body in one form or several, and what is attached. A file of None is only a link."""

    plain: str = ""
    html: str = ""
    rich: bytes = b""
    files: dict[str, bytes | Note | None] = field(default_factory=dict)
    logo: bytes = b""


def msg_file(note: Note) -> bytes:
    """The note as a .msg."""
    container = writing._OleWriter()
    container.root.clsid = bytes.fromhex("0b0d020000000000c000000000000046")
    _fill(container, container.root, note, head=32)
    return bytes(container.build())


def _fill(container: Any, storage: Any, note: Note, head: int) -> None:
    properties = writing._Props()
    properties.add_unicode(container, storage, 0x001A, "IPM.Note")
    properties.add_long(0x3FDE, 65001)
    if note.plain:
        properties.add_unicode(container, storage, 0x1000, note.plain)
    if note.html:
        properties.add_binary(container, storage, 0x1013, note.html.encode())
    if note.rich:
        properties.add_binary(container, storage, 0x1009, packed_rich_text(note.rich))
    for number, (name, content) in enumerate(note.files.items()):
        _attach(container, storage, number, name, content)
    if note.logo:
        _attach(container, storage, len(note.files), "image001.png", note.logo, shown="logo@1")
    written = properties.build_msg_stream(0, len(note.files))
    container.add_stream(storage, "__properties_version1.0", written[:head] + written[32:])


def _attach(
    container: Any, storage: Any, number: int, name: str, content: bytes | Note | None, shown: str = ""
) -> None:
    place = container.add_storage(storage, f"__attach_version1.0_#{number:08X}")
    properties = writing._Props()
    properties.add_long(0x3705, 5 if isinstance(content, Note) else 1)
    properties.add_unicode(container, place, 0x3707, name)
    properties.add_unicode(container, place, 0x3704, "SHORT~1.DOC")
    if shown:
        properties.add_unicode(container, place, 0x3712, shown)
    if isinstance(content, Note):
        _fill(container, container.add_storage(place, "__substg1.0_3701000D"), content, head=24)
    elif content is not None:
        properties.add_binary(container, place, 0x3701, content)
    container.add_stream(place, "__properties_version1.0", properties.build_sub_stream())


def packed_rich_text(rich: bytes) -> bytes:
    """Rich text as PidTagRtfCompressed holds it, stored without packing (MS-OXRTFCP 2.1.3.1)."""
    return struct.pack("<II4sI", len(rich) + 12, len(rich), b"MELA", 0) + rich


def winmail(note: Note) -> bytes:
    """The note as winmail.dat (MS-OXTNEF)."""
    written = struct.pack("<IH", 0x223E9F78, 1)
    written += _attribute(1, 0x00089006, struct.pack("<I", 0x10000))
    written += _attribute(1, 0x00069007, struct.pack("<II", 1252, 0))
    # The date sent (attDateSent), which Outlook always writes: year, month, day, hour, minute, second, weekday.
    written += _attribute(1, 0x00038005, struct.pack("<7H", 2026, 6, 1, 9, 30, 0, 1))
    bodies = [(0x001E, 0x1000, note.plain.encode("cp1252") + b"\0")] if note.plain else []
    bodies += [(0x0102, 0x1013, note.html.encode())] if note.html else []
    bodies += [(0x0102, 0x1009, packed_rich_text(note.rich))] if note.rich else []
    written += _attribute(1, 0x00069003, _properties(bodies))
    for name, content in note.files.items():
        written += _attribute(2, 0x00069002, bytes(14))
        written += _attribute(2, 0x00018010, b"SHORT~1.DOC\0")
        named = [(0x001F, 0x3707, name.encode("utf-16-le") + b"\0\0")]
        if isinstance(content, Note):
            message = bytes.fromhex("0703020000000000c000000000000046") + winmail(content)
            named.append((0x000D, 0x3701, message))
        elif content is not None:
            written += _attribute(2, 0x0006800F, content)
        written += _attribute(2, 0x00069005, _properties(named))
    return written


def _attribute(level: int, number: int, content: bytes) -> bytes:
    return struct.pack("<BII", level, number, len(content)) + content + struct.pack("<H", sum(content) & 0xFFFF)


def _properties(properties: list[tuple[int, int, bytes]]) -> bytes:
    written = struct.pack("<I", len(properties))
    for kind, number, content in properties:
        written += struct.pack("<HHII", kind, number, 1, len(content)) + content + bytes(-len(content) % 4)
    return written
