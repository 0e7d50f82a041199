"""A case in one line: what binds next, whom it waits for, how late it is; the most urgent first."""

from __future__ import annotations

from mailbot.cases.glance import Glance, glance, urgency
from tests.builders import at, practice
from tests.cases.desk import Desk


def seen(desk: Desk, when: str) -> Glance:
    """The case's line at a moment."""
    return glance(desk.case, tuple(desk.events), desk.practice, at(when))


def referred(sender: str = "council") -> Desk:
    desk = Desk(practice())
    desk.refer("Mon 1 Jun 2026 9:12", "Housing", sender=sender)
    return desk


def test_a_new_case_waits_for_the_approval_of_its_scoping_letters() -> None:
    line = seen(referred(), "Mon 1 Jun 2026 9:20")
    assert line.stage == "scoping"
    assert line.waits_for[0] == "approval of scoping letters"
    assert (line.returned, line.asked) == (0, 4)
    assert line.due is not None
    assert line.late == ()


def test_a_few_agencies_are_named_and_many_are_counted() -> None:
    desk = referred()
    desk.answer("Mon 1 Jun 2026 9:30")
    assert "4 returns" in seen(desk, "Tue 2 Jun 2026 9:00").waits_for
    for agency in ("council", "police"):
        desk.returns("Tue 2 Jun 2026 10:00", agency)
    line = seen(desk, "Tue 2 Jun 2026 11:00")
    assert {"Northshire Homes's return", "Northshire Integrated Care Board's return"} <= set(line.waits_for)
    assert line.returned == 2


def test_a_clock_that_ran_out_makes_the_case_late_and_the_first() -> None:
    late, early = referred(), referred()
    early.answer("Mon 1 Jun 2026 9:30")
    early.record("Mon 1 Jun 2026 9:40", "meeting", "2026-06-11T10:00")
    first, second = seen(late, "Mon 8 Jun 2026 9:00"), seen(early, "Mon 8 Jun 2026 9:00")
    assert "scoping letters to all relevant agencies" in first.late
    assert sorted([second, first], key=urgency)[0] == first


def test_an_incident_of_another_agency_waits_for_the_local_authority() -> None:
    desk = referred(sender="health")
    desk.answer("Mon 1 Jun 2026 9:30")
    assert "the local authority's decision" in seen(desk, "Mon 1 Jun 2026 10:00").waits_for


def test_an_ended_case_waits_for_nobody() -> None:
    desk = referred()
    desk.record("Mon 1 Jun 2026 10:00", "withdrawn", why="a mistake")
    line = seen(desk, "Mon 8 Jun 2026 9:00")
    assert (line.stage, line.waits_for, line.late, line.due) == ("withdrawn", (), (), None)
