"""Opening the record, and writing to it all or nothing."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from mailbot.store.database import Database, DriverError, moment, one, open_record, rows, stamp, write
from tests.store.stories import MONDAY


def add_pass(db: Database, job: str) -> None:
    db.execute("INSERT INTO passes (job, started) VALUES (?, ?)", [job, stamp(MONDAY)])


def jobs(db: Database) -> list[str]:
    return [row["job"] for row in rows(db, "SELECT job FROM passes ORDER BY id")]


def test_only_its_owner_can_read_the_record(db: Database, path: Path) -> None:
    with write(db):
        add_pass(db, "read_inbox")
    for part in path.parent.iterdir():
        assert part.stat().st_mode & 0o777 == 0o600, part.name


def test_a_record_copied_there_with_loose_rights_is_closed_to_others(db: Database, path: Path) -> None:
    path.chmod(0o644)
    open_record(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_connection_is_careful(db: Database) -> None:
    assert one(db, "PRAGMA journal_mode") == {"journal_mode": "wal"}
    assert one(db, "PRAGMA foreign_keys") == {"foreign_keys": 1}
    assert one(db, "PRAGMA synchronous") == {"synchronous": 2}
    assert one(db, "PRAGMA busy_timeout") == {"timeout": 10000}


def test_what_is_written_together_is_stored_together_or_not_at_all(db: Database, path: Path) -> None:
    with pytest.raises(ZeroDivisionError), write(db):
        add_pass(db, "read_inbox")
        1 / 0  # noqa: B018
    assert jobs(db) == []
    with write(db):
        add_pass(db, "read_inbox")
        add_pass(db, "empty_outbox")
    assert jobs(open_record(path)) == ["read_inbox", "empty_outbox"]


def test_a_write_inside_a_write_goes_back_alone_when_its_error_is_met(db: Database) -> None:
    with write(db):
        add_pass(db, "read_inbox")
        with pytest.raises(ZeroDivisionError), write(db):
            add_pass(db, "lost")
            1 / 0  # noqa: B018
        add_pass(db, "empty_outbox")
    assert jobs(db) == ["read_inbox", "empty_outbox"]


def test_a_write_inside_a_write_is_not_stored_before_the_outer_one(db: Database) -> None:
    with pytest.raises(ZeroDivisionError), write(db):
        with write(db):
            add_pass(db, "inner")
        1 / 0  # noqa: B018
    assert jobs(db) == []


def test_a_writer_takes_its_place_at_once(db: Database, path: Path) -> None:
    """Two who have both only read so far do not lose to each other: the second waits at the door."""
    other = open_record(path)
    other.execute("PRAGMA busy_timeout = 0")
    with write(db), pytest.raises(DriverError, match="database is locked"), write(other):
        pass


def test_stamps_are_utc_and_sort_like_the_times_they_stand_for() -> None:
    summer = datetime(2026, 7, 1, 9, 0, tzinfo=timezone(timedelta(hours=1)))
    assert stamp(summer) == "2026-07-01T08:00:00.000000+00:00"
    assert moment(stamp(summer)) == summer
    times = [MONDAY, MONDAY + timedelta(microseconds=1), MONDAY + timedelta(seconds=1)]
    assert sorted(stamp(time) for time in times) == [stamp(time) for time in times]


def test_a_time_without_a_zone_is_a_bug() -> None:
    with pytest.raises(ValueError, match="zone"):
        stamp(datetime(2026, 11, 23, 9, 30, tzinfo=UTC).replace(tzinfo=None))
