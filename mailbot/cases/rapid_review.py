"""What the Rapid Review Template (Document 4) is filled with: the record's facts, nothing invented.

The child and family are named by initials. What only people can write is left for them; the template prompts for it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from pydantic import JsonValue

from mailbot.cases.case import AgreedAction, Case, Child, Request
from mailbot.cases.decisions import Facts
from mailbot.cases.directory import PARTNER_NAMES
from mailbot.cases.events import OUTCOME_NAMES, Row
from mailbot.cases.letters import la_name
from mailbot.cases.pack import standings
from mailbot.cases.practice import Practice
from mailbot.cases.pseudonyms import Pseudonyms, family_rows
from mailbot.cases.wording import count, initials, say_day, say_iso_date, say_list

KEY_EVENTS = 300
NOT_SAID = {"": "", "unknown": "not known", "not_applicable": "not applicable"}


def rapid_review_facts(case: Case, practice: Practice, now: datetime) -> Facts:
    """Every fact of the template, as ready-made text."""
    fields = case.referral
    hide = Pseudonyms(case)
    died = fields.get("date_of_death", "").startswith("20")
    return {
        "ref": case.ref,
        "partnership_name": practice.office.name,
        "la_name": la_name(case, practice),
        "sin_ref": case.notification.get("sin_ref", ""),
        "child": _children(case),
        "date_of_incident": say_iso_date(_said(fields.get("date_of_incident", ""))),
        "harm": "The child has died." if died else "The child was seriously harmed.",
        "dates": _dates(case, practice, now),
        "attendance": [
            {"name": p.name, "role": p.role, "partner": PARTNER_NAMES[p.partner] if p.partner else ""}
            for p in case.attendance
        ],
        "quorum": _quorum(case),
        "family": _family(case),
        "incident": hide(fields.get("incident_summary", "")),
        "agencies": _agencies(case, practice, now, hide),
        "key_events": _key_events(case, hide),
        "voices": _by_agency(case, "child_voice", hide),
        "context": _by_agency(case, "context_inequalities", hide),
        "immediate_actions": [*(hide(_action(a)) for a in case.actions), *_own_actions(case, hide)],
        "learning": _learning(case, hide),
        "criteria": hide(fields.get("criteria_rationale", "")),
        "weighed": _weighed(case, practice, hide),
        "decision": OUTCOME_NAMES[case.outcome] if case.outcome else "",
        "reason": hide(case.outcome_reason),
        "endorsed": say_day(case.endorsed_on) if case.endorsed_on else "",
        "signoff": [
            {
                "name": p.name,
                "role": p.role,
                "partner": PARTNER_NAMES[p.partner] if p.partner else "",
                "date": say_day(p.on) if p.on else "",
            }
            for p in case.signed_off
        ],
    }


def _children(case: Case) -> dict[str, JsonValue]:
    """The child; of several each one's answer with its initials."""
    happened = case.referral.get("date_of_incident", "")
    children = (case.child, *case.children[1:])

    def each(answer: Callable[[Child], str]) -> str:
        told = [(child.initials, answer(child)) for child in children]
        if len(told) == 1:
            return told[0][1]
        return "; ".join(f"{who} {text}" for who, text in told if text)

    return {
        "initials": say_list([child.initials for child in children]),
        "dob": each(lambda child: say_iso_date(child.dob)),
        "age": each(lambda child: age_at(child.dob, happened)),
        "gender": each(lambda child: _said(child.gender)),
        "ethnicity": each(lambda child: _said(child.ethnicity)),
        "disability": each(lambda child: _said(child.disability)),
    }


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


def _said(value: str) -> str:
    return NOT_SAID.get(value, value)


def _dates(case: Case, practice: Practice, now: datetime) -> list[JsonValue]:
    day = practice.calendar.day_of
    known = (
        ("Local authority became aware", case.aware_at),
        ("Notification sent to the Panel", case.notified_at),
        ("Referral received", case.received_at),
        ("Scoping letters sent", case.scoping_sent_at),
        ("Rapid Review meeting", case.meeting_at),
    )
    told: list[JsonValue] = [{"what": what, "date": say_day(day(at)) if at else "not recorded"} for what, at in known]
    if case.endorsed_on:
        told.append({"what": "Endorsed by the independent chair", "date": say_day(case.endorsed_on)})
    told.append({"what": "This template drafted", "date": say_day(day(now))})
    return told


def _quorum(case: Case) -> str:
    if not case.attendance:
        return "Attendance is not recorded."
    if case.quorate:
        return "Quorate: the local authority, police and health were each represented."
    return "Not quorate: the local authority, police and health were not all represented."


def _family(case: Case) -> list[JsonValue]:
    return [
        {
            "initials": initials(row.get("name", "")),
            "relationship": row.get("relationship", ""),
            "date_of_birth": say_iso_date(row.get("date_of_birth", "")),
        }
        for row in family_rows(case)
    ]


def _agencies(case: Case, practice: Practice, now: datetime, hide: Pseudonyms) -> list[JsonValue]:
    return [
        {
            "name": standing.name,
            "status": standing.status,
            "period": _period(case.requests[standing.agency]),
            "summary": hide(case.requests[standing.agency].fields.get("involvement_summary", "")),
            "key_issues": hide(case.requests[standing.agency].fields.get("key_issues", "")),
            "good_practice": hide(case.requests[standing.agency].fields.get("good_practice", "")),
        }
        for standing in standings(case, practice, now)
    ]


def _period(request: Request) -> str:
    first = say_iso_date(_said(request.fields.get("involvement_from", "")))
    last = say_iso_date(_said(request.fields.get("involvement_to", "")))
    return f"{first} to {last}" if first and last else first or last


def _key_events(case: Case, hide: Pseudonyms) -> list[JsonValue]:
    """The agencies' rows in one order, the latest where there are too many for a form; the pack holds them all."""
    rows: list[tuple[str, str, Row]] = []
    for request in case.requests.values():
        rows += [(row.get("date", ""), row.get("agency") or request.name, row) for row in request.rows]
    rows.sort(key=lambda entry: (entry[0] == "", entry[0]))
    shown: list[JsonValue] = []
    if len(rows) > KEY_EVENTS:
        left_out = count(len(rows) - KEY_EVENTS, "earlier entry is", "earlier entries are")
        shown.append({"date": "", "agency": "", "event": f"{left_out} in the meeting pack only."})
    for when, agency, row in rows[-KEY_EVENTS:]:
        written = row.get("date_raw") or say_iso_date(when)
        shown.append({"date": written, "agency": agency, "event": hide(row.get("event", ""))})
    return shown


def _action(action: AgreedAction) -> str:
    """An agreed action with its owner and day."""
    whose = f" ({action.owner})" if action.owner else ""
    by = f", by {say_day(action.due)}" if action.due else ""
    done = "; done" if action.done_at else ""
    return f"{action.text}{whose}{by}{done}"


def _learning(case: Case, hide: Pseudonyms) -> list[JsonValue]:
    """What the meeting wants shared at once."""
    return [hide(point) for point in case.learning_points]


def _weighed(case: Case, practice: Practice, hide: Pseudonyms) -> list[JsonValue]:
    """Each criterion that the meeting considered, whether it is met, and why."""
    known = [(c, case.criteria[c.id]) for c in practice.procedure_of(case).criterion if c.id in case.criteria]
    return [f"{c.text}: {'met' if found.met else 'not met'}. {hide(found.reason)}" for c, found in known]


def _own_actions(case: Case, hide: Pseudonyms) -> list[str]:
    """What agencies say that they have done already."""
    told = [(r.name, r.fields.get("immediate_actions", "")) for r in case.requests.values()]
    return [f"{name}: {hide(text)}" for name, text in told if text and text not in NOT_SAID]


def _by_agency(case: Case, field: str, hide: Pseudonyms) -> list[JsonValue]:
    return [
        {"agency": request.name, "text": hide(request.fields[field])}
        for request in case.requests.values()
        if request.fields.get(field) and request.fields[field] not in NOT_SAID
    ]
