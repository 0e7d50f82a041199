"""What the papers of the meeting say: the agenda, and the attendance and decision sheet."""

from __future__ import annotations

from datetime import datetime

from pydantic import JsonValue

from mailbot.cases.attending import attendees
from mailbot.cases.case import Case
from mailbot.cases.deadlines import clock_of
from mailbot.cases.decisions import Facts
from mailbot.cases.directory import PARTNER_NAMES, Person
from mailbot.cases.letters.common import common, meeting_text, role_of
from mailbot.cases.practice import Practice
from mailbot.cases.wording import count, say_moment, sentence_case

MEETING_MINUTES = 120
"""How long the meeting takes in a calendar; afterwards the office is asked what it decided."""
HOW = {"": "", "in_person": "in person", "video": "by video", "telephone": "by telephone"}
REPLIES = {"ACCEPTED": "Will come", "TENTATIVE": "May come", "DECLINED": "Declined", "DELEGATED": "Sends a stand-in"}


def meeting_paper(case: Case, practice: Practice, now: datetime) -> Facts:
    """Agenda, and attendance and decision sheet: who is invited, what lies before the meeting, what it has to settle.

    Procedure H01, "The Rapid Review Meeting"; the items follow Document 4.
    """
    procedure = practice.procedure_of(case)
    dues = [
        clock.due
        for clock_id in ("panel_after_meeting", "panel_overall")
        if (clock := clock_of(case, clock_id, procedure, practice.calendar)) and clock.due
    ]
    facts: Facts = {
        "meeting": sentence_case(meeting_text(case, practice)),
        "venue": practice.office.venue,
        "how": HOW[case.meeting_how],
        "length": count(MEETING_MINUTES // 60, "hour"),
        "extraordinary": case.meeting_extraordinary,
        "people": [
            {
                "name": person.name,
                "role": role_of(person),
                "partner": _for_whom(person, practice),
                "reply": REPLIES.get(case.invitation_answers.get(person.email.casefold(), ""), ""),
            }
            for person in attendees(case, practice)
        ],
        "papers": papers_beforehand(case),
        "silent": [r.name for r in case.requests.values() if r.completeness is None],
        "criteria": [criterion.text for criterion in procedure.criterion],
        "panel_due": say_moment(min(dues), practice.zone) if dues else "",
        "chair_endorses": procedure.chair_endorses,
    }
    return common(case, practice, now) | facts


def papers_beforehand(case: Case) -> list[JsonValue]:
    """What those who attend are sent. Procedure H01, "Documentation"."""
    notified = any(paper.kind == "notification" for paper in case.papers)
    notification: list[JsonValue] = ["the local authority's notification"] if notified else []
    return ["the referral form", *notification, "what the agencies returned, with their chronologies"]


def _for_whom(person: Person, practice: Practice) -> str:
    """Whom somebody represents: a safeguarding partner, else their agency."""
    if person.partner:
        return sentence_case(PARTNER_NAMES[person.partner])
    agency = practice.directory.agency(practice.directory.agency_id_of(person))
    return agency.name if agency else ""
