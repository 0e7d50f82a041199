"""Letters about a return that is late."""

from __future__ import annotations

from datetime import datetime

from mailbot.cases.case import Case, Request
from mailbot.cases.deadlines import return_due
from mailbot.cases.decisions import SendLetter
from mailbot.cases.events import LetterKind
from mailbot.cases.letters.common import common, held_on
from mailbot.cases.practice import Practice
from mailbot.cases.wording import (
    field_name,
    say_day,
    say_list,
    say_moment,
    say_short_day,
)


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
        "spoc": _written_to(request, practice),
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


def _written_to(request: Request, practice: Practice) -> str:
    """To whom the scoping letter went. A contact who has left stops no escalation: it is then all the more needed."""
    agency = practice.directory.agency(request.agency)
    return say_list(agency.spoc) if agency and agency.spoc else "a contact who is no longer written down here"


def outstanding(request: Request) -> list[str]:
    """What is still waited for, in words."""
    if request.completeness == "part":
        return [field_name(m) for m in request.missing]
    if request.rows:
        return ["the scoping and information sharing template"]
    return ["the scoping and information sharing template", "the chronology"]
