"""A fact as a person gave it, and how its words are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from typing import Annotated

from pydantic import StringConstraints

from mailbot.cases.case import Case
from mailbot.cases.decisions import Decision
from mailbot.cases.events import AnyEvent, Attendee
from mailbot.cases.practice import Practice
from mailbot.cases.values import Value
from mailbot.cases.wording import say_day, say_moment
from mailbot.errors import UsageProblem


class Said(Value):
    """One fact as a person gave it: who, when it was so, the words after the fact, and why; blanks are no reason."""

    by: str
    at: datetime
    values: tuple[str, ...]
    why: Annotated[str, StringConstraints(strip_whitespace=True)] = ""


FAR = 30
"""Working days ahead beyond which a day that is given needs a reason."""
Reader = Callable[[Case, Said, Practice, datetime], Decision]
"""What makes a decision of a fact: the case, the words, the practice, and now."""


def one(event: AnyEvent) -> Decision:
    return Decision(events=(event,), because=(event.because,))


def only(said: Said, what: str) -> str:
    if len(said.values) != 1:
        raise UsageProblem(f"Write {what} after the name of the fact, and nothing else.")
    return said.values[0]


def moment_of(said: Said, practice: Practice) -> datetime:
    """A date or a date and time in ISO form; without an offset it is local time, without a time it is midnight."""
    text = only(said, "a date, or a date and time,")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageProblem(f"{text} is not a date: write it as 2026-06-10 or 2026-06-10T10:00.") from None
    if moment.tzinfo is None:
        moment = datetime.combine(moment.date(), moment.time() or time(), practice.zone)
    return moment.astimezone(UTC)


def past(said: Said, practice: Practice, now: datetime) -> datetime:
    """A moment that has been."""
    moment = moment_of(said, practice)
    if moment > now:
        raise UsageProblem(f"{say_moment(moment, practice.zone)} is still to come: record it when it has happened.")
    return moment


def day_of(values: Sequence[str]) -> date:
    try:
        return date.fromisoformat(values[0] if len(values) == 1 else "")
    except ValueError:
        raise UsageProblem("Give one day, written as 2026-06-10.") from None


def far_ahead(until: date, said: Said, practice: Practice, now: datetime) -> str:
    """That a day is more than FAR working days ahead, in words to add to the reason; empty where it is nearer.

    Raises UsageProblem where it is that far and nobody says why: the year or the month may be mistyped.
    """
    days = practice.calendar.between(practice.calendar.day_of(now), until)
    if days <= FAR:
        return ""
    if not said.why:
        raise UsageProblem(f"{say_day(until)} is {days} working days ahead. If it is meant so, say why with --why.")
    return f"; that is {days} working days ahead"


def marked(said: Said, *names: str) -> tuple[str, dict[str, str]]:
    """The words of a fact, and what follows the marks at their end: `Check the beds owner=Kit Farrow due=2026-06-12`.

    Raises UsageProblem where a mark stands twice or has nothing after it.
    """
    before, *rest = re.split(rf"(?:^|\s+)({'|'.join(names)})=", " ".join(said.values))
    found: dict[str, str] = {}
    for name, value in zip(rest[::2], rest[1::2], strict=True):
        if name in found or not value.strip():
            raise UsageProblem(f"Write {name}=... once, with something after it.")
        found[name] = value.strip()
    return before.strip(), found


def attendee(address: str, practice: Practice) -> Attendee:
    """A person of people.toml; else whoever an agency of the directory sent."""
    person = practice.directory.person(address)
    if person is not None:
        return Attendee(
            name=person.name,
            email=person.email,
            role=person.title or person.role.replace("_", " "),
            partner=person.partner,
            agency=practice.directory.agency_id_of(person),
        )
    agency = practice.directory.agency_of(address)
    if agency is not None:
        role = f"for {agency.name}"
        return Attendee(name=address, email=address, role=role, partner=agency.partner, agency=agency.id)
    raise UsageProblem(f"{address} is neither in config/people.toml nor of an agency in config/agencies.toml.")
