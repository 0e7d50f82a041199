"""The office's reply to a question of ours: its facts are recorded as the command would record them, or none is."""

from __future__ import annotations

import re
from datetime import datetime

from mailbot.cases.case import Case
from mailbot.cases.decisions import Decision
from mailbot.cases.directory import Directory
from mailbot.cases.letters import to_office
from mailbot.cases.recording import FACTS, Said, record
from mailbot.cases.stages import apply
from mailbot.cases.story import tell
from mailbot.errors import IllegalEvent, NotAllowedNow, NotInDirectory, UsageProblem
from mailbot.forms.asked import FROM_OURSELVES
from mailbot.forms.choices import first_line
from mailbot.forms.facts_said import Around, FactSaid, read_facts
from mailbot.intake.answers import brought_by, speaks_for_themselves
from mailbot.intake.opening import Opened
from mailbot.intake.settling import hold, mark, store, which_case
from mailbot.mail.envelope import fresh_text
from mailbot.parts import Parts

REFUSED = (UsageProblem, NotAllowedNow, IllegalEvent, NotInDirectory)
POLITE = re.compile(r"(?i)(?:many )?(?:thanks?|ok|okay|noted|received|will do|done|understood)\b")
"""Words with which the office answers and records nothing: they are left alone."""
HOW = (
    "Begin your reply with one fact on each line, as the lines below show, with dates as 2026-06-10 or 10 June 2026. "
    "A reason goes on the next line and begins with “because”. All of them are recorded, or none."
)


def take_decision(opened: Opened, parts: Parts, now: datetime) -> None:
    """All the facts of the reply, or none; the sender hears which, once for each mail."""
    if opened.read.case is None or not speaks_for_themselves(opened):
        why = (
            "the office's answer to a question, sent on behalf of somebody"
            if opened.read.case
            else which_case(opened)
        )
        hold(opened, why, parts, now, opened.read.case)
        return
    case = parts.casebook.load(opened.read.case)
    read = read_facts(fresh_text(opened.envelope), _around(case, opened, parts))
    if read.problems and POLITE.match(first_line(fresh_text(opened.envelope))):
        mark(opened, "handled", "the office's own word, and no fact to record", parts, case.ref)
        return
    if read.problems:
        _say_why_not(case, read.problems, opened, parts, now)
        return
    try:
        decision = _recorded(case, read.facts, opened, parts)
    except REFUSED as refused:
        _say_why_not(case, (str(refused),), opened, parts, now)
        return
    _say_what(case, decision, opened, parts, now)


def _around(case: Case, opened: Opened, parts: Parts) -> Around:
    envelope, practice = opened.envelope, parts.practice
    return Around(
        names=tuple(FACTS),
        agencies=agency_names(practice.directory),
        ref=case.ref,
        by=envelope.sender.email,
        day=practice.calendar.day_of(envelope.received),
    )


def agency_names(directory: Directory) -> dict[str, str]:
    """Every name by which just one agency goes, and its id."""
    ids = {agency.id: agency.id for agency in directory.agencies}
    named = [(name.casefold(), a.id) for a in directory.agencies for name in (a.name, *a.aliases)]
    only = {name: agency for name, agency in named if sum(other == name for other, _ in named) == 1}
    return only | ids


def _recorded(case: Case, facts: tuple[FactSaid, ...], opened: Opened, parts: Parts) -> Decision:
    """The facts one after the other, judged as of the moment of their arrival. Raises what the command raises."""
    received, after = opened.envelope.received, case
    whole = Decision(case=case.ref, version=case.version)
    for one in facts:
        said = Said(by=opened.envelope.sender.email, at=received, values=one.values, why=one.why)
        decision = record(after, one.fact, said, parts.practice, received)
        for event in decision.events:
            after = apply(after, event)
        whole = whole.and_then(decision)
    return whole.model_copy(update={"events": brought_by(whole.events, opened)})


def _say_what(case: Case, decision: Decision, opened: Opened, parts: Parts, now: datetime) -> None:
    """What was recorded, in the sentences of the case's story."""
    sender, hide = opened.envelope.sender.email, parts.practice.pseudonyms(case)
    said = [hide(tell(event, parts.practice)) for event in decision.events if event.by == sender]
    paragraphs = ["Thank you. This is recorded, as you wrote it:", *said]
    answer = _answer(case, "What you wrote is recorded", paragraphs, [], opened, parts, now)
    store(opened, decision.and_then(answer), case.ref, parts, now)


def _say_why_not(case: Case, problems: tuple[str, ...], opened: Opened, parts: Parts, now: datetime) -> None:
    """Nothing of the mail is recorded; what was wrong, how to write it, and what may answer the question."""
    hide = parts.practice.pseudonyms(case)
    paragraphs = [
        "Nothing of your reply was recorded, because:",
        *(hide(_as_in_a_mail(problem)) for problem in problems),
        HOW,
    ]
    answered = [x for x in opened.seen.answers if x.kind in FROM_OURSELVES and x.case == case.ref]
    asked = parts.outbox.drafted_from(answered[0].key) if answered else None
    commands = asked.facts.get("commands") if asked else None
    known = [str(command) for command in commands] if isinstance(commands, list) else []
    title = "What you wrote was not recorded"
    answer = _answer(case, title, paragraphs, known or [f"mailbot show {case.ref}"], opened, parts, now)
    store(opened, Decision(case=case.ref, version=case.version).and_then(answer), case.ref, parts, now)


def _answer(
    case: Case, title: str, paragraphs: list[str], commands: list[str], opened: Opened, parts: Parts, now: datetime
) -> Decision:
    """One letter back to whoever wrote, in the thread."""
    letter = to_office(case, parts.practice, now, f"answered/{opened.mail.id}", title, paragraphs, commands)
    update = {"to": (opened.envelope.sender.email,), "in_reply_to": opened.envelope.message_id}
    return Decision(actions=(letter.model_copy(update=update),), because=(title,))


def _as_in_a_mail(problem: str) -> str:
    """A refusal of the command, in the words of a mail."""
    words = problem.replace("with --why", "in a next line that begins with “because”")
    return words.replace("--as names who says so", "the sender is who says so")
