"""`mailbot demo`: it plays to its end, leaves the papers that it names, and touches nobody's files."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest

from mailbot.config import load
from mailbot.demo.play import MARK, clear, play
from mailbot.demo.telling import REF
from mailbot.documents.office import Converter
from mailbot.errors import UsageProblem
from mailbot.parts import open_parts


@pytest.fixture
def no_libreoffice(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without LibreOffice: nothing is found on its PATH."""
    monkeypatch.setenv("PATH", "/nowhere")
    assert not Converter.find().available


@pytest.mark.usefixtures("no_libreoffice")
def test_the_demo_plays_to_its_end_and_leaves_the_papers_that_it_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "demo"
    play(home, fast=True)
    shown, _, named = capsys.readouterr().out.partition("The papers to look at")
    with open_parts(load(home)) as parts:
        assert parts.casebook.load(REF).stage == "closed"

    assert "LibreOffice is not installed" in shown
    assert "Castellane" not in shown and "Rowan" not in shown
    assert max(len(line) for line in shown.splitlines()) <= 100

    papers = sorted((home / "papers").iterdir())
    assert {paper.suffix for paper in papers} == {".pdf", ".docx", ".eml"}
    assert all(str(paper) in named for paper in papers)
    assert all(f"--home {home} {command}" in named for command in (f"explain {REF}", f"plan {REF}", "ledger"))
    with pikepdf.open(home / "papers" / f"{REF} meeting pack version 2.pdf") as pack:
        assert len(pack.pages) > 10

    clear(home)
    assert [path.name for path in home.iterdir()] == [MARK]


def test_a_folder_that_holds_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "minutes.txt").write_text("Somebody's minutes.")
    with pytest.raises(UsageProblem, match="not empty"):
        play(tmp_path, fast=True)
    assert [p.name for p in tmp_path.iterdir()] == ["minutes.txt"]
