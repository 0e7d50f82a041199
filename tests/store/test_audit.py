"""Whoever changes the story behind mailbot's back is found out."""

import pytest

from mailbot.cases.decisions import Decision
from mailbot.store.audit import Audit, check
from mailbot.store.casebook import Casebook
from mailbot.store.database import Database, rows, write
from mailbot.store.schema import TRIGGERS
from tests.store.stories import LATER, REF, agreed, opening


@pytest.fixture
def told(db: Database) -> Database:
    """A record with five events in two cases, its triggers taken off as a forger would."""
    casebook = Casebook(db)
    casebook.commit(opening(), LATER)
    casebook.commit(opening(ref="RR-2026-002"), LATER)
    casebook.commit(Decision(case=REF, version=1, events=(agreed("one"), agreed("two"), agreed("three"))), LATER)
    return db


def forge(db: Database, *statements: str) -> Audit:
    """Change the record with the triggers off, put them back, and look."""
    with write(db):
        for name in TRIGGERS:
            db.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            db.execute(statement)
        for trigger in TRIGGERS.values():
            db.execute(trigger)
    return check(db)


def test_an_empty_record_is_intact(db: Database) -> None:
    assert check(db) == Audit(entries=0, intact=True)


def test_an_untouched_record_is_intact(told: Database) -> None:
    assert check(told) == Audit(entries=5, intact=True)
    assert forge(told) == Audit(entries=5, intact=True)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET event = replace(event, 'one', 'two') WHERE number = 3",
        "UPDATE events SET event = json_set(event, '$.by', 'manager@partnership.example') WHERE number = 3",
        "UPDATE events SET ref = 'RR-2026-002', version = 9 WHERE number = 3",
        "UPDATE events SET hash = 'f' WHERE number = 3",
        "DELETE FROM events WHERE number = 3",
    ],
)
def test_a_changed_event_is_the_first_broken_one(told: Database, statement: str) -> None:
    found = forge(told, statement)
    assert not found.intact
    assert found.first_broken == 3


def test_an_event_slipped_in_at_the_end_is_found(told: Database) -> None:
    found = forge(
        told,
        """INSERT INTO events (number, ref, version, event, hash)
        SELECT 6, ref, 5, event, hash FROM events WHERE number = 5""",
    )
    assert found.first_broken == 6


def test_a_story_cut_short_is_found_though_the_chain_is_whole(told: Database) -> None:
    found = forge(told, "DELETE FROM events WHERE number = 5")
    assert found.first_broken is None
    assert found.problems == (f"Case {REF} should have 4 events and has 3.",)
    assert not found.intact


@pytest.mark.parametrize("name", TRIGGERS)
def test_a_missing_trigger_is_found(told: Database, name: str) -> None:
    with write(told):
        told.execute(f"DROP TRIGGER {name}")
    found = check(told)
    assert found.problems == (f"The trigger {name} is gone or altered.",)


def test_a_trigger_made_toothless_is_found(told: Database) -> None:
    with write(told):
        told.execute("DROP TRIGGER events_never_go")
        told.execute("CREATE TRIGGER events_never_go BEFORE DELETE ON events BEGIN SELECT 1; END")
    assert not check(told).intact


def test_the_readable_columns_of_an_event_are_the_event(told: Database) -> None:
    found = rows(told, "SELECT type, by, because FROM events WHERE number = 3")
    assert found == [{"type": "action_agreed", "by": "mailbot", "because": "agreed at the meeting"}]
