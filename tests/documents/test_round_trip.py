"""Our forms come back as people fill them in, in Word or LibreOffice, saved as this or that: nothing is missed."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mailbot.demo.mails import Arriving
from mailbot.documents.office import Converter
from mailbot.documents.papers import Papers
from mailbot.documents.reading import Tools, read_document
from mailbot.documents.workbook_papers import WorkbookPapers
from mailbot.forms.extract import extract
from mailbot.forms.form import Form, Row
from tests.documents.libreoffice_filling import Filling, saved_by_libreoffice
from tests.documents.test_papers import CHRONOLOGY, SCOPING
from tests.documents.word_filling import fill_as_word
from tests.forms.definitions import DEFINITIONS
from tests.intake.office import NINE, PHONE, make_home, office_at

SOFFICE = shutil.which("soffice")
CONVERTER = Converter.find()
pytestmark = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
Rows = list[list[str]]


@dataclass(frozen=True)
class Answered:
    """A form of ours, how a person answers it, and what must be read."""

    template: str
    facts: dict[str, Any]
    kind: str
    answers: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By tag: the label as printed, and what is written."""
    rows: dict[str, Rows] = field(default_factory=dict)
    """By a header of the table."""
    normal: dict[str, str] = field(default_factory=dict)
    """Answers that are read in another form than they are written."""
    prefilled: dict[str, str] = field(default_factory=dict)
    tables: dict[str, tuple[Row, ...]] = field(default_factory=dict)

    @property
    def blank(self) -> bytes:
        return Papers((Path(__file__).parents[2] / "templates",)).fill(self.template, self.facts)

    @property
    def fields(self) -> dict[str, str]:
        return self.prefilled | {tag: text for tag, (_, text) in self.answers.items()} | self.normal


SCOPING_RETURN = Answered(
    "scoping_template",
    SCOPING,
    "scoping_return",
    answers={
        "author_name": ("Completed by", "Renée Ode"),
        "author_role": ("Role", "Named nurse"),
        "author_phone": ("Telephone", "01632 960111"),
        "author_email": ("Email", "r.ode@health.example"),
        "date_returned": ("Date returned", "8 June 2026"),
        "had_involvement": ("1. Has your agency had any involvement with the child or family?", "Yes"),
        "involvement_from": ("2. Involved from", "about March 2019"),
        "involvement_to": ("3. Involved to", "ongoing"),
        "involvement_summary": ("4. Summary of involvement", "Seen three times; see “Smith & Sons <2>”."),
        "background": ("5. Background", "First child. Yes and no: both were said."),
        "key_issues": ("6. Key issues", "No home visit."),
        "analysis_of_practice": ("7. Analysis of practice", "The visit in May: who lived there was not asked."),
        "good_practice": ("8. Good practice", "Quick referral."),
        "child_voice": ("9. Voice of the child", "Settled, said محمد."),
        "context_inequalities": ("10. Context and inequalities", "Overcrowded flat."),
        "learning_identified": ("11. Learning identified", "Ask who lives there."),
        "issues_for_others": ("12. Issues for others", "Did housing visit?"),
        "immediate_actions": ("13. Immediate actions", "Sibling seen."),
        "agencies_not_listed": ("14. Other agencies involved", "Harbour Homes"),
        "records_secured": ("Records secured", "Yes"),
        "records_secured_date": ("Date records secured", "2 June 2026"),
        "nominated_representative": ("Nominated representative", "Sam Ode, named GP"),
        "chronology_attached": ("Chronology attached", "No"),
        "signed_off_by": ("Signed off by", "Kit Farrow, director"),
        "signed_off_date": ("Date of sign-off", "8/6/2026"),
    },
    rows={
        "Identifier": [
            ["", "", "", "Yes", "N-1"],
            ["", "", "", "No", ""],
            ["", "", "", "Yes", "F-3"],
            ["Ida Berg", "Aunt", "1 May 1970", "Yes", "A-4"],
        ]
    },
    normal={
        "date_returned": "2026-06-08",
        "had_involvement": "yes",
        "involvement_from": "2019-03",
        "involvement_from_raw": "about March 2019",
        "records_secured": "yes",
        "records_secured_date": "2026-06-02",
        "chronology_attached": "no",
        "signed_off_date": "2026-06-08",
    },
    prefilled={
        "case_ref": "RR-2026-001",
        "child_name": "Tallulah Okonkwo-Ström",
        "child_dob": "2026-03-04",
        "agency_name": "Moss Lane Surgery",
        "date_requested": "2026-06-01",
        "date_due": "2026-06-10",
    },
    tables={
        "persons_known": (
            {"name": "Tallulah Okonkwo-Ström", "relationship": "Child", "known": "yes", "identifier": "N-1"},
            {"name": "Renée Okonkwo", "relationship": "Mother", "known": "no"},
            {"name": "Per Ström", "relationship": "Father", "known": "yes", "identifier": "F-3"},
            {"name": "Ida Berg", "relationship": "Aunt", "known": "yes", "identifier": "A-4"},
        )
    },
)
REFERRAL = Answered(
    "referral_form",
    {
        "ref": "",
        "partnership_name": SCOPING["partnership_name"],
        "return_address": SCOPING["return_address"],
        "child_name": "",
        "child_dob": "",
    },
    "referral",
    answers={
        "case_ref": ("Case reference", "RR-2026-001"),
        "child_name": ("Name of child", "Tallulah Okonkwo-Ström"),
        "child_dob": ("Date of birth", "4 March 2026"),
        "child_gender": ("Sex", "Female"),
        "child_aka": ("Also known as", "Lula"),
        "nhs_number": ("NHS number", "943 476 5919"),
        "child_ethnicity": ("Ethnicity", "White and Black African"),
        "child_language": ("First language", "English"),
        "child_disability": ("Disability", "None known"),
        "child_religion": ("Religion", "Christian"),
        "child_address": ("Home address", "12 Larch Row, Wychmoor WM1 2AB"),
        "school_or_setting": ("School or setting", "Elm Nursery"),
        "gp": ("GP", "Moss Lane Surgery"),
        "legal_status": ("Legal status", "Not looked after"),
        "cp_plan": ("Child protection plan", "No"),
        "cp_plan_details": ("Child protection plan details", "Brother, neglect, 2021 to 2022"),
        "open_to_csc": ("Open to children’s social care", "Not known"),
        "open_to_csc_details": ("Social care details", "Assessment closed in January"),
        "date_of_incident": ("Date of incident", "27 May 2026"),
        "date_of_death": ("Date of death", "29/05/2026"),
        "incident_location": ("Location of incident", "At home, with the mother's partner"),
        "incident_summary": ("Outline of the incident", "Bruising seen at clinic. Taken to hospital."),
        "criteria_rationale": ("Why the criteria may be met", "Abuse is suspected; agencies did not share."),
        "immediate_safety": ("Immediate safety", "Brother stays with his aunt."),
        "parallel_processes": ("Parallel processes", "Police investigation; coroner told."),
        "media_interest": ("Media interest", "No"),
        "records_secured": ("Records secured", "Yes"),
        "referrer_name": ("Name of referrer", "Jo Penrose"),
        "referrer_role": ("Role of referrer", "Team manager"),
        "referrer_agency": ("Referring agency", "Wychmoor Council, assessment team"),
        "referrer_phone": ("Telephone", "01632 960222"),
        "referrer_email": ("Email", "jo.penrose@wychmoor-council.example"),
        "safeguarding_lead_consulted": ("Safeguarding lead consulted", "Ada Finch, head of service"),
        "date_of_referral": ("Date of referral", "1 June 2026"),
    },
    rows={
        "Address (if different)": [
            ["Renée Okonkwo", "Mother", "1 May 1999", "Female", ""],
            ["Per Ström", "Father", "2 June 1998", "Male", "3 Quay Street, Wychmoor"],
        ],
        "School or nursery": [["Ben Okonkwo", "Brother", "about 2019", "Male", "Larch Primary"]],
        "Name of worker": [
            ["Police", "PC Lee Dunn", "01632 960333"],
            ["Harbour Homes", "", ""],
            ["Elm Nursery", "Ana Bell", "office@elm.example"],
        ],
        "Event": [["about March 2025", "Moved to Wychmoor"], ["27 May 2026", "Seen at clinic"]],
    },
    normal={
        "child_dob": "2026-03-04",
        "nhs_number": "9434765919",
        "cp_plan": "no",
        "open_to_csc": "unknown",
        "date_of_incident": "2026-05-27",
        "date_of_death": "2026-05-29",
        "media_interest": "no",
        "records_secured": "yes",
        "date_of_referral": "2026-06-01",
    },
    tables={
        "parents_carers": (
            {"name": "Renée Okonkwo", "relationship": "Mother", "date_of_birth": "1999-05-01", "gender": "Female"},
            {
                "name": "Per Ström",
                "relationship": "Father",
                "date_of_birth": "1998-06-02",
                "gender": "Male",
                "address": "3 Quay Street, Wychmoor",
            },
        ),
        "siblings_household": (
            {
                "name": "Ben Okonkwo",
                "relationship": "Brother",
                "date_of_birth": "2019",
                "date_of_birth_raw": "about 2019",
                "gender": "Male",
                "school": "Larch Primary",
            },
        ),
        "agencies_involved": (
            {"agency": "Police", "name": "PC Lee Dunn", "contact": "01632 960333"},
            {"agency": "Harbour Homes"},
            {"agency": "Elm Nursery", "name": "Ana Bell", "contact": "office@elm.example"},
        ),
        "chronology": (
            {"date": "2025-03", "date_raw": "about March 2025", "event": "Moved to Wychmoor"},
            {"date": "2026-05-27", "event": "Seen at clinic"},
        ),
    },
)
AGENCY_CHRONOLOGY = Answered(
    "chronology_template",
    CHRONOLOGY,
    "chronology",
    rows={
        "Significant event": [
            ["14 March 2019", "09:15", "Visit record", "Seen at home", "Advice given", "Positive", "Timely"],
            ["about April 2019", "", "Register", "=Not seen", "- none", "Negative", ""],
            ["May to August 2019", "", "", "No contact with the family", "", "", "Nobody asked why"],
        ],
        "Meaning": [["GP", "General practitioner"]],
    },
    prefilled={
        "case_ref": "RR-2026-001",
        "child_name": "Tallulah Okonkwo-Ström",
        "agency_name": "Moss Lane Surgery",
    },
    tables={
        "chronology": (
            {
                "date": "2019-03-14",
                "time": "09:15",
                "source": "Visit record",
                "event": "Seen at home",
                "action_outcome": "Advice given",
                "impact": "Positive",
                "comment": "Timely",
            },
            {
                "date": "2019-04",
                "date_raw": "about April 2019",
                "source": "Register",
                "event": "=Not seen",
                "action_outcome": "- none",
                "impact": "Negative",
            },
            {
                "date": "2019-05",
                "date_end": "2019-08",
                "date_raw": "May to August 2019",
                "event": "No contact with the family",
                "comment": "Nobody asked why",
            },
        )
    },
)
WORKBOOK = WorkbookPapers((Path(__file__).parents[2] / "templates",)).fill("chronology_template", CHRONOLOGY)
FORMS = {"scoping": SCOPING_RETURN, "referral": REFERRAL, "chronology": AGENCY_CHRONOLOGY}


def read(content: bytes, suffix: str) -> Form:
    tools = Tools(lambda old, ending: CONVERTER.convert(old, ending, "docx"))
    return extract(read_document(content, f"form.{suffix}", tools), DEFINITIONS)


def said(form: Form) -> dict[str, str]:
    return {name: answer.text for name, answer in form.fields.items()}


def tables(form: Form) -> dict[str, tuple[Row, ...]]:
    """The rows of the form, and of the chronology that stands in the same file."""
    return dict(form.tables) | {name: rows for part in form.parts for name, rows in part.tables.items()}


@pytest.fixture(scope="module")
def typed_in_libreoffice() -> dict[str, dict[str, bytes]]:
    """Each form as a person fills it in with LibreOffice, kept as .docx and saved as .odt."""
    fillings = {name: Filling(form.blank, dict(form.answers.values()), form.rows) for name, form in FORMS.items()}
    return saved_by_libreoffice(str(SOFFICE), fillings, ("docx", "odt"))


@pytest.fixture(scope="module")
def filled_in_word() -> dict[str, bytes]:
    """Each form as Word leaves it."""
    return {
        name: fill_as_word(form.blank, {tag: text for tag, (_, text) in form.answers.items()}, form.rows)
        for name, form in FORMS.items()
    }


@pytest.fixture(scope="module")
def saved_on(filled_in_word: dict[str, bytes]) -> dict[str, dict[str, bytes]]:
    """What Word left, opened in LibreOffice and saved as something else."""
    fillings = {name: Filling(content) for name, content in filled_in_word.items()}
    return saved_by_libreoffice(str(SOFFICE), fillings, ("docx", "odt", "doc", "rtf", "pdf"))


@pytest.mark.parametrize("suffix", ["docx", "odt"])
@pytest.mark.parametrize("name", FORMS)
def test_what_was_typed_in_libreoffice_is_read(
    name: str, suffix: str, typed_in_libreoffice: dict[str, dict[str, bytes]]
) -> None:
    form = read(typed_in_libreoffice[name][suffix], suffix)
    assert form.kind == FORMS[name].kind
    assert said(form) == FORMS[name].fields
    assert tables(form) == FORMS[name].tables
    assert form.problems == ()


@pytest.mark.parametrize("name", FORMS)
def test_what_was_filled_in_with_word_is_read(name: str, filled_in_word: dict[str, bytes]) -> None:
    form = read(filled_in_word[name], "docx")
    assert form.kind == FORMS[name].kind
    assert said(form) == FORMS[name].fields
    assert tables(form) == FORMS[name].tables
    assert form.problems == ()


@pytest.mark.parametrize("suffix", ["docx", "odt", "doc", "rtf", "pdf"])
@pytest.mark.parametrize("name", FORMS)
def test_a_form_saved_as_something_else_is_read(
    name: str, suffix: str, saved_on: dict[str, dict[str, bytes]]
) -> None:
    form = read(saved_on[name][suffix], suffix)
    assert form.kind == FORMS[name].kind
    assert said(form) == FORMS[name].fields
    assert tables(form) == FORMS[name].tables
    assert form.problems == ()


@pytest.mark.parametrize("name", FORMS)
def test_an_empty_form_says_nothing_but_what_we_wrote_in_it(name: str) -> None:
    form = read(FORMS[name].blank, "docx")
    assert form.kind == FORMS[name].kind
    assert said(form) == FORMS[name].prefilled
    assert not set(tables(form)) - {"persons_known"}
    assert form.parts == ()


def test_the_workbook_is_read_as_the_word_form_is() -> None:
    book = openpyxl.load_workbook(BytesIO(WORKBOOK))
    sheet = book["Chronology"]
    header = next(row[0].row for row in sheet.iter_rows() if row[0].value == "Date")
    for number, row in enumerate(AGENCY_CHRONOLOGY.rows["Significant event"], header + 1):
        for column, text in enumerate(row, 1):
            sheet.cell(number, column).value = text or None
            if text:
                sheet.cell(number, column).data_type = "s"
    sheet.cell(header + 1, 1).value = dt.date(2019, 3, 14)
    sheet.cell(header + 1, 2).value = dt.time(9, 15)
    book["Glossary"]["A2"], book["Glossary"]["B2"] = "GP", "General practitioner"
    saved = BytesIO()
    book.save(saved)
    for content, suffix in [
        (saved.getvalue(), "xlsx"),
        (CONVERTER.convert(saved.getvalue(), ".xlsx", "xlsx"), "xlsx"),
    ]:
        form = read(content, suffix)
        assert (form.kind, said(form)) == ("chronology", AGENCY_CHRONOLOGY.prefilled)
        assert tables(form) == AGENCY_CHRONOLOGY.tables
        assert (form.problems, form.parts) == ((), ())


def test_an_empty_workbook_has_no_entry() -> None:
    form = read(WORKBOOK, "xlsx")
    assert (form.kind, said(form), tables(form)) == ("chronology", AGENCY_CHRONOLOGY.prefilled, {})


def test_a_referral_typed_in_libreoffice_and_mailed_opens_its_case(
    tmp_path: Path, typed_in_libreoffice: dict[str, dict[str, bytes]]
) -> None:
    form = ("Referral.docx", typed_in_libreoffice["referral"]["docx"])
    with office_at(make_home(tmp_path)) as office:
        office.arrives(NINE, Arriving(PHONE, "JCR referral", "Please find a referral attached.", [form]))
        office.pass_("Mon 1 Jun 2026 9:01")
        assert office.last.state == "handled"
        given = {name: text for name, text in REFERRAL.fields.items() if not name.endswith("_raw")}
        assert office.case.referral == given
        for name in ("parents_carers", "siblings_household", "agencies_involved"):
            assert office.case.referral_tables[name] == REFERRAL.tables[name]
