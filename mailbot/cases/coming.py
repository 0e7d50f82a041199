"""Who will come to the meeting: what those invited answered, and whether it would be quorate."""

from __future__ import annotations

from datetime import datetime

from mailbot.cases.attending import attendees, invited
from mailbot.cases.case import Case
from mailbot.cases.decisions import Decision
from mailbot.cases.directory import PARTNER_NAMES, PARTNERS, Partner, Person
from mailbot.cases.events import InvitationAnswered, PartStat
from mailbot.cases.practice import Practice
from mailbot.cases.questions import tell_office
from mailbot.cases.values import Value
from mailbot.cases.wording import say_moment


class CalendarAnswer(Value):
    """What somebody's calendar answered. `proposed` is another time that they ask for, `instead` who is to come."""

    who: str
    partstat: PartStat | None
    sequence: int
    at: datetime
    mail: int
    proposed: datetime | None = None
    instead: str = ""


def on_answer(case: Case, answer: CalendarAnswer, practice: Practice, now: datetime) -> Decision:
    """An invitation was answered: the record says so, and the office hears what it has to act on."""
    decision = Decision(case=case.ref, version=case.version)
    before, after = case, case
    who = answer.who.casefold()
    current = case.meeting_at is not None and answer.sequence == case.meeting_sequence
    if answer.partstat and not (current and case.invitation_answers.get(who) == answer.partstat):
        because = "" if current else " an invitation to an earlier date"
        answered = InvitationAnswered(
            at=answer.at,
            by=answer.who,
            because=f"{answer.partstat.lower()}{because}, in reply to the invitation",
            mail=answer.mail,
            who=who,
            partstat=answer.partstat,
            sequence=answer.sequence,
        )
        decision = decision.and_then(Decision(events=(answered,), because=(answered.because,)))
        if current:
            answers = case.invitation_answers | {who: answer.partstat}
            after = case.model_copy(update={"invitation_answers": answers})
    if not current:
        return decision
    decision = decision.and_then(_tell_of_another_time(case, answer, practice, now))
    decision = decision.and_then(_tell_of_a_stand_in(case, answer, practice, now))
    newly = [partner for partner in lacking(after, practice) if partner not in lacking(before, practice)]
    return decision.and_then(_tell_not_quorate(after, newly, answer, practice, now)) if newly else decision


def lacking(case: Case, practice: Practice) -> tuple[Partner, ...]:
    """The safeguarding partners whose every invited representative has declined: without them no quorum."""
    return tuple(p for p in PARTNERS if (standing := _answers_of(p, case, practice)) and standing == {"DECLINED"})


def _answers_of(partner: Partner, case: Case, practice: Practice) -> set[str]:
    theirs = [p.email.casefold() for p in attendees(case, practice) if p.partner == partner]
    return {case.invitation_answers.get(who, "NEEDS-ACTION") for who in theirs if who in invited(case)}


def expected(case: Case, practice: Practice) -> list[tuple[str, str, str]]:
    """Everybody invited to the date in force: address, whose representative or role, and the answer."""
    if case.meeting_at is None:
        return []
    holding = [who for who, sequence in invited(case).items() if sequence == case.meeting_sequence]
    people = {p.email.casefold(): p for p in practice.directory.people}
    return [(who, _stands_for(people.get(who)), case.invitation_answers.get(who, "NEEDS-ACTION")) for who in holding]


def _stands_for(person: Person | None) -> str:
    return (person.partner or person.role) if person else "attendee"


def _tell_not_quorate(
    case: Case, newly: list[Partner], answer: CalendarAnswer, practice: Practice, now: datetime
) -> Decision:
    start = say_moment(case.meeting_at, practice.zone) if case.meeting_at else ""
    names = " and ".join(PARTNER_NAMES[partner] for partner in newly)
    return tell_office(
        case,
        now,
        practice,
        f"quorum-at-risk-{case.meeting_sequence}/{newly[0]}/{answer.mail}",
        "The meeting would not be quorate",
        [
            f"{answer.who} declined the meeting at {start}. Nobody else is invited who would represent {names}.",
            practice.procedure_of(case).sentence("quorum"),
            "Please agree with them who comes instead (config/people.toml), or set another time: those invited are "
            "told of it when you release the letters.",
        ],
        [f"mailbot record {case.ref} meeting YYYY-MM-DDTHH:MM --as YOU"],
        kind="warning",
    )


def _tell_of_another_time(case: Case, answer: CalendarAnswer, practice: Practice, now: datetime) -> Decision:
    if answer.proposed is None or answer.proposed == case.meeting_at or case.meeting_at is None:
        return Decision()
    local = answer.proposed.astimezone(practice.zone)
    return tell_office(
        case,
        now,
        practice,
        f"another-time-{case.meeting_sequence}/{answer.mail}",
        "Another time is proposed for the meeting",
        [
            f"{answer.who} proposes {say_moment(answer.proposed, practice.zone)} in place of "
            f"{say_moment(case.meeting_at, practice.zone)}. Nothing is changed until you record it."
        ],
        [f"mailbot record {case.ref} meeting {local:%Y-%m-%dT%H:%M} --as YOU"],
    )


def _tell_of_a_stand_in(case: Case, answer: CalendarAnswer, practice: Practice, now: datetime) -> Decision:
    if answer.partstat != "DELEGATED":
        return Decision()
    whom = answer.instead or "somebody whom the answer does not name"
    return tell_office(
        case,
        now,
        practice,
        f"stand-in-{case.meeting_sequence}/{answer.mail}",
        "Somebody else is to come to the meeting",
        [
            f"{answer.who} passed the invitation on to {whom}. If that is right, write them into config/people.toml: "
            "papers go only to the people who are written down there."
        ],
        ["mailbot check"],
    )
