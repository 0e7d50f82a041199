"""The same Rapid Review in a mailbox on Microsoft 365, or what of it a server of the published shapes can show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

import pytest

from mailbot.config import load
from mailbot.demo.stage import FolderStage, make_home
from mailbot.demo.stories.rapid_review import STORY
from mailbot.demo.telling import REF
from mailbot.mail.envelope import first_message_id
from mailbot.parts import Parts, open_parts
from mailbot.store.audit import check
from tests.servers.entra import CLIENT, SECRET, TENANT, run_entra
from tests.servers.graph_server import GraphServer, run_graph
from tests.walks.conftest import without_libreoffice

MAILBOX = """[inbox]
kind = "graph"
mailbox = "{graph.mailbox}"
endpoint = "{graph.endpoint}"
ca_file = "{graph.ca_file}"
authserv_id = "mx.westmarchscp.example"

[inbox.microsoft]
tenant = "{tenant}"
client_id = "{client}"
authority = "{graph.entra.authority}"
ca_file = "{graph.entra.ca_file}"

[post]
kind = "graph"

"""


class GraphStage(FolderStage):
    """The stage whose shared mailbox is on Microsoft 365. See telling.Stage."""

    def __init__(self, parts: Parts, graph: GraphServer) -> None:
        super().__init__(parts)
        self.graph = graph
        self.delivered: list[bytes] = []

    def deliver(self, eml: bytes, received: datetime) -> None:
        """See Stage."""
        self.delivered.append(eml)
        self.graph.put(eml, received)


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphStage]:
    """The whole story, played to its end."""
    base = tmp_path_factory.mktemp("graph")
    make_home(base / "home")
    settings = base / "home" / "config" / "mailbot.toml"
    with pytest.MonkeyPatch.context() as patch, run_entra(base) as entra:
        patch.delenv("REQUESTS_CA_BUNDLE", raising=False)
        patch.delenv("CURL_CA_BUNDLE", raising=False)
        patch.setenv("MAILBOT_CLIENT_SECRET", SECRET)
        with run_graph("rapidreview@westmarchscp.example", entra, base) as graph:
            mailbox = MAILBOX.format(graph=graph, tenant=TENANT, client=CLIENT)
            text = settings.read_text("utf-8")
            settings.write_text(re.sub(r"(?ms)^\[inbox\]$.*?(?=^\[calendar\])", lambda _: mailbox, text), "utf-8")
            with open_parts(load(base / "home")) as parts:
                stage = GraphStage(without_libreoffice(parts), graph)
                STORY.play(stage)
                yield stage


def test_the_case_is_closed_in_the_end(walk: GraphStage) -> None:
    assert walk.case(REF).stage == "closed"
    assert walk.parts.settings.inbox.kind == "graph" and walk.parts.settings.post.kind == "graph"
    assert check(walk.parts.db).intact


def test_every_letter_went_once_as_it_was_approved_and_nothing_else_did(walk: GraphStage) -> None:
    letters = {letter.message_id: letter for letter in walk.parts.outbox.letters() if letter.status == "sent"}
    assert len(letters) > 50
    assert sorted(sent.message_id for sent in walk.graph.sent) == sorted(letters)
    for sent in walk.graph.sent:
        letter = letters[sent.message_id]
        assert sent.to == letter.to
        assert sent.raw == letter.raw or sent.files, "large letters bring their attachments after them"


def test_the_mails_are_filed_under_done_and_held_and_none_is_lost(walk: GraphStage) -> None:
    there = [raw for folder in ("inbox", "Done", "Held") for raw in walk.graph.lying_in(folder)]
    assert sorted(there) == sorted(walk.delivered)
    (held,) = walk.graph.lying_in("Held")
    assert b"Scan from WGH-MFD-07" in held
    assert len(walk.graph.lying_in("inbox")) == 2, "what is no business of ours stays where it came"
    assert walk.graph.lying_in("drafts") == []


def test_the_books_balance(walk: GraphStage) -> None:
    ledger = walk.parts.mailbag.ledger()
    assert ledger.balanced
    assert (ledger.seen, ledger.held, ledger.ignored) == (len(walk.delivered), 1, 2)


def test_the_copy_of_every_letter_is_found(walk: GraphStage) -> None:
    for letter in walk.parts.outbox.letters():
        assert walk.parts.inbox.find_sent(letter.message_id) == (letter.status == "sent")


def test_the_panel_has_one_mail_the_submission(walk: GraphStage) -> None:
    (submission,) = [sent for sent in walk.graph.sent if walk.practice.panel in sent.to]
    letter = walk.parts.outbox.by_message_id(first_message_id(submission.raw))
    assert letter is not None and letter.kind == "submission"
