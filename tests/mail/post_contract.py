"""What a Post promises that reads whom a letter goes to off the letter itself. A test class gives `mailbox`."""

from __future__ import annotations

from typing import Protocol

import pytest

from mailbot.errors import PostRefused, PostUnavailable
from mailbot.mail.outgoing import Outgoing, Post, compose
from tests.mail.test_outgoing import LETTER

US = LETTER.sender.email
TO = LETTER.to


class Mailbox(Protocol):
    """What takes the letters, and the Post that mailbot hands them over with."""

    def post(self) -> Post:
        """The Post under test."""
        ...

    def took(self) -> list[bytes]:
        """The letters that went, byte for byte."""
        ...

    def break_down(self) -> None:
        """Nothing can be sent any more."""
        ...


class PostContract:
    def test_a_letter_goes_byte_for_byte_with_our_message_id(self, mailbox: Mailbox) -> None:
        mailbox.post().post(US, TO, US, compose(LETTER))
        assert mailbox.took() == [compose(LETTER)]
        assert f"Message-ID: {LETTER.message_id}".encode() in mailbox.took()[0]

    def test_lines_that_a_protocol_could_trip_over_arrive(self, mailbox: Mailbox) -> None:
        letter = compose(Outgoing(**{**dict(LETTER), "text": ".\n..\nFrom here on\n]]>&amp;\nend\n"}))
        mailbox.post().post(US, TO, US, letter)
        assert mailbox.took() == [letter]

    @pytest.mark.parametrize(
        "recipients", [(), (*TO, "mallory@evil.example"), ("mallory@evil.example",), ("no address",)]
    )
    def test_it_goes_to_those_it_names_or_to_nobody(self, mailbox: Mailbox, recipients: tuple[str, ...]) -> None:
        with pytest.raises(PostRefused):
            mailbox.post().post(US, recipients, US, compose(LETTER))
        assert mailbox.took() == []

    def test_it_goes_in_nobody_elses_name(self, mailbox: Mailbox) -> None:
        with pytest.raises(PostRefused):
            mailbox.post().post("ida.vale@council.example", TO, US, compose(LETTER))
        assert mailbox.took() == []

    def test_a_healthy_way_out_has_no_problem_and_sends_nothing_to_show_it(self, mailbox: Mailbox) -> None:
        assert mailbox.post().check() == []
        assert mailbox.took() == []

    def test_a_broken_way_out_says_so_and_keeps_the_letter(self, mailbox: Mailbox) -> None:
        mailbox.break_down()
        assert len(mailbox.post().check()) == 1
        with pytest.raises(PostUnavailable):
            mailbox.post().post(US, TO, US, compose(LETTER))
        assert mailbox.took() == []
