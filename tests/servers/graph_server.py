"""A small Microsoft Graph on loopback over https, in the shapes that Microsoft publishes.

What it is strict about: tokens that its Entra gave, ids that change with every move unless the request asks for
immutable ones, sizes of requests and of uploads, folders by id or well-known name.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import re
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import getaddresses
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, unquote, urlsplit

import trustme

from tests.servers.entra import Entra

MOST_REQUEST = 4_000_000
LEAST_UPLOAD = 2_097_152
PAGE = 300
WELL_KNOWN = ("inbox", "sentitems", "drafts")


@dataclass
class Mail:
    """A message; `name` is its immutable id, `moves` makes its ordinary one."""

    name: str
    raw: bytes
    folder: str
    received: datetime
    draft: bool = False
    message_id: str = ""
    files: list[tuple[str, str, bytes]] = field(default_factory=list)
    moves: int = 0

    @property
    def ordinary(self) -> str:
        """The id that requests get which do not ask for an immutable one."""
        return f"AAMk{self.moves}-{self.name}="


@dataclass
class Sent:
    """A letter that went: to whom, its MIME, and what was attached to the draft besides."""

    to: tuple[str, ...]
    raw: bytes
    files: list[tuple[str, str, bytes]]
    message_id: str


@dataclass
class Fault:
    """What goes wrong at the next `times` requests whose "METHOD path" matches."""

    pattern: str
    times: int
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: Mapping[str, object] | None = None
    hang_up: Literal["", "before", "after", "middle", "frozen"] = ""


@dataclass
class GraphServer:
    """One mailbox. `asked` is every request as "METHOD path", `prefers` the Prefer header that came with each."""

    mailbox: str
    entra: Entra
    port: int = 0
    ca_file: Path = Path()
    folders: dict[str, tuple[str, str]] = field(default_factory=dict)
    mails: dict[str, Mail] = field(default_factory=dict)
    log: list[tuple[str, str]] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    uploads: dict[str, tuple[Mail, str, str, int, bytearray]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    prefers: list[str] = field(default_factory=list)
    forgets_from: int = 0
    renames_drafts: bool = False
    may_send_as: str = ""
    elsewhere: str = ""
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.may_send_as = self.may_send_as or self.mailbox
        for name, shown in zip(WELL_KNOWN, ("Posteingang", "Gesendet", "Entwürfe"), strict=True):
            self.folders[f"AQMk-{name}"] = (shown, "")

    @property
    def origin(self) -> str:
        """The address that everything begins with."""
        return f"https://localhost:{self.port}"

    @property
    def endpoint(self) -> str:
        """The [inbox] endpoint of this server."""
        return f"{self.origin}/v1.0"

    def put(self, raw: bytes, received: datetime, folder: str = "inbox") -> Mail:
        """A mail arrives in a folder, given by its well-known or its shown name."""
        mail = Mail(
            f"imm_{next(self._numbers)}/+=", raw, self.folder_id(folder), received, message_id=_message_id(raw)
        )
        self.mails[mail.name] = mail
        self.log.append((mail.folder, mail.name))
        return mail

    def move(self, mail: Mail, folder: str) -> None:
        """Somebody moves a mail."""
        self.log.append((mail.folder, mail.name))
        mail.folder = folder if folder in self.folders else self.folder_id(folder)
        mail.moves += 1
        self.log.append((mail.folder, mail.name))

    def remove(self, mail: Mail) -> None:
        """Somebody deletes a mail for good."""
        del self.mails[mail.name]
        self.log.append((mail.folder, mail.name))

    def lying_in(self, folder: str) -> list[bytes]:
        """The mails of a folder, in the order in which they came to the mailbox."""
        place = self.folder_id(folder)
        return [mail.raw for mail in self.mails.values() if mail.folder == place]

    def make_folder(self, name: str, parent: str = "") -> str:
        """A new folder's id."""
        made = f"AQMk-{next(self._numbers)}"
        self.folders[made] = (name, parent)
        return made

    def folder_id(self, name: str) -> str:
        """The id of a folder by its well-known name, its id or its shown name; "" where there is none."""
        if f"AQMk-{name.casefold()}" in self.folders:
            return f"AQMk-{name.casefold()}"
        if name in self.folders:
            return name
        return next((found for found, (shown, _) in self.folders.items() if shown == name), "")

    def fail(
        self,
        pattern: str,
        status: int,
        times: int = 1,
        body: Mapping[str, object] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        """The next requests that match are answered so."""
        self.faults.append(Fault(pattern, times, status, headers or {}, body))

    def hang_up(self, pattern: str, when: Literal["before", "after", "middle", "frozen"], times: int = 1) -> None:
        """The connection breaks before the request is carried out, after it, or in the middle of the answer.

        `frozen`: the request is carried out, and no answer ever comes.
        """
        self.faults.append(Fault(pattern, times, hang_up=when))

    def fault(self, asked: str) -> Fault | None:
        """What goes wrong at this request, if anything."""
        for fault in self.faults:
            if fault.times and re.search(fault.pattern, asked):
                fault.times -= 1
                return fault
        return None


class Refused(Exception):
    """An answer of Graph's that is an error object."""

    def __init__(self, status: int, code: str, message: str = "As the reference says.") -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    graph: GraphServer

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def do_PATCH(self) -> None:
        self._answer("PATCH")

    def do_PUT(self) -> None:
        self._answer("PUT")

    def do_DELETE(self) -> None:
        self._answer("DELETE")

    def _answer(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        asked = f"{method} {unquote(self.path)}"
        self.graph.asked.append(asked)
        self.graph.prefers.append(self.headers.get("Prefer", ""))
        fault = self.graph.fault(asked)
        if fault and fault.hang_up == "before":
            return self._break_off()
        if fault and fault.status:
            content = json.dumps(fault.body).encode() if fault.body is not None else b""
            return self._send(fault.status, content, fault.headers)
        try:
            status, answer = self._route(method, parts.path, parse_qs(parts.query, keep_blank_values=True), body)
        except Refused as refused:
            said = {"error": {"code": refused.code, "message": refused.message, "innerError": {}}}
            return self._send(refused.status, json.dumps(said).encode(), {})
        if fault and fault.hang_up == "frozen":
            self.rfile.read(1)  # until the client gives up
        if fault and fault.hang_up in ("after", "frozen"):
            return self._break_off()
        if isinstance(answer, bytes):
            return self._send_chunked(answer, break_off=bool(fault))
        return self._send(status, json.dumps(answer).encode() if answer is not None else b"", {})

    def _send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            **headers,
            "Content-Length": str(len(content)),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _send_chunked(self, content: bytes, break_off: bool) -> None:
        """As Graph sends a mail: without saying how long it is."""
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        half = len(content) // 2
        for piece in filter(None, (content[:half], content[half:])):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            if break_off:
                self.wfile.flush()
                self._break_off()
                return
        self.wfile.write(b"0\r\n\r\n")

    def _break_off(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(2)

    def _route(self, method: str, path: str, query: dict[str, list[str]], body: bytes) -> tuple[int, Any]:
        if path.startswith("/upload/"):
            return self._upload(path, body)
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if not self.graph.entra.introspect(token)["active"]:
            raise Refused(401, "InvalidAuthenticationToken")
        if len(body) > MOST_REQUEST:
            raise Refused(413, "RequestEntityTooLarge")
        under = f"/v1.0/users/{self.graph.mailbox}"
        names = [unquote(name) for name in path.split("/")]
        if "/".join(names[:4]) != under:
            raise Refused(404, "ErrorInvalidUser")
        asked = {name: values[0] for name, values in query.items()}
        match method, names[4:]:
            case "POST", ["sendMail"]:
                return self._send_mail(body)
            case _, ["mailFolders", *rest]:
                return self._folders(method, rest, asked, body)
            case "POST", ["messages"]:
                return 201, self._shown(self._draft(body))
            case _, ["messages", name, *rest]:
                return self._message(method, self._mail(name), rest, body)
        raise Refused(400, "RequestBroker--ParseUri")

    def _folders(self, method: str, names: list[str], asked: dict[str, str], body: bytes) -> tuple[int, Any]:
        graph = self.graph
        if not names or names[1:] == ["childFolders"]:
            parent = self._folder(names[0]) if names else ""
            if method == "POST":
                name = json.loads(body)["displayName"]
                if (name, parent) in graph.folders.values():
                    raise Refused(409, "ErrorFolderExists")
                return 201, {"id": graph.make_folder(name, parent), "displayName": name}
            wanted = _filtered(asked, "displayName")
            found = [place for place, shown in graph.folders.items() if shown == (wanted, parent)]
            return 200, {"value": [{"id": place, "displayName": wanted} for place in found]}
        place = self._folder(names[0])
        match names[1:]:
            case []:
                return 200, {"id": place, "displayName": graph.folders[place][0]}
            case ["messages"]:
                there = [mail for mail in graph.mails.values() if mail.folder == place]
                if "$filter" in asked:
                    there = [mail for mail in there if mail.message_id == _filtered(asked, "internetMessageId")]
                return 200, {"value": [self._shown(mail) for mail in there[: int(asked.get("$top", 10))]]}
            case ["messages", "delta"]:
                return self._delta(place, asked)
        raise Refused(400, "RequestBroker--ParseUri")

    def _delta(self, place: str, asked: dict[str, str]) -> tuple[int, Any]:
        """Changes since the token. As in Graph, a mail that was moved away and came back is not told of again."""
        graph = self.graph
        token = asked.get("$deltatoken") or asked.get("$skiptoken") or f"0.{len(graph.log)}.0"
        since, until, start = (int(number) for number in token.split("."))
        if "$deltatoken" in asked:
            since, until, start = until, len(graph.log), 0
            if since < graph.forgets_from:
                raise Refused(410, "SyncStateNotFound")
        told = {name for at, name in graph.log[:since] if at == place}
        names = dict.fromkeys(name for at, name in graph.log[since:until] if at == place)
        changes = [change for name in names if (change := self._change(name, place, name in told, since > 0))]
        size = min(PAGE, int((re.search(r"odata\.maxpagesize=(\d+)", self.headers["Prefer"]) or ["", "10"])[1]))
        page = changes[start : start + size]
        more = start + size < len(changes)
        token = f"{since}.{until}.{start + size}" if more else f"{since}.{until}.0"
        kind, word = ("nextLink", "skiptoken") if more else ("deltaLink", "deltatoken")
        under = f"{graph.elsewhere or graph.endpoint}/users/{graph.mailbox}/mailFolders/{place}/messages/delta"
        return 200, {"value": page, f"@odata.{kind}": f"{under}?${word}={token}"}

    def _change(self, name: str, place: str, told: bool, later: bool) -> dict[str, Any] | None:
        mail = self.graph.mails.get(name)
        if mail is not None and mail.folder == place:
            return None if told else self._shown(mail)
        return {"id": name, "@removed": {"reason": "deleted"}} if later else None

    def _message(self, method: str, mail: Mail, rest: list[str], body: bytes) -> tuple[int, Any]:
        match method, rest:
            case "GET", []:
                return 200, self._shown(mail)
            case "GET", ["$value"]:
                return 200, mail.raw
            case "PATCH", [] if mail.draft:
                mail.message_id = json.loads(body)["internetMessageId"]
                return 200, self._shown(mail)
            case "DELETE", []:
                self.graph.remove(mail)
                return 204, None
            case "POST", ["move"]:
                self.graph.move(mail, self._folder(json.loads(body)["destinationId"]))
                return 201, self._shown(mail)
            case "POST", ["send"] if mail.draft:
                self.graph.remove(mail)
                self._sent(mail.raw, mail.files, mail.message_id)
                return 202, None
            case "POST", ["attachments"] if mail.draft:
                said = json.loads(body)
                assert said["@odata.type"] == "#microsoft.graph.fileAttachment"
                mail.files.append((said["name"], said["contentType"], base64.b64decode(said["contentBytes"])))
                return 201, {"name": said["name"]}
            case "POST", ["attachments", "createUploadSession"] if mail.draft:
                return 201, self._session(mail, json.loads(body)["AttachmentItem"])
        raise Refused(400, "ErrorInvalidRequest")

    def _session(self, mail: Mail, item: dict[str, Any]) -> dict[str, Any]:
        if item["size"] < LEAST_UPLOAD:
            raise Refused(400, "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize")
        token = f"{len(self.graph.uploads) + 1}"
        self.graph.uploads[token] = (mail, item["name"], item["contentType"], item["size"], bytearray())
        where = f"{self.graph.elsewhere or self.graph.origin}/upload/{token}?authtoken=as-good-as-a-password"
        return {"uploadUrl": where, "nextExpectedRanges": ["0-"]}

    def _upload(self, path: str, body: bytes) -> tuple[int, Any]:
        mail, name, kind, size, so_far = self.graph.uploads[path.rpartition("/")[2]]
        expected = f"bytes {len(so_far)}-{len(so_far) + len(body) - 1}/{size}"
        if self.headers.get("Content-Range") != expected or "Authorization" in self.headers:
            raise Refused(400, "ErrorInvalidUpload")
        so_far += body
        if len(so_far) < size:
            return 200, {"nextExpectedRanges": [str(len(so_far))]}
        mail.files.append((name, kind, bytes(so_far)))
        return 201, None

    def _send_mail(self, body: bytes) -> tuple[int, Any]:
        raw = self._mime(body)
        self._sent(raw, [], _message_id(raw))
        return 202, None

    def _sent(self, raw: bytes, files: list[tuple[str, str, bytes]], message_id: str) -> None:
        letter = BytesHeaderParser(policy=compat32).parsebytes(raw)
        (writer,) = getaddresses([letter["From"]])
        if writer[1] != self.graph.may_send_as:
            raise Refused(403, "ErrorSendAsDenied")
        to = tuple(address for _, address in getaddresses(letter.get_all("To", [])))
        self.graph.sent.append(Sent(to, raw, files, message_id))
        copy = self.graph.put(raw, datetime.now(UTC), "sentitems")
        copy.message_id = message_id

    def _draft(self, body: bytes) -> Mail:
        draft = self.graph.put(self._mime(body), datetime.now(UTC), "drafts")
        draft.draft = True
        if self.graph.renames_drafts:
            draft.message_id = f"<{draft.ordinary}@outlook.example>"
        return draft

    def _mime(self, body: bytes) -> bytes:
        if self.headers.get("Content-Type") != "text/plain":
            raise Refused(400, "UnableToDeserializePostBody")
        try:
            return base64.b64decode(body.replace(b"\n", b""), validate=True)
        except binascii.Error as error:
            raise Refused(400, "ErrorMimeContentInvalidBase64String") from error

    def _folder(self, name: str) -> str:
        if found := name if name in self.graph.folders else f"AQMk-{name}" * (name in WELL_KNOWN):
            return found
        raise Refused(404, "ErrorItemNotFound")

    def _mail(self, name: str) -> Mail:
        for mail in [self.graph.mails.get(name), *self.graph.mails.values()]:
            if mail is not None and name in (mail.name, mail.ordinary):
                return mail
        raise Refused(404, "ErrorItemNotFound")

    def _shown(self, mail: Mail) -> dict[str, Any]:
        immutable = 'IdType="ImmutableId"' in self.headers.get("Prefer", "")
        return {
            "@odata.etag": 'W/"1"',
            "id": mail.name if immutable else mail.ordinary,
            "receivedDateTime": mail.received.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "internetMessageId": mail.message_id,
            "parentFolderId": mail.folder,
            "isDraft": mail.draft,
        }


def _message_id(raw: bytes) -> str:
    return str(BytesHeaderParser(policy=compat32).parsebytes(raw).get("Message-ID", "")).strip()


def _filtered(asked: dict[str, str], name: str) -> str:
    """The string that a filter compares with; quotes within are doubled (OData 4)."""
    found = re.fullmatch(rf"{name} eq '((?:[^']|'')*)'", asked.get("$filter", ""))
    if not found:
        raise Refused(400, "BadRequest")
    return found[1].replace("''", "'")


@contextlib.contextmanager
def run_graph(mailbox: str, entra: Entra, folder: Path) -> Iterator[GraphServer]:
    """Run one on a free port of this machine; its certificate's authority is written to the folder."""
    authority = trustme.CA()
    graph = GraphServer(mailbox, entra, ca_file=folder / "graph-ca.pem")
    authority.cert_pem.write_to_path(str(graph.ca_file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    handler = type("Handler", (_Handler,), {"graph": graph})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        server.socket = context.wrap_socket(server.socket, server_side=True)
        graph.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield graph
        finally:
            server.shutdown()
