"""The folder of .eml files keeps the Inbox contract, and some promises of its own."""

from __future__ import annotations

import contextlib
import os
import pwd
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Literal

import pytest

from mailbot.errors import MailboxProblem
from mailbot.mail.inbox import FolderInbox
from tests.mail.inbox_contract import InboxContract
from tests.mail.mails import a_mail


class FolderMailbox:
    def __init__(self, root: Path) -> None:
        self.root = root
        self._numbers = count(1)
        (root / "inbox").mkdir()
        (root / "sent").mkdir()

    def open(self, max_bytes: int = 1_000_000) -> FolderInbox:
        return FolderInbox(self.root, max_bytes)

    def put(self, *mails: bytes, place: Literal["inbox", "sent"] = "inbox") -> None:
        for raw in mails:
            (self.root / place / f"{next(self._numbers):04d}.eml").write_bytes(raw)

    def take_away(self, raw: bytes) -> None:
        next(p for p in (self.root / "inbox").iterdir() if p.read_bytes() == raw).unlink()

    def lies_in(self, place: Literal["inbox", "done", "held"]) -> list[bytes]:
        return [path.read_bytes() for path in sorted((self.root / place).iterdir())]

    def break_down(self) -> None:
        (self.root / "inbox").rmdir()


@pytest.fixture
def mailbox(tmp_path: Path) -> FolderMailbox:
    return FolderMailbox(tmp_path)


class TestFolderInbox(InboxContract):
    pass


@pytest.mark.parametrize("name", [".half.eml", "mail.eml.tmp", "mail.part", "mail.EML.TMP"])
def test_half_written_files_are_left_alone(mailbox: FolderMailbox, name: str) -> None:
    (mailbox.root / "inbox" / name).write_bytes(a_mail())
    assert list(mailbox.open().fetch_new(known=set())) == []
    assert mailbox.open().check() == []


def test_an_empty_file_is_not_yet_a_mail(mailbox: FolderMailbox) -> None:
    (mailbox.root / "inbox" / "mail.eml").touch()
    assert list(mailbox.open().fetch_new(known=set())) == []


def test_files_that_are_no_mails_are_told_by_check(mailbox: FolderMailbox) -> None:
    (mailbox.root / "inbox" / "Return.docx").write_bytes(b"PK")
    assert list(mailbox.open().fetch_new(known=set())) == []
    (problem,) = mailbox.open().check()
    assert "no .eml" in problem


def test_a_file_name_used_again_for_another_mail_is_a_new_mail(mailbox: FolderMailbox) -> None:
    path = mailbox.root / "inbox" / "Re Scoping.eml"
    path.write_bytes(a_mail(1))
    (first,) = mailbox.open().fetch_new(known=set())
    path.write_bytes(a_mail(2))
    (second,) = mailbox.open().fetch_new(known={first.key})
    assert second.content == a_mail(2)
    assert mailbox.open().file_under(first.key, "Done") == "gone"
    assert path.read_bytes() == a_mail(2)


def test_filing_overwrites_nobodys_mail(mailbox: FolderMailbox) -> None:
    for number in (1, 2, 3):
        (mailbox.root / "inbox" / "Re.eml").write_bytes(a_mail(number))
        inbox = mailbox.open()
        (mail,) = inbox.fetch_new(known=set())
        assert inbox.file_under(mail.key, "Done") == "filed"
    assert sorted(mailbox.lies_in("done")) == [a_mail(1), a_mail(2), a_mail(3)]


@pytest.mark.parametrize("name", [b"caf\xe9 \xff.eml", "Überweisung #3 100%.EML".encode(), b"a\nb.eml"])
def test_any_file_name_can_be_filed_again(mailbox: FolderMailbox, name: bytes) -> None:
    (mailbox.root / "inbox" / os.fsdecode(name)).write_bytes(a_mail())
    inbox = mailbox.open()
    (mail,) = inbox.fetch_new(known=set())
    assert mail.key.isprintable()
    assert inbox.file_under(mail.key, "Held") == "filed"
    assert mailbox.lies_in("held") == [a_mail()]


def test_without_a_received_header_the_files_own_time_counts(mailbox: FolderMailbox) -> None:
    path = mailbox.root / "inbox" / "drafted.eml"
    path.write_bytes(b"Date: Mon, 1 Jan 1990 09:00:00 +0000\r\nSubject: x\r\n\r\nx\r\n")
    os.utime(path, (1_793_610_000, 1_793_610_000))
    (mail,) = mailbox.open().fetch_new(known=set())
    assert mail.received == datetime.fromtimestamp(1_793_610_000, UTC)


@contextlib.contextmanager
def an_ordinary_account() -> Iterator[None]:
    """Root may read everything: for as long as this lasts, be nobody."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)


def test_one_unreadable_file_is_told_after_all_others_were_given() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        root.chmod(0o755)
        mailbox = FolderMailbox(root)
        mailbox.put(a_mail(1))
        mailbox.put(a_mail(2))
        (root / "inbox" / "0001.eml").chmod(0)
        fetched: list[bytes] = []
        with an_ordinary_account(), pytest.raises(MailboxProblem, match=r"1 mails .* Permission denied") as error:
            fetched.extend(mail.content for mail in mailbox.open().fetch_new(known=set()))
    assert fetched == [a_mail(2)]
    assert "0001" not in str(error.value), "a file may be named after a child"
