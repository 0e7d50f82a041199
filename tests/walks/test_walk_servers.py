"""The same Rapid Review on a real Dovecot and a real Exim: IMAP with TLS, SMTP with STARTTLS."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from mailbot.config import load
from mailbot.demo.stage import FolderStage, make_home
from mailbot.demo.stories.rapid_review import STORY
from mailbot.demo.telling import REF
from mailbot.mail.envelope import first_message_id
from mailbot.parts import Parts, open_parts
from mailbot.store.audit import check
from tests.servers.mail_servers import MailServers, run_mail_servers
from tests.walks.conftest import without_libreoffice

MAILBOX = """[inbox]
kind = "imap"
host = "{servers.host}"
port = {servers.imaps}
security = "tls"
username = "rapidreview@westmarchscp.example"
password_env = "MAILBOT_MAIL_PASSWORD"
ca_file = "{servers.ca_file}"
authserv_id = "mx.westmarchscp.example"

[post]
kind = "smtp"
host = "{servers.host}"
port = {servers.smtp}
security = "starttls"
ca_file = "{servers.ca_file}"

"""


class ServerStage(FolderStage):
    """The stage whose shared mailbox is on Dovecot and whose letters go through Exim. See telling.Stage."""

    def __init__(self, parts: Parts, servers: MailServers) -> None:
        super().__init__(parts)
        self.servers = servers
        self.address = parts.practice.office.address
        self.delivered: list[bytes] = []
        self._mailboxes: dict[str, list[bytes]] = {}

    def deliver(self, eml: bytes, received: datetime) -> None:
        """See Stage."""
        self.delivered.append(eml)
        self.servers.append(self.address, eml, received=received)

    def letters(self) -> list[tuple[str, bytes]]:
        """See Stage. Each letter as its addressee's own mailbox holds it."""
        sent = [letter for letter in self.parts.outbox.letters() if letter.status == "sent"]
        return [(to, self.received_by(to, letter.message_id)) for letter in sent for to in letter.to]

    def received_by(self, address: str, message_id: str) -> bytes:
        """The letter in the mailbox of its addressee, as soon as Exim has delivered it there."""
        expected = sum(x.status == "sent" and address in x.to for x in self.parts.outbox.letters())
        if len(self._mailboxes.get(address, [])) < expected:
            self._mailboxes[address] = self.servers.wait_for(address, expected)
        return next(raw for raw in self._mailboxes[address] if first_message_id(raw) == message_id)


def on_servers(home: Path, servers: MailServers) -> None:
    """Let the home's mailbot read and post on these servers."""
    settings = home / "config" / "mailbot.toml"
    text = settings.read_text("utf-8")
    text = re.sub(r"(?ms)^\[inbox\]$.*?(?=^\[calendar\])", lambda _: MAILBOX.format(servers=servers), text)
    settings.write_text(text, "utf-8")


@pytest.fixture(scope="module")
def walk(mail_servers: MailServers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerStage]:
    """The whole story on servers of its own, played to its end. (`mail_servers` says where there are none.)"""
    home = tmp_path_factory.mktemp("servers") / "home"
    with pytest.MonkeyPatch.context() as patch, run_mail_servers() as servers:
        patch.setenv("MAILBOT_MAIL_PASSWORD", servers.password)
        make_home(home)
        on_servers(home, servers)
        with open_parts(load(home)) as parts:
            stage = ServerStage(without_libreoffice(parts), servers)
            STORY.play(stage)
            yield stage


def test_the_case_is_closed_in_the_end(walk: ServerStage) -> None:
    assert walk.case(REF).stage == "closed"
    assert walk.parts.settings.inbox.kind == "imap" and walk.parts.settings.post.kind == "smtp"


def test_every_letter_is_in_the_mailbox_of_its_addressee_byte_for_byte_and_once(walk: ServerStage) -> None:
    sent = [letter for letter in walk.parts.outbox.letters() if letter.status == "sent"]
    assert len(sent) > 50
    for letter in sent:
        for to in letter.to:
            received = [raw for raw in walk.servers.mails(to) if first_message_id(raw) == letter.message_id]
            assert len(received) == 1
            # The servers write their own headers on top and change nothing below.
            assert received[0].endswith(letter.raw)


def test_nobody_gets_a_letter_that_is_not_theirs(walk: ServerStage) -> None:
    for agency in walk.practice.directory.agencies:
        for address in agency.spoc:
            ours = {x.message_id for x in walk.parts.outbox.letters() if address in x.to}
            assert {first_message_id(raw) for raw in walk.servers.mails(address)} <= ours


def test_the_panel_has_one_mail_the_submission(walk: ServerStage) -> None:
    (submission,) = walk.servers.mails(walk.practice.panel)
    letter = walk.parts.outbox.by_message_id(first_message_id(submission))
    assert letter is not None and letter.kind == "submission" and letter.status == "sent"


def test_the_mails_are_filed_under_done_and_held_and_none_is_lost(walk: ServerStage) -> None:
    there = [raw for folder in ("INBOX", "Done", "Held") for raw in walk.servers.mails(walk.address, folder)]
    assert set(walk.delivered) <= set(there)
    (held,) = walk.servers.mails(walk.address, "Held")
    assert b"Scan from WGH-MFD-07" in held


def test_the_books_balance_and_our_own_copies_are_among_the_handled(walk: ServerStage) -> None:
    ledger = walk.parts.mailbag.ledger()
    assert ledger.balanced
    assert (ledger.held, ledger.ignored) == (1, 2)
    assert ledger.handled > len(walk.delivered) - 3
    assert walk.parts.casebook.refs() == [REF]
    assert check(walk.parts.db).intact
