"""Bounces of other servers, in short; the longer ones lie in tests/eml, a real one comes in test_smtp."""

from __future__ import annotations

import pytest

from mailbot.mail.bounces import read_bounce


def report(status: str, said: str, action: str = "failed") -> bytes:
    """A delivery report about one address."""
    return (
        "From: MAILER-DAEMON@mx.surgery.example\r\nSubject: Undeliverable\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.surgery.example\r\n\r\n"
        f"Final-Recipient: rfc822; reviews@surgery.example\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; {said}\r\n--b--\r\n"
    ).encode()


@pytest.mark.parametrize(
    ("status", "said", "permanent"),
    [
        ("5.1.1", "550 no such user", True),
        ("5.1.2", "550 domain unknown", True),
        ("5.1.10", "550 recipient not found", True),
        ("5.2.1", "550 mailbox disabled", True),
        ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied", True),
        ("5.0.0", "550 5.1.1 unknown", True),
        ("5.0.0", "550 No such user here", True),
        ("5.2.2", "552 over quota", False),
        ("5.1.1", "550 5.1.1 mailbox is full", False),
        ("5.2.3", "552 message larger than allowed", False),
        ("5.3.4", "552 message too big for system", False),
        ("5.4.7", "550 delivery time expired", False),
        ("5.7.1", "550 blocked by policy", False),
        ("5.7.26", "550 unauthenticated mail", False),
        ("4.4.7", "451 expired", False),
        ("5.0.0", "554 something went wrong", False),
    ],
)
def test_only_an_address_that_will_never_do_is_permanent(status: str, said: str, permanent: bool) -> None:
    bounce = read_bounce(report(status, said))
    assert bounce is not None
    assert (bounce.addresses, bounce.final, bounce.permanent) == (("reviews@surgery.example",), True, permanent)
    assert said in bounce.reason


def test_a_delay_is_neither_final_nor_permanent() -> None:
    bounce = read_bounce(report("5.1.1", "still trying", action="delayed"))
    assert bounce is not None
    assert (bounce.final, bounce.permanent) == (False, False)


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded", ""])
def test_good_news_is_no_bounce(action: str) -> None:
    assert read_bounce(report("2.0.0", "250 ok", action)) is None


def test_one_good_address_among_the_failed_leaves_the_address_unjudged() -> None:
    two = report("5.1.1", "550 no such user").replace(
        b"--b--",
        b"\r\nFinal-Recipient: rfc822; gp@surgery.example\r\nAction: failed\r\nStatus: 5.2.2\r\n--b--",
    )
    bounce = read_bounce(two)
    assert bounce is not None
    assert bounce.addresses == ("reviews@surgery.example", "gp@surgery.example")
    assert not bounce.permanent
