"""The outbox is emptied: what is refused, what is tried again, and a letter whose fate is unknown."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mailbot.carry_out import carry_out_all
from mailbot.cases.decisions import SendLetter
from mailbot.cases.letters import common
from mailbot.config import shipped
from mailbot.errors import MailboxProblem, PostInDoubt, PostProblem, PostRefused, PostUnavailable
from mailbot.mail.inbox import Filed, RawMail, Shelf
from mailbot.posting import empty_outbox
from tests.builders import at
from tests.intake.office import ADDRESS, REF, Office, office_at

NINE = at("Mon 1 Jun 2026 9:02")


class FaultyPost:
    """A way out with a fault that can be mended; it remembers what was handed over."""

    def __init__(self, fault: PostProblem | None = None) -> None:
        self.fault = fault
        self.handed_over: list[tuple[tuple[str, ...], str, bytes]] = []

    def post(self, sender: str, recipients: tuple[str, ...], copy_to: str, message: bytes) -> None:
        """See Post."""
        if self.fault is not None:
            raise self.fault
        self.handed_over.append((recipients, copy_to, message))

    def check(self) -> list[str]:
        """See Post."""
        return []


class KnownSent:
    """A mailbox that holds nothing but our copies of these letters; or does not answer."""

    def __init__(self, *message_ids: str, answers: bool = True) -> None:
        self.message_ids = message_ids
        self.answers = answers

    def fetch_new(self, known: Collection[str]) -> Iterator[RawMail]:
        """See Inbox."""
        return iter(())

    def file_under(self, key: str, folder: Shelf) -> Filed:
        """See Inbox."""
        return "gone"

    def find_sent(self, message_id: str) -> bool:
        """See Inbox."""
        if not self.answers:
            raise MailboxProblem("The mailbox does not answer.")
        return message_id in self.message_ids

    def check(self) -> list[str]:
        """See Inbox."""
        return []

    def close(self) -> None:
        """See Inbox."""


@pytest.fixture
def approved(referred_home: Path, tmp_path: Path) -> Iterator[Office]:
    """The manager has approved one scoping letter, which may leave."""
    with office_at(shutil.copytree(referred_home, tmp_path / "home")) as office:
        office.parts.outbox.release(REF, "scoping-1", (2,), NINE, NINE)
        yield office


def posting(office: Office, post: FaultyPost, inbox: KnownSent | None = None) -> None:
    object.__setattr__(office, "parts", replace(office.parts, post=post, inbox=inbox or KnownSent()))


def the_letter(office: Office) -> tuple[str, str]:
    (letter,) = [a for a in office.letters("scoping") if a.item == 2]
    return letter.status, letter.message_id


def test_a_letter_goes_to_its_agency_with_a_blind_copy_to_the_office(approved: Office) -> None:
    post = FaultyPost()
    posting(approved, post)
    assert empty_outbox(approved.parts, NINE) == {"sent": 1, "failed": 0}
    ((recipients, copy_to, message),) = post.handed_over
    assert (recipients, copy_to) == (("review.team@westmarch-police.example",), ADDRESS)
    assert the_letter(approved)[1].encode() in message
    assert approved.case.requests["police"].sent_at == NINE


def test_a_refused_letter_fails_and_the_office_is_told(approved: Office) -> None:
    posting(approved, FaultyPost(PostRefused("550 no such mailbox")))
    assert empty_outbox(approved.parts, NINE) == {"sent": 0, "failed": 1}
    assert the_letter(approved)[0] == "failed"
    assert approved.case.requests["police"].undeliverable
    carry_out_all(approved.parts, NINE)
    (warning,) = approved.letters("warning")
    assert "550 no such mailbox" in approved.opened(warning).text


def test_a_letter_stays_ready_while_the_server_does_not_answer(approved: Office) -> None:
    post = FaultyPost(PostUnavailable("connection refused"))
    posting(approved, post)
    assert empty_outbox(approved.parts, NINE) == {"sent": 0, "failed": 0}
    status, message_id = the_letter(approved)
    assert status == "ready"
    post.fault = None
    assert empty_outbox(approved.parts, at("Mon 1 Jun 2026 9:10"))["sent"] == 1
    assert message_id.encode() in post.handed_over[0][2]


def test_a_letter_in_doubt_is_sent_where_its_copy_is_found(approved: Office) -> None:
    post = FaultyPost(PostInDoubt("connection lost after the text"))
    posting(approved, post, KnownSent(the_letter(approved)[1]))
    empty_outbox(approved.parts, NINE)
    assert the_letter(approved)[0] == "in_doubt"
    post.fault = None
    assert empty_outbox(approved.parts, at("Mon 1 Jun 2026 9:05"))["sent"] == 1
    assert the_letter(approved)[0] == "sent"
    assert post.handed_over == []


def test_a_letter_in_doubt_without_a_copy_goes_once_more_after_a_quarter_of_an_hour(approved: Office) -> None:
    post = FaultyPost(PostInDoubt("connection lost after the text"))
    posting(approved, post)
    empty_outbox(approved.parts, NINE)
    post.fault = None
    empty_outbox(approved.parts, at("Mon 1 Jun 2026 9:16"))
    assert the_letter(approved)[0] == "in_doubt"
    empty_outbox(approved.parts, at("Mon 1 Jun 2026 9:17"))
    assert the_letter(approved)[0] == "sent"
    ((_, _, message),) = post.handed_over
    assert the_letter(approved)[1].encode() in message


def test_a_letter_stays_in_doubt_while_the_mailbox_does_not_answer(approved: Office) -> None:
    post = FaultyPost(PostInDoubt("connection lost after the text"))
    posting(approved, post, KnownSent(answers=False))
    empty_outbox(approved.parts, NINE)
    post.fault = None
    empty_outbox(approved.parts, at("Mon 1 Jun 2026 12:00"))
    assert the_letter(approved)[0] == "in_doubt"
    assert post.handed_over == []


def test_letters_that_go_by_themselves_wait_for_office_hours(approved: Office) -> None:
    receipt = SendLetter(
        key="late",
        case=REF,
        kind="acknowledgement",
        to=("jo.penrose@westmarch-council.example",),
        facts=facts(approved),
    )
    approved.parts.outbox.queue([receipt], at("Mon 1 Jun 2026 19:00"))
    carry_out_all(approved.parts, at("Mon 1 Jun 2026 19:00"))
    post = FaultyPost()
    posting(approved, post)
    empty_outbox(approved.parts, at("Mon 1 Jun 2026 19:00"))
    assert [recipients for recipients, _, _ in post.handed_over] == [("review.team@westmarch-police.example",)]
    empty_outbox(approved.parts, at("Tue 2 Jun 2026 8:30"))
    assert post.handed_over[-1][0] == ("jo.penrose@westmarch-council.example",)


@pytest.mark.parametrize(
    ("kind", "to"),
    [
        ("scoping", "lee@elsewhere.example"),
        ("scoping", "somebody.else@westmarch-police.example"),
        ("acknowledgement", "lee@elsewhere.example"),
        ("chase", "panel@national-panel.example"),
        ("submission", "review.team@westmarch-police.example"),
        ("outcome", ""),
    ],
)
def test_no_letter_is_written_to_an_address_that_the_office_does_not_know(
    approved: Office, kind: str, to: str
) -> None:
    before = {a.key for a in approved.letters()}
    wrong = SendLetter.model_validate(
        {"key": "wrong", "case": REF, "kind": kind, "to": (to,) if to else (), "facts": facts(approved)}
    )
    approved.parts.outbox.queue([wrong], NINE)
    carry_out_all(approved.parts, NINE)
    new = [a for a in approved.letters() if a.key not in before]
    assert [a.kind for a in new] == ["warning"]
    assert "was not sent" in approved.opened(new[0]).text


def facts(office: Office) -> dict[str, object]:
    known = common(office.case, office.parts.practice, NINE)
    return {**known, "what": "referral", "received": "9 am"}


def test_a_stop_is_not_undone_by_a_release_that_could_not_be_carried_out(referred: Office) -> None:
    # Released on another day, the letters are written again; a slip in the template keeps that from being done.
    template, whole = with_a_slip(referred)
    referred.answer("Tue 2 Jun 2026 9:00", "APPROVE")
    referred.answer("Tue 2 Jun 2026 9:02", "STOP")
    template.write_text(whole)
    referred.pass_("Tue 2 Jun 2026 9:10")
    assert referred.letters("scoping", status="sent") == []


def test_a_letter_follows_the_directory_as_it_stands_when_it_goes(referred: Office) -> None:
    directory = referred.parts.practice.directory
    agencies = tuple(
        a.model_copy(update={"spoc": ("new.team@westmarch-police.example",)}) if a.id == "police" else a
        for a in directory.agencies
    )
    change(referred, directory=directory.model_copy(update={"agencies": agencies}))
    referred.answer("Mon 1 Jun 2026 9:30", "APPROVE")
    referred.pass_("Mon 1 Jun 2026 9:40")
    sent = {a.agency: a.to for a in referred.letters("scoping", status="sent")}
    assert sent["police"] == ("new.team@westmarch-police.example",)


def test_one_agency_that_is_gone_does_not_keep_the_others_from_their_letters(referred: Office) -> None:
    directory = referred.parts.practice.directory
    agencies = tuple(a for a in directory.agencies if a.id != "housing")
    change(referred, directory=directory.model_copy(update={"agencies": agencies}))
    referred.answer("Tue 2 Jun 2026 9:00", "APPROVE")
    referred.pass_("Tue 2 Jun 2026 9:10")
    assert len(referred.letters("scoping", status="sent")) == 7
    assert [a.agency for a in referred.letters("scoping", status="withdrawn") if a.agency == "housing"] == ["housing"]


def test_approval_is_asked_when_every_letter_can_be_seen(office: Office) -> None:
    template, whole = with_a_slip(office)
    office.refer()
    assert office.letters("approval_request") == []
    template.write_text(whole)
    office.pass_("Mon 1 Jun 2026 9:30")
    assert len(office.letters("approval_request")) == 1


def change(office: Office, **practice: object) -> None:
    """The configuration changes while the office is at work."""
    settings = office.parts.settings
    changed = settings.practice.model_copy(update=practice)
    office.parts = replace(office.parts, settings=settings.model_copy(update={"practice": changed}))


def with_a_slip(office: Office) -> tuple[Path, str]:
    """The office changes its scoping letter and makes a slip; gives the file, and what it should say."""
    whole = (shipped() / "templates" / "letters" / "scoping.md").read_text()
    template = office.parts.settings.home / "templates" / "letters" / "scoping.md"
    template.parent.mkdir(parents=True, exist_ok=True)
    template.write_text(whole + "{{ slip }}")
    return template, whole
