"""`mailbot read`, as a person sees it at 80 columns and as a program gets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailbot.cli import app as frame
from tests.cli.test_commands import Ran, mailbot
from tests.documents.word_files import paragraph, run, table, word_file
from tests.locking import locked_word, locked_zip

SAMPLES = Path(__file__).parents[1] / "forms" / "samples"
REFERRAL = SAMPLES / "a01-referral-standard.docx"
CHRONOLOGY = SAMPLES / "a10-chronology-fuzzy-dates.docx"
BOLD = "<w:b/>"


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of 80 columns."""
    monkeypatch.setattr(frame.out, "_width", 80)


def read(*arguments: object, typed: str = "", home: Path = SAMPLES) -> Ran:
    """Run `mailbot read`, with what is typed into it."""
    return mailbot(home, "read", *map(str, arguments), typed=typed)


def test_one_file_is_one_object_and_several_are_a_list() -> None:
    assert read(REFERRAL, "--json").document["kind"] == "referral"
    kinds = [form["kind"] for form in read(REFERRAL, CHRONOLOGY, "--json").document]
    assert kinds == ["referral", "chronology"]


@pytest.mark.usefixtures("narrow")
def test_people_see_each_answer_whole_with_its_place_within_80_columns() -> None:
    shown = read(REFERRAL)
    assert shown.code == 0
    assert max(map(len, shown.out.splitlines())) <= 80
    words = " ".join(shown.out.split())
    for part in (
        "a01-referral-standard.docx referral",
        "because the title says “Serious Incident Referral Form”",
        "child's name Reuben Falconbridge",
        "2025-09-17 “17/09/2025”",
        "parents or carers (2 rows)",
        "Asked and left blank: other names of the child",
    ):
        assert part in words
    answer = read(REFERRAL, "--json").document["fields"]["incident_summary"]["value"]
    assert set(answer.split()) <= set(words.split()), "long texts are shown whole"


@pytest.mark.usefixtures("narrow")
def test_a_wide_table_is_told_row_by_row_with_dates_as_they_were_written() -> None:
    shown = read(CHRONOLOGY)
    assert max(map(len, shown.out.splitlines())) <= 80
    assert "1 date: 2020 “Summer 2020”; source: Primary file; event: Family moved to Winsea." in " ".join(
        shown.out.split()
    )


def test_a_missing_file_is_told_and_does_not_stop_the_others(tmp_path: Path) -> None:
    shown = read(tmp_path / "nowhere.docx", CHRONOLOGY)
    assert shown.code == 1
    assert "nowhere.docx cannot be read: No such file or directory." in " ".join(shown.err.split())
    assert "chronology (10 rows)" in shown.out
    document = read(tmp_path / "nowhere.docx", CHRONOLOGY, "--json").document
    assert [form["problems"][:1] and form["problems"][0]["problem"] for form in document] == ["missing", []]


def test_a_label_that_is_not_understood_is_shown_with_the_command_that_teaches_it(tmp_path: Path) -> None:
    strange = table(
        [paragraph(run("Name of child", BOLD)), "Wilfred Oakhanger"],
        [paragraph(run("Date of birth", BOLD)), "03/04/2021"],
        [paragraph(run("Name of referrer", BOLD)), "Ola Brandt"],
        [paragraph(run("The nan's budgie", BOLD)), "Two of them"],
    )
    (tmp_path / "form.docx").write_bytes(word_file(paragraph("Rapid Review Referral Form") + strange))
    shown = read(tmp_path / "form.docx").out
    assert "“The nan's budgie”" in shown
    assert "mailbot teach referral 'The nan'\"'\"'s budgie' FIELD" in shown
    assert [p["label"] for p in read(tmp_path / "form.docx", "--json").document["problems"]] == ["The nan's budgie"]


def test_parts_stand_further_in_under_their_names(tmp_path: Path) -> None:
    packed = locked_zip("Otter-31", ("one.docx", REFERRAL.read_bytes()), ("two.docx", CHRONOLOGY.read_bytes()))
    (tmp_path / "both.zip").write_bytes(packed)
    shown = read("--password-stdin", tmp_path / "both.zip", typed="Otter-31\n")
    assert shown.code == 0
    assert [line.split("  ")[0] for line in shown.out.splitlines() if line.startswith("both")] == ["both.zip"]
    assert "\n    one.docx  referral" in shown.out
    assert "\n    two.docx  chronology" in shown.out


def test_a_locked_file_is_read_with_the_password_that_is_typed(tmp_path: Path) -> None:
    (tmp_path / "locked.docx").write_bytes(locked_word(REFERRAL.read_bytes(), "Otter 31"))
    without = read(tmp_path / "locked.docx")
    assert without.code == 0
    assert "mailbot read --password-stdin FILE" in without.out
    wrong = read("--password-stdin", tmp_path / "locked.docx", "--json", typed="Otter\n")
    assert [p["problem"] for p in wrong.document["problems"]] == ["encrypted"]
    right = read("--password-stdin", tmp_path / "locked.docx", "--json", typed="wrong\nOtter 31\n")
    assert right.document["fields"]["child_name"]["value"] == "Reuben Falconbridge"
    assert "Otter" not in wrong.out + wrong.err + right.out + right.err
