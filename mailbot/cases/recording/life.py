"""A case's pauses and its end, by a person's word."""

from __future__ import annotations

from datetime import datetime

from mailbot.cases import closing, learning, life
from mailbot.cases.case import Case
from mailbot.cases.decisions import Decision
from mailbot.cases.events import Closed, Reopened, Resumed, Suspended, Transferred, Withdrawn
from mailbot.cases.meeting import call_off
from mailbot.cases.practice import Practice
from mailbot.cases.questions import tell_office
from mailbot.cases.recording.said import Reader, Said, day_of, one
from mailbot.cases.stages import apply
from mailbot.cases.wording import count, say_day, say_list
from mailbot.errors import NotAllowedNow, UsageProblem


def _withdrawn(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    """Nothing more goes, and the agencies that were asked are told that their returns are no longer needed."""
    if not said.why:
        raise UsageProblem("Say why the referral is withdrawn, with --why.")
    event = Withdrawn(at=said.at, by=said.by, because=said.why)
    after = apply(case, event)
    decision = Decision(events=(event,), because=(said.why,)).and_then(
        life.stop_letters(after, now, said.why, by=said.by)
    )
    decision = decision.and_then(life.tell_news(after, "withdrawn", practice, now, "the referral was withdrawn"))
    return decision.and_then(call_off(after, now, practice, "the referral was withdrawn"))


def _closed(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    waiting = [r.id for r in case.rounds.values() if r.waiting]
    if waiting:
        raise NotAllowedNow(
            f"{case.ref}: letters still wait for an answer ({', '.join(waiting)}). Approve or reject them."
        )
    event = Closed(at=said.at, by=said.by, because=said.why or "closed")
    apply(case, event)
    if undone := learning.why_not_closed(case):
        raise NotAllowedNow(f"{case.ref}: {undone}")
    left = closing.still_to_do(case)
    if left and not said.why:
        raise NotAllowedNow(f"{case.ref}: {'; '.join(left)}. To close it all the same, say why with --why.")
    return Decision(events=(event,), because=(event.because,)).and_then(life.stop_letters(case, now, event.because))


def _suspended(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    """Nobody is chased or sent anything until it is resumed; the clocks run on, and the office looks again."""
    if not said.why:
        raise UsageProblem("Say why the case is suspended, with --why.")
    given = day_of(said.values) if said.values else None
    if given is not None and given <= practice.calendar.day_of(now):
        raise UsageProblem(f"{say_day(given)} is past: name the day on which to look again.")
    until = life.next_look(case, given, practice, now)
    event = Suspended(at=said.at, by=said.by, because=said.why, until=until)
    because = f"{said.why}; to be looked at again on {say_day(until)}"
    decision = Decision(events=(event,), because=(because,))
    if case.stage == "suspended":
        return decision
    return decision.and_then(life.hold_letters(case, now))


def _resumed(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    """It goes on from where it has come to: what came from outside meanwhile has taken it on."""
    return one(Resumed(at=said.at, by=said.by, because=said.why or "resumed"))


def _transferred(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    area = " ".join(said.values).strip()
    if not area:
        raise UsageProblem("transferred needs the area that has the case now: transferred AREA.")
    because = said.why or f"the incident belongs to {area}"
    event = Transferred(at=said.at, by=said.by, because=because, to=area)
    after = apply(case, event)
    decision = Decision(events=(event,), because=(because,)).and_then(
        life.stop_letters(after, now, because, by=said.by)
    )
    decision = decision.and_then(life.tell_news(after, "transferred", practice, now, because, area))
    decision = decision.and_then(call_off(after, now, practice, because))
    title = f"Please hand the case over to {area}"
    commands = [f"mailbot pack {case.ref} -o FILE", f"mailbot show {case.ref}", f"mailbot explain {case.ref}"]
    return decision.and_then(
        tell_office(after, now, practice, f"hand-over/{after.version}", title, _to_hand_over(case, area), commands)
    )


def _to_hand_over(case: Case, area: str) -> list[str]:
    returns = sum(r.completeness is not None for r in case.requests.values())
    chronologies = sum(bool(r.rows) for r in case.requests.values())
    waiting = [r.name for r in case.requests.values() if r.sent_at and not r.completeness and not r.gives_none]
    papers = f"{count(len(case.papers), 'paper')} of referral and notification, {count(returns, 'return')} and "
    told = [
        f"{area}'s partnership needs: {papers}{count(chronologies, 'chronology', 'chronologies')}. The first command "
        "binds them into one file. Send it by a secure way, to a person whom you have rung before.",
        "Nothing more is sent or chased from here. The agencies and the referrer are told in letters that wait for "
        "your approval.",
    ]
    if waiting:
        told.append(f"Not returned yet: {say_list(waiting)}.")
    return told


def _reopened(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    if not said.why:
        raise UsageProblem("Say why the case is opened again, with --why.")
    return life.reopen(case, Reopened(at=said.at, by=said.by, because=said.why), practice, now)


FACTS: dict[str, Reader] = {
    "suspended": _suspended,
    "resumed": _resumed,
    "transferred": _transferred,
    "withdrawn": _withdrawn,
    "closed": _closed,
    "reopened": _reopened,
}
