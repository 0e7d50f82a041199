"""What people decided or did, recorded by their word: `mailbot record REF FACT [VALUE...] --as EMAIL`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from typing import get_args

from mailbot.cases.case import Case
from mailbot.cases.deadlines import meeting_window
from mailbot.cases.decisions import Decision, Withdraw
from mailbot.cases.events import (
    ActionAgreed,
    AnyEvent,
    Asked,
    AttendanceRecorded,
    Attendee,
    BecameAware,
    Closed,
    Endorsed,
    ExtensionGranted,
    LetterKind,
    MeetingSet,
    Outcome,
    OutcomeDecided,
    PanelNotified,
    ScopingReturned,
    SeriousHarmDecided,
    SignedOff,
    Withdrawn,
)
from mailbot.cases.practice import Practice
from mailbot.cases.rounds import no_longer_needed
from mailbot.cases.scoping import scoping_round
from mailbot.cases.stages import next_stage, possible
from mailbot.cases.values import Value
from mailbot.cases.wording import say_day, say_list, say_moment
from mailbot.errors import IllegalEvent, NotAllowedNow, UsageProblem


class Said(Value):
    """One fact as a person gave it: who, when it was so, the words after the fact, and why."""

    by: str
    at: datetime
    values: tuple[str, ...]
    why: str = ""


def record(case: Case, fact: str, said: Said, practice: Practice, now: datetime) -> Decision:
    """The decision that a recorded fact makes.

    Raises UsageProblem for an unknown fact, value or person, NotAllowedNow where the case's stage has no room for it.
    """
    if not practice.directory.knows(said.by):
        raise UsageProblem(f"{said.by} is not in config/people.toml or config/agencies.toml: --as names who says so.")
    reader = FACTS.get(fact)
    if reader is None:
        raise UsageProblem(f"{fact} is not a fact that can be recorded. These are: {', '.join(FACTS)}.")
    try:
        decision = reader(case, said, practice, now)
        for event in decision.events[:1]:
            next_stage(case, event)
    except IllegalEvent as refused:
        now_possible = say_list([step.replace("_", " ") for step in possible(case.stage)], "or")
        raise NotAllowedNow(f"{case.ref}: {refused} What may come next: {now_possible or 'nothing'}.") from None
    return decision.model_copy(update={"case": case.ref, "version": case.version})


def _aware(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    moment = _past(said, practice, now)
    return _one(BecameAware(at=said.at, by=said.by, because=said.why or "recorded", moment=moment))


def _notified(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    moment = _past(said, practice, now)
    return _one(PanelNotified(at=said.at, by=said.by, because=said.why or "recorded", moment=moment))


def _serious_harm(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    answer = _only(said, "yes or no").casefold()
    if answer not in ("yes", "no"):
        raise UsageProblem(f"serious-harm is yes or no, not {answer}.")
    because = said.why or practice.procedure_of(case).sentence("serious_harm") or "recorded"
    return _one(SeriousHarmDecided(at=said.at, by=said.by, because=because, accepted=answer == "yes"))


def _meeting(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    if case.stage in ("meeting_held", "sign_off", "submitted"):
        raise NotAllowedNow(f"{case.ref}: the meeting was held, and its attendance is recorded.")
    start = _moment(said, practice)
    if "T" not in said.values[0] and " " not in said.values[0]:
        raise UsageProblem(f"A meeting needs a time of day too: write it as {said.values[0]}T10:00.")
    if start < now and said.at >= now:
        raise UsageProblem(f"{say_moment(start, practice.zone)} is past. Give --at to record what happened earlier.")
    calendar = practice.calendar
    window = meeting_window(case, practice.procedure_of(case), calendar)
    because = said.why or f"the meeting is at {say_moment(start, practice.zone)}"
    if window and not window[0] <= calendar.day_of(start) <= window[-1]:
        because += f"; outside the window {say_day(window[0])} to {say_day(window[-1])}"
    return _one(MeetingSet(at=said.at, by=said.by, because=because, start=start))


def _attendance(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    if case.meeting_at is None:
        raise NotAllowedNow(f"{case.ref} has no meeting yet: mailbot record {case.ref} meeting YYYY-MM-DDTHH:MM")
    if now < case.meeting_at:
        raise NotAllowedNow(f"{case.ref}: the meeting is at {say_moment(case.meeting_at, practice.zone)}, not yet.")
    people = tuple(_attendee(address, practice) for address in said.values)
    if not people:
        raise UsageProblem("attendance needs the email addresses of those who were there.")
    return _one(AttendanceRecorded(at=said.at, by=said.by, because=said.why or "attendance recorded", people=people))


def _outcome(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    outcome = _only(said, "an outcome").replace("-", "_")
    if outcome not in get_args(Outcome):
        raise UsageProblem(f"{outcome} is not an outcome. These are: {', '.join(get_args(Outcome))}.")
    if not said.why:
        raise UsageProblem("The Panel is told the reason: give it with --why.")
    return _one(
        OutcomeDecided.model_validate(
            {"at": said.at, "by": said.by, "because": said.why, "outcome": outcome, "reason": said.why}
        )
    )


def _endorsed(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    return _one(Endorsed(at=said.at, by=said.by, because=said.why or "endorsement recorded", on=_day(said.values)))


def _signed_off(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    day = practice.calendar.day_of(said.at)
    people = [_attendee(address, practice).model_copy(update={"on": day}) for address in said.values]
    if not people:
        raise UsageProblem("signed-off needs the email addresses of those who signed.")
    because = said.why or "sign-off recorded"
    return Decision(events=tuple(SignedOff(at=said.at, by=said.by, because=because, who=p) for p in people))


def _action(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    text = " ".join(said.values).strip()
    if not text:
        raise UsageProblem("action needs the text of what was agreed.")
    return _one(ActionAgreed(at=said.at, by=said.by, because=said.why or "agreed at the meeting", text=text))


def _extension(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    if len(said.values) != 2:
        raise UsageProblem("extension needs an agency and a day: extension AGENCY YYYY-MM-DD.")
    agency, until = said.values[0], _day(said.values[1:])
    if agency not in case.requests:
        raise UsageProblem(f"{agency} was not asked in {case.ref}. Asked were: {', '.join(case.requests)}.")
    if practice.calendar.close_of(until) < now:
        raise UsageProblem(f"{say_day(until)} is past: an extension needs a day to come.")
    because = said.why or f"extended until {say_day(until)}"
    granted = ExtensionGranted(at=said.at, by=said.by, because=because, agency=agency, until=until)
    kinds: tuple[LetterKind, ...] = ("reminder", "chase", "escalation")
    stop = no_longer_needed(case, agency, kinds, now, because, f"extension-{until}")
    return Decision(events=(granted,), because=(because,)).and_then(stop)


def _nil(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    agency = _only(said, "an agency")
    if agency not in case.requests:
        raise UsageProblem(f"{agency} was not asked in {case.ref}. Asked were: {', '.join(case.requests)}.")
    because = said.why or f"{case.requests[agency].name} made a nil return, told to the office"
    returned = ScopingReturned(
        at=said.at, by=said.by, because=because, agency=agency, completeness="nil", fields={"had_involvement": "no"}
    )
    kinds: tuple[LetterKind, ...] = ("scoping", "reminder", "chase", "escalation")
    stop = no_longer_needed(case, agency, kinds, now, because, f"nil-{case.version}")
    return Decision(events=(returned,), because=(because,)).and_then(stop)


def _scoping(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    """A further round: agencies that a return or a partner named, or a round drafted again after a rejection."""
    asked = []
    for agency_id in said.values:
        agency = practice.directory.agency(agency_id)
        if agency is None:
            known = ", ".join(a.id for a in practice.directory.agencies)
            raise UsageProblem(f"{agency_id} is no agency of config/agencies.toml. These are: {known}.")
        asked.append(Asked(agency=agency.id, name=agency.name, because=said.why or "a partner asked for your agency"))
    twice = [a.name for a in asked if _asked_already(case, a.agency)]
    if twice:
        raise UsageProblem(f"{say_list(twice)} {'was' if len(twice) == 1 else 'were'} asked already. Leave them out.")
    if not asked:
        raise UsageProblem("scoping needs the agencies to ask: scoping AGENCY...")
    return scoping_round(case, tuple(asked), now, practice, said.why or f"{said.by} asked for it")


def _asked_already(case: Case, agency: str) -> bool:
    """Whether a scoping letter waits for the agency or has reached it."""
    request = case.requests.get(agency)
    return request is not None and bool(request.round) and not request.undeliverable


def _withdrawn(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    if not said.why:
        raise UsageProblem("Say why the referral is withdrawn, with --why.")
    stop = Withdraw(key=f"{case.ref}/withdraw/all", case=case.ref)
    return Decision(events=(Withdrawn(at=said.at, by=said.by, because=said.why),), actions=(stop,))


def _closed(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    waiting = [r.id for r in case.rounds.values() if r.waiting]
    if waiting:
        raise NotAllowedNow(
            f"{case.ref}: letters still wait for an answer ({', '.join(waiting)}). Approve or reject them."
        )
    return _one(Closed(at=said.at, by=said.by, because=said.why or "closed"))


FACTS: dict[str, Callable[[Case, Said, Practice, datetime], Decision]] = {
    "aware": _aware,
    "notified": _notified,
    "serious-harm": _serious_harm,
    "scoping": _scoping,
    "extension": _extension,
    "nil": _nil,
    "meeting": _meeting,
    "attendance": _attendance,
    "action": _action,
    "outcome": _outcome,
    "endorsed": _endorsed,
    "signed-off": _signed_off,
    "withdrawn": _withdrawn,
    "closed": _closed,
}


def _one(event: AnyEvent) -> Decision:
    return Decision(events=(event,), because=(event.because,))


def _only(said: Said, what: str) -> str:
    if len(said.values) != 1:
        raise UsageProblem(f"Write {what} after the name of the fact, and nothing else.")
    return said.values[0]


def _moment(said: Said, practice: Practice) -> datetime:
    """A date or a date and time in ISO form; without an offset it is local time, without a time it is midnight."""
    text = _only(said, "a date, or a date and time,")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageProblem(f"{text} is not a date: write it as 2026-06-10 or 2026-06-10T10:00.") from None
    if moment.tzinfo is None:
        moment = datetime.combine(moment.date(), moment.time() or time(), practice.zone)
    return moment.astimezone(UTC)


def _past(said: Said, practice: Practice, now: datetime) -> datetime:
    """A moment that has been."""
    moment = _moment(said, practice)
    if moment > now:
        raise UsageProblem(f"{say_moment(moment, practice.zone)} is still to come: record it when it has happened.")
    return moment


def _day(values: Sequence[str]) -> date:
    try:
        return date.fromisoformat(values[0] if len(values) == 1 else "")
    except ValueError:
        raise UsageProblem("Give one day, written as 2026-06-10.") from None


def _attendee(address: str, practice: Practice) -> Attendee:
    """A person of people.toml; else whoever an agency of the directory sent."""
    person = practice.directory.person(address)
    if person is not None:
        return Attendee(
            name=person.name,
            email=person.email,
            role=person.title or person.role.replace("_", " "),
            partner=person.partner,
        )
    agency = practice.directory.agency_of(address)
    if agency is not None:
        return Attendee(name=address, email=address, role=f"for {agency.name}", partner=agency.partner)
    raise UsageProblem(f"{address} is neither in config/people.toml nor of an agency in config/agencies.toml.")
