"""Letters that a person rejected: drafted again, or the case goes on without them, as the office says."""

from __future__ import annotations

from datetime import datetime

from mailbot.cases.case import Case, Round
from mailbot.cases.decisions import Decision
from mailbot.cases.practice import Practice
from mailbot.cases.questions import tell_office
from mailbot.cases.rounds import beginning, round_title
from mailbot.cases.submission import AFTER_IT

NEEDED_AT: dict[str, tuple[str, ...]] = {
    "scoping": ("scoping", "pack_ready"),
    "pack": ("pack_ready",),
    "submission": ("sign_off",),
    "outcome": AFTER_IT,
    "panel-reply": AFTER_IT,
}
"""Letters without which the review stands still, and the stages at which they are wanted."""


def latest(case: Case, what: str) -> Round | None:
    """The round of these letters that was drafted last."""
    return next(reversed(beginning(case, f"{what}-")), None)


def left_out(case: Case, asked: Round) -> tuple[str, ...]:
    """The agencies of a rejected scoping round that nobody has asked since."""
    return tuple(a for i in asked.not_sent if (a := asked.agencies.get(i)) and a not in case.requests)


def is_missing(case: Case, round_id: str) -> bool:
    """Whether these letters were rejected, and neither drafted again nor left behind by the case."""
    what, asked = round_id.rpartition("-")[0], case.rounds.get(round_id)
    if asked is None or not asked.not_sent or case.stage not in NEEDED_AT.get(what, ()):
        return False
    if what == "scoping":
        return case.pack is None and bool(left_out(case, asked))
    return asked == latest(case, what) and not (what == "pack" and case.attendance)


def ask_whether_to_draft_again(case: Case, now: datetime, practice: Practice) -> Decision:
    """A rejection says that these letters are wrong, not what is to happen instead."""
    decision = Decision(case=case.ref)
    for asked in case.rounds.values():
        if not is_missing(case, asked.id):
            continue
        what = asked.id.rpartition("-")[0]
        again = f"scoping {' '.join(left_out(case, asked))}" if what == "scoping" else f"redraft {what}"
        told = tell_office(
            case,
            now,
            practice,
            f"not-sent/{asked.id}",
            f"Not sent: {round_title(asked.id)}",
            [f"{asked.answered_by} rejected them: {asked.why}. Draft them again, or go on without them."],
            [f"mailbot record {case.ref} {again} --as YOU"],
        )
        decision = decision.and_then(told)
    return decision
