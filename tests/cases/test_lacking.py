"""What no form told and the submission needs, by a person's word: of the child, the family, a missing return."""

from __future__ import annotations

import pytest

from mailbot.cases.deadlines import clock_of, request_status
from mailbot.cases.pseudonyms import family_rows
from mailbot.errors import NotAllowedNow, UsageProblem
from tests.builders import at
from tests.cases.test_digest import told
from tests.cases.test_meeting import scoped

TUESDAY = "Tue 2 Jun 2026 10:00"


def test_what_is_said_of_the_child_is_kept_and_shown_in_the_papers() -> None:
    desk = scoped()
    desk.record(TUESDAY, "child", "disability=none known to any service", why="every agency was asked")
    assert desk.case.child.disability == "none known to any service"
    assert desk.case.children[0] == desk.case.child


def test_what_contradicts_a_form_needs_a_reason() -> None:
    desk = scoped()
    desk.record(TUESDAY, "child", "ethnicity=White British", why="the form was wrong")
    with pytest.raises(UsageProblem, match="says otherwise already: the child's ethnicity"):
        desk.record(TUESDAY, "child", "ethnicity=Mixed")
    desk.record(TUESDAY, "child", "ethnicity=Mixed", why="her mother corrected it")
    assert desk.case.child.ethnicity == "Mixed"


@pytest.mark.parametrize(
    ("values", "match"),
    [
        ((), "one or more of sex=, ethnicity=, disability= and born="),
        (("2", "sex=male"), "2 is not the number of a child: RR-2026-001 has 1 child"),
        (("born=2030-01-01",), "still to come"),
        (("born=soon",), "2026-06-10"),
    ],
)
def test_what_cannot_be_said_of_a_child_is_refused(values: tuple[str, ...], match: str) -> None:
    with pytest.raises(UsageProblem, match=match):
        scoped().record(TUESDAY, "child", *values)


def test_somebody_of_the_family_is_named() -> None:
    desk = scoped()
    desk.record(TUESDAY, "family", "Joan", "Ashgrove", "relationship=Grandmother", "born=1961-02-03")
    assert family_rows(desk.case)[-1] == {
        "name": "Joan Ashgrove",
        "relationship": "Grandmother",
        "date_of_birth": "1961-02-03",
    }
    with pytest.raises(UsageProblem, match="what they are to the child"):
        desk.record(TUESDAY, "family", "Joan Ashgrove")


def test_whoever_makes_no_return_is_chased_no_more() -> None:
    desk = scoped()
    desk.record(TUESDAY, "no-return", "police", why="Its records are with another force.")
    desk.until("Fri 12 Jun 2026 17:00", at("Tue 2 Jun 2026 10:30"))
    assert desk.to_agency("police", "reminder", "chase", "escalation") == []
    assert desk.to_agency("council", "chase") != []


def test_whoever_makes_no_return_keeps_nobody_waiting() -> None:
    desk = scoped()
    desk.record(TUESDAY, "no-return", "police", why="Its records are with another force.")
    desk.returns("Wed 3 Jun 2026 9:00", "council")
    desk.returns("Wed 3 Jun 2026 9:30", "health")
    police = desk.case.requests["police"]
    procedure, calendar = desk.practice.procedure_of(desk.case), desk.practice.calendar
    assert request_status(police, at("Fri 12 Jun 2026 9:00"), procedure, calendar) == "no_return"
    clock = clock_of(desk.case, "returns_due", procedure, calendar)
    assert clock is not None
    assert clock.met == at("Wed 3 Jun 2026 9:30")


def test_nobody_is_told_that_its_return_waits_to_be_opened() -> None:
    desk = scoped()
    desk.record(TUESDAY, "no-return", "police", why="Its records are with another force.")
    late = told(desk, "Fri 12 Jun 2026 8:30")["Late"]
    assert any("Northshire Children's Services's return" in line for line in late)
    assert not any("Northshire Police" in line for line in late)


def test_why_there_is_no_return_is_always_said_and_only_where_there_is_none() -> None:
    desk = scoped()
    with pytest.raises(UsageProblem, match="give it with --why"):
        desk.record(TUESDAY, "no-return", "police")
    with pytest.raises(UsageProblem, match="schools was not asked"):
        desk.record(TUESDAY, "no-return", "schools", why="It has none.")
    desk.returns("Wed 3 Jun 2026 9:00", "police")
    with pytest.raises(NotAllowedNow, match="its return is in the record"):
        desk.record("Wed 3 Jun 2026 10:00", "no-return", "police", why="It has none.")
