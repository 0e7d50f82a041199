"""Who signs the Rapid Review Template off, who endorses it, and how they are asked."""

from __future__ import annotations

import pytest

from mailbot.cases import carried_out
from mailbot.cases.events import Paper
from mailbot.cases.given_back import TemplateRead
from mailbot.cases.signing import unsigned
from tests.builders import FLOW_CHART, H01, LEADS, MANAGER, at
from tests.cases.desk import Desk
from tests.cases.test_meeting import decided, questions, scoped

FINISHED = Paper(kind="rapid_review", name="finished.docx", sha256="e" * 64)


def under_h01() -> Desk:
    """Decided on Thu 11 Jun under H01; the Panel's two days end on Mon 15 Jun."""
    desk = scoped(H01)
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-11T10:00")
    desk.work(at("Wed 10 Jun 2026 16:00"))
    desk.record("Thu 11 Jun 2026 14:00", "attendance", *LEADS)
    desk.record("Thu 11 Jun 2026 14:05", "outcome", "local_review", why="The criteria are met.")
    return desk


def asked_to_sign(desk: Desk) -> list[str]:
    return [letter.to[0] for _, letter in desk.letters("partner_enquiry")]


def test_each_partners_lead_is_asked_with_the_draft_when_a_person_releases_it() -> None:
    desk = decided()
    assert "sign-off-1" in desk.case.rounds
    assert asked_to_sign(desk) == []
    desk.answer("Thu 11 Jun 2026 15:00", round_id="sign-off-1")
    assert asked_to_sign(desk) == list(LEADS)
    (_, letter), *_ = desk.letters("partner_enquiry")
    assert letter.key == f"RR-2026-001/partner/sign_off/{LEADS[0]}/1"
    assert [a.name for a in letter.attachments] == ["template.docx"]
    assert letter.facts["due"] == "5 pm on Monday 15 June 2026"


def test_a_signature_makes_a_new_draft_and_nobody_is_asked_twice() -> None:
    desk = decided()
    desk.answer("Thu 11 Jun 2026 15:00", round_id="sign-off-1")
    desk.record("Fri 12 Jun 2026 9:00", "signed-off", LEADS[0])
    desk.record("Fri 12 Jun 2026 9:30", "signed-off", LEADS[1])
    assert desk.case.submission_version == 3
    assert asked_to_sign(desk) == list(LEADS)
    assert unsigned(desk.case) == ("health",)


def test_letters_not_released_go_with_the_newer_draft_to_who_has_not_signed() -> None:
    desk = decided()
    desk.record("Fri 12 Jun 2026 9:00", "signed-off", LEADS[0])
    assert desk.case.rounds["sign-off-1"].state == "rejected"
    desk.answer("Fri 12 Jun 2026 9:30", round_id="sign-off-2")
    assert asked_to_sign(desk) == list(LEADS[1:])


def test_a_template_that_a_person_finished_goes_again_to_who_has_not_signed() -> None:
    desk = decided()
    desk.answer("Thu 11 Jun 2026 15:00", round_id="sign-off-1")
    desk.record("Fri 12 Jun 2026 9:00", "signed-off", LEADS[0])
    now = at("Fri 12 Jun 2026 10:00")
    desk.take(
        carried_out.on_submission_drafted(desk.case, FINISHED, TemplateRead(), desk.practice, now, by=MANAGER), now
    )
    desk.answer("Fri 12 Jun 2026 10:30", round_id=f"sign-off-{desk.case.submission_version}")
    assert asked_to_sign(desk) == [*LEADS, *LEADS[1:]]


def test_a_new_decision_is_signed_by_all_of_them_again() -> None:
    desk = decided()
    desk.answer("Thu 11 Jun 2026 15:00", round_id="sign-off-1")
    desk.record("Fri 12 Jun 2026 9:00", "signed-off", *LEADS)
    desk.record("Fri 12 Jun 2026 10:00", "outcome", "national_review", why="It is of national importance.")
    assert unsigned(desk.case) == ("local_authority", "police", "health")
    desk.answer("Fri 12 Jun 2026 11:00", round_id=f"sign-off-{desk.case.submission_version}")
    assert asked_to_sign(desk) == [*LEADS, *LEADS]


def test_the_office_hears_the_day_before_who_has_not_signed() -> None:
    desk = decided()
    desk.record("Thu 11 Jun 2026 15:00", "signed-off", *LEADS[:2])
    desk.work(at("Thu 11 Jun 2026 16:00"))
    assert questions(desk, "unsigned") == []
    desk.work(at("Fri 12 Jun 2026 9:00"))
    (told,) = questions(desk, "unsigned")
    assert "Not signed yet: Mira Oye (oye@health.example)." in str(told.facts["paragraphs"])


def test_under_h01_the_office_is_asked_for_the_chairs_endorsement_and_its_day_goes_to_the_panel() -> None:
    desk = under_h01()
    (asked,) = questions(desk, "endorsement/")
    assert "the LSCB Independent Chair should then be asked to consider and endorse" in str(asked.facts["paragraphs"])
    desk.record("Fri 12 Jun 2026 9:00", "endorsed", "2026-06-12")
    letter = [a for a in desk.waiting.values() if a.kind == "submission"][-1]
    assert letter.facts["endorsed"] == "Friday 12 June 2026"


def test_under_the_flow_chart_no_endorsement_is_asked_for() -> None:
    assert questions(decided(), "endorsement/") == []


@pytest.mark.parametrize("procedure", [FLOW_CHART, H01])
def test_the_letter_to_the_panel_names_who_signed_and_each_criterion(procedure: str) -> None:
    desk = decided() if procedure == FLOW_CHART else under_h01()
    desk.record("Fri 12 Jun 2026 9:00", "criterion", "recurrent_themes", "met", why="Wilfred is the third this year.")
    desk.record("Fri 12 Jun 2026 9:10", "signed-off", *LEADS)
    letter = [a for a in desk.waiting.values() if a.kind == "submission"][-1]
    assert "'Friday 12 June 2026'" in str(letter.facts["signed"])
    assert "third this year" in str(letter.facts["criteria"])
    assert "Wilfred" not in str(letter.facts)
