"""Asking or telling the business unit something, once for each topic."""

from __future__ import annotations

from datetime import datetime

from mailbot.cases import letters
from mailbot.cases.case import Case
from mailbot.cases.decisions import Decision, SendLetter, Template
from mailbot.cases.events import AnyEvent, LetterKind, OfficeTold
from mailbot.cases.practice import Practice


def tell_office(
    case: Case,
    now: datetime,
    practice: Practice,
    topic: str,
    title: str,
    paragraphs: list[str],
    commands: list[str] | None = None,
    kind: LetterKind = "question",
    attachments: tuple[Template, ...] = (),
) -> Decision:
    """A question or warning to the business unit, once for each topic."""
    if topic in case.told:
        return Decision()
    told = OfficeTold(at=now, because=title, topic=topic)
    letter: SendLetter = letters.to_office(
        case, practice, now, topic, title, paragraphs, commands or [], kind, attachments
    )
    events: tuple[AnyEvent, ...] = (told,)
    return Decision(case=case.ref, events=events, actions=(letter,), because=(title,))
