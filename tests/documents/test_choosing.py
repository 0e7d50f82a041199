"""The reader is chosen by the bytes: under a wrong name, without one, and whatever type a mail gave the file."""

from __future__ import annotations

import gzip
import io
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from mailbot.documents.office import Converter
from mailbot.documents.reading import Tools, read_document
from mailbot.forms.document import Document
from tests.documents.test_reading_locked import pdf_with_words
from tests.documents.word_files import paragraph, word_file

SAMPLES = Path(__file__).parent.parent / "forms" / "samples"
LINE = "Name of child: Saffron Eldridge"
WORD = word_file(paragraph(LINE))
PAGE = f"<html><body><p>{LINE}</p></body></html>".encode()
TABLE = b"<table><tr><th>Date</th><th>Event</th></tr><tr><td>1/5/24</td><td>Visit</td></tr></table>"
RICH = rb"{\rtf1\ansi Name of child: Saffron Eldridge\par}"
THREE = ["Date | Event | Outcome", "1/5/24 | Visit | None"]
ROWS = ["Date | Event", "1/5/24 | Visit"]
MHT = (
    b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="=_N"\r\n\r\n'
    b"This document is a Single File Web Page.\r\n\r\n--=_N\r\nContent-Location: file:///C:/form.htm\r\n"
    b'Content-Transfer-Encoding: quoted-printable\r\nContent-Type: text/html; charset="windows-1252"\r\n\r\n'
    b"<html><body><table><tr><td>Child=92s name</td><td>Saffron</td></tr></table></body></html>\r\n"
    b"--=_N\r\nContent-Location: file:///C:/style.css\r\nContent-Type: text/css\r\n\r\np {}\r\n--=_N--\r\n"
)


def zipped(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def workbook() -> bytes:
    book, packed = openpyxl.Workbook(), io.BytesIO()
    assert book.active is not None
    book.active.append(["Date", "Event"])
    book.active.append(["1/5/24", "Visit"])
    book.save(packed)
    return packed.getvalue()


def cms(holds_content: bool, encrypted: bool = False) -> bytes:
    """The first bytes of S/MIME's CMS (RFC 5652), in the lengths that do not matter here."""
    data = bytes.fromhex("06092a864886f70d010701") + (b"\xa0\x0e\x04\x0cNil return.." if holds_content else b"")
    inner = b"\x02\x01\x01" + b"\x31\x0f" + b"\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00"
    inner += b"\x30" + bytes([len(data)]) + data
    kind = bytes.fromhex("06092a864886f70d0107") + (b"\x03" if encrypted else b"\x02")
    body = kind + b"\xa0" + bytes([len(inner) + 2]) + b"\x30" + bytes([len(inner)]) + inner
    return b"\x30\x82" + len(body).to_bytes(2, "big") + body


def problems(document: Document) -> list[str]:
    return [problem.problem for problem in document.problems]


@pytest.mark.parametrize(
    ("content", "name", "format", "lines"),
    [
        (WORD, "form.doc", "docx", [LINE]),
        (WORD, "form", "docx", [LINE]),
        (WORD, "form.docm", "docx", [LINE]),
        (WORD, "form.dotx", "docx", [LINE]),
        (WORD, "scan.pdf", "docx", [LINE]),
        (pdf_with_words(), "attachment of type application/octet-stream", "pdf", [LINE]),
        (b"\r\n\r\n" + pdf_with_words(), "form.docx", "pdf", [LINE]),
        (workbook(), "chronology.xlsm", "sheet", ROWS),
        (workbook(), "chronology.csv", "sheet", ROWS),
        (TABLE, "export.xls", "html", ROWS),
        (b"\xef\xbb\xbf<!-- made by a system --><meta charset=utf-8>" + TABLE, "export.xls", "html", ROWS),
        ("\ufeff".encode("utf-16-le") + TABLE.decode().encode("utf-16-le"), "export.xls", "html", ROWS),
        (b"Date,Event,Outcome\r\n1/5/24,Visit,None\r\n", "export.xls", "csv", THREE),
        (b"Date\tEvent\r\n1/5/24\tVisit\r\n", "export.xls", "text", ROWS),
        (PAGE, "form.doc", "html", [LINE]),
        (MHT, "form.doc", "html", ["Child’s name | Saffron"]),
        (b"From: <Saved by Blink>\r\nSubject: Form\r\n" + MHT, "page.mhtml", "html", ["Child’s name | Saffron"]),
        (b"Subject: Harbour\nDate: 3/4/2024\n\nNil", "x.eml", "text", ["Subject: Harbour", "Date: 3/4/2024", "Nil"]),
    ],
)  # fmt: skip
def test_the_bytes_decide(content: bytes, name: str, format: str, lines: list[str]) -> None:
    document = read_document(content, name)

    assert (document.format, list(document.plain()), problems(document)) == (format, lines, [])


def test_a_file_packed_by_gzip_is_its_part() -> None:
    document = read_document(gzip.compress(WORD), "form.docx.gz")

    assert [(part.name, list(part.plain())) for part in document.parts] == [("form.docx", [LINE])]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"Rar!\x1a\x07\x01\x00rest", "returns.rar"),
        (b"BZh91AY&SY", "return.bz2"),
        (b"\xffWPC\x10\x00\x00\x00", "form.wpd"),
        (b"MZ\x90\x00" + bytes(60), "form.docx"),
        (b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d" + bytes(60), "notes.one"),
        (zipped(**{"Index/Document.iwa": b"x", "preview.jpg": b"x"}), "form.pages"),
        (zipped(**{"[Content_Types].xml": b"<Types/>", "ppt/presentation.xml": b"<p/>"}), "slides.pptx"),
        (b'<?xml version="1.0"?>\n<?mso-application progid="Word.Document"?>\n<w:wordDocument/>', "form.xml"),
        (b'<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument"/>', "form.fodt"),
        (b"a.txt".ljust(257, b"\x00") + b"ustar\x0000" + bytes(300), "returns.tar"),
    ],
)
def test_what_is_known_and_not_read_says_what_to_ask_for(content: bytes, name: str) -> None:
    document = read_document(content, name)

    assert problems(document) == ["not_supported"]
    assert document.problems[0].message.endswith(".")


PORTAL = b'<html><form action="https://portal.example/read" method=post><input type=hidden name=m value=x></form>'


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (PAGE, "Encrypted_Message.htm"),
        (PAGE, "securedoc_20241105T1015.html"),
        (PORTAL + b"<p>You have received a secure message.</p></html>", "message.html"),
        (PORTAL + b"<p>To open this encrypted email, sign in.</p></html>", "attachment.dat"),
        (b"\x76\xe8\x04\x60\xc4\x11\xe3\x86" + bytes(40), "message.rpmsg"),
        (b"%PDF-1.7\n/MicrosoftIRMServices", "form.pdf"),
        (cms(holds_content=True), "smime.p7m"),
        (cms(holds_content=True, encrypted=True), "smime.p7m"),
        (b"-----BEGIN PGP MESSAGE-----\n\nhQEMA", "form.docx.asc"),
    ],
)
def test_a_secure_message_is_a_task_for_a_person_and_no_form(content: bytes, name: str) -> None:
    document = read_document(content, name)

    assert (document.blocks, problems(document)) == ((), ["secure_message"])


def test_a_page_with_a_form_on_it_is_no_secure_message() -> None:
    page = (
        b'<form action="https://council.example/send"><p>How would you like us to reply? By secure letter</p></form>'
    )

    assert problems(read_document(page, "form.html")) == []


@pytest.mark.parametrize(
    "content",
    [
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n",
        b"BEGIN:VCARD\r\nFN:Lee Garland\r\nEND:VCARD\r\n",
        cms(holds_content=False),
        b"-----BEGIN PGP SIGNATURE-----\n\niQEz",
    ],
)
def test_an_invitation_a_card_or_a_signature_is_nothing_to_read(content: bytes) -> None:
    document = read_document(content, "extra")

    assert (document.blocks, document.parts, document.problems) == ((), (), ())


@pytest.fixture(scope="module")
def tools() -> Iterator[Tools]:
    converter = Converter.find()
    yield Tools(convert=lambda content, suffix: converter.convert(content, suffix, "docx"))


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize(
    ("content", "name", "format"),
    [
        (RICH, "form.doc", "rtf"),
        ((SAMPLES / "a04-referral-old.doc").read_bytes(), "form.docx", "doc"),
    ],
)
def test_old_formats_are_known_under_any_name(tools: Tools, content: bytes, name: str, format: str) -> None:
    document = read_document(content, name, tools)

    assert (document.format, problems(document)) == (format, [])
    assert any("child" in line for line in document.plain())


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize(("source", "to"), [(RICH, "odt"), (workbook(), "ods"), (workbook(), "xls")])
def test_opendocument_and_old_workbooks_are_known_without_a_name(
    tools: Tools, source: bytes, to: str, tmp_path: Path
) -> None:
    suffix = "rtf" if to == "odt" else "xlsx"
    (tmp_path / f"form.{suffix}").write_bytes(source)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", to, "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / f"form.{suffix}")], check=True, capture_output=True, timeout=90)
    document = read_document((tmp_path / f"form.{to}").read_bytes(), "form", tools)

    assert problems(document) == []
    assert list(document.plain()) == ([LINE] if to == "odt" else ROWS)
