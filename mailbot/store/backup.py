"""A verified copy of the record, and the way back from one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from mailbot.errors import RecordDamaged, UsageProblem
from mailbot.store.audit import check
from mailbot.store.database import Database, DriverError, one, open_record, rows


def backup(db: Database, path: Path) -> None:
    """Copy the record as it stands to `path`, also while others write, and verify the copy before it gets that name.

    Raises UsageProblem where a file is there already, RecordDamaged where the copy does not pass.
    """
    if path.exists():
        raise UsageProblem(f"{path} is there already. Choose another name; a backup never replaces one.")
    with _part_of(path) as part:
        with closing(Database(part)) as copy:
            db.conn.backup(copy.conn)
            # One file, without a -wal beside it that a person could forget to carry along.
            rows(copy, "PRAGMA journal_mode = DELETE")
            verify(copy)
        part.rename(path)


def restore(copy: Path, path: Path, now: datetime) -> Path | None:
    """Put a backup in the place of the record; gives where the old record was moved to, if there was one.

    The worker and the console must be stopped first. A backup of an older mailbot is brought up to date. Raises
    UsageProblem without a backup there, RecordDamaged where it does not pass; the old record is then untouched.
    """
    if not copy.is_file():
        raise UsageProblem(f"There is no backup at {copy}.")
    path.parent.mkdir(parents=True, exist_ok=True)
    with _part_of(path) as part:
        try:
            _take_over(copy, part)
        except DriverError as error:
            raise RecordDamaged(f"{copy} cannot be read: {error}. Choose another backup.") from error
        aside = _move_aside(path, now) if path.exists() else None
        part.rename(path)
    return aside


def verify(db: Database) -> None:
    """See that SQLite finds no fault with the file and the audit none with the events. Raises RecordDamaged."""
    faults = [row["integrity_check"] for row in rows(db, "PRAGMA integrity_check")]
    faults = [fault for fault in faults if fault != "ok"] + [*check(db).problems]
    if faults:
        raise RecordDamaged(f"The copy is not sound: {' '.join(faults[:5])} Run `mailbot audit` on the record.")


def _take_over(copy: Path, part: Path) -> None:
    with closing(Database(copy)) as source, closing(Database(part)) as target:
        # An empty file opens as an empty database, and would become an empty record.
        if one(source, "SELECT name FROM sqlite_master WHERE name = 'events'") is None:
            raise RecordDamaged(f"{copy} is no record. Choose another backup.")
        source.conn.backup(target.conn)
    with closing(open_record(part)) as restored:
        verify(restored)


@contextmanager
def _part_of(path: Path) -> Iterator[Path]:
    """A private file beside `path` to write into, gone afterwards unless it was renamed."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def _move_aside(path: Path, now: datetime) -> Path:
    """The -wal and -shm files go with their record: left behind, they would spoil the new one."""
    aside = path.with_name(f"{path.name}.before-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside
