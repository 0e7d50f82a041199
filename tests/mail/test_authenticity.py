"""Whom to believe: only our own server's finding about the one From address."""

from __future__ import annotations

import pytest

from mailbot.mail.authenticity import believe, read_results
from mailbot.mail.envelope import Envelope, open_envelope
from tests.mail.mails import MONDAY

OURS = "mx.partnership.example"
PASS = f"{OURS}; dmarc=pass (p=reject; sp=none) header.from=police.example; spf=pass smtp.mailfrom=police.example"
MICROSOFT = (
    "spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=police.example; dkim=pass (signature was verified)"
    " header.d=police.example;dmarc=pass action=none header.from=police.example;compauth=pass reason=100"
)


def mail(*results: str, sender: str = "Ola Brand <ola.brand@police.example>") -> Envelope:
    """A mail with these Authentication-Results, topmost first."""
    headers = "".join(f"Authentication-Results: {value}\r\n" for value in results)
    return open_envelope(f"{headers}From: {sender}\r\nSubject: x\r\n\r\nAPPROVE\r\n".encode(), MONDAY)


@pytest.mark.parametrize(
    ("results", "authserv_id"),
    [
        (PASS, OURS),
        (PASS.upper(), OURS),
        (f'"{OURS}" 1; dmarc = pass header.from = police.example', OURS),
        (f"{OURS};\r\n\tspf=fail (a ; dmarc=fail (nested) comment) smtp.mailfrom=x.example;\r\n\t{PASS[24:]}", OURS),
        (MICROSOFT, ""),
    ],
)
def test_a_dmarc_pass_of_our_own_server_is_believed(results: str, authserv_id: str) -> None:
    belief = believe(mail(results), authserv_id, trust_unauthenticated=False)
    assert belief.believed, belief.why
    assert "police.example" in belief.why


@pytest.mark.parametrize(
    ("results", "why"),
    [
        ((), "left no Authentication-Results"),
        ((PASS.replace(OURS, "mx.evil.example"), PASS), "written by mx.evil.example"),
        ((MICROSOFT,), "gives no name"),
        ((PASS.replace("dmarc=pass", "dmarc=fail"),), "gave fail"),
        ((PASS.replace("dmarc=pass", "dmarc=bestguesspass"),), "gave bestguesspass"),
        ((PASS.replace("header.from=police.example", "header.from=evil.example"),), "checked evil.example"),
        ((PASS.replace("header.from=police.example", "header.from=mail.police.example"),), "checked mail.police"),
        ((PASS.replace("header.from=police.example", ""),), "checked no domain"),
        ((f"{OURS}; spf=pass smtp.mailfrom=police.example; dkim=pass header.d=police.example",), "one DMARC result"),
        ((f"{PASS}; dmarc=fail header.from=police.example",), "one DMARC result"),
        ((f"{OURS}; none",), "one DMARC result"),
        ((f"{OURS}; spf=fail (dmarc=pass header.from=police.example) smtp.helo=x",), "one DMARC result"),
        ((f'{OURS}; spf=fail smtp.helo="; dmarc=pass header.from=police.example"',), "one DMARC result"),
        ((f"{OURS}; spf=fail dmarc=pass header.from=police.example",), "one DMARC result"),
        ((f"{OURS}.evil.example; dmarc=pass header.from=police.example",), "written by"),
    ],
)
def test_nothing_less_is_believed(results: tuple[str, ...], why: str) -> None:
    belief = believe(mail(*results), OURS, trust_unauthenticated=True)
    assert not belief.believed
    assert why in belief.why


@pytest.mark.parametrize(
    "sender",
    [
        "ola.brand@police.example, mallory@evil.example",
        "Ola <ola.brand@police.example> <mallory@evil.example>",
        "ola.brand@police.example\r\nFrom: mallory@evil.example",
        "Ola Brand",
        "",
    ],
)
@pytest.mark.parametrize("authserv_id", [OURS, None])
def test_without_exactly_one_sender_nothing_is_believed(sender: str, authserv_id: str | None) -> None:
    belief = believe(mail(PASS, sender=sender), authserv_id, trust_unauthenticated=True)
    assert not belief.believed
    assert "exactly one" in belief.why


def test_microsofts_form_is_not_taken_from_a_named_server() -> None:
    assert not believe(mail(PASS), "", trust_unauthenticated=False).believed


def test_without_our_servers_name_nobody_is_believed() -> None:
    belief = believe(mail(PASS), None, trust_unauthenticated=False)
    assert not belief.believed
    assert "No authserv_id" in belief.why


def test_trust_without_proof_says_so() -> None:
    belief = believe(mail(), None, trust_unauthenticated=True)
    assert belief.believed
    assert "without proof" in belief.why


@pytest.mark.parametrize("value", ["", ";", ";;;", "(((", '"', "=", "a=b", "x; =; dmarc", '(;")";'])
def test_nonsense_in_the_header_is_nothing_found(value: str) -> None:
    assert all(method.name != "dmarc" for method in read_results(value).methods)


def marked(*marks: str, sender: str = "Ida Vale <ida.vale@council.example>", results: str = "") -> Envelope:
    """A mail with these marks of Exchange, as its own mailbox shows it."""
    headers = "".join(f"X-MS-Exchange-Organization-AuthAs: {mark}\r\n" for mark in marks) + results
    return open_envelope(f"{headers}From: {sender}\r\nSubject: x\r\n\r\nAPPROVE\r\n".encode(), MONDAY)


@pytest.mark.parametrize("authserv_id", [None, "", OURS])
def test_on_exchange_a_colleagues_mail_is_believed_by_the_services_own_mark(authserv_id: str | None) -> None:
    belief = believe(marked("Internal"), authserv_id, trust_unauthenticated=False, internal_mark=True)
    assert belief.believed, belief.why
    assert "council.example" in belief.why


@pytest.mark.parametrize("authserv_id", [None, "", OURS])
def test_where_the_mailbox_is_not_on_exchange_anybody_could_have_written_the_mark(authserv_id: str | None) -> None:
    assert not believe(marked("Internal"), authserv_id, trust_unauthenticated=False).believed


@pytest.mark.parametrize(
    "envelope",
    [
        marked("Anonymous"),
        marked("Internal", "Anonymous"),
        marked("Internal", "Internal"),
        marked("Internal", sender="ida.vale@council.example, mallory@evil.example"),
    ],
)
def test_no_other_mark_is_believed(envelope: Envelope) -> None:
    assert not believe(envelope, "", trust_unauthenticated=False, internal_mark=True).believed


def test_mail_from_outside_still_needs_its_dmarc_pass_on_exchange() -> None:
    outside = marked(
        "Anonymous", sender="ola.brand@police.example", results=f"Authentication-Results: {MICROSOFT}\r\n"
    )
    assert believe(outside, "", trust_unauthenticated=False, internal_mark=True).believed
