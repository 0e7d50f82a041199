"""The same child twice: by NHS number, by name and date of birth, and by a name that is written otherwise."""

from __future__ import annotations

import pytest

from mailbot.cases.case import Case, Child
from mailbot.forms.same_child import OneChild, children_of_case, likeness

WILFRED = OneChild(names=("Wilfred Ashgrove",), dob="2025-11-03", nhs_number="9434765919")


@pytest.mark.parametrize(
    ("other", "how"),
    [
        (OneChild(names=("Will Lund",), nhs_number="9434765919"), "the same NHS number"),
        (OneChild(names=("WILFRED ASHGROVE",), dob="2025-11-03"), "the same name and date of birth"),
        (OneChild(names=("Wilfred  Ashgrove",)), "the same name, and one of them gives no date of birth"),
        (OneChild(names=("Wilfred Ashgrove",), dob="2025-11-08"), "the same name, but another date of birth"),
        (
            OneChild(names=("Wilfrid Ashgrove",), dob="2025-11-03"),
            "a name spelled much alike, and the same date of birth",
        ),
        (OneChild(names=("Will Lund", "Wilfred Ashgrove"), dob="2025-11-03"), "the same name and date of birth"),
        (OneChild(names=("Agnes Ashgrove",), dob="2020-01-02"), ""),
        (OneChild(names=("Noah Bell",), dob="2025-11-03"), ""),
        (OneChild(names=(), dob="2025-11-03"), ""),
    ],
)
def test_by_what_two_children_are_the_same(other: OneChild, how: str) -> None:
    assert likeness(WILFRED, other) == how
    assert likeness(other, WILFRED) == how


def test_every_child_of_a_case_is_looked_at() -> None:
    twins = (Child(name="Ada Bell", dob="2024-02-01"), Child(name="Noah Bell", dob="2024-02-01"))
    case = Case(ref="RR-2026-001", child=twins[0], children=twins, referral={"nhs_number": "943 476 5919"})
    assert children_of_case(case) == (
        OneChild(names=("Ada Bell",), dob="2024-02-01", nhs_number="9434765919"),
        OneChild(names=("Noah Bell",), dob="2024-02-01"),
    )
