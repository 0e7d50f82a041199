"""Nothing came: what now? `review` compares a case's clocks with what its events say was done.

It may be called at any time and any number of times: what has been done is in the events, so the same review a minute
later finds nothing. A worker that slept for three days does, on waking, what is still right to do.
"""

from __future__ import annotations

from datetime import datetime

from mailbot.cases import discussion, learning, letters, rounds, threshold
from mailbot.cases.case import Case, Request
from mailbot.cases.clocks import note_clocks, warn_of_clocks
from mailbot.cases.closing import after_the_panels_reply, ask_to_close
from mailbot.cases.deadlines import return_due
from mailbot.cases.decisions import Decision, SendLetter
from mailbot.cases.events import LadderStepTaken
from mailbot.cases.gone import tell_of_gone_agencies
from mailbot.cases.ladder import RETURNS_WAITED_FOR, rung_to_take
from mailbot.cases.life import look_again
from mailbot.cases.meeting import (
    ask_about_the_meeting,
    ask_for_the_decision,
    ask_for_the_quorum_anew,
    assemble_pack,
    hand_out_sheet,
    invite,
    propose_meeting,
    set_aside_cancellations,
    set_aside_when_over,
)
from mailbot.cases.not_sent import ask_whether_to_draft_again
from mailbot.cases.practice import Practice
from mailbot.cases.procedure import Rung
from mailbot.cases.questions import tell_office
from mailbot.cases.scoping import start_scoping
from mailbot.cases.signing import ask_for_endorsement, say_who_has_not_signed
from mailbot.cases.stages import OPEN, apply
from mailbot.cases.submission import draft_submission, tell_outcome
from mailbot.cases.wording import count, say_moment, say_short_day

NOBODY_THERE = {
    "spoc": "The agency has no address in config/agencies.toml.",
    "escalate_to": "The agency's entry in config/agencies.toml names nobody in escalate_to.",
    "partner_lead": "The agency belongs to no safeguarding partner whose lead could be told.",
}


def review(case: Case, now: datetime, practice: Practice) -> Decision:
    """Everything that is right to do for this case at this moment, as one decision."""
    decision = Decision(case=case.ref, version=case.version)
    if case.stage not in OPEN:
        # Only letters that tell of the end may still wait.
        over = set_aside_cancellations(case, now, practice)
        return decision.and_then(over or ask_again(case, now, practice))
    looks = (
        set_aside_when_over,
        set_aside_cancellations,
        *threshold.LOOKS,
        *discussion.LOOKS,
        start_scoping,
        ask_again,
        propose_meeting,
        invite,
        chase_late_agencies,
        assemble_pack,
        hand_out_sheet,
        ask_about_the_meeting,
        ask_for_the_quorum_anew,
        ask_for_the_decision,
        ask_whether_to_draft_again,
        draft_submission,
        ask_for_endorsement,
        say_who_has_not_signed,
        tell_outcome,
        after_the_panels_reply,
        ask_to_close,
        *learning.LOOKS,
        warn_of_clocks,
        note_clocks,
        tell_of_gone_agencies,
    )
    for look in looks if case.stage != "suspended" else WHILE_SUSPENDED:
        found = look(case, now, practice)
        for event in found.events:
            case = apply(case, event)
        decision = decision.and_then(found)
    return decision


def ask_again(case: Case, now: datetime, practice: Practice) -> Decision:
    """Rounds whose one-use codes have run out, or were taken back, are put to the approvers again."""
    decision = Decision(case=case.ref)
    for waiting in case.rounds.values():
        if waiting.state == "waiting" and waiting.waiting and (waiting.expires is None or waiting.expires <= now):
            why = "nobody answered before the codes ran out" if waiting.expires else "the approval was taken back"
            decision = decision.and_then(rounds.ask_again(case, waiting.id, practice, now, why))
    return decision


def chase_late_agencies(case: Case, now: datetime, practice: Practice) -> Decision:
    """The ladder: each agency that owes a return gets the latest rung that is right today, once."""
    decision, higher = Decision(case=case.ref), []
    if not practice.calendar.is_open(now) or case.stage not in RETURNS_WAITED_FOR:
        return decision
    for request in case.requests.values():
        stopped = request.paused or request.undeliverable or request.gives_none
        waited_for = request.sent_at and not request.completeness and not stopped
        rung = rung_due(case, request, now, practice) if waited_for else None
        if rung is None:
            continue
        step, letter = take_step(case, request, rung, now, practice)
        decision = decision.and_then(step)
        if letter is not None:
            higher.append(letter)
    return decision.and_then(escalate(case, higher, now, practice)) if higher else decision


def escalate(case: Case, drafts: list[SendLetter], now: datetime, practice: Practice) -> Decision:
    """Letters to anybody above the SPOC wait for a person: all of one morning in one round."""
    day = practice.calendar.day_of(now).isoformat()
    before = sum(name.startswith(f"escalation-{day}") for name in case.rounds)
    round_id = f"escalation-{day}-{before + 1}" if before else f"escalation-{day}"
    numbered = [
        draft.model_copy(update={"round": round_id, "item": item, "due": now}) for item, draft in enumerate(drafts, 1)
    ]
    title = f"escalation of {count(len(drafts), 'late return')}"
    because = "a letter to anybody above the SPOC waits for a named person"
    return rounds.ask(case, round_id, numbered, title, practice, now, because)


def rung_due(case: Case, request: Request, now: datetime, practice: Practice) -> Rung | None:
    """The rung to take now for one agency's return, if any."""
    procedure = practice.procedure_of(case)
    due = return_due(request, procedure, practice.calendar)
    if due is None:
        return None
    steps = request.steps if request.stepped_due in (None, due) else ()
    return rung_to_take(procedure.rungs("returns"), due, steps, request.stepped_at, now, practice)


def take_step(
    case: Case, request: Request, rung: Rung, now: datetime, practice: Practice
) -> tuple[Decision, SendLetter | None]:
    """One rung for one agency: what is decided at once, and a letter that has still to be approved."""
    procedure = practice.procedure_of(case)
    due = return_due(request, procedure, practice.calendar)
    if due is None:
        return Decision(), None
    because = f"{request.name}'s return is due {say_short_day(practice.calendar.day_of(due))}: step “{rung.step}”"
    taken = LadderStepTaken(at=now, because=because, agency=request.agency, step=rung.step, due=due)
    to = addressees(request, rung, practice)
    if not to:
        told = tell_office(
            case,
            now,
            practice,
            f"nobody-to-escalate-to/{request.agency}/{rung.step}",
            f"{request.name} is late, and there is nobody further to write to",
            [f"The return was due by {say_moment(due, practice.zone)}. {NOBODY_THERE[rung.to]} Please ring."],
        )
        return Decision(case=case.ref, events=(taken,), because=(because,)).and_then(told), None
    letter = letters.ladder_letter(case, request, practice, now, rung.step, rung.letter, to)
    step = Decision(case=case.ref, events=(taken,), because=(because,))
    if rung.letter == "escalation":
        return step, letter
    return step.and_then(Decision(actions=(letter,))), None


def addressees(request: Request, rung: Rung, practice: Practice) -> tuple[str, ...]:
    """Whom a rung writes to."""
    agency = practice.directory.agency(request.agency)
    if agency is None:
        return ()
    if rung.to == "spoc":
        return agency.spoc
    if rung.to == "escalate_to":
        return agency.escalate_to
    leads = [p.email for p in practice.directory.people if p.role == "partner_lead" and p.partner == agency.partner]
    return tuple(leads) if agency.partner else ()


WHILE_SUSPENDED = (look_again, warn_of_clocks, note_clocks)
"""The clocks run on, and are warned of; nobody is asked, chased or sent anything."""
