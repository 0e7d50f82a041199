"""Microsoft Graph against a small server of the published shapes: the Inbox contract, letters out, and bad days."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from mailbot.mail.graph import GraphInbox, Listing
from mailbot.mail.graph_client import Graph
from mailbot.mail.graph_post import GraphPost
from mailbot.mail.tokens import Tokens
from mailbot.mailbox_settings import Microsoft
from tests.mail.inbox_contract import InboxContract
from tests.mail.mails import MONDAY
from tests.mail.test_outgoing import LETTER
from tests.servers.graph_server import SECRET, GraphServer, run_graph

US = LETTER.sender.email
TO = LETTER.to
PLACES = {"inbox": "inbox", "sent": "sentitems", "done": "Done", "held": "Held"}


class GraphMailbox:
    """The mailbox as the office sees it in Outlook."""

    def __init__(self, server: GraphServer) -> None:
        self.server = server
        self.secret = SECRET
        self.waits: list[float] = []

    def graph(self, timeout: float = 10) -> Graph:
        microsoft = Microsoft(
            tenant="contoso", client_id="mailbot", authority=self.server.origin, ca_file=self.server.ca_file
        )
        tokens = Tokens(microsoft, self.secret, f"{self.server.origin}/.default")
        return Graph(self.server.endpoint, US, tokens, self.server.ca_file, timeout=timeout, wait=self.waits.append)

    def open(self, max_bytes: int = 1_000_000, folder: str = "Inbox", listing: Listing | None = None) -> GraphInbox:
        return GraphInbox(self.graph(), folder, max_bytes, listing)

    def post(self, most_mime: int = 3_900_000) -> GraphPost:
        return GraphPost(self.graph(), most_mime=most_mime)

    def put(self, *mails: bytes, place: Literal["inbox", "sent"] = "inbox") -> None:
        for mail in mails:
            self.server.put(mail, MONDAY, PLACES[place])

    def take_away(self, raw: bytes) -> None:
        self.server.remove(next(mail for mail in self.server.mails.values() if mail.raw == raw))

    def lies_in(self, place: Literal["inbox", "done", "held"]) -> list[bytes]:
        return self.server.lying_in(PLACES[place])

    def break_down(self) -> None:
        self.secret = "expired last night"


@pytest.fixture
def mailbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GraphMailbox]:
    # requests, which msal asks by, would take this for a better answer than the authority it is given.
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    with run_graph(US, tmp_path) as server:
        yield GraphMailbox(server)


class TestGraphInbox(InboxContract):
    pass
