"""The tables stand as written down in schema.sql, and a record from the future is not touched."""

from pathlib import Path

import pytest

from mailbot.errors import RecordDamaged
from mailbot.store.database import Database, DriverError, open_record, rows, write
from mailbot.store.schema import m001_the_record

EXPECTED = Path(__file__).parent / "schema.sql"


def schema_of(db: Database) -> str:
    found = rows(
        db,
        """SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name NOT LIKE '\\_sqlite\\_%' ESCAPE '\\'
        ORDER BY type, name""",
    )
    return "".join(f"{row['sql']};\n\n" for row in found)


def test_the_schema_is_the_one_written_down(db: Database) -> None:
    """A difference is either a mistake, or a new migration: then write schema.sql anew with schema_of."""
    assert schema_of(db) == EXPECTED.read_text()


def test_opening_again_changes_nothing(db: Database, path: Path) -> None:
    before = rows(db, "SELECT * FROM _sqlite_migrations")
    again = open_record(path)
    assert rows(again, "SELECT * FROM _sqlite_migrations") == before
    assert schema_of(again) == EXPECTED.read_text()


def test_a_record_of_the_first_release_is_brought_up_to_date_with_its_mails(path: Path) -> None:
    old = Database(path)
    m001_the_record(old)
    old.execute("CREATE TABLE _sqlite_migrations (migration_set TEXT, name TEXT, applied_at TEXT)")
    old.execute("INSERT INTO _sqlite_migrations VALUES ('mailbot', 'm001_the_record', '2026-06-01')")
    old.execute("INSERT INTO files VALUES ('f', 0, x'')")
    old.execute("INSERT INTO mails (sha256, received, kept_at, state) VALUES ('f', '', '', 'held')")
    old.conn.commit()
    old.close()
    new = open_record(path)
    assert schema_of(new) == EXPECTED.read_text()
    assert rows(new, "SELECT state, waits_for FROM mails") == [{"state": "held", "waits_for": ""}]


def test_a_record_of_a_newer_mailbot_is_not_opened(db: Database, path: Path) -> None:
    with write(db):
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('mailbot', 'm999_later', '')"
        )
    with pytest.raises(RecordDamaged, match="m999_later"):
        open_record(path)


def test_every_table_is_strict(db: Database) -> None:
    tables = rows(db, "SELECT name, strict FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE '%sqlite%'")
    assert len(tables) == 13
    assert all(table["strict"] for table in tables)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET ref = 'RR-2026-002'",
        "DELETE FROM events",
        "INSERT OR REPLACE INTO events (number, ref, version, event, hash) VALUES (1, 'RR-2026-001', 1, '{}', '')",
        "UPDATE letters SET addressees = '[]'",
        "UPDATE letters SET message_id = '<other@partnership.example>'",
        "DELETE FROM letters",
        "UPDATE letter_history SET by = 'nobody'",
        "DELETE FROM letter_history",
        "UPDATE opened_files SET by = 'nobody'",
        "DELETE FROM opened_files",
    ],
)
def test_what_happened_cannot_be_changed_by_a_slip(db: Database, statement: str) -> None:
    with write(db):
        db.execute("INSERT INTO events (number, ref, version, event, hash) VALUES (1, 'RR-2026-001', 1, '{}', 'h')")
        db.execute("INSERT INTO files VALUES ('f', 0, x'')")
        db.execute(
            """INSERT INTO letters (key, ref, kind, addressees, subject, message_id, sha256, created, status)
            VALUES ('k', 'RR-2026-001', 'scoping', '["a@police.example"]', 's', 'm', 'f', '', 'ready')"""
        )
        db.execute("INSERT INTO letter_history (letter, at, by, status, note) VALUES (1, '', '', 'ready', '')")
        db.execute("INSERT INTO opened_files (locked, opened, by, at) VALUES ('f', 'f', 'manager', '')")
    with pytest.raises(DriverError, match=r"never (changed|deleted)"), write(db):
        db.execute(statement)
