"""A letter that was decided on, put on paper: rendered, with its files, addressed as its reader needs, and stored."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Literal

from mailbot.cases.case import Case
from mailbot.cases.decisions import Invitation, Original, PackCopy, SendLetter, Template
from mailbot.cases.gate import refusal
from mailbot.cases.letters import ladder_letter, scoping
from mailbot.cases.routes import by_route, route_of
from mailbot.cases.wording import say_day
from mailbot.errors import NotInDirectory, RecordDamaged
from mailbot.mail.addresses import Address
from mailbot.mail.envelope import open_envelope
from mailbot.mail.invitation import write_invitation
from mailbot.mail.outgoing import Outgoing, compose
from mailbot.parts import Parts
from mailbot.store.outbox import Letter

Files = tuple[tuple[str, bytes], ...]
Written = tuple[SendLetter, str, str, str, Files]
"""A letter to store: what was decided, its subject, text and HTML, and its files."""


def written(asked: SendLetter, parts: Parts, now: datetime) -> Written:
    """The letter in words and with its files. Raises NotInDirectory where it may go to nobody."""
    if why := refusal(asked.kind, asked.to, parts.practice):
        raise NotInDirectory(why)
    rendered = parts.letters.render(asked.kind, asked.facts)
    files = tuple(_attachment(wanted, parts, now) for wanted in asked.attachments)
    return asked, rendered.subject, rendered.text, rendered.html, files


def store_letter(
    letter: Written, status: Literal["waiting", "ready"], parts: Parts, now: datetime, action: int | None = None
) -> str:
    """Store a letter under a Message-ID of its own, which it gives; `action` is done with it."""
    asked, subject, text, html, files = letter
    office, directory = parts.practice.office, parts.practice.directory
    route = route_of(asked.kind, asked.agency, asked.to, directory)
    to = by_route(route, asked.to)
    if route == "secure_tag":
        subject = f"{parts.settings.post.secure_tag} {subject}"
    message_id = f"<{(asked.case or 'office').lower()}.{secrets.token_hex(10)}@{office.address.partition('@')[2]}>"
    outgoing = Outgoing(
        message_id=message_id,
        sender=Address(name=office.name, email=office.address),
        to=to,
        subject=subject,
        text=text,
        html=html,
        attachments=files,
        date=now,
        in_reply_to=asked.in_reply_to,
        references=(asked.in_reply_to,) if asked.in_reply_to else (),
        automatic=asked.round is None,
        ref=asked.case,
    )
    parts.outbox.add(
        key=asked.key,
        case=asked.case,
        kind=asked.kind,
        agency=asked.agency,
        to=to,
        subject=subject,
        message_id=message_id,
        raw=compose(outgoing),
        status=status,
        now=now,
        due=asked.due,
        round=asked.round,
        item=asked.item,
        action=action,
    )
    return message_id


def _attachment(
    wanted: Template | Original | PackCopy | Invitation, parts: Parts, now: datetime
) -> tuple[str, bytes]:
    match wanted:
        case Template():
            papers = parts.workbooks if wanted.name.endswith(".xlsx") else parts.papers
            return wanted.name, papers.fill(wanted.template, wanted.facts)
        case Original():
            return wanted.name, parts.mailbag.file(wanted.paper.sha256)
        case PackCopy():
            return wanted.name, parts.binder.copy_for(parts.mailbag.file(wanted.paper.sha256), wanted.copy_for)
        case Invitation():
            office = parts.practice.office
            return wanted.name, write_invitation(wanted, Address(name=office.name, email=office.address), now)


def as_of(letter: Letter, case: Case, when: datetime, mark: str, parts: Parts) -> SendLetter | None:
    """The letter as it must be written on the day it goes, keyed with a mark; none where it may go as it stands.

    It goes with the older date where its templates have changed since: nobody has approved the new words.
    Raises NotInDirectory where there is nobody left whom it may go to.
    """
    practice = parts.practice
    day = practice.calendar.day_of(when)
    drafted: SendLetter | None = None
    if letter.kind == "scoping":
        fresh = scoping(case, case.requests[letter.agency or ""], practice, when)
    elif letter.kind in ("reminder", "chase"):
        request, step = case.requests[letter.agency or ""], letter.key.split("/")[3]
        fresh = ladder_letter(case, request, practice, when, step, letter.kind, letter.to)
    else:
        drafted = parts.outbox.drafted_from(letter.key)
        if drafted is None:
            raise RecordDamaged(f"The record does not say what letter {letter.id} was drafted from.")
        fresh = _dated(drafted, say_day(day))
    if why := refusal(fresh.kind, fresh.to, practice):
        raise NotInDirectory(why)
    to = by_route(route_of(fresh.kind, fresh.agency, fresh.to, practice.directory), fresh.to)
    if practice.calendar.day_of(letter.created) == day and to == letter.to:
        return None
    if drafted is not None and letter.round and to == letter.to and _reworded(letter, drafted, parts):
        return None
    return fresh.model_copy(update={"key": f"{fresh.key}/{mark}"})


def _reworded(letter: Letter, drafted: SendLetter, parts: Parts) -> bool:
    """Whether the letter, written again with the date that it bears, would not be the one that was approved."""
    again = _dated(drafted, say_day(parts.practice.calendar.day_of(letter.created)))
    papers = tuple(paper for paper in again.attachments if isinstance(paper, Template))
    _, _, text, _, files = written(again.model_copy(update={"attachments": papers}), parts, letter.created)
    approved = open_envelope(letter.raw, letter.created)
    attached = {file.content for file in approved.attachments}
    return text.split() != approved.text.split() or any(content not in attached for _, content in files)


def _dated(letter: SendLetter, today: str) -> SendLetter:
    """The letter, and the papers with it, dated as of the day it goes."""
    papers = tuple(
        paper.model_copy(update={"facts": paper.facts | {"today": today}})
        if isinstance(paper, Template) and "today" in paper.facts
        else paper
        for paper in letter.attachments
    )
    return letter.model_copy(update={"facts": letter.facts | {"today": today}, "attachments": papers})
