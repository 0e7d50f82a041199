"""The mailbox over IMAP: read without a trace, moved only where no other mail can be lost."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from mailbot.mail.inbox import MAX_BYTES, Filed, RawMail, Shelf
from mailbot.mail.tls import Security, insist_on_safety


class ImapInbox:
    """An Inbox on an IMAP server (RFC 3501, 6851 MOVE, 4315 UIDPLUS)."""

    def __init__(
        self,
        host: str,
        port: int,
        security: Security,
        username: str,
        password: str,
        folder: str = "INBOX",
        ca_file: Path | None = None,
        timeout: float = 30,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        insist_on_safety(host, security, "[inbox]")

    def fetch_new(self, known: Collection[str]) -> Iterator[RawMail]:
        """See Inbox."""
        raise NotImplementedError

    def file_under(self, key: str, folder: Shelf) -> Filed:
        """See Inbox."""
        raise NotImplementedError

    def find_sent(self, message_id: str) -> bool:
        """See Inbox."""
        raise NotImplementedError

    def check(self) -> list[str]:
        """See Inbox."""
        raise NotImplementedError

    def close(self) -> None:
        """See Inbox."""
        raise NotImplementedError
