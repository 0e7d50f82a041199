"""Commands that set mailbot up and let it work: init, check, run, once, demo."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from mailbot import rehearsal
from mailbot.cases.asking import gone_agencies
from mailbot.cli.app import AsJson, Now, app, at_work, err, moment, out, print_json, settings
from mailbot.config import missing_passwords, shipped
from mailbot.documents.binder import Binder
from mailbot.documents.chronology_pages import ChronologyPages
from mailbot.documents.letters import Letters
from mailbot.documents.office import INSTALL, Converter
from mailbot.documents.papers import Papers
from mailbot.documents.sandbox import Sandbox
from mailbot.documents.workbook_papers import WorkbookPapers
from mailbot.errors import ConfigProblems, MailboxProblem, PostProblem, UsageProblem
from mailbot.mail.imap import ImapInbox
from mailbot.mail.smtp import SmtpPost
from mailbot.mail.tls import Encryption
from mailbot.parts import build_inbox, build_post, open_parts
from mailbot.proving import problem_of_encryption, there_and_back
from mailbot.settings import Settings
from mailbot.worker import alone, one_pass, stop_on_signals
from mailbot.worker import run as run_worker


@app.command()
def init(directory: Annotated[Path, typer.Argument(metavar="DIR")]) -> None:
    """Make a new home: commented configuration, letter and Word templates, a folder mailbox to try it with."""
    if (directory / "config").exists():
        raise UsageProblem(f"{directory / 'config'} is there already; nothing was changed.")
    source = shipped()
    shutil.copytree(source / "config", directory / "config", ignore=shutil.ignore_patterns("forms"))
    shutil.copytree(source / "templates", directory / "templates")
    for place in ("inbox", "done", "held", "sent"):
        (directory / "mail" / place).mkdir(parents=True, exist_ok=True)
    (directory / "data").mkdir(mode=0o700, exist_ok=True)
    out.print(f"A new home in {directory}. Next:", markup=False)
    out.print(f"  1. put your own names and addresses into {directory / 'config'}/*.toml", markup=False)
    out.print(f"  2. mailbot --home {directory} check", markup=False)
    out.print(f"  3. drop a referral (.eml) into {directory / 'mail' / 'inbox'}", markup=False)
    out.print(f"  4. mailbot --home {directory} once", markup=False)


@app.command()
def check(
    as_json: AsJson = False,
    send: Annotated[
        bool, typer.Option("--send", help="Also post a letter to the office's own address, and wait for it.")
    ] = False,
    seconds: Annotated[float, typer.Option(metavar="SECONDS", help="How long to wait for that letter.")] = 120,
) -> None:
    """Say every problem of configuration, directory, templates, mailbox, sending and converters, at once."""
    try:
        configured = settings()
        problems, remarks = problems_of(configured), remarks_of(configured)
        if not missing_passwords(configured):
            for encryption in encryptions(configured):
                days = (encryption.ends - datetime.now(UTC)).days
                remarks.append(
                    f"{encryption.server} speaks {encryption.version}; its certificate ends in {days} days."
                )
                problems += problem_of_encryption(encryption, datetime.now(UTC))
            if send:
                problems += there_and_back(
                    build_inbox(configured), build_post(configured), configured.practice.office, seconds
                )
    except ConfigProblems as found:
        problems, remarks = list(found.problems), []
    if as_json:
        print_json({"problems": problems, "remarks": remarks})
    else:
        for remark in remarks:
            out.print(f"Note: {remark}", markup=False)
        for problem in problems:
            out.print(f"Problem: {problem}", markup=False)
        if not problems:
            out.print("No problems.")
    if problems:
        raise typer.Exit(1)


def problems_of(configured: Settings) -> list[str]:
    """Everything that would go wrong later."""
    folders = configured.template_folders
    problems = [*configured.gaps(), *missing_passwords(configured)]
    problems += Letters(folders).check()
    problems += Papers(folders).check()
    problems += WorkbookPapers(folders).check()
    problems += ChronologyPages(folders).check()
    with Sandbox() as sandbox:
        problems += Binder(None, sandbox.read, folders).check()
    inbox = build_inbox(configured)
    if not missing_passwords(configured):
        problems += [f"[inbox] {p}" for p in inbox.check()]
        problems += [f"[post] {p}" for p in build_post(configured).check()]
    inbox.close()
    return problems


def encryptions(configured: Settings) -> list[Encryption]:
    """How the connections to the mail servers are encrypted, of those that can be reached."""
    found = []
    for way in (build_inbox(configured), build_post(configured)):
        if isinstance(way, ImapInbox | SmtpPost):
            # What cannot be reached has been told by its own check.
            with suppress(MailboxProblem, PostProblem):
                found.append(way.encryption())
    return [encryption for encryption in found if encryption]


def remarks_of(configured: Settings) -> list[str]:
    """What works, but less well than it could."""
    remarks = configured.remarks()
    converter = Converter.find()
    if converter.version:
        remarks.append(f"{converter.version} converts Word and Excel papers.")
    else:
        why = "does not start" if converter.available else "is not installed"
        remarks.append(
            f"LibreOffice {why}: Word and Excel papers are "
            f"shown in packs as plain renderings, and old .doc files wait for a person. {INSTALL}"
        )
    return remarks + gone_from_the_directory(configured)


def gone_from_the_directory(configured: Settings) -> list[str]:
    """Agencies of open cases that nobody can write to any more."""
    if not configured.record.exists():
        return []
    with open_parts(configured) as parts:
        return [
            f"config/agencies.toml: {case.ref} asked {request.agency}, which has no contact there any more. "
            "Write one under the same id, or tell the agency yourself."
            for case in parts.casebook.open_cases()
            for request in gone_agencies(case, configured.practice.directory)
        ]


@app.command()
def run() -> None:
    """The worker, until it is stopped. SIGTERM ends it cleanly."""
    run_worker(settings(), stop_on_signals(), lambda: datetime.now(UTC))


@app.command()
def health(
    max_age: Annotated[int, typer.Option("--max-age", metavar="SECONDS", help="Oldest good pass.")] = 900,
    now: Now = "",
) -> None:
    """Whether the worker has read the mailbox lately: for a watchman outside."""
    with at_work(now) as (parts, at):
        passes = [p for job in ("read_inbox", "once") if (p := parts.passes.last_good(job))]
    last = max((p.started for p in passes), default=None)
    if last is None:
        out.print("The mailbox has never been read without trouble.")
        raise typer.Exit(1)
    age = int((at - last).total_seconds())
    ago = f"{age} seconds" if age < 7200 else f"{age // 3600} hours" if age < 172800 else f"{age // 86400} days"
    out.print(f"The mailbox was last read without trouble {ago} ago.")
    if age > max_age:
        raise typer.Exit(1)


@app.command()
def once(
    now: Now = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and do none of it.")] = False,
    as_json: AsJson = False,
) -> None:
    """One pass: read the inbox, review the deadlines, empty the outbox."""
    configured = settings()
    at = moment(now, configured)
    if dry_run:
        with tempfile.TemporaryDirectory() as scratch:
            report, story = rehearsal.rehearse(configured, Path(scratch), at)
        for line in () if as_json else story:
            out.print(line, markup=False)
    else:
        with alone(configured), open_parts(configured) as parts:
            report = one_pass(parts, at)
    if as_json:
        print_json(report.model_dump(mode="json", exclude={"problem"} if not report.problem else set()))
    else:
        letters = report.letters
        out.print(
            f"{report.fetched} mails fetched, {report.handled} handled, {report.held} held. "
            f"{letters.drafted} letters drafted, {letters.sent} sent, {letters.failed} failed. "
            f"{report.questions_asked} questions asked.",
            markup=False,
        )
    if report.problem:
        err.print(report.problem, markup=False)
        raise typer.Exit(1)


@app.command()
def demo(
    directory: Annotated[Path, typer.Argument(metavar="[DIR]")] = Path("demo"),
    fast: Annotated[bool, typer.Option("--fast", help="Without the pauses for reading along.")] = False,
    story: Annotated[
        str, typer.Option("--story", metavar="NAME", help="rapid-review, other-agency or alternative-learning.")
    ] = "rapid-review",
    imap: Annotated[
        bool, typer.Option("--imap", help="Play nothing: open the office on a mail server, for a real mail program.")
    ] = False,
    port_imap: Annotated[int, typer.Option("--port-imap", metavar="N")] = 1143,
    port_smtp: Annotated[int, typer.Option("--port-smtp", metavar="N")] = 1025,
) -> None:
    """Play a whole case with a moving clock: invented people, real forms, real letters."""
    if imap:
        from mailbot.demo.open_office import open_office  # nobody else needs the demo's parts

        open_office(directory, port_imap, port_smtp, stop_on_signals())
        return
    from mailbot.demo.play import play

    play(directory, fast, story)
