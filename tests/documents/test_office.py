"""LibreOffice: what comes out, what never does, and what is said when it fails."""

from __future__ import annotations

import shutil
import socket
import stat
import tempfile
import threading
import time
import zipfile
from io import BytesIO
from pathlib import Path

import docx
import pikepdf
import pypdfium2
import pytest
from openpyxl import Workbook

from mailbot.documents import libreoffice
from mailbot.documents.libreoffice import LibreOffice
from mailbot.documents.office import Converter
from mailbot.errors import ConverterProblem
from mailbot.store.conversions import Conversions

pytestmark = pytest.mark.skipif(not Converter.find().available, reason="soffice is not installed")


@pytest.fixture(scope="module")
def converter() -> Converter:
    return Converter.find()


def word(*paragraphs: str) -> bytes:
    document, file = docx.Document(), BytesIO()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(file)
    return file.getvalue()


def words_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return " ".join(page.get_textpage().get_text_range() for page in document)


def program(folder: Path, script: str) -> str:
    """A program that stands where soffice is expected."""
    file = folder / "soffice"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return str(file)


def test_a_word_file_becomes_a_pdf(converter: Converter) -> None:
    pdf = converter.convert(word("Tallulah & <Renée> were seen."), ".docx", "pdf")
    assert "Tallulah & <Renée> were seen." in words_of(pdf)


def test_an_old_format_becomes_a_word_file(converter: Converter) -> None:
    made = converter.convert(rb"{\rtf1\ansi Seen at home.}", ".RTF", "docx")
    assert "Seen at home." in [p.text for p in docx.Document(BytesIO(made)).paragraphs]


def test_a_workbook_becomes_a_pdf(converter: Converter) -> None:
    book, file = Workbook(), BytesIO()
    book.create_sheet("Chronology").append(["01/03/2026", "Seen at clinic"])
    book.save(file)
    assert "Seen at clinic" in words_of(converter.convert(file.getvalue(), ".xlsx", "pdf"))


@pytest.mark.parametrize(
    ("content", "suffix", "said"),
    [
        (b"", ".docx", "damaged"),
        (b"hello", ".docx", "something else"),
        (b"hello", ".doc", "something else"),
        (b"\xd0\xcf\x11\xe0 EncryptedPackage", ".docx", "needs a password"),
        (b"PK\x03\x04 and no more", ".docx", "could not open"),
        (b"#!/bin/sh", ".sh", "not one that LibreOffice is asked to open"),
    ],
)
def test_what_is_no_office_file_is_refused(converter: Converter, content: bytes, suffix: str, said: str) -> None:
    with pytest.raises(ConverterProblem, match=said):
        converter.convert(content, suffix, "pdf")


def test_without_libreoffice() -> None:
    for absent in (Converter(None), Converter("/nowhere/soffice")):
        assert not absent.available
        with pytest.raises(ConverterProblem, match="not installed"):
            absent.convert(word("x"), ".docx", "pdf")


def test_one_that_never_ends_is_stopped_with_its_children(tmp_path: Path) -> None:
    child = tmp_path / "child"
    slow = Converter(program(tmp_path, f"sleep 300 & echo $! >> {child}; wait"), timeout=1.0)
    began = time.monotonic()
    with pytest.raises(ConverterProblem, match="within 1 seconds"):
        slow.convert(word("x"), ".docx", "pdf")
    assert time.monotonic() - began < 20
    children = child.read_text().split()
    assert children
    assert all(gone(pid) for pid in children)


def gone(pid: str) -> bool:
    """Whether the process has ended, though it may still wait to be counted."""
    try:
        return " Z " in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return True


@pytest.mark.parametrize("script", ["exit 0", 'test "$2" = --version || echo no > out/0000.pdf'])
def test_exit_code_0_means_nothing(tmp_path: Path, script: str) -> None:
    with pytest.raises(ConverterProblem, match=r"could not open|no pdf file"):
        Converter(program(tmp_path, script)).convert(word("x"), ".docx", "pdf")


def test_a_linked_picture_is_never_fetched(converter: Converter) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        calls: list[bytes] = []
        threading.Thread(target=answer, args=(server, calls), daemon=True).start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/tracker.png"
        pdf = converter.convert(with_linked_picture(address), ".docx", "pdf")
    assert "Before the picture" in words_of(pdf)
    assert calls == []


def answer(server: socket.socket, calls: list[bytes]) -> None:
    while True:
        try:
            caller, _ = server.accept()
        except OSError:
            return
        with caller:
            calls.append(caller.recv(1000))


def with_linked_picture(address: str) -> bytes:
    """A Word file with a picture that lies on a server."""
    ns = "http://schemas.openxmlformats.org/drawingml/2006"
    drawing = (
        f'<w:r><w:drawing><wp:inline xmlns:wp="{ns}/wordprocessingDrawing"><wp:extent cx="500000" cy="500000"/>'
        f'<wp:docPr id="1" name="p"/><a:graphic xmlns:a="{ns}/main"><a:graphicData uri="{ns}/picture">'
        f'<pic:pic xmlns:pic="{ns}/picture"><pic:nvPicPr><pic:cNvPr id="1" name="p"/><pic:cNvPicPr/></pic:nvPicPr>'
        '<pic:blipFill><a:blip r:link="rIdX" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/>'
        '<a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/>'
        '<a:ext cx="500000" cy="500000"/></a:xfrm><a:prstGeom prst="rect"/></pic:spPr></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )
    relation = (
        '<Relationship Id="rIdX" TargetMode="External" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        f'relationships/image" Target="{address}"/></Relationships>'
    )
    result = BytesIO()
    with zipfile.ZipFile(BytesIO(word("Before the picture"))) as source, zipfile.ZipFile(result, "w") as target:
        for name in source.namelist():
            content = source.read(name).decode("utf-8", "surrogateescape")
            if name == "word/document.xml":
                content = content.replace("</w:p>", drawing, 1)
            if name == "word/_rels/document.xml.rels":
                content = content.replace("</Relationships>", relation)
            target.writestr(name, content.encode("utf-8", "surrogateescape"))
    return result.getvalue()


def test_two_at_once_share_one_profile_in_turn(converter: Converter) -> None:
    made: list[bytes] = []
    threads = [
        threading.Thread(target=lambda n=n: made.append(converter.convert(word(f"Paper {n}"), ".docx", "pdf")))
        for n in (1, 2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {words_of(pdf).strip() for pdf in made} == {"Paper 1", "Paper 2"}


def test_the_pdf_is_whole(converter: Converter) -> None:
    with pikepdf.open(BytesIO(converter.convert(word("x"), ".docx", "pdf"))) as pdf:
        assert len(pdf.pages) == 1
        assert not pdf.check_pdf_syntax()


def test_a_file_that_was_converted_is_not_converted_again(tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    real = Converter.find()
    script = f'case "$*" in *--convert-to*) echo called >> {calls};; esac\nexec {shutil.which("soffice")} "$@"'
    counting = Converter(program(tmp_path, script))
    letter = word("Seen at home.")
    first = counting.convert(letter, ".docx", "pdf")
    assert counting.convert(letter, ".docx", "pdf") == first
    assert calls.read_text().splitlines() == ["called"]
    counting.convert(word("Seen at clinic."), ".docx", "pdf")
    assert len(calls.read_text().splitlines()) == 2
    assert words_of(first) == words_of(real.convert(letter, ".docx", "pdf"))


def test_many_files_come_back_in_their_order(converter: Converter) -> None:
    letters = [word(f"Letter {number}") for number in range(7)]
    made = converter.convert_all([(letter, ".docx", "pdf") for letter in letters])
    assert [words_of(shown(pdf)).strip() for pdf in made] == [f"Letter {number}" for number in range(7)]


def shown(made: bytes | ConverterProblem) -> bytes:
    assert isinstance(made, bytes), made
    return made


def test_one_bad_file_spoils_no_other(converter: Converter) -> None:
    book, saved = Workbook(), BytesIO()
    book.create_sheet("Chronology").append(["Seen at clinic"])
    book.save(saved)
    first, cut, locked, rich, sheet = converter.convert_all(
        [
            (word("Before"), ".docx", "pdf"),
            (word("Cut")[:3000], ".docx", "pdf"),
            (b"\xd0\xcf\x11\xe0 EncryptedPackage", ".docx", "pdf"),
            (rb"{\rtf1\ansi Seen at home.}", ".rtf", "docx"),
            (saved.getvalue(), ".xlsx", "pdf"),
        ]
    )
    assert "Before" in words_of(shown(first))
    assert "could not open" in str(cut)
    assert "needs a password" in str(locked)
    assert "Seen at home." in [p.text for p in docx.Document(BytesIO(shown(rich))).paragraphs]
    assert "Seen at clinic" in words_of(shown(sheet))


def test_a_file_that_breaks_the_call_is_found_and_the_others_are_made(tmp_path: Path) -> None:
    """The real LibreOffice, killed as it comes to one file: no file is known that breaks it of itself."""
    calls, real = tmp_path / "calls", shutil.which("soffice")
    script = f"""
case "$*" in *--version*) exec {real} "$@";; esac
echo call >> {calls}
if ! grep -lq Breaks in/*; then exec {real} "$@"; fi
before=$(ls in | while read file; do grep -q Breaks "in/$file" && break; echo "$PWD/in/$file"; done)
until [ "$1" = --outdir ]; do set -- "$@" "$1"; shift; done
profile="-env:UserInstallation=file://$PWD/profile"
test -z "$before" || {real} "$profile" --headless --convert-to pdf --outdir "$2" $before
kill -SEGV $$
"""
    breaking = Converter(program(tmp_path, script))
    letters = [rb"{\rtf1 First}", rb"{\rtf1 Breaks}", rb"{\rtf1 Third}"]
    first, second, third = breaking.convert_all([(letter, ".rtf", "pdf") for letter in letters])
    assert words_of(shown(first)).strip() == "First"
    assert "could not open" in str(second)
    assert words_of(shown(third)).strip() == "Third"
    assert calls.read_text().splitlines() == ["call"] * 3


def test_a_file_without_end_costs_only_itself(tmp_path: Path) -> None:
    real = shutil.which("soffice")
    script = f"""
case "$*" in *--version*) exec {real} "$@";; esac
if grep -lq Endless in/*; then sleep 300; fi
exec {real} "$@"
"""
    slow = Converter(program(tmp_path, script), timeout=8.0)
    endless, good = slow.convert_all(
        [(rb"{\rtf1 Endless}", ".rtf", "pdf"), (rb"{\rtf1 Seen at home.}", ".rtf", "pdf")]
    )
    assert "did not finish with the .rtf file within 8 seconds" in str(endless)
    assert "Seen at home." in words_of(shown(good))


def test_a_paper_that_wants_too_much_memory_is_a_problem_of_its_own(
    converter: Converter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libreoffice, "MEMORY", 300 << 20)
    with pytest.raises(ConverterProblem, match="could not open"):
        Converter.find().convert(word("Seen at home, without memory."), ".docx", "pdf")
    monkeypatch.undo()
    assert "Seen" in words_of(converter.convert(word("Seen at home, with memory."), ".docx", "pdf"))


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    Converter.find().convert(word("Seen at home."), ".docx", "pdf")
    assert list(tmp_path.iterdir()) == []


def test_what_was_made_before_is_recalled_and_another_libreoffice_makes_it_anew(tmp_path: Path) -> None:
    letter, path = word("Seen at home."), tmp_path / "conversions.db"
    first = Converter.find(Conversions(path)).convert(letter, ".docx", "pdf")
    other = Converter(program(tmp_path, "exit 1"), memory=Conversions(path))
    with pytest.raises(ConverterProblem):
        other.convert(letter, ".docx", "pdf")
    # Made again it would have another time of making in it.
    assert Converter.find(Conversions(path)).convert(letter, ".docx", "pdf") == first


def test_an_office_that_was_put_in_the_place_of_another_is_told_apart(tmp_path: Path) -> None:
    soffice, told = program(tmp_path, "echo LibreOffice 7"), tmp_path / "versionrc"
    told.write_text("buildid=40")
    before = LibreOffice(soffice).build
    told.write_text("buildid=41")
    assert LibreOffice(soffice).build != before
    told.unlink()
    asked = LibreOffice(soffice).build
    assert asked == "LibreOffice 7"
    program(tmp_path, "echo LibreOffice 25")
    assert LibreOffice(soffice).build == "LibreOffice 25"
