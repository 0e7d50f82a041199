"""A form filled in as Word does it: the control's content replaced, its prompt's mark gone, a date kept as a date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from mailbot.forms.dates import read_date

W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"


def fill_as_word(form: bytes, answers: Mapping[str, str], rows: Mapping[str, Sequence[Sequence[str]]]) -> bytes:
    """The form with each tag's answer, and the rows of the table that has this header."""
    paper = Document(BytesIO(form))
    for control in paper.element.body.iter(qn("w:sdt")):
        if (tag := _property(control, "w:tag")) in answers:
            write(control, answers[tag])
    for header, written in rows.items():
        table = next(t for t in paper.tables if header in [cell.text for cell in t.rows[0].cells])
        for line, row in zip(table.rows[1:], written, strict=False):
            for cell, text in zip(line.cells, row, strict=False):
                controls = list(cell._tc.iter(qn("w:sdt")))
                for control in controls if text else ():
                    write(control, text)
                if text and not controls:
                    cell.paragraphs[0].add_run(text)
    saved = BytesIO()
    paper.save(saved)
    return saved.getvalue()


def write(control: Any, text: str) -> None:
    """Type into a control, choose its entry, pick its date; a box is ticked where it is the answer's."""
    box = control.find(f"{qn('w:sdtPr')}/{W14}checkbox")
    if box is not None:
        if _property(control, "w:alias") == text:
            box.find(f"{W14}checked").set(f"{W14}val", "1")
            next(control.iter(qn("w:t"))).text = "☒"
        return
    if (prompt := control.find(f"{qn('w:sdtPr')}/{qn('w:showingPlcHdr')}")) is not None:
        prompt.getparent().remove(prompt)
    picker = control.find(f"{qn('w:sdtPr')}/{qn('w:date')}")
    day = read_date(text) if picker is not None else None
    if day is not None and not day.fuzzy:
        picker.set(qn("w:fullDate"), f"{dt.date.fromisoformat(day.value)}T00:00:00Z")
    run, words = OxmlElement("w:r"), OxmlElement("w:t")
    words.text = text
    run.append(words)
    content = control.find(qn("w:sdtContent"))
    content[:] = [run]


def _property(control: Any, name: str) -> str:
    found = control.find(f"{qn('w:sdtPr')}/{qn(name)}")
    return "" if found is None else str(found.get(qn("w:val")))
