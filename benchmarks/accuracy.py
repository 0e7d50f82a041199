"""`make accuracy`: every filled form of the corpus read in the warm pool, compared with its truth, goals beside.

    python -m benchmarks.accuracy [--only TEXT] [--verbose] [--json FILE] [--no-others]

Exit code 0 where every goal is met, 1 where one is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import tomllib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

from rich.console import Console

from benchmarks import results
from benchmarks.others import compare_others
from benchmarks.scoring import Score, score_form
from benchmarks.truth import ROOT, Sample, Truth, Vocabulary, samples
from mailbot.documents.office import Converter
from mailbot.documents.sandbox import Sandbox
from mailbot.forms.definitions import Definitions
from mailbot.forms.form import Form

AT_ONCE = 2
"""Files read at the same time; the machines that this is run on have two cores."""


class Reading(NamedTuple):
    """One file as mailbot read it."""

    sample: Sample
    truth: Truth
    form: Form
    seconds: float


def shipped_definitions() -> Definitions:
    """The form definitions of config/forms."""
    files = (ROOT / "config" / "forms").glob("*.toml")
    return Definitions.from_tables({file.stem: tomllib.loads(file.read_text("utf-8")) for file in files})


def read_samples(chosen: Iterable[Sample], sandbox: Sandbox) -> list[Reading]:
    """Each file read once; a locked one whose password is known a second time, with the password."""
    tasks: list[tuple[Sample, Truth, tuple[str, ...]]] = []
    for sample in chosen:
        tasks.append((sample, sample.truth, ()))
        if sample.truth.password and sample.truth.when_opened:
            tasks.append((sample, sample.truth.when_opened, (sample.truth.password,)))

    def read(task: tuple[Sample, Truth, tuple[str, ...]]) -> Reading:
        sample, truth, passwords = task
        content = sample.path.read_bytes()
        begun = time.perf_counter()
        form = sandbox.form(content, sample.path.name, passwords)
        return Reading(sample, truth, form, time.perf_counter() - begun)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(read, tasks))


def scored(readings: Iterable[Reading]) -> list[results.Scored]:
    """Every form of every file with its score."""
    vocabulary = Vocabulary.of_the_project()
    found = []
    for reading in readings:
        for truth, score in score_form(reading.truth, reading.form, vocabulary):
            ocr = bool(truth.image_only)
            found.append(results.Scored(reading.sample, truth, score, ocr))
    return found


def main(arguments: list[str] | None = None) -> int:
    """Reads, prints, and says by the exit code whether every goal was met."""
    wanted = _arguments(arguments)
    console = Console(width=None if sys.stdout.isatty() else 140)
    chosen = samples(only=wanted.only)
    definitions = shipped_definitions()
    with Sandbox(Converter.find(), definitions, children=AT_ONCE) as sandbox:
        readings = read_samples(chosen, sandbox)
    every = scored(readings)
    results.print_tables(console, every)
    if wanted.verbose:
        results.print_misses(console, every)
    if wanted.others:
        results.print_others(console, compare_others(chosen, definitions))
    slowest = max(readings, key=lambda one: one.seconds, default=None)
    if slowest:
        console.print(f"{len(chosen)} files; the slowest took {slowest.seconds:.1f} s: {slowest.sample.path.name}")
    goals = results.goals(every)
    results.print_goals(console, goals)
    if wanted.json:
        _write(wanted.json, every, readings, goals)
    return 0 if all(goal.met for goal in goals) else 1


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="accuracy", description="How right the reader is, over the corpus.")
    parser.add_argument("--only", default="", metavar="TEXT", help="only forms whose file name holds TEXT")
    parser.add_argument("--verbose", action="store_true", help="list each miss")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything there too")
    parser.add_argument("--no-others", dest="others", action="store_false", help="leave the other libraries out")
    return parser.parse_args(arguments)


def _write(file: Path, every: list[results.Scored], readings: list[Reading], goals: tuple[results.Goal, ...]) -> None:
    total = Score()
    for one in every:
        total.add(one.score)
    written = {
        "goals": [{**goal._asdict(), "met": goal.met} for goal in goals],
        "total": asdict(total),
        "forms": [{"file": one.sample.path.name, "ocr": one.ocr, **asdict(one.score)} for one in every],
        "seconds": {reading.sample.path.name: round(reading.seconds, 4) for reading in readings},
    }
    file.write_text(json.dumps(written, ensure_ascii=False, indent=1), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
