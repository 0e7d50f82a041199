"""Nil returns written in the mail itself, and what only looks like one."""

from __future__ import annotations

import pytest

from mailbot.forms.body import own_words, read_body


@pytest.mark.parametrize(
    "mail",
    [
        "Nil return: this family is not known to us.",
        "Dear all\n\nNo trace on our systems.\n\nKind regards\nLee",
        "We have had no involvement with this family.",
        "I can confirm that neither the child nor the family are known to our service.",
        "The child is not known to this service.\n\nOn 3 March Jo wrote:\n> are they known to you, or only recently?",
    ],
)
def test_a_nil_return_of_one_line_says_no(mail: str) -> None:
    form = read_body(mail)

    assert form is not None
    assert form.kind == "scoping_return"
    assert form.fields["had_involvement"].value == "no"
    assert form.fields["had_involvement"].place == "email body"
    assert form.fields["had_involvement"].sure


@pytest.mark.parametrize(
    "mail",
    [
        "They are not known to us under that name.",
        "No involvement since 2019.",
        "We have no records of the child. However, the mother was seen in 2020.",
        "This is not a nil return.",
        "We have no further involvement.",
    ],
)
def test_a_qualified_nil_return_is_not_sure(mail: str) -> None:
    form = read_body(mail)

    assert form is not None
    assert not form.fields["had_involvement"].sure
    assert form.has_problem("not_sure")


@pytest.mark.parametrize(
    "mail",
    [
        "Is this family not known to us?",
        "If the family is not known to you please send a nil return.",
        "Thank you, our form is attached.",
        "Thanks\n\nFrom: Review office <office@partnership.example>\nA nil return is needed: no involvement",
        "",
    ],
)
def test_a_question_or_a_quoted_letter_is_no_nil_return(mail: str) -> None:
    assert read_body(mail) is None


def test_quoted_text_and_signature_are_not_the_senders_words() -> None:
    assert own_words("Noted.\n> no trace\n-- \nLee\nno involvement") == "Noted."
