"""Tables of a form: rows of people under a header, or questions with their answers beside or below them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice

from mailbot.forms.document import Cell, Line, Row, Table
from mailbot.forms.form import Row as FormRow
from mailbot.forms.labels import means
from mailbot.forms.rows import Header, cells_by_column, event_of, header_of, is_filled, listed, person, placed
from mailbot.forms.spelling import without_parentheses
from mailbot.forms.standing import Standing
from mailbot.forms.values import tidy, yes_or_no

_CHILD_LABEL = re.compile(r"^\s*(?P<who>[A-Za-z ]+?)\s*(?P<number>[1-9])\s*[\u2013\u2014\-:.)\s]\s*(?P<what>.+)$")


class Grid:
    """Reads tables into a walk's standing."""

    def __init__(self, standing: Standing) -> None:
        self._at = standing

    def table(self, table: Table) -> None:
        """One table: rows of people under a header, or questions with their answers beside or below."""
        if self._at.open is not None and not self._answers_the_open(table):
            self._at.close()
        if table.name:
            self._at.under(table.name)
        header: Header | None = None
        skip = False
        for index, row in enumerate(table.rows):
            if header is not None and self._event(row, header):
                continue
            if skip or (not any(row.texts) and not any(cell.tables for cell in row.cells)):
                skip = False
                continue
            below = table.rows[index + 1] if index + 1 < len(table.rows) else None
            opened = header_of(row, self._at.definition, self._at.headings)
            if opened is not None and not self._asks_once(row, islice(table.rows, index + 1, None), opened):
                header = opened
                if self._at.ignored is None:
                    self._at.rows.setdefault(header.table, [])
                    self._mark(row, header)
                continue
            if header is not None and not self._leaves(row, header):
                self._person(row, header)
                continue
            header = None
            skip = self.row(row, below)
        self._at.before = ""

    def _answers_the_open(self, table: Table) -> bool:
        """A box of one cell below a question is its answer's place."""
        if len(table.rows) != 1 or len(table.rows[0].cells) != 1 or self._at.open is None or self._at.open.lines:
            return False
        self._at.open.lines.extend(table.rows[0].cells[0].lines)
        self._at.close()
        return True

    def _event(self, row: Row, header: Header) -> bool:
        """Takes a row that is an event beyond doubt."""
        if self._at.ignored is not None:
            return False
        found = event_of(row, header)
        if found:
            self._at.rows[header.table].append(found)
            self._mark(row, header)
        return bool(found)

    def _mark(self, row: Row, header: Header) -> None:
        if header.dated >= 0:
            self._at.events.add(id(row))

    def _asks_once(self, row: Row, below: Iterable[Row], opened: Header) -> bool:
        """Whether what looks like a header is a row of questions: bold labels and plain answers in turn, or labels
        above one row of answers where no heading says that this is a table of people."""
        looks = [cell.bold for cell in row.cells]
        if len(looks) % 2 == 0 and looks == [True, False] * (len(looks) // 2):
            return True
        filled = list(islice((one for one in below if any(one.texts)), 2))
        headed = any(means(self._at.definition.tables[opened.table].headings, text) for text in self._at.headings)
        return len(filled) == 1 and not headed and self._labels_above(list(row.cells), filled[0])

    def _leaves(self, row: Row, header: Header) -> bool:
        """Whether a row ends the table of people: a heading across it, or a question of another shape."""
        written = [cell for cell in row.cells if cell.text]
        first = row.cells[0].text
        if means(self._at.definition.ignore.headings, first) and not self._at.definition.anywhere.exactly(first):
            return True
        if len(row.cells) == 1 and header.width > 1:
            return True
        changed = len(row.cells) != header.width
        return changed and bool(written) and bool(self._at.target(first))

    def _person(self, row: Row, header: Header) -> None:
        if self._at.ignored is not None:
            return
        cells = cells_by_column(row, header)
        table = self._at.definition.tables[header.table]
        if table.holds_events:
            words = {name: " ".join(" ".join(one.text for one in lines).split()) for name, lines in cells.items()}
            self._at.rows[header.table].append(words)
            self._mark(row, header)
            return
        found = person(cells, table)
        if is_filled(found):
            self._at.rows.setdefault(self._table_of(found, header), []).append(found)

    def _table_of(self, row: FormRow, header: Header) -> str:
        """Where one printed table is for parents and for siblings, the relationship decides."""
        tables = self._at.definition.tables
        shared = [
            name
            for name, one in tables.items()
            if any(means(one.headings, text) >= 1000 for text in self._at.headings[-1:])
        ]
        if len(shared) < 2 or header.table not in shared:
            return header.table
        relation = row.get("relationship", "").lower()
        for name in shared:
            if relation in tables[name].relationships:
                return name
        return next((name for name in shared if not tables[name].relationships), header.table)

    def row(self, row: Row, below: Row | None) -> bool:
        """Questions of one row. True if the row below held their answers and is done with."""
        self._at.before = "" if self._at.before == "-" else self._at.before
        cells = [cell for cell in row.cells if not cell.repeated]
        if len([cell for cell in cells if cell.text or cell.tables]) == 1 and len(row.cells) == 1:
            return self._lone(cells[0], row, below)
        first = next((cell.text for cell in cells if cell.text), "")
        if not self._at.target(first) and means(self._at.definition.ignore.headings, first):
            self._at.heading(first, 8)
            return False
        if below is not None and self._labels_above(cells, below):
            for (_, label), (_, answer) in zip(placed(row), placed(below), strict=True):
                self._answered(label, [answer], below.place)
            return True
        self._across(cells, row.place)
        return False

    def _labels_above(self, cells: list[Cell], below: Row) -> bool:
        labels = all(cell.text and self._at.target(cell.text) for cell in cells)
        if not labels or len(below.cells) != len(cells) or len({(c.bold, c.shaded) for c in cells}) > 1:
            return False
        if cells[0].bold and any(cell.bold for cell in below.cells if cell.text):
            return False
        return not any(self._at.target(cell.text) for cell in below.cells if cell.text)

    def _lone(self, cell: Cell, row: Row, below: Row | None) -> bool:
        """A row of one cell: a question with its answer inside or below, or a heading."""
        name, label, rest = self._split_cell(cell)
        one_below = below is not None and len([c for c in below.cells if not c.repeated]) == 1
        if not name or (not one_below and means(self._at.section_phrases(), cell.text) >= 1000):
            self._at.heading(cell.text, 8)
            self._at.under(cell.text)
            self._nested(cell)
            return False
        self._at.under(label)
        if below is not None and one_below and not any(line.text.strip() for line in rest):
            answer = below.cells[0]
            if not self._split_cell(answer)[0]:
                self._at.record(name, label, answer.lines, below.place)
                self._nested(answer)
                return True
        self._at.record(name, label, rest, row.place)
        return False

    def _across(self, cells: list[Cell], place: str) -> None:
        """Label, answer, label, answer from left to right; more boxes beside an answer belong to it."""
        index = 0
        while index < len(cells):
            label = cells[index]
            beside = cells[index + 1 :]
            if not label.text or not self._is_label(label, beside):
                self._nested(label)
                index += 1
                continue
            taken = self._taken(beside)
            self._answered(label, beside[:taken], place)
            index += 1 + taken

    def _taken(self, beside: list[Cell]) -> int:
        """How many cells the answer has: one, and those with further boxes or options."""
        if not beside:
            return 0
        taken = 1
        while taken < len(beside) and _is_option(beside[taken]) and _is_option(beside[taken - 1]):
            taken += 1
        return taken

    def _is_label(self, cell: Cell, beside: list[Cell]) -> bool:
        known = self._split_cell(cell)[0] or self._list_of(cell.text)
        return bool(known) or self._looks_like_label(cell, beside)

    def _looks_like_label(self, cell: Cell, beside: list[Cell]) -> bool:
        if not beside or len(cell.text) > 150:
            return False
        other = beside[0]
        louder = (cell.bold and not other.bold) or (cell.shaded and not other.shaded)
        return louder or cell.text.endswith((":", "?"))

    def _answered(self, label: Cell, answers: list[Cell], place: str) -> None:
        lines = [line for cell in answers for line in cell.lines]
        if self._numbered(label.text, lines) or self._listed(label.text, answers):
            return
        name, words, rest = self._split_cell(label)
        if not name:
            if tidy(" ".join(line.text for line in lines)) and self._at.ignored is None:
                self._at.unknown.append((tidy(label.text), place))
            self._at.before = ""
        elif not answers or (_has_marks(rest) and not any(line.text.strip() for line in lines)):
            self._at.record(name, words, rest, place)
        else:
            self._at.record(name, words, lines, place)
        for cell in answers:
            self._at.under(label.text)
            self._nested(cell)

    def _nested(self, cell: Cell) -> None:
        for inner in cell.tables:
            kept = self._at.before
            self.table(inner)
            self._at.before = kept

    def _split_cell(self, cell: Cell) -> tuple[str, str, tuple[Line, ...]]:
        """The question printed in a cell, its label, and what else stands in the cell."""
        if not cell.text:
            return "", "", ()
        name = self._at.target(cell.text)
        if name:
            return name, cell.text, ()
        whole = cell.lines
        for number in range(1, min(3, len(whole))):
            label = " ".join(line.text for line in whole[:number])
            name = self._at.target(label) if label.strip() else ""
            if name:
                return name, label, whole[number:]
        first = next((index for index, line in enumerate(whole) if line.text.strip()), 0)
        pairs = self._at.pairs(whole[first])
        if pairs:
            name, label, line = pairs[0]
            return name, label, (line, *whole[first + 1 :])
        name = self._at.target(cell.text, near=True)
        return (name, cell.text, ()) if name else ("", "", ())

    def _numbered(self, label: str, lines: list[Line]) -> bool:
        """`Child 1 – name`: a cell of a table that is printed as questions."""
        match = _CHILD_LABEL.match(label)
        if match is None:
            return False
        for name, table in self._at.definition.tables.items():
            column = table.column_labels.exactly(match["what"])
            if column and match["who"].strip().lower() in table.row_labels:
                if column != "-" and self._at.ignored is None:
                    self._at.numbered.setdefault((name, match["number"]), {})[column] = tuple(lines)
                return True
        return False

    def _list_of(self, label: str) -> str:
        """The table whose people a cell with this label lists."""
        bare = without_parentheses(label)
        tables = self._at.definition.tables.items()
        return next((name for name, table in tables if means(table.list_labels, bare) >= 1000), "")

    def _listed(self, label: str, answers: list[Cell]) -> bool:
        """`Parents' names` with the people in one cell, a line each."""
        name = self._list_of(label)
        if not name or not answers or any(cell.tables for cell in answers):
            return False
        if self._at.ignored is None:
            self._at.rows.setdefault(name, []).extend(row for cell in answers for row in listed(cell.lines))
        return True


def _is_option(cell: Cell) -> bool:
    """A cell that holds a box, or nothing but one word of a choice."""
    boxes = any(run.tick is not None for line in cell.lines for run in line.runs)
    return boxes or (
        bool(cell.text) and len(cell.text) < 15 and bool(yes_or_no(cell.text)[0]) and not yes_or_no(cell.text)[1]
    )


def _has_marks(lines: Sequence[Line]) -> bool:
    """Whether options in the label's own cell are ticked, struck or marked."""
    return any(run.tick or run.struck or run.marked for line in lines for run in line.runs)
