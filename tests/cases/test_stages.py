"""The table of stages: what moves a case on, what cannot happen, and that a case is the fold of its events."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, get_args

import pytest

from mailbot.cases.case import Case, Stage
from mailbot.cases.events import EVENTS, AnyEvent, Paper
from mailbot.cases.stages import (
    ANY_TIME,
    AS_BEFORE,
    ENDED,
    MOVES,
    OPEN,
    apply,
    next_stage,
    possible,
    replay,
    step_name,
)
from mailbot.errors import IllegalEvent
from tests.builders import LEADS, REF, at

MONDAY = at("Mon 1 Jun 2026 9:12")
PAPER = Paper(kind="pack", name="pack.pdf", sha256="c" * 64)
QUORUM = [
    {"name": address.title(), "email": address, "role": "lead", "partner": partner}
    for address, partner in zip(LEADS, ("local_authority", "police", "health"), strict=True)
]
FACTS: dict[str, dict[str, Any]] = {
    "referral_received": {
        "ref": REF,
        "procedure": "h01",
        "from_la": True,
        "referrer": "a@b.example",
        "fields": {},
        "papers": (),
    },
    "notification_received": {"fields": {"sin_ref": "SIN-1"}, "papers": ()},
    "became_aware": {"moment": MONDAY},
    "panel_notified": {"moment": MONDAY},
    "serious_harm_decided": {"accepted": True},
    "scoping_drafted": {"round": "scoping-1", "asked": [{"agency": "police", "name": "Police", "because": "always"}]},
    "approval_asked": {"round": "scoping-1", "ask": 1, "items": [1], "expires": MONDAY},
    "round_approved": {"round": "scoping-1"},
    "round_rejected": {"round": "scoping-1"},
    "round_stopped": {"round": "scoping-1"},
    "letter_sent": {
        "kind": "scoping",
        "key": "k",
        "to": ["p@police.example"],
        "message_id": "<1@x.example>",
        "agency": "police",
        "round": "scoping-1",
    },
    "letter_failed": {"kind": "scoping", "key": "k", "agency": "police"},
    "delivery_failed": {"agency": "police", "address": "p@police.example", "permanent": True},
    "agency_replied": {"agency": "police", "kind": "acknowledgement"},
    "file_unlocked": {"agency": "police"},
    "scoping_returned": {"agency": "police", "completeness": "full"},
    "chronology_received": {"agency": "police", "rows": [{"event": "seen"}]},
    "ladder_step_taken": {"agency": "police", "step": "remind", "due": MONDAY},
    "extension_granted": {"agency": "police", "until": "2026-06-12"},
    "office_told": {"topic": "meeting-date"},
    "meeting_proposed": {"days": ["2026-06-10"]},
    "meeting_set": {"start": MONDAY},
    "meeting_called_off": {"start": MONDAY},
    "first_approved": {"round": "submission-1", "items": (1,)},
    "invitation_answered": {"who": "frith@police.example", "partstat": "DECLINED", "sequence": 1},
    "pack_assembled": {"version": 1, "paper": PAPER, "contents": []},
    "attendance_recorded": {"people": QUORUM},
    "action_agreed": {"text": "Tell the school"},
    "outcome_decided": {"outcome": "none", "reason": "Nothing to learn"},
    "endorsed": {"on": "2026-06-12"},
    "signed_off": {"who": QUORUM[0]},
    "submission_drafted": {"version": 1, "paper": PAPER},
    "withdrawn": {},
    "closed": {},
    "incident_reported": {
        "ref": REF,
        "procedure": "staffordshire-stoke",
        "from_la": False,
        "referrer": "a@police.example",
    },
    "referral_joined": {"from_la": True, "referrer": "a@council.example", "fields": {}},
    "intention_told": {},
    "local_authority_named": {"agency": "police"},
    "more_time_wanted": {"until": "2026-06-05"},
    "partner_answered": {"topic": "threshold", "who": QUORUM[0], "answer": "agree"},
    "threshold_meeting_set": {"start": MONDAY},
    "threshold_settled": {"overturned": False},
    "extension_refused": {"agency": "police"},
    "chase_step_taken": {"of": "la_answer", "step": "chase", "due": MONDAY},
    "action_done": {"number": 1},
    "learning_point_noted": {"text": "Ask who lives there"},
    "criterion_considered": {"criterion": "national", "met": False},
    "panel_wrote": {"papers": [PAPER]},
    "panel_replied": {"answer": "agrees"},
    "learning_opened": {},
    "learning_proposed": {"activity": "An audit", "lead": "Audit Group", "criteria": ["recurring_theme"]},
    "learning_decided": {"activity": "An audit", "lead": "Audit Group"},
    "subgroup_recommended": {"group": "Audit Group"},
    "learning_progressed": {"due": "2026-09-01"},
    "learning_completed": {},
    "reopened": {},
    "suspended": {"until": "2026-07-01"},
    "resumed": {},
    "transferred": {"to": "Eastmarch"},
    "merged": {"into": "RR-2026-002"},
    "absorbed": {"ref": "RR-2026-002"},
    "clocks_noted": {"dues": {"send_scoping": MONDAY}, "moved": ["send_scoping"]},
    "lateness_explained": {"clock": "panel_overall"},
    "template_written": {"sha256": "f" * 64, "answers": {"analysis": "Nobody asked."}},
    "child_described": {"facts": {"ethnicity": "White British"}},
    "family_member_named": {"member": {"name": "Kirsty Falconbridge", "relationship": "Mother"}},
    "return_explained": {"agency": "police"},
    "gate_overridden": {"round": "submission-1", "gaps": ["Nothing is written under analysis."]},
}


def event(kind: str, /, hours: int = 0, **changes: Any) -> AnyEvent:
    """An event of this kind."""
    facts = {"type": kind, "at": MONDAY + timedelta(hours=hours), "because": "it was so"} | FACTS[kind] | changes
    return EVENTS.validate_python(facts)


def submission_sent() -> AnyEvent:
    return event("letter_sent", kind="submission", agency=None, key="submission-1", round="submission-1")


def at_stage(stage: Stage) -> Case:
    """A case that stands there, taken out of the scoping where it was taken out."""
    return Case(ref=REF, stage=stage, stages_before=("scoping",))


THE_WAY: list[tuple[AnyEvent, Stage]] = [
    (event("incident_reported"), "la_deciding"),
    (event("serious_harm_decided", accepted=False), "partner_discussion"),
    (event("partner_answered", answer="challenge"), "partner_discussion"),
    (event("threshold_settled", overturned=True, form_awaited=True), "referral_awaited"),
    (event("suspended"), "suspended"),
    (event("resumed"), "referral_awaited"),
    (event("referral_joined", opens_scoping=True), "referral_received"),
    (event("scoping_drafted"), "scoping"),
    (event("letter_sent"), "scoping"),
    (event("scoping_returned"), "scoping"),
    (event("meeting_set"), "scoping"),
    (event("pack_assembled"), "pack_ready"),
    (event("pack_assembled", version=2), "pack_ready"),
    (event("attendance_recorded", people=QUORUM[:2]), "pack_ready"),
    (event("attendance_recorded"), "meeting_held"),
    (event("outcome_decided"), "sign_off"),
    (event("submission_drafted"), "sign_off"),
    (submission_sent(), "submitted"),
    (event("learning_opened"), "learning_considered"),
    (event("learning_proposed"), "learning_considered"),
    (event("learning_decided"), "learning_decided"),
    (event("subgroup_recommended"), "learning_decided"),
    (event("learning_completed"), "learning_decided"),
    (event("closed"), "closed"),
    (event("reopened"), "learning_decided"),
    (event("closed"), "closed"),
]
"""A whole case, with the stage after each event."""


def test_a_whole_case_goes_from_stage_to_stage() -> None:
    case = Case()
    for step, stage in THE_WAY:
        case = apply(case, step)
        assert case.stage == stage, step_name(step)
    assert case.version == len(THE_WAY)


@pytest.mark.parametrize("length", range(1, len(THE_WAY) + 1))
def test_a_case_is_the_fold_of_its_events(length: int) -> None:
    events = [step for step, _ in THE_WAY[:length]]
    case = Case()
    for step in events:
        case = apply(case, step)
    assert replay(events) == case
    assert replay(EVENTS.validate_json(e.model_dump_json()) for e in events) == case


@pytest.mark.parametrize(
    ("stage", "kind"),
    [
        ("new", "scoping_returned"),
        ("referral_received", "referral_received"),
        ("referral_received", "pack_assembled"),
        ("scoping", "outcome_decided"),
        ("pack_ready", "submission_drafted"),
        ("meeting_held", "closed"),
        ("scoping", "learning_decided"),
        ("closed", "scoping_returned"),
        ("withdrawn", "meeting_set"),
        ("closed", "withdrawn"),
    ],
)
def test_what_the_table_does_not_know_cannot_happen_and_changes_nothing(stage: Stage, kind: str) -> None:
    case = Case(ref=REF, stage=stage)
    with pytest.raises(IllegalEvent, match=stage.replace("_", " ")):
        apply(case, event(kind))
    assert case == Case(ref=REF, stage=stage)


def test_every_kind_of_event_can_happen_somewhere() -> None:
    kinds = {get_args(e.model_fields["type"].annotation)[0] for e in get_args(get_args(AnyEvent)[0])}
    assert set(FACTS) == kinds
    for kind in kinds:
        stages = [stage for stage in ("new", *OPEN, *ENDED) if _allows(stage, event(kind))]
        assert stages, kind


def test_every_stage_can_be_reached_and_every_open_one_can_be_left() -> None:
    assert set(MOVES.values()) - {AS_BEFORE} | {"new"} == set(get_args(Stage))
    for stage in OPEN:
        assert next_stage(at_stage(stage), event("withdrawn")) == "withdrawn"
        assert "withdrawn" in possible(stage)


MOVES_AT_TIMES = {"letter_sent", "serious_harm_accepted", "referral_joined"}


@pytest.mark.parametrize("kind", sorted(ANY_TIME - MOVES_AT_TIMES))
def test_what_may_happen_at_any_time_leaves_the_stage_as_it_is(kind: str) -> None:
    for stage in OPEN:
        assert next_stage(at_stage(stage), event(kind)) == stage


@pytest.mark.parametrize("stage", ENDED)
def test_a_letter_on_its_way_when_the_case_ended_is_still_recorded(stage: Stage) -> None:
    for sent in (event("letter_sent"), event("letter_failed"), submission_sent()):
        assert next_stage(at_stage(stage), sent) == stage


def test_a_second_version_of_the_submission_can_still_be_recorded_as_sent() -> None:
    """Refusing the event would make the worker post the letter again."""
    assert next_stage(at_stage("submitted"), submission_sent()) == "submitted"


def test_a_submission_on_its_way_when_the_case_was_suspended_counts_once_it_goes_on() -> None:
    signing = Case(ref=REF, stage="sign_off")
    case = apply(apply(signing, event("suspended")), submission_sent())
    assert case.stage == "suspended"
    assert apply(case, event("resumed")).stage == "submitted"


def test_a_return_that_came_before_the_asking_keeps_its_place() -> None:
    case = replay([event("referral_received"), event("scoping_returned"), event("scoping_drafted")])
    assert case.requests["police"].completeness == "full"
    assert case.requests["police"].round == "scoping-1"


def test_rejecting_a_second_letter_does_not_undo_the_first() -> None:
    """The agency was asked, and still owes its return."""
    first = replay(step for step, _ in THE_WAY[:9])
    case = apply(first, event("scoping_drafted", round="scoping-2"))
    case = apply(case, event("approval_asked", round="scoping-2"))
    case = apply(case, event("round_rejected", round="scoping-2"))
    assert case.requests["police"].sent_at == first.requests["police"].sent_at


def test_a_letter_sent_anew_starts_the_ladder_anew() -> None:
    case = replay(step for step, _ in THE_WAY[:9])
    case = apply(case, event("ladder_step_taken"))
    case = apply(case, event("letter_sent", hours=48, key="k2"))
    assert case.requests["police"].steps == ()


def test_an_agency_whose_letter_was_refused_does_not_hold_the_round_open() -> None:
    both = [{"agency": a, "name": a, "because": "always"} for a in ("police", "health")]
    case = replay([event("referral_received"), event("scoping_drafted", asked=both), event("letter_sent")])
    assert case.scoping_sent_at is None
    case = apply(case, event("letter_failed", agency="health"))
    assert case.scoping_sent_at == MONDAY


def test_a_new_date_for_the_meeting_forgets_who_was_at_the_old_one() -> None:
    case = Case(ref=REF, stage="pack_ready")
    case = apply(case, event("meeting_set"))
    case = apply(case, event("attendance_recorded", people=QUORUM[:1]))
    case = apply(case, event("meeting_set", start=MONDAY + timedelta(days=1)))
    assert case.attendance == ()
    assert case.meeting_sequence == 2


def test_a_partner_signs_once_however_often_it_is_recorded() -> None:
    case = Case(ref=REF, stage="sign_off")
    case = apply(apply(case, event("signed_off")), event("signed_off"))
    assert len(case.signed_off) == 1


def test_a_draft_is_stale_once_the_record_has_changed() -> None:
    drafted = replay(step for step, _ in THE_WAY[:17])
    assert not drafted.submission_stale
    assert apply(drafted, event("endorsed")).submission_stale
    assert not apply(drafted, event("office_told")).submission_stale


def _allows(stage: Stage, happened: AnyEvent) -> bool:
    try:
        next_stage(at_stage(stage), happened)
    except IllegalEvent:
        return False
    return True
