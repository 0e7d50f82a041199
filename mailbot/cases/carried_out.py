"""What follows from our own acts: a letter went or was refused, the pack or the submission is drafted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from mailbot.cases import letters
from mailbot.cases.case import Case
from mailbot.cases.clocks import lateness
from mailbot.cases.deadlines import clock_of
from mailbot.cases.decisions import Decision
from mailbot.cases.events import (
    FileSays,
    LetterFailed,
    LetterKind,
    LetterSent,
    PackAssembled,
    Paper,
    RoundStopped,
    SubmissionDrafted,
)
from mailbot.cases.finished_file import named_under, still_there
from mailbot.cases.given_back import OPTIONAL, TemplateRead, unsaid
from mailbot.cases.pack_versions import changes_since, papers_of
from mailbot.cases.practice import Practice
from mailbot.cases.quality import warnings
from mailbot.cases.questions import tell_office
from mailbot.cases.rounds import ask, beginning, supersede
from mailbot.cases.signing import ask_to_sign
from mailbot.cases.stages import OPEN, apply
from mailbot.cases.wording import count, field_name, say_list

FEW = 5
"""How many agencies a line of a request for approval can name."""
FOR_THE_PANEL = "The combined chronology in Excel is for the panel's work: it comes to you, and goes to no attendee."

NOT_INVITED = (
    "The invitations to the Rapid Review meeting still wait to be approved: whoever gets the pack has not been "
    "invited. Please answer the request about the invitations first."
)


def on_sent(
    case: Case,
    kind: LetterKind,
    key: str,
    to: Sequence[str],
    message_id: str,
    agency: str | None,
    round_id: str | None,
    now: datetime,
    by: str = "mailbot",
) -> Decision:
    """A letter was accepted by the mail server, or a named person says that they gave it to its reader."""
    how = "accepted by the mail server" if by == "mailbot" else "given to its reader by hand"
    sent = LetterSent(
        at=now,
        by=by,
        because=f"{kind.replace('_', ' ')} {how}",
        kind=kind,
        key=key,
        to=tuple(to),
        message_id=message_id,
        agency=agency,
        round=round_id,
    )
    return Decision(case=case.ref, version=case.version, events=(sent,))


def on_refused(
    case: Case,
    kind: LetterKind,
    key: str,
    agency: str | None,
    round_id: str | None,
    why: str,
    practice: Practice,
    now: datetime,
) -> Decision:
    """The mail server refused a letter for good: a person must look."""
    failed = LetterFailed(at=now, because=why, kind=kind, key=key, agency=agency, round=round_id)
    decision = Decision(case=case.ref, version=case.version, events=(failed,), because=(why,))
    if case.stage not in OPEN:
        return decision
    told = tell_office(
        case,
        now,
        practice,
        f"refused/{key}",
        "A letter was refused",
        [f"The mail server refused the {kind.replace('_', ' ')} letter{f' to {agency}' if agency else ''}: {why}"],
        ["mailbot letters"],
        kind="warning",
    )
    return decision.and_then(told)


def on_taken_back(case: Case, taken: Mapping[str, tuple[int, ...]], now: datetime) -> Decision:
    """Approved letters of a case that was suspended had not gone: round by round, they wait to be approved again."""
    because = "the case is suspended"
    stopped = tuple(RoundStopped(at=now, because=because, round=name, items=items) for name, items in taken.items())
    return Decision(case=case.ref, version=case.version, events=stopped, because=(because,) if stopped else ())


def on_pack_built(
    case: Case,
    pack: Paper,
    contents: Sequence[str],
    absent: Sequence[str],
    practice: Practice,
    now: datetime,
    workbook: Paper | None = None,
) -> Decision:
    """The pack is together: one letter for each attendee, waiting for a named person.

    `workbook` is the combined chronology in Excel, which the office gets with the question and nobody else.
    """
    version = case.pack_version + 1
    because = practice.procedure_of(case).sentence("pack")
    decision = supersede(case, "pack", now, f"version {version} of the pack takes its place")
    built = PackAssembled(
        at=now,
        because=because,
        version=version,
        paper=pack,
        contents=tuple(contents),
        absent=tuple(absent),
        papers=papers_of(case),
        workbook=workbook,
    )
    decision = Decision(case=case.ref, version=case.version).and_then(decision)
    decision = decision.and_then(Decision(events=(built,), because=(f"the pack is together, version {version}",)))
    after = case
    for event in decision.events:
        after = apply(after, event)
    names = [after.requests[a].name for a in absent if a in after.requests]
    missing = (
        say_list(names)
        if len(names) <= FEW
        else f"{len(names)} agencies, each named on the page What each agency sent"
    )
    warnings = [f"Not in the pack, because no return has come: {missing}."] if names else []
    if workbook:
        warnings.append(FOR_THE_PANEL)
    if any(asked.waiting for asked in beginning(after, "invitation-")):
        warnings.append(NOT_INVITED)
    drafts = letters.pack_letters(after, practice, now, pack, contents, changes_since(case).lines)
    if not drafts:
        return decision.and_then(
            tell_office(
                after,
                now,
                practice,
                "nobody-attends",
                "Nobody is written down to attend the meeting",
                ["The pack is together, and there is nobody to send it to. Please fill config/people.toml."],
            )
        )
    return decision.and_then(
        ask(
            after,
            f"pack-{version}",
            drafts,
            f"{'the meeting pack' if version == 1 else f'version {version} of the meeting pack'} "
            f"to {count(len(drafts), 'attendee')}",
            practice,
            now,
            "the pack waits for a named person",
            go_by=case.meeting_at,
            warnings=warnings,
        )
    )


def on_submission_drafted(
    case: Case,
    paper: Paper,
    read: TemplateRead | None,
    practice: Practice,
    now: datetime,
    by: str = "mailbot",
) -> Decision:
    """The Rapid Review Template is filled in, or a person gave it back finished.

    With the letter to the Panel it waits for a named person, always. `read` is what the file says, and leaves unsaid;
    none where it is the file that was there before, and only the letter is drafted anew.
    """
    version = case.submission_version + 1
    because = practice.procedure_of(case).sentence("submission") if by == "mailbot" else "finished by hand"
    decision = Decision(case=case.ref, version=case.version).and_then(
        supersede(case, "submission", now, f"version {version} of the submission takes its place")
    )
    drafted = SubmissionDrafted(
        at=now,
        by=by,
        because=because,
        version=version,
        paper=paper,
        empty=(*read.empty, *unsaid(read, practice.procedure_of(case))) if read else case.submission_empty,
        prompts=tuple(map(practice.pseudonyms(case), read.prompts)) if read else case.submission_prompts,
        remarks=read.remarks if read else case.submission_remarks,
        says=_says(case, read, practice, by) if read else case.submission_says,
        kept=read is None,
    )
    decision = decision.and_then(Decision(events=(drafted,), because=("the submission is drafted",)))
    after = case
    for event in decision.events:
        after = apply(after, event)
    clocks = (
        clock_of(after, clock, practice.procedure_of(case), practice.calendar)
        for clock in ("panel_after_meeting", "panel_overall")
    )
    dues = [c.due for c in clocks if c and c.due]
    to_write = _to_write(after)
    decision = decision.and_then(ask_to_sign(after, practice, now, by, to_write))
    letter = letters.submission(after, practice, now, " ".join(lateness(after, now, practice)))
    return decision.and_then(
        ask(
            after,
            f"submission-{version}",
            [letter],
            f"the submission to the national Panel{f', version {version}' if version > 1 else ''}",
            practice,
            now,
            "the submission waits for a named person, always",
            go_by=min(dues) if dues else None,
            warnings=warnings(after, practice, now),
        )
    )


def _says(case: Case, read: TemplateRead, practice: Practice, by: str) -> FileSays:
    """What the file says; of one that a person finished also what it lost, and where it names the family."""
    if by == "mailbot":
        return read.says
    named = named_under(case, read.texts, practice)
    return still_there(case.submission_says, read.says).model_copy(update={"named": named})


def _to_write(case: Case) -> list[str]:
    """What only people can write and is still to be written, and how."""
    empty = [field_name(name) for name in case.submission_empty if name not in OPTIONAL and name != "key_events"]
    if not empty and not case.submission_prompts:
        return []
    left = say_list([*empty, *(f"“{heading}”" for heading in case.submission_prompts)])
    return [
        f"Not yet written in the Rapid Review Template: {left}. Write it in Word (the file is attached) and send the "
        f"file back in a reply; or: mailbot replace {case.ref} FILE.docx --as YOU."
    ]
