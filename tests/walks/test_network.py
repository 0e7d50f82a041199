"""The network goes in the middle of a pass, at each thing that is said; afterwards nothing is lost or doubled.

Real Dovecot and a real SMTP server behind a wire that can be cut, silenced, or led to a server that is frozen or has
just been started again. In each pass one mail is handled and goes to Done, one is held and goes to Held, and one
letter goes out, whose own copy comes back into the mailbox.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from aiosmtpd.controller import Controller

from mailbot.config import load
from mailbot.demo.acting import approve
from mailbot.demo.filling import FORMS
from mailbot.demo.mails import Arriving, answer_subject, write
from mailbot.demo.stage import FolderStage
from mailbot.demo.stories.rapid_review import referral
from mailbot.mail.envelope import Envelope, first_message_id, open_envelope
from mailbot.mail.imap import ImapInbox
from mailbot.mail.smtp import SmtpPost
from mailbot.parts import Parts, open_parts
from mailbot.worker import one_pass
from tests.reading_children import with_shared_children
from tests.servers.mail_servers import MailServers, free_ports, run_mail_servers
from tests.servers.middleman import Change, middleman
from tests.walks.test_crashes import APPROVED, MONDAY, arrives, small_home

OFFICE = "rapidreview@westmarchscp.example"
POLICE = "Review Team <review.team@westmarch-police.example>"
PATIENCE = 0.5
"""Seconds that mailbot waits for an answer here; thirty in an office."""
Way = Literal["lost on the way there", "lost on the way back"]
WAYS: tuple[Way, ...] = ("lost on the way there", "lost on the way back")


@dataclass
class PostOffice:
    """An SMTP server that lays our own copy into Dovecot before it says that it took the letter."""

    servers: MailServers
    port: int = 0
    took: list[tuple[str, str]] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if OFFICE in envelope.rcpt_tos:
            try:
                self.servers.deliver(OFFICE, envelope.content, envelope.mail_from)
            except OSError:
                return "451 the mailbox is being started again"
        self.took += [(first_message_id(envelope.content), address) for address in envelope.rcpt_tos]
        return "250 OK"


@contextmanager
def post_office(servers: MailServers) -> Iterator[PostOffice]:
    (port,) = free_ports(1)
    office = PostOffice(servers, port)
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()


@dataclass
class Wire:
    """Counts what is said over it and does something at the n-th time, or when these words are said."""

    when: Callable[[int, bytes], bool]
    then: Callable[[], object]
    said: int = 0
    done: bool = False
    over: threading.Event = field(default_factory=threading.Event)

    def __call__(self, said: bytes) -> bytes:
        self.said += 1
        if not self.done and self.when(self.said, said):
            self.done = True
            try:
                self.then()
            finally:
                self.over.set()
        return said


def cut() -> None:
    raise ConnectionResetError("the cable was pulled")


@dataclass
class Network:
    """One mailbot with an open case, its Dovecot and its SMTP server, and all that has been delivered so far."""

    parts: Parts
    servers: MailServers
    post: PostOffice
    request: Envelope
    now: datetime
    delivered: list[bytes] = field(default_factory=list)

    def two_mails_arrive(self) -> None:
        """An acknowledgement, which is handled, and a file that was cut off on its way, which is held."""
        number = len(self.delivered)
        thanks = f"Thank you, received. We will return the form by the date given. ({number})"
        mails = (
            Arriving(POLICE, answer_subject(self.request), thanks, answers=self.request),
            Arriving(POLICE, f"Scan {number}", "Attached.", [("scan.docx", _broken_scan())]),
        )
        for mail in mails:
            raw = write(mail, OFFICE, self.now)
            self.delivered.append(raw)
            self.servers.append(OFFICE, raw, received=self.now)

    def a_pass(self, imap: Wire | None = None, smtp: Wire | None = None, back: bool = False) -> str:
        """One pass of the worker, over these wires; gives the problem that it reported."""
        # A letter that could not be handed over is tried again a minute later.
        self.now += timedelta(seconds=1 if imap or smtp else 61)
        with self._over(self.servers.imap, imap, back) as imap_port, self._over(self.post.port, smtp, back) as port:
            inbox = ImapInbox("localhost", imap_port, "none", OFFICE, self.servers.password, timeout=PATIENCE)
            post = SmtpPost("localhost", port, "none", timeout=PATIENCE)
            parts = replace(self.parts, inbox=inbox, post=post)
            report = one_pass(parts, self.now)
            inbox.close()
        for wire in (imap, smtp):
            # mailbot may be done before the server is up again.
            assert wire is None or not wire.done or wire.over.wait(20)
        return report.problem

    def nothing_is_lost_or_doubled(self) -> None:
        """What holds after a pass over a sound network, whatever happened before it."""
        places = {place: self.servers.mails(OFFICE, place) for place in ("INBOX", "Done", "Held")}
        lies = Counter(raw for mails in places.values() for raw in mails)
        assert [raw for raw in self.delivered if lies[raw] != 1] == []
        assert places["INBOX"] == []
        assert set(self.delivered[1::2]) <= set(places["Held"])
        bag = self.parts.mailbag
        assert bag.ledger().balanced and not bag.unfinished() and not bag.to_file()
        letters = self.parts.outbox.letters()
        assert {letter.status for letter in letters} <= {"sent", "waiting"}
        sent = Counter(
            (x.message_id, to) for x in letters if x.status == "sent" and x.since > APPROVED for to in x.to
        )
        took = Counter((message_id, to) for message_id, to in self.post.took if to != OFFICE)
        assert took == sent
        acknowledged = [raw for raw in places["Done"] if raw in self.delivered[0::2]]
        assert len(acknowledged) == len(self.delivered) // 2

    def _over(self, port: int, wire: Wire | None, back: bool) -> AbstractContextManager[int]:
        if wire is None:
            return nullcontext(port)
        ways: dict[str, Change] = {"from_server" if back else "from_client": wire}
        return middleman(port, **ways)


def _broken_scan() -> bytes:
    return (FORMS / "referral.docx").read_bytes()[:9000]


@pytest.fixture(scope="module")
def network(mail_servers: MailServers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """A case whose agencies were asked, then the whole office on servers of its own."""
    home: Path = tmp_path_factory.mktemp("network") / "home"
    small_home(home)
    settings = home / "config" / "mailbot.toml"
    text, times = re.subn(r"(?m)^\[post\]$", "[post]\nin_doubt_minutes = 0", settings.read_text("utf-8"))
    assert times == 1
    settings.write_text(text, "utf-8")
    with open_parts(load(home)) as opened, run_mail_servers() as servers, post_office(servers) as post:
        parts = with_shared_children(opened)
        stage = FolderStage(parts)
        arrives(stage, MONDAY, referral)
        stage.pass_(MONDAY)
        arrives(stage, APPROVED, approve("scoping letters"))
        stage.pass_(APPROVED)
        letter = next(x for x in parts.outbox.letters() if x.kind == "scoping" and x.agency == "police")
        yield Network(parts, servers, post, open_envelope(letter.raw, APPROVED), APPROVED + timedelta(minutes=1))


def at(number: int) -> Callable[[int, bytes], bool]:
    return lambda said, _: said == number


def hearing(words: bytes) -> Callable[[int, bytes], bool]:
    return lambda _, said: words in said


@pytest.mark.parametrize("way", WAYS)
def test_the_cable_is_pulled_at_each_thing_said_to_the_mailbox(network: Network, way: Way) -> None:
    number, cuts = 0, 0
    pulled = True
    while pulled:
        number += 1
        network.two_mails_arrive()
        wire = Wire(at(number), cut)
        network.a_pass(imap=wire, back=way == "lost on the way back")
        pulled = wire.done
        cuts += pulled
        network.a_pass()
        network.a_pass()
        network.nothing_is_lost_or_doubled()
    assert cuts > 15


@pytest.mark.parametrize("way", WAYS)
def test_the_cable_is_pulled_at_each_thing_said_to_the_smtp_server(network: Network, way: Way) -> None:
    number, cuts = 0, 0
    pulled = True
    while pulled:
        number += 1
        network.two_mails_arrive()
        wire = Wire(at(number), cut)
        network.a_pass(smtp=wire, back=way == "lost on the way back")
        pulled = wire.done
        cuts += pulled
        network.a_pass()
        network.a_pass()
        network.nothing_is_lost_or_doubled()
    assert cuts >= 6


SAID_TO_IMAP = (b"LOGIN", b"SELECT", b"SEARCH", b"RFC822.SIZE", b"BODY.PEEK", b"NOOP", b"MOVE")


@pytest.mark.parametrize("words", SAID_TO_IMAP)
def test_the_mail_server_stands_still_in_the_middle(network: Network, words: bytes) -> None:
    """What it was asked while it stood still it does when it goes on: after mailbot has given up waiting."""
    network.two_mails_arrive()
    network.a_pass()
    network.two_mails_arrive()
    with ExitStack() as until_given_up:
        wire = Wire(hearing(words), lambda: until_given_up.enter_context(network.servers.frozen()))
        problem = network.a_pass(imap=wire)
    assert wire.done and problem
    network.a_pass()
    network.a_pass()
    network.nothing_is_lost_or_doubled()


@pytest.mark.parametrize("words", SAID_TO_IMAP)
def test_the_mail_server_is_started_again_in_the_middle(network: Network, words: bytes) -> None:
    network.two_mails_arrive()
    wire = Wire(hearing(words), network.servers.restart_dovecot)
    network.a_pass(imap=wire)
    assert wire.done
    network.a_pass()
    # A letter that met the starting server twice is tried again five minutes later.
    network.now += timedelta(minutes=5)
    network.a_pass()
    network.nothing_is_lost_or_doubled()
