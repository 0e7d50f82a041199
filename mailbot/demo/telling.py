"""How a story is told: its scenes, the stage it is played on, the moment at which it stands, the days of clocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from mailbot.cases.case import Case
from mailbot.cases.deadlines import clock_of
from mailbot.cases.events import LetterKind
from mailbot.cases.practice import Practice
from mailbot.cases.wording import say_day
from mailbot.demo.mails import Arriving, write
from mailbot.errors import UnknownCase
from mailbot.mail.envelope import Envelope, open_envelope
from mailbot.worker import Report

REF = "RR-2026-001"
MANAGER = "Helen Marsh <manager@westmarchscp.example>"
LONGEST = timedelta(days=90)
"""After so long a story that has not ended never will."""


class Stage(Protocol):
    """Where the story is played: a mailbox of any kind with a mailbot behind it. Times are UTC."""

    @property
    def practice(self) -> Practice:
        """How the partnership of the story works."""
        ...

    def deliver(self, eml: bytes, received: datetime) -> None:
        """Lay a mail into the shared mailbox, as if it had come at that time."""
        ...

    def letters(self) -> list[tuple[str, bytes]]:
        """Every letter that went out so far, oldest first: its addressee and its bytes."""
        ...

    def pass_(self, now: datetime) -> Report:
        """One pass of the worker at that moment."""
        ...

    def record(self, ref: str, fact: str, values: tuple[str, ...], by: str, why: str, now: datetime) -> None:
        """A person's word, as `mailbot record` takes it."""
        ...

    def open_case(self, words: str, agency: str, child: str, born: str, by: str, now: datetime) -> None:
        """A person opens a case from the held mail that has these words in its subject, as `mailbot open` does."""
        ...

    def case(self, ref: str) -> Case:
        """The case as it stands. Raises UnknownCase."""
        ...


class Telling:
    """The story while it is told: the stage, and the moment at which it stands."""

    def __init__(self, stage: Stage, first_day: date) -> None:
        self.stage = stage
        self.first_day = first_day
        self.now = stage.practice.calendar.open_of(first_day)

    @property
    def case(self) -> Case | None:
        """The case, once the referral has opened it."""
        try:
            return self.stage.case(REF)
        except UnknownCase:
            return None

    @property
    def today(self) -> str:
        """The day in words, as people write it into forms."""
        return say_day(self.stage.practice.calendar.day_of(self.now))

    def arrives(self, mail: Arriving) -> None:
        """A mail reaches the shared mailbox."""
        address = self.stage.practice.office.address
        self.stage.deliver(write(mail, address, self.now), self.now)

    def records(self, fact: str, *values: str, by: str = MANAGER, why: str = "") -> None:
        """Somebody records a fact."""
        self.stage.record(REF, fact, values, _address(by), why, self.now)

    def opens(self, words: str, agency: str, child: str, born: str, by: str = MANAGER) -> None:
        """Somebody says of a held mail that it opens a case."""
        self.stage.open_case(words, agency, child, born, _address(by), self.now)

    def letter(self, to: str, words: str) -> Envelope:
        """The last letter that this person received with these words in its subject."""
        found = [raw for addressee, raw in self.stage.letters() if addressee.casefold() == to.casefold()]
        opened = [open_envelope(raw, self.now) for raw in reversed(found)]
        return next(letter for letter in opened if words in letter.subject)

    def request_for_approval(self, round_id: str) -> Envelope:
        """The last email that asked the manager to release this round."""
        found = [raw for addressee, raw in self.stage.letters() if addressee == _address(MANAGER)]
        opened = [open_envelope(raw, self.now) for raw in reversed(found)]
        return next(letter for letter in opened if f"approve {REF}/{round_id} " in letter.text)

    def request(self, agency: str) -> Envelope:
        """The scoping letter that the agency's SPOC received."""
        return self.letter(self.spoc(agency), "Scoping request")

    def spoc(self, agency: str) -> str:
        """The agency's single point of contact."""
        listed = self.stage.practice.directory.agency(agency)
        if listed is None:
            raise KeyError(f"the story needs an agency {agency} in config/agencies.toml")
        return listed.spoc[0]


def _address(person: str) -> str:
    return person.rpartition("<")[2].rstrip(">")


@dataclass(frozen=True)
class Scene:
    """Something that happens: on which day (none: not in this story, or not known yet), at what time, what."""

    day: Callable[[Telling], date | None]
    at: str
    act: Callable[[Telling], None]


@dataclass(frozen=True)
class Kept:
    """A letter that the story leaves to look at: the first of its kind, to this agency, with these words."""

    kind: LetterKind
    what: str
    to: str = ""
    words: str = ""


@dataclass(frozen=True)
class Story:
    """Who sends what and when, until it is over. Only the first day is fixed; all people and places are invented."""

    about: str
    first_day: date
    scenes: tuple[Scene, ...]
    over: Callable[[Case], bool]
    ending: str
    keeps: tuple[Kept, ...]
    commands: tuple[str, ...]

    def play(self, stage: Stage) -> None:
        """Tell the story from its first day until it is over.

        A pass is made when the office opens, after whatever happens, and when the office closes. Raises RuntimeError
        where the story does not end.
        """
        telling = Telling(stage, self.first_day)
        calendar = stage.practice.calendar
        day = self.first_day
        while telling.case is None or not self.over(telling.case):
            if day > self.first_day + LONGEST:
                raise RuntimeError(f"the story's case is still open after {LONGEST.days} days")
            scenes = sorted((s for s in self.scenes if s.day(telling) == day), key=lambda scene: scene.at)
            times = [calendar.open_of(day), calendar.close_of(day)] if calendar.sends_on(day) else []
            acts = {calendar.at(day, scene.at): scene.act for scene in scenes}
            for telling.now in sorted({*times, *acts}):
                acts.get(telling.now, nothing)(telling)
                stage.pass_(telling.now)
            day += timedelta(days=1)


def nothing(_: Telling) -> None:
    """Only the clock moves."""


def on_day(number: int) -> Callable[[Telling], date]:
    """So many working days after the first day."""
    return lambda telling: telling.stage.practice.calendar.add(telling.first_day, number)


def after_due(number: int) -> Callable[[Telling], date | None]:
    """So many working days after the day on which the returns are due."""

    def day(telling: Telling) -> date | None:
        case, practice = telling.case, telling.stage.practice
        clock = clock_of(case, "returns_due", practice.procedure_of(case), practice.calendar) if case else None
        if clock is None or clock.due is None:
            return None
        return practice.calendar.add(practice.calendar.day_of(clock.due), number)

    return day


def after_meeting(number: int) -> Callable[[Telling], date | None]:
    """So many working days after (below zero: before) the meeting."""

    def day(telling: Telling) -> date | None:
        case, calendar = telling.case, telling.stage.practice.calendar
        if case is None or case.meeting_at is None:
            return None
        return calendar.add(calendar.day_of(case.meeting_at), number)

    return day
