"""One thing arriving, an email or a person's word, to a stored decision.

Every mail is kept before anyone tries to understand it. Whatever goes wrong afterwards, the mail is held with the
reason and the next one is read.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from mailbot.cases.decisions import Decision
from mailbot.errors import CaseMoved, MailbotError, MailboxProblem, own_mistake
from mailbot.forms.recognise import unknown_labels
from mailbot.intake.again import earlier
from mailbot.intake.answers import take_la_decision, take_panel_reply, take_partner_answer
from mailbot.intake.decision_sheets import take_sheet
from mailbot.intake.forms import take_nil_return, take_return
from mailbot.intake.incidents import take_incident
from mailbot.intake.invitations import take_calendar_reply
from mailbot.intake.office_replies import take_decision
from mailbot.intake.opening import Ahead, Opened, open_ahead, open_mail, recorded, said_by
from mailbot.intake.papers import forms_in
from mailbot.intake.referrals import take_notification, take_referral
from mailbot.intake.replies import (
    live_letter,
    take_approval,
    take_bounce,
    take_live_concern,
    take_other,
    take_records_request,
    take_reply,
)
from mailbot.intake.settling import (
    MUST_BE_BELIEVED,
    NEW_CASE,
    ONLY_BY_THEMSELVES,
    ONLY_FROM_AGENCIES,
    OPENS_A_CASE,
    hold,
    hold_and_tell,
    mark,
)
from mailbot.intake.template import take_template
from mailbot.intake.unlocking import take_locked, take_password
from mailbot.mail.envelope import open_envelope
from mailbot.mail.inbox import RawMail
from mailbot.parts import Parts
from mailbot.store.database import DriverError
from mailbot.store.mailbag import UNSAID, StoredMail

log = logging.getLogger("mailbot.intake")
TRIES = 3
AHEAD, SMALL = 2, 2_000_000
"""Mails that are opened before it is their turn, and the bytes of the largest of them: they lie in memory."""


def take_in_all(mails: Iterable[RawMail], parts: Parts, now: datetime) -> Iterator[str]:
    """Take in mail after mail, in order; gives what became of each.

    While one is decided on, the files of the next ones are read. Where the mailbox breaks off, what it gave before is
    taken in first. Raises what `mails` raises.
    """
    for raw, ahead in _each_with_the_next(mails, parts, now):
        yield take_in(raw, ahead, parts, now)


def _each_with_the_next(
    mails: Iterable[RawMail], parts: Parts, now: datetime
) -> Iterator[tuple[RawMail, Ahead | None]]:
    """Each mail with its envelope, after the next ones have been opened as well."""
    waiting: deque[tuple[RawMail, Ahead | None]] = deque()
    try:
        for raw in mails:
            waiting.append((raw, _opened_ahead(raw, parts, now)))
            while len(waiting) > (AHEAD if len(raw.content) <= SMALL else 0):
                yield waiting.popleft()
    except MailboxProblem:
        yield from waiting
        raise
    yield from waiting


def _opened_ahead(raw: RawMail, parts: Parts, now: datetime) -> Ahead | None:
    try:
        small = len(raw.content) <= SMALL and not raw.problem
        return open_ahead(raw.content, min(raw.received, now), parts) if small else None
    except Exception:
        # It comes again when it is this mail's turn: then the mail is kept, and held with the reason.
        log.exception("a mail could not be opened ahead of its turn")
        return None


def take_in(raw: RawMail, ahead: Ahead | None, parts: Parts, now: datetime) -> str:
    """Keep a mail and do what follows from it; gives what became of it. `ahead` is the mail, if opened already.

    No mail was received after now: in a rehearsal a file's own time may say so.
    """
    said = said_by(ahead.envelope) if ahead else UNSAID
    number = parts.mailbag.keep(raw.content, raw.key, min(raw.received, now), now, said)
    mail = parts.mailbag.mail(number)
    if mail.state != "kept":
        log.info("mail %s came again; it is %s already", number, mail.state)
        return mail.state
    if not raw.problem and (first := earlier(number, raw.content, raw.received, parts)):
        parts.mailbag.is_again(number, first)
        log.info("mail %s is mail %s in other bytes", number, first)
        return parts.mailbag.mail(first).state
    if raw.problem:
        envelope = open_envelope(raw.content, raw.received)
        parts.mailbag.note(number, said_by(envelope))
        hold_and_tell(number, raw.problem, parts, now)
        return "held"
    return work_through(mail, parts, now, ahead)


def work_through(mail: StoredMail, parts: Parts, now: datetime, ahead: Ahead | None = None) -> str:
    """What follows from a kept mail; gives what became of it. Never raises for anything that the mail contains."""
    try:
        trouble = _try(mail, parts, now, ahead)
    except MailbotError as problem:
        log.warning("mail %s is held: %s", mail.id, type(problem).__name__)
        trouble = str(problem)
    except (DriverError, OSError) as passing:
        # The record or the disk, not the mail: it stays kept, and the next pass reads it.
        log.warning("mail %s is read again at the next pass: %s", mail.id, type(passing).__name__)
        return "kept"
    except Exception as surprise:
        # The promise: one mail that cannot be understood never stops the next, and is never lost.
        log.exception("mail %s is held after a surprise", mail.id)
        trouble = own_mistake(surprise)
    if trouble and parts.mailbag.mail(mail.id).state == "kept":
        hold_and_tell(mail.id, trouble, parts, now)
    return parts.mailbag.mail(mail.id).state


def _try(mail: StoredMail, parts: Parts, now: datetime, ahead: Ahead | None) -> str:
    """Decide, again where the case moved on meanwhile; gives the reason to hold the mail, if there is one."""
    for _ in range(TRIES):
        try:
            _decide(open_mail(mail, parts, ahead), parts, now)
        except CaseMoved:
            log.info("mail %s: its case moved on meanwhile; deciding again", mail.id)
        else:
            return ""
    return "its case kept changing while it was read: please replay it"


def _decide(opened: Opened, parts: Parts, now: datetime) -> None:
    if opened.envelope.unopened:
        hold_and_tell(opened.mail.id, opened.envelope.unopened, parts, now)
        return
    kind = opened.read.kind
    assigned = opened.mail.case is not None
    parts.mailbag.note_unknown_labels(opened.mail.id, unknown_labels(opened.seen.read))
    if opened.read.alerts and kind != "live_concern":
        # Beside something else it may be background; a person looks at once all the same.
        of_ours = kind in ("referral", "notification")
        where = (
            "beside a form of ours, which is dealt with"
            if of_ours
            else f"in a mail taken as: {kind.replace('_', ' ')}"
        )
        told = live_letter(opened, f"It came {where}.", parts, now)
        parts.casebook.commit(Decision(actions=(told,)), now)
    if kind in MUST_BE_BELIEVED and not opened.seen.believed and not (assigned and kind not in ONLY_BY_THEMSELVES):
        hold(
            opened,
            f"{kind.replace('_', ' ')} from a sender who cannot be believed: {opened.seen.why_not}",
            parts,
            now,
        )
        return
    if opened.mail.case == NEW_CASE and kind in OPENS_A_CASE and kind != "referral":
        take_incident(opened, parts, now)
        return
    if recorded(opened.mail, parts) and not opened.seen.read:
        mark(opened, "handled", "all that it brought is recorded", parts, opened.mail.case)
        return
    if assigned and kind == "locked" and forms_in(opened):
        # A person says to go on with what can be read: the locked file goes on waiting.
        take_return(opened, parts, now)
        return
    sender = opened.envelope.sender.email
    if kind in ONLY_FROM_AGENCIES and not assigned and parts.practice.directory.agency_of(sender) is None:
        hold(opened, f"a {kind.replace('_', ' ')} from somebody who is not in the directory", parts, now)
        return
    HANDLERS.get(kind, take_other)(opened, parts, now)


HANDLERS: dict[str, Callable[[Opened, Parts, datetime], None]] = {
    "bounce": take_bounce,
    "auto_reply": take_reply,
    "rapid_review": take_template,
    "decision_sheet": take_sheet,
    "approval": take_approval,
    "calendar_reply": take_calendar_reply,
    "secure_wrapper": take_reply,
    "referral": take_referral,
    "notification": take_notification,
    "scoping_return": take_return,
    "chronology": take_return,
    "nil_return": take_nil_return,
    "extension_request": take_reply,
    "acknowledgement": take_reply,
    "question": take_reply,
    "la_decision": take_la_decision,
    "partner_answer": take_partner_answer,
    "panel_reply": take_panel_reply,
    "decision": take_decision,
    "live_concern": take_live_concern,
    "records_request": take_records_request,
    "locked": take_locked,
    "password": take_password,
}
