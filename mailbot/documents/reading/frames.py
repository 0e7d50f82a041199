"""The talk between the sandbox and its child: each frame is its length in four bytes, then JSON or raw bytes."""

from __future__ import annotations

import json
import struct
from typing import Any, BinaryIO

LARGEST = 200_000_000

Message = tuple[dict[str, Any], bytes]


def send(stream: BinaryIO, header: dict[str, Any], body: bytes = b"") -> None:
    """One message: a JSON frame and a frame of bytes."""
    for frame in (json.dumps(header).encode(), body):
        stream.write(struct.pack(">I", len(frame)))
        stream.write(frame)
    stream.flush()


def receive(stream: BinaryIO, largest: int = LARGEST) -> Message:
    """The next message. Raises EOFError where the other side is gone, ValueError where it sends no such message."""
    written, body = _frame(stream, largest), _frame(stream, largest)
    header = json.loads(written)
    if not isinstance(header, dict):
        raise ValueError("a header that is no table")
    return header, body


def _frame(stream: BinaryIO, largest: int) -> bytes:
    (length,) = struct.unpack(">I", _exactly(stream, 4))
    if length > largest:
        raise ValueError(f"a frame of {length} bytes")
    return _exactly(stream, length)


def _exactly(stream: BinaryIO, count: int) -> bytes:
    content = stream.read(count)
    if len(content) < count:
        raise EOFError("the other side closed the pipe")
    return content
