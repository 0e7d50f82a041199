"""Commands that show: cases and their story, letters, mail, the record's soundness, and what a mail is taken for."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from mailbot import faces
from mailbot.cases.case import Case
from mailbot.cases.drawing import stages_page
from mailbot.cases.glance import Glance, glance, urgency
from mailbot.cases.pack import STATUS_WORDS
from mailbot.cases.practice import Practice
from mailbot.cases.stages import ENDED
from mailbot.cases.story import story_lines, tell
from mailbot.cases.wording import count, say_moment, say_short_day, say_time, stage_name
from mailbot.cli.app import AsJson, Now, Ref, app, at_work, err, out, print_json
from mailbot.cli.planning import print_clocks
from mailbot.errors import UsageProblem
from mailbot.mail.envelope import open_envelope
from mailbot.parts import Parts
from mailbot.store import audit as audits
from mailbot.store import backup as backups
from mailbot.store.outbox import Letter


@app.command()
def cases(
    every: Annotated[bool, typer.Option("--all", help="The ended cases, too.")] = False,
    as_json: AsJson = False,
    now: Now = "",
) -> None:
    """The open cases at a glance, the most urgent first; with --json every case."""
    with at_work(now) as (parts, at):
        practice = parts.practice
        found = [(case, _glance(case, parts, at)) for case in parts.casebook.all_cases()]
        found.sort(key=lambda pair: urgency(pair[1]))
        if as_json:
            print_json([faces.case_face(c, practice, at) | faces.glance_face(line) for c, line in found])
            return
        shown = [line for case, line in found if every or case.stage not in ENDED]
        table = _table("Case", "Child", "Stage", "Next", "Due", "Returns", "Waits for")
        for line in shown:
            due = say_moment(line.due, practice.zone) if line.due else ""
            late = " [bold red]LATE[/bold red]" if line.late else ""
            returns = f"{line.returned} of {line.asked}" if line.asked else ""
            waits = escape("; ".join(line.waits_for))
            table.add_row(
                line.ref, escape(line.initials), line.stage, escape(line.next), f"{due}{late}", returns, waits
            )
        out.print(table if shown else "No case is open.")
        if ended := len(found) - len(shown):
            out.print(f"{count(ended, 'ended case')} not shown: mailbot cases --all")


def _glance(case: Case, parts: Parts, now: datetime) -> Glance:
    events = tuple(stored.event for stored in parts.casebook.events(case.ref))
    return glance(case, events, parts.practice, now)


@app.command()
def show(ref: Ref, as_json: AsJson = False, now: Now = "") -> None:
    """One case: stage, clocks, agencies, meeting."""
    with at_work(now) as (parts, at):
        case, practice = parts.casebook.load(ref), parts.practice
        if as_json:
            print_json(faces.case_face(case, practice, at))
            return
        out.print(f"[bold]{ref}[/bold]  {escape(case.child.initials)}  {stage_name(case.stage)}")
        print_clocks(case, practice, at)
        table = _table("Agency", "Status", "Due", "Chased", "Returned")
        for request in faces.requests_face(case, practice, at):
            table.add_row(
                escape(request["name"]),
                STATUS_WORDS[request["status"]],
                _due(request, practice),
                ", ".join(s.replace("_", " ") for s in request["chased"]),
                _short(request["returned"], practice),
            )
        out.print(table)
        if case.meeting_at:
            out.print(f"Meeting: {say_moment(case.meeting_at, practice.zone)}")
        if case.outcome:
            out.print(f"Outcome: {case.outcome.replace('_', ' ')}")


def _due(request: faces.Json, practice: Practice) -> str:
    """An agency's day, and the first one where it was given more time, asked for it or was not given it."""
    due = _short(request["due"], practice)
    if request["extension"] == "granted":
        return f"{due} (first {_short(request['first_due'], practice)})"
    if request["extension"] == "refused":
        return f"{due} (no more time)"
    return f"{due} (more time asked for)" if request["extension_asked"] else due


@app.command()
def explain(ref: Ref, as_json: AsJson = False, now: Now = "") -> None:
    """The case's story: what happened, when, by whom and why."""
    with at_work(now) as (parts, _):
        events, practice = parts.casebook.events(ref), parts.practice
        if not events:
            parts.casebook.load(ref)
        if as_json:
            print_json(
                [
                    {
                        "number": stored.number,
                        "at": stored.event.at.isoformat(),
                        "by": stored.event.by,
                        "what": tell(stored.event, practice),
                        "because": stored.event.because,
                        "mail": stored.event.mail,
                    }
                    for stored in events
                ]
            )
            return
        day = None
        for at, by, mail, sentence, because in story_lines((s.event for s in events), practice):
            if practice.calendar.day_of(at) != day:
                day = practice.calendar.day_of(at)
                out.print(f"\n[bold]{say_short_day(day)} {day.year}[/bold]")
            who = "" if by == "mailbot" else f"  [dim]by {escape(by)}[/dim]"
            whence = f"  [dim](mail {mail})[/dim]" if mail else ""
            line = Table.grid(padding=(0, 2, 0, 0))
            line.add_column(width=9, justify="right")
            line.add_column(overflow="fold")
            line.add_row(say_time(at, practice.zone), f"{escape(sentence)}{who}{whence}")
            if because and because not in sentence:
                line.add_row("", f"[dim]{escape(because)}[/dim]")
            out.print(line)


@app.command()
def stages() -> None:
    """The stages of a case and what leads from one to the next, as the Markdown page docs/stages.md."""
    typer.echo(stages_page(), nl=False)


@app.command()
def letters(
    waiting: Annotated[bool, typer.Option("--waiting", help="Only those that wait for a person.")] = False,
    as_json: AsJson = False,
    now: Now = "",
) -> None:
    """Every letter: drafted, waiting, sent."""
    with at_work(now) as (parts, _):
        found = parts.outbox.letters(waiting=waiting)
        if as_json:
            print_json([faces.letter_face(letter, parts.practice) for letter in found])
            return
        table = _table("No.", "Status", "Kind", "To", "Subject", "Round")
        for letter in found:
            table.add_row(
                str(letter.id),
                letter.status.replace("_", " "),
                letter.kind.replace("_", " "),
                escape(", ".join(letter.to)),
                escape(letter.subject),
                escape(f"{letter.case}/{letter.round} {letter.item}" if letter.round else ""),
            )
        out.print(table)


@app.command()
def letter(
    number: Annotated[int, typer.Argument(metavar="ID")],
    save: Annotated[
        Path | None, typer.Option("--save", metavar="FOLDER", help="Lay its text and files into a folder.")
    ] = None,
    as_json: AsJson = False,
    now: Now = "",
) -> None:
    """One letter in full, with its history."""
    with at_work(now) as (parts, _):
        found = parts.outbox.letter(number)
        files = open_envelope(found.raw, found.created).attachments
        if save is not None:
            _save(found, save)
        hashes = [{"name": f.name, "sha256": hashlib.sha256(f.content).hexdigest()} for f in files]
        if as_json:
            print_json(faces.whole_letter_face(found, parts.practice, hashes))
            return
        out.print(f"[bold]{escape(found.subject)}[/bold]")
        out.print(f"To: {', '.join(found.to)}   Status: {found.status}   Key: {found.key}", markup=False)
        out.print(open_envelope(found.raw, found.created).text, markup=False)
        for file in hashes:
            out.print(f"Attached: {file['name']}  {file['sha256'][:12]}", markup=False)
        for step in found.history:
            when = say_moment(step.at, parts.practice.zone)
            out.print(f"{step.status:>10}  {when}  by {step.by}  {step.note}", markup=False)


def _save(letter: Letter, folder: Path) -> None:
    """The letter's text and files, for a person who gives them to its reader. What is there already stays."""
    envelope = open_envelope(letter.raw, letter.created)
    text = f"{letter.subject}\n\n{envelope.text}".encode()
    for name, content in (("letter.txt", text), *((f.name, f.content) for f in envelope.attachments if f.name)):
        place = folder / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with place.open("xb") as file:
                file.write(content)
        except FileExistsError:
            raise UsageProblem(f"{place} is there already. Name an empty folder.") from None
        except OSError as problem:
            raise UsageProblem(f"{place} cannot be written: {problem.strerror}.") from None
        err.print(f"Saved: {place}", markup=False)


@app.command()
def held(as_json: AsJson = False, now: Now = "") -> None:
    """Mail that waits for a person, with the reason."""
    with at_work(now) as (parts, _):
        found = parts.mailbag.held()
        if as_json:
            print_json([faces.held_face(mail) for mail in found])
            return
        table = _table("No.", "State", "Received", "From", "Subject", "Why it is held")
        for mail in found:
            received, state = say_moment(mail.received, parts.practice.zone), faces.mail_state(mail).replace("_", " ")
            sender, subject, reason = escape(mail.sender), escape(faces.held_subject(mail)), escape(mail.reason)
            table.add_row(str(mail.id), state, received, sender, subject, reason)
        out.print(table if found else "No mail is held.")


@app.command()
def ledger(as_json: AsJson = False, now: Now = "") -> None:
    """Whether the books balance: every mail ever seen is handled, held or ignored."""
    with at_work(now) as (parts, _):
        books = parts.mailbag.ledger()
    if as_json:
        print_json(books.model_dump())
    else:
        equal = "=" if books.balanced else "is not"
        out.print(f"{books.seen} seen {equal} {books.handled} handled + {books.held} held + {books.ignored} ignored")
    if not books.balanced:
        raise typer.Exit(1)


@app.command()
def audit(as_json: AsJson = False, now: Now = "") -> None:
    """Whether the record still says what was once written into it."""
    with at_work(now) as (parts, _):
        found = audits.check(parts.db)
    if as_json:
        print_json(found.model_dump())
    else:
        out.print(f"{found.entries} entries, {'intact' if found.intact else 'NOT INTACT'}")
        for problem in found.problems:
            out.print(problem, markup=False)
    if not found.intact:
        raise typer.Exit(1)


@app.command()
def rebuild(now: Now = "") -> None:
    """Make the tables of cases and requests again from the events."""
    with at_work(now) as (parts, _):
        out.print(f"{parts.casebook.rebuild()} cases made again from their events.")


@app.command()
def backup(file: Annotated[Path, typer.Argument(metavar="FILE")], now: Now = "") -> None:
    """Copy the record to FILE, and check the copy."""
    with at_work(now) as (parts, _):
        backups.backup(parts.db, file)
    out.print(f"{file}: a copy of the record, checked.", markup=False)


def _table(*columns: str) -> Table:
    table = Table(show_edge=False, pad_edge=False, header_style="bold", box=None, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _short(iso: str | None, practice: Practice) -> str:
    return say_short_day(practice.calendar.day_of(datetime.fromisoformat(iso))) if iso else ""
