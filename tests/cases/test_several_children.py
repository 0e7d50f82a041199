"""Several children in one incident: told of as several, each in the papers, none by name in a letter."""

from __future__ import annotations

from mailbot.cases import arrivals, letters
from mailbot.cases.case import Case
from mailbot.cases.letters.scoping import scoping_template
from mailbot.cases.pseudonyms import Pseudonyms
from mailbot.cases.rapid_review import rapid_review_facts
from mailbot.cases.scoping import start_scoping
from tests.builders import REF, after, at, came, practice, referral_form

OFFICE = practice()
MONDAY = "Mon 1 Jun 2026 9:12"
SISTER = {"name": "Agnes Ashgrove", "date_of_birth": "2022-04-05", "gender": "female"}


def two_children() -> Case:
    form = referral_form()
    form = form.model_copy(update={"tables": form.tables | {"children": (SISTER,), "siblings_household": (SISTER,)}})
    arrived = came(MONDAY)
    case = after(Case(), arrivals.on_referral(REF, arrived, form, "council", OFFICE, at(MONDAY)))
    return after(case, start_scoping(case, at(MONDAY), OFFICE))


def test_letters_tell_of_children_by_their_initials() -> None:
    case = two_children()
    assert letters.outline(case).startswith("2 children, W.A. and A.A., have been seriously harmed")
    facts = letters.common(case, OFFICE, at(MONDAY))
    assert facts["initials"] == "W.A."


def test_the_scoping_template_lists_each_child_once() -> None:
    case = two_children()
    facts = scoping_template(case, case.requests["police"], OFFICE, at(MONDAY), at("Wed 10 Jun 2026 17:00"))
    family = facts["family"]
    assert isinstance(family, list)
    assert [row["name"] for row in family if isinstance(row, dict)].count("Agnes Ashgrove") == 1
    assert {
        "name": "Agnes Ashgrove",
        "relationship": "also a child of this review",
        "date_of_birth": "5 April 2022",
    } in family


def test_the_rapid_review_template_shows_each_child_by_initials() -> None:
    child = rapid_review_facts(two_children(), OFFICE, at(MONDAY))["child"]
    assert isinstance(child, dict)
    assert child["initials"] == "W.A. and A.A."
    assert child["dob"] == "W.A. 3 November 2025\nA.A. 5 April 2022"
    assert child["ethnicity"] == "W.A. White British\nA.A. not known"


def test_the_answer_about_a_child_stands_behind_its_arabic_initials() -> None:
    case = two_children()
    brother = case.children[1].model_copy(update={"initials": "م.ع."})
    told = rapid_review_facts(case.model_copy(update={"children": (case.child, brother)}), OFFICE, at(MONDAY))[
        "child"
    ]
    assert isinstance(told, dict)
    assert told["dob"] == "W.A. 3 November 2025\nم.ع.\N{LEFT-TO-RIGHT MARK} 5 April 2022"


def test_the_letter_to_the_panel_is_about_every_child() -> None:
    case = two_children().model_copy(update={"outcome": "local_review"})
    assert letters.submission_facts(case, OFFICE, at(MONDAY), "")["initials"] == "W.A. and A.A."


def test_no_childs_name_is_left_in_a_text_that_is_hidden() -> None:
    assert Pseudonyms(two_children())("Wilfred and Agnes Ashgrove were seen.") == "W. and A.A. were seen."


def test_the_template_says_of_each_child_that_it_was_harmed() -> None:
    told = rapid_review_facts(two_children(), OFFICE, at(MONDAY))
    assert told["harm"] == "W.A. and A.A. were seriously harmed."
