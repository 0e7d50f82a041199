"""The Inbox contract, and the plainest inbox: a folder of .eml files."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import quote, unquote_to_bytes

from pydantic import AwareDatetime

from mailbot.cases.values import Value
from mailbot.errors import MailboxProblem
from mailbot.mail.envelope import MOST_HEADERS, first_message_id, headers_only, top_received

Shelf = Literal["Done", "Held"]
Filed = Literal["filed", "left", "gone"]
MAX_BYTES = 60_000_000
"""The largest mail that is read whole: more than any of the agencies' mail servers lets through."""
_PLAIN = " '()[]&,+@"


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
        """Every message of the folder whose key is not known, in the mailbox's own order. Begins a new pass.

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
    """A folder with inbox/ done/ held/ sent/ of .eml files, for the demo and for offices that export their mail.

    The key holds a hash of the content, so that a file name used again is a new mail. Half-written files are left
    alone: names that begin with a dot or end in .tmp or .part, and empty files.
    """

    def __init__(self, root: Path, max_bytes: int = MAX_BYTES) -> None:
        self.root = root
        self.max_bytes = max_bytes

    def fetch_new(self, known: Collection[str]) -> Iterator[RawMail]:
        """See Inbox. In the order of the file names."""
        unread: list[str] = []
        for path in self._mails("inbox"):
            try:
                mail = self._read(path)
            except FileNotFoundError:
                continue  # somebody took it away since the folder was listed
            except OSError as error:
                # Not by name: programs that export mail name the file after its subject.
                unread.append(error.strerror or type(error).__name__)
                continue
            if mail.key not in known:
                yield mail
        if unread:
            raise MailboxProblem(
                f"{len(unread)} mails in {self.root / 'inbox'} cannot be read: {', '.join(sorted(set(unread)))}. "
                "Give the account that runs mailbot the right to read them; the next pass tries again."
            )

    def file_under(self, key: str, folder: Shelf) -> Filed:
        """See Inbox. Another file of the same name is never overwritten."""
        name, _, digest = key.removeprefix("folder/").rpartition("#")
        path = self.root / "inbox" / os.fsdecode(unquote_to_bytes(name))
        try:
            if _digest(path.read_bytes()) != digest:
                return "gone"
            path.replace(_reserve(self.root / folder.lower(), path.name))
        except FileNotFoundError:
            return "gone"
        except OSError as error:
            raise MailboxProblem(
                f"A mail in {path.parent} cannot be filed under {folder}: {error.strerror}."
            ) from error
        return "filed"

    def find_sent(self, message_id: str) -> bool:
        """See Inbox."""
        return any(
            _message_id(path) == message_id for place in ("inbox", "done", "sent") for path in self._mails(place)
        )

    def check(self) -> list[str]:
        """See Inbox."""
        inbox = self.root / "inbox"
        if not inbox.is_dir():
            return [f"There is no folder {inbox}. Make it, or correct path in [inbox] of mailbot.toml."]
        problems = []
        if not os.access(inbox, os.R_OK | os.W_OK | os.X_OK):
            problems.append(f"mailbot may not read and move the files of {inbox}. Correct the folder's rights.")
        strangers = [p for p in inbox.iterdir() if not _half_written(p.name) and p.suffix.casefold() != ".eml"]
        if strangers:
            problems.append(f"{inbox} holds {len(strangers)} things that are no .eml files; they are not read.")
        return problems

    def close(self) -> None:
        """See Inbox. A folder holds nothing open."""

    def _mails(self, place: str) -> list[Path]:
        folder = self.root / place
        if not folder.is_dir():
            if place == "inbox":
                raise MailboxProblem(f"There is no folder {folder}. Make it, or correct path in [inbox].")
            return []
        found = (p for p in folder.iterdir() if p.suffix.casefold() == ".eml" and not _half_written(p.name))
        return sorted(p for p in found if p.is_file() and not p.is_symlink() and p.stat().st_size)

    def _read(self, path: Path) -> RawMail:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            first_seen = datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC)
            content = file.read()
        # Of the bytes read, not of the file: another program may be replacing it at this moment.
        digest = _digest(content)
        problem = ""
        if size > self.max_bytes:
            problem, content = too_large(size, self.max_bytes), headers_only(content)
        key = f"folder/{quote(os.fsencode(path.name), safe=_PLAIN)}#{digest}"
        return RawMail(key=key, content=content, received=top_received(content) or first_seen, problem=problem)


def too_large(size: int, limit: int) -> str:
    """The sentence for a person about a mail of `size` bytes."""
    return (
        f"The mail is {size / 1e6:.0f} MB, more than the {limit / 1e6:.0f} MB that mailbot reads. "
        "Only its headers were kept; open it in the mailbox."
    )


def _half_written(name: str) -> bool:
    return name.startswith(".") or name.casefold().endswith((".tmp", ".part"))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _reserve(folder: Path, name: str) -> Path:
    """A free name in the folder, held by an empty file, so that moving onto it overwrites nobody's mail."""
    folder.mkdir(parents=True, exist_ok=True)
    stem, suffix = Path(name).stem, Path(name).suffix
    for number in count(1):
        path = folder / (name if number == 1 else f"{stem} ({number}){suffix}")
        try:
            path.touch(exist_ok=False)
        except FileExistsError:
            continue
        return path
    raise AssertionError("count() does not end")


def _message_id(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return first_message_id(file.read(MOST_HEADERS))
    except FileNotFoundError:
        return ""  # moved since the folder was listed
