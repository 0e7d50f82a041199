"""A letter comes back: whose it was is found by its Message-ID, and the agency is not taken for silent."""

from __future__ import annotations

from mailbot.store.outbox import Letter
from tests.builders import at
from tests.intake.office import ADDRESS, Office

TUESDAY = "Tue 2 Jun 2026 10:00"


def came_back(letter: Letter, status: str, action: str = "failed") -> bytes:
    """A delivery report (RFC 3464) about a letter."""
    lines = [
        "Received: from mx.elsewhere.example by mx.westmarchscp.example; Tue, 02 Jun 2026 09:00:00 +0000",
        "From: Mail Delivery System <mailer-daemon@mx.elsewhere.example>",
        f"To: {ADDRESS}",
        "Subject: Undelivered Mail Returned to Sender",
        f"Message-ID: <bounce-{status}@mx.elsewhere.example>",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain",
        "",
        "It could not be delivered.",
        "--b",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.elsewhere.example",
        "",
        f"Final-Recipient: rfc822; {letter.to[0]}",
        f"Action: {action}",
        f"Status: {status}",
        "",
        "--b",
        "Content-Type: text/rfc822-headers",
        "",
        f"Message-ID: {letter.message_id}",
        "",
        "--b--",
        "",
    ]
    return "\r\n".join(lines).encode()


def scoping_letter(office: Office, agency: str) -> Letter:
    return next(a for a in office.letters("scoping") if a.agency == agency)


def test_an_address_that_is_no_good_stops_the_chasing_and_tells_the_office(scoped: Office) -> None:
    scoped.lay(came_back(scoping_letter(scoped, "police"), "5.1.1"))
    scoped.pass_(TUESDAY)
    assert scoped.last.state == "handled"
    assert scoped.case.requests["police"].undeliverable
    (warning,) = scoped.letters("warning", status="sent")
    assert "Please ring the agency" in scoped.opened(warning).text
    for day in ("Tue 9 Jun", "Wed 10 Jun", "Thu 11 Jun"):
        scoped.pass_(f"{day} 2026 9:00")
    assert "police" not in {a.agency for a in scoped.letters("reminder", "chase")}
    assert "icb" in {a.agency for a in scoped.letters("reminder")}


def test_a_full_mailbox_is_told_and_is_no_silence_of_the_agency(scoped: Office) -> None:
    scoped.lay(came_back(scoping_letter(scoped, "police"), "4.2.2"))
    scoped.pass_(TUESDAY)
    assert scoped.case.requests["police"].undeliverable
    assert scoped.letters("warning", status="sent")


def test_a_delay_is_noted_only(scoped: Office) -> None:
    scoped.lay(came_back(scoping_letter(scoped, "police"), "4.4.1", "delayed"))
    scoped.pass_(TUESDAY)
    assert scoped.last.state == "handled"
    assert "is delayed" in scoped.last.reason
    assert scoped.letters("warning") == []


def test_a_bounce_of_somebody_elses_mail_is_left_alone(scoped: Office) -> None:
    letter = scoping_letter(scoped, "police")
    raw = came_back(letter, "5.1.1").replace(letter.message_id.encode(), b"<forged@elsewhere.example>")
    scoped.lay(raw)
    scoped.pass_(TUESDAY)
    assert scoped.last.state == "ignored"
    assert not scoped.case.requests["police"].undeliverable


def test_a_bounce_after_the_case_has_ended_changes_nothing(scoped: Office) -> None:
    scoped.record("Tue 2 Jun 2026 9:00", "withdrawn", why="referred in error")
    scoped.lay(came_back(scoping_letter(scoped, "police"), "5.1.1"))
    scoped.pass_(at(TUESDAY))
    assert scoped.last.state == "handled"
    assert "after the case was closed" in scoped.last.reason
