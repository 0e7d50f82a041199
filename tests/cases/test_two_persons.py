"""Letters that two persons must approve: the first approval, the second, and one person who tries both."""

from __future__ import annotations

import pytest

from mailbot.cases import rounds
from mailbot.errors import NotAllowedNow
from tests.builders import MANAGER, at, practice
from tests.cases.desk import Desk

CHAIR = "chair@partnership.example"


def referred() -> Desk:
    """Scoping letters to council, police and health wait for two persons."""
    desk = Desk(practice(two_persons=("scoping",), approvers=(MANAGER, CHAIR)))
    desk.refer("Mon 1 Jun 2026 9:12")
    return desk


def approves(desk: Desk, when: str, who: str, items: tuple[int, ...] | None = None) -> None:
    decision = rounds.answer(desk.case, "scoping-1", "approve", items, who, "", desk.practice, at(when))
    desk.take(decision, at(when))
    desk.work(at(when))


def gone(desk: Desk) -> list[int]:
    return sorted(letter.item or 0 for _, letter in desk.letters("scoping"))


def test_nothing_goes_before_the_second_has_approved() -> None:
    desk = referred()
    approves(desk, "Mon 1 Jun 2026 9:30", MANAGER)
    assert gone(desk) == []
    assert desk.case.rounds["scoping-1"].waiting == (1, 2, 3)
    assert [a for a in desk.drafted.values() if a.facts.get("title") == "A second person is needed"]
    approves(desk, "Mon 1 Jun 2026 9:40", CHAIR)
    assert gone(desk) == [1, 2, 3]
    assert desk.case.rounds["scoping-1"].answered_by == CHAIR


def test_nobody_approves_twice_however_the_address_is_written() -> None:
    desk = referred()
    approves(desk, "Mon 1 Jun 2026 9:30", MANAGER)
    with pytest.raises(NotAllowedNow, match="approved scoping letters already"):
        approves(desk, "Mon 1 Jun 2026 9:40", MANAGER.title())
    assert gone(desk) == []


def test_only_what_the_first_approved_has_its_first_approval() -> None:
    desk = referred()
    approves(desk, "Mon 1 Jun 2026 9:30", MANAGER, (1, 2))
    with pytest.raises(NotAllowedNow, match="approve them apart"):
        approves(desk, "Mon 1 Jun 2026 9:40", CHAIR)
    approves(desk, "Mon 1 Jun 2026 9:45", CHAIR, (1, 2))
    assert gone(desk) == [1, 2]


def test_a_rejection_needs_one_person() -> None:
    desk = referred()
    approves(desk, "Mon 1 Jun 2026 9:30", MANAGER)
    desk.take(
        rounds.answer(
            desk.case, "scoping-1", "reject", None, CHAIR, "wait", desk.practice, at("Mon 1 Jun 2026 9:40")
        ),
        at("Mon 1 Jun 2026 9:40"),
    )
    assert desk.case.rounds["scoping-1"].state == "rejected"


def test_who_approves_reads_that_two_must() -> None:
    desk = referred()
    assert any("Two different persons" in warning for warning in desk.asked[-1].warnings)


def test_other_rounds_need_one() -> None:
    desk = Desk(practice(two_persons=("submission",), approvers=(MANAGER, CHAIR)))
    desk.refer("Mon 1 Jun 2026 9:12")
    approves(desk, "Mon 1 Jun 2026 9:30", MANAGER)
    assert gone(desk) == [1, 2, 3]
