"""Letters that a person rejected: the office hears how to go on, every morning, until it has said so."""

from __future__ import annotations

import pytest

from mailbot.cases.unanswered import unanswered
from mailbot.errors import NotAllowedNow, UsageProblem
from tests.builders import LEADS, REF, at, practice
from tests.cases.desk import Desk


def waiting(desk: Desk) -> list[str]:
    """The rejected letters that the digest names."""
    found = unanswered(desk.case, desk.events, desk.practice)
    return [q.topic.removeprefix("not-sent/") for q in found if q.topic.startswith("not-sent/")]


def command(desk: Desk, round_id: str) -> object:
    return desk.drafted[f"{REF}/question/not-sent/{round_id}"].facts["commands"]


def decided(outcome: str = "local_review") -> Desk:
    """The meeting of Thu 11 Jun had no return before it, and decided; the submission waits."""
    desk = Desk(practice())
    desk.refer("Mon 1 Jun 2026 9:12")
    desk.answer("Mon 1 Jun 2026 9:30")
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-11T10:00")
    desk.record("Thu 11 Jun 2026 14:00", "attendance", *LEADS)
    desk.record("Thu 11 Jun 2026 14:05", "outcome", outcome, why="The criteria are met.")
    return desk


def submitted(outcome: str = "local_review") -> Desk:
    desk = decided(outcome)
    desk.answer("Thu 11 Jun 2026 15:00", round_id="submission-1")
    return desk


def test_scoping_letters_are_drafted_again_for_the_agencies_that_were_left_out() -> None:
    desk = Desk(practice())
    desk.refer("Mon 1 Jun 2026 9:12")
    desk.answer("Mon 1 Jun 2026 9:30", "reject")
    assert waiting(desk) == ["scoping-1"]
    assert command(desk, "scoping-1") == [f"mailbot record {REF} scoping council police health --as YOU"]
    desk.record("Mon 1 Jun 2026 10:00", "scoping", "council", "police", "health")
    assert (desk.asked[-1].round, waiting(desk)) == ("scoping-2", [])


def test_the_pack_is_put_together_again() -> None:
    desk = Desk(practice())
    desk.refer("Mon 1 Jun 2026 9:12")
    desk.answer("Mon 1 Jun 2026 9:30")
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-11T10:00")
    desk.work(at("Wed 10 Jun 2026 16:30"))
    desk.answer("Wed 10 Jun 2026 16:40", "reject", round_id="pack-1")
    assert (waiting(desk), command(desk, "pack-1")) == (["pack-1"], [f"mailbot record {REF} redraft pack --as YOU"])
    desk.record("Wed 10 Jun 2026 16:50", "redraft", "pack")
    assert (desk.asked[-1].round, waiting(desk)) == ("pack-2", [])


def test_a_pack_that_was_rejected_is_no_question_once_the_meeting_was_held() -> None:
    desk = Desk(practice())
    desk.refer("Mon 1 Jun 2026 9:12")
    desk.answer("Mon 1 Jun 2026 9:30")
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-11T10:00")
    desk.work(at("Wed 10 Jun 2026 16:30"))
    desk.answer("Wed 10 Jun 2026 16:40", "reject", round_id="pack-1")
    desk.record("Thu 11 Jun 2026 14:00", "attendance", *LEADS)
    assert waiting(desk) == []


def test_the_submission_is_drafted_again() -> None:
    desk = decided()
    desk.answer("Thu 11 Jun 2026 15:00", "reject", round_id="submission-1")
    assert waiting(desk) == ["submission-1"]
    desk.record("Thu 11 Jun 2026 15:10", "redraft", "submission")
    assert (desk.case.rounds["submission-2"].state, waiting(desk)) == ("waiting", [])


def test_the_outcome_is_told_to_those_who_were_left_out_and_to_nobody_twice() -> None:
    desk = submitted()
    desk.answer("Thu 11 Jun 2026 15:30", items=(1,), round_id="outcome-1")
    desk.answer("Thu 11 Jun 2026 15:40", "reject", round_id="outcome-1")
    assert waiting(desk) == ["outcome-1"]
    desk.record("Thu 11 Jun 2026 16:00", "redraft", "outcome")
    desk.answer("Thu 11 Jun 2026 16:10", round_id="outcome-2")
    told = [letter.to for _, letter in desk.letters("outcome")]
    assert len(told) == len(set(told)) == len([k for k in desk.drafted if k.startswith(f"{REF}/outcome/")])
    assert waiting(desk) == []


def test_the_panels_reply_that_is_corrected_sets_the_waiting_letters_aside() -> None:
    desk = submitted("national_review")
    desk.answer("Thu 11 Jun 2026 15:30", round_id="outcome-1")
    desk.record("Mon 15 Jun 2026 10:00", "panel-reply", "agrees")
    assert desk.case.rounds["panel-reply-1"].waiting
    desk.record("Mon 15 Jun 2026 11:00", "panel-reply", "comments", why="Asks for the chronology.")
    assert not desk.case.rounds["panel-reply-1"].waiting
    desk.answer("Mon 15 Jun 2026 11:30", round_id="panel-reply-2")
    assert {letter.facts["answer"] for _, letter in desk.letters("panel_decision")} == {"comments"}
    assert waiting(desk) == []


def test_the_letters_about_the_panels_reply_are_drafted_again() -> None:
    desk = submitted("national_review")
    desk.answer("Thu 11 Jun 2026 15:30", round_id="outcome-1")
    desk.record("Mon 15 Jun 2026 10:00", "panel-reply", "agrees")
    desk.answer("Mon 15 Jun 2026 10:30", "reject", round_id="panel-reply-1")
    assert waiting(desk) == ["panel-reply-1"]
    desk.record("Mon 15 Jun 2026 11:00", "redraft", "panel-reply")
    assert (desk.asked[-1].round, waiting(desk)) == ("panel-reply-2", [])


def test_what_nobody_rejected_is_not_drafted_again() -> None:
    desk = decided()
    with pytest.raises(NotAllowedNow, match="nobody has rejected the submission"):
        desk.record("Thu 11 Jun 2026 15:00", "redraft", "submission")
    with pytest.raises(NotAllowedNow, match="cannot be drafted again at this stage"):
        desk.record("Thu 11 Jun 2026 15:00", "redraft", "outcome")
    with pytest.raises(UsageProblem, match="Name the agencies"):
        desk.record("Thu 11 Jun 2026 15:00", "redraft", "scoping")
