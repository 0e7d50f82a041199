"""The meeting, its pack, and the submission that follows: what is proposed, put together and asked for, and when."""

from __future__ import annotations

from mailbot.cases.decisions import SendLetter
from mailbot.cases.pack import absent_agencies, pack_entries, standings
from tests.builders import CHILD, FLOW_CHART, H01, LEADS, PANEL, REF, at, closed_on, day, practice, return_form
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
    for number, agency in enumerate(("council", "police", "health")):
        desk.returns(f"Wed 3 Jun 2026 {9 + number}:00", agency)
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
    for agency in ("council", "police", "health"):
        desk.returns("Wed 3 Jun 2026 9:00", agency)
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
    desk.record("Thu 11 Jun 2026 15:00", "meeting", "2026-06-15T10:00")
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
    assert desk.asked[-1].warnings == (
        "The child's ethnicity is not given.",
        "No return from Northshire Integrated Care Board.",
        "The record does not say whether these criteria are met: serious_incident, improvements, recurrent_themes, "
        "working_together, national_importance and law_or_guidance.",
        "The independent chair's endorsement is not recorded.",
        "Not yet signed off by local authority, police and health.",
        "The local authority's notification to the national Panel is late and the reason is not recorded: "
        'mailbot record RR-2026-001 late-reason la_notifies_panel --why "REASON" --as YOU.',
    )


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
    assert [e.title for e in entries[1:]] == [
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
