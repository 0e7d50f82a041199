"""Damaged copies of a file, and what became of its answers: as before, in part, refused, changed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from benchmarks.scoring import Spoken, spoken
from mailbot.forms.form import Form

KILLED = "The file could not be read:"
"""How the sandbox begins to say that a file broke, outran or outgrew its reader."""
FAILED = "The file could not be understood:"
"""How the sandbox begins to say that the extractor itself has a bug."""
MOST_FLIPS = 8


class Fate(StrEnum):
    """What became of a file's answers. Told means: a Problem that the whole file does not have."""

    AS_BEFORE = "as before"
    IN_PART_TOLD = "in part, told"
    REFUSED = "refused"
    KILLED = "killed"
    IN_PART_SILENT = "in part, not told"
    CHANGED_TOLD = "changed, told"
    CHANGED_SILENT = "changed, not told"


class Outcome(NamedTuple):
    """The fate, the problems that tell of it, and the names of the answers that changed; if none did, were lost."""

    fate: Fate
    problems: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


def truncations(content: bytes, places: int) -> Iterator[bytes]:
    """The file cut off at so many places, evenly spread, never empty and never whole."""
    yield from (content[: max(1, len(content) * place // (places + 1))] for place in range(1, places + 1))


def flips(content: bytes, count: int, seed: str) -> Iterator[bytes]:
    """So many copies with one to eight bytes made others, always the same for a seed."""
    chance = random.Random(seed)
    for _ in range(count):
        damaged = bytearray(content)
        for _ in range(chance.randint(1, MOST_FLIPS)):
            damaged[chance.randrange(len(damaged))] ^= chance.randint(1, 255)
        yield bytes(damaged)


def fate_of(whole: Form, damaged: Form) -> Outcome:
    """What became of the whole file's answers in the damaged copy."""
    told = tuple(sorted(set(_problems(damaged)) - set(_problems(whole))))
    if any(message.startswith(KILLED) for message in _messages(damaged)):
        return Outcome(Fate.KILLED, told)
    before, after = _answers(whole), _answers(damaged)
    if told and not after:
        return Outcome(Fate.REFUSED, told)
    changed = tuple(sorted({name for name, value in after - before if not _is_cut(name, value, before)}))
    if changed:
        return Outcome(Fate.CHANGED_TOLD if told else Fate.CHANGED_SILENT, told, changed)
    if before == after:
        return Outcome(Fate.AS_BEFORE, told)
    lost = tuple(sorted({name for name, _ in before - after}))
    return Outcome(Fate.IN_PART_TOLD if told else Fate.IN_PART_SILENT, told, lost)


def says_something(form: Form) -> bool:
    """Whether there is an answer that damage could change; of a blank form or a letter there is none."""
    return bool(form.fields or form.tables) or any(says_something(part) for part in form.parts)


def bugs(form: Form) -> list[str]:
    """What the sandbox said of errors of the extractor itself."""
    return [message for message in _messages(form) if message.startswith(FAILED)]


def _answers(form: Form, path: str = "") -> Counter[tuple[str, Spoken]]:
    """The kind, every answer and every cell with its name; the parts' under their names."""
    answers = Counter((f"{path}{name}", spoken(answer.value)) for name, answer in form.fields.items())
    if form.kind != "other":
        answers[f"{path}kind", form.kind] = 1
    for table, rows in form.tables.items():
        answers.update((f"{path}{table}.{column}", spoken(cell)) for row in rows for column, cell in row.items())
    for part in form.parts:
        answers += _answers(part, f"{path}{part.name}: ")
    return answers


def _is_cut(name: str, value: Spoken, before: Counter[tuple[str, Spoken]]) -> bool:
    """Whether it is the beginning of an answer under the same name: lost, but not another."""
    if isinstance(value, tuple):
        return any(name == other and set(value) <= set(whole) for other, whole in before)
    return any(name == other and str(whole).startswith(value) for other, whole in before)


def _problems(form: Form) -> Iterator[str]:
    yield from (problem.problem for problem in form.problems)
    for part in form.parts:
        yield from _problems(part)


def _messages(form: Form) -> Iterator[str]:
    yield from (problem.message for problem in form.problems)
    for part in form.parts:
        yield from _messages(part)
