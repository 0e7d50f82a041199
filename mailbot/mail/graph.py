"""The mailbox on Microsoft 365, by Microsoft Graph: ids that last, raw mail, and only what is new."""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import quote

from mailbot.errors import MailboxProblem
from mailbot.mail.envelope import MOST_HEADERS, headers_only
from mailbot.mail.graph_client import Graph, GraphFailure
from mailbot.mail.inbox import MAX_BYTES, Filed, RawMail, Shelf, too_large

PAGE = 1000
"""Messages listed in one answer; Graph gives no more (its reference, "paging")."""
SWEEP_EVERY = 24 * 3600.0
"""Seconds between listings of the whole folder: delta may miss a mail that was moved away and back."""
LOST_LIMIT = 3
"""After so many lost answers within one pass the server, and not a mail, is at fault."""


@dataclass
class Listing:
    """What Graph has told of one folder so far, kept between passes by the process that reads it.

    `waiting` holds the messages that were not known when last looked at. A process that begins anew lists the whole
    folder once: nothing is lost with this but time.
    """

    place: str = ""
    delta: str = ""
    swept: float = 0.0
    waiting: dict[str, datetime] = field(default_factory=dict)


@cache
def listing_of(_endpoint: str, _mailbox: str, _folder: str) -> Listing:
    """The process's one Listing of a folder: the worker builds its Inbox anew for every pass."""
    return Listing()


class GraphInbox:
    """An Inbox on Microsoft 365 (Graph v1.0; Mail.ReadWrite for this mailbox).

    The key is graph/mailbox/immutable id, which stays when people move the mail within the mailbox. Nothing is marked
    as read. `received` is receivedDateTime. `folder` is Inbox, or names from the top of the mailbox parted by "/".
    """

    def __init__(
        self, graph: Graph, folder: str = "Inbox", max_bytes: int = MAX_BYTES, listing: Listing | None = None
    ) -> None:
        self.graph, self.folder, self.max_bytes = graph, folder, max_bytes
        self._listing = listing or Listing()
        self._folders: dict[str, str] = {}

    def fetch_new(self, known: Collection[str]) -> Iterator[RawMail]:
        """See Inbox. Oldest first."""
        self.close()
        with self._problems("read"):
            self._list(self._here(), known)
        waiting = self._listing.waiting
        for handled in [mail for mail in waiting if self._key(mail) in known]:
            del waiting[handled]
        failed: list[GraphFailure] = []
        for mail in sorted(waiting, key=lambda one: waiting[one]):
            raw = self._fetch_unless_bad(mail, waiting[mail], failed)
            if raw is not None:
                yield raw
        if failed:
            raise MailboxProblem(
                f"{len(failed)} mails of {self.folder} of {self.graph.mailbox} could not be fetched ({failed[0]}). "
                "The next pass tries again; if it goes on, open them by hand."
            )

    def file_under(self, key: str, folder: Shelf) -> Filed:
        """See Inbox. A mail that a colleague has put elsewhere is left there."""
        mail = quote(self._id(key), safe="")
        with self._problems(f"file a mail under {folder}"):
            for _ in range(2):
                if self._parent(mail) != self._here():
                    return "gone"
                try:
                    self.graph.json("POST", f"/messages/{mail}/move", json={"destinationId": self._shelf(folder)})
                    return "filed"
                except GraphFailure as failure:
                    if failure.status != 404:
                        raise
                    # The mail or the shelf was taken away since we looked: look again, once.
                    self._folders.pop(folder, None)
            return "gone"

    def find_sent(self, message_id: str) -> bool:
        """See Inbox."""
        if not re.fullmatch(r"<[!-~]+>", message_id):
            raise ValueError(f"{message_id!r} is no Message-ID of ours.")
        asked = {"$filter": f"internetMessageId eq {_quoted(message_id)}", "$select": "id,isDraft", "$top": "10"}
        with self._problems("look for a letter of ours"):
            places = [self._here(), self._child("", "Done"), "sentitems"]
            found = (
                self.graph.json("GET", f"/mailFolders/{place}/messages", params=asked) for place in places if place
            )
            return any(not mail.get("isDraft") for answer in found for mail in _values(answer))

    def check(self) -> list[str]:
        """See Inbox. Makes Done and Held where they are absent, which shows that mail may be filed."""
        try:
            with self._problems("read"):
                self.graph.json("GET", f"/mailFolders/{self._here()}/messages", params={"$top": "1", "$select": "id"})
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
        self.graph.close()
        self._folders.clear()

    def _list(self, folder: str, known: Collection[str]) -> None:
        """Bring the listing up to date: the changes since last time, or once a day everything."""
        listing = self._listing
        if listing.place != folder or time.monotonic() - listing.swept >= SWEEP_EVERY:
            self._sweep(folder, known)
            return
        try:
            listing.delta = self._follow(listing.delta, listing.waiting, known)
        except GraphFailure as failure:
            # Graph does not remember where we were (410, or 400 with a word that names the state), or the folder.
            if failure.status not in (404, 410) and not failure.code.casefold().startswith(("syncstate", "resync")):
                raise
            self._sweep(folder, known)

    def _sweep(self, folder: str, known: Collection[str]) -> None:
        began, waiting = time.monotonic(), dict[str, datetime]()
        delta = self._follow(f"/mailFolders/{folder}/messages/delta?$select=id,receivedDateTime", waiting, known)
        listing = self._listing
        listing.place, listing.delta, listing.swept, listing.waiting = folder, delta, began, waiting

    def _follow(self, where: str, waiting: dict[str, datetime], known: Collection[str]) -> str:
        """Read every page from `where` into `waiting`; the link by which to ask for what comes after."""
        while True:
            page = self.graph.json("GET", where, prefer=f"odata.maxpagesize={PAGE}")
            for mail in _values(page):
                name = str(mail["id"])
                if "@removed" in mail:
                    waiting.pop(name, None)
                elif "receivedDateTime" in mail and self._key(name) not in known:
                    waiting[name] = _moment(str(mail["receivedDateTime"]))
            if link := page.get("@odata.deltaLink"):
                return str(link)
            where = str(page.get("@odata.nextLink") or "")
            if not where:
                raise GraphFailure(200, "", "the listing breaks off without a link to go on", False)

    def _fetch_unless_bad(self, mail: str, received: datetime, failed: list[GraphFailure]) -> RawMail | None:
        """One message. One that the server chokes on is noted in `failed`, and the next one gets its chance."""
        try:
            return self._fetch(mail, received)
        except GraphFailure as failure:
            if failure.status == 404:
                return None  # taken away since the folder was listed
            failed.append(failure)
            lost = sum(one.status == 0 for one in failed)
            if failure.rest is not None or failure.status == 401 or lost >= LOST_LIMIT:
                raise self._problem("read", failure) from failure
            return None

    def _fetch(self, mail: str, received: datetime) -> RawMail:
        """The raw mail, read piece by piece, since Graph does not say beforehand how large it is."""
        kept, size = bytearray(), 0
        with self.graph.answer("GET", f"/messages/{quote(mail, safe='')}/$value") as response:
            for piece in response.iter_bytes():
                size += len(piece)
                if size <= self.max_bytes or len(kept) < MOST_HEADERS:
                    kept += piece
        whole = size <= self.max_bytes
        return RawMail(
            key=self._key(mail),
            content=bytes(kept) if whole else headers_only(bytes(kept)),
            received=received,
            problem="" if whole else too_large(size, self.max_bytes),
        )

    def _key(self, mail: str) -> str:
        return f"graph/{self.graph.mailbox}/{mail}"

    def _id(self, key: str) -> str:
        return key.removeprefix(f"graph/{self.graph.mailbox}/")

    def _parent(self, mail: str) -> str:
        """The id of the folder where the message lies; "" where it is no more."""
        try:
            return str(
                self.graph.json("GET", f"/messages/{mail}", params={"$select": "parentFolderId"})["parentFolderId"]
            )
        except GraphFailure as failure:
            if failure.status == 404:
                return ""
            raise

    def _here(self) -> str:
        """The id of the folder that is read."""
        if "" not in self._folders:
            first, *rest = self.folder.split("/")
            place = self._inbox() if first.casefold() == "inbox" else self._child("", first)
            for name in rest:
                place = place and self._child(place, name)
            if not place:
                raise GraphFailure(404, "", f"there is no folder {self.folder}", turned_away=True)
            self._folders[""] = place
        return self._folders[""]

    def _inbox(self) -> str:
        # By its well-known name: what people see it called depends on the mailbox's language.
        return str(self.graph.json("GET", "/mailFolders/inbox", params={"$select": "id"})["id"])

    def _shelf(self, name: str) -> str:
        """The id of the folder of that name at the top of the mailbox, made where it is absent."""
        if name not in self._folders:
            self._folders[name] = self._child("", name) or self._make(name)
        return self._folders[name]

    def _make(self, name: str) -> str:
        try:
            return str(self.graph.json("POST", "/mailFolders", json={"displayName": name})["id"])
        except GraphFailure as failure:
            if failure.status == 409 and (made_meanwhile := self._child("", name)):
                return made_meanwhile
            raise

    def _child(self, parent: str, name: str) -> str:
        """The id of the folder of that name in another, or at the top of the mailbox; "" where there is none."""
        below = f"/mailFolders/{parent}/childFolders" if parent else "/mailFolders"
        asked = {"$filter": f"displayName eq {_quoted(name)}", "$select": "id"}
        return next((str(found["id"]) for found in _values(self.graph.json("GET", below, params=asked))), "")

    @contextmanager
    def _problems(self, what: str) -> Iterator[None]:
        try:
            yield
        except GraphFailure as failure:
            raise self._problem(what, failure) from failure

    def _problem(self, what: str, failure: GraphFailure) -> MailboxProblem:
        return MailboxProblem(
            f"mailbot could not {what} in {self.folder} of {self.graph.mailbox} on {self.graph.endpoint}: {failure}. "
            f"{failure.what_to_do} Nothing is lost; the next pass tries again."
        )


def _values(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The members of a collection."""
    found = answer.get("value")
    if not isinstance(found, list):
        raise GraphFailure(200, "", "the answer holds no list", False)
    return found


def _quoted(text: str) -> str:
    """A string in a filter (OData 4, URL conventions): single quotes within are doubled."""
    return "'" + text.replace("'", "''") + "'"


def _moment(said: str) -> datetime:
    return datetime.fromisoformat(said).astimezone(UTC)
