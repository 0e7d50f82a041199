"""What becomes of a mail: stored with its decision, marked, or held for a person with the reason."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Literal

from mailbot.cases import letters
from mailbot.cases.arrivals import Came
from mailbot.cases.case import Case
from mailbot.cases.decisions import Decision, SendLetter
from mailbot.cases.locked import ask_for_the_password
from mailbot.cases.stages import OPEN
from mailbot.forms.matching import owing_case
from mailbot.forms.recognise import has_locked
from mailbot.intake.opening import Opened
from mailbot.parts import Parts
from mailbot.store.mailbag import MailMark, WaitsFor

log = logging.getLogger("mailbot.intake")
MUST_BE_BELIEVED = frozenset(
    {
        "referral",
        "notification",
        "scoping_return",
        "nil_return",
        "chronology",
        "rapid_review",
        "decision_sheet",
        "approval",
        "extension_request",
        "question",
        "acknowledgement",
        "secure_wrapper",
        "la_decision",
        "partner_answer",
        "panel_reply",
        "decision",
        "calendar_reply",
    }
)
"""Kinds that change a case. From a sender whom nobody vouches for they are held for a person."""
ONLY_BY_THEMSELVES = frozenset({"approval", "decision", "la_decision", "partner_answer"})
"""Kinds that nobody else can vouch for: assigning the mail does not make its sender believed."""
ONLY_FROM_AGENCIES = frozenset({"notification", "scoping_return", "nil_return", "chronology"})
"""Kinds that a believed stranger may not bring either, whatever agency the form in the mail names."""
NEW_CASE = "NEW"
"""What a person assigns a held referral to, to say that it opens a case of its own."""
OPENS_A_CASE = ("referral", "notification", "other", "question")
"""Kinds that a person may assign to a new case."""
TELL_WHEN_HELD = (MUST_BE_BELIEVED - {"question", "acknowledgement"}) | {"bounce", "records_request"}
MOST_TOLD = 10
"""Held mails that the office is told of one by one in one pass."""
State = Literal["handled", "held", "ignored"]


def open_case(opened: Opened, parts: Parts) -> Case | None:
    """The open case that the mail belongs to, by its marks or, last, because its sender owes us just one answer."""
    ref = opened.mail.case or opened.read.case
    if ref == NEW_CASE:
        return None
    if ref is None and not opened.read.candidates:
        ref = owing_case(opened.seen, opened.read.agency)
    case = parts.casebook.survivor(ref) if ref else None
    return case if case and case.stage in OPEN else None


def which_case(opened: Opened) -> str:
    kind = opened.read.kind.replace("_", " ")
    if opened.read.case:
        return f"a {kind} for {opened.read.case}, which is not open any more"
    return f"a {kind}: which case is this? {'; '.join(opened.read.because)}"


def came(opened: Opened, parts: Parts) -> Came:
    """The mail as a case remembers it. Only a believed sender of a known domain is answered without a person."""
    sender, directory = opened.envelope.sender.email, parts.practice.directory
    known = directory.knows(sender) or directory.in_known_domain(sender)
    calendar, received = parts.practice.calendar, opened.envelope.received
    age = calendar.between(calendar.day_of(received), calendar.day_of(opened.mail.kept_at))
    return Came(
        mail=opened.mail.id,
        message_id=opened.envelope.message_id,
        sender=sender,
        received=opened.envelope.received,
        may_answer=known and opened.seen.believed and not opened.envelope.unattended,
        old=age > parts.settings.inbox.answer_within_days,
    )


def store(
    opened: Opened,
    decision: Decision,
    ref: str,
    parts: Parts,
    now: datetime,
    state: State = "handled",
    waits_for: WaitsFor = "",
) -> None:
    by = [f"assigned by {opened.mail.assigned_by}"] if opened.mail.assigned_by else []
    reason = "; ".join((*by, *opened.read.because, *decision.because))
    mark = MailMark(mail=opened.mail.id, state=state, reason=reason, case=ref, waits_for=waits_for)
    parts.casebook.commit(decision, now, mark)
    log.info("mail %s: %s for %s", opened.mail.id, opened.read.kind, ref)


def store_what_can_be_read(opened: Opened, decision: Decision, case: Case, parts: Parts, now: datetime) -> None:
    """A locked file beside the forms is no paper of the case yet: for its sake the mail waits for a password."""
    if not has_locked(opened.seen.forms):
        store(opened, decision, case.ref, parts, now)
        return
    asked = ask_for_the_password(case, came(opened, parts), parts.practice, now)
    store(opened, decision.and_then(asked), case.ref, parts, now, state="held", waits_for="password")


def mark(opened: Opened, state: State, reason: str, parts: Parts, case: str | None = None) -> None:
    parts.mailbag.mark(opened.mail.id, state, reason, case)
    log.info("mail %s is %s", opened.mail.id, state)


def hold(
    opened: Opened,
    reason: str,
    parts: Parts,
    now: datetime,
    case: str | None = None,
    candidates: tuple[str, ...] = (),
) -> None:
    """Held for a person, who is told at once where the mail comes from an agency or may carry a case forward.

    `candidates` are the cases that it may belong to, where recognition did not name them.
    """
    candidates, decision = candidates or opened.read.candidates, Decision()
    if opened.read.kind in TELL_WHEN_HELD or opened.read.agency:
        why = reason.rstrip(". ")
        told = letters.to_office(
            Case(),
            parts.practice,
            now,
            f"held-{opened.mail.id}",
            "A mail waits for you",
            [f"Mail {opened.mail.id}, from {opened.envelope.sender.email}, is held: {why}.", *_advice(opened)],
            _commands(opened, candidates),
            kind="warning",
        )
        decision = Decision(actions=(not_too_many(told, parts, now),))
    mark = MailMark(mail=opened.mail.id, state="held", reason=reason, case=case, candidates=candidates)
    parts.casebook.commit(decision, now, mark)
    log.info("mail %s is held", opened.mail.id)


def _advice(opened: Opened) -> list[str]:
    """What assigning the mail would do."""
    match opened.read.kind:
        case "referral":
            return ["Assigned to a case it joins that one, as a further referral of its incident. NEW opens a case."]
        case "notification":
            return ["Assigned to a case it becomes one of its papers. NEW opens a case, whose form is then awaited."]
        case "records_request":
            return [
                "It is a request for records by right, which has a time limit of its own in law. Pass it to the "
                "information governance team today; mailbot answers nothing and discloses nothing."
            ]
        case "other":
            return ["If it tells of an incident, NEW opens a case with its words and files, and a form is awaited."]
        case _:
            return []


def _commands(opened: Opened, candidates: tuple[str, ...]) -> list[str]:
    number = opened.mail.id
    commands = ["mailbot held", *(f"mailbot assign {number} {ref} --as YOU" for ref in candidates or ("REF",))]
    if opened.read.kind in OPENS_A_CASE:
        commands.append(f"mailbot assign {number} {NEW_CASE} --as YOU")
    return [*commands, f"mailbot replay {number}"]


def hold_and_tell(mail: int, why: str, parts: Parts, now: datetime) -> None:
    """Held because it could not even be recognised: a person is told, for it may be anything."""
    told = letters.to_office(
        Case(),
        parts.practice,
        now,
        f"held-{mail}",
        "A mail waits for you",
        [f"Mail {mail} is held: {why}"],
        ["mailbot held", f"mailbot replay {mail}"],
        kind="warning",
    )
    mark = MailMark(mail=mail, state="held", reason=why)
    parts.casebook.commit(Decision(actions=(not_too_many(told, parts, now),)), now, mark)


def not_too_many(told: SendLetter, parts: Parts, now: datetime) -> SendLetter:
    """The letter about one held mail; after MOST_TOLD of them in one pass, one letter about all the rest of the day.

    A mailbox full of old mail, or a flood, must not become a flood of warnings in which the one that matters is lost.
    """
    if parts.outbox.asked_at(now) < MOST_TOLD:
        return told
    day = parts.practice.calendar.day_of(now)
    return letters.to_office(
        Case(),
        parts.practice,
        now,
        f"many-held-{day.isoformat()}",
        "Many mails wait for you",
        ["More mails are held than are told one by one. Please look through all of them today: live concerns too."],
        ["mailbot held"],
        kind="warning",
    ).model_copy(update={"due": told.due})
