"""Rows of questions in a table: their answers beside them, below them, or in the same cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from mailbot.forms.answers import is_guidance
from mailbot.forms.document import Cell, Line, Row, Table
from mailbot.forms.labels import means
from mailbot.forms.layouts import tick_list
from mailbot.forms.page import Page
from mailbot.forms.roles import Roles, Split, is_words, one_option
from mailbot.forms.rows import listed, placed
from mailbot.forms.standing import Standing, rank_of
from mailbot.forms.values import tidy

_CHILD_LABEL = re.compile(r"^\s*(?P<who>[A-Za-z ]+?)\s*(?P<number>[1-9])\s*[\u2013\u2014\-:.)\s]\s*(?P<what>.+)$")
_LINK = re.compile(r"Change(?: [a-z][\w ?\u2019']{0,80})?")
"""The link of a saved or printed web page beside each answer."""


class Questions:
    """Reads rows of questions into a walk's standing; cells that hold label and answer are read like a page."""

    def __init__(self, standing: Standing, page: Page, table: Callable[[Table], None]) -> None:
        self._at = standing
        self._page = page
        self._table = table
        self.roles = Roles(Table(), standing)
        self.waiting: Row | None = None
        """The row of labels that ended the last table: their answers may stand on the next page."""

    def row(self, row: Row, rest: Sequence[Row]) -> int:
        """Questions of one row. How many of the rows below held their answers and are done with."""
        self._at.line_begins()
        below = rest[0] if rest else None
        self._at.before = "" if self._at.before == "-" else self._at.before
        cells = [cell for cell in row.cells if not cell.repeated]
        if len(cells) > 1 and cells[0].text and not is_words(cells[0]):
            cells = cells[1:]
        written = [cell for cell in cells if cell.text or cell.tables]
        if not written:
            return 0
        if len(cells) < len(row.cells) and not any(self.roles.is_label(cell) or cell.tables for cell in written):
            # Beside a question that goes on downwards stands the rest of its answer.
            self._at.continues([line for cell in written for line in cell.lines])
            return 0
        if row.cells[0] is written[0] and self._is_side_heading(row, below):
            self._at.heading(written[0].text, 8)
            self._at.under(written[0].text)
            cells.remove(written[0])
        elif len(written) == 1 and (len(cells) == 1 or written[0].span > 1):
            return tick_list(written[0], row, rest, self._at, self.roles) or int(self._lone(written[0], row, below))
        if self._office(written):
            return 0
        if below is not None and self.roles.is_row_of_labels(row) and self.roles.answers_below(row, below):
            self.labels_above(row, below)
            return 1
        full = len(written) == len(cells) > 1
        if below is None and full and self.roles.told_by_look and self.roles.is_row_of_labels(row):
            self.waiting = row
            return 0
        self.across(cells, row.place)
        return 0

    def _office(self, written: list[Cell]) -> bool:
        """A row whose first cell opens somebody else's part."""
        first = written[0].text
        if self._at.target(first) or not means(self._at.definition.ignore.headings, first):
            return False
        self._at.heading(first, 8)
        return True

    def _is_side_heading(self, row: Row, below: Row | None) -> bool:
        """`Child` down the left side, merged over the rows of questions that it heads."""
        beside = row.cells[1] if len(row.cells) > 2 else None
        merged = below is not None and len(below.cells) > 1 and below.cells[0].repeated
        if beside is None or not merged:
            return False
        plain = not self.roles.told_by_look and self._at.definition.knows(beside.text)
        return plain or self.roles.looks_like_label(beside)

    def give_up_waiting(self) -> None:
        """No page followed with the answers of the row of labels that ended a table: they are blank."""
        if self.waiting is not None:
            row, self.waiting = self.waiting, None
            for cell in row.cells:
                self._answered(cell, self.roles.split(cell), [], row.place)

    def labels_above(self, labels: Row, below: Row) -> None:
        """A row of labels with their answers in the row below, column by column, or cell by cell."""
        aligned = {column for column, _ in placed(labels)} <= {column for column, _ in placed(below)}
        columns = list(placed(labels)) if aligned else list(enumerate(labels.cells))
        answers = list(placed(below)) if aligned else list(enumerate(below.cells))
        for column, label in columns:
            if label.text:
                width = label.span if aligned else 1
                beneath = [cell for at, cell in answers if column <= at < column + width]
                self._answered(label, self.roles.split(label), beneath, below.place)

    def _lone(self, cell: Cell, row: Row, below: Row | None) -> bool:
        """A row of one cell: a question with its answer inside or below, or a heading."""
        if rank_of(cell.text, 8) < 8:
            self._at.heading(cell.text, 8)
            self._nested(cell, cell.text)
            return False
        split = self.roles.split(cell)
        answer = self._lone_below(below)
        if split.name and split.answered:
            self._at.under(split.label)
            self._own(cell, row.place)
            self._nested(cell, split.label)
            return False
        if answer is None or not self._is_question(cell, split.name):
            if split.name and not self._heads(cell):
                self._at.record(split.name, split.label, split.rest, row.place, heads=True)
            elif not self._holds_unknown(cell, row.place):
                self._at.heading(cell.text, 8)
            self._at.under(cell.text)
            self._nested(cell, cell.text)
            return False
        self._at.under(split.label or cell.text)
        self._answered(cell, split, [answer], below.place if below is not None else row.place)
        return True

    def _holds_unknown(self, cell: Cell, place: str) -> bool:
        """Tells of a bold question that nobody knows with its answer below it in the cell."""
        written = [line for line in cell.lines if line.text.strip()]
        if len(written) < 2 or not written[0].bold or any(line.bold for line in written[1:]):
            return False
        if self._at.ignored is None and not all(is_guidance(line) for line in written[1:]):
            self._at.unknown.append((tidy(written[0].text), place))
        return True

    def _lone_below(self, below: Row | None) -> Cell | None:
        """The one cell of the row below, if it is no label."""
        cells = [cell for cell in below.cells if not cell.repeated] if below is not None else []
        written = [cell for cell in cells if cell.text or cell.tables]
        if not cells or len(written) > 1 or (len(cells) > 1 and not (written and written[0].span > 1)):
            return None
        answer = written[0] if written else cells[0]
        if self.roles.told_by_look:
            return None if self.roles.looks_like_label(answer) else answer
        return None if self.roles.split(answer).name else answer

    def _is_question(self, cell: Cell, name: str) -> bool:
        """Whether a lone cell above another asks something. A heading above guidance does not."""
        if name:
            return name != "-" or means(self._at.section_phrases(), cell.text) < 1000
        return self.roles.looks_like_label(cell) and cell.text.endswith(("?", ":"))

    def _heads(self, cell: Cell) -> bool:
        """Whether a question with no place for its answer below is a heading after all."""
        return self.roles.told_by_look or means(self._at.section_phrases(), cell.text) >= 1000

    def across(self, cells: list[Cell], place: str) -> None:
        """Label, answer, label, answer from left to right; some cells hold both."""
        index = 0
        while index < len(cells):
            cell, beside = cells[index], cells[index + 1 :]
            index += 1
            if not is_words(cell):
                self._nested(cell, "")
                continue
            split = self.roles.split(cell)
            if split.answered and not self._answered_beside(cell, split, beside):
                self._own(cell, place)
                self._nested(cell, split.label)
            elif split.name or self._at.list_of(cell.text) or self._looks_like_label(cell, beside):
                taken = self._taken(beside)
                self._answered(cell, split, beside[:taken], place)
                index += taken
            else:
                self._nested(cell, "")

    def _answered_beside(self, cell: Cell, split: Split, beside: Sequence[Cell]) -> bool:
        """Whether what stands below a label in its own cell is guidance, and the answer stands in the next cell."""
        if not beside:
            return False
        if self.roles.looks_like_label(cell):
            return not self.roles.looks_like_label(beside[0])
        marks = any(run.tick or run.struck or run.marked for line in split.rest for run in line.runs)
        other = self.roles.split(beside[0])
        return bool(beside[0].text) and not marks and not other.name and not split.label.rstrip().endswith(":")

    def _taken(self, beside: Sequence[Cell]) -> int:
        """How many cells the answer has: up to the next label, or one, and those with further boxes or options."""
        if not beside:
            return 0
        if self.roles.told_by_look:
            labels = [index for index, cell in enumerate(beside) if self.roles.looks_like_label(cell)]
            if not labels or labels[0] > 0:
                return labels[0] if labels else len(beside)
            # An answer that somebody wrote in bold looks like a label, and means none.
            return 0 if self._at.target(beside[0].text) or 1 not in {*labels, len(beside)} else 1
        if not beside[0].text and not beside[0].tables:
            return self._behind_blanks(beside)
        taken = 1
        while taken < len(beside) and _is_option(beside[taken]) and _is_option(beside[taken - 1]):
            taken += 1
        return taken

    def _behind_blanks(self, beside: Sequence[Cell]) -> int:
        """In a sheet the answer may stand some columns further on, alone up to the next label."""
        if self.roles.answers_close:
            return 1
        ends = (at for at, cell in enumerate(beside) if cell.text.endswith(":") or self._at.target(cell.text))
        end = next(ends, len(beside))
        written = [at for at, cell in enumerate(beside[:end]) if cell.text]
        return written[0] + 1 if len(written) == 1 else 1

    def _looks_like_label(self, cell: Cell, beside: Sequence[Cell]) -> bool:
        if self.roles.looks_like_label(cell):
            return True
        if not beside or len(cell.text) > 150:
            return False
        other = beside[0]
        louder = (cell.bold and not other.bold) or (cell.shaded and not other.shaded)
        return louder or cell.text.endswith((":", "?"))

    def _own(self, cell: Cell, place: str) -> None:
        """A cell that holds its labels and answers: read line by line like a page."""
        self._page.lines(cell.lines, place)

    def _answered(self, label: Cell, split: Split, answers: Sequence[Cell], place: str) -> None:
        lines = [line for cell in answers for line in cell.lines if not _LINK.fullmatch(cell.text)]
        if self._numbered(label.text, lines) or self._listed(label.text, answers):
            return
        written = any(line.text.strip() for line in lines)
        if self._at.person_of(label.text) is None and not split.name:
            if written and tidy(" ".join(line.text for line in lines)) and self._at.ignored is None:
                self._at.unknown.append((tidy(label.text), place))
            self._at.before = ""
        elif split.name:
            own = not answers or (_has_marks(split.rest) and not written)
            self._at.record(split.name, split.label, split.rest if own else lines, place)
        for cell in answers:
            self._at.under(label.text)
            self._nested(cell, label.text)

    def _nested(self, cell: Cell, label: str) -> None:
        """The tables in a cell; behind a label like `Twin 1` they are about that person."""
        kept = self._at.before, self._at.person
        self._at.person = self._at.person_of(label) or self._at.person
        for inner in cell.tables:
            self._table(inner)
            self._at.before = kept[0]
        self._at.person = kept[1]

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

    def _listed(self, label: str, answers: Sequence[Cell]) -> bool:
        """`Parents' names` with the people in one cell, a line each."""
        name = self._at.list_of(label)
        if not name or not answers or any(cell.tables for cell in answers):
            return False
        if self._at.ignored is None:
            self._at.rows.setdefault(name, []).extend(row for cell in answers for row in listed(cell.lines))
        return True


def _is_option(cell: Cell) -> bool:
    """A cell that holds a box, or nothing but one word of a choice."""
    return any(run.tick is not None for line in cell.lines for run in line.runs) or bool(one_option(cell.text))


def _has_marks(lines: Sequence[Line]) -> bool:
    """Whether options in the label's own cell are ticked, struck or marked."""
    return any(run.tick or run.struck or run.marked for line in lines for run in line.runs)
