"""What every letter of a case has, and how a case is spoken of in letters."""

from __future__ import annotations

from datetime import datetime, timedelta

from mailbot.cases.case import Case, Request
from mailbot.cases.deadlines import meeting_window
from mailbot.cases.decisions import Facts
from mailbot.cases.directory import Person
from mailbot.cases.practice import Practice
from mailbot.cases.wording import (
    count,
    say_day,
    say_iso_date,
    say_list,
    say_moment,
    say_short_day,
)
from mailbot.errors import NotInDirectory

ROLES = {
    "partnership_manager": "Partnership Manager",
    "la_decision_maker": "Decides for the local authority",
    "jcr_chair": "Chair of the JCR Group",
    "partner_lead": "Lead",
    "attendee": "",
}
"""What somebody is, where people.toml gives no title."""


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


def outline(case: Case) -> str:
    """The brief outline of the referral for Documents 3 and 5: what a reader needs to start, and no name."""
    fields = case.referral
    died = fields.get("date_of_death", "").startswith("20")
    several = [child.initials for child in case.children if child.initials]
    when = say_iso_date(fields.get("date_of_incident", "") or fields.get("date_of_death", ""))
    if len(several) > 1:
        happened = "have died or been seriously harmed" if died else "have been seriously harmed"
        text = f"{count(len(several), 'child', 'children')}, {say_list(several)}, {happened}"
    else:
        happened = "has died" if died else "has been seriously harmed"
        text = f"A child, {case.child.initials}, {happened}" if case.child.initials else f"A child {happened}"
    if when and when not in ("unknown", "not_applicable"):
        text += f" (incident of {when})"
    return f"{text}, and abuse or neglect is known or suspected."


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


def spoc_of(request: Request, practice: Practice) -> tuple[str, ...]:
    agency = practice.directory.agency(request.agency)
    if agency is None or not agency.spoc:
        raise NotInDirectory(
            f"{request.agency} has no address in config/agencies.toml: write its spoc there, then try again."
        )
    return agency.spoc


def role_of(person: Person) -> str:
    """What somebody is, as the office has written it down."""
    return person.title or ROLES[person.role]
