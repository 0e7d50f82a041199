"""A walk over a Document with one form definition in hand: which questions it prints and what stands beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from mailbot.cases.values import Value
from mailbot.forms.controls import questions_of
from mailbot.forms.definitions import Definition
from mailbot.forms.document import Block, Cell, Control, Document, Line, Paragraph, Row, Table
from mailbot.forms.form import Row as FormRow
from mailbot.forms.inline import Pair, pairs_in
from mailbot.forms.labels import means, without_parentheses
from mailbot.forms.rows import Header, cells_by_column, header_of, is_filled, listed, person, placed
from mailbot.forms.values import tidy, yes_or_no

_CHILD_LABEL = re.compile(r"^\s*(?P<who>[A-Za-z ]+?)\s*(?P<number>[1-9])\s*[\u2013\u2014\-:.)\s]\s*(?P<what>.+)$")
_REFERENCE = re.compile(r"(?<![\w/])(?=[\w/\-]*\d)(?=[\w/\-]*[A-Z])[A-Z\d][\w]*(?:[/\-][\w]+)+")
_NUMBERED = re.compile(r"^\s*(part|section)\s+[\dA-Z]+\b", re.I)
_IDENTITY = {"case_ref", "child_name", "child_dob"}


class Asked(Value):
    """One question of the form and the lines in its answer's place. `name` may carry a part: `child_name:surname`."""

    name: str
    label: str
    lines: tuple[Line, ...] = ()
    place: str = ""
    sure: bool = True


class Scan(Value):
    """All that one definition finds in a document."""

    asked: tuple[Asked, ...] = ()
    rows: dict[str, tuple[FormRow, ...]] = {}
    tables_seen: tuple[str, ...] = ()
    unknown: tuple[tuple[str, str], ...] = ()
    """Labels with an answer that the definition does not know, with their places."""


def scan(document: Document, definition: Definition) -> Scan:
    """Every question of the definition that the document prints, in the order of the document."""
    walk = _Walk(definition)
    walk.controls([block for block in document.blocks if isinstance(block, Control)])
    for block in document.blocks:
        walk.block(block)
    walk.close()
    return Scan(
        asked=tuple(walk.asked),
        rows={name: tuple(rows) for name, rows in walk.rows.items()},
        tables_seen=tuple(walk.rows),
        unknown=tuple(walk.unknown),
    )


@dataclass
class _Walk:
    """Where the walk is: the section, whether it is somebody else's, the question still open, the headings above."""

    definition: Definition
    section: str = ""
    ignored: int | None = None
    before: str = ""
    headings: tuple[str, ...] = ()
    open: Asked | None = None
    asked: list[Asked] = field(default_factory=list)
    rows: dict[str, list[FormRow]] = field(default_factory=dict)
    numbered: dict[tuple[str, str], dict[str, tuple[Line, ...]]] = field(default_factory=dict)
    unknown: list[tuple[str, str]] = field(default_factory=list)

    def target(self, text: str, near: bool = False) -> str:
        """The field that a label means here: behind another field, in this section, or anywhere."""
        form = self.definition
        behind = form.by_field_before.get(self.before)
        here = form.by_section.get(self.section)
        found = (behind.exactly(text) if behind else "") or (here.exactly(text) if here else "")
        found = found or form.anywhere.exactly(text)
        if not found and near:
            found = form.anywhere.nearly(text)
        known = form.fields.get(found.partition(":")[0])
        return "-" if known is not None and self.section in known.not_in else found

    def block(self, block: Block) -> None:
        if isinstance(block, Paragraph):
            self.paragraph(block)
        elif isinstance(block, Table):
            self.table(block)

    # Questions

    def record(self, name: str, label: str, lines: Sequence[Line], place: str, sure: bool = True) -> None:
        self.before = name.partition(":")[0]
        if name == "-" or (self.ignored is not None and self.before not in self.definition.ignore.except_fields):
            return
        self.asked.append(Asked(name=name, label=tidy(label), lines=tuple(lines), place=place, sure=sure))

    def close(self) -> None:
        """Settles the question that waited for the lines below it, and the numbered children."""
        if self.open is not None:
            waiting, self.open = self.open, None
            self.record(waiting.name, waiting.label, waiting.lines, waiting.place, waiting.sure)
        for (table, _), cells in sorted(self.numbered.items()):
            row = person(cells, self.definition.tables[table])
            if is_filled(row):
                self.rows.setdefault(table, []).append(row)
        self.numbered.clear()

    # Headings

    def heading(self, text: str, level: int) -> bool:
        """Takes a heading: the section it opens, or the end of somebody else's part. False if it means nothing."""
        ignored = means(self.definition.ignore.headings, text)
        fits = {name: means(phrases, text) for name, phrases in self.definition.sections.items()}
        section = max(fits, key=lambda name: fits[name], default="")
        numbered = bool(_NUMBERED.match(text))
        rank = 1 if numbered else level
        if ignored and ignored > fits.get(section, 0):
            self.ignored, self.section = rank, ""
        elif section and fits[section]:
            if self.ignored is None or numbered or level <= self.ignored or fits[section] >= 1000:
                self.ignored = None
            self.section = section
        elif self.ignored is not None and rank > self.ignored:
            return True
        elif level < 9 or numbered:
            self.section, self.ignored = "", None
        return bool(ignored or (section and fits[section]))

    # Paragraphs

    def paragraph(self, block: Paragraph) -> None:
        text = block.text
        if block.aside:
            self._aside(block)
            return
        if not text:
            if self.open is not None and any(run.placeholder for run in block.line.runs):
                self.open = self.open.model_copy(update={"lines": (*self.open.lines, block.line)})
            return
        if _starts_with_box(block.line):
            # One option of the question above; its words are no label even where they read like one.
            if self.open is not None:
                self.open = self.open.model_copy(update={"lines": (*self.open.lines, block.line)})
            return
        loud = bool(block.level) or block.line.bold or (text.isupper() and len(text) < 70)
        if loud and self._loud(block, text):
            return
        pairs = self.pairs(block.line)
        if pairs:
            self.close()
            for name, label, line in pairs[:-1]:
                self.record(name, label, (line,), block.place)
            name, label, line = pairs[-1]
            self.open = Asked(name=name, label=label, lines=(line,), place=block.place)
            if line.text.strip() or any(run.field is not None for run in line.runs):
                self._settle_short()
            return
        name = self.target(text, near=loud or text.endswith((":", "?")))
        if name and (loud or text.endswith((":", "?")) or self.open is None or len(text) < 60):
            self.close()
            self.open = Asked(name=name, label=text, place=block.place)
            self.headings = (*self.headings[-1:], text)
            return
        reference = self._reference(text)
        if self.open is not None:
            self.open = self.open.model_copy(update={"lines": (*self.open.lines, block.line)})
        elif reference:
            self.record("case_ref", text, (Line.of(reference),), block.place)
        elif len(text) < 80:
            self.headings = (*self.headings[-1:], text)

    def _loud(self, block: Paragraph, text: str) -> bool:
        """A heading: of a section, of a question whose answer stands below, or of something unknown."""
        level = block.level or 9
        name = self.target(text, near=True)
        is_question = bool(name) and name != "-"
        if is_question and (text.endswith(":") or means(self._section_phrases(), text) < 1000):
            if self.ignored is not None and level <= self.ignored:
                self.ignored = None
            return False
        if self.pairs(block.line):
            return False
        if block.line.bold and not block.level and self.open is not None and len(text) > 120:
            return False
        self.close()
        self.heading(text, level)
        self.headings = (*self.headings[-1:], text)
        self.before = ""
        return True

    def _section_phrases(self) -> list[str]:
        return [one for phrases in self.definition.sections.values() for one in phrases]

    def _settle_short(self) -> None:
        """An answer that began on its label's own line goes on below only where it is long text."""
        if self.open is None:
            return
        known = self.definition.fields.get(self.open.name.partition(":")[0])
        if known is None or known.type != "text" or len(self.open.lines[0].text) < 60:
            self.close()

    def _aside(self, block: Paragraph) -> None:
        """Page headers, footers and text boxes hold the reference and the child, never an answer or a section."""
        kept = self.section, self.before, self.ignored
        self.ignored = None
        pairs = [one for one in self.pairs(block.line) if one[0] in _IDENTITY | {"sin_ref", "agency_name"}]
        for name, label, line in pairs:
            self.record(name, label, (line,), block.place)
        reference = "" if pairs else self._reference(block.text)
        if reference:
            self.record("case_ref", block.text, (Line.of(reference),), block.place)
        self.section, self.before, self.ignored = kept

    def _reference(self, text: str) -> str:
        """`Case SCP/2025/041`: a reference behind its label without a colon."""
        match = _REFERENCE.search(text)
        if match is None or "case_ref" not in self.definition.fields:
            return ""
        words = text[: match.start()].split()
        return match[0] if any(self.target(" ".join(words[i:])) == "case_ref" for i in range(len(words))) else ""

    def pairs(self, line: Line) -> list[Pair]:
        """Labels with their answers in one line, each label read as it stands behind the one before."""
        kept = self.before

        def target(label: str) -> str:
            name = self.target(label)
            if name:
                self.before = name.partition(":")[0]
            return name

        found = pairs_in(line, target)
        self.before = kept
        return found

    # Form fields of a PDF

    def controls(self, controls: list[Control]) -> None:
        """Each form field by its name, if that is the field's own, by its tool tip, or by its name as words."""
        for question in questions_of(controls, self.definition.fields, self.target):
            if question.name:
                self.record(question.name, question.label, (question.answer,), question.place)
            elif question.answer.text.strip():
                self.unknown.append((question.label, question.place))
        self.before = ""

    # Tables

    def table(self, table: Table) -> None:
        """One table: rows of people under a header, or questions with their answers beside or below."""
        if self.open is not None and not self._answers_the_open(table):
            self.close()
        if table.name:
            self.headings = (*self.headings[-1:], table.name)
        header: Header | None = None
        skip = False
        for index, row in enumerate(table.rows):
            if skip or not any(cell.text or cell.tables for cell in row.cells):
                skip = False
                continue
            below = table.rows[index + 1] if index + 1 < len(table.rows) else None
            opened = header_of(row, self.definition, self.headings)
            if opened is not None and not self._asks_once(row, table.rows[index + 1 :], opened):
                header = opened
                if self.ignored is None:
                    self.rows.setdefault(header.table, [])
                continue
            if header is not None and not self._leaves(row, header):
                self._person(row, header)
                continue
            header = None
            skip = self.row(row, below)
        self.before = ""

    def _answers_the_open(self, table: Table) -> bool:
        """A box of one cell below a question is its answer's place."""
        if len(table.rows) != 1 or len(table.rows[0].cells) != 1 or self.open is None or self.open.lines:
            return False
        self.open = self.open.model_copy(update={"lines": table.rows[0].cells[0].lines})
        self.close()
        return True

    def _asks_once(self, row: Row, below: Sequence[Row], opened: Header) -> bool:
        """Whether what looks like a header is a row of questions: bold labels and plain answers in turn, or labels
        above one row of answers where no heading says that this is a table of people."""
        looks = [cell.bold for cell in row.cells]
        if len(looks) % 2 == 0 and looks == [True, False] * (len(looks) // 2):
            return True
        filled = [one for one in below if any(cell.text for cell in one.cells)]
        headed = any(means(self.definition.tables[opened.table].headings, text) for text in self.headings)
        return len(filled) == 1 and not headed and self._labels_above(list(row.cells), filled[0])

    def _leaves(self, row: Row, header: Header) -> bool:
        """Whether a row ends the table of people: a heading across it, or a question of another shape."""
        written = [cell for cell in row.cells if cell.text]
        first = row.cells[0].text
        if means(self.definition.ignore.headings, first) and not self.definition.anywhere.exactly(first):
            return True
        if len(row.cells) == 1 and header.width > 1:
            return True
        changed = len(row.cells) != header.width
        return changed and bool(written) and bool(self.target(first))

    def _person(self, row: Row, header: Header) -> None:
        if self.ignored is not None:
            return
        cells = cells_by_column(row, header)
        table = self.definition.tables[header.table]
        if "event" in table.columns:
            found: FormRow = {name: "\n".join(one.text for one in lines) for name, lines in cells.items()}
            self.rows[header.table].append(found)
            return
        found = person(cells, table)
        if is_filled(found):
            self.rows.setdefault(self._table_of(found, header), []).append(found)

    def _table_of(self, row: FormRow, header: Header) -> str:
        """Where one printed table is for parents and for siblings, the relationship decides."""
        tables = self.definition.tables
        shared = [
            name
            for name, one in tables.items()
            if any(means(one.headings, text) >= 1000 for text in self.headings[-1:])
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
        self.before = "" if self.before == "-" else self.before
        cells = [cell for cell in row.cells if not cell.repeated]
        if len([cell for cell in cells if cell.text or cell.tables]) == 1 and len(row.cells) == 1:
            return self._lone(cells[0], row, below)
        first = next((cell.text for cell in cells if cell.text), "")
        if not self.target(first) and means(self.definition.ignore.headings, first):
            self.heading(first, 8)
            return False
        if below is not None and self._labels_above(cells, below):
            for (_, label), (_, answer) in zip(placed(row), placed(below), strict=True):
                self._answered(label, [answer], below.place)
            return True
        self._across(cells, row.place)
        return False

    def _labels_above(self, cells: list[Cell], below: Row) -> bool:
        labels = all(cell.text and self.target(cell.text) for cell in cells)
        if not labels or len(below.cells) != len(cells) or len({(c.bold, c.shaded) for c in cells}) > 1:
            return False
        if cells[0].bold and any(cell.bold for cell in below.cells if cell.text):
            return False
        return not any(self.target(cell.text) for cell in below.cells if cell.text)

    def _lone(self, cell: Cell, row: Row, below: Row | None) -> bool:
        """A row of one cell: a question with its answer inside or below, or a heading."""
        name, label, rest = self._split_cell(cell)
        one_below = below is not None and len([c for c in below.cells if not c.repeated]) == 1
        if not name or (not one_below and means(self._section_phrases(), cell.text) >= 1000):
            self.heading(cell.text, 8)
            self.headings = (*self.headings[-1:], cell.text)
            self._nested(cell)
            return False
        self.headings = (*self.headings[-1:], label)
        if below is not None and one_below and not any(line.text.strip() for line in rest):
            answer = below.cells[0]
            if not self._split_cell(answer)[0]:
                self.record(name, label, answer.lines, below.place)
                self._nested(answer)
                return True
        self.record(name, label, rest, row.place)
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
            if tidy(" ".join(line.text for line in lines)) and self.ignored is None:
                self.unknown.append((tidy(label.text), place))
            self.before = ""
        elif not answers or (_has_marks(rest) and not any(line.text.strip() for line in lines)):
            self.record(name, words, rest, place)
        else:
            self.record(name, words, lines, place)
        for cell in answers:
            self.headings = (*self.headings[-1:], label.text)
            self._nested(cell)

    def _nested(self, cell: Cell) -> None:
        for inner in cell.tables:
            kept = self.before
            self.table(inner)
            self.before = kept

    def _split_cell(self, cell: Cell) -> tuple[str, str, tuple[Line, ...]]:
        """The question printed in a cell, its label, and what else stands in the cell."""
        if not cell.text:
            return "", "", ()
        name = self.target(cell.text)
        if name:
            return name, cell.text, ()
        whole = cell.lines
        for number in range(1, min(3, len(whole))):
            label = " ".join(line.text for line in whole[:number])
            name = self.target(label) if label.strip() else ""
            if name:
                return name, label, whole[number:]
        first = next((index for index, line in enumerate(whole) if line.text.strip()), 0)
        pairs = self.pairs(whole[first])
        if pairs:
            name, label, line = pairs[0]
            return name, label, (line, *whole[first + 1 :])
        name = self.target(cell.text, near=True)
        return (name, cell.text, ()) if name else ("", "", ())

    def _numbered(self, label: str, lines: list[Line]) -> bool:
        """`Child 1 – name`: a cell of a table that is printed as questions."""
        match = _CHILD_LABEL.match(label)
        if match is None:
            return False
        for name, table in self.definition.tables.items():
            column = table.column_labels.exactly(match["what"])
            if column and match["who"].strip().lower() in table.row_labels:
                if column != "-" and self.ignored is None:
                    self.numbered.setdefault((name, match["number"]), {})[column] = tuple(lines)
                return True
        return False

    def _list_of(self, label: str) -> str:
        """The table whose people a cell with this label lists."""
        bare = without_parentheses(label)
        tables = self.definition.tables.items()
        return next((name for name, table in tables if means(table.list_labels, bare) >= 1000), "")

    def _listed(self, label: str, answers: list[Cell]) -> bool:
        """`Parents' names` with the people in one cell, a line each."""
        name = self._list_of(label)
        if not name or not answers or any(cell.tables for cell in answers):
            return False
        if self.ignored is None:
            self.rows.setdefault(name, []).extend(row for cell in answers for row in listed(cell.lines))
        return True


def _is_option(cell: Cell) -> bool:
    """A cell that holds a box, or nothing but one word of a choice."""
    boxes = any(run.tick is not None for line in cell.lines for run in line.runs)
    return boxes or (
        bool(cell.text) and len(cell.text) < 15 and bool(yes_or_no(cell.text)[0]) and not yes_or_no(cell.text)[1]
    )


def _starts_with_box(line: Line) -> bool:
    return next((run.tick is not None for run in line.runs if run.shown.strip()), False)


def _has_marks(lines: Sequence[Line]) -> bool:
    """Whether options in the label's own cell are ticked, struck or marked."""
    return any(run.tick or run.struck or run.marked for line in lines for run in line.runs)
