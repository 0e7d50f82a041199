"""Questions and warnings to the business unit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mailbot.cases.case import Case
from mailbot.cases.decisions import SendLetter
from mailbot.cases.events import LetterKind
from mailbot.cases.letters.common import common
from mailbot.cases.practice import Practice


def to_office(
    case: Case,
    practice: Practice,
    now: datetime,
    topic: str,
    title: str,
    paragraphs: Sequence[str],
    commands: Sequence[str] = (),
    kind: LetterKind = "question",
) -> SendLetter:
    """A question or warning to the business unit."""
    return SendLetter(
        key=f"{case.ref or 'office'}/{kind}/{topic}",
        case=case.ref,
        kind=kind,
        to=practice.approvers,
        facts=common(case, practice, now)
        | {"title": title, "paragraphs": list(paragraphs), "commands": list(commands)},
        due=practice.calendar.next_open(now),
    )
