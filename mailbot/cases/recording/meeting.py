"""The meeting, its decision, the sign-off and the Panel's reply, by a person's word."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from mailbot.cases.case import Case, quorate
from mailbot.cases.deadlines import meeting_window
from mailbot.cases.decisions import Decision
from mailbot.cases.directory import PARTNER_NAMES
from mailbot.cases.events import (
    ActionAgreed,
    ActionDone,
    AttendanceRecorded,
    Attendee,
    CriterionConsidered,
    Endorsed,
    LearningPointNoted,
    MeetingSet,
    Outcome,
    OutcomeDecided,
    PanelReplied,
    SignedOff,
)
from mailbot.cases.meeting import call_off
from mailbot.cases.practice import Practice
from mailbot.cases.recording.said import Reader, Said, attendee, day_of, marked, moment_of, one, only
from mailbot.cases.rounds import set_aside, supersede
from mailbot.cases.submission import AFTER_IT
from mailbot.cases.wording import count, say_day, say_list, say_moment
from mailbot.errors import NotAllowedNow, UsageProblem

How = Literal["", "in_person", "video", "telephone"]
WAYS: dict[str, How] = {"in-person": "in_person", "video": "video", "telephone": "telephone"}
HELD = ("meeting_held", "sign_off", "submitted", "learning_considered", "learning_decided")
"""Stages at which the meeting is over."""
UNDECIDED: tuple[Literal["submission", "sign-off"], ...] = ("submission", "sign-off")
"""Rounds that rest on a decision, and fall with it."""


def _meeting(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    """`meeting ISO [in-person|video|telephone] [extraordinary]`."""
    if case.stage in HELD and case.quorate:
        raise NotAllowedNow(f"{case.ref}: the meeting was held, and its attendance is recorded.")
    when, *words = said.values or ("",)
    unknown = [w for w in words if w not in (*WAYS, "extraordinary")]
    ways = [w for w in words if w in WAYS]
    if unknown or len(ways) > 1:
        raise UsageProblem(
            f"After the meeting's time may stand one of {say_list(list(WAYS), 'or')}, and extraordinary; "
            f"not {say_list(unknown or ways)}."
        )
    start = moment_of(said.model_copy(update={"values": (when,) if when else ()}), practice)
    if "T" not in when and " " not in when:
        raise UsageProblem(f"A meeting needs a time of day too: write it as {when}T10:00.")
    if start < now and said.at >= now:
        raise UsageProblem(f"{say_moment(start, practice.zone)} is past. Give --at to record what happened earlier.")
    how: How = WAYS[ways[0]] if ways else ""
    extraordinary = "extraordinary" in words or practice.procedure_of(case).meeting.convened == "extraordinary"
    outside = _outside(case, start, practice)
    if outside and not said.why:
        raise UsageProblem(f"{say_moment(start, practice.zone)} is {outside}. Say with --why why it is not in it.")
    because = said.why or f"the meeting is at {say_moment(start, practice.zone)}"
    because += (f"; {outside}" if outside else "") + _by_tele_conference(case, how, extraordinary, practice)
    return one(MeetingSet(at=said.at, by=said.by, because=because, start=start, how=how, extraordinary=extraordinary))


def _meeting_off(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    """`meeting-off`, with the reason: whoever was invited is told, when the letters are released."""
    if case.meeting_at is None or now >= case.meeting_at:
        raise NotAllowedNow(f"{case.ref} has no meeting to come that could be called off.")
    if not said.why:
        raise UsageProblem("Say why the meeting is called off, with --why.")
    old = supersede(case, "invitation", now, said.why)
    return old.and_then(call_off(case, now, practice, said.why, said.by))


def _outside(case: Case, start: datetime, practice: Practice) -> str:
    """That the day is outside the window, with the sentence that sets it; empty where it is not."""
    procedure, calendar = practice.procedure_of(case), practice.calendar
    window, day = meeting_window(case, procedure, calendar), calendar.day_of(start)
    if not window or window[0] <= day <= window[-1]:
        return ""
    clock, side = ("meeting_earliest", "before") if day < window[0] else ("meeting_latest", "after")
    return f"{side} the window {say_day(window[0])} to {say_day(window[-1])}: {procedure.sentence(clock)}"


def _by_tele_conference(case: Case, how: How, extraordinary: bool, practice: Practice) -> str:
    """Procedure H01, footnote 2, where an extraordinary meeting is not held in one room."""
    if not extraordinary or how not in ("video", "telephone"):
        return ""
    sentence = practice.procedure_of(case).sentence("tele_conference")
    return f"; by {how}: {sentence}" if sentence else ""


def _attendance(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    """Who was there; recorded again before the submission has gone, it is corrected.

    A correction that makes the meeting inquorate takes its decision away: what was drafted of it is set aside.
    """
    if case.stage in AFTER_IT:
        raise NotAllowedNow(
            f"{case.ref}: the submission has told the Panel who was there, so the attendance stands. Write to the "
            f'Panel, and note it: mailbot record {case.ref} action "TEXT" owner=NAME'
        )
    if case.meeting_at is None:
        raise NotAllowedNow(f"{case.ref} has no meeting yet: mailbot record {case.ref} meeting YYYY-MM-DDTHH:MM")
    if now < case.meeting_at:
        raise NotAllowedNow(f"{case.ref}: the meeting is at {say_moment(case.meeting_at, practice.zone)}, not yet.")
    several = practice.directory.several_authorities
    if several and case.la is None:
        raise NotAllowedNow(
            f"{case.ref}: the directory knows several local authorities, and the case does not say whose it is, "
            f"so the quorum cannot be told. Record it first: mailbot record {case.ref} la AGENCY"
        )
    people, by_word = _people(said, practice)
    if not people:
        raise UsageProblem("attendance needs the email addresses of those who were there.")
    because = (said.why or "attendance recorded") + by_word
    la = case.la if several else None
    recorded = one(AttendanceRecorded(at=said.at, by=said.by, because=because, people=people, la=la))
    if quorate(people, la) or case.stage != "sign_off":
        return recorded
    for kind in UNDECIDED:
        recorded = recorded.and_then(supersede(case, kind, now, "the meeting was not quorate"))
    return recorded


def _people(said: Said, practice: Practice) -> tuple[tuple[Attendee, ...], str]:
    """Those who are named, and what is said of whoever counts for a partner by the recorder's word alone.

    Raises UsageProblem where somebody of a partner's agency is not written down to stand for it, without a reason.
    """
    people = tuple(attendee(address, practice) for address in said.values)
    by_word = [p for p in people if p.partner and not _stands_for_a_partner(p, practice)]
    told = [f"{p.email} for {PARTNER_NAMES[p.partner]}" for p in by_word if p.partner]
    if not told:
        return people, ""
    if not said.why:
        raise UsageProblem(
            f"config/people.toml names nobody as partner_lead or attendee with this address: {say_list(told)}. "
            "Say with --why how they stand for that partner."
        )
    return people, f"; by the word of {said.by}: {say_list(told)}"


def _stands_for_a_partner(attending: Attendee, practice: Practice) -> bool:
    person = practice.directory.person(attending.email)
    return person is not None and person.role in ("partner_lead", "attendee")


def _outcome(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    if case.stage in AFTER_IT:
        raise NotAllowedNow(
            f"{case.ref}: the submission has told the Panel the decision, so it stands. What the Panel answers is "
            f"recorded with panel-reply; what follows from its comments is an action: mailbot record {case.ref} "
            'action "TEXT" owner=NAME due=DATE'
        )
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


def _criterion(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    """`criterion ID met|not-met`, with the meeting's reason."""
    known = [c.id for c in practice.procedure_of(case).criterion]
    if len(said.values) != 2 or said.values[1] not in ("met", "not-met"):
        raise UsageProblem(
            "criterion needs its id and what the meeting found: criterion ID met, or criterion ID not-met."
        )
    criterion = said.values[0].replace("-", "_")
    if criterion not in known:
        raise UsageProblem(f"{said.values[0]} is not a criterion of this procedure. These are: {', '.join(known)}.")
    if not said.why:
        raise UsageProblem("The Panel is told why a criterion is met or not: give it with --why.")
    met = said.values[1] == "met"
    return one(CriterionConsidered(at=said.at, by=said.by, because=said.why, criterion=criterion, met=met))


def _endorsed(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    day = day_of(said.values)
    _decided_first(case, "endorsed")
    calendar = practice.calendar
    if day > calendar.day_of(now):
        raise UsageProblem(f"{say_day(day)} is still to come: record the endorsement when it has been given.")
    if case.decided_at and day < calendar.day_of(case.decided_at):
        raise UsageProblem(f"{say_day(day)} is before the decision of {say_day(calendar.day_of(case.decided_at))}.")
    return one(Endorsed(at=said.at, by=said.by, because=said.why or "endorsement recorded", on=day))


def _signed_off(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    day = practice.calendar.day_of(said.at)
    named, by_word = _people(said, practice)
    people = [person.model_copy(update={"on": day}) for person in named]
    if not people:
        raise UsageProblem("signed-off needs the email addresses of those who signed.")
    _decided_first(case, "signed off")
    because = (said.why or "sign-off recorded") + by_word
    return Decision(events=tuple(SignedOff(at=said.at, by=said.by, because=because, who=p) for p in people))


def _decided_first(case: Case, what: str) -> None:
    if case.outcome is None:
        raise NotAllowedNow(
            f"{case.ref}: nothing can be {what} before the decision is recorded: "
            f"mailbot record {case.ref} outcome {'|'.join(get_args(Outcome))} --why REASON"
        )


def _action(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    """`action TEXT [owner=NAME] [due=DATE]`."""
    text, marks = marked(said, "owner", "due")
    if not text:
        raise UsageProblem("action needs the text of what was agreed.")
    due = day_of([marks["due"]]) if "due" in marks else None
    because = said.why or "agreed at the meeting"
    return one(
        ActionAgreed(at=said.at, by=said.by, because=because, text=text, owner=marks.get("owner", ""), due=due)
    )


def _action_done(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    text = only(said, "the number of an action")
    number = int(text) if text.isascii() and text.isdecimal() else 0
    if not 1 <= number <= len(case.actions):
        agreed = count(len(case.actions), "action") if case.actions else "no action"
        raise UsageProblem(f"{text} is not the number of an action: {case.ref} has {agreed}, counted from 1.")
    if case.actions[number - 1].done_at:
        raise UsageProblem(f"Action {number} of {case.ref} is recorded as done already.")
    return one(ActionDone(at=said.at, by=said.by, because=said.why or "said to be done", number=number))


def _learning_point(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    text = " ".join(said.values).strip()
    if not text:
        raise UsageProblem("learning-point needs the text of what is to be learnt.")
    return one(LearningPointNoted(at=said.at, by=said.by, because=said.why or "noted at the meeting", text=text))


def _panel_reply(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    """`panel-reply agrees|comments|national_review`, with the Panel's words where it has comments."""
    answer = only(said, "the Panel's answer").replace("-", "_")
    answers = ("agrees", "comments", "national_review")
    if answer not in answers:
        raise UsageProblem(f"{answer} is not an answer of the Panel. These are: {', '.join(answers)}.")
    if answer == "comments" and not said.why:
        raise UsageProblem("Write what the Panel says, with --why.")
    because = said.why or "the Panel's reply"
    replied = one(PanelReplied.model_validate({"at": said.at, "by": said.by, "because": because, "answer": answer}))
    if case.panel_reply is None or case.panel_reply.answer == answer:
        return replied
    corrected = "the Panel's reply was recorded otherwise"
    return replied.and_then(set_aside(case, ("panel-reply-",), ("panel_decision",), now, corrected))


FACTS: dict[str, Reader] = {
    "meeting": _meeting,
    "meeting-off": _meeting_off,
    "attendance": _attendance,
    "action": _action,
    "action-done": _action_done,
    "learning-point": _learning_point,
    "criterion": _criterion,
    "outcome": _outcome,
    "endorsed": _endorsed,
    "signed-off": _signed_off,
    "panel-reply": _panel_reply,
}
