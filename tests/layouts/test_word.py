"""Rows 3, 7, 10 and 23 of the layouts: what Word wraps around an answer, and what only looks like one."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailbot.documents.reading import read_document
from tests.documents.word_files import cell, control, legacy_field, paragraph, run, table
from tests.layouts.forms import BOLD, CONVERTER, REFERRAL, RETURN, read, read_word, told, values

FILES = Path(__file__).parent / "files"
FIRST, SECOND = "Saffron Eldridge", "05/10/2010"
PROMPT = "Click or tap here to enter text."
EN_SPACES = "\u2002" * 5


def test_layout_03_typed_behind_the_colon_over_underscores_and_dots() -> None:
    """Row 3: `Date of referral: ______`, typed over or not, two on a line, dots for underscores."""
    form = read_word(
        REFERRAL
        + paragraph("Date of referral: __03/02/2026____")
        + paragraph("Name of referrer: Jo Field……………  Designation: ____________")
        + paragraph("Agency:____Harbour School____")
        + paragraph("Name of child……Idris Marwood……")
        + paragraph("Religion: ………………………")
        + paragraph("Tel No.: ")
    )

    assert values(form) == {
        "date_of_referral": "2026-02-03",
        "referrer_name": "Jo Field",
        "referrer_agency": "Harbour School",
        "child_name": "Idris Marwood",
    }
    assert set(form.blank) == {"referrer_role", "child_religion", "referrer_phone"}


def test_layout_03_the_label_above_and_the_answer_below() -> None:
    """Row 3: a label alone on its line, the answer in the lines below it, and one that nobody answered."""
    form = read_word(
        RETURN
        + paragraph(run("Name of agency", BOLD))
        + paragraph("Harbour Housing")
        + paragraph(run("Summary of involvement", BOLD))
        + paragraph("Two visits about damp.")
        + paragraph("The family moved in March.")
        + paragraph(run("Key issues", BOLD))
        + paragraph(run("Good practice", BOLD))
        + paragraph("The officer rang the school.")
    )

    assert values(form) == {
        "agency_name": "Harbour Housing",
        "involvement_summary": "Two visits about damp. The family moved in March.",
        "good_practice": "The officer rang the school.",
    }
    assert set(form.blank) == {"key_issues"}


@pytest.mark.parametrize(
    "row",
    [
        [cell(paragraph("Name of child")), control(cell(FIRST)), cell("Date of birth"), cell(SECOND)],
        ["Name of child", cell(control(paragraph(FIRST))), "Date of birth", cell(control(paragraph(SECOND)))],
        [
            "Name of child",
            cell(paragraph(control(run(FIRST)))),
            "Date of birth",
            cell(paragraph(control(run(SECOND)))),
        ],
        [
            "Name of child",
            control(control(cell(FIRST))),
            "Date of birth",
            control(cell(paragraph(control(run(SECOND))))),
        ],
        [control(cell("Name of child")), control(cell(FIRST)), control(cell("Date of birth")), control(cell(SECOND))],
    ],
    ids=["around a cell", "around a paragraph", "around words", "around one another", "around every cell"],
)
def test_layout_07_a_content_control_does_not_shift_the_row(row: list[str]) -> None:
    """Row 7: a cell wrapped in a `w:sdt` is dropped by other readers, and its row moves one to the left."""
    form = read_word(REFERRAL + table(["Referrer", "Jo Field", "School", ""], row))

    assert values(form) == {"referrer_name": "Jo Field", "child_name": FIRST, "child_dob": "2010-10-05"}
    assert set(form.blank) == {"school_or_setting"}


def test_layout_07_a_control_around_a_row_and_one_around_the_table() -> None:
    """Row 7: `w:sdt` between table and row, and around a whole table."""
    rows = table(["Referrer", "Jo Field"], ["Name of child", FIRST], ["Date of birth", SECOND])
    middle = rows.index("<w:tr>", 10)
    end = rows.index("</w:tr>", middle) + len("</w:tr>")
    wrapped = rows[:middle] + control(rows[middle:end]) + rows[end:]

    for body in (wrapped, control(rows), control(wrapped)):
        form = read_word(REFERRAL + body)
        assert values(form) == {"referrer_name": "Jo Field", "child_name": FIRST, "child_dob": "2010-10-05"}
        assert form.blank == ()


@pytest.mark.parametrize(
    "prompt",
    [
        control(run(PROMPT), "<w:showingPlcHdr/>"),
        control(run(PROMPT, '<w:rStyle w:val="PlaceholderText"/>')),
        control(run("Choose an item."), "<w:showingPlcHdr/><w:dropDownList/>"),
        control(run("Click or tap to enter a date."), "<w:showingPlcHdr/><w:date/>"),
        run(PROMPT),
    ],
    ids=["marked", "styled", "drop-down", "date", "left as plain words"],
)
def test_layout_07_a_prompt_is_no_answer(prompt: str) -> None:
    """Row 7: placeholder text that still shows means that nobody answered."""
    form = read_word(
        REFERRAL + table(["Referrer", "Jo Field"], ["School", cell(paragraph(prompt))], ["GP", "Mill Lane Surgery"])
    )

    assert values(form) == {"referrer_name": "Jo Field", "gp": "Mill Lane Surgery"}
    assert set(form.blank) == {"school_or_setting"}


def test_layout_07_the_tag_of_our_own_control_names_the_field() -> None:
    """Row 7: on our own form the control's tag says which field it is, whatever is printed beside it."""
    named = control(run("Kit Farrow"), '<w:tag w:val="signed_off_by"/>')
    form = read_word(
        RETURN
        + table(
            ["Agency", "Harbour Housing"], ["Name", cell(paragraph(named))], ["Key issues", ""], ["Good practice", ""]
        )
    )

    assert values(form) == {"agency_name": "Harbour Housing", "signed_off_by": "Kit Farrow"}
    assert set(form.blank) == {"key_issues", "good_practice"}


def test_layout_10_the_cells_of_an_old_doc_stay_apart() -> None:
    """Row 10: a binary .doc of a council, whose cells ran together as `AgencyNamePoliceHealth` elsewhere."""
    if not CONVERTER.available:
        pytest.skip("LibreOffice is not installed")
    form = read((FILES / "10-agencies.doc").read_bytes(), "10-agencies.doc")

    assert form.kind == "referral"
    assert values(form) == {"referrer_name": "Jo Field", "referrer_agency": "Harbour School"}
    assert set(form.blank) == {"referrer_phone"}
    assert form.tables == {
        "agencies_involved": (
            {"agency": "Police", "name": "DS Una Pryce", "contact": "01632 960117"},
            {"agency": "Health", "name": "Ola Brandt"},
            {"agency": "Social Work", "contact": "01632 960118"},
        )
    }


def test_layout_10_without_libreoffice_an_old_doc_is_told_and_nothing_is_read() -> None:
    """Row 10: what cannot be converted goes to a person with the reason, not silently."""
    document = read_document((FILES / "10-agencies.doc").read_bytes(), "10-agencies.doc")

    assert document.blocks == ()
    (problem,) = document.problems
    assert problem.problem == "not_supported"
    assert "LibreOffice" in problem.message


def test_layout_23_a_form_field_of_en_spaces_is_empty() -> None:
    """Row 23: a legacy FORMTEXT that nobody filled shows five en spaces (U+2002)."""
    name, blank = '<w:name w:val="Text1"/><w:textInput/>', '<w:name w:val="Text2"/><w:textInput/>'
    form = read_word(
        REFERRAL
        + table(
            ["Referrer", cell(paragraph(legacy_field(name, run("Jo Field"))))],
            ["School", cell(paragraph(legacy_field(blank, run(EN_SPACES))))],
            ["GP", cell(paragraph(run(EN_SPACES)))],
        )
    )

    assert values(form) == {"referrer_name": "Jo Field"}
    assert set(form.blank) == {"school_or_setting", "gp"}


@pytest.mark.parametrize("mask", ["/  /", "  /  /  ", "__/__/____", "dd/mm/yyyy", "DD / MM / YY", "   /   /20   "])
def test_layout_23_a_bare_date_mask_is_empty(mask: str) -> None:
    """Row 23: a printed `/  /` is where a date goes, and no date."""
    form = read_word(REFERRAL + table(["Referrer", "Jo Field"], ["Date of birth", mask], ["Date of incident", mask]))

    assert values(form) == {"referrer_name": "Jo Field"}
    assert set(form.blank) == {"child_dob", "date_of_incident"}
    assert told(form) == []


@pytest.mark.parametrize("printed", ["Y / N / Not Known", "Yes/No/NK", "Yes / No", "Y/N (delete as appropriate)"])
def test_layout_23_printed_choices_are_empty(printed: str) -> None:
    """Row 23: `Y / N / Not Known` as printed was answered by nobody."""
    form = read_word(REFERRAL + table(["Referrer", "Jo Field"], ["CP plan", printed], ["Media interest", "No"]))

    assert values(form) == {"referrer_name": "Jo Field", "media_interest": "no"}
    assert set(form.blank) == {"cp_plan"}


@pytest.mark.parametrize(
    ("chosen", "value"),
    [("", ""), ('<w:result w:val="2"/>', "no"), ('<w:result w:val="0"/>', "")],
    ids=["never touched", "the third entry", "set back to the prompt"],
)
def test_layout_23_an_untouched_drop_down_is_empty(chosen: str, value: str) -> None:
    """Row 23: a legacy drop-down shows its first entry though nobody chose it."""
    entries = "".join(f'<w:listEntry w:val="{one}"/>' for one in ("Please select", "Yes", "No"))
    field = legacy_field(f"<w:ddList>{chosen}{entries}</w:ddList>", run("Please select"))
    form = read_word(REFERRAL + table(["Referrer", "Jo Field"], ["Media interest", cell(paragraph(field))]))

    assert form.get("media_interest") == value
    assert ("media_interest" in form.blank) is not bool(value)
    assert told(form) == []


def test_layout_23_an_untouched_drop_down_whose_first_entry_reads_like_an_answer_is_empty() -> None:
    """Row 23: the first entry is `Yes`, and shows by itself: only what was chosen counts."""
    entries = "".join(f'<w:listEntry w:val="{one}"/>' for one in ("Yes", "No"))
    untouched = legacy_field(f"<w:ddList>{entries}</w:ddList>", run("Yes"))
    chosen = legacy_field(f'<w:ddList><w:result w:val="0"/>{entries}</w:ddList>', run("Yes"))
    form = read_word(
        REFERRAL
        + table(
            ["Referrer", "Jo Field"],
            ["Media interest", cell(paragraph(untouched))],
            ["CP plan", cell(paragraph(chosen))],
        )
    )

    assert values(form) == {"referrer_name": "Jo Field", "cp_plan": "yes"}
    assert set(form.blank) == {"media_interest"}
