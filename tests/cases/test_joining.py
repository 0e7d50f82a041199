"""A form about an incident that has a case: the one that was waited for, and a second referral."""

from __future__ import annotations

import pytest

from mailbot.cases.arrivals import ReadForm
from mailbot.cases.events import Paper
from mailbot.cases.incidents import on_incident
from mailbot.cases.joining import is_awaited, on_joining_referral
from mailbot.errors import NotAllowedNow
from tests.builders import AGENCIES, CHILD, FLOW_CHART, H01, REF, agency, at, came, practice, referral_form
from tests.cases.desk import Desk

FORM = Paper(kind="referral", name="JCR referral.docx", sha256="f" * 64)


def told(desk: Desk, when: str, sender: str, intends: bool = False) -> None:
    """An agency tells of an incident in a mail without a form, and a person has opened a case for it."""
    arrived = came(when, f"duty@{sender}.example", desk._mail())
    words = ReadForm(fields={"child_name": CHILD}, papers=(Paper(kind="other", name="Email.txt", sha256="e" * 64),))
    desk.take(on_incident(REF, arrived, words, sender, intends, "so said", desk.practice, arrived.received), at(when))
    desk.work(at(when))


def joins(desk: Desk, when: str, sender: str, *named: str) -> None:
    arrived = came(when, f"duty@{sender}.example", desk._mail())
    form = referral_form(*named).model_copy(update={"papers": (FORM,)})
    decision = on_joining_referral(desk.case, arrived, form, sender, desk.practice, arrived.received)
    desk.take(decision, arrived.received)
    desk.work(arrived.received)


@pytest.mark.parametrize("procedure", [FLOW_CHART, H01])
def test_the_local_authoritys_form_that_follows_its_intention_starts_the_scoping(procedure: str) -> None:
    desk = Desk(practice(procedure))
    told(desk, "Mon 1 Jun 2026 9:00", "council", intends=True)
    assert desk.stage == "referral_awaited"
    assert is_awaited(desk.case, "council", desk.practice)
    joins(desk, "Wed 3 Jun 2026 10:00", "council")
    assert desk.stage == "scoping"
    assert (desk.case.intention_at, desk.case.received_at) == (at("Mon 1 Jun 2026 9:00"), at("Wed 3 Jun 2026 10:00"))
    assert [p.name for p in desk.case.papers] == ["Email.txt", "JCR referral.docx"]


def test_the_authoritys_form_says_that_it_accepts_serious_harm_where_that_was_asked() -> None:
    desk = Desk(practice(FLOW_CHART))
    told(desk, "Mon 1 Jun 2026 9:00", "health")
    assert desk.stage == "la_deciding"
    joins(desk, "Wed 3 Jun 2026 10:00", "council")
    assert desk.stage == "scoping"
    assert desk.case.accepted_at == at("Wed 3 Jun 2026 10:00")
    assert desk.case.received_at == at("Wed 3 Jun 2026 10:00")
    assert [r.agency for r in desk.case.referrers] == ["health", "council"]


def test_under_h01_the_form_of_the_agency_that_told_of_it_begins_the_review_undecided() -> None:
    desk = Desk(practice(H01))
    told(desk, "Mon 1 Jun 2026 9:00", "health")
    assert desk.stage == "la_deciding"
    assert is_awaited(desk.case, "health", desk.practice)
    joins(desk, "Wed 3 Jun 2026 10:00", "health")
    assert desk.stage == "scoping"
    assert desk.case.rounds["threshold-1"].state == "rejected"
    assert "la_enquiry" not in {letter.kind for letter in desk.waiting.values()}


def test_under_h01_the_local_authority_has_no_veto() -> None:
    desk = Desk(practice(H01))
    told(desk, "Mon 1 Jun 2026 9:00", "health")
    desk.record("Tue 2 Jun 2026 10:00", "serious-harm", "no", why="it fell")
    assert desk.stage == "partner_discussion"
    joins(desk, "Wed 3 Jun 2026 10:00", "health")
    assert desk.stage == "scoping"


def test_under_h01_a_no_while_the_form_is_awaited_is_refused() -> None:
    desk = Desk(practice(H01))
    told(desk, "Mon 1 Jun 2026 9:00", "health")
    desk.record("Tue 2 Jun 2026 10:00", "serious-harm", "yes")
    assert desk.stage == "referral_awaited"
    with pytest.raises(NotAllowedNow, match=r"any agency's referral begins the Rapid Review.*withdrawn"):
        desk.record("Wed 3 Jun 2026 10:00", "serious-harm", "no")


def test_of_several_councils_no_form_says_by_itself_whose_case_it_is() -> None:
    borough = agency("borough", name="Eastshire Children's Services", partner="local_authority")
    desk = Desk(practice(FLOW_CHART, agencies=(*AGENCIES, borough)))
    told(desk, "Mon 1 Jun 2026 9:00", "health")
    assert not is_awaited(desk.case, "council", desk.practice)
    assert not is_awaited(desk.case, "borough", desk.practice)
    desk.record("Mon 1 Jun 2026 10:00", "la", "borough")
    assert is_awaited(desk.case, "borough", desk.practice)


def test_an_incident_told_by_an_agency_waits_for_the_local_authority() -> None:
    desk = Desk(practice(FLOW_CHART))
    told(desk, "Mon 1 Jun 2026 9:00", "health")
    assert desk.case.received_at is None
    assert desk.letters("scoping") == []
    assert [letter.to for _, letter in desk.letters("acknowledgement")] == [("duty@health.example",)]
    (asked,) = [letter for _, letter in desk.letters("question") if "without a form" in str(letter.facts["title"])]
    assert CHILD not in str(asked.facts)


def test_word_of_the_local_authority_without_an_intention_is_still_to_be_decided() -> None:
    desk = Desk(practice(FLOW_CHART))
    told(desk, "Mon 1 Jun 2026 9:00", "council")
    assert desk.stage == "la_deciding"
    assert desk.case.la == "council"


def test_a_second_referral_adds_what_was_not_known_and_changes_no_day() -> None:
    desk = Desk(practice())
    desk.refer("Mon 1 Jun 2026 9:12", school_or_setting="")
    desk.answer("Mon 1 Jun 2026 9:40")
    joins(desk, "Tue 2 Jun 2026 10:00", "health", "Housing")
    assert desk.case.received_at == at("Mon 1 Jun 2026 9:12")
    assert desk.case.children[0].name == CHILD
    assert len(desk.case.children) == 1
    (named,) = [letter for _, letter in desk.letters("question") if "names agencies" in str(letter.facts["title"])]
    assert named.facts["commands"] == [f"mailbot record {REF} scoping housing --as YOU"]
    assert not is_awaited(desk.case, "council", desk.practice)


def test_nobody_is_answered_about_a_mail_that_came_long_ago() -> None:
    desk = Desk(practice())
    arrived = came("Mon 4 May 2026 9:00", "duty@health.example").model_copy(update={"old": True})
    words = ReadForm(papers=())
    desk.take(
        on_incident(REF, arrived, words, "health", False, "so said", desk.practice, at("Mon 1 Jun 2026 9:00")),
        at("Mon 1 Jun 2026 9:00"),
    )
    desk.work(at("Mon 1 Jun 2026 9:00"))
    assert desk.letters("acknowledgement") == []
    assert desk.case.reported_at == at("Mon 4 May 2026 9:00")
