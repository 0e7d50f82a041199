"""What was not read for certain: a nil return that waits for a person, and the letter that names the rest."""

from __future__ import annotations

from collections.abc import Sequence
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from io import BytesIO

import pytest
from openpyxl import Workbook

from mailbot.demo.mails import Arriving, answer_subject, write
from mailbot.documents.reading import ocr
from tests.builders import at
from tests.documents.scan_files import form_page, saved
from tests.intake.office import ADDRESS, FORMS, NINE, PHONE, REF, REFERRAL, Office
from tests.intake.test_returns import TUESDAY, completed, status

ELEVEN = "Tue 2 Jun 2026 11:00"
POLICE = "review.team@westmarch-police.example"
RAR = b"Rar!\x1a\x07\x01\x00" + bytes(200)
File = tuple[str, str, bytes]
"""Name, content type, content."""

needs_ocr = pytest.mark.skipif(not ocr.available(), reason="not installed here: tesseract (apt-get install it)")


def scanned_return(involved: str) -> File:
    """A picture of a return of the police."""
    rows = [
        ("Name of agency", "Westmarch Police"),
        ("Name of child", "Rowan Castellane"),
        ("Has your agency been involved?", involved),
        ("Summary of involvement", "None." if involved == "No" else "Two calls to the home."),
        ("Key issues", "None"),
        ("Name of author", "Sgt A. Webb"),
    ]
    return "Rowan.png", "image/png", saved(form_page(rows), "PNG")


def hidden_sheet() -> File:
    """A workbook with a hidden sheet that is called after a child."""
    book = Workbook()
    book.create_sheet("Rowan Castellane").sheet_state = "hidden"
    packed = BytesIO()
    book.save(packed)
    return "Rowan.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", packed.getvalue()


def arrives(office: Office, mail: Arriving, files: Sequence[File], html: str = "", when: str = TUESDAY) -> None:
    """A mail with files of any kind, and perhaps an HTML body that shows the last of them, is worked through."""
    message = message_from_bytes(write(mail, ADDRESS, at(when)), policy=SMTP)
    assert isinstance(message, EmailMessage)
    if html:
        message.add_alternative(html, subtype="html")
    for name, kind, content in files:
        main, _, sub = kind.partition("/")
        message.add_attachment(
            content, maintype=main, subtype=sub, filename=name, cid="<shown@here>" if html else None
        )
    office.lay(message.as_bytes())
    office.pass_(when)


def from_the_police(office: Office, text: str = "Our return.", files: Sequence[tuple[str, bytes]] = ()) -> Arriving:
    """An answer of the police to its scoping letter."""
    letter = office.opened(next(a for a in office.letters("scoping") if a.agency == "police"))
    return Arriving(POLICE, answer_subject(letter), text, files, answers=letter)


def told(office: Office) -> list[str]:
    """The letters that ask the office to compare a mail with its original."""
    letters = [office.opened(a) for a in office.letters("question")]
    return [" ".join(a.text.split()) for a in letters if "compare a mail with its original" in a.subject]


@needs_ocr
def test_a_no_that_was_read_off_a_picture_waits_for_a_person_who_may_confirm_it(scoped: Office) -> None:
    arrives(scoped, from_the_police(scoped), [scanned_return("No")])
    assert (scoped.last.state, status(scoped, "police")) == ("held", "sent")
    assert "not read for certain" in scoped.last.reason
    assert scoped.letters("thanks") == []
    assert "not read for certain" in " ".join(scoped.opened(scoped.letters("warning")[-1]).text.split())

    scoped.parts.mailbag.release(scoped.last.id)
    scoped.pass_("Tue 2 Jun 2026 10:30")
    assert scoped.last.state == "held", "reading it again makes it no surer"

    scoped.parts.mailbag.release(scoped.last.id, REF)
    scoped.pass_(ELEVEN)
    assert (scoped.last.state, status(scoped, "police")) == ("handled", "nil")
    (letter,) = told(scoped)
    assert "whether the agency was involved" in letter


@needs_ocr
def test_a_person_who_says_only_whose_mail_it_is_has_not_confirmed_its_no(scoped: Office) -> None:
    arrives(scoped, Arriving("Who <who@elsewhere.example>", "Return", "Attached."), [scanned_return("No")])
    assert "not in the directory" in scoped.last.reason
    scoped.parts.mailbag.release(scoped.last.id, REF)
    scoped.pass_(ELEVEN)
    assert scoped.last.state == "held"
    assert status(scoped, "police") == "sent"


@needs_ocr
def test_answers_off_a_picture_are_recorded_and_listed_without_values_and_names(scoped: Office) -> None:
    arrives(scoped, from_the_police(scoped), [scanned_return("Yes")])
    assert scoped.last.state == "handled"
    (letter,) = told(scoped)
    assert "not for certain was read" in letter
    assert "a summary of involvement" in letter
    assert "check each answer against the original" in letter
    assert not [word for word in ("Rowan", "Castellane", "Webb", "Two calls") if word in letter]


def test_what_was_read_for_certain_is_told_to_nobody(scoped: Office) -> None:
    scoped.agency_answers(TUESDAY, "police", "Our return.", completed(scoped, "police"))
    assert scoped.last.state == "handled"
    assert told(scoped) == []


def test_a_hidden_sheet_beside_a_return_is_told_without_its_name(scoped: Office) -> None:
    arrives(scoped, from_the_police(scoped, files=completed(scoped, "police")), [hidden_sheet()])
    assert scoped.last.state == "handled"
    (letter,) = told(scoped)
    assert "A .xlsx file: A hidden sheet was not read." in letter
    assert "Rowan" not in letter


def test_of_very_many_doubts_twelve_are_told_and_the_others_counted(scoped: Office) -> None:
    archive = [(f"{number}.rar", "application/octet-stream", RAR) for number in range(3)]
    damaged = [
        (f"a.{end}", "application/octet-stream", b"")
        for end in ("doc", "docx", "pdf", "xls", "xlsx", "msg", "eml", "odt", "rtf", "png", "zip", "7z", "gif")
    ]
    arrives(scoped, from_the_police(scoped, files=completed(scoped, "police")), [*archive, *damaged])
    (letter,) = told(scoped)
    assert letter.count(" file: ") == 12
    assert "(3 times)" in letter
    assert "And 2 more" in letter


def test_the_damaged_files_beside_a_referral_are_told(office: Office) -> None:
    files = [("Plan.docx", "application/octet-stream", REFERRAL[1][:4000]), ("Papers.rar", "application/x-rar", RAR)]
    arrives(office, Arriving(PHONE, "JCR referral", "Attached.", [REFERRAL]), files, when=NINE)
    assert (office.last.state, office.case.stage) == ("handled", "scoping")
    (letter,) = told(office)
    assert "A .docx file: " in letter and "A .rar file: " in letter
    assert "Plan" not in letter and "Papers" not in letter


def test_the_damaged_file_beside_a_notification_is_told(referred: Office) -> None:
    form = ("Notification.docx", (FORMS / "notification.docx").read_bytes())
    mail = Arriving(PHONE, f"Notification {REF}", "Attached.", [form])
    arrives(referred, mail, [("Papers.rar", "application/x-rar", RAR)])
    assert (referred.last.state, len(referred.case.notification) > 0) == ("handled", True)
    (letter,) = told(referred)
    assert "A .rar file: " in letter


def test_a_return_in_a_mail_that_stops_before_its_end_is_told(scoped: Office) -> None:
    raw = write(from_the_police(scoped, files=completed(scoped, "police")), ADDRESS, at(TUESDAY))
    scoped.lay(raw[: raw.rindex(b"\r\n--")])
    scoped.pass_(TUESDAY)
    assert scoped.last.state == "handled"
    (letter,) = told(scoped)
    assert "The mail stops before its end; something may be missing." in letter


def test_polite_words_in_a_mail_that_stops_before_its_end_wait_for_a_person(scoped: Office) -> None:
    raw = write(from_the_police(scoped, "Thank you, received.", completed(scoped, "police")), ADDRESS, at(TUESDAY))
    scoped.lay(raw[: raw.index(b"\r\n--", raw.index(b"Thank you, received."))])
    scoped.pass_(TUESDAY)
    assert scoped.last.state == "held"
    assert "The mail stops before its end" in scoped.last.reason


@needs_ocr
def test_a_page_shown_in_the_body_of_a_mail_is_read_and_a_paper_of_the_case(scoped: Office) -> None:
    name, kind, content = scanned_return("Yes")
    content += bytes(max(0, 60_000 - len(content)))
    arrives(
        scoped, from_the_police(scoped, "See below."), [(name, kind, content)], '<p><img src="cid:shown@here"></p>'
    )
    assert scoped.last.state == "handled"
    assert [paper.name for paper in scoped.case.requests["police"].papers] == [name]
