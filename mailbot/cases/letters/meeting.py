"""Letters of the meeting and after: the pack, the submission to the Panel, the outcome."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mailbot.cases.case import Case
from mailbot.cases.decisions import Original, SendLetter
from mailbot.cases.directory import PARTNER_NAMES
from mailbot.cases.events import OUTCOME_NAMES, Paper
from mailbot.cases.letters.common import common, held_on, la_name, meeting_text, outline, spoc_of
from mailbot.cases.practice import Practice
from mailbot.cases.wording import (
    say_day,
)
from mailbot.errors import NotInDirectory


def pack_letters(
    case: Case, practice: Practice, now: datetime, pack: Paper, contents: Sequence[str]
) -> list[SendLetter]:
    """The pack to everybody who attends, one letter each."""
    attendees = [p for p in practice.directory.people if p.role != "partnership_manager"]
    facts = {
        "meeting": meeting_text(case, practice),
        "contents": list(contents),
        "absent": [case.requests[a].name for a in case.pack_absent if a in case.requests],
        "version": case.pack_version,
    }
    return [
        SendLetter(
            key=f"{case.ref}/pack-{case.pack_version}/{person.email}",
            case=case.ref,
            kind="pack",
            to=(person.email,),
            round=f"pack-{case.pack_version}",
            item=item,
            facts=common(case, practice, now) | facts,
            attachments=(Original(name=pack.name, paper=pack),),
            due=now,
        )
        for item, person in enumerate(attendees, 1)
    ]


def submission(case: Case, practice: Practice, now: datetime, late: str) -> SendLetter:
    """Document 5 with Document 4, to the national Panel's address in the configuration and nowhere else."""
    if not practice.panel:
        raise NotInDirectory("The Panel's address is not set: write it in config/mailbot.toml, [panel] address.")
    if case.submission is None or case.outcome is None:
        raise ValueError(f"{case.ref}: the Rapid Review Template was not drafted, so there is nothing to submit")
    facts = common(case, practice, now) | {
        "la_name": la_name(case, practice),
        "sin_ref": case.notification.get("sin_ref", ""),
        "notified": say_day(practice.calendar.day_of(case.notified_at)) if case.notified_at else "",
        "received": say_day(practice.calendar.day_of(case.received_at)) if case.received_at else "",
        "meeting": held_on(case, practice),
        "outline": outline(case),
        "decision": OUTCOME_NAMES[case.outcome],
        "reason": case.outcome_reason,
        "partners": [
            {"name": p.name, "role": p.role, "partner": PARTNER_NAMES[p.partner]}
            for p in case.attendance
            if p.partner
        ],
        "quorate": case.quorate,
        "endorsed": say_day(case.endorsed_on) if case.endorsed_on else "",
        "late": late,
    }
    return SendLetter(
        key=f"{case.ref}/submission-{case.submission_version}",
        case=case.ref,
        kind="submission",
        to=(practice.panel,),
        round=f"submission-{case.submission_version}",
        item=1,
        facts=facts,
        attachments=(Original(name=case.submission.name, paper=case.submission),),
        due=now,
    )


def outcomes(case: Case, practice: Practice, now: datetime) -> list[SendLetter]:
    """The outcome, to every agency that was asked and to the referrer, one letter each."""
    if case.outcome is None:
        raise ValueError(f"{case.ref}: no outcome is recorded, so there is none to tell")
    facts = common(case, practice, now) | {
        "meeting": held_on(case, practice),
        "decision": OUTCOME_NAMES[case.outcome],
        "national": case.outcome == "national_review",
        "to_referrer": False,
        "answered": True,
    }
    agencies = [(r.agency, r.name, spoc_of(r, practice)) for r in case.requests.values()]
    letters = [
        SendLetter(
            key=f"{case.ref}/outcome/{agency}",
            case=case.ref,
            kind="outcome",
            to=to,
            agency=agency,
            round="outcome-1",
            item=item,
            facts=facts | {"agency_name": name, "answered": case.requests[agency].completeness is not None},
            in_reply_to=case.requests[agency].message_id,
            due=now,
        )
        for item, (agency, name, to) in enumerate(agencies, 1)
    ]
    told = {address.casefold() for letter in letters for address in letter.to}
    if case.referrer and case.referrer.casefold() not in told:
        letters.append(
            SendLetter(
                key=f"{case.ref}/outcome/referrer",
                case=case.ref,
                kind="outcome",
                to=(case.referrer,),
                round="outcome-1",
                item=len(letters) + 1,
                facts=facts | {"agency_name": case.referral.get("referrer_agency", ""), "to_referrer": True},
                in_reply_to=case.referral_message_id,
                due=now,
            )
        )
    return letters
