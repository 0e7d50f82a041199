"""Questions to Exchange about one mailbox, by EWS: asked patiently, and told in our own words when they fail."""

from __future__ import annotations

import logging
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import requests
from exchangelib import DELEGATE, Account, Configuration, Credentials, Message, Version  # type: ignore[import-untyped]
from exchangelib.errors import (  # type: ignore[import-untyped]
    ErrorFolderExists,
    ErrorInternalServerError,
    ErrorInternalServerTransientError,
    ErrorMessageSizeExceeded,
    ErrorServerBusy,
    ErrorTimeoutExpired,
    EWSError,
    MalformedResponseError,
    ResponseMessageError,
    SOAPError,
    UnauthorizedError,
)
from exchangelib.fields import FieldPath  # type: ignore[import-untyped]
from exchangelib.folders import (  # type: ignore[import-untyped]
    Folder,
    FolderCollection,
    Inbox,
    MsgFolderRoot,
    Root,
    SentItems,
)
from exchangelib.folders.queryset import SingleFolderQuerySet  # type: ignore[import-untyped]
from exchangelib.items import ID_ONLY, SEND_AND_SAVE_COPY, SEND_TO_NONE  # type: ignore[import-untyped]
from exchangelib.properties import DistinguishedFolderId, FolderId, ItemId, Mailbox  # type: ignore[import-untyped]
from exchangelib.protocol import FailFast, Protocol  # type: ignore[import-untyped]
from exchangelib.queryset import DoesNotExist, Q  # type: ignore[import-untyped]
from exchangelib.services import (  # type: ignore[import-untyped]
    CreateFolder,
    CreateItem,
    GetFolder,
    GetItem,
    MoveItem,
    SyncFolderItems,
)
from exchangelib.services.common import EWSAccountService  # type: ignore[import-untyped]
from exchangelib.version import EXCHANGE_2013  # type: ignore[import-untyped]

PATIENCE = 60.0
"""Seconds that one question waits in all while Exchange asks for time; after that the next pass tries again."""
BACK_OFF = 10.0
"""Seconds to wait where Exchange is busy and does not say for how long."""
LONGEST_REST = 3600.0
"""However long Exchange asks to be left alone, after so many seconds it is asked again."""
PIECE = 65_536
"""Bytes of an answer that are read at once."""
CHANGES = 512
"""Changes of a folder told in one answer: the most that SyncFolderItems gives."""

# It writes whole mails into its log: at DEBUG always, at ERROR where a request fails in a way it does not expect.
# What matters of either reaches a person as an ExchangeFailure.
logging.getLogger("exchangelib").setLevel(logging.CRITICAL)

Answer = TypeVar("Answer")


class ExchangeFailure(Exception):
    """Exchange did not do what was asked.

    `code` is Exchange's own word for it ("ErrorItemNotFound"), or our transport's. `turned_away` is true where
    nothing can have been done; otherwise a request that changes something may have been carried out all the same.
    `rest` is how long (seconds) Exchange wants to be left alone.
    """

    def __init__(self, code: str, said: str, turned_away: bool, rest: float | None = None) -> None:
        super().__init__(f"{code}: {said}" if said else code)
        self.code, self.turned_away, self.rest = code, turned_away, rest

    @property
    def what_to_do(self) -> str:
        """The sentence for a person."""
        if self.rest is not None:
            return "Exchange asked mailbot to slow down."
        return _WHAT_TO_DO.get(self.code, "If this goes on, run `mailbot check`.")


_RIGHTS = "Give the account full access to the mailbox, and the right to send as it (docs/exchange.md)."
_WHAT_TO_DO = {
    "UnauthorizedError": "Correct username, password and login in [inbox]; a locked account must be unlocked first.",
    "ErrorAccessDenied": _RIGHTS,
    "ErrorSendAsDenied": _RIGHTS,
    "ErrorNonExistentMailbox": "Correct mailbox in [inbox] of config/mailbot.toml.",
    "ErrorFolderNotFound": "Correct folder in [inbox] of config/mailbot.toml.",
    "certificate": "Name the authority that signed the server's certificate: ca_file in [inbox].",
    "HTTP 404": "Correct endpoint in [inbox]: it ends in /EWS/Exchange.asmx.",
}


@dataclass(frozen=True)
class Change:
    """What happened to a message of a folder: it is there, or (`gone`) no more. `size` (bytes) is the store's."""

    item: str
    gone: bool = False
    received: datetime | None = None
    size: int = 0


@dataclass(frozen=True)
class Whole:
    """A message: its MIME, and its headers one by one as Exchange keeps them beside it."""

    mime: bytes
    headers: tuple[tuple[str, str], ...]


class Exchange:
    """One mailbox on Exchange (2013 or later). Every method raises ExchangeFailure."""

    def __init__(
        self,
        endpoint: str,
        mailbox: str,
        username: str,
        password: str,
        login: str = "ntlm",
        ca_file: Path | None = None,
        timeout: float = 60,
        patience: float = PATIENCE,
        wait: Callable[[float], object] = time.sleep,
    ) -> None:
        self.endpoint, self.mailbox, self.username = endpoint, mailbox, username
        self._password, self._login, self._ca_file = password, login, ca_file
        self._timeout, self._patience, self._wait = timeout, patience, wait
        self._open: Account | None = None
        self._not_before = 0.0

    def inbox(self) -> Folder:
        """The mailbox's inbox, whatever its language calls it. Nothing is asked."""
        return self._known(Inbox)

    def top(self) -> Folder:
        """Where the inbox and its siblings lie. Nothing is asked."""
        return self._known(MsgFolderRoot)

    def sent(self) -> Folder:
        """The mailbox's Sent Items. Nothing is asked."""
        return self._known(SentItems)

    def reach(self, folder: Folder) -> None:
        """Ask whether a folder is there and may be seen."""
        self._ask(
            lambda account: GetFolder(account=account).get(folders=[folder], additional_fields=[], shape=ID_ONLY)
        )

    def child(self, parent: Folder, name: str) -> Folder | None:
        """The folder of that name in another; None where there is none."""

        def find(_: Account) -> Folder | None:
            below = SingleFolderQuerySet(account=self._account, folder=parent).depth("Shallow").only("name")
            try:
                found = below.get(name=name)
            except DoesNotExist:
                return None
            return Folder(root=parent.root, _id=FolderId(id=found.id))

        return self._ask(find)

    def make(self, parent: Folder, name: str) -> Folder:
        """Make a folder in another; what somebody else has made meanwhile is as good."""

        def create(account: Account) -> Folder:
            wanted = Folder(root=parent.root, name=name)
            try:
                return CreateFolder(account=account).get(parent_folder=parent, folders=[wanted])
            except ErrorFolderExists:
                return None

        made = self._ask(create) or self.child(parent, name)
        if made is None:
            raise ExchangeFailure("ErrorFolderExists", f"{name} can be neither made nor found", turned_away=True)
        return made

    def changes(self, folder: Folder, state: str) -> tuple[list[Change], str, bool]:
        """Some of what has happened in the folder since `state` ("": since ever), the new state, and: is that all?"""

        def sync(account: Account) -> tuple[list[Change], str, bool]:
            service = _Sync(account=account)
            told = service.call(
                folder=folder,
                shape=ID_ONLY,
                additional_fields=_fields("datetime_received", "size"),
                sync_state=state or None,
                ignore=None,
                max_changes_returned=CHANGES,
                sync_scope=None,
            )
            found = [_change(kind, item) for kind, item in _unless_errors(told) if kind != "read_flag_change"]
            return found, str(service.sync_state), bool(service.includes_last_item_in_range)

        return self._ask(sync)

    def whole(self, item: str, with_mime: bool = True) -> Whole:
        """A message; without its MIME where that is too large."""
        wanted = _fields("mime_content", "headers") if with_mime else _fields("headers")

        def get(account: Account) -> Whole:
            found = GetItem(account=account).get(items=[ItemId(id=item)], additional_fields=wanted, shape=ID_ONLY)
            headers = tuple((str(one.name), str(one.value or "")) for one in found.headers or ())
            return Whole(found.mime_content or b"", headers)

        return self._ask(get)

    def move(self, item: str, folder: Folder) -> None:
        """Move a message."""
        self._ask(lambda account: MoveItem(account=account).get(items=[ItemId(id=item)], to_folder=folder))

    def has_message(self, message_id: str, folders: list[Folder]) -> bool:
        """Whether a message with this Message-ID lies in one of the folders."""

        def find(account: Account) -> bool:
            query = FolderCollection(account=account, folders=folders)
            found = query.find_items(Q(message_id=message_id), shape=ID_ONLY, depth="Shallow", max_items=1)
            return bool(_unless_errors(found))

        return self._ask(find)

    def send(self, message: bytes) -> None:
        """Send a message as it stands, to those it names, and keep a copy in Sent Items."""
        letter = Message(mime_content=message)
        self._ask(
            lambda account: CreateItem(account=account).get(
                items=[letter],
                folder=self.sent(),
                message_disposition=SEND_AND_SAVE_COPY,
                send_meeting_invitations=SEND_TO_NONE,
            )
        )

    def close(self) -> None:
        """Give up the connection; the next question makes a new one."""
        if self._open is not None:
            self._open.protocol.close()

    @property
    def _account(self) -> Account:
        if self._open is None:
            self._open = self._opened()
        return self._open

    def _opened(self) -> Account:
        """The mailbox as the library sees it; nothing is connected yet."""
        # The library takes these from the class: a process has one mailbox.
        Protocol.HTTP_ADAPTER_CLS = _adapter(self._ca_file)
        Protocol.TIMEOUT = self._timeout
        config = Configuration(
            service_endpoint=self.endpoint,
            credentials=None if self._login == "none" else Credentials(self.username, self._password),
            auth_type={"ntlm": "NTLM", "basic": "basic", "none": "no authentication"}[self._login],
            retry_policy=_Plainly(),
            version=Version(build=EXCHANGE_2013),
        )
        return Account(self.mailbox, config=config, access_type=DELEGATE, locale="en_GB", default_timezone=UTC)

    def _known(self, kind: type[Folder]) -> Folder:
        """A folder that every mailbox has. The library would ask for all folders to find it."""

        def name(one: type[Folder]) -> DistinguishedFolderId:
            return DistinguishedFolderId(id=one.DISTINGUISHED_FOLDER_ID, mailbox=Mailbox(email_address=self.mailbox))

        root = Root(account=self._account, _distinguished_id=name(Root))
        return kind(root=root, _distinguished_id=name(kind))

    def _ask(self, question: Callable[[Account], Answer]) -> Answer:
        """The answer; while Exchange is busy, after the rest that it asks for."""
        waited = 0.0
        while True:
            self._rest_as_asked()
            try:
                return question(self._account)
            except ErrorServerBusy as error:
                rest = min(max(float(error.back_off or BACK_OFF), 0.1), LONGEST_REST)
                if waited + rest > self._patience:
                    self._not_before = time.monotonic() + rest
                    raise ExchangeFailure("ErrorServerBusy", "", turned_away=True, rest=rest) from error
                waited += rest
                self._wait(rest)
            except (EWSError, requests.RequestException, OSError) as error:
                raise _failure(error) from error

    def _rest_as_asked(self) -> None:
        left = self._not_before - time.monotonic()
        if left > 0:
            raise ExchangeFailure("ErrorServerBusy", f"not asked again for {left:.0f} s", turned_away=True, rest=left)


class _Plainly(FailFast):  # type: ignore[misc]
    """What an answer's status means. The library's own rules quote the whole answer, which may be a mail."""

    def raise_response_errors(self, response: requests.Response) -> None:
        status = response.status_code
        if status == 200 or (status == 500 and b"Envelope" in response.content[:500]):
            return
        if status in (401, 403):
            raise UnauthorizedError("the login is refused")
        if status == 413:
            raise ErrorMessageSizeExceeded("the letter is larger than the server takes")
        rest = response.headers.get("Retry-After", "").strip()
        if status in (429, 503) and rest.isdecimal():
            raise ErrorServerBusy("busy", back_off=float(rest))
        raise _Status(f"HTTP {status}")


class _Status(EWSError):  # type: ignore[misc]
    """An answer that is no EWS."""


class _Sync(SyncFolderItems):  # type: ignore[misc]
    """SyncFolderItems, also where Exchange says no: the library looks for a state in the refusal and breaks."""

    def _get_element_container(self, message: Any, name: str | None = None) -> Any:
        if message.get("ResponseClass") == "Error":
            return EWSAccountService._get_element_container(self, message, name)
        return super()._get_element_container(message, name)


def _adapter(ca_file: Path | None) -> type[requests.adapters.HTTPAdapter]:
    """How the library connects: the certificate is verified, by this authority or those that the system trusts."""
    system = ssl.get_default_verify_paths()
    trusted = str(ca_file or system.cafile or system.capath or "") or True

    class Verified(requests.adapters.HTTPAdapter):
        def send(self, request: requests.PreparedRequest, **how: Any) -> requests.Response:  # type: ignore[override]
            response = super().send(request, **{**how, "verify": trusted})
            # The library reads answers byte by byte, which takes half a second for each megabyte of a mail.
            response.iter_content = partial(_in_pieces, response.iter_content)  # type: ignore[method-assign]
            return response

    return Verified


def _in_pieces(
    read: Callable[..., Iterator[bytes]], chunk_size: int = 1, decode_unicode: bool = False
) -> Iterator[bytes]:
    return read(max(chunk_size, PIECE), decode_unicode)


def _fields(*names: str) -> list[FieldPath]:
    return [FieldPath(field=Message.get_field_by_fieldname(name)) for name in names]


def _unless_errors(answers: Iterator[Any]) -> list[Any]:
    """All answers. The library gives some errors instead of raising them."""
    found = list(answers)
    for one in found:
        if isinstance(one, Exception):
            raise one
    return found


def _change(kind: str, item: Any) -> Change:
    if kind == "delete":
        return Change(item.id, gone=True)
    received = item.datetime_received
    return Change(item.id, False, received and datetime.fromtimestamp(received.timestamp(), UTC), item.size or 0)


def _failure(error: Exception) -> ExchangeFailure:
    """The library's error in our words. The text of those that quote the answer stays out: it may be a mail."""
    said = " ".join(str(error).split())[:200]
    if isinstance(error, _Status):
        return ExchangeFailure(said, "", turned_away=said[5:6] in "34")
    if isinstance(error, (MalformedResponseError, SOAPError)):
        return ExchangeFailure("no EWS", "the answer makes no sense", turned_away=False)
    if isinstance(error, UnauthorizedError):
        return ExchangeFailure("UnauthorizedError", "the login is refused", turned_away=True)
    if isinstance(error.__context__, requests.exceptions.SSLError):
        return ExchangeFailure("certificate", "the server's certificate cannot be verified", turned_away=True)
    unclear = (ErrorTimeoutExpired, ErrorInternalServerError, ErrorInternalServerTransientError)
    if isinstance(error, unclear) or not isinstance(error, ResponseMessageError):
        broken = error.__context__ if isinstance(error.__context__, OSError) else error
        return ExchangeFailure(type(broken).__name__, "", turned_away=False)
    return ExchangeFailure(type(error).__name__, said, turned_away=True)
