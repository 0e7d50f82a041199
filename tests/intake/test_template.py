"""The Rapid Review Template comes back by mail: its bytes go to the Panel, its answers into the record."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from shutil import copytree

import docx
import pytest

from mailbot.cases.events import GateOverridden, TemplateWritten
from mailbot.cases.quality import gaps
from mailbot.demo.filling import finish_template
from mailbot.demo.mails import Arriving, answer_subject, write
from mailbot.posting import empty_outbox
from mailbot.worker import settle
from tests.builders import at
from tests.intake.office import ADDRESS, MANAGER, REF, Office, office_at

FOUR = "Thu 11 Jun 2026 16:00"
FIVE_PAST = "Thu 11 Jun 2026 16:05"
LEAD = "colin.frith@westmarch-police.example"


@pytest.fixture(scope="module")
def decided_home(scoped_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The meeting was on Thu 11 Jun; its decision is recorded, and the manager is asked to approve the submission."""
    home = copytree(scoped_home, tmp_path_factory.mktemp("decided") / "home")
    with office_at(home) as office:
        office.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-11T10:00")
        leads = [p.email for p in office.parts.practice.directory.people if p.role == "partner_lead"]
        office.record("Thu 11 Jun 2026 14:00", "attendance", *leads)
        office.record(
            "Thu 11 Jun 2026 14:05", "criterion", "serious_incident", "met", why="She was seriously harmed."
        )
        office.record("Thu 11 Jun 2026 14:10", "outcome", "none", why="Nothing more to learn.")
        settle(office.parts, at("Thu 11 Jun 2026 14:30"))
        office.pass_("Thu 11 Jun 2026 14:31")
    return home


@pytest.fixture
def decided(decided_home: Path, tmp_path: Path) -> Iterator[Office]:
    with office_at(copytree(decided_home, tmp_path / "home")) as office:
        yield office


def draft(office: Office) -> bytes:
    assert office.case.submission is not None
    return office.parts.mailbag.file(office.case.submission.sha256)


def mails(office: Office, content: bytes, text: str = "Finished.", sender: str = MANAGER, name: str = "") -> None:
    """Somebody replies to the request for approval with a file, at four."""
    asked = office.opened(office.letters("approval_request")[-1])
    file = name or "RR-2026-001 Rapid Review Template - final.docx"
    office.arrives(FOUR, Arriving(sender, answer_subject(asked), text, [(file, content)], answers=asked))
    office.pass_(FOUR)


def answered(office: Office) -> str:
    """The letter that told the sender what was read."""
    (letter,) = [a for a in office.letters("question") if "/read-back/" in a.key]
    assert letter.to == (MANAGER,)
    return office.opened(letter).text


def to_the_panel(office: Office) -> list[bytes]:
    """The files of the letter to the Panel that waits."""
    (letter,) = [a for a in office.letters("submission") if a.status == "waiting"]
    return [file.content for file in office.opened(letter).attachments]


def changed_in_word(content: bytes, old: str, new: str) -> bytes:
    """The file with some words of its text typed over."""
    paper = docx.Document(BytesIO(content))
    runs = [run for run in paper.element.body.iter(docx.oxml.ns.qn("w:t")) if run.text == old]
    assert runs, f"the template has no {old!r}"
    runs[0].text = new
    saved = BytesIO()
    paper.save(saved)
    return saved.getvalue()


def test_what_the_office_mails_back_goes_to_the_panel_byte_for_byte_and_into_the_record(decided: Office) -> None:
    content = finish_template(draft(decided))
    mails(decided, content)
    assert decided.last.state == "handled"
    assert content in to_the_panel(decided)
    assert decided.case.rounds["submission-1"].state == "rejected"
    assert decided.case.rounds["submission-2"].state == "waiting"
    assert decided.case.written["analysis"].startswith("Each service saw one part.")
    assert "analysis" not in decided.case.submission_empty
    told = answered(decided)
    assert "Read into the record: analysis of practice, voice and daily life of the child" in told
    assert "Before it can be approved" in told


def test_the_draft_that_a_mail_program_sends_along_is_no_answer(decided: Office) -> None:
    mails(decided, draft(decided), "HOLD")
    assert decided.case.submission_version == 1
    assert "asked to hold" in decided.last.reason


def test_the_word_approve_beside_a_changed_file_approves_nothing(decided: Office) -> None:
    mails(decided, finish_template(draft(decided)), "Approve")
    assert decided.case.rounds["submission-2"].state == "waiting"
    assert decided.letters("submission", status="sent") == []


def test_what_contradicts_the_record_is_shown_and_not_taken(decided: Office) -> None:
    other = changed_in_word(finish_template(draft(decided)), "no further review", "local review")
    mails(decided, changed_in_word(other, "Det Supt Colin Frith", "Insp Mo Tate"))
    assert decided.case.outcome == "none"
    told = " ".join(answered(decided).split())
    assert "Decision: the file has “local review”; by the record the partners decided that no further review" in told
    assert "only the file names Insp Mo Tate, and it leaves out Det Supt Colin Frith" in told


def test_a_criterion_on_which_the_record_is_silent_is_recorded_from_the_file(decided: Office) -> None:
    content = finish_template(draft(decided), met="no", reason="Nothing of the kind was found.")
    mails(decided, content)
    considered = decided.case.criteria
    assert considered["national_importance"].met is False
    assert considered["national_importance"].reason == "Nothing of the kind was found."
    assert considered["serious_incident"].met is True


def test_a_file_from_nobody_who_is_believed_is_held(decided: Office) -> None:
    asked = decided.opened(decided.letters("approval_request")[-1])
    file = ("final.docx", finish_template(draft(decided)))

    raw = write(Arriving(MANAGER, answer_subject(asked), "Finished.", [file], answers=asked), ADDRESS, at(FOUR))
    decided.lay(raw.replace(b"dmarc=pass", b"dmarc=fail"))
    decided.pass_(FOUR)
    assert decided.last.state == "held"
    assert "cannot be believed" in decided.last.reason
    assert decided.case.submission_version == 1


def test_a_partners_file_waits_until_a_person_assigns_it(decided: Office) -> None:
    content = finish_template(draft(decided))
    mails(decided, content, sender=LEAD)
    assert decided.last.state == "held"
    assert "not of the office" in decided.last.reason
    decided.parts.mailbag.release(decided.last.id, REF)
    decided.pass_(FIVE_PAST)
    assert content in to_the_panel(decided)


def test_a_file_that_lost_its_controls_and_headings_is_taken_and_said_to_be_so(decided: Office) -> None:
    paper = docx.Document()
    paper.add_paragraph("Our report on the case.")
    saved = BytesIO()
    paper.save(saved)
    mails(decided, saved.getvalue(), name="report.docx")
    assert saved.getvalue() in to_the_panel(decided)
    assert "were not found in the file" in answered(decided)
    assert "analysis" in decided.case.submission_empty


def test_text_copied_into_another_file_is_read_by_its_headings(decided: Office) -> None:
    paper = docx.Document()
    paper.add_heading("Rapid Review Report", 0)
    for heading, text in (
        ("8. Analysis of practice", "Nobody asked.\nThe health visitor did."),
        ("Reason for the decision", "It was enough."),
        ("What the family has been told", "The mother knows."),
        ("Other processes under way", "None."),
        ("Where the partners differ", "Nowhere."),
    ):
        paper.add_heading(heading, 1)
        for line in text.splitlines():
            paper.add_paragraph(line)
    saved = BytesIO()
    paper.save(saved)
    mails(decided, saved.getvalue(), name="report.docx")
    assert decided.case.written["analysis"] == "Nobody asked.\nThe health visitor did."
    assert decided.case.written["family_informed"] == "The mother knows."


def test_a_pdf_is_held_with_what_is_wanted(decided: Office) -> None:
    mails(decided, b"%PDF-1.7\n%%EOF", name="final.pdf")
    assert decided.last.state == "held"
    assert decided.case.submission_version == 1


def test_tracked_changes_are_told_before_they_reach_the_panel(decided: Office) -> None:
    mails(decided, _with_an_insertion(finish_template(draft(decided))))
    assert decided.last.state == "handled", decided.last.reason
    assert decided.case.submission_remarks == ("tracked changes",)
    asked = decided.opened(decided.letters("approval_request")[-1])
    assert "In the file are still tracked changes: the Panel would get them." in " ".join(asked.text.split())


def with_a_macro(content: bytes) -> bytes:
    """The file as a macro-enabled one that was renamed, with a template that Word would fetch."""
    saved = BytesIO()
    kinds = (b"openxmlformats-officedocument.wordprocessingml.document.main", b"ms-word.document.macroEnabled.main")
    begins = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    remote = b'<Relationship Id="rIdT" Type="%s/attachedTemplate" Target="https://away.example/x.dotm"' % begins
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(saved, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "[Content_Types].xml":
                part = part.replace(*kinds)
            if name == "word/_rels/document.xml.rels":
                part = part.replace(b"</Relationships>", remote + b' TargetMode="External"/></Relationships>')
            new.writestr(name, part)
        new.writestr("word/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    return saved.getvalue()


def test_a_macro_and_a_remote_template_stop_the_approval_and_the_file_is_not_changed(decided: Office) -> None:
    content = with_a_macro(finish_template(draft(decided)))
    mails(decided, content)
    assert content in to_the_panel(decided)
    told = answered(decided)
    assert "a macro and a template fetched from elsewhere" in " ".join(told.split())
    assert "clean_file" in gaps_of(decided)


def gaps_of(office: Office) -> set[str]:
    return {gap.check for gap in gaps(office.case, office.parts.practice, at(FIVE_PAST))}


def test_a_finished_draft_says_what_the_record_says(decided: Office) -> None:
    mails(decided, finish_template(draft(decided)))
    assert gaps_of(decided) & {"file", "names", "clean_file"} == set()


def test_what_was_taken_out_of_the_file_is_told_to_whoever_approves(decided: Office) -> None:
    paper = docx.Document(BytesIO(finish_template(draft(decided))))
    cut = False
    for element in list(paper.element.body):
        words = "".join(text.text or "" for text in element.iter(docx.oxml.ns.qn("w:t")))
        cut = words.startswith("6. ") or (cut and not words.startswith("7. "))
        if cut:
            paper.element.body.remove(element)
    saved = BytesIO()
    paper.save(saved)
    mails(decided, changed_in_word(saved.getvalue(), decided.case.child.initials, decided.case.child.name))
    assert {"file", "names"} <= gaps_of(decided)
    asked = " ".join(decided.opened(decided.letters("approval_request")[-1]).text.split())
    assert "The file has no more what the draft had: “What the agencies told us”." in asked
    assert "Somebody of the family is named in the file, under “The case”." in asked
    assert decided.case.child.name not in asked


def test_a_prompt_with_words_behind_it_is_still_a_prompt(decided: Office) -> None:
    prompt = "[What the key episodes show of practice, and why things happened as they did.]"
    mails(decided, finish_template(draft(decided), analysis=f"{prompt} Work in progress"))
    assert decided.case.submission_prompts == ("8. Analysis of practice",)
    assert "prompts" in gaps_of(decided)


def test_an_approved_letter_goes_not_when_the_decision_changed_in_its_minutes_of_grace(decided: Office) -> None:
    content = finish_template(draft(decided))
    mails(decided, content)
    office = decided.opened(decided.letters("approval_request")[-1])
    words = "Approve despite: the Panel rang, it wants the paper today."
    decided.arrives(FIVE_PAST, Arriving(MANAGER, answer_subject(office), words, answers=office))
    decided.pass_(FIVE_PAST)
    assert decided.case.rounds["submission-2"].state == "approved"
    decided.record("Thu 11 Jun 2026 16:07", "outcome", "local_review", why="They met again.")
    empty_outbox(decided.parts, at("Thu 11 Jun 2026 16:30"))
    assert decided.letters("submission", status="sent") == []
    decided.pass_("Thu 11 Jun 2026 16:31")
    assert decided.letters("submission", status="sent") == []
    (letter,) = decided.letters("submission", status="waiting")
    opened = decided.opened(letter)
    assert "local child safeguarding practice review" in " ".join(opened.text.split())
    assert content in [file.content for file in opened.attachments]


def test_who_answers_an_old_request_is_told_which_one_waits(decided: Office) -> None:
    old = decided.opened(decided.letters("approval_request")[-1])
    mails(decided, finish_template(draft(decided)))
    decided.arrives(FIVE_PAST, Arriving(MANAGER, answer_subject(old), "APPROVE", answers=old))
    decided.pass_(FIVE_PAST)
    reply = decided.opened(decided.letters("question")[-1])
    assert "Your answer is to an older request, and nothing was done" in reply.subject
    told = " ".join(reply.text.split())
    assert "What waits now is version 2 of the submission to the national Panel (submission-2)." in told
    assert "reply to the request again" not in told


def test_a_full_stop_is_no_reason_to_pass_the_gate(decided: Office) -> None:
    decided.answer(FOUR, "Approve despite: .", MANAGER)
    assert decided.case.rounds["submission-1"].state == "waiting"
    assert "reason in words" in decided.opened(decided.letters("question")[-1]).text


def _with_an_insertion(content: bytes) -> bytes:
    """The file with one word put in under tracking, as Word marks it."""
    put_in = b'<w:p><w:ins w:id="901" w:author="Helen Marsh"><w:r><w:t>Really?</w:t></w:r></w:ins></w:p><w:sectPr'
    saved = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(saved, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, part.replace(b"<w:sectPr", put_in, 1) if name == "word/document.xml" else part)
    return saved.getvalue()


def test_approve_gets_one_answer_that_says_what_is_missing_and_the_code_stays_good(decided: Office) -> None:
    decided.answer(FOUR, "Approve", MANAGER)
    assert decided.letters("submission", status="sent") == []
    (told,) = [a for a in decided.letters("question") if "/gate/" in a.key]
    assert told.to == (MANAGER,)
    text = " ".join(decided.opened(told).text.split())
    assert "Not yet written in the Rapid Review Template: analysis of practice" in text
    assert "APPROVE DESPITE:" in text
    reply = decided.opened(told)
    words = "Approve despite: the Panel rang, it wants the paper today.\n\nHelen"
    decided.arrives(FIVE_PAST, Arriving(MANAGER, answer_subject(reply), words, answers=reply))
    decided.pass_(FIVE_PAST)
    assert decided.case.rounds["submission-1"].state == "approved"
    (passed,) = [e.event for e in decided.parts.casebook.events(REF) if isinstance(e.event, GateOverridden)]
    assert passed.because == "the Panel rang, it wants the paper today."
    assert passed.by == MANAGER


def test_a_passage_given_back_once_more_takes_the_place_of_the_first(decided: Office) -> None:
    first = finish_template(draft(decided))
    mails(decided, first)
    again = changed_in_word(
        first,
        "By the partnership's briefing to all agencies on the day after the meeting, and at the maternity forum.",
        "By letter.",
    )
    asked = decided.opened(decided.letters("approval_request")[-1])
    mail = Arriving(MANAGER, answer_subject(asked), "Once more.", [("final2.docx", again)], answers=asked)
    decided.arrives(FIVE_PAST, mail)
    decided.pass_(FIVE_PAST)
    assert again in to_the_panel(decided)
    events = [e.event for e in decided.parts.casebook.events(REF) if isinstance(e.event, TemplateWritten)]
    assert events[-1].answers == {"learning_shared": "By letter."}
    assert decided.case.written["analysis"].startswith("Each service")
