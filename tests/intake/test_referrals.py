"""A referral comes: from whom it opens a case at once, when a person is asked first, and what comes twice."""

from __future__ import annotations

from mailbot.demo.mails import Arriving
from mailbot.intake.mails import work_through
from tests.builders import at
from tests.intake.office import ADDRESS, NINE, PHONE, REF, REFERRAL, Office

STRANGER = "Dr Lee <lee@elsewhere.example>"


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
