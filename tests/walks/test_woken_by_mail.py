"""The worker at work on a real Dovecot: a mail that comes is read at once, long before the next poll."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailbot.config import load
from mailbot.demo.stage import make_home
from mailbot.settings import Settings
from mailbot.store.database import open_record
from mailbot.store.mailbag import Mailbag
from mailbot.worker import END_WAITING, READ_EVERY, run
from tests.mail.mails import a_mail
from tests.servers.mail_servers import MailServers
from tests.walks.test_walk_servers import on_servers

OFFICE = "rapidreview@westmarchscp.example"


@pytest.fixture
def office(tmp_path: Path, mail_servers: MailServers, address: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An office whose mailbox is on the servers, under an address of this test's own."""
    monkeypatch.setenv("MAILBOT_MAIL_PASSWORD", mail_servers.password)
    make_home(tmp_path / "home")
    on_servers(tmp_path / "home", mail_servers)
    settings = tmp_path / "home" / "config" / "mailbot.toml"
    settings.write_text(
        settings.read_text("utf-8").replace(f'username = "{OFFICE}"', f'username = "{address}"'), "utf-8"
    )
    return load(tmp_path / "home")


class Passes:
    """A clock that tells when it is looked at: at the beginning and at the end of every job."""

    def __init__(self) -> None:
        self._looked = threading.Condition()

    def __call__(self) -> datetime:
        with self._looked:
            self._looked.notify_all()
        return datetime.now(UTC)

    def soon(self, count: Callable[[], int], wanted: int) -> bool:
        """Whether so many are counted before a poll could have brought it about. Counted whenever a job ends."""
        end = time.monotonic() + READ_EVERY / 2
        with self._looked:
            while count() < wanted and (left := end - time.monotonic()) > 0:
                self._looked.wait(min(left, 1))
        return count() == wanted


def test_a_mail_is_read_at_once_and_the_worker_stops_when_told(
    office: Settings, mail_servers: MailServers, address: str
) -> None:
    clock, stopped = Passes(), threading.Event()
    mailbag = Mailbag(open_record(office.record))
    worker = threading.Thread(target=run, args=(office, stopped, clock), daemon=True)
    worker.start()
    try:
        for number in (1, 2, 3):
            mail_servers.deliver(address, a_mail(number))
            assert clock.soon(lambda: mailbag.ledger().seen, number)
    finally:
        stopped.set()
        worker.join(END_WAITING + 10)
    assert not worker.is_alive()
