"""Letters as MIME: what the standard library reads back, and what can never get into a header."""

from __future__ import annotations

import email
import email.policy
from datetime import timedelta, timezone
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.errors import PostRefused
from mailbot.mail.addresses import Address
from mailbot.mail.envelope import open_envelope
from mailbot.mail.inbox import FolderInbox
from mailbot.mail.outgoing import CONTENT_TYPES, FolderPost, Outgoing, compose
from tests.mail.mails import MONDAY, a_mail

LONG_ID = f"<{'AM0PR04MB' * 9}@{'prod.outlook.example.' * 3}example>"
INVITATION = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
LETTER = Outgoing(
    message_id="<1.rr-2026-007@partnership.example>",
    sender=Address(name="Rapid Review, Siân's office", email="rapidreview@partnership.example"),
    to=("reviews@police.example",),
    subject="OFFICIAL-SENSITIVE: RR-2026-007 – scoping request",
    text="Dear colleague,\n\n.\nFrom here on please search for Siân.\n" + "long " * 400 + "\n",
    html="<p>Dear colleague,</p>\n" + "<p>" + "long " * 400 + "</p>",
    date=MONDAY,
    ref="RR-2026-007",
)


def read_back(letter: Outgoing) -> EmailMessage:
    message = email.message_from_bytes(compose(letter), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_the_letter_says_what_it_was_given() -> None:
    envelope = open_envelope(compose(LETTER), MONDAY)
    assert envelope.message_id == LETTER.message_id
    assert envelope.sender == LETTER.sender
    assert envelope.to == (Address(email="reviews@police.example"),)
    assert envelope.subject == LETTER.subject
    assert envelope.text.rstrip() == LETTER.text.rstrip()
    assert envelope.html.rstrip() == LETTER.html.rstrip()
    assert envelope.header("X-Mailbot-Ref") == "RR-2026-007"
    assert envelope.problems == ()


def test_it_is_fit_for_any_wire() -> None:
    raw = compose(LETTER.model_copy(update={"attachments": (("a.pdf", bytes(range(256)) * 50),)}))
    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


def test_the_same_letter_gives_the_same_bytes() -> None:
    letter = LETTER.model_copy(update={"attachments": (("a.pdf", b"%PDF"),)})
    assert compose(letter) == compose(letter)


@pytest.mark.parametrize("automatic", [True, False])
def test_machines_are_asked_not_to_answer(automatic: bool) -> None:
    message = read_back(LETTER.model_copy(update={"automatic": automatic}))
    assert message["Auto-Submitted"] == ("auto-generated" if automatic else None)
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply"


def test_long_message_ids_of_others_stay_whole() -> None:
    letter = LETTER.model_copy(update={"in_reply_to": LONG_ID, "references": ("<a@x.example>", LONG_ID, LONG_ID)})
    envelope = open_envelope(compose(letter), MONDAY)
    assert envelope.in_reply_to == (LONG_ID,)
    assert envelope.references == ("<a@x.example>", LONG_ID)
    assert LONG_ID.encode() in compose(letter)


def test_the_date_is_given_in_utc() -> None:
    letter = LETTER.model_copy(update={"date": MONDAY.astimezone(timezone(timedelta(hours=5)))})
    assert read_back(letter)["Date"] == "Mon, 02 Nov 2026 09:15:00 +0000"


@pytest.mark.parametrize(("suffix", "kind"), [*CONTENT_TYPES.items(), (".xyz", "application/octet-stream")])
def test_attachments_come_back_byte_for_byte_with_their_type(suffix: str, kind: str) -> None:
    name, content = f"Siân's return, “final” – 2{suffix}", b"\x00\xff\r\n.\nFrom x\n"
    (part,) = read_back(LETTER.model_copy(update={"attachments": ((name, content),)})).iter_attachments()
    assert (part.get_filename(), part.get_content_type()) == (name, kind)
    assert part.get_payload(decode=True) == content


def test_a_mail_fit_for_the_wire_is_attached_as_a_mail() -> None:
    raw = compose(LETTER.model_copy(update={"attachments": (("Their reply.eml", a_mail()),)}))
    (attachment,) = open_envelope(raw, MONDAY).attachments
    assert (attachment.name, attachment.content_type) == ("Their reply.eml", "message/rfc822")
    assert a_mail() in raw
    assert open_envelope(attachment.content, MONDAY).subject == "Return 1"


@pytest.mark.parametrize("odd", [b"caf\xe9", b"one\ntwo", b"x" * 2000])
def test_a_mail_unfit_for_the_wire_is_attached_as_a_file_unchanged(odd: bytes) -> None:
    raw = compose(LETTER.model_copy(update={"attachments": (("odd.eml", a_mail(body=odd)),)}))
    (attachment,) = open_envelope(raw, MONDAY).attachments
    assert (attachment.content_type, attachment.content) == ("application/octet-stream", a_mail(body=odd))


def test_an_invitation_is_shown_as_one_and_kept_as_a_file() -> None:
    message = read_back(LETTER.model_copy(update={"attachments": (("meeting.ics", INVITATION),)}))
    shown = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    assert [part["Content-Type"].params["method"] for part in shown] == ["REQUEST"]
    (file,) = message.iter_attachments()
    assert file.get_payload(decode=True) == INVITATION


@given(st.text(max_size=200), st.text(max_size=60), st.text(min_size=1, max_size=60))
def test_nothing_in_a_text_becomes_a_header(subject: str, ref: str, file_name: str) -> None:
    letter = LETTER.model_copy(update={"subject": subject, "ref": ref, "attachments": ((file_name, b"x"),)})
    names = [name for name, _ in open_envelope(compose(letter), MONDAY).headers if name != "X-Mailbot-Ref"]
    assert names == [name for name, _ in open_envelope(compose(LETTER), MONDAY).headers if name != "X-Mailbot-Ref"]


@pytest.mark.parametrize(
    "address",
    ["", "reviews", "a@x.example, b@y.example", "a@x.example\r\nBcc: b@y.example", "sïan@x.example", "a b@x"],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(PostRefused, match=r"agencies\.toml"):
        compose(LETTER.model_copy(update={"to": (address,)}))


@pytest.mark.parametrize(
    "message_id", ["", "no-brackets@x.example", "<a@x.example>\r\nBcc: <b@y.example>", "<a b@x>"]
)
def test_what_is_no_message_id_is_refused(message_id: str) -> None:
    with pytest.raises(PostRefused, match="Message-ID"):
        compose(LETTER.model_copy(update={"message_id": message_id}))


def test_the_folder_post_writes_a_letter_once_and_the_folder_inbox_finds_it(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    post, raw = FolderPost(tmp_path), compose(LETTER)
    assert not FolderInbox(tmp_path).find_sent(LETTER.message_id)
    for _ in range(2):
        post.post("rapidreview@partnership.example", LETTER.to, "rapidreview@partnership.example", raw)
    (written,) = (tmp_path / "sent").iterdir()
    assert written.read_bytes() == raw
    assert written.name.startswith("20261102T091500Z-")
    assert FolderInbox(tmp_path).find_sent(LETTER.message_id)


def test_the_folder_post_says_when_its_folder_is_missing(tmp_path: Path) -> None:
    assert FolderPost(tmp_path).check() == []
    (problem,) = FolderPost(tmp_path / "absent").check()
    assert "absent" in problem
