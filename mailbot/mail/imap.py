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

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError
from imap_tools.utils import encode_folder

from mailbot.errors import MailboxProblem
from mailbot.mail.inbox import MAX_BYTES, Filed, RawMail, Shelf, headers_only, too_large
from mailbot.mail.tls import Security, insist_on_safety, verified

BATCH = 200
"""Messages whose size and time are asked for at once; servers refuse longer command lines."""
LOST_LIMIT = 3
"""After so many lost connections within one pass the server, and not a mail, is at fault."""

_LOST = (imaplib.IMAP4.abort, OSError)
_BROKEN = (imaplib.IMAP4.error, ImapToolsError, OSError)


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
        password: str,
        folder: str = "INBOX",
        ca_file: Path | None = None,
        timeout: float = 30,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        insist_on_safety(host, security, "[inbox]")
        self.host, self.port, self.security = host, port, security
        self.username, self.folder = username, folder
        self.ca_file, self.timeout, self.max_bytes = ca_file, timeout, max_bytes
        self._password = password
        self._mailbox: BaseMailBox | None = None
        self._selected: str | None = None
        self._validity = ""
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
        except _BROKEN as error:
            raise self._problem("read", error) from error
        if failed:
            raise MailboxProblem(
                f"{len(failed)} mails of {self.folder} on {self.host} could not be fetched "
                f"(UID {', '.join(failed[:5])}). The next pass tries again; if it goes on, open them by hand."
            )

    def file_under(self, key: str, folder: Shelf) -> Filed:
        """See Inbox."""
        source, validity, uid = key.rsplit("/", 2)
        self._drop_if_dead()
        try:
            if self._select(source) != validity or not self._is_there(uid):
                return "gone"
            if not {"MOVE", "UIDPLUS"} & set(self._client.capabilities):
                return "left"
            self._move(uid, self._ensure(folder))
        except _BROKEN as error:
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
        except _BROKEN as error:
            self.close()
            raise self._problem("look for a letter of ours", error) from error
        return False

    def check(self) -> list[str]:
        """See Inbox."""
        try:
            self.close()
            self._select(self.folder)
            capabilities = set(self._client.capabilities)
        except MailboxProblem as problem:
            return [str(problem)]
        except _BROKEN as error:
            return [str(self._problem("read", error))]
        finally:
            self.close()
        if not {"MOVE", "UIDPLUS"} & capabilities:
            return [
                f"{self.host} can move no mail safely (neither MOVE nor UIDPLUS): read mail stays in {self.folder}."
            ]
        return []

    def close(self) -> None:
        """See Inbox."""
        if self._mailbox is not None:
            # The connection may be dead already, and whatever was done on it is done.
            with suppress(*_BROKEN):
                self._mailbox.logout()
        self._mailbox = self._selected = None
        self._ensured.clear()

    @property
    def _client(self) -> imaplib.IMAP4:
        """The connection, made when it is first needed."""
        if self._mailbox is None:
            self._mailbox = self._connect()
        return self._mailbox.client

    def _drop_if_dead(self) -> None:
        """Servers cut connections that lie idle (RFC 3501 section 5.4): then the next use makes a new one."""
        if self._mailbox is not None:
            try:
                self._mailbox.client.noop()
            except _BROKEN:
                self.close()

    def _connect(self) -> BaseMailBox:
        mailbox: BaseMailBox
        if self.security == "tls":
            mailbox = MailBox(self.host, self.port, timeout=self.timeout, ssl_context=verified(self.ca_file))
        elif self.security == "starttls":
            mailbox = MailBoxStartTls(self.host, self.port, timeout=self.timeout, ssl_context=verified(self.ca_file))
        else:
            mailbox = MailBoxUnencrypted(self.host, self.port, timeout=self.timeout)
        ascii_only = (self.username + self._password).isascii()
        login = mailbox.login if ascii_only else mailbox.login_utf8
        login(self.username, self._password, initial_folder=None)
        # Servers tell all that they can do only after login, and nobody asks again: without this a move would
        # silently become COPY, \Deleted and an EXPUNGE that takes colleagues' mail with it.
        said = b" ".join(self._expect(mailbox.client.capability(), "ask what the server can do"))
        mailbox.client.capabilities = tuple(said.decode("ascii", "replace").upper().split())
        return mailbox

    def _select(self, folder: str) -> str:
        """Make the folder the current one; its UIDVALIDITY."""
        client = self._client
        if self._selected != folder:
            self._selected = None
            self._expect(client.select(_quoted(folder)), f"open {folder}")
            self._validity = str(client.response("UIDVALIDITY")[1][0], "ascii")
            self._selected = folder
        return self._validity

    def _same_folder(self, validity: str) -> None:
        if self._select(self.folder) != validity:
            raise MailboxProblem(f"{self.folder} on {self.host} was made anew meanwhile. The next pass reads it.")

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
        except _BROKEN as error:
            failed.append(listed.uid)
            if isinstance(error, _LOST):
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
        # Until it is given the chance to say so, a server goes on showing what others have removed meanwhile.
        self._expect(self._client.noop(), "ask what has changed")
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
        mailbox = self._mailbox if self._client and self._mailbox else self._connect()
        return {info.name: tuple(info.flags) for info in mailbox.folder.list()}

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
        return MailboxProblem(
            f"mailbot could not {what} in {self.folder} of {self.username} on {self.host}:{self.port}: "
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
