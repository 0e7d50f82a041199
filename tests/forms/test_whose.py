"""Whose question it is: what must never be guessed over, and what must never become the child's."""

from __future__ import annotations

import pytest

from mailbot.documents.reading import read_document
from mailbot.forms.extract import extract
from mailbot.forms.form import Form
from tests.documents.word_files import paragraph, run, table, word_file
from tests.forms.definitions import DEFINITIONS

REFERRAL, RETURN = (
    next(form for form in DEFINITIONS.forms if form.kind == kind) for kind in ("referral", "scoping_return")
)


def heading(words: str) -> str:
    return paragraph(run(words, "<w:b/>"))


def referral(*blocks: str) -> Form:
    title = heading("Rapid Review Referral Form")
    asked = table(["Date of incident", "1 May 2026"], ["Outline of the incident", "Found hurt at home."])
    return extract(read_document(word_file(title + asked + "".join(blocks)), "form.docx"), DEFINITIONS)


def returned(question: str, answer: str) -> Form:
    title = heading("Initial scoping return")
    asked = table(["Agency", "Harbour Housing"], [question, answer])
    return extract(read_document(word_file(title + asked), "form.docx"), DEFINITIONS)


@pytest.mark.parametrize(
    "label",
    [
        *("Mother's date of birth", "Father's date of birth", "Sibling's date of birth", "Twin's date of birth"),
        *("Partner's date of birth", "Mother's NHS number", "Father's ethnicity", "Gender of perpetrator"),
        *("Child's phone", "Is the child not subject to a CP plan?", "Date of referral to police"),
    ],
)
def test_a_question_about_somebody_else_is_not_guessed_to_be_the_childs(label: str) -> None:
    assert REFERRAL.anywhere.exactly(label) in {"", "-"}
    assert REFERRAL.anywhere.nearly(label) in {"", "-"}


def test_a_question_turned_round_is_not_taken_for_the_question() -> None:
    assert RETURN.anywhere.nearly("Have records not been secured?") == ""
    assert RETURN.anywhere.nearly("Is the family not known to your agency?") == ""


def test_the_date_of_birth_of_an_alleged_perpetrator_is_not_the_childs() -> None:
    child = heading("Child") + table(["Name", "Isla Fenwick"], ["Date of birth", ""])
    other = heading("Alleged perpetrator") + table(["Name", "Craig Dent"], ["Date of birth", "03/04/1990"])
    form = referral(child, other)

    assert form.get("child_name") == "Isla Fenwick"
    assert "child_dob" not in form.fields
    assert "child_dob" in form.blank


def test_a_second_form_in_the_file_does_not_lend_its_childs_date_of_birth() -> None:
    first = table(["Name of child", "Anna Lindqvist"], ["Date of birth", "TBC"])
    second = table(["Name of child", "Ben Okafor"], ["Date of birth", "04/05/2020"])
    form = referral(first, second)

    assert form.get("child_name") == "Anna Lindqvist"
    assert "child_dob" not in form.fields


@pytest.mark.parametrize(
    "answer",
    [
        "No, other than two police call-outs to the home on 3 May",
        "No involvement before March 2026. Two visits in April 2026",
        "Not known to us until May 2026, three visits then",
        "No - but see the attached chronology",
    ],
)
def test_a_no_that_is_taken_back_is_no_nil_return(answer: str) -> None:
    form = returned("Has your agency had any involvement?", answer)

    assert "had_involvement" not in form.fields
    assert "not_understood" in [problem.problem for problem in form.problems]


@pytest.mark.parametrize("answer", ["No", "No involvement", "This family is not known to our service.", "Nil return"])
def test_a_plain_no_is_a_nil_return(answer: str) -> None:
    assert returned("Has your agency had any involvement?", answer).get("had_involvement") == "no"
