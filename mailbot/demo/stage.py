"""The story's stage on this machine: a home folder with a folder mailbox, and mailbot's own parts behind it."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from mailbot.cases.case import Case
from mailbot.cases.practice import Practice
from mailbot.cases.recording import Said
from mailbot.config import load, shipped
from mailbot.demo.mails import SERVER
from mailbot.intake.incidents import ByHand, open_by_hand
from mailbot.intake.said import record_fact
from mailbot.parts import Parts, open_parts
from mailbot.worker import Report, one_pass


def make_home(home: Path, procedure: str = "") -> None:
    """A home like that of `mailbot init`, with a mail server that vouches for senders and no minutes of grace."""
    shutil.copytree(shipped() / "config", home / "config", ignore=shutil.ignore_patterns("__pycache__"))
    for place in ("inbox", "done", "held", "sent"):
        (home / "mail" / place).mkdir(parents=True)
    settings = home / "config" / "mailbot.toml"
    text = settings.read_text("utf-8")
    text = _set(text, r"^\[inbox\]$", f'[inbox]\nauthserv_id = "{SERVER}"')
    text = _set(text, r"^grace_minutes = \d+", "grace_minutes = 0")
    text = _set(text, r"^trust_unauthenticated_replies = \w+", "trust_unauthenticated_replies = false")
    if procedure:
        text = _set(text, r'^procedure = "[^"]*"', f'procedure = "{procedure}"')
    settings.write_text(text, "utf-8")


def _set(text: str, line: str, value: str) -> str:
    changed, times = re.subn(line, lambda _: value, text, count=1, flags=re.MULTILINE)
    if not times:
        raise ValueError(f"the shipped config/mailbot.toml has no line {line}, which the demo changes")
    return changed


class FolderStage:
    """A stage whose mails are files. See telling.Stage."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.mail = parts.settings.home / "mail"

    @property
    def practice(self) -> Practice:
        """See Stage."""
        return self.parts.practice

    def deliver(self, eml: bytes, received: datetime) -> None:
        """See Stage."""
        name = f"{received:%Y%m%dT%H%M%SZ}-{hashlib.sha256(eml).hexdigest()[:8]}.eml"
        half = self.mail / "inbox" / f".{name}.tmp"
        half.write_bytes(eml)
        half.replace(self.mail / "inbox" / name)

    def letters(self) -> list[tuple[str, bytes]]:
        """See Stage."""
        sent = [letter for letter in self.parts.outbox.letters() if letter.status == "sent"]
        return [(address, letter.raw) for letter in sent for address in letter.to]

    def pass_(self, now: datetime) -> Report:
        """See Stage."""
        return one_pass(self.parts, now)

    def record(self, ref: str, fact: str, values: tuple[str, ...], by: str, why: str, now: datetime) -> None:
        """See Stage."""
        record_fact(ref, fact, Said(by=by, at=now, values=values, why=why), self.parts, now)

    def open_case(self, words: str, agency: str, child: str, born: str, by: str, now: datetime) -> None:
        """See Stage."""
        mail = next(held for held in self.parts.mailbag.held() if words in held.subject)
        told = ByHand(by=by, told_by=agency, child_name=child, child_dob=born, received=mail.received)
        open_by_hand(told, self.parts, now, mail.id)

    def case(self, ref: str) -> Case:
        """See Stage."""
        return self.parts.casebook.load(ref)


@contextmanager
def folder_stage(home: Path) -> Iterator[FolderStage]:
    """The stage of a home; everything is closed at the end."""
    with open_parts(load(home)) as parts:
        yield FolderStage(parts)
