"""The whole of a Rapid Review on a folder mailbox, under each procedure: the ten points of the office's main job."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO

import pikepdf
import pytest
from docx import Document
from docx.oxml.ns import qn
from typer.testing import CliRunner

from mailbot.cases.case import Case
from mailbot.cases.deadlines import clock_of, meeting_window, request_status, return_due
from mailbot.cases.forecast import forecast
from mailbot.cli.app import app
from mailbot.demo.stories.rapid_review import LATE, SILENT
from mailbot.demo.telling import REF
from mailbot.mail.envelope import Envelope, open_envelope
from mailbot.store.audit import check
from mailbot.store.outbox import Letter
from tests.walks.conftest import WatchedStage

ASKED = {
    "childrens-services",
    "police",
    "icb",
    "hospital",
    "community-health",
    "education",
    "probation",
    "housing",
}
WAITS_FOR_A_PERSON = ("scoping", "escalation", "pack", "submission", "outcome")


def opened(letter: Letter) -> Envelope:
    return open_envelope(letter.raw, letter.created)


def final(walk: WatchedStage) -> Case:
    return walk.case(REF)


def local_day(walk: WatchedStage, moment: datetime) -> date:
    return walk.practice.calendar.day_of(moment)


def due_day(walk: WatchedStage, agency: str) -> date:
    request = final(walk).requests[agency]
    due = return_due(request, walk.practice.procedure_of(final(walk)), walk.practice.calendar)
    assert due is not None
    return local_day(walk, due)


def status_at(walk: WatchedStage, agency: str, now: datetime) -> str:
    case = walk.at(now).case
    assert case is not None
    return request_status(case.requests[agency], now, walk.practice.procedure_of(case), walk.practice.calendar)


def returned_at(walk: WatchedStage, agency: str) -> datetime:
    back = final(walk).requests[agency].returned_at
    assert back is not None
    return back


# 1. The referral


def test_every_mail_is_kept_byte_for_byte(walk: WatchedStage) -> None:
    kept = [walk.parts.mailbag.raw(number) for number in range(1, len(walk.delivered) + 1)]
    assert kept == walk.delivered


def test_the_referral_opens_the_one_case_under_the_configured_procedure(walk: WatchedStage) -> None:
    assert walk.parts.casebook.refs() == [REF]
    assert final(walk).procedure == walk.practice.procedure
    assert final(walk).from_la


def test_receipt_is_acknowledged_to_the_sender_with_the_reference_and_no_details(walk: WatchedStage) -> None:
    receipt = walk.sent("acknowledgement")[0]
    assert receipt.to == ("jo.penrose@westmarch-council.example",)
    text = opened(receipt).text
    assert REF in text
    assert "Rowan" not in text and "Castellane" not in text and "bruise" not in text


def test_what_the_referral_lacks_is_said_to_the_business_unit(walk: WatchedStage) -> None:
    question = walk.sent("question")[0]
    assert question.to == walk.practice.approvers
    assert "ethnicity" in opened(question).text and "disability" in opened(question).text
    assert set(final(walk).referral_missing) == {"child_ethnicity", "child_disability"}


# 2. The scoping round


def test_the_agencies_always_asked_and_those_named_get_one_letter_each(walk: WatchedStage) -> None:
    letters = walk.sent("scoping")
    assert {letter.agency for letter in letters} == ASKED
    assert len(letters) == len(ASKED)
    for letter in letters:
        agency = walk.practice.directory.agency(letter.agency)
        assert agency is not None and letter.to == agency.spoc


def test_each_scoping_letter_has_the_templates_and_the_referral(walk: WatchedStage) -> None:
    for letter in walk.sent("scoping"):
        names = [a.name for a in opened(letter).attachments if not a.inline]
        assert [n for n in names if "scoping and information sharing template" in n]
        assert [n for n in names if "chronology template" in n]
        assert [n for n in names if "JCR Referral Form" in n]


def test_the_template_is_prefilled_with_the_case_and_its_agency_has_only_to_answer(walk: WatchedStage) -> None:
    letter = next(x for x in walk.sent("scoping") if x.agency == "police")
    template = next(a for a in opened(letter).attachments if "scoping and information" in a.name)
    cells = [c.text for table in Document(BytesIO(template.content)).tables for row in table.rows for c in row.cells]
    assert REF in cells and "Rowan Castellane" in cells and "14 February 2026" in cells


# 3. Approval


def test_nothing_that_waits_for_a_person_goes_before_that_person_has_answered(walk: WatchedStage) -> None:
    approved = {
        stored.event.round: stored.event.at
        for stored in walk.parts.casebook.events(REF)
        if stored.event.type == "round_approved" and stored.event.by in walk.practice.approvers
    }
    held_back = [letter for kind in WAITS_FOR_A_PERSON for letter in walk.sent(kind)]
    assert len(held_back) > 20
    for letter in held_back:
        assert letter.round is not None and letter.sent_at is not None
        assert approved[letter.round] <= letter.sent_at


def test_on_the_morning_of_the_referral_only_its_sender_and_the_office_hear_of_it(walk: WatchedStage) -> None:
    before = next(m for m in walk.moments if m.case is not None)
    assert len(before.gone) == 3
    to = {address for letter in walk.sent() if letter.key in before.gone for address in letter.to}
    assert to == {"jo.penrose@westmarch-council.example", *walk.practice.approvers}


def test_a_submission_that_a_newer_version_replaced_never_went(walk: WatchedStage) -> None:
    drafts = [x for x in walk.parts.outbox.letters(case=REF) if x.kind == "submission"]
    # Set aside for a newer version, or written again with the date of the day it went.
    assert {x.status for x in drafts[:-1]} <= {"rejected", "withdrawn"}
    assert drafts[-1].status == "sent"
    assert len(drafts) >= 2


# 4. The letters


def test_subjects_carry_the_reference_and_initials_and_never_a_name(walk: WatchedStage) -> None:
    for letter in walk.sent():
        assert (letter.case or "[RR]") in letter.subject
        assert not {"rowan", "castellane", "marlow"} & set(letter.subject.casefold().replace(",", " ").split())


def test_message_ids_are_unique(walk: WatchedStage) -> None:
    ids = [letter.message_id for letter in walk.parts.outbox.letters()]
    assert len(set(ids)) == len(ids)


def test_what_went_stays_in_the_record_byte_for_byte(walk: WatchedStage) -> None:
    on_disk = sorted(path.read_bytes() for path in (walk.mail / "sent").glob("*.eml"))
    assert on_disk == sorted(letter.raw for letter in walk.sent())


# 5. The returns


@pytest.mark.parametrize(
    ("agency", "rows"), [("community-health", 10), ("hospital", 6), ("police", 5), ("icb", 7), (LATE, 5)]
)
def test_a_chronology_is_read_into_rows_from_excel_pdf_and_word(walk: WatchedStage, agency: str, rows: int) -> None:
    assert len(final(walk).requests[agency].rows) == rows
    assert all(row["event"] for row in final(walk).requests[agency].rows)


def test_each_return_is_matched_to_its_agency_and_what_it_says_is_recorded(walk: WatchedStage) -> None:
    requests = final(walk).requests
    standing = {agency: request.completeness for agency, request in requests.items()}
    assert standing == {
        **dict.fromkeys(ASKED - {"housing", SILENT}, "full"),
        "housing": "nil",
        SILENT: None,
    }
    assert requests["police"].fields["author_name"] == "DS Marcus Quill"
    assert requests["hospital"].fields["nominated_representative"] == "Dr Priya Nandakumar, Named Doctor"


def test_a_return_in_part_is_thanked_for_and_what_it_lacks_is_asked_for(walk: WatchedStage) -> None:
    (asked,) = walk.sent("reask")
    assert asked.agency == "icb"
    text = opened(asked).text
    assert "chronology" in text and "sign-off" in text and "representative" in text
    assert asked.sent_at is not None and status_at(walk, "icb", asked.sent_at) == "part"


def test_every_agency_that_answered_is_thanked(walk: WatchedStage) -> None:
    assert {letter.agency for letter in walk.sent("thanks")} == ASKED - {SILENT}


def test_an_acknowledgement_is_noted_and_an_automatic_reply_changes_nothing(walk: WatchedStage) -> None:
    evening = walk.practice.calendar.close_of(date(2026, 6, 1))
    assert status_at(walk, "police", evening) == "acknowledged"
    assert status_at(walk, LATE, evening) == "sent"


# 6. The late


def test_the_late_are_reminded_chased_and_escalated_on_the_days_of_the_ladder(walk: WatchedStage) -> None:
    calendar, due = walk.practice.calendar, due_day(walk, SILENT)
    letters = [x for kind in ("reminder", "chase", "escalation") for x in walk.sent(kind) if x.agency == SILENT]
    went = [(x.kind, local_day(walk, x.sent_at)) for x in letters if x.sent_at]
    assert went == [
        ("reminder", calendar.add(due, -1)),
        ("chase", due),
        ("chase", calendar.add(due, 1)),
        ("escalation", calendar.add(due, 2)),
    ]
    assert final(walk).requests[SILENT].steps == ("remind", "due_today", "chase", "escalate", "tell_partner_lead")


def test_the_office_is_asked_where_there_is_nobody_further_to_write_to(walk: WatchedStage) -> None:
    asked = next(x for x in walk.sent("question") if "Westmarch Probation is late" in x.subject)
    assert asked.sent_at is not None
    assert local_day(walk, asked.sent_at) == walk.practice.calendar.add(due_day(walk, SILENT), 3)


def test_the_chasing_stops_when_the_return_comes(walk: WatchedStage) -> None:
    back = returned_at(walk, LATE)
    assert status_at(walk, LATE, back) == "returned"
    chased = [x for kind in ("reminder", "chase", "escalation") for x in walk.sent(kind) if x.agency == LATE]
    assert [x.kind for x in chased][:2] == ["reminder", "chase"]
    assert all(x.sent_at is not None and x.sent_at < back for x in chased)


def test_who_answered_in_time_is_never_reminded(walk: WatchedStage) -> None:
    for kind in ("reminder", "chase", "escalation"):
        for letter in walk.sent(kind):
            assert letter.agency is not None and letter.sent_at is not None
            back = final(walk).requests[letter.agency].returned_at
            assert back is None or letter.sent_at < back


def test_letters_that_go_by_themselves_leave_in_office_hours_of_working_days(walk: WatchedStage) -> None:
    for letter in walk.sent():
        assert letter.sent_at is not None
        assert letter.round is not None or walk.practice.calendar.is_open(letter.sent_at)


# 7. The meeting


def test_days_inside_the_window_are_proposed_as_soon_as_scoping_has_gone(walk: WatchedStage) -> None:
    case, practice = final(walk), walk.practice
    window = meeting_window(case, practice.procedure_of(case), practice.calendar)
    assert case.meeting_days and set(case.meeting_days) <= set(window)
    assert case.scoping_sent_at is not None
    asked = next(x for x in walk.sent("question") if "set the Rapid Review meeting" in x.subject)
    assert asked.sent_at == case.scoping_sent_at
    for day in case.meeting_days:
        assert f"mailbot record {REF} meeting {day.isoformat()}" in opened(asked).text


# 8. The pack


def test_the_pack_is_made_at_the_cut_off_and_again_for_the_return_that_came_later(walk: WatchedStage) -> None:
    packs = [s.event for s in walk.parts.casebook.events(REF) if s.event.type == "pack_assembled"]
    assert [p.version for p in packs] == [1, 2]
    assert set(packs[0].absent) == {LATE, SILENT}
    assert set(packs[1].absent) == {SILENT}
    assert packs[1].at == returned_at(walk, LATE)


def test_the_pack_goes_to_everybody_who_attends_before_the_meeting(walk: WatchedStage) -> None:
    case = final(walk)
    attend = {p.email for p in walk.practice.directory.people if p.role != "partnership_manager"}
    for version in (1, 2):
        letters = [x for x in walk.sent("pack") if x.round == f"pack-{version}"]
        assert {x.to for x in letters} == {(address,) for address in attend}
        assert all(x.sent_at and case.meeting_at and x.sent_at < case.meeting_at for x in letters)


def test_the_pack_is_one_pdf_with_every_paper_in_its_bookmarks(walk: WatchedStage) -> None:
    letter = next(x for x in walk.sent("pack") if x.round == "pack-2")
    (pack,) = [a for a in opened(letter).attachments if a.name.endswith(".pdf")]
    with pikepdf.open(BytesIO(pack.content)) as pdf, pdf.open_outline() as outline:
        groups = [str(item.title) for item in outline.root]
        titles = " ".join(str(child.title) for item in outline.root for child in item.children)
        assert len(pdf.pages) > 10
    for group in ("Referral", "Local authority notification", "Returns", "Combined chronology"):
        assert any(group in title for title in groups)
    for agency in ("Westmarch Police", "Westmarch Education Safeguarding", "Westmarch General Hospital"):
        assert agency in titles


# 9. The submission and the outcome


def test_only_the_submission_goes_to_the_panel_and_in_time(walk: WatchedStage) -> None:
    case, practice = final(walk), walk.practice
    to_panel = [x for x in walk.sent() if practice.panel in x.to]
    assert [x.kind for x in to_panel] == ["submission"]
    for name in ("panel_after_meeting", "panel_overall"):
        clock = clock_of(case, name, practice.procedure_of(case), practice.calendar)
        assert clock is not None and clock.met is not None and clock.due is not None
        assert clock.met == to_panel[0].sent_at and clock.met <= clock.due


def test_the_rapid_review_template_is_drafted_from_the_record(walk: WatchedStage) -> None:
    case = final(walk)
    (letter,) = walk.sent("submission")
    document_5, paper = opened(letter).attachments
    assert case.submission is not None
    assert paper.content == walk.parts.mailbag.file(case.submission.sha256)
    text = words_of(paper.content)
    assert case.outcome_reason in text
    assert "Anita Rao" in text and "Every agency checks by Friday" in text
    told = opened(letter).text + words_of(document_5.content)
    assert ("independent chair" in told.casefold()) == (walk.practice.procedure == "h01")


def words_of(docx: bytes) -> str:
    """All words of a Word file: python-docx leaves those of content controls out of a paragraph's text."""
    return "\n".join(words.text or "" for words in Document(BytesIO(docx)).element.body.iter(qn("w:t")))


def test_every_agency_asked_and_the_referrer_hear_the_outcome(walk: WatchedStage) -> None:
    letters = walk.sent("outcome")
    assert {x.agency for x in letters if x.agency} == ASKED
    assert [x.to for x in letters if not x.agency] == [("jo.penrose@westmarch-council.example",)]
    assert all("local child safeguarding practice review" in opened(x).text for x in letters)
    assert final(walk).stage == "closed"


# 10. The story, the plan and the books


def test_explain_tells_the_story_and_plan_the_clocks(walk: WatchedStage) -> None:
    home = str(walk.parts.settings.home)
    told = CliRunner().invoke(app, ["--home", home, "explain", REF])
    assert told.exit_code == 0
    for said in ("A referral came", "Westmarch Homes made a nil return", "(procedure H01)"):
        assert said in " ".join(told.output.split())
    planned = CliRunner().invoke(app, ["--home", home, "plan", REF])
    assert planned.exit_code == 0 and "met" in planned.output


def test_what_was_planned_for_the_silent_agency_is_what_happened(walk: WatchedStage) -> None:
    evening = walk.practice.calendar.close_of(date(2026, 6, 2))
    case = walk.at(evening).case
    assert case is not None
    planned = [p for p in forecast(case, evening, walk.practice) if SILENT in p.who.casefold() and p.by_itself]
    went = [x for kind in ("reminder", "chase") for x in walk.sent(kind) if x.agency == SILENT]
    assert planned and [p.when for p in planned][: len(went)] == [x.sent_at for x in went]


def test_the_books_balance(walk: WatchedStage) -> None:
    ledger = walk.parts.mailbag.ledger()
    assert ledger.balanced
    assert (ledger.seen, ledger.held, ledger.ignored) == (len(walk.delivered), 1, 2)


def test_the_damaged_file_is_held_with_its_reason_and_lies_under_held(walk: WatchedStage) -> None:
    (held,) = walk.parts.mailbag.held()
    assert held.sender == "legal.services@westmarch-general.example"
    assert "damaged" in held.reason
    assert len(list((walk.mail / "held").glob("*.eml"))) == 1
    assert len(list((walk.mail / "done").glob("*.eml"))) == len(walk.delivered) - 3


def test_the_audit_chain_is_whole_and_the_tables_can_be_rebuilt_from_it(walk: WatchedStage) -> None:
    assert check(walk.parts.db).intact
    before = final(walk)
    walk.parts.casebook.rebuild()
    assert final(walk) == before


def test_the_same_pass_once_more_does_nothing(walk: WatchedStage) -> None:
    assert len(walk.moments) > 40
    for moment in walk.moments:
        assert moment.again == moment.again.model_validate({"now": moment.now})


# What people write


def test_the_approver_is_told_what_the_template_still_waits_for(walk: WatchedStage) -> None:
    asked = [
        x for x in walk.parts.outbox.letters(case=REF) if x.kind == "approval_request" and "submission" in x.subject
    ]
    first = open_envelope(asked[0].raw, asked[0].created)
    assert "Not yet written in the Rapid Review Template: analysis of practice" in " ".join(first.text.split())
    assert [a.name for a in first.attachments][:2] == [
        f"{REF} 1 letter to the Panel.docx",
        f"{REF} 2 Rapid Review Template.docx",
    ]
