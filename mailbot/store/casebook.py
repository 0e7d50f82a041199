"""The cases: their events, appended and never changed, and the tables read out of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from pydantic import ValidationError

from mailbot.cases.case import Case, Request
from mailbot.cases.decisions import Decision
from mailbot.cases.events import EVENTS, AnyEvent
from mailbot.cases.stages import OPEN, apply
from mailbot.cases.values import Value
from mailbot.errors import CaseMoved, IllegalEvent, RecordDamaged, UnknownCase
from mailbot.store.audit import canonical, last_link, link
from mailbot.store.database import Database, one, rows, stamp, write
from mailbot.store.mailbag import Mailbag, MailMark
from mailbot.store.outbox import Outbox


class StoredEvent(Value):
    """One event in its place: `number` counts over all cases, from 1."""

    number: int
    ref: str
    event: AnyEvent


class Casebook:
    """The cases of one record."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._replayed: dict[str, Case] = {}
        self._opened: list[str] = []
        self._looked_up_to = 0

    def load(self, ref: str) -> Case:
        """The case as its events make it. Raises UnknownCase, RecordDamaged.

        Events are never changed, so that of a case that was loaded before only the later ones are read.
        """
        case = self._replayed.get(ref) or Case()
        for stored in self._events(ref, after=case.version):
            case = apply(case, stored.event)
        if not case.version:
            raise UnknownCase(ref)
        # What an open transaction has added may still be rolled back.
        if not self._db.conn.in_transaction:
            self._replayed[ref] = case
        return case

    def survivor(self, ref: str) -> Case:
        """The case, or the one that it was merged into. Raises UnknownCase, RecordDamaged."""
        case = self.load(ref)
        while case.merged_into:
            case = self.load(case.merged_into)
        return case

    def merged(self) -> dict[str, str]:
        """Each case that was merged, with the one that it goes on in."""
        gone = [row["ref"] for row in rows(self._db, "SELECT ref FROM cases WHERE stage = 'merged'")]
        return {ref: self.survivor(ref).ref for ref in gone}

    def refs(self) -> list[str]:
        """The references of all cases, in the order in which they were opened.

        Only those that were opened since the last look are asked for.
        """
        last, _ = last_link(self._db)
        asked = "SELECT ref FROM events WHERE version = 1 AND number > ? AND number <= ? ORDER BY number"
        refs = [*self._opened, *(row["ref"] for row in rows(self._db, asked, [self._looked_up_to, last]))]
        if not self._db.conn.in_transaction:
            self._opened, self._looked_up_to = refs, last
        return list(refs)

    def all_cases(self) -> list[Case]:
        """Every case there ever was, in the order in which they were opened."""
        return [self.load(ref) for ref in self.refs()]

    def open_cases(self) -> list[Case]:
        """The cases that have not ended."""
        found = rows(self._db, "SELECT ref, version, stage FROM cases")
        still_open = {row["ref"]: row["version"] for row in found if row["stage"] in OPEN}
        return [self._at(ref, still_open[ref]) for ref in self.refs() if ref in still_open]

    def _at(self, ref: str, version: int) -> Case:
        """The case, as it was loaded before where it has had no event since."""
        case = self._replayed.get(ref)
        return case if case is not None and case.version == version else self.load(ref)

    def looked_after(self) -> list[Case]:
        """The open cases, and the ended ones whose letters about the end still wait for a person."""
        return [
            case for case in self.all_cases() if case.stage in OPEN or any(r.waiting for r in case.rounds.values())
        ]

    def events(self, ref: str) -> list[StoredEvent]:
        """A case's story so far; empty where there is no such case. Raises RecordDamaged."""
        return self._events(ref)

    def _events(self, ref: str, after: int = 0) -> list[StoredEvent]:
        found = rows(
            self._db,
            "SELECT number, event FROM events WHERE ref = ? AND version > ? ORDER BY number",
            [ref, after],
        )
        return [StoredEvent(number=row["number"], ref=ref, event=_read(row["number"], row["event"])) for row in found]

    def next_ref(self, prefix: str, year: int) -> str:
        """The next free reference of a year: `RR-2026-007`.

        Free until somebody commits it: of two who take the same one, the second meets CaseMoved and asks again.
        """
        stem = f"{prefix}-{year}-"
        taken = [
            int(ref[len(stem) :]) for ref in self.refs() if ref.startswith(stem) and ref[len(stem) :].isdecimal()
        ]
        return f"{stem}{max(taken, default=0) + 1:03d}"

    def commit(self, decision: Decision, now: datetime, mail: MailMark | None = None) -> bool:
        """Store a decision and what became of the mail behind it: all of it or, on any error, nothing.

        Gives whether anything was new: an action whose key is known is skipped. Inside `with write(db)` it is a part
        of that transaction. Raises CaseMoved where the case has moved on since the decision was made, IllegalEvent
        for an event that the case does not allow, and what Mailbag.mark raises.
        """
        return self.commit_all([decision], now, mail)

    def commit_all(self, decisions: Sequence[Decision], now: datetime, mail: MailMark | None = None) -> bool:
        """Store several decisions (one mail, two cases) in one transaction, like `commit`."""
        with write(self._db):
            stored = [self._store(decision, now) for decision in decisions]
            if mail:
                Mailbag(self._db).mark(mail.mail, mail.state, mail.reason, mail.case, mail.candidates, mail.waits_for)
        return any(stored) or mail is not None

    def rebuild(self) -> int:
        """Make the tables `cases` and `requests` again from the events; gives the number of cases."""
        with write(self._db):
            self._db.execute("DELETE FROM requests")
            self._db.execute("DELETE FROM cases")
            cases = self.all_cases()
            for case in cases:
                self._save(case, Case())
        return len(cases)

    def _store(self, decision: Decision, now: datetime) -> bool:
        if decision.case:
            self._check_version(decision)
        elif decision.events:
            raise IllegalEvent("Events were decided on without a case. Nothing was stored.")
        if decision.events:
            self._append(decision)
        return Outbox(self._db).queue(decision.actions, now) or bool(decision.events)

    def _check_version(self, decision: Decision) -> None:
        found = one(self._db, "SELECT count(*) AS version FROM events WHERE ref = ?", [decision.case])
        if found is None or found["version"] != decision.version:
            raise CaseMoved(f"Case {decision.case} has changed since it was read. Load it and decide again.")

    def _append(self, decision: Decision) -> None:
        case = before = self.load(decision.case) if decision.version else Case()
        number, previous = last_link(self._db)
        for event in decision.events:
            case = apply(case, event)
            number += 1
            text = canonical(event.model_dump(mode="json"))
            previous = link(previous, number, decision.case, text)
            self._db.execute(
                "INSERT INTO events (number, ref, version, event, hash) VALUES (?, ?, ?, ?, ?)",
                [number, decision.case, case.version, text, previous],
            )
        if case.ref != decision.case:
            raise IllegalEvent(
                f"The events open {case.ref}, the decision is about {decision.case}. Nothing was stored."
            )
        self._save(case, before)

    def _save(self, case: Case, before: Case) -> None:
        """Bring the tables up to date, which hold the case as it was before."""
        self._db.execute(
            """INSERT INTO cases (ref, version, stage, procedure, initials, referrer, received_at, aware_at,
                notified_at, meeting_at, outcome, submitted_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (ref) DO UPDATE SET version = excluded.version, stage = excluded.stage,
                procedure = excluded.procedure, initials = excluded.initials, referrer = excluded.referrer,
                received_at = excluded.received_at, aware_at = excluded.aware_at, notified_at = excluded.notified_at,
                meeting_at = excluded.meeting_at, outcome = excluded.outcome, submitted_at = excluded.submitted_at""",
            [
                case.ref,
                case.version,
                case.stage,
                case.procedure,
                case.child.initials,
                case.referrer,
                *(_stamped(at) for at in (case.received_at, case.aware_at, case.notified_at, case.meeting_at)),
                case.outcome,
                _stamped(case.submitted_at),
            ],
        )
        for agency in before.requests.keys() - case.requests.keys():
            self._db.execute("DELETE FROM requests WHERE ref = ? AND agency = ?", [case.ref, agency])
        for agency, request in case.requests.items():
            if before.requests.get(agency) != request:
                self._save_request(case.ref, request)

    def _save_request(self, ref: str, request: Request) -> None:
        self._db.execute(
            """INSERT OR REPLACE INTO requests (ref, agency, name, round, because, sent_at, message_id, acknowledged,
                paused, undeliverable, extended_to, returned_at, completeness, missing)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            [
                ref,
                request.agency,
                request.name,
                request.round,
                request.because,
                _stamped(request.sent_at),
                request.message_id,
                int(request.acknowledged),
                int(request.paused),
                int(request.undeliverable),
                request.extended_to.isoformat() if request.extended_to else None,
                _stamped(request.returned_at),
                request.completeness,
                json.dumps(request.missing),
            ],
        )


def _read(number: int, text: str) -> AnyEvent:
    try:
        return EVENTS.validate_json(text)
    except ValidationError:
        # Not chained: pydantic's message quotes the child's data.
        raise RecordDamaged(f"Event {number} cannot be read. Run `mailbot audit`, then restore a backup.") from None


def _stamped(at: datetime | None) -> str | None:
    return stamp(at) if at else None
