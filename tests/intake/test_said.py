"""A person's word: the Rapid Review Template finished by hand takes the draft's place."""

from __future__ import annotations

from io import BytesIO

import docx
import pytest

from mailbot.errors import NotAllowedNow, UsageProblem
from mailbot.intake.template import replace_submission
from mailbot.worker import settle
from tests.builders import at
from tests.intake.office import MANAGER, REF, Office

DECIDED = at("Thu 11 Jun 2026 14:30")


@pytest.fixture
def decided(scoped: Office) -> Office:
    """The meeting was on Thu 11 Jun; its decision is recorded, and the template is drafted."""
    scoped.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-11T10:00")
    leads = [p.email for p in scoped.parts.practice.directory.people if p.role == "partner_lead"]
    scoped.record("Thu 11 Jun 2026 14:00", "attendance", *leads)
    scoped.record("Thu 11 Jun 2026 14:10", "outcome", "none", why="Nothing more to learn.")
    settle(scoped.parts, DECIDED)
    return scoped


def finished(office: Office) -> bytes:
    """The draft with its prompts written, as Word would save it."""
    assert office.case.submission is not None
    paper = docx.Document(BytesIO(office.parts.mailbag.file(office.case.submission.sha256)))
    for paragraph in paper.paragraphs:
        if paragraph.text.startswith("["):
            paragraph.text = "Written by the meeting."
    saved = BytesIO()
    paper.save(saved)
    return saved.getvalue()


def test_the_finished_template_goes_to_the_panel_in_the_drafts_place(decided: Office) -> None:
    content = finished(decided)
    replace_submission(REF, content, MANAGER, decided.parts, DECIDED)
    settle(decided.parts, DECIDED)
    (letter,) = [x for x in decided.letters("submission") if x.status == "waiting"]
    assert content in [file.content for file in decided.opened(letter).attachments]
    assert decided.case.rounds["submission-1"].state == "rejected"


def test_what_a_person_wrote_is_never_drafted_over(decided: Office) -> None:
    content = finished(decided)
    replace_submission(REF, content, MANAGER, decided.parts, DECIDED)
    decided.record("Thu 11 Jun 2026 15:00", "action", "Tell every school.")
    settle(decided.parts, at("Thu 11 Jun 2026 15:00"))
    assert decided.case.submission is not None
    assert decided.parts.mailbag.file(decided.case.submission.sha256) == content
    assert (decided.case.submission_version, decided.case.submission_older) == (3, True)


def test_only_a_word_file_of_a_known_person_after_the_decision(decided: Office, scoped: Office) -> None:
    with pytest.raises(UsageProblem, match="cannot take the place"):
        replace_submission(REF, b"%PDF-1.7 not this", MANAGER, decided.parts, DECIDED)
    with pytest.raises(UsageProblem, match=r"people\.toml"):
        replace_submission(REF, finished(decided), "who@elsewhere.example", decided.parts, DECIDED)


def test_before_the_decision_there_is_nothing_to_take_the_place_of(scoped: Office) -> None:
    saved = BytesIO()
    docx.Document().save(saved)
    with pytest.raises(NotAllowedNow, match="no drafted submission"):
        replace_submission(REF, saved.getvalue(), MANAGER, scoped.parts, DECIDED)
