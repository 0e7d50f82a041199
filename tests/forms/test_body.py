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
        "Nil return from us. If anything changes we will let you know.\n\nJo Ford\nHead of Children's Services",
        "I can confirm on behalf of Harbour Housing that we have no involvement.",
        "We have checked with all of our teams and have had no involvement.",
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
        "Thank you. Nil return from our adult services; children's services will reply separately.",
        "No involvement from our community nursing team. The hospital's answer is to follow.",
        "Nil return from my side, Sam is looking at the rest.",
        "We have no record of the family. I have asked our other site to check too.",
        "No trace on the adult system. The children's system will be searched tomorrow.",
        "We have no records. The paper files are being searched, but they are in the archive.",
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
