"""A mailbox as offices really have it: a thousand old mails about everything else, and one referral among them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailbot.config import load
from mailbot.demo.filling import FORMS
from mailbot.demo.mails import Arriving, write
from mailbot.demo.stage import folder_stage, make_home
from mailbot.demo.telling import REF
from mailbot.parts import Parts, open_parts
from mailbot.worker import one_pass
from tests.servers.mail_servers import MailServers
from tests.walks.test_walk_servers import on_servers

ADDRESS = "rapidreview@westmarchscp.example"
MONDAY = datetime(2026, 6, 1, 8, 12, tzinfo=UTC)
EVERYDAY = (
    ("Training Team <training@westmarch-council.example>", "Places left on the July course", "Book by Friday."),
    ("Gareth Lowe <gareth.lowe@westmarch-council.example>", "Agenda for Thursday", "Please send me your items."),
    ("Rota <rota@westmarch-general.example>", "Rota for next week", "Attached last week; no changes since."),
    ("Facilities <post@westmarch-homes.example>", "Lift out of order", "The lift is being repaired."),
    ("News <news@safer-schools.example>", "Five things to read this week", "In this issue: reading lists."),
    ("Mail Delivery <mailer-daemon@elsewhere.example>", "Undeliverable: lunch", "The mailbox is full."),
    ("Review Team <review.team@westmarch-police.example>", "RE: parking at the civic centre", "Thank you, noted."),
    ("Shop <offers@stationery.example>", "A quarter off all folders", "This week only."),
)


def old_mails(number: int) -> Iterator[tuple[bytes, datetime]]:
    """Everyday mail of the two years before the referral."""
    for n in range(number):
        sender, subject, text = EVERYDAY[n % len(EVERYDAY)]
        received = MONDAY - timedelta(hours=17 * (number - n))
        mail = Arriving(sender, f"{subject} ({n})", f"{text}\n\nNumber {n}.", headers=(("X-Number", str(n)),))
        yield write(mail, ADDRESS, received), received


def referral() -> bytes:
    content = (FORMS / "referral.docx").read_bytes()
    sender = "Jo Penrose <jo.penrose@westmarch-council.example>"
    return write(
        Arriving(sender, "JCR referral", "Please see attached.", [("Referral.docx", content)]), ADDRESS, MONDAY
    )


def one_case_among_a_thousand(parts: Parts) -> None:
    """What holds whatever the mailbox: one case, nothing said to anybody but its referrer and the office."""
    report = one_pass(parts, MONDAY + timedelta(minutes=5))
    assert report.fetched == 1001 and not report.problem
    assert parts.casebook.refs() == [REF]
    ledger = parts.mailbag.ledger()
    assert ledger.balanced and ledger.seen == 1001
    assert (ledger.handled, ledger.held, ledger.ignored) == (1, 0, 1000)
    gone = [letter for letter in parts.outbox.letters() if letter.status == "sent"]
    assert {address for letter in gone for address in letter.to} == {
        "jo.penrose@westmarch-council.example",
        *parts.practice.approvers,
    }
    again = one_pass(parts, MONDAY + timedelta(minutes=10))
    assert (again.letters.drafted, again.questions_asked) == (0, 0)
    assert parts.casebook.refs() == [REF]


def test_one_referral_among_a_thousand_files_opens_one_case(tmp_path: Path) -> None:
    make_home(tmp_path / "home")
    with folder_stage(tmp_path / "home") as stage:
        for eml, received in old_mails(1000):
            stage.deliver(eml, received)
        stage.deliver(referral(), MONDAY)
        one_case_among_a_thousand(stage.parts)


def test_one_referral_among_a_thousand_mails_on_dovecot_opens_one_case(
    tmp_path: Path, mail_servers: MailServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILBOT_MAIL_PASSWORD", mail_servers.password)
    make_home(tmp_path / "home")
    on_servers(tmp_path / "home", mail_servers)
    with mail_servers.login(ADDRESS) as client:
        # One connection for all of them: a thousand log-ins take a minute.
        for eml, received in [*old_mails(1000), (referral(), MONDAY)]:
            stamp = f'"{received:%d-%b-%Y %H:%M:%S} +0000"'
            assert client.append("INBOX", "", stamp, eml)[0] == "OK"
    with open_parts(load(tmp_path / "home")) as parts:
        one_case_among_a_thousand(parts)
