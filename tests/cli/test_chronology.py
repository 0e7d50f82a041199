"""`mailbot chronology`: the combined chronology as a PDF or as an Excel file."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pypdfium2
import pytest

from tests.cli.test_commands import mailbot
from tests.intake.office import MANAGER, REF, make_home

NOW = "2026-06-01T09:30"
CHILD = "Wilfred Ashgrove"


@pytest.fixture
def opened(tmp_path: Path) -> Path:
    """A home with one case, to which no agency has told anything."""
    home = make_home(tmp_path / "home")
    child = ("--child-name", CHILD, "--dob", "2025-11-03")
    mailbot(home, "open", "--as", MANAGER, "--from", "police", *child, "--why", "by phone", "--now", NOW)
    return home


def test_the_files_ending_says_what_is_written(opened: Path, tmp_path: Path) -> None:
    for name in ("chronology.pdf", "chronology.XLSX"):
        ran = mailbot(opened, "chronology", REF, "-o", str(tmp_path / name), "--now", NOW)
        assert (ran.code, ran.err) == (0, "")
        assert "0 entries; 0 silences; 0 contradictions pointed out." in " ".join(ran.out.split())
        assert CHILD not in ran.out
    pages = pypdfium2.PdfDocument(tmp_path / "chronology.pdf")
    assert "Timeline by agency" in pages[0].get_textpage().get_text_range()
    assert "What the chronology shows" in pages[1].get_textpage().get_text_range()
    assert openpyxl.load_workbook(tmp_path / "chronology.XLSX").sheetnames[0] == "Chronology"


def test_another_ending_is_refused_and_nothing_written(opened: Path, tmp_path: Path) -> None:
    ran = mailbot(opened, "chronology", REF, "-o", str(tmp_path / "chronology.docx"), "--now", NOW)
    assert ran.code == 2
    assert ".pdf or .xlsx" in ran.err
    assert not (tmp_path / "chronology.docx").exists()
