"""Questions to the office: beside each command the line of a reply that says the same, where replies count."""

from __future__ import annotations

import pytest

from mailbot.cases.case import Case
from mailbot.cases.letters.office import as_reply, to_office
from tests.builders import REF, at, practice

MONDAY = at("Mon 1 Jun 2026 9:12")


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (f"mailbot record {REF} meeting 2026-06-10T14:00 --as YOU", "meeting 2026-06-10T14:00"),
        (f"mailbot record {REF} extension police YYYY-MM-DD --as YOU", "extension police YYYY-MM-DD"),
        (f'mailbot record {REF} outcome none --as YOU --why "REASON"', "outcome none"),
        (f'mailbot record {REF} transferred AREA --why "REASON" --as YOU', "transferred AREA"),
        (f"mailbot record {REF} closed --as YOU", "closed"),
        ("mailbot record RR-2026-002 closed --as YOU", ""),
        (f"mailbot show {REF}", ""),
        ("mailbot held", ""),
    ],
)
def test_a_command_that_records_can_be_said_in_a_reply(command: str, line: str) -> None:
    assert as_reply(command, REF) == line


@pytest.mark.parametrize(
    ("changes", "offered"),
    [
        ({"replies_authenticated": True}, ["closed"]),
        ({"trust_unauthenticated_replies": True}, ["closed"]),
        ({}, []),
    ],
)
def test_a_reply_is_offered_only_where_it_would_count(changes: dict[str, bool], offered: list[str]) -> None:
    office = practice().model_copy(update=changes)
    commands = [f"mailbot record {REF} closed --as YOU", f"mailbot plan {REF}"]
    letter = to_office(Case(ref=REF), office, MONDAY, "t", "Close it?", ["It may be."], commands)
    assert letter.facts["replies"] == offered
    assert letter.facts["commands"] == commands


def test_a_letter_about_no_case_offers_no_reply() -> None:
    office = practice(replies_authenticated=True)
    letter = to_office(Case(), office, MONDAY, "t", "Held", ["x"], ["mailbot record X closed --as YOU"])
    assert letter.facts["replies"] == []
