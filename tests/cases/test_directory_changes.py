"""The directory changes in the middle of a case: a contact leaves, an agency is renamed or taken out."""

from __future__ import annotations

import pytest

from mailbot.cases.directory import Agency
from mailbot.cases.gate import refusal
from tests.builders import AGENCIES, COUNCIL, HEALTH, HOUSING, LEADS, POLICE, agency, at, practice
from tests.cases.desk import Desk

NEW_POLICE = POLICE.model_copy(update={"name": "Northshire Constabulary", "spoc": ("new.desk@police.example",)})


@pytest.fixture
def scoped() -> Desk:
    """The letters went on Monday 1 June; the police's went to a contact who leaves on Tuesday."""
    desk = Desk(practice())
    desk.refer("Mon 1 Jun 2026 9:12")
    desk.answer("Mon 1 Jun 2026 9:40")
    return desk


def with_agencies(desk: Desk, *agencies: Agency) -> None:
    directory = desk.practice.directory.model_copy(update={"agencies": agencies})
    desk.practice = desk.practice.model_copy(update={"directory": directory})


def test_chasers_go_to_whoever_is_the_contact_now(scoped: Desk) -> None:
    with_agencies(scoped, COUNCIL, NEW_POLICE, HEALTH, HOUSING)
    scoped.until("Thu 11 Jun 2026 17:00", at("Tue 2 Jun 2026 9:00"))
    told = [letter.to for _, letter in scoped.letters("reminder", "chase") if letter.agency == "police"]
    assert set(told) == {("new.desk@police.example",)}
    assert len(told) >= 2


def test_a_letter_to_somebody_who_left_is_refused_at_the_gate() -> None:
    after = practice(agencies=tuple(NEW_POLICE if a is POLICE else a for a in AGENCIES))
    assert refusal("chase", ("spoc@police.example",), practice()) == ""
    assert "not in the directory" in refusal("chase", ("spoc@police.example",), after)


def test_somebody_who_left_is_still_known_by_the_domain() -> None:
    after = practice(agencies=(COUNCIL, NEW_POLICE, HEALTH))
    found = after.directory.agency_of("spoc@police.example")
    assert found is not None
    assert found.id == "police"


def test_an_agency_that_was_taken_out_is_told_to_the_office_and_stops_nobody_else(scoped: Desk) -> None:
    with_agencies(scoped, COUNCIL, HEALTH, HOUSING)
    scoped.until("Thu 11 Jun 2026 17:00", at("Tue 2 Jun 2026 9:00"))
    assert scoped.to_agency("police", "chase") == []
    assert scoped.to_agency("health", "chase") != []
    assert [topic for topic in scoped.case.told if topic.startswith("nobody-to-escalate-to/police")]


def test_the_outcome_is_told_to_the_others_where_an_agency_was_taken_out(scoped: Desk) -> None:
    scoped.record("Mon 1 Jun 2026 10:00", "meeting", "2026-06-11T10:00")
    with_agencies(scoped, COUNCIL, HEALTH, agency("police2", partner="police", domains=("police.example",)))
    scoped.record("Thu 11 Jun 2026 12:00", "attendance", *LEADS)
    scoped.record("Thu 11 Jun 2026 12:00", "outcome", "none", why="nothing to learn")
    for lead in LEADS:
        scoped.record("Thu 11 Jun 2026 13:00", "signed-off", lead)
    scoped.answer("Thu 11 Jun 2026 14:00", round_id=f"submission-{scoped.case.submission_version}")
    scoped.answer("Thu 11 Jun 2026 15:00", round_id="outcome-1")
    assert [letter.agency for _, letter in scoped.letters("outcome")][:2] == ["council", "health"]


def test_a_withdrawal_leaves_out_an_agency_that_was_taken_out(scoped: Desk) -> None:
    with_agencies(scoped, COUNCIL, HEALTH)
    scoped.record("Tue 2 Jun 2026 10:00", "withdrawn", why="sent by mistake")
    scoped.answer("Tue 2 Jun 2026 10:30")
    assert [letter.agency for _, letter in scoped.letters("case_news")] == ["council", "health", None]
