"""Letters of the scoping: receipt, Document 3 with its forms, thanks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mailbot.cases.case import Case, Request
from mailbot.cases.decisions import Facts, Original, SendLetter, Template
from mailbot.cases.events import LetterKind
from mailbot.cases.letters.common import common, meeting_text, outline, spoc_of
from mailbot.cases.practice import Practice
from mailbot.cases.wording import (
    field_name,
    say_day,
    say_iso_date,
    say_moment,
    say_short_day,
)

ALSO_A_SUBJECT = "also a child of this review"
"""In the scoping template's family table, of each child of the incident but the first."""


def acknowledgement(
    case: Case, practice: Practice, now: datetime, to: str, what: str, mail: str, received: datetime
) -> SendLetter:
    """Receipt of a referral, notification or email, to its sender: the reference only, no details."""
    return SendLetter(
        key=f"{case.ref}/acknowledgement/{mail}",
        case=case.ref,
        kind="acknowledgement",
        to=(to,),
        facts=common(case, practice, now) | {"what": what, "received": say_moment(received, practice.zone)},
        in_reply_to=mail,
        due=practice.calendar.next_open(now),
    )


def scoping(case: Case, request: Request, practice: Practice, now: datetime) -> SendLetter:
    """Document 3 with Document 2, the chronology template and the referral, for one agency, numbered in that order.

    The return date counts from the sending: a letter that is released on a later day is written again with its date.
    """
    procedure, calendar = practice.procedure_of(case), practice.calendar
    days = procedure.rule("returns_due").days
    due, hide = calendar.due(now, days), practice.pseudonyms(case)
    facts = common(case, practice, now, request.name) | {
        "outline": f"{outline(case)} The referral form attached gives the account.",
        "referred_by": case.referral.get("referrer_agency", "") or "a partner agency",
        "received": say_day(calendar.day_of(case.received_at)) if case.received_at else "",
        "due": say_moment(due, practice.zone),
        "due_short": say_short_day(calendar.day_of(due)),
        "return_days": days,
        "meeting": meeting_text(case, practice),
        "asked": [r.name for r in case.requests.values()],
        "because": request.because,
    }
    chronology: Facts = {
        "ref": case.ref,
        "child_name": case.child.name,
        "agency_name": request.name,
        "partnership_name": practice.office.name,
    }
    return SendLetter(
        key=f"{case.ref}/{request.round}/{request.agency}",
        case=case.ref,
        kind="scoping",
        to=spoc_of(request, practice),
        agency=request.agency,
        round=request.round,
        item=request.item,
        facts=facts,
        attachments=(
            Template(template="scoping_letter", name=f"{case.ref} 1 scoping letter.docx", facts=facts),
            Template(
                template="scoping_template",
                name=f"{case.ref} 2 scoping and information sharing template.docx",
                facts=scoping_template(case, request, practice, now, due),
            ),
            Template(template="chronology_template", name=f"{case.ref} 3 chronology template.docx", facts=chronology),
            Template(
                template="chronology_template",
                name=f"{case.ref} 4 chronology in Excel instead.xlsx",
                facts=chronology,
            ),
            *(Original(name=f"{case.ref} 5 {hide.file(p)}", paper=p) for p in case.papers if p.kind == "referral"),
        ),
        due=now,
    )


def scoping_template(case: Case, request: Request, practice: Practice, now: datetime, due: datetime) -> Facts:
    """What Document 2 is prefilled with."""
    calendar, fields = practice.calendar, case.referral
    others = [
        {"name": child.name, "relationship": ALSO_A_SUBJECT, "date_of_birth": child.dob}
        for child in case.children[1:]
        if child.name
    ]
    named = {row["name"].casefold() for row in others}
    household = [*case.referral_tables.get("parents_carers", ()), *case.referral_tables.get("siblings_household", ())]
    family = [*others, *(row for row in household if row.get("name", "").casefold() not in named)]
    return {
        "ref": case.ref,
        "partnership_name": practice.office.name,
        "agency_name": request.name,
        "child_name": case.child.name,
        "child_aka": fields.get("child_aka", ""),
        "child_dob": say_iso_date(case.child.dob),
        "child_address": fields.get("child_address", ""),
        "nhs_number": fields.get("nhs_number", ""),
        "child_gender": case.child.gender,
        "family": [
            {
                "name": row.get("name", ""),
                "relationship": row.get("relationship", ""),
                "date_of_birth": say_iso_date(row.get("date_of_birth", "")),
            }
            for row in family
        ],
        "date_of_incident": say_iso_date(fields.get("date_of_incident", "")),
        "outline": fields.get("incident_summary", ""),
        "referrer_agency": fields.get("referrer_agency", ""),
        "date_circulated": say_day(calendar.day_of(now)),
        "date_due": say_moment(due, practice.zone),
        "return_address": practice.office.address,
    }


def thanks(
    case: Case, practice: Practice, now: datetime, to: str, agency: Request, received: Sequence[str], mail: str
) -> SendLetter:
    """Thanks for a return; where it lacks something, that is asked for in the same letter."""
    kind: LetterKind = "reask" if agency.missing else "thanks"
    facts = common(case, practice, now, agency.name) | {
        "received": list(received),
        "nil": agency.completeness == "nil",
        "missing": [field_name(m) for m in agency.missing],
        "choices": [],
        "unclear": "",
    }
    return SendLetter(
        key=f"{case.ref}/thanks/{mail}",
        case=case.ref,
        kind=kind,
        to=(to,),
        agency=agency.agency,
        facts=facts,
        in_reply_to=mail,
        due=practice.calendar.next_open(now),
    )
