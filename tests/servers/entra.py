"""A small Microsoft Entra on loopback: gives an application tokens, and tells a mail server which are good."""

from __future__ import annotations

import contextlib
import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jwt
import trustme
from cryptography.x509 import load_pem_x509_certificate

TENANT, CLIENT, SECRET = "partnership", "mailbot", "correct horse"


@dataclass
class Entra:
    """It knows one application, by its secret or its certificate; every token is for the mailbox `acts_for`."""

    ca_file: Path
    port: int = 0
    asks: int = 0
    acts_for: str = ""
    lifetime: int = 3600
    certificate: bytes = b""
    given: list[str] = field(default_factory=list)
    revoked: set[str] = field(default_factory=set)

    @property
    def authority(self) -> str:
        """What stands under `authority` in the settings."""
        return f"https://localhost:{self.port}"

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """The answer to a request for a token (RFC 6749 section 4.4)."""
        self.asks += 1
        if form.get("client_id") != CLIENT:
            return 400, {
                "error": "unauthorized_client",
                "error_description": "AADSTS700016: Application was not found.",
            }
        if not self._proven(form):
            return 401, {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret."}
        self.given.append(f"token-{len(self.given) + 1}")
        return 200, {"token_type": "Bearer", "access_token": self.given[-1], "expires_in": self.lifetime}

    def _proven(self, form: dict[str, str]) -> bool:
        if "client_assertion" not in form:
            return form.get("client_secret") == SECRET
        key = load_pem_x509_certificate(self.certificate).public_key()
        jwt.decode(form["client_assertion"], key, algorithms=["PS256"], options={"verify_aud": False})  # type: ignore[arg-type]
        return True

    def introspect(self, token: str) -> dict[str, Any]:
        """What a mail server is told of a token (RFC 7662)."""
        if token not in self.given or token in self.revoked:
            return {"active": False}
        return {"active": True, "username": self.acts_for}


class _Answering(BaseHTTPRequestHandler):
    """One request. The paths are those of the Microsoft identity platform, version 2."""

    entra: Entra

    def do_GET(self) -> None:
        base = f"{self.entra.authority}/{TENANT}"
        if self.path == f"/{TENANT}/v2.0/.well-known/openid-configuration":
            self._answer(
                200,
                {
                    "issuer": f"{base}/v2.0",
                    "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                    "token_endpoint": f"{base}/oauth2/v2.0/token",
                },
            )
        else:
            self._answer(400, {"error": "invalid_tenant", "error_description": "AADSTS90002: Tenant not found."})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        if self.path == "/introspect":
            self._answer(200, self.entra.introspect(form["token"]))
        else:
            self._answer(*self.entra.token(form))

    def _answer(self, status: int, said: dict[str, Any]) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the tests' output clean."""


@contextlib.contextmanager
def run_entra(base: Path) -> Iterator[Entra]:
    """Run one over https; its authority's certificate lies in the folder given."""
    entra = Entra(base / "entra-ca.pem")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(entra.ca_file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with _served(entra, context) as entra.port:
        yield entra


@contextlib.contextmanager
def run_introspection(entra: Entra) -> Iterator[int]:
    """The port where a mail server on this machine may ask about tokens, in the clear."""
    with _served(entra) as port:
        yield port


@contextlib.contextmanager
def _served(entra: Entra, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    handler = type("Answering", (_Answering,), {"entra": entra})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()
