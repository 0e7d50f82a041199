"""A referral comes: from whom it opens a case at once, when a person is asked first, and what comes twice."""

from __future__ import annotations

import pytest

from mailbot.demo.mails import Arriving
from mailbot.intake.mails import work_through
from tests.builders import at
from tests.intake.office import ADDRESS, NINE, PHONE, REF, REFERRAL, Office

STRANGER = "Dr Lee <lee@elsewhere.example>"
NURSE = "Named Nurse <named.nurse@westmarch-general.example>"


def referral_from(sender: str) -> Arriving:
    return Arriving(sender, "Referral", "Please find a referral attached.", [REFERRAL])


def test_a_referral_from_the_local_authority_opens_a_case(office: Office) -> None:
    office.refer()
    assert office.last.state == "handled"
    assert office.case.stage == "scoping"
    assert office.case.from_la
    assert office.case.received_at == at(NINE)
    assert [a.status for a in office.letters("scoping")] == ["waiting"] * 8
    (receipt,) = office.letters("acknowledgement")
    assert (receipt.to, receipt.status) == (("jo.penrose@westmarch-council.example",), "sent")


def test_the_mail_is_filed_where_its_fate_says(office: Office) -> None:
    office.refer()
    office.arrives("Mon 1 Jun 2026 9:05", referral_from(STRANGER))
    office.pass_("Mon 1 Jun 2026 9:06")
    assert [p.name for p in (office.mailbox / "done").iterdir()] == ["001.eml"]
    assert [p.name for p in (office.mailbox / "held").iterdir()] == ["002.eml"]


def test_a_referral_from_a_stranger_waits_for_a_person(office: Office) -> None:
    office.arrives(NINE, referral_from(STRANGER))
    report = office.pass_("Mon 1 Jun 2026 9:01")
    assert (report.fetched, report.handled, report.held) == (1, 0, 1)
    assert office.last.reason == "a referral from somebody who is not in the directory"
    assert office.parts.casebook.refs() == []
    (told,) = office.letters("warning")
    assert "mailbot assign 1 REF" in office.opened(told).text


def test_a_person_may_say_that_a_strangers_referral_opens_a_case(office: Office) -> None:
    office.arrives(NINE, referral_from(STRANGER))
    office.pass_("Mon 1 Jun 2026 9:01")
    office.parts.mailbag.release(1, "NEW")
    assert work_through(office.last, office.parts, at("Mon 1 Jun 2026 10:00")) == "handled"
    office.pass_("Mon 1 Jun 2026 10:01")
    assert office.case.referrer == "lee@elsewhere.example"
    assert office.letters("acknowledgement") == []
    asked = [office.opened(a).text for a in office.letters("question")]
    assert [text for text in asked if "lee@elsewhere.example, who is not in the directory" in text]


def test_a_referral_from_a_sender_whom_nobody_vouches_for_is_held(office: Office) -> None:
    raw = office.arrives(NINE, referral_from(PHONE))
    (office.mailbox / "inbox" / "001.eml").write_bytes(raw.replace(b"dmarc=pass", b"dmarc=fail", 1))
    office.pass_("Mon 1 Jun 2026 9:01")
    assert office.last.state == "held"
    assert "cannot be believed" in office.last.reason
    assert "gave fail, not pass" in office.last.reason
    assert office.parts.casebook.refs() == []


def test_a_claim_in_a_lower_header_is_not_believed(office: Office) -> None:
    raw = office.arrives(NINE, referral_from(PHONE))
    forged = b"Authentication-Results: mx.elsewhere.example; dmarc=fail header.from=westmarch-council.example\r\n"
    (office.mailbox / "inbox" / "001.eml").write_bytes(forged + raw)
    office.pass_("Mon 1 Jun 2026 9:01")
    assert office.last.state == "held"
    assert office.parts.casebook.refs() == []


def test_the_same_bytes_again_are_the_same_mail(referred: Office) -> None:
    raw = (referred.mailbox / "done" / "001.eml").read_bytes()
    referred.delivered = 7
    referred.lay(raw)
    report = referred.pass_("Mon 1 Jun 2026 9:10")
    assert (report.fetched, report.letters.drafted) == (1, 0)
    assert referred.parts.casebook.refs() == [REF]
    assert len(referred.mails) == 1
    assert list((referred.mailbox / "inbox").iterdir()) == []
    assert referred.parts.mailbag.ledger().balanced


def test_a_known_message_id_with_other_bytes_is_a_new_mail(referred: Office) -> None:
    raw = (referred.mailbox / "done" / "001.eml").read_bytes()
    referred.delivered = 7
    referred.lay(raw.replace(b"Please find a referral", b"Once more: a referral", 1))
    referred.pass_("Mon 1 Jun 2026 9:10")
    assert len(referred.mails) == 2
    assert referred.mails[0].message_id == referred.mails[1].message_id
    assert referred.last.state == "held"
    assert "has a case already: RR-2026-001" in referred.last.reason
    assert referred.parts.casebook.refs() == [REF]


def test_the_same_child_referred_by_somebody_else_is_no_second_case(referred: Office) -> None:
    referred.arrives("Mon 1 Jun 2026 9:20", referral_from("Named Nurse <named.nurse@westmarch-general.example>"))
    referred.pass_("Mon 1 Jun 2026 9:21")
    assert referred.last.state == "held"
    assert referred.parts.casebook.refs() == [REF]


def test_a_referral_that_cannot_be_read_is_held_with_the_reason(office: Office) -> None:
    name, content = REFERRAL
    office.arrives(NINE, Arriving(PHONE, "Serious incident", "See attached.", [(name, content[:5000])]))
    office.arrives(NINE, Arriving(PHONE, "Lunch", "Are you free?"))
    office.pass_("Mon 1 Jun 2026 9:01")
    damaged, lunch = office.mails
    assert damaged.state == "held"
    assert "could not be read" in damaged.reason
    assert "A .docx file" in damaged.reason
    assert (lunch.state, lunch.reason.partition(";")[0]) == ("ignored", "no form, no answer to a letter of ours")


def test_our_own_copy_is_no_mail_of_an_agency(referred: Office) -> None:
    (receipt,) = referred.letters("acknowledgement")
    referred.delivered = 7
    referred.lay(receipt.raw)
    referred.pass_("Mon 1 Jun 2026 9:20")
    assert referred.last.state == "handled"
    assert "our own letter" in referred.last.reason
    assert ADDRESS in referred.last.sender


def test_a_second_referral_is_shown_with_what_makes_it_the_same_child(referred: Office) -> None:
    referred.arrives("Mon 1 Jun 2026 9:20", referral_from(NURSE))
    referred.pass_("Mon 1 Jun 2026 9:21")
    assert "RR-2026-001 (the same NHS number)" in referred.last.reason
    told = referred.opened(referred.letters("warning")[-1]).text
    assert "mailbot assign 2 RR-2026-001" in told
    assert "mailbot assign 2 NEW" in told


def test_a_second_referral_joins_the_case_when_a_person_says_so(referred: Office) -> None:
    referred.arrives("Mon 1 Jun 2026 9:20", referral_from(NURSE))
    referred.pass_("Mon 1 Jun 2026 9:21")
    referred.parts.mailbag.release(2, REF)
    assert work_through(referred.last, referred.parts, at("Mon 1 Jun 2026 10:00")) == "handled"
    referred.pass_("Mon 1 Jun 2026 10:01")
    assert referred.parts.casebook.refs() == [REF]
    assert [r.address for r in referred.case.referrers] == [
        "jo.penrose@westmarch-council.example",
        "named.nurse@westmarch-general.example",
    ]
    assert referred.letters("acknowledgement")[-1].to == ("named.nurse@westmarch-general.example",)
    assert referred.case.received_at == at(NINE)


def test_a_second_referral_opens_a_case_of_its_own_when_a_person_says_so(referred: Office) -> None:
    referred.arrives("Mon 1 Jun 2026 9:20", referral_from(NURSE))
    referred.pass_("Mon 1 Jun 2026 9:21")
    referred.parts.mailbag.release(2, "NEW")
    work_through(referred.last, referred.parts, at("Mon 1 Jun 2026 10:00"))
    assert referred.parts.casebook.refs() == [REF, "RR-2026-002"]


def test_the_same_child_in_a_case_that_has_ended_opens_a_new_one_and_is_shown(referred: Office) -> None:
    referred.record("Mon 1 Jun 2026 10:00", "withdrawn", why="sent by mistake")
    referred.arrives("Tue 2 Jun 2026 9:00", referral_from(PHONE))
    referred.pass_("Tue 2 Jun 2026 9:01")
    assert referred.parts.casebook.refs() == [REF, "RR-2026-002"]
    (told,) = [a for a in referred.letters("question") if "another case" in a.subject]
    assert "RR-2026-001 (ended), the same NHS number" in referred.opened(told).text
    child = referred.case.child.name
    assert child
    assert child not in referred.opened(told).text


def test_word_of_an_incident_from_an_agency_waits_for_a_person_and_opens_a_case(office: Office) -> None:
    words = "A baby was brought in with injuries. Is this a serious incident for a rapid review?"
    office.arrives(NINE, Arriving(NURSE, "Serious incident", words, [("Body map.txt", b"left arm")]))
    office.pass_("Mon 1 Jun 2026 9:01")
    assert office.last.state == "held"
    assert "mailbot assign 1 NEW" in office.opened(office.letters("warning")[-1]).text
    office.parts.mailbag.release(1, "NEW")
    assert work_through(office.last, office.parts, at("Mon 1 Jun 2026 10:00")) == "handled"
    office.pass_("Mon 1 Jun 2026 10:01")
    assert office.case.stage == "la_deciding"
    assert office.case.reported_at == at(NINE)
    assert [p.name for p in office.case.papers] == ["Email of Monday 1 June 2026.txt", "Body map.txt"]
    assert office.parts.mailbag.file(office.case.papers[0].sha256).decode().strip() == words
    assert office.letters("acknowledgement")[-1].to == ("named.nurse@westmarch-general.example",)


@pytest.mark.parametrize(
    "words",
    [
        "A toddler was found at the foot of the stairs this morning. Can we talk?",
        "We are going to notify Ofsted today. The form follows.",
        "He died in the ambulance. Our duty manager will ring you.",
    ],
)
def test_an_agencys_plain_words_about_an_incident_are_never_left_alone(office: Office, words: str) -> None:
    office.arrives(NINE, Arriving(NURSE, "For your attention", words))
    office.pass_("Mon 1 Jun 2026 9:01")
    assert office.last.state == "held"


def test_an_agencys_words_about_something_else_are_left_alone_while_no_case_is_open(office: Office) -> None:
    office.arrives(
        NINE, Arriving(NURSE, "Parking", "The car park of the hospital is closed on Friday.\n\nNamed Nurse")
    )
    office.pass_("Mon 1 Jun 2026 9:01")
    assert office.last.state == "ignored"


def test_the_local_authoritys_intention_opens_a_case_that_waits_for_its_form(office: Office) -> None:
    words = "We intend to submit a Serious Incident Notification to the national Panel about a baby this week."
    office.arrives(NINE, Arriving(PHONE, "Serious incident: intention to notify", words))
    office.pass_("Mon 1 Jun 2026 9:01")
    office.parts.mailbag.release(1, "NEW")
    work_through(office.last, office.parts, at("Mon 1 Jun 2026 10:00"))
    assert office.case.stage == "referral_awaited"
    assert office.case.intention_at == at(NINE)
    assert office.case.la == "childrens-services"


def test_the_form_that_a_case_waits_for_is_asked_about_while_its_child_is_not_known(office: Office) -> None:
    office.arrives(NINE, Arriving(PHONE, "Serious incident", "We intend to notify the Panel of an incident."))
    office.pass_("Mon 1 Jun 2026 9:01")
    office.parts.mailbag.release(1, "NEW")
    work_through(office.last, office.parts, at("Mon 1 Jun 2026 10:00"))
    office.arrives("Wed 3 Jun 2026 9:00", referral_from(PHONE))
    office.pass_("Wed 3 Jun 2026 9:01")
    assert office.last.state == "held"
    office.parts.mailbag.release(2, REF)
    work_through(office.last, office.parts, at("Wed 3 Jun 2026 10:00"))
    office.pass_("Wed 3 Jun 2026 10:01")
    assert office.case.stage == "scoping"
    assert office.case.received_at == at("Wed 3 Jun 2026 9:00")
    assert office.case.child.name


def test_the_form_joins_by_itself_where_its_subject_names_the_case(office: Office) -> None:
    office.arrives(NINE, Arriving(PHONE, "Serious incident", "We intend to notify the Panel of an incident."))
    office.pass_("Mon 1 Jun 2026 9:01")
    office.parts.mailbag.release(1, "NEW")
    work_through(office.last, office.parts, at("Mon 1 Jun 2026 10:00"))
    mail = Arriving(PHONE, f"{REF} JCR referral form", "Please find our form attached.", [REFERRAL])
    office.arrives("Wed 3 Jun 2026 9:00", mail)
    office.pass_("Wed 3 Jun 2026 9:01")
    assert office.last.state == "handled"
    assert office.case.stage == "scoping"
