"""What goes by itself, and how much of it: caps, letters that lay here for days, letters too large for any server."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailbot.carry_out import carry_out_all
from mailbot.cases.decisions import Original, SendLetter
from mailbot.cases.events import LetterKind
from mailbot.cases.letters import common, ladder_letter
from mailbot.errors import PostUnavailable
from mailbot.intake.said import answer_letter
from mailbot.posting import empty_outbox
from tests.builders import at
from tests.intake.office import MANAGER, REF, Office
from tests.intake.test_posting import FaultyPost, posting

TEN = at("Mon 8 Jun 2026 10:00")


def set_post(office: Office, **changes: int) -> None:
    settings = office.parts.settings
    post = settings.post.model_copy(update=changes)
    office.parts = replace(office.parts, settings=settings.model_copy(update={"post": post}))


def chase(office: Office, agency: str, step: str, when: datetime, kind: LetterKind = "chase") -> None:
    case, practice = office.case, office.parts.practice
    known = practice.directory.agency(agency)
    assert known is not None
    letter = ladder_letter(case, case.requests[agency], practice, when, step, kind, known.spoc)
    office.parts.outbox.queue([letter], when)
    carry_out_all(office.parts, when)


def thank(office: Office, number: int, when: datetime) -> None:
    facts = common(office.case, office.parts.practice, when) | {"what": "email", "received": "9 am"}
    to = ("review.team@westmarch-police.example",)
    letter = SendLetter(key=f"thanks-{number}", case=REF, kind="acknowledgement", to=to, facts=facts)
    office.parts.outbox.queue([letter], when)
    carry_out_all(office.parts, when)


def test_too_many_chases_of_one_morning_become_one_question(scoped: Office) -> None:
    set_post(scoped, letters_per_morning=2)
    for agency in ("police", "icb", "housing"):
        chase(scoped, agency, "chase", TEN)
    post = FaultyPost()
    posting(scoped, post)
    empty_outbox(scoped.parts, TEN)
    assert post.handed_over == []
    held = scoped.letters("chase", status="waiting")
    assert len(held) == 3
    carry_out_all(scoped.parts, TEN)
    (asked,) = [a for a in scoped.letters("warning") if "Many reminders" in a.subject]
    assert "mailbot approve " + " ".join(str(a.id) for a in held) in scoped.opened(asked).text
    answer_letter(held[0].id, "approve", MANAGER, "", scoped.parts, TEN)
    answer_letter(held[1].id, "reject", MANAGER, "they rang", scoped.parts, TEN)
    empty_outbox(scoped.parts, TEN)
    assert [a.status for a in scoped.letters("chase")] == ["sent", "rejected", "waiting"]


def test_as_many_as_are_allowed_go(scoped: Office) -> None:
    set_post(scoped, letters_per_morning=3)
    for agency in ("police", "icb", "housing"):
        chase(scoped, agency, "chase", TEN)
    assert empty_outbox(scoped.parts, TEN)["sent"] == 3


def test_two_machines_that_answer_each_other_are_stopped(scoped: Office) -> None:
    set_post(scoped, letters_per_address=2)
    for number in range(4):
        thank(scoped, number, TEN)
        empty_outbox(scoped.parts, TEN)
    assert len(scoped.letters("acknowledgement", status="waiting")) == 2
    carry_out_all(scoped.parts, TEN)
    asked = [a for a in scoped.letters("warning") if "Many letters to one address" in a.subject]
    assert "two machines" in scoped.opened(asked[0]).text
    thank(scoped, 9, at("Tue 9 Jun 2026 10:00"))
    empty_outbox(scoped.parts, at("Tue 9 Jun 2026 10:00"))
    assert scoped.letters("acknowledgement")[-1].status == "sent"


def test_scoping_letters_that_go_days_later_carry_a_return_date_counted_from_then(referred: Office) -> None:
    post = FaultyPost(PostUnavailable("connection refused"))
    referred.parts = replace(referred.parts, post=post)
    referred.answer("Mon 1 Jun 2026 9:30", "APPROVE")
    referred.pass_("Mon 1 Jun 2026 9:40")
    assert referred.letters("scoping", status="sent") == []
    post.fault = None
    referred.pass_("Thu 4 Jun 2026 9:00")
    sent = referred.letters("scoping", status="sent")
    assert len(sent) == 8
    assert {letter.subject.partition("reply by ")[2] for letter in sent} == {"Monday 15 June"}
    assert len(referred.letters("scoping", status="withdrawn")) == 8
    assert referred.case.requests["police"].sent_at == at("Thu 4 Jun 2026 9:00")


def test_of_the_chases_that_lay_here_only_the_last_goes_and_says_what_is_so_today(scoped: Office) -> None:
    post = FaultyPost(PostUnavailable("connection refused"))
    posting(scoped, post)
    due = at("Wed 10 Jun 2026 9:00")
    chase(scoped, "police", "remind", at("Tue 9 Jun 2026 9:00"), "reminder")
    chase(scoped, "police", "due_today", due)
    empty_outbox(scoped.parts, due)
    post.fault = None
    empty_outbox(scoped.parts, at("Fri 12 Jun 2026 9:00"))
    ((_, _, message),) = post.handed_over
    (gone,) = scoped.letters("chase", status="sent")
    assert gone.message_id.encode() in message
    assert "today" not in scoped.opened(gone).subject
    assert scoped.letters("reminder")[0].status == "withdrawn"


def test_a_server_that_does_not_answer_is_tried_less_and_less_often_and_told_of(scoped: Office) -> None:
    post = FaultyPost(PostUnavailable("connection refused"))
    posting(scoped, post)
    chase(scoped, "police", "chase", TEN)
    (letter,) = scoped.letters("chase")
    for minutes in range(130):
        now = datetime.fromtimestamp(TEN.timestamp() + 60 * minutes, TEN.tzinfo)
        empty_outbox(scoped.parts, now)
    assert scoped.parts.outbox.letter(letter.id).attempts == 6
    carry_out_all(scoped.parts, at("Mon 8 Jun 2026 12:10"))
    (told,) = [a for a in scoped.letters("warning") if "Letters do not go" in a.subject]
    assert "connection refused" in scoped.opened(told).text


def test_a_pass_does_not_wait_for_every_letter_when_the_server_is_silent(referred: Office) -> None:
    post = FaultyPost(PostUnavailable("connection refused"))
    posting(referred, post)
    referred.parts.outbox.release(REF, "scoping-1", None, at("Mon 1 Jun 2026 9:02"), at("Mon 1 Jun 2026 9:02"))
    empty_outbox(referred.parts, at("Mon 1 Jun 2026 9:02"))
    assert [a.attempts for a in referred.letters("scoping")] == [1, 1, 1, 0, 0, 0, 0, 0]


def test_a_letter_too_large_for_any_server_is_told_not_posted(scoped: Office) -> None:
    post = FaultyPost()
    posting(scoped, post)
    set_post(scoped, largest_mb=1)
    case = scoped.case
    letter = ladder_letter(
        case,
        case.requests["police"],
        scoped.parts.practice,
        TEN,
        "chase",
        "chase",
        ("review.team@westmarch-police.example",),
    )
    paper = case.papers[0].model_copy(update={"sha256": scoped.parts.mailbag.keep_file(b"x" * 1_000_000)})
    large = letter.model_copy(update={"attachments": (Original(name="pack.pdf", paper=paper),)})
    scoped.parts.outbox.queue([large], TEN)
    carry_out_all(scoped.parts, TEN)
    empty_outbox(scoped.parts, TEN)
    assert post.handed_over == []
    assert scoped.letters("chase")[0].status == "failed"
    carry_out_all(scoped.parts, TEN)
    (told,) = [a for a in scoped.letters("warning") if a.kind == "warning" and "chase" in scoped.opened(a).text]
    assert "mailbot letter" in scoped.opened(told).text
