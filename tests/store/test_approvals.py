"""A code releases one round, for one approver, once, in time."""

from datetime import timedelta

import pytest

from mailbot.store.approvals import Approvals
from mailbot.store.database import Database, rows
from tests.store.stories import LATER, MONDAY, REF

CODE = "K7QX-42MD"
MANAGER = "manager@partnership.example"
FRIDAY = MONDAY + timedelta(days=4)


@pytest.fixture
def approvals(db: Database) -> Approvals:
    approvals = Approvals(db)
    approvals.ask(REF, "scoping-1", 1, MANAGER, CODE, FRIDAY, "<ask.1@partnership.example>", MONDAY)
    return approvals


def test_a_code_tells_who_was_asked_about_what(approvals: Approvals) -> None:
    found = approvals.by_code(CODE)
    assert found is not None
    assert (found.case, found.round, found.ask, found.approver) == (REF, "scoping-1", 1, MANAGER)
    assert (found.asked_at, found.expires, found.answered_at) == (MONDAY, FRIDAY, None)
    assert approvals.by_code("AAAA-AAAA") is None


def test_a_code_typed_in_small_letters_is_the_same_code(approvals: Approvals) -> None:
    assert approvals.by_code(" k7qx-42md") is not None


def test_the_record_does_not_give_the_code_away(approvals: Approvals, db: Database) -> None:
    (row,) = rows(db, "SELECT * FROM approvals")
    assert CODE not in str(row)


def test_a_code_works_once(approvals: Approvals) -> None:
    assert approvals.spend(CODE, LATER, "APPROVE")
    assert not approvals.spend(CODE, LATER, "REJECT")
    (answered,) = approvals.of_round(REF, "scoping-1")
    assert (answered.answered_at, answered.answer) == (LATER, "APPROVE")


def test_an_expired_code_does_not_work(approvals: Approvals) -> None:
    assert not approvals.spend(CODE, FRIDAY, "APPROVE")
    assert approvals.spend(CODE, FRIDAY - timedelta(seconds=1), "APPROVE")


def test_an_unknown_code_does_not_work(approvals: Approvals) -> None:
    assert not approvals.spend("AAAA-AAAA", LATER, "APPROVE")


def test_asking_the_same_again_replaces_the_code(approvals: Approvals) -> None:
    """The first email was never drafted to the end: its code is in nobody's hands."""
    approvals.ask(REF, "scoping-1", 1, MANAGER, "B2B2-C3C3", FRIDAY, "<ask.2@partnership.example>", LATER)
    assert approvals.by_code(CODE) is None
    assert approvals.spend("B2B2-C3C3", LATER, "APPROVE")


def test_asking_again_after_the_answer_changes_nothing(approvals: Approvals) -> None:
    approvals.spend(CODE, LATER, "APPROVE")
    approvals.ask(REF, "scoping-1", 1, MANAGER, "B2B2-C3C3", FRIDAY, "<ask.2@partnership.example>", LATER)
    assert approvals.by_code("B2B2-C3C3") is None


def test_everyone_who_was_asked_is_listed(approvals: Approvals) -> None:
    approvals.ask(REF, "scoping-1", 1, "lead@health.example", "B2B2-C3C3", FRIDAY, "<ask.2@x.example>", MONDAY)
    approvals.ask(REF, "scoping-2", 1, MANAGER, "D4D4-E5E5", FRIDAY, "<ask.3@x.example>", MONDAY)
    assert [a.approver for a in approvals.of_round(REF, "scoping-1")] == [MANAGER, "lead@health.example"]
