"""The mails of the story, as the partnership's own mail server would have laid them into the mailbox."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from mailbot.mail.envelope import Envelope, open_envelope
from mailbot.mail.outgoing import CONTENT_TYPES

SERVER = "mx.westmarchscp.example"
"""The mail server whose Authentication-Results the story's partnership trusts."""
File = tuple[str, bytes]


@dataclass(frozen=True)
class Arriving:
    """A mail on its way to the partnership."""

    sender: str
    subject: str
    text: str
    files: Sequence[File] = ()
    answers: Envelope | None = None
    headers: tuple[tuple[str, str], ...] = ()


def write(mail: Arriving, to: str, received: datetime) -> bytes:
    """The mail's bytes, with the headers that the receiving server puts on top. Same mail, same bytes."""
    address = mail.sender.rpartition("<")[2].rstrip(">")
    domain = address.partition("@")[2]
    number = hashlib.sha256(f"{address} {mail.subject} {received.isoformat()}".encode()).hexdigest()[:20]
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = mail.sender, to
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(received)
    message["Message-ID"] = f"<{number}@{domain}>"
    if mail.answers is not None:
        message["In-Reply-To"] = mail.answers.message_id
        message["References"] = " ".join((*mail.answers.references, mail.answers.message_id))
    for name, value in mail.headers:
        message[name] = value
    message.set_content(mail.text, cte="quoted-printable")
    for name, content in mail.files:
        main, _, sub = CONTENT_TYPES["." + name.rpartition(".")[2]].partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    for part in message.walk():
        if part.is_multipart():
            part.set_boundary(f"=_{number}")
    stamped = (
        f"Authentication-Results: {SERVER}; dmarc=pass header.from={domain}\r\n"
        f"Received: from mail.{domain} by {SERVER} with ESMTPS; {format_datetime(received)}\r\n"
    )
    return stamped.encode("ascii") + message.as_bytes()


def quoted(letter: Envelope) -> str:
    """The letter below an answer, as mail programs quote it."""
    lines = letter.text.strip().splitlines()[:12]
    return "\n".join(
        [f"On {letter.received:%d %b %Y}, {letter.sender.email} wrote:", *(f"> {line}" for line in lines)]
    )


def opened(raw: bytes, at: datetime) -> Envelope:
    """One of the partnership's letters, as its reader opens it."""
    return open_envelope(raw, at)


def answer_subject(letter: Envelope) -> str:
    """The subject of an answer."""
    return letter.subject if letter.subject.casefold().startswith("re:") else f"Re: {letter.subject}"
