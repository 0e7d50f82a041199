"""Mails as they are opened: what costs too much is held or told with its reason, and whose mark is believed."""

from __future__ import annotations

import pytest

from mailbot.intake.opening import open_mail
from mailbot.mail.envelope import MOST_DEEP
from mailbot.mailbox_settings import ExchangeSettings
from tests.builders import at
from tests.intake.office import NINE, PHONE, Office

TUESDAY = "Tue 2 Jun 2026 10:00"


def test_a_mail_too_deep_is_held_and_the_office_told(office: Office) -> None:
    parts = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(MOST_DEEP + 1)
    )
    office.lay(b"From: %b\r\nSubject: Our return\r\n" % PHONE.encode() + parts + b"\r\nNil return\r\n")
    office.pass_(NINE)

    assert office.last.state == "held"
    assert "only its headers were read" in office.last.reason
    (told,) = office.letters("warning")
    assert "only its headers were read" in office.opened(told).text


def test_attachments_after_the_time_of_their_mail_are_told(scoped: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailbot.intake.opening.MAIL_SECONDS", 0.0)
    scoped.agency_answers(TUESDAY, "police", "Our return.", (("return.txt", b"Agency: Police"),))

    assert scoped.last.state == "held"
    assert "the mail took longer than 0 seconds" in scoped.last.reason


@pytest.mark.parametrize(("shown_as", "believed"), [("exchange/1", True), ("imap/1", False), ("file/1", False)])
def test_the_internal_mark_counts_only_in_mail_that_exchange_itself_showed(
    office: Office, shown_as: str, believed: bool
) -> None:
    """A mail kept before the move to Exchange, or brought as a file, may carry a forged mark."""
    exchange = ExchangeSettings(
        kind="exchange", endpoint="https://mail.westmarch.example/EWS", mailbox="a@b.example", username="a"
    )
    settings = office.parts.settings.model_copy(update={"inbox": exchange})
    object.__setattr__(office.parts, "settings", settings)
    raw = b"X-MS-Exchange-Organization-AuthAs: Internal\r\n" + (
        b"From: jo.penrose@westmarch-council.example\r\nSubject: Hello\r\n\r\nGood morning.\r\n"
    )
    number = office.parts.mailbag.keep(raw, shown_as, at(NINE), at(NINE))
    assert open_mail(office.parts.mailbag.mail(number), office.parts).seen.believed is believed
