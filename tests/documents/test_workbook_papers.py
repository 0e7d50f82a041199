"""The Excel papers that we send: every fact stands in them as it was given, and never as a formula."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from mailbot.documents.workbook_papers import FACTS, WorkbookPapers
from mailbot.errors import ConfigProblems

SHIPPED = Path(__file__).parents[2] / "templates"
CHRONOLOGY = {
    "ref": "RR-2026-001",
    "child_name": "Tallulah Okonkwo-Ström",
    "agency_name": "Moss Lane Surgery",
    "partnership_name": "Wychmoor Safeguarding Children Partnership",
}


@pytest.fixture
def papers() -> WorkbookPapers:
    return WorkbookPapers((SHIPPED,))


def test_every_template_is_in_order(papers: WorkbookPapers) -> None:
    assert papers.check() == []
    assert set(CHRONOLOGY) == FACTS["chronology_template"]


@pytest.mark.parametrize("name", ["=1+1", "+44", "-none", "@home", 'Smith & "Jones" <GP> {{ ref }} محمد'])
def test_a_fact_stands_as_it_was_given_and_is_no_formula(papers: WorkbookPapers, name: str) -> None:
    book = openpyxl.load_workbook(
        BytesIO(papers.fill("chronology_template", {**CHRONOLOGY, "child_name": name, "agency_name": name}))
    )
    cells = [cell for row in book["Chronology"].iter_rows() for cell in row if cell.value == name]
    assert [cell.data_type for cell in cells] == ["s", "s"]


def test_an_ampersand_in_the_page_footer_is_itself(papers: WorkbookPapers) -> None:
    filled = papers.fill("chronology_template", {**CHRONOLOGY, "partnership_name": "Moor & Dale Partnership"})
    book = openpyxl.load_workbook(BytesIO(filled))
    footers = [sheet.oddFooter for sheet in book.worksheets]
    assert all(footer is not None and "Moor && Dale" in str(footer.left.text) for footer in footers)


def test_the_same_facts_give_the_same_bytes(papers: WorkbookPapers) -> None:
    assert papers.fill("chronology_template", CHRONOLOGY) == papers.fill("chronology_template", CHRONOLOGY)


def test_the_chronology_stays_legible_on_screen_and_paper(papers: WorkbookPapers) -> None:
    sheet = openpyxl.load_workbook(BytesIO(papers.fill("chronology_template", CHRONOLOGY)))["Chronology"]
    assert sheet.freeze_panes == "A8"
    assert sheet.print_title_rows == "$7:$7"
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (
        "landscape",
        1,
        0,
    )
    assert not sheet.protection.sheet


def test_what_is_wrong_with_an_offices_own_template_is_said(tmp_path: Path) -> None:
    own = tmp_path / "documents"
    own.mkdir()
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = "{{ ref }} {{ childs_name }}"
    book.save(own / "chronology_template.xlsx")
    papers = WorkbookPapers((tmp_path, SHIPPED))
    assert papers.check() == [
        "templates/documents/chronology_template.xlsx: there is no fact `childs_name` for this paper."
    ]
    with pytest.raises(ConfigProblems, match="childs_name"):
        papers.fill("chronology_template", CHRONOLOGY)
    (own / "chronology_template.xlsx").write_bytes(b"not a workbook")
    assert "cannot be opened as a workbook" in papers.check()[0]


def test_a_template_that_nobody_has(tmp_path: Path) -> None:
    with pytest.raises(ConfigProblems, match="neither in the home's templates folder"):
        WorkbookPapers((tmp_path,)).fill("chronology_template", CHRONOLOGY)
