"""A letter to MIME bytes, the Post contract, and the plainest post: a folder that letters are written to."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC
from email.header import Header
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import SMTP, compat32
from email.utils import format_datetime, formataddr, getaddresses, parsedate_to_datetime
from pathlib import Path, PurePosixPath
from typing import Protocol

from pydantic import AwareDatetime

from mailbot.cases.values import Value
from mailbot.errors import PostRefused, PostUnavailable
from mailbot.mail.addresses import Address, is_address
from mailbot.mail.envelope import first_message_id

CONTENT_TYPES = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pdf": "application/pdf",
    ".zip": "application/zip",
    ".csv": "text/csv",
    ".txt": "text/plain",
    ".ics": "application/ics",
}
_SEVEN_BIT = SMTP.clone(cte_type="7bit")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")
_LONGEST_LINE = 998


class Outgoing(Value):
    """A letter, ready to be put into MIME. Message-IDs have their angle brackets; `ref` is the case's reference.

    `automatic` is for letters that no person released: it keeps other machines from answering (RFC 3834).
    An attachment named .ics that invites is also shown as an invitation by the reader's mail program.
    """

    message_id: str
    sender: Address
    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    attachments: tuple[tuple[str, bytes], ...] = ()
    date: AwareDatetime
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    automatic: bool = True
    ref: str = ""


def compose(letter: Outgoing) -> bytes:
    """The letter as it goes over the wire: CRLF, 7-bit, no line too long; the same letter gives the same bytes.

    Raises PostRefused where an address or the Message-ID is not fit to be put into a header.
    """
    return _headers(letter) + _body(letter)


def checked_address(address: str) -> str:
    """The address, if it can be put into a header and an SMTP command. Raises PostRefused where it cannot."""
    if not is_address(address) or not address.isascii():
        raise PostRefused(
            f"{address!r} is no email address. Correct it in agencies.toml, people.toml or mailbot.toml."
        )
    return address


def insist_on_addresses(message: bytes, sender: str, recipients: tuple[str, ...]) -> None:
    """For services that read whom a letter goes to off the letter: it is those that were meant, and nobody else.

    Raises PostRefused.
    """
    letter = BytesHeaderParser(policy=compat32).parsebytes(message)
    if not recipients:
        raise PostRefused("The letter is addressed to nobody. It was not sent; draft it again.")
    named = [str(value) for header in ("To", "Cc", "Bcc") for value in letter.get_all(header, [])]
    if {address.casefold() for _, address in getaddresses(named)} != {one.casefold() for one in recipients}:
        raise PostRefused("The letter names other addresses than it is meant for. It was not sent; draft it again.")
    (writer,) = getaddresses([str(letter.get("From", ""))]) or [("", "")]
    if writer[1].casefold() != sender.casefold():
        raise PostRefused("The letter is not from the shared mailbox. It was not sent; draft it again.")


class Post(Protocol):
    """A way to send."""

    def post(self, sender: str, recipients: tuple[str, ...], copy_to: str, message: bytes) -> None:
        """Hand a letter over to all recipients or to none, and a blind copy to `copy_to` ("" for none).

        Raises PostRefused (hopeless as it stands), PostUnavailable (nothing was handed over, try again later) or
        PostInDoubt (the connection broke after the letter was handed over). A copy that is refused stops nothing.
        """
        ...

    def check(self) -> list[str]:
        """What is wrong with the way out, one sentence each, for `mailbot check`. Never raises."""
        ...


class FolderPost:
    """Writes letters to sent/ of a folder, for the demo and the folder mailbox. A Message-ID is written once."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def post(self, sender: str, recipients: tuple[str, ...], copy_to: str, message: bytes) -> None:
        """See Post. The letter in sent/ is the copy; `copy_to` gets no other."""
        message_id = first_message_id(message)
        if not message_id:
            raise PostRefused("The letter has no Message-ID. It was not sent; draft it again.")
        name = _safe(message_id)
        sent = self.root / "sent"
        try:
            sent.mkdir(parents=True, exist_ok=True)
            if any(sent.glob(f"*-{name}.eml")):
                return
            half = sent / f".{name}.tmp"
            half.write_bytes(message)
            half.replace(sent / f"{_stamp(message)}-{name}.eml")
        except OSError as error:
            raise PostUnavailable(
                f"A letter cannot be written to {sent}: {error.strerror}. It stays ready."
            ) from error

    def check(self) -> list[str]:
        """See Post."""
        return [] if self.root.is_dir() else [f"There is no folder {self.root}. Make it, or correct path in [post]."]


def _headers(letter: Outgoing) -> bytes:
    """Written line by line: the standard library would break long Message-IDs up into encoded words."""
    lines = [
        f"Date: {format_datetime(letter.date.astimezone(UTC))}",
        f"From: {_mailbox(letter.sender)}",
        "To: " + ",\r\n ".join(checked_address(address) for address in letter.to),
        f"Subject: {_encoded(letter.subject, 'Subject')}",
        f"Message-ID: {_id(letter.message_id)}",
    ]
    if letter.in_reply_to:
        lines.append(f"In-Reply-To: {_id(letter.in_reply_to)}")
    if letter.references:
        lines.append("References: " + "\r\n ".join(_id(reference) for reference in letter.references))
    if letter.automatic:
        lines.append("Auto-Submitted: auto-generated")
    lines.append("X-Auto-Response-Suppress: OOF, AutoReply")
    if letter.ref:
        lines.append(f"X-Mailbot-Ref: {_encoded(letter.ref, 'X-Mailbot-Ref')}")
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _body(letter: Outgoing) -> bytes:
    """multipart/mixed of multipart/alternative (text, HTML, invitation) and the attachments."""
    message = EmailMessage(policy=_SEVEN_BIT)
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    for method, calendar in filter(None, map(_invitation, letter.attachments)):
        message.add_alternative(calendar, subtype="calendar", params={"method": method}, cte="base64")
    message.make_mixed()
    for name, content in letter.attachments:
        _attach(message, _one_line(name), content)
    for number, part in enumerate(p for p in message.walk() if p.get_content_maintype() == "multipart"):
        # A boundary of our own instead of a random one: the same letter gives the same bytes.
        part.set_boundary(f"=_{hashlib.sha256(letter.message_id.encode()).hexdigest()[:24]}_{number}")
    return message.as_bytes()


def _attach(message: EmailMessage, name: str, content: bytes) -> None:
    suffix = PurePosixPath(name).suffix.casefold()
    if suffix == ".eml" and _travels_unchanged(content):
        part = EmailMessage(policy=_SEVEN_BIT)
        part["Content-Type"] = "message/rfc822"
        part.add_header("Content-Disposition", "attachment", filename=name)
        part.set_payload(content.decode("ascii"))
        message.attach(part)
        return
    main, _, sub = CONTENT_TYPES.get(suffix, "application/octet-stream").partition("/")
    message.add_attachment(content, maintype=main, subtype=sub, filename=name, cte="base64")


def _travels_unchanged(mail: bytes) -> bool:
    """A mail may not be wrapped in base64 (RFC 2046 section 5.2.1), so it must be fit for 7-bit wire as it stands."""
    lines = mail.split(b"\r\n")
    return mail.isascii() and all(len(line) <= _LONGEST_LINE and not {13, 10, 0} & set(line) for line in lines)


def _invitation(attachment: tuple[str, bytes]) -> tuple[str, str] | None:
    """The method (REQUEST, CANCEL) and text of an attached invitation (RFC 6047)."""
    name, content = attachment
    method = re.search(rb"(?m)^METHOD:([A-Z]+)\s*$", content) if name.casefold().endswith(".ics") else None
    return (method[1].decode("ascii"), content.decode("utf-8")) if method else None


def _mailbox(address: Address) -> str:
    return formataddr((_one_line(address.name), checked_address(address.email)))


def _id(message_id: str) -> str:
    if not _MESSAGE_ID.fullmatch(message_id) or len(message_id) > _LONGEST_LINE - 20:
        raise PostRefused(
            "The letter has, or answers, a Message-ID that cannot be put into a header. Draft it again."
        )
    return message_id


def _encoded(value: str, name: str) -> str:
    """One header's text, encoded and folded (RFC 2047); a line break in it becomes a space."""
    line = _one_line(value)
    return Header(line, None if line.isascii() else "utf-8", header_name=name).encode(linesep="\r\n")


def _one_line(value: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())


def _stamp(message: bytes) -> str:
    """The letter's own date, so that the files of sent/ stand in the order of the letters."""
    written = BytesHeaderParser(policy=compat32).parsebytes(message).get("Date", "")
    try:
        return parsedate_to_datetime(written).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    except ValueError:
        return "undated"


def _safe(message_id: str) -> str:
    """A file name for the Message-ID; a few characters of its hash keep two alike names apart."""
    digest = hashlib.sha256(message_id.encode()).hexdigest()[:8]
    return f"{re.sub(r'[^A-Za-z0-9@._-]', '_', message_id.strip('<>'))[:100]}-{digest}"
