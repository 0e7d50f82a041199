"""Opens the record, and writes to it: the only module that names the database driver.

An encrypted driver (SQLCipher) takes its place here. One connection belongs to one thread.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import DatabaseError as DriverError
from sqlite3 import OperationalError as DriverRefuses
from typing import Any

from sqlite_utils import Database

from mailbot.store.schema import bring_up_to_date, lacks

__all__ = ["Database", "DriverError", "DriverRefuses", "moment", "one", "open_record", "rows", "stamp", "write"]

PRAGMAS = (
    "PRAGMA busy_timeout = 10000",
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = FULL",
)


def open_record(path: Path) -> Database:
    """Open the record at `path`, made (readable by its owner only) and brought up to date as needed.

    Raises RecordDamaged where a newer mailbot has written it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # The -wal and -shm files take over its mode. An existing file is not opened here: closing it again would drop the
    # locks of this process's other connections (sqlite.org/howtocorrupt.html, 2.2).
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
    path.chmod(0o600)
    db = Database(path)
    for pragma in PRAGMAS:
        rows(db, pragma)
    _log_ahead(db)
    if lacks(db):
        with write(db):
            bring_up_to_date(db)
    return db


def _log_ahead(db: Database) -> None:
    """Switch to WAL. Of two who do so at the same moment one is refused at once, whatever the busy timeout."""
    tries = 200
    while True:
        try:
            rows(db, "PRAGMA journal_mode = WAL")
            return
        except DriverRefuses:
            tries -= 1
            if not tries:
                raise
            time.sleep(0.05)


@contextmanager
def write(db: Database) -> Iterator[None]:
    """All that is written inside is stored, or none of it. Used inside another `write`, it is a part of that one.

    It takes the writer's place at once (BEGIN IMMEDIATE): one that only reads at first would lose to a second writer.
    """
    if db.conn.in_transaction:
        with db.atomic():
            yield
        return
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.conn.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise


def rows(db: Database, sql: str, values: Sequence[object] = ()) -> list[dict[str, Any]]:
    """What a question to the record gives: one dictionary a row, all read at once."""
    cursor = db.execute(sql, tuple(values))
    if cursor.description is None:
        return []
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def one(db: Database, sql: str, values: Sequence[object] = ()) -> dict[str, Any] | None:
    """The only row, or nothing."""
    found = rows(db, sql, values)
    return found[0] if found else None


def stamp(time: datetime) -> str:
    """A time as the record writes it: UTC, always of one length, so that text order is time order.

    Raises ValueError for a time without a zone.
    """
    if time.tzinfo is None:
        raise ValueError("The record takes no time without a zone.")
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def moment(text: str) -> datetime:
    """The time behind a stamp."""
    return datetime.fromisoformat(text)
