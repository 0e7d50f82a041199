"""Mails that cost too much to open: held or told, each with its reason."""

from __future__ import annotations

import pytest

from mailbot.mail.envelope import MOST_DEEP
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
