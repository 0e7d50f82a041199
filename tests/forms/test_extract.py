"""Layouts that forms come in, each made here, and where the answers end up."""

from __future__ import annotations

from mailbot.documents.reading import read_document
from mailbot.forms.document import Cell, Document, Line, Paragraph, Row, Run, Table
from mailbot.forms.extract import extract
from mailbot.forms.form import Form
from tests.documents.word_files import cell, control, paragraph, run, table, word_file
from tests.forms.definitions import DEFINITIONS

REFERRAL = paragraph(run("Rapid Review Referral Form", "<w:b/>"))
SCOPING = paragraph(run("Initial scoping return", "<w:b/>"))
BOLD = "<w:b/>"


def read(body: str) -> Form:
    return extract(read_document(word_file(body), "form.docx"), DEFINITIONS)


def values(form: Form) -> dict[str, str]:
    return {name: answer.text for name, answer in form.fields.items()}


def test_several_pairs_in_a_row_keep_to_their_labels() -> None:
    form = read(
        REFERRAL
        + table(["Referrer", "", "Tel No.", "01632 960015"], ["Email", "a@b.example", "Date of referral", ""])
    )

    assert values(form) == {"referrer_phone": "01632 960015", "referrer_email": "a@b.example"}
    assert {"referrer_name", "date_of_referral"} <= set(form.blank)


def test_an_answer_that_reads_like_a_label_is_an_answer() -> None:
    form = read(
        REFERRAL
        + table(["Location of incident", "Home address"], ["Outline of the incident", "A fall."], ["School", ""])
    )

    assert values(form) == {"incident_location": "Home address", "incident_summary": "A fall."}


def test_labels_above_their_answers() -> None:
    form = read(REFERRAL + table(["Name of child", "Date of birth", "Gender"], ["Idris Marwood", "22/11/2021", "M"]))

    assert values(form) == {"child_name": "Idris Marwood", "child_dob": "2021-11-22", "child_gender": "Male"}


def test_underscores_and_masks_are_blank_and_typed_over_are_answers() -> None:
    form = read(
        REFERRAL
        + paragraph("Date of referral: __03/02/2026__")
        + paragraph("Signed off: ____")
        + paragraph("Date of death:   /  /")
    )

    assert values(form) == {"date_of_referral": "2026-02-03"}
    assert "date_of_death" in form.blank


def test_contact_details_in_one_cell_are_told_apart() -> None:
    form = read(
        REFERRAL
        + table(
            ["Referrer", "Jo Field"], ["Contact details", "4 Mill Lane, WB5 1QE. 01632 960015, jo@school.example"]
        )
    )

    assert form.get("referrer_phone") == "01632 960015"
    assert form.get("referrer_email") == "jo@school.example"


def test_yes_or_no_by_strike_by_bold_and_left_standing() -> None:
    struck = cell(paragraph(run("Yes", "<w:strike/>"), run(" / "), run("No")))
    bold = cell(paragraph(run("Yes", BOLD), run(" / No")))
    standing = cell(paragraph("Yes / No"))
    form = read(
        SCOPING
        + table(
            ["Has your agency been involved?", bold], ["Records secured", struck], ["Chronology attached", standing]
        )
    )

    assert values(form) == {"had_involvement": "yes", "records_secured": "no"}
    assert "chronology_attached" in form.blank


def test_two_ticked_boxes_are_no_answer_and_said() -> None:
    form = read(REFERRAL + table(["Referrer", "Jo Field"], ["Media interest", "☒ Yes ☒ No"]))

    assert form.get("media_interest") == ""
    assert [(problem.problem, problem.field) for problem in form.problems] == [("not_understood", "media_interest")]


def test_boxes_in_cells_of_their_own() -> None:
    form = read(
        REFERRAL + table(["Referrer", "Jo Field", "", ""], ["Child protection plan", "Yes ☐", "No ☒", "Not known ☐"])
    )

    assert form.get("cp_plan") == "no"


def test_words_behind_yes_belong_to_the_details() -> None:
    form = read(REFERRAL + table(["Referrer", "Jo Field"], ["CP plan", "Yes, neglect since May 2024"]))

    assert (form.get("cp_plan"), form.get("cp_plan_details")) == ("yes", "neglect since May 2024")


def test_other_peoples_parts_are_not_read() -> None:
    office = table(["OFFICE USE ONLY"], ["Ref no", "SCP/2026/003"], ["Referrer", "Somebody Else"])
    form = read(
        REFERRAL
        + office
        + paragraph(run("Part 1 – Referring agency", BOLD))
        + table(["Referrer", "Jo Field"], ["Gender", "F"])
    )

    assert values(form) == {"case_ref": "SCP/2026/003", "referrer_name": "Jo Field", "child_gender": "Female"}


def test_an_unknown_label_is_told_with_its_place() -> None:
    strange = table(
        [cell(paragraph(run("Favourite colour", BOLD))), "Green"],
        [cell(paragraph(run("Referrer", BOLD))), "Jo Field"],
    )
    form = read(REFERRAL + strange)

    assert values(form) == {"referrer_name": "Jo Field"}
    (problem,) = form.problems
    assert problem.problem == "unknown_label"
    assert "Favourite colour" in problem.message
    assert "table 1, row 1" in problem.message


def test_a_misspelled_label_is_understood_and_a_doubtful_one_is_not() -> None:
    form = read(
        REFERRAL
        + table(
            ["Date of refferal", "03/02/2026"],
            ["Name of chlid", "Idris Marwood"],
            ["Date of something", "04/02/2026"],
        )
    )

    assert values(form) == {"date_of_referral": "2026-02-03", "child_name": "Idris Marwood"}


def test_our_own_control_needs_no_label() -> None:
    named = control(run("Janine Oldroyd"), '<w:tag w:val="author_name"/>')
    form = read(SCOPING + table(["Who wrote it down", cell(paragraph(named))], ["Key issues", "None seen."]))

    assert form.get("author_name") == "Janine Oldroyd"


def test_parents_and_siblings_in_one_table_are_told_apart_by_relationship() -> None:
    family = table(
        ["Name", "Relationship", "DOB"],
        ["Lowri Marwood", "Mother", "08.08.96"],
        ["Cerys Marwood", "Sister", "03.07.18"],
        ["", "", ""],
    )
    form = read(REFERRAL + paragraph(run("Family composition", BOLD)) + family)

    assert form.tables["parents_carers"] == (
        {"name": "Lowri Marwood", "relationship": "Mother", "date_of_birth": "1996-08-08"},
    )
    assert form.tables["siblings_household"] == (
        {"name": "Cerys Marwood", "relationship": "Sister", "date_of_birth": "2018-07-03"},
    )


def test_parents_listed_in_one_cell() -> None:
    names = cell(paragraph("Kirsty Field (mother) DOB 20/02/1998") + paragraph("Aaron Tuck (father)"))
    form = read(REFERRAL + table(["Referrer", "Jo Field"], ["Parents' names", names]))

    assert form.tables["parents_carers"] == (
        {"name": "Kirsty Field", "relationship": "Mother", "date_of_birth": "1998-02-20"},
        {"name": "Aaron Tuck", "relationship": "Father"},
    )


def test_a_letter_is_no_form() -> None:
    form = read(
        paragraph("Dear Jo,")
        + paragraph("Date: 3 March 2026")
        + paragraph("Thank you for your help with the family.")
    )

    assert form.kind == "other"


def test_an_adult_referral_is_no_referral_of_ours() -> None:
    title = paragraph(run("Safeguarding Adults Review referral form", BOLD))
    form = read(
        title
        + table(["Referrer", "Jo Field"], ["Agency", "Housing"], ["Date of birth", "01/02/1950"], ["Gender", "F"])
    )

    assert form.kind == "other"


def test_a_chronology_of_two_sheets_is_one_in_order() -> None:
    header = Row(cells=tuple(map(Cell.of, ("No.", "Date / time", "Event", "Outcome"))))
    rows = (
        [("1", "03/12/2024 08:40", "Fire", "Advice"), ("", "", "", "")],
        [("2", "Summer 2025", "Visit", ""), ("Total", "2", "", "")],
    )
    blocks = tuple(
        Table(name=f"Sheet{n}", rows=(header, *(Row(cells=tuple(map(Cell.of, row))) for row in sheet)))
        for n, sheet in enumerate(rows)
    )
    form = extract(
        Document(blocks=(Paragraph(line=Line(runs=(Run(text="Chronology", bold=True),))), *blocks)), DEFINITIONS
    )

    assert form.kind == "chronology"
    assert form.tables["chronology"] == (
        {"date": "2024-12-03", "time": "08:40", "event": "Fire", "action_outcome": "Advice"},
        {"date": "2025", "date_raw": "Summer 2025", "event": "Visit"},
    )


def test_the_parts_of_an_archive_are_forms_of_their_own() -> None:
    part = read_document(
        word_file(SCOPING + table(["Agency", "Housing"], ["Key issues", "Damp."], ["Background", "None."])),
        "return.docx",
    )
    form = extract(Document(name="returns.zip", parts=(part,)), DEFINITIONS)

    assert form.kind == "other"
    assert [(one.name, one.kind) for one in form.parts] == [("return.docx", "scoping_return")]


def test_a_return_and_its_chronology_in_one_file_are_two_forms() -> None:
    events = table(["Date", "Event", "Outcome"], ["03/04/2021", "Visit", "Advice"], ["w/c 5/4/21", "Call", ""])
    body = SCOPING + table(["Agency", "Housing"], ["Key issues", "Damp."], ["Records secured", "Yes"]) + events
    form = read(body)

    assert (form.kind, form.get("key_issues"), form.tables) == ("scoping_return", "Damp.", {})
    (chronology,) = form.parts
    assert (chronology.kind, chronology.name, chronology.get("agency_name")) == ("chronology", form.name, "Housing")
    assert chronology.tables["chronology"] == (
        {"date": "2021-04-03", "event": "Visit", "action_outcome": "Advice"},
        {"date": "2021-04-05", "date_raw": "w/c 5/4/21", "event": "Call"},
    )


def test_words_in_italics_above_an_answer_are_no_part_of_it_and_alone_they_are_not_sure() -> None:
    italic = "<w:i/>"
    told = cell(
        paragraph(run("Key issues", BOLD)) + paragraph(run("Say what went wrong", italic)) + paragraph(run("Damp."))
    )
    alone = cell(paragraph(run("Background", BOLD)) + paragraph(run("A quiet family.", italic)))
    form = read(SCOPING + table([told], [alone], [cell(paragraph(run("Good practice", BOLD)))]))

    assert values(form) == {"key_issues": "Damp.", "background": "A quiet family."}
    assert (form.fields["key_issues"].sure, form.fields["background"].sure) == (True, False)
    assert "good_practice" in form.blank


def test_labels_at_the_foot_of_a_page_find_their_answers_on_the_next() -> None:
    bold = [cell(paragraph(run(label, BOLD))) for label in ("Media interest", "Records secured")]
    first = table([cell(paragraph(run("Referrer", BOLD))), "Jo Field"], bold)
    form = read(REFERRAL + first + paragraph("Page 1 of 2") + table(["No", "Yes"]))

    assert values(form) == {"referrer_name": "Jo Field", "media_interest": "no", "records_secured": "yes"}


def test_a_question_beside_a_named_parent_is_about_that_parent() -> None:
    form = read(
        REFERRAL
        + table(
            ["Name of child", "Idris Marwood", "Date of birth", "22/11/2021"],
            ["Mother's name", "Lowri Marwood", "Date of birth", "08.08.96"],
            ["Gender", "M", "Referrer", "Jo Field"],
        )
    )

    assert form.get("child_dob") == "2021-11-22"
    assert form.tables["parents_carers"] == (
        {"name": "Lowri Marwood", "date_of_birth": "1996-08-08", "relationship": "Mother"},
    )


def test_a_narrative_with_a_colon_in_it_is_one_answer() -> None:
    story = (
        paragraph(run("Key issues", BOLD)) + paragraph("Letters went astray.") + paragraph("Agency: two were told.")
    )
    form = read(SCOPING + table(["Agency", "Housing"], ["Author", "Jo Field"], ["Role", "Officer"]) + story)

    assert form.get("key_issues") == "Letters went astray. Agency: two were told."
    assert form.get("agency_name") == "Housing"


def test_an_answer_some_columns_further_on_in_a_sheet() -> None:
    rows = (("Health chronology", "", ""), ("Subject", "", "Idris Marwood"), ("Ref No", "", "SCP/2026/003"))
    events = (("Date", "Agency", "Event"), ("03/04/2021", "GP", "Seen"))
    table_ = Table(rows=tuple(Row(cells=row, place="row") for row in (*rows, *events)))
    form = extract(Document(blocks=(table_,)), DEFINITIONS)

    assert values(form) == {"child_name": "Idris Marwood", "case_ref": "SCP/2026/003"}
    assert form.tables["chronology"] == ({"date": "2021-04-03", "agency": "GP", "event": "Seen"},)


def test_an_nhs_number_that_cannot_be_right_is_kept_and_told() -> None:
    form = read(REFERRAL + table(["Referrer", "Jo Field"], ["NHS number", "999 019 2937"], ["Gender", "F"]))

    answer = form.fields["nhs_number"]
    assert (answer.value, answer.sure) == ("9990192937", False)
    assert [(problem.problem, problem.field) for problem in form.problems] == [("not_understood", "nhs_number")]


def test_what_was_asked_about_the_child_is_asked_again_about_the_mother_below_her_name() -> None:
    child = (["Name of child", "Idris Marwood"], ["Date of birth", "22/11/2021"])
    mother = (["Mother's name", "Lowri Marwood"], ["Date of birth", "08.08.96"], ["Gender", "M"])
    form = read(REFERRAL + table(["Referrer", "Jo Field"], *child, *mother))

    assert (form.get("child_dob"), form.get("child_gender")) == ("2021-11-22", "Male")
    assert form.tables["parents_carers"][0]["date_of_birth"] == "1996-08-08"
