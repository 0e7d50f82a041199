"""One stored action to its effect: draft a letter, ask an approver, build a pack, release a round.

Every effect is stored in one transaction with the mark that the action is done, so that a crash repeats it whole or
not at all. A letter's bytes and Message-ID are fixed when it is drafted and never change.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from mailbot.binding import bind_pack
from mailbot.cases import carried_out
from mailbot.cases.case import Case
from mailbot.cases.chronology import combined
from mailbot.cases.decisions import (
    Action,
    AskApproval,
    BuildPack,
    Decision,
    DraftSubmission,
    Facts,
    Reject,
    Release,
    SendLetter,
    TakeBack,
    Withdraw,
)
from mailbot.cases.directory import without_alias
from mailbot.cases.events import Paper
from mailbot.cases.letters import common, to_office
from mailbot.cases.pack import absent_agencies, pack_contents
from mailbot.cases.routes import BY_HAND, route_of
from mailbot.cases.wording import say_moment
from mailbot.drafting import Written, as_of, store_letter, written
from mailbot.errors import (
    CaseMoved,
    DraftsMissing,
    MailbotError,
    NotInDirectory,
    own_mistake,
)
from mailbot.mail.envelope import Envelope, open_envelope
from mailbot.parts import Parts
from mailbot.store.database import write
from mailbot.store.outbox import Letter
from mailbot.submitting import annex_of_sources, fill_rapid_review
from mailbot.template_reading import read_template

log = logging.getLogger("mailbot.carry_out")
CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
TELL_AFTER = 3
AS_OF = "as-of-release-"
"""In the key of a letter that was written again when its round was released, before the release's number."""


def carry_out_all(parts: Parts, now: datetime) -> int:
    """Carry out every stored action, oldest first; gives how many. One that fails stays for the next pass."""
    done = 0
    while waiting := parts.outbox.todo():
        progress = 0
        for number, action in waiting:
            progress += _carry_out(number, action, parts, now)
        done += progress
        if not progress:
            break
    return done


def _carry_out(number: int, action: Action, parts: Parts, now: datetime) -> int:
    try:
        DOERS[type(action)](number, action, parts, now)
    except CaseMoved:
        return 0
    except NotInDirectory as problem:
        _give_up(number, action, str(problem), parts, now)
        return 1
    except MailbotError as problem:
        _try_again_later(number, action, str(problem), parts, now)
        return 0
    except Exception as surprise:
        # One action that cannot be done never stops the others; it stays on the list, and a person is told.
        log.exception("action %s (%s) failed", number, action.type)
        _try_again_later(number, action, f"{own_mistake(surprise)}.", parts, now)
        return 0
    return 1


def _try_again_later(number: int, action: Action, why: str, parts: Parts, now: datetime) -> None:
    with write(parts.db):
        attempts = parts.outbox.failed(number, why)
        if attempts == TELL_AFTER:
            parts.outbox.queue(
                [_told(action, f"It has failed {attempts} times and is tried again: {why}", parts, now)], now
            )


def _give_up(number: int, action: Action, why: str, parts: Parts, now: datetime) -> None:
    with write(parts.db):
        parts.outbox.give_up(number, why)
        if isinstance(action, SendLetter) and action.kind == "warning":
            # The office itself cannot be written to: a warning about that would go nowhere, for ever.
            log.error("a warning to the office was not drafted: nobody in [approval] approvers may be written to")
            return
        parts.outbox.queue([_told(action, why, parts, now)], now)


def _told(action: Action, why: str, parts: Parts, now: datetime) -> SendLetter:
    what = action.type.replace("_", " ")
    case = Case(ref=action.case)
    return to_office(case, parts.practice, now, f"failed/{action.key}", f"Could not {what}", [why], kind="warning")


def _draft(number: int, action: SendLetter, parts: Parts, now: datetime) -> None:
    """One letter, put on paper and stored: waiting where it is in a round, else ready."""
    store_letter(written(action, parts, now), "waiting" if action.round else "ready", parts, now, number)


def _ask_approval(number: int, action: AskApproval, parts: Parts, now: datetime) -> None:
    """One email to each approver, each with a one-use code of their own.

    Raises DraftsMissing while a letter of the round is still to be drafted: nobody approves what cannot be seen.
    """
    if any(
        isinstance(a, SendLetter) and (a.case, a.round) == (action.case, action.round) for _, a in parts.outbox.todo()
    ):
        raise DraftsMissing(
            f"The letters of {action.round} are not all drafted yet; approval is asked when they are."
        )
    waiting = [a for a in parts.outbox.letters_of(action.case, action.round) if a.status == "waiting"]
    case = parts.casebook.load(action.case)
    files = _files_to_see(case, waiting, parts, now)
    if waiting and waiting[0].kind == "submission":
        files.append(annex_of_sources(case, parts, now))
    too_large = sum(len(content) for _, content in files) * 4 / 3 > parts.settings.post.largest_mb * 1_000_000
    if too_large:
        words = f"The files are too large for an email. See them with: mailbot letter {waiting[0].id} --save FOLDER"
        action, files = action.model_copy(update={"warnings": (*action.warnings, words)}), []
    with write(parts.db):
        for approver in parts.practice.approvers if waiting else ():
            code = "-".join("".join(secrets.choice(CODE_LETTERS) for _ in range(4)) for _ in range(2))
            letter = SendLetter(
                key=f"{action.key}/{approver}",
                case=action.case,
                kind="approval_request",
                to=(approver,),
                facts=_approval_facts(case, action, waiting, approver, code, parts, now),
                due=parts.practice.calendar.next_open(now),
            )
            rendered = parts.letters.render("approval_request", letter.facts)
            put = (letter, rendered.subject, rendered.text, rendered.html, tuple(files))
            message_id = store_letter(put, "ready", parts, now)
            ask = case.rounds[action.round].asks
            parts.approvals.ask(action.case, action.round, ask, approver, code, action.expires, message_id, now)
        parts.outbox.done(number)


def _files_to_see(case: Case, waiting: list[Letter], parts: Parts, now: datetime) -> list[tuple[str, bytes]]:
    """What would go: the files of the first letter, which the others carry too; of the pack the copy for nobody."""
    if not waiting:
        return []
    if waiting[0].kind == "pack" and case.pack is not None:
        papers = [case.pack, *([case.pack_workbook] if case.pack_workbook else [])]
        return [(paper.name, parts.mailbag.file(paper.sha256)) for paper in papers]
    return _files_of(open_envelope(waiting[0].raw, now))


def _files_of(letter: Envelope) -> list[tuple[str, bytes]]:
    """Each file once: a meeting stands in its invitation twice, for calendars without a name and as a file."""
    named = {a.content: a.name for a in letter.attachments}
    return [(name, content) for content, name in named.items()]


def _approval_facts(
    case: Case, action: AskApproval, waiting: list[Letter], approver: str, code: str, parts: Parts, now: datetime
) -> Facts:
    practice, directory = parts.practice, parts.practice.directory
    opened = {letter.id: open_envelope(letter.raw, now) for letter in waiting}
    names = {a.id: a.name for a in directory.agencies}
    people = {p.email: p.name for p in directory.people}
    by_hand = [
        (names.get(letter.agency or "", letter.to[0]), BY_HAND[route])
        for letter in waiting
        if (route := route_of(letter.kind, letter.agency, letter.to, directory)) in BY_HAND
    ]
    return common(case, practice, now) | {
        "title": action.title,
        "items": [
            {
                "n": letter.item,
                "kind": letter.kind,
                "agency": names.get(letter.agency or "", "") or people.get(without_alias(letter.to[0]), ""),
                "to": ", ".join(letter.to),
                "subject": letter.subject,
                "attachments": [name for name, _ in _files_of(opened[letter.id])],
            }
            for letter in waiting
        ],
        "go_by": say_moment(action.go_by, practice.zone) if action.go_by else "",
        "expires": say_moment(action.expires, practice.zone),
        "code": code,
        "grace": practice.grace_minutes,
        "command": f"mailbot approve {case.ref}/{action.round} --as {approver}",
        "warnings": [
            *action.warnings,
            *(f"{name} is reached by {way}: once approved, its letter is yours to give." for name, way in by_hand),
        ],
        "sample": opened[waiting[0].id].text,
        "unauthenticated": not practice.replies_authenticated,
    }


def _build_pack(number: int, action: BuildPack, parts: Parts, now: datetime) -> None:
    case = parts.casebook.load(action.case)
    if action.version <= case.pack_version or case.stage not in ("scoping", "pack_ready"):
        parts.outbox.done(number)
        return
    content = bind_pack(case, action.version, parts, now)
    version = f" version {action.version}" if action.version > 1 else ""
    name = f"{case.ref} meeting pack{version}.pdf"
    paper = Paper(kind="pack", name=name, sha256=parts.mailbag.keep_file(content))
    contents, absent = pack_contents(case), absent_agencies(case)
    table = _chronology_in_excel(case, version, parts, now)
    decision = carried_out.on_pack_built(case, paper, contents, absent, parts.practice, now, table)
    _commit(number, decision, parts, now)


def _chronology_in_excel(case: Case, version: str, parts: Parts, now: datetime) -> Paper | None:
    """The pack's combined chronology as a workbook; none where no agency has sent an entry."""
    chronology = combined(case, parts.practice, now)
    if not chronology.entries:
        return None
    name = f"{case.ref} combined chronology{version}.xlsx"
    from mailbot.documents.chronology_workbook import workbook  # openpyxl: nine megabytes, for a pack or two a month

    return Paper(kind="other", name=name, sha256=parts.mailbag.keep_file(workbook(chronology)))


def _draft_submission(number: int, action: DraftSubmission, parts: Parts, now: datetime) -> None:
    case = parts.casebook.load(action.case)
    if action.version <= case.submission_version or case.stage != "sign_off":
        parts.outbox.done(number)
        return
    if case.submission_edited and case.submission is not None:
        # What a person wrote is never drafted over: the file stays, and the letter around it is written anew.
        kept = carried_out.on_submission_drafted(case, case.submission, None, parts.practice, now)
        _commit(number, kept, parts, now)
        return
    content = fill_rapid_review(case, parts, now)
    paper = Paper(
        kind="rapid_review", name=f"{case.ref} Rapid Review Template.docx", sha256=parts.mailbag.keep_file(content)
    )
    read = read_template(content, paper.name, parts)
    _commit(number, carried_out.on_submission_drafted(case, paper, read, parts.practice, now), parts, now)


def _release(number: int, action: Release, parts: Parts, now: datetime) -> None:
    """Approved letters become ready. One that was drafted on another day, or whose addressees have changed since, is
    written again; one that may go to nobody any more is set aside, and a person is told.

    The case is asked, not the action alone: what was taken back or rejected meanwhile stays.
    """
    case = parts.casebook.load(action.case)
    answered = case.rounds[action.round]
    drafted = [
        letter
        for letter in parts.outbox.letters_of(action.case, action.round)
        if letter.status == "waiting"
        and (action.items is None or letter.item in action.items)
        and letter.item not in answered.waiting
    ]
    going = drafted if answered.state != "rejected" else []
    again: list[tuple[Letter, Written]] = []
    lost: list[tuple[Letter, str]] = []
    for letter in going:
        try:
            fresh = as_of(letter, case, action.due, f"{AS_OF}{number}", parts)
        except NotInDirectory as problem:
            lost.append((letter, str(problem)))
            continue
        if fresh is not None:
            again.append((letter, written(fresh, parts, now)))
    items = tuple(letter.item for letter in going if letter.item is not None)
    with write(parts.db):
        for letter, why in lost:
            parts.outbox.withdraw_letter(letter.id, now, why)
            parts.outbox.queue([_told(action, f"Letter {letter.id}: {why}", parts, now)], now)
        for letter, put in again:
            parts.outbox.withdraw_letter(letter.id, now, "written again as of the day it goes")
            store_letter(put, "waiting", parts, now)
        parts.outbox.release(action.case, action.round, items, action.due, now, answered.answered_by)
        parts.outbox.done(number)


def _reject(number: int, action: Reject, parts: Parts, now: datetime) -> None:
    case = parts.casebook.load(action.case)
    answered = case.rounds.get(action.round)
    with write(parts.db):
        parts.outbox.reject(
            action.case,
            action.round,
            action.items,
            now,
            answered.answered_by if answered else "mailbot",
            answered.why if answered else "",
        )
        parts.outbox.done(number)


def _take_back(number: int, action: TakeBack, parts: Parts, now: datetime) -> None:
    case = parts.casebook.load(action.case)
    with write(parts.db):
        if action.round is not None:
            parts.outbox.take_back(action.case, action.round, now)
        elif case.stage == "suspended":
            asked = [r for r in case.rounds.values() if r.state != "rejected"]
            approved = {r.id: parts.outbox.approved(case.ref, r.id, r.waiting) for r in asked}
            taken = {name: items for name, items in approved.items() if items}
            for name in taken:
                parts.outbox.take_back(action.case, name, now)
            parts.casebook.commit(carried_out.on_taken_back(case, taken, now), now)
        parts.outbox.done(number)


def _withdraw(number: int, action: Withdraw, parts: Parts, now: datetime) -> None:
    with write(parts.db):
        parts.outbox.withdraw(action.case, action.kinds, action.agency, now, why="no longer right to send")
        parts.outbox.done(number)


DOERS: dict[type, Callable[[int, Any, Parts, datetime], None]] = {
    SendLetter: _draft,
    AskApproval: _ask_approval,
    BuildPack: _build_pack,
    DraftSubmission: _draft_submission,
    Release: _release,
    Reject: _reject,
    TakeBack: _take_back,
    Withdraw: _withdraw,
}


def _commit(number: int, decision: Decision, parts: Parts, now: datetime) -> None:
    with write(parts.db):
        parts.casebook.commit(decision, now)
        parts.outbox.done(number)
