"""Who comes to the meeting: what calendars answered, the quorum that is to be expected, and a meeting called off."""

from __future__ import annotations

from datetime import datetime

import pytest

from mailbot.cases.attending import invited
from mailbot.cases.coming import CalendarAnswer, expected, lacking, on_answer
from mailbot.cases.decisions import Invitation, SendLetter
from mailbot.cases.directory import Person
from mailbot.cases.events import PartStat
from mailbot.errors import NotAllowedNow, UsageProblem
from tests.builders import LEADS, PEOPLE, at, practice
from tests.cases.desk import Desk

COUNCIL, POLICE, HEALTH = LEADS
INSPECTOR = Person(name="Lee Okoro", email="okoro@police.example", role="attendee", partner="police")


def at_the_desk(*people: Person) -> Desk:
    office = practice()
    known = office.directory.model_copy(update={"people": (*PEOPLE, *people)})
    return Desk(office.model_copy(update={"directory": known}))


def meeting_set(*people: Person) -> Desk:
    """The scoping letters have gone; everybody is invited to Thu 11 Jun."""
    desk = at_the_desk(*people)
    desk.refer("Mon 1 Jun 2026 9:12")
    desk.answer("Mon 1 Jun 2026 9:30")
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-11T10:00")
    desk.answer("Tue 2 Jun 2026 10:30", round_id="invitation-1")
    return desk


def says(
    desk: Desk,
    when: str,
    who: str,
    partstat: PartStat | None,
    sequence: int = 1,
    proposed: datetime | None = None,
    instead: str = "",
) -> None:
    """A calendar answers."""
    answer = CalendarAnswer(
        who=who,
        partstat=partstat,
        sequence=sequence,
        at=at(when),
        mail=len(desk.events),
        proposed=proposed,
        instead=instead,
    )
    desk.take(on_answer(desk.case, answer, desk.practice, at(when)), at(when))
    desk.work(at(when))


def told(desk: Desk, topic: str) -> list[SendLetter]:
    return [letter for key, letter in desk.drafted.items() if f"/{topic}" in key]


def entries(desk: Desk, round_id: str) -> list[Invitation]:
    files = [file for _, letter in desk.sent if letter.round == round_id for file in letter.attachments]
    return [file for file in files if isinstance(file, Invitation)]


def test_each_invitation_carries_the_meeting_for_one_calendar_and_no_childs_name() -> None:
    desk = meeting_set()
    carried = entries(desk, "invitation-1")
    assert [entry.attendee for entry in carried] == list(LEADS)
    assert {(e.method, e.uid, e.sequence) for e in carried} == {("REQUEST", "rr-2026-001@partnership.example", 1)}
    assert {entry.start for entry in carried} == {at("Thu 11 Jun 2026 10:00")}
    assert all("Ashgrove" not in str(entry) for entry in carried)


def test_a_new_date_updates_the_entry_and_asks_everybody_anew() -> None:
    desk = meeting_set()
    says(desk, "Tue 2 Jun 2026 11:00", POLICE, "ACCEPTED")
    desk.record("Wed 3 Jun 2026 10:00", "meeting", "2026-06-10T14:00")
    assert desk.case.invitation_answers == {}
    desk.answer("Wed 3 Jun 2026 10:30", round_id="invitation-2")
    assert {(e.uid, e.sequence) for e in entries(desk, "invitation-2")} == {("rr-2026-001@partnership.example", 2)}
    says(desk, "Wed 3 Jun 2026 11:00", HEALTH, "DECLINED", sequence=1)
    assert desk.case.invitation_answers == {}
    assert lacking(desk.case, desk.practice) == ()


def test_what_calendars_answer_is_who_is_expected() -> None:
    desk = meeting_set()
    says(desk, "Tue 2 Jun 2026 11:00", POLICE, "ACCEPTED")
    says(desk, "Tue 2 Jun 2026 11:05", HEALTH, "TENTATIVE")
    assert expected(desk.case, desk.practice) == [
        (COUNCIL, "local_authority", "NEEDS-ACTION"),
        (POLICE, "police", "ACCEPTED"),
        (HEALTH, "health", "TENTATIVE"),
    ]
    assert told(desk, "quorum-at-risk") == []


def test_the_same_answer_twice_is_one_event() -> None:
    desk = meeting_set()
    says(desk, "Tue 2 Jun 2026 11:00", POLICE, "ACCEPTED")
    before = len(desk.events)
    says(desk, "Tue 2 Jun 2026 11:10", POLICE, "ACCEPTED")
    assert len(desk.events) == before


def test_when_a_partners_only_representative_declines_the_office_hears_at_once() -> None:
    desk = meeting_set()
    says(desk, "Tue 2 Jun 2026 11:00", POLICE, "DECLINED")
    assert lacking(desk.case, desk.practice) == ("police",)
    (warning,) = told(desk, "quorum-at-risk")
    assert warning.kind == "warning"
    assert "Nobody else is invited who would represent the police" in str(warning.facts["paragraphs"])
    assert warning in [letter for when, letter in desk.sent if when == at("Tue 2 Jun 2026 11:00")]


def test_while_a_colleague_may_come_a_partner_is_not_lacking() -> None:
    desk = meeting_set(INSPECTOR)
    says(desk, "Tue 2 Jun 2026 11:00", POLICE, "DECLINED")
    assert told(desk, "quorum-at-risk") == []
    says(desk, "Tue 2 Jun 2026 12:00", INSPECTOR.email, "DECLINED")
    assert len(told(desk, "quorum-at-risk")) == 1


def test_another_time_goes_to_the_office_with_the_command_that_takes_it_up() -> None:
    desk = meeting_set()
    says(desk, "Tue 2 Jun 2026 11:00", HEALTH, "TENTATIVE", proposed=at("Wed 10 Jun 2026 14:30"))
    (asked,) = told(desk, "another-time")
    assert asked.facts["commands"] == ["mailbot record RR-2026-001 meeting 2026-06-10T14:30 --as YOU"]
    assert desk.case.meeting_at == at("Thu 11 Jun 2026 10:00")


def test_somebody_else_who_is_to_come_is_put_before_the_office() -> None:
    desk = meeting_set()
    says(desk, "Tue 2 Jun 2026 11:00", HEALTH, "DELEGATED", instead="lowe@health.example")
    (asked,) = told(desk, "stand-in")
    assert "lowe@health.example" in str(asked.facts["paragraphs"])
    assert desk.letters("pack") == []


def test_a_meeting_called_off_is_cancelled_with_those_invited_after_approval() -> None:
    desk = meeting_set()
    desk.record("Wed 3 Jun 2026 10:00", "meeting-off", why="the coroner asks us to wait")
    assert desk.case.meeting_at is None
    assert entries(desk, "cancellation-1") == []
    desk.answer("Wed 3 Jun 2026 10:30", round_id="cancellation-1")
    assert {(e.method, e.uid, e.sequence) for e in entries(desk, "cancellation-1")} == {
        ("CANCEL", "rr-2026-001@partnership.example", 2)
    }
    assert invited(desk.case) == {}
    assert len(told(desk, "meeting-date-1")) == 1


def test_a_date_after_a_cancellation_is_newer_than_it() -> None:
    desk = meeting_set()
    desk.record("Wed 3 Jun 2026 10:00", "meeting-off", why="the room is flooded")
    desk.answer("Wed 3 Jun 2026 10:30", round_id="cancellation-1")
    desk.record("Wed 3 Jun 2026 11:00", "meeting", "2026-06-11T14:00")
    desk.answer("Wed 3 Jun 2026 11:30", round_id="invitation-3")
    assert {entry.sequence for entry in entries(desk, "invitation-3")} == {3}
    assert all(letter.facts["moved"] is False for _, letter in desk.sent if letter.round == "invitation-3")


def test_a_date_set_before_the_cancellation_went_takes_its_place() -> None:
    desk = meeting_set()
    desk.record("Wed 3 Jun 2026 10:00", "meeting-off", why="the room is flooded")
    desk.record("Wed 3 Jun 2026 11:00", "meeting", "2026-06-11T14:00")
    assert desk.case.rounds["cancellation-1"].state == "rejected"
    desk.answer("Wed 3 Jun 2026 11:30", round_id="invitation-3")
    assert all(letter.facts["moved"] for _, letter in desk.sent if letter.round == "invitation-3")


@pytest.mark.parametrize("fact", [("withdrawn",), ("transferred", "Eastshire")])
def test_the_end_of_a_case_calls_its_meeting_off(fact: tuple[str, ...]) -> None:
    desk = meeting_set()
    desk.record("Wed 3 Jun 2026 10:00", *fact, why="it is not of this area")
    assert desk.case.rounds["cancellation-1"].waiting == (1, 2, 3)
    desk.answer("Wed 3 Jun 2026 10:30", round_id="cancellation-1")
    assert [entry.attendee for entry in entries(desk, "cancellation-1")] == list(LEADS)


def test_a_cancellation_that_nobody_released_is_set_aside_when_the_hour_has_passed() -> None:
    desk = meeting_set()
    desk.record("Wed 3 Jun 2026 10:00", "withdrawn", why="it is not of this area")
    desk.until("Thu 11 Jun 2026 10:30", at("Thu 11 Jun 2026 9:00"))
    assert desk.case.rounds["cancellation-1"].state == "rejected"


def test_invitations_that_nobody_released_need_no_cancelling() -> None:
    desk = at_the_desk()
    desk.refer("Mon 1 Jun 2026 9:12")
    desk.answer("Mon 1 Jun 2026 9:30")
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-11T10:00")
    desk.record("Tue 2 Jun 2026 11:00", "meeting-off", why="too early")
    assert "cancellation-1" not in desk.case.rounds
    assert not [letter for letter in desk.waiting.values() if letter.kind == "invitation"]


def test_only_a_meeting_to_come_is_called_off_and_with_a_reason() -> None:
    desk = meeting_set()
    with pytest.raises(UsageProblem, match="Say why"):
        desk.record("Wed 3 Jun 2026 10:00", "meeting-off")
    with pytest.raises(NotAllowedNow, match="no meeting to come"):
        desk.record("Thu 11 Jun 2026 13:00", "meeting-off", why="late")
