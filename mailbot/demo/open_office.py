"""`mailbot demo --imap`: the demo's office at work on a mail server of its own, for a real mail program."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from mailbot.cases.calendar import WorkingCalendar
from mailbot.cases.wording import say_moment
from mailbot.config import load
from mailbot.demo.embedded import PASSWORD, MailServer, mail_server
from mailbot.demo.filling import FORMS
from mailbot.demo.mails import SERVER
from mailbot.demo.play import clear
from mailbot.demo.stage import make_home
from mailbot.settings import Settings
from mailbot.worker import run

MAILBOX = """[inbox]
kind = "imap"
host = "127.0.0.1"
port = {server.imap}
security = "none"
username = "{office}"
authserv_id = "{name}"
answer_within_days = 365

[post]
kind = "smtp"
host = "127.0.0.1"
port = {server.smtp}
security = "none"

"""


def open_office(directory: Path, imap: int, smtp: int, stopped: threading.Event) -> None:
    """Make a fresh home in `directory`, start its mail server, and let the worker work there until `stopped`.

    Where the office is closed just now, its clock stands at the next opening and goes on from there. Raises
    UsageProblem where the folder holds anything but a former demo, and where the server cannot be started.
    """
    clear(directory)
    make_home(directory)
    with mail_server(imap, smtp) as server:
        _move_in(directory, server)
        os.environ["MAILBOT_MAIL_PASSWORD"] = PASSWORD
        settings = load(directory)
        clock = office_clock(settings.practice.calendar)
        _introduce(directory, settings, server, clock())
        run(settings, stopped, clock)


def office_clock(calendar: WorkingCalendar) -> Callable[[], datetime]:
    """The time, put forward so far that the office is open now."""
    began = datetime.now(UTC)
    ahead = calendar.next_open(began) - began
    return lambda: datetime.now(UTC) + ahead


def _move_in(directory: Path, server: MailServer) -> None:
    """The home's mailbox is on the server."""
    path = directory / "config" / "mailbot.toml"
    office = load(directory).practice.office.address
    mailbox = MAILBOX.format(server=server, office=office, name=SERVER)
    text, times = re.subn(r"(?ms)^\[inbox\]$.*?(?=^\[calendar\])", lambda _: mailbox, path.read_text("utf-8"))
    if times != 1:
        raise ValueError(
            "the shipped config/mailbot.toml has no [inbox] before its [calendar], which the demo changes"
        )
    path.write_text(text, "utf-8")


def _introduce(directory: Path, settings: Settings, server: MailServer, now: datetime) -> None:
    practice = settings.practice
    police = practice.directory.agency("police")
    console = Console(highlight=False)
    console.rule(f"[bold]{practice.office.name}[/bold]", align="left")
    console.print(
        f"IMAP 127.0.0.1:{server.imap}, SMTP 127.0.0.1:{server.smtp}, no TLS, no log-in to send. Every address in\n"
        f".example has a mailbox; the user name is the address, the password is {PASSWORD}. Nothing leaves here.\n"
        f"The office's clock says {say_moment(now, practice.zone)}.\n"
    )
    for who, address in (
        ("the office's shared mailbox", practice.office.address),
        ("who approves", practice.approvers[0]),
        ("who refers", "jo.penrose@westmarch-council.example"),
        ("an agency that is asked", police.spoc[0] if police and police.spoc else ""),
    ):
        console.print(f"  {who:28} [bold]{address}[/bold]")
    console.print(
        f"\nSend {FORMS / 'referral.docx'} from the referrer to the office, and answer what the approver\n"
        f"is asked with the word Approve. docs/try-with-mail-program.md shows it with mutt. Ctrl-C ends it.\n"
        f"Beside it: MAILBOT_MAIL_PASSWORD={PASSWORD} mailbot --home {directory} cases\n",
        soft_wrap=True,
    )
