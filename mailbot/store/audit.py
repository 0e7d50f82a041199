"""The hash chain over the events, and the check that nothing in it was changed, taken out or put in.

Each hash is the SHA-256 of the one before it and of the event with its number and case. The chain shows a change by
anyone who does not also compute every later hash anew; a backup kept elsewhere shows that too.
"""

from __future__ import annotations

import hashlib
import json

from mailbot.cases.values import Value
from mailbot.store.database import Database, one, rows
from mailbot.store.schema import TRIGGERS


class Audit(Value):
    """What the check found. `first_broken` is the number of the first event at fault; `problems` are sentences."""

    entries: int
    intact: bool
    first_broken: int | None = None
    problems: tuple[str, ...] = ()


def canonical(event: object) -> str:
    """JSON in the one form that is hashed: keys in order, no spaces, letters as they are."""
    return json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def link(previous: str, number: int, ref: str, event: str) -> str:
    """The hash of an event (its canonical JSON) that follows the hash `previous` (empty for the first one)."""
    return hashlib.sha256(f"{previous}\n{number}\n{ref}\n{event}".encode()).hexdigest()


def last_link(db: Database) -> tuple[int, str]:
    """The number and hash of the last event; 0 and nothing while there is none."""
    last = one(db, "SELECT number, hash FROM events ORDER BY number DESC LIMIT 1")
    return (last["number"], last["hash"]) if last else (0, "")


def check(db: Database) -> Audit:
    """Walk the whole chain, and see that the tables and triggers that protect it stand."""
    entries, first_broken = _walk(db)
    problems = [f"Event {first_broken} is not as it was written."] if first_broken else []
    problems += _cut_short(db)
    problems += _unprotected(db)
    return Audit(entries=entries, intact=not problems, first_broken=first_broken, problems=tuple(problems))


def _walk(db: Database) -> tuple[int, int | None]:
    previous, entries, first_broken = "", 0, None
    for row in db.execute("SELECT number, ref, version, event, hash FROM events ORDER BY number"):
        number, ref, _, event, written = row
        entries += 1
        if first_broken is None and (number != entries or written != link(previous, number, ref, event)):
            first_broken = entries
        previous = written
    return entries, first_broken


def _cut_short(db: Database) -> list[str]:
    """Events missing at the end leave the chain whole; the case's own count gives them away."""
    found = rows(
        db,
        """SELECT c.ref, c.version, (SELECT count(*) FROM events e WHERE e.ref = c.ref) AS events FROM cases c
        WHERE c.version <> (SELECT count(*) FROM events e WHERE e.ref = c.ref)
        UNION SELECT e.ref, 0, count(*) FROM events e WHERE e.ref NOT IN (SELECT ref FROM cases) GROUP BY e.ref""",
    )
    return [f"Case {row['ref']} should have {row['version']} events and has {row['events']}." for row in found]


def _unprotected(db: Database) -> list[str]:
    found = {
        row["name"]: row["sql"] for row in rows(db, "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    }
    return [f"The trigger {name} is gone or altered." for name, sql in TRIGGERS.items() if found.get(name) != sql]
