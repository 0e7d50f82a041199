"""How a server may be spoken to: TLS with its certificate verified, in the clear only on this machine."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime

from mailbot.cases.values import Value
from mailbot.errors import ConfigProblems

Security = Literal["tls", "starttls", "none"]


class Encryption(Value):
    """How a connection to `server` is encrypted: `version` as in "TLSv1.3"; `ends` is when its certificate does."""

    server: str
    version: str
    ends: AwareDatetime


def encryption_of(sock: socket.socket | None, server: str) -> Encryption | None:
    """The encryption of a connection; none where it is in the clear."""
    certificate = sock.getpeercert() if isinstance(sock, ssl.SSLSocket) else None
    if not isinstance(sock, ssl.SSLSocket) or not certificate:
        return None
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
    return Encryption(server=server, version=sock.version() or "TLS", ends=ends)


def verified(ca_file: Path | None) -> ssl.SSLContext:
    """A context that verifies name and certificate (Python 3.11's mail classes do not unless told).

    `ca_file` is a private authority's certificate; given, it alone is trusted.
    """
    context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def insist_on_safety(host: str, security: Security, where: str) -> None:
    """Raises ConfigProblems where passwords and children's names would cross a network in the clear."""
    if security == "none" and not _on_this_machine(host):
        raise ConfigProblems(
            [f'{where}: security = "none" is allowed only to this machine; use "tls" or "starttls".']
        )


def _on_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
