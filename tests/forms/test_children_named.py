"""Several children in one box for a name are several children, or a doubt; never one child of two names."""

from __future__ import annotations

import pytest

from mailbot.cases.fold.opening import children_of
from mailbot.documents.reading import read_document
from mailbot.forms.children_named import children_named, dates_of_birth
from mailbot.forms.doubts import doubts_of
from mailbot.forms.extract import extract
from mailbot.forms.form import Form
from tests.documents.word_files import cell, paragraph, table, word_file
from tests.forms.definitions import DEFINITIONS

ANN, BEN = "2016-02-14", "2018-03-03"


@pytest.mark.parametrize(
    ("names", "births"),
    [
        (["Ann Poe and Ben Poe"], ["14 February 2016 and 3 March 2018"]),
        (["Ann Poe & Ben Poe"], ["14/02/2016, 03/03/2018"]),
        (["Ann Poe", "Ben Poe"], ["14/02/2016", "3.3.18"]),
        (["1. Ann Poe", "2. Ben Poe"], ["1. 14/02/2016", "2. 3/3/2018"]),
        (["Ann and Ben Poe"], ["Ann 14/02/2016", "Ben 3/3/2018"]),
        (["Ann Poe / Ben Poe"], ["14/02/2016 / 03/03/2018"]),
        (["Ann Poe, Ben Poe"], ["14.2.16; 3.3.18"]),
    ],
)
def test_two_children_in_one_box_each_with_the_own_birthday(names: list[str], births: list[str]) -> None:
    assert children_named(names, births) == (
        {"name": "Ann Poe", "date_of_birth": ANN},
        {"name": "Ben Poe", "date_of_birth": BEN},
    )


def test_a_birthday_is_given_to_nobody_where_there_are_fewer_than_children() -> None:
    assert children_named(["Ann, Ben and Cy Poe"], ["14/02/2016"]) == (
        {"name": "Ann Poe"},
        {"name": "Ben Poe"},
        {"name": "Cy Poe"},
    )


@pytest.mark.parametrize(
    "names",
    [
        ["POE, Ann"],
        ["Ann", "Poe"],
        ["Ann Mary", "Poe Smith"],
        ["Rowan Castellane (known as Ro)"],
        ["Rowan Castellane and siblings"],
        ["Unborn baby of Ann and Ben Poe"],
        ["Ann Poe", "Female"],
        ["Sandy Anderson"],
        [],
    ],
)
def test_one_child_stays_one(names: list[str]) -> None:
    assert children_named(names, ["14/02/2016"]) == ()


def test_an_expected_date_in_brackets_is_no_second_birthday() -> None:
    assert dates_of_birth(["14/02/2016 (EDD 20/02/2016)"]) == (ANN,)


def referral(name: list[str], born: list[str]) -> Form:
    """The council's referral form as Word writes it, with these lines in its boxes for name and date of birth."""
    rows = [
        ("Name of child", name),
        ("Date of birth", born),
        ("Ethnicity", ["White British"]),
        ("Date of incident", ["28/05/2026"]),
        ("Name of referrer", ["Jo Penrose"]),
    ]
    body = paragraph("Rapid Review Referral Form") + table(
        *([label, cell("".join(map(paragraph, lines)))] for label, lines in rows)
    )
    return extract(read_document(word_file(body), "referral.docx"), DEFINITIONS)


def test_a_referral_of_two_children_in_one_box_is_of_two_children_and_the_office_is_told() -> None:
    form = referral(["Ann Poe", "Ben Poe"], ["14/02/2016", "03/03/2018"])
    fields = {name: form.get(name) for name in form.fields}
    assert [(c.initials, c.dob) for c in children_of(fields, form.tables)] == [("A.P.", ANN), ("B.P.", BEN)]
    told = " ".join(doubts_of([form]))
    assert "names 2 children" in told
    assert "Poe" not in told


def test_a_box_that_may_name_more_than_one_is_doubted() -> None:
    form = referral(["Ann Poe and siblings"], ["14/02/2016"])
    assert form.get("child_dob") == ANN
    assert "may name more than one child" in " ".join(doubts_of([form]))


def test_two_birthdays_of_one_child_are_told() -> None:
    assert "more than one date" in " ".join(doubts_of([referral(["Ann Poe"], ["14/02/2016 and 3/3/2018"])]))
