"""Mails with locked files: held until a person brings the password, opened with it, and then read again.

Passwords are tried and forgotten: none is logged, or put into an event, and a typed one is stored nowhere. One that
came in a mail stays in the record as that mail does, whole.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import NamedTuple

from mailbot.cases import letters
from mailbot.cases.case import Case
from mailbot.cases.decisions import Decision
from mailbot.cases.events import Paper
from mailbot.cases.locked import ask_for_the_password, on_locked_file, on_unlocked, password_letter
from mailbot.cases.stages import OPEN
from mailbot.errors import NotAllowedNow, WrongPassword
from mailbot.forms.passwords import password_candidates
from mailbot.forms.recognise import has_locked
from mailbot.forms.seen import filled
from mailbot.intake.opening import Opened, open_mail, recorded
from mailbot.intake.settling import came, not_too_many, open_case, store
from mailbot.mail.envelope import Attachment, fresh_text
from mailbot.parts import Parts
from mailbot.store.database import write
from mailbot.store.mailbag import MailMark, StoredMail


class Given(NamedTuple):
    """Who gave a password, and the mail that it was taken from, if from one."""

    by: str
    mail: int | None


class Unlocked(NamedTuple):
    """What a person's password did: files it opened, locks that stay shut, and the case that has papers of it."""

    opened: int
    left: int
    case: str | None


def take_locked(opened: Opened, parts: Parts, now: datetime) -> None:
    """Held, and neither a return nor unreadable. A believed agency is not chased while its file waits."""
    case, agency, arrived = open_case(opened, parts), opened.read.agency, came(opened, parts)
    believed = opened.seen.believed or opened.mail.case is not None
    if case is None or agency is None or not believed:
        # Whoever sent it: some areas have live referrals locked, and nobody can see what this one is.
        told = not_too_many(password_letter(arrived, parts.practice, now), parts, now)
        _wait(opened, Decision(actions=(told,)), parts, now)
        return
    if recorded(opened.mail, parts):
        decision = Decision(case=case.ref, version=case.version)
        decision = decision.and_then(ask_for_the_password(case, arrived, parts.practice, now))
    else:
        readable = any(filled(form) for form in opened.seen.forms)
        decision = on_locked_file(case, agency, arrived, readable, parts.practice, now)
    store(opened, decision, case.ref, parts, now, state="held", waits_for="password")


def take_password(opened: Opened, parts: Parts, now: datetime) -> None:
    """A mail that seems to bring a password: held, and the office is told which mail waits for one."""
    number, waiting = opened.mail.id, opened.seen.waiting[-1]
    told = letters.to_office(
        Case(),
        parts.practice,
        now,
        f"password-{number}",
        "A password may have come",
        [
            f"Mail {number}, from {opened.envelope.sender.email}, may bring the password of mail {waiting}, which "
            "waits for one. Please read it; if it does, the command opens the file.",
        ],
        [f"mailbot unlock {waiting} {_brought_in(number)} --by YOU"],
        kind="warning",
    )
    reason = f"{opened.read.because[0]}: mailbot unlock {waiting} {_brought_in(number)}"
    mark = MailMark(mail=number, state="held", reason=reason)
    parts.casebook.commit(Decision(actions=(not_too_many(told, parts, now),)), now, mark)


def unlock(
    mail: int, passwords: tuple[str, ...], by: str, parts: Parts, now: datetime, brought: int | None = None
) -> Unlocked:
    """Open what the passwords open of a held mail's locked files, and keep it beside the original.

    `brought` is the mail that the passwords are from, for the story. The mail is not read again yet:
    `Mailbag.release` and `work_through` do. Raises UnknownMail; NotAllowedNow where the mail is not held or has no
    locked file; WrongPassword where nothing could be opened: nothing has changed then.
    """
    stored = parts.mailbag.mail(mail)
    if stored.state != "held":
        raise NotAllowedNow(f"Mail {mail} is {stored.state}: only the files of a held mail wait for a password.")
    seen = open_mail(stored, parts)
    files = [a for a in seen.envelope.attachments if not a.inline]
    locked = [file for file, form in zip(files, seen.seen.forms, strict=False) if has_locked((form,))]
    if not locked:
        raise NotAllowedNow(f"Mail {mail} has no locked file. `mailbot held` says why it is held.")
    tried = [(file, parts.sandbox.opened(file.content, file.name, passwords)) for file in locked]
    opened = [(file, plain) for file, plain in tried if plain]
    if not opened:
        raise WrongPassword(_opens_nothing(mail, locked, passwords, parts))
    there = recorded(stored, parts)
    with write(parts.db):
        for file, plain in opened:
            parts.mailbag.keep_opened(file.content, plain, by, now)
        beside = [(file, plain) for file, plain in opened if there]
        _write_down(seen, beside, Given(by, brought), parts, now)
    left = sum(_shut(file, plain or file.content, parts) for file, plain in tried)
    return Unlocked(len(opened), left, stored.case if there else None)


def _opens_nothing(mail: int, locked: list[Attachment], passwords: tuple[str, ...], parts: Parts) -> str:
    """Why nothing could be kept: no password fits, or not all those of an archive were given."""
    counts = [parts.sandbox.locks(file.content, file.name, passwords) for file in locked]
    opens, shut = sum(one for one, _ in counts), sum(one for _, one in counts)
    if opens:
        return (
            f"That opens {opens} of {opens + shut} locks in mail {mail}. Locks that stay shut: {shut}. Nothing was "
            "changed, for an archive opens whole. Give all its passwords at once, by --password-stdin, one a line."
        )
    return (
        f"That opens no file of mail {mail}, and nothing was changed. Ask the sender again; a locked file inside "
        "an Outlook message has to be sent by itself."
    )


def _shut(file: Attachment, content: bytes, parts: Parts) -> int:
    """How many locks a file still has. One in a place where locks are not counted is one."""
    if not has_locked((parts.sandbox.form(content, file.name),)):
        return 0
    return max(1, parts.sandbox.locks(content, file.name, ())[1])


def sent_by_others(mail: int, other: int, parts: Parts) -> bool:
    """Whether the other mail came neither from the sender of the mail nor from an address of the same agency."""
    directory, waits, brings = parts.practice.directory, *(parts.mailbag.mail(one).sender for one in (mail, other))
    agency = directory.agency_of(waits)
    return waits.casefold() != brings.casefold() and (agency is None or directory.agency_of(brings) != agency)


def brings_a_password(mail: StoredMail) -> bool:
    """Whether a mail is held because it seems to bring a password: its subject may be the password itself."""
    return mail.state == "held" and mail.reason.endswith(_brought_in(mail.id))


def _brought_in(mail: int) -> str:
    return f"--password-in {mail}"


def password_in(mail: int, parts: Parts) -> tuple[str, ...]:
    """What may be a password in a mail's own words, quoted letters left out. Raises UnknownMail."""
    return password_candidates(fresh_text(open_mail(parts.mailbag.mail(mail), parts).envelope))


def brought_the_password(mail: int, other: int, parts: Parts) -> bool:
    """Whether a held mail seems to have come for nothing but the password of the other."""
    stored = parts.mailbag.mail(mail)
    if stored.state != "held" or mail == other:
        return False
    opened = open_mail(stored, parts)
    return opened.read.kind == "password" and other in opened.seen.waiting


def _wait(opened: Opened, decision: Decision, parts: Parts, now: datetime) -> None:
    mark = MailMark(
        mail=opened.mail.id,
        state="held",
        reason="; ".join(opened.read.because),
        candidates=opened.read.candidates,
        waits_for="password",
    )
    parts.casebook.commit(decision, now, mark)


def _write_down(
    seen: Opened, beside: list[tuple[Attachment, bytes]], given: Given, parts: Parts, now: datetime
) -> None:
    """Who opened it, in the story of the case; with what holds no form and came beside papers recorded before."""
    case = open_case(seen, parts)
    if case is None or case.stage not in OPEN:
        return
    papers = tuple(
        Paper(kind="other", name=file.name, sha256=hashlib.sha256(plain).hexdigest())
        for file, plain in beside
        if _holds_no_form(file, plain, parts)
    )
    decision = on_unlocked(case, seen.read.agency, seen.mail.id, given.by, papers, now, given.mail)
    parts.casebook.commit(decision, now)


def _holds_no_form(file: Attachment, plain: bytes, parts: Parts) -> bool:
    form = parts.sandbox.form(plain, file.name)
    return not filled(form) and not has_locked((form,))
