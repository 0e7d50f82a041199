"""Rows 22, 24 and 25 of the layouts: mail for somebody else's office, mail that came back, mail of machines."""

from __future__ import annotations

import pytest

from mailbot.store.outbox import Letter
from tests.documents.word_files import paragraph, run, table, word_file
from tests.intake.office import MANAGER, Office
from tests.intake.test_bounces import came_back, scoping_letter
from tests.layouts.mails import asked, comes, mail, status

TUESDAY = "Tue 2 Jun 2026 10:00"
EDUCATION = "Bea Holt <education.safeguarding@westmarch-schools.example>"
STRANGER = "Ola Brandt <ola.brandt@meadowbank-nursery.example>"


@pytest.mark.parametrize("title", ["Multi-Agency Referral Form (MARF)", "Request for Support", "SAR Referral"])
def test_layout_22_a_live_referral_pages_a_person_at_once(office: Office, title: str) -> None:
    """Row 22: a child-protection or adult referral that came to the wrong mailbox, late on a Saturday night."""
    paper = word_file(
        paragraph(run(title, "<w:b/>"))
        + table(["Name of child", "Wilfred Oakhanger"], ["Name of referrer", "Ola Brandt"], ["Agency", "Nursery"])
    )
    comes(
        office,
        mail(STRANGER, "Wilfred", "Please see attached.", files=[("form.docx", paper)]),
        "Sat 6 Jun 2026 23:00",
    )

    assert (office.last.state, office.parts.casebook.refs()) == ("held", [])
    (letter,) = office.letters("warning", status="sent")
    opened = office.opened(letter)
    assert letter.to == (MANAGER,)
    assert "URGENT" in opened.subject
    for name in ("Wilfred", "Oakhanger", "Ola", "Nursery"):
        assert name not in opened.subject + opened.text + office.last.reason


def test_layout_22_in_a_secure_wrapper_it_is_shouted_about_all_the_same(office: Office) -> None:
    """Rows 22 and 16: the mail is only the way to a portal, and its subject says that it is a live referral."""
    page = (
        b"<html><body>You have received a secure message.<form action='https://portal.example/'></form></body></html>"
    )
    files = [("Encrypted_Message.htm", page)]
    comes(office, mail(STRANGER, "MARF - urgent", "Secure.", files=files), "Sat 6 Jun 2026 23:00")

    assert office.last.state == "held"
    (letter,) = office.letters("warning", status="sent")
    assert "URGENT" in office.opened(letter).subject


@pytest.mark.parametrize("code", ["5.7.1", "5.7.26", "5.4.1"])
def test_layout_24_a_mailbox_that_refuses_us_is_no_silence_of_the_agency(scoped: Office, code: str) -> None:
    """Row 24: a secure mailbox rejects mail from outside: the office is told to ring, and nobody is chased."""
    letter: Letter = scoping_letter(scoped, "police")
    scoped.lay(came_back(letter, code))
    scoped.pass_(TUESDAY)

    assert status(scoped, "police") == "undeliverable"
    (warning,) = scoped.letters("warning", status="sent")
    assert "ring the agency" in scoped.opened(warning).text
    for day in ("Tue 9 Jun", "Wed 10 Jun", "Thu 11 Jun"):
        scoped.pass_(f"{day} 2026 9:00")
    assert "police" not in {one.agency for one in scoped.letters("reminder", "chase")}
    assert "police" not in {one.agency for one in scoped.letters("thanks", "reask")}


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"X-Autoreply": "yes"},
        {"Precedence": "auto_reply"},
        {},
    ],
    ids=["Auto-Submitted", "X-Autoreply", "Precedence", "only its subject"],
)
def test_layout_25_an_out_of_office_is_noted_and_never_answered(scoped: Office, headers: dict[str, str]) -> None:
    """Row 25: an out-of-office reply is no return and no acknowledgement; nothing is sent to it."""
    before = len(scoped.letters())
    text = "I am on leave until 15 June. We have no involvement in our team's cases until then."
    away = mail(EDUCATION, "Automatic reply: scoping", text, answers=asked(scoped, "education"))
    for name, value in headers.items():
        away[name] = value
    comes(scoped, away)

    assert scoped.last.state == "handled"
    assert status(scoped, "education") == "sent"
    assert [letter.kind for letter in scoped.letters()[before:] if letter.kind != "digest"] == []


def test_layout_25_a_deputy_named_in_an_out_of_office_is_suggested(scoped: Office) -> None:
    """Row 25: `please contact X`: the office is told that somebody else may have to be asked."""
    text = "I am away until 15 June. For urgent matters please contact deputy.lead@westmarch-schools.example."
    away = mail(
        EDUCATION, "Automatic reply: scoping", text, answers=asked(scoped, "education"), Auto_Submitted="auto-replied"
    )
    comes(scoped, away)

    (told,) = (one for one in map(scoped.opened, scoped.letters("question")) if "is away" in one.subject)
    assert f"Mail {scoped.last.id}" in told.text
    assert "config/agencies.toml" in told.text
    assert "deputy.lead@" not in told.text, "whom to write to is a person's decision, with the mail before them"

    comes(scoped, away, "Wed 3 Jun 2026 9:00")
    assert len([one for one in map(scoped.opened, scoped.letters("question")) if "is away" in one.subject]) == 1


def test_layout_25_a_read_receipt_and_a_report_of_delivery_change_nothing(scoped: Office) -> None:
    """Row 25: `Read: scoping` (MDN) and `delivered` (DSN) are no answers of the agency."""
    letter = scoping_letter(scoped, "police")
    receipt = came_back(letter, "2.0.0", "displayed").replace(b"delivery-status", b"disposition-notification")
    scoped.lay(receipt)
    scoped.pass_(TUESDAY)
    scoped.lay(came_back(letter, "2.0.0", "delivered"))
    scoped.pass_("Tue 2 Jun 2026 10:05")

    assert status(scoped, "police") == "sent"
    assert all(one.state in ("handled", "ignored") for one in scoped.mails[-2:])
    assert not scoped.letters("thanks", "reask")


def test_layout_25_a_portals_own_receipt_is_no_answer(scoped: Office) -> None:
    """Row 25: a secure portal says that our message was collected: nothing is received, nobody is thanked."""
    receipt = mail(
        "noreply@westmarch-police.example",
        "Secure message collected",
        "Your message has been collected.",
        answers=asked(scoped, "police"),
        Auto_Submitted="auto-generated",
    )
    comes(scoped, receipt)

    assert status(scoped, "police") == "sent"
    assert not scoped.letters("thanks", "reask")
