"""Word files: what a person sees in them is what is read."""

from __future__ import annotations

import pytest

from mailbot.documents.reading import read_document
from mailbot.forms.document import Document, Table
from tests.documents.word_files import cell, control, legacy_field, paragraph, run, table, word_file


def plain(body: str, **parts: str) -> list[str]:
    return list(read(body, **parts).plain())


def read(body: str, **parts: str) -> Document:
    return read_document(word_file(body, **parts), "form.docx")


def test_a_cell_in_a_content_control_stays_in_its_column() -> None:
    wrapped = control(cell("Saffron Eldridge"))

    assert plain(table(["Name of child", wrapped, "Date of birth", "05/10/2010"])) == [
        "Name of child | Saffron Eldridge | Date of birth | 05/10/2010"
    ]


def test_a_prompt_that_still_shows_is_no_answer() -> None:
    prompt = control(run("Click or tap here to enter text."), "<w:showingPlcHdr/>")

    assert plain(table(["Religion", cell(paragraph(prompt))])) == ["Religion | "]


def test_deletions_are_left_out_insertions_read_and_told() -> None:
    deleted = "<w:del><w:r><w:delText>T Cross</w:delText></w:r></w:del>"
    document = read(paragraph(deleted, f"<w:ins>{run('Wendy Akers')}</w:ins>"))

    assert list(document.plain()) == ["Wendy Akers"]
    assert [problem.problem for problem in document.problems] == ["tracked_changes"]


@pytest.mark.parametrize(
    ("box", "shown"),
    [
        (control(run("☐"), '<w14:checkbox><w14:checked w14:val="1"/></w14:checkbox>'), "☒"),
        (control(run("☒"), '<w14:checkbox><w14:checked w14:val="0"/></w14:checkbox>'), "☐"),
        (legacy_field("<w:checkBox><w:checked/></w:checkBox>"), "☒"),
        (legacy_field('<w:checkBox><w:default w:val="0"/></w:checkBox>'), "☐"),
        ('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>', "☒"),
        ('<w:r><w:sym w:font="Wingdings" w:char="F0A8"/></w:r>', "☐"),
        (run("☑"), "☒"),
        (run("[x]"), "☒"),
        (run("[ ]"), "☐"),
    ],
)
def test_a_box_is_ticked_by_its_state(box: str, shown: str) -> None:
    assert plain(paragraph(box, " Yes")) == [f"{shown} Yes"]


def test_a_cell_merged_down_belongs_to_each_of_its_rows() -> None:
    top, below = cell("11/03/2025", '<w:vMerge w:val="restart"/>'), cell("<w:p/>", "<w:vMerge/>")
    document = read(table([top, "Visit"], [below, "Not at home"]))

    (block,) = document.blocks
    assert isinstance(block, Table)
    assert [(row.cells[0].text, row.cells[0].repeated) for row in block.rows] == [
        ("11/03/2025", False),
        ("11/03/2025", True),
    ]


def test_a_form_field_of_en_spaces_is_empty() -> None:
    data = '<w:name w:val="Text1"/><w:textInput/>'

    assert plain(paragraph(run("Role:"), legacy_field(data, run("\u2002\u2002\u2002")))) == ["Role:"]
    assert plain(paragraph(run("Role: "), legacy_field(data, run("Nurse")))) == ["Role: Nurse"]


def test_a_nested_table_and_a_text_box_are_read_once() -> None:
    nested = table([cell(table(["Mother", "Ann Field"]) + "<w:p/>")])
    box = (
        "<w:r><mc:AlternateContent><mc:Choice><wps:txbx><w:txbxContent>"
        + paragraph("Ref SCP/2026/003")
        + "</w:txbxContent></wps:txbx></mc:Choice><mc:Fallback><w:txbxContent>"
        + paragraph("Ref SCP/2026/003")
        + "</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r>"
    )

    assert plain(nested) == ["Mother | Ann Field"]
    assert plain(paragraph(box)) == ["Ref SCP/2026/003"]


def test_page_headers_come_first_and_hidden_words_not_at_all() -> None:
    body = paragraph(run("shown"), run("hidden", "<w:vanish/>"))

    assert plain(body, header1=paragraph("Case SCP/2026/003")) == ["Case SCP/2026/003", "shown"]
