"""Working days, and every clock of a case: when it started, when it is due, whether it was met, by which sentence.

How days are counted: the anchor's own local date is day 0, whatever day that is; day n is the n-th working day after
it; day n ends at close of business. Bank holidays are England's.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime

from mailbot.cases.case import Case, Request
from mailbot.cases.procedure import Anchor, ClockId, ClockRule, Procedure
from mailbot.cases.values import Value

ANCHOR_NAMES: dict[Anchor, str] = {
    "aware": "the local authority's becoming aware",
    "reported": "the first word of the incident",
    "intention": "the local authority's notice that it means to notify",
    "referral": "receipt of the referral",
    "harm_accepted": "the acceptance of serious harm",
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


class WorkingCalendar(Value):
    """Which days count, on which the office sends, and when it is open."""

    timezone: str = "Europe/London"
    opens: time = time(8, 30)
    closes: time = time(17, 0)
    bank_holidays: dict[date, str] = {}
    non_working: frozenset[date] = frozenset()
    closures: frozenset[date] = frozenset()

    @property
    def zone(self) -> ZoneInfo:
        """The office's time zone."""
        return ZoneInfo(self.timezone)

    def day_of(self, moment: datetime) -> date:
        """The local date of a moment."""
        return moment.astimezone(self.zone).date()

    def why_not(self, day: date) -> str:
        """Why a day does not count as a working day; empty where it does."""
        if day.weekday() >= 5:
            return f"{day:%A}"
        if day in self.bank_holidays:
            return self.bank_holidays[day]
        if day in self.non_working:
            return "not a working day of this office"
        return ""

    def is_working(self, day: date) -> bool:
        """Whether the day counts."""
        return not self.why_not(day)

    def sends_on(self, day: date) -> bool:
        """Whether the office sends letters on the day: a working day that is no closure."""
        return self.is_working(day) and day not in self.closures

    def add(self, day: date, working_days: int) -> date:
        """The n-th working day after (or, below zero, before) a day; 0 is the day itself."""
        step = timedelta(days=1 if working_days > 0 else -1)
        left = abs(working_days)
        while left:
            day += step
            if self.is_working(day):
                left -= 1
        return day

    def between(self, first: date, last: date) -> int:
        """How many working days after `first` the day `last` is; 0 where it is not after it."""
        days = 0
        while first < last:
            first += timedelta(days=1)
            days += self.is_working(first)
        return days

    def close_of(self, day: date) -> datetime:
        """Close of business of a day, UTC."""
        return datetime.combine(day, self.closes, self.zone).astimezone(UTC)

    def open_of(self, day: date) -> datetime:
        """The office's opening on a day, UTC."""
        return datetime.combine(day, self.opens, self.zone).astimezone(UTC)

    def at(self, day: date, clock: str) -> datetime:
        """A local time of day (`10:00`) on a day, UTC."""
        return datetime.combine(day, time.fromisoformat(clock), self.zone).astimezone(UTC)

    def due(self, anchor: datetime, working_days: int) -> datetime:
        """Close of business of the n-th working day after the anchor's own local date, UTC."""
        return self.close_of(self.add(self.day_of(anchor), working_days))

    def is_open(self, moment: datetime) -> bool:
        """Whether letters that go by themselves may leave at this moment."""
        local = moment.astimezone(self.zone)
        return self.sends_on(local.date()) and self.opens <= local.time() < self.closes

    def next_open(self, moment: datetime) -> datetime:
        """The first moment, from this one on, at which the office is open. UTC."""
        if self.is_open(moment):
            return moment
        day = self.day_of(moment)
        if moment >= self.open_of(day):
            day += timedelta(days=1)
        return self.open_of(self.sending_day(day))

    def sending_day(self, day: date) -> date:
        """The day, or the first one after it on which the office sends."""
        while not self.sends_on(day):
            day += timedelta(days=1)
        return day

    def sending_day_before(self, day: date) -> date:
        """The day, or the last one before it on which the office sends."""
        while not self.sends_on(day):
            day -= timedelta(days=1)
        return day


class Clock(Value):
    """One clock of a case. Without `due` it has not started: `started_by` says what it waits for."""

    id: str
    what: str
    days: int
    started_by: str
    started: AwareDatetime | None
    due: AwareDatetime | None
    met: AwareDatetime | None
    provisional: str = ""
    source: str
    document: str

    def overdue(self, now: datetime) -> bool:
        """Whether it was met late, or is not met and past."""
        return self.due is not None and (self.met or now) > self.due


def obligations(case: Case, procedure: Procedure, calendar: WorkingCalendar) -> tuple[Clock, ...]:
    """Every clock of the case under its procedure, in the procedure's order."""
    clocks = []
    for rule in procedure.clock:
        if not _applies(case, rule.id, procedure):
            continue
        clock = _returns_clock(case, rule, procedure, calendar) if rule.id == "returns_due" else None
        clocks.append(clock or _clock(case, rule, procedure, calendar))
    return tuple(clocks)


def _applies(case: Case, clock: ClockId, procedure: Procedure) -> bool:
    """Whether a clock belongs to the way that this case goes."""
    match clock:
        case "la_answer":
            asks = procedure.scoping_trigger == "on_serious_harm_accepted" or case.stage == "la_deciding"
            return not case.from_la and (asks or case.la_asked_at is not None)
        case "jcr_referral":
            return case.from_la or case.stage == "referral_awaited" or case.jcr_at is not None
        case "partner_answers":
            return case.stage == "partner_discussion" or "threshold" in case.partners_asked
        case _:
            return True


def clock_of(case: Case, clock: str, procedure: Procedure, calendar: WorkingCalendar) -> Clock | None:
    """One clock of the case, if its procedure has it."""
    return next((c for c in obligations(case, procedure, calendar) if c.id == clock), None)


def return_due(request: Request, procedure: Procedure, calendar: WorkingCalendar) -> datetime | None:
    """When this agency's return is due: from the sending of its own letter, or the extension a person granted."""
    if request.sent_at is None:
        return None
    if request.extended_to is not None:
        return calendar.close_of(request.extended_to)
    return calendar.due(request.sent_at, procedure.rule("returns_due").days)


def meeting_window(case: Case, procedure: Procedure, calendar: WorkingCalendar) -> tuple[date, ...]:
    """The working days on which the meeting may be held, first to last."""
    received = anchor(case, "referral", procedure)
    if received is None:
        return ()
    start = calendar.day_of(received)
    first, last = procedure.rule("meeting_earliest").days, procedure.rule("meeting_latest").days
    return tuple(calendar.add(start, n) for n in range(first, last + 1))


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
    if request.undeliverable:
        return "undeliverable"
    if request.sent_at is None:
        return "to_send"
    if request.paused:
        return "paused"
    if due is not None and now > due:
        return "late"
    return "acknowledged" if request.acknowledged else "sent"


def anchor(case: Case, name: Anchor, procedure: Procedure) -> datetime | None:
    """When a clock's anchor was; none while it has not been.

    Where scoping waits for the local authority's answer, another agency's referral begins no clock of the review
    before serious harm is accepted.
    """
    referral = case.received_at
    if procedure.scoping_trigger == "on_serious_harm_accepted" and not case.from_la and referral:
        referral = max(referral, case.accepted_at) if case.accepted_at else None
    refused = case.serious_harm is False or case.threshold_settled_at is not None
    moments: dict[Anchor, datetime | None] = {
        "aware": case.aware_at,
        "reported": case.reported_at,
        "intention": case.intention_at,
        "harm_accepted": case.accepted_at,
        "referral": referral,
        "la_asked": case.la_asked_at,
        "harm_refused": case.serious_harm_at if refused else None,
        "partners_asked": case.partners_asked.get("threshold"),
        "notified": case.notified_at,
        "scoping_sent": case.scoping_sent_at,
        "meeting": case.meeting_at,
        "decided": case.decided_at,
        "submitted": case.submitted_at,
        "learning_asked": case.partners_asked.get("learning"),
        "learning_decided": case.learning.decided_at if case.learning else None,
    }
    return moments[name]


def _met(case: Case, clock: str) -> datetime | None:
    held = case.meeting_at if case.attendance and case.quorate else None
    return {
        "jcr_referral": case.jcr_at,
        "la_answer": case.serious_harm_at,
        "partner_answers": case.threshold_settled_at or _all_answered(case, "threshold"),
        "send_scoping": case.scoping_sent_at,
        "meeting_earliest": held,
        "meeting_latest": held,
        "panel_after_meeting": case.submitted_at,
        "panel_overall": case.submitted_at,
        "outcome_told": case.outcome_told_at,
    }.get(clock)


def _all_answered(case: Case, topic: str) -> datetime | None:
    """When the last of those who were asked answered; none while one has not. Keys: REF/partner/TOPIC/ADDRESS."""
    parts = [key.split("/") for key in case.letters_sent]
    asked = {p[3] for p in parts if len(p) > 3 and p[1:3] == ["partner", topic]}
    answered = {a.who.email: a.at for a in case.partner_answers if a.topic == topic}
    return max(answered.values()) if asked and asked <= set(answered) else None


def _clock(case: Case, rule: ClockRule, procedure: Procedure, calendar: WorkingCalendar) -> Clock:
    started, provisional = anchor(case, rule.counted_from, procedure), ""
    stand_ins = ((name, anchor(case, name, procedure)) for name in rule.until_known)
    stand_in, since = next(((name, at) for name, at in stand_ins if at), (None, None))
    if started is None and stand_in is not None:
        started = since
        wanted = ANCHOR_NAMES[rule.counted_from]
        provisional = f"counted from {ANCHOR_NAMES[stand_in]} until {wanted} is recorded"
    return Clock(
        id=rule.id,
        what=rule.what,
        days=rule.days,
        started_by=ANCHOR_NAMES[rule.counted_from],
        started=started,
        due=calendar.due(started, rule.days) if started else None,
        met=_met(case, rule.id),
        provisional=provisional if started else "",
        source=rule.source,
        document=rule.document,
    )


def _returns_clock(case: Case, rule: ClockRule, procedure: Procedure, calendar: WorkingCalendar) -> Clock | None:
    """All returns together: due when the last agency's is due, met when the last one that was waited for came."""
    asked = [r for r in case.requests.values() if r.sent_at]
    if not asked:
        return None
    dues = [due for r in asked if (due := return_due(r, procedure, calendar))]
    back = [r.returned_at for r in asked if r.settled and r.returned_at]
    return Clock(
        id=rule.id,
        what=rule.what,
        days=rule.days,
        started_by=ANCHOR_NAMES[rule.counted_from],
        started=min(r.sent_at for r in asked if r.sent_at),
        due=max(dues),
        met=max(back) if len(back) == len(asked) else None,
        source=rule.source,
        document=rule.document,
    )
