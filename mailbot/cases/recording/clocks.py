"""When clocks began, by a person's word, and why one was missed. Recorded again, an anchor is corrected."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

from mailbot.cases.case import Case
from mailbot.cases.clocks import late_clocks
from mailbot.cases.decisions import Decision
from mailbot.cases.events import BecameAware, LatenessExplained, PanelNotified
from mailbot.cases.practice import Practice
from mailbot.cases.procedure import ClockId
from mailbot.cases.recording.said import Reader, Said, one, only, past
from mailbot.cases.wording import say_list, say_moment
from mailbot.errors import UsageProblem


def _aware(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    moment = past(said, practice, now)
    return one(BecameAware(at=said.at, by=said.by, because=_because(said, case.aware_at, practice), moment=moment))


def _notified(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    moment = past(said, practice, now)
    because = _because(said, case.notified_at, practice)
    return one(PanelNotified(at=said.at, by=said.by, because=because, moment=moment))


def _because(said: Said, before: datetime | None, practice: Practice) -> str:
    """The reason, and what was recorded before: a corrected anchor moves every clock that is counted from it."""
    if before is None:
        return said.why or "recorded"
    return f"{said.why or 'corrected'}; before, it was recorded as {say_moment(before, practice.zone)}"


def _late_reason(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    clock = only(said, "the clock, as `mailbot plan` names it,")
    late = late_clocks(case, now, practice)
    if clock not in late:
        what = "is not late" if clock in get_args(ClockId) else "is not a clock"
        raise UsageProblem(f"{clock} {what}. Late in {case.ref}: {say_list(late, 'or') or 'none'}.")
    if not said.why:
        raise UsageProblem("Say why it was late, with --why: the Panel is told.")
    return one(LatenessExplained(at=said.at, by=said.by, because=said.why, clock=clock))


FACTS: dict[str, Reader] = {"aware": _aware, "notified": _notified, "late-reason": _late_reason}
