"""Two cases merged by a person's word, both stored in one transaction."""

from __future__ import annotations

from datetime import datetime

from mailbot.cases.merging import merge
from mailbot.errors import CaseMoved, UsageProblem
from mailbot.parts import Parts

TRIES = 3


def merge_cases(ref: str, into: str, by: str, why: str, parts: Parts, now: datetime) -> None:
    """Merge `ref` into `into`. Raises UsageProblem, NotAllowedNow, UnknownCase."""
    parts.practice.directory.must_know(by)
    if not why:
        raise UsageProblem("Say why they are one incident, with --why.")
    for _ in range(TRIES):
        gone, survivor = parts.casebook.load(ref), parts.casebook.load(into)
        try:
            parts.casebook.commit_all(list(merge(gone, survivor, by, why, parts.practice, now)), now)
        except CaseMoved:
            continue
        return
    raise UsageProblem(f"{ref} or {into} kept changing meanwhile. Please try again.")
