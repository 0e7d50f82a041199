"""Cells that hold the answers of several fields."""

from __future__ import annotations

import pytest

from mailbot.forms.definitions import FieldType
from mailbot.forms.several import period_of, pieces_of

NAME_AND_POST: tuple[FieldType, ...] = ("name", "text")
IN_FULL: tuple[FieldType, ...] = ("name", "text", "phone", "email")


@pytest.mark.parametrize(
    "written",
    [
        ["Jo Field, Named Nurse, Wards 3 and 4"],
        ["Jo Field", "Named Nurse, Wards 3 and 4"],
        ["Jo Field – Named Nurse, Wards 3 and 4"],
        ["Jo Field (Named Nurse, Wards 3 and 4)"],
    ],
)
def test_a_name_stands_before_the_post(written: list[str]) -> None:
    assert pieces_of(written, NAME_AND_POST) == ("Jo Field", "Named Nurse, Wards 3 and 4")


def test_what_has_a_shape_is_taken_out_wherever_it_stands() -> None:
    written = ["Jo Field", "Named Nurse", "Tel: 01632 960015", "jo.field@trust.example"]

    assert pieces_of(written, IN_FULL) == ("Jo Field", "Named Nurse", "01632 960015", "jo.field@trust.example")
    assert pieces_of(["4 Mill Lane, 01632 960015, jo@trust.example"], ("phone", "email")) == (
        "01632 960015",
        "jo@trust.example",
    )


def test_a_date_behind_a_name_is_the_date() -> None:
    types: tuple[FieldType, ...] = ("name", "date")

    assert pieces_of(["Dr Ruth Amankwah, 11/02/26"], types) == ("Dr Ruth Amankwah", "11/02/26")
    assert pieces_of(["Dr Ruth Amankwah on 3rd March 2026"], types)[1] == "3rd March 2026"


def test_what_is_not_there_is_blank_and_not_shared_out() -> None:
    assert pieces_of(["Jo Field"], NAME_AND_POST) == ("Jo Field", "")
    assert pieces_of([], IN_FULL) == ("", "", "", "")


@pytest.mark.parametrize(
    ("written", "ends"),
    [
        ("From Sept 2023 to 27/02/2026", ("Sept 2023", "27/02/2026")),
        ("15/06/2023 – 09/01/2026", ("15/06/2023", "09/01/2026")),
        ("05/05/2014 to ongoing", ("05/05/2014", "ongoing")),
        ("March 2021", ("March 2021", "")),
        ("From            to", ("", "")),
        ("____ to ____", ("", "")),
        ("N/A", ("N/A", "N/A")),
    ],
)
def test_a_period_has_two_ends(written: str, ends: tuple[str, str]) -> None:
    assert period_of(written) == ends
