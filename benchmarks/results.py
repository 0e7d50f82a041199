"""The tables that `make accuracy` prints, and the goals that the project has set itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from benchmarks import printing
from benchmarks.scoring import Score
from benchmarks.truth import Sample, Truth

_COLUMNS = (
    "forms", "kind", "recall", "precision", "rows found", "extra rows", "blanks filled", "wrong labels", "problems",
)  # fmt: skip


class Scored(NamedTuple):
    """One form that was compared: a file, or a part of an archive or mail. `ocr` marks scans and photographs."""

    sample: Sample
    truth: Truth
    score: Score
    ocr: bool


class Goal(NamedTuple):
    """One thing promised: what was measured, and the bound it must keep. Shares run from 0 to 1."""

    what: str
    measured: float | None
    bound: float
    at_least: bool

    @property
    def met(self) -> bool:
        """Whether it is kept; where nothing could be measured it is not."""
        if self.measured is None:
            return False
        return self.measured >= self.bound if self.at_least else self.measured <= self.bound


class Other(NamedTuple):
    """What a library's reading of the Word forms gave, under the same extractor. `ms` is the median for one file."""

    name: str
    score: Score
    failed: int
    ms: float


def goals(every: Iterable[Scored]) -> tuple[Goal, ...]:
    """The goals. Recall, precision and rows of scans are scored apart; a wrong label is wrong on any paper."""
    forms = list(every)
    read, all_papers = _sum(one.score for one in forms if not one.ocr), _sum(one.score for one in forms)
    return (
        Goal("kind", all_papers.kind_share, 1.0, at_least=True),
        Goal("recall, outside OCR", read.recall, 0.98, at_least=True),
        Goal("precision, outside OCR", read.precision, 0.99, at_least=True),
        Goal("chronology and people rows, outside OCR", read.row_share, 0.98, at_least=True),
        Goal("blanks filled", all_papers.blanks_filled, 0, at_least=False),
        Goal("values under a wrong label", all_papers.wrong_labels, 0, at_least=False),
        Goal("problems found", _share(all_papers.problems_found, all_papers.problems), 1.0, at_least=True),
        Goal("files called unreadable or locked that are not", all_papers.false_alarms, 0, at_least=False),
    )


def print_tables(console: Console, every: list[Scored]) -> None:
    """By kind, then by format; OCR is not in the kinds and has its own line."""
    read = [one for one in every if not one.ocr]
    console.print(_table("By kind, outside OCR", _grouped(read, lambda one: _kind(one.truth))))
    console.print(_table("By format", _grouped(every, lambda one: one.sample.format)))
    together = {"outside OCR": _sum(one.score for one in read)}
    if len(read) < len(every):
        together["OCR"] = _sum(one.score for one in every if one.ocr)
        together["all"] = _sum(one.score for one in every)
    console.print(_table("Together", together))


def print_misses(console: Console, every: Iterable[Scored]) -> None:
    """Each miss: the file, what went wrong, where, what stands there and what was read."""
    for one in every:
        for miss in one.score.misses:
            part = "" if miss.file in {"", one.sample.path.name} else f" > {miss.file}"
            values = f"[{_short(miss.truth)}] / [{_short(miss.given)}]"
            words = f"{one.sample.path.name}{part}: {miss.what}: {miss.where}  {values}"
            console.print(words, markup=False, highlight=False, soft_wrap=True)


def print_others(console: Console, others: Iterable[Other]) -> None:
    """The same Word forms through each library."""
    names = ("kind", "recall", "precision", "rows found", "blanks filled", "wrong labels", "not opened", "ms a file")
    table = printing.table(
        "The same Word forms (.docx) through other libraries, the same extractor", "library", *names
    )
    for one in others:
        score = one.score
        table.add_row(
            one.name,
            *(percent(share) for share in (score.kind_share, score.recall, score.precision, score.row_share)),
            *(str(count) for count in (score.blanks_filled, score.wrong_labels, one.failed)),
            f"{one.ms:.1f}",
        )
    console.print(table)


def print_goals(console: Console, wanted: Iterable[Goal]) -> None:
    """Each goal with its verdict."""
    table = printing.table("Goals", "goal", "measured", "bound", "", words=(0, 2, 3))
    for goal in wanted:
        is_share = goal.at_least
        measured = percent(goal.measured) if is_share else f"{goal.measured:.0f}"
        bound = f"at least {percent(goal.bound)}" if is_share else f"{goal.bound:.0f}"
        table.add_row(goal.what, measured, bound, printing.verdict(goal.met))
    console.print(table)


def percent(share: float | None) -> str:
    """98.7 %, rounded down so that only all is 100 %; a dash where nothing was asked."""
    return "-" if share is None else f"{int(share * 1000) / 10:.1f} %"


def _table(title: str, groups: Mapping[str, Score]) -> Table:
    table = printing.table(title, "", *_COLUMNS)
    for name, score in groups.items():
        table.add_row(
            name,
            str(score.files),
            *(percent(share) for share in (score.kind_share, score.recall, score.precision, score.row_share)),
            str(score.rows_extra),
            f"{score.blanks_filled} of {score.blanks}",
            str(score.wrong_labels),
            f"{score.problems_found} of {score.problems}",
        )
    return table


def _grouped(every: Iterable[Scored], key: Callable[[Scored], str]) -> dict[str, Score]:
    groups: dict[str, list[Score]] = defaultdict(list)
    for one in every:
        groups[key(one)].append(one.score)
    return {name: _sum(groups[name]) for name in sorted(groups)}


def _sum(scores: Iterable[Score]) -> Score:
    total = Score()
    for score in scores:
        total.add(score)
    return total


def _kind(truth: Truth) -> str:
    return "cannot be opened" if truth.cannot_be_opened else truth.kind


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else 1.0


def _short(text: str, width: int = 70) -> str:
    return text if len(text) <= width else f"{text[:width]}…"
