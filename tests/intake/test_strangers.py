"""Mail from people who are not asked anything: requests for records, look-alike domains, copies of one mail."""

from __future__ import annotations

import pytest

from mailbot.demo.mails import Arriving
from tests.intake.office import REF, Office

TUESDAY = "Tue 2 Jun 2026 10:00"


def test_a_request_for_records_is_held_and_the_office_told_that_the_law_has_a_time_limit(scoped: Office) -> None:
    scoped.arrives(TUESDAY, Arriving("dcast77@webmail.example", "Subject access request", "Please send me my file."))
    scoped.pass_(TUESDAY)

    assert scoped.last.state == "held"
    told = scoped.opened(scoped.letters("warning")[-1])
    assert "time limit" in told.text


@pytest.mark.parametrize("domain", ["westmarch-po1ice.example", "westmarch-police.example.attacker.example"])
def test_a_look_alike_domain_is_named_and_changes_nothing(scoped: Office, domain: str) -> None:
    scoped.arrives(TUESDAY, Arriving(f"review.team@{domain}", f"Re: [{REF}]", "Nil return."))
    scoped.pass_(TUESDAY)

    assert scoped.last.state == "held"
    assert f"{domain} looks like westmarch-police.example" in scoped.last.reason
    assert scoped.case.requests["police"].returned_at is None


def test_one_mail_over_two_servers_is_answered_once(scoped: Office) -> None:
    raw = scoped.arrives(TUESDAY, Arriving("review.team@westmarch-police.example", f"Re: [{REF}]", "Nil return."))
    scoped.pass_(TUESDAY)
    thanked = len(scoped.letters("thanks"))
    first, _, rest = raw.partition(b"\r\n")
    scoped.lay(first + b"\r\nReceived: from list.westmarch-police.example; Tue, 2 Jun 2026 09:01:00 +0000\r\n" + rest)
    scoped.pass_(TUESDAY)

    assert scoped.last.state == "ignored"
    assert len(scoped.letters("thanks")) == thanked
