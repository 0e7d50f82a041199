"""`make bench`: how long reading takes in the warm pool, beside the bare libraries, and how much memory.

    python -m benchmarks.speed [--runs N]

Medians after warming up. Exit code 1 where a goal is missed; on a machine that does other work at the same time the
times say little.
"""

from __future__ import annotations

import argparse
import io
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import docx
import python_calamine
from rich.console import Console

from benchmarks import big_files, printing
from benchmarks.reading import shipped_definitions
from benchmarks.truth import ROOT
from mailbot.documents.child import MEMORY
from mailbot.documents.office import Converter
from mailbot.documents.sandbox import Sandbox
from mailbot.forms.definitions import Definitions
from mailbot.forms.form import Form

SAMPLES = ROOT / "tests" / "forms" / "samples"
ROWS = 2_000
WORD_ROWS = 1_600
"""Rows of the Word chronology: 150 pages."""
_MB = 1 << 20


class Measured(NamedTuple):
    """One line of the table. `beside` is the bare library's time, `bound` what `value` must stay under.

    A `value` of None: what it takes is not installed here.
    """

    what: str
    value: float | None
    unit: str = "ms"
    beside: float | None = None
    bound: float | None = None
    promise: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is kept; None where there is none."""
        return None if self.bound is None or self.value is None else self.value < self.bound


class _Clock:
    """Takes medians."""

    def __init__(self, runs: int) -> None:
        self._runs = runs

    def ms(self, work: Callable[[], object], share: int = 1) -> float:
        """The median in milliseconds of the runs, or of one in `share` of them for what is slow; warmed up first."""
        work()
        return statistics.median(self._once(work) for _ in range(max(3, self._runs // share)))

    def both(self, ours: Callable[[], object], bare: Callable[[], object]) -> tuple[float, float]:
        """The medians of two works, done in turns, so that what else the machine does slows both."""
        ours()
        bare()
        turns = [(self._once(ours), self._once(bare)) for _ in range(self._runs)]
        return statistics.median(one for one, _ in turns), statistics.median(one for _, one in turns)

    def _once(self, work: Callable[[], object]) -> float:
        begun = time.perf_counter()
        work()
        return 1000 * (time.perf_counter() - begun)


def main(arguments: list[str] | None = None) -> int:
    """Measures, prints, and says by the exit code whether every goal was met."""
    parser = argparse.ArgumentParser(prog="speed", description="How long reading takes, beside the bare libraries.")
    parser.add_argument("--runs", type=int, default=15, help="runs of each quick measurement")
    clock = _Clock(parser.parse_args(arguments).runs)
    definitions, converter = shipped_definitions(), Converter.find()
    lines = [_cold_start(clock, definitions)]
    with _pool(converter, definitions) as sandbox:
        lines += [*_word_forms(clock, sandbox), *_excel(clock, sandbox), *_long_word(clock, sandbox)]
        lines += _pdf(clock, sandbox)
        lines += _old_word(clock, sandbox)
    with _pool(None, definitions) as sandbox:
        lines += _memory(sandbox)
    _print(printing.console(), lines)
    return 1 if any(line.met is False for line in lines) else 0


@contextmanager
def _pool(converter: Converter | None, definitions: Definitions) -> Iterator[Sandbox]:
    """One child, so that its memory is that of all that was read."""
    with Sandbox(converter, definitions, children=1) as sandbox:
        yield sandbox


def _cold_start(clock: _Clock, definitions: Definitions) -> Measured:
    def start() -> None:
        with _pool(None, definitions) as sandbox:
            sandbox.form(b"Name of child: nobody", "note.txt")

    return Measured("a child started, and its first file read", clock.ms(start, share=3))


def _word_forms(clock: _Clock, sandbox: Sandbox) -> Iterator[Measured]:
    for name in ("a13-notification-label-value.docx", "a01-referral-standard.docx"):
        content = (SAMPLES / name).read_bytes()
        ours, bare = clock.both(partial(_read, sandbox, content, name), partial(_walk_cells, content))
        yield Measured(f"{name} / python-docx", ours, "ms", bare, 3 * bare, "less than 3 times")


def _excel(clock: _Clock, sandbox: Sandbox) -> Iterator[Measured]:
    content = big_files.excel_chronology(ROWS)
    _expect_rows(_read(sandbox, content, "chronology.xlsx"), ROWS)
    ours, bare = clock.both(lambda: _read(sandbox, content, "chronology.xlsx"), lambda: _load_sheet(content))
    yield Measured(f"xlsx chronology of {ROWS:,} rows / calamine", ours, "ms", bare, 2 * bare, "less than 2 times")


def _long_word(clock: _Clock, sandbox: Sandbox) -> Iterator[Measured]:
    content = big_files.word_chronology(WORD_ROWS)
    _expect_rows(_read(sandbox, content, "chronology.docx"), WORD_ROWS)
    ours = clock.ms(lambda: _read(sandbox, content, "chronology.docx"), share=3)
    yield Measured("docx chronology of 150 pages", ours, "ms", None, 5_000, "under 5 s")


def _pdf(clock: _Clock, sandbox: Sandbox) -> Iterator[Measured]:
    form = (SAMPLES / "a03-referral-fillable.pdf").read_bytes()
    yield Measured("PDF with form fields", clock.ms(lambda: _read(sandbox, form, "form.pdf"), share=3))
    flat = (SAMPLES / "a08-scoping-printed.pdf").read_bytes()
    whole = clock.ms(lambda: _read(sandbox, flat, "printed.pdf"), share=3)
    yield Measured("flat PDF, a page", whole / big_files.pages(flat))
    scan = big_files.scanned(flat)
    can_be_read = not sandbox.form(scan, "scan.pdf").has_problem("not_supported")
    taken = clock.ms(lambda: _read(sandbox, scan, "scan.pdf"), share=100) if can_be_read else None
    yield Measured("scan, a page of 200 dpi (tesseract)", taken)


def _old_word(clock: _Clock, sandbox: Sandbox) -> Iterator[Measured]:
    content = (SAMPLES / "a04-referral-old.doc").read_bytes()
    # The converter remembers what it has made: each copy is padded by another sector, which Word never looks at.
    copies = (content + bytes(512 * number) for number in range(1, 100))
    can_be_read = not sandbox.form(content, "old.doc").has_problem("not_supported")
    taken = clock.ms(lambda: _read(sandbox, next(copies), "old.doc"), share=100) if can_be_read else None
    yield Measured(".doc (LibreOffice)", taken)


def _memory(sandbox: Sandbox) -> Iterator[Measured]:
    """The peaks of a child that reads the largest files."""
    resident, address_space = [0.0], [0.0]
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.02):
            for child in _children():
                used = _status(child)
                resident.append(used.get("VmHWM", 0) / _MB)
                address_space.append(used.get("VmPeak", 0) / _MB)

    watch = threading.Thread(target=look)
    watch.start()
    _read(sandbox, big_files.word_chronology(WORD_ROWS), "chronology.docx")
    _read(sandbox, big_files.excel_chronology(ROWS), "chronology.xlsx")
    sandbox.form(big_files.scanned((SAMPLES / "a08-scoping-printed.pdf").read_bytes()), "scan.pdf")
    done.set()
    watch.join()
    limit = MEMORY / _MB
    yield Measured("memory of a child, resident at most", max(resident), "MB")
    yield Measured(
        "memory of a child, address space at most", max(address_space), "MB", None, limit, f"under {limit:,.0f} MB"
    )


def _read(sandbox: Sandbox, content: bytes, name: str) -> Form:
    form = sandbox.form(content, name)
    if form.has_problem("unreadable") or form.has_problem("not_supported"):
        raise RuntimeError(f"{name} was not read, so that its time means nothing: {form.problems[0].message}")
    return form


def _expect_rows(form: Form, rows: int) -> None:
    read = len(form.tables.get("chronology", ()))
    if read != rows:
        raise RuntimeError(f"{read} of {rows} rows were read, so that the time means nothing")


def _walk_cells(content: bytes) -> list[str]:
    """What a python-docx user writes: open the file, visit every cell."""
    document = docx.Document(io.BytesIO(content))
    texts = [paragraph.text for paragraph in document.paragraphs]
    texts += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return texts


def _load_sheet(content: bytes) -> list[list[object]]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [list(row) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]


def _children() -> list[int]:
    """The processes that this one has started and that run now."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(status.parent.name)] = int(status.read_text("utf-8", "replace").rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            # It has ended since it was listed.
            continue
    return [process for process, parent in parents.items() if parent == os.getpid()]


def _status(process: int) -> dict[str, int]:
    """The sizes in /proc/PID/status, in bytes; none of a process that has ended."""
    try:
        lines = Path(f"/proc/{process}/status").read_text("ascii").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return {}
    return {line.partition(":")[0]: 1024 * int(line.split()[1]) for line in lines if line.endswith(" kB")}


def _print(console: Console, lines: list[Measured]) -> None:
    columns = ("", "mailbot", "library alone", "times", "goal", "")
    table = printing.table("Reading in the warm pool, medians", *columns, words=(0, 4, 5))
    for line in lines:
        table.add_row(
            line.what,
            "not installed" if line.value is None else _in_words(line.value, line.unit),
            _in_words(line.beside, line.unit) if line.beside else "",
            f"{line.value / line.beside:.1f}" if line.value and line.beside else "",
            line.promise,
            printing.verdict(line.met),
        )
    console.print(table)


def _in_words(value: float, unit: str) -> str:
    return f"{value:.1f} {unit}" if value < 100 else f"{value:,.0f} {unit}"


if __name__ == "__main__":
    sys.exit(main())
