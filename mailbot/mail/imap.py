"""The mailbox over IMAP: read without a trace, moved only where no other mail can be lost."""

from __future__ import annotations

import imaplib
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from imap_tools import BaseMailBox
from imap_tools.utils import encode_folder

from mailbot.errors import MailboxProblem
from mailbot.mail.envelope import headers_only
from mailbot.mail.imap_server import BROKEN, LOST, ImapServer
from mailbot.mail.inbox import MAX_BYTES, Filed, RawMail, Shelf, too_large
from mailbot.mail.tls import Encryption, Security, encryption_of
from mailbot.mail.tokens import Tokens

BATCH = 200
"""Messages whose size and time are asked for at once; servers refuse longer command lines."""
LOST_LIMIT = 3
"""After so many lost connections within one pass the server, and not a mail, is at fault."""


class _Listed(NamedTuple):
    """What the server says about a message before it is fetched."""

    uid: str
    size: int
    received: datetime


class ImapInbox:
    """An Inbox on an IMAP server (RFC 3501; MOVE: RFC 6851; UIDPLUS: RFC 4315).

    The key is folder/UIDVALIDITY/UID, so a mailbox that was made anew gives new keys. Each pass has a connection of
    its own. Other people read this mailbox: nothing is flagged, and nothing is ever expunged but the one mail moved.
    """

    def __init__(
        self,
        host: str,
        port: int,
        security: Security,
        username: str,
        password: str = "",
        folder: str = "INBOX",
        ca_file: Path | None = None,
        timeout: float = 30,
        max_bytes: int = MAX_BYTES,
        tokens: Tokens | None = None,
    ) -> None:
        self.server = ImapServer(host, port, security, username, password, ca_file, timeout, tokens)
        self.folder, self.max_bytes = folder, max_bytes
        self._mailbox: BaseMailBox | None = None
        self._selected: str | None = None
        self._validity = ""
        self._read_only = False
        self._ensured: dict[str, str] = {}
        self._lost = 0

    def fetch_new(self, known: Collection[str]) -> Iterator[RawMail]:
        """See Inbox. A message that vanishes between the search and the fetch is somebody else's doing: left out."""
        self.close()
        self._lost = 0
        try:
            validity = self._select(self.folder)
            uids = self._search("ALL")
            new = iter([uid for uid in uids if self._key(validity, uid) not in known])
            failed: list[str] = []
            while batch := list(islice(new, BATCH)):
                self._same_folder(validity)
                for listed in self._list(batch):
                    mail = self._fetch_unless_bad(listed, validity, failed)
                    if mail is not None:
                        yield mail
        except BROKEN as error:
            raise self._problem("read", error) from error
        if failed:
            raise MailboxProblem(
                f"{len(failed)} mails of {self.folder} on {self.server.host} could not be fetched "
                f"(UID {', '.join(failed[:5])}). The next pass tries again; if it goes on, open them by hand."
            )

    def file_under(self, key: str, folder: Shelf) -> Filed:
        """See Inbox."""
        source, validity, uid = key.rsplit("/", 2)
        self._drop_if_dead()
        try:
            if self._select(source) != validity or not self._is_there(uid):
                return "gone"
            if self._read_only or not {"MOVE", "UIDPLUS"} & set(self._client.capabilities):
                return "left"
            self._move(uid, self._ensure(folder))
        except BROKEN as error:
            self.close()
            raise self._problem(f"file a mail under {folder}", error) from error
        return "filed"

    def find_sent(self, message_id: str) -> bool:
        """See Inbox."""
        if not re.fullmatch(r"<[!-~]+>", message_id) or re.search(r'["\\]', message_id):
            raise ValueError(f"{message_id!r} is no Message-ID of ours.")
        self._drop_if_dead()
        try:
            existing = self._folders()
            places = [self.folder, self._here("Done"), *self._sent(existing)]
            for place in dict.fromkeys(p for p in places if p in existing or p == self.folder):
                self._select(place)
                if self._search("HEADER", "Message-ID", f'"{message_id}"'):
                    return True
        except BROKEN as error:
            self.close()
            raise self._problem("look for a letter of ours", error) from error
        return False

    def check(self) -> list[str]:
        """See Inbox."""
        try:
            self.close()
            self._select(self.folder)
            capabilities, read_only = set(self._client.capabilities), self._read_only
        except MailboxProblem as problem:
            return [str(problem)]
        except BROKEN as error:
            return [str(self._problem("read", error))]
        finally:
            self.close()
        if read_only:
            return [
                f"{self.folder} on {self.server.host} may be read but not changed: read mail stays there. "
                f"Give {self.server.username} the right to move mail out of it."
            ]
        if not {"MOVE", "UIDPLUS"} & capabilities:
            return [
                f"{self.server.host} can move no mail safely (neither MOVE nor UIDPLUS): "
                f"read mail stays in {self.folder}."
            ]
        return []

    def encryption(self) -> Encryption | None:
        """How the connection is encrypted; none where it is not. Raises MailboxProblem."""
        try:
            return encryption_of(self._client.sock, f"{self.server.host}:{self.server.port}")
        except BROKEN as error:
            raise self._problem("look at the encryption", error) from error
        finally:
            self.close()

    def close(self) -> None:
        """See Inbox."""
        if self._mailbox is not None:
            # The connection may be dead already, and whatever was done on it is done.
            with suppress(*BROKEN):
                self._mailbox.logout()
        self._mailbox = self._selected = None
        self._ensured.clear()

    @property
    def _open(self) -> BaseMailBox:
        """The connection, made when it is first needed."""
        if self._mailbox is None:
            self._mailbox = self.server.connect()
        return self._mailbox

    @property
    def _client(self) -> imaplib.IMAP4:
        return self._open.client

    def _drop_if_dead(self) -> None:
        """Servers cut connections that lie idle (RFC 3501 section 5.4): then the next use makes a new one.

        One that lives says what has changed meanwhile.
        """
        if self._mailbox is not None:
            try:
                self._mailbox.client.noop()
            except BROKEN:
                self.close()

    def _select(self, folder: str) -> str:
        """Make the folder the current one; its UIDVALIDITY."""
        client = self._client
        if self._selected != folder:
            self._selected, self._read_only = None, False
            try:
                self._expect(client.select(_quoted(folder)), f"open {folder}")
            except imaplib.IMAP4.readonly:
                # Its mail can be read, and stays where it is. Unless asked so, imaplib would refuse every command.
                self._expect(client.select(_quoted(folder), readonly=True), f"open {folder}")
                self._read_only = True
            self._validity = str(client.response("UIDVALIDITY")[1][0], "ascii")
            self._selected = folder
        return self._validity

    def _same_folder(self, validity: str) -> None:
        if self._select(self.folder) != validity:
            raise MailboxProblem(
                f"{self.folder} on {self.server.host} was made anew meanwhile. The next pass reads it."
            )

    def _search(self, *criteria: str) -> list[str]:
        data = self._expect(self._client.uid("SEARCH", *criteria), "search")
        return data[0].decode("ascii").split() if data and data[0] else []

    def _list(self, uids: list[str]) -> list[_Listed]:
        """Size and time of each message that is still there, in the order asked for."""
        data = self._expect(self._client.uid("FETCH", ",".join(uids), "(UID RFC822.SIZE INTERNALDATE)"), "list")
        found = (_listed(line) for line in data if isinstance(line, bytes))
        by_uid = {listed.uid: listed for listed in found if listed}
        return [by_uid[uid] for uid in uids if uid in by_uid]

    def _fetch_unless_bad(self, listed: _Listed, validity: str, failed: list[str]) -> RawMail | None:
        """One message. One that the server chokes on is noted in `failed`, and the next one gets its chance."""
        try:
            self._same_folder(validity)
            return self._fetch(listed, validity)
        except BROKEN as error:
            failed.append(listed.uid)
            if isinstance(error, LOST):
                self.close()
                self._lost += 1
                if self._lost >= LOST_LIMIT:
                    raise
        return None

    def _fetch(self, listed: _Listed, validity: str) -> RawMail | None:
        whole = listed.size <= self.max_bytes
        data = self._expect(
            self._client.uid("FETCH", listed.uid, f"(UID BODY.PEEK[{'' if whole else 'HEADER'}])"), "fetch"
        )
        content = _literal(data)
        if content is None:
            self._expect(self._client.noop(), "ask what has changed")
            if listed.size and self._is_there(listed.uid):
                raise imaplib.IMAP4.error("the server lists the mail and gives nothing of it")
            return None
        return RawMail(
            key=self._key(validity, listed.uid),
            content=content if whole else headers_only(content),
            received=listed.received,
            problem="" if whole else too_large(listed.size, self.max_bytes),
        )

    def _key(self, validity: str, uid: str) -> str:
        return f"{self.folder}/{validity}/{uid}"

    def _is_there(self, uid: str) -> bool:
        """To be asked after NOOP: until then a server goes on showing what others have removed meanwhile."""
        data = self._expect(self._client.uid("FETCH", uid, "(UID)"), "look for a mail")
        return any(isinstance(line, bytes) and re.search(rb"\bUID %s\b" % uid.encode(), line) for line in data)

    def _move(self, uid: str, folder: str) -> None:
        client = self._client
        if "MOVE" in client.capabilities:
            self._expect(client.uid("MOVE", uid, _quoted(folder)), "move a mail")
            return
        self._expect(client.uid("COPY", uid, _quoted(folder)), "copy a mail")
        self._expect(client.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)"), "mark a copied mail")
        self._expect(client.uid("EXPUNGE", uid), "remove a copied mail")

    def _ensure(self, name: str) -> str:
        """The folder of that name beside the inbox, made where it is absent."""
        if name not in self._ensured:
            folder = self._here(name)
            if folder not in self._folders():
                self._expect(self._client.create(_quoted(folder)), f"make the folder {folder}")
                self._client.subscribe(_quoted(folder))
            self._ensured[name] = folder
        return self._ensured[name]

    def _here(self, name: str) -> str:
        """The name with the prefix that the server wants on personal folders (RFC 2342), often none."""
        if "NAMESPACE" not in self._client.capabilities:
            return name
        said = b" ".join(self._expect(self._client.namespace(), "ask for the namespace"))
        prefix = re.match(rb'\(\("([^"]*)"', said)
        return f"{prefix[1].decode('ascii') if prefix else ''}{name}"

    def _folders(self) -> dict[str, tuple[str, ...]]:
        """Every folder with its flags."""
        return {info.name: tuple(info.flags) for info in self._open.folder.list()}

    def _sent(self, existing: dict[str, tuple[str, ...]]) -> list[str]:
        """Where sent mail lies: the folder marked so (RFC 6154), or the usual names."""
        marked = [name for name, flags in existing.items() if "\\Sent" in flags]
        return marked or [self._here("Sent"), self._here("Sent Items")]

    def _expect(self, answer: tuple[str, Any], what: str) -> list[Any]:
        status, data = answer
        if status != "OK":
            said = b" ".join(line for line in data if isinstance(line, bytes)).decode("ascii", "replace")
            raise imaplib.IMAP4.error(f"could not {what}: {said[:200]}")
        return list(data)

    def _problem(self, what: str, error: Exception) -> MailboxProblem:
        server = self.server
        return MailboxProblem(
            f"mailbot could not {what} in {self.folder} of {server.username} on {server.host}:{server.port}: "
            f"{error or type(error).__name__}. Nothing is lost; the next pass tries again."
        )


def _quoted(folder: str) -> str:
    return encode_folder(folder).decode("ascii")


def _listed(line: bytes) -> _Listed | None:
    uid = re.search(rb"\bUID (\d+)", line)
    size = re.search(rb"\bRFC822\.SIZE (\d+)", line)
    date = re.search(rb'\bINTERNALDATE "([^"]+)"', line)
    if not (uid and size and date):
        return None
    received = datetime.strptime(date[1].decode("ascii").strip(), "%d-%b-%Y %H:%M:%S %z").astimezone(UTC)
    return _Listed(uid[1].decode("ascii"), int(size[1]), received)


def _literal(data: list[Any]) -> bytes | None:
    """The message's bytes in the answer to a FETCH; None where the server had none to give."""
    literal = next((line[1] for line in data if isinstance(line, tuple) and b"BODY[" in line[0]), None)
    if literal is not None:
        return bytes(literal)
    empty = any(isinstance(line, bytes) and re.search(rb'BODY\[[A-Z]*\] ""', line) for line in data)
    return b"" if empty else None
