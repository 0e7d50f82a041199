"""Tables of a form: rows of people or events under a header, or rows of questions; and tables that go on."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from mailbot.forms.document import Cell, Line, Row, Run, Table
from mailbot.forms.form import Row as FormRow
from mailbot.forms.labels import means
from mailbot.forms.layouts import answer_columns, named_rows, sideways
from mailbot.forms.page import Page
from mailbot.forms.questions import Questions
from mailbot.forms.roles import Roles, is_words
from mailbot.forms.rows import Header, cells_by_column, event_of, header_of, is_filled, person, placed
from mailbot.forms.standing import OF_LIST, Standing
from mailbot.forms.values import tidy

_AHEAD = 40
"""Rows below a question in which its answer is looked for."""

_DEEPEST = 20
"""Tables in a cell of a table that are read where they stand; deeper ones are read after the outermost."""


class Grid:
    """Reads tables into a walk's standing; cells that hold a label and its answer are read like a page."""

    def __init__(self, standing: Standing, page: Page) -> None:
        self._at = standing
        self._questions = Questions(standing, page, self.table)
        self._ended: tuple[int, int] | None = None
        """How many cells the last row of questions had, and which was its last."""
        self._depth = 0
        self._deeper: deque[Table] = deque()

    def table(self, table: Table) -> None:
        """One table: rows of people under a header, or questions with their answers beside or below."""
        if self._depth >= _DEEPEST:
            self._deeper.append(table)
            return
        self._depth += 1
        self._rows(table)
        self._depth -= 1
        while self._deeper and not self._depth:
            self.table(self._deeper.popleft())

    def _rows(self, table: Table) -> None:
        if self._at.open is not None and self._answers_the_open(table):
            return
        self._at.close()
        if table.name:
            self._at.under(table.name)
        outer, roles = self._questions.roles, Roles(table, self._at)
        self._questions.roles = roles
        done = (
            self._goes_on(table)
            or sideways(table, self._at)
            or named_rows(table, self._at, self._questions.across)
            or answer_columns(table, self._at, roles)
        )
        header: Header | None = None
        before = len(self._at.asked)
        for index, row in enumerate(table.rows[done:], done):
            if header is not None and self._event(row, header):
                continue
            if index < done or (not any(row.texts) and not any(cell.tables for cell in row.cells)):
                continue
            opened = self._header(row, roles, table.rows[index + 1 : index + 6])
            if opened is not None and not self._asks_once(row, islice(table.rows, index + 1, None), opened):
                header = opened
                if self._at.ignored is None:
                    self._at.rows.setdefault(header.table, [])
                    self._mark(row, header)
                    self._tell_unknown(row, header)
                continue
            if header is not None and not self._leaves(row, header):
                self._person(row, header)
                continue
            header = None
            done = index + 1 + self._questions.row(row, table.rows[index + 1 : index + 1 + _AHEAD])
        asks = bool(table.rows) and header is None and len(self._at.asked) > before
        self._ended = (len(table.rows[-1].given), len(self._at.asked) - 1) if asks else None
        self._at.before = ""
        self._questions.roles = outer

    def _header(self, row: Row, roles: Roles, below: Sequence[Row]) -> Header | None:
        """The table of people or events that a row opens: all its cells are labels, where labels have a look."""
        if roles.told_by_look and not roles.is_row_of_labels(row):
            return None
        return header_of(row, self._at.definition, self._at.headings, below)

    def begins_anew(self) -> None:
        """A heading, or the end: no row of labels waits any more for its answers on the next page."""
        self._questions.give_up_waiting()
        self._ended = None

    def _answers_the_open(self, table: Table) -> bool:
        """A box of one cell below a question is its answer's place, and so is a table of nothing but tick boxes."""
        if self._at.open is None or any(tidy(line.text) for line in self._at.open.lines):
            return False
        cells = [cell for row in islice(table.rows, 40) for cell in row.cells if not cell.repeated]
        written = [cell for cell in cells if cell.text]
        if self._at.open.name.startswith(OF_LIST) and not self._headed(table):
            # People listed in rows without a header.
            self._at.open.lines.extend(Line.of(", ".join(filter(None, row.texts))) for row in table.rows)
        elif len(cells) == 1 and not cells[0].tables:
            self._at.open.lines.extend(cells[0].lines)
        elif written and len(table.rows) <= 40 and all(_starts_with_box(cell) for cell in written):
            self._at.open.lines.extend(line for cell in written for line in cell.lines)
        else:
            return False
        self._at.close()
        return True

    def _headed(self, table: Table) -> bool:
        return bool(table.rows) and header_of(table.rows[0], self._at.definition, self._at.headings) is not None

    def _goes_on(self, table: Table) -> int:
        """Rows at the top that belong to the table on the page before.

        They hold the answers below its last row of labels, or the rest of its last answer.
        """
        waiting, ended, roles = self._questions.waiting, self._ended, self._questions.roles
        self._ended = None
        if not table.rows:
            return 0
        top = table.rows[0]
        same = waiting is not None and len(waiting.cells) == len(top.cells) and not roles.is_row_of_labels(top)
        if waiting is not None and (same or roles.answers_below(waiting, top)):
            self._questions.waiting = None
            self._questions.labels_above(waiting, top)
            return 1
        self._questions.give_up_waiting()
        written = [cell for cell in top.cells if cell.text]
        goes_on = written and not top.cells[0].text and ended is not None and ended[0] == len(top.cells)
        if (
            goes_on
            and ended is not None
            and not any(
                self._questions.roles.is_label(cell) or self._questions.roles.split(cell).name for cell in written
            )
        ):
            self._at.continues([line for cell in written for line in cell.lines], ended[1])
            return 1
        return 0

    def _event(self, row: Row, header: Header) -> bool:
        """Takes a row that is an event beyond doubt."""
        if self._at.ignored is not None:
            return False
        found = event_of(row, header)
        if found:
            self._at.rows[header.table].append(found)
            self._mark(row, header)
        return bool(found)

    def _tell_unknown(self, row: Row, header: Header) -> None:
        """The columns that nobody knows: what stands in them is lost unless a person looks."""
        for column, cell in placed(row):
            if (
                cell.text
                and not cell.repeated
                and column not in header.columns
                and (cell.text, row.place) not in self._at.unknown
            ):
                self._at.unknown.append((tidy(cell.text), row.place))

    def _mark(self, row: Row, header: Header) -> None:
        if header.dated >= 0:
            self._at.events.add(id(row))

    def _asks_once(self, row: Row, below: Iterable[Row], opened: Header) -> bool:
        """Whether what looks like a header is a row of questions.

        It is where labels and answers stand in turn, where other labels stand below the answers, or where there is
        one row of answers and no heading says that this is a table of people.
        """
        looks = [cell.bold for cell in row.cells]
        if len(looks) % 2 == 0 and looks == [True, False] * (len(looks) // 2):
            return True
        if opened.dated >= 0:
            return False
        if self._in_turn(row, opened):
            return True
        filled = list(islice((one for one in below if any(one.texts)), 3))
        if (
            len(filled) > 1
            and self._questions.roles.is_row_of_labels(row)
            and self._questions.roles.is_row_of_labels(filled[1])
        ):
            return header_of(filled[1], self._at.definition, ()) is None
        headed = any(means(self._at.definition.tables[opened.table].headings, text) for text in self._at.headings)
        known = all(self._at.target(cell.text) for cell in row.cells if cell.text)
        alone = len(filled) == 1 or (len(filled) > 1 and self._begins_with_question(filled[1]))
        return alone and not headed and known and self._questions.roles.answers_below(row, filled[0])

    def _in_turn(self, row: Row, opened: Header) -> bool:
        """Whether every other cell is a label, and those between are none: `Tel No. | | Agency | Harbour School`."""
        columns = self._at.definition.tables[opened.table].column_labels
        labels = [bool(text and (self._at.target(text) or columns.exactly(text))) for text in row.texts]
        return len(labels) % 2 == 0 and labels == [True, False] * (len(labels) // 2)

    def _begins_with_question(self, row: Row) -> bool:
        first = next((cell for cell in row.cells if is_words(cell)), None)
        return first is not None and bool(self._at.target(first.text))

    def _leaves(self, row: Row, header: Header) -> bool:
        """Whether a row ends the table of people: a heading across it, or a question of another shape."""
        cells = [cell for cell in row.cells if cell.text and not cell.repeated]
        if not cells:
            return False
        first = cells[0].text
        if means(self._at.definition.ignore.headings, first) and not self._at.definition.anywhere.exactly(first):
            return True
        if header.dated >= 0 and len(cells) == 1:
            # A year, a month or a total across a chronology ends nothing.
            return False
        if len(cells) == 1 and header.width > 1 and (len(row.cells) == 1 or cells[0].span > 1):
            return True
        if header.dated < 0 and self._questions.roles.is_row_of_labels(row) and len(cells) > 1:
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
            self._entry(words, self._at.rows[header.table])
            self._mark(row, header)
            return
        found = person(cells, table)
        if is_filled(found):
            self._at.rows.setdefault(self._at.table_of(found, header.table), []).append(found)

    def _entry(self, words: FormRow, entries: list[FormRow]) -> None:
        """An event without a date that can be seen; one whose words go on in small letters goes on from the page
        before."""
        if entries and not words.get("date") and words.get("event", "")[:1].islower():
            for name, text in words.items():
                entries[-1][name] = f"{entries[-1].get(name, '')} {text}".strip()
        else:
            entries.append(words)


def _starts_with_box(cell: Cell) -> bool:
    runs: Iterator[Run] = (run for line in cell.lines for run in line.runs if run.shown.strip())
    return next((run.tick is not None for run in runs), False)
