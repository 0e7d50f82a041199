"""A case's end, by a person's word."""

from __future__ import annotations

from datetime import datetime

from mailbot.cases.case import Case
from mailbot.cases.decisions import Decision, Withdraw
from mailbot.cases.events import Closed, Withdrawn
from mailbot.cases.practice import Practice
from mailbot.cases.recording.said import Reader, Said, one
from mailbot.errors import NotAllowedNow, UsageProblem


def _withdrawn(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    if not said.why:
        raise UsageProblem("Say why the referral is withdrawn, with --why.")
    stop = Withdraw(key=f"{case.ref}/withdraw/all", case=case.ref)
    return Decision(events=(Withdrawn(at=said.at, by=said.by, because=said.why),), actions=(stop,))


def _closed(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    waiting = [r.id for r in case.rounds.values() if r.waiting]
    if waiting:
        raise NotAllowedNow(
            f"{case.ref}: letters still wait for an answer ({', '.join(waiting)}). Approve or reject them."
        )
    return one(Closed(at=said.at, by=said.by, because=said.why or "closed"))


FACTS: dict[str, Reader] = {"withdrawn": _withdrawn, "closed": _closed}
