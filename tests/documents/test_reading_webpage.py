"""What a reader sees of a page, and of text with a table pasted into it."""

from __future__ import annotations

import pytest

from mailbot.documents.reading import read_document
from mailbot.forms.document import Document, Paragraph, Run, Table


def page(body: str) -> Document:
    return read_document(f"<html><body>{body}</body></html>".encode(), "body.html")


def seen(body: str) -> list[str]:
    return list(page(body).plain())


@pytest.mark.parametrize(
    "hidden",
    [
        '<p style="display: none">old answer</p>',
        '<span style="mso-hide:all">old answer</span>',
        '<span style="visibility:hidden">old answer</span>',
        "<p hidden>old answer</p>",
        "<del datetime='2026-01-01T10:00'>old answer</del>",
        "<!-- old answer -->",
        "<script>old answer</script><style>old {answer}</style>",
        '<input type="hidden" value="old answer">',
        '<div style="DISPLAY:NONE"><table><tr><td>old answer</td></tr></table></div>',
        '<table><tr style="display:none"><td>old answer</td></tr></table>',
    ],
)
def test_what_is_hidden_does_not_count(hidden: str) -> None:
    assert seen(f"<p>Agency</p>{hidden}<p>Housing</p>") == ["Agency", "Housing"]


def test_a_line_break_parts_the_lines_of_a_cell() -> None:
    table = page("<table><tr><td>Name<br>of child</td><td>14 Quay Road<br/>Exmouth</td></tr></table>").blocks[0]

    assert isinstance(table, Table)
    assert [[line.text for line in cell.lines] for cell in table.rows[0].cells] == [
        ["Name", "of child"],
        ["14 Quay Road", "Exmouth"],
    ]


def test_white_space_between_words_is_no_line_break() -> None:
    assert seen("<p><b>Agency:</b>\n<i>Harbour</i>\n  Housing</p>") == ["Agency: Harbour Housing"]


def test_preformatted_text_keeps_its_lines() -> None:
    assert seen("<pre>Agency: Housing\nNil return</pre>") == ["Agency: Housing", "Nil return"]


def test_a_table_in_a_cell_stays_in_its_cell() -> None:
    inner = "<table><tr><td>Mother</td><td>Jo Eldridge</td></tr></table>"
    table = page(f"<table><tr><td>Family</td><td>{inner}</td></tr><tr><td>GP</td><td>Quay</td></tr></table>").blocks[
        0
    ]

    assert isinstance(table, Table)
    assert [len(row.cells) for row in table.rows] == [2, 2]
    assert [cell.text for cell in table.rows[0].cells[1].tables[0].rows[0].cells] == ["Mother", "Jo Eldridge"]


def test_merged_cells_keep_the_columns_in_line() -> None:
    rows = "<tr><td rowspan=2>1/5/24</td><td>09:00</td></tr><tr><td>10:00</td></tr><tr><td colspan=2>End</td></tr>"
    table = page(f"<table>{rows}</table>").blocks[0]

    assert isinstance(table, Table)
    assert [[(cell.text, cell.repeated, cell.span) for cell in row.cells] for row in table.rows] == [
        [("1/5/24", False, 1), ("09:00", False, 1)],
        [("1/5/24", True, 1), ("10:00", False, 1)],
        [("End", False, 2)],
    ]


def test_a_style_reaches_into_what_it_holds() -> None:
    struck = page(
        "<div style='text-decoration: line-through'><p>Yes</p></div><div style='font-weight:bold'><p>No</p></div>"
    ).blocks

    assert [block.line.runs for block in struck if isinstance(block, Paragraph)] == [
        (Run(text="Yes", struck=True),),
        (Run(text="No", bold=True),),
    ]


def test_a_coloured_cell_marks_no_word() -> None:
    table = page(
        "<table><tr><td style='background:yellow'>Yes <span style='background:yellow'>No</span></td></tr></table>"
    )

    assert isinstance(table.blocks[0], Table)
    runs = table.blocks[0].rows[0].cells[0].lines[0].runs
    assert [(run.text, run.marked) for run in runs] == [("Yes ", False), ("No", True)]


def test_the_fields_of_a_saved_page_hold_their_answers() -> None:
    form = page(
        "<p>Agency: <input name=agency value='Harbour Housing'></p><p>Role: <input name=role></p>"
        "<p>Involved: <select><option>Yes<option selected>No</select></p>"
        "<p>Region: <select><option>North<option>South</select></p>"
        "<p>Summary: <textarea>None known</textarea></p><p><input type=checkbox checked> Police</p>"
    )

    assert [line.strip() for line in form.plain()] == [
        "Agency: Harbour Housing",
        "Role:",
        "Involved: No",
        "Region:",
        "Summary: None known",
        "☒ Police",
    ]


@pytest.mark.parametrize("charset", ["utf-8", "windows-1252", "iso-8859-14"])
def test_the_page_says_its_own_encoding(charset: str) -> None:
    words = "Siân" if charset != "iso-8859-14" else "Siân Ŵyn"
    content = f'<html><meta charset="{charset}"><p>{words}</p></html>'.encode(charset)

    assert list(read_document(content, "x.html").plain()) == [words]


def test_a_table_pasted_between_sentences_of_plain_text_is_a_table() -> None:
    text = "Dear all,\n\nAgency\tHarbour Housing\nAuthor\tLee Garland\n\nRegards,\nLee\n"
    blocks = read_document(text.encode(), "body.txt").blocks

    assert [list(Document(blocks=(block,)).plain()) for block in blocks if isinstance(block, Table)] == [
        ["Agency | Harbour Housing", "Author | Lee Garland"]
    ]
    assert [block.text for block in blocks if isinstance(block, Paragraph) and block.text] == [
        "Dear all,",
        "Regards,",
        "Lee",
    ]


def test_indented_lines_are_no_table() -> None:
    text = "We found:\n\tno contact\n\tno records\n"

    assert not any(isinstance(block, Table) for block in read_document(text.encode(), "body.txt").blocks)


def test_a_line_end_within_quotes_parts_no_row_and_glues_no_words() -> None:
    values = 'Date,Event,Outcome\r\n1/5/24,"Visit,\r\nno reply",None\r\n2/5/24,Call,None\r\n'
    table = read_document(values.encode(), "x.csv").blocks[0]

    assert isinstance(table, Table)
    assert table.rows[1].cells[1].text == "Visit, no reply"


def test_a_title_above_separated_values_does_not_hide_the_table() -> None:
    values = "Chronology of Harbour Housing\n\nDate;Event;Outcome\n1/5/24;Visit;None\n2/5/24;Call;None\n"

    assert read_document(values.encode(), "x.csv").format == "csv"


def test_sentences_with_commas_are_no_table() -> None:
    text = "Dear Ola, thank you, all well.\nWe looked, asked, and found nothing, sorry.\nNo, none.\n"

    assert read_document(text.encode(), "x.txt").format == "text"


def test_a_list_of_terms_is_rows_of_questions_and_answers() -> None:
    terms = "<dl><div><dt>Role</dt><dd>Warden</dd></div><div><dt>Agency</dt><dd>Housing</dd></div></dl>"

    assert seen(terms) == ["Role | Warden", "Agency | Housing"]


def test_the_hint_of_a_field_is_nobodys_answer() -> None:
    assert seen('<label>Role</label><p class="govuk-hint">For example, nurse</p><p>Warden</p>') == ["Role", "Warden"]


def test_a_page_that_stops_before_its_end_is_told() -> None:
    whole = b"<html><body><p>Agency: Housing</p></body></html>"

    assert [one.problem for one in read_document(whole[:-15], "page.html").problems] == ["incomplete"]
    assert read_document(whole, "page.html").problems == ()


def test_one_damaged_byte_leaves_the_other_letters_as_they_were() -> None:
    written = "Siân’s café – “quiet”".encode() + b"\xff"

    assert next(read_document(written, "note.txt").plain()).startswith("Siân’s café – “quiet”")


def test_columns_set_with_spaces_are_the_rows_of_a_table() -> None:
    lines = [
        "Your role     Head of Children in Care",
        "              and Care Leavers",
        "Your email    h@council.example",
    ]

    document = read_document("\n".join(lines).encode(), "print.txt")

    assert list(document.plain()) == [
        "Your role | Head of Children in Care and Care Leavers",
        "Your email | h@council.example",
    ]
