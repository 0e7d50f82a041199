"""`mailbot file`: what a person saved from a portal, taken in as if its agency had mailed it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailbot.demo.filling import answers_of, fill_return
from mailbot.errors import UsageProblem
from mailbot.intake.filing import file_for
from tests.builders import at
from tests.intake.office import MANAGER, REF, Office

TUESDAY = "Tue 2 Jun 2026 10:00"
WEDNESDAY = "Wed 3 Jun 2026 9:30"


@pytest.fixture
def saved(scoped: Office, tmp_path: Path) -> Path:
    """The police's filled form, as it lay in the portal."""
    letter = next(a for a in scoped.letters("scoping") if a.agency == "police")
    template = next(f.content for f in scoped.opened(letter).attachments if "sharing template" in f.name)
    path = tmp_path / "Return.docx"
    path.write_bytes(fill_return(template, answers_of("police")))
    return path


def bring(office: Office, *paths: Path, agency: str = "police", by: str = MANAGER) -> str:
    return file_for(REF, agency, paths, by, at(TUESDAY), office.parts, at(WEDNESDAY)).state


def test_files_from_a_portal_are_the_agencys_return_of_the_day_they_came(scoped: Office, saved: Path) -> None:
    assert bring(scoped, saved) == "handled"
    request = scoped.case.requests["police"]
    assert request.returned_at == at(TUESDAY)
    assert [scoped.parts.mailbag.file(p.sha256) for p in request.papers] == [saved.read_bytes()]
    assert MANAGER in scoped.last.reason


def test_the_same_files_are_brought_once(scoped: Office, saved: Path) -> None:
    bring(scoped, saved)
    with pytest.raises(UsageProblem, match="brought already"):
        bring(scoped, saved)


def test_a_file_without_a_return_is_held_for_the_case(scoped: Office, tmp_path: Path) -> None:
    paper = tmp_path / "Note.txt"
    paper.write_text("A note about nothing.", "utf-8")
    assert bring(scoped, paper) == "held"
    assert scoped.last.case == REF
    assert scoped.case.requests["police"].returned_at is None


def test_who_brings_and_for_whom_must_be_known(scoped: Office, saved: Path) -> None:
    with pytest.raises(UsageProblem, match="no agency of the directory"):
        bring(scoped, saved, agency="circus")
    with pytest.raises(UsageProblem, match="--as"):
        bring(scoped, saved, by="somebody@elsewhere.example")
