"""Rows 5, 6 and 22 of the layouts: parts for other people, long print before the first answer, papers of others."""

from __future__ import annotations

import pytest

from tests.documents.word_files import cell, paragraph, run, table
from tests.layouts.forms import BOLD, REFERRAL, read_word, told, values

SHADED = '<w:shd w:val="clear" w:fill="C6D9F1"/>'
TWO_PARTS = paragraph(run("Referral and agency return for a Rapid Review", BOLD))
CRITERIA = (
    "A local authority in England that knows or suspects that a child has been abused or neglected must notify the "
    "Panel if (a) the child dies or is seriously harmed in the local authority's area, or (b) while normally "
    "resident there, the child dies or is seriously harmed outside England.",
    "Serious harm includes, but is not limited to, serious or long-term impairment of a child's mental health or "
    "intellectual, emotional, social or behavioural development. It should also cover impairment of physical health.",
    "The name of the child must be given in full, and the date of the incident as exactly as it is known. Records "
    "should be secured at once. The reason for referral should say how the criteria are met.",
)


def heading(text: str) -> str:
    return paragraph(run(text, BOLD))


def test_layout_05_the_chairs_part_is_not_read() -> None:
    """Row 5: Sections 2 to 4 are for the sub-group and the chair; part-filled, they are nobody's answer."""
    form = read_word(
        REFERRAL
        + heading("Section 1 – To be completed by the referrer")
        + table(
            ["Name of referrer", "Jo Field"], ["Agency", "Harbour School"], ["Outline of the incident", "A fall."]
        )
        + heading("Section 2 – To be completed by the Business Unit")
        + table(["Ref No", "SCP/2026/014"], ["Date referral received", "04/02/2026"], ["Name", "Una Clerk"])
        + heading("Section 3 – Sub-group recommendation")
        + table(["Reason for referral", "Criteria met."], ["Name", "Kit Farrow"], ["Date of incident", "01/01/2026"])
        + heading("Section 4 – Decision of the chair")
        + table(["Role", "Independent chair"], ["Email", "chair@westmarchscp.example"])
    )

    assert form.kind == "referral"
    assert values(form) == {
        "referrer_name": "Jo Field",
        "referrer_agency": "Harbour School",
        "incident_summary": "A fall.",
        "case_ref": "SCP/2026/014",
    }
    assert form.blank == ()


def test_layout_05_office_use_only_in_the_same_table() -> None:
    """Row 5: the office's block is some rows of the one big table; what follows it is the referrer's again."""
    across = '<w:gridSpan w:val="2"/>'
    form = read_word(
        REFERRAL
        + table(
            [cell(heading("Office use only"), across)],
            ["Ref No", "SCP/2026/015"],
            ["Name", "Una Clerk"],
            ["Date of death", "02/02/2026"],
            [cell(heading("Details of referrer"), across)],
            ["Name", "Jo Field"],
            ["Agency", ""],
        )
    )

    assert values(form) == {"case_ref": "SCP/2026/015", "referrer_name": "Jo Field"}
    assert form.blank == ("referrer_agency",)


@pytest.mark.parametrize(
    ("first", "second", "kind", "read"),
    [
        (True, False, "referral", {"referrer_name": "Jo Field", "incident_summary": "A fall."}),
        (
            False,
            True,
            "scoping_return",
            {"agency_name": "Harbour Housing", "had_involvement": "yes", "involvement_summary": "Two visits."},
        ),
    ],
    ids=["only the referral", "only the agency's part"],
)
def test_layout_05_a_form_of_two_parts_is_what_was_filled(
    first: bool, second: bool, kind: str, read: dict[str, str]
) -> None:
    """Row 5: one file is both referral (part 1) and agency return (part 2): the part that is filled says which."""

    def if_(filled: bool, text: str) -> str:
        return text if filled else ""

    form = read_word(
        TWO_PARTS
        + heading("Part 1 – Referral")
        + table(
            ["Name of referrer", if_(first, "Jo Field")],
            ["Date of incident", ""],
            ["Outline of the incident", if_(first, "A fall.")],
            ["Reason for referral", ""],
        )
        + heading("Part 2 – For completion by the responding organisation")
        + table(
            ["Agency", if_(second, "Harbour Housing")],
            ["Has your agency had any involvement?", if_(second, "Yes")],
            ["Summary of involvement", if_(second, "Two visits.")],
            ["Key issues", ""],
        )
    )

    assert form.kind == kind
    assert values(form) == read


def test_layout_05_the_block_that_we_prefilled_comes_back_and_changes_nothing() -> None:
    """Row 5: `from referral information` is ours; of it only reference, child and date of birth are read."""
    form = read_word(
        heading("Initial scoping return")
        + heading("For completion by Case Review Subgroup – from referral information")
        + table(
            ["Name of child", "Idris Marwood"],
            ["Date of birth", "22/11/2021"],
            ["Ref", "RR-2026-001"],
            ["Name", "Una Clerk"],
            ["Background", "As in the referral."],
            ["Telephone", "01632 960100"],
        )
        + heading("For completion by the responding organisation")
        + table(["Agency", "Harbour Housing"], ["Telephone", ""], ["Background", ""], ["Key issues", "Damp."])
    )

    assert form.kind == "scoping_return"
    assert values(form) == {
        "child_name": "Idris Marwood",
        "child_dob": "2021-11-22",
        "case_ref": "RR-2026-001",
        "agency_name": "Harbour Housing",
        "key_issues": "Damp.",
    }
    assert set(form.blank) == {"author_phone", "background"}


def test_layout_06_the_first_answer_may_stand_on_page_three() -> None:
    """Row 6: criteria, quotations of Working Together and instructions fill pages before the first question."""
    law = "".join(paragraph(one) for one in CRITERIA * 12)
    form = read_word(
        REFERRAL
        + heading("Guidance")
        + law
        + '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
        + heading("Details of referrer")
        + table(["Name", "Jo Field"], ["Email", ""], ["Date of referral", "03/02/2026"])
        + heading("Details of the incident")
        + table(
            ["Date of incident", "28/01/2026"], ["Outline of the incident", "A fall."], ["Reason for referral", ""]
        )
    )

    assert form.kind == "referral"
    assert values(form) == {
        "referrer_name": "Jo Field",
        "date_of_referral": "2026-02-03",
        "date_of_incident": "2026-01-28",
        "incident_summary": "A fall.",
    }
    assert set(form.blank) == {"referrer_email", "criteria_rationale"}


def test_layout_06_sections_told_apart_by_colour_alone() -> None:
    """Row 6: shaded rows are headings, white rows are questions; the colour is no label."""
    across = f'<w:gridSpan w:val="2"/>{SHADED}'
    form = read_word(
        REFERRAL
        + table(
            [cell("About you", across)],
            [cell("Name", SHADED), "Jo Field"],
            [cell("Job title", SHADED), ""],
            [cell("About the child", across)],
            [cell("Name", SHADED), "Idris Marwood"],
            [cell("Date of birth", SHADED), "22/11/2021"],
        )
    )

    assert values(form) == {"referrer_name": "Jo Field", "child_name": "Idris Marwood", "child_dob": "2021-11-22"}
    assert form.blank == ("referrer_role",)
    assert told(form) == []


def test_layout_06_a_long_label_with_its_guidance_keeps_its_answer() -> None:
    """Row 6: the question's own cell goes on with a paragraph of guidance."""
    asked = cell(heading("Reason for referral") + paragraph(CRITERIA[1]))
    form = read_word(
        REFERRAL + table(["Name of referrer", "Jo Field"], [asked, "Neglect is suspected."], ["School", ""])
    )

    assert values(form) == {"referrer_name": "Jo Field", "criteria_rationale": "Neglect is suspected."}
    assert form.blank == ("school_or_setting",)


def test_layout_06_a_question_known_by_its_beginning_ends_before_the_answer_in_its_cell() -> None:
    """Row 6: question, guidance and answer in one cell; of the label only the beginning is in the definition."""
    asked = heading("Has the service worked with the child's family?") + paragraph("Yes")
    form = read_word(
        heading("Template for Initial Scoping and Information Sharing")
        + table(["Name of agency", "Ropewalk Trust"], [cell(asked)], ["Key issues", "None known."])
    )

    assert form.get("had_involvement") == "yes"


@pytest.mark.parametrize(
    "title",
    [
        "Multi-Agency Referral Form (MARF)",
        "Request for Support",
        "Safeguarding Adults Referral Form",
        "Safeguarding Adults Review (SAR) Referral",
        "Early Help Assessment",
        "Minutes of the strategy meeting",
    ],
)
def test_layout_22_a_live_referral_is_no_form_of_ours(title: str) -> None:
    """Row 22: it asks for a child, a referrer and an agency as ours does: its title says that it is another paper."""
    form = read_word(
        heading(title)
        + table(
            ["Name of child", "Wilfred Oakhanger"],
            ["Date of birth", "03/04/2021"],
            ["NHS number", "999 000 0018"],
            ["Home address", "4 Ropewalk, Westmarch"],
            ["Name of referrer", "Ola Brandt"],
            ["Agency", "Meadowbank Nursery"],
        )
    )

    assert form.kind == "other"
    assert values(form) == {}
    assert form.because
