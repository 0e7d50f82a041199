"""A case's story: every event has a sentence of its own that a person understands."""

from __future__ import annotations

from typing import Any

import pytest

from mailbot.cases.events import Asked, ScopingDrafted
from mailbot.cases.story import tell
from tests.builders import at, practice
from tests.cases.test_stages import FACTS, event


@pytest.mark.parametrize("kind", sorted(FACTS))
def test_every_event_has_a_sentence(kind: str) -> None:
    sentence = tell(event(kind), practice())
    assert sentence[0].isupper()
    assert "_" not in sentence
    assert len(sentence.split()) >= 3 or kind in ("withdrawn", "closed")


@pytest.mark.parametrize("kind", sorted(kind for kind, facts in FACTS.items() if "agency" in facts))
def test_what_happened_with_an_agency_names_it(kind: str) -> None:
    assert "Northshire Police" in tell(event(kind), practice())


@pytest.mark.parametrize(
    ("kind", "facts", "sentence"),
    [
        ("serious_harm_decided", {"accepted": False}, "The local authority does not accept serious harm."),
        ("round_approved", {"items": (1, 3)}, "Items 1, 3 of scoping letters: approved."),
        ("round_approved", {"round": "pack-2"}, "The meeting pack: approved."),
        ("round_rejected", {"round": "submission-1"}, "The submission to the national Panel: rejected."),
        ("meeting_set", {}, "The meeting was set for 9.12 am on Monday 1 June 2026."),
        ("chronology_received", {"rows": ({}, {})}, "Northshire Police sent a chronology of 2 rows."),
        ("scoping_returned", {"completeness": "nil"}, "Northshire Police made a nil return."),
        (
            "scoping_returned",
            {"completeness": "part", "missing": ("key_issues", "chronology")},
            "Northshire Police made a part return, lacking key issues and the chronology.",
        ),
        ("extension_granted", {}, "Northshire Police has until Friday 12 June 2026."),
        ("action_agreed", {}, "Immediate action agreed: Tell the school"),
        ("withdrawn", {}, "The referral was withdrawn."),
        ("closed", {}, "The case was closed."),
    ],
)
def test_sentences(kind: str, facts: dict[str, Any], sentence: str) -> None:
    assert tell(event(kind, **facts), practice()) == sentence


def test_agencies_asked_are_named() -> None:
    asked = tuple(Asked(agency=a, name=a.capitalize(), because="always") for a in ("police", "health"))
    drafted = ScopingDrafted(at=at("Mon 1 Jun 2026 9:12"), because="the procedure", round="scoping-1", asked=asked)
    assert tell(drafted, practice()) == "Scoping letters were drafted to Police and Health."
