"""Mails for the tests of this room; people and places are invented."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

MONDAY = datetime(2026, 11, 2, 9, 15, tzinfo=UTC)


def a_mail(
    number: int = 1,
    body: bytes = b"Please see the return attached.",
    received: datetime = MONDAY,
    headers: bytes = b"",
) -> bytes:
    """A mail with CRLF line ends and the number in its subject and Message-ID."""
    return b"\r\n".join(
        [
            b"Received: from mx.police.example by mx.partnership.example; " + format_datetime(received).encode(),
            b"From: Ola Brand <ola.brand@police.example>",
            b"To: rapidreview@partnership.example",
            b"Subject: Return %d" % number,
            b"Message-ID: <return-%d@police.example>" % number,
            headers + b"Content-Type: text/plain; charset=utf-8",
            b"",
            body,
            b"",
        ]
    )
