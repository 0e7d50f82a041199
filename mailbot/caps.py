"""How many letters go by themselves: not all at once to everybody, and not again and again to one address.

Above a cap nothing is lost: the letters wait, and one question to a person takes their place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from mailbot.cases.case import Case
from mailbot.cases.letters import to_office
from mailbot.cases.routes import OURSELVES
from mailbot.cases.wording import count, say_list
from mailbot.parts import Parts
from mailbot.store.database import write
from mailbot.store.outbox import Letter

CHASERS = ("reminder", "chase")
"""Letters that nobody wrote for: a mistake in a clock or a list would send very many of them."""


def sendable(parts: Parts, now: datetime) -> list[Letter]:
    """The letters that may go now, oldest first. Those above a cap are held back, and the office is asked."""
    ready = parts.outbox.ready(now)
    if not parts.practice.calendar.is_open(now):
        return [letter for letter in ready if letter.round is not None or letter.kind == "warning"]
    free = [letter for letter in ready if letter.round is None and letter.kind not in OURSELVES and _unasked(letter)]
    if not free:
        return ready
    gone = [letter for letter in _sent_today(parts, now) if letter.round is None and letter.kind not in OURSELVES]
    older = _overtaken(free)
    for letter in older:
        parts.outbox.withdraw_letter(letter.id, now, "a later one to the same agency takes its place")
    free = [letter for letter in free if letter not in older]
    held = _above_the_morning(free, gone, parts, now)
    held += _above_an_address([letter for letter in free if letter not in held], gone, parts, now)
    stopped = {letter.id for letter in (*older, *held)}
    return [letter for letter in ready if letter.id not in stopped]


def _unasked(letter: Letter) -> bool:
    """Whether no person has released it."""
    return all(step.by == "mailbot" for step in letter.history)


def _sent_today(parts: Parts, now: datetime) -> list[Letter]:
    calendar = parts.practice.calendar
    return parts.outbox.sent_since(calendar.open_of(calendar.day_of(now)))


def _overtaken(letters: Sequence[Letter]) -> list[Letter]:
    """Chasers that lay here until a later one to the same agency came: after days without a way out."""
    latest = {(a.case, a.agency): a.id for a in letters if a.kind in CHASERS}
    return [a for a in letters if a.kind in CHASERS and a.id != latest[a.case, a.agency]]


def _above_the_morning(free: Sequence[Letter], gone: Sequence[Letter], parts: Parts, now: datetime) -> list[Letter]:
    most = parts.settings.post.letters_per_morning
    chasers = [letter for letter in free if letter.kind in CHASERS]
    before = sum(letter.kind in CHASERS for letter in gone)
    if len(chasers) + before <= most:
        return []
    what = f"{count(len(chasers), 'reminder')} and chases" if len(chasers) > 1 else "A reminder or chase"
    words = f"{what} would go this morning, after {before} today; more than {most} ([post] letters_per_morning)."
    _hold(chasers, "many-letters", "Many reminders and chases at once", words, parts, now)
    return chasers


def _above_an_address(free: Sequence[Letter], gone: Sequence[Letter], parts: Parts, now: datetime) -> list[Letter]:
    most = parts.settings.post.letters_per_address
    sent = Counter(address.casefold() for letter in gone for address in letter.to)
    held: dict[str, list[Letter]] = {}
    for letter in free:
        full = next((a for a in letter.to if sent[a.casefold()] >= most), None)
        if full is None:
            sent.update(address.casefold() for address in letter.to)
        else:
            held.setdefault(full, []).append(letter)
    for address, letters in held.items():
        words = (
            f"{address} has had {most} letters today that went by themselves ([post] letters_per_address). Perhaps "
            "two machines answer each other."
        )
        _hold(letters, f"many-to/{address}", "Many letters to one address", words, parts, now)
    return [letter for letters in held.values() for letter in letters]


def _hold(letters: Sequence[Letter], topic: str, title: str, words: str, parts: Parts, now: datetime) -> None:
    numbers = [str(letter.id) for letter in letters]
    asked = to_office(
        Case(),
        parts.practice,
        now,
        f"{topic}/{parts.practice.calendar.day_of(now).isoformat()}/{numbers[0]}",
        title,
        [words, f"Letters {say_list(numbers)} wait for you. Please look at them, and let them go or not."],
        [f"mailbot approve {' '.join(numbers)} --as YOU", f'mailbot reject {numbers[0]} --why "REASON" --as YOU'],
        kind="warning",
    )
    with write(parts.db):
        for letter in letters:
            parts.outbox.hold_back(letter.id, now, words)
        parts.outbox.queue([asked], now)
