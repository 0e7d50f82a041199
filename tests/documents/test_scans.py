"""PDFs of scanned pages: alone, among printed ones, and with the words that a scanner hid behind its picture."""

from __future__ import annotations

import io

import pikepdf
import pytest
from pikepdf import Dictionary, Name
from PIL import Image

from mailbot.documents.reading.pdf import read_pdf
from mailbot.forms.document import Block, Document, Paragraph, Table
from tests.documents.pdf_files import pdf_file
from tests.documents.scan_files import form_page, saved
from tests.documents.test_pictures import READ, RETURN

PRINTED = [
    (60.0, 80.0 + 20 * number, text) for number, text in enumerate(("Covering letter", "Please find the return."))
]


def joined(*files: bytes) -> bytes:
    whole = pikepdf.new()
    for content in files:
        with pikepdf.open(io.BytesIO(content)) as one:
            whole.pages.extend(one.pages)
    packed = io.BytesIO()
    whole.save(packed)
    return packed.getvalue()


def with_layer(scan: bytes, words: list[str], mode: int, below: bool = False) -> bytes:
    """The scan with words set over its picture (or below it) in a text rendering mode: 3 is invisible."""
    packed = io.BytesIO()
    with pikepdf.open(io.BytesIO(scan)) as pdf:
        page = pdf.pages[0]
        font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        page.Resources.Font = Dictionary(F1=font)
        lines = " ".join(f"1 0 0 1 60 {700 - 20 * number} Tm ({text}) Tj" for number, text in enumerate(words))
        page.contents_add(f"BT {mode} Tr /F1 10 Tf {lines} ET".encode(), prepend=below)
        pdf.save(packed)
    return packed.getvalue()


def turned(content: bytes, degrees: int) -> bytes:
    packed = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for page in pdf.pages:
            page.rotate(degrees, relative=True)
        pdf.save(packed)
    return packed.getvalue()


def scan(page: Image.Image | None = None) -> bytes:
    return saved(page or form_page(RETURN), "PDF", resolution=200)


def is_scanned(block: Block) -> bool:
    if isinstance(block, Table):
        return any(
            run.scanned for row in block.rows for cell in row.cells for line in cell.lines for run in line.runs
        )
    return isinstance(block, Paragraph) and any(run.scanned for run in block.line.runs)


def problems(document: Document) -> list[str]:
    return [problem.problem for problem in document.problems]


def test_a_scanned_page_is_read() -> None:
    document = read_pdf(scan(), "scan.pdf")

    assert list(document.plain()) == READ
    assert problems(document) == ["scanned"]


def test_printed_and_scanned_pages_keep_their_order_and_only_the_scan_is_unsure() -> None:
    document = read_pdf(
        joined(pdf_file(PRINTED), scan(), pdf_file([(60, 80, "Kind regards and thanks to all")])), "mixed.pdf"
    )

    assert list(document.plain()) == [
        "Covering letter",
        "Please find the return.",
        *READ,
        "Kind regards and thanks to all",
    ]
    assert [is_scanned(block) for block in document.blocks] == [False, False, True, True, False]
    assert "page 2" in document.problems[0].message


@pytest.mark.parametrize(("mode", "below"), [(3, False), (0, True)], ids=["invisible", "below-the-picture"])
def test_words_that_a_scanner_hid_give_way_to_the_picture_with_its_table(mode: int, below: bool) -> None:
    layer = ["Initial scaping retum", "Case referenoe SCP/2026/O05", "Name of chi1d Saffron E1dridge"]

    document = read_pdf(with_layer(scan(), layer, mode, below), "layer.pdf")

    assert list(document.plain()) == READ
    assert problems(document) == ["scanned"]


def test_without_tesseract_the_hidden_words_are_read_and_are_not_sure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    layer = ["Initial scoping return of Winsea Probation"]

    document = read_pdf(with_layer(scan(), layer, mode=3), "layer.pdf")

    assert list(document.plain()) == layer
    assert all(is_scanned(block) for block in document.blocks)
    assert problems(document) == ["scanned"]


def test_words_printed_over_a_picture_of_the_letterhead_stay_sure() -> None:
    letterhead = saved(Image.new("L", (1654, 2339), 245), "PDF", resolution=200)
    words = ["Initial scoping return", "Name of child: Saffron Eldridge"]

    document = read_pdf(with_layer(letterhead, words, mode=0), "letter.pdf")

    assert list(document.plain()) == words
    assert (problems(document), any(is_scanned(block) for block in document.blocks)) == ([], False)


def test_an_empty_page_is_no_scan() -> None:
    assert problems(read_pdf(joined(pdf_file(PRINTED), pdf_file([])), "letter.pdf")) == []


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_printed_page_on_its_side_is_read_upright(degrees: int) -> None:
    words = [(60.0, 80.0, "Name of child: Saffron Eldridge"), (60.0, 110.0, "Date of birth: 05/10/2010")]

    document = read_pdf(turned(pdf_file(words), degrees), "turned.pdf")

    assert list(document.plain()) == ["Name of child: Saffron Eldridge", "Date of birth: 05/10/2010"]


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_scanned_page_on_its_side_is_read_upright(degrees: int) -> None:
    assert list(read_pdf(turned(scan(), degrees), "turned.pdf").plain()) == READ
