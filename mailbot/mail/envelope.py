"""What a mail says of itself: raw bytes to an Envelope, without ever raising, whatever the bytes are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.errors import HeaderParseError, MessageError
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.policy import Policy, compat32
from email.utils import parsedate_to_datetime
from functools import partial
from typing import TypeVar

from pydantic import AwareDatetime

from mailbot.cases.values import Value
from mailbot.mail.addresses import Address, read_addresses
from mailbot.mail.charsets import decode_bytes, decode_words, mend
from mailbot.mail.replies import above_the_quote, page_above_the_quote, why_automatic
from mailbot.mail.webtext import text_of_html

MOST_HEADERS = 300_000
"""Bytes of a header block; what is longer without an end is cut off there."""
MOST_PARTS = 400
"""Parts of one mail that are opened; more than that is a bomb or a mistake, and is said so."""

MOST_DEEP = 30
"""How deep parts may lie in one another: a dozen mails forwarded in mails."""
FLAT_DEEP = 6
"""The same for a mail of very many lines."""
_LINES_AND_LEVELS = 20_000_000
"""The parser looks at every line once for each level it lies in, some eight million times a second."""

LOGO_BYTES = 60_000
"""From this size on, in bytes, a picture shown in the body is no logo but may be a paper: it is an attachment."""

_UNREADABLE = (MessageError, HeaderParseError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What the standard library's email package has been seen to raise on odd mail."""

_DAMAGE = ("InvalidBase64CharactersDefect", "InvalidBase64LengthDefect")

_T = TypeVar("_T")


class Attachment(Value):
    """One file of the mail. `inline` is a small picture that the HTML body shows: a signature's logo."""

    name: str
    content_type: str
    content: bytes
    inline: bool = False


class Envelope(Value):
    """One mail, opened. Message-IDs keep their angle brackets; `headers` are unfolded, undecoded, top first.

    `received` is the mailbox's time in UTC, never `Date:`, which is kept as written in `date`. `automatic` says why
    the mail is an automatic reply (empty: it is not). `problems` are sentences for a person about damage in the mail;
    `unopened` is the one that says why some or all of its parts were not opened at all.
    """

    message_id: str = ""
    sender: Address = Address()
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    subject: str = ""
    received: AwareDatetime
    date: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    text: str = ""
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    automatic: str = ""
    unopened: str = ""
    problems: tuple[str, ...] = ()

    def header(self, name: str) -> str:
        """The topmost header of that name, decoded; empty where there is none."""
        return next((decode_words(value) for value in self.all_headers(name)), "")

    def all_headers(self, name: str) -> tuple[str, ...]:
        """Every header of that name, undecoded, top first."""
        return tuple(value for header, value in self.headers if header.casefold() == name.casefold())

    @property
    def senders(self) -> tuple[Address, ...]:
        """Everything in From that is or claims to be an address; an honest mail has one."""
        return tuple(a for value in self.all_headers("From") for a in read_addresses(value))

    @property
    def unattended(self) -> str:
        """Why no automatic letter may answer this mail (RFC 3834 section 2); empty where one may."""
        if self.automatic:
            return self.automatic
        if self.header("Auto-Submitted").casefold() not in ("", "no"):
            return "its Auto-Submitted header says that a machine sent it"
        if self.header("Precedence").casefold() in ("bulk", "junk", "list") or self.header("List-Id"):
            return "it came from a mailing list or in bulk"
        if self.header("Return-Path").strip() == "<>":
            return "its return path is empty"
        return "" if self.sender.email else "it has no sender's address"


def open_envelope(raw: bytes, received: datetime) -> Envelope:
    """Open a mail. `received` is when the mailbox took it, in UTC. Never raises: damage is told in `problems`."""
    message, unopened = _parse(raw)
    headers = _headers(message)
    first = _First(headers)
    body = _Body()
    if not unopened:
        body.open(message)
    text = "\n\n".join(t for t in body.texts if t.strip())
    html = "\n".join(h for h in body.htmls if h.strip())
    if html and not text.strip():
        text = text_of_html(html)
    in_reply_to = message_ids(first("In-Reply-To"))
    references = message_ids(first("References"))
    sender = first.addresses("From")
    return Envelope(
        message_id=next(iter(message_ids(first("Message-ID"))), ""),
        sender=sender[0] if sender else Address(),
        reply_to=first.addresses("Reply-To"),
        to=first.addresses("To"),
        cc=first.addresses("Cc"),
        subject=" ".join(decode_words(first("Subject")).split()),
        received=received,
        date=first("Date"),
        in_reply_to=in_reply_to,
        references=references,
        text=text,
        html=html,
        attachments=tuple(_mark_shown(a, cid, html) for a, cid in body.attachments),
        headers=headers,
        automatic=why_automatic(headers),
        unopened=unopened or body.unopened,
        problems=tuple(filter(None, (unopened, body.unopened, *body.problems))),
    )


def fresh_text(envelope: Envelope) -> str:
    """The body above the quoted original: what this sender wrote in this mail."""
    return above_the_quote(envelope.text)


def fresh_page(envelope: Envelope) -> str:
    """The HTML body above the quoted original; empty where the mail has none."""
    return page_above_the_quote(envelope.html)


def headers_only(content: bytes) -> bytes:
    """The header block as it stands, with the empty line that ends it."""
    end = re.search(rb"\r?\n\r?\n", content)
    return content[: end.end()] if end else content[:MOST_HEADERS]


def top_received(raw: bytes) -> datetime | None:
    """When the last server took the mail: the date of the topmost `Received` header, in UTC, if it is readable."""
    message = _guarded(lambda: BytesHeaderParser(policy=compat32).parsebytes(headers_only(raw)), None)
    if message is None:
        return None
    top = next((value for name, value in _headers(message) if name.casefold() == "received"), "")
    try:
        stamp = parsedate_to_datetime(top.rpartition(";")[2].strip())
        # A date without a zone ("-0000") is UTC by RFC 5322 section 3.3.
        return stamp.replace(tzinfo=UTC) if stamp.tzinfo is None else stamp.astimezone(UTC)
    except (*_UNREADABLE, OverflowError):
        return None


def first_message_id(raw: bytes) -> str:
    """The mail's own Message-ID with its angle brackets, read from the headers alone; empty where there is none."""
    message = _guarded(lambda: BytesHeaderParser(policy=compat32).parsebytes(headers_only(raw)), Message())
    return next(iter(message_ids(_First(_headers(message))("Message-ID"))), "")


def message_ids(value: str) -> tuple[str, ...]:
    """The Message-IDs of a header, each once, with their angle brackets (added where a sender forgot them)."""
    bracketed = [f"<{''.join(found.split())}>" for found in re.findall(r"<([^<>]+)>", value)]
    bare = [f"<{word}>" for word in value.split() if "@" in word and "<" not in word and ">" not in word]
    return tuple(dict.fromkeys(bracketed or bare))


class _TooDeep(MessageError):
    """Parts lie deeper in one another than is read."""


class _Part(Message):
    """A part that knows how many levels may lie in it. The parser attaches each part before it reads on in it."""

    def __init__(self, levels: int, policy: Policy = compat32) -> None:
        super().__init__(policy)
        self._levels = levels

    def attach(self, payload: Message) -> None:  # type: ignore[override]
        """See Message. Raises _TooDeep, which stops the parser."""
        if not self._levels:
            raise _TooDeep
        if isinstance(payload, _Part):
            payload._levels = self._levels - 1
        super().attach(payload)


def _parse(raw: bytes) -> tuple[Message, str]:
    """The tree of parts; where the bytes defeat the parser, the headers alone and the reason."""
    lines = raw.count(b"\n") + raw.count(b"\r")
    levels = max(FLAT_DEEP, min(MOST_DEEP, _LINES_AND_LEVELS // (lines + 1)))
    try:
        return BytesParser(partial(_Part, levels), policy=compat32).parsebytes(raw), ""
    except _TooDeep:
        how = f"with parts in parts more than {levels} deep, so"
    except _UNREADABLE:
        how = "so oddly"
    headers = _guarded(lambda: BytesHeaderParser(policy=compat32).parsebytes(raw), Message())
    return headers, f"The mail is built {how} that only its headers were read. Open the original."


def _guarded(read: Callable[[], _T], otherwise: _T) -> _T:
    try:
        return read()
    except _UNREADABLE:
        return otherwise


def _headers(message: Message) -> tuple[tuple[str, str], ...]:
    return tuple((mend(name).strip(), " ".join(mend(value).split())) for name, value in message.raw_items())


class _First:
    """The topmost header by name, and the addresses in it."""

    def __init__(self, headers: tuple[tuple[str, str], ...]) -> None:
        self._headers = {name.casefold(): value for name, value in reversed(headers)}

    def __call__(self, name: str) -> str:
        return self._headers.get(name.casefold(), "")

    def addresses(self, name: str) -> tuple[Address, ...]:
        found = read_addresses(self(name))
        return tuple(a for a in found if a.email) if name != "From" else found


def _mark_shown(attachment: Attachment, content_id: str, html: str) -> Attachment:
    """A small picture that the HTML names is part of the body. Others may be photographs of a form: not inline."""
    shown = attachment.content_type.startswith("image/") and bool(content_id) and f"cid:{content_id}" in html
    logo = shown and len(attachment.content) < LOGO_BYTES
    return attachment.model_copy(update={"inline": True}) if logo else attachment


class _Body:
    """Collects texts and attachments from the tree of parts, in the order of the mail."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.htmls: list[str] = []
        self.attachments: list[tuple[Attachment, str]] = []
        self.problems: list[str] = []
        self.unopened = ""

    def open(self, message: Message) -> None:
        """Take in every leaf of the tree; a forwarded mail is a leaf."""
        if any(type(defect).__name__ == "CloseBoundaryNotFoundDefect" for defect in message.defects):
            self.problems.append("The mail stops before its end; something may be missing.")
        for count, part in enumerate(_leaves(message)):
            if count == MOST_PARTS:
                self.unopened = f"The mail has more than {MOST_PARTS} parts; the others were left unopened."
                return
            self._take(part)

    def _take(self, part: Message) -> None:
        kind = _guarded(part.get_content_type, "application/octet-stream")
        name = _file_name(part)
        attached = bool(name) or _guarded(part.get_content_disposition, None) == "attachment"
        content = _content(part)
        if part.get_content_maintype() == "multipart":
            self.problems.append("A part of the mail has lost its inner boundary and is shown as it came.")
        if any(type(defect).__name__ in _DAMAGE for defect in part.defects):
            self.problems.append(f"Attachment {len(self.attachments) + 1} of the mail is damaged; it may not open.")
        if not attached and (kind == "text/plain" or part.get_content_maintype() == "multipart"):
            self.texts.append(_text(part, content))
        elif not attached and kind == "text/html":
            self.htmls.append(_text(part, content))
        else:
            name = name or _name_for(kind, len(self.attachments) + 1)
            content_id = mend(str(part.get("Content-ID", ""))).strip(" <>")
            self.attachments.append((Attachment(name=name, content_type=kind, content=content), content_id))


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that hold something, depth first, without recursion (a mail may be nested very deeply)."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting.extend(reversed([p for p in payload if isinstance(p, Message)]))
        else:
            yield part


def _content(part: Message) -> bytes:
    """The part's bytes, decoded. A forwarded mail, and a delivery report, are given as they stand."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return b"\n".join(_as_bytes(p) for p in payload if isinstance(p, Message))
    decoded = _guarded(lambda: part.get_payload(decode=True), None)
    return decoded if isinstance(decoded, bytes) else str(payload or "").encode("utf-8", "surrogateescape")


def _as_bytes(message: Message) -> bytes:
    """The inner mail. A few senders wrap it in base64 against RFC 2046: then what the base64 holds."""
    if not message.items() and isinstance(message.get_payload(), str):
        message["Content-Transfer-Encoding"] = "base64"
        inner = _guarded(lambda: message.get_payload(decode=True), None)
        del message["Content-Transfer-Encoding"]
        if isinstance(inner, bytes) and re.match(rb"[!-9;-~]+:", inner):
            return inner
    exact = compat32.clone(max_line_length=None)
    return _guarded(lambda: message.as_bytes(policy=exact), b"") or str(message).encode("utf-8", "surrogateescape")


def _text(part: Message, content: bytes) -> str:
    charset = _guarded(lambda: _mended(part).get_param("charset"), None)
    if isinstance(charset, tuple):
        charset = charset[2]
    text = decode_bytes(content, str(charset or "")).replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\0", "")


def _file_name(part: Message) -> str:
    """The file's own name, without folders and control characters; empty where it has none."""
    found = _guarded(lambda: _mended(part).get_filename(), None) or ""
    name = re.split(r"[\\/]", decode_words(mend(str(found))))[-1]
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())


def _mended(part: Message) -> Message:
    """The headers that describe the part; the parser would replace their 8-bit bytes by question marks."""
    clean = Message()
    for name, value in part.raw_items():
        if name.casefold() in ("content-type", "content-disposition"):
            clean[name] = mend(value)
    return clean


_SUFFIXES = {
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "text/plain": ".txt",
    "text/html": ".html",
    "text/csv": ".csv",
    "application/pdf": ".pdf",
    "application/ms-tnef": ".dat",
    "image/png": ".png",
    "image/jpeg": ".jpg",
}


def _name_for(kind: str, number: int) -> str:
    return f"attachment-{number}{_SUFFIXES.get(kind, '')}"
