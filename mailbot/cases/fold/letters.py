"""Our letters: rounds put to a person and answered, what went, what was refused, what the office was told."""

from __future__ import annotations

from typing import Any

from mailbot.cases.case import Case, Request, Round
from mailbot.cases.events import (
    ApprovalAsked,
    FirstApproved,
    LetterFailed,
    LetterSent,
    OfficeTold,
    RoundApproved,
    RoundRejected,
    RoundStopped,
)
from mailbot.cases.fold.changes import Changers, Changes, request_with


def _round_changes(
    case: Case, event: ApprovalAsked | FirstApproved | RoundApproved | RoundRejected | RoundStopped
) -> Changes:
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
        # Taken back is taken back by both.
        update = {"state": "waiting", "waiting": again, "expires": None, "first": {}}
        return {"rounds": case.rounds | {event.round: old.model_copy(update=update)}}
    if isinstance(event, FirstApproved):
        first = old.first | dict.fromkeys(event.items, event.by.casefold())
        return {"rounds": case.rounds | {event.round: old.model_copy(update={"first": first})}}
    answered = set(event.items if event.items is not None else old.waiting)
    left = tuple(i for i in old.waiting if i not in answered)
    verdict = "approved" if isinstance(event, RoundApproved) else "rejected"
    update = {
        "state": "waiting" if left else verdict,
        "waiting": left,
        "answered_by": event.by,
        "why": event.because,
    }
    if verdict == "rejected" and event.by != "mailbot":
        update["not_sent"] = (*old.not_sent, *sorted(answered))
    changes: Changes = {"rounds": case.rounds | {event.round: old.model_copy(update=update)}}
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


def _sent(case: Case, event: LetterSent) -> Changes:
    changes: Changes = {"letters_sent": case.letters_sent | {event.key: event.at}}
    if event.kind == "scoping" and event.agency:
        began = {
            "sent_at": event.at,
            "message_id": event.message_id,
            "undeliverable": False,
            "failed": (),
            "steps": (),
        }
        changes |= request_with(case, event.agency, **began)
    if event.kind == "la_enquiry" and "/form/" not in event.key and case.la_asked_at is None:
        # The key of a letter to the local authority is REF/la/AGENCY/WANTED/STEP: a form is asked for otherwise.
        changes["la_asked_at"] = event.at
    if event.kind == "partner_enquiry":
        # The key of a letter to a partner is REF/partner/TOPIC/ADDRESS.
        topic = event.key.split("/")[2]
        changes["partners_asked"] = {topic: event.at} | case.partners_asked
    if event.kind == "submission":
        changes["submitted_at"] = event.at
    if event.kind == "outcome":
        changes["outcome_told_at"] = event.at
    return changes


def _refused(case: Case, event: LetterFailed) -> Changes:
    return request_with(case, event.agency, undeliverable=True) if event.kind == "scoping" and event.agency else {}


CHANGES: Changers = {
    ApprovalAsked: _round_changes,
    FirstApproved: _round_changes,
    RoundApproved: _round_changes,
    RoundRejected: _round_changes,
    RoundStopped: _round_changes,
    LetterSent: _sent,
    LetterFailed: _refused,
    OfficeTold: lambda case, event: {"told": (*case.told, event.topic)},
}
