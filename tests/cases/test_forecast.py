"""What will go out when, if nothing arrives: the forecast is what the worker then really does."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from mailbot.cases.forecast import Planned, forecast
from tests.builders import FLOW_CHART, H01, at, closed_on, practice, return_form
from tests.cases.desk import Desk

A_FORTNIGHT = timedelta(days=14)


def waiting(procedure: str, closure: str = "") -> Desk:
    """Letters have gone, the police have answered in full and the council in part, and a meeting is set."""
    office = practice(procedure, calendar=closed_on(closure)) if closure else practice(procedure)
    desk = Desk(office)
    desk.refer("Mon 1 Jun 2026 9:12", "Housing")
    desk.answer("Mon 1 Jun 2026 9:30")
    desk.returns("Wed 3 Jun 2026 9:00", "police")
    desk.returns("Wed 3 Jun 2026 9:30", "council", return_form(key_issues=""))
    desk.record("Wed 3 Jun 2026 10:00", "meeting", "2026-06-11T10:00")
    return desk


def letters_planned(plan: tuple[Planned, ...], last: datetime) -> list[tuple[datetime, str]]:
    return sorted((p.when, p.what.partition(":")[0]) for p in plan if p.by_itself and p.when <= last)


def letters_really_sent(desk: Desk, first: datetime, last: datetime) -> list[tuple[datetime, str]]:
    now = first
    while now <= last:
        desk.work(now)
        now += timedelta(minutes=30)
    return sorted(
        (max(when, letter.due or when), letter.kind)
        for when, letter in desk.sent
        if letter.round is None and first <= when <= last
    )


@pytest.mark.parametrize("procedure", [FLOW_CHART, H01])
@pytest.mark.parametrize("closure", ["", "Tue 9 Jun 2026", "Wed 10 Jun 2026"])
def test_what_is_planned_is_what_then_happens(procedure: str, closure: str) -> None:
    desk = waiting(procedure, closure)
    now = at("Wed 3 Jun 2026 10:00")
    plan = forecast(desk.case, now, desk.practice)
    assert "chase" in {kind for _, kind in letters_planned(plan, now + A_FORTNIGHT)}
    assert letters_planned(plan, now + A_FORTNIGHT) == letters_really_sent(desk, now, now + A_FORTNIGHT)


def test_what_is_put_to_a_person_is_planned_as_such() -> None:
    desk = waiting(FLOW_CHART)
    plan = forecast(desk.case, at("Wed 3 Jun 2026 10:00"), desk.practice)
    to_people = {p.what for p in plan if not p.by_itself}
    assert "the pack is put together" in to_people
    assert "approval asked: escalation of 2 late returns" in to_people


def test_a_forecast_stores_nothing_and_comes_in_order() -> None:
    desk = waiting(FLOW_CHART)
    before = desk.case
    plan = forecast(desk.case, at("Wed 3 Jun 2026 10:00"), desk.practice)
    assert desk.case == before
    assert [p.when for p in plan] == sorted(p.when for p in plan)
    assert {p.who for p in plan if p.what == "reminder"} == {"Northshire Integrated Care Board", "Northshire Homes"}


def test_nothing_is_planned_for_a_case_that_has_ended() -> None:
    desk = waiting(FLOW_CHART)
    desk.record("Wed 3 Jun 2026 11:00", "withdrawn", why="referred in error")
    assert forecast(desk.case, at("Wed 3 Jun 2026 12:00"), desk.practice) == ()
