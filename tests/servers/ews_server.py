"""A small Exchange on loopback: one mailbox in memory, spoken to by SOAP in the shapes that Microsoft publishes.

What it is strict about: the mailbox named with every well-known folder (else one's own would be meant), ids that
change with every move, MIME and headers given only where asked for, the login. Every request and every answer is
checked against Microsoft's published schema where the environment variable MAILBOT_EWS_SCHEMA names its folder.
"""

from __future__ import annotations

import base64
import contextlib
import os
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.policy import compat32
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any, Literal

from lxml import etree
from lxml.builder import ElementMaker  # type: ignore[import-not-found]

Element = Any
"""An lxml element, without asking at every step whether it is there: a request without it is a bug of ours."""
SCHEMA = "MAILBOT_EWS_SCHEMA"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
M_NS = "http://schemas.microsoft.com/exchange/services/2006/messages"
T_NS = "http://schemas.microsoft.com/exchange/services/2006/types"
E_NS = "http://schemas.microsoft.com/exchange/services/2006/errors"
NAMES = {"s": SOAP, "m": M_NS, "t": T_NS}
S = ElementMaker(namespace=SOAP, nsmap=NAMES)
M = ElementMaker(namespace=M_NS, nsmap=NAMES)
T = ElementMaker(namespace=T_NS, nsmap=NAMES)
WELL_KNOWN = {"root": "", "msgfolderroot": "Top", "inbox": "Posteingang", "sentitems": "Gesendet"}
"""As in a mailbox whose language is not English: only the well-known ids can be relied on."""

Trouble = Literal["busy", "hang up before", "hang up after", "html"] | int
"""What goes wrong with one request: an HTTP status, a page that is no EWS, a broken connection, or: not now."""


class Refused(Exception):
    """An EWS error for one request: its ResponseCode."""


@dataclass
class Mail:
    """A message as it lies in a folder."""

    raw: bytes
    folder: str
    received: datetime
    name: str
    size: int = 0
    broken: bool = False


@dataclass
class EwsServer:
    """The mailbox, what may be done to it from outside, and what was asked."""

    mailbox: str
    port: int = 0
    password: str = ""
    scheme: str = "http"
    mails: list[Mail] = field(default_factory=list)
    folders: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Folder id to (parent's id, name)."""
    history: list[tuple[str, str, str]] = field(default_factory=list)
    """(folder, Create or Delete, item id), as it came."""
    sent: list[bytes] = field(default_factory=list)
    """Letters that went out."""
    asked: list[str] = field(default_factory=list)
    invalid: list[str] = field(default_factory=list)
    """What did not keep to the schema."""
    checked: int = 0
    troubles: dict[str, list[Trouble | str]] = field(default_factory=dict)
    """Operation to what goes wrong with its next requests; any other word is an EWS error."""
    back_off: int = 50
    forget_before: int = 0
    page: int = 10_000

    def __post_init__(self) -> None:
        self._numbers = count(1)
        top = ""
        for known, name in WELL_KNOWN.items():
            self.folders[known] = (top, name)
            top = {"root": "root", "msgfolderroot": "msgfolderroot"}.get(known, top)

    @property
    def endpoint(self) -> str:
        return f"{self.scheme}://localhost:{self.port}/EWS/Exchange.asmx"

    def put(self, raw: bytes, received: datetime, folder: str = "inbox") -> Mail:
        mail = Mail(raw, folder, received, self._new_id(), len(raw))
        self.mails.append(mail)
        self.history.append((folder, "Create", mail.name))
        return mail

    def remove(self, mail: Mail) -> None:
        self.mails.remove(mail)
        self.history.append((mail.folder, "Delete", mail.name))

    def move(self, mail: Mail, folder: str) -> None:
        """As the store does: the message is another one from now on."""
        self.history.append((mail.folder, "Delete", mail.name))
        mail.folder, mail.name = folder, self._new_id()
        self.history.append((folder, "Create", mail.name))

    def make_folder(self, name: str, parent: str = "msgfolderroot") -> str:
        made = f"folder-{next(self._numbers)}"
        self.folders[made] = (parent, name)
        return made

    def folder(self, name: str) -> str:
        """The id of a folder at the top of the mailbox."""
        return next(i for i, there in self.folders.items() if there == ("msgfolderroot", name))

    def lying_in(self, folder: str) -> list[bytes]:
        return [mail.raw for mail in self.mails if mail.folder == folder]

    def trouble(self, operation: str, *what: Trouble | str) -> None:
        self.troubles.setdefault(operation, []).extend(what)

    def next_trouble(self, operation: str) -> Trouble | str:
        waiting = self.troubles.get(operation) or [""]
        return waiting.pop(0)

    def find(self, name: str) -> Mail:
        for mail in self.mails:
            if mail.name == name:
                return mail
        raise Refused("ErrorItemNotFound")

    def _new_id(self) -> str:
        return base64.b64encode(b"item %08d" % next(self._numbers)).decode()


@contextlib.contextmanager
def run_ews(mailbox: str, password: str = "", tls: ssl.SSLContext | None = None) -> Iterator[EwsServer]:
    """A running server; with a password it asks for a login (HTTP Basic)."""
    server = EwsServer(mailbox, password=password, scheme="https" if tls else "http")

    class Handler(_Handler):
        ews = server

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    if tls:
        http.socket = tls.wrap_socket(http.socket, server_side=True)
    server.port = http.server_address[1]
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


@cache
def published_schema() -> etree.XMLSchema | None:
    """Microsoft's schema; None where nobody says where it lies."""
    folder = os.environ.get(SCHEMA)
    return etree.XMLSchema(etree.parse(str(Path(folder) / "messages.xsd"))) if folder else None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    ews: EwsServer

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: what was asked is kept in `asked`."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.ews.password and not self._logged_in():
            self._reply(401, b"", {"WWW-Authenticate": 'Basic realm="EWS"'})
            return
        envelope: Element = etree.fromstring(body, etree.XMLParser(huge_tree=True, resolve_entities=False))
        request = envelope.find(f"{{{SOAP}}}Body")[0]
        operation = etree.QName(request).localname
        self.ews.asked.append(operation)
        for part in (*envelope.iterfind(f"{{{SOAP}}}Header/*"), request):
            self._check(part, "request")
        trouble = self.ews.next_trouble(operation)
        if trouble == "hang up before":
            self.close_connection = True
        elif trouble == "busy":
            self._reply(500, _busy(self.ews.back_off))
        elif trouble == "html":
            self._reply(200, b"<html><body>Our gateway is tired. Mira Fenwick, born 2024</body></html>")
        elif isinstance(trouble, int):
            self._reply(trouble, b"no", {"Retry-After": "1"} if trouble in (429, 503) else {})
        else:
            answer = self._answer(operation, request, "" if trouble == "hang up after" else trouble)
            if trouble == "hang up after":
                self.close_connection = True
            else:
                self._reply(200, answer)

    def _logged_in(self) -> bool:
        said = self.headers.get("Authorization", "")
        return said.endswith(base64.b64encode(f"mailbot:{self.ews.password}".encode()).decode())

    def _answer(self, operation: str, request: Element, refusal: str) -> bytes:
        try:
            if refusal:
                raise Refused(refusal)
            messages = _OPERATIONS[operation](self.ews, request)
        except Refused as error:
            messages = [_message(operation, str(error))]
        answer = M(f"{operation}Response", M("ResponseMessages", *messages))
        version = T(
            "ServerVersionInfo", MajorVersion="15", MinorVersion="2", MajorBuildNumber="1118", MinorBuildNumber="7"
        )
        version.set("Version", "V2017_07_11")
        for part in (version, answer):
            self._check(part, "answer")
        return etree.tostring(S.Envelope(S.Header(version), S.Body(answer)), xml_declaration=True, encoding="utf-8")

    def _check(self, part: Element, which: str) -> None:
        schema = published_schema()
        if schema is None:
            return
        self.ews.checked += 1
        if not schema.validate(etree.fromstring(etree.tostring(part), etree.XMLParser(huge_tree=True))):
            self.ews.invalid.append(f"{which} {etree.QName(part).localname}: {str(schema.error_log)[:500]}")

    def _reply(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "text/xml; charset=utf-8", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _message(operation: str, code: str = "NoError", *content: Element) -> Element:
    if code == "NoError":
        return M(f"{operation}ResponseMessage", M.ResponseCode(code), *content, ResponseClass="Success")
    parts = [M.MessageText("The store says no."), M.ResponseCode(code), M.DescriptiveLinkKey("0")]
    # Where the schema has Items for a message of this kind, a refusal has them too, empty.
    parts += [M.Items()] if operation in ("GetItem", "CreateItem", "MoveItem") else []
    return M(f"{operation}ResponseMessage", *parts, ResponseClass="Error")


def _get_folder(ews: EwsServer, request: Element) -> list[Element]:
    folders = [_folder(ews, one) for one in request.find(f"{{{M_NS}}}FolderIds")]
    return [_message("GetFolder", "NoError", M.Folders(T.Folder(_folder_id(f)))) for f in folders]


def _find_folder(ews: EwsServer, request: Element) -> list[Element]:
    assert request.get("Traversal") == "Shallow", "asking for the whole tree is slow in a mailbox of years"
    (parent,) = [_folder(ews, one) for one in request.find(f"{{{M_NS}}}ParentFolderIds")]
    wanted = request.find(f".//{{{T_NS}}}Constant").get("Value")
    found = [
        T.Folder(_folder_id(folder), T.FolderClass("IPF.Note"), T.DisplayName(name))
        for folder, (above, name) in ews.folders.items()
        if above == parent and name.casefold() == wanted.casefold()
    ]
    root = M.RootFolder(T.Folders(*found), TotalItemsInView=str(len(found)), IncludesLastItemInRange="true")
    return [_message("FindFolder", "NoError", root)]


def _create_folder(ews: EwsServer, request: Element) -> list[Element]:
    (parent,) = [_folder(ews, one) for one in request.find(f"{{{M_NS}}}ParentFolderId")]
    name = request.findtext(f".//{{{T_NS}}}DisplayName")
    if (parent, name) in ews.folders.values():
        raise Refused("ErrorFolderExists")
    return [_message("CreateFolder", "NoError", M.Folders(T.Folder(_folder_id(ews.make_folder(name, parent)))))]


def _sync(ews: EwsServer, request: Element) -> list[Element]:
    (folder,) = [_folder(ews, one) for one in request.find(f"{{{M_NS}}}SyncFolderId")]
    state = request.findtext(f"{{{M_NS}}}SyncState") or f"{folder}/0"
    place, _, since = state.rpartition("/")
    if place != folder or (int(since) and int(since) < ews.forget_before):
        raise Refused("ErrorInvalidSyncStateData")
    most = min(int(request.findtext(f"{{{M_NS}}}MaxChangesReturned")), ews.page)
    assert most <= 512, "Exchange gives no more than 512 changes"
    until = min(int(since) + most, len(ews.history))
    there = {mail.name: mail for mail in ews.mails}
    # The newest first within an answer: nothing promises an order.
    changes = [
        T(kind, _item(there[name], request) if kind == "Create" else _item_id(name))
        for where, kind, name in reversed(ews.history[int(since) : until])
        if where == folder and (kind == "Delete" or name in there)
    ]
    told = (
        M.SyncState(f"{folder}/{until}"),
        M.IncludesLastItemInRange(str(until == len(ews.history)).lower()),
        M.Changes(*changes),
    )
    return [_message("SyncFolderItems", "NoError", *told)]


def _find_item(ews: EwsServer, request: Element) -> list[Element]:
    assert request.find(f".//{{{T_NS}}}FieldURI[@FieldURI='message:InternetMessageId']") is not None
    wanted = request.find(f".//{{{T_NS}}}Constant").get("Value")
    answers = []
    for folder in [_folder(ews, one) for one in request.find(f"{{{M_NS}}}ParentFolderIds")]:
        found = [m for m in ews.mails if m.folder == folder and _header(m.raw, "Message-ID") == wanted]
        root = M.RootFolder(T.Items(*(_item(mail, request) for mail in found)))
        for name, value in (("TotalItemsInView", str(len(found))), ("IncludesLastItemInRange", "true")):
            root.set(name, value)
        answers.append(_message("FindItem", "NoError", root))
    return answers


def _get_item(ews: EwsServer, request: Element) -> list[Element]:
    answers = []
    for one in request.find(f"{{{M_NS}}}ItemIds"):
        mail = ews.find(one.get("Id"))
        if mail.broken:
            raise Refused("ErrorMimeContentConversionFailed")
        answers.append(_message("GetItem", "NoError", M.Items(_item(mail, request))))
    return answers


def _move_item(ews: EwsServer, request: Element) -> list[Element]:
    (folder,) = [_folder(ews, one) for one in request.find(f"{{{M_NS}}}ToFolderId")]
    answers = []
    for one in request.find(f"{{{M_NS}}}ItemIds"):
        mail = ews.find(one.get("Id"))
        ews.move(mail, folder)
        answers.append(_message("MoveItem", "NoError", M.Items(T.Message(_item_id(mail.name)))))
    return answers


def _create_item(ews: EwsServer, request: Element) -> list[Element]:
    assert request.get("MessageDisposition") == "SendAndSaveCopy"
    (folder,) = [_folder(ews, one) for one in request.find(f"{{{M_NS}}}SavedItemFolderId")]
    for mime in request.iter(f"{{{T_NS}}}MimeContent"):
        raw = base64.b64decode(mime.text)
        ews.sent.append(raw)
        ews.put(raw, datetime.now(UTC), folder)
    return [_message("CreateItem", "NoError", M.Items())]


_OPERATIONS: dict[str, Callable[[EwsServer, Element], list[Element]]] = {
    "GetFolder": _get_folder,
    "FindFolder": _find_folder,
    "CreateFolder": _create_folder,
    "SyncFolderItems": _sync,
    "FindItem": _find_item,
    "GetItem": _get_item,
    "MoveItem": _move_item,
    "CreateItem": _create_item,
}


def _folder(ews: EwsServer, one: Element) -> str:
    """The folder that a request names."""
    name = str(one.get("Id"))
    if etree.QName(one).localname == "DistinguishedFolderId":
        if one.findtext(f".//{{{T_NS}}}EmailAddress") != ews.mailbox:
            raise Refused("ErrorNonExistentMailbox")
    elif name not in ews.folders:
        raise Refused("ErrorFolderNotFound")
    return name


def _folder_id(folder: str) -> Element:
    return T.FolderId(Id=folder, ChangeKey="AQAAAA==")


def _item_id(name: str) -> Element:
    return T.ItemId(Id=name, ChangeKey="CQAAAA==")


def _item(mail: Mail, request: Element) -> Element:
    """The message with what was asked for, in the schema's order."""
    asked = {one.get("FieldURI") for one in request.iter(f"{{{T_NS}}}FieldURI")}
    item = T.Message()
    if "item:MimeContent" in asked:
        item.append(T.MimeContent(base64.b64encode(mail.raw).decode(), CharacterSet="UTF-8"))
    item.append(_item_id(mail.name))
    if "item:DateTimeReceived" in asked:
        item.append(T.DateTimeReceived(mail.received.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")))
    if "item:Size" in asked:
        item.append(T.Size(str(mail.size)))
    headers = BytesHeaderParser(policy=compat32).parsebytes(mail.raw).items()
    if "item:InternetMessageHeaders" in asked and headers:
        item.append(T.InternetMessageHeaders(*(T.InternetMessageHeader(str(v), HeaderName=n) for n, v in headers)))
    return item


def _header(raw: bytes, name: str) -> str:
    return str(BytesHeaderParser(policy=compat32).parsebytes(raw).get(name, "")).strip()


def _busy(back_off: int) -> bytes:
    return (
        f'<s:Envelope xmlns:s="{SOAP}"><s:Body><s:Fault><faultcode xmlns:a="{T_NS}">a:ErrorServerBusy</faultcode>'
        "<faultstring>The server cannot service this request right now. Try again later.</faultstring><detail>"
        f'<e:ResponseCode xmlns:e="{E_NS}">ErrorServerBusy</e:ResponseCode><e:Message xmlns:e="{E_NS}">The server '
        f'cannot service this request right now.</e:Message><t:MessageXml xmlns:t="{T_NS}">'
        f'<t:Value Name="BackOffMilliseconds">{back_off}</t:Value></t:MessageXml></detail></s:Fault></s:Body>'
        "</s:Envelope>"
    ).encode()
