"""Answers to our invitations: who of those invited comes, by the calendar's own words from their own address."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

from mailbot.cases.attending import invited, meeting_uid
from mailbot.cases.case import Case
from mailbot.cases.coming import CalendarAnswer, on_answer
from mailbot.cases.events import PartStat
from mailbot.cases.stages import OPEN
from mailbot.errors import UnknownCase
from mailbot.intake.opening import Opened
from mailbot.intake.settling import hold, mark, store
from mailbot.mail.invitation import CalendarReply, read_reply
from mailbot.parts import Parts


def take_calendar_reply(opened: Opened, parts: Parts, now: datetime) -> None:
    """Accepted, declined, tentative or another time. Only the person invited answers for themselves."""
    reply, ref = read_reply(opened.envelope), opened.mail.case or opened.read.case
    if reply is None:
        hold(opened, "an answer to an invitation that cannot be read: please read it", parts, now, ref)
        return
    case = _case_of(reply, parts)
    if case is None:
        hold(opened, "an answer to an invitation that is none of ours: please read it", parts, now, ref)
        return
    sender = opened.envelope.sender.email.casefold()
    sequence = invited(case).get(sender)
    if sequence is None or sender not in reply.attendees:
        hold(opened, "an answer to an invitation, not from the person who was invited", parts, now, case.ref)
        return
    if case.stage not in OPEN:
        mark(opened, "handled", "an answer to the invitation to a meeting that is off", parts, case.ref)
        return
    answer = CalendarAnswer(
        who=sender,
        partstat=next((known for known in get_args(PartStat) if known == reply.partstat), None),
        # A calendar that leaves the sequence out answers what it was sent last.
        sequence=sequence if reply.sequence is None else reply.sequence,
        at=opened.envelope.received,
        mail=opened.mail.id,
        proposed=reply.proposed,
        instead=reply.delegated_to,
    )
    store(opened, on_answer(case, answer, parts.practice, now), case.ref, parts, now)


def _case_of(reply: CalendarReply, parts: Parts) -> Case | None:
    """The case whose meeting the answer names by its UID; it stays that case's own, merged or not."""
    ref = reply.uid.partition("@")[0].upper()
    try:
        case = parts.casebook.load(ref)
    except UnknownCase:
        return None
    return case if meeting_uid(case, parts.practice) == reply.uid.casefold() else None
