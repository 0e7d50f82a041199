"""The transition table, stage x event -> stage, and the fold that makes a case of its events.

House rules: a pair that is not in the table is an error and changes nothing; nobody else sets a stage.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mailbot.cases.case import Case, Child, Request, Round, Stage
from mailbot.cases.events import (
    ActionAgreed,
    AgencyReplied,
    AnyEvent,
    ApprovalAsked,
    AttendanceRecorded,
    BecameAware,
    ChronologyReceived,
    DeliveryFailed,
    Endorsed,
    ExtensionGranted,
    FileUnlocked,
    LadderStepTaken,
    LetterFailed,
    LetterSent,
    MeetingProposed,
    MeetingSet,
    NotificationReceived,
    OfficeTold,
    OutcomeDecided,
    PackAssembled,
    PanelNotified,
    ReferralReceived,
    RoundApproved,
    RoundRejected,
    RoundStopped,
    ScopingDrafted,
    ScopingReturned,
    SeriousHarmDecided,
    SignedOff,
    SubmissionDrafted,
)
from mailbot.cases.wording import initials
from mailbot.errors import IllegalEvent

OPEN: tuple[Stage, ...] = (
    "referral_received",
    "harm_not_accepted",
    "scoping",
    "pack_ready",
    "meeting_held",
    "sign_off",
    "submitted",
)

MOVES: dict[tuple[Stage, str], Stage] = {
    ("new", "referral_received"): "referral_received",
    ("referral_received", "serious_harm_accepted"): "referral_received",
    ("referral_received", "serious_harm_refused"): "harm_not_accepted",
    ("harm_not_accepted", "serious_harm_accepted"): "referral_received",
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
    ("meeting_held", "outcome_decided"): "sign_off",
    ("sign_off", "outcome_decided"): "sign_off",
    ("sign_off", "submission_drafted"): "sign_off",
    ("sign_off", "submission_sent"): "submitted",
    ("submitted", "submission_sent"): "submitted",
    ("submitted", "closed"): "closed",
    ("harm_not_accepted", "closed"): "closed",
}
MOVES |= {(stage, "withdrawn"): "withdrawn" for stage in OPEN}

ANY_TIME = frozenset(
    {
        "notification_received",
        "became_aware",
        "panel_notified",
        "approval_asked",
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
        "extension_granted",
        "office_told",
        "meeting_proposed",
        "meeting_set",
        "action_agreed",
        "endorsed",
        "signed_off",
    }
)
"""Events that may happen at every open stage and leave it as it is."""

CHANGES_THE_SUBMISSION = (
    NotificationReceived,
    PanelNotified,
    BecameAware,
    ScopingReturned,
    ChronologyReceived,
    MeetingSet,
    AttendanceRecorded,
    ActionAgreed,
    OutcomeDecided,
    Endorsed,
    SignedOff,
)
"""What the Rapid Review Template is filled from: after any of these a drafted one is written again."""

LETTERS_MAY_STILL_LEAVE: tuple[Stage, ...] = ("closed", "withdrawn")
"""A letter already on its way when the case ended is recorded, though nothing follows from it."""


def step_name(event: AnyEvent) -> str:
    """The event as the table calls it: its type, told apart by what was decided where the stage hangs on that."""
    match event:
        case SeriousHarmDecided():
            return "serious_harm_accepted" if event.accepted else "serious_harm_refused"
        case AttendanceRecorded():
            partners = {person.partner for person in event.people}
            quorate = {"local_authority", "police", "health"} <= partners
            return "meeting_held_quorate" if quorate else "meeting_held_not_quorate"
        case LetterSent(kind="submission"):
            return "submission_sent"
        case _:
            return event.type


def next_stage(stage: Stage, event: AnyEvent) -> Stage:
    """The stage after the event. Raises IllegalEvent where the table has no such pair."""
    step = step_name(event)
    if (stage, step) in MOVES:
        return MOVES[stage, step]
    if step in ANY_TIME and stage in OPEN:
        return stage
    if isinstance(event, LetterSent | LetterFailed) and stage in LETTERS_MAY_STILL_LEAVE:
        return stage
    raise IllegalEvent(
        f"{step.replace('_', ' ')} cannot happen while the case is at stage {stage.replace('_', ' ')}."
    )


def possible(stage: Stage) -> tuple[str, ...]:
    """What may move the case on from this stage, for a person who asked for something else."""
    return tuple(step for (at, step) in MOVES if at == stage)


def apply(case: Case, event: AnyEvent) -> Case:
    """The case after the event. Raises IllegalEvent; the case given is never changed."""
    stage = next_stage(case.stage, event)
    changes = _changes(case, event)
    if isinstance(event, CHANGES_THE_SUBMISSION):
        changes["submission_stale"] = True
    return case.model_copy(update={**changes, "stage": stage, "version": case.version + 1})


def replay(events: Iterable[AnyEvent]) -> Case:
    """The case that these events add up to, from the first to the last."""
    case = Case()
    for event in events:
        case = apply(case, event)
    return case


def _changes(case: Case, event: AnyEvent) -> dict[str, Any]:
    match event:
        case ReferralReceived():
            return _opened(event)
        case NotificationReceived():
            child = _completed(case.child, event)
            return {"notification": event.fields, "child": child, "papers": case.papers + event.papers}
        case BecameAware():
            return {"aware_at": event.moment}
        case PanelNotified():
            return {"notified_at": event.moment}
        case SeriousHarmDecided():
            return {"serious_harm": event.accepted, "serious_harm_at": event.at}
        case ScopingDrafted():
            return {"requests": case.requests | _new_requests(case, event)}
        case ApprovalAsked() | RoundApproved() | RoundRejected() | RoundStopped():
            return _round_changes(case, event)
        case LetterSent():
            return _sent(case, event)
        case LetterFailed(kind="scoping", agency=str() as agency):
            return _request(case, agency, undeliverable=True)
        case DeliveryFailed():
            return _request(case, event.agency, undeliverable=True)
        case AgencyReplied():
            return _replied(case, event)
        case FileUnlocked():
            papers = {"papers": case.papers + event.papers}
            return papers | (_request(case, event.agency, paused=False) if event.agency else {})
        case ScopingReturned():
            return _returned(case, event)
        case ChronologyReceived():
            return _chronology(case, event)
        case LadderStepTaken():
            steps = case.requests[event.agency].steps if event.agency in case.requests else ()
            return _request(case, event.agency, steps=(*steps, event.step), stepped_at=event.at)
        case ExtensionGranted():
            return _request(case, event.agency, extended_to=event.until, steps=(), paused=False)
        case OfficeTold():
            return {"told": (*case.told, event.topic)}
        case _:
            return _meeting_and_after(case, event)


def _meeting_and_after(case: Case, event: AnyEvent) -> dict[str, Any]:
    match event:
        case MeetingProposed():
            return {"meeting_days": event.days}
        case MeetingSet():
            return {"meeting_at": event.start, "meeting_sequence": case.meeting_sequence + 1, "attendance": ()}
        case PackAssembled():
            return {"pack": event.paper, "pack_version": event.version, "pack_absent": event.absent}
        case AttendanceRecorded():
            return {"attendance": event.people}
        case ActionAgreed():
            return {"actions": (*case.actions, event.text)}
        case OutcomeDecided():
            return {"outcome": event.outcome, "outcome_reason": event.reason, "decided_at": event.at}
        case Endorsed():
            return {"endorsed_on": event.on}
        case SignedOff():
            others = tuple(p for p in case.signed_off if p.email != event.who.email)
            return {"signed_off": (*others, event.who)}
        case SubmissionDrafted():
            return {
                "submission": event.paper,
                "submission_version": event.version,
                "submission_edited": event.by != "mailbot",
                "submission_stale": False,
            }
        case _:
            return {}


def _opened(event: ReferralReceived) -> dict[str, Any]:
    fields = event.fields
    child = Child(
        name=fields.get("child_name", ""),
        initials=initials(fields.get("child_name", "")),
        dob=fields.get("child_dob", ""),
        gender=fields.get("child_gender", ""),
        ethnicity=fields.get("child_ethnicity", ""),
        disability=fields.get("child_disability", ""),
    )
    return {
        "ref": event.ref,
        "procedure": event.procedure,
        "from_la": event.from_la,
        "serious_harm": True if event.from_la else None,
        "referrer": event.referrer,
        "referrer_agency": event.referrer_agency,
        "referral_message_id": event.message_id,
        "child": child,
        "referral": fields,
        "referral_tables": event.tables,
        "referral_missing": event.missing,
        "papers": event.papers,
        "received_at": event.at,
    }


def _completed(child: Child, event: NotificationReceived) -> Child:
    """The child with what the notification tells and the referral did not."""
    rows = event.tables.get("children", ())
    own = next((r for r in rows if r.get("name", "").casefold() == child.name.casefold()), None)
    row = own or (rows[0] if len(rows) == 1 else {})
    told = {
        "dob": row.get("date_of_birth", ""),
        "gender": row.get("gender", ""),
        "ethnicity": row.get("ethnicity", ""),
    }
    return child.model_copy(update={k: v for k, v in told.items() if v and not getattr(child, k)})


def _new_requests(case: Case, event: ScopingDrafted) -> dict[str, Request]:
    """A request for each agency asked. A return that came before the asking is kept."""
    new = {}
    for item, asked in enumerate(event.asked, 1):
        fresh = Request(agency=asked.agency, name=asked.name, because=asked.because, round=event.round, item=item)
        before = case.requests.get(asked.agency)
        if before is not None:
            fresh = before.model_copy(update={"because": asked.because, "round": event.round, "item": item})
        new[asked.agency] = fresh
    return new


def _round_changes(case: Case, event: ApprovalAsked | RoundApproved | RoundRejected | RoundStopped) -> dict[str, Any]:
    old = case.rounds.get(event.round, Round(id=event.round))
    if isinstance(event, ApprovalAsked):
        update: dict[str, Any] = {
            "state": "waiting",
            "waiting": event.items,
            "agencies": old.agencies | event.agencies,
            "asks": event.ask,
            "expires": event.expires,
        }
        return {"rounds": case.rounds | {event.round: old.model_copy(update=update)}}
    if isinstance(event, RoundStopped):
        again = tuple(sorted({*old.waiting, *event.items}))
        update = {"state": "waiting", "waiting": again, "expires": None}
        return {"rounds": case.rounds | {event.round: old.model_copy(update=update)}}
    answered = set(event.items if event.items is not None else old.waiting)
    left = tuple(i for i in old.waiting if i not in answered)
    verdict = "approved" if isinstance(event, RoundApproved) else "rejected"
    update = {
        "state": "waiting" if left else verdict,
        "waiting": left,
        "answered_by": event.by,
        "why": event.because,
    }
    changes: dict[str, Any] = {"rounds": case.rounds | {event.round: old.model_copy(update=update)}}
    if verdict == "rejected":
        changes["requests"] = {
            agency: request
            for agency, request in case.requests.items()
            if not (request.round == event.round and request.item in answered and _untouched(request))
        }
    return changes


def _untouched(request: Request) -> bool:
    """Whether the agency was never written to and has sent nothing: without its letter there is no request."""
    return request.sent_at is None and request.returned_at is None and not request.rows


def _sent(case: Case, event: LetterSent) -> dict[str, Any]:
    changes: dict[str, Any] = {"letters_sent": case.letters_sent | {event.key: event.at}}
    if event.kind == "scoping" and event.agency:
        began = {"sent_at": event.at, "message_id": event.message_id, "undeliverable": False, "steps": ()}
        changes |= _request(case, event.agency, **began)
    if event.kind == "submission":
        changes["submitted_at"] = event.at
    if event.kind == "outcome":
        changes["outcome_told_at"] = event.at
    return changes


def _replied(case: Case, event: AgencyReplied) -> dict[str, Any]:
    if event.kind == "acknowledgement":
        return _request(case, event.agency, acknowledged=True)
    if event.kind in ("secure_wrapper", "locked_file"):
        return _request(case, event.agency, paused=True)
    return {}


def _returned(case: Case, event: ScopingReturned) -> dict[str, Any]:
    request = case.requests.get(event.agency) or _unasked(event.agency, event.fields)
    update = {
        "returned_at": event.at,
        "completeness": event.completeness,
        "missing": event.missing,
        "fields": event.fields or request.fields,
        "tables": event.tables or request.tables,
        "papers": request.papers + event.papers,
        "paused": False,
    }
    return {"requests": case.requests | {event.agency: request.model_copy(update=update)}}


def _chronology(case: Case, event: ChronologyReceived) -> dict[str, Any]:
    request = case.requests.get(event.agency) or _unasked(event.agency, {})
    # A chronology that is sent again takes the place of the one before; its file stays among the papers.
    update = {"rows": event.rows or request.rows, "papers": request.papers + event.papers}
    return {"requests": case.requests | {event.agency: request.model_copy(update=update)}}


def _unasked(agency: str, fields: dict[str, str]) -> Request:
    """An agency that answered before (or without) being asked has a place all the same."""
    name = fields.get("agency_name") or agency
    return Request(agency=agency, name=name, because="it answered before it was asked", round="", item=0)


def _request(case: Case, agency: str, **update: Any) -> dict[str, Any]:
    """The case's requests with one changed; nothing where the agency was never asked."""
    if agency not in case.requests:
        return {}
    return {"requests": case.requests | {agency: case.requests[agency].model_copy(update=update)}}
