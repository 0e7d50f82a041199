"""One letter to the office about all that was not read, or not for certain, of a mail that is recorded."""

from __future__ import annotations

from datetime import datetime

from mailbot.cases.case import Case
from mailbot.cases.decisions import Decision
from mailbot.cases.questions import tell_office
from mailbot.forms.doubts import doubts_of
from mailbot.intake.opening import Opened, recorded
from mailbot.parts import Parts

MOST_SENTENCES = 12
"""Sentences of one letter; whoever needs the others has to look at the files anyway."""


def tell_doubts(case: Case, opened: Opened, parts: Parts, now: datetime) -> Decision:
    """What is wrong with the mail itself, then with its files; nothing where all was read for certain.

    `case` knows the family already: their names are initials, should a label hold one. A mail that is read again,
    because a locked file was opened, tells of what it brought this time.
    """
    before = recorded(opened.mail, parts)
    of_the_mail = () if before else opened.envelope.problems
    sentences = [*dict.fromkeys(of_the_mail), *doubts_of(opened.seen.read)]
    if not sentences:
        return Decision()
    more = len(sentences) - MOST_SENTENCES
    rest = [f"And {more} more: `mailbot read FILE` shows all that was found in a file."] if more > 0 else []
    number = opened.mail.id
    paragraphs = [
        f"Mail {number} is recorded, but not all that it brought was read, or not for certain. Please compare it "
        "with the original.",
        *map(parts.practice.pseudonyms(case), sentences[:MOST_SENTENCES]),
        *rest,
    ]
    topic = f"doubts/{number}/{len(before)}" if before else f"doubts/{number}"
    title = "Please compare a mail with its original"
    commands = [f"mailbot show {case.ref}", "mailbot read FILE"]
    return tell_office(case, now, parts.practice, topic, title, paragraphs, commands)
