"""The files of the next mails are read while one is decided on: the order stays, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mailbot.demo.mails import Arriving, write
from mailbot.errors import MailboxProblem
from mailbot.intake.mails import AHEAD, SMALL, take_in_all
from mailbot.mail.inbox import RawMail
from tests.builders import at
from tests.intake.office import ADDRESS, NINE, PHONE, Office

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
    file = Arriving(PHONE, "Form", "Attached.", [("form.txt", b"Name of child: Saffron Eldridge")])
    given = RawMail(key="folder/form", content=write(file, ADDRESS, at(NINE)), received=at(NINE))

    assert len(list(take_in_all([given], office.parts, at(NINE)))) == 1
    assert [one.subject for one in office.mails] == ["Form"]
    assert office.parts.mailbag.unfinished() == []
