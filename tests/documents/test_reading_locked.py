"""Files with a password: waiting for it, opened by it, and never in the way of the files beside them."""

from __future__ import annotations

import io
import random
import zipfile
import zlib

import pikepdf
import py7zr
import pytest
import pyzipper
from msoffcrypto.format.ooxml import OOXMLFile

from mailbot.documents.reading import Tools, read_document
from mailbot.documents.reading.locked import locks, opened
from mailbot.documents.sandbox import Sandbox
from mailbot.forms.document import Document
from tests.documents.old_workbook import old_workbook
from tests.documents.word_files import paragraph, word_file

PASSWORD = "Harbour-£7"
LINE = "Name of child: Saffron Eldridge"


def form() -> bytes:
    """A form with a picture's worth of other bytes: msoffcrypto locks nothing under 4,096 bytes rightly."""
    packed = io.BytesIO(word_file(paragraph(LINE)))
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("word/media/image1.bin", random.Random(7).randbytes(6000))
    return packed.getvalue()


FORM = form()


def locked_office(content: bytes, password: str = PASSWORD) -> bytes:
    locked = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt(password, locked)
    return locked.getvalue()


def locked_zip(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with pyzipper.AESZipFile(packed, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(PASSWORD.encode())
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def old_locked_zip() -> bytes:
    """A zip locked in the old way (ZipCrypto), its password spelled as Windows does. No library writes it."""
    plain = zipped({"form.docx": FORM}, zipfile.ZIP_STORED)
    info = zipfile.ZipFile(io.BytesIO(plain)).infolist()[0]
    head = bytes(11) + bytes([info.CRC >> 24])
    sealed = zip_crypto(head + FORM, PASSWORD.encode("cp1252"))
    written = plain.replace(FORM, sealed)
    central = written.rindex(b"PK\x01\x02")
    written = set_bytes(written, 6, b"\x01\x00")
    written = set_bytes(written, 18, len(sealed).to_bytes(4, "little"))
    written = set_bytes(written, central + 8, b"\x01\x00")
    written = set_bytes(written, central + 20, len(sealed).to_bytes(4, "little"))
    end = written.rindex(b"PK\x05\x06")
    return set_bytes(written, end + 16, central.to_bytes(4, "little"))


def set_bytes(content: bytes, at: int, new: bytes) -> bytes:
    return content[:at] + new + content[at + len(new) :]


def zip_crypto(content: bytes, password: bytes) -> bytes:
    """PKWARE's old encryption (APPNOTE 6.1)."""

    keys = [0x12345678, 0x23456789, 0x34567890]

    def crc(old: int, byte: int) -> int:
        return zlib.crc32(bytes([byte]), old ^ 0xFFFFFFFF) ^ 0xFFFFFFFF

    def update(byte: int) -> None:
        keys[0] = crc(keys[0], byte)
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = crc(keys[2], keys[1] >> 24)

    for byte in password:
        update(byte)
    sealed = bytearray()
    for byte in content:
        mask = (keys[2] | 2) & 0xFFFF
        sealed.append(byte ^ ((mask * (mask ^ 1)) >> 8 & 0xFF))
        update(byte)
    return bytes(sealed)


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def locked_sevenzip(hidden_names: bool = False) -> bytes:
    packed = io.BytesIO()
    with py7zr.SevenZipFile(packed, "w", password=PASSWORD, header_encryption=hidden_names) as archive:
        archive.writestr(FORM, "form.docx")
    return packed.getvalue()


def pdf_with_words() -> bytes:
    packed = io.BytesIO()
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page()
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pdf.make_indirect(font)))
        page.Contents = pdf.make_stream(f"BT /F1 12 Tf 72 720 Td ({LINE}) Tj ET".encode())
        pdf.save(packed)
    return packed.getvalue()


def locked_pdf(user: str, owner: str = "owner") -> bytes:
    packed = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf_with_words())) as pdf:
        no_copying = pikepdf.Permissions(extract=False, modify_form=False, print_highres=False)
        pdf.save(packed, encryption=pikepdf.Encryption(owner=owner, user=user, allow=no_copying))
    return packed.getvalue()


def lines(document: Document) -> list[str]:
    return [*document.plain(), *(line for part in document.parts for line in lines(part))]


def problems(document: Document) -> list[str]:
    own = [problem.problem for problem in document.problems]
    return [*own, *(one for part in document.parts for one in problems(part))]


def messages(document: Document) -> str:
    own = [problem.message for problem in document.problems]
    return " ".join([*own, *(messages(part) for part in document.parts)])


LOCKED = {
    "docx": locked_office(FORM),
    "xls": old_workbook([[LINE]], PASSWORD),
    "pdf": locked_pdf(PASSWORD),
    "zip": locked_zip({"form.docx": FORM}),
    "old zip": old_locked_zip(),
    "7z": locked_sevenzip(),
    "7z whose names are locked too": locked_sevenzip(hidden_names=True),
    "docx in a locked zip": locked_zip({"form.docx": locked_office(FORM)}),
}


@pytest.mark.parametrize("kind", LOCKED)
class TestALockedFile:
    def test_waits_for_its_password(self, kind: str) -> None:
        document = read_document(LOCKED[kind], "return")

        assert problems(document) == ["encrypted"]
        assert "waiting for its password" in messages(document)
        assert "mailbot unlock MAIL --password-stdin" in messages(document)

    def test_says_that_a_wrong_password_does_not_open_it(self, kind: str) -> None:
        document = read_document(LOCKED[kind], "return", Tools(passwords=("harbour-7", "Ångström")))

        assert problems(document) == ["encrypted"]
        assert "None of the passwords given opens it" in messages(document)
        assert "harbour-7" not in messages(document)

    def test_is_read_with_the_right_one_among_several(self, kind: str) -> None:
        document = read_document(LOCKED[kind], "return", Tools(passwords=("harbour-7", PASSWORD)))

        assert (lines(document), problems(document)) == ([LINE], [])

    def test_is_kept_without_its_lock(self, kind: str) -> None:
        plain = opened(LOCKED[kind], ("harbour-7", PASSWORD))

        assert plain is not None
        assert lines(read_document(plain, "return")) == [LINE]

    def test_stays_as_it_is_where_nothing_fits(self, kind: str) -> None:
        assert opened(LOCKED[kind], ("harbour-7",)) is None


@pytest.mark.parametrize(
    "content", [FORM, pdf_with_words(), zipped({"form.docx": FORM}), b"text", locked_pdf(user="")]
)
def test_what_has_no_lock_cannot_be_opened(content: bytes) -> None:
    assert opened(content, (PASSWORD,)) is None


def test_a_pdf_that_only_forbids_copying_is_read() -> None:
    assert lines(read_document(locked_pdf(user=""), "form.pdf")) == [LINE]


@pytest.mark.parametrize("lock", [locked_office(FORM, "VelvetSweatshop"), old_workbook([[LINE]], "VelvetSweatshop")])
def test_a_workbook_that_is_only_protected_against_changes_is_read(lock: bytes) -> None:
    assert lines(read_document(lock, "form")) == [LINE]


def test_no_decrypted_byte_needs_the_disk() -> None:
    """The child may write no file at all."""
    with Sandbox(children=1) as sandbox:
        assert lines(sandbox.read(LOCKED["xls"], "form.xls", (PASSWORD,))) == [LINE]


def test_the_open_file_beside_a_locked_one_is_read() -> None:
    mixed = io.BytesIO(locked_zip({"locked.docx": FORM}))
    with zipfile.ZipFile(mixed, "a") as archive:
        archive.writestr("open.docx", FORM)
    document = read_document(mixed.getvalue(), "returns.zip")

    assert [(part.name, lines(part), problems(part)) for part in document.parts] == [
        ("locked.docx", [], ["encrypted"]),
        ("open.docx", [LINE], []),
    ]


def test_a_locked_file_in_an_open_zip_is_opened_in_its_place() -> None:
    plain = opened(zipped({"notes.txt": b"Notes", "form.docx": locked_office(FORM)}), (PASSWORD,))

    assert plain is not None
    assert lines(read_document(plain, "returns.zip")) == ["Notes", LINE]


def test_an_opendocument_file_with_a_password_is_said_to_be_beyond_us() -> None:
    manifest = b"<manifest><file-entry><encryption-data/></file-entry></manifest>"
    members = {"mimetype": b"application/vnd.oasis.opendocument.text", "META-INF/manifest.xml": manifest}
    document = read_document(zipped(members), "form.odt", Tools(passwords=(PASSWORD,)))

    assert problems(document) == ["encrypted"]
    assert "even with the password" in messages(document)


@pytest.mark.parametrize(
    ("content", "passwords", "counted"),
    [
        (FORM, (PASSWORD,), (0, 0)),
        (locked_office(FORM), (), (0, 1)),
        (locked_office(FORM), (PASSWORD,), (1, 0)),
        (locked_zip({"a.docx": FORM, "b.docx": FORM}), (), (0, 2)),
        (locked_zip({"a.docx": locked_office(FORM, "other")}), (PASSWORD,), (1, 1)),
        (locked_zip({"a.docx": locked_office(FORM, "other")}), (PASSWORD, "other"), (2, 0)),
        (
            zipped({"a.docx": locked_office(FORM), "b.docx": locked_office(FORM, "other"), "c.docx": FORM}),
            ("other",),
            (1, 1),
        ),
        (locked_sevenzip(), (), (0, 1)),
        (locked_sevenzip(), (PASSWORD,), (1, 0)),
        (b"no file at all", (PASSWORD,), (0, 0)),
    ],
)
def test_locks_are_counted_one_by_one(content: bytes, passwords: tuple[str, ...], counted: tuple[int, int]) -> None:
    assert locks(content, passwords) == counted
