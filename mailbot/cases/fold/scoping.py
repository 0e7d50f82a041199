"""Requests to agencies: asked, answered, chased, given more time."""

from __future__ import annotations

from mailbot.cases.case import Case, Chase, Request
from mailbot.cases.events import (
    AgencyReplied,
    ChaseStepTaken,
    ChronologyReceived,
    DeliveryFailed,
    ExtensionGranted,
    ExtensionRefused,
    FileUnlocked,
    LadderStepTaken,
    ReturnExplained,
    ScopingDrafted,
    ScopingReturned,
)
from mailbot.cases.fold.changes import Changers, Changes, request_with


def _new_requests(case: Case, event: ScopingDrafted) -> dict[str, Request]:
    """A request for each agency asked. A return that came before the asking is kept."""
    new = {}
    for item, asked in enumerate(event.asked, 1):
        fresh = Request(agency=asked.agency, name=asked.name, because=asked.because, round=event.round, item=item)
        before = case.requests.get(asked.agency)
        if before is not None:
            now_asked = {"name": asked.name, "because": asked.because, "round": event.round, "item": item}
            fresh = before.model_copy(update=now_asked)
        new[asked.agency] = fresh
    return new


def _came_back(case: Case, event: DeliveryFailed) -> Changes:
    """An agency that one address still reaches is late where it is silent; one that none reaches is not."""
    request = case.requests.get(event.agency)
    if request is None:
        return {}
    failed = (*request.failed, event.address.casefold())
    return request_with(case, event.agency, failed=failed, undeliverable=request.undeliverable or not event.reached)


def _replied(case: Case, event: AgencyReplied) -> Changes:
    if event.kind == "acknowledgement":
        return request_with(case, event.agency, acknowledged=True)
    if event.kind == "extension_request":
        return request_with(case, event.agency, extension_asked_at=event.at, extension_refused=False)
    if event.kind in ("secure_wrapper", "locked_file"):
        return request_with(case, event.agency, paused=True)
    return {}


def _returned(case: Case, event: ScopingReturned) -> Changes:
    request = case.requests.get(event.agency) or _unasked(event)
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


def _chronology(case: Case, event: ChronologyReceived) -> Changes:
    request = case.requests.get(event.agency) or _unasked(event)
    # A chronology that is sent again takes the place of the one before; its file stays among the papers.
    update = {"rows": event.rows or request.rows, "papers": request.papers + event.papers}
    return {"requests": case.requests | {event.agency: request.model_copy(update=update)}}


def _unasked(event: ScopingReturned | ChronologyReceived) -> Request:
    """An agency that answered before (or without) being asked has a place all the same, under the directory's name.

    What its form calls it is no name: all the others read it in their letters. Older records have only the id.
    """
    name = event.name or event.agency
    return Request(agency=event.agency, name=name, because="it answered before it was asked", round="", item=0)


def _unlocked(case: Case, event: FileUnlocked) -> Changes:
    papers = {"papers": case.papers + event.papers}
    return papers | (request_with(case, event.agency, paused=False) if event.agency else {})


def _stepped(case: Case, event: LadderStepTaken) -> Changes:
    """A due time that has moved begins a new ladder."""
    before = case.requests.get(event.agency)
    steps = before.steps if before and before.stepped_due in (None, event.due) else ()
    taken = {"steps": (*steps, event.step), "stepped_at": event.at, "stepped_due": event.due}
    return request_with(case, event.agency, **taken)


def _chased(case: Case, event: ChaseStepTaken) -> Changes:
    """A due time that has moved begins a new ladder."""
    before = case.chases.get(event.of)
    steps = before.steps if before and before.due == event.due else ()
    chase = Chase(due=event.due, steps=(*steps, event.step), stepped_at=event.at)
    return {"chases": case.chases | {event.of: chase}}


def _extended(case: Case, event: ExtensionGranted) -> Changes:
    """More time answers the request for it; whoever asks again after that waits for another answer."""
    given = {"extended_to": event.until, "extension_asked_at": None, "extension_refused": False, "no_return": ""}
    return request_with(case, event.agency, **given, steps=(), paused=False)


CHANGES: Changers = {
    ScopingDrafted: lambda case, event: {"requests": case.requests | _new_requests(case, event)},
    DeliveryFailed: _came_back,
    AgencyReplied: _replied,
    FileUnlocked: _unlocked,
    ScopingReturned: _returned,
    ChronologyReceived: _chronology,
    LadderStepTaken: _stepped,
    ChaseStepTaken: _chased,
    ExtensionGranted: _extended,
    ExtensionRefused: lambda case, event: request_with(case, event.agency, extension_refused=True),
    ReturnExplained: lambda case, event: request_with(case, event.agency, no_return=event.because),
}
