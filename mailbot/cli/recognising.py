"""The command that shows what mailbot makes of one email, and why: recognise."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from mailbot import faces
from mailbot.cli.app import AsJson, Now, app, at_work, out, print_json
from mailbot.errors import UsageProblem
from mailbot.intake.opening import Opened, look_at
from mailbot.mail.envelope import open_envelope, top_received
from mailbot.store.mailbag import StoredMail


@app.command()
def recognise(
    file: Annotated[Path, typer.Argument(metavar="FILE.eml")], as_json: AsJson = False, now: Now = ""
) -> None:
    """What mailbot makes of one email, and why. Nothing is recorded."""
    try:
        raw = file.read_bytes()
    except OSError as problem:
        raise UsageProblem(f"{file} cannot be read: {problem.strerror}.") from None
    with at_work(now) as (parts, at):
        received = top_received(raw) or at
        envelope = open_envelope(raw, received)
        stranger = StoredMail(
            id=0,
            sha256=hashlib.sha256(raw).hexdigest(),
            received=received,
            kept_at=at,
            message_id=envelope.message_id,
            sender=envelope.sender.email,
            subject=envelope.subject,
            state="kept",
            reason="",
            case=None,
            candidates=(),
        )
        opened = look_at(stranger, raw, envelope, parts)
    if as_json:
        print_json(faces.recognised_face(opened))
    else:
        _show(opened)


def _show(opened: Opened) -> None:
    """The answer first; then every rule in its order, and the marks of a case that were looked for."""
    read, seen = opened.read, opened.seen
    case, agency = read.case or "?", read.agency or "?"
    out.print(f"{_words(read.kind)}; case {case}; agency {agency}", markup=False)
    for reason in read.because:
        out.print(f"  because {reason}", markup=False)
    out.print(f"  believed: {'yes' if seen.believed else f'no, {seen.why_not}'}", markup=False)
    for alert in read.alerts:
        out.print(f"  ALERT: {alert}", markup=False)
    if read.candidates and not read.case:
        out.print(f"  it may belong to {', '.join(read.candidates)}: a person is asked", markup=False)
    if read.items:
        carried = _table("Part", "Kind", "Case", "Agency")
        for item in read.items:
            carried.add_row(escape(item.part), _words(item.kind), item.case or "?", item.agency or "?")
        out.print(carried)
    out.print()
    out.print(_rules(opened))
    out.print()
    out.print(_marks(opened))


def _rules(opened: Opened) -> Table:
    table = _table("", "Rule", "Fits", "Why")
    decided = False
    for number, (kind, why) in enumerate(opened.read.rules, 1):
        fits = "no" if not why else "also, and too late" if decided else "YES"
        table.add_row(str(number), _words(kind), fits, escape(why))
        decided = decided or bool(why)
    return table


def _marks(opened: Opened) -> Table:
    table = _table("", "Mark of a case", "Names")
    for number, (mark, cases) in enumerate(opened.read.match.steps if opened.read.match else (), 1):
        table.add_row(str(number), mark, ", ".join(cases) or "none")
    return table


def _words(kind: str) -> str:
    return kind.replace("_", " ")


def _table(*columns: str) -> Table:
    table = Table(show_edge=False, pad_edge=False, header_style="bold", box=None, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
