"""The transition table, stage x event -> stage, and the fold that makes a case of its events.

House rules: a pair that is not in the table is an error and changes nothing; nobody else sets a stage. What an event
changes besides the stage is in fold/, one module for each part of the procedure.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from mailbot.cases.case import Case, Stage, quorate
from mailbot.cases.events import (
    ActionAgreed,
    AnyEvent,
    AttendanceRecorded,
    BecameAware,
    ChildDescribed,
    ChronologyReceived,
    CriterionConsidered,
    Endorsed,
    FamilyMemberNamed,
    IncidentReported,
    LatenessExplained,
    LearningDecided,
    LearningPointNoted,
    LetterSent,
    MeetingSet,
    NotificationReceived,
    OutcomeDecided,
    PanelNotified,
    ReferralJoined,
    ReferralReceived,
    ReturnExplained,
    ScopingReturned,
    SeriousHarmDecided,
    SignedOff,
    ThresholdSettled,
)
from mailbot.cases.fold import learning, letters, life, meeting, opening, scoping, threshold
from mailbot.cases.fold.changes import Changers
from mailbot.cases.fold.sources import sources_with
from mailbot.errors import IllegalEvent

OPEN: tuple[Stage, ...] = (
    "la_deciding",
    "partner_discussion",
    "referral_awaited",
    "referral_received",
    "harm_not_accepted",
    "scoping",
    "pack_ready",
    "meeting_held",
    "sign_off",
    "submitted",
    "learning_considered",
    "learning_decided",
    "suspended",
)
ENDED: tuple[Stage, ...] = ("closed", "withdrawn", "transferred", "merged")
AS_BEFORE: Literal["as before"] = "as before"
"""In the table: back to the stage that the case was taken out of."""

MOVES: dict[tuple[Stage, str], Stage | Literal["as before"]] = {
    ("new", "referral_received"): "referral_received",
    ("new", "referral_waits_for_la"): "la_deciding",
    ("new", "incident_reported"): "la_deciding",
    ("new", "intention_reported"): "referral_awaited",
    ("la_deciding", "awaited_form_came"): "referral_received",
    ("la_deciding", "serious_harm_accepted"): "referral_received",
    ("la_deciding", "serious_harm_accepted_form_awaited"): "referral_awaited",
    ("la_deciding", "serious_harm_refused"): "partner_discussion",
    ("la_deciding", "serious_harm_refused_own"): "harm_not_accepted",
    ("partner_discussion", "awaited_form_came"): "referral_received",
    ("partner_discussion", "threshold_overturned"): "referral_received",
    ("partner_discussion", "threshold_overturned_form_awaited"): "referral_awaited",
    ("partner_discussion", "serious_harm_accepted"): "referral_received",
    ("partner_discussion", "serious_harm_accepted_form_awaited"): "referral_awaited",
    ("partner_discussion", "threshold_upheld"): "learning_considered",
    ("referral_awaited", "awaited_form_came"): "referral_received",
    ("referral_awaited", "serious_harm_refused"): "partner_discussion",
    ("referral_awaited", "serious_harm_refused_own"): "harm_not_accepted",
    ("referral_received", "serious_harm_accepted"): "referral_received",
    ("referral_received", "serious_harm_refused"): "partner_discussion",
    ("referral_received", "serious_harm_refused_own"): "harm_not_accepted",
    ("harm_not_accepted", "serious_harm_accepted"): "referral_received",
    ("harm_not_accepted", "serious_harm_accepted_form_awaited"): "referral_awaited",
    ("harm_not_accepted", "learning_opened"): "learning_considered",
    ("harm_not_accepted", "closed"): "closed",
    ("referral_received", "scoping_drafted"): "scoping",
    ("scoping", "scoping_drafted"): "scoping",
    ("pack_ready", "scoping_drafted"): "pack_ready",
    ("scoping", "pack_assembled"): "pack_ready",
    ("pack_ready", "pack_assembled"): "pack_ready",
    ("scoping", "meeting_held_quorate"): "meeting_held",
    ("pack_ready", "meeting_held_quorate"): "meeting_held",
    ("scoping", "meeting_held_not_quorate"): "scoping",
    ("pack_ready", "meeting_held_not_quorate"): "pack_ready",
    ("meeting_held", "meeting_held_quorate"): "meeting_held",
    ("meeting_held", "meeting_held_not_quorate"): "pack_ready",
    ("meeting_held", "scoping_drafted"): "meeting_held",
    ("meeting_held", "outcome_decided"): "sign_off",
    ("sign_off", "meeting_held_quorate"): "sign_off",
    ("sign_off", "meeting_held_not_quorate"): "pack_ready",
    ("sign_off", "outcome_decided"): "sign_off",
    ("sign_off", "submission_drafted"): "sign_off",
    ("sign_off", "template_written"): "sign_off",
    ("sign_off", "submission_sent"): "submitted",
    ("submitted", "submission_sent"): "submitted",
    ("submitted", "panel_replied"): "submitted",
    ("submitted", "learning_opened"): "learning_considered",
    ("submitted", "closed"): "closed",
    ("learning_considered", "learning_opened"): "learning_considered",
    ("learning_considered", "learning_proposed"): "learning_considered",
    ("learning_considered", "learning_agreed"): "learning_decided",
    ("learning_considered", "learning_declined"): "learning_decided",
    ("learning_considered", "panel_replied"): "learning_considered",
    ("learning_considered", "serious_harm_accepted"): "referral_received",
    ("learning_considered", "serious_harm_accepted_form_awaited"): "referral_awaited",
    ("learning_decided", "learning_agreed"): "learning_decided",
    ("learning_decided", "learning_declined"): "learning_decided",
    ("learning_decided", "subgroup_recommended"): "learning_decided",
    ("learning_decided", "learning_progressed"): "learning_decided",
    ("learning_decided", "learning_completed"): "learning_decided",
    ("learning_decided", "panel_replied"): "learning_decided",
    ("learning_decided", "serious_harm_accepted"): "referral_received",
    ("learning_decided", "serious_harm_accepted_form_awaited"): "referral_awaited",
    ("learning_decided", "closed"): "closed",
    ("suspended", "resumed"): AS_BEFORE,
    ("closed", "reopened"): AS_BEFORE,
    ("withdrawn", "reopened"): AS_BEFORE,
    ("transferred", "reopened"): AS_BEFORE,
}
MOVES |= {(stage, "suspended"): "suspended" for stage in OPEN}
MOVES |= {(stage, "withdrawn"): "withdrawn" for stage in OPEN}
MOVES |= {(stage, "transferred"): "transferred" for stage in OPEN}
MOVES |= {(stage, "merged"): "merged" for stage in OPEN}

ANY_TIME = frozenset(
    {
        "notification_received",
        "became_aware",
        "panel_notified",
        "intention_told",
        "local_authority_named",
        "referral_joined",
        "serious_harm_accepted",
        "more_time_wanted",
        "partner_answered",
        "threshold_meeting_set",
        "approval_asked",
        "first_approved",
        "round_approved",
        "round_rejected",
        "round_stopped",
        "letter_sent",
        "letter_failed",
        "delivery_failed",
        "agency_replied",
        "file_unlocked",
        "scoping_returned",
        "chronology_received",
        "ladder_step_taken",
        "chase_step_taken",
        "extension_granted",
        "extension_refused",
        "office_told",
        "meeting_proposed",
        "meeting_set",
        "meeting_called_off",
        "invitation_answered",
        "action_agreed",
        "action_done",
        "learning_point_noted",
        "criterion_considered",
        "endorsed",
        "panel_wrote",
        "signed_off",
        "absorbed",
        "clocks_noted",
        "lateness_explained",
        "gate_overridden",
        "child_described",
        "family_member_named",
        "return_explained",
    }
)
"""Events that may happen at every open stage and leave it as it is."""

AFTER_THE_END = frozenset(
    {
        "approval_asked",
        "first_approved",
        "round_approved",
        "round_rejected",
        "round_stopped",
        "letter_sent",
        "letter_failed",
        "meeting_called_off",
        "office_told",
    }
)
"""Events that an ended case still knows: letters that tell of the end are released, and those on their way arrive."""

FROM_OUTSIDE = (SeriousHarmDecided, ReferralJoined, LetterSent)
"""What comes from outside does not wait for a suspended case: it takes it on beneath, by the same table."""

CHANGES_THE_SUBMISSION = (
    NotificationReceived,
    PanelNotified,
    BecameAware,
    ReferralJoined,
    ScopingReturned,
    ChronologyReceived,
    MeetingSet,
    AttendanceRecorded,
    ActionAgreed,
    LearningPointNoted,
    CriterionConsidered,
    OutcomeDecided,
    Endorsed,
    SignedOff,
    LatenessExplained,
    ChildDescribed,
    FamilyMemberNamed,
    ReturnExplained,
)
"""What the Rapid Review Template is filled from: after any of these a drafted one is written again."""

TAKEN_OUT: tuple[Stage, ...] = ("suspended", "closed", "withdrawn", "transferred")
"""Stages from which a case comes back to where it was."""

CHANGES: Changers = {
    kind: changer
    for part in (opening, threshold, scoping, letters, meeting, learning, life)
    for kind, changer in part.CHANGES.items()
}


def step_name(event: AnyEvent) -> str:
    """The event as the table calls it: its type, told apart by what was decided where the stage hangs on that."""
    match event:
        case ReferralReceived():
            return "referral_waits_for_la" if event.waits_for_la else "referral_received"
        case IncidentReported():
            return "intention_reported" if event.from_la else "incident_reported"
        case ReferralJoined():
            return "awaited_form_came" if event.opens_scoping else "referral_joined"
        case SeriousHarmDecided(accepted=True):
            return "serious_harm_accepted" + ("_form_awaited" if event.form_awaited else "")
        case SeriousHarmDecided():
            return "serious_harm_refused" + ("_own" if event.own else "")
        case ThresholdSettled(overturned=True):
            return "threshold_overturned" + ("_form_awaited" if event.form_awaited else "")
        case ThresholdSettled():
            return "threshold_upheld"
        case LearningDecided():
            return "learning_agreed" if event.activity else "learning_declined"
        case AttendanceRecorded():
            return "meeting_held_quorate" if quorate(event.people, event.la) else "meeting_held_not_quorate"
        case LetterSent(kind="submission"):
            return "submission_sent"
        case _:
            return event.type


def next_stage(case: Case, event: AnyEvent) -> Stage:
    """The stage after the event. Raises IllegalEvent where the table has no such pair."""
    stage, step = case.stage, step_name(event)
    if (stage, step) in MOVES:
        to = MOVES[stage, step]
        if to != AS_BEFORE:
            return to
        if case.stages_before:
            return case.stages_before[-1]
    if stage == "suspended" and _moved_beneath(case, event):
        return stage
    if step in ANY_TIME and stage in OPEN:
        return stage
    if event.type in AFTER_THE_END and stage in (*ENDED, "suspended"):
        return stage
    raise IllegalEvent(
        f"{step.replace('_', ' ')} cannot happen while the case is at stage {stage.replace('_', ' ')}.",
        step,
    )


def possible(stage: Stage) -> tuple[str, ...]:
    """What may move the case on from this stage, for a person who asked for something else."""
    return tuple(step for (at, step) in MOVES if at == stage)


def apply(case: Case, event: AnyEvent) -> Case:
    """The case after the event. Raises IllegalEvent; the case given is never changed."""
    stage = next_stage(case, event)
    changer = CHANGES.get(type(event))
    changes: dict[str, Any] = changer(case, event) if changer else {}
    changes["sources"] = sources_with(case, event)
    if isinstance(event, CHANGES_THE_SUBMISSION):
        changes["submission_stale"] = True
    if stage != case.stage:
        changes["stages_before"] = _stages_before(case, event, stage)
    elif stage == "suspended" and (beneath := _moved_beneath(case, event)):
        changes["stages_before"] = (*case.stages_before[:-1], beneath)
    return case.model_copy(update={**changes, "stage": stage, "version": case.version + 1})


def replay(events: Iterable[AnyEvent]) -> Case:
    """The case that these events add up to, from the first to the last."""
    case = Case()
    for event in events:
        case = apply(case, event)
    return case


def _stages_before(case: Case, event: AnyEvent, to: Stage) -> tuple[Stage, ...]:
    """Where the case was taken out of: one more when it is paused or ended, one less when it comes back."""
    if MOVES.get((case.stage, step_name(event))) == AS_BEFORE:
        return case.stages_before[:-1]
    return (*case.stages_before, case.stage) if to in TAKEN_OUT else case.stages_before


def _moved_beneath(case: Case, event: AnyEvent) -> Stage | None:
    """Where a suspended case goes on from after what came from outside; none where the table has no such pair."""
    to = MOVES.get((case.stands_at, step_name(event))) if isinstance(event, FROM_OUTSIDE) else None
    return None if to == AS_BEFORE else to
