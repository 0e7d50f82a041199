"""Photographs and scans of forms, read by tesseract: what they say, where, and that nothing of it is sure."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from time import monotonic

import pillow_heif
import pytest
from PIL import Image, ImageDraw, ImageFont

from mailbot.documents.reading import read_document, scan
from mailbot.documents.reading.pictures import read_picture
from mailbot.documents.reading.tools import Budget
from mailbot.documents.sandbox import Sandbox
from mailbot.forms.document import Document, Table
from mailbot.forms.extract import extract
from tests.documents.scan_files import form_page, photographed, saved, scribbled, skewed, struck
from tests.forms.definitions import DEFINITIONS

RETURN = (
    ("Case reference", "SCP/2026/005"),
    ("Name of child", "Saffron Eldridge"),
    ("Date of birth", "05/10/2010"),
    ("Agency", "Winsea Probation"),
    ("Involvement with child or family", (False, "Yes", True, "No")),
    ("Key issues", ""),
)
READ = [
    "Initial scoping return",
    "Case reference | SCP/2026/005",
    "Name of child | Saffron Eldridge",
    "Date of birth | 05/10/2010",
    "Agency | Winsea Probation",
    "Involvement with child or family | ☐ Yes ☒ No",
    "Key issues | ",
]


def problems(document: Document) -> list[str]:
    return [problem.problem for problem in document.problems]


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def exif(orientation: int) -> Image.Exif:
    told = Image.Exif()
    told[0x112] = orientation
    return told


def test_a_scan_is_read_into_its_cells_and_nothing_of_it_is_sure() -> None:
    document = read_picture(saved(form_page(RETURN), "PNG"), "return.png")
    form = extract(document, DEFINITIONS)

    assert list(document.plain()) == READ
    assert problems(document) == ["scanned"]
    assert (form.kind, form.get("child_dob"), form.get("had_involvement")) == ("scoping_return", "2010-10-05", "no")
    assert {answer.sure for answer in form.fields.values()} == {False}
    assert form.fields["child_name"].place == "table 1, row 2"
    assert "key_issues" in form.blank


@pytest.mark.parametrize(
    "spoiled",
    [
        lambda page: saved(skewed(page, 2), "JPEG", quality=60),
        lambda page: saved(skewed(page, -3.5), "PNG"),
        lambda page: saved(photographed(page), "JPEG", quality=80),
        lambda page: saved(page.resize((827, 1170), Image.Resampling.BOX), "PNG"),
        lambda page: saved(page.rotate(90, expand=True), "JPEG", exif=exif(6)),
        lambda page: saved(page.rotate(90, expand=True), "PNG"),
        lambda page: saved(page.rotate(180), "PNG"),
    ],
    ids=["skewed", "skewed-more", "photographed", "coarse", "turned-by-exif", "on-its-side", "on-its-head"],
)
def test_a_spoiled_scan_says_the_same(spoiled: Callable[[Image.Image], bytes]) -> None:
    document = read_picture(spoiled(form_page(RETURN)), "return")

    assert list(document.plain()) == READ


@pytest.mark.parametrize("kind", ["BMP", "GIF", "WEBP", "TIFF"])
def test_every_kind_of_picture_is_read(kind: str) -> None:
    document = read_picture(saved(form_page(RETURN), kind), "return")

    assert (document.format, list(document.plain())) == (kind.lower(), READ)


def test_a_picture_of_an_iphone_is_read() -> None:
    pillow_heif.register_heif_opener()

    assert list(read_document(saved(form_page(RETURN).convert("RGB"), "HEIF"), "IMG_0003.HEIC").plain()) == READ


def test_pages_of_a_fax_follow_one_another() -> None:
    second = form_page((("Records secured", "Yes"), ("Date due", "13/03/2026")), title="Page two")
    fax = saved(form_page(RETURN), "TIFF", save_all=True, append_images=[second])

    document = read_picture(fax, "fax.tif")

    assert list(document.plain()) == [*READ, "Page two", "Records secured | Yes", "Date due | 13/03/2026"]
    assert [block.place for block in document.blocks if isinstance(block, Table)] == ["table 1", "table 2"]


def test_a_moving_picture_shows_its_first() -> None:
    moving = saved(form_page(RETURN), "GIF", save_all=True, append_images=[form_page((), title="Second")])

    assert list(read_picture(moving, "return.gif").plain()) == READ


def test_one_box_in_doubt_leaves_its_line_to_a_person() -> None:
    ticks = ("Records secured", (True, "Yes", False, "No")), ("Chronology attached", (False, "Yes", True, "No"))
    page = form_page((*RETURN[:4], *ticks))
    # A speck in the box of the last `Yes` that is neither nothing nor a tick.
    ImageDraw.Draw(page).ellipse((663, 598, 668, 603), fill=0)

    document = read_picture(saved(page, "PNG"), "ticks.png")
    form = extract(document, DEFINITIONS)

    assert list(document.plain())[5:] == ["Records secured | ☒ Yes ☐ No", "Chronology attached | ☐ Yes ☐ No"]
    assert (form.get("records_secured"), form.blank) == ("yes", ("chronology_attached",))
    assert "which boxes are ticked" in document.problems[1].message


def test_a_box_that_was_not_seen_makes_its_line_doubtful() -> None:
    page = form_page((("Records secured", (False, "Yes", True, "No")),))
    # The first box is torn: what is left of it is no box, and the tick of `No` stands behind `Yes`.
    ImageDraw.Draw(page).rectangle((645, 270, 681, 312), fill=255)

    document = read_picture(saved(page, "PNG"), "torn.png")

    assert list(document.plain())[1:] == ["Records secured | Yes ☐ No"]
    assert problems(document) == ["scanned", "not_understood"]


def test_a_choice_with_one_struck_out_is_left_to_a_person() -> None:
    rows = (*RETURN[:4], ("Involvement with child or family", "Yes / No"), ("Records secured", "Yes"))
    page = struck(form_page(rows), row=4, start=0, end=52)

    document = read_picture(saved(page, "PNG"), "struck.png")
    form = extract(document, DEFINITIONS)

    assert problems(document) == ["scanned", "not_understood"]
    assert "had_involvement" in form.blank
    assert form.get("records_secured") == "yes"


def test_an_answer_struck_out_is_none() -> None:
    page = struck(form_page(RETURN), row=3, start=-2, end=255)

    form = extract(read_picture(saved(page, "PNG"), "struck.png"), DEFINITIONS)

    assert "agency_name" in form.blank
    assert form.has_problem("not_understood")


def test_what_cannot_be_read_is_told_with_its_place() -> None:
    document = read_picture(saved(scribbled(form_page(RETURN), row=5), "PNG"), "scribble.png")

    told = [problem.message for problem in document.problems if problem.problem == "not_understood"]
    assert len(told) == 1 and "table 1, row 6" in told[0]


def test_answers_in_columns_without_rules_find_their_labels() -> None:
    page = Image.new("L", (1654, 2339), 255)
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(32)
    draw.text((150, 150), "Initial scoping return", font=ImageFont.load_default(44), fill=0)
    for number, (label, answer) in enumerate((*RETURN[:4], ("Date due", "13/03/2026"))):
        draw.text((150, 300 + 60 * number), f"{label}:", font=font, fill=0)
        draw.text((700, 300 + 60 * number), str(answer), font=font, fill=0)

    form = extract(read_picture(saved(page, "PNG"), "plain.png"), DEFINITIONS)

    assert (form.get("child_name"), form.get("agency_name")) == ("Saffron Eldridge", "Winsea Probation")
    assert (form.get("child_dob"), form.get("date_due")) == ("2010-10-05", "2026-03-13")


def test_a_logo_is_quiet_and_a_photograph_without_words_is_not() -> None:
    logo = Image.new("RGB", (300, 90), "navy")
    ImageDraw.Draw(logo).text((20, 20), "Winsea Council", font=ImageFont.load_default(34), fill="white")
    photograph = Image.radial_gradient("L").resize((1600, 1200))

    quiet, silent = (
        read_picture(saved(logo, "PNG"), "image001.png"),
        read_picture(saved(photograph, "JPEG"), "IMG.jpg"),
    )

    assert (quiet.blocks, quiet.problems) == ((), ())
    assert (silent.blocks, problems(silent)) == ((), ["not_understood"])


def test_a_huge_picture_is_refused_before_it_is_unpacked() -> None:
    size = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    huge = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", size) + _chunk(b"IDAT", zlib.compress(b"\0" * 1000))

    started = monotonic()
    assert problems(read_document(huge, "huge.png")) == ["too_large"]
    assert monotonic() - started < 2


def test_a_cut_picture_is_damaged() -> None:
    whole = saved(form_page(RETURN), "PNG")

    assert problems(read_document(whole[: len(whole) // 2], "cut.png")) == ["unreadable"]


def test_without_tesseract_a_person_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    document = read_picture(saved(form_page(RETURN), "PNG"), "return.png")

    assert [problem.problem for problem in document.problems] == ["not_supported"]
    assert "tesseract-ocr" in document.problems[0].message


def test_too_many_pages_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "PAGES", 1)
    fax = saved(form_page(RETURN), "TIFF", save_all=True, append_images=[form_page(RETURN), form_page(RETURN)])

    document = read_picture(fax, "fax.tif")

    assert problems(document) == ["scanned", "too_large"]
    assert "pages 2, 3" in document.problems[1].message


def test_where_the_time_runs_out_the_first_page_is_given() -> None:
    fax = saved(form_page(RETURN), "TIFF", save_all=True, append_images=[form_page(RETURN)])

    document = read_picture(fax, "fax.tif", Budget(until=monotonic() + 1))

    assert list(document.plain()) == READ
    assert problems(document) == ["scanned", "too_large"]


def test_the_sandbox_can_read_pictures() -> None:
    with Sandbox() as sandbox:
        document = sandbox.read(saved(form_page(RETURN), "PNG"), "return.png")

    assert list(document.plain()) == READ
