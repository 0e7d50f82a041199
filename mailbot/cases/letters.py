"""What each letter of the procedure says: its recipients, its facts and its attachments, from the case alone.

Letters carry the reference and initials; names stay inside the attachments. The words themselves are in
templates/letters, the Word forms in templates/documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from mailbot.cases.case import Case, Request
from mailbot.cases.deadlines import meeting_window, return_due
from mailbot.cases.decisions import Facts, Original, SendLetter, Template
from mailbot.cases.directory import PARTNER_NAMES
from mailbot.cases.events import OUTCOME_NAMES, LetterKind, Paper
from mailbot.cases.practice import Practice
from mailbot.cases.pseudonyms import Pseudonyms
from mailbot.cases.wording import (
    field_name,
    say_day,
    say_iso_date,
    say_list,
    say_moment,
    say_short_day,
)
from mailbot.errors import NotInDirectory


def common(case: Case, practice: Practice, now: datetime, agency_name: str = "") -> Facts:
    """The facts that every letter has."""
    office = practice.office
    return {
        "ref": case.ref or office.reference,
        "initials": case.child.initials,
        "today": say_day(practice.calendar.day_of(now)),
        "agency_name": agency_name,
        "partnership": {
            "name": office.name,
            "address": office.address,
            "telephone": office.telephone,
            "contact": office.contact,
            "marking": office.marking,
            "legal_basis": office.legal_basis,
        },
    }


def acknowledgement(case: Case, practice: Practice, now: datetime, to: str, what: str, mail: str) -> SendLetter:
    """Receipt of a referral, notification or email, to its sender: the reference only, no details."""
    received = case.received_at or now
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
    """Document 3 with Document 2, the chronology template and the referral, for one agency.

    The return date counts from the sending: a letter that is released on a later day is written again with its date.
    """
    procedure, calendar = practice.procedure_of(case), practice.calendar
    days = procedure.rule("returns_due").days
    due, hide = calendar.due(now, days), Pseudonyms(case)
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
    return SendLetter(
        key=f"{case.ref}/{request.round}/{request.agency}",
        case=case.ref,
        kind="scoping",
        to=_spoc(request, practice),
        agency=request.agency,
        round=request.round,
        item=request.item,
        facts=facts,
        attachments=(
            Template(
                template="scoping_template",
                name=f"{case.ref} scoping and information sharing template.docx",
                facts=scoping_template(case, request, practice, now, due),
            ),
            Template(
                template="chronology_template",
                name=f"{case.ref} chronology template.docx",
                facts={
                    "ref": case.ref,
                    "child_name": case.child.name,
                    "agency_name": request.name,
                    "partnership_name": practice.office.name,
                },
            ),
            *(Original(name=f"{case.ref} {hide.file(p)}", paper=p) for p in case.papers if p.kind == "referral"),
        ),
        due=now,
    )


def outline(case: Case) -> str:
    """The brief outline of the referral for Documents 3 and 5: what a reader needs to start, and no name."""
    fields = case.referral
    died = fields.get("date_of_death", "").startswith("20")
    happened = "has died" if died else "has been seriously harmed"
    when = say_iso_date(fields.get("date_of_incident", "") or fields.get("date_of_death", ""))
    text = f"A child, {case.child.initials}, {happened}" if case.child.initials else f"A child {happened}"
    if when and when not in ("unknown", "not_applicable"):
        text += f" (incident of {when})"
    return f"{text}, and abuse or neglect is known or suspected."


def scoping_template(case: Case, request: Request, practice: Practice, now: datetime, due: datetime) -> Facts:
    """What Document 2 is prefilled with."""
    calendar, fields = practice.calendar, case.referral
    family = [*case.referral_tables.get("parents_carers", ()), *case.referral_tables.get("siblings_household", ())]
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


def meeting_text(case: Case, practice: Practice) -> str:
    """When the meeting is, or the days on which it will be."""
    if case.meeting_at:
        return say_moment(case.meeting_at, practice.zone)
    days = meeting_window(case, practice.procedure_of(case), practice.calendar)
    if not days:
        return ""
    if len(days) <= 2:
        return say_list([say_day(d) for d in days], "or")
    return f"a day between {say_short_day(days[0])} and {say_day(days[-1])}"


def held_on(case: Case, practice: Practice) -> str:
    """The day of the meeting that was held."""
    return say_day(practice.calendar.day_of(case.meeting_at)) if case.meeting_at else ""


def ladder_letter(
    case: Case, request: Request, practice: Practice, now: datetime, step: str, kind: LetterKind, to: tuple[str, ...]
) -> SendLetter:
    """A reminder, a chase or an escalation about one agency's return."""
    procedure, calendar = practice.procedure_of(case), practice.calendar
    due = return_due(request, procedure, calendar)
    if due is None or request.sent_at is None:
        raise ValueError(f"{case.ref}: {request.agency} was never asked, so it cannot be chased")
    today, due_day = calendar.day_of(now), calendar.day_of(due)
    facts = common(case, practice, now, request.name) | {
        "due": say_moment(due, practice.zone),
        "due_short": say_short_day(due_day),
        "sent_on": say_day(calendar.day_of(request.sent_at)),
        "outstanding": outstanding(request),
        "due_today": today == due_day,
        "days_late": calendar.between(due_day, today),
        "spoc": say_list(_spoc(request, practice)),
        "in_part": request.completeness == "part" or bool(request.rows),
        "met": held_on(case, practice) if case.meeting_at and case.meeting_at < now else "",
        "chased_on": [
            say_day(calendar.day_of(at))
            for key, at in case.letters_sent.items()
            if key.startswith(f"{case.ref}/chase/{request.agency}/")
        ],
    }
    word = {"reminder": "remind", "chase": "chase", "escalation": "escalation"}[kind]
    key = f"{case.ref}/{word}/{request.agency}/{step}/{due_day.isoformat()}"
    return SendLetter(
        key=key,
        case=case.ref,
        kind=kind,
        to=to,
        agency=request.agency,
        facts=facts,
        in_reply_to=request.message_id,
        due=calendar.next_open(now),
    )


def outstanding(request: Request) -> list[str]:
    """What is still waited for, in words."""
    if request.completeness == "part":
        return [field_name(m) for m in request.missing]
    if request.rows:
        return ["the scoping and information sharing template"]
    return ["the scoping and information sharing template", "the chronology"]


def thanks(
    case: Case, practice: Practice, now: datetime, to: str, agency: Request, received: Sequence[str], mail: str
) -> SendLetter:
    """Thanks for a return; where it lacks something, that is asked for in the same letter."""
    kind: LetterKind = "reask" if agency.missing else "thanks"
    facts = common(case, practice, now, agency.name) | {
        "received": list(received),
        "nil": agency.completeness == "nil",
        "missing": [field_name(m) for m in agency.missing],
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


def to_office(
    case: Case,
    practice: Practice,
    now: datetime,
    topic: str,
    title: str,
    paragraphs: Sequence[str],
    commands: Sequence[str] = (),
    kind: LetterKind = "question",
) -> SendLetter:
    """A question or warning to the business unit."""
    return SendLetter(
        key=f"{case.ref or 'office'}/{kind}/{topic}",
        case=case.ref,
        kind=kind,
        to=practice.approvers,
        facts=common(case, practice, now)
        | {"title": title, "paragraphs": list(paragraphs), "commands": list(commands)},
        due=practice.calendar.next_open(now),
    )


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
    agencies = [(r.agency, r.name, _spoc(r, practice)) for r in case.requests.values()]
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


def la_name(case: Case, practice: Practice) -> str:
    """The case's local authority: by its notification, else the directory's only one, else as the referral says."""
    if case.notification.get("la_name"):
        return case.notification["la_name"]
    partners = [a for a in practice.directory.agencies if a.partner == "local_authority"]
    own = next((a for a in partners if a.id == case.referrer_agency), None)
    if own or len(partners) == 1:
        return (own or partners[0]).name
    return case.referral.get("referrer_agency", "")


def approval_expiry(practice: Practice, now: datetime) -> datetime:
    """When a one-use code stops working: close of business, some working days on."""
    return practice.calendar.due(now, practice.approval_days)


def release_time(practice: Practice, now: datetime) -> datetime:
    """When approved letters leave: after the minutes of grace in which STOP takes the approval back."""
    return now + timedelta(minutes=practice.grace_minutes)


def _spoc(request: Request, practice: Practice) -> tuple[str, ...]:
    agency = practice.directory.agency(request.agency)
    if agency is None or not agency.spoc:
        raise NotInDirectory(
            f"{request.agency} has no address in config/agencies.toml: write its spoc there, then try again."
        )
    return agency.spoc
