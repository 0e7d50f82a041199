"""What LibreOffice made of files, remembered beside the record, so that a rebuilt pack converts only what is new.

A file of its own, `conversions.db`: nothing in it is an original, a backup does without it, and whoever deletes it
loses only time. What was not used for a while goes, and the longest unused first where it grows too large.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from mailbot.store.database import Database, DriverError, DriverRefuses, one, rows, write

log = logging.getLogger("mailbot.conversions")
LARGEST = 500_000_000
"""Bytes of all conversions together."""
UNUSED_DAYS = 60
"""Days: longer than a Rapid Review from referral to the Panel's answer; nothing outlives its case for long."""

CONVERSIONS = """
CREATE TABLE IF NOT EXISTS conversions (
    key TEXT PRIMARY KEY,
    made BLOB NOT NULL,
    size INTEGER NOT NULL,
    used TEXT NOT NULL
) STRICT
"""
_PREPARE = (
    "PRAGMA busy_timeout = 10000",
    # The file shrinks when something goes, and what went cannot be read from it any more.
    "PRAGMA auto_vacuum = FULL",
    "PRAGMA secure_delete = ON",
    "PRAGMA journal_mode = WAL",
    # After a cut of the power some of the last may be lost, never the file.
    "PRAGMA synchronous = NORMAL",
    CONVERSIONS,
)
_TOO_MANY = """
SELECT key FROM (SELECT key, sum(size) OVER (ORDER BY used DESC, rowid DESC) AS upto FROM conversions) WHERE upto > ?
"""


class Conversions:
    """A memory for the Converter. Threads and processes may use it at once: each question is a connection of its own.

    It never stops a pack: where it cannot be read or written, it knows nothing, and the log says so.
    """

    def __init__(self, path: Path, largest: int = LARGEST) -> None:
        """`path` is the file, made when it is first needed; `largest` the bytes of all conversions together."""
        self._path = path
        self._largest = largest

    @classmethod
    def beside(cls, record: Path) -> Conversions:
        """That of a record."""
        return cls(record.with_name("conversions.db"))

    def recall(self, key: str) -> bytes | None:
        """What was made before, if it is still known; it counts as used today."""
        with self._trying(), self._opened() as db:
            found = one(db, "SELECT made, used < date('now') AS earlier FROM conversions WHERE key = ?", [key])
            if found and found["earlier"]:
                with write(db):
                    db.execute("UPDATE conversions SET used = date('now') WHERE key = ?", [key])
            return bytes(found["made"]) if found else None
        return None

    def remember(self, key: str, made: bytes) -> None:
        """Keep what was made; what is too old or too much goes for it."""
        with self._trying(), self._opened() as db, write(db):
            db.execute(
                "INSERT OR REPLACE INTO conversions (key, made, size, used) VALUES (?, ?, ?, date('now'))",
                [key, made, len(made)],
            )
            db.execute("DELETE FROM conversions WHERE used < date('now', ?)", [f"-{UNUSED_DAYS} days"])
            db.execute(f"DELETE FROM conversions WHERE key IN ({_TOO_MANY})", [self._largest])  # noqa: S608 - no input

    @contextmanager
    def _opened(self) -> Iterator[Database]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL, 0o600))
        with closing(Database(self._path)) as db:
            for statement in _PREPARE:
                rows(db, statement)
            yield db

    @contextmanager
    def _trying(self) -> Iterator[None]:
        """A file that is no database any more is begun anew; a full disk or a lock costs only this one memory."""
        try:
            yield
        except (DriverRefuses, OSError) as problem:
            log.warning("a conversion could not be remembered or recalled in %s: %s", self._path.name, problem)
        except DriverError as damage:
            log.warning("%s was damaged and is begun anew; papers are converted again: %s", self._path.name, damage)
            for suffix in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
