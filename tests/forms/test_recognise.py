"""What kind of mail it is, whose, and about which case: the rules in their order, and where nobody guesses."""

from __future__ import annotations

from typing import Any

import pytest

from mailbot.cases.directory import Directory
from mailbot.forms.body import read_body
from mailbot.forms.form import Answer, Form, Kind
from mailbot.forms.matching import agency_of_form, owing_case
from mailbot.forms.recognise import Recognition, recognise
from mailbot.forms.seen import KnownCase, OurLetter, Seen
from mailbot.mail.envelope import open_envelope
from tests.builders import AGENCIES, CHILD, at

MONDAY = at("Mon 1 Jun 2026 9:12")
DIRECTORY = Directory(agencies=AGENCIES)
ONE = KnownCase(
    ref="RR-2026-001",
    opened=MONDAY,
    child_name=CHILD,
    child_dob="2025-11-03",
    asked=("council", "police", "health"),
    owing=("police", "health"),
)
TWO = ONE.model_copy(update={"ref": "RR-2026-002", "child_name": "Edie Marlow", "owing": ("police",)})
SCOPING = OurLetter(case="RR-2026-001", agency="police", kind="scoping", round="scoping-1")
ENQUIRY = OurLetter(case="RR-2026-001", agency="council", kind="la_enquiry", round="threshold-1")
TO_A_PARTNER = OurLetter(
    case="RR-2026-001",
    agency=None,
    kind="partner_enquiry",
    round="partners-threshold-1",
    key="RR-2026-001/partner/threshold/frith@police.example/ask",
)
TO_SIGN = TO_A_PARTNER.model_copy(update={"key": "RR-2026-001/partner/sign_off/frith@police.example/1"})
ASKED_US = OurLetter(case="RR-2026-001", agency=None, kind="question", round=None)
DECIDING = ONE.model_copy(update={"deciding": "council", "partners": ("frith@police.example",)})
REQUEST = OurLetter(case="RR-2026-001", agency=None, kind="approval_request", round=None)


def form(kind: Kind, name: str = "form.docx", **fields: str) -> Form:
    return Form(name=name, kind=kind, fields={k: Answer(value=v) for k, v in fields.items()})


def seen(
    subject: str = "Rapid Review",
    text: str = "Please see attached.",
    sender: str = "sam@police.example",
    headers: str = "",
    **around: Any,
) -> Seen:
    """A mail from the police, unless it is said otherwise."""
    raw = f"From: {sender}\r\nTo: rapidreview@partnership.example\r\nSubject: {subject}\r\n{headers}\r\n{text}\r\n"
    known: dict[str, Any] = {"believed": True, "cases": (ONE, TWO), "refs": ("RR-2026-001", "RR-2026-002")}
    return Seen(envelope=open_envelope(raw.encode(), MONDAY), body=read_body(text), **(known | around))


def read(*arguments: Any, **around: Any) -> Recognition:
    return recognise(seen(*arguments, **around), DIRECTORY)


@pytest.mark.parametrize(
    ("mail", "kind"),
    [
        (seen(own_letter=True, forms=(form("scoping_return"),)), "own_copy"),
        (seen(returned_letter=True), "bounce"),
        (seen(headers="Auto-Submitted: auto-replied\r\n", answers=(REQUEST,)), "auto_reply"),
        (seen("Re: [RR-2026-001 K7QX-42MD] please approve", "APPROVE", known_code=True), "approval"),
        (seen("RR-2026-001 return, late because of HALF-TERM", "Attached."), "other"),
        (seen(text="APPROVE", answers=(REQUEST,)), "approval"),
        (seen(forms=(form("referral"),)), "referral"),
        (seen(forms=(form("notification"),)), "notification"),
        (seen(forms=(form("other"), form("scoping_return"))), "scoping_return"),
        (seen(forms=(form("chronology"), form("scoping_return"))), "scoping_return"),
        (seen(forms=(form("chronology"),)), "chronology"),
        (seen(forms=(Form(kind="other", parts=(form("scoping_return"),)),)), "scoping_return"),
        (seen("MARF - child at risk"), "live_concern"),
        (seen(text="Nil return: this family is not known to us."), "nil_return"),
        (seen(text="We need more time, please.", answers=(SCOPING,)), "extension_request"),
        (seen(text="Thank you, received.", answers=(SCOPING,)), "acknowledgement"),
        (seen(text="Thank you. Which years do you need?", answers=(SCOPING,)), "question"),
        (seen(text="They are not known to us under that name.", answers=(SCOPING,)), "question"),
        (seen(text="NO SERIOUS HARM", answers=(ENQUIRY,)), "la_decision"),
        (seen(text="Thank you. We agree that this is serious harm.", answers=(ENQUIRY,)), "la_decision"),
        (seen(text="Probably not.", answers=(ENQUIRY,), cases=(DECIDING,)), "la_decision"),
        (seen(text="Probably not.", answers=(ENQUIRY,)), "question"),
        (seen(text="Thank you, received.", answers=(ENQUIRY,), cases=(DECIDING,)), "acknowledgement"),
        (seen(text="Which child is it?", answers=(ENQUIRY,), cases=(DECIDING,)), "question"),
        (seen("RR-2026-001", "SERIOUS HARM", cases=(DECIDING,), sender_agency="council"), "la_decision"),
        (seen("RR-2026-001", "SERIOUS HARM", cases=(DECIDING,), sender_agency="police"), "question"),
        (seen(text="SERIOUS HARM", answers=(ENQUIRY,), forms=(form("referral"),)), "referral"),
        (seen(text="AGREE", answers=(TO_A_PARTNER,)), "partner_answer"),
        (seen(text="I should like to see the scan.", answers=(TO_A_PARTNER,)), "partner_answer"),
        (seen(text="Signed", answers=(TO_SIGN,)), "partner_answer"),
        (seen("RR-2026-001", "AGREE", "frith@police.example", cases=(DECIDING,)), "partner_answer"),
        (seen("RR-2026-001", "AGREE", "other@police.example", cases=(DECIDING,)), "other"),
        (seen(text="meeting 10 June 2pm", answers=(ASKED_US,), from_office=True), "decision"),
        (seen(text="meeting 10 June 2pm", answers=(ASKED_US,)), "question"),
        (seen(text="meeting 10 June 2pm", answers=(REQUEST,), from_office=True), "approval"),
        (seen("RR-2026-001", "We agree.", from_panel=True), "panel_reply"),
        (seen(headers="Auto-Submitted: auto-replied\r\n", text="AGREE", answers=(TO_A_PARTNER,)), "auto_reply"),
        (seen("Lunch", "Are you free?"), "other"),
        (seen("RR-2026-001", "K7QX-42MD"), "other"),
        (seen("Ticket K7QX-42MD", "APPROVE"), "other"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_first_rule_that_fits_names_the_kind(mail: Seen, kind: str) -> None:
    found = recognise(mail, DIRECTORY)
    assert found.kind == kind
    assert found.because


@pytest.mark.parametrize("name", ["message.rpmsg", "Encrypted_Message.htm", "smime.p7m"])
def test_a_secure_wrapper_is_known_by_its_attachment(name: str) -> None:
    head = 'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n'
    body = (
        "--b\r\nContent-Type: text/plain\r\n\r\nOpen it.\r\n"
        f'--b\r\nContent-Type: application/octet-stream; name="{name}"\r\n'
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\nx\r\n--b--'
    )
    found = read(text=body, headers=head)
    assert found.kind == "secure_wrapper"
    assert name in found.because[0]


def test_an_answer_to_a_calendar_invitation() -> None:
    head = 'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n'
    yes = "--b\r\nContent-Type: text/plain\r\n\r\nYes\r\n"
    body = f"{yes}--b\r\nContent-Type: text/calendar\r\n\r\nMETHOD:REPLY\r\n--b--"
    assert read(text=body, headers=head).kind == "calendar_reply"


@pytest.mark.parametrize("subject", ["RR-2026-001 return", "Re: [RR-2026-001] W.A.", "rr 2026 001", "RR/2026/001"])
def test_the_reference_in_the_subject_names_the_case(subject: str) -> None:
    found = read(subject)
    assert found.case == "RR-2026-001"
    assert "the subject has the reference RR-2026-001" in found.because


@pytest.mark.parametrize("subject", ["RR-2026-0011", "XRR-2026-001", "RR-2026-007", "2026-001"])
def test_what_only_looks_like_a_reference_names_nothing(subject: str) -> None:
    assert read(subject).case is None


def test_our_letter_that_is_answered_names_the_case_and_the_agency() -> None:
    found = read("Hello", sender="temp@agency-staff.example", answers=(SCOPING,))
    assert (found.case, found.agency) == ("RR-2026-001", "police")
    assert "it answers our letter RR-2026-001" in found.because


def test_the_forms_own_block_names_the_case() -> None:
    found = read("Return", forms=(form("scoping_return", case_ref="RR-2026-002"),))
    assert found.case == "RR-2026-002"


@pytest.mark.parametrize("name", [CHILD, CHILD.upper(), f"  {CHILD}  "])
def test_child_and_date_of_birth_name_the_case(name: str) -> None:
    found = read("Return", forms=(form("scoping_return", child_name=name, child_dob="2025-11-03"),))
    assert found.case == "RR-2026-001"


def test_another_date_of_birth_is_another_child() -> None:
    found = read("Return", forms=(form("scoping_return", child_name=CHILD, child_dob="2019-01-01"),))
    assert found.case is None


def test_where_two_marks_name_different_cases_nobody_guesses() -> None:
    found = read("RR-2026-002", answers=(SCOPING,))
    assert found.case is None
    assert found.candidates == ("RR-2026-001", "RR-2026-002")
    assert "it names several cases: RR-2026-001, RR-2026-002" in found.because


def test_the_sender_is_the_last_resort_and_only_where_one_case_is_owed() -> None:
    assert owing_case(seen(), "health") == "RR-2026-001"
    assert owing_case(seen(), "police") is None
    assert owing_case(seen(forms=(form("scoping_return", child_name="Somebody Else"),)), "health") is None


def test_an_agency_is_known_by_its_address_before_the_letter_it_answers() -> None:
    assert read(sender="spoc@health.example", answers=(SCOPING,)).agency == "health"
    assert read(sender="someone@safe.police.example").agency == "police"
    assert read(sender="someone@notpolice.example").agency is None


def test_the_code_is_read_from_the_subject_in_any_case() -> None:
    assert read("re: [rr-2026-001 k7qx-42md] approve?", "approve", known_code=True).code == "K7QX-42MD"
    assert read("RR-2026-001 return", forms=(form("scoping_return"),)).code == ""


@pytest.mark.parametrize(
    ("written", "sender", "agency"),
    [
        ("Northshire Police", "police", "police"),
        ("Northshire Integrated Care Board", "police", "health"),
        ("Northshire Homes", "police", "police"),
        ("", "police", "police"),
        ("The Moon Trust", "police", "police"),
        ("Northshire Police", None, "police"),
        ("", None, None),
    ],
)
def test_a_return_is_that_of_the_agency_it_names_if_that_one_was_asked(
    written: str, sender: str | None, agency: str | None
) -> None:
    fields = {"agency_name": written} if written else {}
    assert agency_of_form(form("scoping_return", **fields), sender, ONE.asked, DIRECTORY) == agency


@pytest.mark.parametrize(
    ("text", "around", "answer"),
    [
        ("MORE TIME", {"answers": (ENQUIRY,)}, "more_time"),
        ("NO SERIOUS HARM", {"answers": (ENQUIRY,)}, "no"),
        ("Perhaps.", {"answers": (ENQUIRY,), "cases": (DECIDING,)}, ""),
        ("CHALLENGE the burns", {"answers": (TO_A_PARTNER,)}, "challenge"),
        ("APPROVED", {"answers": (TO_SIGN,)}, "signed"),
        ("Please see attached.", {}, ""),
    ],
)
def test_what_was_chosen_is_named_in_a_word(text: str, around: dict[str, Any], answer: str) -> None:
    assert read(text=text, **around).answer == answer


@pytest.mark.parametrize(
    "subject",
    [
        "AW: FW: [EXTERNAL] RR 2026 001",
        "Ateb: RR-2026-1",
        "OFFICIAL-SENSITIVE: RR2026/001 return",
        "rr2026001",
        "(RR.2026.001)",
        "RR–2026–001",
        "RR_2026_001_Scoping",
        "Your ref: RR - 2026 - 001",
    ],
)
def test_the_reference_is_known_however_it_is_written(subject: str) -> None:
    assert read(subject).case == "RR-2026-001"


@pytest.mark.parametrize("subject", ["2026-001", "CRR-2026-001", "RR-2026-0019", "RR-2025-001", "RR 01632 960001"])
def test_what_only_looks_like_a_reference_is_none(subject: str) -> None:
    assert read(subject).case is None


def test_two_cases_returns_are_listed_one_by_one() -> None:
    forms = (
        form("scoping_return", "a.docx", case_ref="RR-2026-001"),
        form("scoping_return", "b.docx", case_ref="RR-2026-002"),
    )
    found = read("Two returns", forms=forms)
    assert [(i.case, i.agency, i.part) for i in found.items] == [
        ("RR-2026-001", "police", "a.docx"),
        ("RR-2026-002", "police", "b.docx"),
    ]
    assert (found.case, found.agency, found.candidates) == (None, "police", ("RR-2026-001", "RR-2026-002"))


def test_a_return_and_its_chronology_are_one_thing() -> None:
    forms = (form("scoping_return", case_ref="RR-2026-001"), form("chronology"))
    assert read(forms=forms).items == ()


def test_danger_in_the_words_of_an_answer_is_an_alert_and_the_mail_keeps_its_kind() -> None:
    words = (
        "No involvement. But the baby's sister disclosed this morning that he hits her, and she goes home at three."
    )
    found = read(text=words, answers=(SCOPING,))
    assert found.kind == "question"
    assert found.alerts


def test_what_happened_long_ago_is_no_alert() -> None:
    assert read(text="The child was hit in 2019 and moved to foster care.", answers=(SCOPING,)).alerts == ()


def test_nobody_decides_by_a_return_that_says_nothing_of_the_children_only() -> None:
    words = "We supervised the father from 2019 to 2020. We have no information on the children."
    assert read(text=words, answers=(SCOPING,)).kind == "question"


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("We do not need an extension, it will be with you on time.", "question"),
        ("Could we have a few more days please?", "extension_request"),
        ("We are unlikely to get this to you by Friday.", "extension_request"),
    ],
)
def test_more_time_is_asked_for_in_many_words(words: str, kind: str) -> None:
    assert read(text=words, answers=(SCOPING,)).kind == kind


def test_a_request_for_records_is_known_and_an_agencys_mention_of_one_is_not() -> None:
    stranger = "someone@webmail.example"
    wish = "Please send me a copy of everything you hold about me. I want to see my records."
    assert read("My records", wish, stranger).kind == "records_request"
    assert read("FOI newsletter", "A training day about freedom of information requests.", stranger).kind == "other"
    told = "Mum made a subject access request to us last year."
    assert read(text=told, answers=(SCOPING,), sender_agency="police").kind == "question"


def test_the_same_mail_over_another_list_is_a_duplicate() -> None:
    assert read(copy_of=7, answers=(SCOPING,)).kind == "duplicate"


def test_every_rule_and_every_mark_says_what_it_found() -> None:
    found = read("RR-2026-001", "Nil return.", answers=(SCOPING,))
    fits = [kind for kind, why in found.rules if why]
    assert fits[0] == found.kind == "nil_return"
    assert "question" in fits
    assert found.match is not None
    assert [step.cases for step in found.match.steps[:3]] == [("RR-2026-001",), ("RR-2026-001",), ()]
