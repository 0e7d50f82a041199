"""Names of child and family stay out of what the Panel and the post can read."""

from __future__ import annotations

import pytest

from mailbot.cases.case import Case, Child
from mailbot.cases.events import Paper
from mailbot.cases.initials_version import Initials, read_parts
from mailbot.cases.pseudonyms import Pseudonyms
from mailbot.cases.rapid_review import age_at, rapid_review_facts
from tests.builders import CHILD, MOTHER, at, practice, return_form
from tests.cases.desk import Desk


def family(*others: str, child: str = "Wilfred Ashgrove", aka: str = "") -> Pseudonyms:
    rows = tuple({"name": name} for name in others)
    return Pseudonyms(
        Case(child=Child(name=child), referral={"child_aka": aka}, referral_tables={"parents_carers": rows})
    )


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Wilfred Ashgrove was seen.", "W.A. was seen."),
        ("Wilfred was seen; WILFRED cried.", "W. was seen; W. cried."),
        ("Wilfred's mother, Petra Ashgrove-Lund", "W.'s mother, P.A-L."),
        ("Ms Ashgrove-Lund and Mr Lund", "Ms A-L. and Mr L."),
        ("the Ashgroves moved", "the Ashgroves moved"),
        ("Nobody else was named.", "Nobody else was named."),
    ],
)
def test_names_become_initials_whole_names_first(text: str, hidden: str) -> None:
    assert family("Petra Ashgrove-Lund")(text) == hidden


def test_for_readers_outside_two_people_with_the_same_initials_are_told_apart() -> None:
    rows = ({"name": "Wanda Ashgrove", "relationship": "mother"}, {"name": "محمد علي", "relationship": "father"})
    case = Case(
        child=Child(name="Wilfred Ashgrove"),
        referral={
            "child_aka": "Wilfred Reed",
            "gp": "Kiln Lane, WM4 7QT, 999 041 7261",
            "date_of_death": "not_applicable",
        },
        referral_tables={"parents_carers": rows},
    )
    hide = Initials(case)
    assert (
        hide("Wilfred Reed, Wanda and محمد; Wanda Ashgrove; the Ashgrove home")
        == "W.A., W.A.2 and م.ع.; W.A.2; the A. home"
    )
    assert [(line.initials, line.who) for line in hide.key] == [
        ("W.A.", "the child"),
        ("W.A.", "another name of the child"),
        ("W.A.2", "mother"),
        ("م.ع.", "father"),
    ]
    (part,) = read_parts(case, hide)
    assert part.answers == (("The GP", "Kiln Lane, (postcode), (number)"), ("Date of death", "not applicable"))


def test_other_names_of_the_child_are_names_too() -> None:
    assert family(aka="Billy Reed")("Billy, as he is known") == "B., as he is known"


@pytest.mark.parametrize("answer", ["Not known", "unknown", "None", "Unknown father", ""])
def test_an_answer_that_is_no_name_hides_nothing(answer: str) -> None:
    text = "Not known to services. The father is unknown. None was seen."
    assert family(answer)(text) == text


def test_a_name_that_is_also_a_word_hides_only_the_name() -> None:
    assert family("Will May")("Will may visit if they will.") == "W. may visit if they will."


def test_without_any_name_the_text_stays_as_it_is() -> None:
    assert family(child="")("A child was seen.") == "A child was seen."


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("JCR Referral Form.docx", "JCR Referral Form.docx"),
        ("Referral Wilfred Ashgrove.docx", "referral.docx"),
        ("referral_WILFRED.PDF", "referral.PDF"),
        ("ashgrove", "referral"),
    ],
)
def test_a_file_named_after_the_child_is_called_after_its_kind(name: str, shown: str) -> None:
    assert family().file(Paper(kind="referral", name=name, sha256="a" * 64)) == shown


def test_the_template_for_the_panel_names_nobody_of_the_family() -> None:
    desk = Desk(practice())
    desk.refer("Mon 1 Jun 2026 9:12")
    desk.answer("Mon 1 Jun 2026 9:30")
    told = return_form(
        involvement_summary=f"{CHILD} and {MOTHER} were visited.",
        key_issues="Petra was not asked about Mr Lund.",
        child_voice="Wilfred cannot speak yet.",
        good_practice="WILFRED was weighed.",
    )
    rows = ({"date": "2026-05-04", "event": "Wilfred seen with Petra"},)
    desk.returns("Wed 3 Jun 2026 9:00", "police", told, rows)
    facts = str(rapid_review_facts(desk.case, desk.practice, at("Thu 11 Jun 2026 14:00")))
    for name in ("Wilfred", "WILFRED", "Ashgrove", "Petra", "Lund"):
        assert name not in facts
    assert "W.A. and P.A-L. were visited." in facts


@pytest.mark.parametrize(
    ("born", "incident", "age"),
    [
        ("2025-11-03", "2026-05-28", "6 months"),
        ("2025-11-28", "2026-05-27", "5 months"),
        ("2024-05-28", "2026-05-28", "2 years"),
        ("2026-07-01", "2026-05-28", "unborn at the time"),
        ("", "2026-05-28", ""),
        ("2025-11", "2026-05-28", ""),
    ],
)
def test_the_childs_age_at_the_incident(born: str, incident: str, age: str) -> None:
    assert age_at(born, incident) == age


def test_what_is_not_recorded_is_said_to_be_so() -> None:
    desk = Desk(practice())
    desk.refer("Mon 1 Jun 2026 9:12", child_ethnicity="unknown")
    facts = rapid_review_facts(desk.case, desk.practice, at("Mon 1 Jun 2026 10:00"))
    assert {"what": "Rapid Review meeting", "date": "not recorded"} in facts["dates"]  # type: ignore[operator]
    assert facts["quorum"] == "Attendance is not recorded."
    assert facts["child"]["ethnicity"] == "not known"  # type: ignore[call-overload,index]
