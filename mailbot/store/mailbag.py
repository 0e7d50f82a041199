"""Every mail the inbox ever showed, byte for byte, and what became of it; and the files of the cases."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any, Literal, NamedTuple

from mailbot.cases.values import Value
from mailbot.errors import NotAllowedNow, RecordDamaged, UnknownMail
from mailbot.store.database import Database, moment, one, rows, stamp, write

Settled = Literal["handled", "held", "ignored"]
State = Literal["kept", "handled", "held", "ignored"]
Folder = Literal["Done", "Held"]
WaitsFor = Literal["", "password"]

MOVES: dict[State, tuple[State, ...]] = {
    "kept": ("handled", "held", "ignored"),
    "held": ("kept", "handled", "ignored"),
    "handled": (),
    "ignored": (),
}


class MailMark(Value):
    """What became of a mail: handled, held for a person or ignored, why, and what must come first (`waits_for`)."""

    mail: int
    state: Settled
    reason: str
    case: str | None = None
    candidates: tuple[str, ...] = ()
    waits_for: WaitsFor = ""


class StoredMail(Value):
    """One mail as it stands. `received` is the mailbox's own time; `candidates` are the cases it may belong to.

    `assigned_by` is the address of the person who said which case it is.
    """

    id: int
    sha256: str
    received: datetime
    kept_at: datetime
    message_id: str
    sender: str
    subject: str
    state: State
    reason: str
    case: str | None
    candidates: tuple[str, ...]
    waits_for: WaitsFor = ""
    assigned_by: str = ""


class Said(NamedTuple):
    """What a mail's envelope says, for people to find the mail by."""

    message_id: str = ""
    sender: str = ""
    subject: str = ""


UNSAID = Said()


class UnknownLabel(Value):
    """A label that was answered in the forms of these mails, and that no field is known for."""

    form: str
    label: str
    mails: tuple[int, ...]


class Ledger(Value):
    """The books: every sighting of a mail is handled, held or ignored. Out of balance while a mail is unfinished."""

    seen: int
    handled: int
    held: int
    ignored: int
    balanced: bool


class Mailbag:
    """The mails and files of one record."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def keep(self, content: bytes, key: str, received: datetime, now: datetime, said: Said = UNSAID) -> int:
        """Store a mail before anyone tries to understand it; gives its number.

        `key` is the inbox's own name for it; `said` is its envelope, where that is known already. The same bytes
        again are a second sighting of the same mail; other bytes are a new mail, whatever Message-ID or key they come
        under, until `is_again` says otherwise. Raises RuntimeError inside an open transaction, which could still be
        rolled back and lose the mail.
        """
        if self._db.conn.in_transaction:
            raise RuntimeError("A mail is kept in a transaction of its own.")
        with write(self._db):
            sha256 = self.keep_file(content)
            self._db.execute(
                """INSERT INTO mails (sha256, received, kept_at, message_id, sender, subject)
                VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (sha256) DO NOTHING""",
                [sha256, stamp(received), stamp(now), *_storable(said)],
            )
            mail = rows(self._db, "SELECT coalesce(same_as, id) AS id FROM mails WHERE sha256 = ?", [sha256])[0]["id"]
            self._db.execute(
                "INSERT INTO sightings (key, mail, received, seen_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [key, mail, stamp(received), stamp(now)],
            )
        return int(mail)

    def unfinished(self) -> list[StoredMail]:
        """Kept, and neither handled nor held nor ignored: what a crash, or a person's replay, leaves to be read."""
        return self._mails("state = 'kept' ORDER BY received, id")

    def held(self) -> list[StoredMail]:
        """The mails that wait for a person, oldest first."""
        return self._mails("state = 'held' ORDER BY received, id")

    def waiting_for_a_password(self) -> list[StoredMail]:
        """The held mails with a file that is still locked, oldest first."""
        return self._mails("state = 'held' AND waits_for = 'password' ORDER BY received, id")

    def mail(self, mail: int) -> StoredMail:
        """One mail. Raises UnknownMail."""
        found = self._mails("id = ?", mail)
        if not found:
            raise UnknownMail(mail)
        return found[0]

    def number_of(self, key: str) -> int:
        """The number of the mail that the inbox showed under this name last. Raises LookupError."""
        found = one(self._db, "SELECT mail FROM sightings WHERE key = ? ORDER BY seen_at DESC, mail DESC", [key])
        if found is None:
            raise LookupError("There is no mail of that name.")
        return int(found["mail"])

    def was_shown_as(self, mail: int, beginning: str) -> bool:
        """Whether a mailbox showed the mail under a name that begins so (`graph/`)."""
        pattern = f"{beginning}%"
        return one(self._db, "SELECT 1 FROM sightings WHERE mail = ? AND key LIKE ?", [mail, pattern]) is not None

    def raw(self, mail: int) -> bytes:
        """The mail's bytes as they came. Raises UnknownMail, RecordDamaged."""
        return self.file(self.mail(mail).sha256)

    def note(self, mail: int, said: Said) -> None:
        """Write down what the mail's envelope says, where it is not written already. Raises UnknownMail."""
        texts, there = _storable(said), self.mail(mail)
        if texts == (there.message_id, there.sender, there.subject):
            return
        with write(self._db):
            self._db.execute("UPDATE mails SET message_id = ?, sender = ?, subject = ? WHERE id = ?", [*texts, mail])

    def is_again(self, mail: int, first: int) -> None:
        """A kept mail is an earlier one in other bytes: both are kept, and where it lies is where the earlier lies.

        Raises UnknownMail; NotAllowedNow where something became of it already.
        """
        with write(self._db):
            self.mail(first)
            self._move(mail, "ignored", f"mail {first}, given by the mailbox in other bytes", "", ())
            self._db.execute("UPDATE mails SET same_as = ? WHERE id = ?", [first, mail])
            self._db.execute("UPDATE OR IGNORE sightings SET mail = ? WHERE mail = ?", [first, mail])
            # One is left where the mailbox showed both under one name: it is counted already.
            self._db.execute("DELETE FROM sightings WHERE mail = ?", [mail])

    def same_message(self, message_id: str, before: int | None) -> list[StoredMail]:
        """Earlier mails under the same Message-ID, oldest first; all of them where `before` is none.

        Each mail once: what is one of them in other bytes is left out.
        """
        earlier = self._mails("message_id = ? AND message_id <> '' AND same_as IS NULL ORDER BY id", message_id)
        return [mail for mail in earlier if before is None or mail.id < before]

    def mark(
        self,
        mail: int,
        state: Settled,
        reason: str,
        case: str | None = None,
        candidates: tuple[str, ...] = (),
        waits_for: WaitsFor = "",
    ) -> None:
        """Say what became of a mail. Raises UnknownMail; NotAllowedNow where the table of moves does not have it."""
        self._move(mail, state, reason, case or "", candidates, waits_for)

    def release(self, mail: int, case: str | None = None) -> None:
        """A held mail is to be read again; `case` is the one that a person has assigned it to.

        Raises UnknownMail; NotAllowedNow where it is not held.
        """
        with write(self._db):
            held = self.mail(mail)
            self._move(mail, "kept", held.reason, case or "", held.candidates)

    def assign(self, mail: int, case: str, by: str) -> None:
        """A named person says that a held mail belongs to a case (or that it opens one); it is to be read again.

        Raises UnknownMail; NotAllowedNow where it is not held.
        """
        with write(self._db):
            self.release(mail, case)
            self._db.execute("UPDATE mails SET assigned_by = ? WHERE id = ?", [by, mail])

    def _move(
        self, mail: int, to: State, reason: str, ref: str, candidates: tuple[str, ...], waits_for: WaitsFor = ""
    ) -> None:
        with write(self._db):
            was = self.mail(mail).state
            if to not in MOVES[was]:
                raise NotAllowedNow(f"Mail {mail} is {was} and cannot become {to}. Only a held mail is read again.")
            self._db.execute(
                "UPDATE mails SET state = ?, reason = ?, ref = ?, candidates = ?, waits_for = ? WHERE id = ?",
                [to, reason, ref, json.dumps(candidates), waits_for, mail],
            )

    def known_keys(self) -> set[str]:
        """The inbox's names of all mails kept so far."""
        # Tens of thousands after some years, at every pass: no dictionary for each of them.
        return {key for (key,) in self._db.execute("SELECT key FROM sightings")}

    def to_file(self) -> list[tuple[str, Folder]]:
        """The inbox's names of mails that do not yet lie in the folder where they belong, oldest first.

        An ignored mail stays where it was, unless it had been held and a person set it aside. A mail that a person
        brought as a file (`mailbot replay FILE`, `mailbot file`) lies in no mailbox.
        """
        return [
            (row["key"], row["folder"])
            for row in rows(
                self._db,
                """SELECT key, folder FROM (
                    SELECT s.key, s.filed, s.seen_at, s.mail, CASE
                        WHEN m.state = 'handled' THEN 'Done'
                        WHEN m.state = 'held' THEN 'Held'
                        WHEN m.state = 'ignored' AND s.filed = 'Held' THEN 'Done'
                    END AS folder
                    FROM sightings s JOIN mails m ON m.id = s.mail
                ) WHERE folder IS NOT NULL AND folder IS NOT filed
                AND key NOT LIKE 'replay/%' AND key NOT LIKE 'brought/%'
                ORDER BY seen_at, mail""",
            )
        ]

    def filed(self, key: str, how: Folder) -> None:
        """The inbox has put the mail of this name into that folder."""
        with write(self._db):
            self._db.execute("UPDATE sightings SET filed = ? WHERE key = ?", [how, key])

    def keep_file(self, content: bytes) -> str:
        """Store a file; gives its SHA-256 (hex), by which it is found again. The same bytes are stored once."""
        sha256 = hashlib.sha256(content).hexdigest()
        with write(self._db):
            self._db.execute(
                "INSERT INTO files (sha256, size, content) VALUES (?, ?, ?) ON CONFLICT (sha256) DO NOTHING",
                [sha256, len(content), content],
            )
        return sha256

    def file(self, sha256: str) -> bytes:
        """The file's bytes. Raises RecordDamaged where they are missing, or are no longer what was stored."""
        found = one(self._db, "SELECT content FROM files WHERE sha256 = ?", [sha256])
        if found is None:
            raise RecordDamaged(f"The record holds no file {sha256}. Look for it in the last backup.")
        content: bytes = found["content"]
        if hashlib.sha256(content).hexdigest() != sha256:
            raise RecordDamaged(f"File {sha256} is not what was stored. Restore it from the last backup.")
        return content

    def keep_opened(self, locked: bytes, opened: bytes, by: str, now: datetime) -> str:
        """Store a locked file and beside it the same opened, with who opened it; gives the opened one's SHA-256."""
        with write(self._db):
            before, after = self.keep_file(locked), self.keep_file(opened)
            self._db.execute(
                "INSERT INTO opened_files (locked, opened, by, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [before, after, by, stamp(now)],
            )
        return after

    def as_opened(self, content: bytes) -> bytes:
        """The file as people opened it with its password; itself where nobody did."""
        first = sha256 = hashlib.sha256(content).hexdigest()
        while found := one(self._db, "SELECT opened FROM opened_files WHERE locked = ?", [sha256]):
            sha256 = found["opened"]
        return content if sha256 == first else self.file(sha256)

    def note_unknown_labels(self, mail: int, labels: set[tuple[str, str]]) -> None:
        """Write down which labels (form, label) of a mail were not understood, in the place of what was there."""
        before = rows(self._db, "SELECT form, label FROM unknown_labels WHERE mail = ?", [mail])
        if {(row["form"], row["label"]) for row in before} == labels:
            return
        with write(self._db):
            self._db.execute("DELETE FROM unknown_labels WHERE mail = ?", [mail])
            for form, label in sorted(labels):
                self._db.execute(
                    "INSERT INTO unknown_labels (mail, form, label) VALUES (?, ?, ?)", [mail, form, label]
                )

    def unknown_labels(self) -> list[UnknownLabel]:
        """Every label that was not understood when its mail was last read, the most frequent first."""
        found = rows(
            self._db,
            """SELECT form, label, json_group_array(mail) AS mails FROM (SELECT * FROM unknown_labels ORDER BY mail)
            GROUP BY form, label ORDER BY count(*) DESC, form, label""",
        )
        return [UnknownLabel(**(row | {"mails": tuple(json.loads(row["mails"]))})) for row in found]

    def ledger(self) -> Ledger:
        """The books, counted over every sighting."""
        found = rows(
            self._db,
            """SELECT count(*) AS seen, count(*) FILTER (WHERE m.state = 'handled') AS handled,
                count(*) FILTER (WHERE m.state = 'held') AS held,
                count(*) FILTER (WHERE m.state = 'ignored') AS ignored
            FROM sightings s LEFT JOIN mails m ON m.id = s.mail""",
        )[0]
        return Ledger(**found, balanced=found["seen"] == found["handled"] + found["held"] + found["ignored"])

    def _mails(self, where: str, *values: object) -> list[StoredMail]:
        return [_stored_mail(row) for row in rows(self._db, f"SELECT * FROM mails WHERE {where}", values)]  # noqa: S608


def _storable(said: Said) -> Said:
    """Broken headers may hold half a character, which the driver refuses."""
    return Said(*(text.encode(errors="replace").decode() for text in said))


def _stored_mail(row: dict[str, Any]) -> StoredMail:
    return StoredMail(
        id=row["id"],
        sha256=row["sha256"],
        received=moment(row["received"]),
        kept_at=moment(row["kept_at"]),
        message_id=row["message_id"],
        sender=row["sender"],
        subject=row["subject"],
        state=row["state"],
        reason=row["reason"],
        case=row["ref"] or None,
        candidates=tuple(json.loads(row["candidates"])),
        waits_for=row["waits_for"],
        assigned_by=row["assigned_by"],
    )
