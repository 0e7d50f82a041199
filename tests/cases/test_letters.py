"""What letters say: the child's name in no subject and no body, whatever the child is called."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbot.cases import letters
from mailbot.cases.case import Case
from mailbot.cases.decisions import SendLetter
from mailbot.cases.wording import initials, say_list, say_moment
from mailbot.documents.letters import Letters
from mailbot.errors import NotInDirectory
from tests.builders import AGENCIES, CONFIG, LEADS, LONDON, POLICE, at, practice, refer
from tests.cases.desk import Desk

WORDS = Letters((CONFIG.parent / "templates",))
NAMES = st.text(st.characters(categories=("Lu", "Ll"), max_codepoint=0x17F), min_size=4, max_size=12).map(
    lambda name: f"Q{name.lower()}x"
)


def whole_walk(child: str) -> Desk:
    """A case from the referral to the outcome, with a late agency."""
    desk = Desk(practice())
    desk.refer("Mon 1 Jun 2026 9:12", "The Moon Trust", child_name=child)
    desk.answer("Mon 1 Jun 2026 9:30")
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-15T10:00", why="no room before")
    desk.returns("Wed 3 Jun 2026 9:00", "council")
    desk.returns("Wed 3 Jun 2026 9:30", "health", rows=None)
    desk.bounces("Wed 3 Jun 2026 10:00", "health", permanent=False)
    for moment in ("Tue 9 Jun 2026 9:00", "Wed 10 Jun 2026 9:00", "Fri 12 Jun 2026 9:00"):
        desk.work(at(moment))
    desk.answer("Fri 12 Jun 2026 10:00")
    desk.work(at("Fri 12 Jun 2026 17:00"))
    desk.answer("Fri 12 Jun 2026 18:00", round_id="pack-1")
    desk.record("Mon 15 Jun 2026 14:00", "attendance", *LEADS)
    desk.record("Mon 15 Jun 2026 14:05", "outcome", "local_review", why="The criteria are met.")
    desk.answer("Tue 16 Jun 2026 10:00", round_id="submission-1")
    desk.answer("Tue 16 Jun 2026 11:00", round_id="outcome-1")
    return desk


def test_every_kind_of_letter_that_goes_out_is_looked_at_here() -> None:
    kinds = {letter.kind for letter in whole_walk("Wilfred Ashgrove").drafted.values()}
    assert kinds >= {
        "acknowledgement",
        "scoping",
        "thanks",
        "reask",
        "reminder",
        "chase",
        "escalation",
        "pack",
        "submission",
        "outcome",
        "question",
        "warning",
    }


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(forename=NAMES, surname=NAMES)
def test_no_letter_shows_the_childs_name(forename: str, surname: str) -> None:
    desk = whole_walk(f"{forename} {surname}")
    for letter in desk.drafted.values():
        rendered = WORDS.render(letter.kind, letter.facts)
        shown = " ".join([rendered.subject, rendered.text, letter.key, *(a.name for a in letter.attachments)])
        assert forename not in shown, letter.kind
        assert surname not in shown, letter.kind


def test_the_childs_name_is_in_the_form_that_the_agency_fills_in() -> None:
    desk = Desk(practice())
    desk.refer("Mon 1 Jun 2026 9:12")
    for letter in desk.waiting.values():
        covering, form, *_ = letter.attachments
        assert "Wilfred Ashgrove" in str(form)
        assert "Wilfred" not in str(covering)


def test_every_subject_has_the_reference_and_the_initials() -> None:
    for letter in whole_walk("Wilfred Ashgrove").drafted.values():
        assert "[RR-2026-001]" in WORDS.render(letter.kind, letter.facts).subject, letter.kind


def test_no_two_letters_have_one_key_and_none_has_two_agencies() -> None:
    desk = whole_walk("Wilfred Ashgrove")
    sent = [letter.key for _, letter in desk.sent]
    assert len(sent) == len(set(sent))
    for _, letter in desk.letters("scoping", "reminder", "chase", "escalation", "thanks", "reask"):
        own = next(a for a in AGENCIES if a.id == letter.agency)
        assert all(own.owns_domain(address) for address in letter.to)


def test_the_acknowledgement_has_the_reference_only() -> None:
    case, decision = refer(practice(), "Mon 1 Jun 2026 9:12")
    letter = next(a for a in decision.actions if isinstance(a, SendLetter) and a.kind == "acknowledgement")
    assert letter.to == ("duty@council.example",)
    assert set(letter.facts) == {"ref", "initials", "today", "agency_name", "partnership", "what", "received"}
    assert case.child.initials == "W.A."


def test_the_outline_says_what_happened_and_names_nobody() -> None:
    harmed, _ = refer(practice(), "Mon 1 Jun 2026 9:12")
    assert letters.outline(harmed) == (
        "A child, W.A., has been seriously harmed (incident of 28 May 2026), "
        "and abuse or neglect is known or suspected."
    )
    died, _ = refer(practice(), "Mon 1 Jun 2026 9:12", date_of_death="2026-05-29", date_of_incident="")
    assert "has died (incident of 29 May 2026)" in letters.outline(died)


def test_an_agency_without_an_address_cannot_be_written_to() -> None:
    office = practice(agencies=(POLICE.model_copy(update={"spoc": ()}),))
    desk = Desk(practice())
    desk.refer("Mon 1 Jun 2026 9:12")
    with pytest.raises(NotInDirectory, match=r"config/agencies\.toml"):
        letters.scoping(desk.case, desk.case.requests["police"], office, at("Mon 1 Jun 2026 9:30"))


def test_without_the_panels_address_there_is_no_submission() -> None:
    with pytest.raises(NotInDirectory, match="Panel's address"):
        letters.submission(Case(), practice(panel=""), at("Mon 1 Jun 2026 9:30"), "")


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Wilfred Ashgrove", "W.A."),
        ("Petra Ashgrove-Lund", "P.A-L."),
        ("  Élodie  de la Tour ", "É.d.l.T."),
        ("Baby", "B."),
        ("", ""),
    ],
)
def test_initials(name: str, short: str) -> None:
    assert initials(name).casefold() == short.casefold()


def test_times_and_lists_are_said_as_people_say_them() -> None:
    assert say_moment(at("Wed 10 Jun 2026 17:00"), LONDON) == "5 pm on Wednesday 10 June 2026"
    assert say_moment(at("Wed 10 Jun 2026 0:30"), LONDON) == "12.30 am on Wednesday 10 June 2026"
    assert say_moment(at("Wed 10 Jun 2026 12:05"), LONDON) == "12.05 pm on Wednesday 10 June 2026"
    assert say_list([]) == ""
    assert say_list(["a"]) == "a"
    assert say_list(["a", "b", "c"], "or") == "a, b or c"
