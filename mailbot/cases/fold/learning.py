"""Alternative learning: from its consideration to the end of the activity."""

from __future__ import annotations

from typing import Any

from mailbot.cases.case import Case, Learning
from mailbot.cases.events import (
    LearningCompleted,
    LearningDecided,
    LearningOpened,
    LearningProgressed,
    LearningProposed,
    SubgroupRecommended,
)
from mailbot.cases.fold.changes import Changers, Changes


def _with(case: Case, **update: Any) -> Changes:
    return {"learning": case.learning.model_copy(update=update)} if case.learning else {}


def _opened(case: Case, event: LearningOpened) -> Changes:
    return {"learning": Learning(opened_at=event.at)} | _nobody_asked(case)


def _nobody_asked(case: Case) -> Changes:
    """What was answered about an earlier proposal does not count for a new one."""
    answers = tuple(a for a in case.partner_answers if a.topic != "learning")
    asked = {topic: at for topic, at in case.partners_asked.items() if topic != "learning"}
    return {"partner_answers": answers, "partners_asked": asked}


def _proposed(case: Case, event: LearningProposed) -> Changes:
    proposal = {
        "activity": event.activity,
        "lead": event.lead,
        "criteria": event.criteria,
        "proposed_at": event.at,
        "reason": event.because,
    }
    return _with(case, **proposal) | _nobody_asked(case)


def _decided(case: Case, event: LearningDecided) -> Changes:
    if not case.learning:
        return {}
    return _with(
        case,
        agreed=bool(event.activity),
        activity=event.activity or case.learning.activity,
        lead=event.lead or case.learning.lead,
        due=event.due,
        decided_at=event.at,
        reason=event.because,
    )


def _progressed(case: Case, event: LearningProgressed) -> Changes:
    if not case.learning:
        return {}
    return _with(case, progress=(*case.learning.progress, event.because), due=event.due or case.learning.due)


CHANGES: Changers = {
    LearningOpened: _opened,
    LearningProposed: _proposed,
    LearningDecided: _decided,
    SubgroupRecommended: lambda case, event: _with(case, subgroup=event.group),
    LearningProgressed: _progressed,
    LearningCompleted: lambda case, event: _with(case, completed_at=event.at),
}
