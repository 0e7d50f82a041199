"""The Rapid Review Template as people finished it: by mail, or dropped at the command line, to a stored decision.

The file takes the place of the draft byte for byte. What was written in it is read into the record, and whoever sent
it is told what was read, what is still empty and what the record says otherwise.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from mailbot.cases.carried_out import on_submission_drafted
from mailbot.cases.case import Case
from mailbot.cases.decisions import Decision
from mailbot.cases.events import Paper
from mailbot.cases.given_back import Taken, take_back
from mailbot.cases.letters import to_office
from mailbot.cases.quality import gaps, listed
from mailbot.cases.stages import apply
from mailbot.cases.wording import count
from mailbot.errors import NotAllowedNow, UsageProblem
from mailbot.forms.form import Form
from mailbot.intake.opening import Opened
from mailbot.intake.settling import hold, mark, open_case, store, which_case
from mailbot.mail.envelope import Attachment
from mailbot.parts import Parts
from mailbot.template_reading import is_template, read_template

NOT_WORD = "it is no Word file (.docx). Please send it as a Word document: the Panel gets the file as it is"


def replace_submission(ref: str, content: bytes, by: str, parts: Parts, now: datetime) -> tuple[str, ...]:
    """The Rapid Review Template as a person finished it, in the place of the draft; it is approved anew.

    Gives what was read, and what is amiss, in sentences. Raises UsageProblem for a file that is no Word file or a
    person who is not in the directory, NotAllowedNow where there is no draft to take the place of.
    """
    parts.practice.directory.must_know(by)
    case = parts.casebook.load(ref)
    if case.stage != "sign_off" or case.submission is None:
        raise NotAllowedNow(f"{ref} has no drafted submission: it is drafted when the outcome is recorded.")
    if why := _not_a_word_file(content, parts):
        raise UsageProblem(f"The file cannot take the place of the draft: {why}")
    decision, taken = _in_the_drafts_place(case, content, parts, now, by)
    parts.casebook.commit(decision, now)
    return taken.told


def take_template(opened: Opened, parts: Parts, now: datetime) -> None:
    """A mail with the template in it: from the office, or from somebody for whose file a person vouches."""
    case, sender = open_case(opened, parts), opened.envelope.sender.email
    if case is None:
        hold(opened, which_case(opened), parts, now)
        return
    if not opened.seen.from_office and opened.mail.case is None:
        why = "a Rapid Review Template from somebody who is not of the office: assign the mail if its file is to go"
        hold(opened, f"{why} to the Panel in the draft's place", parts, now, case.ref)
        return
    if case.stage != "sign_off" or case.submission is None:
        why = f"a Rapid Review Template, and {case.ref} has no draft whose place it could take"
        hold(opened, why, parts, now, case.ref)
        return
    files = given_back(opened, case)
    if not files:
        mark(opened, "handled", "the Rapid Review Template as it was drafted, with nothing changed", parts, case.ref)
        return
    if len(files) > 1:
        hold(opened, "several Rapid Review Templates in one mail: which one is meant?", parts, now, case.ref)
        return
    if why := _not_a_word_file(files[0].content, parts):
        hold(opened, f"a Rapid Review Template that cannot take the draft's place: {why}", parts, now, case.ref)
        return
    decision, taken = _in_the_drafts_place(case, files[0].content, parts, now, sender, opened.mail.id)
    store(opened, decision.and_then(_confirmed(case, decision, taken, opened, parts, now)), case.ref, parts, now)


def given_back(opened: Opened, case: Case) -> list[Attachment]:
    """The files of the mail that may take the draft's place: templates, else whatever Word or PDF file there is.

    The draft itself, byte for byte, is none: mail programs send it along.
    """
    beside = [(a, f) for a, f in zip(_files(opened), opened.seen.forms, strict=True) if not _is_draft(a, case)]
    templates = [file for file, form in beside if is_template(form)]
    return templates or [file for file, form in beside if _may_be_one(file, form)]


def _files(opened: Opened) -> list[Attachment]:
    return [file for file in opened.envelope.attachments if not file.inline]


def _is_draft(file: Attachment, case: Case) -> bool:
    return case.submission is not None and hashlib.sha256(file.content).hexdigest() == case.submission.sha256


def _may_be_one(file: Attachment, form: Form) -> bool:
    return form.kind == "other" and file.name.casefold().endswith((".docx", ".pdf", ".doc", ".odt"))


def _not_a_word_file(content: bytes, parts: Parts) -> str:
    """Why the file cannot go to the Panel in the draft's place; empty where it can.

    Tracked changes are no reason: they are told, and a person decides.
    """
    document = parts.sandbox.read(content, "template.docx")
    amiss = [problem.message for problem in document.problems if problem.problem != "tracked_changes"]
    if document.format == "docx" and document.blocks and not amiss:
        return ""
    return "; ".join(amiss) or NOT_WORD


def _in_the_drafts_place(
    case: Case, content: bytes, parts: Parts, now: datetime, by: str, mail: int | None = None
) -> tuple[Decision, Taken]:
    """The decision that the file takes the draft's place, and what was read of it."""
    if case.submission is None:
        raise ValueError(f"{case.ref} has no drafted submission whose place a file could take")
    name = f"{case.ref} Rapid Review Template.docx"
    paper = Paper(kind="rapid_review", name=name, sha256=parts.mailbag.keep_file(content))
    read = read_template(content, name, parts)
    draft = read_template(parts.mailbag.file(case.submission.sha256), case.submission.name, parts)
    taken = take_back(case, paper.sha256, read, draft, parts.practice, now, by, mail)
    decision, after = Decision(case=case.ref, version=case.version, events=taken.events), case
    for event in taken.events:
        after = apply(after, event)
    drafted = on_submission_drafted(after, paper, read, parts.practice, now, by)
    return decision.and_then(drafted), taken


def _confirmed(case: Case, decision: Decision, taken: Taken, opened: Opened, parts: Parts, now: datetime) -> Decision:
    """One letter back to whoever sent the file, in the thread: what was read, and what the gate still lacks."""
    after = case
    for event in decision.events:
        after = apply(after, event)
    missing = gaps(after, parts.practice, now)
    title = "Your Rapid Review Template was read"
    lacking = f"Before it can be approved, {count(len(missing), 'thing is', 'things are')} to be mended:"
    paragraphs = [
        "The file takes the place of the draft and goes to the Panel as you sent it, byte for byte, once it is "
        "approved. The request for approval comes in an email of its own.",
        *taken.told,
        *([lacking, *listed(missing)] if missing else ["Nothing more is missing."]),
    ]
    letter = to_office(case, parts.practice, now, f"read-back/{opened.mail.id}", title, paragraphs)
    update = {"to": (opened.envelope.sender.email,), "in_reply_to": opened.envelope.message_id}
    return Decision(actions=(letter.model_copy(update=update),), because=(title,))
