"""Alternative learning: both ways in, the partners' decision, the JCR Group, and the activity until it is done."""

from __future__ import annotations

from typing import Any

import pytest

from mailbot.cases.decisions import Decision, SendLetter
from mailbot.cases.directory import Directory, Person
from mailbot.cases.events import EVENTS, AnyEvent
from mailbot.cases.joining import on_joining_referral
from mailbot.cases.stages import replay
from mailbot.errors import NotAllowedNow, UsageProblem
from tests.builders import (
    AGENCIES,
    CHILD,
    FLOW_CHART,
    H01,
    LEADS,
    MANAGER,
    PANEL,
    PEOPLE,
    PROCEDURES,
    REF,
    at,
    came,
    practice,
    referral_form,
)
from tests.cases.desk import Desk

CHAIR = Person(name="Gil Lowe", email="lowe@council.example", role="jcr_chair")
OFFICE = ("rapidreview@partnership.example", MANAGER)
DECIDERS = (*LEADS, MANAGER)
PROPOSAL = ("An audit of how bruising is recorded", "Audit Group", "clarity", "recurring_theme")


def desk_of(procedure: str = FLOW_CHART, people: tuple[Person, ...] = (*PEOPLE, CHAIR), **changes: Any) -> Desk:
    """A desk whose directory has a chair of the JCR Group."""
    directory = Directory(agencies=AGENCIES, people=people, office=OFFICE, panel=PANEL)
    return Desk(practice(procedure, directory=directory, **changes))


def happens(desk: Desk, when: str, kind: str, /, **facts: Any) -> None:
    """Something of another part of the procedure."""
    event: AnyEvent = EVENTS.validate_python({"type": kind, "at": at(when), "by": MANAGER, "because": "so"} | facts)
    desk.take(Decision(case=REF, events=(event,)), at(when))
    desk.work(at(when))


def reported(desk: Desk, when: str, from_la: bool) -> None:
    """An incident is told of, by the council itself or by the police."""
    agency = "council" if from_la else "police"
    happens(
        desk,
        when,
        "incident_reported",
        ref=REF,
        procedure=desk.practice.procedure,
        from_la=from_la,
        referrer=f"duty@{agency}.example",
        referrer_agency=agency,
        message_id="<info@police.example>",
        fields={"child_name": CHILD},
    )


def upheld(procedure: str = FLOW_CHART, **changes: Any) -> Desk:
    """Another agency's incident: the council says no, the partners agree with it."""
    desk = desk_of(procedure, **changes)
    reported(desk, "Mon 1 Jun 2026 9:12", from_la=False)
    desk.record("Wed 3 Jun 2026 9:00", "serious-harm", "no", why="The injury has healed")
    desk.record("Fri 5 Jun 2026 9:00", "threshold", "upheld", why="All agreed on the telephone")
    for waiting in [name for name, asked in desk.case.rounds.items() if asked.waiting]:
        desk.answer("Fri 5 Jun 2026 9:10", round_id=waiting)
    return desk


def proposed(procedure: str = FLOW_CHART, **changes: Any) -> Desk:
    """The business unit has recorded a proposal, and the letters to the partners have gone."""
    desk = upheld(procedure, **changes)
    desk.record("Fri 5 Jun 2026 10:00", "learning-proposed", *PROPOSAL, why=f"{CHILD} is the third such child")
    desk.answer("Fri 5 Jun 2026 10:30", round_id="partners-learning-1")
    return desk


def answered(procedure: str = FLOW_CHART, **changes: Any) -> Desk:
    """Everybody has answered; the manager's own answer comes last."""
    desk = proposed(procedure, **changes)
    for hour, email in enumerate(DECIDERS, 9):
        says(desk, f"Mon 8 Jun 2026 {hour}:00", email)
    return desk


def agreed(procedure: str = FLOW_CHART, due: str = "due=2026-09-04", **changes: Any) -> Desk:
    """The partners decided for the activity; the letters that follow have gone."""
    desk = answered(procedure, **changes)
    desk.record("Tue 9 Jun 2026 9:00", "learning-decided", "yes", *([due] if due else []), why="A theme by now")
    desk.answer("Tue 9 Jun 2026 9:30", round_id="learning-decision-1")
    desk.answer("Tue 9 Jun 2026 9:31", round_id="jcr-1")
    return desk


def says(desk: Desk, when: str, email: str, answer: str = "agree", why: str = "") -> None:
    """One of those who decide answers."""
    desk.record(when, "partner-answer", email, answer, why=why)


def told(desk: Desk, words: str) -> list[SendLetter]:
    """What the office was asked or told with these words in the title."""
    return [letter for _, letter in desk.letters("question", "warning") if words in str(letter.facts["title"])]


def to_partners(desk: Desk) -> list[str]:
    """Whom the proposal went to."""
    return [letter.to[0] for _, letter in desk.letters("partner_enquiry") if letter.facts["topic"] == "learning"]


@pytest.mark.parametrize("procedure", [FLOW_CHART, H01])
def test_an_upheld_no_opens_the_consideration_and_asks_for_a_proposal(procedure: str) -> None:
    desk = upheld(procedure)
    assert desk.stage == "learning_considered"
    assert desk.case.learning is not None
    (question,) = told(desk, "What alternative learning is proposed?")
    said = str(question.facts["paragraphs"])
    for criterion in PROCEDURES[procedure].learning_criterion:
        assert criterion.text in said


@pytest.mark.parametrize("procedure", [FLOW_CHART, H01])
def test_every_criterion_quotes_the_chart(procedure: str) -> None:
    criteria = PROCEDURES[procedure].learning_criterion
    assert [c.id for c in criteria] == ["clarity", "recurring_theme", "exceptional_interest", "less_prescriptive"]
    assert all(c.source.startswith("Criteria: ") and "flow chart" in c.document for c in criteria)
    assert "no limits" in PROCEDURES[procedure].learning.document


def test_the_councils_own_no_may_be_considered_for_learning_or_closed() -> None:
    desk = desk_of()
    reported(desk, "Mon 1 Jun 2026 9:12", from_la=True)
    desk.record("Tue 2 Jun 2026 9:00", "serious-harm", "no", why="The injury has healed")
    assert desk.stage == "harm_not_accepted"
    (offer,) = told(desk, "is learning to be considered?")
    assert "LA may consider Alternative Learning Activity" in str(offer.facts["paragraphs"])
    desk.record("Tue 2 Jun 2026 10:00", "learning-considered", why="The third bruise this year")
    assert desk.stage == "learning_considered"
    assert len(told(desk, "What alternative learning is proposed?")) == 1


def rapid_review(outcome: str, procedure: str = FLOW_CHART, **changes: Any) -> Desk:
    """A Rapid Review that was held and submitted; its outcome letters wait."""
    desk = desk_of(procedure, **changes)
    desk.refer("Mon 1 Jun 2026 9:12")
    desk.answer("Mon 1 Jun 2026 9:30", round_id="scoping-1")
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-11T10:00")
    for hour, agency in enumerate(("council", "police", "health"), 9):
        desk.returns(f"Wed 3 Jun 2026 {hour}:00", agency)
    desk.work(at("Thu 11 Jun 2026 12:30"))
    desk.record("Thu 11 Jun 2026 14:00", "attendance", *LEADS)
    desk.record("Thu 11 Jun 2026 14:05", "outcome", outcome, why="Little is new here, but it is the third time.")
    desk.answer("Fri 12 Jun 2026 10:00", round_id="submission-1")
    return desk


def test_a_rapid_review_that_decides_for_learning_goes_on_there_once_its_outcome_is_told() -> None:
    desk = rapid_review("alternative_learning")
    assert desk.stage == "submitted"
    desk.answer("Fri 12 Jun 2026 11:00", round_id="outcome-1")
    assert desk.stage == "learning_considered"
    assert len(told(desk, "What alternative learning is proposed?")) == 1


def test_a_rapid_review_that_decides_otherwise_does_not() -> None:
    desk = rapid_review("local_review")
    desk.answer("Fri 12 Jun 2026 11:00", round_id="outcome-1")
    assert desk.stage == "submitted"


def test_an_office_may_end_such_a_review_with_its_outcome() -> None:
    rule = PROCEDURES[FLOW_CHART].learning.model_copy(update={"after_rapid_review": False})
    ends = PROCEDURES[FLOW_CHART].model_copy(update={"learning": rule})
    desk = rapid_review("alternative_learning", procedures=PROCEDURES | {FLOW_CHART: ends})
    desk.answer("Fri 12 Jun 2026 11:00", round_id="outcome-1")
    assert desk.stage == "submitted"
    desk.answer("Fri 12 Jun 2026 11:10", "reject", round_id="sign-off-1")
    desk.record("Mon 15 Jun 2026 9:00", "panel-reply", "agrees")
    assert len(told(desk, "May the case be closed?")) == 1


def test_nobody_is_asked_about_learning_any_more_when_serious_harm_is_accepted_after_all() -> None:
    desk = upheld()
    desk.record("Fri 5 Jun 2026 10:00", "learning-proposed", *PROPOSAL)
    desk.record("Fri 5 Jun 2026 11:00", "serious-harm", "yes", why="A scan has come back")
    assert desk.stage == "referral_awaited"
    assert desk.case.rounds["partners-learning-1"].state == "rejected"
    assert [letter for letter in desk.waiting.values() if letter.kind == "partner_enquiry"] == []


def test_the_three_leads_and_the_manager_are_asked_once_a_person_has_released_it() -> None:
    desk = upheld()
    desk.record("Fri 5 Jun 2026 10:00", "learning-proposed", *PROPOSAL, why="It keeps coming back")
    assert desk.asked[-1].round == "partners-learning-1"
    assert to_partners(desk) == []
    desk.answer("Fri 5 Jun 2026 10:30")
    assert to_partners(desk) == list(DECIDERS)
    assert f"{REF}/partner/learning/{LEADS[0]}/1" in desk.case.letters_sent
    assert desk.case.partners_asked["learning"] == at("Fri 5 Jun 2026 10:30")


def test_the_letter_names_activity_group_and_criteria_and_no_child() -> None:
    desk = proposed()
    letter = next(letter for _, letter in desk.letters("partner_enquiry") if letter.facts["topic"] == "learning")
    assert letter.facts["learning"] == {
        "agreed": False,
        "activity": "An audit of how bruising is recorded",
        "lead": "Audit Group",
        "reason": "W.A. is the third such child",
        "criteria": ["Clarity and focus on areas of learning proposed", "Recurring theme"],
        "due": "",
    }
    assert CHILD not in str(letter.facts)


def test_a_criterion_that_the_chart_does_not_have_is_refused() -> None:
    with pytest.raises(UsageProblem, match=r"haste is no criterion for learning\. These are: clarity,"):
        upheld().record("Fri 5 Jun 2026 10:00", "learning-proposed", "An audit", "Audit Group", "haste")


def test_when_all_have_answered_the_office_is_asked_for_the_decision_with_what_each_said() -> None:
    desk = proposed()
    says(desk, "Mon 8 Jun 2026 9:00", LEADS[0])
    says(desk, "Mon 8 Jun 2026 9:05", LEADS[1], "challenge", "A review would be better")
    says(desk, "Mon 8 Jun 2026 9:10", LEADS[2])
    assert told(desk, "Please record the decision") == []
    says(desk, "Mon 8 Jun 2026 9:15", MANAGER)
    (question,) = told(desk, "Please record the decision")
    paragraphs = question.facts["paragraphs"]
    assert isinstance(paragraphs, list)
    assert paragraphs[:4] == [
        "Ana Rao agrees",
        "Col Frith does not agree: A review would be better",
        "Mira Oye agrees",
        "Helen Marsh agrees",
    ]
    assert "Decision made by 3 Partners and Partnership Manager" in str(paragraphs)


def test_a_new_proposal_is_put_to_everybody_again_and_the_old_answers_do_not_count() -> None:
    desk = answered()
    desk.record("Tue 9 Jun 2026 9:00", "learning-proposed", "A review of three cases", "Quality Group", why="As said")
    assert desk.asked[-1].round == "partners-learning-2"
    desk.answer("Tue 9 Jun 2026 9:30")
    assert to_partners(desk) == [*DECIDERS, *DECIDERS]
    assert len(told(desk, "Please record the decision")) == 1
    for email in DECIDERS:
        says(desk, "Tue 9 Jun 2026 11:00", email)
    assert len(told(desk, "Please record the decision")) == 2


def test_a_proposal_that_replaces_one_not_yet_released_leaves_one_question() -> None:
    desk = upheld()
    desk.record("Fri 5 Jun 2026 10:00", "learning-proposed", *PROPOSAL)
    desk.record("Fri 5 Jun 2026 10:20", "learning-proposed", "A review of three cases", "Quality Group")
    assert desk.case.rounds["partners-learning-1"].state == "rejected"
    assert {letter.round for letter in desk.waiting.values() if letter.kind == "partner_enquiry"} == {
        "partners-learning-2"
    }


def test_whoever_does_not_answer_is_asked_again_by_itself_and_then_the_office_is_asked() -> None:
    desk = proposed()
    for email in DECIDERS[1:]:
        says(desk, "Fri 5 Jun 2026 11:00", email)
    # Asked on a Friday, five working days: the next Friday, and again on the working day after.
    desk.until("Fri 12 Jun 2026 16:30", at("Fri 5 Jun 2026 11:30"))
    assert told(desk, "Please record the decision") == []
    desk.until("Mon 15 Jun 2026 16:30", at("Fri 12 Jun 2026 17:00"))
    again = [(when, letter.to[0]) for when, letter in desk.letters("partner_enquiry") if letter.facts["again"]]
    assert again == [(at("Fri 12 Jun 2026 8:30"), LEADS[0]), (at("Mon 15 Jun 2026 8:30"), LEADS[0])]
    (question,) = told(desk, "Please record the decision")
    assert "Ana Rao has not answered." in str(question.facts["paragraphs"])


def test_letters_that_are_not_released_leave_a_question_how_to_go_on() -> None:
    desk = upheld()
    desk.record("Fri 5 Jun 2026 10:00", "learning-proposed", *PROPOSAL)
    desk.answer("Fri 5 Jun 2026 10:30", "reject")
    (question,) = told(desk, "Please record the decision")
    assert "were not released (not this time)" in str(question.facts["paragraphs"])


def test_a_decision_before_all_have_answered_needs_its_story() -> None:
    desk = proposed()
    says(desk, "Mon 8 Jun 2026 9:00", LEADS[0])
    with pytest.raises(UsageProblem, match="Col Frith, Mira Oye and Helen Marsh did not answer"):
        desk.record("Mon 8 Jun 2026 10:00", "learning-decided", "yes")
    desk.record("Mon 8 Jun 2026 10:00", "learning-decided", "yes", why="All four met on the telephone")
    assert desk.stage == "learning_decided"


def test_nothing_can_be_agreed_that_was_not_proposed() -> None:
    with pytest.raises(NotAllowedNow, match="no activity is proposed"):
        upheld().record("Fri 5 Jun 2026 10:00", "learning-decided", "yes", why="We like audits")


@pytest.mark.parametrize("procedure", [FLOW_CHART, H01])
def test_none_is_told_to_the_referring_agency_and_the_case_can_be_closed(procedure: str) -> None:
    desk = answered(procedure)
    desk.record("Tue 9 Jun 2026 9:00", "learning-decided", "none", why="The audit of March covers it")
    assert desk.stage == "learning_decided"
    assert told(desk, "The case can be closed") == []
    assert [asked.round for asked in desk.asked if asked.round.startswith("jcr")] == []
    desk.answer("Tue 9 Jun 2026 9:30", round_id="learning-decision-1")
    ((_, letter),) = desk.letters("learning_decision")
    assert letter.to == ("duty@police.example",)
    assert letter.in_reply_to == "<info@police.example>"
    assert "'agreed': False" in str(letter.facts["learning"])
    assert len(told(desk, "The case can be closed")) == 1
    desk.record("Tue 9 Jun 2026 10:00", "closed", why="Nothing more to do")
    assert desk.stage == "closed"


def test_none_needs_a_reason_for_the_referring_agency() -> None:
    with pytest.raises(UsageProblem, match="told why nothing is undertaken"):
        answered().record("Tue 9 Jun 2026 9:00", "learning-decided", "none")


def test_everybody_who_told_of_the_incident_hears_the_decision() -> None:
    desk = upheld()
    happens(
        desk,
        "Fri 5 Jun 2026 9:30",
        "referral_joined",
        from_la=False,
        referrer="named.nurse@health.example",
        referrer_agency="health",
        fields={},
    )
    desk.record("Fri 5 Jun 2026 10:00", "learning-decided", "none", why="The audit of March covers it")
    desk.answer("Fri 5 Jun 2026 10:30", round_id="learning-decision-1")
    assert [letter.to[0] for _, letter in desk.letters("learning_decision")] == [
        "duty@police.example",
        "named.nurse@health.example",
    ]


def test_a_referrer_whom_mailbot_may_not_write_to_is_told_by_a_person() -> None:
    desk = upheld()
    happens(
        desk,
        "Fri 5 Jun 2026 9:30",
        "referral_joined",
        from_la=False,
        referrer="head@little-academy.example",
        fields={},
    )
    desk.record("Fri 5 Jun 2026 10:00", "learning-decided", "none", why="The audit of March covers it")
    (question,) = told(desk, "tell the referring agency the decision yourself")
    assert "head@little-academy.example" in str(question.facts["paragraphs"])
    assert [a.to[0] for a in desk.waiting.values() if a.kind == "learning_decision"] == ["duty@police.example"]


def test_an_agreed_activity_goes_to_the_jcr_group_for_its_recommendation_to_esg() -> None:
    desk = agreed()
    ((_, letter),) = desk.letters("subgroup_request")
    assert letter.to == (CHAIR.email,)
    assert "'due': 'Friday 4 September 2026'" in str(letter.facts["learning"])
    desk.record("Thu 11 Jun 2026 9:00", "subgroup", "Learning and Improvement Sub-group")
    assert desk.case.learning is not None
    assert desk.case.learning.subgroup == "Learning and Improvement Sub-group"


def test_without_a_chair_of_the_jcr_group_the_office_asks_it_itself() -> None:
    desk = answered(people=PEOPLE)
    desk.record("Tue 9 Jun 2026 9:00", "learning-decided", "yes", why="A theme by now")
    (question,) = told(desk, "Please ask the JCR Group yourself")
    assert "recommendation to ESG" in str(question.facts["paragraphs"])


def test_the_office_is_reminded_of_the_sub_group_every_ten_working_days_until_it_is_recorded() -> None:
    desk = agreed()
    reminded = "Which sub-group undertakes"
    desk.until("Mon 22 Jun 2026 17:00", at("Tue 9 Jun 2026 10:00"))
    assert told(desk, reminded) == []
    desk.until("Tue 23 Jun 2026 9:30", at("Tue 23 Jun 2026 8:30"))
    assert len(told(desk, reminded)) == 1
    desk.until("Tue 7 Jul 2026 9:30", at("Tue 23 Jun 2026 10:00"))
    assert len(told(desk, reminded)) == 2
    desk.record("Tue 7 Jul 2026 10:00", "subgroup", "Audit Group")
    desk.until("Wed 22 Jul 2026 9:30", at("Tue 7 Jul 2026 10:30"))
    assert len(told(desk, reminded)) == 2


def test_a_worker_that_was_off_reminds_once_and_not_for_each_time_it_slept_through() -> None:
    desk = agreed()
    desk.work(at("Wed 29 Jul 2026 9:00"))
    assert len(told(desk, "Which sub-group undertakes")) == 1


def test_the_office_hears_five_working_days_before_the_activitys_day_whatever_the_august_bank_holiday() -> None:
    desk = agreed()
    desk.record("Thu 11 Jun 2026 9:00", "subgroup", "Audit Group")
    soon = "Due soon: the learning activity"
    desk.work(at("Wed 26 Aug 2026 16:30"))
    assert told(desk, soon) == []
    # The bank holiday of Monday 31 August is no working day: five before Friday 4 September is Thursday 27 August.
    desk.work(at("Thu 27 Aug 2026 9:00"))
    (question,) = told(desk, soon)
    assert "Friday 4 September 2026" in str(question.facts["paragraphs"])
    assert "Audit Group" in str(question.facts["paragraphs"])


def test_a_late_activity_is_said_and_a_new_day_begins_anew() -> None:
    desk = agreed()
    desk.record("Thu 11 Jun 2026 9:00", "subgroup", "Audit Group")
    desk.work(at("Fri 4 Sep 2026 16:30"))
    assert told(desk, "Late:") == []
    desk.work(at("Mon 7 Sep 2026 9:00"))
    assert len(told(desk, "Late: the learning activity")) == 1
    desk.record("Mon 7 Sep 2026 11:00", "learning-progress", "due=2026-10-02", why="Two wards are still to come")
    assert desk.case.learning is not None
    assert desk.case.learning.progress == ("Two wards are still to come",)
    desk.work(at("Fri 25 Sep 2026 9:00"))
    assert "2 October" in str(told(desk, "Due soon")[-1].facts["paragraphs"])
    desk.work(at("Mon 5 Oct 2026 9:00"))
    assert len(told(desk, "Late: the learning activity")) == 2


def test_an_activity_without_a_day_is_asked_after() -> None:
    desk = agreed(due="")
    question = "By when is the learning activity done?"
    assert len(told(desk, question)) == 1
    desk.work(at("Tue 7 Jul 2026 9:00"))
    assert len(told(desk, question)) == 2


def test_a_completed_activity_closes_the_case() -> None:
    desk = agreed()
    with pytest.raises(NotAllowedNow, match="no sub-group is recorded"):
        desk.record("Fri 12 Jun 2026 9:00", "learning-completed", why="Report received")
    desk.record("Fri 12 Jun 2026 9:00", "subgroup", "Audit Group")
    with pytest.raises(NotAllowedNow, match="is not completed"):
        desk.record("Fri 12 Jun 2026 9:05", "closed", why="Done with it")
    desk.record("Thu 3 Sep 2026 9:00", "learning-completed", why="Report received, the protocol is changed")
    assert len(told(desk, "The case can be closed")) == 1
    desk.work(at("Tue 8 Sep 2026 9:00"))
    assert told(desk, "Late") == []
    desk.record("Thu 10 Sep 2026 9:00", "closed", why="The activity is done")
    assert desk.stage == "closed"
    assert replay(desk.events) == desk.case


def test_an_activity_that_is_given_up_is_decided_anew_and_told_again() -> None:
    desk = agreed()
    desk.record("Mon 6 Jul 2026 9:00", "learning-decided", "none", why="The national audit covers it")
    desk.answer("Mon 6 Jul 2026 9:30", round_id="learning-decision-2")
    assert len(desk.letters("learning_decision")) == 2
    desk.work(at("Mon 7 Sep 2026 9:00"))
    assert told(desk, "Late") == []
    desk.record("Mon 7 Sep 2026 10:00", "closed", why="Nothing more to do")
    assert desk.stage == "closed"


def test_progress_of_an_activity_that_was_declined_is_refused_with_what_to_do() -> None:
    desk = answered()
    desk.record("Tue 9 Jun 2026 9:00", "learning-decided", "none", why="The audit of March covers it")
    for fact, *values in (("subgroup", "Audit Group"), ("learning-progress",), ("learning-completed",)):
        with pytest.raises(NotAllowedNow, match="learning-decided yes"):
            desk.record("Tue 9 Jun 2026 10:00", fact, *values, why="News")


def test_a_day_that_is_past_is_no_day_for_an_activity() -> None:
    with pytest.raises(UsageProblem, match="is past"):
        answered().record("Tue 9 Jun 2026 9:00", "learning-decided", "yes", "due=2026-06-05", why="A theme")


def test_no_letter_writes_out_what_jcr_or_esg_might_stand_for() -> None:
    desk = agreed()
    desk.until("Tue 23 Jun 2026 9:30", at("Tue 23 Jun 2026 8:30"))
    for _, letter in desk.sent:
        assert "Joint" not in str(letter.facts)
        assert "Executive" not in str(letter.facts)


def test_serious_harm_accepted_after_the_submission_begins_no_second_review() -> None:
    """Under H01 another agency's referral is reviewed without the local authority's word."""
    desk = desk_of(H01)
    desk.refer("Mon 1 Jun 2026 9:12", sender="health")
    desk.answer("Mon 1 Jun 2026 9:40", round_id="scoping-1")
    desk.record("Mon 1 Jun 2026 10:00", "meeting", "2026-06-10T10:00")
    desk.record("Wed 10 Jun 2026 12:00", "attendance", *LEADS)
    desk.record("Wed 10 Jun 2026 13:00", "outcome", "alternative_learning", why="little is known of such falls")
    desk.answer("Wed 10 Jun 2026 14:00", round_id=f"submission-{desk.case.submission_version}")
    desk.record("Thu 11 Jun 2026 9:00", "learning-considered")
    with pytest.raises(NotAllowedNow, match="its Rapid Review went to the Panel on Wednesday 10 June"):
        desk.record("Fri 12 Jun 2026 9:00", "serious-harm", "yes", why="the authority writes again")
    arrived = came("Fri 12 Jun 2026 10:00", "duty@council.example", 50)
    joined = on_joining_referral(desk.case, arrived, referral_form(), "council", desk.practice, arrived.received)
    desk.take(joined, arrived.received)
    assert desk.stage == "learning_considered"


def test_a_decision_that_is_taken_back_asks_the_jcr_group_nothing_any_more() -> None:
    desk = answered()
    desk.record("Tue 9 Jun 2026 9:00", "learning-decided", "yes", why="A theme by now")
    assert desk.case.rounds["jcr-1"].waiting
    desk.record("Tue 9 Jun 2026 10:00", "learning-decided", "none", why="There is no money for it")
    assert desk.case.rounds["jcr-1"].state == "rejected"
    assert "subgroup_request" not in {letter.kind for letter in desk.waiting.values()}


def test_the_same_decision_twice_changes_nothing() -> None:
    desk = agreed()
    rounds = set(desk.case.rounds)
    with pytest.raises(NotAllowedNow, match="decided so before"):
        desk.record("Tue 9 Jun 2026 10:00", "learning-decided", "yes")
    assert set(desk.case.rounds) == rounds
