"""Whether a mail is one that the record has already, given in other bytes.

Exchange and Microsoft 365 keep a mail in parts and write it anew when asked for it, so that an office that moves from
one kind of mailbox to another is shown its old mails in new bytes. What the sender made stays: the Message-ID, the
words and the files.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from mailbot.mail.envelope import Attachment, Envelope, first_message_id, open_envelope
from mailbot.mail.webtext import text_of_html
from mailbot.parts import Parts


def earlier(mail: int, raw: bytes, received: datetime, parts: Parts) -> int | None:
    """The earlier mail that this one is, if there is one: the same Message-ID, sender, words and files."""
    others = parts.mailbag.same_message(first_message_id(raw), before=mail)
    if not others:
        return None
    envelope = open_envelope(raw, received)
    return next((o.id for o in others if same_mail(envelope, open_envelope(parts.mailbag.raw(o.id), received))), None)


def same_mail(one: Envelope, other: Envelope) -> bool:
    """Whether two mails under one Message-ID say the same. What could not be opened is like nothing."""
    return (
        not (one.unopened or other.unopened)
        and one.sender.email.casefold() == other.sender.email.casefold()
        and _same_words(one, other)
        and _same_files(one, other)
    )


def _same_words(one: Envelope, other: Envelope) -> bool:
    # Where there is a page Exchange makes the plain text anew out of it.
    if one.html and other.html:
        return _words(text_of_html(one.html)) == _words(text_of_html(other.html))
    return _words(one.text) == _words(other.text)


def _words(text: str) -> list[str]:
    return text.split()


def _same_files(one: Envelope, other: Envelope) -> bool:
    """The same files in any order. Mails that were attached are written anew as well, and compared as mails."""
    mails, other_mails = _attached_mails(one), _attached_mails(other)
    return (
        _hashes(one) == _hashes(other) and len(mails) == len(other_mails) and all(map(same_mail, mails, other_mails))
    )


def _hashes(envelope: Envelope) -> list[str]:
    return sorted(hashlib.sha256(a.content).hexdigest() for a in envelope.attachments if not _is_mail(a))


def _attached_mails(envelope: Envelope) -> list[Envelope]:
    return [open_envelope(a.content, envelope.received) for a in envelope.attachments if _is_mail(a)]


def _is_mail(attachment: Attachment) -> bool:
    return attachment.content_type == "message/rfc822"
