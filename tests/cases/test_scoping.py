"""Who is asked, when, and what the office is told: scoping from the referral to the release."""

from __future__ import annotations

import pytest

from mailbot.cases.asking import names, not_in_directory, whom_to_ask
from mailbot.cases.case import Case
from mailbot.cases.chasing import chase_late_agencies
from mailbot.cases.deadlines import return_due
from mailbot.cases.decisions import AskApproval, SendLetter
from mailbot.cases.events import Row
from mailbot.cases.pack import standings
from mailbot.cases.scoping import start_scoping
from mailbot.cases.wording import say_day
from mailbot.faces import requests_face
from tests.builders import (
    AGENCIES,
    CALENDAR,
    FLOW_CHART,
    H01,
    HEALTH,
    HOUSING,
    MANAGER,
    PROCEDURES,
    REF,
    agency,
    at,
    day,
    practice,
    refer,
)
from tests.cases.desk import Desk

MONDAY = "Mon 1 Jun 2026 9:12"


def case_naming(*agencies: str, **fields: str) -> Case:
    rows: tuple[Row, ...] = tuple({"agency": name} for name in agencies)
    return Case(referral_tables={"agencies_involved": rows}, referral=fields)


def asked_in(case: Case) -> list[str]:
    return [asked.agency for asked in whom_to_ask(case, practice().directory)]


def test_some_agencies_are_always_asked_and_others_when_the_referral_names_them() -> None:
    assert asked_in(case_naming()) == ["council", "police", "health"]
    assert asked_in(case_naming("Northshire Homes")) == ["council", "police", "health", "housing"]


@pytest.mark.parametrize("text", ["Mill Lane Primary School", "school", "St Ann's NURSERY, Northshire"])
def test_an_agency_is_named_by_its_aliases_in_any_case(text: str) -> None:
    assert "schools" in asked_in(case_naming(text))
    assert "schools" in asked_in(case_naming(school_or_setting=text))


@pytest.mark.parametrize("text", ["Schooling", "Preschool", "Housings"])
def test_an_alias_is_a_whole_word(text: str) -> None:
    assert asked_in(case_naming(text)) == ["council", "police", "health"]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("Children's Social Care", "Children’s Social Care"),
        ("Children’s Social Care", "CHILDREN'S SOCIAL CARE"),
        ("Children's Social Care", "Childrens Social Care"),
        ("GP", "the GP’s surgery"),
        ("GP", "the GP's surgery"),
        ("A&E", "Northshire General, A&E"),
        ("Health visiting", "health  visiting/school nursing"),
    ],
)
def test_apostrophes_and_spaces_are_written_in_many_ways(written: str, text: str) -> None:
    assert names(agency("x", name="Something Else", aliases=(written,)), text)


def test_the_letter_says_why_the_agency_is_asked() -> None:
    because = {a.agency: a.because for a in whom_to_ask(case_naming("Housing"), practice().directory)}
    assert because["police"] == "you are asked in every Rapid Review"
    assert because["housing"] == "your agency is named in the referral (agencies involved)"


def test_agencies_that_nobody_answers_to_are_told_to_the_office() -> None:
    assert not_in_directory(case_naming("The Moon Trust", "Housing"), practice().directory) == ("The Moon Trust",)
    _, decision = refer(practice(), MONDAY, "The Moon Trust")
    told = next(a for a in decision.actions if isinstance(a, SendLetter) and a.kind == "question")
    assert "The Moon Trust" in str(told.facts["paragraphs"])
    assert told.to == (MANAGER,)


def test_a_referral_from_the_local_authority_starts_the_scoping_at_once() -> None:
    desk = Desk(practice())
    desk.refer(MONDAY, "Housing")
    assert desk.stage == "scoping"
    assert sorted(letter.agency or "" for letter in desk.waiting.values()) == [
        "council",
        "health",
        "housing",
        "police",
    ]
    assert desk.letters("scoping") == []


def test_each_agency_gets_its_own_letter_with_the_forms_and_the_referral() -> None:
    desk = Desk(practice())
    desk.refer(MONDAY)
    for letter in desk.waiting.values():
        assert letter.to == (f"spoc@{letter.agency}.example",)
        assert [getattr(a, "template", "the referral") for a in letter.attachments] == [
            "scoping_letter",
            "scoping_template",
            "chronology_template",
            "chronology_template",
            "the referral",
        ]
        assert [a.name.removeprefix(f"{REF} ")[0] for a in letter.attachments] == ["1", "2", "3", "4", "5"]


def test_the_approver_is_told_by_when_the_letters_must_go() -> None:
    desk = Desk(practice())
    desk.refer(MONDAY)
    (asked,) = desk.asked
    assert asked.go_by == at("Wed 3 Jun 2026 17:00")
    assert asked.expires == at("Mon 8 Jun 2026 17:00")
    assert say_day(day("Wed 10 Jun 2026")) in asked.warnings[0]


def scoping_rounds(desk: Desk) -> list[str]:
    """The rounds of scoping letters that were put to a person."""
    return [asked.round for asked in desk.asked if asked.round.startswith("scoping-")]


def test_under_the_flow_chart_another_agencys_referral_waits_for_serious_harm() -> None:
    desk = Desk(practice(FLOW_CHART))
    desk.refer(MONDAY, sender="health")
    assert desk.stage == "la_deciding"
    assert scoping_rounds(desk) == []
    desk.record("Tue 2 Jun 2026 10:00", "serious-harm", "yes")
    assert desk.stage == "scoping"
    assert scoping_rounds(desk) == ["scoping-1"]


def test_where_serious_harm_is_refused_nobody_is_asked() -> None:
    desk = Desk(practice(FLOW_CHART))
    desk.refer(MONDAY, sender="health")
    desk.record("Tue 2 Jun 2026 10:00", "serious-harm", "no")
    assert desk.stage == "partner_discussion"
    desk.until("Fri 12 Jun 2026 17:00", at("Tue 2 Jun 2026 10:30"))
    assert scoping_rounds(desk) == []


def test_under_h01_any_agencys_referral_starts_the_scoping() -> None:
    desk = Desk(practice(H01))
    desk.refer(MONDAY, sender="health")
    assert desk.stage == "scoping"


def test_an_agency_without_an_address_is_left_out_and_told() -> None:
    silent = HOUSING.model_copy(update={"spoc": ()})
    office = practice(agencies=(*AGENCIES[:4], silent))
    case, _ = refer(office, MONDAY, "Housing")
    decision = start_scoping(case, at(MONDAY), office)
    letters = [a for a in decision.actions if isinstance(a, SendLetter)]
    assert [a.agency for a in letters if a.kind == "scoping"] == ["council", "police", "health"]
    (told,) = [a for a in letters if a.kind == "question"]
    assert told.facts["title"] == "Northshire Homes cannot be asked"
    assert told.facts["commands"] == ["mailbot record RR-2026-001 scoping housing --as YOU"]


def test_where_nobody_can_be_asked_the_office_is_told_once() -> None:
    office = practice(agencies=(HEALTH.model_copy(update={"ask": "when_named"}),))
    desk = Desk(office)
    desk.refer(MONDAY, sender="health")
    desk.record("Tue 2 Jun 2026 9:00", "serious-harm", "yes")
    desk.work(at("Tue 2 Jun 2026 9:30"))
    assert len([k for k in desk.drafted if k.endswith("/nobody-to-ask")]) == 1
    assert scoping_rounds(desk) == []


def test_a_return_before_the_release_withdraws_the_letter() -> None:
    desk = Desk(practice())
    desk.refer(MONDAY)
    desk.returns("Mon 1 Jun 2026 10:00", "police")
    desk.answer("Mon 1 Jun 2026 11:00")
    assert desk.to_agency("police", "scoping") == []
    assert len(desk.to_agency("health", "scoping")) == 1
    assert desk.case.scoping_sent_at == at("Mon 1 Jun 2026 11:00")


def test_a_return_in_part_before_the_release_leaves_the_letter() -> None:
    desk = Desk(practice())
    desk.refer(MONDAY)
    desk.returns("Mon 1 Jun 2026 10:00", "police", rows=None)
    desk.answer("Mon 1 Jun 2026 11:00")
    assert len(desk.to_agency("police", "scoping")) == 1


def test_a_return_before_the_round_is_drafted_needs_no_letter() -> None:
    desk = Desk(practice(FLOW_CHART))
    desk.refer(MONDAY, sender="health")
    desk.returns("Mon 1 Jun 2026 12:00", "police")
    desk.record("Tue 2 Jun 2026 10:00", "serious-harm", "yes")
    assert "police" not in [letter.agency for letter in desk.waiting.values()]


def test_agencies_named_later_are_asked_in_a_round_of_their_own() -> None:
    desk = Desk(practice())
    desk.refer(MONDAY)
    desk.answer("Mon 1 Jun 2026 10:00")
    desk.record("Wed 3 Jun 2026 10:00", "scoping", "housing")
    assert desk.asked[-1].round == "scoping-2"
    desk.answer("Wed 3 Jun 2026 11:00")
    assert desk.to_agency("housing", "scoping") == [at("Wed 3 Jun 2026 11:00")]
    assert desk.case.scoping_sent_at == at("Mon 1 Jun 2026 10:00")


def test_a_question_is_put_once_however_often_the_case_is_looked_at() -> None:
    desk = Desk(practice())
    desk.refer(MONDAY)
    before = list(desk.drafted)
    desk.work(at("Mon 1 Jun 2026 9:30"))
    assert list(desk.drafted) == before
    assert all(isinstance(asked, AskApproval) for asked in desk.asked)
    assert len(desk.asked) == 1


def test_an_agency_asked_later_has_its_own_due_day_over_a_bank_holiday() -> None:
    desk = Desk(practice(H01))
    desk.refer("Tue 19 May 2026 9:12")
    desk.answer("Tue 19 May 2026 10:00")
    desk.record("Thu 21 May 2026 10:00", "scoping", "housing", why="the council's return names it")
    desk.answer("Thu 21 May 2026 11:00", round_id="scoping-2")
    due = {a: return_due(r, PROCEDURES[H01], CALENDAR) for a, r in desk.case.requests.items()}
    assert due["police"] == at("Wed 27 May 2026 17:00")
    assert due["housing"] == at("Fri 29 May 2026 17:00")


def test_a_late_round_whose_returns_fall_due_after_the_meeting_says_so() -> None:
    desk = Desk(practice())
    desk.refer(MONDAY)
    desk.answer("Mon 1 Jun 2026 10:00")
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-10T10:00")
    desk.record("Wed 3 Jun 2026 10:00", "scoping", "housing")
    asked = next(a for a in desk.asked if a.round == "scoping-2")
    assert "The meeting is at 10 am on Wednesday 10 June 2026: these returns fall due on its day or after it" in str(
        asked.warnings
    )


@pytest.mark.parametrize(("procedure", "first"), [(FLOW_CHART, "Wednesday 10 June"), (H01, "Monday 8 June")])
def test_an_extension_shows_the_first_day_and_the_later_one(procedure: str, first: str) -> None:
    desk = Desk(practice(procedure))
    desk.refer(MONDAY)
    desk.answer("Mon 1 Jun 2026 10:00")
    desk.record("Fri 5 Jun 2026 10:00", "extension", "police", "2026-06-12", why="the officer is on leave")
    (shown,) = [s for s in standings(desk.case, desk.practice, at("Fri 5 Jun 2026 11:00")) if s.agency == "police"]
    assert shown.detail == f"due Friday 12 June, extended from {first}"
    face = next(
        f for f in requests_face(desk.case, desk.practice, at("Fri 5 Jun 2026 11:00")) if f["agency"] == "police"
    )
    assert (face["extension"], face["due"][:10]) == ("granted", "2026-06-12")


def test_an_extension_that_is_refused_leaves_the_day_and_is_shown() -> None:
    desk = Desk(practice())
    desk.refer(MONDAY)
    desk.answer("Mon 1 Jun 2026 10:00")
    desk.record("Fri 5 Jun 2026 10:00", "extension-refused", "police", why="the meeting is on Thursday")
    face = next(
        f for f in requests_face(desk.case, desk.practice, at("Fri 5 Jun 2026 11:00")) if f["agency"] == "police"
    )
    assert (face["extension"], face["due"]) == ("refused", face["first_due"])


def test_a_case_that_is_submitted_or_goes_on_as_learning_chases_nobody() -> None:
    desk = Desk(practice())
    desk.refer(MONDAY)
    desk.answer("Mon 1 Jun 2026 10:00")
    for stage in ("submitted", "learning_considered", "learning_decided", "suspended"):
        case = desk.case.model_copy(update={"stage": stage})
        assert not chase_late_agencies(case, at("Wed 10 Jun 2026 9:00"), desk.practice)
