"""An answer of a few words: clear in the first line or in a plain sentence, else it decides nothing."""

from __future__ import annotations

import pytest

from mailbot.forms.choices import PARTNER, SERIOUS_HARM, SIGNATURE, Choice, read_choice, reason_of


def harm(text: str) -> Choice:
    return read_choice(text, SERIOUS_HARM)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("SERIOUS HARM", "yes"),
        ("**Serious harm**", "yes"),
        ("Serious harm identified.", "yes"),
        ("Serious harm: yes", "yes"),
        ("NO SERIOUS HARM", "no"),
        ("No serious harm identified", "no"),
        ("Serious harm - no", "no"),
        ("MORE TIME until Friday", "more_time"),
        ("We agree that the threshold for serious harm is met.", "yes"),
        ("Dear Helen\n\nThe criteria for serious harm have been met.\n\nRuth", "yes"),
        ("The Head of Service accepts that this is serious harm.", "yes"),
        ("This does not meet the criteria for serious harm.", "no"),
        ("It doesn’t meet the threshold.", "no"),
        ("Serious harm is not identified.", "no"),
        ("The incident falls below the threshold.", "no"),
        ("we need until Friday", "more_time"),
        ("We have not yet decided.", "more_time"),
    ],
)
def test_a_clear_answer_of_the_local_authority(text: str, answer: str) -> None:
    assert harm(text).answer == answer


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Yes",
        "Hello Helen",
        "SERIOUS HARM but only if the scan confirms it",
        "SERIOUS HARM\n\nonly if the scan confirms it",
        "SERIOUS HARM: none",
        "SERIOUS HARM?",
        "No serious harm at this stage, however the scan is awaited",
        "We think it probably meets the threshold.",
        "We do not agree that it is not serious harm.",
        "If the scan is bad the threshold is met.",
        "We will let you know whether the criteria are met.",
        "The threshold is met. The criteria are not met.",
        "NO SERIOUS HARM\n\nThe threshold for serious harm is met.",
        "Please ring me.\n\nThe threshold is met.",
    ],
)
def test_what_is_open_conditional_or_contradicted_decides_nothing(text: str) -> None:
    read = harm(text)
    assert read.answer == ""
    assert read.why


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("NO SERIOUS HARM\n\nThe bruise\nhas healed.\n\nKind regards\nRuth", "The bruise has healed."),
        ("SERIOUS HARM - the child will not walk again", "the child will not walk again"),
        ("SERIOUS HARM", ""),
    ],
)
def test_the_reason_is_in_the_senders_own_words(text: str, reason: str) -> None:
    assert harm(text).reason == reason


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("AGREE", "agree"),
        ("Agreed, no serious harm", "agree"),
        ("I agree with the local authority's decision.", "agree"),
        ("CHALLENGE the burns will scar", "challenge"),
        ("I do not agree: the burns will scar", "challenge"),
        ("Disagree", "challenge"),
        ("AGREE but I want a meeting", ""),
        ("AGREE\nbut I want a meeting", ""),
        ("I agree that it should be challenged", ""),
        ("Agree to disagree", ""),
        ("Noted", ""),
    ],
)
def test_a_partner_agrees_or_challenges(text: str, answer: str) -> None:
    assert read_choice(text, PARTNER).answer == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("SIGNED", "signed"),
        ("Approved.\n\nKind regards\nAna", "signed"),
        ("I approve", "signed"),
        ("Signed, with one change to page 3", ""),
        ("Signed\nThe date on page 2 is wrong", ""),
        ("Approved subject to the change", ""),
        ("Agreed", ""),
    ],
)
def test_a_signature_stands_alone(text: str, answer: str) -> None:
    assert read_choice(text, SIGNATURE).answer == answer


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("CHALLENGE\n\nThe burns of the ribs\n\nMiriam Oyelaran", "The burns of the ribs"),
        ("CHALLENGE\nThe burns will scar.\nDr M. Oyelaran\nDesignated doctor\n01632 960111", "The burns will scar."),
        ("CHALLENGE because nobody asked Miriam.\n\nMiriam", "nobody asked Miriam"),
        ("CHALLENGE\n\nOyelaran, Miriam", ""),
        ("AGREE as proposed", ""),
        ("AGREE, as it is proposed.", ""),
        ("AGREE as proposed, because the audit is due.", "the audit is due"),
        ("AGREE as the audit is due", "the audit is due"),
    ],
)
def test_a_reason_is_neither_a_signature_nor_what_was_asked(text: str, reason: str) -> None:
    assert read_choice(text, PARTNER).answer in ("agree", "challenge")
    assert reason_of(text, PARTNER, ["Dr Miriam Oyelaran"]) == reason
