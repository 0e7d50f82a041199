"""Commands by which people decide: approve, reject, record, assign."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from mailbot.carry_out import carry_out_all
from mailbot.cases.decisions import Release
from mailbot.cases.recording import FACTS, Said
from mailbot.cases.story import tell
from mailbot.cases.wording import say_moment
from mailbot.cli.app import By, Now, Ref, Why, app, at_work, out
from mailbot.errors import UsageProblem
from mailbot.intake.mails import work_through
from mailbot.intake.said import answer_letter, answer_round, letter_given, record_fact
from mailbot.intake.settling import NEW_CASE
from mailbot.intake.template import replace_submission
from mailbot.parts import Parts
from mailbot.worker import alone, file_mails, settle

Ids = Annotated[
    list[str], typer.Argument(metavar="ID...", help="Letters (7 8) or a whole round (RR-2026-001/scoping-1).")
]


@app.command()
def approve(
    ids: Ids,
    by: By,
    why: Why = "",
    despite: Annotated[
        str, typer.Option("--despite", metavar="REASON", help="Why a submission goes with what it lacks.")
    ] = "",
    now: Now = "",
) -> None:
    """Release waiting letters, or a whole round of them; a submission only when it is complete, or --despite gaps."""
    with at_work(now) as (parts, at):
        _answer("approve", ids, by, why, parts, at, despite)


@app.command()
def reject(ids: Ids, by: By, why: Why, now: Now = "") -> None:
    """Withdraw waiting letters, or a whole round of them."""
    with at_work(now) as (parts, at):
        _answer("reject", ids, by, why, parts, at)


def _answer(
    verdict: Literal["approve", "reject"],
    ids: list[str],
    by: str,
    why: str,
    parts: Parts,
    at: datetime,
    despite: str = "",
) -> None:
    held_back = [text for text in ids if _is_held_back(text, parts)]
    done = "approved" if verdict == "approve" else "rejected"
    for text in held_back:
        answer_letter(int(text), verdict, by, why, parts, at)
        out.print(f"Letter {text}: {done} by {by}.", markup=False)
    for (ref, round_id), items in _rounds([text for text in ids if text not in held_back], parts).items():
        decision = answer_round(ref, round_id, verdict, items, by, why, parts, at, despite)
        which = f" items {', '.join(map(str, items))}" if items else ""
        out.print(f"{ref}/{round_id}{which}: {done} by {by}.", markup=False)
        if verdict == "approve" and not any(isinstance(action, Release) for action in decision.actions):
            out.print("Nothing goes yet: a second person must approve it.")
        for action in decision.actions:
            if isinstance(action, Release) and action.due > at:
                out.print(f"The letters go at {say_moment(action.due, parts.practice.zone)}.", markup=False)
    _carry_out_now(parts, at)


def _is_held_back(text: str, parts: Parts) -> bool:
    """Whether it is the number of a letter of no round that waits: it would have gone by itself (caps.py)."""
    letter = parts.outbox.letter(int(text)) if text.isascii() and text.isdecimal() else None
    return letter is not None and letter.status == "waiting" and letter.round is None


def _rounds(ids: list[str], parts: Parts) -> dict[tuple[str, str], tuple[int, ...] | None]:
    """The rounds that are meant, with the items of each; none means all."""
    chosen: dict[tuple[str, str], tuple[int, ...] | None] = {}
    for text in ids:
        ref, _, round_id = text.partition("/")
        if round_id:
            case = parts.casebook.load(ref)
            if round_id not in case.rounds or not case.rounds[round_id].waiting:
                raise UsageProblem(f"{text} has no letters that wait. `mailbot letters --waiting` lists them.")
            chosen[ref, round_id] = None
            continue
        if not text.isdecimal():
            raise UsageProblem(
                f"{text} is neither a letter's number nor a round. `mailbot letters --waiting` lists them."
            )
        letter = parts.outbox.letter(int(text))
        if letter.status != "waiting" or letter.round is None or letter.item is None:
            raise UsageProblem(f"Letter {text} does not wait for anybody: it is {letter.status}.")
        before = chosen.get((letter.case, letter.round), ())
        chosen[letter.case, letter.round] = None if before is None else (*before, letter.item)
    return chosen


@app.command()
def record(
    ref: Ref,
    fact: Annotated[str, typer.Argument(help=f"One of: {', '.join(FACTS)}.")],
    by: By,
    values: Annotated[list[str] | None, typer.Argument(metavar="VALUE...")] = None,
    at: Annotated[str, typer.Option("--at", metavar="ISO", help="When it was so, if not now.")] = "",
    why: Why = "",
    now: Now = "",
) -> None:
    """Record what people decided or did."""
    with at_work(now) as (parts, moment_now):
        when = _when(at, parts, moment_now)
        said = Said(by=by, at=when, values=tuple(values or ()), why=why)
        decision = record_fact(ref, fact, said, parts, moment_now)
        for event in decision.events:
            because = f" ({event.because})" if why else ""
            out.print(f"{ref}: {tell(event, parts.practice)}{because}", markup=False)
        review_now(parts, moment_now)


def _when(text: str, parts: Parts, now: datetime) -> datetime:
    if not text:
        return now
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise UsageProblem(f"{text} is not a moment: write it as 2026-06-10T10:00.") from None
    return (when if when.tzinfo else when.replace(tzinfo=parts.practice.zone)).astimezone(UTC)


@app.command()
def sent(
    number: Annotated[int, typer.Argument(metavar="ID")],
    by: By,
    at: Annotated[str, typer.Option("--at", metavar="ISO", help="When it was done, if not now.")] = "",
    now: Now = "",
) -> None:
    """Say that you gave a letter to its reader yourself: by their portal, or over the telephone."""
    with at_work(now) as (parts, moment_now):
        when = _when(at, parts, moment_now)
        letter_given(number, by, when, parts, moment_now)
        out.print(f"Letter {number} is sent, {say_moment(when, parts.practice.zone)}, by {by}.", markup=False)
        review_now(parts, moment_now)


@app.command()
def retry(number: Annotated[int, typer.Argument(metavar="ID")], by: By, now: Now = "") -> None:
    """Send a letter once more that the mail server refused, when the address or the server has been put right."""
    with at_work(now) as (parts, at):
        if by.casefold() not in (a.casefold() for a in parts.practice.approvers):
            raise UsageProblem(f"{by} is not an approver. config/mailbot.toml, [approval] approvers, names who is.")
        letter = parts.outbox.letter(number)
        if letter.status != "failed":
            raise UsageProblem(f"Letter {number} was not refused: it is {letter.status.replace('_', ' ')}.")
        parts.outbox.back_to_ready(number, at, "sent once more", by)
        out.print(f"Letter {number} goes at the next pass.", markup=False)


@app.command()
def replace(ref: Ref, file: Annotated[Path, typer.Argument(metavar="FILE.docx")], by: By, now: Now = "") -> None:
    """Give back the Rapid Review Template as you finished it in Word: it goes to the Panel in the draft's place."""
    try:
        content = file.read_bytes()
    except OSError as problem:
        raise UsageProblem(f"{file} cannot be read: {problem.strerror}.") from None
    with at_work(now) as (parts, at):
        told = replace_submission(ref, content, by, parts, at)
        out.print(f"{ref}: the template is replaced. The submission waits for approval anew.", markup=False)
        for sentence in told:
            out.print(sentence, markup=False)
        review_now(parts, at)


@app.command()
def assign(
    mail: Annotated[int, typer.Argument(metavar="ID")],
    ref: Annotated[str, typer.Argument(metavar="REF", help="A case, or NEW for a mail that opens one.")],
    by: By,
    now: Now = "",
) -> None:
    """Say to which case a held mail belongs, and read it again."""
    with at_work(now) as (parts, at):
        parts.practice.directory.must_know(by)
        if ref != NEW_CASE:
            parts.casebook.load(ref)
        parts.mailbag.assign(mail, ref, by)
        work_through_again(mail, parts, at)


def read_again(mail: int, ref: str | None, parts: Parts, at: datetime) -> None:
    """Work through a held mail as if it had just come, say what became of it, and do what follows."""
    parts.mailbag.release(mail, ref)
    work_through_again(mail, parts, at)


def work_through_again(mail: int, parts: Parts, at: datetime) -> None:
    """The same of a mail that has been released already."""
    state = work_through(parts.mailbag.mail(mail), parts, at)
    out.print(f"Mail {mail} is {state}: {parts.mailbag.mail(mail).reason}", markup=False)
    review_now(parts, at)


def _carry_out_now(parts: Parts, at: datetime) -> None:
    """Do at once what follows, unless the worker is running and does it by itself."""
    try:
        with alone(parts.settings):
            carry_out_all(parts, at)
    except UsageProblem:
        out.print("The worker carries it out within a minute.")


def review_now(parts: Parts, at: datetime) -> None:
    """Do at once what is right to do now, unless the worker is running and does it by itself."""
    try:
        with alone(parts.settings):
            settle(parts, at)
            file_mails(parts)
    except UsageProblem:
        out.print("The worker goes on from here within a minute.")
