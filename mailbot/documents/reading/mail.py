"""A saved mail (.eml) or web archive (.mht) to a Document: the body and the attachments are its parts."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from email import policy
from email.errors import CloseBoundaryNotFoundDefect, StartBoundaryNotFoundDefect
from email.header import decode_header
from email.message import Message
from typing import cast

from mailbot.documents.reading.archive import TooMuch, title_of
from mailbot.documents.reading.bodies import document_of_body, is_logo, is_shown
from mailbot.documents.reading.nest import Nest
from mailbot.documents.reading.text import decode
from mailbot.documents.reading.webpage import read_page
from mailbot.forms.document import Document
from mailbot.forms.form import Problem

PARTS = 200
_CUT_OFF = "The mail stops before its end: words or attachments may be missing. Ask the sender for it again."
_MOST_HEADS = 100_000
_HEADS = re.compile(rb"^(?:From [^\n]*\r?\n)?((?:[\x21-\x39\x3b-\x7e]+:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){2,})\r?\n")
_OF_A_MAIL = re.compile(rb"^(?:received|message-id|mime-version|return-path|x-unsent|content-type):", re.I | re.M)
"""What programs write. A form typed as text may begin with a subject, a date, even a sender, and must keep them."""
_TO_SOMEBODY = re.compile(rb"^(?:from|received|message-id|return-path|date|subject|to):", re.I | re.M)
_OF_A_PAGE = re.compile(rb"^content-type:\s*multipart/related", re.I | re.M)
_SAVED_PAGE = re.compile(rb"^(from: *<saved by|snapshot-content-location:)", re.I | re.M)
_SIGNATURE = {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}


def is_mail(content: bytes) -> bool:
    """Whether the bytes begin as a mail does: with headers, some of which only a mail program writes."""
    heads = _HEADS.match(content[:_MOST_HEADS].lstrip())
    return bool(heads and _OF_A_MAIL.search(heads[1]) and _TO_SOMEBODY.search(heads[1]))


def is_web_archive(content: bytes) -> bool:
    """Whether they are a web page saved in one file (RFC 2557), by Word or a browser, and sent to nobody."""
    heads = _HEADS.match(content[:_MOST_HEADS].lstrip())
    if not heads or not _OF_A_PAGE.search(heads[1]):
        return False
    return bool(_SAVED_PAGE.search(heads[1])) or not _TO_SOMEBODY.search(heads[1])


def read_web_archive(content: bytes, name: str) -> Document:
    """The page; the pictures and style sheets beside it are left out. Raises ValueError where there is none."""
    page = next((leaf for leaf in _leaves(_parsed(content)) if leaf.get_content_type() == "text/html"), None)
    if page is None:
        raise ValueError("a web archive without a page")
    return read_page(_text(page).encode(), name)


def read_mail(content: bytes, name: str, nest: Nest) -> Document:
    """Body first, then attachments. Raises TooMuch, and what a mail raises that is damaged beyond reading."""
    return _mail(_parsed(content), name, nest)


def _parsed(content: bytes) -> Message:
    # The parser's time grows with the square of their depth: they are counted before.
    multiparts = content.lower().count(b"multipart/")
    if multiparts > PARTS:
        raise TooMuch(f"the mail has {multiparts} parts with parts of their own")
    return email.message_from_bytes(content.lstrip(), policy=policy.compat32)


def _mail(message: Message, name: str, nest: Nest) -> Document:
    leaves = list(_leaves(message))
    if len(leaves) > PARTS:
        raise TooMuch(f"the mail has {len(leaves)} parts")
    words = [leaf for leaf in leaves if _is_body(leaf)]
    html = _together(words, "text/html")
    body = document_of_body(_together(words, "text/plain"), html)
    parts = [_attachment(leaf, html, nest) for leaf in leaves if not _is_body(leaf)]
    problems = (Problem(problem="incomplete", message=_CUT_OFF),) if _is_cut_off(message) else ()
    return Document(name=name, format="mail", parts=tuple(part for part in (body, *parts) if part), problems=problems)


def _is_cut_off(message: Message) -> bool:
    """Whether the mail ends before the last boundary of its parts, or of an attached mail's."""
    cut = (CloseBoundaryNotFoundDefect, StartBoundaryNotFoundDefect)
    return any(isinstance(defect, cut) for part in message.walk() for defect in part.defects)


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that hold content, an attached mail among them. All are walked: `iter_attachments` loses some."""
    payload = message.get_payload()
    if message.get_content_maintype() == "multipart" and isinstance(payload, list):
        for part in payload:
            if isinstance(part, Message):
                yield from _leaves(part)
    else:
        yield message


def _is_body(leaf: Message) -> bool:
    attached = str(leaf.get("Content-Disposition") or "").lower().startswith("attachment") or leaf.get_filename()
    return leaf.get_content_type() in {"text/plain", "text/html"} and not attached


def _together(leaves: list[Message], kind: str) -> str:
    return "\n".join(_text(leaf) for leaf in leaves if leaf.get_content_type() == kind)


def _attachment(leaf: Message, html: str, nest: Nest) -> Document | None:
    """One attachment read; None for what is none: a logo in the text, a signature, a part without anything."""
    title = _title(leaf) or f"attachment of type {leaf.get_content_type()}"
    inner = leaf.get_payload()
    if leaf.get_content_maintype() == "message" and isinstance(inner, list) and inner:
        # The parser has opened it already; some mails cannot be written out again.
        attached = cast(Message, inner[0])
        return nest.inside(title, lambda deeper: _mail(attached, title, deeper))
    content = _bytes(leaf)
    nothing = not content and not _title(leaf)
    if nothing or leaf.get_content_type() in _SIGNATURE or is_logo(content, _is_shown(leaf, html)):
        return None
    return nest.file(content, title)


def _is_shown(leaf: Message, html: str) -> bool:
    content_id = str(leaf.get("Content-ID") or "")
    inline = str(leaf.get("Content-Disposition") or "inline").lower().startswith("inline")
    return is_shown(content_id, html) or bool(content_id and inline)


def _bytes(leaf: Message) -> bytes:
    decoded = leaf.get_payload(decode=True)
    return decoded if isinstance(decoded, bytes) else b""


def _text(leaf: Message) -> str:
    return decode(_bytes(leaf), str(leaf.get_content_charset() or ""))


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
    return title_of(" ".join("".join(words).split()))
