"""Conversions are remembered from one process to the next, within bounds, and never stop anybody."""

from __future__ import annotations

import logging
import threading
from contextlib import closing
from pathlib import Path

import pytest

from mailbot.store.conversions import UNUSED_DAYS, Conversions
from mailbot.store.database import Database, rows, write


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "conversions.db"


def days_pass(path: Path, days: int) -> None:
    """Let everything that is remembered have been used so many days earlier."""
    with closing(Database(path)) as db, write(db):
        db.execute("UPDATE conversions SET used = date(used, ?)", [f"-{days} days"])


def test_another_process_knows_it(path: Path) -> None:
    Conversions(path).remember("letter", b"%PDF-1.7 Seen at home.")
    assert Conversions(path).recall("letter") == b"%PDF-1.7 Seen at home."
    assert Conversions(path).recall("another letter") is None


def test_only_its_owner_may_read_it(path: Path) -> None:
    Conversions(path).remember("letter", b"%PDF-")
    assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}


def test_the_longest_unused_goes_when_it_grows_too_large(path: Path) -> None:
    memory = Conversions(path, largest=250)
    for key in ("police", "school"):
        memory.remember(key, b"x" * 100)
    days_pass(path, 1)
    assert memory.recall("police") is not None
    memory.remember("health", b"x" * 100)
    assert [key for key in ("police", "school", "health") if memory.recall(key)] == ["police", "health"]


def test_what_nobody_used_for_long_goes(path: Path) -> None:
    memory = Conversions(path)
    memory.remember("old", b"x" * 2_000_000)
    days_pass(path, UNUSED_DAYS + 1)
    memory.remember("new", b"x")
    assert memory.recall("old") is None
    with closing(Database(path)) as db:
        rows(db, "PRAGMA wal_checkpoint(TRUNCATE)")
    assert path.stat().st_size < 100_000


def test_one_that_is_damaged_is_begun_anew(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path.write_bytes(b"no database " * 1000)
    memory = Conversions(path)
    with caplog.at_level(logging.WARNING):
        assert memory.recall("letter") is None
    assert "begun anew" in caplog.text
    memory.remember("letter", b"%PDF-")
    assert memory.recall("letter") == b"%PDF-"


def test_where_nothing_can_be_written_nothing_is_remembered(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = tmp_path / "conversions.db"
    folder.mkdir()
    memory = Conversions(folder)
    with caplog.at_level(logging.WARNING):
        memory.remember("letter", b"%PDF-")
    assert memory.recall("letter") is None
    assert "could not be remembered" in caplog.text


def test_threads_use_it_at_once(path: Path) -> None:
    memory = Conversions(path)

    def remember(agency: int) -> None:
        for paper in range(5):
            memory.remember(f"{agency}/{paper}", b"%PDF-" + bytes([agency]))

    threads = [threading.Thread(target=remember, args=(agency,)) for agency in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(memory.recall(f"{agency}/4") == b"%PDF-" + bytes([agency]) for agency in range(4))
