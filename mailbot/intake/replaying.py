"""Mails from before mailbot, brought as files: taken in, in the order in which they were received."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from mailbot.errors import UsageProblem
from mailbot.intake.mails import take_in
from mailbot.mail.envelope import top_received
from mailbot.mail.inbox import RawMail
from mailbot.parts import Parts


class Replayed(NamedTuple):
    """What became of one file: the mail's number, when it was received, its state."""

    mail: int
    received: datetime
    state: str


def replay_files(
    paths: Iterable[Path], parts: Parts, now: datetime, received: datetime | None = None
) -> list[Replayed]:
    """Take in files, and the .eml files of folders, each with its own time of receipt: clocks count from there.

    Nothing is taken in unless every file can be read. `received` stands in where a file does not say. Raises
    UsageProblem.
    """
    mails = []
    for number, path in enumerate(_files(paths), 1):
        try:
            content = path.read_bytes()
        except OSError as problem:
            raise UsageProblem(f"File {number} cannot be read: {problem.strerror}. Nothing was taken in.") from None
        came = top_received(content) or received
        if came is None:
            raise UsageProblem(
                f"File {number} does not say when it was received (it has no Received header). Nothing was taken in. "
                "Give it alone, with --received."
            )
        key = f"replay/{hashlib.sha256(content).hexdigest()}"
        mails.append(RawMail(key=key, content=content, received=min(came, now)))
    if not mails:
        raise UsageProblem("There is no .eml file. Name files, or a folder that holds some.")
    done = []
    for mail in sorted(mails, key=lambda one: one.received):
        state = take_in(mail, None, parts, now)
        done.append(Replayed(parts.mailbag.number_of(mail.key), mail.received, state))
    return done


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    """In the order given; a folder's in the order of their names."""
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.iterdir() if p.suffix.casefold() == ".eml")
        else:
            yield path
