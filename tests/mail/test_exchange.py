"""Exchange against a small server of the published shapes: the Inbox contract, letters out, and bad days."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Literal

import pytest

from mailbot.mail.exchange import ExchangeInbox, Listing
from mailbot.mail.exchange_client import Exchange
from mailbot.mail.exchange_post import ExchangePost
from tests.mail.inbox_contract import InboxContract
from tests.mail.mails import MONDAY
from tests.mail.test_outgoing import LETTER
from tests.servers.ews_server import SCHEMA, EwsServer, published_schema, run_ews

US = LETTER.sender.email
TO = LETTER.to
PASSWORD = "correct horse"
Place = Literal["inbox", "done", "held"]


class ExchangeMailbox:
    """The mailbox as the office sees it in Outlook."""

    def __init__(self, server: EwsServer) -> None:
        self.server = server
        self.password = PASSWORD
        self.waits: list[float] = []

    def exchange(self, timeout: float = 10, patience: float = 60) -> Exchange:
        return Exchange(
            self.server.endpoint,
            US,
            "mailbot",
            self.password,
            "basic",
            timeout=timeout,
            patience=patience,
            wait=self.waits.append,
        )

    def open(
        self, max_bytes: int = 1_000_000, folder: str = "Inbox", listing: Listing | None = None
    ) -> ExchangeInbox:
        return ExchangeInbox(self.exchange(), folder, max_bytes, listing)

    def post(self) -> ExchangePost:
        return ExchangePost(self.exchange())

    def put(self, *mails: bytes, place: Literal["inbox", "sent"] = "inbox") -> None:
        for mail in mails:
            self.server.put(mail, MONDAY, {"inbox": "inbox", "sent": "sentitems"}[place])

    def take_away(self, raw: bytes) -> None:
        self.server.remove(next(mail for mail in self.server.mails if mail.raw == raw))

    def lies_in(self, place: Place) -> list[bytes]:
        return self.server.lying_in("inbox" if place == "inbox" else self.server.folder(place.title()))

    def break_down(self) -> None:
        self.password = "changed last night"


@pytest.fixture
def mailbox() -> Iterator[ExchangeMailbox]:
    """Whatever a test does, every request and answer keeps to Microsoft's schema, where it is at hand."""
    if published_schema() is None:
        warnings.warn(f"{SCHEMA} names no folder: nothing is checked against the published schema", stacklevel=1)
    with run_ews(US, PASSWORD) as server:
        yield ExchangeMailbox(server)
        assert server.invalid == []
        assert (server.checked > 0) == (published_schema() is not None and bool(server.asked))


class TestExchange(InboxContract):
    pass
