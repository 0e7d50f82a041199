"""What the business unit was asked is known by name, and counts as answered when the record answers it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot.cases.unanswered import NEWS, WAITS_WHILE, topic_of, unanswered
from tests.builders import at, practice
from tests.cases.desk import Desk

PACKAGE = Path(__file__).parents[2] / "mailbot"


def topics() -> Iterator[str]:
    """The beginning of every topic that the code tells the office under, where it is written out at the call."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tell_office"
            if named and isinstance(node, ast.Call) and len(node.args) > 3:
                topic = node.args[3]
                first = topic.values[0] if isinstance(topic, ast.JoinedStr) else topic
                if isinstance(first, ast.Constant):
                    yield str(first.value)


def test_every_topic_of_the_code_is_a_known_question_or_news() -> None:
    found = {topic_of(text.rstrip("-/")).name for text in topics()}
    assert len(found) > 20
    assert found - set(WAITS_WHILE) - NEWS == set()


def test_no_topic_is_both_a_question_and_news() -> None:
    assert set(WAITS_WHILE) & NEWS == set()


@pytest.mark.parametrize(
    ("text", "name", "number", "rest"),
    [
        ("meeting-date", "meeting-date", 0, ""),
        ("after-meeting-2", "after-meeting", 2, ""),
        ("bounce/police/spoc@police.example", "bounce", 0, "police/spoc@police.example"),
        ("extension_request/12", "extension_request", 0, "12"),
    ],
)
def test_a_topic_is_taken_apart(text: str, name: str, number: int, rest: str) -> None:
    assert topic_of(text) == (name, number, rest)


def test_a_topic_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="not a topic"):
        topic_of("42")


def test_what_is_asked_again_counts_from_the_first_time() -> None:
    desk = Desk(practice())
    desk.refer("Mon 1 Jun 2026 9:12")
    desk.record("Mon 1 Jun 2026 9:30", "suspended", "2026-06-08", why="the police investigate")
    desk.work(at("Mon 8 Jun 2026 9:00"))
    desk.work(at("Mon 6 Jul 2026 9:00"))
    looks = [q for q in unanswered(desk.case, desk.events, desk.practice) if q.topic.startswith("look-again/")]
    assert [q.since for q in looks] == [at("Mon 8 Jun 2026 9:00")]


def test_a_missing_address_waits_until_the_agency_is_asked_or_has_one() -> None:
    agencies = practice().directory.agencies
    silent = tuple(a.model_copy(update={"spoc": ()}) if a.id == "police" else a for a in agencies)
    desk = Desk(practice(agencies=silent))
    desk.refer("Mon 1 Jun 2026 9:12")
    assert "no-address" in [q.topic for q in unanswered(desk.case, desk.events, desk.practice)]
    assert "no-address" not in [q.topic for q in unanswered(desk.case, desk.events, practice())]
