"""Letters out over SMTP: to everyone or to no one, and never twice without knowing."""

from __future__ import annotations

from pathlib import Path

from mailbot.mail.tls import Security, insist_on_safety


class SmtpPost:
    """A Post on an SMTP server (RFC 5321)."""

    def __init__(
        self,
        host: str,
        port: int,
        security: Security,
        username: str | None = None,
        password: str | None = None,
        ca_file: Path | None = None,
        timeout: float = 30,
    ) -> None:
        insist_on_safety(host, security, "[post]")

    def post(self, sender: str, recipients: tuple[str, ...], copy_to: str, message: bytes) -> None:
        """See Post."""
        raise NotImplementedError

    def check(self) -> list[str]:
        """See Post."""
        raise NotImplementedError
