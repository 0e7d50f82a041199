"""Mails as agencies' programs build them, stamped by the partnership's own mail server."""

from __future__ import annotations

from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from itertools import count

from mailbot.cases.deadlines import request_status
from mailbot.demo.mails import SERVER
from mailbot.mail.envelope import Envelope
from tests.builders import at
from tests.intake.office import ADDRESS, Office

TUESDAY = "Tue 2 Jun 2026 10:00"
ANY = "application/octet-stream"
_numbers = count(1)


def mail(
    sender: str,
    subject: str,
    text: str = "",
    html: str = "",
    files: Sequence[tuple[str, bytes]] = (),
    answers: Envelope | None = None,
    kind: str = ANY,
    **headers: str,
) -> EmailMessage:
    """A mail; its files are of the content type `kind`; a header's name has _ for -."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, ADDRESS, subject
    message["Message-ID"] = f"<{next(_numbers)}@sender.example>"
    if answers is not None:
        message["In-Reply-To"] = answers.message_id
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for name, content in files:
        main, _, sub = kind.partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message


def stamped(message: EmailMessage) -> bytes:
    """The mail with the header in which our own server vouches for its sender."""
    domain = str(message["From"]).rpartition("@")[2].rstrip(">")
    return f"Authentication-Results: {SERVER}; dmarc=pass header.from={domain}\r\n".encode() + message.as_bytes()


def comes(office: Office, message: EmailMessage, when: str = TUESDAY) -> None:
    """The mail reaches the office, and the worker reads it."""
    office.lay(stamped(message))
    office.pass_(when)


def asked(office: Office, agency: str) -> Envelope:
    """The scoping letter that went to an agency, as the agency opens it."""
    return office.opened(next(letter for letter in office.letters("scoping") if letter.agency == agency))


def status(office: Office, agency: str, when: str = TUESDAY) -> str:
    """Where the agency's request stands."""
    case, practice = office.case, office.parts.practice
    return request_status(case.requests[agency], at(when), practice.procedure_of(case), practice.calendar)
