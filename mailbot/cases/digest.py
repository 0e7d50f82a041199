"""The morning digest to the business unit: what is due, what waits for it, who is late, what was held.

References and initials only; nothing to say, no mail. It is made of values handed in, so that it says what the record
says at that moment and remembers nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from pydantic import AwareDatetime

from mailbot.cases.case import Case, Request
from mailbot.cases.deadlines import Clock, obligations, return_due
from mailbot.cases.deciders import awaited
from mailbot.cases.decisions import SendLetter
from mailbot.cases.events import AnyEvent, ApprovalAsked, LetterKind
from mailbot.cases.ladder import RETURNS_WAITED_FOR
from mailbot.cases.letters import common
from mailbot.cases.practice import Practice
from mailbot.cases.procedure import ClockId
from mailbot.cases.rounds import round_title
from mailbot.cases.unanswered import unanswered
from mailbot.cases.values import Value
from mailbot.cases.wording import count, field_name, say_day, say_list, say_short_day, say_time

TOPICS: dict[ClockId, str] = {"partner_answers": "threshold", "learning_answers": "learning"}
"""Clocks of the partners' answers, and the discussion that they are about."""
NOT_DUE: tuple[ClockId, ...] = ("meeting_earliest", "returns_due")
"""The one is no limit; the other is told agency by agency."""


class Open(NamedTuple):
    """An open case with its events."""

    case: Case
    events: tuple[AnyEvent, ...]


class HeldMails(Value):
    """How many mails wait for a person, since when, and how many of them look like a live concern."""

    number: int = 0
    oldest: AwareDatetime | None = None
    live: int = 0


class StuckLetter(Value):
    """A letter that failed, that a person is to send, or of which nobody knows whether it went."""

    id: int
    case: str
    kind: LetterKind
    status: str
    since: AwareDatetime


class Section(Value):
    """One part of the digest: its heading, its lines, and what the subject says of it."""

    title: str
    short: str
    lines: tuple[str, ...]


def digest_key(day: date) -> str:
    """The key of a day's digest: there is one a day."""
    return f"office/digest/{day.isoformat()}"


def digest(
    opened: Sequence[Open], held: HeldMails, stuck: Sequence[StuckLetter], practice: Practice, now: datetime
) -> SendLetter | None:
    """The letter of this morning; none where there is nothing to say."""
    told = sections(opened, held, stuck, practice, now)
    if not told:
        return None
    today = practice.calendar.day_of(now)
    commands = ["mailbot cases", "mailbot letters --waiting", *(["mailbot held"] if held.number else [])]
    facts = common(Case(), practice, now) | {
        "title": f"{say_short_day(today)}: {say_list([section.short for section in told])}",
        "sections": [{"title": section.title, "lines": list(section.lines)} for section in told],
        "commands": commands,
    }
    return SendLetter(key=digest_key(today), case="", kind="digest", to=practice.approvers, facts=facts, due=now)


def sections(
    opened: Sequence[Open], held: HeldMails, stuck: Sequence[StuckLetter], practice: Practice, now: datetime
) -> tuple[Section, ...]:
    """What there is to say, the most pressing first; a part with nothing in it is left out."""
    cases = [one.case for one in opened]
    not_gone = _stuck(stuck, practice)
    due, waiting = _by_time(_due(cases, practice, now)), _by_time(_waiting(opened, practice, now))
    late = _by_time(_late(cases, practice, now))
    parts = (
        ("Held mail", f"{held.number} held", _held(held, practice)),
        ("Letters that did not go", f"{count(len(not_gone), 'letter')} not gone", not_gone),
        (f"Due by {say_short_day(_next_day(practice, now))}", f"{len(due)} due", due),
        ("What waits for you", f"{len(waiting)} waiting", waiting),
        ("Late", f"{len(late)} late", late),
    )
    return tuple(Section(title=title, short=short, lines=lines) for title, short, lines in parts if lines)


def _by_time(lines: Iterator[tuple[datetime, str]]) -> tuple[str, ...]:
    return tuple(line for _, line in sorted(lines))


def _next_day(practice: Practice, now: datetime) -> date:
    """The next day on which the office sends: whatever falls due before it can only be seen to now."""
    calendar = practice.calendar
    return calendar.sending_day(calendar.add(calendar.day_of(now), 1))


def _due(cases: Sequence[Case], practice: Practice, now: datetime) -> Iterator[tuple[datetime, str]]:
    """Clocks and returns that run out today or by the end of the next working day, and meetings until then."""
    end = practice.calendar.close_of(_next_day(practice, now))
    for case in cases:
        clocks = obligations(case, practice.procedure_of(case), practice.calendar)
        for clock in clocks:
            set_in_time = clock.id == "meeting_latest" and case.meeting_at and case.meeting_at < (clock.due or now)
            if (
                clock.running
                and clock.due
                and now <= clock.due <= end
                and clock.id not in NOT_DUE
                and not set_in_time
            ):
                yield clock.due, f"{_case(case)}: {clock.what}, by {_when(clock.due, practice, now)}"
        for due, names in _returns_due(case, practice):
            if now <= due <= end:
                yield due, f"{_case(case)}: returns from {say_list(names)}, by {_when(due, practice, now)}"
        meetings = (
            ("the Rapid Review meeting", case.meeting_at),
            ("the partners' meeting", case.threshold_meeting_at),
        )
        for what, at in meetings:
            if at is not None and now <= at <= end:
                yield at, f"{_case(case)}: {what}, {_when(at, practice, now)}"


def _returns_due(case: Case, practice: Practice) -> list[tuple[datetime, list[str]]]:
    """When returns are due that have not come, each moment with its agencies."""
    found: dict[datetime, list[str]] = {}
    for request, due in _out(case, practice):
        found.setdefault(due, []).append(request.name)
    return list(found.items())


def _out(case: Case, practice: Practice) -> list[tuple[Request, datetime]]:
    """The agencies that owe a return, or a part of it, with the time by which."""
    if case.stage not in RETURNS_WAITED_FOR:
        return []
    dues = ((r, return_due(r, practice.procedure_of(case), practice.calendar)) for r in case.requests.values())
    return [(r, due) for r, due in dues if due and not r.settled]


def _waiting(opened: Sequence[Open], practice: Practice, now: datetime) -> Iterator[tuple[datetime, str]]:
    """Letters to approve, questions to answer, actions overdue, suspended cases to look at: since when."""
    today = practice.calendar.day_of(now)
    for case, events in opened:
        for waiting in case.rounds.values():
            if waiting.waiting:
                asked = _first_asked(events, waiting.id)
                what = f"approval of {round_title(waiting.id)} ({count(len(waiting.waiting), 'letter')})"
                yield asked, f"{_case(case)}: {what}, {_since(asked, practice)}"
        for question in unanswered(case, events, practice):
            yield question.since, f"{_case(case)}: {question.title}, {_since(question.since, practice)}"
        for number, action in enumerate(case.actions, 1):
            if action.due and action.due < today and not action.done_at:
                due = practice.calendar.close_of(action.due)
                yield due, f"{_case(case)}: immediate action {number} was due on {say_short_day(action.due)}"


def _first_asked(events: Sequence[AnyEvent], round_id: str) -> datetime:
    return min(e.at for e in events if isinstance(e, ApprovalAsked) and e.round == round_id)


def _late(cases: Sequence[Case], practice: Practice, now: datetime) -> Iterator[tuple[datetime, str]]:
    """Clocks that have run out and returns that have not come: by how many working days, and when chased last."""
    for case in cases:
        for clock in obligations(case, practice.procedure_of(case), practice.calendar):
            if clock.running and clock.due and clock.due < now and clock.id not in NOT_DUE:
                past = f"{_past(clock.due, practice, now)}{_chased(_chased_at(case, clock.id), practice)}"
                yield clock.due, f"{_case(case)}: {clock.what}{_owing(case, clock, practice)}, {past}"
        for request, due in _out(case, practice):
            if request.undeliverable:
                yield due, f"{_case(case)}: {request.name} cannot be reached by email"
            elif due < now:
                past = f"{_past(due, practice, now)}{_chased(request.stepped_at, practice)}"
                yield due, f"{_case(case)}: {_return_said(request)}, {past}"


def _return_said(request: Request) -> str:
    if request.completeness == "part":
        return f"{request.name}'s return lacks {say_list([field_name(name) for name in request.missing])}"
    return f"{request.name}'s return" + (", which waits to be opened" if request.paused else "")


def _owing(case: Case, clock: Clock, practice: Practice) -> str:
    """Who has not answered, of the partners who were asked."""
    topic = TOPICS.get(clock.id)
    silent = [practice.directory.person(address) for about, address in awaited(case) if about == topic]
    names = [person.name for person in silent if person]
    return f" ({say_list(names)})" if names else ""


def _past(due: datetime, practice: Practice, now: datetime) -> str:
    calendar = practice.calendar
    days = calendar.between(calendar.day_of(due), calendar.day_of(now))
    late = f", {count(days, 'working day')} ago" if days else ""
    return f"due {say_short_day(calendar.day_of(due))}{late}"


def _chased_at(case: Case, clock: ClockId) -> datetime | None:
    """When somebody was chased last for what this clock waits for."""
    of = TOPICS.get(clock, clock)
    times = [c.stepped_at for name, c in case.chases.items() if name.partition("/")[0] == of and c.stepped_at]
    return max(times, default=None)


def _chased(at: datetime | None, practice: Practice) -> str:
    return f"; last chased on {say_short_day(practice.calendar.day_of(at))}" if at else ""


def _held(held: HeldMails, practice: Practice) -> tuple[str, ...]:
    lines = []
    if held.live:
        live = f"{count(held.live, 'mail')} may be a live concern about a child or an adult"
        lines.append(f"{live}. Open the mail and pass it on by telephone NOW, if that is not done.")
    if held.number and held.oldest:
        lines.append(f"{count(held.number, 'mail')} held for a person, the oldest {_since(held.oldest, practice)}")
    return tuple(lines)


def _stuck(stuck: Sequence[StuckLetter], practice: Practice) -> tuple[str, ...]:
    said = {
        "failed": "was refused by the mail server",
        "in_doubt": "may or may not have gone",
        "ready": "waits for you to send it yourself",
    }
    return tuple(
        f"{letter.case or 'office'}: letter {letter.id} ({letter.kind.replace('_', ' ')}) {said[letter.status]}, "
        f"{_since(letter.since, practice)}"
        for letter in stuck
    )


def _case(case: Case) -> str:
    return f"{case.ref} ({case.child.initials})" if case.child.initials else case.ref


def _when(moment: datetime, practice: Practice, now: datetime) -> str:
    day = practice.calendar.day_of(moment)
    named = "today" if day == practice.calendar.day_of(now) else f"on {say_short_day(day)}"
    return f"{say_time(moment, practice.zone)} {named}"


def _since(moment: datetime, practice: Practice) -> str:
    return f"since {say_day(practice.calendar.day_of(moment))}"
