"""A case was opened: are its children known from another one? The office sees which, never merged unasked."""

from __future__ import annotations

from datetime import datetime

from mailbot.cases.case import Case
from mailbot.cases.decisions import Decision
from mailbot.cases.questions import tell_office
from mailbot.cases.stages import ENDED
from mailbot.forms.same_child import Match, children_of_case, same_children
from mailbot.parts import Parts


def tell_of_known_children(case: Case, parts: Parts, now: datetime) -> Decision:
    """Each case, open or ended, that may be about the same child: by reference only, with how that is told."""
    others = [c for c in parts.casebook.all_cases() if c.ref != case.ref and not c.merged_into]
    ended = {c.ref for c in others if c.stage in ENDED}
    found = same_children(children_of_case(case), others)
    if not found:
        return Decision()
    named = "; ".join(f"{match.ref}{' (ended)' if match.ref in ended else ''}, {match.how}" for match in found)
    paragraphs = [
        f"The child of this case may be known from another one: {named}.",
        "Please look whether it is the same incident. If it is, one of the two can be merged into the other; a case "
        "that has ended is opened again first.",
    ]
    commands = _commands(case, found[0], found[0].ref in ended)
    return tell_office(
        case, now, parts.practice, "former-cases", "The child may be known from another case", paragraphs, commands
    )


def _commands(case: Case, match: Match, ended: bool) -> list[str]:
    reopen = [f"mailbot record {match.ref} reopened --as YOU --why TEXT"] if ended else []
    return [f"mailbot show {match.ref}", *reopen, f"mailbot merge {case.ref} {match.ref} --as YOU --why TEXT"]
