"""What people decided or did, by their word: each fact, and each refusal that says what is allowed."""

from __future__ import annotations

import pytest

from mailbot.cases.arrivals import on_reply
from mailbot.cases.case import Case
from mailbot.cases.recording import FACTS, Said, record
from mailbot.errors import MailbotError, NotAllowedNow, UsageProblem
from tests.builders import AGENCIES, FLOW_CHART, H01, LEADS, MANAGER, PANEL, at, came, day, practice
from tests.cases.desk import Desk

NOW = at("Tue 2 Jun 2026 10:00")


@pytest.fixture
def desk() -> Desk:
    """Scoping letters went to council, police and health on Mon 1 Jun."""
    opened = Desk(practice())
    opened.refer("Mon 1 Jun 2026 9:12")
    opened.answer("Mon 1 Jun 2026 9:30")
    return opened


def decided(desk: Desk) -> None:
    """The meeting of Thu 11 Jun was quorate and decided."""
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-11T10:00")
    desk.record("Thu 11 Jun 2026 13:00", "attendance", *LEADS)
    desk.record("Thu 11 Jun 2026 13:05", "outcome", "local_review", why="The criteria are met.")


def said(*values: str, why: str = "", by: str = MANAGER) -> Said:
    return Said(by=by, at=NOW, values=values, why=why)


def refused(case: Case, fact: str, *values: str, why: str = "", by: str = MANAGER) -> MailbotError:
    with pytest.raises(MailbotError) as told:
        record(case, fact, said(*values, why=why, by=by), practice(), NOW)
    return told.value


def test_a_date_without_a_time_is_the_beginning_of_that_day_here(desk: Desk) -> None:
    desk.record("Tue 2 Jun 2026 10:00", "aware", "2026-05-29")
    assert desk.case.aware_at == at("Fri 29 May 2026 0:00")


def test_a_time_without_an_offset_is_local_time(desk: Desk) -> None:
    desk.record("Tue 2 Jun 2026 10:00", "notified", "2026-06-01T16:30")
    assert desk.case.notified_at == at("Mon 1 Jun 2026 16:30")
    desk.record("Tue 2 Jun 2026 10:00", "notified", "2026-06-01T16:30+00:00")
    assert desk.case.notified_at == at("Mon 1 Jun 2026 17:30")


def test_the_meeting_outside_its_window_is_recorded_and_said(desk: Desk) -> None:
    decision = record(desk.case, "meeting", said("2026-06-15T10:00", why="no room before"), desk.practice, NOW)
    assert "after the window Wednesday 10 June 2026 to Thursday 11 June 2026" in decision.because[0]
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-11T14:30")
    assert desk.case.meeting_at == at("Thu 11 Jun 2026 14:30")


def test_a_nil_return_over_a_return_that_came_needs_a_reason_and_keeps_what_was_read(desk: Desk) -> None:
    desk.returns("Tue 2 Jun 2026 9:30", "police")
    told = refused(desk.case, "nil", "police")
    assert "Northshire Police has sent a return, which is kept." in str(told)
    desk.record("Tue 2 Jun 2026 10:00", "nil", "police", why="it was about another child")
    police = desk.case.requests["police"]
    assert (police.completeness, police.fields["had_involvement"]) == ("nil", "no")
    assert police.fields["key_issues"] == "Who lived in the home was not asked."


def test_an_agencys_word_on_the_telephone_is_a_nil_return(desk: Desk) -> None:
    desk.record("Tue 2 Jun 2026 10:00", "nil", "police")
    assert desk.case.requests["police"].completeness == "nil"


def test_an_extension_lasts_until_the_end_of_its_day(desk: Desk) -> None:
    desk.record("Tue 2 Jun 2026 10:00", "extension", "police", "2026-06-12")
    assert desk.case.requests["police"].extended_to == day("Fri 12 Jun 2026")


def test_an_extension_far_ahead_needs_its_reason_and_is_said(desk: Desk) -> None:
    # Thirty working days from Tuesday 2 June end on Tuesday 14 July.
    assert record(desk.case, "extension", said("police", "2026-07-14"), desk.practice, NOW)
    assert "31 working days ahead" in str(refused(desk.case, "extension", "police", "2026-07-15"))
    burnt = said("police", "2026-07-15", why="their archive burnt")
    given = record(desk.case, "extension", burnt, desk.practice, NOW)
    assert given.because[0] == "their archive burnt; that is 31 working days ahead"


def test_an_extension_neither_shortens_the_time_nor_passes_the_meeting_in_silence(desk: Desk) -> None:
    assert "until Wednesday 10 June 2026 already" in str(refused(desk.case, "extension", "police", "2026-06-09"))
    desk.record("Tue 2 Jun 2026 9:30", "meeting", "2026-06-11T10:00")
    given = record(desk.case, "extension", said("police", "2026-06-12"), desk.practice, NOW)
    assert "the Rapid Review meeting is at 10 am on Thursday 11 June 2026" in given.because[0]


def test_more_time_that_was_granted_is_not_refused_but_given_another_day(desk: Desk) -> None:
    desk.record("Tue 2 Jun 2026 10:00", "extension", "police", "2026-06-12")
    problem = refused(desk.case, "extension-refused", "police")
    assert isinstance(problem, NotAllowedNow)
    assert "until Friday 12 June 2026" in str(problem)
    assert "extension police YYYY-MM-DD" in str(problem)
    arrived = came("Tue 2 Jun 2026 11:00", "spoc@police.example", 60)
    asked_again = on_reply(desk.case, "police", arrived, "extension_request", desk.practice, arrived.received)
    desk.take(asked_again, arrived.received)
    desk.record("Tue 2 Jun 2026 12:00", "extension-refused", "police", why="the meeting is near")
    assert desk.case.requests["police"].extension_refused


def test_a_reason_of_lateness_is_for_a_clock_that_is_late(desk: Desk) -> None:
    problem = refused(desk.case, "late-reason", "panel_overall", why="we shall be late")
    assert "is not late" in str(problem)
    assert "Late in RR-2026-001: none" in str(problem)


def test_what_the_meeting_agreed_and_who_signed_is_kept(desk: Desk) -> None:
    decided(desk)
    desk.record("Thu 11 Jun 2026 14:10", "action", "Tell", "the", "school", "owner=Kit", "Farrow", "due=2026-06-19")
    desk.record("Fri 12 Jun 2026 10:00", "signed-off", *LEADS)
    desk.record("Fri 12 Jun 2026 10:00", "endorsed", "2026-06-12")
    (action,) = desk.case.actions
    assert (action.text, action.owner, action.due) == ("Tell the school", "Kit Farrow", day("Fri 19 Jun 2026"))
    assert [p.partner for p in desk.case.signed_off] == ["local_authority", "police", "health"]
    assert desk.case.endorsed_on == day("Fri 12 Jun 2026")


def test_nothing_is_signed_or_endorsed_before_it_is_decided(desk: Desk) -> None:
    for fact, value in (("signed-off", LEADS[0]), ("endorsed", "2026-06-02")):
        problem = refused(desk.case, fact, value)
        assert isinstance(problem, NotAllowedNow)
        assert "before the decision is recorded" in str(problem)


def test_a_new_decision_is_signed_and_endorsed_anew(desk: Desk) -> None:
    decided(desk)
    desk.record("Fri 12 Jun 2026 10:00", "signed-off", *LEADS)
    desk.record("Fri 12 Jun 2026 10:00", "endorsed", "2026-06-12")
    desk.record("Fri 12 Jun 2026 11:00", "outcome", "national_review", why="The police say more.")
    assert desk.case.signed_off == ()
    assert desk.case.endorsed_on is None


def test_an_endorsement_is_neither_before_the_decision_nor_tomorrow(desk: Desk) -> None:
    decided(desk)
    for day_said, words in (("2026-06-10", "before the decision"), ("2026-07-01", "still to come")):
        with pytest.raises(UsageProblem, match=words):
            desk.record("Fri 12 Jun 2026 10:00", "endorsed", day_said)


def test_an_action_is_done_once(desk: Desk) -> None:
    desk.record("Tue 2 Jun 2026 10:00", "action", "Tell the school")
    desk.record("Tue 2 Jun 2026 11:00", "action-done", "1")
    assert desk.case.actions[0].done_at == at("Tue 2 Jun 2026 11:00")
    assert "done already" in str(refused(desk.case, "action-done", "1"))


def test_an_agency_without_an_address_is_asked_when_it_has_one(desk: Desk) -> None:
    silent = tuple(a.model_copy(update={"spoc": ()}) if a.id == "schools" else a for a in AGENCIES)
    with pytest.raises(UsageProblem, match="Write its spoc in config"):
        record(desk.case, "scoping", said("schools"), practice(agencies=silent), NOW)


def test_a_criterion_is_weighed_with_its_reason(desk: Desk) -> None:
    desk.record("Thu 11 Jun 2026 12:00", "criterion", "recurrent-themes", "not-met", why="Not seen before.")
    weighed = desk.case.criteria["recurrent_themes"]
    assert (weighed.met, weighed.reason) == (False, "Not seen before.")


def test_learning_is_noted_in_the_order_in_which_it_was_said(desk: Desk) -> None:
    desk.record("Thu 11 Jun 2026 12:00", "learning-point", "Ask", "who lives there")
    desk.record("Thu 11 Jun 2026 12:01", "learning-point", "Write it down")
    assert desk.case.learning_points == ("Ask who lives there", "Write it down")


def test_an_extraordinary_meeting_by_video_says_what_allows_it(desk: Desk) -> None:
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-11T10:00", "video", "extraordinary")
    assert (desk.case.meeting_how, desk.case.meeting_extraordinary) == ("video", True)
    because = next(e.because for e in desk.events if e.type == "meeting_set")
    assert "Where absolutely essential to meet the required timescales" in because


def test_the_flow_charts_area_always_convenes_an_extraordinary_meeting_and_h01_leaves_it_open() -> None:
    for procedure, extraordinary in ((FLOW_CHART, True), (H01, False)):
        desk = Desk(practice(procedure))
        desk.refer("Mon 1 Jun 2026 9:12")
        desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-11T10:00", "in-person")
        assert desk.case.meeting_extraordinary is extraordinary


def test_somebody_of_an_agency_may_attend_without_being_in_people_toml(desk: Desk) -> None:
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-11T10:00")
    desk.record("Thu 11 Jun 2026 13:00", "attendance", "spoc@police.example", why="sent by Col Frith")
    (attendee,) = desk.case.attendance
    assert (attendee.role, attendee.partner) == ("for Northshire Police", "police")


def test_a_withdrawn_case_withdraws_every_letter(desk: Desk) -> None:
    desk.record("Tue 2 Jun 2026 10:00", "scoping", "housing")
    assert desk.waiting
    desk.record("Tue 2 Jun 2026 11:00", "withdrawn", why="referred in error")
    assert desk.stage == "withdrawn"
    # What tells the agencies of the withdrawal waits for a person; nothing else is left.
    assert {letter.kind for letter in desk.waiting.values()} == {"case_news"}


def test_the_decision_is_made_on_the_cases_version(desk: Desk) -> None:
    decision = record(desk.case, "aware", said("2026-05-29"), desk.practice, NOW)
    assert (decision.case, decision.version) == (desk.case.ref, desk.case.version)
    assert decision.events[0].by == MANAGER


def test_only_somebody_of_the_directory_can_say_so(desk: Desk) -> None:
    problem = refused(desk.case, "aware", "2026-05-29", by="stranger@elsewhere.example")
    assert isinstance(problem, UsageProblem)
    assert "config/people.toml" in str(problem)


def test_an_unknown_fact_lists_those_that_can_be_recorded(desk: Desk) -> None:
    problem = refused(desk.case, "rescheduled")
    assert all(fact in str(problem) for fact in FACTS)


@pytest.mark.parametrize(
    ("fact", "values", "why", "words"),
    [
        ("aware", ("29 May",), "", "write it as 2026-06-10"),
        ("aware", (), "", "Write a date"),
        ("aware", ("2026-05-29", "2026-05-30"), "", "nothing else"),
        ("serious-harm", ("perhaps",), "", "yes or no"),
        ("meeting", ("2026-05-01T10:00",), "", "--at"),
        ("meeting", ("2026-06-11",), "", "2026-06-11T10:00"),
        ("extension", ("police",), "", "extension AGENCY YYYY-MM-DD"),
        ("extension", ("housing", "2026-06-12"), "", "Asked were: council, police, health"),
        ("extension", ("police", "soon"), "", "2026-06-10"),
        ("extension", ("police", "2026-05-01"), "", "is past"),
        ("nil", ("housing",), "", "Asked were"),
        ("scoping", ("moon",), "", "These are: council, police, health, schools, housing"),
        ("scoping", (), "", "scoping AGENCY..."),
        ("meeting", ("2026-06-11T10:00", "skype"), "", "in-person, video or telephone"),
        ("meeting", ("2026-06-11T10:00", "video", "telephone"), "", "one of"),
        ("meeting", (), "", "Write a date"),
        ("action", (), "", "the text"),
        ("action", ("owner=Kit",), "", "the text"),
        ("action", ("Tell", "owner="), "", "owner=..."),
        ("action", ("Tell", "due=soon"), "", "2026-06-10"),
        ("action-done", ("1",), "", "has no action"),
        ("action-done", ("one",), "", "not the number"),
        ("criterion", ("national_importance",), "", "criterion ID met"),
        ("criterion", ("moon", "met"), "x", "serious_incident, improvements"),
        ("criterion", ("improvements", "met"), "", "--why"),
        ("learning-point", (), "", "the text"),
        ("panel-reply", ("perhaps",), "", "agrees, comments, national_review"),
        ("panel-reply", ("comments",), "", "--why"),
        ("outcome", ("unsure",), "x", "national_review, local_review, alternative_learning, none"),
        ("outcome", ("none",), "", "--why"),
        ("endorsed", ("yes",), "", "2026-06-10"),
        ("signed-off", (), "", "email addresses"),
        ("signed-off", ("who@elsewhere.example",), "", "config/people.toml"),
        ("withdrawn", (), "", "--why"),
    ],
)
def test_a_refusal_says_what_is_allowed(desk: Desk, fact: str, values: tuple[str, ...], why: str, words: str) -> None:
    problem = refused(desk.case, fact, *values, why=why)
    assert isinstance(problem, UsageProblem)
    assert words in str(problem)


def test_what_the_stage_does_not_allow_says_what_may_come_next(desk: Desk) -> None:
    problem = refused(desk.case, "outcome", "none", why="nothing to learn")
    assert isinstance(problem, NotAllowedNow)
    assert "at “scoping”" in str(problem)
    assert "What may come next" in str(problem)


def test_a_further_round_after_the_decision_is_refused_in_words(desk: Desk) -> None:
    held = desk.case.model_copy(update={"stage": "sign_off"})
    problem = refused(held, "scoping", "housing")
    assert isinstance(problem, NotAllowedNow)
    assert "What may come next" in str(problem)


def test_nobody_attended_a_meeting_that_is_not_set_or_not_held_yet(desk: Desk) -> None:
    assert "no meeting yet" in str(refused(desk.case, "attendance", *LEADS))
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-11T10:00")
    assert "not yet" in str(refused(desk.case, "attendance", *LEADS))


def test_the_panels_address_does_not_attend(desk: Desk) -> None:
    assert isinstance(refused(desk.case, "signed-off", PANEL), UsageProblem)


@pytest.mark.parametrize("fact", ["aware", "notified"])
def test_nobody_became_aware_or_was_notified_tomorrow(fact: str) -> None:
    desk = Desk(practice())
    desk.refer("Mon 1 Jun 2026 9:12")
    with pytest.raises(UsageProblem, match="still to come"):
        desk.record("Mon 1 Jun 2026 10:00", fact, "2026-06-02")


@pytest.mark.parametrize(
    ("fact", "values", "said_at", "words"),
    [
        ("withdrawn", (), "Wed 3 Jun 2026 9:00", "still to come"),
        ("aware", ("2026-05-29",), "Wed 3 Jun 2026 9:00", "still to come"),
        ("serious-harm", ("yes",), "Fri 29 May 2026 9:00", "before the first word of RR-2026-001, which came at"),
        ("extension", ("police", "2026-06-12"), "Mon 1 Jun 2026 9:00", "before the first word"),
    ],
)
def test_a_fact_is_neither_of_tomorrow_nor_from_before_the_first_word(
    desk: Desk, fact: str, values: tuple[str, ...], said_at: str, words: str
) -> None:
    word = Said(by=MANAGER, at=at(said_at), values=values, why="so it was")
    with pytest.raises(UsageProblem, match=words):
        record(desk.case, fact, word, desk.practice, NOW)


@pytest.mark.parametrize(("fact", "value"), [("aware", "2026-05-28"), ("notified", "2026-05-28"), ("nil", "police")])
def test_what_was_so_before_the_first_word_may_be_recorded_of_its_time(desk: Desk, fact: str, value: str) -> None:
    word = Said(by=MANAGER, at=at("Fri 29 May 2026 9:00"), values=(value,))
    assert record(desk.case, fact, word, desk.practice, NOW).events


def test_blanks_are_no_reason(desk: Desk) -> None:
    assert "--why" in str(refused(desk.case, "withdrawn", why=" \t"))
