"""Single answers in their normal forms."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.forms.values import find_email, gender, nhs_number, phone, tidy, unknown_or_not_applicable, yes_or_no


@pytest.mark.parametrize(
    "blank",
    [
        "",
        "  /  /    ",
        "______",
        "\u2002\u2002\u2002\u2002\u2002",
        "…………",
        "Choose an item.",
        "Click or tap here to enter text.",
        "dd/mm/yyyy",
        "Please select",
        "-",
    ],
)
def test_what_the_form_itself_prints_is_no_answer(blank: str) -> None:
    assert tidy(blank) == ""


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("first_last@health.example", "first_last@health.example"),
        ("____Ann_Marie____", "Ann_Marie"),
        ("12____May", "12 May"),
        ("_ _ Ann _", "Ann"),
        ("Ann_", "Ann"),
    ],
)
def test_an_underscore_inside_a_word_stays_and_a_line_to_write_on_goes(written: str, value: str) -> None:
    assert tidy(written) == value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("NK", "unknown"),
        ("n/k", "unknown"),
        ("Not known", "unknown"),
        ("N/A", "not_applicable"),
        ("n.a.", "not_applicable"),
        ("None", ""),
        ("None known", ""),
        ("Nadia", ""),
    ],
)
def test_not_known_and_not_applicable_are_two_answers(written: str, value: str) -> None:
    assert unknown_or_not_applicable(written) == value


@pytest.mark.parametrize(
    ("written", "value", "rest"),
    [
        ("Yes", "yes", ""),
        ("Y – neglect, 2024", "yes", "neglect, 2024"),
        ("No, never", "no", "never"),
        ("Not known", "unknown", ""),
        ("North team", "", "North team"),
        ("No. 4 Mill Lane", "", "No. 4 Mill Lane"),
    ],
)
def test_yes_and_no_with_the_words_behind(written: str, value: str, rest: str) -> None:
    assert yes_or_no(written) == (value, rest)


@pytest.mark.parametrize(
    ("written", "number"),
    [("999 019 2936", "9990192936"), ("9990192936", "9990192936"), ("9990192937", ""), ("12345", "")],
)
def test_an_nhs_number_has_its_check_digit(written: str, number: str) -> None:
    assert nhs_number(written) == number


def test_m_and_f_are_written_out() -> None:
    assert [gender("M"), gender("f"), gender("Non-binary")] == ["Male", "Female", "Non-binary"]


def test_a_number_is_told_from_the_address_beside_it() -> None:
    assert phone("01632 960015 (mobile)") == "01632 960015 (mobile)"
    assert phone("4 Mill Lane, WB5 1QE 01632 960015 jo@school.example") == "01632 960015"


def test_an_address_broken_by_a_narrow_cell_is_one() -> None:
    assert find_email("f.moran@winsea- academy.example") == "f.moran@winsea-academy.example"


@settings(derandomize=True)
@given(st.integers(0, 9_999_999), st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_figure_is_no_nhs_number(number: int, place: int, shift: int) -> None:
    body = f"99{number:07}"
    valid = [f"{body}{check}" for check in range(10) if nhs_number(f"{body}{check}")]
    for one in valid:
        wrong = (int(one[place]) + shift) % 10
        assert nhs_number(f"{one[:place]}{wrong}{one[place + 1 :]}") == ""
    assert len(valid) <= 1
