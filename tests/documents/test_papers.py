"""The Word papers that we send: every fact stands in them as it was given, and people can fill them in."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
from lxml import etree

from mailbot.documents.paper_kinds import WRITTEN
from mailbot.documents.papers import FACTS, NOT_GIVEN, Papers
from mailbot.errors import ConfigProblems

SHIPPED = Path(__file__).parents[2] / "templates"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
UGLY = 'Smith & Jones <GP> "O\'Dowd" {{ ref }} {% x %} محمد Дарья'

SCOPING: dict[str, Any] = {
    "ref": "RR-2026-001",
    "partnership_name": "Wychmoor Safeguarding Children Partnership",
    "agency_name": "Moss Lane Surgery",
    "child_name": "Tallulah Okonkwo-Ström",
    "child_aka": "Lula",
    "child_dob": "4 March 2026",
    "child_address": "12 Larch Row, Wychmoor",
    "nhs_number": "943 476 5919",
    "child_gender": "Female",
    "family": [
        {"name": "Renée Okonkwo", "relationship": "Mother", "date_of_birth": "1 May 1999"},
        {"name": "Per Ström", "relationship": "Father", "date_of_birth": "2 June 1998"},
    ],
    "date_of_incident": "27 May 2026",
    "outline": "Taken to hospital.",
    "referrer_agency": "Wychmoor Council",
    "date_circulated": "Monday 1 June 2026",
    "date_due": "5 pm on Wednesday 10 June 2026",
    "return_address": "rapidreview@wychmoor-scp.example",
}
CHRONOLOGY: dict[str, Any] = {key: SCOPING[key] for key in ("ref", "child_name", "agency_name", "partnership_name")}
RAPID_REVIEW: dict[str, Any] = {
    "ref": "RR-2026-001",
    "partnership_name": "Wychmoor Safeguarding Children Partnership",
    "drafted": "Thursday 11 June 2026",
    "la_name": "Wychmoor Council",
    "sin": "SIN-4471, sent on Monday 1 June 2026",
    "child": {
        "initials": "T.O-S.",
        "dob": "4 March 2026",
        "age": "2 months",
        "gender": "Female",
        "ethnicity": "Mixed",
        "disability": "None known",
    },
    "date_of_incident": "27 May 2026",
    "harm": "The child was seriously harmed.",
    "harm_type": "Serious harm to a child",
    "dates": [{"what": "Referral received", "date": "29 May 2026"}],
    "attendance": [{"name": "Ada Finch", "role": "Director", "partner": "local authority"}],
    "quorum": "All three partners were there.",
    "family": [{"initials": "R.O.", "relationship": "Mother", "date_of_birth": "1 May 1999"}],
    "genogram": "Genogram: T.O-S., child of R.O.",
    "unplaced": "Not in the drawing: P.L., a family friend.",
    "facts_of_incident": "Bruising seen at clinic.",
    "silent": "1 agency was asked; 1 sent a return.",
    "agencies": [
        {
            "name": "Moss Lane Surgery",
            "status": "Returned on 3 June 2026.",
            "summary": "Seen three times.",
            "key_issues": "No home visit.",
            "good_practice": "Quick referral.",
            "analysis": "The visits were brief.",
            "learning": "Ask who is at home.",
        }
    ],
    "key_events_note": "The latest 60 entries.",
    "key_events": [{"date": "1 May 2026", "agency": "Police", "event": "Call-out to the address"}],
    "analysis": "Each service saw one part.",
    "voices": [{"agency": "Health visiting", "text": "A settled baby."}],
    "child_voice": "She settled with her aunt.",
    "context": [{"agency": "Housing", "text": "Overcrowded flat."}],
    "context_inequalities": "Two buses to the clinic.",
    "immediate_actions": [
        {"action": "Sibling seen the same day", "owner": "Ada Finch", "due": "12 June 2026", "done": "yes"}
    ],
    "agency_actions": [{"agency": "School", "text": "A named adult."}],
    "immediate_learning": "Share concerns sooner.",
    "learning_shared": "In the briefing of June.",
    "improvement_potential": "One record of households.",
    "referral_criteria": "Abuse is suspected.",
    "criteria": [{"criterion": "Themes that recur", "met": "yes", "reason": "Seen twice this year."}],
    "criteria_rationale": "Both were weighed.",
    "decision": "local review",
    "decision_reason": "Agencies did not share what they knew.",
    "dissent": "None.",
    "endorsed_on": "15 June 2026",
    "lcspr_plan": "Six months.",
    "family_informed": "The mother was told.",
    "parallel_processes": "Police investigation.",
    "media_interest": "None so far.",
    "sign_off": [{"name": "Omar Reid", "role": "Superintendent", "partner": "The police", "date": "16 June 2026"}],
}
PAPERS = {"scoping_template": SCOPING, "chronology_template": CHRONOLOGY, "rapid_review_template": RAPID_REVIEW}


@pytest.fixture
def papers() -> Papers:
    return Papers((SHIPPED,))


def body(content: bytes) -> etree._Element:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return etree.fromstring(archive.read("word/document.xml"))


def words(content: bytes) -> str:
    """Every word of the paper, headers and footers too; a line break is a new line."""
    text = []
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.startswith(("word/document", "word/header", "word/footer")):
                for element in etree.fromstring(archive.read(name)).iter(W + "t", W + "br", W + "p"):
                    text.append(element.text or "" if element.tag == W + "t" else "\n")
    return "".join(text)


def _tag(control: etree._Element) -> str:
    return str(control.find(f"{W}sdtPr/{W}tag").get(W + "val"))  # type: ignore[union-attr]


def controls(content: bytes, shown: bool) -> dict[str, str]:
    """The texts of the controls by their tags: those that show their prompt, or those that hold an answer."""
    return {
        _tag(control): "".join(text.text or "" for text in control.iter(W + "t"))
        for control in body(content).iter(W + "sdt")
        if (control.find(f"{W}sdtPr/{W}showingPlcHdr") is not None) is shown
    }


def leaves(fact: object) -> list[str]:
    if isinstance(fact, dict):
        return [leaf for value in fact.values() for leaf in leaves(value)]
    if isinstance(fact, list):
        return [leaf for value in fact for leaf in leaves(value)]
    return [str(fact)]


def changed(fact: object, to: str) -> Any:
    """The same facts with every text replaced."""
    if isinstance(fact, dict):
        return {key: changed(value, to) for key, value in fact.items()}
    if isinstance(fact, list):
        return [changed(value, to) for value in fact]
    return to


def test_every_template_is_in_order(papers: Papers) -> None:
    assert papers.check() == []
    assert all(set(facts) == FACTS[template] for template, facts in PAPERS.items())


@pytest.mark.parametrize("template", PAPERS)
def test_every_fact_stands_in_the_paper(papers: Papers, template: str) -> None:
    text = words(papers.fill(template, PAPERS[template]))
    for fact in PAPERS[template].values():
        for leaf in leaves(fact):
            assert leaf in text
    assert "{" not in text


@pytest.mark.parametrize("template", PAPERS)
def test_facts_stand_verbatim_whatever_is_in_them(papers: Papers, template: str) -> None:
    plain = words(papers.fill(template, changed(PAPERS[template], "Okonkwo")))
    ugly = words(papers.fill(template, changed(PAPERS[template], UGLY)))
    assert ugly == plain.replace("Okonkwo", UGLY)


def test_characters_that_xml_cannot_hold_do_no_harm(papers: Papers) -> None:
    text = words(papers.fill("chronology_template", {**CHRONOLOGY, "child_name": "Tal\x00lu\x0blah\ud800 \x07Ström"}))
    assert "Tallulah Ström" in text


def test_lines_of_an_address_stay_lines(papers: Papers) -> None:
    text = words(papers.fill("scoping_template", {**SCOPING, "child_address": "12 Larch Row\r\nWychmoor"}))
    assert "12 Larch Row\nWychmoor" in text


def test_the_same_facts_give_the_same_bytes(papers: Papers) -> None:
    assert papers.fill("scoping_template", SCOPING) == papers.fill("scoping_template", SCOPING)


def test_blanks_say_so(papers: Papers) -> None:
    text = words(papers.fill("scoping_template", {**SCOPING, "child_aka": "", "family": []}))
    assert f"Also known as\n{NOT_GIVEN}" in text
    assert "Mother" not in text


def test_the_answers_are_empty_controls_with_the_names_of_the_fields(papers: Papers) -> None:
    controls = list(body(papers.fill("scoping_template", SCOPING)).iter(W + "sdt"))
    tags = [control.find(f"{W}sdtPr/{W}tag").get(W + "val") for control in controls]  # type: ignore[union-attr]
    for field in (
        *("author_name", "author_role", "author_phone", "author_email", "date_returned", "had_involvement"),
        *("involvement_from", "involvement_to", "involvement_summary", "background", "key_issues", "good_practice"),
        *("child_voice", "context_inequalities", "immediate_actions", "records_secured", "records_secured_date"),
        *("nominated_representative", "signed_off_by", "signed_off_date", "chronology_attached"),
    ):
        assert field in tags
    for control in controls:
        tick = control.find(f"{W}sdtPr/{W14}checkbox/{W14}checked")
        prefilled = control.find(f"{W}sdtPr/{W}tag").get(W + "val") == "agency_name"  # type: ignore[union-attr]
        prompt = control.find(f"{W}sdtPr/{W}showingPlcHdr") is not None
        assert prefilled or prompt or (tick is not None and tick.get(W14 + "val") == "0")


def test_everybody_in_the_family_has_a_row_to_answer(papers: Papers) -> None:
    document = docx.Document(BytesIO(papers.fill("scoping_template", SCOPING)))
    people = next(t for t in document.tables if "Known to agency" in [c.text for c in t.rows[0].cells])
    assert [row.cells[0].text for row in people.rows[1:4]] == ["Tallulah Okonkwo-Ström", "Renée Okonkwo", "Per Ström"]


@pytest.mark.parametrize("template", PAPERS)
def test_the_papers_are_accessible(papers: Papers, template: str) -> None:
    content = papers.fill(template, PAPERS[template])
    document = docx.Document(BytesIO(content))
    assert document.core_properties.title
    assert any(p.style is not None and p.style.name == "Heading 1" for p in document.paragraphs)
    assert document.sections[0].page_width == 7560310 or document.sections[0].page_height == 7560310
    tables = list(body(content).iter(W + "tbl"))
    assert all(table.find(f"{W}tblPr/{W}tblCaption") is not None for table in tables)
    assert "OFFICIAL-SENSITIVE\tRR-2026-001" in document.sections[0].header.paragraphs[0].text


def test_what_only_people_can_write_stays_a_prompt_in_its_control(papers: Papers) -> None:
    nothing = {name: "" for name, fact in RAPID_REVIEW.items() if isinstance(fact, str)}
    prompts = controls(papers.fill("rapid_review_template", {**RAPID_REVIEW, **nothing}), shown=True)
    answers = controls(papers.fill("rapid_review_template", RAPID_REVIEW), shown=False)
    assert set(WRITTEN) <= set(prompts)
    assert {name: answers[name] for name in WRITTEN} == {name: RAPID_REVIEW[name] for name in WRITTEN}
    assert all(text.startswith("[") and text.endswith("]") for text in prompts.values())
    assert not controls(papers.fill("rapid_review_template", RAPID_REVIEW), shown=True)


def test_a_finished_template_says_nothing_that_is_meant_for_the_office(papers: Papers) -> None:
    text = words(papers.fill("rapid_review_template", RAPID_REVIEW))
    assert "[" not in text
    assert "still to be written" not in text


def test_the_decision_is_chosen_and_its_days_are_picked(papers: Papers) -> None:
    kinds = {
        _tag(control): {etree.QName(kind).localname for kind in control.find(f"{W}sdtPr")}  # type: ignore[union-attr]
        for control in body(papers.fill("rapid_review_template", RAPID_REVIEW)).iter(W + "sdt")
    }
    assert "dropDownList" in kinds["decision"] & kinds["met"] & kinds["done"]
    assert "date" in kinds["endorsed_on"] & kinds["due"] & kinds["date"]


def test_an_early_draft_says_what_is_not_there_yet(papers: Papers) -> None:
    lists: dict[str, list[str]] = {name: [] for name, fact in RAPID_REVIEW.items() if isinstance(fact, list)}
    text = words(papers.fill("rapid_review_template", {**RAPID_REVIEW, **lists}))
    assert "No agency has been asked yet." in text
    assert "No chronology has been received." in text
    assert "Local authority" in text


def test_twenty_five_agencies(papers: Papers) -> None:
    agencies = [
        {**RAPID_REVIEW["agencies"][0], "name": f"Agency number {n} " + "of Wychmoor " * 12} for n in range(25)
    ]
    text = words(papers.fill("rapid_review_template", {**RAPID_REVIEW, "agencies": agencies}))
    assert all(agency["name"].strip() in text for agency in agencies)


def test_an_unknown_fact_stops_the_paper(papers: Papers) -> None:
    with pytest.raises(ConfigProblems, match=r"chronology_template\.docx: 'agency_name' is undefined"):
        papers.fill("chronology_template", {"ref": "RR-2026-001", "child_name": "T", "partnership_name": "W"})


def test_what_is_wrong_with_an_offices_own_template_is_said(tmp_path: Path) -> None:
    own = tmp_path / "documents"
    own.mkdir()
    document = docx.Document()
    document.add_paragraph("{{ ref }} {{ childs_name }}")
    document.save(str(own / "chronology_template.docx"))
    (own / "scoping_template.docx").write_bytes(b"not a Word file")
    problems = "\n".join(Papers((tmp_path, SHIPPED)).check())
    assert "chronology_template.docx: there is no fact `childs_name`" in problems
    assert "scoping_template.docx: " in problems
    assert "rapid_review_template" not in problems


def test_a_template_that_nobody_has(papers: Papers) -> None:
    with pytest.raises(ConfigProblems, match=r"no such template"):
        papers.fill("minutes_template", {})
