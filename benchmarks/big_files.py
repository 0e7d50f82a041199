"""Large honest files, made anew for each measurement: a long chronology in Excel and in Word, a scanned page."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, timedelta

import docx
import openpyxl
import pikepdf
import pypdfium2
from docx.oxml import parse_xml
from docx.shared import Cm, Pt

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_WIDTH = '<w:tcPr><w:tcW w:w="2020" w:type="dxa"/></w:tcPr>'
_COLUMN = '<w:gridCol w:w="2020"/>'
_HEADERS = ("Date", "Time", "Agency", "Source of information", "Significant event", "Action taken", "Comment")
_AGENCIES = ("Police", "Health visiting", "Housing", "School", "Children's social care")
_EVENTS = (
    "Home visit. The mother said that the heating had been off since the weekend; the children slept in one room.",
    "Telephone call from the school: not brought for the third day. A message was left for the family.",
    "Strategy discussion with the duty manager. It was agreed that a single agency assessment should follow.",
    "Did not attend the appointment at the clinic. A second letter was sent, and the health visitor was told.",
)
_ACTIONS = (
    "Recorded and shared with the health visitor.",
    "Letter sent.",
    "Discussed in supervision; no further action.",
)


def chronology_rows(count: int) -> Iterator[tuple[date, str, str, str, str, str, str]]:
    """Events on days one after another, in the words that agencies use."""
    for number in range(count):
        yield (
            date(2019, 1, 1) + timedelta(days=number),
            f"{8 + number % 10:02}:{number * 7 % 60:02}",
            _AGENCIES[number % len(_AGENCIES)],
            f"Case file, entry {number + 1}",
            _EVENTS[number % len(_EVENTS)],
            _ACTIONS[number % len(_ACTIONS)],
            "" if number % 3 else "See also the entry of the day before.",
        )


def excel_chronology(rows: int) -> bytes:
    """A workbook of one sheet: a title, the header, true dates."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Chronology")
    sheet.append(["Agency chronology"])
    sheet.append(list(_HEADERS))
    for row in chronology_rows(rows):
        sheet.append(list(row))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def word_chronology(rows: int) -> bytes:
    """A Word file of one table on landscape pages, ten rows a page, with the styles that Word gives a new file."""
    table = "".join(_word_row(cells) for cells in (_HEADERS, *_as_written(rows)))
    document = docx.Document()
    section, style = document.sections[0], document.styles["Normal"]
    section.page_width, section.page_height = section.page_height, section.page_width
    section.left_margin = section.right_margin = Cm(1.5)
    style.font.size, style.paragraph_format.space_after = Pt(7), Pt(0)
    document.add_paragraph("Agency chronology")
    grid = f"<w:tblGrid>{_COLUMN * len(_HEADERS)}</w:tblGrid>"
    document.element.body.insert(1, parse_xml(f'<w:tbl xmlns:w="{_WORD}"><w:tblPr/>{grid}{table}</w:tbl>'))
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def scanned(pdf: bytes) -> bytes:
    """The first page of a PDF as a scanner gives it: a grey picture of 200 dpi in a PDF without text."""
    with pypdfium2.PdfDocument(pdf) as document:
        picture = document[0].render(scale=200 / 72, grayscale=True).to_pil()
    written = io.BytesIO()
    picture.save(written, "PDF", resolution=200)
    return written.getvalue()


def pages(pdf: bytes) -> int:
    """How many pages a PDF has."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return len(document.pages)


def _as_written(rows: int) -> Iterator[tuple[str, ...]]:
    for day, *rest in chronology_rows(rows):
        yield (f"{day:%d/%m/%Y}", *rest)


def _word_row(cells: tuple[str, ...]) -> str:
    paragraphs = (f"<w:p><w:r><w:t>{cell}</w:t></w:r></w:p>" for cell in cells)
    return "<w:tr>" + "".join(f"<w:tc>{_WIDTH}{one}</w:tc>" for one in paragraphs) + "</w:tr>"
