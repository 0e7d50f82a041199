"""The attendance and decision sheet comes back by mail: its facts are recorded as the command would record them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from shutil import copytree
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from mailbot.cases.office_papers import office_paper
from mailbot.demo.mails import Arriving, write
from mailbot.worker import settle
from tests.builders import at
from tests.documents.libreoffice_filling import Filling, saved_by_libreoffice
from tests.documents.word_filling import fill_as_word
from tests.documents.word_filling import write as write_control
from tests.intake.office import ADDRESS, MANAGER, REF, Office, office_at

SOFFICE = shutil.which("soffice")
TWO = "Thu 11 Jun 2026 14:00"
MINUTE_TAKER = "julian.penhale@westmarch-council.example"
HARM = "Abuse or neglect of the child is known or suspected, and the child has died or been seriously harmed"
LOCAL = "Local review"
NONE = "No further review"
Rows = Mapping[str, Sequence[Sequence[str]]]


@pytest.fixture(scope="module")
def met_home(scoped_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The meeting is on Thu 11 Jun at ten; the sheet has gone to the office."""
    home = copytree(scoped_home, tmp_path_factory.mktemp("met") / "home")
    with office_at(home) as office:
        office.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-11T10:00")
        settle(office.parts, at("Thu 11 Jun 2026 9:00"))
    return home


@pytest.fixture
def met(met_home: Path, tmp_path: Path) -> Iterator[Office]:
    with office_at(copytree(met_home, tmp_path / "home")) as office:
        yield office


@pytest.fixture(scope="module")
def blank(met_home: Path) -> bytes:
    with office_at(met_home) as office:
        facts = office_paper("decision_sheet", office.case, office.parts.practice, at("Thu 11 Jun 2026 9:30"))
        return office.parts.papers.fill("decision_sheet", facts)


def leads(office: Office) -> list[str]:
    return [p.name for p in office.parts.practice.directory.people if p.role == "partner_lead"]


def filled_in(
    blank: bytes, present: Sequence[str] = (), criteria: Mapping[int, tuple[str, str]] = {}, **answers: Any
) -> bytes:
    """The sheet with the names ticked, criteria by number, the decisions ticked, and other tags' answers."""
    rows: Rows = {"Owner": answers.pop("actions", ())}
    decisions = answers.pop("decisions", ())
    endorsed = answers.pop("endorsed_on", "")
    others = answers.pop("others", ())
    paper = docx.Document(BytesIO(fill_as_word(blank, answers, rows)))
    extra = iter(others)
    for line in (line for table in paper.tables for line in table.rows):
        controls = list(line._tr.iter(qn("w:sdt")))
        boxes = {tag(control): control for control in controls}
        if "attendee_name" in boxes and (typed := next(extra, None)):
            for name, text in zip(("attendee_name", "attended", "stand_in"), typed, strict=True):
                if text:
                    write_control(boxes[name], text)
        elif "attended" in boxes and line.cells[0].text in present:
            write_control(boxes["attended"], "Present")
        if "decision" in boxes:
            for control in controls:
                write_control(control, next((one for one in decisions if one == alias(control)), ""))
        if "endorsed_on" in boxes and endorsed:
            write_control(boxes["endorsed_on"], endorsed)
    weighed = [
        {tag(c): c for c in line._tr.iter(qn("w:sdt"))}
        for table in paper.tables
        for line in table.rows
        if any(tag(c) == "criterion_met" for c in line._tr.iter(qn("w:sdt")))
    ]
    for number, (found, reason) in criteria.items():
        for which in found.split("+"):
            write_control(weighed[number][f"criterion_{which.lower().replace(' ', '_')}"], which)
        if reason:
            write_control(weighed[number]["criterion_reason"], reason)
    saved = BytesIO()
    paper.save(saved)
    return saved.getvalue()


def tag(control: Any) -> str:
    return _property(control, "w:tag")


def alias(control: Any) -> str:
    return _property(control, "w:alias")


def _property(control: Any, name: str) -> str:
    found = control.find(f"{qn('w:sdtPr')}/{qn(name)}")
    return "" if found is None else str(found.get(qn("w:val")))


def whole(office: Office, blank: bytes, **changed: Any) -> bytes:
    """The sheet of a meeting that was quorate and found no further review to be needed."""
    answers = {
        "present": leads(office),
        "criteria": {n: ("Not met", f"Reason {n}.") for n in range(1, 6)} | {0: ("Met", "She was badly hurt.")},
        "decisions": [NONE],
        "decision_reason": "Nothing more to learn.",
        "immediate_learning": "Ask who lives there.\nWrite down who was seen.",
        "actions": [["=Check the cot", "Kit Farrow", "12 June 2026"], ["Tell the school", "Ana Bell", ""]],
        "dissent": "None.",
        "chaired_by": "Kit Farrow, chair",
    }
    return filled_in(blank, **(answers | changed))


def mails(
    office: Office,
    content: bytes,
    when: str = TWO,
    sender: str = MANAGER,
    subject: str = f"{REF} minutes",
    text: str = "Here it is.",
) -> None:
    office.arrives(when, Arriving(sender, subject, text, [("sheet.docx", content)]))
    office.pass_(when)


def told(office: Office) -> str:
    """The last letter about a sheet, its white space as one space."""
    letters = [a for a in office.letters("question") if "/question/sheet/" in a.key]
    return " ".join(office.opened(letters[-1]).text.split())


def test_a_filled_sheet_is_recorded_as_the_command_would_record_it(met: Office, blank: bytes) -> None:
    mails(met, whole(met, blank))
    case = met.case
    assert met.last.state == "handled"
    assert [p.name for p in case.attendance] == leads(met)
    assert case.quorate
    assert (case.outcome, case.outcome_reason) == ("none", "Nothing more to learn.")
    assert [case.criteria[name].met for name in case.criteria] == [True, False, False, False, False, False]
    assert case.criteria["serious_incident"].reason == "She was badly hurt."
    assert [(a.text, a.owner, a.due and a.due.isoformat()) for a in case.actions] == [
        ("=Check the cot", "Kit Farrow", "2026-06-12"),
        ("Tell the school", "Ana Bell", None),
    ]
    assert case.learning_points == ("Ask who lives there.", "Write down who was seen.")
    assert case.written["dissent"] == "None."
    assert case.stage == "sign_off"


def test_every_event_of_a_sheet_names_the_mail_and_whoever_sent_it(met: Office, blank: bytes) -> None:
    mails(met, whole(met, blank))
    brought = [s.event for s in met.parts.casebook.events(REF) if s.event.mail == met.last.id]
    assert {event.by for event in brought if event.by != "mailbot"} == {MANAGER}
    assert [e.type for e in brought if e.by == MANAGER].count("criterion_considered") == 6


def test_the_sender_hears_in_one_letter_what_was_recorded_and_what_is_open(met: Office, blank: bytes) -> None:
    mails(met, whole(met, blank))
    letters = [a for a in met.letters("question") if "/question/sheet/" in a.key]
    assert [a.to for a in letters] == [(MANAGER,)]
    text = told(met)
    assert "The meeting decided that no further review is needed." in text
    assert "For the Rapid Review Template: where partners differ." in text
    assert "chaired by: Kit Farrow, chair" in text
    assert "Still open: owner and day of action 2" in text


def test_the_same_sheet_again_records_nothing_twice(met: Office, blank: bytes) -> None:
    mails(met, whole(met, blank))
    before = met.case
    mails(met, whole(met, blank), "Thu 11 Jun 2026 15:00")
    assert len(met.case.actions) == len(before.actions) == 2
    assert met.case.decided_at == before.decided_at
    assert "Nothing in it is new to the record." in told(met)


def test_a_sheet_that_says_otherwise_is_recorded_anew_and_the_sender_sees_both(met: Office, blank: bytes) -> None:
    mails(met, whole(met, blank))
    mails(met, whole(met, blank, decisions=[LOCAL], decision_reason="It may recur."), "Thu 11 Jun 2026 15:00")
    assert met.case.outcome == "local_review"
    assert "Until now the record said that the meeting decided that no further review is needed." in told(met)


def test_an_empty_sheet_is_said_to_be_empty(met: Office, blank: bytes) -> None:
    mails(met, blank)
    assert met.last.state == "handled"
    assert met.case.attendance == ()
    assert "The sheet is empty" in told(met)


@pytest.mark.parametrize(
    ("changed", "asked"),
    [
        ({"decisions": [NONE, LOCAL]}, "2 decisions are ticked"),
        ({"decision_reason": ""}, "the Panel is told the reason, and none is given"),
        ({"decisions": []}, "a reason is given, and no decision is ticked"),
        ({"criteria": {0: ("Met+Not met", "Both.")}}, "both of Met and Not met ticked"),
        ({"criteria": {0: ("Met", "")}}, "no reason is given"),
        ({"others": [("Somebody New", "Present", "")]}, "nobody in config/people.toml is called Somebody New"),
        ({"actions": [["Check", "Kit", "after the summer"]]}, "“after the summer” is no day that could be read"),
    ],
)
def test_what_is_not_clear_records_nothing_and_is_asked(
    met: Office, blank: bytes, changed: dict[str, Any], asked: str
) -> None:
    mails(met, whole(met, blank, **changed))
    case = met.case
    assert (case.attendance, case.outcome, case.actions, case.criteria, case.learning_points) == (
        (),
        None,
        (),
        {},
        (),
    )
    text = told(met)
    assert asked in text
    assert "This was read besides: attendance " in text


def test_a_stand_in_counts_by_the_address_written_for_the_name(met: Office, blank: bytes) -> None:
    police = next(n for n in leads(met) if n == "Det Supt Colin Frith")
    present = [name for name in leads(met) if name != police]
    row = ("mo.tate@westmarch-police.example", "Present", police)
    mails(met, whole(met, blank, present=present, others=[row]))
    assert met.case.quorate
    assert "mo.tate@westmarch-police.example" in [p.email for p in met.case.attendance]
    recorded = next(s.event for s in met.parts.casebook.events(REF) if s.event.type == "attendance_recorded")
    assert f"mo.tate@westmarch-police.example for {police}" in recorded.because


def test_a_decision_without_a_quorum_is_not_recorded_and_the_rest_is(met: Office, blank: bytes) -> None:
    mails(met, whole(met, blank, present=leads(met)[:1]))
    assert met.case.outcome is None
    assert len(met.case.actions) == 2
    text = told(met)
    assert "Not recorded, because: outcome none because Nothing more to learn.:" in text
    assert "The meeting was not quorate" in text or "cannot happen while" in text


def test_a_sheet_before_its_meeting_records_no_attendance(met: Office, blank: bytes) -> None:
    mails(met, whole(met, blank), "Thu 11 Jun 2026 9:45")
    assert met.case.attendance == ()
    assert "the meeting is at 10 am on Thursday 11 June 2026, not yet" in told(met)


def test_a_sheet_from_nobody_who_is_believed_is_held(met: Office, blank: bytes) -> None:
    mail = Arriving(MANAGER, f"{REF} minutes", "Here it is.", [("sheet.docx", whole(met, blank))])
    met.lay(write(mail, ADDRESS, at(TWO)).replace(b"dmarc=pass", b"dmarc=fail"))
    met.pass_(TWO)
    assert met.last.state == "held"
    assert "cannot be believed" in met.last.reason
    assert met.case.attendance == ()


def test_a_sheet_from_an_agencys_mailbox_waits_for_a_person(met: Office, blank: bytes) -> None:
    spoc = met.letters("scoping")[0].to[0]
    mails(met, whole(met, blank), sender=spoc)
    assert met.last.state == "held"
    assert "neither of the office nor in config/people.toml" in met.last.reason


def test_a_sheet_of_another_case_than_the_subject_is_held(met: Office, blank: bytes) -> None:
    paper = docx.Document(BytesIO(whole(met, blank)))
    other = "RR-2025-031"
    for control in paper.element.body.iter(qn("w:sdt")):
        if tag(control) == "case_ref":
            next(control.iter(qn("w:t"))).text = other
    saved = BytesIO()
    paper.save(saved)
    mails(met, saved.getvalue())
    assert met.last.state == "held"
    assert met.case.attendance == ()


def test_the_sheet_alone_tells_its_case(met: Office, blank: bytes) -> None:
    mails(met, whole(met, blank), subject="Minutes")
    assert met.case.outcome == "none"


def test_an_approval_beside_an_empty_sheet_still_approves(met: Office, blank: bytes) -> None:
    asked = met.opened(met.letters("approval_request")[-1])
    mail = Arriving(MANAGER, f"Re: {asked.subject}", "APPROVE", [("sheet.docx", blank)], answers=asked)
    met.arrives(TWO, mail)
    met.pass_(TWO)
    assert "decision sheet" not in met.last.reason


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_a_sheet_filled_in_with_libreoffice_is_recorded_whole(met: Office, blank: bytes) -> None:
    assert SOFFICE
    invited = [row.cells[0].text for row in docx.Document(BytesIO(blank)).tables[0].rows[1:]]
    filling = Filling(
        blank,
        beside={"The meeting decides": "that no further review is needed", "Dissent": "None."},
        rows={
            "Present": [["", "", "", "click" if name in leads(met) else "", ""] for name in invited],
            "Owner": [["Check the cot", "Kit Farrow", "12 June 2026"]],
            "Not met": [["", "click", "", "She was badly hurt."], *[["", "", "click", "No."]] * 5],
            "The meeting decides": [["", "Nothing more to learn."]],
        },
    )
    saved = saved_by_libreoffice(SOFFICE, {"sheet": filling}, ["docx", "odt"])["sheet"]
    mails(met, saved["docx"])
    case = met.case
    assert [p.name for p in case.attendance] == leads(met)
    assert [found.met for found in case.criteria.values()] == [True, False, False, False, False, False]
    assert (case.outcome, case.outcome_reason) == ("none", "Nothing more to learn.")
    assert [(a.text, a.owner, str(a.due)) for a in case.actions] == [("Check the cot", "Kit Farrow", "2026-06-12")]
    assert case.written["dissent"] == "None."
    mails(met, saved["odt"], "Thu 11 Jun 2026 15:00")
    assert "Nothing in it is new to the record." in told(met)
