"""Emptying the outbox: each ready letter is posted once, and a letter whose fate is unknown is settled first."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from mailbot.caps import sendable
from mailbot.cases import carried_out
from mailbot.cases.case import Case
from mailbot.cases.decisions import Decision
from mailbot.cases.directory import SecureRoute
from mailbot.cases.gate import refusal
from mailbot.cases.letters import to_office
from mailbot.cases.routes import BY_HAND, ask_to_send, route_of
from mailbot.drafting import as_of, store_letter, written
from mailbot.errors import (
    MailboxProblem,
    PostInDoubt,
    PostRefused,
    PostUnavailable,
)
from mailbot.parts import Parts
from mailbot.store.database import write
from mailbot.store.outbox import Letter

log = logging.getLogger("mailbot.posting")
DATED = ("scoping", "reminder", "chase")
"""Kinds that speak of days: they are written again when they go on another one."""
MEGABYTE = 1_000_000
TRY_AGAIN_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))
"""After the first, second, third try and so on; then every hour."""
TELL_AFTER = 6
"""Tries after which a person is told: nearly two hours."""
GIVE_UP_AFTER = 3
"""Letters in a row that nobody took: the rest of a pass would only wait for the same silence."""


def empty_outbox(parts: Parts, now: datetime) -> dict[str, int]:
    """Post what is ready, and settle what is in doubt; gives how many letters were sent and how many failed."""
    counts = {"sent": 0, "failed": 0}
    for letter in parts.outbox.in_doubt():
        _settle(letter, parts, now, counts)
    unavailable = 0
    for letter in sendable(parts, now):
        if unavailable == GIVE_UP_AFTER:
            log.warning("the way out does not answer; the other letters wait for the next pass")
            break
        try:
            unavailable = 0 if _post(letter, parts, now, counts) else unavailable + 1
        except Exception:
            # One letter never stops the others; handed over or not, the next pass finds it and settles it.
            log.exception("letter %s could not be dealt with", letter.id)
    return counts


def _post(letter: Letter, parts: Parts, now: datetime, counts: dict[str, int]) -> bool:
    """Post one letter; gives whether there was a server to talk to."""
    if why := refusal(letter.kind, letter.to, parts.practice):
        _withdraw_and_tell(letter, why, parts, now)
        return True
    route = route_of(letter.kind, letter.agency, letter.to, parts.practice.directory)
    if route in BY_HAND:
        _ask_to_send(letter, route, parts, now)
        return True
    if _is_outdated(letter, parts):
        return True
    letter = _as_of_today(letter, parts, now)
    office, raw = parts.practice.office.address, letter.raw
    parts.outbox.sending(letter.id, now)
    try:
        _insist_on_size(letter, raw, parts)
        parts.post.post(office, letter.to, office, raw)
    except PostUnavailable as problem:
        _try_later(letter, problem, parts, now)
        return False
    except PostInDoubt as problem:
        parts.outbox.doubt(letter.id, now, str(problem))
        log.warning("letter %s is in doubt", letter.id)
    except PostRefused as problem:
        counts["failed"] += 1
        _refused(letter, str(problem), parts, now)
    else:
        counts["sent"] += 1
        _sent(letter, parts, now)
    return True


def _is_outdated(letter: Letter, parts: Parts) -> bool:
    """Whether the record changed after the letter to the Panel was approved: the next review takes it back."""
    return letter.kind == "submission" and parts.casebook.load(letter.case).submission_stale


def _as_of_today(letter: Letter, parts: Parts, now: datetime) -> Letter:
    """A letter that goes on a later day than it was written for is written again, with that day's dates.

    Not one that may have gone already: it goes under the same Message-ID, so that the other side can drop a twin.
    """
    practice = parts.practice
    day = practice.calendar.day_of(now)
    doubted = any(step.status == "in_doubt" for step in letter.history)
    if letter.kind not in DATED or doubted or practice.calendar.day_of(letter.created) == day:
        return letter
    fresh = as_of(letter, parts.casebook.load(letter.case), now, f"as-of-{day.isoformat()}", parts)
    if fresh is None:
        return letter
    put = written(fresh.model_copy(update={"due": letter.due}), parts, now)
    with write(parts.db):
        parts.outbox.withdraw_letter(letter.id, now, "written again as of the day it goes")
        again = parts.outbox.by_message_id(store_letter(put, "ready", parts, now))
    return again or letter


def _insist_on_size(letter: Letter, raw: bytes, parts: Parts) -> None:
    """Raises PostRefused for a letter that no server would take: better told now than bounced."""
    largest = parts.settings.post.largest_mb
    if len(raw) > largest * MEGABYTE:
        raise PostRefused(
            f"It has {len(raw) / MEGABYTE:.0f} MB as it travels, more than {largest} ([post] largest_mb), and "
            f"was not posted. Give it yourself: mailbot letter {letter.id} --save FOLDER, then mailbot sent "
            f"{letter.id} --as YOU"
        )


def _try_later(letter: Letter, problem: PostUnavailable, parts: Parts, now: datetime) -> None:
    """Nothing was handed over: tried again, less and less often; a person hears of it once a day."""
    attempt = parts.outbox.letter(letter.id).attempts
    later = now + TRY_AGAIN_AFTER[min(attempt, len(TRY_AGAIN_AFTER)) - 1]
    with write(parts.db):
        parts.outbox.back_to_ready(letter.id, now, str(problem), due=later)
        if attempt == TELL_AFTER:
            topic = f"not-going/{parts.practice.calendar.day_of(now).isoformat()}"
            words = [f"Letter {letter.id} was tried {attempt} times and is tried again: {problem}"]
            commands = ["mailbot check", "mailbot letters"]
            title = "Letters do not go"
            told = to_office(Case(), parts.practice, now, topic, title, words, commands, kind="warning")
            parts.outbox.queue([told], now)
    log.warning("letter %s stays ready: %s", letter.id, problem)


def is_by_hand(letter: Letter, parts: Parts) -> bool:
    """Whether its reader is reached by a portal or over the telephone: mailbot never posts it."""
    return route_of(letter.kind, letter.agency, letter.to, parts.practice.directory) in BY_HAND


def _ask_to_send(letter: Letter, route: SecureRoute, parts: Parts, now: datetime) -> None:
    """It stays ready until a person says that they have sent or told it (`mailbot sent`)."""
    directory = parts.practice.directory
    agency = directory.agency(letter.agency) or directory.agency_of(letter.to[0])
    person = directory.person(letter.to[0])
    name = person.name if person else agency.name if agency else letter.to[0]
    case = parts.casebook.load(letter.case)
    if decision := ask_to_send(case, letter.id, letter.kind, name, route, parts.practice, now):
        parts.casebook.commit(Decision(case=case.ref, version=case.version).and_then(decision), now)


def _withdraw_and_tell(letter: Letter, why: str, parts: Parts, now: datetime) -> None:
    """The directory has changed since the letter was drafted: it goes to nobody, and a person is told."""
    told = to_office(
        Case(ref=letter.case),
        parts.practice,
        now,
        f"withdrawn/{letter.id}",
        "A letter was not sent",
        [why],
        kind="warning",
    )
    with write(parts.db):
        parts.outbox.withdraw_letter(letter.id, now, why)
        if letter.kind != "warning":
            parts.outbox.queue([told], now)
    log.warning("letter %s is withdrawn: its address is not in the directory any more", letter.id)


def _settle(letter: Letter, parts: Parts, now: datetime, counts: dict[str, int]) -> None:
    """A letter in doubt: gone if its own copy is found; else, after the configured minutes, sent once more."""
    try:
        found = parts.inbox.find_sent(letter.message_id)
    except MailboxProblem as problem:
        log.warning("letter %s stays in doubt: %s", letter.id, problem)
        return
    if found:
        counts["sent"] += 1
        _sent(letter, parts, now)
    elif now >= letter.since + timedelta(minutes=parts.settings.post.in_doubt_minutes):
        parts.outbox.back_to_ready(letter.id, now, "its own copy was not found")


def _sent(letter: Letter, parts: Parts, now: datetime) -> None:
    _settled(
        letter,
        lambda case: carried_out.on_sent(
            case, letter.kind, letter.key, letter.to, letter.message_id, letter.agency, letter.round, now
        ),
        lambda: parts.outbox.posted(letter.id, now),
        parts,
        now,
    )
    log.info("letter %s (%s) is sent", letter.id, letter.kind)


def _refused(letter: Letter, why: str, parts: Parts, now: datetime) -> None:
    _settled(
        letter,
        lambda case: carried_out.on_refused(
            case, letter.kind, letter.key, letter.agency, letter.round, why, parts.practice, now
        ),
        lambda: parts.outbox.refused(letter.id, why, now),
        parts,
        now,
    )
    log.warning("letter %s (%s) was refused", letter.id, letter.kind)


def _settled(
    letter: Letter,
    decide: Callable[[Case], Decision],
    mark: Callable[[], None],
    parts: Parts,
    now: datetime,
) -> None:
    """The letter's status and the case's event, in one transaction."""
    with write(parts.db):
        mark()
        if letter.case:
            parts.casebook.commit(decide(parts.casebook.load(letter.case)), now)
