"""A person's word at the command line to a stored decision."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from mailbot.cases import quality, rounds
from mailbot.cases.carried_out import on_sent
from mailbot.cases.decisions import Decision
from mailbot.cases.recording import Said, record
from mailbot.errors import CaseMoved, NotAllowedNow, UsageProblem
from mailbot.parts import Parts
from mailbot.posting import is_by_hand
from mailbot.store.database import write

TRIES = 3


def record_fact(ref: str, fact: str, said: Said, parts: Parts, now: datetime) -> Decision:
    """A person's word, stored. Raises UsageProblem, NotAllowedNow, UnknownCase."""
    for _ in range(TRIES):
        decision = record(parts.casebook.load(ref), fact, said, parts.practice, now)
        try:
            parts.casebook.commit(decision, now)
        except CaseMoved:
            continue
        return decision
    raise UsageProblem(f"{ref} kept changing while this was recorded. Please try again.")


def letter_given(number: int, by: str, when: datetime, parts: Parts, now: datetime) -> None:
    """A named person gave a letter to its reader, by a portal or over the telephone; clocks run from then.

    Raises UsageProblem for a person who is not in the directory or a time that cannot be, NotAllowedNow for a letter
    that mailbot sends itself or that does not wait to be sent.
    """
    parts.practice.directory.must_know(by)
    letter = parts.outbox.letter(number)
    given = letter.status == "ready" and is_by_hand(letter, parts)
    if not given and letter.status != "failed":
        raise NotAllowedNow(
            f"Letter {number} is {letter.status.replace('_', ' ')} and not yours to send: only letters by portal or "
            "phone, and letters that the mail server refused, are."
        )
    if not letter.created <= when <= now:
        raise UsageProblem(
            "A letter is given to its reader after it was written, and not in the future. Correct --at."
        )
    with write(parts.db):
        parts.outbox.posted(number, when, by)
        if not letter.case:
            return
        case, key, to = parts.casebook.load(letter.case), letter.key, letter.to
        decision = on_sent(case, letter.kind, key, to, letter.message_id, letter.agency, letter.round, when, by)
        parts.casebook.commit(decision, now)


def answer_letter(
    number: int, verdict: Literal["approve", "reject"], by: str, why: str, parts: Parts, now: datetime
) -> None:
    """A named approver lets a letter go that would have gone by itself and was held back, or does not.

    Raises UsageProblem for anybody else, NotAllowedNow where the letter does not wait.
    """
    if by.casefold() not in (a.casefold() for a in parts.practice.approvers):
        raise UsageProblem(f"{by} is not an approver. config/mailbot.toml, [approval] approvers, names who is.")
    if verdict == "approve":
        parts.outbox.back_to_ready(number, now, why or "released", by)
    else:
        parts.outbox.turn_down(number, now, by, why)


def answer_round(
    ref: str,
    round_id: str,
    verdict: rounds.Answer,
    items: tuple[int, ...] | None,
    by: str,
    why: str,
    parts: Parts,
    now: datetime,
    despite: str = "",
) -> Decision:
    """A named approver's answer at the command line, stored; `despite` is why a submission goes with its gaps.

    Raises UsageProblem for anybody else, NotAllowedNow where a submission has gaps and no such reason is given.
    """
    if by.casefold() not in (a.casefold() for a in parts.practice.approvers):
        raise UsageProblem(f"{by} is not an approver. config/mailbot.toml, [approval] approvers, names who is.")
    for _ in range(TRIES):
        case = parts.casebook.load(ref)
        decision = quality.answer(case, round_id, verdict, items, by, why, parts.practice, now, despite=despite)
        try:
            parts.casebook.commit(decision, now)
        except CaseMoved:
            continue
        return decision
    raise UsageProblem(f"{ref} kept changing while this was recorded. Please try again.")
