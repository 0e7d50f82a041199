"""What is still to be done and sent: actions, and letters with their history.

A letter goes only along MOVES; each step is written down with its time and by whom, in the same transaction.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from mailbot.cases.decisions import ACTIONS, Action, SendLetter
from mailbot.cases.events import LetterKind
from mailbot.cases.values import Value
from mailbot.errors import NotAllowedNow, UnknownLetter
from mailbot.store.database import Database, moment, one, rows, stamp, write
from mailbot.store.mailbag import Mailbag

Status = Literal["waiting", "ready", "sending", "in_doubt", "sent", "failed", "withdrawn", "rejected"]

MOVES: dict[Status, tuple[Status, ...]] = {
    "waiting": ("ready", "withdrawn", "rejected"),
    # Straight to sent: a person gave it to its reader.
    "ready": ("sending", "sent", "waiting", "withdrawn"),
    "sending": ("sent", "in_doubt", "failed", "ready"),
    # Never straight to withdrawn: it may have gone.
    "in_doubt": ("sent", "ready", "failed"),
    # A person has put the address or the server right, or has read the letter out over the telephone.
    "failed": ("ready", "sent", "withdrawn"),
    "sent": (),
    "withdrawn": (),
    "rejected": (),
}


class Change(Value):
    """One step of a letter's life."""

    at: datetime
    by: str
    status: Status
    note: str = ""


@dataclass(frozen=True)
class Letter:
    """A drafted letter. `item` is its number in the round's approval email, `due` the time before which it stays."""

    id: int
    key: str
    case: str
    kind: LetterKind
    agency: str | None
    to: tuple[str, ...]
    subject: str
    status: Status
    due: datetime | None
    message_id: str
    round: str | None
    item: int | None
    created: datetime
    sent_at: datetime | None
    attempts: int
    note: str
    history: tuple[Change, ...]
    _read: Callable[[], bytes] = field(repr=False, compare=False)

    @property
    def raw(self) -> bytes:
        """The letter's MIME bytes, read from the record when asked for. Raises RecordDamaged."""
        return self._read()

    @property
    def since(self) -> datetime:
        """Since when it has had its status."""
        return self.history[-1].at


class Outbox:
    """The actions and letters of one record. Everything joins the transaction of a surrounding `write(db)`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def queue(self, actions: Sequence[Action], now: datetime) -> bool:
        """Put actions on the list, skipping those whose key is known; gives whether any was new."""
        with write(self._db):
            new = [
                self._db.execute(
                    """INSERT INTO actions (key, ref, type, action, created) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (key) DO NOTHING""",
                    [action.key, action.case, action.type, action.model_dump_json(), stamp(now)],
                ).rowcount
                for action in actions
            ]
        return any(new)

    def todo(self) -> list[tuple[int, Action]]:
        """The actions still to be carried out, oldest first, each with its number."""
        found = rows(self._db, "SELECT id, action FROM actions WHERE state = 'to_do' ORDER BY id")
        return [(row["id"], ACTIONS.validate_json(row["action"])) for row in found]

    def drafted_from(self, key: str) -> SendLetter | None:
        """What asked for the letter with this key; of one that was written again, what asked for the first."""
        for known in (key, key.rpartition("/")[0]):
            found = one(self._db, "SELECT action FROM actions WHERE key = ? AND type = 'send_letter'", [known])
            if found:
                asked = ACTIONS.validate_json(found["action"])
                return asked if isinstance(asked, SendLetter) else None
        return None

    def asked_at(self, now: datetime) -> int:
        """How many actions that belong to no case were put on the list at this very moment (of a pass)."""
        found = rows(self._db, "SELECT count(*) AS n FROM actions WHERE ref = '' AND created = ?", [stamp(now)])
        return int(found[0]["n"])

    def done(self, action: int) -> None:
        """The action was carried out. Like `failed` and `give_up`, raises LookupError for one that is not there."""
        self._note_action("state = 'done', error = ''", action)

    def failed(self, action: int, error: str) -> int:
        """The action could not be carried out and stays on the list; gives how often that has happened to it."""
        with write(self._db):
            self._note_action("attempts = attempts + 1, error = ?", action, error)
            return int(rows(self._db, "SELECT attempts FROM actions WHERE id = ?", [action])[0]["attempts"])

    def give_up(self, action: int, error: str) -> None:
        """Take the action off the list undone; it stays in the record with its error."""
        self._note_action("state = 'dropped', error = ?", action, error)

    def _note_action(self, changes: str, action: int, *values: object) -> None:
        with write(self._db):
            found = self._db.execute(f"UPDATE actions SET {changes} WHERE id = ?", [*values, action])  # noqa: S608
            if found.rowcount != 1:
                raise LookupError(f"There is no action {action}.")

    def add(
        self,
        *,
        key: str,
        case: str,
        kind: LetterKind,
        agency: str | None,
        to: Sequence[str],
        subject: str,
        message_id: str,
        raw: bytes,
        status: Literal["waiting", "ready"],
        now: datetime,
        due: datetime | None = None,
        round: str | None = None,
        item: int | None = None,
        note: str = "",
        action: int | None = None,
    ) -> int:
        """Store a drafted letter and mark the action that asked for it done, together; gives the letter's number.

        A key that is already there is that letter: nothing is stored. A Message-ID that is already there under
        another key is a bug, and the driver's IntegrityError says so.
        """
        with write(self._db):
            if action is not None:
                self.done(action)
            known = one(self._db, "SELECT id FROM letters WHERE key = ?", [key])
            if known:
                return int(known["id"])
            cursor = self._db.execute(
                """INSERT INTO letters (key, ref, kind, agency, addressees, subject, message_id, sha256, round, item,
                    created, status, due, note)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                [
                    key,
                    case,
                    kind,
                    agency,
                    json.dumps(list(to)),
                    subject,
                    message_id,
                    Mailbag(self._db).keep_file(raw),
                    round,
                    item,
                    stamp(now),
                    status,
                    stamp(due) if due else None,
                    note,
                ],
            )
            letter = int(cursor.lastrowid or 0)
            self._write_down(letter, status, now, "mailbot", note)
        return letter

    def letter(self, letter: int) -> Letter:
        """One letter. Raises UnknownLetter."""
        found = self._letters("id = ?", letter)
        if not found:
            raise UnknownLetter(letter)
        return found[0]

    def letters(self, *, waiting: bool = False, case: str | None = None) -> list[Letter]:
        """All letters, oldest first; only those that wait for a person, or of one case."""
        return self._letters("(? = 0 OR status = 'waiting') AND (? IS NULL OR ref = ?)", int(waiting), case, case)

    def letters_of(self, case: str, round: str) -> list[Letter]:
        """The letters of one round, in the order of its approval email."""
        return sorted(self._letters("ref = ? AND round = ?", case, round), key=lambda a: (a.item or 0, a.id))

    def ready(self, now: datetime) -> list[Letter]:
        """The letters that may go now, oldest first."""
        return self._letters("status = 'ready' AND (due IS NULL OR due <= ?)", stamp(now))

    def in_doubt(self) -> list[Letter]:
        """The letters that may or may not have gone."""
        return self._letters("status = 'in_doubt'")

    def by_message_id(self, message_id: str) -> Letter | None:
        """The letter with this Message-ID: whose answer, bounce or own copy has come."""
        found = self._letters("message_id = ?", message_id)
        return found[0] if found else None

    def sending(self, letter: int, now: datetime) -> None:
        """About to be handed to the server. Of two who try, the second gets NotAllowedNow."""
        with write(self._db):
            self._move(letter, "sending", now)
            self._db.execute("UPDATE letters SET attempts = attempts + 1 WHERE id = ?", [letter])

    def posted(self, letter: int, now: datetime, by: str = "mailbot") -> None:
        """The server took it, its own copy was found, or a person gave it to its reader at that time."""
        with write(self._db):
            self._move(letter, "sent", now, by)
            self._db.execute("UPDATE letters SET sent_at = ? WHERE id = ?", [stamp(now), letter])

    def doubt(self, letter: int, now: datetime, note: str = "") -> None:
        """Its fate is unknown."""
        self._move(letter, "in_doubt", now, note=note)

    def refused(self, letter: int, why: str, now: datetime) -> None:
        """The server said no for good."""
        self._move(letter, "failed", now, note=why)

    def back_to_ready(
        self, letter: int, now: datetime, note: str = "", by: str = "mailbot", due: datetime | None = None
    ) -> None:
        """It has not gone: to be tried again, under the same Message-ID, not before `due`."""
        with write(self._db):
            self._move(letter, "ready", now, by, note)
            if due is not None:
                self._db.execute("UPDATE letters SET due = ? WHERE id = ?", [stamp(due), letter])

    def hold_back(self, letter: int, now: datetime, why: str) -> None:
        """A letter that would go by itself waits for a person."""
        self._move(letter, "waiting", now, note=why)

    def turn_down(self, letter: int, now: datetime, by: str, why: str) -> None:
        """A letter of no round that waits for a person will not go, by that person's word."""
        self._move(letter, "rejected", now, by, why)

    def sent_since(self, moment: datetime) -> list[Letter]:
        """The letters that went at that moment or later."""
        return self._letters("status = 'sent' AND sent_at >= ?", stamp(moment))

    def recover(self, now: datetime) -> list[int]:
        """At the worker's start: letters found `sending` were cut off, and are now in doubt. Gives their numbers."""
        with write(self._db):
            return self._move_all(
                "status = 'sending'", [], "in_doubt", now, "mailbot", "the worker stopped while sending"
            )

    def release(
        self, case: str, round: str, items: Sequence[int] | None, due: datetime, now: datetime, by: str = "mailbot"
    ) -> list[int]:
        """Let a round's waiting letters go, not before `due`; no items means all. Gives the letters' numbers."""
        with write(self._db):
            moved = self._move_all(*_in_round(case, round, items, "waiting"), "ready", now, by)
            for letter in moved:
                self._db.execute("UPDATE letters SET due = ? WHERE id = ?", [stamp(due), letter])
        return moved

    def reject(
        self, case: str, round: str, items: Sequence[int] | None, now: datetime, by: str = "mailbot", why: str = ""
    ) -> list[int]:
        """A round's waiting letters will not go; no items means all. Gives the letters' numbers."""
        return self._move_all(*_in_round(case, round, items, "waiting"), "rejected", now, by, why)

    def approved(self, case: str, round: str, unanswered: Sequence[int]) -> tuple[int, ...]:
        """The items of a round that were approved and have not gone; `unanswered` still wait for their answer."""
        return tuple(
            letter.item
            for letter in self.letters_of(case, round)
            if letter.item and letter.status in ("waiting", "ready") and letter.item not in unanswered
        )

    def take_back(self, case: str, round: str, now: datetime, by: str = "mailbot") -> list[int]:
        """A round's released letters that have not gone wait again. Gives the letters' numbers."""
        return self._move_all(*_in_round(case, round, None, "ready"), "waiting", now, by)

    def withdraw(
        self,
        case: str,
        kinds: Sequence[LetterKind] | None,
        agency: str | None,
        now: datetime,
        by: str = "mailbot",
        why: str = "",
    ) -> list[int]:
        """Letters of these kinds that have not gone, to one agency or the whole case, never will. Gives the numbers.

        An older request for such a letter that failed so far is dropped too: it must not be drafted afterwards.
        """
        with write(self._db):
            self._drop_failed_drafts(case, kinds, agency)
            where = """ref = ? AND status IN ('waiting', 'ready') AND (? IS NULL OR agency = ?)
                AND (? IS NULL OR kind IN (SELECT value FROM json_each(?)))"""
            wanted = json.dumps(list(kinds)) if kinds is not None else None
            return self._move_all(where, [case, agency, agency, wanted, wanted], "withdrawn", now, by, why)

    def withdraw_letter(self, letter: int, now: datetime, why: str, by: str = "mailbot") -> None:
        """One letter that has not gone never will: another takes its place."""
        self._move(letter, "withdrawn", now, by, why)

    def _drop_failed_drafts(self, case: str, kinds: Sequence[LetterKind] | None, agency: str | None) -> None:
        # Actions are tried oldest first, so one that was never tried is newer than the withdrawal.
        failed = rows(
            self._db,
            """SELECT id, action FROM actions
            WHERE state = 'to_do' AND type = 'send_letter' AND attempts > 0 AND ref = ?""",
            [case],
        )
        for row in failed:
            asked = json.loads(row["action"])
            if (kinds is None or asked["kind"] in kinds) and (agency is None or asked["agency"] == agency):
                self.give_up(row["id"], "withdrawn before it was drafted")

    def _move(self, letter: int, to: Status, now: datetime, by: str = "mailbot", note: str = "") -> None:
        with write(self._db):
            was = self.letter(letter).status
            if to not in MOVES[was]:
                raise NotAllowedNow(
                    f"Letter {letter} is {was} and cannot become {to}. `mailbot letter {letter}` tells why."
                )
            self._db.execute("UPDATE letters SET status = ?, note = ? WHERE id = ?", [to, note, letter])
            self._write_down(letter, to, now, by, note)

    def _move_all(
        self, where: str, values: Sequence[object], to: Status, now: datetime, by: str, note: str = ""
    ) -> list[int]:
        with write(self._db):
            letters = [letter.id for letter in self._letters(where, *values)]
            for letter in letters:
                self._move(letter, to, now, by, note)
        return letters

    def _write_down(self, letter: int, status: Status, now: datetime, by: str, note: str) -> None:
        self._db.execute(
            "INSERT INTO letter_history (letter, at, by, status, note) VALUES (?, ?, ?, ?, ?)",
            [letter, stamp(now), by, status, note],
        )

    def _letters(self, where: str, *values: object) -> list[Letter]:
        found = rows(self._db, f"SELECT * FROM letters WHERE {where} ORDER BY id", values)  # noqa: S608
        return [self._letter(row) for row in found]

    def _letter(self, row: dict[str, Any]) -> Letter:
        steps = rows(
            self._db, "SELECT at, by, status, note FROM letter_history WHERE letter = ? ORDER BY id", [row["id"]]
        )
        return Letter(
            id=row["id"],
            key=row["key"],
            case=row["ref"],
            kind=row["kind"],
            agency=row["agency"],
            to=tuple(json.loads(row["addressees"])),
            subject=row["subject"],
            status=row["status"],
            due=moment(row["due"]) if row["due"] else None,
            message_id=row["message_id"],
            round=row["round"],
            item=row["item"],
            created=moment(row["created"]),
            sent_at=moment(row["sent_at"]) if row["sent_at"] else None,
            attempts=row["attempts"],
            note=row["note"],
            history=tuple(Change(**(step | {"at": moment(step["at"])})) for step in steps),
            _read=lambda: Mailbag(self._db).file(row["sha256"]),
        )


def _in_round(case: str, round: str, items: Sequence[int] | None, status: Status) -> tuple[str, list[object]]:
    """The condition, with its values, for a round's letters of one status; no items means all."""
    where = "ref = ? AND round = ? AND status = ? AND (? IS NULL OR item IN (SELECT value FROM json_each(?)))"
    wanted = json.dumps(list(items)) if items is not None else None
    return where, [case, round, status, wanted, wanted]
