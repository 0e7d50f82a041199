"""What the first line of an approver's reply means, and what makes it unclear."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.forms.verdicts import read_verdict

FIVE = (1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    "text", ["APPROVE", "approved", "Approve.", "  Approved!\n", "\n\nAPPROVE -\n\nSent from my phone", "approve\xa0"]
)
def test_approve_alone_means_all(text: str) -> None:
    read = read_verdict(text, FIVE)
    assert (read.answer, read.items) == ("approve", None)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("APPROVE 1", (1,)),
        ("Approve 1, 3-4", (1, 3, 4)),
        ("approved 1 and 2.", (1, 2)),
        ("approve 2 & 5", (2, 5)),
        ("APPROVE 1,1-2", (1, 2)),
        ("reject 3 wrong address", (3,)),
        ("HOLD 2", (2,)),
    ],
)
def test_numbers_and_ranges_choose_items(text: str, items: tuple[int, ...]) -> None:
    assert read_verdict(text, FIVE).items == items


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("Yes", "none of APPROVE"),
        ("approval given", "none of APPROVE"),
        ("I APPROVE", "none of APPROVE"),
        ("APPROVE all", "more than APPROVE"),
        ("APPROVE, thanks", "more than APPROVE"),
        ("APPROVE if the police agree", "more than APPROVE"),
        ("APPROVE not 2", "more than APPROVE"),
        ("APPROVE 6", "no item 6"),
        ("APPROVE 0", "no item 0"),
        ("APPROVE 1-600", "no item"),
        ("APPROVE 4-2", "4-2 name no item"),
        ("REJECT 9 no", "no item 9"),
        ("HOLD on", "more than HOLD"),
        ("REJECT", "needs a reason"),
        ("REJECT.\n\n", "needs a reason"),
    ],
)
def test_anything_else_is_unclear_and_says_why(text: str, why: str) -> None:
    read = read_verdict(text, FIVE)
    assert read.answer == "unclear"
    assert why in read.why


@pytest.mark.parametrize(
    "condition",
    [
        "but not the GP",
        "Only 1 and 2",
        "except the school",
        "after I have rung",
        "once signed",
        "if Jo agrees",
        "provided that",
        "please correct the date",
        "subject to the above",
        "However the second",
        "- but wait",
    ],
)
def test_a_condition_in_the_next_line_makes_it_unclear(condition: str) -> None:
    assert read_verdict(f"APPROVE\n\n{condition}", FIVE).why == "the next line begins with a condition"


def test_what_stands_further_down_is_not_an_answer() -> None:
    assert read_verdict("Thank you Helen\n\nAPPROVE", FIVE).answer == "unclear"
    assert read_verdict("APPROVE\nHelen Marsh\nbut out on Friday", FIVE).answer == "approve"


@pytest.mark.parametrize(
    "text", ["REJECT the address is wrong", "Rejected: the address is wrong", "reject\nthe address is wrong"]
)
def test_a_rejection_gives_its_reason_on_the_same_line_or_the_next(text: str) -> None:
    read = read_verdict(text, FIVE)
    assert (read.answer, read.reason) == ("reject", "the address is wrong")


def test_stop_needs_nothing_more() -> None:
    assert read_verdict("Stop!", ()).answer == "stop"


@given(st.text())
def test_nothing_is_approved_unless_the_first_word_says_so(text: str) -> None:
    read = read_verdict(text, FIVE)
    if read.answer == "approve":
        first = next(line for line in text.replace("\xa0", " ").splitlines() if line.strip())
        assert first.split()[0].casefold().startswith("approve")
    else:
        assert read.answer != "unclear" or read.why


@given(st.lists(st.integers(-3, 40), min_size=1, max_size=4))
def test_an_approval_by_numbers_approves_those_and_no_others(numbers: list[int]) -> None:
    read = read_verdict(f"APPROVE {', '.join(map(str, numbers))}", FIVE)
    if read.answer == "approve":
        assert set(read.items or ()) == set(numbers)
        assert set(numbers) <= set(FIVE)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("APPROVE DESPITE: the chair agreed on the telephone", "the chair agreed on the telephone"),
        (
            "Approve despite the missing return, which is lost\n\nSent from my phone",
            "the missing return, which is lost",
        ),
        (
            "approved in spite of: it is due today and\nthe rest follows\n\nHelen",
            "it is due today and the rest follows",
        ),
        ("Approve despite\nThe Panel asked for it today.", "The Panel asked for it today."),
        ("Approve 1 despite: it is due today", "it is due today"),
    ],
)
def test_a_submission_is_approved_despite_what_it_lacks_with_a_reason(text: str, reason: str) -> None:
    read = read_verdict(text, FIVE)
    assert (read.answer, read.despite) == ("approve", reason)


def test_approve_despite_without_a_reason_is_unclear() -> None:
    read = read_verdict("APPROVE DESPITE:\n\nSent from my phone", FIVE)
    assert (read.answer, "needs a reason" in read.why) == ("unclear", True)


def test_only_an_approval_is_given_despite_something() -> None:
    assert read_verdict("HOLD despite: no", FIVE).answer == "unclear"
    assert read_verdict("REJECT despite: no", FIVE).despite == ""
