"""A decision is stored whole or not at all, and a case is what its events say."""

import pytest

from mailbot.cases.decisions import Decision
from mailbot.cases.events import Asked, Closed, OutcomeDecided, RoundRejected
from mailbot.cases.stages import replay
from mailbot.errors import CaseMoved, IllegalEvent, NotAllowedNow, RecordDamaged, UnknownCase
from mailbot.store.casebook import Casebook
from mailbot.store.database import Database, rows, write
from mailbot.store.mailbag import Mailbag, MailMark
from mailbot.store.outbox import Outbox
from tests.store.stories import LATER, MAIL, MONDAY, REF, agreed, draft, letter_sent, opening, referral, scoping, send


@pytest.fixture
def casebook(db: Database) -> Casebook:
    return Casebook(db)


def more(version: int, *events: object, **changes: object) -> Decision:
    return Decision.model_validate({"case": REF, "version": version, "events": events} | changes)


def nothing_is_stored(db: Database) -> bool:
    tables = ("events", "cases", "requests", "actions", "letters")
    return not any(rows(db, f"SELECT 1 FROM {table}") for table in tables)


def test_a_case_is_what_its_events_add_up_to(casebook: Casebook) -> None:
    casebook.commit(opening(), LATER)
    casebook.commit(more(1, scoping(), agreed("Tell the school")), LATER)
    assert casebook.load(REF) == replay([referral(), scoping(), agreed("Tell the school")])
    assert [(e.number, e.event.type) for e in casebook.events(REF)] == [
        (1, "referral_received"),
        (2, "scoping_drafted"),
        (3, "action_agreed"),
    ]


def test_an_unknown_case_is_said_so(casebook: Casebook) -> None:
    with pytest.raises(UnknownCase):
        casebook.load("RR-2026-099")


def test_a_decision_brings_its_mail_and_its_actions_along(casebook: Casebook, db: Database) -> None:
    mail = Mailbag(db).keep(MAIL, "INBOX/1/1", MONDAY, LATER)
    assert casebook.commit(
        opening(send()), LATER, MailMark(mail=mail, state="handled", reason="a referral", case=REF)
    )
    assert [action for _, action in Outbox(db).todo()] == [send()]
    stored = Mailbag(db).mail(mail)
    assert (stored.state, stored.case) == ("handled", REF)


def test_a_decision_on_an_old_version_is_not_stored(casebook: Casebook) -> None:
    casebook.commit(opening(), LATER)
    casebook.commit(more(1, agreed("first")), LATER)
    with pytest.raises(CaseMoved, match=REF):
        casebook.commit(more(1, agreed("second")), LATER)
    assert [a.text for a in casebook.load(REF).actions] == ["first"]


def test_a_reference_is_opened_once(casebook: Casebook) -> None:
    casebook.commit(opening(), LATER)
    with pytest.raises(CaseMoved):
        casebook.commit(opening(), LATER)


def test_actions_alone_are_decided_on_the_version_too(casebook: Casebook, db: Database) -> None:
    casebook.commit(opening(), LATER)
    with pytest.raises(CaseMoved):
        casebook.commit(more(0, actions=(send(),)), LATER)
    assert Outbox(db).todo() == []


def test_one_illegal_event_stops_everything(casebook: Casebook, db: Database) -> None:
    mail = Mailbag(db).keep(MAIL, "INBOX/1/1", MONDAY, LATER)
    outcome = OutcomeDecided(at=LATER, because="decided", outcome="none", reason="nothing to learn")
    decision = Decision(case=REF, version=0, events=(referral(), outcome), actions=(send(),))
    with pytest.raises(IllegalEvent):
        casebook.commit(decision, LATER, MailMark(mail=mail, state="handled", reason="a referral", case=REF))
    assert nothing_is_stored(db)
    assert Mailbag(db).mail(mail).state == "kept"


def test_a_mail_that_was_settled_meanwhile_stops_everything(casebook: Casebook, db: Database) -> None:
    mail = Mailbag(db).keep(MAIL, "INBOX/1/1", MONDAY, LATER)
    Mailbag(db).mark(mail, "ignored", "a person set it aside")
    with pytest.raises(NotAllowedNow):
        casebook.commit(opening(send()), LATER, MailMark(mail=mail, state="handled", reason="a referral", case=REF))
    assert nothing_is_stored(db)


def test_events_of_another_case_stop_everything(casebook: Casebook, db: Database) -> None:
    wrong = Decision(case="RR-2026-002", version=0, events=(referral(REF),))
    with pytest.raises(IllegalEvent, match="RR-2026-001"):
        casebook.commit(wrong, LATER)
    with pytest.raises(IllegalEvent, match="without a case"):
        casebook.commit(Decision(events=(referral(REF),)), LATER)
    assert nothing_is_stored(db)


def test_an_action_whose_key_is_known_is_skipped(casebook: Casebook, db: Database) -> None:
    casebook.commit(opening(send()), LATER)
    assert not casebook.commit(more(1, actions=(send(to=("other@council.example",)),)), LATER)
    assert [action for _, action in Outbox(db).todo()] == [send()]


def test_a_mail_may_be_settled_without_any_decision(casebook: Casebook, db: Database) -> None:
    mail = Mailbag(db).keep(MAIL, "INBOX/1/1", MONDAY, LATER)
    assert not casebook.commit(Decision(), LATER)
    assert casebook.commit(Decision(), LATER, MailMark(mail=mail, state="ignored", reason="our own copy"))
    assert Mailbag(db).mail(mail).reason == "our own copy"


def test_one_mail_about_two_cases_is_stored_for_both_or_for_neither(casebook: Casebook) -> None:
    other = "RR-2026-002"
    wrong = Decision(case=other, version=0, events=(referral(other), referral(other)))
    with pytest.raises(IllegalEvent):
        casebook.commit_all([opening(), wrong], LATER)
    assert casebook.refs() == []
    casebook.commit_all([opening(), opening(ref=other)], LATER)
    assert casebook.refs() == [REF, other]


def test_sending_a_letter_and_saying_so_in_the_case_are_one_act(casebook: Casebook, db: Database) -> None:
    casebook.commit(opening(), LATER)
    outbox = Outbox(db)
    letter = draft(outbox)
    outbox.sending(letter, LATER)
    with pytest.raises(CaseMoved), write(db):
        outbox.posted(letter, LATER)
        casebook.commit(more(7, letter_sent()), LATER)
    assert outbox.letter(letter).status == "sending"
    with write(db):
        outbox.posted(letter, LATER)
        casebook.commit(more(1, letter_sent()), LATER)
    assert outbox.letter(letter).status == "sent"
    assert casebook.load(REF).letters_sent == {"ack:RR-2026-001": LATER}


def test_references_count_up_within_their_year(casebook: Casebook) -> None:
    assert casebook.next_ref("RR", 2026) == "RR-2026-001"
    for ref in ("RR-2026-001", "RR-2026-009", "RR-2025-044", "RR-2026-1000"):
        casebook.commit(opening(ref=ref), LATER)
    assert casebook.next_ref("RR", 2026) == "RR-2026-1001"
    assert casebook.next_ref("RR", 2027) == "RR-2027-001"
    assert casebook.next_ref("LCSPR", 2026) == "LCSPR-2026-001"


def test_a_case_that_another_writer_opens_or_moves_on_is_seen_at_the_next_look(
    casebook: Casebook, db: Database
) -> None:
    other = Casebook(db)
    casebook.commit(opening(), LATER)
    assert casebook.refs() == other.refs() == [REF]
    casebook.commit(opening(ref="RR-2026-008"), LATER)
    casebook.commit(more(1, agreed("Tell the school")), LATER)
    assert other.refs() == [REF, "RR-2026-008"]
    assert [case.version for case in other.open_cases()] == [2, 1]


def test_a_case_whose_opening_was_taken_back_is_not_remembered(casebook: Casebook, db: Database) -> None:
    with pytest.raises(ZeroDivisionError), write(db):
        casebook.commit(opening(), LATER)
        assert casebook.refs() == [REF]
        raise ZeroDivisionError
    assert casebook.refs() == [] and casebook.open_cases() == []


def test_closed_cases_are_not_open(casebook: Casebook) -> None:
    casebook.commit(opening(), LATER)
    casebook.commit(opening(ref="RR-2026-002"), LATER)
    harm = {"type": "serious_harm_decided", "at": LATER, "because": "the LA wrote so", "accepted": False, "own": True}
    casebook.commit(more(1, harm, Closed(at=LATER, because="serious harm not accepted")), LATER)
    assert [case.ref for case in casebook.open_cases()] == ["RR-2026-002"]
    assert [case.ref for case in casebook.all_cases()] == [REF, "RR-2026-002"]


def test_an_agency_whose_letter_was_withdrawn_has_no_request_any_more(casebook: Casebook, db: Database) -> None:
    casebook.commit(opening(), LATER)
    police = Asked(agency="police", name="Northshire Police", because="always asked")
    school = Asked(agency="school", name="St Agnes School", because="named")
    casebook.commit(more(1, scoping().model_copy(update={"asked": (police, school)})), LATER)
    asked = rows(db, "SELECT agency FROM requests ORDER BY agency")
    withdrawn = RoundRejected(at=LATER, because="not our school", round="scoping-1", items=(2,))
    casebook.commit(more(2, withdrawn), LATER)
    assert [row["agency"] for row in asked] == ["police", "school"]
    assert [row["agency"] for row in rows(db, "SELECT agency FROM requests")] == ["police"]


def test_the_tables_beside_the_events_can_be_made_again_from_them(casebook: Casebook, db: Database) -> None:
    casebook.commit(opening(), LATER)
    casebook.commit(more(1, scoping()), LATER)
    before = [rows(db, f"SELECT * FROM {table}") for table in ("cases", "requests")]
    assert [len(table) for table in before] == [1, 1]
    assert before[0][0]["initials"] == "R.A."
    with write(db):
        db.execute("UPDATE cases SET stage = 'closed', version = 9")
        db.execute("UPDATE requests SET name = 'somebody else'")
    assert casebook.rebuild() == 1
    assert [rows(db, f"SELECT * FROM {table}") for table in ("cases", "requests")] == before


def test_an_event_that_cannot_be_read_is_named_and_not_quoted(casebook: Casebook, db: Database) -> None:
    with write(db):
        db.execute(
            """INSERT INTO events (number, ref, version, event, hash)
            VALUES (1, ?, 1, '{"type": "referral_received", "child_name": "Robin Ashdown"}', '')""",
            [REF],
        )
    with pytest.raises(RecordDamaged, match="Event 1") as raised:
        casebook.load(REF)
    assert "Robin" not in str(raised.value)
    assert raised.value.__cause__ is None
