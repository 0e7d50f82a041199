"""Facts in the first lines of a reply: as the command is written, as people write, and what is no fact."""

from __future__ import annotations

import pytest

from mailbot.cases.recording import FACTS
from mailbot.forms.facts_said import Around, read_facts
from tests.builders import MANAGER, REF, day

AROUND = Around(
    names=tuple(FACTS),
    agencies={
        "police": "police",
        "health": "health",
        "council": "council",
        "Northshire Police": "police",
        "Northshire Children's Services": "council",
        "Northshire Integrated Care Board": "health",
    },
    ref=REF,
    by=MANAGER,
    day=day("Mon 1 Jun 2026"),
)


def facts(text: str) -> list[tuple[str, ...]]:
    """Each fact as name, values, and why behind a bar; a reply that means nothing fails."""
    read = read_facts(text, AROUND)
    assert read.problems == ()
    return [(one.fact, *one.values, *(("|", one.why) if one.why else ())) for one in read.facts]


def problems(text: str) -> str:
    read = read_facts(text, AROUND)
    assert read.facts == ()
    return " ".join(read.problems)


@pytest.mark.parametrize(
    ("written", "fact"),
    [
        ("meeting 2026-06-10T14:00", ("meeting", "2026-06-10T14:00")),
        ("meeting 10 June 2026 2pm", ("meeting", "2026-06-10T14:00")),
        ("Meeting: Wednesday 10 June at 2.30 pm, video.", ("meeting", "2026-06-10T14:30", "video")),
        ("meeting 10/06/2026 14:00 in-person", ("meeting", "2026-06-10T14:00", "in-person")),
        ("- `meeting 10th of June 10am`", ("meeting", "2026-06-10T10:00")),
        ("threshold meeting 3 June 10am", ("threshold-meeting", "2026-06-03T10:00")),
        ("serious harm YES", ("serious-harm", "yes")),
        ("Serious-harm: no.", ("serious-harm", "no")),
        ("extension police 12 June", ("extension", "police", "2026-06-12")),
        ("extension for Northshire Police until 12/6", ("extension", "police", "2026-06-12")),
        ("Extension Northshire Integrated Care Board 12 June 2026", ("extension", "health", "2026-06-12")),
        ("la Northshire Children’s Services", ("la", "council")),
        ("scoping police and health", ("scoping", "police", "health")),
        ("outcome local_review", ("outcome", "local_review")),
        ("Outcome: local review", ("outcome", "local_review")),
        ("panel reply national review", ("panel-reply", "national_review")),
        ("criterion national not met", ("criterion", "national", "not-met")),
        ("attendance Ana Rao <rao@a.example>, x@y.example", ("attendance", "rao@a.example", "x@y.example")),
        ("signed off oye@health.example<mailto:oye@health.example>", ("signed-off", "oye@health.example")),
        ("aware 30 May", ("aware", "2026-05-30")),
        ("aware 28 December", ("aware", "2025-12-28")),
        ("learning-decided yes due=1 Sept 2026", ("learning-decided", "yes", "due=2026-09-01")),
        ('action Look owner="Kit Farrow" due=12 June 2026', ("action", "Look", "owner=Kit Farrow", "due=2026-06-12")),
        ("action Tell all schools by 12 June", ("action", "Tell", "all", "schools", "by", "12", "June")),
        ("closed", ("closed",)),
    ],
)  # fmt: skip
def test_a_line_is_brought_into_the_words_of_the_command(written: str, fact: tuple[str, ...]) -> None:
    assert facts(written) == [fact]


@pytest.mark.parametrize(
    "written",
    [
        "outcome none\nbecause the learning is known",
        "outcome none\nWhy: the learning is known",
        "outcome none because the learning is known",
        f'mailbot record {REF} outcome none --as YOU --why "the learning is known"',
        f"mailbot record {REF} outcome none --why the learning is known --as {MANAGER}",
    ],
)
def test_the_reason_stands_below_or_behind(written: str) -> None:
    assert facts(written) == [("outcome", "none", "|", "the learning is known")]


def test_a_reason_that_the_mail_program_broke_goes_on_in_the_next_line() -> None:
    long = "outcome none\nbecause what happened is known from two earlier reviews, and the\nsame learning is at work"
    (fact,) = facts(long)
    assert fact[-1] == "what happened is known from two earlier reviews, and the same learning is at work"


def test_several_facts_up_to_the_first_empty_line() -> None:
    assert facts("\naware 29 May\nnotified 1 June\n\nclosed\n") == [
        ("aware", "2026-05-29"),
        ("notified", "2026-06-01"),
    ]


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("extention police 12 June", "does not begin with a fact"),
        ("aware 29 May\nand the rest later", "does not begin with a fact"),
        ("because it is so", "does not begin with a fact"),
        ("meeting Tuesday 10 June 2pm", "2026-06-10 is a Wednesday"),
        ("endorsed 31 June 2026", "no day of the calendar"),
        ("Closed the door behind them", "stands alone"),
        ("mailbot record RR-2026-002 closed --as YOU", "is about RR-2026-002"),
        (f"mailbot record {REF} closed --as frith@police.example", "everybody answers for themselves"),
        ("", "empty"),
        ("-- \nHelen", "empty"),
    ],
)
def test_what_is_not_understood_makes_the_whole_reply_mean_nothing(written: str, why: str) -> None:
    assert why in problems(written)
