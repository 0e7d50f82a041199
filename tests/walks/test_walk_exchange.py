"""The same Rapid Review in a mailbox on Exchange, or what of it a server of the published shapes can show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

import pytest

from mailbot.config import load
from mailbot.demo.stage import FolderStage, make_home
from mailbot.demo.stories.rapid_review import STORY
from mailbot.demo.telling import REF
from mailbot.parts import Parts, open_parts
from mailbot.store.audit import check
from tests.servers.ews_server import SCHEMA, EwsServer, published_schema, run_ews
from tests.walks.conftest import without_libreoffice

PASSWORD = "correct horse"
MAILBOX = """[inbox]
kind = "exchange"
mailbox = "{exchange.mailbox}"
endpoint = "{exchange.endpoint}"
username = "mailbot"
login = "basic"
authserv_id = "mx.westmarchscp.example"

[post]
kind = "exchange"

"""


class ExchangeStage(FolderStage):
    """The stage whose shared mailbox is on Exchange. See telling.Stage."""

    def __init__(self, parts: Parts, exchange: EwsServer) -> None:
        super().__init__(parts)
        self.exchange = exchange
        self.delivered: list[bytes] = []

    def deliver(self, eml: bytes, received: datetime) -> None:
        """See Stage."""
        self.delivered.append(eml)
        self.exchange.put(eml, received)


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExchangeStage]:
    """The whole story, played to its end."""
    base = tmp_path_factory.mktemp("exchange")
    make_home(base / "home")
    settings = base / "home" / "config" / "mailbot.toml"
    with pytest.MonkeyPatch.context() as patch, run_ews("rapidreview@westmarchscp.example", PASSWORD) as exchange:
        patch.setenv("MAILBOT_MAIL_PASSWORD", PASSWORD)
        mailbox = MAILBOX.format(exchange=exchange)
        text = settings.read_text("utf-8")
        settings.write_text(re.sub(r"(?ms)^\[inbox\]$.*?(?=^\[calendar\])", lambda _: mailbox, text), "utf-8")
        with open_parts(load(base / "home")) as parts:
            stage = ExchangeStage(without_libreoffice(parts), exchange)
            STORY.play(stage)
            yield stage


def test_the_case_is_closed_in_the_end(walk: ExchangeStage) -> None:
    assert walk.case(REF).stage == "closed"
    assert check(walk.parts.db).intact


def test_every_letter_went_once_byte_for_byte_and_nothing_else_did(walk: ExchangeStage) -> None:
    letters = [letter.raw for letter in walk.parts.outbox.letters() if letter.status == "sent"]
    assert len(letters) > 50
    assert sorted(walk.exchange.sent) == sorted(letters)


def test_the_mails_are_filed_under_done_and_held_and_none_is_lost(walk: ExchangeStage) -> None:
    shelves = [walk.exchange.folder("Done"), walk.exchange.folder("Held")]
    there = [raw for folder in ("inbox", *shelves) for raw in walk.exchange.lying_in(folder)]
    assert sorted(there) == sorted(walk.delivered)
    (held,) = walk.exchange.lying_in(shelves[1])
    assert b"Scan from WGH-MFD-07" in held
    assert walk.parts.mailbag.ledger().balanced


def test_the_copy_of_every_letter_is_found(walk: ExchangeStage) -> None:
    for letter in walk.parts.outbox.letters():
        assert walk.parts.inbox.find_sent(letter.message_id) == (letter.status == "sent")


@pytest.mark.skipif(published_schema() is None, reason=f"{SCHEMA} names no folder with the published schema")
def test_every_question_and_answer_kept_to_the_published_schema(walk: ExchangeStage) -> None:
    assert walk.exchange.invalid == []
    assert walk.exchange.checked > len(walk.exchange.asked)
