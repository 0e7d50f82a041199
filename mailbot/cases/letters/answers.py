"""Letters to people who answered us: receipt, a clear answer asked for once more, more time given or not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mailbot.cases.case import Case, Request
from mailbot.cases.deadlines import return_due
from mailbot.cases.decisions import Decision, SendLetter
from mailbot.cases.letters.common import common
from mailbot.cases.practice import Practice
from mailbot.cases.wording import say_moment, say_short_day


def answer_received(
    case: Case, practice: Practice, now: datetime, to: str, received: datetime, mail: str
) -> SendLetter:
    """Receipt of an answer; which one it was stays in the record."""
    return SendLetter(
        key=f"{case.ref}/acknowledgement/{mail}",
        case=case.ref,
        kind="acknowledgement",
        to=(to,),
        facts=common(case, practice, now) | {"what": "answer", "received": say_moment(received, practice.zone)},
        in_reply_to=mail,
        due=practice.calendar.next_open(now),
    )


def ask_once_more(
    case: Case, practice: Practice, now: datetime, to: str, why: str, choices: Sequence[str], mail: str
) -> SendLetter:
    """The words to choose from, after an answer that was not clear."""
    facts = {
        "received": [],
        "missing": [],
        "choices": list(choices),
        "unclear": f"We could not be sure of your answer, because {why}.",
    }
    return SendLetter(
        key=f"{case.ref}/reask/{mail}",
        case=case.ref,
        kind="reask",
        to=(to,),
        facts=common(case, practice, now) | facts,
        in_reply_to=mail,
        due=practice.calendar.next_open(now),
    )


def extension(
    case: Case, request: Request, granted: bool, why: str, mark: str, practice: Practice, now: datetime
) -> Decision:
    """More time given to an agency, or not, told to it; `request` is as it stands after. Nothing, if never asked.

    `mark` tells one decision about this agency from another.
    """
    agency = practice.directory.agency(request.agency)
    due = return_due(request, practice.procedure_of(case), practice.calendar)
    if agency is None or not agency.spoc or due is None or request.sent_at is None:
        return Decision()
    hide = practice.pseudonyms(case)
    facts = {
        "granted": granted,
        "due": say_moment(due, practice.zone),
        "due_short": say_short_day(practice.calendar.day_of(due)),
        "why": hide(why),
    }
    letter = SendLetter(
        key=f"{case.ref}/extension/{request.agency}/{mark}",
        case=case.ref,
        kind="extension",
        to=agency.spoc,
        agency=request.agency,
        facts=common(case, practice, now, request.name) | facts,
        in_reply_to=request.message_id,
        due=practice.calendar.next_open(now),
    )
    return Decision(actions=(letter,), because=(f"{request.name} is told",))
