"""A saved mail (.eml) to a Document: its body and its attachments are the parts."""

from __future__ import annotations

import email
from collections.abc import Callable, Iterator
from email import policy
from email.header import decode_header
from email.message import Message

from mailbot.documents.reading.archive import TooMuch
from mailbot.documents.reading.text import document_of_text, read_html
from mailbot.forms.document import Document

PARTS = 200


def read_mail(content: bytes, name: str, read: Callable[[bytes, str], Document]) -> Document:
    """Body first, then attachments as `read` reads them. Every leaf is walked: `iter_attachments` loses some."""
    message = email.message_from_bytes(content, policy=policy.compat32)
    leaves = list(_leaves(message))
    if len(leaves) > PARTS:
        raise TooMuch(f"the mail has {len(leaves)} parts")
    parts = []
    plain = [leaf for leaf in leaves if _is_body(leaf, "plain")]
    for leaf in leaves:
        title = _title(leaf)
        body = _bytes(leaf)
        if _is_body(leaf, "plain"):
            parts.append(document_of_text(_text(leaf, body), "email body"))
        elif _is_body(leaf, "html"):
            if not plain:
                parts.append(read_html(_text(leaf, body).encode(), "email body"))
        elif leaf.get_content_maintype() != "multipart" and not _is_logo(leaf, body):
            parts.append(read(body, title or f"attachment of type {leaf.get_content_type()}"))
    return Document(name=name, format="mail", parts=tuple(parts))


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that hold content; an attached mail is one of them."""
    payload = message.get_payload()
    if message.get_content_maintype() == "multipart" and isinstance(payload, list):
        for part in payload:
            if isinstance(part, Message):
                yield from _leaves(part)
    else:
        yield message


def _is_body(leaf: Message, kind: str) -> bool:
    attached = str(leaf.get("Content-Disposition") or "").lower().startswith("attachment") or leaf.get_filename()
    return leaf.get_content_type() == f"text/{kind}" and not attached


def _is_logo(leaf: Message, body: bytes) -> bool:
    """A small inline picture is a signature's logo and no paper."""
    inline = leaf.get("Content-ID") and not str(leaf.get("Content-Disposition") or "").lower().startswith(
        "attachment"
    )
    return bool(inline and leaf.get_content_maintype() == "image" and len(body) < 60_000)


def _bytes(leaf: Message) -> bytes:
    payload = leaf.get_payload()
    if leaf.get_content_maintype() == "message" and isinstance(payload, list):
        return b"\n".join(part.as_bytes() for part in payload if isinstance(part, Message))
    decoded = leaf.get_payload(decode=True)
    return decoded if isinstance(decoded, bytes) else b""


def _text(leaf: Message, body: bytes) -> str:
    try:
        return body.decode(leaf.get_content_charset() or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return body.decode("cp1252", "replace")


def _title(leaf: Message) -> str:
    """The attachment's file name, encoded words decoded as some mailers wrongly write them."""
    try:
        raw = leaf.get_filename() or ""
        pieces = decode_header(raw) if raw.startswith("=?") else [(raw, None)]
        words = [
            one.decode(charset or "utf-8", "replace") if isinstance(one, bytes) else one for one, charset in pieces
        ]
    except (LookupError, ValueError, UnicodeDecodeError):
        return ""
    return " ".join("".join(words).split()).replace("\\", "/").rpartition("/")[2]
