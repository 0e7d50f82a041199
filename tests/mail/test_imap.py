"""IMAP against a real Dovecot: the Inbox contract, other people's mail, broken servers, and TLS."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import pytest
import trustme
from imap_tools.utils import encode_folder

from mailbot.errors import ConfigProblems, MailboxProblem
from mailbot.mail.imap import ImapInbox
from mailbot.mail.tls import Security
from mailbot.mail.tokens import OUTLOOK, Tokens
from mailbot.mailbox_settings import Microsoft
from tests.mail.inbox_contract import InboxContract
from tests.mail.mails import MONDAY, a_mail
from tests.servers.entra import CLIENT, SECRET, TENANT
from tests.servers.mail_servers import MailServers
from tests.servers.middleman import middleman


class DovecotMailbox:
    def __init__(self, servers: MailServers, address: str) -> None:
        self.servers, self.address = servers, address
        self.password = servers.password

    def open(self, max_bytes: int = 1_000_000, folder: str = "INBOX", port: int | None = None) -> ImapInbox:
        port = port or self.servers.imap
        return ImapInbox(
            "localhost", port, "none", self.address, self.password, folder, max_bytes=max_bytes, timeout=10
        )

    def put(self, *mails: bytes, place: Literal["inbox", "sent"] = "inbox", folder: str = "") -> None:
        folder = folder or {"inbox": "INBOX", "sent": "Sent"}[place]
        self.servers.append(self.address, *mails, received=MONDAY, folder=folder)

    def take_away(self, raw: bytes) -> None:
        with self.servers.login(self.address, "INBOX") as client:
            number = self.servers.mails(self.address).index(raw) + 1
            client.store(str(number), "+FLAGS", r"(\Deleted)")
            client.expunge()

    def lies_in(self, place: Literal["inbox", "done", "held"]) -> list[bytes]:
        return self.servers.mails(self.address, {"inbox": "INBOX", "done": "Done", "held": "Held"}[place])

    def break_down(self) -> None:
        self.password = "changed last night"

    def flags(self) -> list[bytes]:
        """The flags of every mail of the inbox, as a colleague's mail program sees them."""
        with self.servers.login(self.address) as client:
            client.select("INBOX", readonly=True)
            found = client.fetch("1:*", "(FLAGS)")[1]
        return [line.partition(b"FLAGS (")[2].partition(b")")[0] for line in found if isinstance(line, bytes)]


@pytest.fixture
def mailbox(mail_servers: MailServers, address: str) -> DovecotMailbox:
    return DovecotMailbox(mail_servers, address)


class TestImapInbox(InboxContract):
    pass


def test_a_mail_stays_unread_for_the_people_who_share_the_mailbox(mailbox: DovecotMailbox) -> None:
    mailbox.put(a_mail())
    list(mailbox.open().fetch_new(known=set()))
    mailbox.open(max_bytes=10).fetch_new(known=set())
    assert b"\\Seen" not in mailbox.flags()[0]


def _a_colleague_flags_the_first_as_deleted(mailbox: DovecotMailbox) -> None:
    with mailbox.servers.login(mailbox.address, "INBOX") as client:
        client.store("1", "+FLAGS", r"(\Deleted)")


def test_filing_never_removes_what_a_colleague_has_flagged(mailbox: DovecotMailbox) -> None:
    for number in (1, 2, 3):
        mailbox.put(a_mail(number))
    _a_colleague_flags_the_first_as_deleted(mailbox)
    inbox = mailbox.open()
    *_, third = inbox.fetch_new(known=set())
    assert inbox.file_under(third.key, "Done") == "filed"
    inbox.close()
    assert mailbox.lies_in("inbox") == [a_mail(1), a_mail(2)]


def test_a_server_with_uidplus_but_no_move_is_as_safe(mailbox: DovecotMailbox) -> None:
    for number in (1, 2, 3):
        mailbox.put(a_mail(number))
    _a_colleague_flags_the_first_as_deleted(mailbox)
    with middleman(mailbox.servers.imap, from_server=lambda said: said.replace(b" MOVE", b"")) as port:
        inbox = mailbox.open(port=port)
        *_, third = inbox.fetch_new(known=set())
        assert inbox.file_under(third.key, "Done") == "filed"
        inbox.close()
    assert mailbox.lies_in("inbox") == [a_mail(1), a_mail(2)]
    assert mailbox.lies_in("done") == [a_mail(3)]


def test_a_server_that_cannot_move_safely_keeps_the_mail_where_it_is(mailbox: DovecotMailbox) -> None:
    mailbox.put(a_mail())

    def less(said: bytes) -> bytes:
        return said.replace(b" MOVE", b"").replace(b" UIDPLUS", b"")

    with middleman(mailbox.servers.imap, from_server=less) as port:
        inbox = mailbox.open(port=port)
        (mail,) = inbox.fetch_new(known=set())
        assert inbox.file_under(mail.key, "Done") == "left"
        (problem,) = inbox.check()
    assert "neither MOVE nor UIDPLUS" in problem
    assert mailbox.lies_in("inbox") == [a_mail()]
    assert mailbox.lies_in("done") == []


def test_a_folder_made_anew_gives_new_keys(mailbox: DovecotMailbox) -> None:
    def made_with(raw: bytes) -> None:
        with mailbox.servers.login(mailbox.address) as client:
            client.create("Referrals")
        mailbox.put(raw, folder="Referrals")

    made_with(a_mail(1))
    (old,) = mailbox.open(folder="Referrals").fetch_new(known=set())
    with mailbox.servers.login(mailbox.address) as client:
        client.delete("Referrals")
    made_with(a_mail(2))
    inbox = mailbox.open(folder="Referrals")
    (new,) = inbox.fetch_new(known={old.key})
    assert new.content == a_mail(2)
    assert inbox.file_under(old.key, "Done") == "gone"
    assert mailbox.servers.mails(mailbox.address, "Referrals") == [a_mail(2)]


def test_where_personal_folders_have_a_prefix_it_is_used(mailbox: DovecotMailbox) -> None:
    mailbox.put(a_mail())

    def prefixed(said: bytes) -> bytes:
        return said.replace(b'NAMESPACE (("" "/"))', b'NAMESPACE (("INBOX/" "/"))')

    with middleman(mailbox.servers.imap, from_server=prefixed) as port:
        inbox = mailbox.open(port=port)
        (mail,) = inbox.fetch_new(known=set())
        assert inbox.file_under(mail.key, "Done") == "filed"
        assert inbox.find_sent("<return-1@police.example>")
        inbox.close()
    assert mailbox.servers.mails(mailbox.address, "INBOX/Done") == [a_mail()]


@pytest.mark.parametrize("folder", ["Überprüfung 2026", "Rapid/Review & more"])
def test_a_folder_may_have_any_name(mailbox: DovecotMailbox, folder: str) -> None:
    with mailbox.servers.login(mailbox.address) as client:
        assert client.create(encode_folder(folder).decode())[0] == "OK"
    mailbox.put(a_mail(), folder=encode_folder(folder).decode())
    inbox = mailbox.open(folder=folder)
    (mail,) = inbox.fetch_new(known=set())
    assert inbox.file_under(mail.key, "Done") == "filed"


def test_a_mail_that_the_server_cannot_give_is_told_after_all_others_were(mailbox: DovecotMailbox) -> None:
    for number in (1, 2, 3):
        mailbox.put(a_mail(number))

    def choke(said: bytes) -> bytes:
        return said.replace(b"UID FETCH 2 (UID BODY.PEEK[])", b"UID FETCH 2 (NONSENSE)")

    fetched: list[bytes] = []
    with (
        middleman(mailbox.servers.imap, from_client=choke) as port,
        pytest.raises(MailboxProblem, match="UID 2"),
    ):
        fetched.extend(mail.content for mail in mailbox.open(port=port).fetch_new(known=set()))
    assert fetched == [a_mail(1), a_mail(3)]


def test_a_mail_that_kills_the_connection_does_not_stop_the_next(mailbox: DovecotMailbox) -> None:
    for number in (1, 2, 3):
        mailbox.put(a_mail(number))

    def die(said: bytes) -> bytes:
        if re.search(rb"UID FETCH 2 \(UID BODY", said):
            raise ConnectionError
        return said

    fetched: list[bytes] = []
    with middleman(mailbox.servers.imap, from_client=die) as port, pytest.raises(MailboxProblem, match="UID 2"):
        fetched.extend(mail.content for mail in mailbox.open(port=port).fetch_new(known=set()))
    assert fetched == [a_mail(1), a_mail(3)]


def test_a_server_that_keeps_breaking_off_ends_the_pass(mailbox: DovecotMailbox) -> None:
    for number in range(6):
        mailbox.put(a_mail(number))
    tries = []

    def die(said: bytes) -> bytes:
        if b"BODY.PEEK" in said:
            tries.append(said)
            raise ConnectionError
        return said

    with middleman(mailbox.servers.imap, from_client=die) as port, pytest.raises(MailboxProblem, match="could not"):
        list(mailbox.open(port=port).fetch_new(known=set()))
    assert len(tries) == 3


def test_a_connection_that_was_cut_while_idle_is_made_anew(mailbox: DovecotMailbox) -> None:
    mailbox.put(a_mail())
    cut: list[bytes] = []

    def cut_once(said: bytes) -> bytes:
        if b"NOOP" in said and not cut:
            cut.append(said)
            raise ConnectionError
        return said

    with middleman(mailbox.servers.imap, from_client=cut_once) as port:
        inbox = mailbox.open(port=port)
        (mail,) = inbox.fetch_new(known=set())
        assert inbox.file_under(mail.key, "Done") == "filed"
        inbox.close()
    assert cut
    assert mailbox.lies_in("done") == [a_mail()]


@pytest.mark.parametrize("password", ["pässwörd", 'quo"te\\'])
def test_any_password_can_be_tried(mailbox: DovecotMailbox, password: str) -> None:
    mailbox.password = password
    (problem,) = mailbox.open().check()
    assert "AUTHENTICATIONFAILED" in problem


def test_the_password_is_in_no_error(mailbox: DovecotMailbox) -> None:
    mailbox.break_down()
    with pytest.raises(MailboxProblem) as error:
        list(mailbox.open().fetch_new(known=set()))
    assert mailbox.password not in str(error.value)


def test_what_is_no_message_id_is_not_searched_for(mailbox: DovecotMailbox) -> None:
    with pytest.raises(ValueError, match="no Message-ID"):
        mailbox.open().find_sent('<a" OR ALL "@partnership.example>')


def by_token(mailbox: DovecotMailbox) -> ImapInbox:
    """The mailbox as an application of the council's Entra opens it."""
    entra = mailbox.servers.entra
    entra.acts_for = mailbox.address
    entra.revoked.clear()
    application = Microsoft(tenant=TENANT, client_id=CLIENT, authority=entra.authority, ca_file=entra.ca_file)
    return ImapInbox(
        "localhost", mailbox.servers.imap, "none", mailbox.address, tokens=Tokens(application, SECRET, OUTLOOK)
    )


def test_an_application_logs_in_by_a_token_instead_of_a_password(mailbox: DovecotMailbox) -> None:
    mailbox.put(a_mail())
    inbox = by_token(mailbox)
    (mail,) = inbox.fetch_new(known=set())
    assert inbox.file_under(mail.key, "Done") == "filed"
    inbox.close()
    assert mailbox.lies_in("done") == [a_mail()]


def test_a_token_that_the_server_refuses_is_told_and_the_next_pass_has_a_new_one(mailbox: DovecotMailbox) -> None:
    mailbox.put(a_mail())
    inbox, entra = by_token(mailbox), mailbox.servers.entra
    assert inbox.check() == []
    entra.revoked.update(entra.given)
    with pytest.raises(MailboxProblem, match="AUTHENTICATIONFAILED") as error:
        list(inbox.fetch_new(known=set()))
    assert entra.given[-1] not in str(error.value)
    assert [mail.content for mail in inbox.fetch_new(known=set())] == [a_mail()]
    inbox.close()


def test_a_token_for_another_mailbox_opens_nothing(mailbox: DovecotMailbox) -> None:
    inbox = by_token(mailbox)
    mailbox.servers.entra.acts_for = "housing@partnership.example"
    (problem,) = inbox.check()
    assert mailbox.address in problem


def test_mail_of_a_folder_that_may_only_be_read_is_read_and_stays(mailbox: DovecotMailbox) -> None:
    mailbox.put(a_mail())
    read_only = {"from_server": lambda said: said.replace(b"[READ-WRITE]", b"[READ-ONLY]")}
    with middleman(mailbox.servers.imap, **read_only) as port:
        inbox = mailbox.open(port=port)
        (mail,) = inbox.fetch_new(known=set())
        assert mail.content == a_mail()
        assert inbox.file_under(mail.key, "Done") == "left"
        (problem,) = inbox.check()
    assert "the right to move mail" in problem
    assert mailbox.lies_in("inbox") == [a_mail()]


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_server_with_our_authoritys_certificate_is_spoken_to(mailbox: DovecotMailbox, security: Security) -> None:
    servers = mailbox.servers
    port = servers.imaps if security == "tls" else servers.imap
    mailbox.put(a_mail())
    inbox = ImapInbox("localhost", port, security, mailbox.address, servers.password, ca_file=servers.ca_file)
    assert [mail.content for mail in inbox.fetch_new(known=set())] == [a_mail()]
    inbox.close()


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize("trusted", ["the public authorities", "another authority"])
def test_a_server_with_a_strange_certificate_never_sees_the_password(
    mailbox: DovecotMailbox, security: Security, trusted: str, tmp_path: Path
) -> None:
    ca_file = None
    if trusted == "another authority":
        ca_file = tmp_path / "other.pem"
        trustme.CA().cert_pem.write_to_path(ca_file)
    servers = mailbox.servers
    port = servers.imaps if security == "tls" else servers.imap
    seen = []

    def watch(said: bytes) -> bytes:
        seen.append(said)
        return said

    with middleman(port, from_client=watch) as watched:
        inbox = ImapInbox("localhost", watched, security, mailbox.address, servers.password, ca_file=ca_file)
        (problem,) = inbox.check()
    assert "certificate" in problem.casefold()
    assert b"LOGIN" not in b"".join(seen)


def test_in_the_clear_only_to_this_machine() -> None:
    with pytest.raises(ConfigProblems, match="security"):
        ImapInbox("imap.partnership.example", 143, "none", "rapidreview", "test")
