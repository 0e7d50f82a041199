"""PDF files to a Document: form fields by name and in their place, ruled tables as cells, other text as lines."""

from __future__ import annotations

import io
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from PIL import Image

from mailbot.documents.reading.archive import Locked, TooMuch
from mailbot.documents.reading.bitmap import DPI
from mailbot.documents.reading.filled import answers_of
from mailbot.documents.reading.layout import Box, box_of, page_blocks
from mailbot.documents.reading.scan import Scans
from mailbot.documents.reading.tools import Budget
from mailbot.forms.document import Block, Control, Document, Table
from mailbot.forms.form import Problem

PAGES = 300
_FEW_CHARACTERS = 25
"""A page with fewer characters than this has no text of its own."""
_MUCH, _SOME = 0.5, 0.1
"""Parts of a page that pictures cover: of a scan more than the first, of a page without text that is worth reading
more than the second."""
_DRAWN = 200
"""Curves on a page whose letters were turned into drawings."""
_LONGEST_SIDE = 3510
_BORDER = 1.5
"""Points by which the box drawn around a form field may be larger than the field."""


def read_pdf(content: bytes, name: str, budget: Budget | None = None) -> Document:
    """The form fields first, then the pages; those that are pictures are read by OCR.

    Raises Locked, TooMuch, and what a damaged PDF raises.
    """
    import pdfplumber
    import pikepdf

    controls: list[Control] = []
    damaged = False
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if len(pdf.pages) > PAGES:
                raise TooMuch(f"it has {len(pdf.pages)} pages, more than the {PAGES} allowed")
            controls = list(_controls(pdf))
            damaged = bool(pdf.check_pdf_syntax())
    except pikepdf.PasswordError as error:
        raise Locked from error
    blocks: list[Block] = [*controls]
    budget = budget or Budget()
    scans, lying = Scans(budget), False
    with pdfplumber.open(io.BytesIO(content)) as pages:
        for page in pages.pages:
            tables = sum(isinstance(block, Table) for block in blocks)
            turn = _turn(page.chars)
            lying = lying or bool(turn)
            if turn:
                turned = _turned(content, page.page_number, turn)
                with pdfplumber.open(io.BytesIO(turned), pages=[page.page_number]) as upright:
                    blocks.extend(_page_blocks(turned, upright.pages[0], tables, scans))
            else:
                blocks.extend(_page_blocks(content, page, tables, scans))
            page.close()
    # Where typed words lie on their side, the scans were seen otherwise than a reader of the file sees them.
    budget.stands(content, None if lying else scans.turned)
    return Document(name=name, format="pdf", blocks=tuple(blocks), problems=(*_told(damaged), *scans.problems()))


def _turn(chars: list[dict[str, Any]]) -> int:
    """By how many degrees clockwise a page is turned for most of its text to stand upright: 0, 90, 180 or 270."""
    turns = Counter(
        round(math.degrees(math.atan2(one["matrix"][1], one["matrix"][0])) / 90) % 4 * 90 for one in chars
    )
    return turns.most_common(1)[0][0] if turns else 0


def _turned(content: bytes, number: int, turn: int) -> bytes:
    import pikepdf

    packed = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.pages[number - 1].rotate(turn, relative=True)
        pdf.save(packed)
    return packed.getvalue()


def _told(damaged: bool) -> Iterator[Problem]:
    if damaged:
        message = "Parts of the file are damaged: answers may be missing or wrong. Compare it, or ask for it again."
        yield Problem(problem="incomplete", message=message)


def _controls(pdf: Any) -> Iterator[Control]:
    from pikepdf.form import CheckboxField, ChoiceField, Form, RadioButtonGroup, TextField

    if "/AcroForm" not in pdf.Root:
        return
    for number, control in enumerate(Form(pdf), 1):
        name, tip = str(control.fully_qualified_name), str(control.alternate_name or "")
        place = f"form field {number}"
        if isinstance(control, CheckboxField):
            yield Control(name=name, tip=tip, kind="tick", ticked=bool(control.checked), place=place)
        elif isinstance(control, RadioButtonGroup):
            state = str(control.value or "").lstrip("/")
            yield Control(name=name, tip=tip, kind="choice", value="" if state == "Off" else state, place=place)
        elif isinstance(control, TextField):
            yield Control(name=name, tip=tip, value=str(control.value or ""), place=place)
        elif isinstance(control, ChoiceField):
            yield Control(name=name, tip=tip, kind="choice", value=str(control.value or ""), place=place)


def _page_blocks(content: bytes, page: Any, tables_before: int, scans: Scans) -> Iterable[Block]:
    if _is_picture(content, page):
        scan = scans.page(lambda: _rendered(content, page), page.page_number, tables_before)
        if scan.words or not page.chars:
            return scan.blocks
        # The scanner's own words are better than none.
        scans.read_by_scanner(page.page_number)
        for char in page.chars:
            char["scanned"] = True
    strokes = [box_of(one) for one in (*page.lines, *page.rects) if one["bottom"] - one["top"] < 2]
    answers = list(answers_of(page))
    boxes = [(one["x0"], one["top"], one["x1"], one["bottom"]) for one in page.annots]
    ruled = page.filter(lambda shape: not _is_border(shape, boxes)) if answers else page
    return page_blocks(
        [*page.chars, *answers], ruled.find_tables(), strokes, page.page_number, tables_before, page.height
    )


def _is_border(shape: dict[str, Any], boxes: list[Box]) -> bool:
    """Whether the shape is drawn around a form field: such boxes are no cells of a table."""
    if shape["object_type"] not in {"rect", "line", "curve"}:
        return False
    drawn = box_of(shape)
    return any(
        all(low - _BORDER <= side <= high + _BORDER for side, (low, high) in zip(drawn, _sides(box), strict=True))
        for box in boxes
    )


def _sides(box: Box) -> tuple[tuple[float, float], ...]:
    """Between which bounds each side of a shape lies that is drawn around the box, or on one side of it."""
    across, down = (box[0], box[2]), (box[1], box[3])
    return across, down, across, down


def _is_picture(content: bytes, page: Any) -> bool:
    """Whether the page is a picture: without text, or with a text that a scanner hid behind or below it."""
    covered = sum(_area(image, page) for image in page.images) / max(1.0, page.width * page.height)
    if len(page.chars) < _FEW_CHARACTERS:
        return covered > _SOME or len(page.curves) > _DRAWN
    return covered > _MUCH and _text_is_hidden(content, page)


def _area(image: dict[str, Any], page: Any) -> float:
    x0, top, x1, bottom = box_of(image)
    wide, high = min(x1, page.width) - max(x0, 0), min(bottom, page.height) - max(top, 0)
    return float(max(0, wide) * max(0, high))


def _text_is_hidden(content: bytes, page: Any) -> bool:
    """Whether most of the text is invisible, or was set before the picture that lies over it."""
    import pypdfium2.raw

    seen = hidden = 0
    with pypdfium2.PdfDocument(content) as document:
        drawn = document[page.page_number - 1]
        for shape in drawn.get_objects():
            if shape.type == pypdfium2.raw.FPDF_PAGEOBJ_TEXT:
                mode = pypdfium2.raw.FPDFTextObj_GetTextRenderMode(shape.raw)
                invisible = mode == pypdfium2.raw.FPDF_TEXTRENDERMODE_INVISIBLE
                seen, hidden = seen + (not invisible), hidden + invisible
            elif shape.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE and _is_large(shape, drawn):
                seen, hidden = 0, seen + hidden
    return hidden > seen


def _is_large(shape: Any, page: Any) -> bool:
    left, bottom, right, top = shape.get_bounds()
    return bool((right - left) * (top - bottom) > _MUCH * page.get_width() * page.get_height())


def _rendered(content: bytes, page: Any) -> Image.Image:
    import pypdfium2

    scale = min(DPI / 72, _LONGEST_SIDE / max(1.0, float(page.width), float(page.height)))
    with pypdfium2.PdfDocument(content) as document:
        picture: Image.Image = document[page.page_number - 1].render(scale=scale, grayscale=True).to_pil()
        return picture.copy()
