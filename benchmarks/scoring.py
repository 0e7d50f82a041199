"""A form that was read, compared with what it really says: counts, and each miss in words.

Two values are the same when they are alike with case, white space, quotation marks, dashes and commas folded; long
answers when nine tenths of their words are the same. A row is found when four fifths of its filled cells are right.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import islice

from benchmarks.truth import NOT_OPENED, Truth, Vocabulary
from mailbot.forms.form import Form

Spoken = str | tuple[str, ...]
"""A value in the one spelling in which values are compared; of a list its entries, sorted."""

LONG = 60
"""Letters from which an answer is compared by its words."""
WORDS_ALIKE = 0.9
ROW_ALIKE = 0.8
_CANDIDATES = 60
_ONE_SPELLING = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2013": "-",
        "\u2014": "-",
        "\u2011": "-",
        ",": " ",
    }
)
_SAID_OF_ANYTHING = frozenset({"yes", "no", "unknown", "not_applicable", "none", "male", "female"})
"""Answers that stand under many labels by right."""


@dataclass(frozen=True)
class Miss:
    """One thing that was not read as it stands. `what` is a short fixed word, `where` a field or table."""

    file: str
    what: str
    where: str
    truth: str = ""
    given: str = ""


@dataclass
class Score:
    """Counts over one or many forms. Fields and rows of files that nobody could open are not asked for."""

    files: int = 0
    kinds: int = 0
    kinds_right: int = 0
    asked: int = 0
    given: int = 0
    right: int = 0
    rows: int = 0
    rows_found: int = 0
    rows_extra: int = 0
    blanks: int = 0
    blanks_filled: int = 0
    wrong_labels: int = 0
    problems: int = 0
    problems_found: int = 0
    false_alarms: int = 0
    misses: list[Miss] = field(default_factory=list)

    def add(self, other: Score) -> None:
        """Counts the other's forms too."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    @property
    def kind_share(self) -> float | None:
        """Right kinds among the files that can be opened, from 0 to 1; None where there is none."""
        return _share(self.kinds_right, self.kinds)

    @property
    def recall(self) -> float | None:
        """Right answers among those that stand in the forms."""
        return _share(self.right, self.asked)

    @property
    def precision(self) -> float | None:
        """Right answers among those that were given."""
        return _share(self.right, self.given)

    @property
    def row_share(self) -> float | None:
        """Rows found among those that stand in the forms."""
        return _share(self.rows_found, self.rows)


def score_form(truth: Truth, form: Form, vocabulary: Vocabulary) -> list[tuple[Truth, Score]]:
    """One score for the file (of a mere wrapper its problems alone) and one for each part that it should hold."""
    file = _Comparison(truth, form, vocabulary)
    scores = [(truth, file.score() if truth.holds_a_form else file.problems())]
    if truth.parts:
        pairs, strangers = _paired(list(truth.inner()), list(_inner(form)))
        scores += [(one, _Comparison(one, part, vocabulary).score()) for one, part in pairs]
        scores += [(Truth(name=part.name), _stranger(part)) for part in strangers]
    return scores


class _Comparison:
    """One truth against one form."""

    def __init__(self, truth: Truth, form: Form, vocabulary: Vocabulary) -> None:
        self._truth = truth
        self._form = form
        self._score = Score()
        known = vocabulary.fields[truth.kind] - set(truth.optional)
        self._wanted = _filled({k: v for k, v in truth.fields.items() if k in known})
        self._given = _filled({k: answer.value for k, answer in form.fields.items() if k in known})
        self._tables = vocabulary.tables[truth.kind] - set(truth.optional)
        self._all_answers = _filled(truth.fields)
        self._all_cells = {cell for rows in truth.tables.values() for row in rows for cell in _filled(row).values()}

    def score(self) -> Score:
        """Everything, counted."""
        self._score.files = 1
        self.problems()
        if self._truth.cannot_be_opened:
            self._score.given = len(self._given)
            for name, value in self._given.items():
                self._miss("invented", name, given=value)
            return self._score
        self._kind()
        self._fields()
        self._blanks()
        for name in sorted(self._tables):
            self._rows(name)
        return self._score

    def problems(self) -> Score:
        """The problems alone."""
        expected, found = set(self._truth.problems), {problem.problem for problem in self._form.problems}
        self._score.problems = len(expected)
        self._score.problems_found = len(expected & found)
        for problem in sorted(expected - found):
            self._miss("problem not found", problem)
        if not expected and found & NOT_OPENED:
            self._score.false_alarms = 1
            self._miss("false alarm", ", ".join(sorted(found & NOT_OPENED)))
        return self._score

    def _kind(self) -> None:
        self._score.kinds = 1
        self._score.kinds_right = int(self._form.kind == self._truth.kind)
        if not self._score.kinds_right:
            self._miss("wrong kind", "kind", self._truth.kind, self._form.kind)

    def _fields(self) -> None:
        self._score.asked, self._score.given = len(self._wanted), len(self._given)
        for name, wanted in self._wanted.items():
            if name not in self._given:
                self._miss("missing", name, wanted)
            elif same(wanted, self._given[name]):
                self._score.right += 1
            else:
                self._wrong("wrong", name)
        for name in self._given.keys() - self._wanted.keys():
            self._wrong("blank filled" if name in self._truth.blank else "not asked", name)

    def _wrong(self, what: str, name: str) -> None:
        value = self._given[name]
        others = {other for label, other in self._all_answers.items() if label != name} | self._all_cells
        if value in others and value not in _SAID_OF_ANYTHING:
            self._score.wrong_labels += 1
            self._miss("wrong label", name, self._wanted.get(name, ""), value)
        else:
            self._miss(what, name, self._wanted.get(name, ""), value)

    def _blanks(self) -> None:
        blanks = set(self._truth.blank) - set(self._truth.fields)
        self._score.blanks = len(blanks)
        self._score.blanks_filled = len(blanks & self._given.keys())

    def _rows(self, name: str) -> None:
        wanted = [_filled(row) for row in self._truth.tables.get(name, ())]
        given = [row for row in map(_filled, self._form.tables.get(name, ())) if row]
        found, extra = match_rows(wanted, given)
        self._score.rows += len(wanted)
        self._score.rows_found += found
        self._score.rows_extra += len(extra)
        if found < len(wanted) or extra:
            first = "; ".join(_said(cell) for cell in extra[0].values()) if extra else ""
            self._miss("rows", name, f"{len(wanted)} rows", f"{found} found, {len(extra)} extra {first}".strip())
        for column, value in misplaced(wanted, given):
            self._score.wrong_labels += 1
            self._miss("wrong label", f"{name}.{column}", given=value)

    def _miss(self, what: str, where: str, truth: Spoken = "", given: Spoken = "") -> None:
        file = self._truth.name or self._form.name
        self._score.misses.append(Miss(file, what, where, _said(truth), _said(given)))


def spoken(value: object) -> Spoken:
    """A value in the spelling in which values are compared."""
    if isinstance(value, (list, tuple)):
        return tuple(sorted(one for one in (str(spoken(entry)) for entry in value) if one))
    text = unicodedata.normalize("NFC", str(value)).translate(_ONE_SPELLING)
    return " ".join(text.split()).strip(".;: ").casefold()


def same(wanted: Spoken, given: Spoken) -> bool:
    """Whether the given value says what it should. Both as `spoken` spells them."""
    if isinstance(wanted, tuple):
        return wanted == (given if isinstance(given, tuple) else spoken(re.split(r"[;\n|]", given)))
    if isinstance(given, tuple):
        given = "; ".join(given)
    if wanted == given or len(wanted) <= LONG:
        return wanted == given
    theirs, ours = set(re.findall(r"\w+", wanted)), set(re.findall(r"\w+", given))
    return len(theirs & ours) >= WORDS_ALIKE * max(len(theirs), len(ours))


def match_rows(
    wanted: Sequence[Mapping[str, Spoken]], given: Sequence[Mapping[str, Spoken]]
) -> tuple[int, list[Mapping[str, Spoken]]]:
    """How many of the rows were found, each given row counted once, and the given rows that are none of them."""
    free = dict(enumerate(given))
    where = defaultdict(list)
    for number, row in free.items():
        for cell in row.items():
            where[cell].append(number)
    found = 0
    for row in wanted:
        alike = {number: _likeness(row, free[number]) for number in _candidates(row, where, free)}
        best = max(alike, key=alike.__getitem__, default=None)
        if best is not None and alike[best] >= ROW_ALIKE:
            found += 1
            del free[best]
    return found, list(free.values())


def misplaced(
    wanted: Sequence[Mapping[str, Spoken]], given: Sequence[Mapping[str, Spoken]]
) -> list[tuple[str, Spoken]]:
    """Cells whose content stands in the table, but in another column only."""
    columns = defaultdict(set)
    for row in wanted:
        for column, value in row.items():
            columns[column].add(value)
    return [
        (column, value)
        for row in given
        for column, value in row.items()
        if value not in columns[column]
        and value not in _SAID_OF_ANYTHING
        and any(value in values for other, values in columns.items() if other != column)
    ]


def _candidates(
    row: Mapping[str, Spoken],
    where: Mapping[tuple[str, Spoken], list[int]],
    free: Mapping[int, Mapping[str, Spoken]],
) -> Iterable[int]:
    """Given rows worth comparing: those that share a cell, by the rarest cell first, then the next in order."""
    lists = sorted((where[cell] for cell in row.items() if cell in where), key=len)
    shared = (number for numbers in lists for number in numbers if number in free)
    return dict.fromkeys([*islice(shared, _CANDIDATES), *islice(free, _CANDIDATES)])


def _likeness(wanted: Mapping[str, Spoken], given: Mapping[str, Spoken]) -> float:
    return sum(same(value, given.get(column, "")) for column, value in wanted.items()) / max(len(wanted), 1)


def _filled(values: Mapping[str, object]) -> dict[str, Spoken]:
    """The answers that say something; the raw words beside a date are no answers of their own."""
    said = {name: spoken(value) for name, value in values.items() if not name.endswith("_raw")}
    return {name: value for name, value in said.items() if value}


def _inner(form: Form) -> Iterator[Form]:
    for part in form.parts:
        yield part
        yield from _inner(part)


def _paired(truths: list[Truth], forms: list[Form]) -> tuple[list[tuple[Truth, Form]], list[Form]]:
    """Each truth with the part that it tells of: by name and kind, by name, by kind; and the parts left over."""
    left, pairs = list(forms), dict[int, Form]()
    ways: tuple[Callable[[Truth | Form], object], ...] = (
        lambda one: (_base(one.name), one.kind),
        lambda one: _base(one.name),
        lambda one: one.kind,
    )
    for way in ways:
        for number, truth in enumerate(truths):
            partner = next((form for form in left if way(form) == way(truth)), None)
            if number not in pairs and partner is not None:
                pairs[number] = partner
                left = [form for form in left if form is not partner]
    return [(truth, pairs.get(number, _NOTHING)) for number, truth in enumerate(truths)], left


_NOTHING = Form(kind="other")


def _base(name: str) -> Spoken:
    return spoken(name.replace("\\", "/").rpartition("/")[2])


def _stranger(part: Form) -> Score:
    """A part that nobody put there; a form read out of nothing is a wrong kind."""
    score = Score()
    if part.kind != "other":
        score.kinds = 1
        score.misses.append(Miss(part.name, "part invented", "kind", "", part.kind))
    return score


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _said(value: Spoken) -> str:
    return value if isinstance(value, str) else "; ".join(value)
