"""What is missing in a meeting pack: returns, parts of returns, parts of the referral, times without any contact."""

from __future__ import annotations

from datetime import datetime

from mailbot.cases.case import Case
from mailbot.cases.chronology import Chronology
from mailbot.cases.pack import standings
from mailbot.cases.practice import Practice
from mailbot.cases.values import Value
from mailbot.cases.wording import count, field_name, say_list, sentence_case

SILENCES_TOLD = 6
"""Silences that are told here, the longest; the combined chronology has them all."""


class Gap(Value):
    """One kind of thing that is missing, and what of it."""

    title: str
    lines: tuple[str, ...]


def gaps(case: Case, practice: Practice, now: datetime, chronology: Chronology) -> tuple[Gap, ...]:
    """Everything that the record knows to be missing. What nobody wrote down, or sent, it cannot know."""
    told = standings(case, practice, now)
    notified = case.notified_at or any(paper.kind == "notification" for paper in case.papers)
    longest = sorted(chronology.silences, key=lambda s: (s.after - s.until, s.after))[:SILENCES_TOLD]
    silences = [silence.because for silence in sorted(longest, key=lambda s: s.after)]
    if left := len(chronology.silences) - len(longest):
        silences.append(f"{count(left, 'shorter one')} in the combined chronology.")
    found = (
        (
            "No return from",
            [f"{s.name}: {s.status}{f', {s.detail}' if s.detail else ''}" for s in told if s.given == "nothing"],
        ),
        (
            "Returned in part",
            [
                f"{r.name}: {say_list([field_name(m) for m in r.missing])} still missing"
                for r in case.requests.values()
                if r.completeness == "part" and r.missing
            ],
        ),
        (
            "Returned without a chronology that could be read",
            [
                r.name
                for r in case.requests.values()
                if r.completeness in ("full", "part") and not r.rows and "chronology" not in r.missing
            ],
        ),
        ("Not said in the referral", [sentence_case(field_name(m)) for m in _unsaid(case)]),
        ("Not in the record", [] if notified else ["The local authority’s notification to the national Panel"]),
        ("When nobody recorded a contact", silences),
        (
            "What does not agree",
            [f"{count(len(chronology.contradictions), 'contradiction')} pointed out in the combined chronology."]
            if chronology.contradictions
            else [],
        ),
    )
    return tuple(Gap(title=title, lines=tuple(lines)) for title, lines in found if lines)


def _unsaid(case: Case) -> list[str]:
    """What the referral left out and nobody has told of since: a child's answers may stand in the notification."""
    child = case.child.model_dump()
    return [name for name in case.referral_missing if not child.get(name.removeprefix("child_"))]
