"""A letter to MIME bytes, the Post contract, and the plainest post: a folder that letters are written to."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from pydantic import AwareDatetime

from mailbot.cases.values import Value
from mailbot.mail.addresses import Address


class Outgoing(Value):
    """A letter, ready to be put into MIME. Message-IDs have their angle brackets; `ref` is the case's reference."""

    message_id: str
    sender: Address
    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    attachments: tuple[tuple[str, bytes], ...] = ()
    date: AwareDatetime
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    automatic: bool = True
    ref: str = ""


def compose(letter: Outgoing) -> bytes:
    """The letter as it goes over the wire: CRLF, 7-bit; the same letter gives the same bytes."""
    raise NotImplementedError


class Post(Protocol):
    """A way to send."""

    def post(self, sender: str, recipients: tuple[str, ...], copy_to: str, message: bytes) -> None:
        """Hand a letter over to all recipients or to none, and a blind copy to `copy_to` ("" for none).

        Raises PostRefused (hopeless as it stands), PostUnavailable (nothing was handed over, try again later) or
        PostInDoubt (the connection broke after the letter was handed over).
        """
        ...

    def check(self) -> list[str]:
        """What is wrong with the way out, one sentence each, for `mailbot check`. Never raises."""
        ...


class FolderPost:
    """Writes letters to sent/ of a folder, for the demo and the folder mailbox."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def post(self, sender: str, recipients: tuple[str, ...], copy_to: str, message: bytes) -> None:
        """See Post."""
        raise NotImplementedError

    def check(self) -> list[str]:
        """See Post."""
        raise NotImplementedError
