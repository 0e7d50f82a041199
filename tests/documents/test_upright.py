"""What the pack asks the sandbox for: which scanned pages lie on their head, and the files in a mail."""

from __future__ import annotations

import io
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from PIL import Image

from mailbot.documents.reading import ocr
from mailbot.documents.sandbox import Sandbox
from tests.documents.scan_files import form_page, scan
from tests.documents.test_binder import pdf

needs_ocr = pytest.mark.skipif(not ocr.available(), reason="tesseract is not installed")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(children=1) as made:
        yield made


def page() -> Image.Image:
    return form_page(
        [
            ("Name of child", "Reuben Falconbridge"),
            ("Agency", "Wychmoor Hospital Trust"),
            ("Summary of involvement", "Seen twice in the emergency department"),
            ("Key issues", "Missed appointments were not followed up"),
            ("Author", "Helen Marsh, named doctor"),
        ]
    )


@needs_ocr
def test_a_page_that_lies_on_its_head_or_side_is_told_from_one_that_stands(sandbox: Sandbox) -> None:
    lying = page().rotate(180), page().rotate(90, expand=True)
    assert sandbox.turns(scan(page(), *lying), "scan.pdf") == {1: 180, 2: 90}


@needs_ocr
def test_a_photograph_is_taken_as_the_camera_says_it_was_held(sandbox: Sandbox) -> None:
    held = Image.Exif()
    held[274] = 3
    file = io.BytesIO()
    page().rotate(180).save(file, "JPEG", exif=held)
    assert sandbox.turns(file.getvalue(), "photo.jpg") == {}


@needs_ocr
@pytest.mark.parametrize("content", [scan(Image.new("L", (800, 1100), 255)), pdf("Typed words"), b"%PDF-1.7 cut"])
def test_what_has_no_words_in_a_picture_is_never_turned(sandbox: Sandbox, content: bytes) -> None:
    assert sandbox.turns(content, "other.pdf") == {}


def test_the_files_in_a_mail_come_as_they_are_and_its_words_by_themselves(sandbox: Sandbox) -> None:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Message-ID"] = "spoc@police.example", "office@scp.example", "<1@police.example>"
    mail.set_content("Our return is attached.")
    first, second = pdf("First"), pdf("Second")
    for content in (first, second):
        mail.add_attachment(content, maintype="application", subtype="pdf", filename="Return.pdf")
    held = sandbox.inside(mail.as_bytes(), "Return.eml")
    assert held is not None
    document, files = held
    assert [line for part in document.parts for line in part.plain()] == ["Our return is attached."]
    assert files == [("Return.pdf", first), ("Return.pdf", second)]


@pytest.mark.parametrize("content", [b"From: a@b.example\nMessage-ID: <1@b>\n\nNothing attached.", b"\x00\x01", b""])
def test_where_nothing_is_inside_there_is_nothing(sandbox: Sandbox, content: bytes) -> None:
    assert sandbox.inside(content, "mail.eml") is None
