"""A case in one line: where it stands, what binds next, whom it waits for, and how late it is."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import AwareDatetime

from mailbot.cases.case import Case
from mailbot.cases.deadlines import earliest, obligations, request_status
from mailbot.cases.deciders import awaited
from mailbot.cases.directory import PARTNER_NAMES, PARTNERS
from mailbot.cases.events import AnyEvent
from mailbot.cases.practice import Practice
from mailbot.cases.rounds import round_title
from mailbot.cases.stages import ENDED
from mailbot.cases.unanswered import unanswered
from mailbot.cases.values import Value
from mailbot.cases.wording import count, say_moment, say_short_day, stage_name

NAMED_AT_MOST = 3
"""More agencies than these are counted, not named."""
NEVER = datetime.max.replace(tzinfo=UTC)


class Glance(Value):
    """What one line tells. `next` is the clock that binds first; `late` names what is past and still to be done."""

    ref: str
    initials: str
    stage: str
    next: str = ""
    due: AwareDatetime | None = None
    waits_for: tuple[str, ...] = ()
    asked: int = 0
    returned: int = 0
    late: tuple[str, ...] = ()


def glance(case: Case, events: tuple[AnyEvent, ...], practice: Practice, now: datetime) -> Glance:
    """The case in one line. Of an ended one only where it ended and what came back."""
    line = Glance(
        ref=case.ref,
        initials=case.child.initials,
        stage=stage_name(case.stage),
        asked=len(case.requests),
        returned=sum(r.completeness is not None for r in case.requests.values()),
    )
    if case.stage in ENDED:
        return line
    clocks = obligations(case, practice.procedure_of(case), practice.calendar)
    binding = earliest(clocks)
    late = [c.what for c in clocks if c.running and c.binds and c.id != "meeting_earliest" and c.overdue(now)]
    return line.model_copy(
        update={
            "next": binding.what if binding else "",
            "due": binding.due if binding else None,
            "waits_for": tuple(waits_for(case, events, practice, now)),
            "late": tuple(late),
        }
    )


def urgency(line: Glance) -> tuple[datetime, str]:
    """The most urgent first: by what binds first, then by reference; ended cases last."""
    return (line.due or NEVER, line.ref)


def waits_for(case: Case, events: tuple[AnyEvent, ...], practice: Practice, now: datetime) -> list[str]:
    """Whom or what a case waits for: an approver, the business unit, and those outside."""
    approvals = [f"approval of {round_title(r.id)}" for r in case.rounds.values() if r.waiting]
    asked = [f"the business unit: {question.title}" for question in unanswered(case, events, practice)]
    return [*approvals, *asked, *_outside(case, practice, now)]


def _outside(case: Case, practice: Practice, now: datetime) -> list[str]:
    match case.stage:
        case "la_deciding":
            return ["the local authority's decision"] if case.la_asked_at else []
        case "referral_awaited":
            return ["the local authority's referral form"]
        case "partner_discussion":
            return _partners(case, "threshold", practice)
        case "learning_considered":
            return _partners(case, "learning", practice)
        case "scoping" | "pack_ready" if case.meeting_at and case.meeting_at > now:
            return [*_returns(case, practice, now), f"the meeting, {say_moment(case.meeting_at, practice.zone)}"]
        case "scoping" | "pack_ready":
            return _returns(case, practice, now)
        case "sign_off":
            signed = {person.partner for person in case.signed_off}
            return [f"the signature of {PARTNER_NAMES[p]}" for p in PARTNERS if p not in signed]
        case "submitted":
            return [] if case.panel_reply else ["the national Panel's reply"]
        case "learning_decided" if case.learning and case.learning.agreed and not case.learning.completed_at:
            return ["the learning activity"]
        case "suspended":
            until = f", to be looked at on {say_short_day(case.suspended_until)}" if case.suspended_until else ""
            return [f"whatever it was suspended for{until}"]
        case _:
            return []


def _partners(case: Case, topic: str, practice: Practice) -> list[str]:
    """The people whose answer is still to come, by name."""
    asked = [address for about, address in awaited(case) if about == topic]
    people = [practice.directory.person(address) for address in asked]
    return [person.name if person else address for person, address in zip(people, asked, strict=True)]


def _returns(case: Case, practice: Practice, now: datetime) -> list[str]:
    """The agencies that were asked and have not answered, or only in part."""
    procedure, calendar = practice.procedure_of(case), practice.calendar
    out = [r for r in case.requests.values() if r.sent_at and not r.settled]
    if len(out) > NAMED_AT_MOST:
        late = sum(request_status(r, now, procedure, calendar) == "late" for r in out)
        return [count(len(out), "return") + (f" ({late} late)" if late else "")]
    return [f"{r.name}'s return" for r in out]
