"""After the submission: the outcome told, the Panel's reply, what is still to do, and when closing is asked for."""

from __future__ import annotations

from mailbot.cases.closing import still_to_do
from mailbot.cases.events import ReferralJoined
from mailbot.cases.stages import apply
from tests.builders import at
from tests.cases.desk import Desk
from tests.cases.test_meeting import decided, questions


def submitted(outcome: str = "local_review") -> Desk:
    """Gone to the Panel on Fri 12 Jun; the Panel's ten working days end on Fri 26 Jun."""
    desk = decided()
    if outcome != "local_review":
        desk.record("Fri 12 Jun 2026 9:00", "outcome", outcome, why="The partners think so.")
    desk.answer("Fri 12 Jun 2026 10:00", round_id=f"submission-{desk.case.submission_version}")
    return desk


def told(outcome: str = "local_review") -> Desk:
    desk = submitted(outcome)
    desk.answer("Fri 12 Jun 2026 11:00", round_id="outcome-1")
    for waiting in [r.id for r in desk.case.rounds.values() if r.waiting]:
        desk.answer("Fri 12 Jun 2026 11:30", "reject", round_id=waiting)
    return desk


def test_the_outcome_is_put_to_a_person_on_the_day_of_the_submission() -> None:
    desk = submitted()
    assert desk.case.rounds["outcome-1"].state == "waiting"
    assert "the agencies and the referrer have not been told the outcome" in still_to_do(desk.case)


def test_everybody_who_referred_hears_the_outcome_once() -> None:
    desk = decided()
    for sender in ("matron@health.example", "MATRON@health.example", "spoc@police.example"):
        joined = ReferralJoined(
            at=at("Thu 11 Jun 2026 15:00"), because="again", from_la=False, referrer=sender, fields={}
        )
        desk.case = apply(desk.case, joined)
    desk.work(at("Fri 12 Jun 2026 9:00"))
    desk.answer("Fri 12 Jun 2026 10:00", round_id=f"submission-{desk.case.submission_version}")
    desk.answer("Fri 12 Jun 2026 11:00", round_id="outcome-1")
    to = [letter.to[0] for _, letter in desk.letters("outcome")]
    assert to == [
        "spoc@council.example",
        "spoc@police.example",
        "spoc@health.example",
        "duty@council.example",
        "matron@health.example",
    ]


def test_learning_is_shared_with_the_outcome_and_names_nobody() -> None:
    desk = decided()
    desk.record("Thu 11 Jun 2026 15:00", "learning-point", "Ask who bathes Wilfred")
    desk.answer("Fri 12 Jun 2026 10:00", round_id=f"submission-{desk.case.submission_version}")
    letter = next(a for a in desk.waiting.values() if a.kind == "outcome")
    assert letter.facts["learning"] == ["Ask who bathes W."]


def test_when_the_panel_agrees_the_office_tells_the_partners_and_is_asked_to_close() -> None:
    desk = told()
    assert questions(desk, "may-be-closed") == []
    desk.record("Mon 22 Jun 2026 10:00", "panel-reply", "agrees")
    (reply,) = questions(desk, "question/panel-reply/")
    assert "Ana Rao (rao@council.example)" in str(reply.facts["paragraphs"])
    assert len(questions(desk, "may-be-closed")) == 1
    assert "panel-reply-1" not in desk.case.rounds
    desk.record("Mon 22 Jun 2026 11:00", "closed", why="all done")
    assert desk.stage == "closed"


def test_where_the_panel_wants_a_national_review_the_office_hears_what_changes_and_agencies_are_told() -> None:
    desk = told()
    desk.record("Mon 22 Jun 2026 10:00", "panel-reply", "national-review", why="It is the fifth of its kind.")
    (reply,) = questions(desk, "question/panel-reply/")
    assert "That does not go on beside a national review" in str(reply.facts["paragraphs"])
    desk.answer("Mon 22 Jun 2026 11:00", round_id="panel-reply-1")
    letters = [letter for _, letter in desk.letters("panel_decision")]
    assert len(letters) == 4
    assert (letters[0].facts["answer"], letters[0].facts["asked_for"]) == ("national_review", False)
    assert desk.case.outcome_told_at == at("Fri 12 Jun 2026 11:00")


def test_agencies_that_were_promised_to_hear_of_the_panel_do() -> None:
    desk = told("national_review")
    desk.record("Mon 22 Jun 2026 10:00", "panel-reply", "agrees")
    assert "panel-reply-1" in desk.case.rounds


def test_after_ten_working_days_of_silence_closing_is_asked_for_all_the_same() -> None:
    desk = told()
    desk.until("Fri 26 Jun 2026 16:30", at("Fri 26 Jun 2026 9:00"))
    assert questions(desk, "may-be-closed") == []
    desk.work(at("Mon 29 Jun 2026 9:00"))
    (asked,) = questions(desk, "may-be-closed")
    assert "The Panel has not replied in its time" in str(asked.facts["paragraphs"])


def test_an_action_that_is_not_done_keeps_closing_from_being_asked_for() -> None:
    desk = told()
    desk.record("Mon 15 Jun 2026 9:00", "action", "Tell the school")
    desk.record("Mon 22 Jun 2026 10:00", "panel-reply", "agrees")
    assert questions(desk, "may-be-closed") == []
    assert still_to_do(desk.case) == ["immediate action 1 not recorded as done"]
    desk.record("Tue 23 Jun 2026 9:00", "action-done", "1")
    assert len(questions(desk, "may-be-closed")) == 1
