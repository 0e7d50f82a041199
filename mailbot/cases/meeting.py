"""The Rapid Review meeting when nothing came: its date, its pack, and what was said there."""

from __future__ import annotations

from datetime import datetime, timedelta

from mailbot.cases import letters
from mailbot.cases.case import Case
from mailbot.cases.deadlines import (
    meeting_window,
    pack_cut_off,
    return_due,
)
from mailbot.cases.decisions import BuildPack, Decision
from mailbot.cases.events import OUTCOME_NAMES, MeetingProposed
from mailbot.cases.practice import Practice
from mailbot.cases.questions import tell_office
from mailbot.cases.wording import count, say_list, say_moment


def propose_meeting(case: Case, now: datetime, practice: Practice) -> Decision:
    """Days for the meeting, as soon as the scoping letters have gone."""
    if case.scoping_sent_at is None or case.meeting_at is not None or case.meeting_days:
        return Decision()
    procedure, calendar = practice.procedure_of(case), practice.calendar
    today = calendar.day_of(now)
    window = meeting_window(case, procedure, calendar)
    days = tuple(d for d in window if d > today and d not in calendar.closures) or window[-1:]
    because = procedure.sentence("meeting_date")
    proposed = MeetingProposed(at=now, because=because, days=days)
    dues = [due for r in case.requests.values() if (due := return_due(r, procedure, calendar))]
    paragraphs = [
        f"The scoping letters have gone. The meeting may be held on {letters.meeting_text(case, practice)}.",
        f"Returns are due by {say_moment(max(dues), practice.zone)}." if dues else "",
        "When you have agreed a time, record it; the pack is then put together in time for it.",
    ]
    start = procedure.meeting.start
    told = tell_office(
        case,
        now,
        practice,
        "meeting-date",
        "Please set the Rapid Review meeting",
        [p for p in paragraphs if p],
        [f"mailbot record {case.ref} meeting {day.isoformat()}T{start} --as YOU" for day in days],
    )
    return Decision(case=case.ref, events=(proposed,), because=(because,)).and_then(told)


def assemble_pack(case: Case, now: datetime, practice: Practice) -> Decision:
    """The pack, when the last return is in or the cut-off has come; again when a missing return comes in time."""
    if case.scoping_sent_at is None or case.stage not in ("scoping", "pack_ready") or case.attendance:
        return Decision()
    out = [r for r in case.requests.values() if not r.completeness and not r.undeliverable]
    if case.meeting_at is None:
        return _ask_for_date(case, now, practice) if not out else Decision()
    cut_off = pack_cut_off(case, practice.procedure_of(case), practice.calendar)
    came_since = [a for a in case.pack_absent if a in case.requests and case.requests[a].completeness]
    if case.pack is None and out and (cut_off is None or now < cut_off):
        return Decision()
    if case.pack is not None and (not came_since or now >= case.meeting_at):
        return Decision()
    if case.pack is not None:
        names = say_list([case.requests[a].name for a in came_since])
        because = f"{names} answered after the pack was put together"
    elif out:
        because = f"the cut-off has come; {count(len(out), 'return')} still out"
    else:
        because = "the last return is in"
    version = case.pack_version + 1
    build = BuildPack(key=f"{case.ref}/pack-{version}", case=case.ref, version=version)
    return Decision(case=case.ref, actions=(build,), because=(because,))


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
                "The local authority, police and health must each be represented. Please set another time.",
                practice.procedure_of(case).sentence("quorum"),
            ],
            [f"mailbot record {ref} meeting YYYY-MM-DDTHH:MM --as YOU"],
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
        ],
        [
            f"mailbot record {ref} attendance EMAIL... --as YOU",
            f'mailbot record {ref} action "TEXT" --as YOU',
            f'mailbot record {ref} outcome {"|".join(OUTCOME_NAMES)} --why "REASON" --as YOU',
        ],
    )


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
