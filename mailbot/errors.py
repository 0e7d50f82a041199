"""The tree of errors. Bad input from outside is a value shown to a person; what stands here stops one act.

MailbotError
├── UsageProblem            a person asked for something that cannot be done; says what can
│   ├── UnknownCase         no case has that reference
│   ├── UnknownLetter       no letter has that number
│   ├── UnknownMail         no mail has that number
│   └── NotAllowedNow       the case's stage does not allow it
├── WrongPassword           no password that was given opens the file: nothing was changed
├── ConfigProblems          every problem of the configuration at once
├── MailboxProblem          the mailbox cannot be read or filed into just now
├── PostProblem             a letter was not accepted
│   ├── PostUnavailable     try again later: nothing was handed over
│   ├── PostRefused         hopeless as it stands: the server said no for good
│   └── PostInDoubt         the connection broke after the letter was handed over: it may have gone
├── ConverterProblem        LibreOffice is absent, failed, or gave nothing
├── DraftsMissing           a round cannot be put to its approvers before all its letters are drafted
├── CaseMoved               somebody else changed the case since it was read: decide again
├── IllegalEvent            an event that the case's stage does not know: nothing is stored
├── NotInDirectory          a letter was addressed to somebody the office does not know: it is not written
└── RecordDamaged           the record does not agree with itself
"""

from __future__ import annotations

from collections.abc import Iterable


class MailbotError(Exception):
    """What happened, to what, and what to do next."""


class UsageProblem(MailbotError):
    """A person asked for something that cannot be done."""


class UnknownCase(UsageProblem):
    """No case has that reference."""

    def __init__(self, ref: str) -> None:
        super().__init__(f"There is no case {ref}. `mailbot cases` lists them all.")


class UnknownLetter(UsageProblem):
    """No letter has that number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"There is no letter {number}. `mailbot letters` lists them all.")


class UnknownMail(UsageProblem):
    """No mail has that number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"There is no mail {number}. `mailbot held` lists those that wait for a person.")


class NotAllowedNow(UsageProblem):
    """The case's stage does not allow it."""


class WrongPassword(MailbotError):
    """No password that was given opens the file. Nothing was changed. The message never says which were tried."""


class ConfigProblems(MailbotError):
    """Every problem of the configuration at once, each with its file and key."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class MailboxProblem(MailbotError):
    """The mailbox cannot be read or filed into just now. Nothing is lost: the next pass tries again."""


class PostProblem(MailbotError):
    """A letter was not accepted."""


class PostUnavailable(PostProblem):
    """Nothing was handed over; the letter stays ready and the next pass tries again."""


class PostRefused(PostProblem):
    """The server refused the letter for good; a person must look at the address or the letter."""


class PostInDoubt(PostProblem):
    """The connection broke after the letter was handed over. Its own copy is looked for before a second try."""


class ConverterProblem(MailbotError):
    """LibreOffice is absent, failed, or gave nothing. A plain rendering is shown instead, labelled as such."""


class DraftsMissing(MailbotError):
    """A round cannot be put to its approvers yet. It is tried again at the next pass."""


class CaseMoved(MailbotError):
    """Somebody else changed the case since it was read. Load it and decide again."""


class IllegalEvent(MailbotError):
    """An event that the case's stage does not know. Nothing was stored. `step` is its name in the table of stages."""

    def __init__(self, told: str, step: str = "") -> None:
        super().__init__(told)
        self.step = step


class NotInDirectory(MailbotError):
    """A letter was addressed to somebody the office does not know. It was not written."""


class RecordDamaged(MailbotError):
    """The record does not agree with itself. Restore the last backup, or ask for help before going on."""


def own_mistake(bug: Exception) -> str:
    """A bug, told to people: that the fault is not theirs, and where its details are. Never the bug's own words."""
    return (
        "mailbot made a mistake of its own here. Nothing is lost. Tell whoever looks after mailbot: "
        f"its log has the details, under {type(bug).__name__}"
    )
