"""Who was asked to release a round, with which one-use code, and what they answered."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from mailbot.cases.values import Value
from mailbot.store.database import Database, moment, rows, stamp, write


class Approval(Value):
    """One approver asked to release one round: `ask` 1 is the first time of asking.

    The code was mailed to the approver; this table has only its hash.
    """

    id: int
    case: str
    round: str
    ask: int
    approver: str
    message_id: str
    asked_at: datetime
    expires: datetime
    answered_at: datetime | None
    answer: str


class Approvals:
    """The approvals of one record. Everything joins the transaction of a surrounding `write(db)`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def ask(
        self,
        case: str,
        round: str,
        ask: int,
        approver: str,
        code: str,
        expires: datetime,
        message_id: str,
        now: datetime,
    ) -> None:
        """Write down that the approver is asked. Asked already for this round and `ask`, the new code takes over."""
        with write(self._db):
            self._db.execute(
                """INSERT INTO approvals (ref, round, ask, approver, code_sha256, message_id, asked_at, expires)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (ref, round, ask, approver) DO UPDATE SET code_sha256 = excluded.code_sha256,
                    message_id = excluded.message_id, asked_at = excluded.asked_at, expires = excluded.expires
                WHERE answered_at IS NULL""",
                [case, round, ask, approver.casefold(), _hashed(code), message_id, stamp(now), stamp(expires)],
            )

    def by_code(self, code: str) -> Approval | None:
        """The approval this code belongs to, answered or not, expired or not; nothing for an unknown code."""
        found = self._approvals("code_sha256 = ?", _hashed(code))
        return found[0] if found else None

    def of_round(self, case: str, round: str) -> list[Approval]:
        """Everyone who was asked about a round, oldest first."""
        return self._approvals("ref = ? AND round = ?", case, round)

    def spend(self, code: str, now: datetime, answer: str) -> bool:
        """Use the code, once: False where it is unknown, used already, or has expired."""
        with write(self._db):
            spent = self._db.execute(
                """UPDATE approvals SET answered_at = ?, answer = ?
                WHERE code_sha256 = ? AND answered_at IS NULL AND expires > ?""",
                [stamp(now), answer, _hashed(code), stamp(now)],
            )
        return spent.rowcount == 1

    def _approvals(self, where: str, *values: object) -> list[Approval]:
        found = rows(self._db, f"SELECT * FROM approvals WHERE {where} ORDER BY id", values)  # noqa: S608
        return [_approval(row) for row in found]


def _hashed(code: str) -> str:
    """Typed off a phone, a code may come in small letters."""
    return hashlib.sha256(code.strip().upper().encode(errors="replace")).hexdigest()


def _approval(row: dict[str, Any]) -> Approval:
    return Approval(
        id=row["id"],
        case=row["ref"],
        round=row["round"],
        ask=row["ask"],
        approver=row["approver"],
        message_id=row["message_id"],
        asked_at=moment(row["asked_at"]),
        expires=moment(row["expires"]),
        answered_at=moment(row["answered_at"]) if row["answered_at"] else None,
        answer=row["answer"],
    )
