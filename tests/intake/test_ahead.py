"""The files of the next mails are read while one is decided on: the order stays, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mailbot.demo.mails import Arriving, write
from mailbot.documents.sandbox import Sandbox
from mailbot.errors import MailboxProblem
from mailbot.intake.mails import AHEAD, SMALL, take_in_all
from mailbot.mail.inbox import RawMail
from tests.builders import at
from tests.intake.office import ADDRESS, NINE, PHONE, Office

FORM = b"Name of child: Saffron Eldridge"
CALLS = [f"Lunch {number}" for number in range(AHEAD + 3)]


def mail(subject: str, text: str = "Are you free?") -> RawMail:
    content = write(Arriving(PHONE, subject, text), ADDRESS, at(NINE))
    return RawMail(key=f"folder/{subject}", content=content, received=at(NINE))


def breaking_off() -> Iterator[RawMail]:
    yield from map(mail, CALLS)
    raise MailboxProblem("The mailbox does not answer.")


def test_mails_are_taken_in_in_their_order_also_behind_a_large_one(office: Office) -> None:
    large = mail("Photographs", "x" * 70 + "\n" + ("y" * 70 + "\n") * (SMALL // 70))
    given = [*map(mail, CALLS[:2]), large, *map(mail, CALLS[2:])]

    assert len(list(take_in_all(given, office.parts, at(NINE)))) == len(given)
    assert [one.subject for one in office.mails] == [*CALLS[:2], "Photographs", *CALLS[2:]]


def test_where_the_mailbox_breaks_off_what_it_gave_is_taken_in(office: Office) -> None:
    with pytest.raises(MailboxProblem):
        list(take_in_all(breaking_off(), office.parts, at(NINE)))

    assert [one.subject for one in office.mails] == CALLS
    assert office.parts.mailbag.unfinished() == []


def test_a_mail_that_cannot_be_opened_ahead_is_taken_in(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(content: bytes, name: str) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(office.parts.sandbox, "begin", full)
    assert len(list(take_in_all([with_a_form()], office.parts, at(NINE)))) == 1
    assert [one.subject for one in office.mails] == ["Form"]
    assert office.parts.mailbag.unfinished() == []


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were read ahead."""
    names: list[str] = []
    begin = Sandbox.begin

    def noted(sandbox: Sandbox, content: bytes, name: str) -> None:
        names.append(name)
        begin(sandbox, content, name)

    monkeypatch.setattr(Sandbox, "begin", noted)
    return names


def with_a_form() -> RawMail:
    content = write(Arriving(PHONE, "Form", "Attached.", [("form.txt", FORM)]), ADDRESS, at(NINE))
    return RawMail(key="folder/form", content=content, received=at(NINE))


def test_the_files_of_a_mail_are_read_ahead_and_once(office: Office, begun: list[str]) -> None:
    list(take_in_all([with_a_form()], office.parts, at(NINE)))

    assert begun == ["form.txt"]


def test_files_that_nobody_asks_for_are_not_read_ahead(scoped: Office, begun: list[str]) -> None:
    """Our own letters come back, with whole packs in them; and a mailbox that was made anew shows all its mail."""
    letter = next(letter for letter in scoped.letters("scoping") if scoped.opened(letter).attachments)
    back = RawMail(key="folder/back", content=letter.raw, received=at(NINE))
    list(take_in_all([back, with_a_form()], scoped.parts, at(NINE)))
    list(take_in_all([with_a_form().model_copy(update={"key": "folder/anew"})], scoped.parts, at(NINE)))

    assert begun == ["form.txt"]
