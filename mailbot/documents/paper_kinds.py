"""The Word papers that there are: what each may say, and what its template must hold to do its work.

The shape of the facts is written as an example: "" is a text ('' in the facts means that nobody gave it), True a yes
or no, a list as many of the same as there are. Dates are ready-made text.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import JsonValue

TEXT = ""
FLAG = True
PARTNERSHIP: dict[str, JsonValue] = {
    "name": TEXT,
    "address": TEXT,
    "telephone": TEXT,
    "contact": TEXT,
    "marking": TEXT,
    "legal_basis": TEXT,
}
COMMON: dict[str, JsonValue] = {
    "ref": TEXT,
    "initials": TEXT,
    "today": TEXT,
    "agency_name": TEXT,
    "partnership": PARTNERSHIP,
}
MEETING: dict[str, JsonValue] = {
    **COMMON,
    **dict.fromkeys(["meeting", "venue", "how", "length", "panel_due"], TEXT),
    "extraordinary": FLAG,
    "chair_endorses": FLAG,
    "people": [{"name": TEXT, "role": TEXT, "partner": TEXT, "reply": TEXT}],
    "papers": [TEXT],
    "silent": [TEXT],
    "criteria": [TEXT],
}


@dataclass(frozen=True)
class Kind:
    """One paper: `facts` that it may say; those (`family.name`) and the tags of controls that it must have."""

    facts: dict[str, JsonValue]
    must_say: frozenset[str] = frozenset()
    must_ask: frozenset[str] = field(default=frozenset())


WRITTEN = (
    *("facts_of_incident", "analysis", "child_voice", "context_inequalities", "immediate_learning"),
    *("learning_shared", "improvement_potential", "criteria_rationale", "decision", "decision_reason", "dissent"),
    *("endorsed_on", "lcspr_plan", "family_informed", "parallel_processes", "media_interest"),
)
"""What people write in the Rapid Review Template: each has a control, prefilled where the record holds the answer."""

PAPERS: dict[str, Kind] = {
    "referral_form": Kind(
        facts=dict.fromkeys(["ref", "partnership_name", "return_address", "child_name", "child_dob"], TEXT),
        must_say=frozenset({"partnership_name", "return_address"}),
        must_ask=frozenset(
            [
                *("referrer_name", "referrer_agency", "date_of_referral", "child_name", "child_dob", "child_gender"),
                *("child_ethnicity", "child_disability", "child_address", "cp_plan", "date_of_incident"),
                *("incident_summary", "criteria_rationale", "immediate_safety"),
            ]
        ),
    ),
    "scoping_letter": Kind(
        facts={
            **COMMON,
            **dict.fromkeys(["outline", "referred_by", "received", "due", "due_short", "meeting", "because"], TEXT),
            "return_days": TEXT,
            "asked": [TEXT],
        },
        must_say=frozenset({"ref", "agency_name", "outline", "due", "asked", "partnership.name"}),
    ),
    "scoping_template": Kind(
        facts={
            **dict.fromkeys(
                [
                    *("ref", "partnership_name", "agency_name", "child_name", "child_aka", "child_dob"),
                    *("child_address", "nhs_number", "child_gender", "date_of_incident", "outline"),
                    *("referrer_agency", "date_circulated", "date_due", "return_address"),
                ],
                TEXT,
            ),
            "family": [{"name": TEXT, "relationship": TEXT, "date_of_birth": TEXT}],
        },
        must_say=frozenset({"ref", "child_name", "child_dob", "child_address", "family.name", "date_due"}),
        must_ask=frozenset(
            [
                *("agency_name", "author_name", "author_role", "had_involvement", "involvement_summary"),
                *("key_issues", "immediate_actions", "records_secured", "nominated_representative"),
                "signed_off_by",
            ]
        ),
    ),
    "chronology_template": Kind(
        facts={"ref": TEXT, "child_name": TEXT, "agency_name": TEXT, "partnership_name": TEXT},
        must_say=frozenset({"ref", "agency_name"}),
    ),
    "rapid_review_template": Kind(
        facts={
            **dict.fromkeys(["ref", "partnership_name", "drafted", "la_name", "sin", "date_of_incident"], TEXT),
            **dict.fromkeys(["harm", "harm_type", "quorum", "genogram", "unplaced", "silent"], TEXT),
            **dict.fromkeys(["key_events_note", "referral_criteria", *WRITTEN], TEXT),
            "child": dict.fromkeys(["initials", "dob", "age", "gender", "ethnicity", "disability"], TEXT),
            "dates": [{"what": TEXT, "date": TEXT}],
            "attendance": [{"name": TEXT, "role": TEXT, "partner": TEXT}],
            "family": [{"initials": TEXT, "relationship": TEXT, "date_of_birth": TEXT}],
            "agencies": [
                dict.fromkeys(
                    ["name", "status", "summary", "key_issues", "good_practice", "analysis", "learning"], TEXT
                ),
            ],
            "key_events": [{"date": TEXT, "agency": TEXT, "event": TEXT}],
            "voices": [{"agency": TEXT, "text": TEXT}],
            "context": [{"agency": TEXT, "text": TEXT}],
            "immediate_actions": [{"action": TEXT, "owner": TEXT, "due": TEXT, "done": TEXT}],
            "agency_actions": [{"agency": TEXT, "text": TEXT}],
            "criteria": [{"criterion": TEXT, "met": TEXT, "reason": TEXT}],
            "sign_off": [{"name": TEXT, "role": TEXT, "partner": TEXT, "date": TEXT}],
        },
        must_say=frozenset(
            [
                *("ref", "la_name", "sin", "date_of_incident", "harm", "quorum", *WRITTEN),
                *("child.initials", "child.dob", "child.age", "child.gender", "child.ethnicity", "child.disability"),
                *("dates.date", "attendance.name", "agencies.name", "agencies.summary", "key_events.event"),
                *("immediate_actions.action", "criteria.reason", "sign_off.name"),
            ]
        ),
        must_ask=frozenset(WRITTEN),
    ),
    "agenda": Kind(facts=MEETING, must_say=frozenset({"ref", "meeting", "people.name", "criteria"})),
    "decision_sheet": Kind(
        facts=MEETING,
        must_say=frozenset({"ref", "meeting", "people.name", "criteria"}),
        must_ask=frozenset(
            [
                *("attended", "quorate", "action", "action_owner", "action_due", "immediate_learning", "dissent"),
                *("criterion_met", "criterion_not_met", "criterion_reason", "decision", "decision_reason"),
                "endorsed_on",
            ]
        ),
    ),
    "panel_letter": Kind(
        facts={
            **COMMON,
            **dict.fromkeys(["la_name", "sin_ref", "notified", "received", "meeting", "outline"], TEXT),
            **dict.fromkeys(["decision", "reason", "endorsed", "late"], TEXT),
            "quorate": FLAG,
            "local_review": FLAG,
            "criteria": [{"text": TEXT, "met": FLAG, "reason": TEXT}],
            "partners": [{"name": TEXT, "role": TEXT, "partner": TEXT}],
            "signed": [{"name": TEXT, "role": TEXT, "date": TEXT}],
        },
        must_say=frozenset(
            [
                *("ref", "la_name", "sin_ref", "meeting", "outline", "decision", "reason", "late", "partners.name"),
                *("criteria.text", "criteria.reason", "partnership.name", "partnership.address"),
            ]
        ),
    ),
    "outcome_letter": Kind(
        facts={
            **COMMON,
            "meeting": TEXT,
            "decision": TEXT,
            "learning": [TEXT],
            "to_referrer": FLAG,
            "national": FLAG,
            "answered": FLAG,
        },
        must_say=frozenset({"ref", "decision", "learning", "partnership.name"}),
    ),
    "learning_record": Kind(
        facts={
            **COMMON,
            **dict.fromkeys(["decided_on", "subgroup", "completed_on"], TEXT),
            "learning": {
                "agreed": FLAG,
                **dict.fromkeys(["activity", "lead", "reason", "due"], TEXT),
                "criteria": [TEXT],
            },
            "considered": [{"name": TEXT, "role": TEXT, "answer": TEXT, "reason": TEXT}],
            "progress": [TEXT],
        },
        must_say=frozenset({"ref", "learning.activity", "learning.lead", "learning.reason", "considered.name"}),
        must_ask=frozenset({"activity_done", "learned", "changes", "completed_on"}),
    ),
}
"""Every paper by the name of its template, templates/documents/NAME.docx."""

FACTS: dict[str, frozenset[str]] = {name: frozenset(kind.facts) for name, kind in PAPERS.items()}
"""What each paper may say, by the outermost name."""


def example(shape: JsonValue, text: str, flag: bool = False, rows: int = 1) -> JsonValue:
    """Facts of this shape: every text is `text`, every yes or no is `flag`, every list has `rows` entries."""
    match shape:
        case bool():
            return flag
        case dict():
            return {name: example(part, text, flag, rows) for name, part in shape.items()}
        case list():
            return [example(part, text, flag, rows) for part in shape for _ in range(rows)]
        case _:
            return text
