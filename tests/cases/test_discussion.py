"""The local authority says no: the partners are asked, may challenge, meet, and a person settles it."""

from __future__ import annotations

from typing import Any

import pytest

from mailbot.cases.chasing import review
from mailbot.cases.decisions import SendLetter
from mailbot.cases.partners import on_partner_answer
from mailbot.cases.unanswered import unanswered
from mailbot.errors import NotAllowedNow, UsageProblem
from tests.builders import CHILD, LEADS, MANAGER, PEOPLE, REF, at
from tests.cases.desk import Desk
from tests.cases.test_threshold import EVERYBODY, addresses, commands, informed, office, questions, told

ALL_FOUR = (*LEADS, MANAGER)


@pytest.fixture
def desk() -> Desk:
    """Health's incident of Monday; on Tuesday the council says no, and the partners are asked the same day."""
    desk = refused("Mon 1 Jun 2026 9:12", "Mon 1 Jun 2026 10:00", "Tue 2 Jun 2026 10:00")
    desk.answer("Tue 2 Jun 2026 11:00")
    return desk


def refused(referred: str, released: str, answered: str, **changes: Any) -> Desk:
    desk = Desk(office(**changes))
    desk.refer(referred, sender="health")
    desk.answer(released)
    desk.record(answered, "serious-harm", "no", why=f"{CHILD} fell from a swing")
    return desk


def answers(desk: Desk, when: str, *agree: str, challenge: tuple[str, ...] = ()) -> None:
    """The manager records what partners have said."""
    for who in agree:
        desk.record(when, "partner-answer", who, "agree")
    for who in challenge:
        desk.record(when, "partner-answer", who, "challenge", why=f"the scan of {CHILD} was not seen")


def enquiries(desk: Desk) -> list[tuple[Any, SendLetter]]:
    return desk.letters("partner_enquiry")


def test_a_no_is_told_at_once_and_the_four_are_asked_in_a_round_that_waits() -> None:
    desk = refused("Mon 1 Jun 2026 9:12", "Mon 1 Jun 2026 10:00", "Tue 2 Jun 2026 10:00")
    assert desk.stage == "partner_discussion"
    assert set(told(desk, "refused")) == {"oye@health.example", "frith@police.example", "lowe@council.example"}
    assert desk.asked[-1].round == "partners-threshold-1"
    assert enquiries(desk) == []
    desk.answer("Tue 2 Jun 2026 11:00")
    assert sorted(addresses(enquiries(desk))) == sorted(ALL_FOUR)
    assert desk.case.partners_asked == {"threshold": at("Tue 2 Jun 2026 11:00")}


def test_the_question_quotes_the_definition_and_the_reason_without_a_name(desk: Desk) -> None:
    facts = enquiries(desk)[0][1].facts
    assert "serious and / or long-term impairment" in str(facts)
    assert "W.A. fell from a swing" in str(facts)
    assert CHILD not in str(facts)


def test_the_referring_agency_hears_nothing_before_the_discussion_has_ended(desk: Desk) -> None:
    assert "threshold_decision" not in {x.kind for x in desk.drafted.values()}


def test_when_all_four_agree_the_office_is_asked_to_confirm(desk: Desk) -> None:
    answers(desk, "Wed 3 Jun 2026 10:00", *ALL_FOUR[:3])
    assert questions(desk, "threshold-agreed") == []
    answers(desk, "Wed 3 Jun 2026 11:00", MANAGER)
    (question,) = questions(desk, "threshold-agreed")
    assert f'mailbot record {REF} threshold upheld --why "REASON" --as YOU' in commands(question)
    assert desk.stage == "partner_discussion"


def test_upheld_the_case_goes_to_learning_and_the_referrer_is_told_with_a_persons_leave(desk: Desk) -> None:
    answers(desk, "Wed 3 Jun 2026 10:00", *ALL_FOUR)
    desk.record("Wed 3 Jun 2026 12:00", "threshold", "upheld", why="all agree")
    assert desk.stage == "learning_considered"
    assert {"rao@council.example", "lowe@council.example", "hale@council.example"} <= set(told(desk, "upheld"))
    (letter,) = [x for x in desk.waiting.values() if x.kind == "threshold_decision"]
    assert letter.to == ("duty@health.example",)
    assert letter.facts["accepted"] is False
    desk.answer("Wed 3 Jun 2026 13:00", round_id="threshold_decision-1")
    assert addresses(desk.letters("threshold_decision")) == ["duty@health.example"]


def test_those_who_are_silent_are_asked_again_by_itself_over_whitsun() -> None:
    # Monday 25 May is a bank holiday: two working days from Friday end on Wednesday.
    desk = refused("Wed 20 May 2026 9:12", "Wed 20 May 2026 10:00", "Thu 21 May 2026 10:00")
    desk.answer("Fri 22 May 2026 11:00")
    answers(desk, "Fri 22 May 2026 15:00", *LEADS[:2], MANAGER)
    desk.until("Fri 29 May 2026 12:00", at("Fri 22 May 2026 15:30"))
    again = [(when, letter.to) for when, letter in enquiries(desk) if letter.facts["again"]]
    assert again == [
        (at("Wed 27 May 2026 8:30"), (LEADS[2],)),
        (at("Thu 28 May 2026 8:30"), (LEADS[2],)),
    ]


def test_the_manager_may_close_without_the_silent_and_that_is_said(desk: Desk) -> None:
    answers(desk, "Wed 3 Jun 2026 10:00", *LEADS[:2], MANAGER)
    desk.until("Thu 4 Jun 2026 16:30", at("Wed 3 Jun 2026 10:30"))
    assert questions(desk, "threshold-silent") == []
    desk.until("Fri 5 Jun 2026 9:00", at("Fri 5 Jun 2026 8:00"))
    (question,) = questions(desk, "threshold-silent")
    assert "Mira Oye" in str(question.facts["paragraphs"])
    desk.record("Fri 5 Jun 2026 10:00", "threshold", "upheld", why="nobody challenges")
    assert desk.case.threshold_reason == "nobody challenges (without an answer from Mira Oye)"


def test_a_challenge_calls_for_a_virtual_meeting_within_two_working_days(desk: Desk) -> None:
    answers(desk, "Thu 4 Jun 2026 10:00", challenge=(LEADS[1],))
    (question,) = questions(desk, "threshold-challenged")
    assert commands(question)[:2] == [
        f"mailbot record {REF} threshold-meeting 2026-06-05T10:00 --as YOU",
        f"mailbot record {REF} threshold-meeting 2026-06-08T10:00 --as YOU",
    ]
    assert "Col Frith: the scan of W.A. was not seen" in str(question.facts["paragraphs"])
    assert CHILD not in str(question.facts)


def test_a_second_challenge_in_new_words_is_told_anew_also_when_the_meeting_is_set(desk: Desk) -> None:
    answers(desk, "Wed 3 Jun 2026 10:00", challenge=(LEADS[1],))
    desk.record("Wed 3 Jun 2026 11:00", "partner-answer", LEADS[1], "challenge", why="and the nurse saw two bruises")
    _, second = questions(desk, "threshold-challenged")
    assert "two bruises" in str(second.facts["paragraphs"])
    desk.record("Wed 3 Jun 2026 12:00", "threshold-meeting", "2026-06-04T14:00")
    desk.record("Wed 3 Jun 2026 15:00", "partner-answer", LEADS[2], "challenge", why="the notes are not whole")
    third = questions(desk, "threshold-challenged")[-1]
    assert "is set for 2 pm on Thursday 4 June 2026" in str(third.facts["paragraphs"])


def waiting(desk: Desk) -> list[str]:
    """What the digest shows as waiting for the office."""
    return [q.topic.partition("/")[0] for q in unanswered(desk.case, desk.events, desk.practice)]


def test_the_digest_shows_what_the_discussion_waits_for_now(desk: Desk) -> None:
    answers(desk, "Wed 3 Jun 2026 10:00", *ALL_FOUR)
    assert "threshold-agreed" in waiting(desk)
    answers(desk, "Wed 3 Jun 2026 11:00", challenge=(LEADS[1],))
    assert "threshold-agreed" not in waiting(desk)
    assert "threshold-challenged" in waiting(desk)
    desk.record("Wed 3 Jun 2026 12:00", "threshold-meeting", "2026-06-04T14:00")
    assert not [topic for topic in waiting(desk) if topic.startswith("threshold-")]
    desk.until("Thu 4 Jun 2026 15:30", at("Thu 4 Jun 2026 15:00"))
    assert "threshold-met" in waiting(desk)
    desk.record("Thu 4 Jun 2026 16:00", "threshold-meeting", "2026-06-05T14:00")
    assert "threshold-met" not in waiting(desk)


def test_the_meeting_is_invited_to_with_a_persons_leave_and_asked_about_after_it(desk: Desk) -> None:
    answers(desk, "Wed 3 Jun 2026 10:00", challenge=(LEADS[1],))
    desk.record("Wed 3 Jun 2026 11:00", "threshold-meeting", "2026-06-04T14:00")
    assert desk.asked[-1].round == "threshold_meeting-1"
    assert told(desk, "meeting") == []
    desk.answer("Wed 3 Jun 2026 11:30")
    assert set(told(desk, "meeting")) == {*ALL_FOUR, "hale@council.example"}
    desk.until("Thu 4 Jun 2026 14:30", at("Wed 3 Jun 2026 12:00"))
    assert questions(desk, "threshold-met") == []
    desk.until("Thu 4 Jun 2026 15:30", at("Thu 4 Jun 2026 15:00"))
    (question,) = questions(desk, "threshold-met")
    assert f'mailbot record {REF} threshold overturned --why "REASON" --as YOU' in commands(question)


def test_a_meeting_set_anew_takes_the_place_of_invitations_that_have_not_gone(desk: Desk) -> None:
    answers(desk, "Wed 3 Jun 2026 10:00", challenge=(LEADS[1],))
    desk.record("Wed 3 Jun 2026 11:00", "threshold-meeting", "2026-06-04T14:00")
    desk.record("Wed 3 Jun 2026 11:10", "threshold-meeting", "2026-06-05T09:00")
    assert desk.case.rounds["threshold_meeting-1"].state == "rejected"
    meetings = {str(x.facts["meeting"]) for x in desk.waiting.values() if x.kind == "notice"}
    assert meetings == {"9 am on Friday 5 June 2026"}


def test_overturned_the_case_joins_door_one(desk: Desk) -> None:
    answers(desk, "Wed 3 Jun 2026 10:00", challenge=(LEADS[1],))
    desk.record("Wed 3 Jun 2026 11:00", "threshold", "overturned", why="the scan shows it")
    assert desk.stage == "scoping"
    assert desk.case.accepted_at == at("Wed 3 Jun 2026 11:00")
    assert set(LEADS) <= set(told(desk, "overturned"))
    (letter,) = [x for x in desk.waiting.values() if x.kind == "threshold_decision"]
    assert letter.facts["accepted"] is True


def test_overturned_without_a_form_waits_for_the_authoritys() -> None:
    desk = informed("Mon 1 Jun 2026 9:12")
    desk.record("Tue 2 Jun 2026 10:00", "serious-harm", "no")
    desk.record("Wed 3 Jun 2026 11:00", "threshold", "overturned", why="the scan shows it")
    assert desk.stage == "referral_awaited"


def test_an_authority_that_changes_its_mind_ends_the_discussion(desk: Desk) -> None:
    desk.record("Wed 3 Jun 2026 10:00", "serious-harm", "yes", why="the scan has come")
    assert desk.stage == "scoping"
    desk.until("Mon 8 Jun 2026 17:00", at("Wed 3 Jun 2026 10:30"))
    assert len(enquiries(desk)) == 4


def accepted_first() -> Desk:
    """Without a form, and taken for serious harm on Tuesday: the council's form is waited for."""
    desk = informed("Mon 1 Jun 2026 9:12")
    desk.answer("Mon 1 Jun 2026 10:00")
    desk.record("Tue 2 Jun 2026 10:00", "serious-harm", "yes", why="so it seems")
    desk.answer("Tue 2 Jun 2026 10:30", round_id="threshold_decision-1")
    return desk


def test_an_acceptance_of_another_agencys_incident_that_is_taken_back_goes_to_the_partners() -> None:
    desk = accepted_first()
    desk.record("Wed 3 Jun 2026 10:00", "serious-harm", "no", why="the scan shows an old injury")
    assert desk.stage == "partner_discussion"
    assert set(told(desk, "refused")) == {*LEADS, "lowe@council.example"}
    (question,) = questions(desk, "tell-referrer/taken-back")
    assert "duty@health.example" in str(question.facts["paragraphs"])
    assert desk.asked[-1].round == "partners-threshold-1"
    desk.record("Wed 3 Jun 2026 15:00", "threshold", "upheld", why="an old injury")
    assert "threshold_decision" in {x.kind for x in desk.waiting.values()}


def test_a_second_no_is_discussed_anew_and_earlier_answers_do_not_count() -> None:
    desk = informed("Mon 1 Jun 2026 9:12")
    desk.answer("Mon 1 Jun 2026 10:00")
    desk.record("Tue 2 Jun 2026 10:00", "serious-harm", "no")
    desk.answer("Tue 2 Jun 2026 11:00", round_id="partners-threshold-1")
    answers(desk, "Tue 2 Jun 2026 15:00", *ALL_FOUR)
    desk.record("Wed 3 Jun 2026 9:00", "serious-harm", "yes", why="the scan has come")
    desk.record("Wed 3 Jun 2026 15:00", "serious-harm", "no", why="it was another child's scan")
    assert desk.stage == "partner_discussion"
    assert desk.case.partner_answers == ()
    desk.answer("Wed 3 Jun 2026 15:30", round_id="partners-threshold-2")
    asked_again = [x for _, x in enquiries(desk) if "another child" in str(x.facts)]
    assert len(asked_again) == 4
    assert not any(x.facts["again"] for x in asked_again)


def test_a_no_after_the_partners_have_overturned_it_is_refused_in_words() -> None:
    desk = informed("Mon 1 Jun 2026 9:12")
    desk.record("Tue 2 Jun 2026 10:00", "serious-harm", "no")
    desk.record("Wed 3 Jun 2026 11:00", "threshold", "overturned", why="the scan shows it")
    assert desk.stage == "referral_awaited"
    with pytest.raises(NotAllowedNow, match=r"the partners overturned .* Wednesday 3 June 2026"):
        desk.record("Thu 4 Jun 2026 11:00", "serious-harm", "no")


def test_a_no_once_the_scoping_has_begun_is_refused_with_what_to_do() -> None:
    desk = refused("Mon 1 Jun 2026 9:12", "Mon 1 Jun 2026 10:00", "Tue 2 Jun 2026 10:00")
    desk.record("Wed 3 Jun 2026 10:00", "serious-harm", "yes", why="the scan has come")
    assert desk.stage == "scoping"
    with pytest.raises(NotAllowedNow, match=r"outcome none.*withdrawn --why"):
        desk.record("Thu 4 Jun 2026 10:00", "serious-harm", "no")


def test_a_rejected_question_to_the_partners_leaves_the_end_to_a_person() -> None:
    desk = refused("Mon 1 Jun 2026 9:12", "Mon 1 Jun 2026 10:00", "Tue 2 Jun 2026 10:00")
    desk.answer("Tue 2 Jun 2026 11:00", "reject")
    (question,) = questions(desk, "threshold-not-asked")
    assert "threshold upheld" in str(question.facts["commands"])


def test_a_partner_without_a_lead_is_missed() -> None:
    nobody_of_health = tuple(p for p in EVERYBODY if p.partner != "health")
    desk = refused("Mon 1 Jun 2026 9:12", "Mon 1 Jun 2026 10:00", "Tue 2 Jun 2026 10:00", people=nobody_of_health)
    (question,) = questions(desk, "discussion-lacks")
    assert "health (the integrated care board)" in str(question.facts["paragraphs"])
    assert desk.asked[-1].round == "partners-threshold-1"


def test_only_those_who_take_part_answer_and_a_challenge_gives_its_reason(desk: Desk) -> None:
    now = at("Wed 3 Jun 2026 10:00")
    for who, reason, words in (
        ("duty@health.example", "so", "does not take part"),
        (LEADS[1], "", "needs its reason"),
    ):
        with pytest.raises(UsageProblem, match=words):
            on_partner_answer(desk.case, who, "threshold", "challenge", reason, 7, who, now, desk.practice)


def test_the_last_word_of_each_counts(desk: Desk) -> None:
    answers(desk, "Wed 3 Jun 2026 10:00", challenge=(LEADS[1],))
    answers(desk, "Wed 3 Jun 2026 15:00", *ALL_FOUR)
    assert questions(desk, "threshold-agreed")


def test_an_end_without_a_reason_is_not_recorded(desk: Desk) -> None:
    with pytest.raises(UsageProblem, match="--why"):
        desk.record("Wed 3 Jun 2026 10:00", "threshold", "upheld")
    with pytest.raises(UsageProblem, match="upheld or overturned"):
        desk.record("Wed 3 Jun 2026 10:00", "threshold", "perhaps")
    with pytest.raises(UsageProblem, match="partner-answer EMAIL"):
        desk.record("Wed 3 Jun 2026 10:00", "partner-answer", LEADS[0], "maybe")


def test_a_second_look_finds_nothing(desk: Desk) -> None:
    answers(desk, "Wed 3 Jun 2026 10:00", challenge=(LEADS[1],))
    for day in ("Wed 3", "Thu 4", "Fri 5"):
        now = at(f"{day} Jun 2026 16:00")
        desk.work(now)
        assert not review(desk.case, now, desk.practice)


def test_people_of_the_partnership_are_enough() -> None:
    desk = refused("Mon 1 Jun 2026 9:12", "Mon 1 Jun 2026 10:00", "Tue 2 Jun 2026 10:00", people=PEOPLE)
    desk.answer("Tue 2 Jun 2026 11:00", round_id="partners-threshold-1")
    assert sorted(addresses(enquiries(desk))) == sorted(ALL_FOUR)
