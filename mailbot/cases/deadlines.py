"""Every clock of a case: when it started, when it is due, whether it was met, by which sentence.

All of them are shown; `earliest` is the one that binds first. Which belong to a case hangs on the way that it goes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from pydantic import AwareDatetime, Field

from mailbot.cases.calendar import CountedDay, WorkingCalendar
from mailbot.cases.case import Case, Request, Stage
from mailbot.cases.procedure import Anchor, ClockId, ClockRule, Procedure
from mailbot.cases.stages import ENDED, TAKEN_OUT
from mailbot.cases.values import Value

__all__ = [
    "ANCHOR_NAMES",
    "Clock",
    "WorkingCalendar",
    "anchor",
    "clock_of",
    "derivation",
    "earliest",
    "meeting_window",
    "obligations",
    "pack_cut_off",
    "request_status",
    "return_due",
]

ANCHOR_NAMES: dict[Anchor, str] = {
    "aware": "the local authority's becoming aware",
    "reported": "the first word of the incident",
    "intention": "the local authority's notice that it means to notify",
    "harm_accepted": "the acceptance of serious harm",
    "referral": "receipt of the referral",
    "la_asked": "the question to the local authority",
    "harm_refused": "the local authority's answer that it is not serious harm",
    "partners_asked": "the question to the safeguarding partners",
    "notified": "the notification to the Panel",
    "scoping_sent": "the sending of the scoping letter",
    "meeting": "the Rapid Review meeting",
    "decided": "the decision of the Rapid Review",
    "submitted": "the submission to the Panel",
    "learning_asked": "the question to the partners about learning",
    "learning_decided": "the decision about alternative learning",
}
AWARE_NAMES = {
    "recorded": "the local authority's becoming aware",
    "harm_decided": "the local authority's decision on serious harm",
    "incident": "the incident",
}
NO_REVIEW: tuple[Stage, ...] = ("harm_not_accepted", "learning_considered", "learning_decided")
"""Stages at which no Rapid Review goes on, unless one was submitted before."""
WITHOUT_A_REVIEW: tuple[ClockId, ...] = (
    "la_told",
    "la_answer",
    "partner_answers",
    "learning_answers",
    "learning_told",
    "learning_completed",
)
"""The clocks that a case has though no Rapid Review goes on."""
OVER_WHEN_HELD: tuple[ClockId, ...] = ("send_scoping", "meeting_set", "returns_due", "meeting_latest", "pack_shared")
"""Nothing more can be done about these once the meeting was held."""
OVER_WHEN_SUBMITTED: tuple[ClockId, ...] = ("la_notifies_panel", "jcr_referral", "endorsement")
"""Nor about these once the submission has gone."""


class Clock(Value):
    """One clock of a case. Without `due` it has not started: `started_by` says what it waits for."""

    id: ClockId
    what: str
    days: int
    started_by: str
    started: AwareDatetime | None
    began_with: str = Field(default="", description="what it is counted from in fact, where that stands in too")
    due: AwareDatetime | None
    met: AwareDatetime | None
    provisional: str = ""
    given: str = Field(default="", description="by whom a day was given in place of the count")
    binds: bool = True
    over: bool = Field(default=False, description="nothing more can be done about it")
    source: str
    document: str

    def overdue(self, now: datetime) -> bool:
        """Whether it was met late, or is not met and past."""
        return self.due is not None and (self.met or now) > self.due

    @property
    def running(self) -> bool:
        """Whether it has begun, is not met, and can still be."""
        return self.due is not None and self.met is None and not self.over


def obligations(case: Case, procedure: Procedure, calendar: WorkingCalendar) -> tuple[Clock, ...]:
    """Every clock of the case under its procedure, in the procedure's order."""
    rules = [rule for rule in procedure.clock if _belongs(case, rule.id, procedure)]
    return tuple(_clock(case, rule, procedure, calendar) for rule in rules)


def clock_of(case: Case, clock: str, procedure: Procedure, calendar: WorkingCalendar) -> Clock | None:
    """One clock of the case, if its procedure has it and it belongs to the way that the case goes."""
    return next((c for c in obligations(case, procedure, calendar) if c.id == clock), None)


def earliest(clocks: Iterable[Clock]) -> Clock | None:
    """The clock that binds first: of those that run, the one that is due first."""
    running = [(c.due, c) for c in clocks if c.due and c.running and c.binds and c.id != "meeting_earliest"]
    return min(running, key=lambda pair: pair[0], default=(None, None))[1]


def derivation(clock: Clock, calendar: WorkingCalendar) -> tuple[CountedDay, ...]:
    """Each day that a clock counted or skipped; nothing where it has not begun or a person gave the day."""
    if clock.started is None or clock.due is None or clock.given:
        return ()
    return calendar.counted(clock.started, clock.days)


def return_due(request: Request, procedure: Procedure, calendar: WorkingCalendar) -> datetime | None:
    """When this agency's return is due: from the sending of its own letter, or the extension a person granted."""
    if request.sent_at is None:
        return None
    if request.extended_to is not None:
        return calendar.close_of(request.extended_to)
    return first_return_due(request, procedure, calendar)


def first_return_due(request: Request, procedure: Procedure, calendar: WorkingCalendar) -> datetime | None:
    """When this agency's return was due before anybody gave it more time."""
    if request.sent_at is None:
        return None
    return calendar.due(request.sent_at, procedure.rule("returns_due").days)


def meeting_window(case: Case, procedure: Procedure, calendar: WorkingCalendar) -> tuple[date, ...]:
    """The working days on which the meeting may be held, first to last."""
    received = anchor(case, "referral", procedure, calendar)
    if received is None:
        return ()
    first, last = procedure.rule("meeting_earliest").days, procedure.rule("meeting_latest").days
    return tuple(calendar.due_day(received, n) for n in range(first, last + 1))


def pack_cut_off(case: Case, procedure: Procedure, calendar: WorkingCalendar) -> datetime | None:
    """When the pack is put together with what there is; nothing while no meeting is set."""
    if case.meeting_at is None:
        return None
    day = calendar.add(calendar.day_of(case.meeting_at), -procedure.meeting.pack_cut_off_days)
    return calendar.at(day, procedure.meeting.pack_cut_off)


def request_status(request: Request, now: datetime, procedure: Procedure, calendar: WorkingCalendar) -> str:
    """One word for where this agency stands (design: request status)."""
    due = return_due(request, procedure, calendar)
    words = {"full": "returned", "nil": "nil", "part": "part"}
    if request.completeness:
        return words[request.completeness]
    if request.gives_none:
        return "no_return"
    if request.undeliverable:
        return "undeliverable"
    if request.sent_at is None:
        return "to_send"
    if request.paused:
        return "paused"
    if due is not None and now > due:
        return "late"
    return "acknowledged" if request.acknowledged else "sent"


def anchor(case: Case, name: Anchor, procedure: Procedure, calendar: WorkingCalendar) -> datetime | None:
    """When a clock's anchor was; none while it has not been.

    Where scoping waits for the local authority's answer, another agency's referral begins no clock of the review
    before serious harm is accepted.
    """
    referral = case.received_at
    if procedure.scoping_trigger == "on_serious_harm_accepted" and not case.from_la and referral:
        referral = max(referral, case.accepted_at) if case.accepted_at else None
    refused = case.serious_harm is False or case.threshold_settled_at is not None
    moments: dict[Anchor, datetime | None] = {
        "aware": _aware(case, procedure, calendar),
        "reported": case.reported_at,
        "intention": case.intention_at,
        "harm_accepted": case.accepted_at,
        "referral": referral,
        "la_asked": case.la_asked_at,
        "harm_refused": case.serious_harm_at if refused else None,
        "partners_asked": case.partners_asked.get("threshold"),
        "notified": case.notified_at,
        "scoping_sent": case.scoping_sent_at,
        "meeting": None if case.attendance and not case.quorate else case.meeting_at,
        "decided": case.decided_at,
        "submitted": case.submitted_at,
        "learning_asked": case.partners_asked.get("learning"),
        "learning_decided": case.learning.decided_at if case.learning else None,
    }
    return moments[name]


def _aware(case: Case, procedure: Procedure, calendar: WorkingCalendar) -> datetime | None:
    """What counts as becoming aware; a person's record of it stands in for what is not known yet."""
    return _meant_by_aware(case, procedure, calendar) or case.aware_at


def _meant_by_aware(case: Case, procedure: Procedure, calendar: WorkingCalendar) -> datetime | None:
    match procedure.aware_means:
        case "harm_decided":
            return case.serious_harm_at
        case "incident":
            try:
                day = date.fromisoformat(case.referral.get("date_of_incident", "")[:10])
            except ValueError:
                return None
            return calendar.at(day, "00:00")
        case _:
            return case.aware_at


def _belongs(case: Case, clock: ClockId, procedure: Procedure) -> bool:
    """Whether a clock belongs to the way that this case goes."""
    stage = case.stages_before[-1] if case.stage in TAKEN_OUT and case.stages_before else case.stage
    if stage in NO_REVIEW and case.submitted_at is None and clock not in WITHOUT_A_REVIEW:
        return clock == "jcr_referral" and case.jcr_at is not None
    match clock:
        case "la_told" | "la_answer":
            asks = procedure.scoping_trigger == "on_serious_harm_accepted" or stage == "la_deciding"
            return not case.from_la and (asks or case.la_asked_at is not None)
        case "jcr_referral":
            return case.from_la or stage == "referral_awaited" or case.jcr_at is not None
        case "partner_answers":
            return stage == "partner_discussion" or "threshold" in case.partners_asked
        case "endorsement":
            return procedure.chair_endorses
        case "learning_answers" | "learning_told":
            return case.learning is not None
        case "learning_completed":
            return case.learning is not None and case.learning.agreed is not False
        case _:
            return True


def _met(case: Case, clock: ClockId, calendar: WorkingCalendar) -> datetime | None:
    held = case.meeting_at if case.attendance and case.quorate else None
    learning = case.learning
    moments: dict[ClockId, datetime | None] = {
        "la_notifies_panel": case.notified_at,
        "jcr_referral": case.jcr_at,
        "la_told": case.la_asked_at or case.serious_harm_at,
        "la_answer": case.serious_harm_at,
        "partner_answers": case.threshold_settled_at or _all_answered(case, "threshold"),
        "send_scoping": case.scoping_sent_at,
        "meeting_set": case.meeting_set_at,
        "meeting_earliest": held,
        "meeting_latest": held,
        "pack_shared": min(_sent(case, "pack-"), default=None),
        "endorsement": calendar.open_of(case.endorsed_on) if case.endorsed_on else None,
        "panel_after_meeting": case.submitted_at,
        "panel_overall": case.submitted_at,
        "panel_other_reading": case.submitted_at,
        "outcome_told": case.outcome_told_at,
        "panel_reply": case.panel_reply.at if case.panel_reply else None,
        "learning_answers": (learning.decided_at or _all_answered(case, "learning")) if learning else None,
        "learning_told": max(_sent(case, "learning-decision/"), default=None),
        "learning_completed": learning.completed_at if learning else None,
    }
    return moments.get(clock)


def _sent(case: Case, part: str) -> list[datetime]:
    """When each letter went whose key begins with this part, after the reference."""
    return [at for key, at in case.letters_sent.items() if key.partition("/")[2].startswith(part)]


def _all_answered(case: Case, topic: str) -> datetime | None:
    """When the last of those who were asked answered; none while one has not. Keys: REF/partner/TOPIC/ADDRESS."""
    parts = [key.split("/") for key in case.letters_sent]
    asked = {p[3] for p in parts if len(p) > 3 and p[1:3] == ["partner", topic]}
    answered = {a.who.email: a.at for a in case.partner_answers if a.topic == topic}
    return max(answered.values()) if asked and asked <= set(answered) else None


def _over(case: Case, clock: ClockId) -> bool:
    """Whether the time in which something could be done about it has gone by."""
    if case.stage in ENDED:
        return True
    match clock:
        case "la_answer" | "la_told":
            return case.stage not in ("new", "la_deciding", "suspended")
        case "partner_answers":
            return case.stage not in ("partner_discussion", "suspended")
        case "learning_answers":
            return case.stage not in ("learning_considered", "suspended")
        case _ if clock in OVER_WHEN_HELD:
            return case.quorate and bool(case.attendance)
        case _:
            return clock in OVER_WHEN_SUBMITTED and case.submitted_at is not None


def _clock(case: Case, rule: ClockRule, procedure: Procedure, calendar: WorkingCalendar) -> Clock:
    started, began_with, provisional = _started(case, rule, procedure, calendar)
    clock = Clock(
        id=rule.id,
        what=rule.what,
        days=rule.days,
        started_by=_anchor_name(rule.counted_from, procedure),
        started=started,
        began_with=began_with,
        due=calendar.due(started, rule.days) if started else None,
        met=_met(case, rule.id, calendar),
        provisional=provisional,
        binds=rule.binds,
        over=_over(case, rule.id),
        source=rule.source,
        document=rule.document,
    )
    match rule.id:
        case "returns_due":
            return _with_returns(clock, case, procedure, calendar)
        case "la_answer" if case.la_more_time_until:
            given = {"due": calendar.close_of(case.la_more_time_until), "given": "a person gave until that day"}
            return clock.model_copy(update=given)
        case "learning_completed":
            due = case.learning.due if case.learning else None
            named = {"due": calendar.close_of(due) if due else None, "given": "the decision names the day"}
            return clock.model_copy(update=named)
        case _:
            return clock


def _started(
    case: Case, rule: ClockRule, procedure: Procedure, calendar: WorkingCalendar
) -> tuple[datetime | None, str, str]:
    """When a clock began, with what, and what is said where another moment stands in for the right one."""
    wanted = _anchor_name(rule.counted_from, procedure)
    if started := anchor(case, rule.counted_from, procedure, calendar):
        if rule.counted_from == "aware" and not _meant_by_aware(case, procedure, calendar):
            recorded = "the recorded becoming aware"
            return started, recorded, f"counted from {recorded} until {wanted} is known"
        return started, wanted, ""
    for name in rule.until_known:
        if stand_in := anchor(case, name, procedure, calendar):
            began_with = _anchor_name(name, procedure)
            return stand_in, began_with, f"counted from {began_with} until {wanted} is recorded"
    return None, "", ""


def _anchor_name(name: Anchor, procedure: Procedure) -> str:
    return AWARE_NAMES[procedure.aware_means] if name == "aware" else ANCHOR_NAMES[name]


def _with_returns(clock: Clock, case: Case, procedure: Procedure, calendar: WorkingCalendar) -> Clock:
    """All returns together: due when the last agency's is due, met when the last one that was waited for came."""
    asked = [(due, r) for r in case.requests.values() if (due := return_due(r, procedure, calendar))]
    if not asked:
        return clock
    due, last = max(asked, key=lambda pair: pair[0])
    waited = [r for _, r in asked if not r.gives_none]
    back = [r.returned_at for r in waited if r.settled and r.returned_at]
    facts = {
        "started": last.sent_at,
        "began_with": f"the sending of the letter to {last.name}",
        "due": due,
        "met": max(back) if back and len(back) == len(waited) else None,
        "given": f"{last.name} has until that day" if last.extended_to else "",
    }
    return clock.model_copy(update=facts)
