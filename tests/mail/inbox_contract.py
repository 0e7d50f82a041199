"""What every Inbox promises, whatever the mailbox behind it. A test class inherits this and gives `mailbox`."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal, Protocol

import pytest

from mailbot.errors import MailboxProblem
from mailbot.mail.inbox import Inbox
from tests.mail.mails import MONDAY, a_mail


class Mailbox(Protocol):
    """A mailbox as the office sees it, and the Inbox that mailbot reads it with."""

    def open(self, max_bytes: int = 1_000_000) -> Inbox:
        """The Inbox under test."""
        ...

    def put(self, *mails: bytes, place: Literal["inbox", "sent"] = "inbox") -> None:
        """Mails arrive, in this order."""
        ...

    def take_away(self, raw: bytes) -> None:
        """A colleague removes a mail from the inbox for good."""
        ...

    def lies_in(self, place: Literal["inbox", "done", "held"]) -> list[bytes]:
        """The mails there, byte for byte."""
        ...

    def break_down(self) -> None:
        """The mailbox cannot be read any more."""
        ...


class InboxContract:
    def test_every_new_mail_is_given_byte_for_byte(self, mailbox: Mailbox) -> None:
        mails = [
            a_mail(1),
            a_mail(2, body=bytes(range(128, 256)) + b"\r\n.\r\nFrom here on\r\n\r\n"),
            b"no header at all",
            b"Subject: one line\r\n\r\n",
        ]
        mailbox.put(*mails)
        given = list(mailbox.open().fetch_new(known=set()))
        assert sorted(mail.content for mail in given) == sorted(mails)
        assert len({mail.key for mail in given}) == len(mails)
        assert not any(mail.problem for mail in given)

    def test_received_is_the_mailboxes_time_in_utc(self, mailbox: Mailbox) -> None:
        mailbox.put(a_mail(received=MONDAY))
        (mail,) = mailbox.open().fetch_new(known=set())
        assert mail.received == MONDAY
        assert mail.received.utcoffset() == timedelta(0)

    def test_a_known_mail_is_not_given_again(self, mailbox: Mailbox) -> None:
        mailbox.put(a_mail(1))
        inbox = mailbox.open()
        (first,) = inbox.fetch_new(known=set())
        mailbox.put(a_mail(2))
        (second,) = inbox.fetch_new(known={first.key})
        assert second.content == a_mail(2)

    def test_the_same_mail_twice_has_two_keys(self, mailbox: Mailbox) -> None:
        mailbox.put(a_mail(1))
        mailbox.put(a_mail(1))
        assert len({mail.key for mail in mailbox.open().fetch_new(known=set())}) == 2

    def test_reading_changes_nothing(self, mailbox: Mailbox) -> None:
        mailbox.put(a_mail(1))
        first = list(mailbox.open().fetch_new(known=set()))
        assert list(mailbox.open().fetch_new(known=set())) == first

    @pytest.mark.parametrize(("shelf", "place"), [("Done", "done"), ("Held", "held")])
    def test_filed_mail_leaves_the_inbox_unchanged(
        self, mailbox: Mailbox, shelf: Literal["Done", "Held"], place: Literal["done", "held"]
    ) -> None:
        mailbox.put(a_mail(1))
        mailbox.put(a_mail(2))
        inbox = mailbox.open()
        first = next(m for m in inbox.fetch_new(known=set()) if m.content == a_mail(1))
        assert inbox.file_under(first.key, shelf) == "filed"
        assert mailbox.lies_in(place) == [a_mail(1)]
        assert mailbox.lies_in("inbox") == [a_mail(2)]

    def test_mail_may_be_filed_and_looked_for_in_the_middle_of_a_pass(self, mailbox: Mailbox) -> None:
        for number in range(5):
            mailbox.put(a_mail(number))
        inbox = mailbox.open()
        seen = []
        for mail in inbox.fetch_new(known=set()):
            seen.append(mail.content)
            assert inbox.file_under(mail.key, "Done") == "filed"
            assert not inbox.find_sent("<never-sent@partnership.example>")
        assert sorted(seen) == [a_mail(number) for number in range(5)]
        assert mailbox.lies_in("inbox") == []

    def test_filing_what_is_no_longer_there_says_gone(self, mailbox: Mailbox) -> None:
        mailbox.put(a_mail(1))
        inbox = mailbox.open()
        (mail,) = inbox.fetch_new(known=set())
        mailbox.take_away(a_mail(1))
        assert inbox.file_under(mail.key, "Done") == "gone"

    def test_a_mail_that_vanishes_during_the_pass_does_not_stop_the_others(self, mailbox: Mailbox) -> None:
        for number in range(3):
            mailbox.put(a_mail(number))
        given = mailbox.open().fetch_new(known=set())
        first = next(given)
        vanished = a_mail(1) if first.content != a_mail(1) else a_mail(2)
        mailbox.take_away(vanished)
        rest = [mail.content for mail in given]
        assert vanished not in rest
        assert len(rest) == 1

    def test_a_letter_of_ours_is_found_wherever_its_copy_lies(self, mailbox: Mailbox) -> None:
        mailbox.put(a_mail(1))
        mailbox.put(a_mail(2))
        mailbox.put(a_mail(3), place="sent")
        inbox = mailbox.open()
        second = next(m for m in inbox.fetch_new(known=set()) if m.content == a_mail(2))
        inbox.file_under(second.key, "Done")
        assert [inbox.find_sent(f"<return-{number}@police.example>") for number in (1, 2, 3, 4)] == [True] * 3 + [
            False
        ]

    def test_a_reply_is_not_taken_for_the_letter(self, mailbox: Mailbox) -> None:
        mailbox.put(a_mail(1, headers=b"In-Reply-To: <letter@partnership.example>\r\n"))
        assert not mailbox.open().find_sent("<letter@partnership.example>")

    def test_a_mail_that_is_too_large_is_given_with_its_headers_and_a_problem(self, mailbox: Mailbox) -> None:
        mailbox.put(a_mail(1, body=b"x" * 70 + b"\r\n" + b"y" * 3000))
        mailbox.put(a_mail(2))
        large, small = sorted(
            mailbox.open(max_bytes=2000).fetch_new(known=set()), key=lambda m: m.problem, reverse=True
        )
        head, empty_line, _ = a_mail(1, body=b"x" * 70).partition(b"\r\n\r\n")
        assert large.content == head + empty_line
        assert "open it in the mailbox" in large.problem
        assert (small.content, small.problem) == (a_mail(2), "")

    def test_a_thousand_mails(self, mailbox: Mailbox) -> None:
        mailbox.put(*(a_mail(number) for number in range(1000)))
        given = list(mailbox.open().fetch_new(known=set()))
        assert sorted(mail.content for mail in given) == sorted(a_mail(number) for number in range(1000))

    def test_a_healthy_mailbox_has_no_problem(self, mailbox: Mailbox) -> None:
        assert mailbox.open().check() == []

    def test_a_broken_mailbox_says_so_and_raises_our_error(self, mailbox: Mailbox) -> None:
        mailbox.break_down()
        inbox = mailbox.open()
        assert len(inbox.check()) == 1
        with pytest.raises(MailboxProblem):
            list(inbox.fetch_new(known=set()))
        inbox.close()
