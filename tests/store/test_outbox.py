"""A letter goes once, along the table of moves, and every step of it is written down."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import get_args

import pytest

from mailbot.cases.decisions import BuildPack, SendLetter
from mailbot.errors import NotAllowedNow, UnknownLetter
from mailbot.store.database import Database, DriverError, write
from mailbot.store.outbox import MOVES, Outbox, Status
from tests.store.stories import LATER, MONDAY, REF, draft, send


@pytest.fixture
def outbox(db: Database) -> Outbox:
    return Outbox(db)


def statuses(outbox: Outbox, *letters: int) -> list[Status]:
    return [outbox.letter(letter).status for letter in letters]


def chase(key: str) -> SendLetter:
    return send(key, kind="chase", agency="police")


def test_actions_are_carried_out_oldest_first_and_once(outbox: Outbox) -> None:
    pack = BuildPack(key="pack:1", case=REF, version=1)
    assert outbox.queue([send(), pack], MONDAY)
    assert not outbox.queue([pack], LATER)
    (first, action), (second, _) = outbox.todo()
    assert action == send()
    outbox.done(first)
    assert outbox.todo() == [(second, pack)]


def test_an_action_that_failed_stays_on_the_list_until_it_is_given_up(outbox: Outbox) -> None:
    outbox.queue([send()], MONDAY)
    ((action, _),) = outbox.todo()
    assert [outbox.failed(action, "no template"), outbox.failed(action, "no template")] == [1, 2]
    assert [number for number, _ in outbox.todo()] == [action]
    outbox.give_up(action, "no template")
    assert outbox.todo() == []


def test_an_action_that_is_not_there_cannot_be_done(outbox: Outbox) -> None:
    for act in (outbox.done, lambda action: outbox.failed(action, ""), lambda action: outbox.give_up(action, "")):
        with pytest.raises(LookupError, match="no action 7"):
            act(7)


def test_a_letter_is_stored_as_it_was_drafted(outbox: Outbox) -> None:
    due = LATER + timedelta(hours=1)
    number = draft(outbox, status="waiting", round="scoping-1", item=2, due=due, note="by hand")
    letter = outbox.letter(number)
    assert letter.raw == b"To: reviews@police.example\r\n\r\nLetter 1"
    assert (letter.case, letter.to, letter.round, letter.item) == (REF, ("reviews@police.example",), "scoping-1", 2)
    assert (letter.status, letter.due, letter.created, letter.since) == ("waiting", due, MONDAY, MONDAY)
    assert (letter.attempts, letter.sent_at, letter.note) == (0, None, "by hand")


def test_drafting_a_letter_and_ticking_off_its_action_are_one_act(outbox: Outbox) -> None:
    outbox.queue([send(), send("thanks:1")], MONDAY)
    (first, _), (second, _) = outbox.todo()
    draft(outbox, action=first)
    assert [number for number, _ in outbox.todo()] == [second]
    with pytest.raises(DriverError, match=r"letters\.message_id"):
        draft(outbox, key="thanks:1", action=second)
    assert [number for number, _ in outbox.todo()] == [second]


def test_the_same_key_again_is_the_same_letter(outbox: Outbox) -> None:
    number = draft(outbox)
    assert draft(outbox, to=("other@police.example",), message_id="<2@partnership.example>") == number
    assert outbox.letter(number).to == ("reviews@police.example",)


def test_an_unknown_letter_is_said_so(outbox: Outbox) -> None:
    with pytest.raises(UnknownLetter):
        outbox.letter(7)
    with pytest.raises(UnknownLetter):
        outbox.sending(7, LATER)


def test_a_letter_is_found_by_its_message_id(outbox: Outbox) -> None:
    draft(outbox, 1)
    found = outbox.by_message_id("<1@partnership.example>")
    assert found is not None
    assert found.key == "letter:1"
    assert outbox.by_message_id("<2@partnership.example>") is None


def test_a_letter_is_ready_from_its_due_time_on(outbox: Outbox) -> None:
    at_once, later = draft(outbox, 1), draft(outbox, 2, due=LATER)
    draft(outbox, 3, status="waiting")
    assert [letter.id for letter in outbox.ready(LATER - timedelta(microseconds=1))] == [at_once]
    assert [letter.id for letter in outbox.ready(LATER)] == [at_once, later]


def test_a_sent_letter_tells_its_story(outbox: Outbox) -> None:
    number = draft(outbox, status="waiting", round="scoping-1", item=1)
    outbox.release(REF, "scoping-1", None, LATER, LATER, by="manager@partnership.example")
    outbox.sending(number, LATER)
    outbox.back_to_ready(number, LATER, "the server was busy")
    outbox.sending(number, LATER)
    outbox.posted(number, LATER)
    letter = outbox.letter(number)
    assert [(step.status, step.by, step.note) for step in letter.history] == [
        ("waiting", "mailbot", ""),
        ("ready", "manager@partnership.example", ""),
        ("sending", "mailbot", ""),
        ("ready", "mailbot", "the server was busy"),
        ("sending", "mailbot", ""),
        ("sent", "mailbot", ""),
    ]
    assert (letter.sent_at, letter.attempts, letter.note) == (LATER, 2, "")


def test_of_two_who_want_to_send_a_letter_only_one_may(outbox: Outbox) -> None:
    number = draft(outbox)
    outbox.sending(number, LATER)
    with pytest.raises(NotAllowedNow, match="is sending and cannot become sending"):
        outbox.sending(number, LATER)
    assert outbox.letter(number).attempts == 1


def test_only_the_moves_in_the_table_are_possible(outbox: Outbox, db: Database) -> None:
    """Every pair of statuses, each tried on a letter of its own."""
    acts: dict[Status, Callable[[int, datetime], None]] = {
        "sending": outbox.sending,
        "sent": outbox.posted,
        "in_doubt": outbox.doubt,
        "failed": lambda letter, now: outbox.refused(letter, "no such user", now),
        "ready": outbox.back_to_ready,
    }
    number = 0
    for was in get_args(Status):
        for to, act in acts.items():
            number += 1
            letter = draft(outbox, number)
            with write(db):
                db.execute("UPDATE letters SET status = ? WHERE id = ?", [was, letter])
            if to in MOVES[was]:
                act(letter, LATER)
                assert statuses(outbox, letter) == [to]
            else:
                with pytest.raises(NotAllowedNow):
                    act(letter, LATER)
                assert statuses(outbox, letter) == [was]


def test_every_status_has_its_place_in_the_table_and_final_ones_are_final() -> None:
    assert set(MOVES) == set(get_args(Status))
    assert [status for status, moves in MOVES.items() if not moves] == ["sent", "withdrawn", "rejected"]


def test_a_letter_cut_off_while_sending_is_in_doubt_after_the_restart(outbox: Outbox) -> None:
    cut_off, untouched = draft(outbox, 1), draft(outbox, 2)
    outbox.sending(cut_off, MONDAY)
    assert outbox.recover(LATER) == [cut_off]
    assert outbox.recover(LATER) == []
    (letter,) = outbox.in_doubt()
    assert (letter.id, letter.since) == (cut_off, LATER)
    assert statuses(outbox, untouched) == ["ready"]


def test_a_letter_in_doubt_cannot_be_withdrawn_because_it_may_have_gone(outbox: Outbox) -> None:
    number = draft(outbox)
    outbox.sending(number, MONDAY)
    outbox.doubt(number, MONDAY)
    assert outbox.withdraw(REF, None, None, LATER) == []
    assert statuses(outbox, number) == ["in_doubt"]


def test_a_round_is_released_item_by_item(outbox: Outbox) -> None:
    letters = [draft(outbox, n, status="waiting", round="scoping-1", item=n) for n in (1, 2, 3)]
    other = draft(outbox, 4, status="waiting", round="scoping-2", item=1)
    assert outbox.release(REF, "scoping-1", (1, 3), LATER, MONDAY) == [letters[0], letters[2]]
    assert statuses(outbox, *letters, other) == ["ready", "waiting", "ready", "waiting"]
    assert [letter.id for letter in outbox.ready(LATER)] == [letters[0], letters[2]]
    assert outbox.ready(MONDAY) == []
    assert [letter.id for letter in outbox.letters(waiting=True)] == [letters[1], other]


def test_releasing_no_item_at_all_releases_nothing(outbox: Outbox) -> None:
    draft(outbox, 1, status="waiting", round="scoping-1", item=1)
    assert outbox.release(REF, "scoping-1", (), LATER, MONDAY) == []


def test_a_rejected_letter_stays_in_the_record_with_the_reason(outbox: Outbox) -> None:
    first, second = (draft(outbox, n, status="waiting", round="scoping-1", item=n) for n in (1, 2))
    outbox.reject(REF, "scoping-1", (2,), LATER, by="manager@partnership.example", why="not involved")
    assert statuses(outbox, first, second) == ["waiting", "rejected"]
    assert outbox.letter(second).note == "not involved"
    assert outbox.release(REF, "scoping-1", None, LATER, LATER) == [first]


def test_an_approval_is_taken_back_for_what_has_not_gone(outbox: Outbox) -> None:
    gone, going, ready = (draft(outbox, n, status="waiting", round="scoping-1", item=n) for n in (1, 2, 3))
    outbox.release(REF, "scoping-1", None, MONDAY, MONDAY)
    for letter in (gone, going):
        outbox.sending(letter, LATER)
    outbox.posted(gone, LATER)
    assert outbox.take_back(REF, "scoping-1", LATER) == [ready]
    assert statuses(outbox, gone, going, ready) == ["sent", "sending", "waiting"]


def test_a_return_withdraws_that_agencys_chase_and_nothing_else(outbox: Outbox) -> None:
    chasing = draft(outbox, 1, kind="chase")
    waiting = draft(outbox, 2, kind="escalation", status="waiting", round="escalation-1", item=1)
    thanks = draft(outbox, 3, kind="thanks")
    other_agency = draft(outbox, 4, kind="chase", agency="health")
    other_case = draft(outbox, 5, kind="chase", case="RR-2026-002")
    assert outbox.withdraw(REF, ("chase", "escalation"), "police", LATER, why="the return came") == [chasing, waiting]
    assert statuses(outbox, thanks, other_agency, other_case) == ["ready"] * 3
    assert outbox.letter(chasing).note == "the return came"


def test_a_withdrawn_case_withdraws_every_letter_not_yet_gone(outbox: Outbox) -> None:
    letters = [draft(outbox, 1), draft(outbox, 2, agency="health", status="waiting")]
    assert outbox.withdraw(REF, None, None, LATER) == letters


def test_a_letter_that_could_not_be_drafted_before_its_withdrawal_is_not_drafted_after_it(outbox: Outbox) -> None:
    outbox.queue([chase("chase:1"), send("thanks:1", kind="thanks", agency="police")], MONDAY)
    for action, _ in outbox.todo():
        outbox.failed(action, "the template is broken")
    outbox.queue([chase("chase:2")], LATER)
    outbox.withdraw(REF, ("chase",), "police", LATER)
    assert [action.key for _, action in outbox.todo()] == ["thanks:1", "chase:2"]


def test_letters_are_listed_by_case_and_round(outbox: Outbox) -> None:
    second = draft(outbox, 1, round="scoping-1", item=2)
    first = draft(outbox, 2, round="scoping-1", item=1)
    draft(outbox, 3, case="RR-2026-002", round="scoping-1", item=1)
    assert [letter.id for letter in outbox.letters(case=REF)] == [second, first]
    assert [letter.id for letter in outbox.letters_of(REF, "scoping-1")] == [first, second]
    assert len(outbox.letters()) == 3
