"""Domains that look like an agency's: what the eye takes for the same, and what is honestly another's."""

from __future__ import annotations

import pytest

from mailbot.mail.lookalikes import looks_like

OURS = ("westmarch-council.example", "westmarch-police.example", "staffordshire.police.uk")


@pytest.mark.parametrize(
    "domain",
    [
        "westmarch-councll.example",
        "westmarch-counci1.example",
        "westmarch-cuoncil.example",
        "westmarchcouncil.example",
        "westmarch-council.example.attacker.example",
        "mail.westmarch-council.example.attacker.example",
        "westmаrch-council.example",  # a Cyrillic letter
        "xn--westmrch-council-xdn.example",
        "vvestmarch-council.example",
        "westmarch-council.co",
    ],
)
def test_a_domain_that_looks_like_an_agencys_is_named(domain: str) -> None:
    assert looks_like(domain, OURS) == "westmarch-council.example"


@pytest.mark.parametrize(
    "domain",
    [
        "westmarch-council.example",
        "intranet.westmarch-council.example",
        "staffordshire.gov.uk",
        "northmarch-council.example",
        "webmail.example",
        "",
    ],
)
def test_an_agencys_own_domain_and_an_honest_strangers_are_not(domain: str) -> None:
    assert looks_like(domain, OURS) == ""
