"""Commands that look ahead: every clock, how it was reckoned, and the days to come as a calendar."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mailbot import faces
from mailbot.cases.case import Case
from mailbot.cases.deadlines import Clock, derivation, earliest, obligations
from mailbot.cases.forecast import Day, agenda, forecast
from mailbot.cases.practice import Practice
from mailbot.cases.wording import count, say_day, say_moment, say_short_day, say_time
from mailbot.cli.app import AsJson, Now, Ref, app, at_work, out, print_json


@app.command()
def plan(
    ref: Ref = "",
    why: Annotated[bool, typer.Option("--why", help="How each clock was reckoned, day by day.")] = False,
    as_json: AsJson = False,
    now: Now = "",
) -> None:
    """Every clock, and by day what is due and what goes out if nothing arrives; of one case or of all open ones."""
    with at_work(now) as (parts, at):
        practice = parts.practice
        found = [parts.casebook.load(ref)] if ref else parts.casebook.open_cases()
        ahead = [(case, forecast(case, at, practice)) for case in found]
        if as_json:
            plans = [faces.plan_face(case, planned, practice, at, why) for case, planned in ahead]
            print_json(plans[0] if ref else plans)
            return
        if not ahead:
            out.print("No case is open.")
        for case, planned in ahead:
            out.print(f"[bold]{case.ref}[/bold]  {escape(case.child.initials)}")
            print_clocks(case, practice, at, why)
            out.print("If nothing arrives:" if planned else "If nothing arrives, nothing goes out.")
            _print_agenda(agenda(case, planned, practice), practice)


def print_clocks(case: Case, practice: Practice, now: datetime, why: bool = False) -> None:
    """Every clock of a case with its sentence, the one that binds first marked; with `why` its days one by one."""
    clocks = obligations(case, practice.procedure_of(case), practice.calendar)
    first = earliest(clocks)
    for clock in clocks:
        mark = "  [bold]first[/bold]" if clock is first else ""
        state = f"{_state(clock, practice, now)}{mark}"
        out.print(f"{escape(clock.what):<62} {_due(clock, practice):<40} {state}".rstrip())
        reading = "" if clock.binds else " Another reading of the sources: it does not bind here."
        note = f", {clock.provisional}" if clock.provisional else ""
        counted = f"{_counted(clock)}{note}.{reading} “{clock.source}” ({clock.document})"
        out.print(Padding(Text(counted, style="dim"), (0, 0, 0, 4)))
        if why:
            _print_derivation(clock, practice)


def _due(clock: Clock, practice: Practice) -> str:
    if clock.due is None:
        return "" if clock.met else f"starts with {clock.started_by}"
    if clock.id == "meeting_earliest":
        return f"from {say_day(practice.calendar.day_of(clock.due))}"
    return f"due {say_moment(clock.due, practice.zone)}"


def _state(clock: Clock, practice: Practice, now: datetime) -> str:
    met = f"met {say_moment(clock.met, practice.zone)}" if clock.met else ""
    late = clock.overdue(now) and clock.id != "meeting_earliest" and clock.binds
    return f"{met} [bold red]LATE[/bold red]" if late else met


def _counted(clock: Clock) -> str:
    if clock.given:
        return clock.given
    where = "before" if clock.days < 0 else "from"
    return f"{count(abs(clock.days), 'working day')} {where} {clock.started_by}"


def _print_derivation(clock: Clock, practice: Practice) -> None:
    """Each day on a line: its number, or why it does not count."""
    days = derivation(clock, practice.calendar)
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(width=14)
    grid.add_column()
    for counted in days:
        what = f"day {counted.number}" if counted.number is not None else "not counted"
        why = counted.why_not
        if clock.started and counted.day == practice.calendar.day_of(clock.started):
            began = f"{clock.began_with}, {say_time(clock.started, practice.zone)}"
            why = f"{began}; {why}" if why else began
        grid.add_row(f"{counted.day:%a} {counted.day.day} {counted.day:%b}", what, escape(why))
    if days and clock.due:
        grid.add_row("", f"due {say_time(clock.due, practice.zone)}", "close of business")
    if days:
        out.print(Padding(grid, (0, 0, 0, 4)))


def _print_agenda(days: tuple[Day, ...], practice: Practice) -> None:
    for day in days:
        out.print(f"[bold]{say_short_day(day.day)}[/bold]")
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(width=9, justify="right")
        grid.add_column(overflow="fold")
        rows = [(p.when, f"{escape(p.what)} to {escape(p.who)}, {_how(p.by_itself)}") for p in day.planned]
        rows += [(d.when, f"due: {escape(d.what)}{' (first)' if d.first else ''}") for d in day.due]
        for when, text in sorted(rows, key=lambda row: row[0]):
            grid.add_row(say_time(when, practice.zone), text)
        out.print(grid)


def _how(by_itself: bool) -> str:
    return "by itself" if by_itself else "waits for a person"
