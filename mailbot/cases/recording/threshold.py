"""What was decided about serious harm, by a person's word."""

from __future__ import annotations

from datetime import datetime

from mailbot.cases.case import Case
from mailbot.cases.decisions import Decision
from mailbot.cases.events import SeriousHarmDecided
from mailbot.cases.practice import Practice
from mailbot.cases.recording.said import Reader, Said, one, only
from mailbot.errors import UsageProblem


def _serious_harm(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    answer = only(said, "yes or no").casefold()
    if answer not in ("yes", "no"):
        raise UsageProblem(f"serious-harm is yes or no, not {answer}.")
    because = said.why or practice.procedure_of(case).sentence("serious_harm") or "recorded"
    return one(SeriousHarmDecided(at=said.at, by=said.by, because=because, accepted=answer == "yes"))


FACTS: dict[str, Reader] = {"serious-harm": _serious_harm}
