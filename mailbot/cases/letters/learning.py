"""Letters of alternative learning: the proposal to the partners, the decision to the referrer, the JCR Group."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import JsonValue

from mailbot.cases.case import Case, Learning, Referrer
from mailbot.cases.decisions import Facts, SendLetter
from mailbot.cases.directory import Person
from mailbot.cases.events import LetterKind
from mailbot.cases.letters.common import common
from mailbot.cases.practice import Practice
from mailbot.cases.pseudonyms import Pseudonyms
from mailbot.cases.wording import say_day


def learning_enquiries(
    case: Case, people: Sequence[Person], practice: Practice, now: datetime, number: int
) -> list[SendLetter]:
    """The proposal, to each who decides. `number` counts the proposals of the case, from 1."""
    return [
        _enquiry(case, person, practice, now, "partner_enquiry", f"partners-learning-{number}", item)
        for item, person in enumerate(people, 1)
    ]


def subgroup_requests(case: Case, practice: Practice, now: datetime, number: int) -> list[SendLetter]:
    """To the JCR Group's chair: which sub-group does it recommend to ESG? `number` counts the decisions."""
    chairs = [person for person in practice.directory.people if person.role == "jcr_chair"]
    return [
        _enquiry(case, person, practice, now, "subgroup_request", f"jcr-{number}", item)
        for item, person in enumerate(chairs, 1)
    ]


def _enquiry(
    case: Case, person: Person, practice: Practice, now: datetime, kind: LetterKind, round_id: str, item: int
) -> SendLetter:
    topic = "learning" if kind == "partner_enquiry" else "subgroup"
    number = round_id.rpartition("-")[2]
    return SendLetter(
        key=f"{case.ref}/partner/{topic}/{person.email}/{number}",
        case=case.ref,
        kind=kind,
        to=(person.email,),
        round=round_id,
        item=item,
        facts=common(case, practice, now) | {"topic": topic, "learning": activity_facts(case, practice)},
        due=now,
    )


def learning_decisions(case: Case, practice: Practice, now: datetime, number: int) -> list[SendLetter]:
    """The decision, to everybody who told of the incident, one letter each."""
    office = {address.casefold() for address in practice.directory.office}
    referrers = {r.address.casefold(): r for r in case.referrers if r.address.casefold() not in office}
    return [
        _decision(case, referrer, practice, now, number, item) for item, referrer in enumerate(referrers.values(), 1)
    ]


def _decision(
    case: Case, referrer: Referrer, practice: Practice, now: datetime, number: int, item: int
) -> SendLetter:
    agency = practice.directory.agency(referrer.agency)
    return SendLetter(
        key=f"{case.ref}/learning-decision/{referrer.address}/{number}",
        case=case.ref,
        kind="learning_decision",
        to=(referrer.address,),
        agency=referrer.agency,
        round=f"learning-decision-{number}",
        item=item,
        facts=common(case, practice, now, agency.name if agency else "")
        | {"learning": activity_facts(case, practice)},
        in_reply_to=referrer.message_id,
        due=now,
    )


def activity_facts(case: Case, practice: Practice) -> Facts:
    """The activity in words: people may write names in a reason, letters carry initials."""
    learning, hide = case.learning, Pseudonyms(case)
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


def _criteria(case: Case, learning: Learning, practice: Practice) -> list[JsonValue]:
    known = practice.procedure_of(case).learning_criterion
    return [criterion.text for criterion in known if criterion.id in learning.criteria]
