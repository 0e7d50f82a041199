"""Agencies that were asked in a case, and that the directory has no address for any more."""

from __future__ import annotations

from datetime import datetime

from mailbot.cases.asking import gone_agencies
from mailbot.cases.case import Case
from mailbot.cases.decisions import Decision
from mailbot.cases.practice import Practice
from mailbot.cases.questions import tell_office


def tell_of_gone_agencies(case: Case, now: datetime, practice: Practice) -> Decision:
    """Once for each: no letter of this case reaches it, and a person has to write or ring."""
    decision = Decision(case=case.ref)
    for request in gone_agencies(case, practice.directory):
        paragraphs = [
            f"{request.name} has a part in this case and no contact in config/agencies.toml any more. It is not "
            "reminded, and no pack or outcome goes to it. If it has another name or contact now, write that under "
            f"the same id ({request.agency}); else tell it yourself.",
        ]
        title = f"{request.name} is no longer in the directory"
        told = tell_office(case, now, practice, f"gone/{request.agency}", title, paragraphs, ["mailbot check"])
        decision = decision.and_then(told)
    return decision
