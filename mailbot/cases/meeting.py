"""The Rapid Review meeting when nothing came: its date, its pack, and what was said there."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal

from mailbot.cases import letters, rounds
from mailbot.cases.case import AgreedAction, Case
from mailbot.cases.deadlines import (
    meeting_window,
    pack_cut_off,
    return_due,
)
from mailbot.cases.decisions import BuildPack, Decision, Template
from mailbot.cases.directory import PARTNER_NAMES, PARTNERS
from mailbot.cases.events import OUTCOME_NAMES, MeetingCalledOff, MeetingProposed
from mailbot.cases.pack_versions import came_since
from mailbot.cases.practice import Practice
from mailbot.cases.procedure import ReviewCriterion
from mailbot.cases.questions import tell_office
from mailbot.cases.wording import count, say_day, say_list, say_moment, sentence_case

BEFORE_IT = ("referral_received", "scoping", "pack_ready")
"""Stages at which the meeting is still to come."""


def propose_meeting(case: Case, now: datetime, practice: Practice) -> Decision:
    """Days for the meeting, as soon as the scoping letters have gone."""
    if case.scoping_sent_at is None or case.meeting_at is not None or case.meeting_days:
        return Decision()
    procedure, calendar = practice.procedure_of(case), practice.calendar
    days = proposed_days(case, now, practice)
    because = procedure.sentence("meeting_date")
    proposed = MeetingProposed(at=now, because=because, days=days)
    dues = [due for r in case.requests.values() if (due := return_due(r, procedure, calendar))]
    paragraphs = [
        f"The scoping letters have gone. The meeting may be held on {letters.meeting_text(case, practice)}.",
        _none_left(case, now, practice),
        f"Returns are due by {say_moment(max(dues), practice.zone)}." if dues else "",
        "When you have agreed a time, record it; the pack is then put together in time for it.",
    ]
    told = tell_office(
        case,
        now,
        practice,
        f"meeting-date-{case.meeting_sequence}" if case.meeting_was else "meeting-date",
        "Please set the Rapid Review meeting",
        [p for p in paragraphs if p],
        _to_set(case, days, practice),
    )
    return Decision(case=case.ref, events=(proposed,), because=(because,)).and_then(told)


def days_left(case: Case, now: datetime, practice: Practice) -> tuple[date, ...]:
    """Days of the window that are still to come, without those on which the office is closed."""
    calendar = practice.calendar
    window = meeting_window(case, practice.procedure_of(case), calendar)
    return tuple(d for d in window if d > calendar.day_of(now) and d not in calendar.closures)


def proposed_days(case: Case, now: datetime, practice: Practice) -> tuple[date, ...]:
    """The days left in the window; where none is left, the next two on which the office is open."""
    if left := days_left(case, now, practice):
        return left
    calendar = practice.calendar
    first = calendar.sending_day(calendar.add(calendar.day_of(now), 1))
    return first, calendar.sending_day(calendar.add(first, 1))


def _none_left(case: Case, now: datetime, practice: Practice) -> str:
    """That every day still possible is late, by which sentence, and what the Panel wants to hear; else empty."""
    procedure = practice.procedure_of(case)
    window = meeting_window(case, procedure, practice.calendar)
    if not window or days_left(case, now, practice):
        return ""
    return (
        f"No day is left in the window, which ends on {say_day(window[-1])}: {procedure.sentence('meeting_latest')} "
        f'Please say why for the Panel: mailbot record {case.ref} late-reason meeting_latest --why "REASON" --as YOU.'
    )


def _to_set(case: Case, days: tuple[date, ...], practice: Practice) -> list[str]:
    procedure = practice.procedure_of(case)
    window = meeting_window(case, procedure, practice.calendar)
    return [
        f"mailbot record {case.ref} meeting {day.isoformat()}T{procedure.meeting.start} --as YOU"
        + ("" if not window or day in window else ' --why "REASON"')
        for day in days
    ]


def invite(case: Case, now: datetime, practice: Practice) -> Decision:
    """Invitations to everybody who attends, as soon as there is a date; new ones in their place when it moves."""
    round_id = f"invitation-{case.meeting_sequence}"
    if case.meeting_at is None or now >= case.meeting_at or case.stage not in BEFORE_IT or round_id in case.rounds:
        return Decision()
    drafts = letters.invitations(case, practice, now)
    if not drafts:
        return Decision()
    moved = case.meeting_sequence > 1
    why = "the meeting has another date"
    old = rounds.supersede(case, "invitation", now, why) if moved else Decision()
    if any(r.waiting for r in rounds.beginning(case, "cancellation-")):
        old = old.and_then(rounds.supersede(case, "cancellation", now, why))
    for_what = "the new date of the Rapid Review meeting" if moved else "the Rapid Review meeting"
    title = f"{count(len(drafts), 'invitation')} to {for_what}"
    because = practice.procedure_of(case).sentence("invitation")
    return old.and_then(rounds.ask(case, round_id, drafts, title, practice, now, because, go_by=case.meeting_at))


def call_off(case: Case, now: datetime, practice: Practice, because: str, by: str = "mailbot") -> Decision:
    """The meeting is not held; whoever has it in their calendar is told in letters that wait for a named person.

    Invitations that have not gone are for the caller to set aside first.
    """
    if case.meeting_at is None or now >= case.meeting_at or case.attendance:
        return Decision()
    called_off = MeetingCalledOff(at=now, by=by, because=because, start=case.meeting_at)
    decision = Decision(case=case.ref, events=(called_off,), because=("the meeting is called off",))
    drafts = letters.cancellations(case, practice, now, case.meeting_at)
    if not drafts:
        return decision
    title = f"{count(len(drafts), 'letter')} calling the Rapid Review meeting off"
    asked = rounds.ask(
        case,
        drafts[0].round or "",
        drafts,
        title,
        practice,
        now,
        "who was invited is told that the meeting is off",
        go_by=case.meeting_at,
    )
    return decision.and_then(asked)


def set_aside_cancellations(case: Case, now: datetime, practice: Practice) -> Decision:
    """Letters calling off a meeting whose hour has passed say nothing any more."""
    passed = case.meeting_was is not None and now >= case.meeting_was
    if not passed or not any(r.waiting for r in rounds.beginning(case, "cancellation-")):
        return Decision()
    return rounds.supersede(case, "cancellation", now, "the time of the meeting that was called off has passed")


def set_aside_when_over(case: Case, now: datetime, practice: Practice) -> Decision:
    """Invitations that nobody released before the meeting began, and packs not released before it was held."""
    decision = Decision(case=case.ref)
    begun = case.meeting_at is not None and now >= case.meeting_at
    over = {"invitation": begun, "pack": case.quorate and case.stage not in BEFORE_IT}
    kinds: tuple[Literal["invitation", "pack"], ...] = ("invitation", "pack")
    for kind in kinds:
        waiting = any(r.waiting and r.id.startswith(f"{kind}-") for r in case.rounds.values())
        if over[kind] and waiting:
            decision = decision.and_then(rounds.supersede(case, kind, now, "the meeting is over"))
    return decision


def open_actions(case: Case) -> tuple[tuple[int, AgreedAction], ...]:
    """Immediate actions that are not done, each with its number (`action-done NUMBER`)."""
    return tuple((n, action) for n, action in enumerate(case.actions, 1) if action.done_at is None)


def assemble_pack(case: Case, now: datetime, practice: Practice) -> Decision:
    """The pack, when the last return is in or the cut-off has come; again when a missing return comes in time."""
    if case.scoping_sent_at is None or case.stage not in ("scoping", "pack_ready") or case.attendance:
        return Decision()
    out = [r for r in case.requests.values() if not r.completeness and not (r.undeliverable or r.gives_none)]
    if case.meeting_at is None:
        return _ask_for_date(case, now, practice) if not out else Decision()
    cut_off = pack_cut_off(case, practice.procedure_of(case), practice.calendar)
    late = came_since(case) if case.pack is not None else ()
    if case.pack is None and out and (cut_off is None or now < cut_off):
        return Decision()
    if case.pack is not None and (not late or now >= case.meeting_at):
        return Decision()
    if case.pack is not None:
        names = say_list([case.requests[a].name for a in late])
        because = f"{names} answered after the pack was put together"
    elif out:
        because = f"the cut-off has come; {count(len(out), 'return')} still out"
    else:
        because = "the last return is in"
    version = case.pack_version + 1
    build = BuildPack(key=f"{case.ref}/pack-{version}", case=case.ref, version=version)
    return Decision(case=case.ref, actions=(build,), because=(because,))


def hand_out_sheet(case: Case, now: datetime, practice: Practice) -> Decision:
    """The attendance and decision sheet for the minute taker, at the pack's cut-off; anew for another date."""
    cut_off = pack_cut_off(case, practice.procedure_of(case), practice.calendar)
    if case.meeting_at is None or cut_off is None or not cut_off <= now < case.meeting_at:
        return Decision()
    if case.stage not in BEFORE_IT or case.attendance:
        return Decision()
    sheet = Template(
        template="decision_sheet",
        name=f"{case.ref} attendance and decision sheet.docx",
        facts=letters.meeting_paper(case, practice, now),
    )
    return tell_office(
        case,
        now,
        practice,
        f"decision-sheet-{case.meeting_sequence}",
        "For the minute taker: attendance and decision sheet",
        [
            f"The Rapid Review meeting is at {say_moment(case.meeting_at, practice.zone)}. The attached sheet says "
            "who is invited, the criteria and the possible decisions. Please give it to whoever takes the minutes.",
            f"The sheet as the record then stands: mailbot paper {case.ref} decision-sheet -o FILE",
        ],
        attachments=(sheet,),
    )


def ask_about_the_meeting(case: Case, now: datetime, practice: Practice) -> Decision:
    """After the meeting's hour: who was there, and what was decided?"""
    if case.meeting_at is None or now < case.meeting_at + timedelta(hours=2):
        return Decision()
    ref, number = case.ref, case.meeting_sequence
    if case.stage in ("scoping", "pack_ready") and case.attendance and not case.quorate:
        return tell_office(
            case,
            now,
            practice,
            f"not-quorate-{number}",
            "The meeting was not quorate",
            [
                f"{_missing_partners(case)} must be represented too. Please set another time: those invited are "
                "told of it when you release the letters.",
                practice.procedure_of(case).sentence("quorum"),
                *([none] if (none := _none_left(case, now, practice)) else []),
            ],
            _to_set(case, proposed_days(case, now, practice), practice),
            kind="warning",
        )
    if case.stage not in ("scoping", "pack_ready", "meeting_held") or case.outcome:
        return Decision()
    return tell_office(
        case,
        now,
        practice,
        f"after-meeting-{number}",
        "Please record the meeting",
        [
            "Who attended, and what did the meeting decide? "
            "The Rapid Review Template is drafted from the record as soon as you say.",
            *_criteria_to_weigh(case, practice),
        ],
        [
            f"mailbot record {ref} attendance EMAIL... --as YOU",
            f'mailbot record {ref} action "TEXT" owner=NAME due=YYYY-MM-DD --as YOU',
            f'mailbot record {ref} learning-point "TEXT" --as YOU',
            *_to_decide(case, practice),
        ],
    )


def ask_for_the_quorum_anew(case: Case, now: datetime, practice: Practice) -> Decision:
    """The case belongs to another local authority than the one whose presence was reckoned with."""
    several, held = practice.directory.several_authorities, case.stage in (*BEFORE_IT, "meeting_held", "sign_off")
    if not (several and held and case.attendance and case.la) or case.la == case.attendance_la:
        return Decision()
    return tell_office(
        case,
        now,
        practice,
        f"quorum-anew/{case.la}",
        "Whose case it is has changed: was the meeting quorate?",
        [
            "Of several local authorities only the case's own counts. Please record once more who was there.",
            practice.procedure_of(case).sentence("quorum"),
        ],
        [f"mailbot record {case.ref} attendance EMAIL... --as YOU"],
        kind="warning",
    )


def ask_for_the_decision(case: Case, now: datetime, practice: Practice) -> Decision:
    """The working day after a meeting that was held, while nobody has said what it decided."""
    if case.stage != "meeting_held" or case.outcome or case.meeting_at is None:
        return Decision()
    calendar = practice.calendar
    if now < calendar.open_of(calendar.add(calendar.day_of(case.meeting_at), 1)):
        return Decision()
    return tell_office(
        case,
        now,
        practice,
        f"decision-needed-{case.meeting_sequence}",
        "What did the meeting decide?",
        [
            "The attendance is recorded, the decision is not. The Rapid Review Template waits for it.",
            *_criteria_to_weigh(case, practice),
            practice.procedure_of(case).sentence("decision"),
        ],
        _to_decide(case, practice),
    )


def criteria_left(case: Case, practice: Practice) -> tuple[ReviewCriterion, ...]:
    """The procedure's criteria for a review that the record does not say the meeting has weighed."""
    return tuple(c for c in practice.procedure_of(case).criterion if c.id not in case.criteria)


def _criteria_to_weigh(case: Case, practice: Practice) -> list[str]:
    left = criteria_left(case, practice)
    if not left:
        return []
    return ["Criteria that the record does not say were considered yet:", *(f"{c.id}: {c.text}." for c in left)]


def _to_decide(case: Case, practice: Practice) -> list[str]:
    ids = "|".join(c.id for c in criteria_left(case, practice))
    weigh = [f'mailbot record {case.ref} criterion {ids} met|not-met --why "REASON" --as YOU'] if ids else []
    return [*weigh, f'mailbot record {case.ref} outcome {"|".join(OUTCOME_NAMES)} --why "REASON" --as YOU']


def _missing_partners(case: Case) -> str:
    """Whom a meeting lacked that was not quorate."""
    there = {
        p.partner
        for p in case.attendance
        if p.partner != "local_authority" or case.attendance_la is None or p.agency in (None, case.attendance_la)
    }
    return sentence_case(say_list([PARTNER_NAMES[p] for p in PARTNERS if p not in there]))


def _ask_for_date(case: Case, now: datetime, practice: Practice) -> Decision:
    return tell_office(
        case,
        now,
        practice,
        "meeting-date-needed",
        "Every return is in, and no meeting is set",
        ["The pack is put together as soon as the meeting's time is recorded."],
        [f"mailbot record {case.ref} meeting YYYY-MM-DDTHH:MM --as YOU"],
    )
