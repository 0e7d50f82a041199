"""When clocks began, by a person's word."""

from __future__ import annotations

from datetime import datetime

from mailbot.cases.case import Case
from mailbot.cases.decisions import Decision
from mailbot.cases.events import BecameAware, PanelNotified
from mailbot.cases.practice import Practice
from mailbot.cases.recording.said import Reader, Said, one, past


def _aware(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    moment = past(said, practice, now)
    return one(BecameAware(at=said.at, by=said.by, because=said.why or "recorded", moment=moment))


def _notified(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    moment = past(said, practice, now)
    return one(PanelNotified(at=said.at, by=said.by, because=said.why or "recorded", moment=moment))


FACTS: dict[str, Reader] = {"aware": _aware, "notified": _notified}
