"""A case that pauses, ends or is taken up again: what stops, who is told, and when the office looks again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from mailbot.cases import letters, rounds
from mailbot.cases.case import Case
from mailbot.cases.deadlines import obligations
from mailbot.cases.decisions import Decision, TakeBack, Withdraw
from mailbot.cases.events import (
    ExtensionGranted,
    LetterKind,
    OfficeTold,
    Reopened,
    RoundRejected,
)
from mailbot.cases.letters.life import News
from mailbot.cases.practice import Practice
from mailbot.cases.questions import tell_office
from mailbot.cases.stages import apply
from mailbot.cases.wording import count, say_day, say_list, say_moment

CHASERS: tuple[LetterKind, ...] = ("reminder", "chase", "escalation")
"""Letters that wait for nobody's answer but a late one's: they stop while a case is suspended."""
SCOPED = ("scoping", "pack_ready")
"""Stages at which returns are waited for."""


def stop_letters(
    case: Case, now: datetime, because: str, kinds: tuple[LetterKind, ...] | None = None, by: str = "mailbot"
) -> Decision:
    """Letters (of these kinds) that have not gone never will, and nobody is asked about them any more.

    Ended `by` a person's word they are rejected by that person: opened again, the case asks about them.
    """
    events = tuple(
        RoundRejected(at=now, by=by, because=because, round=waiting.id)
        for waiting in case.rounds.values()
        if waiting.waiting and (kinds is None or waiting.id.partition("-")[0] in kinds)
    )
    what = "all" if kinds is None else "chasers"
    stop = Withdraw(key=f"{case.ref}/withdraw/{what}/{case.version}", case=case.ref, kinds=kinds)
    return Decision(case=case.ref, events=events, actions=(stop,))


def hold_letters(case: Case, now: datetime) -> Decision:
    """The case is suspended: chasers are out of date, and what was approved and has not gone waits again."""
    stop = stop_letters(case, now, "the case is suspended", CHASERS)
    back = TakeBack(key=f"{case.ref}/take-back/{case.version}", case=case.ref)
    return stop.and_then(Decision(actions=(back,)))


def tell_news(
    case: Case,
    news: News,
    practice: Practice,
    now: datetime,
    because: str,
    area: str = "",
    dues: Mapping[str, datetime] | None = None,
    only: Collection[str] | None = None,
) -> Decision:
    """The round of letters that tells everybody concerned (or `only` these); it waits for a named person."""
    drafts = letters.case_news(case, practice, now, news, area, dues, only)
    if not drafts:
        return Decision()
    round_id = drafts[0].round or ""
    title = f"{count(len(drafts), 'letter')}: {rounds.round_title(round_id).removeprefix('letters ')}"
    return rounds.ask(case, round_id, drafts, title, practice, now, because)


def look_again(case: Case, now: datetime, practice: Practice) -> Decision:
    """A suspended case is not forgotten: the office is asked on its day, and from time to time afterwards."""
    day, today = case.suspended_until, practice.calendar.day_of(now)
    if case.stage != "suspended" or day is None or today < day:
        return Decision()
    every = practice.procedure_of(case).look_again_days
    turn = practice.calendar.between(day, today) // every
    paragraphs = [
        f"It is suspended ({case.suspended_why}), to be looked at again on {say_day(day)}. Nobody is chased "
        "meanwhile, and its clocks run on.",
        "Please let it go on, or name the next day on which to look.",
    ]
    commands = [
        f"mailbot record {case.ref} resumed --as YOU",
        f"mailbot record {case.ref} suspended YYYY-MM-DD --as YOU --why TEXT",
    ]
    topic = f"look-again/{day.isoformat()}/{turn}"
    return tell_office(case, now, practice, topic, "A suspended case: please look again", paragraphs, commands)


def reopen(case: Case, reopened: Reopened, practice: Practice, now: datetime) -> Decision:
    """The case goes on where it stood. What ran out while it was closed is told once, and not chased.

    Letters telling of the end that have not gone never will; who has read of it hears that the case goes on.
    Agencies that still owe a return get the whole time again, since they were told of the end or heard nothing.
    """
    after = apply(case, reopened)
    decision = Decision(events=(reopened,), because=(reopened.because,))
    because, ends = "the case was opened again", ("withdrawn-", "transferred-")
    decision = decision.and_then(rounds.set_aside(after, ends, ("case_news",), now, because))
    decision = decision.and_then(_never_went(after, reopened))
    procedure, calendar = practice.procedure_of(after), practice.calendar
    dues: dict[str, datetime] = {}
    if after.stage in SCOPED:
        due = calendar.due(now, procedure.rule("returns_due").days)
        day = calendar.day_of(due)
        owing = [r.agency for r in after.requests.values() if r.sent_at and not r.completeness and not r.gives_none]
        dues = dict.fromkeys(owing, due)
        given = tuple(
            ExtensionGranted(at=reopened.at, by=reopened.by, because=because, agency=a, until=day) for a in owing
        )
        decision = decision.and_then(Decision(events=given))
    read = _read_of_the_end(after)
    decision = decision.and_then(tell_news(after, "reopened", practice, now, because, dues=dues, only=read))
    return decision.and_then(_ran_out(after, practice, now))


def _read_of_the_end(case: Case) -> set[str]:
    """The agencies and referrers whose last news of the case was that it had ended."""
    news: dict[str, str] = {}
    for key, _ in sorted(case.letters_sent.items(), key=lambda sent: sent[1]):
        # The key of such a letter is REF/NEWS-NUMBER/AGENCY or ADDRESS.
        _, what, *name = key.split("/")
        if name and what.startswith(("withdrawn-", "transferred-", "reopened-")):
            news[name[0]] = what.partition("-")[0]
    return {name for name, what in news.items() if what != "reopened"}


def _never_went(case: Case, reopened: Reopened) -> Decision:
    """Scoping letters and a submission that were approved, and stopped by the end: the office is asked about them."""
    unsent: dict[str, tuple[int, ...]] = {}
    for request in case.requests.values():
        if request.round and not (request.sent_at or request.completeness or request.undeliverable):
            unsent[request.round] = (*unsent.get(request.round, ()), request.item)
    submissions = rounds.beginning(case, "submission-")
    if case.stage == "sign_off" and submissions and submissions[-1].state == "approved":
        unsent[submissions[-1].id] = (1,)
    because = "they had not gone when the case ended"
    events = tuple(
        RoundRejected(at=reopened.at, by=reopened.by, because=because, round=name, items=items)
        for name, items in unsent.items()
    )
    return Decision(events=events)


def _ran_out(case: Case, practice: Practice, now: datetime) -> Decision:
    """The clocks that are past already, in one letter; each is marked as told, so that none is warned of again."""
    clocks = [
        (clock, clock.due)
        for clock in obligations(case, practice.procedure_of(case), practice.calendar)
        if clock.due is not None and clock.met is None and clock.due < now
    ]
    if not clocks:
        return Decision()
    day_of = practice.calendar.day_of
    marked = tuple(
        OfficeTold(at=now, because=f"past when the case was opened again: {clock.what}", topic=topic)
        for clock, due in clocks
        for topic in (f"soon/{clock.id}/{day_of(due).isoformat()}", f"missed/{clock.id}/{day_of(due).isoformat()}")
        if topic not in case.told
    )
    told = tell_office(
        case,
        now,
        practice,
        f"reopened/{case.version}",
        "The case is open again",
        [
            "It stands where it stood. These times have passed, and are not warned of again: "
            + say_list([f"{clock.what} ({say_moment(due, practice.zone)})" for clock, due in clocks])
            + ".",
            "Please see what is still right to do, and say in the submission why it was late.",
        ],
        [f"mailbot plan {case.ref}"],
    )
    return Decision(events=marked).and_then(told)


def next_look(case: Case, given: date | None, practice: Practice, now: datetime) -> date:
    """When to look again at a case that is suspended: the day given, else after the procedure's own time."""
    calendar = practice.calendar
    return given or calendar.add(calendar.day_of(now), practice.procedure_of(case).look_again_days)
