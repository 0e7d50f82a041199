"""Several files, read by one pool."""

from __future__ import annotations

from pathlib import Path

from mailbot.reader import read_files

SAMPLES = Path(__file__).parent / "forms" / "samples"


def test_files_are_read_in_their_order(tmp_path: Path) -> None:
    forms = read_files([SAMPLES / "a11-chronology.xlsx", SAMPLES / "a01-referral-standard.docx"], tmp_path)

    assert [(form.name, form.kind) for form in forms] == [
        ("a11-chronology.xlsx", "chronology"),
        ("a01-referral-standard.docx", "referral"),
    ]


def test_a_file_that_is_not_there_is_told_and_the_next_is_read(tmp_path: Path) -> None:
    gone, there = read_files([tmp_path / "gone.docx", SAMPLES / "a11-chronology.xlsx"], tmp_path)

    assert [problem.problem for problem in gone.problems] == ["missing"]
    assert there.kind == "chronology"
