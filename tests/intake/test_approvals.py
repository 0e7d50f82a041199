"""An answer to a request for approval: whose, with which code, in which words, and what is asked again.

Eight scoping letters wait, numbered 1 to 8; approved ones leave after five minutes.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from mailbot.demo.mails import Arriving, answer_subject
from tests.intake.office import MANAGER, PHONE, Office

HALF_PAST = "Mon 1 Jun 2026 9:30"
IN_GRACE = "Mon 1 Jun 2026 9:33"
AFTER_GRACE = "Mon 1 Jun 2026 9:35"


def gone(office: Office) -> int:
    return len(office.letters("scoping", status="sent"))


def waiting(office: Office) -> tuple[int, ...]:
    return office.case.rounds["scoping-1"].waiting


def clarified(office: Office) -> list[str]:
    texts = [office.opened(a).text for a in office.letters("question")]
    return [text for text in texts if "was not understood, and nothing was done" in text]


def test_approve_releases_the_round_after_the_minutes_of_grace(referred: Office) -> None:
    referred.answer(HALF_PAST, "APPROVE")
    assert gone(referred) == 0
    referred.pass_(AFTER_GRACE)
    assert gone(referred) == 8
    assert referred.case.rounds["scoping-1"].answered_by == MANAGER


def test_the_code_is_in_the_subject_and_not_in_the_record(referred: Office) -> None:
    asked = referred.opened(referred.letters("approval_request")[-1])
    code = re.search(r"\[RR-2026-001 ([A-Z2-9]{4}-[A-Z2-9]{4})\]", asked.subject)
    assert code
    referred.answer(HALF_PAST, "Yes please")
    kept = " ".join(stored.event.model_dump_json() for stored in referred.parts.casebook.events("RR-2026-001"))
    assert code.group(1) not in kept
    assert code.group(1) not in " ".join(a.key for a in referred.letters())


def test_numbers_choose_letters(referred: Office) -> None:
    referred.answer(HALF_PAST, "Approve 1, 3-4")
    referred.pass_(AFTER_GRACE)
    assert [a.item for a in referred.letters("scoping", status="sent")] == [1, 3, 4]
    assert waiting(referred) == (2, 5, 6, 7, 8)


def test_a_second_answer_with_a_used_code_is_told_to_the_approver(referred: Office) -> None:
    referred.answer(HALF_PAST, "Approve 1, 3-4")
    referred.answer("Mon 1 Jun 2026 9:40", "Approve 2")
    assert waiting(referred) == (2, 5, 6, 7, 8)
    (text,) = clarified(referred)
    assert "the code was used already" in text


def test_reject_needs_a_reason_and_withdraws_the_letters(referred: Office) -> None:
    referred.answer(HALF_PAST, "REJECT the referral is to be completed first")
    assert {a.status for a in referred.letters("scoping")} == {"rejected"}
    assert referred.case.rounds["scoping-1"].why == "the referral is to be completed first"


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("Yes, go ahead", "the first line is none of APPROVE"),
        ("APPROVE the police one", "the first line says more than APPROVE"),
        ("APPROVE 9", "there is no item 9"),
        ("APPROVE 4-1", "4-1"),
        ("APPROVE\n\nbut only after I have rung Jo", "begins with a condition"),
        ("Approve\nplease change the date first", "begins with a condition"),
        ("REJECT", "needs a reason"),
        ("", "empty"),
    ],
)
def test_an_unclear_answer_does_nothing_and_is_asked_again_once(referred: Office, text: str, because: str) -> None:
    referred.answer(HALF_PAST, text)
    referred.answer("Mon 1 Jun 2026 9:31", text + " ")
    referred.pass_(AFTER_GRACE)
    assert gone(referred) == 0
    assert len(waiting(referred)) == 8
    (told,) = clarified(referred)
    assert because in told


def test_after_an_unclear_answer_the_code_still_works(referred: Office) -> None:
    referred.answer(HALF_PAST, "Yes, go ahead")
    referred.answer("Mon 1 Jun 2026 9:32", "APPROVED.")
    referred.pass_("Mon 1 Jun 2026 9:37")
    assert gone(referred) == 8


def test_hold_leaves_everything_as_it_is(referred: Office) -> None:
    referred.answer(HALF_PAST, "HOLD")
    assert len(waiting(referred)) == 8
    referred.answer("Tue 2 Jun 2026 9:00", "APPROVE")
    assert waiting(referred) == ()


@pytest.mark.parametrize(
    "sender", [PHONE, "manager+phone@westmarchscp.example", "Helen <helen@westmarchscp.example>"]
)
def test_another_sender_cannot_use_the_code(referred: Office, sender: str) -> None:
    referred.answer(HALF_PAST, "APPROVE", sender=sender)
    referred.pass_(AFTER_GRACE)
    assert gone(referred) == 0
    assert referred.last.state == "held"
    assert "belongs to somebody else" in referred.last.reason


def test_nobody_approves_on_behalf_of_the_approver(referred: Office) -> None:
    referred.answer(HALF_PAST, "APPROVE", headers=(("Sender", "assistant@westmarchscp.example"),))
    referred.pass_(AFTER_GRACE)
    assert gone(referred) == 0
    assert referred.last.state == "held"


def test_an_approval_that_our_server_does_not_vouch_for_has_no_effect(referred: Office) -> None:
    asked = referred.opened(referred.letters("approval_request")[-1])
    raw = referred.arrives(HALF_PAST, Arriving(MANAGER, answer_subject(asked), "APPROVE", answers=asked))
    path = referred.mailbox / "inbox" / "001.eml"
    path.write_bytes(raw.replace(b"dmarc=pass", b"dmarc=none", 1))
    referred.pass_(HALF_PAST)
    referred.pass_(AFTER_GRACE)
    assert gone(referred) == 0
    assert "cannot be believed" in referred.last.reason


def test_a_wrong_code_approves_nothing(referred: Office) -> None:
    asked = referred.opened(referred.letters("approval_request")[-1])
    subject = re.sub(r"[A-Z2-9]{4}-[A-Z2-9]{4}\]", "AAAA-BBBB]", answer_subject(asked))
    referred.arrives(HALF_PAST, Arriving(MANAGER, subject, "APPROVE", answers=asked))
    referred.pass_(HALF_PAST)
    referred.pass_(AFTER_GRACE)
    assert gone(referred) == 0
    assert "no code that we gave" in referred.last.reason


def test_the_code_alone_is_enough_where_the_telephone_drops_the_thread(referred: Office) -> None:
    asked = referred.opened(referred.letters("approval_request")[-1])
    referred.arrives(HALF_PAST, Arriving(MANAGER, f"Re: {asked.subject.lower()}", "Approve\n\nSent from my phone"))
    referred.pass_(HALF_PAST)
    referred.pass_(AFTER_GRACE)
    assert gone(referred) == 8


def test_an_expired_code_does_nothing_and_the_round_is_asked_again(referred: Office) -> None:
    referred.answer("Mon 8 Jun 2026 17:30", "APPROVE")
    referred.pass_("Tue 9 Jun 2026 8:30")
    assert gone(referred) == 0
    assert referred.case.rounds["scoping-1"].asks == 2
    assert len(referred.letters("approval_request")) == 2
    assert "the code is no longer valid" in clarified(referred)[0]
    referred.answer("Tue 9 Jun 2026 9:00", "APPROVE")
    referred.pass_("Tue 9 Jun 2026 9:05")
    assert gone(referred) == 8


def test_letters_released_on_a_later_day_carry_that_days_dates(referred: Office) -> None:
    referred.answer("Wed 3 Jun 2026 10:00", "APPROVE 2")
    referred.pass_("Wed 3 Jun 2026 10:05")
    (letter,) = referred.letters("scoping", status="sent")
    text = referred.opened(letter).text
    assert "5 pm on Friday 12 June 2026" in text
    assert "10 June 2026" not in text.partition("What to do")[0].replace("Wednesday 10 June 2026 or", "")
    assert [a.status for a in referred.letters("scoping") if a.item == 2] == ["withdrawn", "sent"]
    assert referred.case.requests["police"].message_id == letter.message_id


def test_letters_released_on_the_same_day_go_as_they_were_read(referred: Office) -> None:
    before = {a.key: a.raw for a in referred.letters("scoping")}
    referred.answer(HALF_PAST, "APPROVE")
    referred.pass_(AFTER_GRACE)
    assert {a.key: a.raw for a in referred.letters("scoping", status="sent")} == before


def test_stop_in_the_minutes_of_grace_takes_everything_back_and_asks_again(referred: Office) -> None:
    referred.answer(HALF_PAST, "APPROVE")
    referred.answer(IN_GRACE, "STOP")
    referred.pass_(AFTER_GRACE)
    assert gone(referred) == 0
    assert len(waiting(referred)) == 8
    assert len(referred.letters("approval_request")) == 2
    referred.answer("Mon 1 Jun 2026 9:40", "APPROVE")
    referred.pass_("Mon 1 Jun 2026 9:45")
    assert gone(referred) == 8


def test_stop_in_the_same_post_as_the_approval_is_in_time(referred: Office) -> None:
    asked = referred.opened(referred.letters("approval_request")[-1])
    for minute, word in ((30, "APPROVE"), (31, "STOP")):
        referred.arrives(f"Mon 1 Jun 2026 9:{minute}", Arriving(MANAGER, answer_subject(asked), word, answers=asked))
    referred.pass_("Mon 1 Jun 2026 9:32")
    referred.pass_("Mon 1 Jun 2026 9:40")
    assert gone(referred) == 0
    assert len(waiting(referred)) == 8


def test_stop_after_the_letters_have_gone_is_told_to_be_too_late(scoped: Office) -> None:
    scoped.answer("Mon 1 Jun 2026 9:50", "STOP")
    assert gone(scoped) == 8
    (told,) = clarified(scoped)
    assert "no approved letter of this round is still here to be stopped" in told


def test_an_approver_who_has_left_releases_nothing(referred: Office) -> None:
    settings = referred.parts.settings
    practice = settings.practice.model_copy(update={"approvers": ("anita.rao@westmarch-council.example",)})
    referred.parts = replace(referred.parts, settings=settings.model_copy(update={"practice": practice}))
    referred.answer(HALF_PAST, "APPROVE")
    referred.pass_(AFTER_GRACE)
    assert gone(referred) == 0
    assert "belongs to somebody else" in referred.last.reason


@pytest.mark.parametrize("below", ["1, 3", "Everyone apart from the school", "item 2 must not go", "No. 2 is wrong"])
def test_an_approval_that_the_next_line_may_limit_releases_nothing(referred: Office, below: str) -> None:
    referred.answer(HALF_PAST, f"APPROVE\n{below}")
    referred.pass_(AFTER_GRACE)
    assert gone(referred) == 0
    assert len(clarified(referred)) == 1


def test_a_suspension_in_the_minutes_of_grace_takes_the_letters_back(referred: Office) -> None:
    referred.answer(HALF_PAST, "APPROVE")
    referred.record(IN_GRACE, "suspended", why="the police ask to wait")
    referred.pass_(AFTER_GRACE)
    assert gone(referred) == 0
    assert len(waiting(referred)) == 8
    referred.record("Mon 1 Jun 2026 9:50", "resumed")
    referred.pass_("Mon 1 Jun 2026 9:51")
    referred.answer("Mon 1 Jun 2026 9:55", "APPROVE")
    referred.pass_("Mon 1 Jun 2026 10:01")
    assert gone(referred) == 8


def test_an_approval_of_a_suspended_case_is_answered_with_how_it_goes_on_and_spends_no_code(referred: Office) -> None:
    asked = referred.opened(referred.letters("approval_request")[-1])
    referred.record("Mon 1 Jun 2026 9:20", "suspended", why="the police ask to wait")
    referred.answer(HALF_PAST, "APPROVE")
    referred.pass_(AFTER_GRACE)
    assert gone(referred) == 0
    assert clarified(referred) == []
    texts = [referred.opened(a).text for a in referred.letters("question")]
    (told,) = [text for text in texts if "mailbot record RR-2026-001 resumed" in text]
    assert "nothing was released" in told
    assert "the police ask to wait" in told
    referred.record("Mon 1 Jun 2026 9:50", "resumed")
    again = Arriving(MANAGER, answer_subject(asked), "APPROVE", answers=asked)
    referred.arrives("Mon 1 Jun 2026 9:52", again)
    referred.pass_("Mon 1 Jun 2026 9:53")
    referred.pass_("Mon 1 Jun 2026 9:59")
    assert gone(referred) == 8
