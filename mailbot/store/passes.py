"""Each pass of the worker: when it began and ended, what it counted, and what went wrong."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from mailbot.cases.values import Value
from mailbot.store.database import Database, moment, rows, stamp, write


class Pass(Value):
    """One pass. Without `ended` it is still going on, or was cut off."""

    id: int
    job: str
    started: datetime
    ended: datetime | None
    counts: dict[str, int]
    error: str


class Passes:
    """The passes of one record."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def begin(self, job: str, now: datetime) -> int:
        """A pass of this job begins; gives its number."""
        with write(self._db):
            begun = self._db.execute("INSERT INTO passes (job, started) VALUES (?, ?)", [job, stamp(now)])
        return int(begun.lastrowid or 0)

    def end(self, number: int, now: datetime, counts: dict[str, int], error: str = "") -> None:
        """The pass is over; `error` is empty where all went well."""
        with write(self._db):
            self._db.execute(
                "UPDATE passes SET ended = ?, counts = ?, error = ? WHERE id = ?",
                [stamp(now), json.dumps(counts), error, number],
            )

    def last(self, job: str) -> Pass | None:
        """The job's latest pass."""
        return self._latest("job = ?", job)

    def last_good(self, job: str) -> Pass | None:
        """The job's latest pass that ended well: how long ago it was is the worker's health."""
        return self._latest("job = ? AND ended IS NOT NULL AND error = ''", job)

    def _latest(self, where: str, job: str) -> Pass | None:
        found = rows(self._db, f"SELECT * FROM passes WHERE {where} ORDER BY id DESC LIMIT 1", [job])  # noqa: S608
        return _pass(found[0]) if found else None


def _pass(row: dict[str, Any]) -> Pass:
    ended = moment(row["ended"]) if row["ended"] else None
    counts = json.loads(row["counts"])
    return Pass(**(row | {"started": moment(row["started"]), "ended": ended, "counts": counts}))
