"""The attendance and decision sheet that is mailed back: its facts are recorded, and one letter says which."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from mailbot.cases.case import Case
from mailbot.cases.decision_sheet import (
    SheetFact,
    SheetRead,
    known_already,
    names_of,
    otherwise,
    read_sheet,
    still_open,
)
from mailbot.cases.decisions import Decision
from mailbot.cases.events import IN_THE_SHEET, TemplateWritten
from mailbot.cases.letters import to_office
from mailbot.cases.recording import Said, record
from mailbot.cases.stages import apply
from mailbot.cases.story import tell
from mailbot.errors import IllegalEvent, NotAllowedNow, NotInDirectory, UsageProblem
from mailbot.forms.form import Form
from mailbot.forms.matching import refs_in
from mailbot.forms.seen import forms_of
from mailbot.intake.answers import brought_by, speaks_for_themselves
from mailbot.intake.opening import Opened
from mailbot.intake.papers import plain
from mailbot.intake.settling import hold, open_case, store, which_case
from mailbot.mail.envelope import Attachment
from mailbot.parts import Parts

REFUSED = (UsageProblem, NotAllowedNow, IllegalEvent, NotInDirectory)
READ, NOT_READ = "Your decision sheet was read", "Nothing of your decision sheet was recorded"
MEND = "Please mend the sheet in Word and send it again: what is recorded already is not recorded twice."


class Taken(NamedTuple):
    """What recording a sheet made: the decision, the case after it, and sentences of what was and was not taken."""

    decision: Decision
    after: Case
    recorded: tuple[str, ...]
    refused: tuple[str, ...]


def take_sheet(opened: Opened, parts: Parts, now: datetime) -> None:
    """A mail with the sheet in it: from the office or a person of the directory, or vouched for by somebody."""
    case = open_case(opened, parts)
    if case is None:
        hold(opened, which_case(opened), parts, now)
        return
    if why := _not_theirs(opened, parts):
        hold(opened, f"an attendance and decision sheet {why}", parts, now, case.ref)
        return
    sheets = [form for form in forms_of(opened.seen) if form.kind == "decision_sheet"]
    if len(sheets) > 1:
        hold(opened, "several decision sheets in one mail: which one is meant?", parts, now, case.ref)
        return
    if (ref := sheets[0].get("case_ref")) and case.ref not in refs_in(ref, opened.seen):
        hold(opened, f"a decision sheet of {ref} in a mail about {case.ref}: which is meant?", parts, now, case.ref)
        return
    form = plain(sheets[0], [])
    read = read_sheet(form.fields, form.tables, case, parts.practice)
    if unclear := (*_ill_read(sheets[0]), *read.unclear):
        _say_why_not(case, unclear, read, opened, parts, now)
    elif read.is_empty:
        _say_why_not(case, ("The sheet is empty: nobody has filled it in.",), read, opened, parts, now)
    else:
        _say_what(_taken(case, read, opened, parts), read, opened, parts, now)


def _not_theirs(opened: Opened, parts: Parts) -> str:
    """Why the sender's word alone records nothing; empty where it does, or a person assigned the mail."""
    if opened.mail.assigned_by:
        return ""
    if not speaks_for_themselves(opened):
        return "that was sent on behalf of somebody"
    sender, directory = opened.envelope.sender.email.casefold(), parts.practice.directory
    office = sender in (address.casefold() for address in directory.office)
    if opened.seen.from_office or office or directory.person(sender) is not None:
        return ""
    return "from somebody who is neither of the office nor in config/people.toml: assign it if it is the office's"


def _ill_read(form: Form) -> tuple[str, ...]:
    """That ticks were taken from a picture, or words not for certain: no decision rests on that."""
    scanned = form.has_problem("scanned") or any(not answer.sure for answer in form.fields.values())
    return ("It is a scan or a picture, of which ticks cannot be read for certain.",) if scanned else ()


def _by(opened: Opened) -> str:
    return opened.mail.assigned_by or opened.envelope.sender.email


def _taken(case: Case, read: SheetRead, opened: Opened, parts: Parts) -> Taken:
    """The facts one after the other, judged as of the moment of their arrival, as the command would record each."""
    practice = parts.practice
    hide = practice.pseudonyms(case)
    whole, after = Decision(case=case.ref, version=case.version), case
    recorded: list[str] = []
    refused: list[str] = []
    for fact in read.facts:
        if known_already(fact, after):
            continue
        before = otherwise(fact, after)
        try:
            decision = _recorded(after, fact, opened, parts)
        except REFUSED as problem:
            refused.append(hide(f"{fact}: {problem}"))
            continue
        whole = whole.and_then(decision)
        for event in decision.events:
            after = apply(after, event)
        told = [tell(event, practice) for event in decision.events if event.by == _by(opened)]
        recorded += map(hide, [*told, *([before] if before else [])])
    if written := {name: text for name, text in read.passages.items() if after.written.get(name, "") != text}:
        if after.stage == "sign_off" and after.submission is None:
            event = _written(written, opened, parts)
            whole, after = whole.and_then(Decision(events=(event,), because=(event.because,))), apply(after, event)
            recorded.append(f"For the Rapid Review Template: {names_of(written)}.")
        else:
            drafted = "it is drafted already" if after.submission else "it is drafted once the decision is recorded"
            refused.append(f"{names_of(written)}: they belong in the Rapid Review Template, and {drafted}.")
    return Taken(whole, after, tuple(recorded), tuple(refused))


def _recorded(case: Case, fact: SheetFact, opened: Opened, parts: Parts) -> Decision:
    received = opened.envelope.received
    said = Said(by=_by(opened), at=received, values=fact.values, why=fact.why)
    decision = record(case, fact.fact, said, parts.practice, received)
    for event in decision.events:
        apply(case, event)
    return decision.model_copy(update={"events": brought_by(decision.events, opened)})


def _written(passages: dict[str, str], opened: Opened, parts: Parts) -> TemplateWritten:
    """What the minute taker wrote for the Rapid Review Template; the sheet itself is kept beside it."""
    return TemplateWritten(
        at=opened.envelope.received,
        by=_by(opened),
        because=IN_THE_SHEET,
        mail=opened.mail.id,
        sha256=parts.mailbag.keep_file(_file(opened).content),
        answers=passages,
    )


def _file(opened: Opened) -> Attachment:
    files = [file for file in opened.envelope.attachments if not file.inline]
    for file, form in zip(files, opened.seen.forms, strict=True):
        if any(one.kind == "decision_sheet" for one in (form, *form.parts)):
            return file
    raise ValueError(f"mail {opened.mail.id} has no file with a decision sheet in it")


def _say_what(taken: Taken, read: SheetRead, opened: Opened, parts: Parts, now: datetime) -> None:
    """What was recorded, what was not and why, and what is still open, in the sentences of the case's story."""
    after = taken.after
    paragraphs = ["Recorded:", *taken.recorded] if taken.recorded else ["Nothing in it is new to the record."]
    if taken.refused:
        paragraphs += ["Not recorded, because:", *taken.refused]
    if read.quorum is not None and after.attendance and read.quorum != after.quorate:
        ticked, counted = ("quorate", "not quorate") if read.quorum else ("not quorate", "quorate")
        paragraphs.append(f"The sheet says that the meeting was {ticked}; by who attended it was {counted}.")
    if read.unrecorded:
        paragraphs += ["Not recorded, and kept in the sheet with your mail:", *read.unrecorded]
    if waits := still_open(after, parts.practice):
        paragraphs += ["Still open:", *waits]
    answer = _answer(after, READ, _hidden(after, paragraphs, parts), [], opened, parts, now)
    store(opened, taken.decision.and_then(answer), after.ref, parts, now)


def _say_why_not(
    case: Case, why: tuple[str, ...], read: SheetRead, opened: Opened, parts: Parts, now: datetime
) -> None:
    """Nothing of the sheet is recorded; what was not clear, and what was read besides."""
    paragraphs = ["Nothing of it was recorded, because:", *why]
    if read.facts:
        paragraphs += ["This was read besides:", *map(str, read.facts)]
    paragraphs.append(MEND)
    answer = _answer(
        case, NOT_READ, _hidden(case, paragraphs, parts), [f"mailbot show {case.ref}"], opened, parts, now
    )
    store(opened, Decision(case=case.ref, version=case.version).and_then(answer), case.ref, parts, now)


def _hidden(case: Case, paragraphs: list[str], parts: Parts) -> list[str]:
    return list(map(parts.practice.pseudonyms(case), paragraphs))


def _answer(
    case: Case, title: str, paragraphs: list[str], commands: list[str], opened: Opened, parts: Parts, now: datetime
) -> Decision:
    """One letter back in the thread to whoever sent the sheet or vouched for it; the office reads it too."""
    letter = to_office(case, parts.practice, now, f"sheet/{opened.mail.id}", title, paragraphs, commands)
    office = () if opened.seen.from_office else letter.to
    update = {"to": tuple(dict.fromkeys((_by(opened), *office))), "in_reply_to": opened.envelope.message_id}
    return Decision(actions=(letter.model_copy(update=update),), because=(title,))
