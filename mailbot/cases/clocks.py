"""Clocks that begin, move, run out and are missed: what is noted of them, and whom the office hears of it from.

Nothing here decides a date: a person's word, the calendar and the procedure do. What was noted is in the events, so
that a clock that moves is told of once, with its old day and its new one.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from mailbot.cases.case import Case
from mailbot.cases.deadlines import Clock, obligations
from mailbot.cases.decisions import Decision
from mailbot.cases.events import Basis, ClocksNoted
from mailbot.cases.practice import Practice
from mailbot.cases.procedure import ClockId
from mailbot.cases.questions import tell_office
from mailbot.cases.wording import count, say_moment, sentence_case

EXPLAINED: tuple[ClockId, ...] = (
    "la_notifies_panel",
    "send_scoping",
    "meeting_latest",
    "panel_after_meeting",
    "panel_overall",
)
"""Clocks whose missing the Panel expects a reason for."""
WARNED: tuple[ClockId, ...] = (
    *EXPLAINED,
    "jcr_referral",
    "la_told",
    "la_answer",
    "partner_answers",
    "endorsement",
    "outcome_told",
    "learning_told",
)
"""Clocks that the office hears of before they are lost, and after."""
WARNED_WHEN_MISSED: tuple[ClockId, ...] = ("meeting_set", "panel_reply")
"""Clocks of which it is enough to hear that they have run out: asked for at once, or somebody else's."""
FOLLOWS_THE_OFFICE: tuple[ClockId, ...] = (
    "returns_due",
    "meeting_set",
    "pack_shared",
    "endorsement",
    "panel_after_meeting",
)
"""Clocks that begin with what the office itself does or sets: that they follow it is no news."""


def note_clocks(case: Case, now: datetime, practice: Practice) -> Decision:
    """When each running clock is due, noted when one begins or moves; the office hears of a move that is news."""
    running = {c.id: c for c in obligations(case, practice.procedure_of(case), practice.calendar) if c.running}
    dues = {clock.id: clock.due for clock in running.values() if clock.due}
    bases = {clock.id: _basis(clock) for clock in running.values()}
    if dues.items() <= case.dues.items() and all(case.bases.get(name) == basis for name, basis in bases.items()):
        return Decision()
    moved = [running[name] for name, due in dues.items() if name in case.dues and case.dues[name] != due]
    told = [_move(case, clock, practice) for clock in moved]
    noted = ClocksNoted(
        at=now,
        because="; ".join(told) or "a clock began",
        dues=case.dues | dues,
        bases=case.bases | bases,
        moved=tuple(clock.id for clock in moved),
    )
    decision = Decision(case=case.ref, events=(noted,), because=(noted.because,))
    news = [text for clock, text in zip(moved, told, strict=True) if _is_news(case, clock)]
    if not news:
        return decision
    title = f"{count(len(news), 'deadline has', 'deadlines have')} moved"
    paragraphs = [*(f"{sentence_case(text)}." for text in news), "Reminders and chasers follow the new day."]
    commands = [f"mailbot plan {case.ref} --why"]
    topic = f"clocks-moved/{case.version}"
    return decision.and_then(tell_office(case, now, practice, topic, title, paragraphs, commands, kind="warning"))


def _basis(clock: Clock) -> Basis:
    return Basis(started=clock.started, days=clock.days, provisional=bool(clock.provisional), given=bool(clock.given))


def _move(case: Case, clock: Clock, practice: Practice) -> str:
    """Which clock moved, from when to when, and why, as far as the record tells."""
    before = case.bases.get(clock.id)
    old = say_moment(case.dues[clock.id], practice.zone)
    new = say_moment(clock.due, practice.zone) if clock.due else ""
    return f"{clock.what}: due by {new}, no longer by {old}, because {_why(before, clock, practice)}"


def _why(before: Basis | None, clock: Clock, practice: Practice) -> str:
    if clock.given or (before and before.given):
        return clock.given or "the day that a person gave no longer stands"
    if before is None:
        return "the record has changed"
    if before.days != clock.days:
        return f"the procedure's file gives {count(clock.days, 'working day')} now, not {before.days}"
    if before.started != clock.started and clock.started:
        since = say_moment(clock.started, practice.zone)
        if clock.provisional:
            return f"it is {clock.provisional}"
        return f"{clock.started_by} is recorded as {since}"
    return "the calendar has changed: bank holidays, days that do not count, or how days are counted"


def _is_news(case: Case, clock: Clock) -> bool:
    """Whether the office relied on the old day and did not choose the new one.

    That a stand-in gives way to the fact that was waited for is expected, unless less time is left than was thought.
    """
    before = case.bases.get(clock.id)
    if before is None or clock.given or before.given:
        return False
    began_otherwise = before.started != clock.started
    if began_otherwise and clock.id in FOLLOWS_THE_OFFICE:
        return False
    earlier = clock.due is not None and clock.due < case.dues[clock.id]
    return earlier or not (began_otherwise and before.provisional)


def warn_of_clocks(case: Case, now: datetime, practice: Practice) -> Decision:
    """The business unit hears of a deadline on the last open day before it is lost, and again when it was."""
    decision = Decision(case=case.ref)
    for clock in obligations(case, practice.procedure_of(case), practice.calendar):
        if clock.due is None or not clock.binds:
            continue
        if now > clock.due:
            decision = decision.and_then(_missed(case, clock, clock.due, now, practice))
        elif clock.running and _soon(case, clock, clock.due, now, practice):
            decision = decision.and_then(_due_soon(case, clock, clock.due, now, practice))
    return decision


def _soon(case: Case, clock: Clock, due: datetime, now: datetime, practice: Practice) -> bool:
    """From the last open day before; not on the day on which the clock began, where another open day is left."""
    calendar = practice.calendar
    due_day, today = calendar.day_of(due), calendar.day_of(now)
    began = calendar.day_of(clock.started) if clock.started else today
    set_in_time = clock.id == "meeting_latest" and case.meeting_at and calendar.day_of(case.meeting_at) <= due_day
    tomorrow = began + timedelta(days=1)
    first = calendar.sending_day_before(due_day - timedelta(days=1))
    if due_day == began or calendar.sending_day(tomorrow) <= due_day:
        first = max(first, tomorrow)
    return clock.id in WARNED and not set_in_time and today >= first


def _due_soon(case: Case, clock: Clock, due: datetime, now: datetime, practice: Practice) -> Decision:
    due_day = practice.calendar.day_of(due)
    paragraphs = [f"It is due by {_reckoned(clock, due, practice)}", *_basis_said(clock)]
    topic = f"soon/{clock.id}/{due_day.isoformat()}"
    return _tell(case, topic, f"Due soon: {clock.what}", now, practice, paragraphs, [])


def _missed(case: Case, clock: Clock, due: datetime, now: datetime, practice: Practice) -> Decision:
    """A clock that ran out; where the Panel expects a reason, the reason is asked for though it was met since."""
    explained = clock.id in EXPLAINED
    can_be_met = clock.running and clock.id in WARNED + WARNED_WHEN_MISSED
    if not clock.overdue(now) or not (explained or can_be_met):
        return Decision()
    due_day = practice.calendar.day_of(due)
    paragraphs = [f"It was due by {_reckoned(clock, due, practice)}", *_basis_said(clock)]
    commands = []
    if explained and clock.id not in case.lateness:
        paragraphs.append("The Panel expects to be told why. Please record the reason; the submission states it.")
        commands.append(f'mailbot record {case.ref} late-reason {clock.id} --why "REASON" --as YOU')
    topic = f"missed/{clock.id}/{due_day.isoformat()}"
    return _tell(case, topic, f"Missed: {clock.what}", now, practice, paragraphs, commands)


def _reckoned(clock: Clock, due: datetime, practice: Practice) -> str:
    when = say_moment(due, practice.zone)
    if clock.given:
        return f"{when}: {clock.given}."
    return f"{when}, {count(clock.days, 'working day')} from {clock.started_by}."


def _basis_said(clock: Clock) -> list[str]:
    source = f"“{clock.source}” ({clock.document})"
    return [f"It is {clock.provisional}.", source] if clock.provisional else [source]


def _tell(
    case: Case,
    topic: str,
    title: str,
    now: datetime,
    practice: Practice,
    paragraphs: list[str],
    commands: list[str],
) -> Decision:
    plan = f"mailbot plan {case.ref}"
    return tell_office(case, now, practice, topic, title, paragraphs, [*commands, plan], kind="warning")


def lateness(case: Case, now: datetime, practice: Practice) -> list[str]:
    """What the Panel is told of clocks that were missed: by how much, and why. Nothing where all were kept."""
    said = []
    for clock in obligations(case, practice.procedure_of(case), practice.calendar):
        if clock.id in EXPLAINED and clock.binds and clock.due and clock.overdue(now):
            days = practice.calendar.between(
                practice.calendar.day_of(clock.due), practice.calendar.day_of(clock.met or now)
            )
            done = f"done at {say_moment(clock.met, practice.zone)}" if clock.met else "not done yet"
            late = f", {count(days, 'working day')} late" if days else ", late"
            reason = practice.pseudonyms(case)(case.lateness.get(clock.id, ""))
            why = f"Reason: {reason}" if reason else "No reason is recorded."
            due = say_moment(clock.due, practice.zone)
            said.append(f"{sentence_case(clock.what)}: due by {due}, {done}{late}. {why}")
    return said


def unexplained(case: Case, now: datetime, practice: Practice) -> list[Clock]:
    """Missed clocks for which the Panel expects a reason and none is recorded."""
    clocks = obligations(case, practice.procedure_of(case), practice.calendar)
    return [c for c in clocks if c.id in EXPLAINED and c.binds and c.overdue(now) and c.id not in case.lateness]


def late_clocks(case: Case, now: datetime, practice: Practice) -> list[str]:
    """The clocks of a case that were missed."""
    return [c.id for c in obligations(case, practice.procedure_of(case), practice.calendar) if c.overdue(now)]
