"""Files of every kind, chosen by what they hold, and what becomes of those that cannot be read."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

import openpyxl
import pytest

from mailbot.documents.reading import read_document
from mailbot.forms.document import Document
from tests.documents.word_files import paragraph, table, word_file


def zipped(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def problems(document: Document) -> list[str]:
    return [problem.problem for problem in document.problems]


def test_the_content_decides_not_the_name() -> None:
    document = read_document(word_file(paragraph("Referral")), "scan.pdf")

    assert (document.format, list(document.plain())) == ("docx", ["Referral"])


def test_a_workbook_is_read_as_a_british_reader_sees_it() -> None:
    book, packed = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Date", "Time", "Secret", "Event"])
    sheet.append([dt.date(2026, 2, 16), dt.time(9, 15), "x", "Bruise seen"])
    sheet.column_dimensions["C"].hidden = True
    book.create_sheet("old").sheet_state = "hidden"
    book.save(packed)

    document = read_document(packed.getvalue(), "chronology.xlsx")

    assert list(document.plain()) == ["Date | Time | Event", "16/02/2026 | 09:15 | Bruise seen"]
    assert problems(document) == ["hidden_sheet"]


def test_an_archive_has_its_papers_as_parts_and_no_lock_files() -> None:
    members = {"returns/form.docx": word_file(paragraph("Form")), "returns/~$form.docx": b"lock", "Thumbs.db": b"x"}

    document = read_document(zipped(**members), "returns.zip")

    assert [(part.name, list(part.plain())) for part in document.parts] == [("form.docx", ["Form"])]


def test_a_bomb_is_not_opened() -> None:
    bomb = zipped(zeros=b"0" * 20_000_000)

    assert problems(read_document(bomb, "bomb.zip")) == ["too_large"]


def test_archives_in_archives_end_somewhere() -> None:
    content = b"end"
    for _ in range(8):
        content = zipped(inner=content)
    document = read_document(content, "deep.zip")
    while document.parts:
        document = document.parts[0]

    assert problems(document) == ["too_large"]


MAIL = b"""From: Lee Garland <lee@probation.example>
To: office@partnership.example
Subject: Return
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=B

--B
Content-Type: text/plain

Nil return
--B
Content-Type: text/csv
Content-Disposition: attachment; filename=list.csv

Date,Event,Outcome
1 May 2024,Visit,None
--B--
"""


def test_a_saved_mail_has_its_body_and_attachments_as_parts() -> None:
    document = read_document(MAIL, "return.eml")

    assert [(part.name, list(part.plain())) for part in document.parts] == [
        ("email body", ["Nil return"]),
        ("list.csv", ["Date | Event | Outcome", "1 May 2024 | Visit | None"]),
    ]


def test_a_table_pasted_into_a_mail_is_a_table() -> None:
    page = b"<html><p>Dear all</p><table><tr><th>Agency</th><td>Housing</td></tr></table><script>x()</script></html>"

    assert list(read_document(page, "body.html").plain()) == ["Dear all", "Agency | Housing"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "unreadable"),
        (b"%PDF-1.7 nothing else", "unreadable"),
        (word_file(table(["a", "b"]))[:300], "unreadable"),
        (b"", "unreadable"),
        (b"\x00\x01\x02 rubbish \x00", "unreadable"),
        (rb"{\rtf1 old}", "not_supported"),
        (b"7z\xbc\xaf\x27\x1c", "unreadable"),
        (zipped(), "unreadable"),
    ],
)
def test_what_cannot_be_read_is_a_problem_and_no_exception(content: bytes, problem: str) -> None:
    document = read_document(content, "file")

    assert problems(document) == [problem]
    assert document.problems[0].message.endswith(".")


@pytest.mark.parametrize(
    "content", [word_file(table(["a", "b"]))[:300], b"%PDF-1.7 nothing else", b"7z\xbc\xaf\x27\x1c", zipped()]
)
def test_what_is_said_of_a_damaged_file_names_no_class_of_the_program(content: bytes) -> None:
    (problem,) = read_document(content, "file").problems

    assert not re.search(r"[a-z][A-Z]|[a-z]\.[a-z]|Error|\(", problem.message)
    assert "again" in problem.message


def test_a_document_survives_its_json() -> None:
    document = read_document(word_file(paragraph("Yes ☒") + table(["a", "b"])), "form.docx")

    assert Document.model_validate_json(document.model_dump_json(exclude_none=True)) == document
