"""Filling in the Word templates that an agency received, as its staff would: content controls, boxes and rows."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.table import Table

FORMS = Path(__file__).parent / "forms"
TICKED = "☒"
CHRONOLOGY_COLUMNS = ("date", "time", "source", "event", "action", "impact", "comment")
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"


@dataclass(frozen=True)
class Answers:
    """What an agency writes: into the scoping template, for each person it knows, into the chronology."""

    fields: dict[str, str]
    known: dict[str, str]
    chronology: tuple[dict[str, str], ...]

    def without(self, *names: str) -> Answers:
        """The same answers with some of the questions left open."""
        return Answers({n: v for n, v in self.fields.items() if n not in names}, self.known, self.chronology)

    def on(self, day: str) -> Answers:
        """The same answers, returned and signed off on that day."""
        dated = {"date_returned": day, "signed_off_date": day} if "signed_off_by" in self.fields else {}
        return Answers({"date_returned": day} | dated | self.fields, self.known, self.chronology)


def answers_of(agency: str) -> Answers:
    """The shipped answers of an agency (forms/AGENCY.toml)."""
    written = tomllib.loads((FORMS / f"{agency}.toml").read_text("utf-8"))
    return Answers(written["return"], written.get("known", {}), tuple(written.get("chronology", ())))


def fill_return(template: bytes, answers: Answers) -> bytes:
    """The scoping template with the answers in its content controls. KeyError: an answer without a place."""
    paper = Document(BytesIO(template))
    placed: set[str] = set()
    for control in paper.element.body.iter(qn("w:sdt")):
        name = _property(control, "w:tag")
        if name in answers.fields:
            _answer(control, answers.fields[name])
            placed.add(name)
    for table in paper.tables:
        _mark_known(table, answers.known)
    if left := set(answers.fields) - placed:
        raise KeyError(f"the template has no place for {', '.join(sorted(left))}")
    return _bytes(paper)


def with_answer(form: bytes, label: str, text: str) -> bytes:
    """A filled form with another answer beside this label. KeyError: the form has no such label."""
    paper = Document(BytesIO(form))
    for table in paper.tables:
        for row in table.rows:
            if row.cells[0].text.strip() == label:
                row.cells[1].text = text
                return _bytes(paper)
    raise KeyError(f"the form has no {label}")


def fill_chronology(template: bytes, rows: Iterable[Mapping[str, str]]) -> bytes:
    """The chronology template with the rows in its table."""
    paper = Document(BytesIO(template))
    table = next(t for t in paper.tables if t.rows[0].cells[0].text.strip() == "Date")
    for line, row in zip(table.rows[1:], rows, strict=False):
        for cell, column in zip(line.cells, CHRONOLOGY_COLUMNS, strict=True):
            cell.text = row.get(column, "")
    return _bytes(paper)


def _answer(control: Any, text: str) -> None:
    box = control.find(f"{qn('w:sdtPr')}/{W14}checkbox")
    if box is None:
        _write(control, text)
    elif _property(control, "w:alias").casefold() == text.casefold():
        box.find(f"{W14}checked").set(f"{W14}val", "1")
        _write(control, TICKED, keep_look=True)


def _write(control: Any, text: str, keep_look: bool = False) -> None:
    """Text in the place of the control's prompt."""
    prompt = control.find(f"{qn('w:sdtPr')}/{qn('w:showingPlcHdr')}")
    if prompt is not None:
        prompt.getparent().remove(prompt)
    runs = list(control.find(qn("w:sdtContent")).iter(qn("w:r")))
    for run in runs[1:]:
        run.getparent().remove(run)
    look = runs[0].find(qn("w:rPr"))
    if look is not None and not keep_look:
        runs[0].remove(look)
    for old in runs[0].findall(qn("w:t")):
        runs[0].remove(old)
    words = OxmlElement("w:t")
    words.text = text
    runs[0].append(words)


def _mark_known(table: Table, known: Mapping[str, str]) -> None:
    """Yes and the identifier for each person whom the agency knows, No for the others named."""
    for row in table.rows:
        controls = {(_property(c, "w:tag"), _property(c, "w:alias")): c for c in row._tr.iter(qn("w:sdt"))}
        name = row.cells[0].text.strip()
        if ("known", "Yes") not in controls or ("name", "Name") in controls or not name:
            continue
        _answer(controls["known", "Yes" if name in known else "No"], "yes" if name in known else "no")
        if name in known:
            _write(controls["identifier", "Identifier"], known[name])


def _property(control: Any, name: str) -> str:
    found = control.find(f"{qn('w:sdtPr')}/{qn(name)}")
    return "" if found is None else str(found.get(qn("w:val")))


def _bytes(paper: Any) -> bytes:
    filled = BytesIO()
    paper.save(filled)
    return filled.getvalue()


def finish_template(template: bytes, **more: str) -> bytes:
    """The Rapid Review Template with an answer in each control that still shows its prompt, as Word writes them.

    Answers are those of forms/rapid-review.toml and `more`, by the tags of the controls; a tag without one stays.
    """
    written = tomllib.loads((FORMS / "rapid-review.toml").read_text("utf-8")) | more
    paper = Document(BytesIO(template))
    for control in paper.element.body.iter(qn("w:sdt")):
        name = _property(control, "w:tag")
        prompts = control.find(f"{qn('w:sdtPr')}/{qn('w:showingPlcHdr')}") is not None
        if prompts and name in written:
            _write(control, written[name])
    return _bytes(paper)
