"""What the papers of the meeting and of alternative learning say: agenda, attendance and decision sheet, record."""

from __future__ import annotations

from datetime import datetime

from mailbot.cases.attending import attendees
from mailbot.cases.case import Case
from mailbot.cases.deadlines import clock_of
from mailbot.cases.decisions import Facts
from mailbot.cases.directory import PARTNER_NAMES, Person
from mailbot.cases.letters.common import common, meeting_text
from mailbot.cases.letters.learning import activity_facts
from mailbot.cases.partners import answer_of, partners_to_ask
from mailbot.cases.practice import Practice
from mailbot.cases.pseudonyms import Pseudonyms
from mailbot.cases.wording import count, say_day, say_moment, sentence_case

MEETING_MINUTES = 120
"""How long the meeting takes in a calendar; afterwards the office is asked what it decided."""
HOW = {"": "", "in_person": "in person", "video": "by video", "telephone": "by telephone"}
REPLIES = {"ACCEPTED": "Will come", "TENTATIVE": "May come", "DECLINED": "Declined", "DELEGATED": "Sends a stand-in"}
ROLES = {
    "partnership_manager": "Partnership Manager",
    "la_decision_maker": "Decides for the local authority",
    "jcr_chair": "Chair of the JCR Group",
    "partner_lead": "Lead",
    "attendee": "",
}


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
    return common(case, practice, now) | {
        "meeting": sentence_case(meeting_text(case, practice)),
        "venue": practice.office.venue,
        "how": HOW[case.meeting_how],
        "length": count(MEETING_MINUTES // 60, "hour"),
        "extraordinary": case.meeting_extraordinary,
        "people": [
            {
                "name": person.name,
                "role": person.title or ROLES[person.role],
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


def papers_beforehand(case: Case) -> list[str]:
    """What those who attend are sent. Procedure H01, "Documentation"."""
    notified = any(paper.kind == "notification" for paper in case.papers)
    return [
        "the referral form",
        *(["the local authority's notification"] if notified else []),
        "what the agencies returned, with their chronologies",
    ]


def learning_record(case: Case, practice: Practice, now: datetime) -> Facts:
    """The record of an alternative learning activity: what was decided and by whom; what came of it is for its lead.

    Raises ValueError where learning is not considered.
    """
    learning, hide, day = case.learning, Pseudonyms(case), practice.calendar.day_of
    if learning is None:
        raise ValueError(f"{case.ref}: learning is not considered, so there is nothing to keep a record of")
    considered = []
    for person in partners_to_ask(case, practice):
        answer = answer_of(case, "learning", person)
        said = {"agree": "Agrees", "challenge": "Does not agree"}[answer.answer] if answer else "No answer recorded"
        considered.append(
            {
                "name": person.name,
                "role": person.title or ROLES[person.role],
                "answer": said,
                "reason": hide(answer.reason) if answer else "",
            }
        )
    return common(case, practice, now) | {
        "learning": activity_facts(case, practice),
        "considered": considered,
        "decided_on": say_day(day(learning.decided_at)) if learning.decided_at else "",
        "subgroup": hide(learning.subgroup),
        "progress": [hide(news) for news in learning.progress],
        "completed_on": say_day(day(learning.completed_at)) if learning.completed_at else "",
    }


def _for_whom(person: Person, practice: Practice) -> str:
    """Whom somebody represents: a safeguarding partner, else their agency."""
    if person.partner:
        return sentence_case(PARTNER_NAMES[person.partner])
    agency = practice.directory.agency(practice.directory.agency_id_of(person))
    return agency.name if agency else ""
