"""Printed and fillable PDFs: words in columns, answers in fields that nobody named, and damage that is told."""

from __future__ import annotations

import io
import zlib

import pikepdf
import pytest

from mailbot.documents.reading import read_document
from mailbot.forms.document import Document, Table
from tests.documents.pdf_files import Words, pdf_file


def rows(document: Document) -> list[list[str]]:
    return [list(row.texts) for block in document.blocks if isinstance(block, Table) for row in block.rows]


def test_labels_left_and_answers_right_are_the_rows_of_a_table() -> None:
    words: Words = [(50, 100, "Agency"), (200, 100, "Harbour Housing"), (50, 130, "Role"), (200, 130, "Warden")]

    assert rows(read_document(pdf_file(words), "return.pdf")) == [["Agency", "Harbour Housing"], ["Role", "Warden"]]


def test_an_answer_goes_on_below_itself() -> None:
    words: Words = [(50, 100, "Role"), (200, 100, "Head of Children in Care"), (200, 112, "and Care Leavers")]

    assert rows(read_document(pdf_file(words), "return.pdf")) == [
        ["Role", "Head of Children in Care and Care Leavers"]
    ]


def test_a_line_of_another_width_begins_another_table() -> None:
    words: Words = [(50, 100, "Agency"), (200, 100, "Police"), (50, 130, "Tel"), (120, 130, "0161 496 0000")]
    tables = [block for block in read_document(pdf_file(words), "x.pdf").blocks if isinstance(block, Table)]

    assert [len(table.rows) for table in tables] == [1, 1]


def test_the_answer_of_a_field_without_a_telling_name_stands_beside_its_printed_label() -> None:
    words: Words = [(50, 100, "Referrer"), (300, 100, "Designation")]
    content = pdf_file(words, [(120, 100, "Text1", "Dana Whitfield"), (380, 100, "Text2", "")])

    assert rows(read_document(content, "form.pdf")) == [["Referrer", "Dana Whitfield", "Designation", ""]]


def test_a_ticked_field_stands_before_its_word() -> None:
    words: Words = [(50, 100, "Media interest?"), (222, 100, "Yes"), (257, 100, "No")]
    content = pdf_file(words, [(210, 100, "Check1", "/Off"), (245, 100, "Check2", "/Yes")])

    assert rows(read_document(content, "form.pdf")) == [["Media interest?", "☐Yes ☒No"]]


def test_a_tick_that_only_the_fields_value_tells_is_read() -> None:
    words: Words = [(50, 100, "Media interest?"), (222, 100, "Yes"), (257, 100, "No")]
    with pikepdf.open(_stream(pdf_file(words, [(210, 100, "Check1", "/Off"), (245, 100, "Check2", "/Yes")]))) as pdf:
        del pdf.pages[0].Annots[1].AS
        out = _stream(b"")
        pdf.save(out)

    assert rows(read_document(out.getvalue(), "form.pdf")) == [["Media interest?", "☐Yes ☒No"]]


def test_a_damaged_pdf_is_told_since_words_of_it_may_be_missing() -> None:
    pdf = pikepdf.open(_stream(pdf_file([(50, 100, "Agency: Police")])))
    packed = zlib.compress(b"BT /F1 10 Tf 1 0 0 1 50 700 Tm (Agency: Police) Tj ET" * 50)
    pdf.pages[0].Contents = pikepdf.Stream(pdf, packed[:-20], Filter=pikepdf.Name.FlateDecode)
    out = _stream(b"")
    pdf.save(out, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)

    document = read_document(out.getvalue(), "return.pdf")

    assert "incomplete" in [problem.problem for problem in document.problems]


def _stream(content: bytes) -> io.BytesIO:
    return io.BytesIO(content)


@pytest.mark.parametrize("text", ["Agency Harbour Housing", "A sentence. Another sentence that goes on and on."])
def test_a_plain_line_is_a_paragraph(text: str) -> None:
    assert list(read_document(pdf_file([(50, 100, text)]), "x.pdf").plain()) == [text]


def test_the_small_print_behind_a_label_is_nobodys_answer() -> None:
    words: Words = [(50, 100, "Background")]
    content = pdf_file(words, [(50, 120, "Text1", "Lives with an aunt.")], [(200, 100, "Medical, social, cultural")])

    assert list(read_document(content, "form.pdf").plain())[1:] == ["Background", "Lives with an aunt."]
