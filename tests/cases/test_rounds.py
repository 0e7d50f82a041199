"""Letters that wait for a named person: what each answer releases, and what is asked again."""

from __future__ import annotations

from mailbot.cases import rounds
from mailbot.cases.decisions import Release
from tests.builders import MANAGER, REF, at, practice
from tests.cases.desk import Desk

TEN = "Mon 1 Jun 2026 10:00"


def put_to_the_manager(grace_minutes: int = 0) -> Desk:
    """Four scoping letters wait: council 1, police 2, health 3, housing 4."""
    desk = Desk(practice(grace_minutes=grace_minutes))
    desk.refer("Mon 1 Jun 2026 9:12", "Housing")
    return desk


def scoped(desk: Desk) -> list[str | None]:
    return [letter.agency for _, letter in desk.letters("scoping")]


def state(desk: Desk) -> str:
    return desk.case.rounds["scoping-1"].state


def test_nothing_goes_before_a_person_has_answered() -> None:
    desk = put_to_the_manager()
    desk.until("Wed 3 Jun 2026 17:00", at("Mon 1 Jun 2026 9:30"))
    assert scoped(desk) == []


def test_approving_all_releases_every_letter() -> None:
    desk = put_to_the_manager()
    desk.answer(TEN)
    assert scoped(desk) == ["council", "police", "health", "housing"]
    assert state(desk) == "approved"
    assert desk.case.rounds["scoping-1"].answered_by == MANAGER


def test_approving_some_leaves_the_others_waiting() -> None:
    desk = put_to_the_manager()
    desk.answer(TEN, items=(1, 3))
    assert scoped(desk) == ["council", "health"]
    assert state(desk) == "waiting"
    assert desk.case.rounds["scoping-1"].waiting == (2, 4)
    assert desk.case.scoping_sent_at is None
    desk.answer("Mon 1 Jun 2026 11:00", items=(2, 4))
    assert state(desk) == "approved"
    assert desk.case.scoping_sent_at == at("Mon 1 Jun 2026 11:00")


def test_a_rejected_agency_is_not_asked_and_not_waited_for() -> None:
    desk = put_to_the_manager()
    desk.answer(TEN, "reject", items=(4,))
    desk.answer("Mon 1 Jun 2026 11:00")
    assert "housing" not in desk.case.requests
    assert scoped(desk) == ["council", "police", "health"]
    assert desk.case.scoping_sent_at == at("Mon 1 Jun 2026 11:00")


def test_a_rejection_keeps_its_reason() -> None:
    desk = put_to_the_manager()
    desk.answer(TEN, "reject")
    assert state(desk) == "rejected"
    assert desk.case.rounds["scoping-1"].why == "not this time"
    assert desk.waiting == {}
    desk.record("Tue 2 Jun 2026 9:00", "scoping", "police", "health")
    assert desk.asked[-1].round == "scoping-2"


def test_a_hold_changes_nothing() -> None:
    desk = put_to_the_manager()
    before = desk.case
    desk.answer(TEN, "hold")
    assert desk.case == before
    assert len(desk.waiting) == 4


def test_approved_letters_leave_after_the_minutes_of_grace() -> None:
    desk = put_to_the_manager(grace_minutes=5)
    desk.answer(TEN)
    assert scoped(desk) == []
    desk.work(at("Mon 1 Jun 2026 10:04"))
    assert scoped(desk) == []
    desk.work(at("Mon 1 Jun 2026 10:05"))
    assert len(scoped(desk)) == 4


def test_approved_letters_leave_at_once_even_when_the_office_is_closed() -> None:
    desk = put_to_the_manager()
    desk.answer("Sat 6 Jun 2026 22:00")
    assert len(scoped(desk)) == 4


def test_a_stop_in_the_minutes_of_grace_takes_the_letters_back_and_asks_again() -> None:
    desk = put_to_the_manager(grace_minutes=5)
    desk.answer(TEN)
    desk.take(
        rounds.answer(
            desk.case, "scoping-1", "stop", (1, 2, 3, 4), MANAGER, "", desk.practice, at("Mon 1 Jun 2026 10:02")
        ),
        at("Mon 1 Jun 2026 10:02"),
    )
    desk.work(at("Mon 1 Jun 2026 10:10"))
    assert scoped(desk) == []
    assert desk.case.rounds["scoping-1"].waiting == (1, 2, 3, 4)
    assert [asked.key for asked in desk.asked] == [f"{REF}/scoping-1/ask-1", f"{REF}/scoping-1/ask-2"]
    desk.answer("Mon 1 Jun 2026 10:30")
    desk.work(at("Mon 1 Jun 2026 10:35"))
    assert len(scoped(desk)) == 4


def test_a_stop_leaves_alone_what_has_gone() -> None:
    desk = put_to_the_manager(grace_minutes=5)
    desk.answer(TEN, items=(1,))
    desk.work(at("Mon 1 Jun 2026 10:05"))
    desk.answer("Mon 1 Jun 2026 10:10", items=(2, 3, 4))
    desk.take(
        rounds.answer(
            desk.case, "scoping-1", "stop", (2, 3, 4), MANAGER, "", desk.practice, at("Mon 1 Jun 2026 10:11")
        ),
        at("Mon 1 Jun 2026 10:11"),
    )
    desk.work(at("Mon 1 Jun 2026 10:20"))
    assert desk.case.rounds["scoping-1"].waiting == (2, 3, 4)
    assert scoped(desk) == ["council"]


def test_a_round_that_nobody_answered_is_asked_again_with_new_codes() -> None:
    desk = put_to_the_manager()
    desk.until("Mon 8 Jun 2026 17:30", at("Mon 1 Jun 2026 9:30"))
    first, second = desk.asked
    assert (first.expires, second.key) == (at("Mon 8 Jun 2026 17:00"), f"{REF}/scoping-1/ask-2")
    assert second.expires == at("Mon 15 Jun 2026 17:00")
    assert desk.case.rounds["scoping-1"].asks == 2


def test_a_round_that_was_answered_in_part_is_asked_again_for_the_rest() -> None:
    desk = put_to_the_manager()
    desk.answer(TEN, items=(1, 2))
    desk.work(at("Mon 8 Jun 2026 17:00"))
    assert desk.case.rounds["scoping-1"].waiting == (3, 4)
    assert desk.case.rounds["scoping-1"].asks == 2


def test_the_release_names_the_letters_and_when_they_leave() -> None:
    desk = put_to_the_manager(grace_minutes=5)
    decision = rounds.answer(desk.case, "scoping-1", "approve", (2,), MANAGER, "", desk.practice, at(TEN))
    (release,) = decision.actions
    assert isinstance(release, Release)
    assert (release.round, release.items, release.due) == ("scoping-1", (2,), at("Mon 1 Jun 2026 10:05"))
    assert decision.because == (f"{MANAGER} answered APPROVE",)
