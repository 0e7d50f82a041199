"""An office moves from a folder to IMAP and on to Exchange: no mail is lost, none is worked through twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from mailbot.demo.mails import Arriving
from mailbot.intake.again import same_mail
from mailbot.mail.envelope import open_envelope
from mailbot.mail.imap import ImapInbox
from mailbot.mail.inbox import FolderInbox
from tests.intake.office import NINE, PHONE, REFERRAL, Office
from tests.mail.mails import MONDAY, a_mail
from tests.servers.mail_servers import MailServers

TEN = "Mon 1 Jun 2026 10:00"
PAGE = "<html><body><p>Please see <b>page two</b>.</p></body></html>"


def as_exchange_gives_it(raw: bytes) -> bytes:
    """A mail written anew from its parts, as Exchange does: no byte of the original need be left."""
    old = message_from_bytes(raw, policy=policy.default)
    assert isinstance(old, EmailMessage)
    new = EmailMessage(policy=policy.SMTP)
    for name in ("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References"):
        if old[name]:
            new[name] = str(old[name])
    new["X-MS-Exchange-Organization-AuthAs"] = "Anonymous"
    body = old.get_body(("plain",))
    new.set_content(body.get_content() if body else "", cte="base64")
    for part in old.iter_attachments():
        main, _, sub = part.get_content_type().partition("/")
        new.add_attachment(part.get_payload(decode=True), maintype=main, subtype=sub, filename=part.get_filename())
    return new.as_bytes()


@contextmanager
def moved_to(office: Office, inbox: ImapInbox | FolderInbox) -> Iterator[Office]:
    """The same office and record, with another mailbox."""
    moved = Office(replace(office.parts, inbox=inbox))
    moved.mailbox = inbox.root if isinstance(inbox, FolderInbox) else office.mailbox
    moved.delivered = 100
    yield moved
    inbox.close()


def test_a_running_office_moves_from_a_folder_to_imap_and_on_to_exchange(
    office: Office, mail_servers: MailServers, address: str
) -> None:
    referral = office.arrives(NINE, Arriving(PHONE, "JCR referral", "Please find a referral attached.", [REFERRAL]))
    newsletter = a_mail(7)
    office.lay(newsletter)
    office.pass_(NINE)
    cases, letters = office.parts.casebook.refs(), len(office.letters())
    mails = len(office.mails)

    # Whoever moves a mailbox moves all of it, also what had been filed.
    mail_servers.append(address, referral, newsletter)
    with moved_to(office, ImapInbox("localhost", mail_servers.imap, "none", address, mail_servers.password)) as there:
        report = there.pass_(TEN)
        assert report.fetched == 2
        assert len(there.mails) == mails, "the same bytes are the same mail"
        assert mail_servers.mails(address, "Done") == [referral]

    exchange = office.mailbox.parent / "exchange"
    for place in ("inbox", "done", "held", "sent"):
        (exchange / place).mkdir(parents=True)
    with moved_to(office, FolderInbox(exchange)) as there:
        there.lay(as_exchange_gives_it(referral))
        there.lay(as_exchange_gives_it(newsletter))
        there.lay(a_mail(8))
        assert there.pass_(TEN).fetched == 3
        assert len(list((exchange / "done").iterdir())) == 1, "the referral is filed again, quietly"
        assert len(there.mails) == mails + 3, "each is kept as it came"
        assert [m.reason for m in there.mails[-3:-1]] == [
            f"mail {number}, given by the mailbox in other bytes" for number in (1, 2)
        ]

    assert office.parts.casebook.refs() == cases
    assert len(office.letters()) == letters
    assert office.parts.mailbag.ledger().balanced
    assert office.parts.mailbag.ledger().seen == 7


def test_a_correction_under_the_same_message_id_is_a_new_mail(office: Office) -> None:
    office.lay(a_mail(1, body=b"No involvement."))
    office.pass_(NINE)
    office.lay(a_mail(1, body=b"I was wrong: we did know the family."))
    office.pass_(TEN)
    assert office.parts.mailbag.raw(2) == a_mail(1, body=b"I was wrong: we did know the family.")
    assert "other bytes" not in office.last.reason
    assert office.parts.mailbag.ledger().seen == len(office.mails) == 2


def with_page(plain: str, page: str) -> bytes:
    """A mail in plain text and as a page."""
    mail = EmailMessage()
    mail["From"], mail["Message-ID"] = "Ola Brand <ola.brand@police.example>", "<return-1@police.example>"
    mail.set_content(plain)
    mail.add_alternative(page, subtype="html")
    return mail.as_bytes()


def with_files(*files: bytes) -> bytes:
    """A mail with files."""
    mail = EmailMessage()
    mail["From"], mail["Message-ID"] = "ola.brand@police.example", "<return-1@police.example>"
    mail.set_content("Please see the return attached.")
    for number, file in enumerate(files):
        mail.add_attachment(file, maintype="application", subtype="pdf", filename=f"{number}.pdf")
    return mail.as_bytes()


def forwarding(raw: bytes) -> bytes:
    """A mail with another attached."""
    mail = EmailMessage()
    mail["From"], mail["Message-ID"] = "ola.brand@police.example", "<return-2@police.example>"
    mail.set_content("As asked.")
    mail.add_attachment(message_from_bytes(raw, policy=policy.default))
    return mail.as_bytes()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (a_mail(1), as_exchange_gives_it(a_mail(1)), True),
        (with_page("Please see *page two*.", PAGE), with_page("Please see page two.\n\n", PAGE), True),
        (with_page("See the page.", PAGE), with_page("See the page.", PAGE.replace("two", "three")), False),
        (with_files(b"a", b"b"), with_files(b"b", b"a"), True),
        (with_files(b"a", b"b"), with_files(b"a"), False),
        (with_files(b"a"), with_files(b"A"), False),
        (forwarding(a_mail(1)), forwarding(as_exchange_gives_it(a_mail(1))), True),
        (forwarding(a_mail(1)), forwarding(a_mail(1, body=b"Another.")), False),
        (a_mail(1), a_mail(1).replace(b"ola.brand@", b"ola.brandt@"), False),
    ],
    ids=[
        "written anew",
        "text made from the page",
        "another page",
        "files in another order",
        "a file is missing",
        "another file",
        "an attached mail written anew",
        "another attached mail",
        "another sender",
    ],
)
def test_what_makes_two_mails_one(one: bytes, other: bytes, same: bool) -> None:
    assert same_mail(open_envelope(one, MONDAY), open_envelope(other, MONDAY)) is same
