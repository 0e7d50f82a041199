"""How dates, names and lists are said to people: plain English, UK style, local time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from mailbot.cases.naming import plain_name

INITIALS = re.compile(r"(?:[^\W\d_]\.-?)+[^\W\d_]?\.?\d*")
"""`R.C.`, `R.F-T.`, `W.A.2`: a name that is initials already."""

FIELD_NAMES = {
    "agency_name": "the name of the agency",
    "analysis": "analysis of practice",
    "author_name": "the author's name",
    "author_role": "the author's role",
    "case_ref": "the case reference",
    "child_aka": "other names of the child",
    "child_address": "the child's home address",
    "child_disability": "the child's disability (or none)",
    "child_dob": "the child's date of birth",
    "child_ethnicity": "the child's ethnicity",
    "child_gender": "the child's sex or gender",
    "child_name": "the child's name",
    "child_voice": "voice and daily life of the child",
    "chronology": "the chronology",
    "context_inequalities": "context and inequalities",
    "cp_plan": "whether the child is or was on a child protection plan",
    "cp_plan_details": "the child protection plan: when and for what",
    "criteria_rationale": "why the criteria may be met",
    "date_of_incident": "the date of the incident",
    "decision_reason": "reason for the decision",
    "dissent": "where partners differ",
    "endorsed_on": "the day of the endorsement",
    "facts_of_incident": "facts of the incident",
    "family_informed": "what the family has been told",
    "gp": "the GP",
    "had_involvement": "whether the agency was involved",
    "immediate_safety": "what has been done to keep children safe",
    "incident_summary": "an outline of the incident",
    "involvement_summary": "a summary of involvement",
    "key_issues": "key issues",
    "la_name": "the local authority",
    "improvement_potential": "potential for improvement",
    "lcspr_plan": "plan for a local review",
    "learning_shared": "how the learning was shared",
    "media_interest": "interest of the media",
    "nhs_number": "the NHS number",
    "nominated_representative": "the nominated representative for the meeting",
    "open_to_csc": "whether the child is open to children's social care",
    "open_to_csc_details": "children's social care: team, plan and worker",
    "parallel_processes": "other processes under way",
    "records_secured": "whether records have been secured",
    "records_secured_date": "the date on which records were secured",
    "referrer_agency": "the referrer's agency",
    "referrer_email": "the referrer's email address",
    "referrer_name": "the referrer's name",
    "referrer_phone": "the referrer's telephone number",
    "siblings_household": "who else lives in the household",
    "parents_carers": "the parents or carers",
    "sin_ref": "the notification's reference",
    "signed_off_by": "a senior manager's sign-off",
}

STAGE_NAMES = {
    "new": "not opened yet",
    "la_deciding": "the local authority decides on serious harm",
    "partner_discussion": "the partners discuss the threshold",
    "referral_awaited": "the referral form is awaited",
    "referral_received": "referral received",
    "harm_not_accepted": "no serious harm",
    "scoping": "scoping",
    "pack_ready": "the pack is ready",
    "meeting_held": "meeting held",
    "sign_off": "sign-off",
    "submitted": "submitted to the Panel",
    "learning_considered": "learning is considered",
    "learning_decided": "learning is decided",
    "suspended": "suspended",
    "closed": "closed",
    "withdrawn": "withdrawn",
    "transferred": "handed over to another area",
    "merged": "merged into another case",
}


def field_name(field: str) -> str:
    """A canonical field as people call it."""
    return FIELD_NAMES.get(field, field.replace("_", " "))


def stage_name(stage: str) -> str:
    """A stage as people call it."""
    return STAGE_NAMES[stage]


def initials(name: str) -> str:
    """Initials of a name, every part of a hyphenated one: `Reuben Falconbridge-Tuck` is `R.F-T.`

    However it is written: `FALCONBRIDGE-TUCK, Reuben (known as Ben)` is the same. Initials stay what they are.
    """
    words = [w for w in re.split(r"\s+", plain_name(name)) if w and w[0].isalpha()]
    if len(words) == 1 and INITIALS.fullmatch(words[0]):
        return words[0].upper().rstrip(".") + "."
    if not words:
        return ""
    marks = ["-".join(part[0].upper() for part in w.split("-") if part) for w in words]
    return ".".join(marks) + "."


def say_day(day: date) -> str:
    """Wednesday 10 June 2026."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def say_short_day(day: date) -> str:
    """Wednesday 10 June."""
    return f"{day:%A} {day.day} {day:%B}"


def say_time(moment: datetime, zone: ZoneInfo) -> str:
    """5 pm, 9.30 am: the local time of day."""
    local = moment.astimezone(zone)
    if not local.minute and local.hour in (0, 12):
        return "12 noon" if local.hour else "midnight"
    hour = local.hour % 12 or 12
    minutes = f".{local.minute:02}" if local.minute else ""
    return f"{hour}{minutes} {'am' if local.hour < 12 else 'pm'}"


def say_moment(moment: datetime, zone: ZoneInfo) -> str:
    """5 pm on Wednesday 10 June 2026."""
    return f"{say_time(moment, zone)} on {say_day(moment.astimezone(zone).date())}"


def say_iso_date(text: str) -> str:
    """A date from a form (`2026-06-10`, `2026-06`) as 10 June 2026 or June 2026; anything else as it stands."""
    whole = re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", text)
    try:
        day = date.fromisoformat(text if whole and whole.group(1) else f"{text}-01") if whole else None
    except ValueError:
        return text
    if whole is None or day is None:
        return text
    return f"{day.day} {day:%B} {day.year}" if whole.group(1) else f"{day:%B} {day.year}"


def sentence_case(text: str) -> str:
    """The text with a capital first letter, the rest as it stands."""
    return text[:1].upper() + text[1:]


def say_list(items: Sequence[str], last: str = "and") -> str:
    """a, b and c."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def count(number: int, one: str, many: str = "") -> str:
    """1 letter, 3 letters."""
    return f"{number} {one if number == 1 else many or one + 's'}"
