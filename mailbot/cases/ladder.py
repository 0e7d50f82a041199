"""Ladders: which rung is right today for something that is waited for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from mailbot.cases.case import Case
from mailbot.cases.practice import Practice
from mailbot.cases.procedure import Chased, Rung

RETURNS_WAITED_FOR = ("scoping", "pack_ready", "meeting_held", "sign_off")
"""Stages at which a late return is chased: until the submission has gone."""


def rung_to_take(
    ladder: Sequence[Rung],
    due: datetime,
    steps: Sequence[str],
    stepped_at: datetime | None,
    now: datetime,
    practice: Practice,
) -> Rung | None:
    """The rung to take now, if any: one a day, and none below one already taken.

    After days in which the worker was off, whoever was asked is chased before anybody above is told, and a reminder
    that comes too late is left out.
    """
    calendar = practice.calendar
    today = calendar.day_of(now)
    if stepped_at and calendar.day_of(stepped_at) == today:
        return None
    taken = [i for i, rung in enumerate(ladder) if rung.step in steps]
    above = ladder[max(taken, default=-1) + 1 :]
    come = [rung for rung in above if ladder_day(rung, due, practice) <= today]
    still_right = [rung for rung in come if rung.day >= 0 or today < calendar.day_of(due)]
    to_the_asked = [rung for rung in still_right if rung.letter != "escalation"]
    if to_the_asked:
        return to_the_asked[-1]
    return still_right[0] if still_right else None


def ladder_day(rung: Rung, due: datetime, practice: Practice) -> date:
    """The day of a rung: a reminder is never later for a closed office, the others never earlier."""
    calendar = practice.calendar
    day = calendar.add(calendar.day_of(due), rung.day)
    return calendar.sending_day_before(day) if rung.day < 0 else calendar.sending_day(day)


def chase_rung(case: Case, of: str, ladder: Chased, due: datetime, now: datetime, practice: Practice) -> Rung | None:
    """The rung to take for what somebody other than a scoped agency owes; a due time that moved begins anew."""
    before = case.chases.get(of)
    steps = before.steps if before and before.due == due else ()
    rungs = practice.procedure_of(case).rungs(ladder)
    return rung_to_take(rungs, due, steps, before.stepped_at if before else None, now, practice)
