"""Late returns: who hears what on which day, what stops it, and what a worker does that was off for days.

The letters go on Mon 1 Jun 2026 under the flow chart: returns are due by 5 pm on Wed 10 Jun.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from mailbot.cases.chasing import addressees, review
from mailbot.cases.deadlines import WorkingCalendar
from mailbot.cases.decisions import SendLetter
from mailbot.cases.ladder import ladder_day
from mailbot.cases.procedure import Rung
from tests.builders import (
    AGENCIES,
    CALENDAR,
    FLOW_CHART,
    HOUSING,
    PROCEDURES,
    at,
    closed_on,
    day,
    practice,
    return_form,
)
from tests.cases.desk import Desk

SENT = "Mon 1 Jun 2026 9:30"
THE_DAY_BEFORE = at("Tue 9 Jun 2026 8:30")
DUE_DAY = at("Wed 10 Jun 2026 8:30")
A_DAY_LATE = at("Thu 11 Jun 2026 8:30")
TWO_DAYS_LATE = at("Fri 12 Jun 2026 8:30")
CHASERS = ("reminder", "chase", "escalation")


def waiting_for(*named: str, calendar: WorkingCalendar = CALENDAR) -> Desk:
    """A case whose scoping letters have gone, and whose agencies have all answered but the police and these."""
    desk = Desk(practice(calendar=calendar))
    desk.refer("Mon 1 Jun 2026 9:12", *named)
    desk.answer(SENT)
    desk.returns("Tue 2 Jun 2026 9:00", "council")
    desk.returns("Tue 2 Jun 2026 9:30", "health")
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-18T10:00", why="the school is closed before")
    return desk


def test_a_late_agency_is_reminded_then_chased_then_escalated_by_a_person() -> None:
    desk = waiting_for()
    desk.until("Fri 12 Jun 2026 12:00", at("Tue 2 Jun 2026 10:30"))
    assert desk.to_agency("police", "reminder") == [THE_DAY_BEFORE]
    assert desk.to_agency("police", "chase") == [DUE_DAY, A_DAY_LATE]
    assert desk.to_agency("police", "escalation") == []
    assert desk.asked[-1].round == "escalation-2026-06-12"
    desk.answer("Fri 12 Jun 2026 14:00", round_id="escalation-2026-06-12")
    ((_, escalation),) = desk.letters("escalation")
    assert escalation.to == ("head@police.example",)


def test_the_partners_lead_hears_last_and_after_approval_too() -> None:
    desk = waiting_for()
    desk.until("Mon 15 Jun 2026 12:00", at("Tue 2 Jun 2026 10:30"))
    lead = [a for a in desk.waiting.values() if a.kind == "escalation" and a.to == ("frith@police.example",)]
    assert len(lead) == 1
    assert desk.letters("escalation") == []


def test_a_chase_says_what_is_outstanding_since_when_and_how_late() -> None:
    desk = waiting_for()
    desk.until("Thu 11 Jun 2026 9:00", at("Tue 2 Jun 2026 10:30"))
    (_, on_the_day), (_, day_after) = desk.letters("chase")
    assert on_the_day.facts["due_today"] is True
    assert day_after.facts["due_today"] is False
    assert day_after.facts["days_late"] == 1
    assert day_after.facts["due"] == "5 pm on Wednesday 10 June 2026"
    assert day_after.facts["outstanding"] == ["the scoping and information sharing template", "the chronology"]
    assert day_after.in_reply_to == desk.case.requests["police"].message_id


@pytest.mark.parametrize(
    ("stops", "how"),
    [
        ("a return", lambda desk: desk.returns("Wed 10 Jun 2026 12:00", "police")),
        ("a nil return", lambda desk: desk.record("Wed 10 Jun 2026 12:00", "nil", "police")),
        ("an extension", lambda desk: desk.record("Wed 10 Jun 2026 12:00", "extension", "police", "2026-06-19")),
        ("a bounce", lambda desk: desk.bounces("Wed 10 Jun 2026 12:00", "police")),
    ],
)
def test_the_ladder_stops_at_once(stops: str, how: object) -> None:
    desk = waiting_for()
    desk.until("Wed 10 Jun 2026 11:30", at("Tue 2 Jun 2026 10:30"))
    before = len(desk.to_agency("police", *CHASERS))
    assert callable(how)
    how(desk)
    desk.until("Tue 16 Jun 2026 17:00", at("Wed 10 Jun 2026 12:30"))
    assert len(desk.to_agency("police", *CHASERS)) == before, stops


def test_an_escalation_that_waits_is_withdrawn_when_a_bounce_shows_that_nobody_was_reached() -> None:
    desk = waiting_for()
    desk.until("Fri 12 Jun 2026 12:00", at("Tue 2 Jun 2026 10:30"))
    desk.bounces("Fri 12 Jun 2026 12:30", "police")
    desk.answer("Fri 12 Jun 2026 14:00", round_id="escalation-2026-06-12")
    assert desk.letters("escalation") == []


def test_an_extension_has_its_own_ladder_from_its_own_day() -> None:
    desk = waiting_for()
    desk.until("Wed 10 Jun 2026 11:30", at("Tue 2 Jun 2026 10:30"))
    desk.record("Wed 10 Jun 2026 12:00", "extension", "police", "2026-06-12")
    desk.until("Mon 15 Jun 2026 9:00", at("Wed 10 Jun 2026 12:30"))
    assert desk.to_agency("police", "reminder") == [THE_DAY_BEFORE, A_DAY_LATE]
    assert desk.to_agency("police", "chase") == [DUE_DAY, TWO_DAYS_LATE, at("Mon 15 Jun 2026 8:30")]


def test_a_return_in_part_is_not_chased() -> None:
    desk = waiting_for()
    desk.returns("Tue 9 Jun 2026 8:00", "police", return_form(signed_off_by=""))
    desk.until("Fri 12 Jun 2026 17:00", at("Tue 9 Jun 2026 8:30"))
    assert desk.to_agency("police", *CHASERS) == []
    assert desk.case.requests["police"].missing == ("signed_off_by",)


def test_a_worker_that_was_off_chases_the_contact_before_anybody_above() -> None:
    desk = waiting_for()
    desk.work(at("Mon 15 Jun 2026 9:00"))
    assert desk.to_agency("police", "reminder") == []
    assert desk.to_agency("police", "chase") == [at("Mon 15 Jun 2026 9:00")]
    desk.work(at("Mon 15 Jun 2026 16:00"))
    assert not [a for a in desk.waiting.values() if a.kind == "escalation"]
    desk.work(at("Tue 16 Jun 2026 9:00"))
    (escalation,) = [a for a in desk.waiting.values() if a.kind == "escalation"]
    assert escalation.to == ("head@police.example",)


def test_the_same_review_twice_does_nothing_the_second_time() -> None:
    desk = waiting_for()
    desk.work(THE_DAY_BEFORE)
    again = review(desk.case, THE_DAY_BEFORE + timedelta(minutes=5), desk.practice)
    assert not again


def test_two_agencies_late_on_one_morning_are_one_question() -> None:
    desk = waiting_for("Housing")
    desk.until("Fri 12 Jun 2026 9:00", at("Tue 2 Jun 2026 10:30"))
    (asked,) = [a for a in desk.asked if a.round.startswith("escalation-")]
    assert asked.title == "escalation of 2 late returns"
    assert {a.agency: a.item for a in desk.waiting.values() if a.kind == "escalation"} == {"police": 1, "housing": 2}


def test_an_agency_late_later_on_the_same_day_is_a_question_of_its_own() -> None:
    desk = waiting_for("Housing")
    desk.record("Tue 9 Jun 2026 9:00", "extension", "housing", "2026-06-19")
    desk.until("Fri 12 Jun 2026 9:00", at("Tue 9 Jun 2026 9:30"))
    shortened = desk.case.requests["housing"].model_copy(
        update={"extended_to": day("Wed 10 Jun 2026"), "steps": ("chase",)}
    )
    requests = desk.case.requests | {"housing": shortened.model_copy(update={"stepped_at": A_DAY_LATE})}
    desk.case = desk.case.model_copy(update={"requests": requests})
    desk.work(at("Fri 12 Jun 2026 11:00"))
    rounds = {a.agency: a.round for a in desk.waiting.values() if a.kind == "escalation"}
    assert set(rounds) == {"police", "housing"}
    assert rounds["police"] != rounds["housing"]
    assert desk.case.rounds[rounds["police"] or ""].waiting == (1,)
    assert desk.case.rounds[rounds["housing"] or ""].waiting == (1,)


def test_nobody_is_chased_on_a_day_on_which_the_office_is_closed() -> None:
    desk = waiting_for(calendar=closed_on("Wed 10 Jun 2026", "Thu 11 Jun 2026"))
    desk.until("Mon 15 Jun 2026 17:00", at("Tue 2 Jun 2026 10:30"))
    days = {when.astimezone(CALENDAR.zone).date() for when, letter in desk.sent if letter.kind in CHASERS}
    assert days == {day("Tue 9 Jun 2026"), day("Fri 12 Jun 2026")}


def test_around_a_closure_a_reminder_comes_earlier_and_a_chase_later() -> None:
    office = practice(calendar=closed_on("Tue 9 Jun 2026", "Wed 10 Jun 2026"))
    remind, due_today = PROCEDURES[FLOW_CHART].rungs()[:2]
    due = at("Wed 10 Jun 2026 17:00")
    assert ladder_day(remind, due, office) == day("Mon 8 Jun 2026")
    assert ladder_day(due_today, due, office) == day("Thu 11 Jun 2026")


def test_over_christmas_the_ladder_counts_working_days() -> None:
    office = practice()
    due = at("Thu 24 Dec 2026 17:00")
    days = [ladder_day(rung, due, office) for rung in PROCEDURES[FLOW_CHART].rungs()]
    assert days == [
        day("Wed 23 Dec 2026"),
        day("Thu 24 Dec 2026"),
        day("Tue 29 Dec 2026"),
        day("Wed 30 Dec 2026"),
        day("Thu 31 Dec 2026"),
    ]


def test_where_nobody_is_named_to_escalate_to_the_office_is_told() -> None:
    unled = HOUSING.model_copy(update={"escalate_to": ()})
    desk = Desk(practice(agencies=(*AGENCIES[:4], unled)))
    desk.refer("Mon 1 Jun 2026 9:12", "Housing")
    desk.answer(SENT)
    desk.until("Fri 12 Jun 2026 9:00", at("Mon 1 Jun 2026 10:00"))
    told = [a for a in desk.drafted.values() if "nobody-to-escalate-to/housing/escalate" in a.key]
    assert len(told) == 1
    assert "Northshire Homes is late" in str(told[0].facts["title"])


def test_an_agency_of_no_partner_has_no_partners_lead() -> None:
    desk = waiting_for("Housing")
    lead = Rung(step="tell_partner_lead", day=3, letter="escalation", to="partner_lead")
    assert addressees(desk.case.requests["housing"], lead, desk.practice) == ()
    assert addressees(desk.case.requests["police"], lead, desk.practice) == ("frith@police.example",)


def test_a_paused_agency_is_not_chased() -> None:
    desk = waiting_for()
    paused = desk.case.requests["police"].model_copy(update={"paused": True})
    desk.case = desk.case.model_copy(update={"requests": desk.case.requests | {"police": paused}})
    desk.until("Fri 12 Jun 2026 17:00", THE_DAY_BEFORE)
    assert desk.to_agency("police", *CHASERS) == []


def test_nothing_is_reviewed_once_the_case_has_ended() -> None:
    desk = waiting_for()
    desk.record("Tue 9 Jun 2026 8:00", "withdrawn", why="referred in error")
    assert not review(desk.case, A_DAY_LATE, desk.practice)
    desk.until("Mon 15 Jun 2026 17:00", THE_DAY_BEFORE)
    assert desk.to_agency("police", *CHASERS) == []


def test_a_deadline_is_announced_the_working_day_before_and_when_it_is_missed() -> None:
    desk = Desk(practice())
    desk.refer("Mon 1 Jun 2026 9:12")
    desk.until("Thu 4 Jun 2026 9:00", at("Mon 1 Jun 2026 9:30"))
    warnings = [(when, a.facts["title"]) for when, a in desk.letters("warning") if "scoping letters" in str(a.facts)]
    assert warnings == [
        (at("Tue 2 Jun 2026 8:30"), "Due soon: scoping letters to all relevant agencies"),
        (at("Thu 4 Jun 2026 8:30"), "Missed: scoping letters to all relevant agencies"),
    ]


def test_a_warning_quotes_the_sentence_of_the_procedure() -> None:
    desk = Desk(practice())
    desk.refer("Mon 1 Jun 2026 9:12")
    desk.work(at("Tue 2 Jun 2026 9:00"))
    warning = next(a for a in desk.drafted.values() if isinstance(a, SendLetter) and a.kind == "warning")
    assert "“Within 2 working days of referral" in str(warning.facts["paragraphs"])
    assert warning.facts["commands"] == ["mailbot plan RR-2026-001"]


def test_a_contact_who_has_left_stops_neither_the_escalation_nor_the_review() -> None:
    desk = Desk(practice())
    desk.refer("Mon 1 Jun 2026 9:12")
    desk.answer("Mon 1 Jun 2026 9:20")
    agencies = tuple(a.model_copy(update={"spoc": ()}) if a.id == "police" else a for a in AGENCIES)
    desk.practice = practice(agencies=agencies)
    desk.until("Fri 12 Jun 2026 12:00", at("Tue 9 Jun 2026 9:00"))
    (letter,) = [a for a in desk.drafted.values() if a.kind == "escalation" and a.agency == "police"]
    assert letter.to == ("head@police.example",)
    assert letter.facts["spoc"] == "a contact who is no longer written down here"
