"""Rows 1, 2, 4 and 9 of the layouts: where in a table an answer stands, and whose it is."""

from __future__ import annotations

from tests.documents.word_files import cell, paragraph, run, table, word_file
from tests.layouts.forms import BOLD, REFERRAL, RETURN, read, read_word, told, values

MERGED_DOWN, GOES_ON = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
COMMENTS = '<w:comment w:author="KF">Is this the right school? Harbour Academy, I think.</w:comment>'


def wide(text: str, columns: int, look: str = "") -> str:
    """A cell across several columns."""
    return cell(paragraph(run(text, look)), f'<w:gridSpan w:val="{columns}"/>')


def test_layout_01_two_pairs_in_one_row_keep_to_their_labels() -> None:
    """Row 1: `label | value` twice in a row. A blank in the first pair is not filled from the second."""
    form = read_word(
        REFERRAL
        + table(
            ["Name of referrer", "Cerys Vaughan-Pope", "Designation", "Health visitor"],
            ["Tel No.", "", "Email", "c.pope@westmarch-community.example"],
            ["Agency", "Westmarch Community Health", "Date of referral", ""],
        )
    )

    assert form.kind == "referral"
    assert values(form) == {
        "referrer_name": "Cerys Vaughan-Pope",
        "referrer_role": "Health visitor",
        "referrer_email": "c.pope@westmarch-community.example",
        "referrer_agency": "Westmarch Community Health",
    }
    assert set(form.blank) == {"referrer_phone", "date_of_referral"}
    assert told(form) == []


def test_layout_01_the_answers_may_stand_in_the_row_below() -> None:
    """Row 1: a row of labels, the row below has the answers, one of them empty; then pairs side by side again."""
    form = read_word(
        REFERRAL
        + table(
            ["Tel No.", "Email", "Date of referral"],
            ["01632 960114", "", "03/02/2026"],
            ["Name of child", "Date of birth", "Gender"],
            ["Idris Marwood", "22/11/2021", "M"],
        )
        + table(["Agency", "Harbour School", "Designation", "Head teacher"])
    )

    assert values(form) == {
        "referrer_phone": "01632 960114",
        "date_of_referral": "2026-02-03",
        "child_name": "Idris Marwood",
        "child_dob": "2021-11-22",
        "child_gender": "Male",
        "referrer_agency": "Harbour School",
        "referrer_role": "Head teacher",
    }
    assert set(form.blank) == {"referrer_email"}


def test_layout_01_pairs_and_a_row_of_labels_in_one_table() -> None:
    """Row 1: the same table goes from pairs side by side to labels above their answers, and back."""
    form = read_word(
        REFERRAL
        + table(
            ["Name of referrer", "Jo Field", "Tel No.", "01632 960115"],
            ["Name of child", "Date of birth", "Gender", "NHS number"],
            ["Idris Marwood", "22/11/2021", "", "999 000 0018"],
            ["School", "Harbour Infants", "Religion", ""],
        )
    )

    assert values(form) == {
        "referrer_name": "Jo Field",
        "referrer_phone": "01632 960115",
        "child_name": "Idris Marwood",
        "child_dob": "2021-11-22",
        "nhs_number": "9990000018",
        "school_or_setting": "Harbour Infants",
    }
    assert set(form.blank) == {"child_gender", "child_religion"}


def test_layout_02_a_header_and_rows_that_stay_blank() -> None:
    """Row 2: a header row and four rows for people, of which one is filled, with a gap before it."""
    siblings = table(
        ["Name", "Date of birth", "Gender", "Relationship to child", "School"],
        ["", "", "", "", ""],
        ["Nia Marwood", "", "F", "Sister", "Harbour School"],
        ["", "", "", "", ""],
        ["", "", "", "", ""],
    )
    form = read_word(
        REFERRAL
        + table(["Name of referrer", "Jo Field"])
        + paragraph(run("Siblings", BOLD))
        + siblings
        + table(["School", "", "GP", "Mill Lane Surgery"])
    )

    assert form.tables == {
        "siblings_household": (
            {"name": "Nia Marwood", "gender": "Female", "relationship": "Sister", "school": "Harbour School"},
        )
    }
    assert values(form) == {"referrer_name": "Jo Field", "gp": "Mill Lane Surgery"}
    assert set(form.blank) == {"school_or_setting"}


def test_layout_02_child_one_to_four_with_the_referrer_in_the_columns_at_the_right() -> None:
    """Row 2: the rows are named Child 1 ... Child 4; the last two columns of the same table ask for the referrer."""
    form = read_word(
        REFERRAL
        + table(
            ["", "Name", "Date of birth", "Gender", wide("Referrer details", 2, BOLD)],
            ["Child 1", "Idris Marwood", "22/11/2021", "M", "Name of referrer", "Jo Field"],
            ["Child 2", "Nia Marwood", "03/05/2019", "", "Agency", "Harbour School"],
            ["Child 3", "", "", "", "Tel No.", ""],
            ["Child 4", "", "", "", "Email", "j.field@harbour.example"],
        )
    )

    assert form.tables["children"] == (
        {"name": "Idris Marwood", "date_of_birth": "2021-11-22", "gender": "Male"},
        {"name": "Nia Marwood", "date_of_birth": "2019-05-03"},
    )
    assert values(form) == {
        "referrer_name": "Jo Field",
        "referrer_agency": "Harbour School",
        "referrer_email": "j.field@harbour.example",
    }
    assert "referrer_phone" in form.blank


def test_layout_02_two_people_of_a_blank_table_are_two_rows() -> None:
    """Row 2: first and family names in columns of their own; a person known by one of them is no empty row."""
    parents = table(
        ["Surname", "Forename", "DOB", "Relationship to child", "Tick if P.R."],
        ["Marwood", "Lowri", "08.08.96", "Mother", "☒"],
        ["Tuck", "", "", "Father", "☐"],
        ["", "", "", "", "☐"],
    )
    form = read_word(REFERRAL + table(["Referrer", "Jo Field"]) + paragraph(run("Parents/carers", BOLD)) + parents)

    assert form.tables == {
        "parents_carers": (
            {"name": "Lowri Marwood", "date_of_birth": "1996-08-08", "relationship": "Mother"},
            {"name": "Tuck", "relationship": "Father"},
        )
    }
    assert values(form) == {"referrer_name": "Jo Field"}


def test_layout_04_one_cell_for_address_telephone_and_email() -> None:
    """Row 4: `CONTACT DETAILS – Address, telephone number and e-mail address` is one cell."""
    contact = "Harbour House, 4 Quay Street, Westmarch WB5 1QE\nTel 01632 960116\nE: jo.field@harbour.example"
    lines = cell("".join(paragraph(line) for line in contact.splitlines()))
    form = read_word(
        REFERRAL
        + table(
            ["Referrer", "Jo Field"],
            ["CONTACT DETAILS – Address, telephone number and e-mail address", lines],
            ["Home address", "9 Ropewalk, Westmarch WB2 3AB"],
        )
    )

    assert values(form) == {
        "referrer_name": "Jo Field",
        "referrer_phone": "01632 960116",
        "referrer_email": "jo.field@harbour.example",
        "child_address": "9 Ropewalk, Westmarch WB2 3AB",
    }


def test_layout_04_a_half_filled_contact_cell_leaves_the_rest_blank() -> None:
    """Row 4: the cell holds a telephone number and no address of mail."""
    form = read_word(REFERRAL + table(["Referrer", "Jo Field"], ["Tel/email", "07700 900321"], ["Agency", ""]))

    assert values(form) == {"referrer_name": "Jo Field", "referrer_phone": "07700 900321"}
    assert set(form.blank) == {"referrer_email", "referrer_agency"}


def test_layout_09_a_cell_merged_across_is_read_once() -> None:
    """Row 9: the summary's cell is merged over three columns, the heading over four."""
    form = read_word(
        REFERRAL
        + table(
            [wide("Details of the incident", 4, BOLD)],
            ["Date of incident", "28/05/2026", "Location of incident", "Home"],
            ["Outline of the incident", wide("Found unresponsive in the morning.", 3)],
            ["Name of referrer", wide("Jo Field", 3)],
        )
    )

    assert values(form) == {
        "date_of_incident": "2026-05-28",
        "incident_location": "Home",
        "incident_summary": "Found unresponsive in the morning.",
        "referrer_name": "Jo Field",
    }
    assert told(form) == []


def test_layout_09_a_heading_merged_down_the_side_is_no_label() -> None:
    """Row 9: `Referrer` stands once, merged down beside three pairs."""
    form = read_word(
        REFERRAL
        + table(
            [cell("Referrer", MERGED_DOWN), "Name", "Jo Field"],
            [cell("<w:p/>", GOES_ON), "Agency", ""],
            [cell("<w:p/>", GOES_ON), "Email", "jo@harbour.example"],
            [cell("Child", MERGED_DOWN), "Name", "Idris Marwood"],
            [cell("<w:p/>", GOES_ON), "Date of birth", "22/11/2021"],
        )
    )

    assert values(form) == {
        "referrer_name": "Jo Field",
        "referrer_email": "jo@harbour.example",
        "child_name": "Idris Marwood",
        "child_dob": "2021-11-22",
    }
    assert set(form.blank) == {"referrer_agency"}


def test_layout_09_a_family_table_nested_in_a_cell() -> None:
    """Row 9: the family stands in a table inside the cell beside `Parents and carers`."""
    family = table(
        ["Name", "Relationship", "DOB"],
        ["Lowri Marwood", "Mother", "08/08/1996"],
        ["", "", ""],
    )
    form = read_word(
        REFERRAL
        + table(
            ["Referrer", "Jo Field"],
            ["Parents and carers", cell(family + "<w:p/>")],
            ["School", "Harbour Infants"],
        )
    )

    assert form.tables == {
        "parents_carers": ({"name": "Lowri Marwood", "relationship": "Mother", "date_of_birth": "1996-08-08"},)
    }
    assert values(form) == {"referrer_name": "Jo Field", "school_or_setting": "Harbour Infants"}


def test_layout_09_a_text_box_and_the_page_header_carry_reference_and_marking() -> None:
    """Row 9: the reference in a text box (stored twice, for new and old Word), the marking in the page header."""
    words = "<w:txbxContent>" + paragraph("Ref No: SCP/2026/014") + "</w:txbxContent>"
    box = (
        f"<w:r><mc:AlternateContent><mc:Choice><wps:txbx>{words}</wps:txbx></mc:Choice>"
        f"<mc:Fallback>{words}</mc:Fallback></mc:AlternateContent></w:r>"
    )
    form = read_word(
        paragraph(box) + REFERRAL + table(["Referrer", "Jo Field"], ["School", ""]),
        header1=paragraph("OFFICIAL-SENSITIVE when completed"),
        footer1=paragraph("Name of child: see page 2"),
    )

    assert form.get("case_ref") == "SCP/2026/014"
    assert form.get("referrer_name") == "Jo Field"
    assert set(values(form)) <= {"case_ref", "referrer_name", "child_name"}
    assert set(form.blank) == {"school_or_setting"}


def test_layout_09_insertions_count_deletions_do_not_and_comments_are_apart() -> None:
    """Row 9: tracked changes: what was put in is read, what was taken out is not, and a person is told."""
    out = "<w:del><w:r><w:delText>Harbour Infants</w:delText></w:r></w:del>"
    school = cell(paragraph(out, f"<w:ins>{run('Ropewalk Primary')}</w:ins>"))
    emptied = cell(paragraph("<w:del><w:r><w:delText>Mill Lane Surgery</w:delText></w:r></w:del>"))
    gone = "<w:tr><w:trPr><w:del/></w:trPr>" + cell("Religion") + cell("None") + "</w:tr>"
    rows = table(["Referrer", "Jo Field"], ["School", school], ["GP", emptied]).replace("</w:tbl>", gone + "</w:tbl>")
    form = read(word_file(REFERRAL + rows, comments=COMMENTS))

    assert values(form) == {"referrer_name": "Jo Field", "school_or_setting": "Ropewalk Primary"}
    assert set(form.blank) == {"gp"}
    assert told(form) == ["tracked_changes"]


def test_layout_09_a_return_in_one_column_of_merged_rows() -> None:
    """Row 9: question and answer in rows of their own, each merged over the width of the table."""
    form = read_word(
        RETURN
        + table(
            ["Agency", "Harbour Housing"],
            [wide("Summary of involvement", 2, BOLD)],
            [wide("Two visits about damp in 2025.", 2)],
            [wide("Key issues", 2, BOLD)],
            [wide("", 2)],
            [wide("Good practice", 2, BOLD)],
            [wide("The officer rang the school.", 2)],
        )
    )

    assert form.kind == "scoping_return"
    assert values(form) == {
        "agency_name": "Harbour Housing",
        "involvement_summary": "Two visits about damp in 2025.",
        "good_practice": "The officer rang the school.",
    }
    assert set(form.blank) == {"key_issues"}
