"""What `make bench-pack` measures, over one paper, and what it says of its goals."""

from __future__ import annotations

import random
from pathlib import Path

import pikepdf
import pytest

from benchmarks.cost import Cost
from benchmarks.pack import ROWS, Measured, Work, _store, _table, _work, goals
from benchmarks.pack_papers import chronology
from mailbot.demo.stage import make_home
from mailbot.documents.office import Converter


def work(seconds: float) -> Work:
    return Work(Cost(seconds, seconds, 100, 1), 200)


def measured(first: float, late: float) -> Measured:
    """Works beside a LibreOffice of four seconds and a first build, of papers never read, of twenty."""
    return Measured(
        work(1), work(4), work(20), work(first), work(5), work(2), work(late), 300, 600, 7_000_000, 6_000_000
    )


@pytest.mark.parametrize(
    ("first", "late", "met"), [(5.0, 4.0, [True, True]), (5.3, 4.0, [False, True]), (5.0, 4.1, [True, False])]
)
def test_a_goal_is_met_or_missed(first: float, late: float, met: list[bool]) -> None:
    assert [reached for _, reached in goals(measured(first, late))] == met


def test_every_work_has_its_row() -> None:
    printed = _table(measured(5.3, 4.0), 3)
    assert [line.split("|")[1].strip() for line in printed.splitlines() if line.startswith("| ")][1:] == list(ROWS)
    assert "- MISSED: 1.32 times LibreOffice alone" in printed
    assert "- met: 0.20 of the first build" in printed


@pytest.mark.skipif(not Converter.find().available, reason="soffice is not installed")
def test_a_small_pack_is_made_ready_and_bound(tmp_path: Path) -> None:
    home = tmp_path / "home"
    make_home(home)
    _store(home, 1, [chronology(random.Random(1), 0)])
    ready, bound = _work("ready", home, 1), _work("bind", home, 1)
    # LibreOffice was started for the first alone: it has more memory than anything else that the second could start.
    assert ready.children > 150 > bound.children
    with pikepdf.open(home / "pack 1.pdf") as pack:
        assert len(pack.pages) > 10
