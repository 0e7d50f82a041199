"""`make bench-pack`: what a meeting pack costs, beside LibreOffice alone, and what its rebuild costs.

    python -m benchmarks.pack [--times N]

Thirty agencies' papers (benchmarks.pack_papers) lie in a record. The pack is bound as the worker binds it, each time
by a new process that has loaded its modules, as the worker has, and nothing else: of papers that nobody has read; of
papers that were read when they came, as they are in life (outside the measured time: the reading tells which scans
lie on their head, and has old Word files made new); and on the day, when the worker has made ready what had come,
which is measured too. Then one late return comes, and version 2 is bound. LibreOffice alone gets the same office
files in one call, which is the fastest simple way, and nothing else: it accepts no tracked change, fits no sheet to
its page, reads no PDF and looks at no scan. Each is done N times; the quickest counts.

Exit code 1 where a goal is missed; on a machine that does other work at the same time, compare CPU seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pikepdf

from benchmarks.cost import Cost
from benchmarks.pack_papers import AGENCIES, Sent, late_return, papers
from benchmarks.truth import ROOT
from mailbot.cases.case import Case, Request
from mailbot.cases.events import Paper
from mailbot.config import load
from mailbot.demo.stage import make_home
from mailbot.documents.office import OFFICE_SUFFIXES
from mailbot.store.database import open_record, write
from mailbot.store.mailbag import Mailbag

NOW = datetime(2026, 6, 11, 8, 0, tzinfo=UTC)
RETURNED = datetime(2026, 6, 9, 10, 0, tzinfo=UTC)
TIMES_LIBREOFFICE, SHARE_OF_REBUILD = 1.3, 0.2
ROWS = (
    "Python and mailbot loaded, once in a worker's life; not in the rows below",
    "LibreOffice alone, one call",
    "first build, papers never read before",
    "first build in life, papers read as they came",
    "papers made ready when they came",
    "what is left on the day, papers made ready",
    "the pack after one late return",
)
PAGE = """# What a meeting pack costs

Printed by `make bench-pack`; what it does is said in [benchmarks/pack.py](../benchmarks/pack.py).

In life a pack is never built of papers that nobody has read: each was read when it came, and that told how its scans
stand. When the worker has nothing else to do it also makes ready what a pack will need, so that on the day of the
meeting only the binding is left. The first goal is judged by the whole work, with LibreOffice's share in it.

The worker that binds is running already; LibreOffice is started anew each time, alone and by mailbot. To compare with
a command that begins cold, add the first row.
"""


class Work(NamedTuple):
    """The cost of a work and the most memory, in MB, that one of the programs it started had."""

    cost: Cost
    children: float


class Measured(NamedTuple):
    """The works, and the sizes of the packs beside those of their papers."""

    start: Work
    office: Work
    unread: Work
    first: Work
    ready: Work
    day: Work
    late: Work
    pages: int
    rows: int
    size: int
    inputs: int


def main(arguments: list[str] | None = None) -> int:
    """Measures, prints, and says by the exit code whether every goal was met."""
    parser = argparse.ArgumentParser(prog="pack", description="What a meeting pack costs, beside LibreOffice alone.")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--write", type=Path, help="A page of docs that takes what is printed.")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="mailbot-pack-") as folder:
        measured = measure(Path(folder), given.times, papers(), late_return())
    printed = _table(measured, given.times)
    print(printed)
    if given.write:
        given.write.write_text(f"{PAGE}\n{printed}\n", "utf-8")
    return 0 if all(met for _, met in goals(measured)) else 1


def measure(folder: Path, times: int, sent: list[Sent], late: Sent) -> Measured:
    """Do each work so many times; the quickest of each counts."""
    home = folder / "home"
    make_home(home)
    _store(home, 1, sent)
    _store(home, 2, [*sent, late])
    _work("read", home, 1)
    read = _remembered(home)
    works: dict[str, list[Work]] = {}
    for number in range(times):
        alone = folder / f"alone {number}"
        alone.mkdir()
        for place, paper in enumerate(sent):
            if Path(paper.name).suffix in OFFICE_SUFFIXES:
                (alone / f"{place:02}{Path(paper.name).suffix}").write_bytes(paper.content)
        done = {"start": _work("start"), "office": _work("libreoffice", alone)}
        for name, memory, work, version in (
            ("unread", {}, "bind", 1),
            ("first", read, "bind", 1),
            ("late", None, "bind", 2),
            ("ready", read, "ready", 1),
            ("day", None, "bind", 1),
        ):
            if memory is not None:
                _remember(home, memory)
            done[name] = _work(work, home, version)
        for name, cost in done.items():
            works.setdefault(name, []).append(cost)
    pack = home / "pack 1.pdf"
    with pikepdf.open(pack) as opened:
        pages = len(opened.pages)
    return Measured(
        **{name: min(done) for name, done in works.items()},
        pages=pages,
        rows=sum(len(paper.rows) for paper in sent),
        size=pack.stat().st_size,
        inputs=sum(len(paper.content) for paper in sent),
    )


def goals(measured: Measured) -> list[tuple[str, bool]]:
    """Each goal with what was seen, and whether it was met."""
    start, alone, unread, first, _, _, late = (work.cost.seconds for work in measured[:7])
    return [
        (
            f"{first / alone:.2f} times LibreOffice alone for the first build, papers read as they came "
            f"(goal: at most {TIMES_LIBREOFFICE}); {(first + start) / alone:.2f} with the start of a worker added",
            first <= TIMES_LIBREOFFICE * alone,
        ),
        (
            f"{late / unread:.2f} of the first build, papers never read before, for a rebuild after one late return "
            f"(goal: at most {SHARE_OF_REBUILD}); {(late + start) / (unread + start):.2f} with the start of a worker "
            f"added to both, {late / first:.2f} of the first build of papers that were read",
            late <= SHARE_OF_REBUILD * unread,
        ),
    ]


def _store(home: Path, version: int, sent: list[Sent]) -> None:
    """The case as it is when these papers have come, beside the record that holds them."""
    db = open_record(load(home).record)
    mailbag, requests = Mailbag(db), {}
    with write(db):
        for number in range(AGENCIES):
            own = [paper for paper in sent if paper.agency == number]
            requests[f"agency-{number}"] = Request(
                agency=f"agency-{number}",
                name=f"Agency {number} of Westmarch",
                because="asked",
                round="scoping",
                item=number + 1,
                sent_at=RETURNED,
                returned_at=RETURNED,
                completeness="full",
                rows=tuple(row for paper in own for row in paper.rows),
                papers=tuple(Paper(kind=p.kind, name=p.name, sha256=mailbag.keep_file(p.content)) for p in own),
            )
    db.close()
    case = Case(ref="RR-2026-001", stage="scoping", requests=requests)
    (home / f"case {version}.json").write_text(case.model_dump_json(), "utf-8")


def _memory(home: Path) -> list[Path]:
    record = load(home).record
    return list(record.parent.glob("conversions.db*"))


def _remembered(home: Path) -> dict[Path, bytes]:
    """What is remembered of papers by now."""
    return {file: file.read_bytes() for file in _memory(home)}


def _remember(home: Path, memory: dict[Path, bytes]) -> None:
    """Nothing but this."""
    for file in _memory(home):
        file.unlink()
    for file, content in memory.items():
        file.write_bytes(content)


def _work(*words: object) -> Work:
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.pack_passes", *map(str, words)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise RuntimeError(f"{words[0]} failed: {run.stderr[-2000:]}")
    *_, children, cost = run.stdout.splitlines()
    return Work(Cost(*json.loads(cost)), json.loads(children)["children"])


def _table(measured: Measured, times: int) -> str:
    """What was measured, in Markdown."""
    papers_mb, pack_mb = measured.inputs / 1e6, measured.size / 1e6
    rows = [
        f"| {name} | {cost.seconds:.1f} | {cost.cpu:.1f} | {cost.memory:.0f} | {children:.0f} |"
        for name, (cost, children) in zip(ROWS, measured[:7], strict=True)
    ]
    return "\n".join(
        (
            f"{AGENCIES} returns, {measured.pages} pages, {measured.rows} chronology rows; the quickest of {times}; "
            f"{os.cpu_count()} cores, {os.getloadavg()[0]:.1f} programs at work at the end.",
            "",
            "| | seconds | CPU seconds | peak MB of its own | peak MB of a program it starts |",
            "|---|--:|--:|--:|--:|",
            *rows,
            "",
            f"The pack has {pack_mb:.1f} MB, {pack_mb / papers_mb:.2f} times its papers ({papers_mb:.1f} MB).",
            "",
            *(f"- {'met' if met else 'MISSED'}: {words}" for words, met in goals(measured)),
        )
    )


if __name__ == "__main__":
    sys.exit(main())
