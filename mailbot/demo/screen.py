"""The story on the terminal while it is played: what came, how it was read, what was decided, what went out."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mailbot.cases.events import AnyEvent, ApprovalAsked
from mailbot.cases.forecast import forecast
from mailbot.cases.practice import Practice
from mailbot.cases.stages import OPEN
from mailbot.cases.story import tell
from mailbot.cases.wording import count, say_day, say_list, say_short_day
from mailbot.demo.stage import FolderStage
from mailbot.errors import UnknownMail
from mailbot.parts import Parts
from mailbot.store.mailbag import StoredMail
from mailbot.store.outbox import Letter
from mailbot.worker import Report

WIDTH = 100
PAUSE = 0.15
"""Seconds after each thing that happens, for a person to follow."""
NEXT = 12
"""How many of the next things are shown of a story that ends before its case."""
STYLES = {
    "came": "bold cyan",
    "said": "bold cyan",
    "read": "default",
    "decided": "bold yellow",
    "sent": "bold green",
    "waits": "bold magenta",
}
SHOWN_ELSEWHERE = frozenset({"letter_sent", "office_told", "approval_asked", "agency_replied"})
"""Events that the mails and letters themselves show."""
Line = tuple[str, str]


class ShownStage(FolderStage):
    """The folder stage, with everything that happens on it shown. See telling.Stage."""

    def __init__(self, parts: Parts, console: Console, first_day: date, pauses: bool) -> None:
        super().__init__(parts)
        self._console = console
        self._first_day = first_day
        self._day = first_day - timedelta(days=1)
        self._pauses = pauses
        self._now = parts.practice.calendar.open_of(first_day)
        self._mails = 0
        self._events = 0
        self._sent: set[int] = set()
        self._said: list[Line] = []

    def record(self, ref: str, fact: str, values: tuple[str, ...], by: str, why: str, now: datetime) -> None:
        """See Stage."""
        super().record(ref, fact, values, by, why, now)
        shown = say_list([self._name(value) for value in values])
        because = f"\nbecause: {why}" if why else ""
        self._said.append(("said", f"{self._name(by)} records {fact} {shown}".rstrip() + because))
        self._new_events(ref)

    def open_case(self, words: str, agency: str, child: str, born: str, by: str, now: datetime) -> None:
        """See Stage."""
        super().open_case(words, agency, child, born, by, now)
        self._said.append(("said", f"{self._name(by)} opens a case from the mail that was held"))

    def pass_(self, now: datetime) -> Report:
        """See Stage."""
        self._now = now
        with self._console.status("mailbot is at work", spinner="dots"):
            report = super().pass_(now)
        mails = list(self._new_mails())
        events = [event for ref in self.parts.casebook.refs() for event in self._new_events(ref)]
        letters = self._new_letters()
        told = {event.because for event in events} | {letter.subject for letter in letters}
        lines, self._said = self._said, []
        for mail in mails:
            lines += [("came", f"{self._name(mail.sender)}: {mail.subject}"), ("read", _reading(mail, told))]
        lines += [("decided", text) for text in _decisions(events, self.practice)]
        lines += [("sent", text) for text in self._posted(letters)]
        lines += [("waits", text) for text in self._waiting(events)]
        self._show(now, lines)
        return report

    def show_plan(self, ref: str) -> None:
        """What `mailbot plan` says of a case that is still open: the next things that happen if nothing arrives."""
        case = self.case(ref)
        planned = forecast(case, self._now, self.practice)[:NEXT] if case.stage in OPEN else ()
        if not planned:
            return
        self._console.rule("[bold]If nothing arrives[/bold]", align="left")
        grid = Table.grid(padding=(0, 1))
        grid.add_column(width=24, style="dim")
        grid.add_column(ratio=1, overflow="fold")
        for entry in planned:
            day = self.practice.calendar.day_of(entry.when)
            who = self._name(entry.who)
            grid.add_row(
                f"{say_short_day(day)} {entry.when.astimezone(self.practice.zone):%H:%M}", f"{entry.what}, {who}"
            )
        self._console.print(grid)
        self._console.print()

    def _show(self, now: datetime, lines: Iterable[Line]) -> None:
        """Lines of one moment, its time before the first."""
        grid = Table.grid(padding=(0, 1))
        grid.add_column(width=5, style="dim")
        grid.add_column(width=8, justify="right")
        grid.add_column(ratio=1, overflow="fold")
        clock = f"{now.astimezone(self.practice.zone):%H:%M}"
        for what, text in lines:
            grid.add_row(clock, Text(what, style=STYLES[what]), Text(text))
            clock = ""
        if grid.row_count:
            self._turn_to(now)
            self._console.print(grid)
            self._console.print()
            time.sleep(PAUSE if self._pauses else 0)

    def _turn_to(self, now: datetime) -> None:
        """A rule for each new day on which something happens; the days between are told in a line."""
        calendar = self.practice.calendar
        today = calendar.day_of(now)
        if today == self._day:
            return
        if quiet := [self._day + timedelta(days=n) for n in range(1, (today - self._day).days)]:
            self._console.print(f"[dim]{self._between(quiet)}[/dim]\n")
        self._day = today
        number = calendar.between(self._first_day, today)
        self._console.rule(f"[bold]{say_day(today)}[/bold]  [dim]working day {number}[/dim]", align="left")

    def _between(self, days: list[date]) -> str:
        """Days on which nothing happened, with the bank holidays among them."""
        calendar = self.practice.calendar
        span = say_short_day(days[0]) + (f" to {say_short_day(days[-1])}" if len(days) > 1 else "")
        holidays = [f"{calendar.bank_holidays[d]} on {say_short_day(d)}" for d in days if d in calendar.bank_holidays]
        shut = not any(calendar.sends_on(day) for day in days)
        what = "the office is closed" if shut else "nothing came, and nothing was due"
        return f"{span}: {what}{f' ({say_list(holidays)})' if holidays else ''}"

    def _new_mails(self) -> Iterator[StoredMail]:
        while True:
            try:
                mail = self.parts.mailbag.mail(self._mails + 1)
            except UnknownMail:
                return
            self._mails += 1
            yield mail

    def _new_events(self, ref: str) -> list[AnyEvent]:
        new = [stored for stored in self.parts.casebook.events(ref) if stored.number > self._events]
        self._events = max((stored.number for stored in new), default=self._events)
        return [stored.event for stored in new]

    def _posted(self, letters: Iterable[Letter]) -> Iterator[str]:
        """Letters of one kind together: the subject once, then everybody whom it went to."""
        together: dict[tuple[str, str], list[str]] = {}
        for letter in letters:
            together.setdefault((letter.kind, letter.subject), []).extend(self._name(a) for a in letter.to)
        for (kind, subject), to in together.items():
            number = f"{len(to)} letters, one each" if len(to) > 1 else kind.replace("_", " ")
            yield f"{number}: {subject}\nto {', '.join(to)}"

    def _waiting(self, events: Iterable[AnyEvent]) -> Iterator[str]:
        who = say_list([self._name(address) for address in self.practice.approvers], "or")
        for event in events:
            if isinstance(event, ApprovalAsked):
                yield f"{count(len(event.items), 'letter')} ({event.round}): nothing goes until {who} answers"

    def _name(self, address: str) -> str:
        """Whose an address is, for a person to read."""
        directory = self.practice.directory
        if address == self.practice.panel:
            return "the national Panel"
        person, agency = directory.person(address), directory.agency_of(address)
        if person is None and agency is not None and address not in agency.spoc:
            return f"{agency.name} ({address})"
        return person.name if person else agency.name if agency else address

    def _new_letters(self) -> list[Letter]:
        new = [x for x in self.parts.outbox.letters() if x.status == "sent" and x.id not in self._sent]
        self._sent |= {letter.id for letter in new}
        return new


def _reading(mail: StoredMail, told: set[str]) -> str:
    """What the mail was taken for, without what the lines below it tell."""
    about = f" for {mail.case}" if mail.case else ""
    words = {"handled": "understood", "held": "held for a person", "ignored": "left alone"}
    reasons = [part for part in mail.reason.split("; ") if not any(part in text for text in told)]
    return f"{words.get(mail.state, mail.state)}{about}: {'; '.join(reasons)}"


def _decisions(events: Iterable[AnyEvent], practice: Practice) -> Iterator[str]:
    """Each decision with its reason; several of one kind for one reason once."""
    shown = [e for e in events if e.type not in SHOWN_ELSEWHERE and not (e.type == "clocks_noted" and not e.moved)]
    told = [f"{tell(e, practice)} {e.because if e.because.startswith('“') else ''}".strip() for e in shown]
    yield from dict.fromkeys(told)
