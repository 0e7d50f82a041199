"""A backup is whole and checked, and a record can be put back from it."""

from pathlib import Path

import pytest

from mailbot.cases.decisions import Decision
from mailbot.errors import RecordDamaged, UsageProblem
from mailbot.store.audit import check
from mailbot.store.backup import backup, restore
from mailbot.store.casebook import Casebook
from mailbot.store.database import Database, open_record, write
from mailbot.store.mailbag import Mailbag
from mailbot.store.schema import TRIGGERS
from tests.store.stories import LATER, MAIL, MONDAY, REF, agreed, opening


@pytest.fixture
def told(db: Database) -> Database:
    Casebook(db).commit(opening(), LATER)
    Mailbag(db).keep(MAIL, "INBOX/1/1", MONDAY, LATER)
    return db


def test_a_backup_is_one_private_file_with_everything_in_it(told: Database, tmp_path: Path) -> None:
    copy = tmp_path / "backups" / "monday.db"
    copy.parent.mkdir()
    backup(told, copy)
    assert [file.name for file in copy.parent.iterdir()] == ["monday.db"]
    assert copy.stat().st_mode & 0o777 == 0o600
    opened = open_record(copy)
    assert Casebook(opened).load(REF) == Casebook(told).load(REF)
    assert Mailbag(opened).raw(1) == MAIL


def test_a_backup_never_replaces_a_file(told: Database, tmp_path: Path) -> None:
    there = tmp_path / "monday.db"
    there.write_text("last year's")
    with pytest.raises(UsageProblem, match="there already"):
        backup(told, there)
    assert there.read_text() == "last year's"


def test_a_backup_of_a_broken_story_is_refused(told: Database, tmp_path: Path) -> None:
    with write(told):
        told.execute("DROP TRIGGER events_never_change")
        told.execute("UPDATE events SET hash = 'f'")
    with pytest.raises(RecordDamaged, match="Event 1"):
        backup(told, tmp_path / "monday.db")
    assert not list(tmp_path.glob("monday*"))


def test_a_record_is_put_back_and_the_newer_one_set_aside(told: Database, path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "monday.db"
    backup(told, copy)
    Casebook(told).commit(Decision(case=REF, version=1, events=(agreed("after the backup"),)), LATER)
    aside = restore(copy, path, LATER)
    assert Casebook(open_record(path)).load(REF).version == 1
    assert aside == path.with_name("mailbot.db.before-20261123T103000Z")
    assert [a.text for a in Casebook(open_record(aside)).load(REF).actions] == ["after the backup"]


def test_a_record_is_put_where_there_was_none(told: Database, tmp_path: Path) -> None:
    copy, new = tmp_path / "monday.db", tmp_path / "new home" / "mailbot.db"
    backup(told, copy)
    assert restore(copy, new, LATER) is None
    assert check(open_record(new)).entries == 1


def test_a_backup_that_somebody_altered_is_not_put_in_place(told: Database, path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "monday.db"
    backup(told, copy)
    altered = open_record(copy)
    with write(altered):
        altered.execute("DROP TRIGGER events_never_change")
        altered.execute("UPDATE events SET event = replace(event, 'council', 'college')")
        altered.execute(TRIGGERS["events_never_change"])
    altered.close()
    with pytest.raises(RecordDamaged, match="Event 1"):
        restore(copy, path, LATER)
    assert Casebook(open_record(path)).load(REF).referrer == "duty@council.example"
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 100])
def test_what_is_no_backup_is_not_put_in_place(told: Database, path: Path, tmp_path: Path, content: bytes) -> None:
    copy = tmp_path / "monday.db"
    copy.write_bytes(content)
    with pytest.raises(RecordDamaged):
        restore(copy, path, LATER)
    assert Casebook(open_record(path)).refs() == [REF]


def test_a_missing_backup_is_said_so(path: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="no backup"):
        restore(tmp_path / "monday.db", path, LATER)
