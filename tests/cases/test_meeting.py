"""The meeting, its pack, and the submission that follows: what is proposed, put together and asked for, and when."""

from __future__ import annotations

import pytest

from mailbot.cases.carried_out import NOT_INVITED
from mailbot.cases.decisions import SendLetter
from mailbot.cases.directory import Person
from mailbot.cases.meeting import open_actions
from mailbot.cases.pack import absent_agencies, pack_entries, standings
from mailbot.cases.unanswered import unanswered
from mailbot.errors import NotAllowedNow, UsageProblem
from tests.builders import (
    AGENCIES,
    CHILD,
    FLOW_CHART,
    H01,
    LEADS,
    PANEL,
    REF,
    agency,
    at,
    closed_on,
    day,
    practice,
    return_form,
)
from tests.cases.desk import Desk


def scoped(procedure: str = FLOW_CHART) -> Desk:
    """Letters have gone to council, police and health on Mon 1 Jun; under the flow chart due back on Wed 10 Jun."""
    desk = Desk(practice(procedure))
    desk.refer("Mon 1 Jun 2026 9:12")
    desk.answer("Mon 1 Jun 2026 9:30")
    return desk


def met() -> Desk:
    """All returns are in, the pack has gone, and the meeting has begun on Thu 11 Jun."""
    desk = scoped()
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-11T10:00")
    for number, who in enumerate(("council", "police", "health")):
        desk.returns(f"Wed 3 Jun 2026 {9 + number}:00", who)
    desk.answer("Wed 3 Jun 2026 14:00")
    desk.work(at("Thu 11 Jun 2026 12:30"))
    return desk


def decided() -> Desk:
    desk = met()
    desk.record("Thu 11 Jun 2026 14:00", "attendance", *LEADS)
    desk.record("Thu 11 Jun 2026 14:05", "outcome", "local_review", why="The criteria are met.")
    return desk


def questions(desk: Desk, topic: str) -> list[SendLetter]:
    return [a for a in desk.drafted.values() if f"/{topic}" in a.key]


def test_days_are_proposed_as_soon_as_the_scoping_letters_have_gone() -> None:
    desk = Desk(practice())
    desk.refer("Mon 1 Jun 2026 9:12")
    assert not desk.case.meeting_days
    desk.answer("Mon 1 Jun 2026 9:30")
    assert desk.case.meeting_days == (day("Wed 10 Jun 2026"), day("Thu 11 Jun 2026"))
    (asked,) = questions(desk, "meeting-date")
    assert asked.facts["commands"] == [
        "mailbot record RR-2026-001 meeting 2026-06-10T10:00 --as YOU",
        "mailbot record RR-2026-001 meeting 2026-06-11T10:00 --as YOU",
    ]
    assert "Returns are due by 5 pm on Wednesday 10 June 2026." in str(asked.facts["paragraphs"])


def test_no_day_is_proposed_on_which_the_office_is_closed_or_that_is_past() -> None:
    desk = Desk(practice(calendar=closed_on("Wed 10 Jun 2026")))
    desk.refer("Mon 1 Jun 2026 9:12")
    desk.answer("Mon 1 Jun 2026 9:30")
    assert desk.case.meeting_days == (day("Thu 11 Jun 2026"),)


def test_where_the_letters_go_too_late_the_next_days_are_proposed_and_the_sentence_is_said() -> None:
    desk = Desk(practice())
    desk.refer("Mon 1 Jun 2026 9:12")
    desk.answer("Mon 15 Jun 2026 9:30")
    assert desk.case.meeting_days == (day("Tue 16 Jun 2026"), day("Wed 17 Jun 2026"))
    (asked,) = questions(desk, "meeting-date")
    assert "which ends on Thursday 11 June 2026: “Day 7 or 8" in str(asked.facts["paragraphs"])
    assert "late-reason meeting_latest" in str(asked.facts["paragraphs"])


def test_the_pack_is_put_together_with_the_last_return() -> None:
    desk = scoped()
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-11T10:00")
    desk.returns("Wed 3 Jun 2026 9:00", "council")
    desk.returns("Wed 3 Jun 2026 10:00", "police", return_form(had_involvement="no"), rows=None)
    assert desk.case.pack is None
    desk.returns("Wed 3 Jun 2026 11:00", "health")
    assert desk.case.pack is not None
    assert desk.stage == "pack_ready"
    assert desk.asked[-1].round == "pack-1"
    assert desk.letters("pack") == []


def test_the_pack_closes_with_what_there_is_at_the_cut_off() -> None:
    desk = scoped()
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-11T10:00")
    desk.returns("Wed 3 Jun 2026 9:00", "council")
    desk.until("Wed 10 Jun 2026 15:30", at("Wed 3 Jun 2026 9:30"))
    assert desk.case.pack is None
    desk.work(at("Wed 10 Jun 2026 16:00"))
    assert desk.case.pack_absent == ("police", "health")
    assert desk.asked[-1].warnings == (
        "Not in the pack, because no return has come: Northshire Police and Northshire Integrated Care Board.",
        NOT_INVITED,
    )


def test_who_releases_the_pack_is_not_troubled_with_invitations_that_have_gone() -> None:
    desk = scoped()
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-11T10:00")
    desk.answer("Tue 2 Jun 2026 10:30", round_id="invitation-1")
    desk.work(at("Wed 10 Jun 2026 16:00"))
    assert desk.case.pack_version == 1
    assert NOT_INVITED not in desk.asked[-1].warnings


def test_many_agencies_without_a_return_are_counted_where_the_pack_is_approved() -> None:
    desk = scoped()
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-11T10:00")
    more = {f"a{n}": desk.case.requests["police"].model_copy(update={"agency": f"a{n}"}) for n in range(7)}
    desk.case = desk.case.model_copy(update={"requests": more})
    desk.work(at("Wed 10 Jun 2026 16:00"))
    assert desk.asked[-1].warnings[0] == (
        "Not in the pack, because no return has come: 7 agencies, each named on the page What each agency sent."
    )


def test_the_pack_goes_to_everybody_who_attends_and_not_to_the_manager_who_approves_it() -> None:
    assert [letter.to for _, letter in met().letters("pack")] == [(lead,) for lead in LEADS]


def test_a_return_after_the_pack_makes_a_second_version_and_the_first_is_set_aside() -> None:
    desk = scoped()
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-11T10:00")
    desk.returns("Wed 3 Jun 2026 9:00", "council")
    desk.returns("Wed 3 Jun 2026 9:30", "police")
    desk.work(at("Wed 10 Jun 2026 17:00"))
    desk.returns("Wed 10 Jun 2026 18:00", "health")
    assert desk.case.pack_version == 2
    assert desk.case.rounds["pack-1"].state == "rejected"
    assert desk.case.rounds["pack-2"].state == "waiting"
    desk.answer("Wed 10 Jun 2026 19:00", round_id="pack-2")
    assert {letter.round for _, letter in desk.letters("pack")} == {"pack-2"}


def test_a_return_after_the_meeting_has_begun_makes_no_new_pack() -> None:
    desk = scoped()
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-11T10:00")
    desk.work(at("Wed 10 Jun 2026 17:00"))
    desk.returns("Thu 11 Jun 2026 10:30", "health")
    assert desk.case.pack_version == 1


def test_without_a_date_the_office_is_asked_for_one_when_every_return_is_in() -> None:
    desk = scoped()
    for who in ("council", "police", "health"):
        desk.returns("Wed 3 Jun 2026 9:00", who)
    assert desk.case.pack is None
    assert len(questions(desk, "meeting-date-needed")) == 1


def test_two_hours_into_the_meeting_the_office_is_asked_what_was_decided() -> None:
    desk = scoped()
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-11T10:00")
    desk.work(at("Thu 11 Jun 2026 11:59"))
    assert questions(desk, "after-meeting") == []
    desk.work(at("Thu 11 Jun 2026 12:00"))
    (asked,) = questions(desk, "after-meeting")
    assert "attendance EMAIL..." in str(asked.facts["commands"])


def test_a_meeting_without_all_three_partners_does_not_count() -> None:
    desk = met()
    desk.record("Thu 11 Jun 2026 14:00", "attendance", *LEADS[:2])
    assert desk.stage == "pack_ready"
    assert not desk.case.quorate
    (told,) = questions(desk, "not-quorate")
    assert "It will only be quorate if" in str(told.facts["paragraphs"])
    desk.record("Thu 11 Jun 2026 15:00", "meeting", "2026-06-15T10:00", why="the police were missing")
    desk.record("Mon 15 Jun 2026 12:00", "attendance", *LEADS)
    assert desk.stage == "meeting_held"


def test_the_submission_is_drafted_when_the_decision_is_recorded_and_waits() -> None:
    desk = decided()
    assert desk.stage == "sign_off"
    assert desk.case.submission_version == 1
    asked = desk.asked[-1]
    assert asked.round == "submission-1"
    assert asked.go_by == at("Mon 15 Jun 2026 17:00")
    assert desk.letters("submission") == []


def test_the_approver_sees_what_the_submission_lacks() -> None:
    desk = Desk(practice(H01))
    desk.refer("Mon 1 Jun 2026 9:12", child_ethnicity="")
    desk.answer("Mon 1 Jun 2026 9:30")
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-11T10:00")
    desk.returns("Wed 3 Jun 2026 9:00", "council")
    desk.returns("Wed 3 Jun 2026 9:30", "police")
    desk.work(at("Thu 11 Jun 2026 12:30"))
    desk.record("Thu 11 Jun 2026 14:00", "attendance", *LEADS)
    desk.record("Thu 11 Jun 2026 14:05", "outcome", "none", why="Nothing more to learn.")
    warned = "\n".join(desk.asked[-1].warnings)
    for lacking in (
        "The child's ethnicity is not given. Record it: mailbot record RR-2026-001 child",
        "Northshire Integrated Care Board has made no return, and the record does not say why.",
        "The record does not say whether these criteria are met: serious_incident, improvements, recurrent_themes, "
        "working_together, national_importance and law_or_guidance.",
        "The independent chair's endorsement is not recorded.",
        "Not yet signed off by local authority, police and health.",
        "The local authority's notification to the national Panel is late, and the reason is not recorded. Record "
        'it: mailbot record RR-2026-001 late-reason la_notifies_panel --why "REASON" --as YOU.',
    ):
        assert lacking in warned


def test_a_record_that_changes_is_drafted_anew_and_the_old_draft_set_aside() -> None:
    desk = decided()
    desk.record("Fri 12 Jun 2026 9:00", "signed-off", *LEADS)
    assert desk.case.submission_version == 2
    assert desk.case.rounds["submission-1"].state == "rejected"
    desk.answer("Fri 12 Jun 2026 10:00", round_id="submission-2")
    ((_, letter),) = desk.letters("submission")
    assert letter.to == (PANEL,)
    assert letter.round == "submission-2"


def test_the_outcome_is_told_to_agencies_and_referrer_once_the_panel_has_it() -> None:
    desk = decided()
    desk.answer("Fri 12 Jun 2026 10:00", round_id="submission-1")
    assert desk.stage == "submitted"
    assert desk.asked[-1].round == "outcome-1"
    assert desk.letters("outcome") == []
    desk.answer("Fri 12 Jun 2026 11:00", round_id="outcome-1")
    assert [letter.to[0] for _, letter in desk.letters("outcome")] == [
        "spoc@council.example",
        "spoc@police.example",
        "spoc@health.example",
        "duty@council.example",
    ]


def test_a_submission_after_its_time_says_so() -> None:
    desk = met()
    desk.record("Thu 18 Jun 2026 14:00", "attendance", *LEADS)
    desk.record("Thu 18 Jun 2026 14:05", "outcome", "none", why="Nothing more to learn.")
    letter = next(a for a in desk.waiting.values() if a.kind == "submission")
    assert "from the meeting: due by 5 pm on Monday 15 June 2026" in str(letter.facts["late"])


def test_the_pack_holds_the_papers_in_the_order_in_which_a_meeting_reads_them() -> None:
    entries = pack_entries(met().case)
    assert [e.group for e in entries] == ["Referral", "Returns", "Returns", "Returns"]
    assert (entries[0].title, entries[0].name) == ("Referral form", "referral.docx")
    assert [e.agency for e in entries[1:]] == [
        "Northshire Children's Services",
        "Northshire Police",
        "Northshire Integrated Care Board",
    ]


def test_where_every_agency_stands_is_said_in_words() -> None:
    desk = scoped()
    desk.returns("Wed 3 Jun 2026 9:00", "police", return_form(key_issues=""), rows=None)
    told = {s.agency: (s.status, s.detail) for s in standings(desk.case, desk.practice, at("Fri 5 Jun 2026 9:00"))}
    assert told["council"] == ("asked, no answer yet", "due Wednesday 10 June")
    assert told["police"] == (
        "returned in part",
        "Wednesday 3 June 2026; still missing: key issues and the chronology",
    )
    assert absent_agencies(desk.case) == ("council", "health")


def test_the_cover_letter_of_the_pack_does_not_name_the_child_by_a_files_name() -> None:
    desk = met()
    assert CHILD in desk.case.papers[0].name
    assert desk.case.ref == REF
    assert all(CHILD not in str(letter.facts) for _, letter in desk.letters("pack"))


def test_everybody_who_attends_is_invited_when_the_date_is_set_and_after_approval() -> None:
    desk = scoped()
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-11T10:00", "video")
    assert desk.asked[-1].round == "invitation-1"
    assert desk.letters("invitation") == []
    desk.answer("Tue 2 Jun 2026 10:30", round_id="invitation-1")
    letters = [letter for _, letter in desk.letters("invitation")]
    assert [letter.to for letter in letters] == [(lead,) for lead in LEADS]
    facts = letters[0].facts
    assert (facts["meeting"], facts["how"], facts["moved"]) == ("10 am on Thursday 11 June 2026", "by video", False)


def test_when_the_date_moves_the_old_invitation_is_set_aside_and_those_invited_are_told() -> None:
    desk = scoped()
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-10T10:00")
    desk.record("Tue 2 Jun 2026 11:00", "meeting", "2026-06-11T10:00")
    assert desk.case.rounds["invitation-1"].state == "rejected"
    desk.answer("Tue 2 Jun 2026 12:00", round_id="invitation-2")
    assert all(letter.facts["moved"] is False for _, letter in desk.letters("invitation"))
    desk.record("Wed 3 Jun 2026 11:00", "meeting", "2026-06-11T14:00")
    desk.answer("Wed 3 Jun 2026 12:00", round_id="invitation-3")
    moved = [letter for _, letter in desk.letters("invitation") if letter.round == "invitation-3"]
    assert [letter.facts["moved"] for letter in moved] == [True, True, True]


def test_an_invitation_that_nobody_released_is_set_aside_when_the_meeting_begins() -> None:
    desk = scoped()
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-11T10:00")
    desk.until("Thu 11 Jun 2026 10:30", at("Wed 10 Jun 2026 16:00"))
    assert desk.case.rounds["invitation-1"].state == "rejected"
    assert not [a for a in desk.waiting.values() if a.kind == "invitation"]


def test_where_a_meeting_was_not_quorate_the_days_left_are_proposed() -> None:
    desk = scoped()
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-10T10:00")
    desk.work(at("Wed 10 Jun 2026 9:00"))
    desk.record("Wed 10 Jun 2026 13:00", "attendance", *LEADS[:2])
    (told,) = questions(desk, "not-quorate")
    assert "Health (the integrated care board) must be represented too" in str(told.facts["paragraphs"])
    assert told.facts["commands"] == ["mailbot record RR-2026-001 meeting 2026-06-11T10:00 --as YOU"]
    assert "No day is left" not in str(told.facts["paragraphs"])


def test_under_h01_the_days_left_jump_over_the_bank_holiday() -> None:
    desk = Desk(practice(H01))
    desk.refer("Fri 8 May 2026 9:12")
    desk.answer("Fri 8 May 2026 9:30")
    assert desk.case.meeting_days[0] == day("Tue 19 May 2026")
    assert desk.case.meeting_days[-1] == day("Thu 28 May 2026")
    desk.record("Mon 11 May 2026 10:00", "meeting", "2026-05-22T10:00")
    desk.work(at("Thu 21 May 2026 16:00"))
    desk.record("Fri 22 May 2026 13:00", "attendance", *LEADS[1:])
    (told,) = questions(desk, "not-quorate")
    assert told.facts["commands"] == [
        f"mailbot record RR-2026-001 meeting 2026-05-{number}T10:00 --as YOU" for number in (26, 27, 28)
    ]


def test_where_no_day_is_left_the_next_ones_are_proposed_with_the_sentence() -> None:
    desk = met()
    desk.record("Thu 11 Jun 2026 14:00", "attendance", *LEADS[:2])
    (told,) = questions(desk, "not-quorate")
    assert "No day is left in the window" in str(told.facts["paragraphs"])
    assert "“Day 7 or 8: Rapid Review meeting”" in str(told.facts["paragraphs"])
    assert "2026-06-12T10:00" in str(told.facts["commands"])
    assert "2026-06-15T10:00" in str(told.facts["commands"])


TWO_COUNCILS = (
    *AGENCIES,
    agency("city", name="Northcity Children's Services", partner="local_authority"),
)
CITY_LEAD = Person(name="Ida Wren", email="wren@city.example", role="partner_lead", partner="local_authority")


def of_two_councils() -> Desk:
    office = practice(agencies=TWO_COUNCILS)
    people = (*office.directory.people, CITY_LEAD)
    directory = office.directory.model_copy(update={"people": people})
    desk = Desk(office.model_copy(update={"directory": directory}))
    desk.refer("Mon 1 Jun 2026 9:12")
    desk.answer("Mon 1 Jun 2026 9:30")
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-11T10:00")
    return desk


def test_of_two_councils_only_the_cases_own_is_invited_and_gets_the_pack() -> None:
    desk = of_two_councils()
    desk.work(at("Wed 10 Jun 2026 16:00"))
    for kind in ("invitation", "pack"):
        assert [a.to for a in desk.waiting.values() if a.kind == kind] == [(lead,) for lead in LEADS]


def test_of_two_councils_the_other_ones_lead_makes_no_quorum() -> None:
    desk = of_two_councils()
    desk.work(at("Thu 11 Jun 2026 12:00"))
    desk.record("Thu 11 Jun 2026 13:00", "attendance", CITY_LEAD.email, *LEADS[1:])
    assert not desk.case.quorate
    assert desk.case.attendance_la == "council"
    (told,) = questions(desk, "not-quorate")
    assert "The local authority must be represented too" in str(told.facts["paragraphs"])


def test_where_the_case_does_not_say_whose_it_is_attendance_waits_for_that() -> None:
    desk = of_two_councils()
    desk.work(at("Thu 11 Jun 2026 12:00"))
    desk.case = desk.case.model_copy(update={"la": None})
    with pytest.raises(NotAllowedNow, match="record RR-2026-001 la AGENCY"):
        desk.record("Thu 11 Jun 2026 13:00", "attendance", *LEADS)


def test_the_working_day_after_the_meeting_the_decision_is_asked_for_with_the_criteria_left() -> None:
    desk = met()
    desk.record("Thu 11 Jun 2026 14:00", "attendance", *LEADS)
    desk.record("Thu 11 Jun 2026 14:10", "criterion", "improvements", "met", why="Nobody asked.")
    desk.work(at("Thu 11 Jun 2026 16:30"))
    assert questions(desk, "decision-needed") == []
    desk.work(at("Fri 12 Jun 2026 8:30"))
    (asked,) = questions(desk, "decision-needed")
    assert "recurrent_themes: It shows" in str(asked.facts["paragraphs"])
    assert "improvements:" not in str(asked.facts["paragraphs"])


def test_actions_are_open_until_they_are_done() -> None:
    desk = met()
    desk.record("Thu 11 Jun 2026 14:00", "action", "Tell the school", "owner=Kit Farrow", "due=2026-06-19")
    desk.record("Thu 11 Jun 2026 14:00", "action", "Check the siblings")
    assert [(n, a.owner) for n, a in open_actions(desk.case)] == [(1, "Kit Farrow"), (2, "")]
    desk.record("Fri 12 Jun 2026 9:00", "action-done", "1")
    assert [n for n, _ in open_actions(desk.case)] == [2]


def test_attendance_that_is_corrected_takes_the_decision_of_a_meeting_that_was_not_quorate_away() -> None:
    desk = decided()
    assert desk.asked[-1].round == "submission-1"
    desk.record("Thu 11 Jun 2026 15:00", "attendance", *LEADS[:2])
    assert (desk.stage, desk.case.outcome) == ("pack_ready", None)
    assert desk.case.rounds["submission-1"].state == "rejected"
    assert questions(desk, "not-quorate-1")
    desk.record("Thu 11 Jun 2026 16:00", "attendance", *LEADS)
    assert desk.stage == "meeting_held"
    desk.record("Thu 11 Jun 2026 16:05", "outcome", "none", why="No criterion is met.")
    assert (desk.stage, desk.asked[-1].round) == ("sign_off", "submission-2")


def test_attendance_that_is_corrected_before_the_submission_goes_is_drafted_anew() -> None:
    desk = decided()
    desk.record("Thu 11 Jun 2026 15:00", "attendance", *LEADS, "manager@partnership.example")
    assert (desk.stage, desk.case.submission_version) == ("sign_off", 2)


def test_what_the_panel_was_told_is_not_recorded_otherwise() -> None:
    desk = decided()
    desk.answer("Thu 11 Jun 2026 16:00", round_id="submission-1")
    assert desk.stage == "submitted"
    with pytest.raises(NotAllowedNow, match="so it stands"):
        desk.record("Thu 11 Jun 2026 17:00", "outcome", "none", why="We were wrong.")
    with pytest.raises(NotAllowedNow, match="so the attendance stands"):
        desk.record("Thu 11 Jun 2026 17:00", "attendance", *LEADS)


def test_an_agency_that_the_meeting_names_is_asked_after_it() -> None:
    desk = met()
    desk.record("Thu 11 Jun 2026 14:00", "attendance", *LEADS)
    desk.record("Thu 11 Jun 2026 14:05", "scoping", "housing")
    assert (desk.stage, desk.asked[-1].round) == ("meeting_held", "scoping-2")


def test_who_is_not_written_down_counts_for_a_partner_by_a_named_persons_word_only() -> None:
    desk = met()
    others = (*LEADS[:2], "somebody@health.example")
    with pytest.raises(UsageProblem, match=r"somebody@health\.example for health"):
        desk.record("Thu 11 Jun 2026 14:00", "attendance", *others)
    desk.record("Thu 11 Jun 2026 14:00", "attendance", *others, why="Dr Oye sent her deputy")
    assert desk.stage == "meeting_held"
    told = next(e.because for e in reversed(desk.events) if e.type == "attendance_recorded")
    assert "by the word of manager@partnership.example: somebody@health.example for health" in told
    desk.record("Thu 11 Jun 2026 14:05", "outcome", "none", why="No criterion is met.")
    with pytest.raises(UsageProblem, match="Say with --why how they stand for that partner"):
        desk.record("Thu 11 Jun 2026 15:00", "signed-off", "somebody@health.example")


def test_a_meeting_outside_the_window_needs_a_reason() -> None:
    desk = scoped()
    with pytest.raises(
        UsageProblem, match=r"after the window Wednesday 10 June 2026 to Thursday 11 June 2026: “Day 7"
    ):
        desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-15T10:00")
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-15T10:00", why="no room before")
    assert desk.case.meeting_at == at("Mon 15 Jun 2026 10:00")


def test_the_quorum_is_asked_anew_when_the_case_turns_out_to_be_another_councils() -> None:
    town = agency("town", name="Northshire Town Council", partner="local_authority")
    desk = Desk(practice(agencies=(*AGENCIES, town)))
    desk.refer("Mon 1 Jun 2026 9:12")
    desk.answer("Mon 1 Jun 2026 9:30")
    desk.record("Tue 2 Jun 2026 10:00", "la", "council")
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-11T10:00")
    desk.record("Thu 11 Jun 2026 14:00", "attendance", *LEADS)
    assert not questions(desk, "quorum-anew")
    desk.record("Thu 11 Jun 2026 15:00", "la", "town")
    assert questions(desk, "quorum-anew/town")
    assert "quorum-anew/town" in [q.topic for q in unanswered(desk.case, desk.events, desk.practice)]


def test_a_refusal_speaks_in_peoples_words() -> None:
    desk = scoped()
    with pytest.raises(NotAllowedNow, match="“the outcome is decided” cannot happen while the case is at “scoping”"):
        desk.record("Tue 2 Jun 2026 10:00", "outcome", "none", why="No criterion is met.")
    with pytest.raises(NotAllowedNow, match="What may be recorded at any time, such as an action"):
        desk.record("Tue 2 Jun 2026 10:00", "outcome", "none", why="No criterion is met.")
