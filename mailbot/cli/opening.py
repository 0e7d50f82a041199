"""Commands by which cases and papers come in by hand: open, merge, replay, file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from mailbot.cases.wording import say_moment, stage_name
from mailbot.cli.app import By, Now, Ref, Why, app, at_work, moment, out
from mailbot.cli.deciding import read_again, review_now
from mailbot.errors import UsageProblem
from mailbot.intake.filing import file_for
from mailbot.intake.incidents import ByHand, open_by_hand
from mailbot.intake.merging import merge_cases
from mailbot.intake.replaying import replay_files


@app.command("open")
def open_case(
    by: By,
    told_by: Annotated[
        str, typer.Option("--from", metavar="AGENCY|EMAIL", help="Who told of it: an agency's id, or an address.")
    ] = "",
    child_name: Annotated[str, typer.Option("--child-name", metavar="NAME", help="If it is known.")] = "",
    child_dob: Annotated[str, typer.Option("--dob", metavar="DATE", help="The child's date of birth.")] = "",
    received: Annotated[str, typer.Option("--received", metavar="ISO", help="When the office was told.")] = "",
    intends: Annotated[
        bool, typer.Option("--intention", help="The local authority means to notify; its form is awaited.")
    ] = False,
    mail: Annotated[int, typer.Option("--mail", metavar="ID", help="A held mail whose papers belong to it.")] = 0,
    why: Why = "",
    now: Now = "",
) -> None:
    """Open a case by hand, for an incident that was told of by telephone or in a mail without a form."""
    if child_dob:
        _day(child_dob)
    with at_work(now) as (parts, at):
        told = ByHand(
            by=by,
            told_by=told_by,
            child_name=child_name,
            child_dob=child_dob,
            received=moment(received, parts.settings) if received else at,
            intends=intends,
            why=why,
        )
        ref = open_by_hand(told, parts, at, mail or None)
        out.print(f"{ref} is open: {stage_name(parts.casebook.load(ref).stage)}.", markup=False)
        review_now(parts, at)


@app.command()
def merge(ref: Ref, into: Ref, by: By, why: Why, now: Now = "") -> None:
    """Merge a case into another one about the same incident: it goes on there, with everything of both."""
    with at_work(now) as (parts, at):
        merge_cases(ref, into, by, why, parts, at)
        out.print(f"{ref} is merged into {into}. Mail that names {ref} comes to {into} from now on.", markup=False)
        review_now(parts, at)


@app.command()
def replay(
    what: Annotated[
        list[str], typer.Argument(metavar="ID|FILE.eml...", help="A held mail, or files or folders of earlier mail.")
    ],
    by: Annotated[str, typer.Option("--as", metavar="EMAIL", help="Who brings the files.")] = "",
    received: Annotated[
        str, typer.Option("--received", metavar="ISO", help="When a file that does not say so was received.")
    ] = "",
    now: Now = "",
) -> None:
    """Read a held mail again; or take in mails from before mailbot, in the order in which they were received."""
    with at_work(now) as (parts, at):
        numbers = [int(text) for text in what if text.isdecimal()]
        if numbers and len(numbers) != len(what):
            raise UsageProblem("Give either the numbers of held mails, or files; not both at once.")
        for number in numbers:
            read_again(number, None, parts, at)
        if numbers:
            return
        if not parts.practice.directory.knows(by):
            raise UsageProblem("Say with --as who brings the files: an address of people.toml or agencies.toml.")
        stamp = moment(received, parts.settings) if received else None
        done = replay_files([Path(text) for text in what], parts, at, stamp)
        for number, came, state in done:
            when = say_moment(came, parts.practice.zone)
            out.print(
                f"Mail {number}, received at {when}, is {state}: {parts.mailbag.mail(number).reason}", markup=False
            )
        review_now(parts, at)


@app.command("file")
def file_by_hand(
    ref: Ref,
    agency: Annotated[str, typer.Argument(metavar="AGENCY", help="Whose the files are: its id in agencies.toml.")],
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="What was saved from the portal.")],
    by: By,
    received: Annotated[
        str, typer.Option("--received", metavar="ISO", help="When the office got it; clocks count from there.")
    ] = "",
    now: Now = "",
) -> None:
    """Take in files that a person saved from a secure portal, as if their agency had mailed them."""
    with at_work(now) as (parts, at):
        came = moment(received, parts.settings) if received else at
        mail = file_for(ref, agency, files, by, came, parts, at)
        out.print(f"Mail {mail.id} is {mail.state}: {mail.reason}", markup=False)
        review_now(parts, at)
    if mail.state == "held":
        raise typer.Exit(1)


def _day(text: str) -> None:
    try:
        born = datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        born = None
    if born is None or len(text) != 10:
        raise UsageProblem("--dob needs one day, written as 2026-06-10.")
