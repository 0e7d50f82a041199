"""Tables of a form: rows of people under a header, or questions with their answers beside, below or in one cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from mailbot.forms.document import Cell, Line, Row, Run, Table
from mailbot.forms.labels import means
from mailbot.forms.page import Page
from mailbot.forms.roles import Roles, is_words
from mailbot.forms.rows import Header, cells_by_column, event_of, header_of, is_filled, listed, person, placed
from mailbot.forms.standing import OF_PERSON, Standing
from mailbot.forms.values import tidy, yes_or_no

_CHILD_LABEL = re.compile(r"^\s*(?P<who>[A-Za-z ]+?)\s*(?P<number>[1-9])\s*[\u2013\u2014\-:.)\s]\s*(?P<what>.+)$")
_MARK = re.compile(r"[xX\u2713\u2714]|yes|y", re.I)


class Grid:
    """Reads tables into a walk's standing; cells that hold a label and its answer are read like a page."""

    def __init__(self, standing: Standing, page: Page) -> None:
        self._at = standing
        self._page = page
        self._roles = Roles(Table(), standing)
        self._waiting: Row | None = None

    def table(self, table: Table) -> None:
        """One table: rows of people under a header, or questions with their answers beside or below."""
        if self._at.open is not None and self._answers_the_open(table):
            return
        self._at.close()
        if table.name:
            self._at.under(table.name)
        outer, self._roles = self._roles, Roles(table, self._at)
        done = self._goes_on(table) or self._sideways(table) or self._ticks(table)
        header: Header | None = None
        for index, row in enumerate(table.rows[done:], done):
            if header is not None and self._event(row, header):
                continue
            if index < done or (not any(row.texts) and not any(cell.tables for cell in row.cells)):
                continue
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
            below = table.rows[index + 1] if index + 1 < len(table.rows) else None
            done = index + (2 if self.row(row, below) else 1)
        self._at.before = ""
        self._roles = outer

    def page_turned(self) -> None:
        """Something was printed that begins anew: no row of labels waits for its answers any more."""
        self._waiting = None

    def _answers_the_open(self, table: Table) -> bool:
        """A box of one cell below a question is its answer's place, and so is a table of nothing but tick boxes."""
        if self._at.open is None or any(line.text.strip() for line in self._at.open.lines):
            return False
        cells = [cell for row in islice(table.rows, 40) for cell in row.cells if not cell.repeated]
        written = [cell for cell in cells if cell.text]
        if len(cells) == 1 and not cells[0].tables:
            self._at.open.lines.extend(cells[0].lines)
        elif written and len(table.rows) <= 40 and all(_starts_with_box(cell) for cell in written):
            self._at.open.lines.extend(line for cell in written for line in cell.lines)
        else:
            return False
        self._at.close()
        return True

    def _goes_on(self, table: Table) -> int:
        """Rows at the top that belong to the table on the page before: the answers below its last row of labels."""
        waiting, self._waiting = self._waiting, None
        if waiting is None or not table.rows or not self._below_labels(waiting, table.rows[0]):
            return 0
        self._labels_above(waiting, table.rows[0])
        return 1

    def _sideways(self, table: Table) -> int:
        """How many rows were a table that lies on its side: columns Child 1, Child 2, a label before each row."""
        if not table.rows:
            return 0
        top = table.rows[0].cells
        people = {index: self._at.person_of(cell.text) for index, cell in enumerate(top) if index and cell.text}
        if not people or len(people) < 2 or None in people.values():
            return 0
        before = self._at.person
        for number, row in enumerate(table.rows[1:], 1):
            if len(row.cells) != len(top):
                self._at.person = before
                return number
            for index, self._at.person in people.items():
                name = self._at.target(row.cells[0].text)
                if name.startswith(OF_PERSON):
                    self._at.record(name, row.cells[0].text, row.cells[index].lines, row.place)
        self._at.person = before
        return len(table.rows)

    def _ticks(self, table: Table) -> int:
        """How many rows were questions with a column for each answer: Question, Yes, No, N/K, Details."""
        if not table.rows:
            return 0
        options = [_one_option(cell.text) for cell in table.rows[0].cells]
        if len([one for one in options[1:] if one]) < 2:
            return 0
        for number, row in enumerate(table.rows[1:], 1):
            if len(row.cells) != len(options):
                return number
            name, label, _ = self._roles.split(row.cells[0])
            runs: list[Run] = []
            for option, cell in zip(options[1:], row.cells[1:], strict=True):
                words = cell.text
                if option:
                    ticked = any(run.tick for line in cell.lines for run in line.runs) or bool(_MARK.fullmatch(words))
                    runs += [Run(tick=ticked), Run(text=f" {option} ")]
                elif words:
                    chosen = next((at for at, run in enumerate(runs) if run.tick), len(runs) - 2)
                    runs.insert(chosen + 2, Run(text=f"{words} "))
            if name:
                self._at.record(name, label, (Line(runs=tuple(runs)),), row.place)
        return len(table.rows)

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
        """Whether what looks like a header is a row of questions: bold labels and plain answers in turn, labels above
        answers and other labels below those, or above one row of answers where no heading says that this is a table
        of people."""
        looks = [cell.bold for cell in row.cells]
        if len(looks) % 2 == 0 and looks == [True, False] * (len(looks) // 2):
            return True
        if opened.dated >= 0:
            return False
        filled = list(islice((one for one in below if any(one.texts)), 3))
        if len(filled) > 1 and self._is_row_of_labels(row) and self._is_row_of_labels(filled[1]):
            return header_of(filled[1], self._at.definition, ()) is None
        headed = any(means(self._at.definition.tables[opened.table].headings, text) for text in self._at.headings)
        known = all(self._at.target(cell.text) for cell in row.cells if cell.text)
        return len(filled) == 1 and not headed and known and self._below_labels(row, filled[0])

    def _leaves(self, row: Row, header: Header) -> bool:
        """Whether a row ends the table of people: a heading across it, or a question of another shape."""
        cells = [cell for cell in row.cells if cell.text and not cell.repeated]
        if not cells:
            return False
        first = cells[0].text
        if means(self._at.definition.ignore.headings, first) and not self._at.definition.anywhere.exactly(first):
            return True
        if len(cells) == 1 and header.width > 1 and (len(row.cells) == 1 or cells[0].span > 1):
            return True
        if header.dated < 0 and self._is_row_of_labels(row) and len(cells) > 1:
            return True
        words = [cell for cell in cells if is_words(cell)]
        return len(row.cells) != header.width and bool(words) and bool(self._at.target(words[0].text))

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
            self._at.rows.setdefault(self._at.table_of(found, header.table), []).append(found)

    def row(self, row: Row, below: Row | None) -> bool:
        """Questions of one row. True if the row below held their answers and is done with."""
        self._at.before = "" if self._at.before == "-" else self._at.before
        cells = [cell for cell in row.cells if not cell.repeated]
        written = [cell for cell in cells if cell.text or cell.tables]
        if not written:
            return False
        if len(cells) < len(row.cells) and not any(self._roles.is_label(cell) or cell.tables for cell in written):
            # Beside a question that goes on downwards stands the rest of its answer.
            self._at.continues([line for cell in written for line in cell.lines])
            return False
        if row.cells[0] is written[0] and self._is_side_heading(row, below):
            self._at.heading(written[0].text, 8)
            self._at.under(written[0].text)
            cells.remove(written[0])
        elif len(written) == 1 and (len(cells) == 1 or written[0].span > 1):
            return self._lone(written[0], row, below)
        if self._office(written, below):
            return False
        if below is not None and self._is_row_of_labels(row) and self._below_labels(row, below):
            self._labels_above(row, below)
            return True
        if below is None and len(written) > 1 and self._roles.told_by_look and self._is_row_of_labels(row):
            self._waiting = row
        self._across(cells, row.place)
        return False

    def _office(self, written: list[Cell], below: Row | None) -> bool:
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
        return merged and beside is not None and self._roles.looks_like_label(beside)

    def _is_row_of_labels(self, row: Row) -> bool:
        written = [cell for cell in row.cells if cell.text and not cell.repeated]
        if self._roles.told_by_look:
            return bool(written) and all(self._roles.looks_like_label(cell) for cell in written)
        return len(written) == len(row.cells) and all(self._at.target(cell.text) for cell in written)

    def _below_labels(self, labels: Row, below: Row) -> bool:
        """Whether the row below stands in the same columns and holds no label itself: it is the answers' place."""
        starts = {column for column, _ in placed(below)}
        if any(column not in starts for column, cell in placed(labels) if cell.text) or len(labels.cells) < 2:
            return False
        written = [cell for cell in below.cells if cell.text]
        if self._roles.told_by_look:
            return not any(self._roles.looks_like_label(cell) for cell in written)
        looks = {(cell.bold, cell.shaded) for cell in labels.cells}
        louder = len(looks) == 1 and not (labels.cells[0].bold and any(cell.bold for cell in written))
        return louder and not any(self._at.target(cell.text) for cell in written)

    def _labels_above(self, labels: Row, below: Row) -> None:
        columns = [(column, cell) for column, cell in placed(labels)]
        answers = list(placed(below))
        for column, label in columns:
            if label.text:
                beneath = [cell for at, cell in answers if column <= at < column + label.span]
                self._answered(label, beneath, below.place)

    def _lone(self, cell: Cell, row: Row, below: Row | None) -> bool:
        """A row of one cell: a question with its answer inside or below, or a heading."""
        split = self._roles.split(cell)
        answer = self._lone_below(below)
        if split.name and split.answered:
            self._at.under(split.label)
            self._own(cell, row.place)
            self._nested(cell, split.label)
            return False
        if answer is None or not self._is_question(cell, split.name):
            if split.name and not self._heads(cell):
                self._at.record(split.name, split.label, split.rest, row.place)
            else:
                self._at.heading(cell.text, 8)
            self._at.under(cell.text)
            self._nested(cell, cell.text)
            return False
        self._at.under(split.label or cell.text)
        self._answered(cell, [answer], below.place if below is not None else row.place)
        return True

    def _lone_below(self, below: Row | None) -> Cell | None:
        """The one cell of the row below, if it is no label."""
        cells = [cell for cell in below.cells if not cell.repeated] if below is not None else []
        written = [cell for cell in cells if cell.text or cell.tables]
        if not cells or len(written) > 1 or (len(cells) > 1 and not (written and written[0].span > 1)):
            return None
        answer = written[0] if written else cells[0]
        if self._roles.told_by_look:
            return None if self._roles.looks_like_label(answer) else answer
        return None if self._roles.split(answer).name else answer

    def _is_question(self, cell: Cell, name: str) -> bool:
        """Whether a lone cell above another asks something. A heading above guidance does not."""
        if name:
            return name != "-" or means(self._at.section_phrases(), cell.text) < 1000
        return self._roles.looks_like_label(cell) and cell.text.endswith(("?", ":"))

    def _heads(self, cell: Cell) -> bool:
        """Whether a question with no place for its answer below is a heading after all."""
        return self._roles.told_by_look or means(self._at.section_phrases(), cell.text) >= 1000

    def _across(self, cells: list[Cell], place: str) -> None:
        """Label, answer, label, answer from left to right; some cells hold both."""
        index = 0
        while index < len(cells):
            cell, beside = cells[index], cells[index + 1 :]
            index += 1
            if not is_words(cell):
                self._nested(cell, "")
                continue
            split = self._roles.split(cell)
            if split.answered and not self._answered_beside(cell, beside):
                self._own(cell, place)
                self._nested(cell, split.label)
            elif split.name or self._at.list_of(cell.text) or self._looks_like_label(cell, beside):
                taken = self._taken(beside)
                self._answered(cell, beside[:taken], place)
                index += taken
            else:
                self._nested(cell, "")

    def _answered_beside(self, cell: Cell, beside: Sequence[Cell]) -> bool:
        """Whether what stands below a label in its own cell is guidance, and the answer stands in the next cell."""
        if not beside:
            return False
        if self._roles.looks_like_label(cell):
            return not self._roles.looks_like_label(beside[0])
        split = self._roles.split(cell)
        marks = any(run.tick or run.struck or run.marked for line in split.rest for run in line.runs)
        other = self._roles.split(beside[0])
        return bool(beside[0].text) and not marks and not other.name and not split.label.rstrip().endswith(":")

    def _taken(self, beside: Sequence[Cell]) -> int:
        """How many cells the answer has: up to the next label, or one, and those with further boxes or options."""
        if not beside:
            return 0
        if self._roles.told_by_look:
            labels = [index for index, cell in enumerate(beside) if self._roles.looks_like_label(cell)]
            if not labels or labels[0] > 0:
                return labels[0] if labels else len(beside)
            # An answer that somebody wrote in bold looks like a label, and means none.
            return 0 if self._at.target(beside[0].text) or 1 not in {*labels, len(beside)} else 1
        taken = 1
        while taken < len(beside) and _is_option(beside[taken]) and _is_option(beside[taken - 1]):
            taken += 1
        return taken

    def _looks_like_label(self, cell: Cell, beside: Sequence[Cell]) -> bool:
        if self._roles.looks_like_label(cell):
            return True
        if not beside or len(cell.text) > 150:
            return False
        other = beside[0]
        louder = (cell.bold and not other.bold) or (cell.shaded and not other.shaded)
        return louder or cell.text.endswith((":", "?"))

    def _own(self, cell: Cell, place: str) -> None:
        """A cell that holds its labels and answers: read line by line like a page."""
        self._page.lines(cell.lines, place)

    def _answered(self, label: Cell, answers: Sequence[Cell], place: str) -> None:
        lines = [line for cell in answers for line in cell.lines]
        if self._numbered(label.text, lines) or self._listed(label.text, answers):
            return
        split = self._roles.split(label)
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
            self.table(inner)
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
    return any(run.tick is not None for line in cell.lines for run in line.runs) or bool(_one_option(cell.text))


def _one_option(text: str) -> str:
    """`Yes`, `No`, `N/K` and their like, standing alone; else empty."""
    word, rest = yes_or_no(text) if 0 < len(text) < 15 else ("", "")
    return text if word and not rest else ""


def _starts_with_box(cell: Cell) -> bool:
    runs: Iterator[Run] = (run for line in cell.lines for run in line.runs if run.shown.strip())
    return next((run.tick is not None for run in runs), False)


def _has_marks(lines: Sequence[Line]) -> bool:
    """Whether options in the label's own cell are ticked, struck or marked."""
    return any(run.tick or run.struck or run.marked for line in lines for run in line.runs)
