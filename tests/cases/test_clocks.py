"""Every row of the sources' timescales, in weekdays and bank holidays; and clocks that move, run out, are missed."""

from __future__ import annotations

from datetime import datetime

import pytest

from mailbot.cases.case import Case, Learning, PartnerAnswer, Request
from mailbot.cases.chasing import review
from mailbot.cases.clocks import lateness, unexplained
from mailbot.cases.deadlines import Clock, clock_of, earliest, meeting_window, obligations
from mailbot.cases.events import Attendee, ClocksNoted
from mailbot.cases.practice import Practice
from mailbot.cases.procedure import ClockId, Procedure
from mailbot.errors import UsageProblem
from tests.builders import CALENDAR, FLOW_CHART, H01, PROCEDURES, REF, at, closed_on, day, practice
from tests.cases.desk import Desk

BOTH = pytest.mark.parametrize("profile", [FLOW_CHART, H01])
WEDNESDAY_BEFORE_EASTER = at("Wed 1 Apr 2026 9:12")
FROM_LA = Case(
    ref=REF,
    stage="referral_received",
    from_la=True,
    reported_at=WEDNESDAY_BEFORE_EASTER,
    received_at=WEDNESDAY_BEFORE_EASTER,
    jcr_at=WEDNESDAY_BEFORE_EASTER,
)
FROM_POLICE = Case(
    ref=REF, stage="la_deciding", reported_at=WEDNESDAY_BEFORE_EASTER, received_at=WEDNESDAY_BEFORE_EASTER
)


def of(case: Case, clock: ClockId, profile: str = FLOW_CHART, **changes: object) -> Clock | None:
    """A clock of the case with some of its facts changed."""
    return clock_of(case.model_copy(update=changes), clock, PROCEDURES[profile], CALENDAR)


def due(case: Case, clock: ClockId, profile: str = FLOW_CHART, **changes: object) -> datetime | None:
    found = of(case, clock, profile, **changes)
    assert found is not None, f"{clock} is not a clock of this case"
    return found.due


@BOTH
def test_the_panel_is_notified_within_five_working_days_of_becoming_aware(profile: str) -> None:
    """Row 1: from awareness; until that is recorded from the first word, which is said."""
    aware = at("Tue 31 Mar 2026 16:00")
    assert due(FROM_LA, "la_notifies_panel", profile, aware_at=aware) == at("Thu 9 Apr 2026 17:00")
    found = of(FROM_LA, "la_notifies_panel", profile)
    assert found is not None
    assert found.due == at("Fri 10 Apr 2026 17:00")
    assert found.provisional.startswith("counted from the first word of the incident until")
    notified = of(FROM_LA, "la_notifies_panel", profile, notified_at=at("Thu 2 Apr 2026 11:00"))
    assert notified is not None
    assert notified.met == at("Thu 2 Apr 2026 11:00")


@BOTH
def test_the_authoritys_form_within_five_working_days_where_it_is_expected(profile: str) -> None:
    """Row 2: from awareness, the earliest reading; a procedure's file may name another beginning."""
    awaited = FROM_LA.model_copy(
        update={"stage": "referral_awaited", "received_at": None, "jcr_at": None, "intention_at": FROM_LA.reported_at}
    )
    aware = at("Mon 30 Mar 2026 10:00")
    assert due(awaited, "jcr_referral", profile, aware_at=aware) == at("Wed 8 Apr 2026 17:00")
    assert due(awaited, "jcr_referral", profile) == at("Fri 10 Apr 2026 17:00")
    rule = PROCEDURES[profile].rule("jcr_referral").model_copy(update={"counted_from": "intention"})
    otherwise = PROCEDURES[profile].model_copy(update={"clock": (rule,)})
    counted = clock_of(awaited.model_copy(update={"aware_at": aware}), "jcr_referral", otherwise, CALENDAR)
    assert counted is not None
    assert counted.due == at("Fri 10 Apr 2026 17:00")
    assert of(FROM_POLICE, "jcr_referral", profile) is None


@BOTH
def test_scoping_goes_within_two_working_days_of_the_referral(profile: str) -> None:
    """Row 3: Good Friday and Easter Monday do not count."""
    assert due(FROM_LA, "send_scoping", profile) == at("Tue 7 Apr 2026 17:00")


def test_another_agencys_referral_begins_the_review_when_serious_harm_is_accepted() -> None:
    """Row 3 and edge rules: the flow chart waits for the acceptance, procedure H01 does not."""
    assert due(FROM_POLICE, "send_scoping", FLOW_CHART) is None
    accepted = {"serious_harm": True, "serious_harm_at": at("Thu 2 Apr 2026 15:00"), "stage": "referral_received"}
    assert due(FROM_POLICE, "send_scoping", FLOW_CHART, **accepted) == at("Wed 8 Apr 2026 17:00")
    overturned = {"threshold_overturned": True, "threshold_settled_at": at("Tue 7 Apr 2026 12:00")}
    assert due(FROM_POLICE, "send_scoping", FLOW_CHART, **overturned) == at("Thu 9 Apr 2026 17:00")
    assert due(FROM_POLICE, "send_scoping", H01, stage="referral_received") == at("Tue 7 Apr 2026 17:00")
    later_form = accepted | {"received_at": at("Tue 7 Apr 2026 9:00")}
    assert due(FROM_POLICE, "send_scoping", FLOW_CHART, **later_form) == at("Thu 9 Apr 2026 17:00")


@pytest.mark.parametrize(("profile", "when"), [(FLOW_CHART, "Tue 14 Apr 2026 17:00"), (H01, "Fri 10 Apr 2026 17:00")])
def test_returns_are_due_seven_or_five_working_days_after_the_letter(profile: str, when: str) -> None:
    """Row 4: 7 in Stoke-on-Trent and Staffordshire, 5 elsewhere, from the sending of each agency's letter."""
    asked = Request(agency="police", name="Police", because="always", round="scoping-1", item=1)
    sent = asked.model_copy(update={"sent_at": at("Wed 1 Apr 2026 11:00")})
    assert due(FROM_LA, "returns_due", profile, requests={"police": sent}) == at(when)


@BOTH
def test_the_meetings_date_is_set_as_soon_as_the_letters_have_gone(profile: str) -> None:
    """Row 5: the next working day is the office's own limit."""
    desk = Desk(practice(profile))
    desk.refer("Wed 1 Apr 2026 9:12")
    desk.answer("Wed 1 Apr 2026 10:00")
    assert due(desk.case, "meeting_set", profile) == at("Thu 2 Apr 2026 17:00")
    desk.record("Wed 1 Apr 2026 15:00", "meeting", "2026-04-14T10:00")
    found = of(desk.case, "meeting_set", profile)
    assert found is not None
    assert found.met == at("Wed 1 Apr 2026 15:00")


@pytest.mark.parametrize(
    ("profile", "first", "last"),
    [(FLOW_CHART, "Tue 14 Apr 2026", "Wed 15 Apr 2026"), (H01, "Tue 14 Apr 2026", "Wed 22 Apr 2026")],
)
def test_the_meeting_is_held_on_day_7_or_8_or_between_7_and_13(profile: str, first: str, last: str) -> None:
    """Row 6: the two sources differ; the profile says which window holds."""
    days = meeting_window(FROM_LA, PROCEDURES[profile], CALENDAR)
    assert (days[0], days[-1]) == (day(first), day(last))
    assert due(FROM_LA, "meeting_latest", profile) == CALENDAR.close_of(day(last))


@BOTH
def test_the_pack_is_shared_the_working_day_before_the_meeting(profile: str) -> None:
    """Row 7: before a meeting on the Tuesday after Easter that is Maundy Thursday."""
    meeting = {"meeting_at": at("Tue 7 Apr 2026 10:00")}
    assert due(FROM_LA, "pack_shared", profile, **meeting) == at("Thu 2 Apr 2026 17:00")
    sent = meeting | {"letters_sent": {f"{REF}/pack-1/oye@health.example": at("Thu 2 Apr 2026 12:00")}}
    found = of(FROM_LA, "pack_shared", profile, **sent)
    assert found is not None
    assert found.met == at("Thu 2 Apr 2026 12:00")


def test_the_chairs_endorsement_is_a_clock_of_procedure_h01_alone() -> None:
    """Row 8: 2 working days from the meeting is the office's own."""
    meeting = {"meeting_at": at("Thu 2 Apr 2026 10:00")}
    assert due(FROM_LA, "endorsement", H01, **meeting) == at("Wed 8 Apr 2026 17:00")
    assert of(FROM_LA, "endorsement", FLOW_CHART, **meeting) is None
    found = of(FROM_LA, "endorsement", H01, **meeting, endorsed_on=day("Wed 8 Apr 2026"))
    assert found is not None
    assert not found.overdue(at("Fri 10 Apr 2026 9:00"))


@BOTH
def test_the_template_goes_to_the_panel_two_working_days_after_the_meeting(profile: str) -> None:
    """Row 9: procedure H01's limit, which is the area's own, under both."""
    assert due(FROM_LA, "panel_after_meeting", profile, meeting_at=at("Thu 2 Apr 2026 10:00")) == at(
        "Wed 8 Apr 2026 17:00"
    )


def test_fifteen_working_days_run_from_the_notification_or_from_awareness() -> None:
    """Row 10: each profile has its own reading that binds; the other one is shown beside it and does not bind."""
    known = {"aware_at": at("Thu 26 Mar 2026 10:00"), "notified_at": at("Wed 1 Apr 2026 15:00")}
    from_awareness, from_notification = at("Mon 20 Apr 2026 17:00"), at("Fri 24 Apr 2026 17:00")
    assert due(FROM_LA, "panel_overall", FLOW_CHART, **known) == from_notification
    assert due(FROM_LA, "panel_other_reading", FLOW_CHART, **known) == from_awareness
    assert due(FROM_LA, "panel_overall", H01, **known) == from_awareness
    assert due(FROM_LA, "panel_other_reading", H01, **known) == from_notification
    other = of(FROM_LA, "panel_other_reading", FLOW_CHART, **known)
    assert other is not None
    assert not other.binds
    assert earliest([other]) is None


@BOTH
def test_the_outcome_is_told_two_working_days_after_the_submission(profile: str) -> None:
    """Row 11: no limit is given; 2 working days is the office's own."""
    submitted = {"stage": "submitted", "submitted_at": at("Thu 2 Apr 2026 16:00")}
    assert due(FROM_LA, "outcome_told", profile, **submitted) == at("Wed 8 Apr 2026 17:00")


@BOTH
def test_the_authoritys_answer_is_due_from_the_question(profile: str) -> None:
    """Row 12: until the question has gone, from the first word; a day that a person gave holds in its place."""
    asked = {"la_asked_at": at("Thu 2 Apr 2026 9:00")}
    assert due(FROM_POLICE, "la_told", profile) == at("Thu 2 Apr 2026 17:00")
    assert due(FROM_POLICE, "la_answer", profile) == at("Tue 7 Apr 2026 17:00")
    assert due(FROM_POLICE, "la_answer", profile, **asked) == at("Wed 8 Apr 2026 17:00")
    more = asked | {"la_more_time_until": day("Fri 10 Apr 2026")}
    assert due(FROM_POLICE, "la_answer", profile, **more) == at("Fri 10 Apr 2026 17:00")
    assert of(FROM_LA, "la_answer", profile) is None


@BOTH
def test_the_partners_discussion_has_a_clock_and_does_not_stop_the_notifications(profile: str) -> None:
    """Row 13: both run at once, and the earlier one is first."""
    refused = {"serious_harm": False, "serious_harm_at": at("Tue 7 Apr 2026 12:00"), "stage": "partner_discussion"}
    asked = refused | {"partners_asked": {"threshold": at("Wed 8 Apr 2026 9:00")}}
    assert due(FROM_POLICE, "partner_answers", profile, **refused) == at("Thu 9 Apr 2026 17:00")
    assert due(FROM_POLICE, "partner_answers", profile, **asked) == at("Fri 10 Apr 2026 17:00")
    assert due(FROM_POLICE, "la_notifies_panel", profile, **asked) == at("Fri 10 Apr 2026 17:00")
    key, lead = f"{REF}/partner/threshold/oye@health.example", "oye@health.example"
    answer = PartnerAnswer(
        topic="threshold",
        who=Attendee(name="Mira Oye", email=lead, role="lead"),
        answer="agree",
        reason="",
        at=at("Thu 9 Apr 2026 9:00"),
    )
    half = asked | {"letters_sent": {key: at("Wed 8 Apr 2026 9:00")}}
    waiting, done = (
        of(FROM_POLICE, "partner_answers", profile, **half),
        of(FROM_POLICE, "partner_answers", profile, **half, partner_answers=(answer,)),
    )
    assert waiting is not None
    assert done is not None
    assert waiting.running
    assert done.met == at("Thu 9 Apr 2026 9:00")


@BOTH
def test_the_panels_reply_is_looked_for_after_ten_working_days(profile: str) -> None:
    """Row 14: another area's practice; the office's own limit."""
    submitted = {"stage": "submitted", "submitted_at": at("Thu 2 Apr 2026 16:00")}
    assert due(FROM_LA, "panel_reply", profile, **submitted) == at("Mon 20 Apr 2026 17:00")


@BOTH
def test_after_the_end_no_clock_runs(profile: str) -> None:
    """Row 15: the practice review that follows is another process; nothing of this one runs on."""
    closed = FROM_LA.model_copy(update={"stage": "closed", "stages_before": ("submitted",)})
    assert [c.id for c in obligations(closed, PROCEDURES[profile], CALENDAR) if c.running] == []


@BOTH
def test_a_case_that_considers_learning_has_no_clock_of_a_meeting(profile: str) -> None:
    case = FROM_POLICE.model_copy(
        update={
            "stage": "learning_decided",
            "serious_harm": False,
            "serious_harm_at": at("Thu 2 Apr 2026 12:00"),
            "learning": Learning(
                opened_at=at("Tue 7 Apr 2026 9:00"),
                agreed=True,
                decided_at=at("Wed 8 Apr 2026 9:00"),
                due=day("Fri 29 May 2026"),
            ),
        }
    )
    clocks = {c.id: c for c in obligations(case, PROCEDURES[profile], CALENDAR)}
    assert not {"meeting_latest", "panel_overall", "send_scoping", "la_notifies_panel"} & set(clocks)
    assert clocks["learning_told"].due == at("Fri 10 Apr 2026 17:00")
    assert clocks["learning_completed"].due == at("Fri 29 May 2026 17:00")


EXAMPLES = {
    "Mon 1 Jun 2026 9:12": {2: "Wed 3 Jun 2026", 5: "Mon 8 Jun 2026", 7: "Wed 10 Jun 2026", 15: "Mon 22 Jun 2026"},
    "Thu 18 Dec 2025 9:12": {2: "Mon 22 Dec 2025", 5: "Mon 29 Dec 2025", 7: "Wed 31 Dec 2025", 15: "Tue 13 Jan 2026"},
    "Wed 1 Apr 2026 9:12": {2: "Tue 7 Apr 2026", 5: "Fri 10 Apr 2026", 13: "Wed 22 Apr 2026", 15: "Fri 24 Apr 2026"},
    "Sat 23 May 2026 9:12": {2: "Wed 27 May 2026"},
}
A_DAY_EARLIER = {
    "Mon 1 Jun 2026 9:12": {2: "Tue 2 Jun 2026", 5: "Fri 5 Jun 2026", 7: "Tue 9 Jun 2026", 15: "Fri 19 Jun 2026"},
    "Thu 18 Dec 2025 9:12": {2: "Fri 19 Dec 2025", 5: "Wed 24 Dec 2025", 7: "Tue 30 Dec 2025", 15: "Mon 12 Jan 2026"},
    "Wed 1 Apr 2026 9:12": {2: "Thu 2 Apr 2026", 5: "Thu 9 Apr 2026", 13: "Tue 21 Apr 2026", 15: "Thu 23 Apr 2026"},
    "Sat 23 May 2026 9:12": {2: "Wed 27 May 2026"},
}


@pytest.mark.parametrize(("mode", "examples"), [("next_day", EXAMPLES), ("same_day", A_DAY_EARLIER)])
def test_the_anchors_day_is_day_0_or_where_the_office_counts_so_day_1(
    mode: str, examples: dict[str, dict[int, str]]
) -> None:
    calendar = CALENDAR.model_copy(update={"count_mode": mode})
    for anchor, dues in examples.items():
        for days, when in dues.items():
            assert calendar.due_day(at(anchor), days) == day(when), (anchor, days)


def test_where_anchors_roll_a_saturday_before_a_bank_holiday_counts_from_the_tuesday() -> None:
    lenient = CALENDAR.model_copy(update={"weekend_anchor": "rolls"})
    assert lenient.due_day(at("Sat 23 May 2026 9:12"), 2) == day("Thu 28 May 2026")
    assert lenient.due_day(at("Mon 1 Jun 2026 18:30"), 2) == day("Thu 4 Jun 2026")
    assert CALENDAR.due_day(at("Mon 1 Jun 2026 18:30"), 2) == day("Wed 3 Jun 2026")


def test_every_day_of_a_count_is_told_counted_or_skipped() -> None:
    told = [(f"{d.day:%a %d}", d.number, d.why_not) for d in CALENDAR.counted(at("Wed 1 Apr 2026 9:12"), 2)]
    assert told == [
        ("Wed 01", 0, ""),
        ("Thu 02", 1, ""),
        ("Fri 03", None, "Good Friday"),
        ("Sat 04", None, "Saturday"),
        ("Sun 05", None, "Sunday"),
        ("Mon 06", None, "Easter Monday"),
        ("Tue 07", 2, ""),
    ]


@pytest.mark.parametrize(
    ("means", "when", "stand_in"),
    [
        ("recorded", "Wed 8 Apr 2026 17:00", False),
        ("harm_decided", "Thu 9 Apr 2026 17:00", False),
        ("incident", "Thu 2 Apr 2026 17:00", False),
    ],
)
def test_what_becoming_aware_is_may_be_chosen(means: str, when: str, stand_in: bool) -> None:
    procedure = PROCEDURES[FLOW_CHART].model_copy(update={"aware_means": means})
    case = FROM_LA.model_copy(
        update={
            "aware_at": at("Mon 30 Mar 2026 10:00"),
            "serious_harm_at": at("Tue 31 Mar 2026 10:00"),
            "referral": {"date_of_incident": "2026-03-26"},
        }
    )
    found = clock_of(case, "la_notifies_panel", procedure, CALENDAR)
    assert found is not None
    assert (found.due, bool(found.provisional)) == (at(when), stand_in)


def test_where_what_awareness_means_is_unknown_the_record_stands_in_and_is_said() -> None:
    procedure = PROCEDURES[FLOW_CHART].model_copy(update={"aware_means": "incident"})
    case = FROM_LA.model_copy(
        update={"aware_at": at("Mon 30 Mar 2026 10:00"), "referral": {"date_of_incident": "unknown"}}
    )
    found = clock_of(case, "la_notifies_panel", procedure, CALENDAR)
    assert found is not None
    assert found.provisional == "counted from the recorded becoming aware until the incident is known"


def test_the_clock_that_is_due_first_binds() -> None:
    case = FROM_LA.model_copy(update={"aware_at": at("Wed 25 Mar 2026 9:00")})
    first = earliest(obligations(case, PROCEDURES[FLOW_CHART], CALENDAR))
    assert first is not None
    assert first.id == "la_notifies_panel"
    notified = case.model_copy(update={"notified_at": at("Thu 2 Apr 2026 9:00")})
    first = earliest(obligations(notified, PROCEDURES[FLOW_CHART], CALENDAR))
    assert first is not None
    assert first.id == "send_scoping"


def moved(desk: Desk) -> list[ClocksNoted]:
    return [e for e in desk.events if isinstance(e, ClocksNoted) and e.moved]


def told_of_a_move(desk: Desk) -> list[str]:
    return [str(x.facts["paragraphs"]) for _, x in desk.letters("warning") if "clocks-moved" in x.key]


def with_a_new_bank_holiday(office: Practice, *days: str) -> Practice:
    new = office.calendar.bank_holidays | {day(d): "a bank holiday by proclamation" for d in days}
    return office.model_copy(update={"calendar": office.calendar.model_copy(update={"bank_holidays": new})})


def test_a_new_bank_holiday_moves_the_clocks_and_their_chasers_and_the_office_hears_once() -> None:
    desk = Desk(practice(FLOW_CHART))
    desk.refer("Mon 1 Jun 2026 9:12")
    desk.answer("Mon 1 Jun 2026 10:00")
    desk.until("Wed 3 Jun 2026 16:30", at("Mon 1 Jun 2026 10:30"))
    desk.practice = with_a_new_bank_holiday(desk.practice, "Mon 8 Jun 2026")
    desk.until("Fri 12 Jun 2026 16:30", at("Thu 4 Jun 2026 9:00"))
    (noted,) = [e for e in moved(desk) if "returns_due" in e.moved]
    assert noted.dues["returns_due"] == at("Thu 11 Jun 2026 17:00")
    assert "no longer by 5 pm on Wednesday 10 June 2026, because the calendar has changed" in noted.because
    assert len([text for text in told_of_a_move(desk) if "Returns from the agencies" in text]) == 1
    assert [f"{when:%d}" for when in desk.to_agency("police", "reminder")] == ["10"]
    assert [f"{when:%d}" for when in desk.to_agency("police", "chase")] == ["11", "12"]


def test_a_day_that_moves_after_the_reminder_begins_the_ladder_anew_and_sends_nothing_twice() -> None:
    desk = Desk(practice(FLOW_CHART))
    desk.refer("Mon 1 Jun 2026 9:12")
    desk.answer("Mon 1 Jun 2026 10:00")
    desk.until("Tue 9 Jun 2026 16:30", at("Mon 1 Jun 2026 10:30"))
    assert [f"{when:%d}" for when in desk.to_agency("police", "reminder")] == ["09"]
    desk.practice = with_a_new_bank_holiday(desk.practice, "Wed 10 Jun 2026")
    desk.until("Fri 12 Jun 2026 16:30", at("Tue 9 Jun 2026 16:30"))
    assert [f"{when:%d}" for when in desk.to_agency("police", "reminder")] == ["09"]
    assert [f"{when:%d}" for when in desk.to_agency("police", "chase")] == ["11", "12"]
    keys = [letter.key for _, letter in desk.sent]
    assert len(keys) == len(set(keys))


def test_a_corrected_anchor_moves_its_clocks_with_what_was_recorded_before() -> None:
    desk = Desk(practice(H01))
    desk.refer("Mon 1 Jun 2026 9:12")
    desk.record("Mon 1 Jun 2026 12:00", "aware", "2026-06-01")
    before = due(desk.case, "panel_overall", H01)
    desk.record("Tue 2 Jun 2026 12:00", "aware", "2026-05-28", why="the record of the strategy discussion")
    assert (before, due(desk.case, "panel_overall", H01)) == (
        at("Mon 22 Jun 2026 17:00"),
        at("Thu 18 Jun 2026 17:00"),
    )
    corrected = [e for e in desk.events if e.type == "became_aware"][-1]
    assert corrected.because == (
        "the record of the strategy discussion; before, it was recorded as midnight on Monday 1 June 2026"
    )
    assert "panel_overall" in moved(desk)[-1].moved
    assert "becoming aware is recorded as midnight on Thursday 28 May 2026" in told_of_a_move(desk)[-1]


def test_a_changed_number_in_the_procedures_file_is_told_as_such() -> None:
    desk = Desk(practice(H01))
    desk.refer("Mon 1 Jun 2026 9:12")
    rules = tuple(
        rule.model_copy(update={"days": 3}) if rule.id == "send_scoping" else rule for rule in PROCEDURES[H01].clock
    )
    changed: Procedure = PROCEDURES[H01].model_copy(update={"clock": rules})
    desk.practice = desk.practice.model_copy(update={"procedures": {H01: changed}})
    desk.work(at("Mon 1 Jun 2026 11:00"))
    assert "the procedure's file gives 3 working days now, not 2" in told_of_a_move(desk)[-1]


def test_what_was_noted_is_not_noted_again() -> None:
    desk = Desk(practice(FLOW_CHART))
    desk.refer("Mon 1 Jun 2026 9:12")
    assert not review(desk.case, at("Mon 1 Jun 2026 9:20"), desk.practice)


def test_over_the_christmas_closure_a_deadline_is_warned_of_on_the_last_open_day_before() -> None:
    closed = closed_on("Tue 29 Dec 2026", "Wed 30 Dec 2026", "Thu 31 Dec 2026")
    desk = Desk(practice(calendar=closed))
    desk.refer("Tue 22 Dec 2026 9:12")
    warned = f"{REF}/warning/soon/la_notifies_panel/2026-12-31"
    desk.record("Tue 22 Dec 2026 9:30", "aware", "2026-12-22T09:00")
    desk.work(at("Wed 23 Dec 2026 9:00"))
    assert [key for key in desk.drafted if "/soon/la_notifies_panel" in key] == []
    desk.work(at("Thu 24 Dec 2026 9:00"))
    assert [key for key in desk.drafted if "/soon/la_notifies_panel" in key] == [warned]


def test_a_meeting_that_was_not_quorate_starts_no_clock_of_the_submission() -> None:
    held = FROM_LA.model_copy(update={"stage": "scoping", "meeting_at": at("Thu 11 Jun 2026 10:00")})
    frith = Attendee(name="Col Frith", email="frith@police.example", role="lead", partner="police")
    rest = (
        Attendee(name="Ana Rao", email="rao@council.example", role="lead", partner="local_authority"),
        Attendee(name="Mira Oye", email="oye@health.example", role="lead", partner="health"),
    )
    assert due(held, "panel_after_meeting", attendance=(frith, *rest)) == at("Mon 15 Jun 2026 17:00")
    assert due(held, "panel_after_meeting", attendance=(frith,)) is None


def test_a_deadline_is_warned_of_before_it_is_lost_and_the_reason_is_asked_after() -> None:
    desk = Desk(practice(FLOW_CHART))
    desk.refer("Mon 1 Jun 2026 9:12")
    desk.until("Thu 4 Jun 2026 12:00", at("Mon 1 Jun 2026 9:30"))
    titles = [(f"{when:%a}", letter.facts["title"]) for when, letter in desk.letters("warning")]
    assert ("Tue", "Due soon: scoping letters to all relevant agencies") in titles
    (missed,) = [letter for _, letter in desk.letters("warning") if "missed/send_scoping" in letter.key]
    assert f'mailbot record {REF} late-reason send_scoping --why "REASON" --as YOU' in str(missed.facts["commands"])
    now = at("Thu 4 Jun 2026 12:00")
    assert [c.id for c in unexplained(desk.case, now, desk.practice)] == ["send_scoping"]
    assert "No reason is recorded." in lateness(desk.case, now, desk.practice)[0]
    desk.record("Thu 4 Jun 2026 12:00", "late-reason", "send_scoping", why="the approver was away, Wilfred Ashgrove")
    (said,) = lateness(desk.case, now, desk.practice)
    assert said.startswith("Scoping letters to all relevant agencies: due by 5 pm on Wednesday 3 June 2026")
    assert "Reason: the approver was away" in said
    assert "Ashgrove" not in said
    assert unexplained(desk.case, now, desk.practice) == []


@pytest.mark.parametrize(("values", "why"), [(("no_such_clock",), "why"), (("send_scoping",), "")])
def test_a_reason_names_a_clock_and_says_why(values: tuple[str, ...], why: str) -> None:
    desk = Desk(practice(FLOW_CHART))
    desk.refer("Mon 1 Jun 2026 9:12")
    with pytest.raises(UsageProblem):
        desk.record("Mon 1 Jun 2026 12:00", "late-reason", *values, why=why)
