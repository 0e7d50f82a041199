"""`mailbot check` proves the mailbox on real servers: a letter to itself and back, certificates, clocks, rights."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mailbot.cases.practice import Office
from mailbot.mail.imap import ImapInbox
from mailbot.mail.smtp import SmtpPost
from mailbot.mail.tls import Encryption
from mailbot.proving import problem_of_encryption, there_and_back
from tests.mail.mails import a_mail
from tests.servers.faulty_smtp import faulty_smtp
from tests.servers.mail_servers import MailServers
from tests.servers.middleman import middleman


def office_of(address: str) -> Office:
    return Office(name="Partnership", address=address)


def inbox_of(servers: MailServers, address: str, port: int = 0) -> ImapInbox:
    return ImapInbox("localhost", port or servers.imap, "none", address, servers.password)


def post_of(port: int) -> SmtpPost:
    return SmtpPost("localhost", port, "none")


def test_a_letter_goes_out_and_comes_back_and_is_put_aside(mail_servers: MailServers, address: str) -> None:
    mail_servers.append(address, a_mail(1))
    inbox, post = inbox_of(mail_servers, address), post_of(mail_servers.smtp)
    assert there_and_back(inbox, post, office_of(address), seconds=20) == []
    assert mail_servers.mails(address) == [a_mail(1)]
    (letter,) = mail_servers.mails(address, "Done")
    assert b"a letter to ourselves" in letter


def test_a_letter_that_does_not_come_back_is_told(mail_servers: MailServers, address: str) -> None:
    with faulty_smtp() as server:
        inbox = inbox_of(mail_servers, address)
        (problem,) = there_and_back(inbox, post_of(server.port), office_of(address), seconds=0.1)
    assert "did not come back within 0.1 seconds" in problem


def test_a_letter_that_is_refused_is_told(mail_servers: MailServers, address: str) -> None:
    with faulty_smtp({"MAIL": "553 5.7.1 not your address"}) as server:
        inbox = inbox_of(mail_servers, address)
        (problem,) = there_and_back(inbox, post_of(server.port), office_of(address), seconds=5)
    assert "5.7.1" in problem


@pytest.mark.parametrize(("hours", "where"), [(-3, "behind"), (3, "ahead of")])
def test_a_server_whose_clock_is_wrong_is_told(
    mail_servers: MailServers, address: str, hours: int, where: str
) -> None:
    def shifted(said: bytes) -> bytes:
        now = datetime.now(UTC)
        if b'INTERNALDATE "' not in said:
            return said
        start = said.index(b'INTERNALDATE "') + len(b'INTERNALDATE "')
        wrong = f"{now + timedelta(hours=hours):%d-%b-%Y %H:%M:%S} +0000".encode()
        return said[:start] + wrong + said[start + len(wrong) :]

    with middleman(mail_servers.imap, from_server=shifted) as port:
        inbox = inbox_of(mail_servers, address, port)
        (problem,) = there_and_back(inbox, post_of(mail_servers.smtp), office_of(address), seconds=20)
    assert f"180 minutes {where} ours" in problem


def test_a_letter_that_cannot_be_moved_is_told(mail_servers: MailServers, address: str) -> None:
    def read_only(said: bytes) -> bytes:
        return said.replace(b"[READ-WRITE]", b"[READ-ONLY]")

    with middleman(mail_servers.imap, from_server=read_only) as port:
        inbox = inbox_of(mail_servers, address, port)
        (problem,) = there_and_back(inbox, post_of(mail_servers.smtp), office_of(address), seconds=20)
    assert "could not be moved to Done (left)" in problem


@pytest.mark.parametrize(("days", "told"), [(20, True), (22, False)])
def test_a_certificate_that_ends_soon_is_told(days: int, told: bool) -> None:
    now = datetime(2026, 6, 1, 9, tzinfo=UTC)
    encryption = Encryption(server="mail.partnership.example:993", version="TLSv1.3", ends=now + timedelta(days=days))
    assert bool(problem_of_encryption(encryption, now)) is told


def test_how_the_servers_encrypt(mail_servers: MailServers, address: str) -> None:
    inbox = ImapInbox(
        "localhost", mail_servers.imaps, "tls", address, mail_servers.password, ca_file=mail_servers.ca_file
    )
    post = SmtpPost("localhost", mail_servers.smtp, "starttls", ca_file=mail_servers.ca_file)
    for encryption in (inbox.encryption(), post.encryption()):
        assert encryption is not None
        assert encryption.version == "TLSv1.3"
        assert encryption.ends > datetime.now(UTC)
    assert inbox_of(mail_servers, address).encryption() is None
