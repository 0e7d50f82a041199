"""One scene of the corpus: a mail as somebody would write it, and what must be made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from benchmarks.recognition.record import ADDRESS, MONDAY
from mailbot.demo.mails import Arriving, File, answer_subject, write
from mailbot.mail.envelope import Envelope

WEDNESDAY = MONDAY + timedelta(days=2)
SIGNATURES = (
    "\n\nKind regards\nSafeguarding Team\nTel 01632 960118",
    "\n\nMany thanks,\n\nPat",
    "\n\nSent from my iPhone",
    "",
    "\n\nRegards\n\nL. Brannock | Named Professional | 01632 960177\n\nThis email and any "
    "attachment is confidential and "
    "intended solely for the addressee. If you have received it in error please delete it and "
    "tell the sender. We cannot "
    "accept liability for any loss. Please consider the environment before you print this.",
    "\n\nThanks\nMo\n-- \nMy working days are Tuesday to Thursday.",
)


@dataclass(frozen=True)
class Scene:
    """A mail and what must come out. `items` are (kind, case, agency) of a mail that carries several things."""

    about: str
    raw: bytes
    kind: str
    case: str | None = None
    agency: str | None = None
    items: tuple[tuple[str, str | None, str | None], ...] = ()


def quoted(letter: Envelope, style: int) -> str:
    """The letter below an answer, as Outlook, Gmail, a telephone without the quote, or a plain program show it."""
    lines = letter.text.strip().splitlines()[:14]
    match style % 4:
        case 0:
            head = f"From: {letter.sender}\nSent: 01 June 2026 12:02\nTo: {letter.to[0]}\nSubject: {letter.subject}\n"
            return "\n\n________________________________\n" + head + "\n" + "\n".join(lines)
        case 1:
            marked = "\n".join(f"> {line}" for line in lines)
            return f"\n\nOn Mon, 1 Jun 2026 at 12:02, {letter.sender} wrote:\n{marked}"
        case 2:
            return ""
        case _:
            return "\n\n-----Original Message-----\n" + f"From: {letter.sender.email}\n" + "\n".join(lines)


def reply(
    letter: Envelope, text: str, number: int, sender: str = "", files: Sequence[File] = (), subject: str = ""
) -> bytes:
    """An answer to a letter, as its reader's mail program sends it."""
    words = text + SIGNATURES[number % len(SIGNATURES)] + quoted(letter, number)
    mail = Arriving(sender or letter.to[0].email, subject or answer_subject(letter), words, files, answers=letter)
    return write(mail, ADDRESS, WEDNESDAY + timedelta(minutes=number))


def fresh(
    sender: str,
    subject: str,
    text: str,
    number: int,
    files: Sequence[File] = (),
    headers: Sequence[tuple[str, str]] = (),
) -> bytes:
    """A mail of its own, not an answer to anything."""
    words = text + SIGNATURES[number % len(SIGNATURES)]
    return write(
        Arriving(sender, subject, words, files, headers=tuple(headers)),
        ADDRESS,
        WEDNESDAY + timedelta(minutes=number),
    )
