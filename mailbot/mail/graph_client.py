"""Questions to Microsoft Graph about one mailbox: asked as an application, patiently, and nowhere else."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from mailbot.mail.tls import verified
from mailbot.mail.tokens import Tokens
from mailbot.mailbox_settings import GraphSettings

PATIENCE = 60.0
"""Seconds that one question waits in all while Graph asks for time; after that the next pass tries again."""
BACK_OFF = 5.0
"""Seconds to wait where Graph says "too many requests" and not for how long."""
LONGEST_REST = 3600.0
"""However long Graph asks to be left alone, after so many seconds it is asked again."""
ALWAYS = 'IdType="ImmutableId"'
"""Sent with every request: without it the id of a message changes whenever somebody moves it."""
UPLOAD_HOSTS = (".office.com", ".office365.com", ".office365.us", ".partner.outlook.cn")
"""Where Graph may send the parts of a large attachment, besides itself (Outlook's own service, and its clouds)."""

# At INFO httpx writes every address that it asks, and that of an upload is as good as a password.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class GraphFailure(Exception):
    """Graph did not do what was asked.

    `status` is HTTP's, 0 where no answer came; `code` is Graph's own word for it. `turned_away` is true where nothing
    can have been done; otherwise a request that changes something may have been carried out all the same.
    """

    def __init__(self, status: int, code: str, said: str, turned_away: bool, rest: float | None = None) -> None:
        super().__init__(" ".join(part for part in (str(status or ""), code, said) if part) or "no answer")
        self.status, self.code, self.turned_away, self.rest = status, code, turned_away, rest

    @property
    def what_to_do(self) -> str:
        """The sentence for a person."""
        if self.rest is not None:
            return "Microsoft asked mailbot to slow down."
        return {
            401: "The application is not let in: correct tenant and client_id, and renew its secret or certificate.",
            403: "Give the application the rights to this mailbox that docs/microsoft365.md lists.",
            404: "Correct mailbox and folder in [inbox] of config/mailbot.toml.",
        }.get(self.status, "If this goes on, run `mailbot check`.")


class Graph:
    """One mailbox on Microsoft Graph. Every method raises GraphFailure, or MailboxProblem where there is no token.

    Only the endpoint's own host ever gets the token, and no redirect is followed.
    """

    def __init__(
        self,
        endpoint: str,
        mailbox: str,
        tokens: Tokens,
        ca_file: Path | None = None,
        timeout: float = 30,
        patience: float = PATIENCE,
        wait: Callable[[float], object] = time.sleep,
    ) -> None:
        self.endpoint, self.mailbox, self.ca_file, self.timeout = endpoint.rstrip("/"), mailbox, ca_file, timeout
        self.root = f"{self.endpoint}/users/{quote(mailbox, safe='')}"
        self._tokens, self._patience, self._wait = tokens, patience, wait
        self._open: httpx.Client | None = None
        self._not_before = 0.0

    def json(self, method: str, where: str, **request: Any) -> dict[str, Any]:
        """The answer as a JSON object, {} where there is none. `where` is below the mailbox, or a whole address."""
        with self.answer(method, where, **request) as response:
            content = response.read()
        try:
            said = response.json() if content else {}
        except ValueError as error:
            raise GraphFailure(response.status_code, "", "the answer is no JSON", False) from error
        if not isinstance(said, dict):
            raise GraphFailure(response.status_code, "", "the answer is no JSON object", False)
        return said

    @contextmanager
    def answer(self, method: str, where: str, prefer: str = "", **request: Any) -> Iterator[httpx.Response]:
        """The answer, not read yet. Whatever breaks while it is read is a GraphFailure too."""
        url = self._own(where)
        headers = {**request.pop("headers", {}), "Prefer": ", ".join(filter(None, (ALWAYS, prefer)))}
        with _told_as_ours():
            response = self._ask(method, url, headers, request)
            try:
                yield response
            finally:
                response.close()

    def upload(self, url: str, content: bytes, start: int, total: int) -> None:
        """Put a part of a file where an upload session says; that address needs no token and gets none."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme != "https" or not (host.endswith(UPLOAD_HOSTS) or _origin(url) == _origin(self.endpoint)):
            raise GraphFailure(0, "", f"an upload was to go to {host or 'nowhere'}, which is not Microsoft's", True)
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Range": f"bytes {start}-{start + len(content) - 1}/{total}",
        }
        with _told_as_ours():
            response = self._client.put(url, content=content, headers=headers)
            if not response.is_success:
                raise _failure(response)

    def close(self) -> None:
        """Give up the connection; the next question makes a new one."""
        if self._open is not None:
            self._open.close()
        self._open = None

    @property
    def _client(self) -> httpx.Client:
        if self._open is None:
            self._open = httpx.Client(verify=verified(self.ca_file), timeout=self.timeout)
        return self._open

    def _own(self, where: str) -> str:
        """The whole address. One that came in an answer is followed only to the endpoint itself."""
        if where.startswith("/") or not where:
            return self.root + where
        if _origin(where) != _origin(self.endpoint):
            host = urlsplit(where).hostname
            raise GraphFailure(0, "", f"an answer led to {host or 'nowhere'}, which is not the endpoint", True)
        return where

    def _ask(self, method: str, url: str, headers: dict[str, str], request: dict[str, Any]) -> httpx.Response:
        """The first answer that is none of: a token refused before its time (once), "not now" (for a while)."""
        waited, renewed = 0.0, False
        while True:
            self._rest_as_asked()
            headers["Authorization"] = f"Bearer {self._tokens.token()}"
            response = self._client.send(
                self._client.build_request(method, url, headers=headers, **request), stream=True
            )
            if response.is_success:
                return response
            response.read()
            failure = _failure(response)
            if failure.status == 401 and not renewed:
                renewed = True
                self._tokens.forget()
            elif failure.rest is not None and waited + failure.rest <= self._patience:
                waited += failure.rest
                self._wait(failure.rest)
            else:
                self._not_before = time.monotonic() + (failure.rest or 0)
                raise failure

    def _rest_as_asked(self) -> None:
        left = self._not_before - time.monotonic()
        if left > 0:
            raise GraphFailure(429, "", f"Graph is not asked again for {left:.0f} s", turned_away=True, rest=left)


def graph_of(settings: GraphSettings, secret: str) -> Graph:
    """The mailbox of [inbox] with kind graph; nothing is connected yet."""
    service = urlsplit(settings.endpoint)
    tokens = Tokens(settings.microsoft, secret, f"{service.scheme}://{service.netloc}/.default")
    return Graph(settings.endpoint, settings.mailbox, tokens, settings.ca_file)


@contextmanager
def _told_as_ours() -> Iterator[None]:
    """httpx's errors as a GraphFailure: where no connection came about, nothing can have been done."""
    try:
        yield
    except httpx.HTTPError as error:
        nothing_done = isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError))
        raise GraphFailure(0, "", f"{type(error).__name__}: {error}".rstrip(": "), nothing_done) from error


def _failure(response: httpx.Response) -> GraphFailure:
    """What Graph's error object says (resources/error in its reference), as far as there is one."""
    try:
        error = response.json()["error"]
        code, said = str(error["code"]), " ".join(str(error["message"]).split())[:200]
    except (ValueError, KeyError, TypeError):
        code, said = "", response.reason_phrase
    rest = _rest(response)
    # A gateway that answers 5xx does not know what the service behind it has done, unless it asks to come again.
    return GraphFailure(response.status_code, code, said, response.status_code < 500 or rest is not None, rest)


def _rest(response: httpx.Response) -> float | None:
    """Seconds that Graph asks to be left alone (Retry-After, RFC 9110 section 10.2.3); None where it does not ask."""
    if response.status_code not in (429, 503):
        return None
    said = response.headers.get("Retry-After", "").strip()
    if not said:
        return BACK_OFF if response.status_code == 429 else None
    try:
        seconds = float(said) if said.isdecimal() else _seconds_until(parsedate_to_datetime(said))
    except ValueError:
        seconds = BACK_OFF
    return min(max(seconds, 1.0), LONGEST_REST)


def _seconds_until(moment: datetime) -> float:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - datetime.now(UTC)).total_seconds()


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port
