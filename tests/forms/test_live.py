"""Live referrals, told by what a mail, its files or their titles are called."""

from __future__ import annotations

import pytest

from mailbot.forms.form import Form
from mailbot.forms.live import live_paper, live_words

TITLE = "the title says “{}”"


@pytest.mark.parametrize(
    "text",
    [
        "MARF",
        "Multi-Agency Referral Form (MARF) – Rowan C",
        "Request for Support",
        "Request for early help",
        "Child protection referral",
        "Safeguarding Adults Review (SAR) Referral Form",
        "SAR referral",
        "Safeguarding adults concern",
        "Adult at risk referral",
        "Adult safeguarding alert",
    ],
)
def test_the_titles_of_live_referrals(text: str) -> None:
    assert live_words(text)
    assert "Rowan" not in live_words(text), "the reason is shown to people outside the case"


@pytest.mark.parametrize(
    "text",
    [
        "JCR referral",
        "Rapid Review Referral Form",
        "MARF guidance 2026",
        "Training: adult safeguarding concerns",
        "Safeguarding Adults Board minutes",
        "SAR request under data protection law",
        "Chronology",
        "Supporting young adults",
        "Serious incident referral",
    ],
)
def test_the_titles_of_other_papers(text: str) -> None:
    assert not live_words(text)


def test_a_title_counts_wherever_the_paper_lies() -> None:
    inside = Form(name="scan.pdf", kind="other", because=(TITLE.format("Multi-agency referral form"),))
    assert live_paper((Form(name="papers.zip", kind="other", parts=(Form(kind="other", parts=(inside,)),)),))


def test_words_inside_a_form_that_is_known_are_no_title() -> None:
    known = Form(name="form.docx", kind="referral", because=(TITLE.format("Rapid Review – not a MARF"),))
    assert not live_paper((known,))
