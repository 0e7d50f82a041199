"""Locked files: they wait for their password, a person opens them, and everything later sees what is inside."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pypdfium2
import pytest

from mailbot.binding import bind_pack
from mailbot.demo.mails import Arriving
from mailbot.errors import NotAllowedNow, WrongPassword
from mailbot.intake.mails import work_through
from mailbot.intake.unlocking import Unlocked, brought_the_password, password_in, sent_by_others, unlock
from mailbot.mail.envelope import open_envelope
from mailbot.store.mailbag import StoredMail
from tests.builders import at
from tests.intake.office import FORMS, MANAGER, PHONE, REF, REFERRAL, Office
from tests.intake.test_returns import TUESDAY, completed, status
from tests.locking import locked_pdf, locked_word, locked_zip, plain_zip

LATER = "Tue 2 Jun 2026 15:00"
PASSWORD = "Blue Heron 22"


def opens(office: Office, mail: int, *passwords: str, when: str = LATER) -> Unlocked:
    """The manager gives a password, and the mail is read again."""
    done = unlock(mail, passwords, MANAGER, office.parts, at(when))
    office.parts.mailbag.release(mail, done.case)
    work_through(office.parts.mailbag.mail(mail), office.parts, at(when))
    office.pass_(when)
    return done


def whole_record(office: Office) -> bytes:
    """All that is stored, as the bytes of the database."""
    office.parts.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Path(office.parts.settings.record).read_bytes()


@pytest.fixture
def waiting(scoped: Office) -> Office:
    """The police have sent their return and chronology, each locked with the same password."""
    files = completed(scoped, "police")
    locked = tuple((f"Rowan Castellane {name}", locked_word(content, PASSWORD)) for name, content in files)
    scoped.agency_answers(TUESDAY, "police", "Our return. The password follows by telephone.", locked)
    return scoped


def test_a_locked_return_waits_for_its_password_and_is_no_return(waiting: Office) -> None:
    mail = waiting.last
    assert (mail.state, mail.waits_for, mail.case) == ("held", "password", REF)
    assert mail.reason.startswith("a file in it is locked with a password")
    assert status(waiting, "police") == "paused"
    assert waiting.case.requests["police"].completeness is None
    assert waiting.parts.mailbag.ledger().balanced


def test_the_office_is_told_once_what_to_type_and_no_file_is_named(waiting: Office) -> None:
    waiting.pass_("Tue 2 Jun 2026 11:00")
    waiting.parts.mailbag.release(waiting.last.id)
    waiting.pass_("Tue 2 Jun 2026 12:00")
    told = [waiting.opened(a) for a in waiting.letters("question", "warning") if "password" in a.subject]
    assert len(told) == 1
    assert f"mailbot unlock {waiting.last.id} --password-stdin" in told[0].text
    assert "Rowan" not in told[0].text + told[0].subject + waiting.last.reason
    assert "unreadable" not in told[0].text


def test_the_agency_is_not_chased_while_its_file_waits(waiting: Office) -> None:
    for day in ("Tue 9 Jun 2026 9:00", "Wed 10 Jun 2026 9:00", "Thu 11 Jun 2026 9:00", "Fri 12 Jun 2026 9:00"):
        waiting.pass_(day)
    chased = {a.agency for a in waiting.letters("reminder", "chase", "escalation")}
    assert "icb" in chased
    assert "police" not in chased


def test_a_new_day_given_by_a_person_starts_the_chasing_again(waiting: Office) -> None:
    waiting.record("Tue 2 Jun 2026 16:00", "extension", "police", "2026-06-11")
    for day in ("Wed 10 Jun 2026 9:00", "Fri 12 Jun 2026 9:00", "Mon 15 Jun 2026 9:00"):
        waiting.pass_(day)
    assert "police" in {a.agency for a in waiting.letters("reminder", "chase")}


def test_an_opened_return_is_recorded_with_who_opened_it_and_the_password_is_nowhere(waiting: Office) -> None:
    mail = waiting.last.id
    assert opens(waiting, mail, PASSWORD) == Unlocked(opened=2, left=0, case=None)
    assert waiting.parts.mailbag.mail(mail).state == "handled"
    assert status(waiting, "police") == "returned"
    assert waiting.case.requests["police"].rows
    (event,) = (s.event for s in waiting.parts.casebook.events(REF) if s.event.type == "file_unlocked")
    assert (event.by, event.mail, event.at) == (MANAGER, mail, at(LATER))
    assert PASSWORD.encode() not in whole_record(waiting)


def test_the_papers_of_the_case_are_the_opened_files_and_the_originals_are_kept(waiting: Office) -> None:
    locked = files_of(waiting.last, waiting)
    opens(waiting, waiting.last.id, PASSWORD)
    bag = waiting.parts.mailbag
    papers = {bag.file(paper.sha256) for paper in waiting.case.requests["police"].papers}
    assert {content[:2] for content in papers} == {b"PK"}
    assert papers == {bag.as_opened(content) for content in locked}
    assert files_of(waiting.last, waiting) == locked, "the mail stays as it came"
    assert [bag.file(hashlib.sha256(content).hexdigest()) for content in locked] == locked


def files_of(mail: StoredMail, office: Office) -> list[bytes]:
    """The attachments of a mail as they came."""
    envelope = open_envelope(office.parts.mailbag.raw(mail.id), mail.received)
    return [attachment.content for attachment in envelope.attachments]


def test_a_wrong_password_changes_nothing(waiting: Office) -> None:
    before, events = waiting.last, len(waiting.parts.casebook.events(REF))
    with pytest.raises(WrongPassword) as raised:
        unlock(before.id, ("Grey Heron 11",), MANAGER, waiting.parts, at(LATER))
    assert "Heron" not in str(raised.value)
    assert waiting.last == before
    assert len(waiting.parts.casebook.events(REF)) == events
    assert waiting.parts.db.execute("SELECT count(*) FROM opened_files").fetchone() == (0,)


def test_two_files_with_two_passwords_are_opened_one_after_the_other(scoped: Office) -> None:
    (one, first), (two, second) = completed(scoped, "police")
    files = ((one, locked_word(first, "Wren-4-May")), (two, locked_word(second, PASSWORD)))
    scoped.agency_answers(TUESDAY, "police", "Attached.", files)
    mail = scoped.last.id
    assert opens(scoped, mail, "Wren-4-May").left == 1
    assert (scoped.last.state, scoped.last.waits_for, status(scoped, "police")) == ("held", "password", "paused")
    assert opens(scoped, mail, PASSWORD, when="Tue 2 Jun 2026 16:00").left == 0
    assert status(scoped, "police") == "returned"


@pytest.mark.parametrize("how", ["locked zip", "locked files in a plain zip", "pdf"])
def test_zips_and_pdfs_are_opened_too(scoped: Office, how: str) -> None:
    files = completed(scoped, "police")
    match how:
        case "locked zip":
            sent = [("Return.zip", locked_zip(PASSWORD, *files))]
        case "locked files in a plain zip":
            sent = [("Return.zip", plain_zip(*((name, locked_word(c, PASSWORD)) for name, c in files)))]
        case _:
            pages = (FORMS / "hospital-return.pdf", FORMS / "hospital-chronology.pdf")
            sent = [(page.name, locked_pdf(page.read_bytes(), PASSWORD)) for page in pages]
    agency = "hospital" if how == "pdf" else "police"
    scoped.agency_answers(TUESDAY, agency, "Attached.", tuple(sent))
    assert status(scoped, agency) == "paused"
    opens(scoped, scoped.last.id, PASSWORD)
    assert scoped.last.state == "handled"
    assert status(scoped, agency) in ("returned", "part")
    assert scoped.case.requests[agency].rows


def test_the_pack_shows_what_is_inside(waiting: Office) -> None:
    opens(waiting, waiting.last.id, PASSWORD)
    content = bind_pack(waiting.case, 1, waiting.parts, at(LATER))
    text = "\n".join(_pages(content))
    assert "Westmarch Police" in text
    assert "cannot be shown here" not in text
    assert "protected with a password" not in text


def _pages(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_bounded() for page in document]


def test_the_tables_made_again_from_the_events_know_the_opened_files(waiting: Office) -> None:
    opens(waiting, waiting.last.id, PASSWORD)
    before = waiting.case
    assert waiting.parts.casebook.rebuild() == 1
    assert waiting.case == before


def test_a_later_mail_with_the_password_is_held_with_a_hint_and_is_no_return(waiting: Office) -> None:
    locked = waiting.last.id
    waiting.agency_answers("Tue 2 Jun 2026 11:00", "police", f"Hello,\n\nThe password is {PASSWORD}\n\nRegards")
    brought = waiting.last
    assert brought.state == "held"
    assert brought.reason.startswith(f"it may bring the password of mail {locked}")
    assert PASSWORD not in brought.reason
    assert status(waiting, "police") == "paused"
    letter = waiting.opened(waiting.letters("warning")[-1])
    assert f"mailbot unlock {locked} --password-in {brought.id}" in letter.text
    assert PASSWORD not in letter.text
    assert brought_the_password(brought.id, locked, waiting.parts)
    opens(waiting, locked, *password_in(brought.id, waiting.parts))
    assert status(waiting, "police") == "returned"


def test_the_story_says_which_mail_brought_the_password_and_never_the_password(waiting: Office) -> None:
    locked = waiting.last.id
    waiting.agency_answers("Tue 2 Jun 2026 11:00", "police", f"The password is {PASSWORD}")
    brought = waiting.last.id
    unlock(locked, password_in(brought, waiting.parts), MANAGER, waiting.parts, at(LATER), brought)
    (event,) = (s.event for s in waiting.parts.casebook.events(REF) if s.event.type == "file_unlocked")
    assert event.because == f"the password of a file in mail {locked} came in mail {brought}"
    assert PASSWORD not in event.model_dump_json()


def test_another_address_of_the_agency_may_bring_the_password_and_a_stranger_may_not(waiting: Office) -> None:
    locked = waiting.last.id
    colleague = Arriving("duty.desk@westmarch-police.example", "Hello", f"The password is {PASSWORD}")
    waiting.arrives("Tue 2 Jun 2026 11:00", colleague)
    waiting.pass_("Tue 2 Jun 2026 11:00")
    assert waiting.parts.mailbag.mail(locked).sender != waiting.last.sender
    assert not sent_by_others(locked, waiting.last.id, waiting.parts)
    waiting.agency_answers("Tue 2 Jun 2026 12:00", "hospital", f"The password is {PASSWORD}")
    assert sent_by_others(locked, waiting.last.id, waiting.parts)
    assert not sent_by_others(locked, locked, waiting.parts)


def test_words_that_are_no_password_are_not_taken_for_one(waiting: Office) -> None:
    words = (
        "Thank you for your letter. The return was sent this morning, and our head of service signed it on Monday. "
    )
    waiting.agency_answers("Tue 2 Jun 2026 11:00", "police", words * 4)
    assert "password of mail" not in waiting.last.reason


def test_without_a_waiting_mail_a_password_is_only_words(scoped: Office) -> None:
    scoped.agency_answers(TUESDAY, "police", "The password is Blue-Heron-22")
    assert scoped.last.state == "handled"
    assert scoped.letters("question")[-1].subject.endswith("An agency asks something")


def test_a_locked_file_whose_sender_nobody_vouches_for_pauses_nothing(scoped: Office) -> None:
    letter = scoped.opened(next(a for a in scoped.letters("scoping") if a.agency == "police"))
    files = (("Return.docx", locked_word(completed(scoped, "police")[0][1], PASSWORD)),)
    mail = Arriving(
        "review.team@westmarch-police.example", f"Re: {letter.subject}", "See file.", files, answers=letter
    )
    raw = scoped.arrives(TUESDAY, mail)
    next((scoped.mailbox / "inbox").iterdir()).write_bytes(raw.replace(b"dmarc=pass", b"dmarc=fail", 1))
    scoped.pass_(TUESDAY)
    assert (scoped.last.state, scoped.last.waits_for, status(scoped, "police")) == ("held", "password", "sent")
    assert "A file waits for its password" in scoped.letters("warning")[-1].subject


def test_a_strangers_locked_file_is_told_too_for_it_may_be_anything(office: Office) -> None:
    files = [("form.docx", locked_word(REFERRAL[1], PASSWORD))]
    office.arrives(TUESDAY, Arriving("Ola <ola@meadowbank-nursery.example>", "Confidential", "See file.", files))
    office.pass_(TUESDAY)
    assert (office.last.state, office.last.waits_for) == ("held", "password")
    assert "Nobody vouches for the sender" in office.opened(office.letters("warning")[-1]).text


def test_a_locked_referral_opens_its_case_once_it_is_opened(office: Office) -> None:
    name, content = REFERRAL
    files = ((name, locked_word(content, PASSWORD)),)
    office.arrives(TUESDAY, Arriving(PHONE, "JCR referral", "The password will be telephoned.", files))
    office.pass_(TUESDAY)
    assert (office.last.state, office.last.waits_for) == ("held", "password")
    assert office.parts.casebook.refs() == []
    opens(office, office.last.id, PASSWORD)
    assert office.last.state == "handled"
    assert office.case.received_at == at(TUESDAY), "the clocks run from the day on which it came"


def test_a_referral_beside_a_locked_chronology_opens_its_case_at_once(office: Office) -> None:
    chronology = (FORMS / "chronology.xlsx").read_bytes()
    files = (REFERRAL, ("Chronology.xlsx", locked_word(chronology, PASSWORD)))
    office.arrives(TUESDAY, Arriving(PHONE, "JCR referral", "Both attached.", files))
    office.pass_(TUESDAY)
    mail = office.last
    assert (mail.state, mail.waits_for, mail.case) == ("held", "password", REF)
    assert [p.kind for p in office.case.papers] == ["referral"]
    opens(office, mail.id, PASSWORD)
    assert office.parts.casebook.refs() == [REF]
    assert office.last.state == "handled"
    assert any(request.rows for request in office.case.requests.values())
    assert [p.kind for p in office.case.papers] == ["referral"]


def test_an_opened_file_without_a_form_is_a_paper_of_its_case(office: Office) -> None:
    files = (REFERRAL, ("Notes.zip", locked_zip(PASSWORD, ("notes.txt", b"The family moved here in spring."))))
    office.arrives(TUESDAY, Arriving(PHONE, "JCR referral", "Both attached.", files))
    office.pass_(TUESDAY)
    opens(office, office.last.id, PASSWORD)
    assert (office.last.state, office.last.reason) == ("handled", "all that it brought is recorded")
    assert [(p.kind, p.name) for p in office.case.papers] == [("referral", REFERRAL[0]), ("other", "Notes.zip")]


def test_a_person_may_go_on_with_what_can_be_read(scoped: Office) -> None:
    (one, first), (two, second) = completed(scoped, "police")
    scoped.agency_answers(TUESDAY, "police", "Attached.", ((one, first), (two, locked_word(second, PASSWORD))))
    mail = scoped.last.id
    assert status(scoped, "police") == "paused"
    told = scoped.opened(scoped.letters("question")[-1]).text
    assert f"mailbot assign {mail} {REF}" in told
    scoped.parts.mailbag.release(mail, REF)
    scoped.pass_("Tue 2 Jun 2026 11:00")
    assert status(scoped, "police") == "part"
    assert (scoped.last.state, scoped.last.waits_for) == ("held", "password")
    opens(scoped, mail, PASSWORD)
    assert status(scoped, "police") == "returned"
    assert [p.kind for p in scoped.case.requests["police"].papers] == ["return", "chronology"]


def test_only_a_held_mail_with_a_locked_file_is_opened(scoped: Office) -> None:
    with pytest.raises(NotAllowedNow, match="is handled"):
        unlock(1, (PASSWORD,), MANAGER, scoped.parts, at(LATER))
    scoped.arrives(TUESDAY, Arriving("a@elsewhere.example", "Serious incident", "Please ring."))
    scoped.pass_(TUESDAY)
    with pytest.raises(NotAllowedNow, match="has no locked file"):
        unlock(scoped.last.id, (PASSWORD,), MANAGER, scoped.parts, at(LATER))
