"""How working days are counted, and every clock of a case under both shipped procedures."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailbot.cases.case import Case, Request
from mailbot.cases.deadlines import (
    clock_of,
    meeting_window,
    obligations,
    pack_cut_off,
    request_status,
    return_due,
)
from mailbot.cases.procedure import ClockId
from tests.builders import CALENDAR, FLOW_CHART, H01, PROCEDURES, at, closed_on, day, practice
from tests.cases.desk import Desk

SENT = Request(agency="police", name="Police", because="always", round="scoping-1", item=1)


@pytest.mark.parametrize(
    ("anchor", "days", "due"),
    [
        ("Mon 1 Jun 2026", 0, "Mon 1 Jun 2026"),
        ("Mon 1 Jun 2026", 2, "Wed 3 Jun 2026"),
        ("Mon 1 Jun 2026", 5, "Mon 8 Jun 2026"),
        ("Mon 1 Jun 2026", 7, "Wed 10 Jun 2026"),
        ("Mon 1 Jun 2026", 8, "Thu 11 Jun 2026"),
        ("Mon 1 Jun 2026", 13, "Thu 18 Jun 2026"),
        ("Mon 1 Jun 2026", 15, "Mon 22 Jun 2026"),
        # Christmas Day, Boxing Day and New Year's Day do not count.
        ("Thu 18 Dec 2025", 2, "Mon 22 Dec 2025"),
        ("Thu 18 Dec 2025", 5, "Mon 29 Dec 2025"),
        ("Thu 18 Dec 2025", 7, "Wed 31 Dec 2025"),
        ("Thu 18 Dec 2025", 13, "Fri 9 Jan 2026"),
        ("Thu 18 Dec 2025", 15, "Tue 13 Jan 2026"),
        # Good Friday and Easter Monday do not count.
        ("Wed 1 Apr 2026", 2, "Tue 7 Apr 2026"),
        ("Wed 1 Apr 2026", 5, "Fri 10 Apr 2026"),
        ("Wed 1 Apr 2026", 7, "Tue 14 Apr 2026"),
        ("Wed 1 Apr 2026", 13, "Wed 22 Apr 2026"),
        ("Wed 1 Apr 2026", 15, "Fri 24 Apr 2026"),
        # A Saturday before a bank holiday is day 0 itself: day 1 is the Tuesday.
        ("Sat 23 May 2026", 2, "Wed 27 May 2026"),
        # Boxing Day 2026 is a Saturday; its substitute is Monday 28 December.
        ("Sat 26 Dec 2026", 1, "Tue 29 Dec 2026"),
    ],
)
def test_worked_examples_of_the_timescales(anchor: str, days: int, due: str) -> None:
    assert CALENDAR.add(day(anchor), days) == day(due)


def test_days_are_counted_backwards_too() -> None:
    assert CALENDAR.add(day("Tue 7 Apr 2026"), -1) == day("Thu 2 Apr 2026")
    assert CALENDAR.between(day("Thu 2 Apr 2026"), day("Tue 7 Apr 2026")) == 1
    assert CALENDAR.between(day("Tue 7 Apr 2026"), day("Thu 2 Apr 2026")) == 0


def test_a_day_that_does_not_count_says_why() -> None:
    assert CALENDAR.why_not(day("Fri 3 Apr 2026")) == "Good Friday"
    assert CALENDAR.why_not(day("Sat 6 Jun 2026")) == "Saturday"
    assert CALENDAR.why_not(day("Mon 8 Jun 2026")) == ""


def test_a_closure_counts_and_sends_nothing() -> None:
    office = closed_on("Tue 29 Dec 2026")
    assert office.add(day("Thu 24 Dec 2026"), 1) == day("Tue 29 Dec 2026")
    assert not office.is_open(at("Tue 29 Dec 2026 10:00"))
    assert office.next_open(at("Tue 29 Dec 2026 10:00")) == at("Wed 30 Dec 2026 8:30")


def test_a_non_working_day_counts_for_nothing() -> None:
    office = CALENDAR.model_copy(update={"non_working": frozenset({day("Tue 29 Dec 2026")})})
    assert office.add(day("Thu 24 Dec 2026"), 1) == day("Wed 30 Dec 2026")
    assert not office.sends_on(day("Tue 29 Dec 2026"))


def test_close_of_business_follows_the_clocks_of_the_country() -> None:
    assert CALENDAR.close_of(day("Fri 27 Mar 2026")) == datetime(2026, 3, 27, 17, tzinfo=UTC)
    assert CALENDAR.close_of(day("Mon 30 Mar 2026")) == datetime(2026, 3, 30, 16, tzinfo=UTC)
    assert CALENDAR.due(at("Fri 27 Mar 2026 9:00"), 1) == datetime(2026, 3, 30, 16, tzinfo=UTC)


def test_the_anchor_is_the_local_date_and_not_that_of_utc() -> None:
    just_after_midnight = datetime(2026, 6, 1, 23, 30, tzinfo=UTC)
    assert CALENDAR.day_of(just_after_midnight) == day("Tue 2 Jun 2026")
    assert CALENDAR.due(just_after_midnight, 1) == at("Wed 3 Jun 2026 17:00")


@pytest.mark.parametrize(
    ("received", "send_by"),
    [
        ("Mon 1 Jun 2026 9:12", "Wed 3 Jun 2026 17:00"),
        ("Mon 1 Jun 2026 22:40", "Wed 3 Jun 2026 17:00"),
        ("Fri 26 Dec 2025 11:00", "Tue 30 Dec 2025 17:00"),
    ],
)
def test_a_referral_after_hours_or_on_a_bank_holiday_starts_its_clock_on_its_own_day(
    received: str, send_by: str
) -> None:
    case = Case(from_la=True, received_at=at(received))
    clock = clock_of(case, "send_scoping", PROCEDURES[FLOW_CHART], CALENDAR)
    assert clock is not None
    assert clock.due == at(send_by)


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("Mon 1 Jun 2026 8:29", "Mon 1 Jun 2026 8:30"),
        ("Mon 1 Jun 2026 8:30", "Mon 1 Jun 2026 8:30"),
        ("Mon 1 Jun 2026 16:59", "Mon 1 Jun 2026 16:59"),
        ("Mon 1 Jun 2026 17:00", "Tue 2 Jun 2026 8:30"),
        ("Thu 2 Apr 2026 17:30", "Tue 7 Apr 2026 8:30"),
    ],
)
def test_letters_wait_for_the_office_to_open(moment: str, opens: str) -> None:
    assert CALENDAR.next_open(at(moment)) == at(opens)


FLOW_CHART_CLOCKS = {
    "la_notifies_panel": ("Fri 5 Jun 2026 17:00", "within five working days of becoming aware"),
    "jcr_referral": ("Fri 5 Jun 2026 17:00", "within 5 working days"),
    "send_scoping": ("Wed 3 Jun 2026 17:00", "Within 2 working days of referral"),
    "meeting_set": ("Wed 3 Jun 2026 17:00", "as soon as"),
    "returns_due": ("Thu 11 Jun 2026 17:00", "returned within 7 working days"),
    "meeting_earliest": ("Wed 10 Jun 2026 17:00", "Day 7 or 8"),
    "meeting_latest": ("Thu 11 Jun 2026 17:00", "Day 7 or 8"),
    "pack_shared": ("Wed 10 Jun 2026 17:00", "shared with those attending"),
    "panel_after_meeting": ("Mon 15 Jun 2026 17:00", "Within 2 working days of the Rapid Review meeting"),
    "panel_overall": ("Tue 23 Jun 2026 17:00", "Within 15 days of the Notification"),
    "panel_other_reading": ("Fri 19 Jun 2026 17:00", "within 15 working days of becoming aware"),
    "outcome_told": ("Wed 17 Jun 2026 17:00", "informed of the outcome"),
    "panel_reply": ("Mon 29 Jun 2026 17:00", "to the national Panel"),
}
H01_CLOCKS = FLOW_CHART_CLOCKS | {
    "jcr_referral": ("Fri 5 Jun 2026 17:00", "Agencies should inform"),
    "send_scoping": ("Wed 3 Jun 2026 17:00", "within 2 working days of receiving the referral"),
    "returns_due": ("Tue 9 Jun 2026 17:00", "within 5 working days"),
    "meeting_earliest": ("Wed 10 Jun 2026 17:00", "between 7 and 13 working days"),
    "meeting_latest": ("Thu 18 Jun 2026 17:00", "between 7 and 13 working days"),
    "pack_shared": ("Wed 10 Jun 2026 17:00", "Wherever possible"),
    "endorsement": ("Mon 15 Jun 2026 17:00", "the date this endorsement is obtained"),
    "panel_overall": ("Fri 19 Jun 2026 17:00", "within 15 working days of becoming aware"),
    "panel_other_reading": ("Tue 23 Jun 2026 17:00", "Within 15 days of the Notification"),
}
ON_ITS_WAY = Case(
    from_la=True,
    aware_at=at("Fri 29 May 2026 10:20"),
    received_at=at("Mon 1 Jun 2026 9:12"),
    notified_at=at("Tue 2 Jun 2026 9:40"),
    requests={"police": SENT.model_copy(update={"sent_at": at("Tue 2 Jun 2026 10:00")})},
    meeting_at=at("Thu 11 Jun 2026 10:00"),
    submitted_at=at("Mon 15 Jun 2026 15:00"),
)


@pytest.mark.parametrize(("procedure", "clocks"), [(FLOW_CHART, FLOW_CHART_CLOCKS), (H01, H01_CLOCKS)])
def test_every_clock_with_its_due_time_and_its_sentence(
    procedure: str, clocks: dict[ClockId, tuple[str, str]]
) -> None:
    found = {clock.id: clock for clock in obligations(ON_ITS_WAY, PROCEDURES[procedure], CALENDAR)}
    assert set(found) == set(clocks)
    for name, (due, words) in clocks.items():
        assert found[name].due == at(due), name
        assert words in found[name].source, name
        assert found[name].document, name
        assert not found[name].provisional, name


def test_the_local_authoritys_answer_is_a_clock_only_where_another_agency_refers() -> None:
    case = Case(received_at=at("Mon 1 Jun 2026 9:12"), reported_at=at("Mon 1 Jun 2026 9:12"))
    clock = clock_of(case, "la_answer", PROCEDURES[FLOW_CHART], CALENDAR)
    assert clock is not None
    assert clock.due == at("Wed 3 Jun 2026 17:00")
    assert clock.provisional
    asked = case.model_copy(update={"la_asked_at": at("Tue 2 Jun 2026 9:00")})
    clock = clock_of(asked, "la_answer", PROCEDURES[FLOW_CHART], CALENDAR)
    assert clock is not None
    assert (clock.due, clock.provisional) == (at("Thu 4 Jun 2026 17:00"), "")
    from_la = case.model_copy(update={"from_la": True})
    assert clock_of(from_la, "la_answer", PROCEDURES[FLOW_CHART], CALENDAR) is None


def test_the_local_authoritys_answer_is_met_when_it_came() -> None:
    desk = Desk(practice(FLOW_CHART))
    desk.refer("Mon 1 Jun 2026 9:12", sender="police")
    desk.record("Fri 5 Jun 2026 11:00", "serious-harm", "yes")
    clock = clock_of(desk.case, "la_answer", PROCEDURES[FLOW_CHART], CALENDAR)
    assert clock is not None
    assert clock.met == at("Fri 5 Jun 2026 11:00")
    assert clock.overdue(at("Fri 5 Jun 2026 12:00"))


def test_the_panels_clock_runs_from_the_referral_until_the_notification_is_recorded() -> None:
    case = Case(from_la=True, received_at=at("Mon 1 Jun 2026 9:12"))
    clock = clock_of(case, "panel_overall", PROCEDURES[FLOW_CHART], CALENDAR)
    assert clock is not None
    assert clock.due == at("Mon 22 Jun 2026 17:00")
    assert clock.provisional == (
        "counted from receipt of the referral until the notification to the Panel is recorded"
    )


def test_a_clock_that_has_not_started_is_due_at_no_time_and_never_late() -> None:
    clock = clock_of(Case(received_at=at("Mon 1 Jun 2026 9:12")), "outcome_told", PROCEDURES[H01], CALENDAR)
    assert clock is not None
    assert clock.due is None
    assert clock.started_by == "the submission to the Panel"
    assert not clock.overdue(at("Fri 1 Jun 2035 9:00"))


def test_a_clock_that_was_met_late_stays_late() -> None:
    late = ON_ITS_WAY.model_copy(update={"submitted_at": at("Tue 16 Jun 2026 9:00")})
    clock = clock_of(late, "panel_after_meeting", PROCEDURES[H01], CALENDAR)
    assert clock is not None
    assert clock.overdue(at("Mon 1 Jun 2026 9:00"))


def test_returns_are_due_from_the_sending_of_the_agencys_own_letter() -> None:
    assert return_due(SENT, PROCEDURES[H01], CALENDAR) is None
    sent = SENT.model_copy(update={"sent_at": at("Wed 3 Jun 2026 18:30")})
    assert return_due(sent, PROCEDURES[H01], CALENDAR) == at("Wed 10 Jun 2026 17:00")
    assert return_due(sent, PROCEDURES[FLOW_CHART], CALENDAR) == at("Fri 12 Jun 2026 17:00")


def test_an_extension_lasts_until_the_close_of_its_day() -> None:
    sent = SENT.model_copy(update={"sent_at": at("Wed 3 Jun 2026 9:00"), "extended_to": day("Mon 15 Jun 2026")})
    assert return_due(sent, PROCEDURES[H01], CALENDAR) == at("Mon 15 Jun 2026 17:00")


def test_all_returns_are_due_with_the_last_of_them() -> None:
    first = SENT.model_copy(update={"sent_at": at("Mon 1 Jun 2026 9:00")})
    second = first.model_copy(update={"agency": "health", "extended_to": day("Fri 12 Jun 2026")})
    case = Case(requests={"police": first, "health": second})
    clock = clock_of(case, "returns_due", PROCEDURES[H01], CALENDAR)
    assert clock is not None
    assert clock.due == at("Fri 12 Jun 2026 17:00")
    assert clock.met is None


def test_the_window_of_the_meeting() -> None:
    case = Case(from_la=True, received_at=at("Mon 1 Jun 2026 9:12"))
    assert meeting_window(case, PROCEDURES[FLOW_CHART], CALENDAR) == (day("Wed 10 Jun 2026"), day("Thu 11 Jun 2026"))
    longer = meeting_window(case, PROCEDURES[H01], CALENDAR)
    assert (longer[0], longer[-1], len(longer)) == (day("Wed 10 Jun 2026"), day("Thu 18 Jun 2026"), 7)


def test_the_pack_closes_in_the_afternoon_of_the_working_day_before_the_meeting() -> None:
    case = Case(meeting_at=at("Tue 7 Apr 2026 10:00"))
    assert pack_cut_off(case, PROCEDURES[H01], CALENDAR) == at("Thu 2 Apr 2026 16:00")
    assert pack_cut_off(Case(), PROCEDURES[H01], CALENDAR) is None


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"sent_at": None}, "to_send"),
        ({}, "sent"),
        ({"acknowledged": True}, "acknowledged"),
        ({"paused": True}, "paused"),
        ({"undeliverable": True}, "undeliverable"),
        ({"completeness": "part"}, "part"),
        ({"completeness": "full"}, "returned"),
        ({"completeness": "nil"}, "nil"),
        ({"extended_to": day("Mon 1 Jun 2026")}, "late"),
    ],
)
def test_one_word_for_where_an_agency_stands(changes: dict[str, object], status: str) -> None:
    request = SENT.model_copy(update={"sent_at": at("Mon 1 Jun 2026 10:00")} | changes)
    assert request_status(request, at("Wed 3 Jun 2026 10:00"), PROCEDURES[H01], CALENDAR) == status
