"""A file came that is locked: the agency's chasing pauses, and the office is asked for the password."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from mailbot.cases import letters
from mailbot.cases.arrivals import Came
from mailbot.cases.case import Case
from mailbot.cases.decisions import Decision, SendLetter
from mailbot.cases.events import AgencyReplied, FileUnlocked, Paper
from mailbot.cases.practice import Practice
from mailbot.cases.questions import tell_office
from mailbot.cases.rounds import no_longer_needed

TITLE = "A file waits for its password"


def on_locked_file(
    case: Case, agency: str, came: Came, others_readable: bool, practice: Practice, now: datetime
) -> Decision:
    """It is neither a return nor silence: reminders stop until it is opened, or until a person gives a new day."""
    name = case.requests[agency].name if agency in case.requests else agency
    because = f"{name} sent a file that is locked with a password"
    came_locked = AgencyReplied(at=came.received, because=because, mail=came.mail, agency=agency, kind="locked_file")
    stop = no_longer_needed(case, agency, ("reminder", "chase", "escalation"), now, because, f"locked-{came.mail}")
    decision = Decision(case=case.ref, version=case.version, events=(came_locked,), because=(because,))
    more = {
        "The agency is not chased meanwhile, and has not returned anything yet. If no password comes, the last "
        "command starts the chasing anew.": f"mailbot record {case.ref} extension {agency} YYYY-MM-DD --as YOU"
    }
    if others_readable:
        take = f"mailbot assign {came.mail} {case.ref} --as YOU"
        more = {f"Its other files can be read: `{take}` takes them without waiting.": take} | more
    return decision.and_then(stop).and_then(ask_for_the_password(case, came, practice, now, more))


def ask_for_the_password(
    case: Case, came: Came, practice: Practice, now: datetime, more: Mapping[str, str] | None = None
) -> Decision:
    """The office is told of the locked file, once; `more` are paragraphs, each with its command."""
    paragraphs, commands = _words(came, more or {})
    return tell_office(case, now, practice, f"locked/{came.mail}", TITLE, paragraphs, commands)


def password_letter(came: Came, practice: Practice, now: datetime) -> SendLetter:
    """To the office, about a locked file of which nobody knows yet what it belongs to."""
    stranger = {} if came.may_answer else {"Nobody vouches for the sender: be sure who it is before you open it.": ""}
    paragraphs, commands = _words(came, stranger)
    return letters.to_office(Case(), practice, now, f"locked-{came.mail}", TITLE, paragraphs, commands, "warning")


def on_unlocked(
    case: Case,
    agency: str | None,
    mail: int,
    by: str,
    papers: tuple[Paper, ...],
    now: datetime,
    brought: int | None = None,
) -> Decision:
    """A named person opened the file; the mail is read again, and what the agency owes is waited for again.

    `brought` is the mail whose words held the password, where it was not typed.
    """
    whence = f"came in mail {brought}" if brought else "was given"
    because = f"the password of a file in mail {mail} {whence}"
    opened = FileUnlocked(at=now, by=by, because=because, mail=mail, agency=agency, papers=papers)
    return Decision(case=case.ref, version=case.version, events=(opened,), because=(because,))


def _words(came: Came, more: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Paragraphs and commands. Never the file's name, which may be a child's."""
    paragraphs = [
        f"Mail {came.mail}, from {came.sender}, holds a file that is locked with a password. Nothing in it is read, "
        "or counts as a return, until the file is opened.",
        "Please ask the sender for the password, best by telephone. The first command lets you type it; the second "
        f"looks for it in the words of a later mail, or of mail {came.mail} itself. A password that is typed is kept "
        "nowhere; one that comes by mail stays in the record with that mail.",
        *more,
    ]
    unlock = f"mailbot unlock {came.mail}"
    commands = [f"{unlock} --password-stdin --by YOU", f"{unlock} --password-in MAIL --by YOU", *more.values()]
    return paragraphs, [command for command in commands if command]
