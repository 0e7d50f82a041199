"""The annex for the office: every line of the template with what it came from, on pages that people can read."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest

from mailbot.cases.rapid_review import SourceLine
from mailbot.documents.annex import Annex

SHIPPED = Path(__file__).parents[2] / "templates"
LONG = "Seen at home by the health visitor. " * 30
LINES = (
    SourceLine(
        section="1. The case", line="Ethnicity", text="Mixed", source="the referral form, “Referral & more.docx”"
    ),
    SourceLine(
        section="1. The case", line="Disability", text="None #known *here* $x$", source="recorded by Ada Finch"
    ),
    SourceLine(
        section="6. What the agencies told us", line="مستشفى الشمال: involvement", text=LONG, source="its return"
    ),
)


@pytest.fixture(scope="module")
def annex() -> Annex:
    return Annex((SHIPPED,))


def words(pdf: bytes) -> str:
    pages = (page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf))
    return " ".join(" ".join(pages).split())


def test_every_line_stands_with_its_source_under_its_section(annex: Annex) -> None:
    told = words(annex.pages("RR-2026-001", "OFFICIAL-SENSITIVE", "Thursday 11 June 2026", LINES))
    for text in ("1. The case", "6. What the agencies told us", "Ethnicity", "“Referral & more.docx”", "Ada Finch"):
        assert text in told
    assert "None #known *here* $x$" in told
    assert "does not go to the Panel" in told
    assert told.count("Seen at home") == 4


def test_many_lines_run_over_pages_with_the_marking_on_each_and_nothing_at_the_edges(annex: Annex) -> None:
    pdf = annex.pages("RR-2026-001", "OFFICIAL-SENSITIVE", "Thursday 11 June 2026", LINES * 40)
    pages = list(pypdfium2.PdfDocument(pdf))
    assert len(pages) > 3
    for number, page in enumerate(pages, 1):
        told = page.get_textpage().get_text_bounded()
        assert "OFFICIAL-SENSITIVE" in told
        assert f"Page {number} of {len(pages)}" in told
        rendered = page.render(scale=1).to_pil().convert("L")
        width, height = rendered.size
        assert rendered.crop((0, 0, 30, height)).getextrema()[0] > 200
        assert rendered.crop((width - 30, 0, width, height)).getextrema()[0] > 200


def test_nothing_filled_in_says_so(annex: Annex) -> None:
    assert "Nothing was filled in" in words(annex.pages("RR-2026-001", "OFFICIAL", "today", ()))


def test_the_same_lines_give_the_same_bytes(annex: Annex) -> None:
    facts = ("RR-2026-001", "OFFICIAL", "Thursday 11 June 2026", LINES)
    assert annex.pages(*facts) == annex.pages(*facts)
