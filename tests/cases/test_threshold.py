"""Is it serious harm? Both doors: what the local authority is asked, chased for, and what follows from its answer."""

from __future__ import annotations

from typing import Any

import pytest

from mailbot.cases.arrivals import ReadForm, on_notification
from mailbot.cases.case import Case
from mailbot.cases.chasing import review
from mailbot.cases.decisions import Decision, SendLetter
from mailbot.cases.directory import Directory, Person
from mailbot.cases.events import EVENTS
from mailbot.cases.practice import Practice
from mailbot.cases.recording import record
from mailbot.cases.recording.said import Said
from mailbot.cases.threshold import form_awaited
from mailbot.cases.unanswered import unanswered
from mailbot.errors import NotAllowedNow, UsageProblem
from tests.builders import (
    AGENCIES,
    CHILD,
    FLOW_CHART,
    H01,
    MANAGER,
    PANEL,
    PEOPLE,
    PROCEDURES,
    REF,
    agency,
    at,
    came,
    practice,
)
from tests.cases.desk import Desk

MONDAY = "Mon 1 Jun 2026 9:12"
CHAIR = Person(name="Gar Lowe", email="lowe@council.example", role="jcr_chair")
HEAD = Person(name="Ros Hale", email="hale@council.example", role="la_decision_maker", partner="local_authority")
EVERYBODY = (*PEOPLE, CHAIR, HEAD)
OTHER_COUNCIL = agency("borough", name="Eastshire Children's Services", partner="local_authority")


def office(procedure: str = FLOW_CHART, **changes: Any) -> Practice:
    """The invented partnership with a JCR chair and somebody who decides in the council."""
    facts: dict[str, Any] = {"agencies": AGENCIES, "people": EVERYBODY} | changes
    addresses = ("rapidreview@partnership.example", MANAGER)
    return practice(procedure, directory=Directory(office=addresses, panel=PANEL, **facts))


@pytest.fixture
def desk() -> Desk:
    """Health has referred an incident on a Monday morning."""
    desk = Desk(office())
    desk.refer(MONDAY, sender="health")
    return desk


def addresses(letters: list[tuple[Any, SendLetter]]) -> list[str]:
    return [a for _, letter in letters for a in letter.to]


def questions(desk: Desk, start: str) -> list[SendLetter]:
    return [x for key, x in desk.drafted.items() if key.startswith(f"{REF}/question/{start}")]


def commands(question: SendLetter) -> list[str]:
    """What a question says that can be typed in answer to it."""
    listed = question.facts["commands"]
    assert isinstance(listed, list)
    return [str(command) for command in listed]


def told(desk: Desk, news: str) -> list[str]:
    """Who has been told this piece of news."""
    return addresses([(when, x) for when, x in desk.letters("notice") if x.facts["news"] == news])


def test_the_local_authority_is_asked_and_three_are_told_in_one_round_that_waits(desk: Desk) -> None:
    assert desk.stage == "la_deciding"
    (asked,) = desk.asked
    assert asked.round == "threshold-1"
    assert asked.go_by == at("Mon 1 Jun 2026 17:00")
    assert desk.letters("la_enquiry", "notice") == []
    desk.answer("Mon 1 Jun 2026 10:00")
    assert addresses(desk.letters("la_enquiry")) == ["hale@council.example"]
    assert told(desk, "incident") == ["lowe@council.example", "oye@health.example", "frith@police.example"]
    assert desk.case.la_asked_at == at("Mon 1 Jun 2026 10:00")


def test_the_question_has_the_papers_and_the_definition_and_names_nobody(desk: Desk) -> None:
    enquiry, *notices = desk.waiting.values()
    assert [a.name for a in enquiry.attachments] == [f"{REF} referral.docx"]
    assert "serious and / or long-term impairment" in str(enquiry.facts["definition"])
    assert enquiry.facts["form_days"] == 5
    assert [n.attachments for n in notices] == [(), (), ()]
    for letter in (enquiry, *notices):
        assert CHILD not in str(letter.facts)


def test_where_nobody_is_written_down_to_decide_the_point_of_contact_is_asked() -> None:
    desk = Desk(office(people=PEOPLE))
    desk.refer(MONDAY, sender="health")
    desk.answer("Mon 1 Jun 2026 10:00")
    assert addresses(desk.letters("la_enquiry")) == ["spoc@council.example"]
    assert "the JCR chair" in desk.asked[0].warnings[-1]


def test_an_authority_without_any_address_is_put_before_the_office_and_asked_when_it_has_one() -> None:
    silent = tuple(a.model_copy(update={"spoc": ()}) if a.id == "council" else a for a in AGENCIES)
    desk = Desk(office(agencies=silent, people=PEOPLE))
    desk.refer(MONDAY, sender="health")
    (question,) = questions(desk, "nobody-decides")
    assert f'mailbot record {REF} serious-harm yes --why "REASON" --as YOU' in commands(question)
    assert desk.asked == []
    desk.practice = office(people=PEOPLE)
    desk.work(at("Mon 1 Jun 2026 11:00"))
    assert [a.round for a in desk.asked] == ["threshold-1"]


def test_of_several_authorities_a_person_says_whose_case_it_is() -> None:
    head = HEAD.model_copy(update={"name": "Eve Lane", "email": "lane@borough.example"})
    desk = Desk(office(agencies=(*AGENCIES, OTHER_COUNCIL), people=(*EVERYBODY, head)))
    desk.refer(MONDAY, sender="health")
    assert desk.asked == []
    (question,) = questions(desk, "whose-case")
    assert f"mailbot record {REF} la borough --as YOU" in commands(question)
    assert f'mailbot record {REF} transferred AREA --why "REASON" --as YOU' in commands(question)
    desk.record("Mon 1 Jun 2026 10:00", "la", "borough")
    desk.answer("Mon 1 Jun 2026 10:30")
    assert addresses(desk.letters("la_enquiry")) == ["lane@borough.example"]


def test_another_authority_than_was_asked_is_asked_anew_and_has_its_own_time() -> None:
    desk = Desk(office(agencies=(*AGENCIES, OTHER_COUNCIL)))
    desk.refer(MONDAY, sender="health")
    desk.record("Mon 1 Jun 2026 10:00", "la", "council")
    desk.answer("Mon 1 Jun 2026 10:30")
    desk.record("Wed 3 Jun 2026 10:00", "la", "borough")
    assert desk.case.la_asked_at is None
    assert desk.asked[-1].round == "threshold-2"
    desk.answer("Wed 3 Jun 2026 11:00")
    assert addresses(desk.letters("la_enquiry"))[-1] == "spoc@borough.example"
    assert len(told(desk, "incident")) == 3
    desk.until("Thu 4 Jun 2026 17:00", at("Wed 3 Jun 2026 11:30"))
    assert len(desk.letters("la_enquiry")) == 2


def test_a_rejected_question_leaves_the_case_with_a_next_step(desk: Desk) -> None:
    desk.answer("Mon 1 Jun 2026 10:00", "reject")
    (question,) = questions(desk, "not-asked")
    assert commands(question)[0] == f"mailbot record {REF} la council --as YOU"
    desk.record("Mon 1 Jun 2026 11:00", "la", "council")
    desk.answer("Mon 1 Jun 2026 11:30")
    (sent,) = desk.letters("la_enquiry")
    assert len(sent[1].attachments) == 1


def test_the_answer_is_chased_over_a_bank_holiday_and_escalated_with_a_persons_leave() -> None:
    desk = Desk(office())
    desk.refer("Thu 2 Apr 2026 9:12", sender="health")
    desk.answer("Thu 2 Apr 2026 10:00")
    # Good Friday and Easter Monday do not count: two working days from Thursday end on Wednesday.
    desk.until("Thu 9 Apr 2026 12:00", at("Thu 2 Apr 2026 10:30"))
    assert [(when, letter.to) for when, letter in desk.letters("la_enquiry")[1:]] == [
        (at("Wed 8 Apr 2026 8:30"), ("hale@council.example",)),
        (at("Thu 9 Apr 2026 8:30"), ("hale@council.example",)),
    ]
    desk.until("Fri 10 Apr 2026 12:00", at("Thu 9 Apr 2026 12:30"))
    assert desk.asked[-1].round == "la-1"
    assert "head@council.example" not in addresses(desk.letters("la_enquiry"))
    desk.answer("Fri 10 Apr 2026 12:10")
    letter = desk.letters("la_enquiry")[-1][1]
    assert letter.to == ("head@council.example",)
    assert letter.facts["higher"]
    assert letter.facts["asked"] == "hale@council.example"


def test_nobody_is_chased_before_the_question_has_gone(desk: Desk) -> None:
    desk.until("Fri 5 Jun 2026 17:00", at("Mon 1 Jun 2026 9:30"))
    assert desk.letters("la_enquiry") == []


def test_an_answer_ends_the_chasing_and_what_waits_is_set_aside(desk: Desk) -> None:
    desk.answer("Mon 1 Jun 2026 10:00")
    desk.until("Fri 5 Jun 2026 9:00", at("Mon 1 Jun 2026 10:30"))
    assert desk.asked[-1].round == "la-1"
    desk.record("Fri 5 Jun 2026 9:40", "serious-harm", "yes")
    assert desk.case.rounds["la-1"].state == "rejected"
    assert not [x for x in desk.waiting.values() if x.kind == "la_enquiry"]


def test_more_time_that_a_person_gives_moves_what_is_due(desk: Desk) -> None:
    desk.answer("Mon 1 Jun 2026 10:00")
    desk.record("Wed 3 Jun 2026 9:00", "more-time", "2026-06-09")
    assert told(desk, "more_time") == ["hale@council.example"]
    before = len(desk.letters("la_enquiry"))
    desk.until("Mon 8 Jun 2026 17:00", at("Wed 3 Jun 2026 9:30"))
    assert len(desk.letters("la_enquiry")) == before
    desk.until("Tue 9 Jun 2026 9:00", at("Tue 9 Jun 2026 8:00"))
    assert len(desk.letters("la_enquiry")) == before + 1


def test_more_time_far_ahead_needs_its_reason_and_is_said(desk: Desk) -> None:
    with pytest.raises(UsageProblem, match="working days ahead"):
        desk.record("Tue 2 Jun 2026 9:00", "more-time", "2027-06-09")
    desk.record("Tue 2 Jun 2026 9:00", "more-time", "2026-07-15", why="the court decides first")
    (given,) = [e.because for e in desk.events if e.type == "more_time_wanted"]
    assert given == "the court decides first; that is 31 working days ahead"


def test_more_time_without_a_day_leaves_the_clock_and_asks_the_office(desk: Desk) -> None:
    desk.answer("Mon 1 Jun 2026 10:00")
    desk.record("Tue 2 Jun 2026 9:00", "more-time", why="the assistant director is away")
    (question,) = questions(desk, "more-time")
    assert question.facts["commands"] == [f"mailbot record {REF} more-time YYYY-MM-DD --as YOU"]
    assert "Wednesday 3 June 2026" in str(question.facts["paragraphs"])
    desk.until("Wed 3 Jun 2026 9:00", at("Tue 2 Jun 2026 9:30"))
    assert len(desk.letters("la_enquiry")) == 2


def test_an_acceptance_joins_door_one_and_everybody_hears(desk: Desk) -> None:
    desk.answer("Mon 1 Jun 2026 10:00")
    desk.record("Tue 2 Jun 2026 10:00", "serious-harm", "yes", why="the scan leaves no doubt")
    assert desk.stage == "scoping"
    assert set(told(desk, "accepted")) == {"oye@health.example", "frith@police.example", "lowe@council.example"}
    waiting = [x for x in desk.waiting.values() if x.round == "threshold_decision-1"]
    assert [x.to for x in waiting] == [("rao@council.example",), ("duty@health.example",)]
    assert waiting[1].kind == "threshold_decision"
    assert waiting[1].facts["accepted"] is True
    assert desk.case.outcome_told_at is None


def test_a_referrer_whom_mailbot_may_not_write_to_is_left_to_the_office() -> None:
    desk = Desk(office())
    desk.refer(MONDAY, sender="clinic")
    desk.answer("Mon 1 Jun 2026 10:00")
    desk.record("Tue 2 Jun 2026 10:00", "serious-harm", "yes")
    assert questions(desk, "tell-referrer")
    assert "threshold_decision" not in {x.kind for x in desk.drafted.values()}


def test_under_h01_any_agencys_referral_is_scoped_at_once_and_no_threshold_is_asked() -> None:
    desk = Desk(office(H01))
    desk.refer(MONDAY, sender="health")
    assert desk.stage == "scoping"
    assert [a.round for a in desk.asked] == ["scoping-1"]


def test_information_without_a_form_waits_for_the_authoritys_form_when_harm_is_accepted() -> None:
    desk = informed("Mon 1 Jun 2026 9:12")
    desk.answer("Mon 1 Jun 2026 10:00")
    desk.record("Tue 2 Jun 2026 10:00", "serious-harm", "yes")
    assert desk.stage == "referral_awaited"


def test_under_h01_the_form_is_the_referrers_and_the_office_asks_for_it() -> None:
    desk = informed("Mon 1 Jun 2026 9:12", H01)
    assert desk.asked[-1].round == "threshold-1"
    desk.record("Tue 2 Jun 2026 10:00", "serious-harm", "yes")
    desk.until("Tue 16 Jun 2026 17:00", at("Tue 2 Jun 2026 10:30"))
    assert desk.stage == "referral_awaited"
    (question,) = questions(desk, "form-of-the-referrer")
    assert commands(question) == [f"mailbot assign MAIL {REF} --as YOU"]
    assert "la_enquiry" not in {x.kind for x in desk.waiting.values()}


def test_a_procedure_may_want_the_authoritys_own_form() -> None:
    strict = PROCEDURES[FLOW_CHART].model_copy(update={"scoping_needs": "la_referral"})
    desk = Desk(office().model_copy(update={"procedures": PROCEDURES | {FLOW_CHART: strict}}))
    desk.refer(MONDAY, sender="health")
    desk.record("Tue 2 Jun 2026 10:00", "serious-harm", "yes")
    assert desk.stage == "referral_awaited"
    assert not form_awaited(Case(stage="scoping"), desk.practice)


def test_the_authoritys_form_is_chased_by_its_own_clock_first_with_a_persons_leave() -> None:
    desk = intended("Mon 1 Jun 2026 9:12")
    assert desk.stage == "referral_awaited"
    # Five working days from Monday end on the next Monday; the reminder is of the working day before.
    desk.until("Fri 5 Jun 2026 12:00", at("Mon 1 Jun 2026 9:30"))
    assert desk.letters("la_enquiry") == []
    assert desk.asked[-1].round == "la-1"
    desk.answer("Fri 5 Jun 2026 12:10")
    first = desk.letters("la_enquiry")[0][1]
    assert first.facts["wants"] == "form"
    assert desk.case.la_asked_at is None
    desk.until("Tue 9 Jun 2026 12:00", at("Mon 8 Jun 2026 8:00"))
    assert [when for when, _ in desk.letters("la_enquiry")[1:]] == [
        at("Mon 8 Jun 2026 8:30"),
        at("Tue 9 Jun 2026 8:30"),
    ]
    desk.until("Wed 10 Jun 2026 12:00", at("Wed 10 Jun 2026 8:00"))
    assert desk.asked[-1].round == "la-2"


def test_a_later_reminder_takes_the_place_of_one_that_nobody_released() -> None:
    desk = intended("Mon 1 Jun 2026 9:12")
    desk.until("Tue 9 Jun 2026 12:00", at("Mon 1 Jun 2026 9:30"))
    assert [desk.case.rounds[r].state for r in ("la-1", "la-2", "la-3")] == ["rejected", "rejected", "waiting"]
    assert len([x for x in desk.waiting.values() if x.kind == "la_enquiry"]) == 1


def test_the_authoritys_own_no_is_no_further_action_and_may_be_learnt_from() -> None:
    desk = intended("Mon 1 Jun 2026 9:12")
    desk.record("Tue 2 Jun 2026 10:00", "serious-harm", "no", why="the injury was an accident")
    assert desk.stage == "harm_not_accepted"
    (question,) = questions(desk, "no-further-action")
    assert "learning-considered" in str(question.facts["commands"])
    assert "closed" in str(question.facts["commands"])
    assert desk.asked == []


def test_the_authoritys_own_word_without_an_intention_is_its_own_incident_too() -> None:
    desk = _reported("Mon 1 Jun 2026 9:12", "council", from_la=False)
    assert desk.stage == "la_deciding"
    desk.record("Tue 2 Jun 2026 10:00", "serious-harm", "no", why="the injury was an accident")
    assert desk.stage == "harm_not_accepted"


def test_a_second_yes_moves_no_day_and_says_so() -> None:
    desk = informed("Mon 1 Jun 2026 9:12")
    desk.record("Tue 2 Jun 2026 10:00", "serious-harm", "yes")
    with pytest.raises(NotAllowedNow, match="accepted already, since Tuesday 2 June 2026"):
        desk.record("Thu 4 Jun 2026 10:00", "serious-harm", "yes")
    assert desk.case.accepted_at == at("Tue 2 Jun 2026 10:00")


@pytest.mark.parametrize(("date", "asked"), [("2026-06-01", False), ("last Monday", True)])
def test_a_notification_while_the_authority_decides_is_asked_about_and_answers_nothing(
    desk: Desk, date: str, asked: bool
) -> None:
    arrived = came("Tue 2 Jun 2026 10:00", "hale@council.example", 40)
    form = ReadForm(fields={"date_notified": date})
    desk.take(on_notification(desk.case, arrived, form, desk.practice, arrived.received), arrived.received)
    assert desk.stage == "la_deciding"
    (question,) = questions(desk, "notification/40")
    assert commands(question)[0] == f'mailbot record {REF} serious-harm yes --why "REASON" --as YOU'
    assert (f"mailbot record {REF} notified YYYY-MM-DD --as YOU" in commands(question)) == asked
    assert "notification/40" in [q.topic for q in unanswered(desk.case, desk.events, desk.practice)]
    desk.record("Tue 2 Jun 2026 11:00", "serious-harm", "yes")
    assert "notification/40" not in [q.topic for q in unanswered(desk.case, desk.events, desk.practice)]


def test_an_intention_to_notify_is_recorded_with_its_day(desk: Desk) -> None:
    desk.record("Tue 2 Jun 2026 10:00", "intention", "2026-06-01T16:00")
    assert desk.case.intention_at == at("Mon 1 Jun 2026 16:00")


@pytest.mark.parametrize(
    ("fact", "values", "words"),
    [
        ("la", ("police",), "These are: council"),
        ("la", (), "local authority"),
        ("serious-harm", ("perhaps",), "yes or no"),
        ("more-time", ("2026-05-01",), "is past"),
        ("more-time", ("soon",), "2026-06-10"),
        ("partner-answer", ("oye@health.example", "agree"), "not discussing"),
        ("threshold-meeting", ("2026-06-03T10:00",), "not discussing"),
        ("threshold", ("upheld",), "not discussing"),
        ("intention", ("2026-06-30",), "still to come"),
    ],
)
def test_a_refusal_says_what_is_allowed(desk: Desk, fact: str, values: tuple[str, ...], words: str) -> None:
    now = at("Tue 2 Jun 2026 10:00")
    with pytest.raises(UsageProblem, match=words):
        record(desk.case, fact, Said(by=MANAGER, at=now, values=values), desk.practice, now)


def test_no_more_time_is_given_once_the_authority_has_decided(desk: Desk) -> None:
    desk.record("Tue 2 Jun 2026 10:00", "serious-harm", "yes")
    with pytest.raises(NotAllowedNow, match="does not wait"):
        desk.record("Tue 2 Jun 2026 11:00", "more-time", "2026-06-09")


def test_a_second_look_finds_nothing(desk: Desk) -> None:
    for hour in range(10, 17):
        now = at(f"Mon 1 Jun 2026 {hour}:00")
        desk.work(now)
        assert not review(desk.case, now, desk.practice)


def informed(when: str, procedure: str = FLOW_CHART) -> Desk:
    """Health has told of an incident without a form."""
    return _reported(when, "health", from_la=False, procedure=procedure)


def intended(when: str) -> Desk:
    """The council has told that it means to notify, and its form is to follow."""
    return _reported(when, "council", from_la=True)


def _reported(when: str, sender: str, from_la: bool, procedure: str = FLOW_CHART) -> Desk:
    desk = Desk(office(procedure))
    event = EVENTS.validate_python(
        {
            "type": "incident_reported",
            "at": at(when),
            "because": "told by email",
            "ref": REF,
            "procedure": procedure,
            "from_la": from_la,
            "referrer": f"duty@{sender}.example",
            "referrer_agency": sender,
        }
    )
    desk.take(Decision(case=REF, events=(event,)), at(when))
    desk.work(at(when))
    return desk
