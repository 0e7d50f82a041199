"""Two cases of one incident are merged: every paper of both is kept, and each agency is asked and chased once."""

from __future__ import annotations

import pytest

from mailbot.cases import arrivals
from mailbot.cases.arrivals import ReadForm
from mailbot.cases.events import Paper
from mailbot.cases.merging import merge
from mailbot.cases.stages import replay
from mailbot.errors import NotAllowedNow
from tests.builders import H01, MANAGER, at, came, practice, referral_form, return_form
from tests.cases.desk import Desk

SECOND = "RR-2026-002"
WHY = "both tell of 28 May"


def second_desk(when: str, *named: str) -> Desk:
    """Health refers the same incident, and a case of its own is opened for it."""
    desk = Desk(practice(H01))
    desk.mails = 50
    arrived = came(when, "named.nurse@health.example", 51)
    form = referral_form(*named, incident_summary="Seen on the ward.", nhs_number="9434765919")
    paper = Paper(kind="referral", name="Health's referral.docx", sha256="f" * 64)
    form = form.model_copy(update={"papers": (paper,)})
    desk.take(
        arrivals.on_referral(SECOND, arrived, form, "health", desk.practice, arrived.received), arrived.received
    )
    desk.work(arrived.received)
    return desk


def both() -> tuple[Desk, Desk]:
    """The council's case asks Housing too, health's Schools; both rounds went on Monday, the council's first."""
    first, second = Desk(practice(H01)), second_desk("Mon 1 Jun 2026 9:30", "School")
    first.refer("Mon 1 Jun 2026 9:12", "Housing")
    first.answer("Mon 1 Jun 2026 10:00")
    second.answer("Mon 1 Jun 2026 10:30")
    return first, second


def merged(first: Desk, second: Desk, when: str) -> None:
    now = at(when)
    two = merge(second.case, first.case, MANAGER, WHY, first.practice, now)
    first.take(two.survivor, now)
    second.take(two.gone, now)
    first.work(now)
    second.work(now)


def test_every_paper_of_both_is_in_the_survivor() -> None:
    first, second = both()
    second.returns("Tue 2 Jun 2026 9:00", "schools", returned("1"))
    first.returns("Tue 2 Jun 2026 9:00", "police", returned("2"))
    second.returns("Tue 2 Jun 2026 9:30", "police", returned("3"))
    papers = hashes(first) | hashes(second)
    assert len(papers) == 5
    merged(first, second, "Tue 2 Jun 2026 10:00")
    assert hashes(first) == papers
    assert second.stage == "merged"
    assert second.case.merged_into == first.case.ref
    assert first.case.absorbed == (SECOND,)
    assert replay(first.events) == first.case


def returned(mark: str) -> ReadForm:
    return return_form().model_copy(update={"papers": (Paper(kind="return", name="return.docx", sha256=mark * 64),)})


def hashes(desk: Desk) -> set[str]:
    papers = [*desk.case.papers, *(p for request in desk.case.requests.values() for p in request.papers)]
    return {paper.sha256 for paper in papers}


def test_both_who_referred_hear_the_outcome() -> None:
    first, second = both()
    merged(first, second, "Tue 2 Jun 2026 10:00")
    assert [r.address for r in first.case.referrers] == ["duty@council.example", "named.nurse@health.example"]
    assert first.case.referral["nhs_number"] == "9434765919"
    assert first.case.received_at == at("Mon 1 Jun 2026 9:12")


def test_nobody_is_asked_twice_and_each_is_chased_once() -> None:
    first, second = both()
    merged(first, second, "Tue 2 Jun 2026 10:00")
    letters = [letter.agency for desk in (first, second) for _, letter in desk.letters("scoping")]
    assert set(letters) == {"council", "health", "housing", "police", "schools"}
    assert first.case.requests["schools"].sent_at == at("Mon 1 Jun 2026 10:30")
    assert [a for a in first.asked if a.round.startswith("scoping")] == first.asked[:1]
    first.until("Mon 8 Jun 2026 17:00", at("Tue 2 Jun 2026 10:30"))
    second.until("Mon 8 Jun 2026 17:00", at("Tue 2 Jun 2026 10:30"))
    for agency in ("council", "police", "health", "housing", "schools"):
        assert len(first.to_agency(agency, "chase")) == 1, agency
    assert second.letters("chase", "reminder") == []


def test_an_agency_that_waits_for_its_letter_here_and_has_one_there_is_not_asked_again() -> None:
    first, second = Desk(practice(H01)), second_desk("Mon 1 Jun 2026 9:30")
    first.refer("Mon 1 Jun 2026 9:12", "Housing")
    second.answer("Mon 1 Jun 2026 10:30")
    merged(first, second, "Mon 1 Jun 2026 11:00")
    first.answer("Mon 1 Jun 2026 12:00", round_id="scoping-1")
    assert [letter.agency for _, letter in first.letters("scoping")] == ["housing"]
    assert first.case.requests["police"].sent_at == at("Mon 1 Jun 2026 10:30")


def test_an_agency_that_only_the_other_case_meant_to_ask_is_asked_here() -> None:
    first, second = Desk(practice(H01)), second_desk("Mon 1 Jun 2026 9:30", "School")
    first.refer("Mon 1 Jun 2026 9:12")
    first.answer("Mon 1 Jun 2026 10:00")
    merged(first, second, "Mon 1 Jun 2026 11:00")
    assert second.waiting == {}
    first.answer("Mon 1 Jun 2026 12:00", round_id="scoping-2")
    assert first.case.requests["schools"].sent_at == at("Mon 1 Jun 2026 12:00")


def test_clocks_that_only_the_other_case_knows_are_taken_over_and_a_difference_is_told() -> None:
    first, second = both()
    second.record("Mon 1 Jun 2026 12:00", "aware", "2026-05-29")
    first.record("Mon 1 Jun 2026 12:00", "notified", "2026-05-29")
    second.record("Mon 1 Jun 2026 12:00", "notified", "2026-06-01")
    merged(first, second, "Tue 2 Jun 2026 10:00")
    assert first.case.aware_at == second.case.aware_at
    assert first.case.notified_at != second.case.notified_at
    (told,) = [letter for _, letter in first.letters("question") if letter.facts["title"] == "Two cases are one now"]
    assert "stays Friday 29 May 2026" in str(told.facts["paragraphs"])


def test_the_case_that_is_further_on_stays() -> None:
    first, second = Desk(practice(H01)), second_desk("Mon 1 Jun 2026 9:30")
    first.refer("Mon 1 Jun 2026 9:12")
    first.record("Mon 1 Jun 2026 9:20", "withdrawn", why="sent by mistake")
    with pytest.raises(NotAllowedNow, match="mailbot merge"):
        merge(first.case, second.case, MANAGER, WHY, first.practice, at("Mon 1 Jun 2026 10:00"))
    with pytest.raises(NotAllowedNow):
        merge(second.case, second.case, MANAGER, WHY, first.practice, at("Mon 1 Jun 2026 10:00"))
