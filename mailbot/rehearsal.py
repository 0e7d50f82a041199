"""`once --dry-run`: the real pass on a copy of the record, with a mailbox and a post that change nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from mailbot.mail.inbox import Filed, Inbox, RawMail, Shelf
from mailbot.parts import open_parts
from mailbot.settings import Settings
from mailbot.store.backup import backup
from mailbot.store.database import open_record
from mailbot.worker import Report, one_pass


class LookOnly:
    """The mailbox, read and left as it is."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    def fetch_new(self, known: Collection[str]) -> Iterator[RawMail]:
        """See Inbox."""
        return self._inbox.fetch_new(known)

    def file_under(self, _key: str, _folder: Shelf) -> Filed:
        """See Inbox. Nothing is moved."""
        return "left"

    def find_sent(self, message_id: str) -> bool:
        """See Inbox."""
        return self._inbox.find_sent(message_id)

    def check(self) -> list[str]:
        """See Inbox."""
        return self._inbox.check()

    def close(self) -> None:
        """See Inbox."""
        self._inbox.close()


class PostNothing:
    """A way to send that sends nothing."""

    def post(self, sender: str, recipients: tuple[str, ...], copy_to: str, message: bytes) -> None:
        """See Post. The letter goes nowhere."""

    def check(self) -> list[str]:
        """See Post."""
        return []


def rehearse(settings: Settings, scratch: Path, now: datetime) -> tuple[Report, list[str]]:
    """What a pass at this moment would do, and in which words; nothing of it is done."""
    copy = scratch / "rehearsal.db"
    if settings.record.exists():
        original = open_record(settings.record)
        backup(original, copy)
        original.close()
    with open_parts(settings.model_copy(update={"record": copy})) as parts:
        before = {ref: len(parts.casebook.events(ref)) for ref in parts.casebook.refs()}
        letters_before = {letter.id for letter in parts.outbox.letters()}
        dry = replace(parts, inbox=LookOnly(parts.inbox), post=PostNothing())
        report = one_pass(dry, now)
        story = [
            f"{ref}: {stored.event.type.replace('_', ' ')}: {stored.event.because}"
            for ref in parts.casebook.refs()
            for stored in parts.casebook.events(ref)[before.get(ref, 0) :]
        ]
        story += [
            f"letter ({letter.status}): {letter.subject} to {', '.join(letter.to)}"
            for letter in parts.outbox.letters()
            if letter.id not in letters_before
        ]
    return report, story
