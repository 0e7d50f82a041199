"""Rows 11 and 12 of the layouts: fillable, printed and scanned PDFs, and what we ask agencies to send."""

from __future__ import annotations

import shutil

import pytest

from mailbot.documents.reading import read_document
from tests.intake.office import Office
from tests.layouts.forms import read, told, values
from tests.layouts.pages import PAGE, PRINTED, fillable, printed, scanned

ANSWERS = {
    "referrer_name": "Cerys Vaughan-Pope",
    "referrer_role": "Health visitor",
    "referrer_agency": "Westmarch Community Health",
    "child_name": "Idris Marwood",
    "child_dob": "2021-11-22",
    "school_or_setting": "Harbour Infants",
}
needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")


def test_layout_11_the_fields_of_a_fillable_pdf() -> None:
    """Row 11: saved, filled and mailed: what was typed is in the form fields, not in the text of the page."""
    form = read(
        fillable(
            PAGE + "*Rapid Review Referral Form*",
            {
                "Name of referrer": ("", "Jo Field"),
                "Text2": ("Agency", "Harbour School"),
                "child_dob": ("", "22/11/2021"),
                "School": ("", ""),
                "Outline of the incident": ("", "A fall."),
            },
        ),
        "form.pdf",
    )

    assert form.kind == "referral"
    assert values(form) == {
        "referrer_name": "Jo Field",
        "referrer_agency": "Harbour School",
        "child_dob": "2021-11-22",
        "incident_summary": "A fall.",
    }
    assert form.blank == ("school_or_setting",)


def test_layout_11_a_word_form_printed_to_pdf() -> None:
    """Row 11: ruled tables, two pairs in a row, empty cells; there are no form fields."""
    form = read(printed(PRINTED), "form.pdf")

    assert form.kind == "referral"
    assert values(form) == ANSWERS
    assert set(form.blank) == {"referrer_phone", "child_gender"}
    assert told(form) == []


def test_layout_11_a_pdf_without_its_name_is_known_by_its_bytes() -> None:
    """Row 11: sent as octet-stream, under a name that says Word."""
    assert values(read(printed(PRINTED), "form.doc")) == ANSWERS


@needs_tesseract
def test_layout_11_a_scan_is_read_and_never_sure() -> None:
    """Row 11: no text layer: read off the picture, each answer unsure, and a person is told."""
    form = read(scanned(printed(PRINTED)), "scan.pdf")

    assert form.kind == "referral"
    assert "scanned" in told(form)
    assert form.fields and not any(answer.sure for answer in form.fields.values())
    assert values(form) == ANSWERS
    assert set(form.blank) == {"referrer_phone", "child_gender"}


@needs_tesseract
def test_layout_11_a_page_of_scribble_gives_no_answers() -> None:
    """Row 11: handwriting that nobody can read is told, and nothing is made of it."""
    strokes = "".join(
        f"#place(dx: {3 * n % 12}cm, dy: {n * 0.7}cm, line(length: {2 + n % 4}cm, angle: {17 * n}deg))\n"
        for n in range(20)
    )
    document = read_document(scanned(printed(PAGE + strokes)), "scan.pdf")
    form = read(scanned(printed(PAGE + strokes)), "scan.pdf")

    assert document.problems
    assert values(form) == {}
    assert form.tables == {}


def test_layout_12_the_letter_says_what_may_be_sent_and_brings_word_files(scoped: Office) -> None:
    """Row 12: some areas refuse PDF: the letter names the formats that are taken, its templates are Word files."""
    letter = scoped.opened(scoped.letters("scoping")[0])

    assert "in any format: Word, PDF, Excel, or typed into the reply" in " ".join(letter.text.split())
    templates = [file.name for file in letter.attachments if "template" in file.name]
    assert len(templates) == 2
    assert all(name.endswith(".docx") for name in templates)


def test_layout_11_a_text_printed_from_a_service_keeps_an_answer_whole_over_the_page() -> None:
    """Row 11: saved as plain text: the next page's head stands in the middle of an answer, and a label is wrapped."""
    head, rule = "INCIDENT NOTIFICATIONS                             Page {} of 2", "-" * 70
    form = read(
        "\n".join(
            [
                head.format(1),
                rule,
                "Serious incident notification",
                "",
                "Notification reference            N-114",
                "Local authority                   Westmarch Council",
                "Case outline                      He was seen on Monday and was",
                "",
                head.format(2),
                rule,
                "                                  well. Date of birth: see above.",
                "Does this meet the threshold for  Yes",
                "a rapid review?",
                "Media interest                    No",
            ]
        ).encode(),
        "print.txt",
    )

    assert form.kind == "notification"
    assert values(form) == {
        "sin_ref": "N-114",
        "la_name": "Westmarch Council",
        "case_outline": "He was seen on Monday and was well. Date of birth: see above.",
        "threshold_for_rr": "yes",
        "media_interest": "no",
    }
    assert told(form) == []


@pytest.mark.parametrize("foot", ["RR1 v3 #h(1fr) Page {} of 2", "RR1 v3 Page {} of 2", "Page {} of 2 when printed"])
def test_layout_11_an_answer_goes_on_behind_the_foot_of_a_printed_page(foot: str) -> None:
    """Row 11: the number of the page, also beside other words, neither cuts an answer nor gets into it."""
    pages = ["*Outline of the incident*\n\nHe was seen on Monday.", "He was well on Tuesday.\n\n*Media interest:* No"]
    source = "\n#pagebreak()\n".join(
        f"#set page(footer: [{foot.format(n)}])\n{page}" for n, page in enumerate(pages, 1)
    )
    form = read(printed(PAGE + "= Rapid Review Referral Form\n*Name of referrer:* Jo Field\n\n" + source), "form.pdf")

    assert values(form) == {
        "referrer_name": "Jo Field",
        "incident_summary": "He was seen on Monday. He was well on Tuesday.",
        "media_interest": "no",
    }
    assert told(form) == []
