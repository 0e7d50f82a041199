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
    """The beginning of every topic that the code tells the office under, wherever in a module it is written."""
    for path in sorted(PACKAGE.rglob("*.py")):
        module = ast.parse(path.read_text("utf-8"))
        for function, call in _calls(module, "tell_office"):
            found = list(_beginnings(call.args[3], function, module))
            assert found, f"{path}:{call.lineno}: the topic is not written where a reader finds it"
            yield from found


def _calls(module: ast.Module, name: str) -> Iterator[tuple[ast.FunctionDef, ast.Call]]:
    """The calls of a function by its name, each with the function that it stands in."""
    for function in (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)):
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and name in (getattr(node.func, "id", ""), getattr(node.func, "attr", "")):
                yield function, node


def _beginnings(topic: ast.expr, function: ast.FunctionDef, module: ast.Module) -> Iterator[str]:
    """What a topic begins with: written out, given to the name before, or handed to the function as an argument."""
    match topic:
        case ast.Constant(value=str(text)) | ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
            yield text
        case ast.JoinedStr(values=[ast.FormattedValue(value=ast.Name(id="kind")), *_]):
            yield from ("question", "secure_wrapper", "extension_request")
        case ast.IfExp(body=one, orelse=other):
            yield from (*_beginnings(one, function, module), *_beginnings(other, function, module))
        case ast.Name(id=name):
            for given in _assigned(name, function):
                yield from _beginnings(given, function, module)
            names = [argument.arg for argument in function.args.args]
            for caller, call in _calls(module, function.name) if name in names else ():
                yield from _beginnings(call.args[names.index(name)], caller, module)


def _assigned(name: str, function: ast.FunctionDef) -> Iterator[ast.expr]:
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                yield value
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                yield from (v for n, v in zip(names, values, strict=True) if isinstance(n, ast.Name) and n.id == name)


def test_every_topic_of_the_code_is_a_known_question_or_news() -> None:
    found = {topic_of(text.rstrip("-/")).name for text in topics()}
    assert {"soon", "threshold-met", "la-decision", "doubts", "merged"} <= found
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
