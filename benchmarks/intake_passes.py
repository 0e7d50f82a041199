"""The works whose cost benchmarks.intake compares, each in a process of its own that starts cold and says its cost.

python -m benchmarks.intake_passes mailbot HOME | fetch PORT USER | floor PORT USER RECORD
"""

from __future__ import annotations

import imaplib
import sys
from collections.abc import Callable, Iterator

from benchmarks.cost import say_cost

PASSWORD = "test"
TOGETHER = 50
WORDS = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def mailbot(home: str) -> int:
    """One reading of the inbox by the worker: fetched, kept, read, matched, decided, stored, filed."""
    from pathlib import Path

    from benchmarks.intake_mails import RETURNED
    from mailbot.config import load
    from mailbot.parts import open_parts
    from mailbot.worker import read_inbox

    with open_parts(load(Path(home))) as parts:
        return read_inbox(parts, RETURNED)["fetched"]


def fetch(port: str, user: str) -> int:
    """The bytes alone, as plainly as imaplib gives them."""
    return sum(1 for raw in _mails(port, user) if raw)


def floor(port: str, user: str, record: str) -> int:
    """The least that any intake does: parse, walk the form's XML, a durable commit each. Nothing is understood."""
    import io
    import sqlite3
    import zipfile
    from email import message_from_bytes

    from lxml import etree

    db = sqlite3.connect(record)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE mails (id INTEGER PRIMARY KEY, subject TEXT, form TEXT, raw BLOB)")
    number = 0
    for raw in _mails(port, user):
        message = message_from_bytes(raw)
        form = next(part.get_payload(decode=True) for part in message.walk() if part.get_filename())
        assert isinstance(form, bytes)
        tree = etree.fromstring(zipfile.ZipFile(io.BytesIO(form)).read("word/document.xml"))
        rows = ["\t".join(t.text or "" for t in row.iter(f"{WORDS}t")) for row in tree.iter(f"{WORDS}tr")]
        with db:
            values = (str(message["Subject"]), "\n".join(rows), raw)
            db.execute("INSERT INTO mails (subject, form, raw) VALUES (?, ?, ?)", values)
        number += 1
    return number


def _mails(port: str, user: str) -> Iterator[bytes]:
    client = imaplib.IMAP4("127.0.0.1", int(port))
    client.login(user, PASSWORD)
    client.select("INBOX", readonly=True)
    uids = client.uid("SEARCH", "ALL")[1][0].decode().split()
    for begin in range(0, len(uids), TOGETHER):
        found = client.uid("FETCH", ",".join(uids[begin : begin + TOGETHER]), "(BODY.PEEK[])")[1]
        yield from (part[1] for part in found if isinstance(part, tuple))
    client.logout()


WORKS: dict[str, Callable[..., int]] = {"mailbot": mailbot, "fetch": fetch, "floor": floor}


def main() -> None:
    """Does one of the works and says what it cost."""
    say_cost(WORKS[sys.argv[1]](*sys.argv[2:]))


if __name__ == "__main__":
    main()
