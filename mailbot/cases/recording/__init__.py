"""What people decided or did, recorded by their word: `mailbot record REF FACT [VALUE...] --as EMAIL`."""

from __future__ import annotations

from datetime import datetime

from mailbot.cases.case import Case
from mailbot.cases.decisions import Decision
from mailbot.cases.drawing import STEP_NAMES
from mailbot.cases.practice import Practice
from mailbot.cases.recording import clocks, lacking, learning, life, meeting, redrafting, scoping, threshold
from mailbot.cases.recording.said import Reader, Said
from mailbot.cases.stages import OPEN, next_stage, possible
from mailbot.cases.wording import say_list, say_moment, stage_name
from mailbot.errors import IllegalEvent, NotAllowedNow, UsageProblem

__all__ = ["FACTS", "Said", "record"]

FACTS: dict[str, Reader] = {
    **clocks.FACTS,
    **threshold.FACTS,
    **scoping.FACTS,
    **lacking.FACTS,
    **meeting.FACTS,
    **redrafting.FACTS,
    **learning.FACTS,
    **life.FACTS,
}
BEFORE_THE_CASE = ("aware", "notified", "intention", "nil")
"""Facts that may have been so before the case's first word."""


def record(case: Case, fact: str, said: Said, practice: Practice, now: datetime) -> Decision:
    """The decision that a recorded fact makes.

    Raises UsageProblem for an unknown fact, value or person, NotAllowedNow where the case's stage has no room for it.
    """
    practice.directory.must_know(said.by)
    reader = FACTS.get(fact)
    if reader is None:
        raise UsageProblem(f"{fact} is not a fact that can be recorded. These are: {', '.join(FACTS)}.")
    _in_its_time(case, fact, said, practice, now)
    try:
        decision = reader(case, said, practice, now)
        for event in decision.events[:1]:
            next_stage(case, event)
    except IllegalEvent as refused:
        raise NotAllowedNow(_what_is_allowed(case, refused.step)) from None
    return decision.model_copy(update={"case": case.ref, "version": case.version})


def _what_is_allowed(case: Case, step: str) -> str:
    """That the table has no room for a step, and what it has room for, in people's words."""
    following = say_list([STEP_NAMES[name] for name in possible(case.stage)], "or") or "nothing"
    always = " What may be recorded at any time, such as an action, may be recorded now too."
    return (
        f"{case.ref}: “{STEP_NAMES[step]}” cannot happen while the case is at “{stage_name(case.stage)}”. "
        f"What may come next: {following}.{always if case.stage in OPEN else ''}"
    )


def _in_its_time(case: Case, fact: str, said: Said, practice: Practice, now: datetime) -> None:
    """Raises UsageProblem for a fact that is still to come, or was so before anybody had told of the incident."""
    when = say_moment(said.at, practice.zone)
    if said.at > now:
        raise UsageProblem(f"{when} is still to come: record it when it has happened.")
    first = case.reported_at
    if first is not None and said.at < first and fact not in BEFORE_THE_CASE:
        raise UsageProblem(
            f"{when} is before the first word of {case.ref}, which came at {say_moment(first, practice.zone)}. "
            "Give --at a moment since then, or leave it out."
        )
