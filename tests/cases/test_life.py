"""What befalls a case: paused for the police, withdrawn, handed over, closed, and taken up again."""

from __future__ import annotations

import pytest

from mailbot.cases.events import ReferralReceived
from mailbot.cases.joining import is_awaited, on_joining_referral
from mailbot.errors import NotAllowedNow, UsageProblem
from tests.builders import FLOW_CHART, H01, LEADS, MANAGER, PROCEDURES, at, came, practice, referral_form
from tests.cases.desk import Desk
from tests.cases.test_threshold import CHAIR, office

POLICE_WORK = "the police ask for time before witnesses are heard"


@pytest.fixture(params=[FLOW_CHART, H01])
def scoped(request: pytest.FixtureRequest) -> Desk:
    """The letters went on Monday 1 June; returns are due on Wednesday 10 June."""
    desk = Desk(practice(request.param))
    desk.refer("Mon 1 Jun 2026 9:12", "Housing")
    desk.answer("Mon 1 Jun 2026 9:40")
    assert [a for a in desk.case.requests if desk.case.requests[a].sent_at] == [
        "council",
        "police",
        "health",
        "housing",
    ]
    return desk


def topics(desk: Desk, beginning: str) -> list[str]:
    return [topic for topic in desk.case.told if topic.startswith(beginning)]


def test_nobody_is_chased_while_a_case_is_suspended(scoped: Desk) -> None:
    scoped.record("Tue 2 Jun 2026 10:00", "suspended", "2026-06-22", why=POLICE_WORK)
    scoped.until("Fri 19 Jun 2026 17:00", at("Tue 2 Jun 2026 10:00"))
    assert scoped.letters("reminder", "chase", "escalation") == []
    assert scoped.case.stage == "suspended"


def test_the_clocks_of_a_suspended_case_run_on_and_are_warned_of(scoped: Desk) -> None:
    scoped.record("Tue 2 Jun 2026 10:00", "suspended", "2026-07-20", why=POLICE_WORK)
    scoped.until("Tue 30 Jun 2026 17:00", at("Tue 2 Jun 2026 10:00"))
    assert topics(scoped, "missed/panel_overall")


def test_the_office_looks_again_on_the_day_and_every_ten_working_days(scoped: Desk) -> None:
    scoped.record("Tue 2 Jun 2026 10:00", "suspended", "2026-06-22", why=POLICE_WORK)
    scoped.until("Fri 19 Jun 2026 17:00", at("Tue 2 Jun 2026 10:00"))
    assert topics(scoped, "look-again") == []
    scoped.until("Mon 22 Jun 2026 12:00", at("Mon 22 Jun 2026 8:30"))
    assert topics(scoped, "look-again") == ["look-again/2026-06-22/0"]
    scoped.until("Mon 6 Jul 2026 12:00", at("Mon 22 Jun 2026 12:30"))
    assert topics(scoped, "look-again") == ["look-again/2026-06-22/0", "look-again/2026-06-22/1"]


def test_a_suspension_without_a_day_is_looked_at_after_ten_working_days(scoped: Desk) -> None:
    scoped.record("Tue 2 Jun 2026 10:00", "suspended", why=POLICE_WORK)
    assert scoped.case.suspended_until and scoped.case.suspended_until.isoformat() == "2026-06-16"


def test_a_suspended_case_may_be_given_a_later_day(scoped: Desk) -> None:
    scoped.record("Tue 2 Jun 2026 10:00", "suspended", "2026-06-22", why=POLICE_WORK)
    scoped.record("Mon 22 Jun 2026 10:00", "suspended", "2026-07-06", why="the police ask for two weeks more")
    scoped.record("Tue 23 Jun 2026 10:00", "resumed")
    assert scoped.stage == "scoping"


def test_a_case_that_goes_on_chases_each_late_agency_once_that_day(scoped: Desk) -> None:
    scoped.record("Tue 2 Jun 2026 10:00", "suspended", "2026-06-22", why=POLICE_WORK)
    scoped.record("Mon 15 Jun 2026 10:00", "resumed")
    scoped.until("Mon 15 Jun 2026 16:30", at("Mon 15 Jun 2026 10:00"))
    assert [letter.agency for _, letter in scoped.letters("chase")] == ["council", "police", "health", "housing"]
    assert scoped.letters("escalation") == []


@pytest.mark.parametrize("values", [("2026-06-01",), ("soon",)])
def test_a_suspension_needs_a_day_to_come_and_a_reason(scoped: Desk, values: tuple[str, ...]) -> None:
    with pytest.raises(UsageProblem):
        scoped.record("Tue 2 Jun 2026 10:00", "suspended", *values, why=POLICE_WORK)
    with pytest.raises(UsageProblem, match="--why"):
        scoped.record("Tue 2 Jun 2026 10:00", "suspended", "2026-06-22")


def test_a_decision_that_came_while_it_was_suspended_takes_the_case_on() -> None:
    desk = Desk(practice(FLOW_CHART))
    desk.refer("Mon 1 Jun 2026 9:12", sender="health")
    assert desk.stage == "la_deciding"
    desk.record("Mon 1 Jun 2026 11:00", "suspended", "2026-06-08", why=POLICE_WORK)
    desk.record("Tue 2 Jun 2026 11:00", "serious-harm", "yes")
    assert desk.stage == "suspended"
    desk.record("Mon 8 Jun 2026 11:00", "resumed")
    assert desk.stage == "scoping"
    assert desk.case.accepted_at == at("Tue 2 Jun 2026 11:00")


def test_a_withdrawal_tells_those_who_were_asked_once_a_person_has_released_it(scoped: Desk) -> None:
    scoped.returns("Tue 2 Jun 2026 9:00", "police")
    scoped.record("Tue 2 Jun 2026 10:00", "withdrawn", why="the criteria are not met after all")
    assert scoped.stage == "withdrawn"
    assert scoped.letters("case_news") == []
    scoped.answer("Tue 2 Jun 2026 10:30")
    told = {letter.to[0]: letter.facts for _, letter in scoped.letters("case_news")}
    assert list(told) == [
        "spoc@council.example",
        "spoc@police.example",
        "spoc@health.example",
        "spoc@housing.example",
        "duty@council.example",
    ]
    assert [facts["answered"] for facts in told.values()] == [False, True, False, False, False]
    assert told["duty@council.example"]["to_referrer"]
    scoped.until("Wed 24 Jun 2026 17:00", at("Tue 2 Jun 2026 11:00"))
    assert scoped.letters("reminder", "chase", "escalation", "pack") == []


def test_a_withdrawal_before_the_letters_went_sends_none_of_them() -> None:
    desk = Desk(practice())
    desk.refer("Mon 1 Jun 2026 9:12", "Housing")
    desk.record("Mon 1 Jun 2026 9:30", "withdrawn", why="sent by mistake")
    assert desk.case.rounds["scoping-1"].waiting == ()
    desk.answer("Mon 1 Jun 2026 9:40", round_id="withdrawn-1")
    assert desk.letters("scoping") == []
    assert [letter.to for _, letter in desk.letters("case_news")] == [("duty@council.example",)]


def test_a_transfer_tells_the_referrer_and_what_the_office_hands_over(scoped: Desk) -> None:
    scoped.record("Tue 2 Jun 2026 10:00", "transferred", "Eastmarch", why="the incident took place there")
    assert scoped.stage == "transferred"
    (asked,) = [
        letter for _, letter in scoped.letters("question") if "hand the case over" in str(letter.facts["title"])
    ]
    assert "Not returned yet: Northshire Children's Services" in str(asked.facts["paragraphs"])
    scoped.answer("Tue 2 Jun 2026 10:30", round_id="transferred-1")
    assert {letter.facts["area"] for _, letter in scoped.letters("case_news")} == {"Eastmarch"}
    assert scoped.letters("case_news")[-1][1].to == ("duty@council.example",)


def test_a_withdrawn_case_that_is_opened_again_gives_everybody_the_whole_time(scoped: Desk) -> None:
    days = scoped.practice.procedure_of(scoped.case).rule("returns_due").days
    scoped.record("Tue 2 Jun 2026 10:00", "withdrawn", why="the criteria are not met")
    scoped.answer("Tue 2 Jun 2026 10:30", round_id="withdrawn-1")
    scoped.record("Mon 29 Jun 2026 10:00", "reopened", why="harm was found after all")
    assert scoped.stage == "scoping"
    due = scoped.practice.calendar.add(at("Mon 29 Jun 2026 10:00").date(), days)
    assert {request.extended_to for request in scoped.case.requests.values()} == {due}
    scoped.until("Thu 2 Jul 2026 17:00", at("Mon 29 Jun 2026 10:00"))
    assert scoped.letters("chase", "escalation") == []
    scoped.answer("Fri 3 Jul 2026 9:00", round_id="reopened-1")
    assert scoped.letters("case_news")[-1][0] == at("Fri 3 Jul 2026 9:00")


def test_what_ran_out_while_a_case_was_closed_is_told_in_one_letter(scoped: Desk) -> None:
    scoped.record("Tue 2 Jun 2026 10:00", "withdrawn", why="the criteria are not met")
    before = len(scoped.letters("warning"))
    scoped.record("Mon 29 Jun 2026 10:00", "reopened", why="harm was found after all")
    scoped.until("Mon 29 Jun 2026 16:30", at("Mon 29 Jun 2026 10:00"))
    assert len(scoped.letters("warning")) == before
    (told,) = [
        letter for _, letter in scoped.letters("question") if letter.facts["title"] == "The case is open again"
    ]
    assert "the Rapid Review meeting" in str(told.facts["paragraphs"])


def test_an_ended_case_is_opened_again_with_a_reason_only(scoped: Desk) -> None:
    scoped.record("Tue 2 Jun 2026 10:00", "withdrawn", why="sent by mistake")
    with pytest.raises(UsageProblem, match="--why"):
        scoped.record("Wed 3 Jun 2026 10:00", "reopened")
    with pytest.raises(NotAllowedNow, match="a person opens it again"):
        scoped.record("Wed 3 Jun 2026 10:00", "suspended", why="x")


def test_a_case_is_not_closed_over_what_is_still_to_do_unless_a_person_says_why() -> None:
    desk = Desk(practice())
    desk.refer("Mon 1 Jun 2026 9:12")
    desk.answer("Mon 1 Jun 2026 9:40")
    desk.record("Mon 1 Jun 2026 10:00", "meeting", "2026-06-11T10:00")
    desk.record("Thu 11 Jun 2026 12:00", "attendance", *LEADS)
    desk.record("Thu 11 Jun 2026 12:00", "action", "Tell the school")
    desk.record("Thu 11 Jun 2026 12:00", "outcome", "none", why="nothing to learn")
    for lead in LEADS:
        desk.record("Thu 11 Jun 2026 13:00", "signed-off", lead)
    desk.answer("Thu 11 Jun 2026 14:00", round_id=f"submission-{desk.case.submission_version}")
    assert desk.stage == "submitted"
    desk.answer("Thu 11 Jun 2026 15:00", "reject", round_id="outcome-1")
    with pytest.raises(
        NotAllowedNow, match=r"have not been told the outcome.*immediate action 1 not recorded as done"
    ):
        desk.record("Thu 11 Jun 2026 16:00", "closed")
    desk.record("Thu 11 Jun 2026 16:00", "closed", why="the agencies were told by telephone")
    assert desk.stage == "closed"


def test_who_opened_a_case_again_is_in_its_story(scoped: Desk) -> None:
    scoped.record("Tue 2 Jun 2026 10:00", "withdrawn", why="sent by mistake")
    scoped.record("Wed 3 Jun 2026 10:00", "reopened", why="it was no mistake")
    reopened = [event for event in scoped.events if event.type == "reopened"]
    assert [(event.by, event.because) for event in reopened] == [(MANAGER, "it was no mistake")]
    assert isinstance(scoped.events[0], ReferralReceived)


def suspended_at_la_deciding(scoping_needs: str = "any_referral") -> Desk:
    """Health referred; the local authority was asked on Monday, and on Tuesday the police ask to wait."""
    flow_chart = PROCEDURES[FLOW_CHART].model_copy(update={"scoping_needs": scoping_needs})
    desk = Desk(office().model_copy(update={"procedures": PROCEDURES | {FLOW_CHART: flow_chart}}))
    desk.refer("Mon 1 Jun 2026 9:12", sender="health")
    desk.answer("Mon 1 Jun 2026 9:40")
    desk.record("Tue 2 Jun 2026 9:00", "suspended", "2026-06-08", why=POLICE_WORK)
    return desk


def waiting(desk: Desk) -> list[str]:
    return [asked.id for asked in desk.case.rounds.values() if asked.waiting]


def test_an_acceptance_during_a_suspension_tells_nobody_before_it_goes_on() -> None:
    desk = suspended_at_la_deciding()
    sent = len(desk.sent)
    desk.record("Wed 3 Jun 2026 9:00", "serious-harm", "yes", why="a fracture at four months")
    desk.until("Fri 5 Jun 2026 17:00", at("Wed 3 Jun 2026 9:30"))
    assert (desk.stage, desk.case.stands_at) == ("suspended", "referral_received")
    assert [letter for _, letter in desk.sent[sent:] if letter.kind in ("notice", "threshold_decision")] == []
    desk.record("Mon 8 Jun 2026 9:00", "resumed")
    assert desk.stage == "scoping"
    assert waiting(desk) == ["threshold_decision-1", "scoping-1"]
    desk.answer("Mon 8 Jun 2026 9:30", round_id="threshold_decision-1")
    told = {address for _, letter in desk.sent[sent:] for address in letter.to}
    assert {*LEADS, CHAIR.email, "duty@health.example"} <= told


def test_a_refusal_during_a_suspension_goes_to_the_partners_when_the_case_goes_on() -> None:
    desk = suspended_at_la_deciding()
    desk.record("Wed 3 Jun 2026 9:00", "serious-harm", "no", why="an accident that was seen")
    assert desk.stage == "suspended"
    assert "partners-threshold-1" not in desk.case.rounds
    desk.record("Mon 8 Jun 2026 9:00", "resumed")
    assert desk.stage == "partner_discussion"
    assert waiting(desk)[-1] == "partners-threshold-1"
    desk.until("Wed 10 Jun 2026 17:00", at("Mon 8 Jun 2026 9:30"))
    assert [letter for when, letter in desk.letters("la_enquiry") if when > at("Mon 1 Jun 2026 10:00")] == []


def test_an_acceptance_during_a_suspension_still_waits_for_the_authoritys_own_form() -> None:
    desk = suspended_at_la_deciding(scoping_needs="la_referral")
    desk.record("Wed 3 Jun 2026 9:00", "serious-harm", "yes")
    desk.record("Mon 8 Jun 2026 9:00", "resumed")
    assert desk.stage == "referral_awaited"


@pytest.mark.parametrize("scoping_needs", ["any_referral", "la_referral"])
def test_the_authoritys_form_that_comes_during_a_suspension_opens_the_scoping_afterwards(scoping_needs: str) -> None:
    desk = suspended_at_la_deciding(scoping_needs)
    arrived = came("Wed 3 Jun 2026 10:00", "duty@council.example", 50)
    assert is_awaited(desk.case, "council", desk.practice)
    joined = on_joining_referral(desk.case, arrived, referral_form(), "council", desk.practice, arrived.received)
    desk.take(joined, arrived.received)
    assert (desk.stage, desk.case.accepted_at) == ("suspended", arrived.received)
    desk.record("Mon 8 Jun 2026 9:00", "resumed")
    assert desk.stage == "scoping"


@pytest.mark.parametrize("reconsidered", ["learning_considered", "learning_decided"])
def test_an_acceptance_during_a_suspension_brings_the_review_back_from_learning(reconsidered: str) -> None:
    desk = Desk(office())
    desk.refer("Mon 1 Jun 2026 9:12", sender="health")
    desk.record("Tue 2 Jun 2026 9:00", "serious-harm", "no", why="an accident that was seen")
    desk.record("Tue 2 Jun 2026 10:00", "threshold", "upheld", why="the partners agree")
    if reconsidered == "learning_decided":
        desk.record("Tue 2 Jun 2026 11:00", "learning-decided", "none", why="nothing to learn")
    assert desk.stage == reconsidered
    desk.record("Wed 3 Jun 2026 9:00", "suspended", "2026-06-08", why=POLICE_WORK)
    desk.record("Thu 4 Jun 2026 9:00", "serious-harm", "yes", why="a second injury")
    desk.record("Mon 8 Jun 2026 9:00", "resumed")
    assert desk.stage == "scoping"


def test_a_suspension_in_the_minutes_of_grace_takes_the_letters_back_until_the_case_goes_on() -> None:
    desk = Desk(practice(grace_minutes=5))
    desk.refer("Mon 1 Jun 2026 9:12", "Housing")
    desk.answer("Mon 1 Jun 2026 9:40")
    desk.record("Mon 1 Jun 2026 9:42", "suspended", "2026-06-08", why=POLICE_WORK)
    desk.until("Fri 5 Jun 2026 17:00", at("Mon 1 Jun 2026 10:00"))
    assert desk.letters("scoping") == []
    desk.record("Mon 8 Jun 2026 9:00", "resumed")
    assert desk.case.rounds["scoping-1"].waiting == (1, 2, 3, 4)
    assert desk.asked[-1].title == "scoping letters (asked again)"
    desk.answer("Mon 8 Jun 2026 9:10")
    desk.work(at("Mon 8 Jun 2026 9:15"))
    assert len(desk.letters("scoping")) == 4


def test_an_approval_releases_nothing_while_the_case_is_suspended() -> None:
    desk = Desk(practice())
    desk.refer("Mon 1 Jun 2026 9:12", "Housing")
    desk.record("Mon 1 Jun 2026 9:20", "suspended", "2026-06-08", why=POLICE_WORK)
    with pytest.raises(NotAllowedNow, match=r"nothing was released\..*mailbot record RR-2026-001 resumed"):
        desk.answer("Mon 1 Jun 2026 9:40", round_id="scoping-1")
    desk.answer("Mon 1 Jun 2026 9:50", "reject", items=(4,), round_id="scoping-1")
    assert desk.case.rounds["scoping-1"].waiting == (1, 2, 3)


def test_a_case_opened_again_at_once_tells_nobody_of_an_end_that_nobody_has_read(scoped: Desk) -> None:
    scoped.record("Tue 2 Jun 2026 10:00", "withdrawn", why="taken for another child")
    scoped.record("Tue 2 Jun 2026 10:20", "reopened", why="it is this child")
    assert waiting(scoped) == []
    assert scoped.waiting == {}
    scoped.until("Fri 5 Jun 2026 17:00", at("Tue 2 Jun 2026 10:30"))
    assert scoped.letters("case_news") == []


def test_that_a_case_goes_on_is_told_to_those_who_read_of_its_end(scoped: Desk) -> None:
    scoped.record("Tue 2 Jun 2026 10:00", "withdrawn", why="taken for another child")
    scoped.answer("Tue 2 Jun 2026 10:10", items=(1, 5), round_id="withdrawn-1")
    scoped.record("Tue 2 Jun 2026 10:20", "reopened", why="it is this child")
    assert waiting(scoped) == ["reopened-1"]
    scoped.answer("Tue 2 Jun 2026 10:30", round_id="reopened-1")
    assert [letter.to for _, letter in scoped.letters("case_news")][2:] == [
        ("spoc@council.example",),
        ("duty@council.example",),
    ]
    scoped.record("Tue 2 Jun 2026 11:00", "withdrawn", why="a second mistake")
    scoped.record("Tue 2 Jun 2026 11:10", "reopened", why="and its end")
    assert waiting(scoped) == []


@pytest.mark.parametrize("approved", [False, True])
def test_scoping_letters_that_the_end_stopped_are_asked_about_when_the_case_is_opened_again(approved: bool) -> None:
    desk = Desk(practice(grace_minutes=5))
    desk.refer("Mon 1 Jun 2026 9:12", "Housing")
    if approved:
        desk.answer("Mon 1 Jun 2026 9:28")
    desk.record("Mon 1 Jun 2026 9:30", "withdrawn", why="taken for another child")
    desk.record("Tue 2 Jun 2026 9:00", "reopened", why="it is this child")
    assert desk.stage == "scoping"
    asked = [letter.facts for _, letter in desk.letters("question") if "Not sent" in str(letter.facts["title"])]
    assert "scoping council police health housing" in str(asked)
    desk.record("Tue 2 Jun 2026 9:10", "scoping", "council", "police", "health", "housing")
    desk.answer("Tue 2 Jun 2026 9:20", round_id="scoping-2")
    desk.work(at("Tue 2 Jun 2026 9:30"))
    assert len(desk.letters("scoping")) == 4


@pytest.mark.parametrize("approved", [False, True])
def test_a_submission_that_the_end_stopped_is_asked_about_when_the_case_is_opened_again(approved: bool) -> None:
    desk = Desk(practice(grace_minutes=5))
    desk.refer("Mon 1 Jun 2026 9:12")
    desk.answer("Mon 1 Jun 2026 9:40")
    desk.work(at("Mon 1 Jun 2026 9:50"))
    desk.record("Mon 1 Jun 2026 10:00", "meeting", "2026-06-11T10:00")
    desk.record("Thu 11 Jun 2026 12:00", "attendance", *LEADS)
    desk.record("Thu 11 Jun 2026 12:00", "outcome", "none", why="nothing to learn")
    if approved:
        desk.answer("Thu 11 Jun 2026 12:58", round_id=f"submission-{desk.case.submission_version}")
    desk.record("Thu 11 Jun 2026 13:00", "withdrawn", why="taken for another child")
    desk.record("Fri 12 Jun 2026 9:00", "reopened", why="it is this child")
    assert desk.stage == "sign_off"
    asked = [letter.facts for _, letter in desk.letters("question") if "Not sent" in str(letter.facts["title"])]
    assert "redraft submission" in str(asked)
