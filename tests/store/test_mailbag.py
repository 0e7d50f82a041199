"""Mails are kept before they are understood, and the books balance."""

import contextlib
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.errors import NotAllowedNow, RecordDamaged, UnknownMail
from mailbot.store.database import Database, open_record, write
from mailbot.store.mailbag import Ledger, Mailbag, Said, Settled
from tests.store.stories import LATER, MAIL, MONDAY, REF


@pytest.fixture
def mailbag(db: Database) -> Mailbag:
    return Mailbag(db)


@pytest.fixture
def kept(mailbag: Mailbag) -> int:
    return mailbag.keep(MAIL, "INBOX/1/1", MONDAY, LATER)


def test_a_mail_that_was_opened_before_it_was_kept_is_found_by_its_envelope_at_once(mailbag: Mailbag) -> None:
    said = Said("<1@council.example>", "duty@council.example", "Referral")
    number = mailbag.keep(MAIL, "INBOX/1/1", MONDAY, LATER, said)
    assert [mail.id for mail in mailbag.same_message("<1@council.example>", before=None)] == [number]
    assert mailbag.mail(number).subject == "Referral"


def test_a_mail_in_other_bytes_is_no_mail_of_its_own_under_its_message_id(mailbag: Mailbag, kept: int) -> None:
    said = Said("<1@council.example>", "duty@council.example", "Referral")
    mailbag.note(kept, said)
    mailbag.is_again(mailbag.keep(b"in other bytes", "exchange/1", MONDAY, LATER, said), kept)
    assert [mail.id for mail in mailbag.same_message("<1@council.example>", before=None)] == [kept]


def test_a_mail_is_kept_byte_for_byte(mailbag: Mailbag) -> None:
    odd = bytes(range(256)) * 3
    assert mailbag.raw(mailbag.keep(odd, "INBOX/1/1", MONDAY, LATER)) == odd


def test_a_mail_just_kept_is_unfinished(mailbag: Mailbag, kept: int) -> None:
    (mail,) = mailbag.unfinished()
    assert (mail.id, mail.state, mail.received, mail.kept_at) == (kept, "kept", MONDAY, LATER)
    assert mailbag.known_keys() == {"INBOX/1/1"}


def test_unfinished_mails_are_read_in_the_order_in_which_they_came(mailbag: Mailbag) -> None:
    second = mailbag.keep(b"second", "INBOX/1/2", MONDAY + timedelta(minutes=1), LATER)
    first = mailbag.keep(b"first", "INBOX/1/1", MONDAY, LATER)
    assert [mail.id for mail in mailbag.unfinished()] == [first, second]


def test_the_same_bytes_again_are_a_second_sighting_of_the_same_mail(mailbag: Mailbag, kept: int) -> None:
    mailbag.mark(kept, "handled", "a referral", REF)
    assert mailbag.keep(MAIL, "INBOX/2/1", MONDAY, LATER) == kept
    assert mailbag.unfinished() == []
    assert mailbag.ledger() == Ledger(seen=2, handled=2, held=0, ignored=0, balanced=True)


def test_the_same_sighting_again_is_counted_once(mailbag: Mailbag, kept: int) -> None:
    assert mailbag.keep(MAIL, "INBOX/1/1", MONDAY, LATER) == kept
    assert mailbag.ledger().seen == 1


def test_a_known_message_id_with_other_bytes_is_a_new_mail(mailbag: Mailbag, kept: int) -> None:
    mailbag.note(kept, Said("<1@council.example>", "duty@council.example", "Referral"))
    other = mailbag.keep(MAIL + b"PS\r\n", "INBOX/1/2", MONDAY, LATER)
    assert other != kept
    assert [mail.id for mail in mailbag.same_message("<1@council.example>", before=other)] == [kept]


def test_a_key_used_again_for_other_bytes_loses_neither_mail(mailbag: Mailbag, kept: int) -> None:
    other = mailbag.keep(b"another mail", "INBOX/1/1", MONDAY, LATER)
    assert mailbag.raw(kept) == MAIL
    assert mailbag.raw(other) == b"another mail"
    assert mailbag.ledger().seen == 2


def test_a_mail_read_again_is_not_its_own_twin(mailbag: Mailbag, kept: int) -> None:
    mailbag.note(kept, Said("<1@council.example>", "duty@council.example", "Referral"))
    assert mailbag.same_message("<1@council.example>", before=kept) == []


def test_mails_without_a_message_id_are_not_each_others_twins(mailbag: Mailbag, kept: int) -> None:
    mailbag.note(kept, Said("", "duty@council.example", ""))
    assert mailbag.same_message("", before=mailbag.keep(b"other", "INBOX/1/2", MONDAY, LATER)) == []


def test_a_mail_in_other_bytes_lies_where_the_earlier_one_lies(mailbag: Mailbag, kept: int) -> None:
    mailbag.mark(kept, "held", "which case is this?")
    mailbag.filed("INBOX/1/1", "Held")
    again = mailbag.keep(b"in other bytes", "exchange/1", MONDAY, LATER)
    mailbag.is_again(again, kept)
    assert mailbag.raw(again) == b"in other bytes", "nothing is thrown away"
    assert mailbag.to_file() == [("exchange/1", "Held")]
    assert [mail.id for mail in mailbag.held()] == [kept]
    assert mailbag.ledger() == Ledger(seen=2, handled=0, held=2, ignored=0, balanced=True)
    assert mailbag.keep(b"in other bytes", "exchange/2", MONDAY, LATER) == kept


def test_a_mail_shown_under_one_name_in_two_forms_is_counted_once(mailbag: Mailbag, kept: int) -> None:
    mailbag.mark(kept, "handled", "a referral", REF)
    mailbag.is_again(mailbag.keep(b"in other bytes", "INBOX/1/1", MONDAY, LATER), kept)
    assert mailbag.ledger() == Ledger(seen=1, handled=1, held=0, ignored=0, balanced=True)


def test_a_mail_that_something_became_of_is_not_made_another(mailbag: Mailbag, kept: int) -> None:
    other = mailbag.keep(b"other", "INBOX/1/2", MONDAY, LATER)
    mailbag.mark(other, "handled", "a return", REF)
    with pytest.raises(NotAllowedNow):
        mailbag.is_again(other, kept)


def test_half_a_character_in_a_subject_does_not_stop_the_mail(mailbag: Mailbag, kept: int) -> None:
    mailbag.note(kept, Said("<1@council.example>", "duty@council.example", "Re\udce9f\u00e9rral"))
    assert mailbag.mail(kept).subject == "Re?f\u00e9rral"


def test_a_held_mail_says_why_and_what_it_may_belong_to(mailbag: Mailbag, kept: int) -> None:
    mailbag.mark(kept, "held", "two cases have this child", candidates=(REF, "RR-2026-002"))
    (held,) = mailbag.held()
    assert (held.reason, held.case, held.candidates) == ("two cases have this child", None, (REF, "RR-2026-002"))


def test_a_released_mail_is_read_again(mailbag: Mailbag, kept: int) -> None:
    mailbag.mark(kept, "held", "which case is this?")
    mailbag.release(kept)
    assert [mail.id for mail in mailbag.unfinished()] == [kept]
    assert mailbag.held() == []


def test_a_mail_that_a_person_assigned_is_read_again_for_that_case(mailbag: Mailbag, kept: int) -> None:
    mailbag.mark(kept, "held", "which case is this?", candidates=(REF, "RR-2026-002"))
    mailbag.release(kept, case="RR-2026-002")
    (mail,) = mailbag.unfinished()
    assert (mail.case, mail.reason) == ("RR-2026-002", "which case is this?")


def test_it_is_remembered_who_assigned_a_mail(mailbag: Mailbag, kept: int) -> None:
    mailbag.mark(kept, "held", "which case is this?")
    mailbag.assign(kept, REF, "manager@partnership.example")
    assert (mailbag.mail(kept).case, mailbag.mail(kept).assigned_by) == (REF, "manager@partnership.example")


def test_a_handled_mail_stays_handled(mailbag: Mailbag, kept: int) -> None:
    mailbag.mark(kept, "handled", "a referral", REF)
    with pytest.raises(NotAllowedNow, match="handled and cannot become held"):
        mailbag.mark(kept, "held", "second thoughts")
    with pytest.raises(NotAllowedNow):
        mailbag.release(kept)
    assert mailbag.mail(kept).state == "handled"


def test_a_mail_that_was_never_held_cannot_be_released(mailbag: Mailbag, kept: int) -> None:
    with pytest.raises(NotAllowedNow):
        mailbag.release(kept)


def test_an_unknown_mail_is_said_so(mailbag: Mailbag) -> None:
    with pytest.raises(UnknownMail):
        mailbag.mark(7, "handled", "")
    with pytest.raises(UnknownMail):
        mailbag.raw(7)
    with pytest.raises(UnknownMail):
        mailbag.note(7, Said("", "", ""))


def test_a_mail_is_not_kept_inside_a_transaction_that_may_yet_fail(mailbag: Mailbag, db: Database) -> None:
    with pytest.raises(RuntimeError), write(db):
        mailbag.keep(MAIL, "INBOX/1/1", MONDAY, LATER)


def test_mails_are_filed_where_they_belong_once(mailbag: Mailbag, kept: int) -> None:
    assert mailbag.to_file() == []
    mailbag.mark(kept, "held", "which case is this?")
    assert mailbag.to_file() == [("INBOX/1/1", "Held")]
    mailbag.filed("INBOX/1/1", "Held")
    assert mailbag.to_file() == []


def test_a_held_mail_that_was_dealt_with_moves_on_to_done(mailbag: Mailbag, kept: int) -> None:
    mailbag.mark(kept, "held", "which case is this?")
    mailbag.filed("INBOX/1/1", "Held")
    mailbag.release(kept)
    assert mailbag.to_file() == []
    mailbag.mark(kept, "handled", "assigned by a person", REF)
    assert mailbag.to_file() == [("INBOX/1/1", "Done")]


def test_an_ignored_mail_stays_in_the_inbox_unless_it_had_been_held(mailbag: Mailbag, kept: int) -> None:
    mailbag.mark(kept, "held", "what is this?")
    mailbag.filed("INBOX/1/1", "Held")
    mailbag.mark(kept, "ignored", "an advertisement")
    other = mailbag.keep(b"our own copy", "INBOX/1/2", MONDAY, LATER)
    mailbag.mark(other, "ignored", "our own copy")
    assert mailbag.to_file() == [("INBOX/1/1", "Done")]


def test_a_second_sighting_is_filed_like_the_first(mailbag: Mailbag, kept: int) -> None:
    mailbag.mark(kept, "handled", "a referral", REF)
    mailbag.filed("INBOX/1/1", "Done")
    mailbag.keep(MAIL, "INBOX/1/9", MONDAY, LATER)
    assert mailbag.to_file() == [("INBOX/1/9", "Done")]


def test_a_file_is_found_by_its_hash(mailbag: Mailbag) -> None:
    sha256 = mailbag.keep_file(b"chronology")
    assert mailbag.keep_file(b"chronology") == sha256
    assert mailbag.file(sha256) == b"chronology"


def test_a_file_that_changed_on_disk_is_not_given_out(mailbag: Mailbag, db: Database) -> None:
    sha256 = mailbag.keep_file(b"chronology")
    with write(db):
        db.execute("UPDATE files SET content = ?", [b"chronologi"])
    with pytest.raises(RecordDamaged, match=sha256):
        mailbag.file(sha256)


def test_a_missing_file_is_said_so(mailbag: Mailbag) -> None:
    with pytest.raises(RecordDamaged, match="holds no file"):
        mailbag.file("0" * 64)


KEEP = st.tuples(st.just("keep"), st.sampled_from([b"one", b"two", b"three"]), st.sampled_from(["a", "b", "c"]))
MARK = st.tuples(st.just("mark"), st.integers(1, 4), st.sampled_from(["handled", "held", "ignored"]))
RELEASE = st.tuples(st.just("release"), st.integers(1, 4), st.none())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(KEEP, MARK, RELEASE), max_size=25))
def test_the_books_balance_after_anything(acts: list[tuple[str, bytes | int, Settled | str | None]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        db = open_record(Path(folder) / "mailbot.db")
        mailbag = Mailbag(db)
        shown: set[tuple[str, bytes]] = set()
        for act in acts:
            with contextlib.suppress(NotAllowedNow, UnknownMail):
                match act:
                    case "keep", bytes(content), str(key):
                        shown.add((key, content))
                        mailbag.keep(content, key, MONDAY, LATER)
                    case "mark", int(mail), ("handled" | "held" | "ignored") as state:
                        mailbag.mark(mail, state, "because")
                    case "release", int(mail), None:
                        mailbag.release(mail)
        ledger = mailbag.ledger()
        unread = {mailbag.raw(mail.id) for mail in mailbag.unfinished()}
        assert ledger.seen == len(shown)
        assert ledger.balanced == (not unread)
        settled = ledger.handled + ledger.held + ledger.ignored
        assert settled == sum(content not in unread for _, content in shown)
        db.close()


def test_a_file_that_was_opened_is_found_by_the_locked_one_which_stays(mailbag: Mailbag) -> None:
    assert mailbag.as_opened(b"locked") == b"locked"
    mailbag.keep_opened(b"locked", b"half open", "manager@partnership.example", LATER)
    mailbag.keep_opened(b"half open", b"open", "manager@partnership.example", LATER)
    assert mailbag.as_opened(b"locked") == b"open"
    assert mailbag.file(mailbag.keep_file(b"locked")) == b"locked"


def test_a_mail_waits_for_a_password_until_it_is_read_again(mailbag: Mailbag, kept: int) -> None:
    mailbag.mark(kept, "held", "a file is locked", REF, waits_for="password")
    assert [mail.id for mail in mailbag.waiting_for_a_password()] == [kept]
    mailbag.release(kept)
    mailbag.mark(kept, "handled", "a return", REF)
    assert mailbag.waiting_for_a_password() == []
    assert mailbag.ledger().balanced


def test_labels_that_were_not_understood_are_those_of_the_latest_reading(mailbag: Mailbag, kept: int) -> None:
    other = mailbag.keep(b"other", "INBOX/1/2", MONDAY, LATER)
    mailbag.note_unknown_labels(kept, {("referral", "Clan"), ("referral", "Tribe")})
    mailbag.note_unknown_labels(other, {("referral", "Tribe")})
    assert [(u.label, u.mails) for u in mailbag.unknown_labels()] == [("Tribe", (kept, other)), ("Clan", (kept,))]
    mailbag.note_unknown_labels(kept, set())
    assert [(u.form, u.label, u.mails) for u in mailbag.unknown_labels()] == [("referral", "Tribe", (other,))]
