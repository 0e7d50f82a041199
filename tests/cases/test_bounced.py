"""A letter came back: one address of several, the last of an agency, a chief's; and who is next."""

from __future__ import annotations

from mailbot.cases import bounced
from mailbot.cases.decisions import SendLetter
from tests.builders import AGENCIES, agency, at, came, practice
from tests.cases.desk import Desk

TWO = ("reviews@police.example", "duty@police.example")


def scoped(**police: object) -> Desk:
    """The police's entry in the directory has these changes; its letter has gone."""
    others = tuple(a for a in AGENCIES if a.id != "police")
    desk = Desk(practice(agencies=(*others, agency("police", partner="police", ask="always", **police))))
    desk.refer("Mon 1 Jun 2026 9:12")
    desk.answer("Mon 1 Jun 2026 9:30")
    return desk


def comes_back(desk: Desk, when: str, address: str, permanent: bool = True) -> None:
    arrived = came(when, "mailer-daemon@mx.example", len(desk.events))
    decision = bounced.on_bounce(desk.case, "police", address, permanent, arrived, desk.practice, at(when))
    desk.take(decision, at(when))
    desk.work(at(when))


def told(desk: Desk) -> list[SendLetter]:
    return [letter for key, letter in desk.drafted.items() if "/bounce/" in key]


def test_while_a_second_contact_is_reached_the_agency_is_asked_on() -> None:
    desk = scoped(spoc=TWO)
    comes_back(desk, "Mon 1 Jun 2026 10:00", TWO[0])
    assert not desk.case.requests["police"].undeliverable
    assert "duty@police.example has the same letter" in str(told(desk)[0].facts["paragraphs"])
    desk.until("Thu 11 Jun 2026 12:00", at("Wed 10 Jun 2026 9:00"))
    assert desk.to_agency("police", "chase")


def test_when_the_last_contact_is_gone_nobody_was_reached() -> None:
    desk = scoped(spoc=TWO)
    comes_back(desk, "Mon 1 Jun 2026 10:00", TWO[0])
    comes_back(desk, "Mon 1 Jun 2026 10:05", TWO[1])
    assert desk.case.requests["police"].undeliverable
    assert told(desk)[1].facts["commands"] == ["mailbot record RR-2026-001 scoping police --as YOU"]


def test_the_deputy_is_proposed_and_the_command_asks_again() -> None:
    desk = scoped(deputies=("deputy@police.example",))
    comes_back(desk, "Mon 1 Jun 2026 10:00", "spoc@police.example")
    (warning,) = told(desk)
    assert 'spoc = ["deputy@police.example"] for [[agency]] police' in str(warning.facts["paragraphs"])
    desk.record("Mon 1 Jun 2026 11:00", "scoping", "police")
    assert desk.case.rounds["scoping-2"].waiting == (1,)
    desk.answer("Mon 1 Jun 2026 11:30", round_id="scoping-2")
    request = desk.case.requests["police"]
    assert (request.undeliverable, request.failed, request.sent_at) == (False, (), at("Mon 1 Jun 2026 11:30"))


def test_a_chiefs_address_says_nothing_of_the_contacts() -> None:
    desk = scoped()
    comes_back(desk, "Mon 1 Jun 2026 10:00", "head@police.example")
    assert not desk.case.requests["police"].undeliverable


def test_an_address_that_nobody_wrote_down_is_a_contact_passed_on() -> None:
    desk = scoped(spoc=TWO)
    comes_back(desk, "Mon 1 Jun 2026 10:00", "left.long.ago@police.example")
    assert desk.case.requests["police"].undeliverable
