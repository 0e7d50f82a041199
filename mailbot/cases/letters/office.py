"""Questions and warnings to the business unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from mailbot.cases.case import Case
from mailbot.cases.decisions import SendLetter, Template
from mailbot.cases.events import LetterKind
from mailbot.cases.letters.common import common
from mailbot.cases.practice import Practice

_RECORD = re.compile(r"mailbot record (?P<ref>\S+) (?P<fact>.+?)(?: --as \S+)?(?: --why .+)?")


def to_office(
    case: Case,
    practice: Practice,
    now: datetime,
    topic: str,
    title: str,
    paragraphs: Sequence[str],
    commands: Sequence[str] = (),
    kind: LetterKind = "question",
    attachments: tuple[Template, ...] = (),
) -> SendLetter:
    """A question or warning to the business unit, with the commands that answer it and the same as a reply."""
    counts = practice.replies_authenticated or practice.trust_unauthenticated_replies
    replies = [words for command in commands if (words := as_reply(command, case.ref))] if counts else []
    return SendLetter(
        key=f"{case.ref or 'office'}/{kind}/{topic}",
        case=case.ref,
        kind=kind,
        to=practice.approvers,
        facts=common(case, practice, now)
        | {"title": title, "paragraphs": list(paragraphs), "commands": list(commands), "replies": replies},
        attachments=attachments,
        due=practice.calendar.next_open(now),
    )


def as_reply(command: str, ref: str) -> str:
    """The line of a reply that records the same as `mailbot record REF FACT ... --as YOU`; empty for any other."""
    found = _RECORD.fullmatch(command)
    return found["fact"] if found and ref and found["ref"] == ref else ""
