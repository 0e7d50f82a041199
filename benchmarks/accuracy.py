"""`make accuracy`: every filled form of the corpus read in the warm pool, compared with its truth, goals beside.

    python -m benchmarks.accuracy [--only TEXT] [--verbose] [--json FILE] [--no-others]

Exit code 0 where every goal is met, 1 where one is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from benchmarks import printing, results
from benchmarks.others import compare_others
from benchmarks.reading import AT_ONCE, Reading, read_samples, scored, shipped_definitions
from benchmarks.scoring import Score
from benchmarks.truth import samples
from mailbot.documents.office import Converter
from mailbot.documents.sandbox import Sandbox


def main(arguments: list[str] | None = None) -> int:
    """Reads, prints, and says by the exit code whether every goal was met."""
    wanted = _arguments(arguments)
    console = printing.console()
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
        console.print(f"{len(chosen)} files; the slowest took {slowest.seconds:.1f} s: {slowest.sample.path.name}\n")
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
