"""`make hostile`: bombs, truncated files and flipped bytes through the real pool; nothing may fall, hang or lie.

    python -m benchmarks.hostile [--places N] [--flips N] [--seed N] [--seconds N] [--only TEXT] [--verbose]

Exit code 1 where the parent broke, a file outlived its limit, a bomb was not reported, the extractor had a bug, or a
truncated file gave another answer than the whole one without a Problem. Plain text that was cut off cannot know what
it lost: its changes are counted only.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from benchmarks import printing
from benchmarks.bombs import bombs
from benchmarks.damage import Fate, Outcome, bugs, fate_of, flips, says_something, truncations
from benchmarks.reading import AT_ONCE, shipped_definitions
from benchmarks.truth import Sample, samples
from mailbot.documents.office import Converter
from mailbot.documents.sandbox import Sandbox
from mailbot.forms.form import Form

GRACE = 3.0
"""Seconds over the limit that ending a child and starting the next may take."""
LIBREOFFICE = 60.0
"""Seconds that LibreOffice has of its own, over the reader's limit."""
SLOW_PLACES, SLOW_FLIPS = 4, 2
"""Damaged copies of a file that LibreOffice or tesseract has to read: seconds each, so that they are sampled."""
_SLOW = frozenset({"scan", "picture", "doc", "odt", "rtf"})
_TEXT = frozenset({"txt", "csv", "html", "htm", "eml", "rtf", "mht"})
"""Formats without a container: what is cut off leaves no trace."""


class Options(NamedTuple):
    """How much is done. `seconds` is the limit for one file."""

    places: int
    flips: int
    seed: int
    seconds: float
    only: str
    verbose: bool


class Damaged(NamedTuple):
    """One damaged copy, read. `format` says of what, `how` is `truncated` or `flipped`."""

    sample: Sample
    how: str
    outcome: Outcome
    seconds: float
    bugs: list[str]
    had_answers: bool

    @property
    def is_a_lie(self) -> bool:
        """Another answer than the whole file's, and nobody is told, though the format shows that it was cut."""
        is_silent = self.outcome.fate is Fate.CHANGED_SILENT
        return is_silent and self.how == "truncated" and self.sample.format not in _TEXT


def main(arguments: list[str] | None = None) -> int:
    """Throws everything at the pool, prints what became of it, and says by the exit code whether the house stood."""
    options = _options(arguments)
    console = printing.console()
    begun = time.perf_counter()
    with Sandbox(Converter.find(), shipped_definitions(), children=AT_ONCE, seconds=options.seconds) as sandbox:
        failures = _throw_bombs(console, sandbox, options)
        damaged = _damage_all(sandbox, options)
    failures += _print_fates(console, damaged, options)
    console.print(f"{time.perf_counter() - begun:.0f} seconds in all. The parent process stood.")
    for failure in failures:
        console.print(f"FAILED: {failure}", style="red", markup=False, soft_wrap=True)
    return 1 if failures else 0


def _throw_bombs(console: Console, sandbox: Sandbox, options: Options) -> list[str]:
    table = printing.table("Bombs", "bomb", "bytes", "seconds", "what became of it", words=(0, 3))
    failures = []
    for bomb in bombs():
        if options.only.casefold() not in bomb.name.casefold():
            continue
        begun = time.perf_counter()
        form = sandbox.form(bomb.content, bomb.name)
        seconds = time.perf_counter() - begun
        told = sorted(set(_problem_words(form)))
        table.add_row(
            bomb.name, f"{len(bomb.content):,}", f"{seconds:.2f}", ", ".join(told) or f"read as {form.kind}"
        )
        if bomb.must_be_told and not told:
            failures.append(f"{bomb.name} was opened and no problem was told")
        if seconds > options.seconds + GRACE:
            failures.append(f"{bomb.name} took {seconds:.1f} s, the limit is {options.seconds:g} s")
    console.print(table)
    return failures


def _damage_all(sandbox: Sandbox, options: Options) -> list[Damaged]:
    """Every sample and corpus file, damaged in every way, two at a time."""

    def damage(sample: Sample) -> list[Damaged]:
        whole = sample.path.read_bytes()
        before = sandbox.form(whole, sample.path.name)
        return [_one(sandbox, sample, how, content, before) for how, content in _copies(sample, whole, options)]

    chosen = sorted(samples(only=options.only), key=lambda one: -_effort(one))
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return [one for found in threads.map(damage, chosen) for one in found]


def _one(sandbox: Sandbox, sample: Sample, how: str, content: bytes, before: Form) -> Damaged:
    begun = time.perf_counter()
    after = sandbox.form(content, sample.path.name)
    return Damaged(
        sample, how, fate_of(before, after), time.perf_counter() - begun, bugs(after), says_something(before)
    )


def _copies(sample: Sample, whole: bytes, options: Options) -> Iterator[tuple[str, bytes]]:
    places, count = options.places, options.flips
    if sample.format in _SLOW or any(part.image_only for part in sample.truth.inner()):
        places, count = min(places, SLOW_PLACES), min(count, SLOW_FLIPS)
    yield from (("truncated", content) for content in truncations(whole, places))
    yield from (("flipped", content) for content in flips(whole, count, f"{options.seed} {sample.path.name}"))


def _print_fates(console: Console, damaged: list[Damaged], options: Options) -> list[str]:
    for how in ("truncated", "flipped"):
        console.print(_fates(how, [one for one in damaged if one.how == how]))
    words = Counter(word for one in damaged if one.outcome.fate is Fate.REFUSED for word in one.outcome.problems)
    console.print("Refused with: " + ", ".join(f"{word} {count}" for word, count in words.most_common()) + ".")
    slowest = max(damaged, key=lambda one: one.seconds, default=None)
    if slowest:
        console.print(f"Slowest: {slowest.sample.path.name}, {slowest.how}, {slowest.seconds:.1f} s.")
    console.print(
        f"Formats {', '.join(sorted(_SLOW))}: {SLOW_PLACES} places and {SLOW_FLIPS} copies with flips a file."
    )
    silent = len({one.sample.path for one in damaged if not one.had_answers})
    console.print(
        f"{silent} files say nothing even whole (blank forms, letters): of them only the refusals tell something."
    )
    if options.verbose:
        _print_silent(console, damaged)
    return _failures(damaged, options)


def _print_silent(console: Console, damaged: list[Damaged]) -> None:
    untold = Counter(
        f"{one.outcome.fate}: {one.sample.path.name}, {one.how}: {', '.join(one.outcome.names)}"
        for one in damaged
        if one.outcome.fate in {Fate.CHANGED_SILENT, Fate.IN_PART_SILENT}
    )
    for line, count in sorted(untold.items()):
        console.print(f"{count} times {line}", markup=False, soft_wrap=True)


def _failures(damaged: list[Damaged], options: Options) -> list[str]:
    lies = Counter((one.sample.path.name, one.outcome.names) for one in damaged if one.is_a_lie)
    failures = [
        f"{name} truncated says other things, untold, {n} times: {', '.join(c)}" for (name, c), n in lies.items()
    ]
    for one in damaged:
        limit = options.seconds + GRACE + (LIBREOFFICE if one.sample.needs_libreoffice else 0)
        if one.seconds > limit:
            failures.append(f"{one.sample.path.name}, {one.how}, took {one.seconds:.1f} s")
    found = Counter((one.sample.path.name, bug) for one in damaged for bug in one.bugs)
    failures += [f"a bug met {count} times with {name}: {bug}" for (name, bug), count in found.items()]
    return failures


def _fates(how: str, damaged: list[Damaged]) -> Table:
    table = printing.table(f"{how.capitalize()} copies, by format", "", "files", "copies", *Fate, "slowest")
    groups: dict[str, list[Damaged]] = defaultdict(list)
    for one in damaged:
        groups[one.sample.format].append(one)
    for name, group in [*sorted(groups.items()), ("all", damaged)]:
        fates = Counter(one.outcome.fate for one in group)
        files = len({one.sample.path for one in group})
        slowest = max((one.seconds for one in group), default=0.0)
        table.add_row(name, str(files), str(len(group)), *(str(fates[fate]) for fate in Fate), f"{slowest:.1f} s")
    return table


def _effort(sample: Sample) -> int:
    """A guess at which file takes longest, so that the last one does not keep one core waiting."""
    return sample.path.stat().st_size * (10 if sample.format in _SLOW else 1)


def _problem_words(form: Form) -> Iterator[str]:
    yield from (problem.problem for problem in form.problems)
    for part in form.parts:
        yield from _problem_words(part)


def _options(arguments: list[str] | None) -> Options:
    parser = argparse.ArgumentParser(prog="hostile", description="Bombs and damaged files through the real pool.")
    parser.add_argument("--places", type=int, default=100, help="truncations of each file")
    parser.add_argument("--flips", type=int, default=20, help="copies of each file with some bytes flipped")
    parser.add_argument("--seed", type=int, default=1, help="which bytes are flipped")
    parser.add_argument("--seconds", type=float, default=20, help="the limit for one file")
    parser.add_argument("--only", default="", metavar="TEXT", help="only files and bombs whose name holds TEXT")
    parser.add_argument("--verbose", action="store_true", help="list what changed without being told")
    return Options(**vars(parser.parse_args(arguments)))


if __name__ == "__main__":
    sys.exit(main())
