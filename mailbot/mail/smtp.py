"""Letters out over SMTP: to everyone or to no one, and never twice without knowing."""

from __future__ import annotations

import logging
import re
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mailbot.errors import MailboxProblem, PostInDoubt, PostProblem, PostRefused, PostUnavailable
from mailbot.mail.outgoing import checked_address
from mailbot.mail.tls import Encryption, Security, encryption_of, insist_on_safety, verified
from mailbot.mail.tokens import Tokens

log = logging.getLogger(__name__)

_BROKEN = (smtplib.SMTPException, OSError)
_GREYLISTED = re.compile(rb"gr[ae]y.?list|\b4\.7\.1\b.*(later|again|minutes|seconds)", re.IGNORECASE | re.DOTALL)
"""How servers ask strangers to come back later; there is no code of its own for it (RFC 6647)."""


class SmtpPost:
    """A Post on an SMTP server (RFC 5321). Each letter has a connection of its own.

    Who logs in shows a password or, where `tokens` are given, a token (XOAUTH2). Without a username nobody logs in.
    """

    def __init__(
        self,
        host: str,
        port: int,
        security: Security,
        username: str | None = None,
        password: str | None = None,
        ca_file: Path | None = None,
        timeout: float = 30,
        tokens: Tokens | None = None,
    ) -> None:
        insist_on_safety(host, security, "[post]")
        self.host, self.port, self.security = host, port, security
        self.username, self._password = username, password
        self.ca_file, self.timeout, self.tokens = ca_file, timeout, tokens

    def post(self, sender: str, recipients: tuple[str, ...], copy_to: str, message: bytes) -> None:
        """See Post. The own copy is a further recipient; when it alone is refused the letter goes all the same."""
        for address in (sender, *recipients, *filter(None, [copy_to])):
            checked_address(address)
        if not recipients:
            raise PostRefused("The letter is addressed to nobody. It was not sent; draft it again.")
        with self._connected() as smtp:
            self._insist_that_it_fits(smtp, len(message))
            try:
                self._address(smtp, sender, recipients, copy_to, len(message))
                self._expect(smtp.docmd("DATA"), "the letter", 354)
            except _BROKEN as error:
                raise self._unavailable(error) from error
            self._hand_over(smtp, message)

    def check(self) -> list[str]:
        """See Post."""
        try:
            with self._connected() as smtp:
                smtp.noop()
        except PostProblem as problem:
            return [str(problem)]
        except _BROKEN as error:
            return [str(self._unavailable(error))]
        return []

    def encryption(self) -> Encryption | None:
        """How the connection is encrypted; none where it is not. Raises PostProblem."""
        with self._connected() as smtp:
            return encryption_of(smtp.sock, f"{self.host}:{self.port}")

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """A connection that is encrypted and logged in. Whatever fails here, no letter was handed over."""
        try:
            smtp = self._connect()
        except MailboxProblem as problem:
            raise PostUnavailable(f"{problem} The letter stays ready.") from problem
        except (*_BROKEN, UnicodeEncodeError) as error:
            raise self._unavailable(error) from error
        try:
            yield smtp
        finally:
            # The letter's fate is settled; a server that is rude at the end changes nothing.
            with suppress(*_BROKEN):
                smtp.quit()
            smtp.close()

    def _connect(self) -> smtplib.SMTP:
        smtp: smtplib.SMTP
        if self.security == "tls":
            smtp = smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=verified(self.ca_file))
        else:
            smtp = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        try:
            if self.security == "starttls":
                smtp.starttls(context=verified(self.ca_file))
            smtp.ehlo_or_helo_if_needed()
            self._log_in(smtp)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        if not self.username:
            return
        if self.tokens is None:
            smtp.login(self.username, self._password or "")
            return
        said = f"user={self.username}\1auth=Bearer {self.tokens.token()}\1\1"
        try:
            # A server that refuses says why first, and wants an empty answer before it says no.
            smtp.auth("XOAUTH2", lambda why=None: said if why is None else "")
        except smtplib.SMTPAuthenticationError:
            self.tokens.forget()
            raise

    def _insist_that_it_fits(self, smtp: smtplib.SMTP, size: int) -> None:
        """Servers say when greeted what they take (SIZE, RFC 1870; in bytes, none or 0: they do not say)."""
        limit = int(said) if (said := smtp.esmtp_features.get("size", "")).isdecimal() else 0
        if limit and size > limit:
            raise PostRefused(
                f"The letter is {size / 1e6:.1f} MB, more than the {limit / 1e6:.1f} MB that {self.host} takes. "
                "It was not sent: hand its papers over another way, or have the limit raised and draft it again."
            )

    def _address(self, smtp: smtplib.SMTP, sender: str, recipients: tuple[str, ...], copy_to: str, size: int) -> None:
        """Sender and every recipient, before any of the letter is sent: one refusal and nobody gets it."""
        options = (f"SIZE={size}",) if smtp.has_extn("size") else ()
        self._expect(smtp.mail(sender, options), f"the sender {sender}", 250)
        answers = [(recipient, smtp.rcpt(recipient)) for recipient in recipients]
        # A refusal for good is told before one for now: trying again would not help.
        for recipient, answer in sorted(answers, key=lambda a: a[1][0], reverse=True):
            self._expect(answer, recipient, 250, 251)
        if copy_to and copy_to not in recipients:
            code, _ = smtp.rcpt(copy_to)
            if code not in (250, 251):
                log.warning("%s took a letter but not its copy to the shared mailbox (%s)", self.host, code)

    def _hand_over(self, smtp: smtplib.SMTP, message: bytes) -> None:
        """The letter itself. From its first byte until the server's answer nobody knows whether it went."""
        try:
            smtp.send(_dotted(message))
            code, said = smtp.getreply()
        except _BROKEN as error:
            raise PostInDoubt(
                f"{self.host} broke off after the letter was handed over ({_name(error)}). It may have gone; "
                "its own copy is looked for before it is sent again."
            ) from error
        if not 200 <= code <= 599:
            raise PostInDoubt(
                f"{self.host} answered with nonsense after the letter was handed over. It may have gone."
            )
        self._expect((code, said), "the letter", 250)

    def _expect(self, answer: tuple[int, bytes], what: str, *wanted: int) -> None:
        code, said = answer
        if code in wanted:
            return
        words = f"{self.host} refused {what}: {code} {_one_line(said)}"
        if 500 <= code <= 599:
            raise PostRefused(f"{words}. The letter did not go; correct the address or the letter.")
        if _GREYLISTED.search(said):
            raise PostUnavailable(
                f"{words}. That is greylisting, which strangers meet once: the letter stays ready and is tried again."
            )
        raise PostUnavailable(f"{words}. The letter stays ready and is tried again.")

    def _unavailable(self, error: Exception) -> PostUnavailable:
        return PostUnavailable(
            f"{self.host}:{self.port} cannot be used to send ({_name(error)}). No letter was handed over; "
            "it stays ready. If this goes on, run `mailbot check`."
        )


def _dotted(message: bytes) -> bytes:
    """Dots at the beginning of a line doubled, and the line that ends the letter (RFC 5321 section 4.5.2)."""
    ended = message if message.endswith(b"\r\n") else message + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", ended) + b".\r\n"


def _name(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error if isinstance(error.smtp_error, bytes) else str(error.smtp_error).encode()
        return f"{error.smtp_code} {_one_line(said)}"
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _one_line(said: bytes) -> str:
    return " ".join(said.decode("utf-8", "replace").split())[:300]
