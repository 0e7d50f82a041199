"""Starting the scoping: when, whom to ask, and what the approver should know before the letters go."""

from __future__ import annotations

from datetime import datetime

from mailbot.cases import letters, rounds
from mailbot.cases.asking import whom_to_ask
from mailbot.cases.case import Case
from mailbot.cases.deadlines import (
    clock_of,
    meeting_window,
    obligations,
)
from mailbot.cases.decisions import Decision
from mailbot.cases.events import Asked, ScopingDrafted
from mailbot.cases.practice import Practice
from mailbot.cases.questions import tell_office
from mailbot.cases.stages import apply
from mailbot.cases.wording import count, say_day, say_list, sentence_case


def start_scoping(case: Case, now: datetime, practice: Practice) -> Decision:
    """A scoping round, as soon as the procedure's trigger allows it."""
    procedure = practice.procedure_of(case)
    triggered = case.serious_harm or procedure.scoping_trigger == "on_referral"
    if case.stage != "referral_received" or not triggered:
        return Decision()
    answered = [r.agency for r in case.requests.values() if r.settled]
    wanted = [a for a in whom_to_ask(case, practice.directory) if a.agency not in answered]
    asked = tuple(a for a in wanted if _reachable(a, practice))
    silent = [a.name for a in wanted if a not in asked]
    if not asked:
        return tell_office(
            case,
            now,
            practice,
            "nobody-to-ask",
            "No agency to ask",
            ["No agency of the directory is always asked, and the referral names none that it knows."],
            [f"mailbot record {case.ref} scoping AGENCY... --as YOU"],
        )
    decision = scoping_round(case, asked, now, practice, procedure.sentence("scoping"))
    if not silent:
        return decision
    title = f"{say_list(silent)} cannot be asked"
    paragraphs = ["config/agencies.toml has no address for them. Write their spoc there, then ask them:"]
    commands = [f"mailbot record {case.ref} scoping {a.agency} --as YOU" for a in wanted if a not in asked]
    return decision.and_then(tell_office(case, now, practice, "no-address", title, paragraphs, commands))


def scoping_round(case: Case, asked: tuple[Asked, ...], now: datetime, practice: Practice, because: str) -> Decision:
    """One letter for each agency asked, waiting for a named person."""
    rounds_so_far = {r.round for r in case.requests.values() if r.round} | {
        r for r in case.rounds if r.startswith("scoping-")
    }
    round_id = f"scoping-{len(rounds_so_far) + 1}"
    drafted = ScopingDrafted(at=now, because=because, round=round_id, asked=asked)
    after = apply(case, drafted)
    drafts = [letters.scoping(after, after.requests[a.agency], practice, now) for a in asked]
    clock = clock_of(case, "send_scoping", practice.procedure_of(case), practice.calendar)
    put = rounds.ask(
        after,
        round_id,
        drafts,
        f"{count(len(asked), 'scoping letter')} for {case.child.initials or case.ref}",
        practice,
        now,
        f"{count(len(asked), 'scoping letter')} drafted; nothing goes before a named person releases them",
        go_by=clock.due if clock else None,
        warnings=scoping_warnings(case, now, practice),
    )
    return Decision(case=case.ref, events=(drafted,), because=(because,)).and_then(put)


def scoping_warnings(case: Case, now: datetime, practice: Practice) -> list[str]:
    """What an approver should know before releasing scoping letters."""
    procedure, calendar = practice.procedure_of(case), practice.calendar
    days = procedure.rule("returns_due").days
    due_day = calendar.add(calendar.day_of(now), days)
    window = meeting_window(case, procedure, calendar)
    warnings = [
        f"Returns are due {count(days, 'working day')} after the letters go: if you approve today, "
        f"on {say_day(due_day)}. Letters released on a later day carry their own, later date."
    ]
    if case.meeting_at and due_day >= calendar.day_of(case.meeting_at):
        warnings.append(
            f"The meeting is at {letters.meeting_text(case, practice)}: these returns fall due on its day or after "
            "it. Ask for them earlier by telephone, or set the meeting later."
        )
    elif window and not case.meeting_at and due_day >= window[0]:
        warnings.append(
            f"The meeting may be held on {letters.meeting_text(case, practice)}: the last returns may come after it."
        )
    warnings += [
        f"{sentence_case(clock.what)}: {clock.provisional}."
        for clock in obligations(case, procedure, calendar)
        if clock.provisional and clock.due
    ]
    return warnings


def _reachable(asked: Asked, practice: Practice) -> bool:
    agency = practice.directory.agency(asked.agency)
    return agency is not None and bool(agency.spoc)
