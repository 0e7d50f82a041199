"""Who decides together, the three partners' leads and the Partnership Manager, and what each of them has said."""

from __future__ import annotations

from typing import Literal

from mailbot.cases.case import Case, PartnerAnswer
from mailbot.cases.directory import Person
from mailbot.cases.practice import Practice

Topic = Literal["threshold", "learning"]


def partners_to_ask(case: Case, practice: Practice) -> tuple[Person, ...]:
    """The partners' leads, then the Partnership Manager; of several local authorities only the case's own lead."""
    leads = [p for p in practice.directory.people if p.role == "partner_lead" and _of_this_case(p, case, practice)]
    managers = [p for p in practice.directory.people if p.role == "partnership_manager"]
    return (*leads, *managers)


def _of_this_case(person: Person, case: Case, practice: Practice) -> bool:
    agency = practice.directory.agency_of(person.email)
    elsewhere = person.partner == "local_authority" and case.la and agency is not None and agency.id != case.la
    return person.partner is not None and not elsewhere


def answer_of(case: Case, topic: Topic, person: Person) -> PartnerAnswer | None:
    """What this person said in the discussion; for a partner's lead, what anybody of that partner said last."""
    said = [answer for answer in case.partner_answers if answer.topic == topic]
    own = [a for a in said if a.who.email.casefold() == person.email.casefold()]
    partner = [a for a in said if person.partner is not None and a.who.partner == person.partner]
    return max(own or partner, key=lambda answer: answer.at, default=None)
