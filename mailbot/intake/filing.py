"""Files that a person saved from a portal, taken in as if their agency had mailed them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from mailbot.cases.directory import Agency
from mailbot.errors import UsageProblem
from mailbot.intake.forms import take_return
from mailbot.intake.opening import Opened, open_mail
from mailbot.intake.settling import hold
from mailbot.mail.addresses import Address
from mailbot.mail.inbox import RawMail
from mailbot.parts import Parts
from mailbot.store.mailbag import StoredMail

BROUGHT = "X-Mailbot-Brought-For"
RETURNS = ("scoping_return", "chronology")


def file_for(
    ref: str, agency_id: str, paths: Sequence[Path], by: str, received: datetime, parts: Parts, now: datetime
) -> StoredMail:
    """Keep the files as one original, read them, and record them as the agency's; gives the mail that they became.

    `received` is when the office got them: clocks count from there. Files that hold no return are held, with the
    reason. Raises UsageProblem where a file cannot be read, was brought before, or agency or person are not known.
    """
    agency = parts.practice.directory.agency(agency_id)
    if agency is None:
        known = ", ".join(a.id for a in parts.practice.directory.agencies)
        raise UsageProblem(f"{agency_id} is no agency of the directory. It has {known}.")
    if not parts.practice.directory.knows(by):
        raise UsageProblem("Say with --as who brings the files: an address of people.toml or agencies.toml.")
    case = parts.casebook.survivor(ref)
    raw = _as_mail(case.ref, agency, paths, by, received, parts)
    brought = RawMail(key=f"brought/{hashlib.sha256(raw).hexdigest()}", content=raw, received=min(received, now))
    mail = parts.mailbag.mail(parts.mailbag.keep(brought.content, brought.key, brought.received, now))
    if mail.state != "kept":
        raise UsageProblem(f"These files were brought already: they are mail {mail.id}, which is {mail.state}.")
    opened = _from_agency(open_mail(mail.model_copy(update={"case": case.ref}), parts), agency, by)
    if opened.read.kind in RETURNS:
        take_return(opened, parts, now)
    else:
        why = f"{opened.read.because[0]}: in the files that {by} brought for {agency.name} no return could be read"
        hold(opened, why, parts, now, case.ref)
    return parts.mailbag.mail(mail.id)


def _as_mail(ref: str, agency: Agency, paths: Sequence[Path], by: str, received: datetime, parts: Parts) -> bytes:
    """One mail with the files in it, byte for byte. It says who brought it, and for whom; it is nobody's forgery."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = by, parts.practice.office.address
    message["Subject"] = f"[{ref}] Files of {agency.name}, saved by hand"
    message["Date"] = format_datetime(received)
    message[BROUGHT] = agency.id
    message.set_content(f"Files of {agency.name}, saved by {by}.")
    for number, path in enumerate(paths, 1):
        try:
            content = path.read_bytes()
        except OSError as problem:
            raise UsageProblem(f"File {number} cannot be read: {problem.strerror}. Nothing was taken in.") from None
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=path.name)
    for part in message.walk():
        if part.is_multipart():
            part.set_boundary(f"=_{hashlib.sha256(f'{ref} {agency.id} {received}'.encode()).hexdigest()[:24]}")
    return message.as_bytes()


def _from_agency(opened: Opened, agency: Agency, by: str) -> Opened:
    """As the agency's own mail: a named person vouches for it, and thanks go to the agency's contact."""
    sender = Address(email=agency.spoc[0]) if agency.spoc else opened.envelope.sender
    envelope = opened.envelope.model_copy(update={"sender": sender})
    seen = opened.seen.model_copy(
        update={"believed": True, "why_not": "", "envelope": envelope, "sender_agency": agency.id}
    )
    because = (*opened.read.because[:1], f"{by} brought it for {agency.name}")
    read = opened.read.model_copy(update={"agency": agency.id, "because": because})
    return Opened(opened.mail, envelope, None, seen, read)
