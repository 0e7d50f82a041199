"""Which cells of a table print labels: told by their look where the table has one for them, else by what they say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from mailbot.forms.document import Cell, Line, Row, Table
from mailbot.forms.rows import placed
from mailbot.forms.standing import Standing
from mailbot.forms.values import yes_or_no

LONGEST = 250
"""Characters of the longest text that is still a label."""
_ROWS = 80
"""Rows of a table in which the look of its labels is learned."""
_ENDS_LABEL = re.compile(r"[:?]\s*$")
_NUMBER = re.compile(r"\(?(?:\d{1,3}|[a-z])[.):]*")

Look = tuple[bool, bool]
"""Whether the first line is bold, and whether the cell is shaded."""


class Split(NamedTuple):
    """A cell taken apart: the field it asks for, its label as printed, and what else stands in it."""

    name: str = ""
    label: str = ""
    rest: tuple[Line, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether more than the label stands in the cell."""
        return any(line.text.strip() or any(run.placeholder for run in line.runs) for line in self.rest)


class Roles:
    """What the cells of one table are."""

    def __init__(self, table: Table, standing: Standing) -> None:
        self._at = standing
        self._label_look = self._learn(table)
        self.answers_close = self._stand_close(table)
        """Whether some answer stands in the cell right behind its label, so that a blank one there is blank."""

    @property
    def told_by_look(self) -> bool:
        """Whether this table's labels look unlike its answers."""
        return self._label_look is not None

    def looks_like_label(self, cell: Cell) -> bool:
        """Whether the cell has the look of this table's labels; False where they have none of their own."""
        if self._label_look is None or look_of(cell) not in (self._label_look, (True, True)):
            return False
        return len(cell.text) <= LONGEST and is_words(cell)

    def is_label(self, cell: Cell) -> bool:
        """Whether the cell is a label, by its look or else by what it says."""
        if not is_words(cell) or len(cell.text) > LONGEST:
            return False
        if self._label_look is not None:
            return self.looks_like_label(cell)
        return bool(self._at.target(cell.text))

    def is_row_of_labels(self, row: Row) -> bool:
        """Whether every written cell of the row is a label."""
        written = [cell for cell in row.cells if cell.text and not cell.repeated]
        if self.told_by_look:
            return bool(written) and all(self.looks_like_label(cell) for cell in written)
        return len(written) == len(row.cells) and all(self._at.target(cell.text) for cell in written)

    def answers_below(self, labels: Row, below: Row) -> bool:
        """Whether the row below stands in the same columns and holds no label itself: it is the answers' place."""
        starts = {column for column, _ in placed(below)}
        if any(column not in starts for column, cell in placed(labels) if cell.text) or len(labels.cells) < 2:
            return False
        written = [cell for cell in below.cells if cell.text]
        if self.told_by_look:
            return not any(self.looks_like_label(cell) for cell in written)
        looks = {(cell.bold, cell.shaded) for cell in labels.cells}
        louder = len(looks) == 1 and not (labels.cells[0].bold and any(cell.bold for cell in written))
        return louder and not any(self._at.target(cell.text) for cell in written)

    def split(self, cell: Cell) -> Split:
        """The question printed in a cell and what else stands in the cell; nothing where no label is known."""
        lines = tuple(line for line in cell.lines if line.text.strip() or line.runs)
        first = next((index for index, line in enumerate(lines) if line.text.strip()), None)
        if first is None:
            return Split()
        if self._holds_answer(lines[first]) and (split := self._above(lines, first) or self._in_line(lines, first)):
            return split
        if name := self._at.target(cell.text):
            # A label of which only the beginning is known goes on to the end of its line, not of its answer.
            above = self._above(lines, first)
            return above if above and above.name == name and above.answered else Split(name, cell.text)
        return self._above(lines, first) or self._in_line(lines, first) or self._below(cell, lines, first)

    def _holds_answer(self, line: Line) -> bool:
        """Whether the label's own line goes on with what is ticked, marked or struck, or with plain words."""
        chosen = any(run.tick is not None or run.marked or run.struck for run in line.runs if run.shown.strip())
        return chosen or bool(line.bold_beginning.strip())

    def _above(self, lines: tuple[Line, ...], first: int) -> Split | None:
        """The label in the first lines, or in what is bold of the first."""
        head = lines[first].bold_beginning
        if name := self._at.target(head) if head else "":
            return Split(name, head, (lines[first].after(len(head)), *lines[first + 1 :]))
        for count in range(1, min(4, len(lines) - first)):
            label = " ".join(line.text for line in lines[first : first + count])
            if name := self._at.target(label):
                return Split(name, label, lines[first + count :])
        return None

    def _in_line(self, lines: tuple[Line, ...], first: int) -> Split | None:
        pairs = self._at.pairs(lines[first])
        if not pairs:
            return None
        name, label, line = pairs[0]
        if lines[first].bold and (self.told_by_look or not _ENDS_LABEL.search(label)):
            # All of the bold line is label: `Equality: how was it understood?`
            return Split(name, lines[first].text, lines[first + 1 :])
        return Split(name, label, (line, *lines[first + 1 :]))

    def _below(self, cell: Cell, lines: tuple[Line, ...], first: int) -> Split:
        """The label in a later line (a question in plain words, then its name), or one that is misspelled."""
        for index, line in enumerate(lines[first + 1 : first + 4], first + 1):
            name = self._at.target(line.text) if line.text.strip() else ""
            if name and name != "-":
                return Split(name, cell.text, lines[index + 1 :])
        if len(cell.text) > LONGEST:
            return Split()
        name = self._at.target(cell.text, near=True)
        return Split(name, cell.text) if name else Split()

    def _learn(self, table: Table) -> Look | None:
        """The look that labels known here have and other cells have not; plain text has none."""
        if all(row.is_plain for row in islice(table.rows, _ROWS)):
            return None
        known: Counter[Look] = Counter()
        other: Counter[Look] = Counter()
        blank = 0
        for cell in _cells(table):
            if not cell.text:
                blank += not cell.tables
            elif not is_words(cell):
                continue
            elif self._knows(cell):
                known[look_of(cell)] += 1
            else:
                other[look_of(cell)] += 1
        count, look = max((count, look) for look, count in (known or {(False, False): 0}).items())
        if look == (False, False) or count < 0.6 * known.total():
            return None
        plain = other.total() - other[look] + known.total() - count
        # Where every word is bold, only the boxes left empty tell a form that nobody filled from one filled in bold.
        return look if plain or 2 * blank >= count else None

    def _stand_close(self, table: Table) -> bool:
        for row in islice(table.rows, _ROWS):
            texts = row.texts
            first = next((at for at, text in enumerate(texts) if text), len(texts))
            beside = texts[first + 1] if first + 1 < len(texts) else ""
            known = self._at.definition.anywhere
            if beside and known.exactly(texts[first]) and not known.exactly(beside):
                return True
        return False

    def _knows(self, cell: Cell) -> bool:
        if len(cell.text) > LONGEST:
            return False
        known = self._at.definition.knows
        return known(cell.text) or (cell.first is not None and known(cell.first.text))


def one_option(text: str) -> str:
    """`Yes`, `No`, `N/K` and their like, standing alone; else empty."""
    word, rest = yes_or_no(text) if 0 < len(text) < 15 else ("", "")
    return text if word and not rest else ""


def look_of(cell: Cell) -> Look:
    """How a cell looks: by its first line, since guidance below a label is printed plain."""
    return cell.first is not None and cell.first.bold, cell.shaded


def is_words(cell: Cell) -> bool:
    """Whether the cell says something, and more than the number of its row."""
    return bool(cell.text) and not _NUMBER.fullmatch(cell.text)


def _cells(table: Table) -> Iterator[Cell]:
    for row in islice(table.rows, _ROWS):
        for cell in row.cells:
            if not cell.repeated:
                yield cell
