"""Being told of new mail at once, by a real Dovecot, over connections that break."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from mailbot.mail.imap_idle import ImapIdle
from mailbot.mail.imap_server import ImapServer
from mailbot.mail.tls import Security
from tests.mail.mails import a_mail
from tests.servers.mail_servers import MailServers
from tests.servers.middleman import middleman

SOON = 10
"""Seconds within which something must have happened that happens at once."""


class Waker:
    """Counts how often it was woken."""

    def __init__(self) -> None:
        self.times = 0
        self._changed = threading.Condition()

    def __call__(self) -> None:
        with self._changed:
            self.times += 1
            self._changed.notify_all()

    def woken(self, times: int) -> bool:
        """Whether it was woken so often, soon."""
        with self._changed:
            return self._changed.wait_for(lambda: self.times >= times, SOON)


@contextmanager
def waiting(idle: ImapIdle) -> Iterator[Waker]:
    """The wait in a thread of its own, which must end soon after it is told to."""
    waker, stopped = Waker(), threading.Event()
    thread = threading.Thread(target=idle.wait, args=(waker, stopped), daemon=True)
    thread.start()
    try:
        yield waker
    finally:
        stopped.set()
        thread.join(SOON)
        assert not thread.is_alive()


def an_idle(servers: MailServers, address: str, port: int = 0, security: Security = "none") -> ImapIdle:
    port = port or (servers.imaps if security == "tls" else servers.imap)
    ca_file = servers.ca_file if security != "none" else None
    server = ImapServer("localhost", port, security, address, servers.password, ca_file, timeout=10)
    return ImapIdle(server, "INBOX", again_after=0.1)


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_a_mail_is_told_of_when_it_comes(mail_servers: MailServers, address: str, security: Security) -> None:
    with waiting(an_idle(mail_servers, address, security=security)) as waker:
        assert waker.woken(1), "mail may have come before"
        mail_servers.deliver(address, a_mail(1))
        assert waker.woken(2)
        mail_servers.deliver(address, a_mail(2))
        assert waker.woken(3)


def test_a_mail_told_of_in_one_breath_with_the_consent_is_heard(mail_servers: MailServers, address: str) -> None:
    told: list[bytes] = []

    def tell_at_once(said: bytes) -> bytes:
        if b"+ idling" in said and not told:
            told.append(said)
            return said + b"* 1 EXISTS\r\n"
        return said

    with (
        middleman(mail_servers.imap, from_server=tell_at_once) as port,
        waiting(an_idle(mail_servers, address, port)) as waker,
    ):
        assert waker.woken(2)
    assert told


def test_what_colleagues_do_with_old_mail_wakes_nobody(mail_servers: MailServers, address: str) -> None:
    mail_servers.append(address, a_mail(1), a_mail(2))
    with waiting(an_idle(mail_servers, address)) as waker:
        assert waker.woken(1)
        with mail_servers.login(address, "INBOX") as colleague:
            colleague.store("1", "+FLAGS", r"(\Seen)")
            colleague.store("2", "+FLAGS", r"(\Deleted)")
            colleague.expunge()
        mail_servers.deliver(address, a_mail(3))
        assert waker.woken(2)
        assert waker.times == 2


def test_a_connection_that_broke_is_made_anew_and_what_came_meanwhile_is_told_of(
    mail_servers: MailServers, address: str
) -> None:
    broken: list[bytes] = []

    def break_off_once(said: bytes) -> bytes:
        if b"EXISTS" in said and b"FLAGS" not in said and not broken:
            broken.append(said)
            raise ConnectionError
        return said

    with (
        middleman(mail_servers.imap, from_server=break_off_once) as port,
        waiting(an_idle(mail_servers, address, port)) as waker,
    ):
        assert waker.woken(1)
        mail_servers.deliver(address, a_mail(1))
        assert waker.woken(2)
        mail_servers.deliver(address, a_mail(2))
        assert waker.woken(3)
    assert broken


def test_a_server_that_was_away_is_waited_on_again(mail_servers: MailServers, address: str) -> None:
    def away(said: bytes) -> bytes:
        raise ConnectionError

    change: list[Callable[[bytes], bytes]] = [away]
    with (
        middleman(mail_servers.imap, from_server=lambda said: change[0](said)) as port,
        waiting(an_idle(mail_servers, address, port)) as waker,
    ):
        assert waker.times == 0
        change[0] = lambda said: said
        assert waker.woken(1)


def test_a_server_that_cannot_is_left_to_the_polls(mail_servers: MailServers, address: str) -> None:
    with middleman(mail_servers.imap, from_server=lambda said: said.replace(b" IDLE", b"")) as port:
        an_idle(mail_servers, address, port).wait(lambda: pytest.fail("nobody was to be woken"), threading.Event())


def test_the_wait_ends_soon_after_it_is_told_to(mail_servers: MailServers, address: str) -> None:
    with waiting(an_idle(mail_servers, address)) as waker:
        assert waker.woken(1)
        begun = time.monotonic()
    assert time.monotonic() - begun < 3
