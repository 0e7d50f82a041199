"""Live referrals that land here by mistake: shouted about at once, opened as no case, and never filed away."""

from __future__ import annotations

import pytest

from mailbot.demo.mails import Arriving, File
from tests.documents.word_files import paragraph, table, word_file
from tests.intake.office import MANAGER, PHONE, REF, REFERRAL, Office
from tests.locking import locked_word, plain_zip

TUESDAY_NIGHT = "Tue 2 Jun 2026 23:10"
STRANGER = "Ola Brandt <ola.brandt@meadowbank-nursery.example>"
QUESTIONS = table(
    ["Name of child", "Wilfred Oakhanger"],
    ["Date of birth", "03/04/2021"],
    ["NHS number", "999 000 0018"],
    ["Home address", "4 Ropewalk, Westmarch"],
    ["Name of referrer", "Ola Brandt"],
    ["Agency", "Meadowbank Nursery"],
)


def paper(title: str) -> bytes:
    """A filled form of another kind, with a child in it."""
    return word_file(paragraph(title) + QUESTIONS)


@pytest.mark.parametrize("sender", [PHONE, STRANGER], ids=["an agency", "a stranger"])
@pytest.mark.parametrize(
    ("subject", "files"),
    [
        ("MARF for a child at risk tonight", []),
        ("Wilfred", [("form.docx", paper("Multi-Agency Referral Form (MARF)"))]),
        ("New referral", [("form.docx", paper("Request for Support"))]),
        ("New referral", [("form.docx", paper("Safeguarding Adults Referral Form"))]),
        ("New referral", [("form.docx", paper("Safeguarding Adults Review (SAR) Referral"))]),
        ("New referral", [("papers.zip", plain_zip(("form.docx", paper("Multi-Agency Referral Form"))))]),
        ("Please see", [("MARF Wilfred Oakhanger.docx", locked_word(paper("MARF"), "Otter-31"))]),
    ],
    ids=["subject", "marf", "support", "adult", "sar", "zip", "locked"],
)
def test_from_the_mail_to_the_letter(office: Office, subject: str, files: list[File], sender: str) -> None:
    office.arrives(TUESDAY_NIGHT, Arriving(sender, subject, "Please see attached.", files))
    office.pass_(TUESDAY_NIGHT)
    assert office.last.state == "held"
    assert office.last.reason.startswith("it looks like a live concern about")
    assert office.parts.casebook.refs() == []
    (letter,) = office.letters("warning", status="sent")
    assert letter.to == (MANAGER,)
    opened = office.opened(letter)
    assert "URGENT" in opened.subject
    assert "NOW" in opened.text
    assert "front door" in opened.text
    for name in ("Wilfred", "Oakhanger", "Ola"):
        assert name not in opened.subject + opened.text + office.last.reason


def test_no_flood_of_held_mail_silences_it(office: Office) -> None:
    for number in range(14):
        office.arrives(TUESDAY_NIGHT, Arriving(PHONE, f"Serious incident {number}", "Please ring."))
    office.arrives(TUESDAY_NIGHT, Arriving(PHONE, "MARF", "Tonight."))
    office.pass_(TUESDAY_NIGHT)
    urgent = [a for a in office.letters("warning", status="sent") if "URGENT" in a.subject]
    assert len(urgent) == 1


def test_read_again_it_is_not_shouted_twice(office: Office) -> None:
    office.arrives(TUESDAY_NIGHT, Arriving(PHONE, "MARF", "Tonight."))
    office.pass_(TUESDAY_NIGHT)
    office.parts.mailbag.release(office.last.id)
    office.pass_("Wed 3 Jun 2026 9:00")
    assert office.last.state == "held"
    assert len([a for a in office.letters("warning") if "URGENT" in a.subject]) == 1


def test_beside_our_own_referral_the_case_is_opened_and_a_person_looks(office: Office) -> None:
    files = [REFERRAL, ("background.docx", paper("Multi-Agency Referral Form"))]
    office.arrives(TUESDAY_NIGHT, Arriving(PHONE, "JCR referral", "Both attached.", files))
    office.pass_(TUESDAY_NIGHT)
    assert office.parts.casebook.refs() == [REF]
    (urgent,) = (a for a in office.letters("warning", status="sent") if "URGENT" in a.subject)
    assert "beside a form of ours" in office.opened(urgent).text


@pytest.mark.parametrize("subject", ["MARF guidance", "Training: request for support", "Agenda: adult safeguarding"])
def test_mail_about_such_forms_is_no_alarm(office: Office, subject: str) -> None:
    office.arrives(TUESDAY_NIGHT, Arriving(PHONE, subject, "For information."))
    office.pass_(TUESDAY_NIGHT)
    assert not [a for a in office.letters("warning") if "URGENT" in a.subject]
