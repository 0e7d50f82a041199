"""What the Rapid Review Template (Document 4) is filled with: the record's facts, nothing invented.

Every line carries what it came from. The child and family are named by initials. What people wrote in a template that
they gave back comes before the record; what only they can write is left for them, and the template prompts for it.
"""

from __future__ import annotations

from datetime import datetime

from mailbot.cases.case import Case
from mailbot.cases.decisions import Facts
from mailbot.cases.family import family_of, in_words, said_apart
from mailbot.cases.practice import Practice
from mailbot.cases.rapid_review.came_from import CameFrom
from mailbot.cases.rapid_review.identifiers import age_at, identifiers
from mailbot.cases.rapid_review.involvement import KEY_EVENTS, involvement
from mailbot.cases.rapid_review.known import Draft, SourceLine, lines, texts
from mailbot.cases.rapid_review.meeting import meeting
from mailbot.cases.wording import say_day

__all__ = ["KEY_EVENTS", "SourceLine", "age_at", "rapid_review_facts", "rapid_review_sources"]

SECTIONS = {
    "1. The case": (
        *("ref", "partnership_name", "la_name", "sin", "child", "date_of_incident", "harm", "harm_type"),
    ),
    "2. Dates": ("dates",),
    "3. Who took part": ("attendance", "quorum"),
    "4. Family": ("family", "unplaced"),
    "5. Facts of the incident": ("facts_of_incident",),
    "6. What the agencies told us": ("silent", "agencies"),
    "7. Key events in the child’s life": ("key_events_note", "key_events"),
    "8. Analysis of practice": ("analysis",),
    "9. Voice and daily life of the child": ("voices", "child_voice"),
    "10. Context and inequalities": ("context", "context_inequalities"),
    "11. Immediate action and learning": (
        *("immediate_actions", "agency_actions", "immediate_learning", "learning_shared", "improvement_potential"),
    ),
    "12. Criteria": ("referral_criteria", "criteria", "criteria_rationale"),
    "13. Decision": (
        *("decision", "decision_reason", "dissent", "endorsed_on", "lcspr_plan", "family_informed"),
        *("parallel_processes", "media_interest"),
    ),
    "14. Sign-off by the safeguarding partners": ("sign_off",),
}
"""The template's sections in order, and the facts that stand in each."""


def rapid_review_facts(case: Case, practice: Practice, now: datetime) -> Facts:
    """Every fact of the template, as ready-made text; an empty text is one that nobody has given."""
    return {name: texts(part) for name, part in _draft(case, practice, now).items()}


def rapid_review_sources(case: Case, practice: Practice, now: datetime) -> tuple[SourceLine, ...]:
    """Where every filled line of the template came from, in the template's order: the annex for the office."""
    draft = _draft(case, practice, now)
    return tuple(
        SourceLine(section=section, line=known.line, text=known.text, source=known.source)
        for section, names in SECTIONS.items()
        for name in names
        for known in lines(draft[name])
    )


def _draft(case: Case, practice: Practice, now: datetime) -> dict[str, Draft]:
    hide = practice.pseudonyms(case)
    came_from = CameFrom(case, practice, hide)
    family = family_of(case, practice.relationships, hide)
    return {
        "ref": case.ref,
        "partnership_name": practice.office.name,
        "drafted": say_day(practice.calendar.day_of(now)),
        "genogram": in_words(family) if family.drawable else "",
        "unplaced": said_apart(family) if family.drawable else "",
        **identifiers(case, practice, now, hide, came_from),
        **involvement(case, practice, now, hide, came_from),
        **meeting(case, practice, hide, came_from),
    }
