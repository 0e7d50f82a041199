"""A connection to an IMAP server: encrypted, logged in, and asked what the server can do."""

from __future__ import annotations

import imaplib
from dataclasses import dataclass, field
from pathlib import Path

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

from mailbot.mail.tls import Security, insist_on_safety, verified
from mailbot.mail.tokens import Tokens

LOST = (imaplib.IMAP4.abort, OSError)
"""The connection is gone."""
BROKEN = (imaplib.IMAP4.error, ImapToolsError, OSError)
"""Whatever an IMAP server or the way to it can do wrong."""


@dataclass(frozen=True)
class ImapServer:
    """Where the mailbox is and who logs in: with a password or, where `tokens` are given, by XOAUTH2.

    `timeout` is in seconds, for each answer. Raises ConfigProblems where a password would cross a network in the
    clear.
    """

    host: str
    port: int
    security: Security
    username: str
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
    timeout: float = 30
    tokens: Tokens | None = None

    def __post_init__(self) -> None:
        insist_on_safety(self.host, self.security, "[inbox]")

    def connect(self) -> BaseMailBox:
        """A new connection with no folder open. Raises one of BROKEN; MailboxProblem where Entra gives no token."""
        mailbox = self._reach()
        try:
            self._log_in(mailbox)
            # Servers tell all that they can do only after login, and nobody asks again: without this a move would
            # silently become COPY, \Deleted and an EXPUNGE that takes colleagues' mail with it.
            said = b" ".join(mailbox.client.capability()[1])
        except BaseException:
            mailbox.client.shutdown()
            raise
        mailbox.client.capabilities = tuple(said.decode("ascii", "replace").upper().split())
        return mailbox

    def _reach(self) -> BaseMailBox:
        if self.security == "none":
            return MailBoxUnencrypted(self.host, self.port, timeout=self.timeout)
        encrypted = MailBox if self.security == "tls" else MailBoxStartTls
        return encrypted(self.host, self.port, timeout=self.timeout, ssl_context=verified(self.ca_file))

    def _log_in(self, mailbox: BaseMailBox) -> None:
        if self.tokens is not None:
            said = f"user={self.username}\1auth=Bearer {self.tokens.token()}\1\1".encode()
            # A server that refuses says why first, and wants an empty answer before it says no.
            answers = iter([said])
            try:
                mailbox.client.authenticate("XOAUTH2", lambda _: next(answers, b""))
            except imaplib.IMAP4.error:
                self.tokens.forget()
                raise
            return
        ascii_only = (self.username + self.password).isascii()
        login = mailbox.login if ascii_only else mailbox.login_utf8
        login(self.username, self.password, initial_folder=None)
