"""Letters of alternative learning: the proposal to the partners, the decision to the referrer, the JCR Group."""

from __future__ import annotations

from datetime import datetime

from pydantic import JsonValue

from mailbot.cases.case import Case, Learning, Referrer
from mailbot.cases.decisions import Facts, SendLetter, Template
from mailbot.cases.directory import Person
from mailbot.cases.letters.common import common, role_of
from mailbot.cases.partners import answer_of, partners_to_ask
from mailbot.cases.practice import Practice
from mailbot.cases.wording import say_day, say_moment


def learning_enquiry(
    case: Case, person: Person, practice: Practice, now: datetime, mark: str, due: datetime | None = None
) -> SendLetter:
    """Is it to be done as it is proposed? With `due` the person is asked again; `mark` tells the letters apart."""
    facts = {
        "topic": "learning",
        "learning": activity_facts(case, practice),
        "due": say_moment(due, practice.zone) if due else "",
        "again": due is not None,
    }
    return SendLetter(
        key=f"{case.ref}/partner/learning/{person.email}/{mark}",
        case=case.ref,
        kind="partner_enquiry",
        to=(person.email,),
        facts=common(case, practice, now) | facts,
        due=practice.calendar.next_open(now),
    )


def subgroup_request(case: Case, chair: Person, practice: Practice, now: datetime, number: int) -> SendLetter:
    """To the JCR Group's chair: which sub-group does it recommend to ESG? `number` counts the decisions."""
    return SendLetter(
        key=f"{case.ref}/jcr/{chair.email}/{number}",
        case=case.ref,
        kind="subgroup_request",
        to=(chair.email,),
        facts=common(case, practice, now) | {"learning": activity_facts(case, practice)},
        attachments=(
            Template(
                template="learning_record",
                name=f"{case.ref} learning record.docx",
                facts=learning_record(case, practice, now),
            ),
        ),
    )


def learning_decision(case: Case, referrer: Referrer, practice: Practice, now: datetime, number: int) -> SendLetter:
    """The decision, to somebody who told of the incident."""
    agency = practice.directory.agency(referrer.agency)
    facts = common(case, practice, now, agency.name if agency else "")
    return SendLetter(
        key=f"{case.ref}/learning-decision/{referrer.address}/{number}",
        case=case.ref,
        kind="learning_decision",
        to=(referrer.address,),
        agency=referrer.agency,
        facts=facts | {"learning": activity_facts(case, practice)},
        in_reply_to=referrer.message_id,
    )


def activity_facts(case: Case, practice: Practice) -> Facts:
    """The activity in words: people may write names in a reason, letters carry initials."""
    learning, hide = case.learning, practice.pseudonyms(case)
    if learning is None:
        raise ValueError(f"{case.ref}: learning is not considered, so nothing can be written about it")
    return {
        "agreed": bool(learning.agreed),
        "activity": hide(learning.activity),
        "lead": hide(learning.lead),
        "reason": hide(learning.reason),
        "criteria": _criteria(case, learning, practice),
        "due": say_day(learning.due) if learning.due else "",
    }


def learning_record(case: Case, practice: Practice, now: datetime) -> Facts:
    """The record of an alternative learning activity: what was decided and by whom; what came of it is for its lead.

    Raises ValueError where learning is not considered.
    """
    learning, hide, day = case.learning, practice.pseudonyms(case), practice.calendar.day_of
    if learning is None:
        raise ValueError(f"{case.ref}: learning is not considered, so there is nothing to keep a record of")
    considered: list[JsonValue] = []
    for person in partners_to_ask(case, practice):
        answer = answer_of(case, "learning", person)
        said = {"agree": "Agrees", "challenge": "Does not agree"}[answer.answer] if answer else "No answer recorded"
        considered.append(
            {
                "name": person.name,
                "role": role_of(person),
                "answer": said,
                "reason": hide(answer.reason) if answer else "",
            }
        )
    facts: Facts = {
        "learning": activity_facts(case, practice),
        "considered": considered,
        "decided_on": say_day(day(learning.decided_at)) if learning.decided_at else "",
        "subgroup": hide(learning.subgroup),
        "progress": [hide(news) for news in learning.progress],
        "completed_on": say_day(day(learning.completed_at)) if learning.completed_at else "",
    }
    return common(case, practice, now) | facts


def _criteria(case: Case, learning: Learning, practice: Practice) -> list[JsonValue]:
    known = practice.procedure_of(case).learning_criterion
    return [criterion.text for criterion in known if criterion.id in learning.criteria]
