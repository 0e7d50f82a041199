"""What the tests of Microsoft Graph share: a mailbox on a small server of the published shapes, a large letter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest

from mailbot.mail.graph import GraphInbox, Listing
from mailbot.mail.graph_client import Graph
from mailbot.mail.graph_post import GraphPost
from mailbot.mail.outgoing import Outgoing
from mailbot.mail.tokens import GRAPH, Tokens
from mailbot.mailbox_settings import Microsoft
from tests.mail.mails import MONDAY, a_mail
from tests.mail.test_outgoing import LETTER
from tests.servers.entra import CLIENT, SECRET, TENANT, run_entra
from tests.servers.graph_server import GraphServer, run_graph

US = LETTER.sender.email
TO = LETTER.to
PLACES = {"inbox": "inbox", "sent": "sentitems", "done": "Done", "held": "Held"}

FORM, MAP = b"%PDF-1.7 " + bytes(range(256)) * 20_000, b"a,b\r\n" * 1000
FORWARDED = a_mail(9, headers=b"References: <a@police.example>\r\n  <b@police.example>\r\n")
LARGE = Outgoing(
    **{
        **dict(LETTER),
        "in_reply_to": "<return-1@police.example>",
        "references": ("<0@partnership.example>", "<return-1@police.example>"),
        "attachments": (("RR-2026-007 pack.pdf", FORM), ("Siân's map.csv", MAP), ("their mail.eml", FORWARDED)),
    }
)


class GraphMailbox:
    """The mailbox as the office sees it in Outlook."""

    def __init__(self, server: GraphServer) -> None:
        self.server = server
        self.secret = SECRET
        self.waits: list[float] = []

    def graph(self, timeout: float = 10, endpoint: str = "") -> Graph:
        entra = self.server.entra
        application = Microsoft(tenant=TENANT, client_id=CLIENT, authority=entra.authority, ca_file=entra.ca_file)
        tokens = Tokens(application, self.secret, GRAPH)
        return Graph(
            endpoint or self.server.endpoint, US, tokens, self.server.ca_file, timeout=timeout, wait=self.waits.append
        )

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


@contextmanager
def graph_mailbox(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GraphMailbox]:
    """An empty mailbox, its server and whoever signs in there."""
    # requests, which msal asks by, would take this for a better answer than the authority it is given.
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    with run_entra(folder) as entra, run_graph(US, entra, folder) as server:
        yield GraphMailbox(server)
