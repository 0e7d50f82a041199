"""Letters out by Exchange (EWS): the very MIME that was approved, with its copy kept in Sent Items."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mailbot.errors import PostInDoubt, PostProblem, PostRefused, PostUnavailable
from mailbot.mail.exchange_client import Exchange, ExchangeFailure
from mailbot.mail.outgoing import checked_address, insist_on_addresses

_HOPELESS = (
    "ErrorInvalidRecipients",
    "ErrorMailRecipientNotFound",
    "ErrorMessageSizeExceeded",
    "ErrorMimeContentInvalid",
    "ErrorMimeContentInvalidBase64String",
    "ErrorMissingRecipients",
)
"""Answers to a letter that would be the same tomorrow; all others may pass, or are for the administrator to mend."""


class ExchangePost:
    """A Post on Exchange (EWS; full access to the shared mailbox, and the right to send as it).

    Exchange sends to the addresses in the letter itself, and keeps the copy in Sent Items: `copy_to` gets no other.
    """

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange

    def post(self, sender: str, recipients: tuple[str, ...], copy_to: str, message: bytes) -> None:
        """See Post. A letter whose To names others than `recipients` is refused."""
        for address in (sender, *recipients):
            checked_address(address)
        insist_on_addresses(message, sender, recipients)
        try:
            with self._before_handing_over():
                # Asked first, so that whatever breaks later broke after the letter was handed over.
                self.exchange.reach(self.exchange.sent())
            self._hand_over(message)
        finally:
            # Each letter has a connection of its own: one that was cut while idle would leave it in doubt.
            self.exchange.close()

    def check(self) -> list[str]:
        """See Post. That the mailbox can be reached; only a letter sent shows the right to send as it."""
        try:
            with self._before_handing_over():
                self.exchange.reach(self.exchange.sent())
        except PostProblem as problem:
            return [str(problem)]
        finally:
            self.exchange.close()
        return []

    def _hand_over(self, message: bytes) -> None:
        try:
            self.exchange.send(message)
        except ExchangeFailure as failure:
            if failure.turned_away:
                raise self._problem(failure) from failure
            raise PostInDoubt(
                f"{self.exchange.endpoint} gave no clear answer after the letter was handed over ({failure}). It may "
                "have gone; its own copy is looked for before it is sent again."
            ) from failure

    @contextmanager
    def _before_handing_over(self) -> Iterator[None]:
        """Whatever fails in here, no letter went."""
        try:
            yield
        except ExchangeFailure as failure:
            raise self._problem(failure) from failure

    def _problem(self, failure: ExchangeFailure) -> PostProblem:
        if failure.code in _HOPELESS:
            return PostRefused(
                f"{self.exchange.endpoint} refused the letter: {failure}. It did not go; correct the address or the "
                "letter."
            )
        return PostUnavailable(
            f"{self.exchange.mailbox} on {self.exchange.endpoint} cannot be used to send: {failure}. "
            f"{failure.what_to_do} The letter did not go; it stays ready and is tried again."
        )
