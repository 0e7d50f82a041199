"""A person's word at the command line to a stored decision."""

from __future__ import annotations

from datetime import datetime

from mailbot.cases import rounds
from mailbot.cases.decisions import Decision
from mailbot.cases.recording import Said, record
from mailbot.errors import CaseMoved, UsageProblem
from mailbot.parts import Parts

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


def answer_round(
    ref: str,
    round_id: str,
    verdict: rounds.Answer,
    items: tuple[int, ...] | None,
    by: str,
    why: str,
    parts: Parts,
    now: datetime,
) -> Decision:
    """A named approver's answer at the command line, stored. Raises UsageProblem for anybody else."""
    if by.casefold() not in (a.casefold() for a in parts.practice.approvers):
        raise UsageProblem(f"{by} is not an approver. config/mailbot.toml, [approval] approvers, names who is.")
    for _ in range(TRIES):
        case = parts.casebook.load(ref)
        decision = rounds.answer(case, round_id, verdict, items, by, why, parts.practice, now)
        try:
            parts.casebook.commit(decision, now)
        except CaseMoved:
            continue
        return decision
    raise UsageProblem(f"{ref} kept changing while this was recorded. Please try again.")
