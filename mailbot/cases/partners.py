"""Who decides together, the three partners' leads and the Partnership Manager, and what each of them has said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from mailbot.cases.case import Case, PartnerAnswer
from mailbot.cases.decisions import Decision, SendLetter
from mailbot.cases.directory import Person
from mailbot.cases.events import Attendee, ChaseStepTaken, PartnerAnswered
from mailbot.cases.ladder import chase_rung
from mailbot.cases.practice import Practice
from mailbot.cases.wording import say_list, say_short_day
from mailbot.errors import UsageProblem

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


def on_partner_answer(
    case: Case,
    who: str,
    topic: Topic,
    answer: Literal["agree", "challenge"],
    reason: str,
    mail: int | None,
    by: str,
    at: datetime,
    practice: Practice,
) -> Decision:
    """What one of them said, by their own mail or by a person's word. `who` is their address.

    Raises UsageProblem where they are not asked in this case, or challenge without a reason.
    """
    people = partners_to_ask(case, practice)
    person = next((p for p in people if p.email.casefold() == who.casefold()), None)
    if person is None:
        asked = say_list([p.email for p in people], "or") or "nobody in config/people.toml"
        raise UsageProblem(f"{who} does not take part in this discussion. Those who do are {asked}.")
    if answer == "challenge" and not reason:
        raise UsageProblem(f"A challenge needs its reason: say why {person.name} does not agree.")
    said = PartnerAnswered(
        at=at,
        by=by,
        because=reason or f"{person.name} agrees",
        mail=mail,
        topic=topic,
        who=Attendee(
            name=person.name,
            email=person.email,
            role=person.title or person.role.replace("_", " "),
            partner=person.partner,
            agency=practice.directory.agency_id_of(person),
        ),
        answer=answer,
    )
    return Decision(case=case.ref, version=case.version, events=(said,), because=(said.because,))


def chase_partners(
    case: Case,
    topic: Topic,
    due: datetime | None,
    enquiry: Callable[[Person, str, datetime], SendLetter],
    now: datetime,
    practice: Practice,
) -> Decision:
    """Whoever was asked and has not answered is asked again, by itself: the ladder `partner_answers`, a rung a day.

    `enquiry` writes the letter to a person: the rung's name and the due time are given.
    """
    decision = Decision(case=case.ref)
    if due is None or not practice.calendar.is_open(now):
        return decision
    for person in partners_to_ask(case, practice):
        of = f"{topic}/{person.email}"
        asked = any(key.startswith(f"{case.ref}/partner/{of}/") for key in case.letters_sent)
        rung = chase_rung(case, of, "partner_answers", due, now, practice) if asked else None
        if rung is None or answer_of(case, topic, person) is not None:
            continue
        because = f"{person.name}'s answer is due {say_short_day(practice.calendar.day_of(due))}: step “{rung.step}”"
        taken = ChaseStepTaken(at=now, because=because, of=of, step=rung.step, due=due)
        letter = enquiry(person, rung.step, due)
        decision = decision.and_then(Decision(events=(taken,), actions=(letter,), because=(because,)))
    return decision
