"""Who and when, in the template: the child, the incident, every date of the review, the family."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date, datetime

from mailbot.cases.case import Case, Child
from mailbot.cases.deadlines import first_return_due
from mailbot.cases.directory import PARTNER_NAMES
from mailbot.cases.letters import la_name
from mailbot.cases.practice import Practice
from mailbot.cases.pseudonyms import Pseudonyms, family_rows
from mailbot.cases.rapid_review.came_from import COUNTED, CameFrom
from mailbot.cases.rapid_review.known import Draft, Known
from mailbot.cases.wording import field_name, initials, say_day, say_iso_date, say_list, sentence_case

NOT_SAID = {"": "", "unknown": "not known", "not_applicable": "not applicable"}
CHILD_LINES = {
    "dob": "Date of birth",
    "gender": "Sex or gender",
    "ethnicity": "Ethnicity",
    "disability": "Disability",
}


def identifiers(
    case: Case, practice: Practice, now: datetime, hide: Pseudonyms, came_from: CameFrom
) -> dict[str, Draft]:
    """The facts of the sections The case, Dates, Family and Facts of the incident."""
    fields = case.referral
    died = fields.get("date_of_death", "").startswith("20")
    day = say_iso_date(fields["date_of_death"]) if died else ""
    happened = came_from.referral("date_of_death" if died else "incident_summary")
    la_source = came_from.notification("la_name") if case.notification.get("la_name") else "the directory of agencies"
    return {
        "la_name": Known(text=la_name(case, practice), line="Local authority", source=la_source),
        "sin": Known(
            text=_notification(case, practice),
            line="Serious incident notification",
            source=came_from.notification("sin_ref"),
        ),
        "child": _children(case, came_from),
        "date_of_incident": Known(
            text=say_iso_date(said(fields.get("date_of_incident", ""))),
            line="Date of the incident",
            source=came_from.referral("date_of_incident"),
        ),
        "harm": Known(
            text=_harmed(case, day) if fields else "",
            line="Died or seriously harmed",
            source=happened,
        ),
        "harm_type": Known(
            text=hide(said(case.notification.get("notification_nature", "")))
            or ("not said in the notification" if case.notification else ""),
            line="Type of harm notified",
            source=came_from.notification("notification_nature"),
        ),
        "dates": _dates(case, practice, now, came_from),
        "family": [_relative(case, row, came_from, hide) for row in family_rows(case)],
        "facts_of_incident": written(case, "facts_of_incident", hide, came_from)
        or Known(
            text=hide(said(fields.get("incident_summary", ""))),
            line="Facts of the incident",
            source=came_from.referral("incident_summary"),
        ),
    }


def written(case: Case, field: str, hide: Pseudonyms, came_from: CameFrom) -> Known | None:
    """What a person wrote under this field of the template; none where nobody did."""
    text = case.written.get(field, "")
    if not text:
        return None
    return Known(text=hide(text), line=sentence_case(field_name(field)), source=came_from.written(field))


def said(value: str) -> str:
    """An answer in words: a code for what is not known is written out."""
    return NOT_SAID.get(value, value)


def age_at(dob: str, when: str) -> str:
    """The child's age at the incident; empty where either date is not whole."""
    try:
        born, day = date.fromisoformat(dob), date.fromisoformat(when)
    except ValueError:
        return ""
    months = (day.year - born.year) * 12 + day.month - born.month - (day.day < born.day)
    if months < 0:
        return "unborn at the time"
    return f"{months} months" if months < 24 else f"{months // 12} years"


def _harmed(case: Case, died_on: str) -> str:
    """Whether the child died or was harmed; of several, a date of death is told of the first."""
    if len(case.children) < 2:
        return f"The child died on {died_on}." if died_on else "The child was seriously harmed."
    if died_on:
        return f"{case.child.initials} died on {died_on}."
    return f"{say_list([child.initials for child in case.children])} were seriously harmed."


def _notification(case: Case, practice: Practice) -> str:
    """The notification's reference and the day on which it went to the Panel, as far as they are known."""
    went = f"sent on {say_day(practice.calendar.day_of(case.notified_at))}" if case.notified_at else ""
    return ", ".join(part for part in (case.notification.get("sin_ref", ""), went) if part)


def _children(case: Case, came_from: CameFrom) -> dict[str, Draft]:
    """The child; of several each one's answer on a line of its own, also where one has none."""
    happened = case.referral.get("date_of_incident", "")
    children = (case.child, *case.children[1:])

    def each(answer: Callable[[Child], str]) -> str:
        told = [(child.initials, answer(child)) for child in children]
        if len(told) == 1 or not any(text for _, text in told):
            return told[0][1]
        return "\n".join(f"{_set_apart(who)} {text or 'not known'}" for who, text in told)

    def fact(name: str, answer: Callable[[Child], str]) -> Known:
        return Known(text=each(answer), line=CHILD_LINES[name], source=_of_children(case, name, came_from))

    return {
        "initials": Known(
            text=say_list([child.initials for child in children]),
            line="Child’s initials",
            source=came_from.referral("child_name"),
        ),
        "dob": fact("dob", lambda child: say_iso_date(child.dob)),
        "age": Known(
            text=each(lambda child: age_at(child.dob, happened)), line="Age at the incident", source=COUNTED
        ),
        "gender": fact("gender", lambda child: said(child.gender)),
        "ethnicity": fact("ethnicity", lambda child: said(child.ethnicity)),
        "disability": fact("disability", lambda child: said(child.disability)),
    }


def _set_apart(initials: str) -> str:
    """Initials with an answer behind them: after Arabic ones its first figure would be drawn before them (UAX 9)."""
    right_to_left = any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in initials)
    return f"{initials}\N{LEFT-TO-RIGHT MARK}" if right_to_left else initials


def _of_children(case: Case, name: str, came_from: CameFrom) -> str:
    """Where an answer about the child stands; of several children, where each one's does."""
    found = [_of_child(case, number, name, came_from) for number in range(1, max(len(case.children), 1) + 1)]
    return "; ".join(dict.fromkeys(found))


def _of_child(case: Case, number: int, name: str, came_from: CameFrom) -> str:
    if (key := f"child/{number}/{name}") in case.sources:
        return came_from.recorded(key)
    child = case.children[number - 1].model_dump() if case.children else case.child.model_dump()
    if number == 1 and case.referral.get(f"child_{name}", "") == child[name]:
        return came_from.referral(f"child_{name}")
    column = "date_of_birth" if name == "dob" else name
    rows = [row for row in case.referral_tables.get("children", ()) if row.get("name", "") == child["name"]]
    listed = any(row.get(column, "") == child[name] for row in rows)
    return came_from.referral("children") if listed or not child[name] else came_from.notification("children")


def _dates(case: Case, practice: Practice, now: datetime, came_from: CameFrom) -> list[Draft]:
    """All days of the review in their order. What is still to come says so; what nobody recorded says that."""
    procedure, calendar = practice.procedure_of(case), practice.calendar
    dues = [due for r in case.requests.values() if (due := first_return_due(r, procedure, calendar))]
    submitted = case.submitted_at
    known = (
        ("Local authority became aware", case.aware_at, came_from.recorded("aware")),
        ("Notification sent to the Panel", case.notified_at, came_from.recorded("notified")),
        ("Referral received", case.received_at, "the mailbox's time of receipt"),
        ("Scoping letters sent", case.scoping_sent_at, "when the mail server took the last of them"),
        ("Returns due from the agencies", min(dues, default=None), COUNTED),
        ("Rapid Review meeting", case.meeting_at, came_from.recorded("meeting")),
    )
    told: list[Draft] = [
        _date(what, say_day(calendar.day_of(at)) if at else "not recorded", source if at else "")
        for what, at, source in known
    ]
    for person in case.signed_off:
        partner = PARTNER_NAMES[person.partner] if person.partner else "a safeguarding partner"
        if person.on:
            told.append(
                _date(
                    f"Signed off by {partner}", say_day(person.on), came_from.recorded(f"signed_off/{person.email}")
                )
            )
    if procedure.chair_endorses or case.endorsed_on:
        endorsed = say_day(case.endorsed_on) if case.endorsed_on else "not yet"
        source = came_from.recorded("endorsed") if case.endorsed_on else ""
        told.append(_date("Endorsed by the independent chair", endorsed, source))
    sent = say_day(calendar.day_of(submitted)) if submitted else "with this template"
    told.append(_date("Sent to the Panel", sent, "when the mail server took it" if submitted else ""))
    return told


def _date(what: str, day: str, source: str) -> dict[str, Draft]:
    return {"what": what, "date": Known(text=day, line=what, source=source)}


def _relative(case: Case, row: dict[str, str], came_from: CameFrom, hide: Pseudonyms) -> dict[str, Draft]:
    named = f"family/{row.get('name', '')}"
    table = "parents_carers" if row in case.referral_tables.get("parents_carers", ()) else "siblings_household"
    source = came_from.recorded(named) if named in case.sources else came_from.referral(table)
    short = initials(row.get("name", ""))
    relationship = hide(said(row.get("relationship", "")))
    return {
        "initials": Known(text=short, line=relationship or "Somebody of the family", source=source),
        "relationship": relationship,
        "date_of_birth": say_iso_date(said(row.get("date_of_birth", ""))),
    }
