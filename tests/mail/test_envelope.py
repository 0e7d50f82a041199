"""Mails of all kinds, opened. Each tests/eml/*.eml holds one oddity; the .json beside it says what must be found."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mailbot.mail.addresses import Address, read_addresses
from mailbot.mail.bounces import read_bounce
from mailbot.mail.charsets import decode_bytes
from mailbot.mail.envelope import (
    FLAT_DEEP,
    LOGO_BYTES,
    MOST_DEEP,
    MOST_PARTS,
    fresh_text,
    open_envelope,
    top_received,
)
from mailbot.mail.webtext import text_of_html
from tests.mail.mails import MONDAY, a_mail

EML = Path(__file__).parent.parent / "eml"


def found(raw: bytes, wanted: set[str]) -> dict[str, Any]:
    """What was found, in the words of the .json files."""
    envelope = open_envelope(raw, MONDAY)
    bounce = read_bounce(raw) if "bounce" in wanted else None
    facts = {
        "subject": envelope.subject,
        "sender": [envelope.sender.name, envelope.sender.email],
        "to": [a.email for a in envelope.to],
        "text": envelope.text.strip(),
        "in_reply_to": list(envelope.in_reply_to),
        "references": list(envelope.references),
        "attachments": [[a.name, a.content_type, len(a.content), a.inline] for a in envelope.attachments],
        "automatic": bool(envelope.automatic),
        "unattended": bool(envelope.unattended),
        "bounce": bounce and bounce.model_dump(mode="json", exclude={"reason"}),
    }
    return {key: facts[key] for key in wanted if key in facts}


@pytest.mark.parametrize("path", sorted(EML.glob("*.eml")), ids=lambda path: path.stem)
def test_oddity(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    raw = path.read_bytes()
    envelope = open_envelope(raw, MONDAY)
    for attachment, wanted in zip(envelope.attachments, expected.get("attachments", []), strict=False):
        wanted[2] = len(attachment.content) if wanted[2] is None else wanted[2]
    problem, holds, part = (expected.pop(key, "") for key in ("problem", "attachment_holds", "subject_has"))
    assert found(raw, set(expected)) == expected
    assert bool(envelope.problems) == bool(problem)
    assert problem in " ".join(envelope.problems)
    assert part in envelope.subject
    assert not holds or holds.encode() in envelope.attachments[0].content


def test_every_oddity_has_its_expectation() -> None:
    assert {p.stem for p in EML.glob("*.eml")} == {p.stem for p in EML.glob("*.json")}
    assert len(list(EML.glob("*.eml"))) >= 60


_PIECES = st.sampled_from(
    b"""From: |Subject: |Content-Type: multipart/mixed; boundary=b|Content-Type: message/rfc822|--b|--b--
|Content-Type: text/plain; charset=|utf-16|=?utf-8?B?|=?utf-7?Q?+2AA-?=|?=|\r\n|\n|\r\n\r\n|Action: failed|begin 644 x
|Content-Transfer-Encoding: base64|Content-Transfer-Encoding: x-uuencode|; name*0*=utf-8''%|Final-Recipient: rfc822;
|Content-Type: multipart/report; report-type=delivery-status; boundary=b|Content-Type: message/delivery-status
|Received: x; Mon, 99 Foo 99999|<|>|"|(|,|@|\x00|Content-Type: text/html|<table><td>|> |On x wrote:
|Content-Disposition: attachment; filename=""".split(b"|")
)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(_PIECES, st.binary(max_size=12)), max_size=40).map(b"".join))
@example(
    b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 3000
)
@example(b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2000)))
@example(b"Content-Type: message/rfc822\n\n" * 3000)
@example(b"Content-Type: text/plain; charset*=x'y'%ff\n\nx")
@example(b"From: \xff\xfe <\xff@\xff>\nSubject: =?utf-7?Q?+2AA-?=\n\n")
@example(b"Subject: " + b"=?" * 50_000)
def test_no_bytes_whatever_make_it_raise(raw: bytes) -> None:
    envelope = open_envelope(raw, MONDAY)
    envelope.model_dump_json(exclude={"attachments"})
    fresh_text(envelope)
    read_bounce(raw)
    top_received(raw)


@given(
    st.binary(max_size=200),
    st.sampled_from(["", "ascii", "x-unknown", "utf-16", "idna", "rot13", "undefined", "\x00"]),
)
def test_any_bytes_in_any_charset_become_text_that_can_be_stored(content: bytes, charset: str) -> None:
    decode_bytes(content, charset).encode("utf-8")


@given(st.binary(max_size=200))
def test_a_charset_unknown_loses_no_byte(content: bytes) -> None:
    text = decode_bytes(content, "x-unknown")
    written = {text.encode(c, "ignore") for c in ("utf-8", "utf-8-sig", "cp1252", "latin-1")}
    assert content in written


def test_hundreds_of_parts_are_not_opened() -> None:
    parts = b"--b\r\nContent-Type: image/png\r\n\r\nx\r\n" * (MOST_PARTS + 50)
    envelope = open_envelope(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + parts + b"--b--\r\n", MONDAY)
    assert len(envelope.attachments) == MOST_PARTS
    assert str(MOST_PARTS) in envelope.problems[0]


@pytest.mark.parametrize(("size", "inline"), [(LOGO_BYTES - 1, True), (LOGO_BYTES, False)])
def test_only_a_small_picture_shown_in_the_body_is_a_logo(size: int, inline: bool) -> None:
    message = EmailMessage()
    message.set_content('<img src="cid:page@here">', subtype="html")
    message.add_related(b"\x89PNG".ljust(size, b"\0"), "image", "png", cid="<page@here>")
    (picture,) = open_envelope(message.as_bytes(), MONDAY).attachments
    assert (len(picture.content), picture.inline) == (size, inline)


def nested(levels: int, filler: bytes = b"") -> bytes:
    """A mail of multiparts in multiparts, with `filler` before each."""
    head = b"From: a@agency.example\r\nSubject: Return\r\n"
    parts = (
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n%b--b%d\r\n" % (n, filler, n) for n in range(levels)
    )
    return head + b"".join(parts) + b"Content-Type: text/plain\r\n\r\nNil return\r\n"


def test_a_mail_forwarded_a_dozen_times_is_opened() -> None:
    assert open_envelope(nested(MOST_DEEP), MONDAY).text.strip() == "Nil return"


@pytest.mark.parametrize(
    "raw",
    [nested(MOST_DEEP + 1), nested(900), nested(900, b"\r\n" * 500), nested(FLAT_DEEP + 1, b"\n" * 420_000)],
    ids=["one too deep", "deep", "deep and long", "not so deep and very long"],
)
def test_of_a_mail_too_deep_only_the_headers_are_read(raw: bytes) -> None:
    envelope = open_envelope(raw, MONDAY)
    assert (envelope.subject, envelope.sender.email) == ("Return", "a@agency.example")
    assert (envelope.text, envelope.attachments) == ("", ())
    assert "only its headers were read" in envelope.unopened
    assert envelope.problems == (envelope.unopened,)


def test_headers_are_kept_in_order_and_found_by_any_case() -> None:
    envelope = open_envelope(b"Received: top\r\nX-Two: a\r\nreceived: below\r\n\r\n", MONDAY)
    assert envelope.all_headers("RECEIVED") == ("top", "below")
    assert envelope.headers[1] == ("X-Two", "a")


@pytest.mark.parametrize(
    ("received", "moment"),
    [
        ("from a by b; Mon, 02 Nov 2026 10:15:00 +0100", MONDAY),
        ("from a by b;\r\n\tMon, 02 Nov 2026 09:15:00 -0000 (UTC)", MONDAY),
        ("from a by b (x; y) ; 2 Nov 2026 09:15 GMT", MONDAY),
        ("from a by b", None),
        ("from a by b; someday", None),
        ("from a by b; Mon, 02 Nov 99999 09:15:00 +9999", None),
    ],
)
def test_the_topmost_received_header_tells_when_the_mail_came(received: str, moment: datetime | None) -> None:
    raw = f"Received: {received}\r\nReceived: from x by a; Sun, 01 Nov 2026 00:00:00 +0000\r\n\r\n".encode()
    assert top_received(raw) == moment
    assert moment is None or top_received(raw).tzinfo is UTC  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("header", "addresses"),
    [
        ("ola@police.example", [("", "ola@police.example")]),
        ('"Brand, Ola" <ola@police.example>', [("Brand, Ola", "ola@police.example")]),
        ("Ola (on leave, back <x@y.example>) <ola@police.example>", [("Ola", "ola@police.example")]),
        (
            "SPOCs: a@x.example, B <b@y.example>;, c@z.example",
            [("", "a@x.example"), ("B", "b@y.example"), ("", "c@z.example")],
        ),
        ("ola@police.example <panel@national.example>", [("ola@police.example", "panel@national.example")]),
        ("a@x.example b@y.example", [("a@x.example b@y.example", "")]),
        ("Ola <a@x.example> <b@y.example>", [("Ola a@x.example b@y.example", "")]),
        ("<a@x.example\x00>", [("a@x.example", "")]),
        ("undisclosed-recipients:;", []),
    ],
)
def test_addresses(header: str, addresses: list[tuple[str, str]]) -> None:
    assert [(a.name.replace("\x00", ""), a.email) for a in read_addresses(header)] == addresses


def test_a_domain_is_compared_in_lower_case() -> None:
    assert Address(email="Ola@Police.EXAMPLE").domain == "police.example"


ORIGINAL = "Please send your return by Friday."


@pytest.mark.parametrize(
    "quote",
    [
        f"-----Original Message-----\nFrom: x\n{ORIGINAL}",
        f"From: Rapid Review <rr@lscp.example>\nSent: 2 November 2026 09:15\nTo: Ola\nSubject: x\n\n{ORIGINAL}",
        f"________________________________\nFrom: Rapid Review\nDate: Monday\nTo: Ola\nSubject: x\n\n{ORIGINAL}",
        f"*From:* Rapid Review\n*Sent:* Monday\n*To:* Ola\n*Subject:* x\n\n{ORIGINAL}",
        f"On Mon, 2 Nov 2026 at 09:15, Rapid Review <rapidreview@partnership.example> wrote:\n> {ORIGINAL}",
        f"On Mon, 2 Nov 2026 at 09:15, Rapid Review\n<rapidreview@partnership.example>\nwrote:\n\n> {ORIGINAL}",
        f"On 2 Nov 2026, at 09:15, Rapid Review wrote:\n\n  {ORIGINAL}",
        f"---------- Forwarded message ---------\nFrom: x\n\n{ORIGINAL}",
        f"Begin forwarded message:\n\nFrom: x\n{ORIGINAL}",
        f"Sent from my iPhone\n\nOn 2 Nov 2026, at 09:15, Rapid Review wrote:\n\n> {ORIGINAL}",
        f"Get Outlook for iOS<https://aka.example/x>\n___________\nFrom: x\nSent: y\nTo: z\nSubject: s\n{ORIGINAL}",
    ],
)
def test_the_quoted_original_is_left_out(quote: str) -> None:
    envelope = open_envelope(a_mail(body=f"APPROVE 1, 3-4\n\n{quote}".replace("\n", "\r\n").encode()), MONDAY)
    assert fresh_text(envelope) == "APPROVE 1, 3-4"


def test_answers_between_the_quoted_lines_are_kept() -> None:
    body = "On Mon, Rapid Review wrote:\n> Is the child known to you?\nNo.\n> And the mother?\nYes, since 2019.\n"
    envelope = open_envelope(a_mail(body=body.encode()), MONDAY)
    assert fresh_text(envelope).split("\n") == ["No.", "Yes, since 2019."]


@pytest.mark.parametrize("body", ["From: 1 May to 3 June he lived here.", "On Monday she wrote:", "On balance no."])
def test_a_persons_own_words_are_no_quote(body: str) -> None:
    text = f"{body}\nWe then saw them twice."
    assert fresh_text(open_envelope(a_mail(body=text.encode()), MONDAY)).startswith(body[:8])


def test_html_keeps_its_tables_apart() -> None:
    text = text_of_html("<table><tr><td>Known?</td><td>No</td></tr><tr><td>Since</td><td>-</td></tr></table>")
    assert [line.split() for line in text.splitlines()] == [["Known?", "No"], ["Since", "-"]]


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 50_000 + "Nothing known.",
        '<p style="padding-left:99999999em;margin-top:9999999em">Nothing known.</p>' * 1000,
        "<script" * 20_000 + ">x</script>Nothing known.",
        "Nothing known.<<<<<" + "<" * 100_000,
        "<b>Nothing known.</b>" + "x" * 2_100_000,
    ],
    ids=["deep", "wide", "scripts", "open tags", "large"],
)
def test_hostile_html_still_gives_its_words(html: str) -> None:
    text = text_of_html(html)
    assert "Nothing known." in text
    assert len(text) < 3_000_000
