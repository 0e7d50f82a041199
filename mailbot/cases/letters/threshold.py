"""Letters about the threshold: the question to the local authority, the partners' discussion, and who is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from mailbot.cases.case import Case, Referrer
from mailbot.cases.decisions import Facts, Original, SendLetter, Template
from mailbot.cases.directory import Agency, Person
from mailbot.cases.letters.common import common, la_name
from mailbot.cases.practice import Practice
from mailbot.cases.procedure import ClockId
from mailbot.cases.wording import say_day, say_iso_date, say_list, say_moment, say_short_day

Wanted = Literal["decision", "form"]
News = Literal["incident", "accepted", "refused", "meeting", "upheld", "overturned", "more_time"]


def la_enquiry(
    case: Case,
    la: Agency,
    to: Sequence[str],
    practice: Practice,
    now: datetime,
    wants: Wanted,
    step: str,
    due: datetime | None = None,
    asked: Sequence[str] = (),
) -> SendLetter:
    """To the local authority: is this serious harm, or where is its form? `step` is `ask`, or the ladder's rung.

    The papers go with the first question only. A letter to somebody above those who were asked names them (`asked`).
    """
    calendar, hide = practice.calendar, practice.pseudonyms(case)
    first = step.startswith("ask")
    papers = [p for p in case.papers if p.kind in ("referral", "other")] if first and wants == "decision" else []
    due_day = calendar.day_of(due) if due else None
    facts = common(case, practice, now, la.name) | {
        "wants": wants,
        **_incident(case, practice),
        "definition": practice.procedure_of(case).sentence("serious_harm_definition"),
        "attached": bool(papers),
        "answer_days": _days(case, "la_answer", practice) if wants == "decision" else 0,
        "form_days": _days(case, "jcr_referral", practice),
        "due": say_moment(due, practice.zone) if due else "",
        "due_short": say_short_day(due_day) if due_day else "",
        "late": bool(due and now > due),
        "again": not first,
        "higher": bool(asked),
        "asked": say_list(list(asked)),
        "asked_on": say_day(calendar.day_of(case.la_asked_at)) if case.la_asked_at and wants == "decision" else "",
    }
    mark = step if due_day is None else f"{step}/{due_day.isoformat()}"
    return SendLetter(
        key=f"{case.ref}/la/{la.id}/{wants}/{mark}",
        case=case.ref,
        kind="la_enquiry",
        to=tuple(to),
        agency=la.id,
        facts=facts,
        attachments=(
            *(Original(name=f"{case.ref} {hide.file(p)}", paper=p) for p in papers),
            *([referral_form(case, practice)] if wants == "form" else []),
        ),
        due=calendar.next_open(now),
    )


def referral_form(case: Case, practice: Practice) -> Template:
    """Document 1, to be filled in, with what is known of whom it is about."""
    return Template(
        template="referral_form",
        name=f"{case.ref} referral form.docx",
        facts={
            "ref": case.ref,
            "partnership_name": practice.office.name,
            "return_address": practice.office.address,
            "child_name": case.child.name,
            "child_dob": say_iso_date(case.child.dob),
        },
    )


def partner_enquiry(
    case: Case, person: Person, practice: Practice, now: datetime, step: str, due: datetime | None = None
) -> SendLetter:
    """To a partner's lead or the Partnership Manager: do you agree that it is not serious harm?

    `step` is `ask`, `ask-2` about a second "no", or the ladder's rung.
    """
    decided, first = case.serious_harm_at, step.startswith("ask")
    mark = step if due is None else f"{step}/{practice.calendar.day_of(due).isoformat()}"
    facts = common(case, practice, now) | {
        "topic": "threshold",
        "threshold": {
            **_incident(case, practice),
            "la_name": la_name(case, practice),
            "decided_on": say_day(practice.calendar.day_of(decided)) if decided else "",
            "reason": practice.pseudonyms(case)(case.serious_harm_reason),
            "definition": practice.procedure_of(case).sentence("serious_harm_definition"),
            "answer_days": _days(case, "partner_answers", practice) if first else 0,
        },
        "due": say_moment(due, practice.zone) if due else "",
        "again": not first,
    }
    return SendLetter(
        key=f"{case.ref}/partner/threshold/{person.email}/{mark}",
        case=case.ref,
        kind="partner_enquiry",
        to=(person.email,),
        facts=facts,
        due=practice.calendar.next_open(now),
    )


def notice(
    case: Case,
    to: str,
    practice: Practice,
    now: datetime,
    news: News,
    mark: str,
    reason: str = "",
    due: datetime | None = None,
) -> SendLetter:
    """Word to somebody of the partnership of what has happened, or when the partners meet. `mark` tells it apart."""
    hide = practice.pseudonyms(case)
    challenges = [a for a in case.partner_answers if (a.topic, a.answer) == ("threshold", "challenge")]
    meeting = case.threshold_meeting_at
    facts = common(case, practice, now) | {
        "news": news,
        **_incident(case, practice),
        "la_name": la_name(case, practice) or "the local authority",
        "reason": hide(reason),
        "meeting": say_moment(meeting, practice.zone) if meeting else "",
        "venue": "",
        "challenges": [f"{a.who.name}: {hide(a.reason)}" for a in challenges] if news == "meeting" else [],
        "due": say_moment(due, practice.zone) if due else "",
    }
    return SendLetter(
        key=f"{case.ref}/notice/{news}/{to}/{mark}",
        case=case.ref,
        kind="notice",
        to=(to,),
        facts=facts,
        due=practice.calendar.next_open(now),
    )


def threshold_decision(
    case: Case, referrer: Referrer, practice: Practice, now: datetime, accepted: bool, mark: str, reason: str
) -> SendLetter:
    """To whoever told of the incident: whether it is treated as serious harm."""
    agency = practice.directory.agency(referrer.agency)
    received = case.reported_at
    facts: Facts = common(case, practice, now, agency.name if agency else "") | {
        "accepted": accepted,
        "received": say_day(practice.calendar.day_of(received)) if received else "",
        "la_name": la_name(case, practice) or "The local authority",
        "reason": practice.pseudonyms(case)(reason),
    }
    return SendLetter(
        key=f"{case.ref}/threshold-decision/{referrer.address}/{mark}",
        case=case.ref,
        kind="threshold_decision",
        to=(referrer.address,),
        agency=referrer.agency,
        facts=facts,
        in_reply_to=referrer.message_id,
        due=practice.calendar.next_open(now),
    )


def _incident(case: Case, practice: Practice) -> Facts:
    """Who told of it, and when."""
    agency = practice.directory.agency(case.referrer_agency)
    told = case.reported_at
    return {
        "referred_by": agency.name if agency else case.referral.get("referrer_agency", "") or "A partner agency",
        "received": say_day(practice.calendar.day_of(told)) if told else "",
    }


def _days(case: Case, clock: ClockId, practice: Practice) -> int:
    """How many working days the procedure gives; 0 where it has no such clock."""
    return next((rule.days for rule in practice.procedure_of(case).clock if rule.id == clock), 0)
