"""Passwords in a mail's own words."""

from __future__ import annotations

import pytest

from mailbot.forms.passwords import MOST, brings_only_a_password, password_candidates


@pytest.mark.parametrize(
    ("words", "password"),
    [
        ("The password is Blue-Heron-22.", "Blue-Heron-22"),
        ("Hello,\n\nPassword for the form I sent: Blue Heron 22\n\nRegards\nTam", "Blue Heron 22"),
        ("Hi, the password for the attached will be “Ends with a dot.”", "Ends with a dot."),
        ('As promised: "two words"', "two words"),
        ("PW: x9!kk", "x9!kk"),
        ("heron2026", "heron2026"),
        ("Password below\n\nBlue Heron 22\n", "Blue Heron 22"),
        ("the passcode was 4471", "4471"),
        ("Here you go - use Rainbow! to open it", "Rainbow!"),
        ("it is rainbow, all small", "rainbow"),
    ],
)
def test_the_password_is_among_the_candidates(words: str, password: str) -> None:
    assert password in password_candidates(words)


def test_what_is_said_to_be_the_password_comes_first() -> None:
    assert password_candidates("Dear Helen1, the password is Blue-Heron-22")[0] == "Blue-Heron-22"


def test_not_more_candidates_than_a_locked_file_can_bear() -> None:
    assert len(password_candidates(" ".join(f"word{n}" for n in range(500)))) == MOST


@pytest.mark.parametrize(
    "words", ["The password is Blue-Heron-22", "heron2026", "Pass word: heron\n\nTam Oyelaran, Police"]
)
def test_a_mail_that_brings_only_a_password(words: str) -> None:
    assert brings_only_a_password(words)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "Thanks",
        "Nil return: this family is not known to us.",
        "Received, thank you.",
        "The password " + "and more " * 40,
    ],
)
def test_a_mail_that_brings_something_else(words: str) -> None:
    assert not brings_only_a_password(words)
