"""The prepared record: four open cases of an invented partnership, with letters sent and one round that waits."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from mailbot.config import load, shipped
from mailbot.demo.filling import FORMS
from mailbot.demo.mails import SERVER, Arriving, answer_subject, write
from mailbot.documents.binder import Binder
from mailbot.mail.envelope import Envelope, open_envelope
from mailbot.parts import Parts, open_parts
from mailbot.store.outbox import Letter
from mailbot.worker import one_pass

ADDRESS = "rapidreview@westmarchscp.example"
MANAGER = "manager@westmarchscp.example"
SOCIAL_WORKER = "Jo Penrose <jo.penrose@westmarch-council.example>"
DETECTIVE = "DS Marcus Quill <marcus.quill@westmarch-police.example>"
MONDAY = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
ROWAN, TAMSIN, IDRIS, MARNIE = "RR-2026-001", "RR-2026-002", "RR-2026-003", "RR-2026-004"
"""Rowan Castellane and Tamsin Wrenfield are being scoped. About Idris Falode the authority was asked whether it is
serious harm; the same question about Marnie Tolworth still waits for the manager's approval."""
OTHER_CHILDREN = (
    {
        "Rowan": "Tamsin",
        "Castellane": "Wrenfield",
        "Marlow": "Orrin",
        "14/02/2026": "03/09/2021",
        "041 7261": "067 1187",
    },
    {"Rowan": "Idris", "Castellane": "Falode", "Marlow": "Tench", "14/02/2026": "22/11/2017", "041 7261": "093 4457"},
    {
        "Rowan": "Marnie",
        "Castellane": "Tolworth",
        "Marlow": "Eastry",
        "14/02/2026": "30/05/2013",
        "041 7261": "102 8840",
    },
)


class Record:
    """The record at work."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def takes_in(self, mail: Arriving, minutes: int) -> None:
        """A mail comes so many minutes after nine on Monday, and is worked through."""
        at = MONDAY + timedelta(minutes=minutes)
        place = self.parts.settings.home / "mail" / "inbox" / f"{minutes:04}.eml"
        place.write_bytes(write(mail, ADDRESS, at))
        one_pass(self.parts, at + timedelta(minutes=1))

    def letter(self, kind: str, case: str, agency: str | None = None) -> Envelope:
        """The latest letter of a kind in a case, as its reader opens it."""
        return self._opened([a for a in self._letters(kind) if a.case == case and agency in (None, a.agency)][-1])

    def approvals(self) -> list[Envelope]:
        """Every request for approval, oldest first."""
        return [self._opened(letter) for letter in self._letters("approval_request")]

    def _letters(self, kind: str) -> list[Letter]:
        return [letter for letter in self.parts.outbox.letters() if letter.kind == kind]

    def _opened(self, letter: Letter) -> Envelope:
        return open_envelope(letter.raw, letter.created)


@contextmanager
def prepared(home: Path) -> Iterator[Record]:
    """A new home with the record in it. The mail server vouches for senders."""
    shutil.copytree(shipped() / "config", home / "config")
    for place in ("inbox", "done", "held", "sent"):
        (home / "mail" / place).mkdir(parents=True)
    path = home / "config" / "mailbot.toml"
    text = path.read_text("utf-8").replace("[inbox]\n", f'[inbox]\nauthserv_id = "{SERVER}"\n', 1)
    text = text.replace("trust_unauthenticated_replies = true", "trust_unauthenticated_replies = false")
    path.write_text(text, "utf-8")
    with open_parts(load(home)) as parts:
        record = Record(replace(parts, binder=Binder(None, parts.sandbox.read, parts.settings.template_folders)))
        _play(record)
        yield record


def referral_of(changes: dict[str, str]) -> bytes:
    """The story's referral form, with other names and dates in it."""
    with zipfile.ZipFile(FORMS / "referral.docx") as original:
        parts = {name: original.read(name) for name in original.namelist()}
    text = parts["word/document.xml"].decode()
    for old, new in changes.items():
        text = re.sub(re.escape(old), new, text)
    parts["word/document.xml"] = text.encode()
    changed = BytesIO()
    with zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as copy:
        for name, content in parts.items():
            copy.writestr(name, content)
    return changed.getvalue()


def _play(record: Record) -> None:
    referrals = [(FORMS / "referral.docx").read_bytes(), *map(referral_of, OTHER_CHILDREN)]
    for number, form in enumerate(referrals):
        sender = DETECTIVE if number > 1 else SOCIAL_WORKER
        mail = Arriving(sender, "JCR referral", "Please find a referral attached.", [("Referral.docx", form)])
        record.takes_in(mail, 20 * number)
    for number, asked in enumerate(record.approvals()[:3]):
        record.takes_in(Arriving(MANAGER, answer_subject(asked), "APPROVE", answers=asked), 90 + 20 * number)
    one_pass(record.parts, MONDAY + timedelta(hours=3))
