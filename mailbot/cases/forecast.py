"""What will happen to a case, and when, if nothing arrives: the same review that chases, run ahead of the clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from pydantic import AwareDatetime

from mailbot.cases.case import Case
from mailbot.cases.chasing import review
from mailbot.cases.deadlines import earliest, obligations, pack_cut_off, return_due
from mailbot.cases.decisions import Action, AskApproval, BuildPack, Decision, DraftSubmission, SendLetter
from mailbot.cases.events import LetterSent, PackAssembled, Paper
from mailbot.cases.pack import absent_agencies
from mailbot.cases.practice import Practice
from mailbot.cases.stages import OPEN, apply
from mailbot.cases.values import Value
from mailbot.cases.wording import say_list

FURTHEST = timedelta(days=120)
PACK_NOT_YET_MADE = Paper(kind="pack", name="pack.pdf", sha256="")


class Planned(Value):
    """One thing that will happen: a letter that goes by itself, or something put to a person."""

    when: AwareDatetime
    what: str
    who: str
    by_itself: bool


def forecast(case: Case, now: datetime, practice: Practice) -> tuple[Planned, ...]:
    """Everything ahead until the last clock has run out, as the record stands. Nothing is stored."""
    dues = [c.due for c in obligations(case, practice.procedure_of(case), practice.calendar) if c.due and c.running]
    end = min(max(dues, default=now) + timedelta(days=5), now + FURTHEST)
    planned: list[Planned] = []
    for moment in _moments(case, now, end, practice):
        if case.stage not in OPEN:
            break
        decision = review(case, moment, practice)
        new = [p for action in decision.actions if (p := _planned(action, moment, practice))]
        planned += [p for p in new if not _again(p, planned)]
        case = _after(case, decision, moment)
    return tuple(sorted(planned, key=lambda p: p.when))


class Due(Value):
    """One thing that is due: a clock, or the returns of some agencies."""

    when: AwareDatetime
    what: str
    first: bool = False


class Day(Value):
    """One day of the plan: what is due on it, and what goes out or is asked on it if nothing arrives."""

    day: date
    due: tuple[Due, ...] = ()
    planned: tuple[Planned, ...] = ()


def agenda(case: Case, planned: tuple[Planned, ...], practice: Practice) -> tuple[Day, ...]:
    """The future as a calendar: the days on which something is due or happens, in order."""
    calendar = practice.calendar
    dues = dues_of(case, practice)
    days = sorted({calendar.day_of(d.when) for d in dues} | {calendar.day_of(p.when) for p in planned})
    return tuple(
        Day(
            day=day,
            due=tuple(d for d in dues if calendar.day_of(d.when) == day),
            planned=tuple(p for p in planned if calendar.day_of(p.when) == day),
        )
        for day in days
    )


def dues_of(case: Case, practice: Practice) -> tuple[Due, ...]:
    """Everything that a running clock makes due, the returns of the agencies by their own days."""
    procedure, calendar = practice.procedure_of(case), practice.calendar
    clocks = obligations(case, procedure, calendar)
    first = earliest(clocks)
    dues = [
        Due(when=clock.due, what=clock.what, first=clock is first)
        for clock in clocks
        if clock.running and clock.due and clock.binds and clock.id not in ("meeting_earliest", "returns_due")
    ]
    returns: dict[datetime, list[str]] = {}
    for request in case.requests.values():
        due = return_due(request, procedure, calendar)
        if due and not request.settled and any(c.id == "returns_due" and c.running for c in clocks):
            returns.setdefault(due, []).append(request.name)
    last = first.due if first and first.id == "returns_due" else None
    dues += [Due(when=due, what=f"return of {say_list(names)}", first=due == last) for due, names in returns.items()]
    return tuple(sorted(dues, key=lambda d: d.when))


def _again(entry: Planned, planned: list[Planned]) -> bool:
    """Whether it asks once more what was asked again already: that goes on until somebody answers."""
    return entry.what.endswith("(asked again)") and any(entry.what == p.what for p in planned)


def _moments(case: Case, now: datetime, end: datetime, practice: Practice) -> Iterator[datetime]:
    """Now, then each working day's opening and the minute after its close, and two hours into the meeting."""
    calendar = practice.calendar
    moments = {now}
    day = calendar.day_of(now)
    while calendar.open_of(day) <= end:
        if calendar.sends_on(day):
            moments |= {calendar.open_of(day), calendar.close_of(day) + timedelta(minutes=1)}
        day += timedelta(days=1)
    if case.meeting_at:
        moments.add(case.meeting_at + timedelta(hours=2))
    if cut_off := pack_cut_off(case, practice.procedure_of(case), calendar):
        moments.add(cut_off)
    return iter(sorted(m for m in moments if now <= m <= end))


def _after(case: Case, decision: Decision, moment: datetime) -> Case:
    """The case after a review, with its automatic letters gone and its pack made."""
    for event in decision.events:
        case = apply(case, event)
    for action in decision.actions:
        if isinstance(action, SendLetter) and action.round is None:
            sent = LetterSent(
                at=moment,
                because="forecast",
                kind=action.kind,
                key=action.key,
                to=action.to,
                message_id="",
                agency=action.agency,
            )
            case = apply(case, sent)
        if isinstance(action, BuildPack):
            absent = absent_agencies(case)
            built = PackAssembled(
                at=moment,
                because="forecast",
                version=action.version,
                paper=PACK_NOT_YET_MADE,
                contents=(),
                absent=absent,
            )
            case = apply(case, built)
    if any(isinstance(a, DraftSubmission) for a in decision.actions):
        case = case.model_copy(update={"submission": PACK_NOT_YET_MADE, "submission_stale": False})
    return case


def _planned(action: Action, moment: datetime, practice: Practice) -> Planned | None:
    if isinstance(action, SendLetter) and action.round is None:
        title = action.facts.get("title")
        name = f"{action.kind.replace('_', ' ')}: {title}" if title else action.kind.replace("_", " ")
        when = max(moment, action.due) if action.due else moment
        return Planned(when=when, what=name, who=_who(action, practice), by_itself=True)
    if isinstance(action, AskApproval):
        return Planned(when=moment, what=f"approval asked: {action.title}", who="the approvers", by_itself=False)
    if isinstance(action, BuildPack):
        return Planned(when=moment, what="the pack is put together", who="the approvers", by_itself=False)
    if isinstance(action, DraftSubmission):
        return Planned(when=moment, what="the submission is drafted", who="the approvers", by_itself=False)
    return None


def _who(action: SendLetter, practice: Practice) -> str:
    agency = practice.directory.agency(action.agency)
    return agency.name if agency else say_list(action.to)
