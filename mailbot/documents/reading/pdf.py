"""PDF files to a Document: form fields by their names and tool tips, ruled tables as cells, other text as lines."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from mailbot.documents.reading.archive import Locked, TooMuch
from mailbot.documents.reading.layout import box_of, page_blocks
from mailbot.forms.document import Block, Control, Document, Table
from mailbot.forms.form import Problem

PAGES = 300


def read_pdf(content: bytes, name: str) -> Document:
    """The form fields first, then the pages. Raises Locked, TooMuch, and what a damaged PDF raises."""
    import pdfplumber
    import pikepdf

    controls: list[Control] = []
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if len(pdf.pages) > PAGES:
                raise TooMuch(f"it has {len(pdf.pages)} pages, more than the {PAGES} allowed")
            controls = list(_controls(pdf))
    except pikepdf.PasswordError as error:
        raise Locked from error
    blocks: list[Block] = [*controls]
    empty = 0
    with pdfplumber.open(io.BytesIO(content)) as pages:
        tables = 0
        for page in pages.pages:
            found = list(_page_blocks(page, tables))
            tables += sum(isinstance(block, Table) for block in found)
            empty += not found and bool(page.images)
            blocks.extend(found)
            page.close()
    problems = []
    if empty:
        message = f"{empty} page(s) are pictures without text (a scan or photograph); they were not read."
        problems.append(Problem(problem="not_supported", message=message))
    return Document(name=name, format="pdf", blocks=tuple(blocks), problems=tuple(problems))


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


def _page_blocks(page: Any, tables_before: int) -> Iterator[Block]:
    strokes = [box_of(one) for one in (*page.lines, *page.rects) if one["bottom"] - one["top"] < 2]
    return page_blocks(page.chars, page.find_tables(), strokes, page.page_number, tables_before)
