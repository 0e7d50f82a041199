"""What the local authority's notification tells of a child fills what the referral left blank, and no more."""

from __future__ import annotations

from typing import Any

import pytest

from mailbot.cases.arrivals import ReadForm, on_notification
from mailbot.cases.chronology import combined
from mailbot.cases.events import Row
from mailbot.cases.pack_gaps import gaps as pack_gaps
from mailbot.cases.quality import gaps
from mailbot.cases.rapid_review import rapid_review_facts, rapid_review_sources
from tests.builders import CHILD, at, came, practice
from tests.cases.desk import Desk

NOON = at("Mon 1 Jun 2026 12:00")
BROTHER = "Robin Ansah-Lund"


@pytest.fixture
def desk() -> Desk:
    """The referral says nothing of the child's ethnicity, sex and disability."""
    opened = Desk(practice())
    opened.refer("Mon 1 Jun 2026 9:12", "child_name", child_ethnicity="", child_gender="", child_disability="")
    return opened


def notified(desk: Desk, *rows: Row) -> None:
    arrived = came("Mon 1 Jun 2026 11:00", "duty@council.example", 7)
    form = ReadForm(fields={"sin_ref": "SIN-1"}, tables={"children": rows})
    desk.take(on_notification(desk.case, arrived, form, desk.practice, arrived.received), arrived.received)


def missing_of_the_child(desk: Desk) -> list[str]:
    return [gap.what for gap in gaps(desk.case, desk.practice, NOON) if gap.check == "child"]


def test_blank_answers_are_filled_with_their_source(desk: Desk) -> None:
    assert "The child's ethnicity is not given." in missing_of_the_child(desk)
    notified(desk, {"name": CHILD, "gender": "female", "ethnicity": "White British", "disability": "None known"})
    child = dict(rapid_review_facts(desk.case, desk.practice, NOON))["child"]
    assert isinstance(child, dict)
    assert (child["gender"], child["ethnicity"], child["disability"]) == ("female", "White British", "None known")
    source = {line.line: line.source for line in rapid_review_sources(desk.case, desk.practice, NOON)}
    assert source["Ethnicity"].startswith("the local authority's notification")
    assert source["Date of birth"].startswith("the referral form")
    assert "The child's ethnicity is not given." not in missing_of_the_child(desk)


def test_the_packs_page_of_what_is_missing_agrees(desk: Desk) -> None:
    def unsaid() -> list[str]:
        found = pack_gaps(desk.case, desk.practice, NOON, combined(desk.case, desk.practice, NOON))
        return [line for gap in found if gap.title == "Not said in the referral" for line in gap.lines]

    desk.case = desk.case.model_copy(update={"referral_missing": ("child_ethnicity", "gp")})
    assert unsaid() == ["The child's ethnicity", "The GP"]
    notified(desk, {"name": CHILD, "ethnicity": "White British"})
    assert unsaid() == ["The GP"]


def test_nothing_that_the_referral_said_is_overwritten() -> None:
    desk = Desk(practice())
    desk.refer("Mon 1 Jun 2026 9:12", child_ethnicity="Black African")
    notified(desk, {"name": CHILD, "ethnicity": "White British"})
    assert desk.case.child.ethnicity == "Black African"


@pytest.mark.parametrize(
    ("row", "filled"),
    [
        ({"name": CHILD.upper()}, True),
        ({"name": "Somebody Else", "date_of_birth": "2019-09-09"}, False),
        ({"name": ""}, True),
    ],
)
def test_the_only_row_is_that_of_the_only_child_unless_it_says_another_day(
    desk: Desk, row: dict[str, Any], filled: bool
) -> None:
    notified(desk, {**row, "ethnicity": "White British"})
    assert (desk.case.child.ethnicity == "White British") is filled


def test_of_several_children_each_gets_its_own_row_by_name_or_birthday(desk: Desk) -> None:
    brother = desk.case.child.model_copy(update={"name": BROTHER, "initials": "R.A-L.", "dob": "2022-02-02"})
    desk.case = desk.case.model_copy(update={"children": (desk.case.child, brother)})
    notified(
        desk,
        {"name": "R Ansah Lund", "date_of_birth": "2022-02-02", "ethnicity": "Mixed"},
        {"name": CHILD, "ethnicity": "White British"},
        {"name": "A Cousin", "ethnicity": "Other"},
    )
    assert [child.ethnicity for child in desk.case.children] == ["White British", "Mixed"]
    assert desk.case.child.ethnicity == "White British"


def test_a_notification_that_names_no_harm_is_not_said_to_be_missing(desk: Desk) -> None:
    notified(desk, {"name": CHILD})
    assert dict(rapid_review_facts(desk.case, desk.practice, NOON))["harm_type"] == "not said in the notification"
