"""The meeting, its decision and the sign-off, by a person's word."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

from mailbot.cases.case import Case
from mailbot.cases.deadlines import meeting_window
from mailbot.cases.decisions import Decision
from mailbot.cases.events import (
    ActionAgreed,
    AttendanceRecorded,
    Endorsed,
    MeetingSet,
    Outcome,
    OutcomeDecided,
    SignedOff,
)
from mailbot.cases.practice import Practice
from mailbot.cases.recording.said import Reader, Said, attendee, day_of, moment_of, one, only
from mailbot.cases.wording import say_day, say_moment
from mailbot.errors import NotAllowedNow, UsageProblem


def _meeting(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    if case.stage in ("meeting_held", "sign_off", "submitted"):
        raise NotAllowedNow(f"{case.ref}: the meeting was held, and its attendance is recorded.")
    start = moment_of(said, practice)
    if "T" not in said.values[0] and " " not in said.values[0]:
        raise UsageProblem(f"A meeting needs a time of day too: write it as {said.values[0]}T10:00.")
    if start < now and said.at >= now:
        raise UsageProblem(f"{say_moment(start, practice.zone)} is past. Give --at to record what happened earlier.")
    calendar = practice.calendar
    window = meeting_window(case, practice.procedure_of(case), calendar)
    because = said.why or f"the meeting is at {say_moment(start, practice.zone)}"
    if window and not window[0] <= calendar.day_of(start) <= window[-1]:
        because += f"; outside the window {say_day(window[0])} to {say_day(window[-1])}"
    return one(MeetingSet(at=said.at, by=said.by, because=because, start=start))


def _attendance(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    if case.meeting_at is None:
        raise NotAllowedNow(f"{case.ref} has no meeting yet: mailbot record {case.ref} meeting YYYY-MM-DDTHH:MM")
    if now < case.meeting_at:
        raise NotAllowedNow(f"{case.ref}: the meeting is at {say_moment(case.meeting_at, practice.zone)}, not yet.")
    people = tuple(attendee(address, practice) for address in said.values)
    if not people:
        raise UsageProblem("attendance needs the email addresses of those who were there.")
    return one(AttendanceRecorded(at=said.at, by=said.by, because=said.why or "attendance recorded", people=people))


def _outcome(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    outcome = only(said, "an outcome").replace("-", "_")
    if outcome not in get_args(Outcome):
        raise UsageProblem(f"{outcome} is not an outcome. These are: {', '.join(get_args(Outcome))}.")
    if not said.why:
        raise UsageProblem("The Panel is told the reason: give it with --why.")
    return one(
        OutcomeDecided.model_validate(
            {"at": said.at, "by": said.by, "because": said.why, "outcome": outcome, "reason": said.why}
        )
    )


def _endorsed(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    return one(Endorsed(at=said.at, by=said.by, because=said.why or "endorsement recorded", on=day_of(said.values)))


def _signed_off(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    day = practice.calendar.day_of(said.at)
    people = [attendee(address, practice).model_copy(update={"on": day}) for address in said.values]
    if not people:
        raise UsageProblem("signed-off needs the email addresses of those who signed.")
    because = said.why or "sign-off recorded"
    return Decision(events=tuple(SignedOff(at=said.at, by=said.by, because=because, who=p) for p in people))


def _action(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    text = " ".join(said.values).strip()
    if not text:
        raise UsageProblem("action needs the text of what was agreed.")
    return one(ActionAgreed(at=said.at, by=said.by, because=said.why or "agreed at the meeting", text=text))


FACTS: dict[str, Reader] = {
    "meeting": _meeting,
    "attendance": _attendance,
    "action": _action,
    "outcome": _outcome,
    "endorsed": _endorsed,
    "signed-off": _signed_off,
}
