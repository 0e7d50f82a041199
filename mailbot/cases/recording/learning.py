"""Alternative learning, by a person's word: what is proposed, decided, recommended, and how far it has come."""

from __future__ import annotations

from datetime import date, datetime

from mailbot.cases import learning
from mailbot.cases.case import Case, Learning
from mailbot.cases.decisions import Decision
from mailbot.cases.events import (
    AnyEvent,
    LearningCompleted,
    LearningDecided,
    LearningOpened,
    LearningProgressed,
    LearningProposed,
    SubgroupRecommended,
)
from mailbot.cases.practice import Practice
from mailbot.cases.recording.said import Reader, Said, day_of, one
from mailbot.cases.stages import apply
from mailbot.cases.wording import say_day, say_list
from mailbot.errors import NotAllowedNow, UsageProblem

STAGES = ("learning_considered", "learning_decided")
"""Where learning is decided on; elsewhere the table of stages says what may come."""


def _considered(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    if said.values:
        raise UsageProblem("learning-considered stands alone; give the reason with --why.")
    because = said.why or practice.procedure_of(case).sentence("learning") or "alternative learning is considered"
    return one(LearningOpened(at=said.at, by=said.by, because=because))


def _proposed(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    if len(said.values) < 2:
        raise UsageProblem('learning-proposed needs the activity and the group that leads it: "ACTIVITY" "GROUP".')
    activity, lead, *criteria = said.values
    known = [criterion.id for criterion in practice.procedure_of(case).learning_criterion]
    if unknown := [word for word in criteria if word not in known]:
        raise UsageProblem(f"{say_list(unknown)} is no criterion for learning. These are: {', '.join(known)}.")
    proposed = LearningProposed(
        at=said.at,
        by=said.by,
        because=said.why or f"proposed by {said.by}",
        activity=activity,
        lead=lead,
        criteria=tuple(criteria),
    )
    opened: tuple[AnyEvent, ...] = ()
    if case.stage == "learning_considered" and case.learning is None:
        because = practice.procedure_of(case).sentence("learning") or "alternative learning is considered"
        opened = (LearningOpened(at=said.at, by=said.by, because=because),)
    events = (*opened, proposed)
    asked = learning.ask_partners(_after(case, events), now, practice)
    return Decision(events=events, because=(proposed.because,)).and_then(asked)


def _decided(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    values, due = _with_day(said, practice, now)
    if len(values) != 1 or values[0].casefold() not in ("yes", "none"):
        raise UsageProblem("learning-decided is yes or none; a day for the activity is written as due=2026-09-01.")
    agreed = values[0].casefold() == "yes"
    proposal = case.learning
    if agreed and case.stage in STAGES and (proposal is None or not proposal.activity):
        raise NotAllowedNow(
            f"{case.ref}: no activity is proposed. Record it first: "
            f'mailbot record {case.ref} learning-proposed "ACTIVITY" "LEADING GROUP"'
        )
    if not agreed and not said.why:
        raise UsageProblem("The referring agency is told why nothing is undertaken: give the reason with --why.")
    silent = learning.not_yet_answered(case, practice)
    if silent and not said.why:
        raise UsageProblem(f"{say_list(silent)} did not answer. Say with --why how the decision was made.")
    reason = said.why or practice.procedure_of(case).sentence("learning_decision") or "decided by the partners"
    if case.stage == "learning_decided" and proposal and _same(proposal, agreed, due, said.why):
        raise NotAllowedNow(f"{case.ref}: it was decided so before. Nothing was recorded.")
    decided = LearningDecided(
        at=said.at,
        by=said.by,
        because=reason,
        activity=proposal.activity if agreed and proposal else "",
        lead=proposal.lead if agreed and proposal else "",
        due=due if agreed else None,
    )
    events: tuple[AnyEvent, ...] = (decided,)
    if case.stage == "learning_considered" and proposal is None:
        events = (LearningOpened(at=said.at, by=said.by, because=reason), decided)
    told = learning.tell_decision(_after(case, events), now, practice)
    return Decision(events=events, because=(reason,)).and_then(told)


def _same(learning: Learning, agreed: bool, due: date | None, why: str) -> bool:
    """Whether the decision says what was decided before: nobody is told or asked of it again."""
    return learning.agreed == agreed and due in (None, learning.due) and why in ("", learning.reason)


def _subgroup(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    group = " ".join(said.values).strip()
    if not group:
        raise UsageProblem('subgroup needs the name of the group that undertakes the activity: subgroup "GROUP".')
    _agreed(case)
    because = said.why or practice.procedure_of(case).sentence("subgroup") or "recommended by the JCR Group"
    return one(SubgroupRecommended(at=said.at, by=said.by, because=because, group=group))


def _progress(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    values, due = _with_day(said, practice, now)
    if values or not said.why:
        raise UsageProblem("Say with --why how far the activity has come; a new day for it is due=2026-09-01.")
    _agreed(case)
    return one(LearningProgressed(at=said.at, by=said.by, because=said.why, due=due))


def _completed(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    if said.values or not said.why:
        raise UsageProblem("Say with --why what came of the activity: learning-completed --why TEXT.")
    _agreed(case)
    if case.learning and not case.learning.subgroup:
        raise NotAllowedNow(
            f"{case.ref}: no sub-group is recorded for the activity. Record the JCR Group's recommendation first: "
            f'mailbot record {case.ref} subgroup "GROUP"'
        )
    return one(LearningCompleted(at=said.at, by=said.by, because=said.why))


def _agreed(case: Case) -> None:
    """Raises NotAllowedNow where the decision was to undertake nothing."""
    if case.stage == "learning_decided" and case.learning and not case.learning.agreed:
        raise NotAllowedNow(
            f"{case.ref}: it was decided to undertake no activity. If that has changed, record it first: "
            f"mailbot record {case.ref} learning-decided yes --why REASON"
        )


def _with_day(said: Said, practice: Practice, now: datetime) -> tuple[list[str], date | None]:
    """The words, and the day that one of them gives as due=2026-09-01."""
    days = [word.removeprefix("due=") for word in said.values if word.startswith("due=")]
    due = day_of(days) if days else None
    if due is not None and practice.calendar.close_of(due) < now:
        raise UsageProblem(f"{say_day(due)} is past: the activity needs a day to come.")
    return [word for word in said.values if not word.startswith("due=")], due


def _after(case: Case, events: tuple[AnyEvent, ...]) -> Case:
    for event in events:
        case = apply(case, event)
    return case


FACTS: dict[str, Reader] = {
    "learning-considered": _considered,
    "learning-proposed": _proposed,
    "learning-decided": _decided,
    "subgroup": _subgroup,
    "learning-progress": _progress,
    "learning-completed": _completed,
}
