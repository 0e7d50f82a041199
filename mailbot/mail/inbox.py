"""The Inbox contract, and the plainest inbox: a folder of .eml files."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Literal, Protocol

from pydantic import AwareDatetime

from mailbot.cases.values import Value

Shelf = Literal["Done", "Held"]
Filed = Literal["filed", "left", "gone"]
MAX_BYTES = 60_000_000


class RawMail(Value):
    """A mail as the mailbox holds it, byte for byte. `key` names it for good, `received` is the mailbox's time (UTC).

    `problem` is empty, except where the mail is larger than the inbox's limit: then it says so, and `content` holds
    the headers only. Such a mail is to be held for a person; the whole of it stays in the mailbox.
    """

    key: str
    content: bytes
    received: AwareDatetime
    problem: str = ""


class Inbox(Protocol):
    """A mailbox to read from. Every method raises MailboxProblem when the mailbox does not answer."""

    def fetch_new(self, known: Collection[str]) -> Iterator[RawMail]:
        """Every message of the folder whose key is not known, oldest first. Begins a new pass.

        One bad message never stops the next: what could not be read is told at the end, as a MailboxProblem, after
        everything else has been given. Nothing in the mailbox is changed, not even marked as read.
        """
        ...

    def file_under(self, key: str, folder: Shelf) -> Filed:
        """Move a mail. `left`: the server cannot move without risk to other mail; `gone`: it is no longer there."""
        ...

    def find_sent(self, message_id: str) -> bool:
        """Whether a letter of ours with that Message-ID lies in the inbox, under Done or in Sent."""
        ...

    def check(self) -> list[str]:
        """What is wrong with the mailbox, one sentence each, for `mailbot check`. Never raises."""
        ...

    def close(self) -> None:
        """End the pass."""
        ...


class FolderInbox:
    """A folder with inbox/ done/ held/ sent/ of .eml files."""

    def __init__(self, root: Path, max_bytes: int = MAX_BYTES) -> None:
        self.root = root
        self.max_bytes = max_bytes

    def fetch_new(self, known: Collection[str]) -> Iterator[RawMail]:
        """See Inbox."""
        raise NotImplementedError

    def file_under(self, key: str, folder: Shelf) -> Filed:
        """See Inbox."""
        raise NotImplementedError

    def find_sent(self, message_id: str) -> bool:
        """See Inbox."""
        raise NotImplementedError

    def check(self) -> list[str]:
        """See Inbox."""
        raise NotImplementedError

    def close(self) -> None:
        """See Inbox."""
