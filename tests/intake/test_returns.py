"""What agencies send once they are asked: returns, nil returns and replies, and what is held for a person."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest

from mailbot.cases.case import Case
from mailbot.cases.deadlines import request_status
from mailbot.cases.practice import Practice
from mailbot.cases.procedure import Procedure
from mailbot.demo.filling import answers_of, fill_chronology, fill_return
from mailbot.demo.mails import Arriving
from mailbot.errors import NotInDirectory
from mailbot.intake import mails
from mailbot.intake.opening import Opened
from mailbot.parts import Parts
from tests.builders import at
from tests.intake.office import FORMS, NINE, PHONE, REF, REFERRAL, Office

TUESDAY = "Tue 2 Jun 2026 10:00"
File = tuple[str, bytes]


def completed(office: Office, agency: str) -> tuple[File, File]:
    """The two templates that came with the agency's letter, filled in by it."""
    letter = office.opened(next(a for a in office.letters("scoping") if a.agency == agency))
    scoping, chronology = (a for a in letter.attachments if "template" in a.name)
    answers = answers_of(agency)
    return (
        ("Scoping completed.docx", fill_return(scoping.content, answers.on("2 June 2026"))),
        ("Chronology.docx", fill_chronology(chronology.content, answers.chronology)),
    )


def status(office: Office, agency: str) -> str:
    case, practice = office.case, office.parts.practice
    return request_status(case.requests[agency], at(TUESDAY), practice.procedure_of(case), practice.calendar)


def test_a_whole_return_is_recorded_and_thanked(scoped: Office) -> None:
    scoped.agency_answers(TUESDAY, "police", "Our return is attached.", completed(scoped, "police"))
    assert scoped.last.state == "handled"
    assert status(scoped, "police") == "returned"
    assert scoped.case.requests["police"].rows
    (thanks,) = scoped.letters("thanks")
    assert (thanks.agency, thanks.status) == ("police", "sent")


def test_a_return_without_its_chronology_is_asked_for_it(scoped: Office) -> None:
    scoped.agency_answers(TUESDAY, "police", "The chronology will follow.", completed(scoped, "police")[:1])
    assert status(scoped, "police") == "part"
    (asked,) = scoped.letters("reask")
    assert "chronology" in scoped.opened(asked).text
    scoped.agency_answers("Tue 2 Jun 2026 11:00", "police", "Here it is.", completed(scoped, "police")[1:])
    assert status(scoped, "police") == "returned"


def test_one_line_of_email_is_a_nil_return(scoped: Office) -> None:
    scoped.agency_answers(TUESDAY, "housing", "Nil return: this family is not known to us.")
    assert status(scoped, "housing") == "nil"
    assert scoped.case.requests["housing"].papers[0].name == "Email of Tuesday 2 June 2026.txt"


def test_a_return_for_a_closed_case_is_held(scoped: Office) -> None:
    scoped.record("Tue 2 Jun 2026 9:00", "withdrawn", why="referred in error")
    files = completed(scoped, "police")
    scoped.agency_answers(TUESDAY, "police", "Our return is attached.", files)
    assert scoped.last.state == "held"
    assert scoped.last.reason == "a scoping return for RR-2026-001, which is not open any more"


def test_a_mail_that_names_two_cases_is_held(scoped: Office) -> None:
    other = scoped.arrives(
        TUESDAY, Arriving("duty@westmarch-council.example", "Second referral", "See attached.", [REFERRAL])
    )
    scoped.pass_(TUESDAY)
    scoped.parts.mailbag.release(scoped.last.id, "NEW")
    scoped.pass_("Tue 2 Jun 2026 10:01")
    assert scoped.parts.casebook.refs() == [REF, "RR-2026-002"]
    assert other
    scoped.arrives(
        "Tue 2 Jun 2026 11:00",
        Arriving(
            "review.team@westmarch-police.example",
            "RR-2026-001 and RR-2026-002",
            "Both attached.",
            completed(scoped, "police"),
        ),
    )
    scoped.pass_("Tue 2 Jun 2026 11:00")
    assert scoped.last.state == "held"
    assert "it names several cases: RR-2026-001, RR-2026-002" in scoped.last.reason
    assert scoped.last.candidates == ("RR-2026-001", "RR-2026-002")


def test_a_return_that_nobody_vouches_for_is_held_until_a_person_assigns_it(scoped: Office) -> None:
    letter = scoped.opened(next(a for a in scoped.letters("scoping") if a.agency == "police"))
    mail = Arriving(
        "review.team@westmarch-police.example",
        f"Re: {letter.subject}",
        "Attached.",
        completed(scoped, "police"),
        answers=letter,
    )
    raw = scoped.arrives(TUESDAY, mail)
    path = next((scoped.mailbox / "inbox").iterdir())
    path.write_bytes(raw.replace(b"dmarc=pass", b"dmarc=fail", 1))
    scoped.pass_(TUESDAY)
    assert scoped.last.state == "held"
    assert status(scoped, "police") == "sent"
    scoped.parts.mailbag.release(scoped.last.id, REF)
    scoped.pass_("Tue 2 Jun 2026 10:30")
    assert status(scoped, "police") == "returned"
    assert scoped.letters("thanks", "reask") == []


def test_an_attachment_that_cannot_be_read_is_held_without_its_name(scoped: Office) -> None:
    broken = ("Return.docx", completed(scoped, "police")[0][1][:4000])
    scoped.agency_answers(TUESDAY, "police", "Our return is attached.", (broken,))
    assert scoped.last.state == "held"
    assert "an attachment could not be read" in scoped.last.reason
    assert "A .docx file" in scoped.last.reason
    assert "Return.docx" not in scoped.last.reason, "a file may be named after a child"
    assert status(scoped, "police") == "sent"


def test_an_acknowledgement_a_question_and_more_time(scoped: Office) -> None:
    scoped.agency_answers("Tue 2 Jun 2026 9:00", "police", "Thank you, received.")
    assert status(scoped, "police") == "acknowledged"
    scoped.agency_answers("Tue 2 Jun 2026 9:10", "icb", "Which period should we cover?")
    scoped.agency_answers("Tue 2 Jun 2026 9:20", "hospital", "May we please have an extension until the 12th?")
    titles = [scoped.opened(a).subject for a in scoped.letters("question")]
    assert [t for t in titles if "asks something" in t]
    assert [t for t in titles if "asks for more time" in t]


def test_an_automatic_reply_is_noted_and_never_answered(scoped: Office) -> None:
    before = [a.key for a in scoped.letters() if a.kind != "digest"]
    letter = scoped.opened(next(a for a in scoped.letters("scoping") if a.agency == "education"))
    away = Arriving(
        "education.safeguarding@westmarch-schools.example",
        f"Automatic reply: {letter.subject}",
        "We are away.",
        answers=letter,
        headers=(("Auto-Submitted", "auto-replied"),),
    )
    scoped.arrives(TUESDAY, away)
    scoped.pass_(TUESDAY)
    assert scoped.last.state == "handled"
    assert [a.key for a in scoped.letters() if a.kind != "digest"] == before


def test_a_live_concern_is_shouted_about_at_once_at_any_hour(office: Office) -> None:
    office.arrives(
        "Sat 6 Jun 2026 22:00", Arriving(PHONE, "MARF for a child at risk tonight", "Please see attached.")
    )
    office.pass_("Sat 6 Jun 2026 22:01")
    assert office.last.state == "held"
    (warning,) = office.letters("warning", status="sent")
    assert "URGENT" in warning.subject


def test_a_surprise_holds_the_mail_and_the_next_one_is_read(scoped: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(opened: Opened, parts: Parts, now: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setitem(mails.HANDLERS, "acknowledgement", breaks)
    letter = scoped.opened(next(a for a in scoped.letters("scoping") if a.agency == "police"))
    for agency, text in (
        ("westmarch-police", "Thank you, received."),
        ("westmarch-homes", "Nil return: not known to us."),
    ):
        mail = Arriving(f"spoc@{agency}.example", f"Re: {letter.subject}", text, answers=letter)
        scoped.arrives(TUESDAY, mail)
    scoped.pass_(TUESDAY)
    broken, read = scoped.mails[-2:]
    assert broken.state == "held"
    assert broken.reason.startswith("mailbot made a mistake of its own")
    assert "ZeroDivisionError" in broken.reason
    assert "a bug" not in broken.reason
    assert read.state == "handled"
    assert scoped.parts.mailbag.ledger().balanced


class OneCaseCannotBeLookedAfter(Practice):
    """A practice under which the first case's procedure asks for what the directory cannot give."""

    def procedure_of(self, case: Case) -> Procedure:
        if case.ref == REF:
            raise NotInDirectory("hospital has no address")
        return super().procedure_of(case)


def test_a_case_that_cannot_be_reviewed_does_not_stop_the_others(scoped: Office) -> None:
    facts = {name: getattr(scoped.parts.practice, name) for name in Practice.model_fields}
    settings = scoped.parts.settings.model_copy(update={"practice": OneCaseCannotBeLookedAfter(**facts)})
    object.__setattr__(scoped.parts, "settings", settings)
    scoped.pass_("Fri 12 Jun 2026 9:00")
    other = Arriving("duty@westmarch-council.example", "Another", "Attached.", [REFERRAL])
    scoped.arrives("Mon 15 Jun 2026 8:40", other)
    scoped.pass_("Mon 15 Jun 2026 8:41")
    scoped.parts.mailbag.release(scoped.last.id, "NEW")
    scoped.pass_("Mon 15 Jun 2026 8:45")
    told = [scoped.opened(a).text for a in scoped.letters("warning") if a.case == REF]
    assert [text for text in told if "cannot be looked after" in text and "hospital has no address" in text]
    assert scoped.parts.casebook.load("RR-2026-002").stage == "scoping"


def test_the_pages_of_the_hospital_are_read_from_pdf(scoped: Office) -> None:
    files = tuple((name, (FORMS / name).read_bytes()) for name in ("hospital-return.pdf", "hospital-chronology.pdf"))
    scoped.agency_answers(TUESDAY, "hospital", "Attached as PDF.", files)
    assert status(scoped, "hospital") in ("returned", "part")
    assert scoped.case.requests["hospital"].rows


def test_the_books_balance(scoped: Office) -> None:
    scoped.arrives(NINE, Arriving("news@shop.example", "Offers", "Buy now"))
    scoped.agency_answers(TUESDAY, "housing", "Nil return: this family is not known to us.")
    books = scoped.parts.mailbag.ledger()
    assert (books.seen, books.handled, books.held, books.ignored, books.balanced) == (4, 3, 0, 1, True)


@pytest.mark.parametrize(
    "text",
    [
        "We have no record of receiving the scoping template. Could you resend it, please.",
        "Thank you. We have no information to add.",
        "No involvement prior to 2019.",
        "The mother is not known to us. The child is open to our team.",
    ],
)
def test_words_about_something_else_are_no_nil_return(scoped: Office, text: str) -> None:
    scoped.agency_answers(TUESDAY, "police", text)
    assert status(scoped, "police") in ("sent", "acknowledged")


def test_a_full_return_is_not_taken_back_by_a_line(scoped: Office) -> None:
    scoped.agency_answers(TUESDAY, "police", "Our return.", tuple(completed(scoped, "police")))
    before = status(scoped, "police")
    scoped.agency_answers("Wed 3 Jun 2026 9:00", "police", "Nil return: this family is not known to us.")
    assert status(scoped, "police") == before
    assert scoped.last.state == "held"


@pytest.mark.parametrize(
    "text",
    [
        "Thank you, but this is not our family: they moved to Leeds in March.",
        "Thank you, however the lead you wrote to has left. Nobody will see the letter.",
    ],
)
def test_polite_words_with_news_in_them_go_to_a_person(scoped: Office, text: str) -> None:
    scoped.agency_answers(TUESDAY, "police", text)
    assert scoped.letters("question")[-1].key.startswith("RR-2026-001/question/question/")


def test_a_chronology_that_is_sent_again_takes_the_place_of_the_first(scoped: Office) -> None:
    files = tuple(completed(scoped, "police"))
    scoped.agency_answers(TUESDAY, "police", "Our return.", files)
    rows = len(scoped.case.requests["police"].rows)
    scoped.agency_answers("Wed 3 Jun 2026 9:00", "police", "Once more.", files)
    assert len(scoped.case.requests["police"].rows) == rows > 0


def test_our_referral_form_beside_a_return_is_no_second_referral(scoped: Office) -> None:
    scoped.agency_answers(TUESDAY, "police", "Our return.", (*completed(scoped, "police"), REFERRAL))
    assert scoped.last.state == "handled"
    assert status(scoped, "police") in ("returned", "part")


def test_a_fault_of_the_disk_holds_no_mail_and_the_next_pass_reads_it(
    scoped: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(opened: Opened, parts: Parts, now: object) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as broken:
        broken.setitem(mails.HANDLERS, "nil_return", full)
        scoped.agency_answers(TUESDAY, "police", "Nil return: this family is not known to us.")
        states = [scoped.last.state]
    scoped.pass_("Tue 2 Jun 2026 10:05")
    assert [*states, scoped.last.state] == ["kept", "handled"]
    assert status(scoped, "police") == "nil"


def test_a_return_from_a_stranger_is_held_whatever_agency_its_form_names(scoped: Office) -> None:
    content = completed(scoped, "police")[0][1]
    files = [("Rowan Castellane.docx", content)]
    scoped.arrives(TUESDAY, Arriving("Who <who@elsewhere.example>", "Return", "Attached.", files))
    scoped.pass_(TUESDAY)
    assert (scoped.last.state, status(scoped, "police")) == ("held", "sent")
    assert "Rowan" not in scoped.last.reason, "a file may be named after a child"
    assert "Rowan" not in scoped.opened(scoped.letters("warning")[-1]).text


def test_a_polite_denial_is_no_acknowledgement(scoped: Office) -> None:
    scoped.agency_answers(TUESDAY, "police", "Thank you. We don't think this letter is ours.")
    assert status(scoped, "police") == "sent"


def test_a_chronology_in_the_workbook_that_we_sent_is_recorded(scoped: Office) -> None:
    letter = scoped.opened(next(a for a in scoped.letters("scoping") if a.agency == "police"))
    name, blank = next((a.name, a.content) for a in letter.attachments if a.name.endswith(".xlsx"))
    book, filled = openpyxl.load_workbook(BytesIO(blank)), BytesIO()
    for column, text in enumerate(("about March 2019", "", "Log", "=No answer", "", "Negative"), 1):
        book["Chronology"].cell(8, column, text or None).data_type = "s"
    book.save(filled)
    scoped.agency_answers(TUESDAY, "police", "Our return is attached.", completed(scoped, "police")[:1])
    scoped.agency_answers("Tue 2 Jun 2026 11:00", "police", "And this.", ((name, filled.getvalue()),))
    assert status(scoped, "police") == "returned"
    entry = {"date": "2019-03", "date_raw": "about March 2019", "source": "Log", "event": "=No answer"}
    assert scoped.case.requests["police"].rows == ({**entry, "impact": "Negative"},)


def test_a_form_that_names_another_agency_is_that_ones_return_only_when_a_person_says_so(scoped: Office) -> None:
    files = completed(scoped, "police")
    scoped.agency_answers(TUESDAY, "icb", "Attached.", files)
    assert scoped.last.state == "held"
    assert "it answers the letter to Westmarch Integrated Care Board" in scoped.last.reason
    assert "the form says Westmarch Police" in scoped.last.reason
    assert (status(scoped, "police"), status(scoped, "icb")) == ("sent", "sent")
    assert "the form says Westmarch Police" in scoped.opened(scoped.letters("warning")[-1]).text
    scoped.parts.mailbag.release(scoped.last.id, REF)
    scoped.pass_("Tue 2 Jun 2026 10:30")
    assert (status(scoped, "police"), status(scoped, "icb")) == ("returned", "sent")


def test_a_shared_service_sends_its_own_return_and_anothers(scoped: Office) -> None:
    ours, theirs = completed(scoped, "icb")[0], completed(scoped, "police")[0]
    scoped.agency_answers(TUESDAY, "icb", "Ours and theirs.", (("a.docx", ours[1]), ("b.docx", theirs[1])))
    assert scoped.last.state == "handled"
    assert (status(scoped, "police"), status(scoped, "icb")) == ("part", "part")


def test_an_agency_that_answers_before_it_is_asked_has_its_name_in_the_directory(referred: Office) -> None:
    name, blank = "Return.docx", referred.opened(referred.letters("scoping")[0])
    scoping = next(a.content for a in blank.attachments if "sharing template" in a.name)
    answers = answers_of("police")
    answers.fields["agency_name"] = "Whatever stands in the form"
    form = fill_return(scoping, answers.on("1 June 2026"))
    referred.arrives(
        "Mon 1 Jun 2026 9:20",
        Arriving("new.desk@westmarch-probation.example", f"[{REF}]", "Attached.", ((name, form),)),
    )
    referred.pass_("Mon 1 Jun 2026 9:20")
    assert referred.last.state == "handled"
    assert referred.case.requests["probation"].name == "Westmarch Probation"


def test_a_nil_return_of_one_part_of_an_agency_ends_no_asking(scoped: Office) -> None:
    words = "Thank you. Nil return from our adult services; children's services will reply separately."
    scoped.agency_answers(TUESDAY, "housing", words)
    assert status(scoped, "housing") == "sent"
    assert scoped.letters("thanks") == []
    question = scoped.opened(scoped.letters("question")[-1])
    assert "A nil return that leaves something open" in question.subject
    assert f"mailbot record {REF} nil housing --as YOU" in question.text
