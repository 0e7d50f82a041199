"""An SMTP server that refuses, defers, hangs up or sulks when it is told to, and remembers what it took."""

from __future__ import annotations

import contextlib
import ssl
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.servers.mail_servers import free_ports


@dataclass
class FaultySmtp:
    """`answers` gives the answer to a recipient, to "MAIL", to "DATA"; `hang_up` is a step at which to break off."""

    answers: dict[str, str] = field(default_factory=dict)
    hang_up: str = ""
    took: list[tuple[str, tuple[str, ...], bytes]] = field(default_factory=list)
    logins: list[bytes] = field(default_factory=list)
    port: int = 0

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        self._hang_up_at("MAIL", server)
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = self.answers.get("DATA", "250 OK")
        if answer.startswith("250"):
            self.took.append((envelope.mail_from, tuple(envelope.rcpt_tos), envelope.content))
        self._hang_up_at("DATA", server)
        return answer

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: object) -> AuthResult:
        """Lets in whoever says `test`."""
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login)
        return AuthResult(success=data.password == b"test", handled=False)

    async def auth_XOAUTH2(self, server: Any, args: list[str]) -> AuthResult:  # noqa: N802
        """Lets in whoever shows the token `good`; tells others why first, as Microsoft's servers do."""
        shown = b64decode(args[1])
        self.logins.append(shown)
        if b"auth=Bearer good\1\1" in shown:
            return AuthResult(success=True)
        await server.challenge_auth(b'{"status":"401"}', encode_to_b64=True)
        return AuthResult(success=False, handled=False)

    def _hang_up_at(self, step: str, server: Any) -> None:
        if self.hang_up == step:
            server.transport.abort()


@contextlib.contextmanager
def faulty_smtp(
    answers: dict[str, str] | None = None,
    hang_up: str = "",
    tls: ssl.SSLContext | None = None,
    login: bool = False,
    size: int = 33554432,
) -> Iterator[FaultySmtp]:
    """Run one on a free port. With `tls` it offers STARTTLS; with `login` it takes nothing from strangers.

    `size` is the largest letter (bytes) that it says it takes.
    """
    (port,) = free_ports(1)
    server = FaultySmtp(answers or {}, hang_up, port=port)
    controller = Controller(
        server,
        hostname="127.0.0.1",
        port=port,
        tls_context=tls,
        authenticator=server.authenticate,
        auth_required=login,
        auth_require_tls=tls is not None,
        data_size_limit=size,
    )
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
