"""An office of one morning: a home in a folder, its mailbox, and passes of the real worker over it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from mailbot.cases.case import Case
from mailbot.cases.recording import Said
from mailbot.config import load, shipped
from mailbot.demo.mails import SERVER, Arriving, answer_subject, write
from mailbot.documents.binder import Binder
from mailbot.errors import UnknownMail
from mailbot.intake.said import record_fact
from mailbot.mail.envelope import Envelope, open_envelope
from mailbot.parts import Parts, open_parts
from mailbot.store.mailbag import StoredMail
from mailbot.store.outbox import Letter
from mailbot.worker import Report, one_pass
from tests.builders import at
from tests.reading_children import with_shared_children

FORMS = Path(__file__).parents[2] / "mailbot" / "demo" / "forms"
REFERRAL = ("JCR Referral Form.docx", (FORMS / "referral.docx").read_bytes())
PHONE = "Jo Penrose <jo.penrose@westmarch-council.example>"
MANAGER = "manager@westmarchscp.example"
ADDRESS = "rapidreview@westmarchscp.example"
REF = "RR-2026-001"
NINE = "Mon 1 Jun 2026 9:00"


def make_home(home: Path, **settings: str) -> Path:
    """A home whose mail server vouches for senders. Settings change keys of mailbot.toml."""
    shutil.copytree(shipped() / "config", home / "config")
    for place in ("inbox", "done", "held", "sent"):
        (home / "mail" / place).mkdir(parents=True)
    path = home / "config" / "mailbot.toml"
    text = path.read_text("utf-8").replace("[inbox]\n", f'[inbox]\nauthserv_id = "{SERVER}"\n', 1)
    text = text.replace("trust_unauthenticated_replies = true", "trust_unauthenticated_replies = false")
    for key, value in settings.items():
        old = next(line for line in text.splitlines() if line.startswith(f"{key} = "))
        text = text.replace(old, f"{key} = {value}", 1)
    path.write_text(text, "utf-8")
    return home


class Office:
    """The office at work. Moments are given as `Mon 1 Jun 2026 9:00`."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.mailbox = parts.settings.home / "mail"
        self.delivered = 0

    def arrives(self, when: str, mail: Arriving) -> bytes:
        """Lay a mail into the mailbox as its server would; gives its bytes."""
        raw = write(mail, ADDRESS, at(when))
        self.lay(raw)
        return raw

    def lay(self, raw: bytes) -> None:
        """Lay bytes into the mailbox."""
        self.delivered += 1
        (self.mailbox / "inbox" / f"{self.delivered:03}.eml").write_bytes(raw)

    def pass_(self, when: str | datetime) -> Report:
        """One pass of the worker."""
        return one_pass(self.parts, at(when) if isinstance(when, str) else when)

    def refer(self, when: str = NINE) -> None:
        """The local authority's referral comes, and is worked through a minute later."""
        self.arrives(when, Arriving(PHONE, "JCR referral", "Please find a referral attached.", [REFERRAL]))
        self.pass_(at(when) + timedelta(minutes=1))

    def record(self, when: str, fact: str, *values: str, why: str = "") -> None:
        """The manager records a fact."""
        said = Said(by=MANAGER, at=at(when), values=values, why=why)
        record_fact(REF, fact, said, self.parts, at(when))

    def answer(self, when: str, text: str, sender: str = MANAGER, headers: tuple[tuple[str, str], ...] = ()) -> None:
        """An answer to the latest request for approval comes, and is worked through at once."""
        asked = self.opened(self.letters("approval_request")[-1])
        mail = Arriving(sender, answer_subject(asked), text, answers=asked, headers=headers)
        self.arrives(when, mail)
        self.pass_(when)

    def agency_answers(
        self, when: str, agency: str, text: str, files: tuple[tuple[str, bytes], ...] = (), sender: str = ""
    ) -> None:
        """An agency's contact answers the scoping letter."""
        letter = next(a for a in self.letters("scoping") if a.agency == agency)
        asked = self.opened(letter)
        self.arrives(when, Arriving(sender or letter.to[0], answer_subject(asked), text, files, answers=asked))
        self.pass_(when)

    def letters(self, *kinds: str, status: str = "") -> list[Letter]:
        """Letters of these kinds, oldest first."""
        found = self.parts.outbox.letters()
        return [a for a in found if (not kinds or a.kind in kinds) and status in ("", a.status)]

    def opened(self, letter: Letter) -> Envelope:
        """A letter as its reader opens it."""
        return open_envelope(letter.raw, letter.created)

    @property
    def case(self) -> Case:
        """The first case."""
        return self.parts.casebook.load(REF)

    @property
    def mails(self) -> list[StoredMail]:
        """Every mail of the record, in the order in which they came."""
        found = []
        with suppress(UnknownMail):
            for number in count(1):
                found.append(self.parts.mailbag.mail(number))
        return found

    @property
    def last(self) -> StoredMail:
        """The mail that came last."""
        return self.mails[-1]


@contextmanager
def office_at(home: Path) -> Iterator[Office]:
    """The office of a home, without LibreOffice."""
    with open_parts(load(home)) as opened:
        parts = with_shared_children(opened)
        plain = Binder(None, parts.sandbox.read, parts.settings.template_folders)
        yield Office(replace(parts, binder=plain))
