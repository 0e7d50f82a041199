"""Exchange against a small server of the published shapes: the Inbox contract, letters out, and bad days."""

from __future__ import annotations

import logging
import ssl
import warnings
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
import trustme

from mailbot.errors import MailboxProblem, PostInDoubt, PostRefused, PostUnavailable
from mailbot.mail.exchange import ExchangeInbox
from mailbot.mail.exchange_client import Exchange
from mailbot.mail.exchange_post import ExchangePost
from mailbot.mail.inbox import RawMail
from mailbot.mail.outgoing import compose
from tests.mail.inbox_contract import InboxContract
from tests.mail.mails import MONDAY, a_mail
from tests.mail.post_contract import PostContract
from tests.mail.test_outgoing import LETTER
from tests.servers.ews_server import SCHEMA, EwsServer, published_schema, run_ews

US = LETTER.sender.email
TO = LETTER.to
PASSWORD = "correct horse"
Place = Literal["inbox", "done", "held"]


class ExchangeMailbox:
    """The mailbox as the office sees it in Outlook."""

    def __init__(self, server: EwsServer) -> None:
        self.server = server
        self.password = PASSWORD
        self.waits: list[float] = []

    def exchange(self, timeout: float = 10, patience: float = 60) -> Exchange:
        return Exchange(
            self.server.endpoint,
            US,
            "mailbot",
            self.password,
            "basic",
            timeout=timeout,
            patience=patience,
            wait=self.waits.append,
        )

    def open(self, max_bytes: int = 1_000_000, folder: str = "Inbox") -> ExchangeInbox:
        return ExchangeInbox(self.exchange(), folder, max_bytes)

    def post(self) -> ExchangePost:
        return ExchangePost(self.exchange())

    def took(self) -> list[bytes]:
        return self.server.sent

    def put(self, *mails: bytes, place: Literal["inbox", "sent"] = "inbox") -> None:
        for mail in mails:
            self.server.put(mail, MONDAY, {"inbox": "inbox", "sent": "sentitems"}[place])

    def take_away(self, raw: bytes) -> None:
        self.server.remove(next(mail for mail in self.server.mails if mail.raw == raw))

    def lies_in(self, place: Place) -> list[bytes]:
        return self.server.lying_in("inbox" if place == "inbox" else self.server.folder(place.title()))

    def break_down(self) -> None:
        self.password = "changed last night"


@pytest.fixture
def mailbox() -> Iterator[ExchangeMailbox]:
    """Whatever a test does, every request and answer keeps to Microsoft's schema, where it is at hand."""
    if published_schema() is None:
        warnings.warn(f"{SCHEMA} names no folder: nothing is checked against the published schema", stacklevel=1)
    with run_ews(US, PASSWORD) as server:
        yield ExchangeMailbox(server)
        assert server.invalid == []
        assert (server.checked > 0) == (published_schema() is not None and bool(server.asked))


class TestExchangeInbox(InboxContract):
    pass


class TestExchangePost(PostContract):
    pass


def test_the_oldest_mail_is_given_first(mailbox: ExchangeMailbox) -> None:
    for number in (3, 1, 2):
        mailbox.server.put(a_mail(number), MONDAY + timedelta(minutes=number))
    assert [mail.content for mail in mailbox.open().fetch_new(known=set())] == [a_mail(1), a_mail(2), a_mail(3)]


def test_a_second_pass_asks_only_for_what_is_new(mailbox: ExchangeMailbox) -> None:
    mailbox.put(*(a_mail(number) for number in range(700)))
    inbox = mailbox.open()
    known = {mail.key for mail in inbox.fetch_new(known=set())}
    mailbox.put(a_mail(701))
    mailbox.server.asked.clear()
    assert [mail.content for mail in inbox.fetch_new(known)] == [a_mail(701)]
    assert mailbox.server.asked == ["SyncFolderItems", "GetItem"]


def test_a_mail_that_could_not_be_kept_is_given_again(mailbox: ExchangeMailbox) -> None:
    mailbox.put(a_mail(1), a_mail(2))
    inbox = mailbox.open()
    first = next(inbox.fetch_new(known=set()))
    (second,) = inbox.fetch_new(known={first.key})
    assert {first.content, second.content} == {a_mail(1), a_mail(2)}


def test_a_mail_that_staff_moved_away_and_back_is_not_lost(mailbox: ExchangeMailbox) -> None:
    mail = mailbox.server.put(a_mail(), MONDAY)
    inbox = mailbox.open()
    (first,) = inbox.fetch_new(known=set())
    mailbox.server.move(mail, mailbox.server.make_folder("By mistake"))
    assert list(inbox.fetch_new(known={first.key})) == []
    assert inbox.file_under(first.key, "Done") == "gone"
    mailbox.server.move(mail, "inbox")
    (again,) = inbox.fetch_new(known={first.key})
    assert again.content == first.content
    assert inbox.file_under(again.key, "Done") == "filed"


def test_where_exchange_has_forgotten_what_it_told_everything_is_listed_again(mailbox: ExchangeMailbox) -> None:
    mailbox.put(a_mail(1))
    inbox = mailbox.open()
    (first,) = inbox.fetch_new(known=set())
    mailbox.put(a_mail(2))
    mailbox.server.forget_before = 10_000
    assert [mail.content for mail in inbox.fetch_new(known={first.key})] == [a_mail(2)]


def test_a_folder_of_the_offices_own_even_when_it_is_made_anew(mailbox: ExchangeMailbox) -> None:
    server = mailbox.server
    safeguarding = server.make_folder("Safeguarding")
    reviews = server.make_folder("Reviews", parent=safeguarding)
    server.put(a_mail(1), MONDAY, reviews)
    inbox = mailbox.open(folder="Safeguarding/Reviews")
    (first,) = inbox.fetch_new(known=set())
    del server.folders[reviews]
    with pytest.raises(MailboxProblem, match=r"there is no folder Safeguarding/Reviews.*Correct folder"):
        list(inbox.fetch_new(known=set()))
    server.put(a_mail(2), MONDAY, server.make_folder("Reviews", parent=safeguarding))
    assert [mail.content for mail in inbox.fetch_new(known={first.key})] == [a_mail(2)]


def test_a_shelf_that_staff_removed_is_made_anew(mailbox: ExchangeMailbox) -> None:
    mailbox.put(a_mail(1), a_mail(2))
    inbox = mailbox.open()
    one, two = inbox.fetch_new(known=set())
    assert inbox.file_under(one.key, "Done") == "filed"
    del mailbox.server.folders[mailbox.server.folder("Done")]
    assert inbox.file_under(two.key, "Done") == "filed"
    assert mailbox.lies_in("done") == [two.content]


def test_filing_that_was_done_and_not_answered_is_found_done(mailbox: ExchangeMailbox) -> None:
    mailbox.put(a_mail())
    inbox = mailbox.open()
    (mail,) = inbox.fetch_new(known=set())
    mailbox.server.trouble("MoveItem", "hang up after")
    with pytest.raises(MailboxProblem, match="the next pass tries again"):
        inbox.file_under(mail.key, "Done")
    assert inbox.file_under(mail.key, "Done") == "gone"
    assert mailbox.lies_in("done") == [a_mail()]


def test_a_mail_that_exchange_cannot_give_stops_no_other(mailbox: ExchangeMailbox) -> None:
    mailbox.put(a_mail(1), a_mail(2), a_mail(3))
    mailbox.server.mails[1].broken = True
    given: list[bytes] = []
    with pytest.raises(MailboxProblem, match=r"1 mails .*ErrorMimeContentConversionFailed.*open them by hand"):
        given.extend(mail.content for mail in mailbox.open().fetch_new(known=set()))
    assert sorted(given) == [a_mail(1), a_mail(3)]


def test_a_connection_that_breaks_once_costs_one_mail_until_the_next_pass(mailbox: ExchangeMailbox) -> None:
    mailbox.put(a_mail(1), a_mail(2), a_mail(3))
    mailbox.server.trouble("GetItem", "hang up before")
    inbox = mailbox.open()
    given: list[RawMail] = []
    with pytest.raises(MailboxProblem):
        given.extend(inbox.fetch_new(known=set()))
    given.extend(inbox.fetch_new(known={mail.key for mail in given}))
    assert sorted(mail.content for mail in given) == [a_mail(1), a_mail(2), a_mail(3)]


def test_a_server_that_keeps_breaking_off_ends_the_pass(mailbox: ExchangeMailbox) -> None:
    mailbox.put(*(a_mail(number) for number in range(6)))
    mailbox.server.trouble("GetItem", *["hang up before"] * 6)
    with pytest.raises(MailboxProblem):
        list(mailbox.open().fetch_new(known=set()))
    assert mailbox.server.asked.count("GetItem") == 3


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("ErrorAccessDenied", "full access to the mailbox"),
        ("ErrorNonExistentMailbox", "Correct mailbox"),
        ("ErrorMailboxStoreUnavailable", "mailbot check"),
        ("html", "no EWS"),
        ("hang up before", "mailbot check"),
        (404, "ends in /EWS/Exchange.asmx"),
        (500, "HTTP 500"),
        (302, "HTTP 302"),
    ],
)
def test_every_problem_says_what_to_do_and_quotes_no_mail(
    mailbox: ExchangeMailbox, what: str | int, says: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    mailbox.put(a_mail(body=b"Mira Fenwick, born 2024"))
    mailbox.server.trouble("SyncFolderItems", what)
    with pytest.raises(MailboxProblem, match=says) as told:
        list(mailbox.open().fetch_new(known=set()))
    assert US in str(told.value)
    assert "Mira" not in str(told.value) + caplog.text


def test_a_refused_login_says_so(mailbox: ExchangeMailbox) -> None:
    mailbox.break_down()
    (problem,) = mailbox.open().check()
    assert "Correct username, password and login" in problem


def test_only_a_verified_server_gets_the_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority, stranger = trustme.CA(), trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    files = {ca: tmp_path / name for ca, name in ((authority, "ours.pem"), (stranger, "strange.pem"))}
    for ca, file in files.items():
        ca.cert_pem.write_to_path(str(file))
    # requests would take this for a better answer than the authority of the settings.
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(files[authority]))

    def problems(ca_file: Path | None) -> list[str]:
        return ExchangeInbox(Exchange(server.endpoint, US, "mailbot", PASSWORD, "basic", ca_file)).check()

    with run_ews(US, PASSWORD, context) as server:
        for ca_file in (files[stranger], None):
            (problem,) = problems(ca_file)
            assert "cannot be verified. Name the authority" in problem
        assert server.asked == []
        assert problems(files[authority]) == []


def test_nothing_of_a_mail_is_logged(mailbox: ExchangeMailbox, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    mailbox.put(a_mail())
    inbox = mailbox.open()
    (mail,) = inbox.fetch_new(known=set())
    inbox.file_under(mail.key, "Done")
    mailbox.post().post(US, TO, US, compose(LETTER))
    assert [record.name for record in caplog.records if record.name.startswith("exchangelib")] == []


def test_a_busy_exchange_is_asked_again_after_the_rest_it_wants(mailbox: ExchangeMailbox) -> None:
    mailbox.put(a_mail())
    mailbox.server.back_off = 7_500
    mailbox.server.trouble("SyncFolderItems", "busy", "busy")
    mailbox.server.trouble("GetItem", 503)
    assert len(list(mailbox.open().fetch_new(known=set()))) == 1
    assert mailbox.waits == [7.5, 7.5, 1]


def test_a_long_rest_ends_the_pass_and_holds_for_letters_too(mailbox: ExchangeMailbox) -> None:
    mailbox.server.back_off = 300_000
    mailbox.server.trouble("SyncFolderItems", "busy")
    exchange = mailbox.exchange()
    with pytest.raises(MailboxProblem, match="asked mailbot to slow down"):
        list(ExchangeInbox(exchange).fetch_new(known=set()))
    with pytest.raises(PostUnavailable, match="not asked again for"):
        ExchangePost(exchange).post(US, TO, US, compose(LETTER))
    assert mailbox.server.asked == ["SyncFolderItems"]
    assert mailbox.waits == []


def test_a_large_mail_comes_whole(mailbox: ExchangeMailbox) -> None:
    large = a_mail(body=b"\r\n".join([b"x" * 76] * 400_000))
    mailbox.put(large)
    (mail,) = mailbox.open(max_bytes=60_000_000).fetch_new(known=set())
    assert mail.content == large


def test_a_mail_that_only_its_mime_shows_to_be_too_large_is_told_as_such(mailbox: ExchangeMailbox) -> None:
    mail = mailbox.server.put(a_mail(body=b"x" * 3000), MONDAY)
    mail.size = 1500
    (given,) = mailbox.open(max_bytes=2000).fetch_new(known=set())
    assert given.problem
    assert given.content.endswith(b"charset=utf-8\r\n\r\n")


def test_a_letter_goes_as_it_was_approved_and_its_copy_is_found(mailbox: ExchangeMailbox) -> None:
    mailbox.post().post(US, TO, US, compose(LETTER))
    assert mailbox.server.sent == [compose(LETTER)]
    assert mailbox.open().find_sent(LETTER.message_id)


def test_broken_off_before_the_letter_nothing_has_gone(mailbox: ExchangeMailbox) -> None:
    mailbox.server.trouble("GetFolder", "hang up before")
    with pytest.raises(PostUnavailable, match="did not go"):
        mailbox.post().post(US, TO, US, compose(LETTER))
    assert mailbox.server.sent == []


@pytest.mark.parametrize("what", ["hang up after", "hang up before", 502, 504, 500, "html", "ErrorTimeoutExpired"])
def test_no_clear_answer_after_the_letter_is_in_doubt_and_never_sent_twice(
    mailbox: ExchangeMailbox, what: str | int
) -> None:
    mailbox.server.trouble("CreateItem", what)
    with pytest.raises(PostInDoubt, match="may have gone"):
        mailbox.post().post(US, TO, US, compose(LETTER))
    assert mailbox.server.asked.count("CreateItem") == 1
    assert mailbox.open().find_sent(LETTER.message_id) == (what == "hang up after")


@pytest.mark.parametrize(
    ("what", "error", "says"),
    [
        ("ErrorMessageSizeExceeded", PostRefused, "refused the letter"),
        (413, PostRefused, "larger than the server takes"),
        ("ErrorInvalidRecipients", PostRefused, "correct the address"),
        ("ErrorSendAsDenied", PostUnavailable, "the right to send as it"),
        ("ErrorQuotaExceeded", PostUnavailable, "stays ready"),
        (403, PostUnavailable, "Correct username"),
    ],
)
def test_a_letter_that_is_turned_away_says_for_good_or_for_now(
    mailbox: ExchangeMailbox, what: str | int, error: type[Exception], says: str
) -> None:
    mailbox.server.trouble("CreateItem", what)
    with pytest.raises(error, match=says):
        mailbox.post().post(US, TO, US, compose(LETTER))
    assert mailbox.server.sent == []


def test_a_busy_exchange_gets_the_letter_once_it_has_time(mailbox: ExchangeMailbox) -> None:
    mailbox.server.trouble("CreateItem", "busy", "busy")
    mailbox.post().post(US, TO, US, compose(LETTER))
    assert mailbox.server.sent == [compose(LETTER)]
