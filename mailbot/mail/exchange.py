"""The mailbox on an Exchange of the council's own, by EWS: raw mail, only what is new, filed beside the inbox."""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from mailbot.errors import MailboxProblem
from mailbot.mail.envelope import headers_only
from mailbot.mail.exchange_client import Exchange, ExchangeFailure, Whole
from mailbot.mail.inbox import MAX_BYTES, Filed, RawMail, Shelf, too_large
from mailbot.mailbox_settings import ExchangeSettings

if TYPE_CHECKING:
    from exchangelib.folders import Folder  # type: ignore[import-untyped]

SWEEP_EVERY = 24 * 3600.0
"""Seconds between listings of the whole folder, for whatever the changes since last time may have left out."""
LOST_LIMIT = 3
"""After so many lost answers within one pass the server, and not a mail, is at fault."""
NEVER = datetime.min.replace(tzinfo=UTC)
_NO_MORE = ("ErrorItemNotFound", "ErrorInvalidIdMalformed")
_FORGOTTEN = ("ErrorInvalidSyncStateData", "ErrorSyncFolderNotFound", "ErrorFolderNotFound", "ErrorItemNotFound")


@dataclass(frozen=True)
class _Listed:
    """What Exchange says about a message before it is fetched."""

    received: datetime | None
    size: int


@dataclass
class _Listing:
    """What Exchange has told of the folder so far, kept between passes.

    `waiting` holds the messages that were not known when last looked at. A process that begins anew lists the whole
    folder once: nothing is lost with this but time.
    """

    state: str = ""
    swept: float = 0.0
    waiting: dict[str, _Listed] = field(default_factory=dict)


class ExchangeInbox:
    """An Inbox on Exchange (EWS, 2013 or later; full access to this mailbox).

    The key is exchange/mailbox/item id. The id lasts while the mail lies in its folder; a mail that people moved away
    and back comes under another. Nothing is marked as read. `received` is DateTimeReceived. `folder` is Inbox, or
    names from the top of the mailbox parted by "/".
    """

    def __init__(self, exchange: Exchange, folder: str = "Inbox", max_bytes: int = MAX_BYTES) -> None:
        self.exchange, self.folder, self.max_bytes = exchange, folder, max_bytes
        self._listing = _Listing()
        self._folders: dict[str, Folder] = {}

    def fetch_new(self, known: Collection[str]) -> Iterator[RawMail]:
        """See Inbox. Oldest first."""
        self.close()
        with self._problems("read"):
            self._list(known)
        waiting = self._listing.waiting
        for handled in [item for item in waiting if self._key(item) in known]:
            del waiting[handled]
        failed: list[ExchangeFailure] = []
        for item in sorted(waiting, key=lambda one: waiting[one].received or NEVER):
            mail = self._fetch_unless_bad(item, waiting[item], failed)
            if mail is not None:
                yield mail
        if failed:
            raise MailboxProblem(
                f"{len(failed)} mails of {self.folder} of {self.exchange.mailbox} could not be fetched "
                f"({failed[0]}). The next pass tries again; if it goes on, open them by hand."
            )

    def file_under(self, key: str, folder: Shelf) -> Filed:
        """See Inbox. A mail that a colleague has put elsewhere is left there: its id is another by then."""
        item = key.removeprefix(f"exchange/{self.exchange.mailbox}/")
        with self._problems(f"file a mail under {folder}"):
            try:
                self.exchange.move(item, self._shelf(folder))
            except ExchangeFailure as failure:
                if failure.code in _NO_MORE:
                    return "gone"
                if failure.code not in ("ErrorFolderNotFound", "ErrorToFolderNotFound"):
                    raise
                # The shelf was taken away since we looked: make it again, once.
                self._folders.pop(folder, None)
                self.exchange.move(item, self._shelf(folder))
        return "filed"

    def find_sent(self, message_id: str) -> bool:
        """See Inbox."""
        if not re.fullmatch(r"<[!-~]+>", message_id):
            raise ValueError(f"{message_id!r} is no Message-ID of ours.")
        with self._problems("look for a letter of ours"):
            done = self.exchange.child(self.exchange.top(), "Done")
            places = [self._here(), self.exchange.sent(), *([done] if done else [])]
            return self.exchange.has_message(message_id, places)

    def check(self) -> list[str]:
        """See Inbox. Makes Done and Held where they are absent, which shows that mail may be filed."""
        try:
            with self._problems("read"):
                self.exchange.reach(self._here())
            with self._problems("make its folders"):
                for shelf in ("Done", "Held"):
                    self._shelf(shelf)
        except MailboxProblem as problem:
            return [str(problem)]
        finally:
            self.close()
        return []

    def close(self) -> None:
        """See Inbox."""
        self.exchange.close()
        self._folders.clear()

    def _list(self, known: Collection[str]) -> None:
        """Bring the listing up to date: the changes since last time, or once a day everything."""
        listing = self._listing
        if not listing.state or time.monotonic() - listing.swept >= SWEEP_EVERY:
            self._sweep(known)
            return
        try:
            listing.state = self._follow(listing.state, listing.waiting, known)
        except ExchangeFailure as failure:
            if failure.code not in _FORGOTTEN:
                raise
            self._sweep(known)

    def _sweep(self, known: Collection[str]) -> None:
        began, waiting = time.monotonic(), dict[str, _Listed]()
        state = self._follow("", waiting, known)
        listing = self._listing
        listing.state, listing.swept, listing.waiting = state, began, waiting

    def _follow(self, state: str, waiting: dict[str, _Listed], known: Collection[str]) -> str:
        """Read all changes since `state` into `waiting`; the state after them."""
        while True:
            changes, state, complete = self.exchange.changes(self._here(), state)
            for change in changes:
                if change.gone:
                    waiting.pop(change.item, None)
                elif self._key(change.item) not in known:
                    waiting[change.item] = _Listed(change.received, change.size)
            if complete or not changes:
                return state

    def _fetch_unless_bad(self, item: str, listed: _Listed, failed: list[ExchangeFailure]) -> RawMail | None:
        """One message. One that the server chokes on is noted in `failed`, and the next one gets its chance."""
        try:
            return self._fetch(item, listed)
        except ExchangeFailure as failure:
            if failure.code in _NO_MORE:
                return None  # taken away since the folder was listed
            failed.append(failure)
            lost = sum(not one.turned_away for one in failed)
            if failure.rest is not None or failure.code == "UnauthorizedError" or lost >= LOST_LIMIT:
                raise self._problem("read", failure) from failure
            return None

    def _fetch(self, item: str, listed: _Listed) -> RawMail:
        if listed.received is None:
            raise ExchangeFailure("no DateTimeReceived", "Exchange does not say when a mail came", turned_away=True)
        mail = self.exchange.whole(item, with_mime=listed.size <= self.max_bytes)
        # What Exchange says beforehand is the size in its store; in MIME files are a third larger.
        size = max(listed.size, len(mail.mime))
        whole = size <= self.max_bytes
        return RawMail(
            key=self._key(item),
            content=mail.mime if whole else _headers(mail),
            received=listed.received,
            problem="" if whole else too_large(size, self.max_bytes),
        )

    def _key(self, item: str) -> str:
        return f"exchange/{self.exchange.mailbox}/{item}"

    def _here(self) -> Folder:
        """The folder that is read."""
        if "" not in self._folders:
            first, *rest = self.folder.split("/")
            inbox = first.casefold() == "inbox"
            # By what it is: what people see it called depends on the mailbox's language.
            place = self.exchange.inbox() if inbox else self.exchange.child(self.exchange.top(), first)
            for name in rest:
                place = place and self.exchange.child(place, name)
            if place is None:
                raise ExchangeFailure("ErrorFolderNotFound", f"there is no folder {self.folder}", turned_away=True)
            self._folders[""] = place
        return self._folders[""]

    def _shelf(self, name: str) -> Folder:
        """The folder of that name beside the inbox, made where it is absent."""
        if name not in self._folders:
            top = self.exchange.top()
            self._folders[name] = self.exchange.child(top, name) or self.exchange.make(top, name)
        return self._folders[name]

    @contextmanager
    def _problems(self, what: str) -> Iterator[None]:
        try:
            yield
        except ExchangeFailure as failure:
            raise self._problem(what, failure) from failure

    def _problem(self, what: str, failure: ExchangeFailure) -> MailboxProblem:
        return MailboxProblem(
            f"mailbot could not {what} in {self.folder} of {self.exchange.mailbox} on {self.exchange.endpoint}: "
            f"{failure}. {failure.what_to_do} Nothing is lost; the next pass tries again."
        )


@cache
def exchange_of(settings: ExchangeSettings, password: str) -> Exchange:
    """The process's one way to the mailbox of [inbox]: what Exchange asks to be spared holds for reading and sending.

    Nothing is connected yet.
    """
    return Exchange(
        settings.endpoint, settings.mailbox, settings.username, password, settings.login, settings.ca_file
    )


@cache
def exchange_inbox(settings: ExchangeSettings, password: str) -> ExchangeInbox:
    """The process's one ExchangeInbox, so that what it was told in one pass is not asked for again in the next."""
    return ExchangeInbox(exchange_of(settings, password), settings.folder)


def _headers(mail: Whole) -> bytes:
    """The header block, from the MIME if it is there, else as Exchange keeps it: one header on one line."""
    if mail.mime:
        return headers_only(mail.mime)
    lines = (f"{name}: {' '.join(value.split())}\r\n" for name, value in mail.headers)
    return "".join(lines).encode("utf-8") + b"\r\n"
