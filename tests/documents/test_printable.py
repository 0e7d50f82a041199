"""Workbooks as LibreOffice prints them: headings on every page, the first column on each, no word cut off."""

from __future__ import annotations

import io

import pypdfium2
import pytest
from openpyxl import Workbook

from mailbot.documents.office import Converter
from mailbot.documents.printing import Print, print_all

pytestmark = pytest.mark.skipif(not Converter.find().available, reason="soffice is not installed")
HEADS = ("Number", "Date", "Source", "Event", "Comment")
LONG = " ".join(f"word{number}" for number in range(1_500))


def workbook(*rows: tuple[str | int, ...]) -> bytes:
    book, file = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(file)
    return file.getvalue()


SHEETS = {
    "long": workbook(HEADS, *((n, "01/03/2026", "log", f"event{n} " * 12, "c") for n in range(120))),
    "wide": workbook(
        ("Number", *(f"Column{n}" for n in range(40))),
        *((f"row{r}", *(f"r{r}c{n} " * 12 for n in range(40))) for r in range(20)),
    ),
    "one long cell": workbook(HEADS, (1, "01/03/2026", "log", LONG, "c"), (2, "02/03/2026", "log", "short", "c")),
    "the longest cell": workbook(HEADS, (1, "01/03/2026", "log", " ".join(["endless"] * 4_000) + " last", "c")),
    "own titles": workbook(("Our chronology",), (), HEADS, *((n, "x", "y", f"event{n}", "z") for n in range(150))),
}


@pytest.fixture(scope="module")
def prints() -> dict[str, Print]:
    """All of them printed in one call."""
    made = print_all([(content, ".xlsx") for content in SHEETS.values()], Converter.find())
    return dict(zip(SHEETS, made, strict=True))


@pytest.fixture
def pages(prints: dict[str, Print], request: pytest.FixtureRequest) -> pypdfium2.PdfDocument:
    """The pages of the workbook that the test names."""
    pdf = prints[request.param].pdf
    assert isinstance(pdf, bytes)
    return pypdfium2.PdfDocument(pdf)


def words(page: pypdfium2.PdfPage) -> list[str]:
    return str(page.get_textpage().get_text_range()).split()


@pytest.mark.parametrize("pages", ["long", "own titles"], indirect=True)
def test_the_headings_stand_on_every_page(pages: pypdfium2.PdfDocument) -> None:
    assert len(pages) > 1
    assert all(set(HEADS) <= set(words(page)) for page in pages)


@pytest.mark.parametrize("pages", ["wide"], indirect=True)
def test_a_sheet_too_wide_for_a_page_goes_over_several_with_its_first_column_on_each(
    pages: pypdfium2.PdfDocument,
) -> None:
    seen = [set(words(page)) for page in pages]
    assert len(pages) > 1
    assert all("row5" in page or "row15" in page for page in seen)
    assert {f"r{r}c{n}" for r in range(20) for n in range(40)} <= set().union(*seen)


@pytest.mark.parametrize("pages", ["one long cell"], indirect=True)
def test_no_word_of_a_long_cell_is_cut_off(pages: pypdfium2.PdfDocument) -> None:
    shown = "".join(word for page in pages for word in words(page))
    assert [n for n in range(1_500) if f"word{n}" not in shown] == []


@pytest.mark.parametrize("pages", list(SHEETS), indirect=True)
def test_pages_lie_across_with_ink_inside_and_none_at_the_edges(pages: pypdfium2.PdfDocument) -> None:
    for page in pages:
        seen = page.render(scale=1).to_pil().convert("L")
        wide, high = seen.size
        assert wide > high
        assert sum(seen.histogram()[:100]) > 100
        for edge in ((0, 0, wide, 6), (0, high - 6, wide, high), (0, 0, 6, high), (wide - 6, 0, wide, high)):
            assert seen.crop(edge).getextrema()[0] > 200


@pytest.mark.parametrize("pages", ["one long cell", "the longest cell"], indirect=True)
def test_no_letter_of_a_long_cell_stands_off_its_page(pages: pypdfium2.PdfDocument) -> None:
    lowest = []
    for page in pages:
        letters = page.get_textpage()
        lowest.append(min(letters.get_charbox(n)[1] for n in range(letters.count_chars())))
    assert min(lowest) > 20
    assert {"last", "short"} & set(words(pages[len(pages) - 1]))
