"""Tables of people and events: which table of the definition a header row opens, and its rows as cells by column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from mailbot.cases.values import Value
from mailbot.forms.answers import read_cell
from mailbot.forms.dates import read_date
from mailbot.forms.definitions import Definition, TableDefinition
from mailbot.forms.document import Cell, Line, Row
from mailbot.forms.form import Row as FormRow
from mailbot.forms.labels import means
from mailbot.forms.spelling import spelled
from mailbot.forms.values import find_phone, name_of, tidy, yes_or_no

_FIGURE = re.compile(r"\d")
_DATE = re.compile(r"\d[\d./-]{3,}")
_UNKNOWN_BIRTH = re.compile(r"[,;]\s*(?:dob:?\s*)?(?:n/?k|not known|unknown)\W*$", re.I)
_ITEM = re.compile(
    r"^\s*(?P<name>[^(,;:\u2013]+?)\s*[(,;:\u2013-]\s*(?P<rest>.+?)\)?\s*$",
)
_BOX_OF = "known:"
"""Before the answer for which a column of boxes stands."""
_SENTENCE = 18
"""Characters of a text, on average, that tells what happened."""
_BORN = re.compile(r"(?:dob|d\.o\.b\.?|born|date of birth)?[\s:]*(\d{1,2}[./ ]\d{1,2}[./ ]\d{2,4})", re.I)


class Header(Value):
    """A header row: the table it opens and the column of each place in the grid ("-" is known and not read)."""

    table: str
    columns: dict[int, str]
    width: int
    dated: int = -1
    """The column of the dates where this is a table of dated events, else below 0."""

    @cached_property
    def read(self) -> tuple[tuple[int, str], ...]:
        """The columns that are read, with their places in the grid."""
        return tuple((column, name) for column, name in self.columns.items() if name != "-")


def placed(row: Row) -> Iterator[tuple[int, Cell]]:
    """The row's cells with the grid column where each begins."""
    column = 0
    for cell in row.cells:
        yield column, cell
        column += cell.span


def header_of(
    row: Row, definition: Definition, headings: tuple[str, ...], below: Sequence[Row] = ()
) -> Header | None:
    """The table that this row is the header of, if any; `headings` are what was printed above it, nearest last.

    `below` are the next rows: where they are dated, the column of long texts tells what happened, whatever its name.
    """
    texts = row.texts
    if sum(map(bool, texts)) < 2 or any(_DATE.search(text) for text in texts):
        return None
    written = [(column, cell) for column, cell in placed(row) if cell.text and not cell.repeated]
    if len(written) < 2 or len(row.cells) - len(written) > len(row.cells) / 3:
        return None
    best: tuple[int, Header] | None = None
    for name, table in definition.tables.items():
        columns = _columns(written, table)
        enough = 0.55 if table.holds_events and _takes_event_by_its_look(columns, written, below) else 0.6
        named = set(columns.values()) - {"-"}
        if len(columns) < max(2, enough * len(written)) or not named & _keys(table) or len(named) < 2:
            continue
        score = 10 * len(named) + len(columns) + _fit(table, headings, written)
        if best is None or score > best[0]:
            best = score, Header(table=name, columns=columns, width=len(row.given), dated=_dated(columns))
    return best[1] if best else None


def _dated(columns: dict[int, str]) -> int:
    if "event" not in columns.values():
        return -1
    return next((column for column, name in columns.items() if name == "date"), -1)


def event_of(row: Row, header: Header) -> FormRow:
    """The cells' texts by column of a row that is an event beyond doubt; empty for any other row.

    Such a row is as wide as its header and has a figure in its date. A chronology has thousands of them.
    """
    if header.dated < 0 or len(row.given) != header.width:
        return {}
    texts = row.texts
    # Texts that were given as they are shown take a column each.
    if not _FIGURE.search(texts[header.dated]) or (texts is not row.given and row.has_wide_cells):
        return {}
    return {name: text for column, name in header.read if (text := texts[column])}


def _columns(written: list[tuple[int, Cell]], table: TableDefinition) -> dict[int, str]:
    """The columns that the cells are headers of; near misses count only beside a header that is exact."""
    labels = table.column_labels
    exact = {column: labels.exactly(cell.text) for column, cell in written}
    if not any(exact.values()):
        return {}
    targets = {column: exact[column] or labels.nearly(cell.text) for column, cell in written}
    if list(targets.values()).count("name") > 1:
        # Beside a column of names, one that is called Child numbers them.
        targets |= {column: "-" for column, cell in written if spelled(cell.text) in table.row_labels}
    columns: dict[int, str] = {}
    for column, target in targets.items():
        if target == "-" or (target and target not in columns.values()):
            columns[column] = target
    columns |= {column: f"{_BOX_OF}{word}" for column, word in _yes_and_no(written, table).items()}
    first, cell = written[0]
    if first not in columns and (target := _first_column(cell.text, table, set(columns.values()))):
        columns[first] = target
    return columns


def _yes_and_no(written: list[tuple[int, Cell]], table: TableDefinition) -> dict[int, str]:
    """The columns headed Yes, No and Not known, one of which is ticked for each person."""
    words = {column: yes_or_no(cell.text)[0] for column, cell in written if not yes_or_no(cell.text)[1]}
    found = {column: word for column, word in words.items() if word}
    return found if "known" in table.columns and {"yes", "no"} <= set(found.values()) else {}


def _takes_event_by_its_look(columns: dict[int, str], written: list[tuple[int, Cell]], below: Sequence[Row]) -> bool:
    """Whether the rows below are dated; if no header says what happened, the longest of the unknown columns does."""
    day = next((column for column, name in columns.items() if name == "date"), None)
    if day is None:
        return False
    rows = [dict(placed(row)) for row in below if any(row.texts)]
    dated = [row for row in rows if day in row and read_date(row[day].text) is not None]
    if not dated or 2 * len(dated) < len(rows):
        return False
    if "event" not in columns.values():
        lengths = {column: sum(len(row[column].text) for row in dated if column in row) for column, _ in written}
        unknown = {column: length for column, length in lengths.items() if column not in columns}
        longest = max(unknown, key=lambda column: unknown[column], default=None)
        if longest is None or unknown[longest] < _SENTENCE * len(dated):
            return False
        columns[longest] = "event"
    return True


def _first_column(text: str, table: TableDefinition, others: set[str]) -> str:
    """What stands in a first column whose header is the table's own name (`Other children in household`), or the
    relationships in it (`Mother / father / carer`)."""
    if table.holds_events:
        return ""
    words = {word for word in spelled(text.replace("/", " ")).split() if word != "or"}
    if "relationship" not in others and words and words <= set(table.relationships):
        return "relationship"
    named = means(table.headings, text) or "name" in words
    return "name" if named and "relationship" in others and not others & {"name", "forename", "surname"} else ""


def _keys(table: TableDefinition) -> set[str]:
    """The columns without which a header is not this table's; of a table of no people, its first one.

    Events have a date: agencies with their contact details are none.
    """
    if table.holds_events:
        return {"date"}
    people = {"name", "surname", "forename", "agency", "relationship"}
    return people if people & set(table.columns) else set(list(table.columns)[:1])


def _fit(table: TableDefinition, headings: tuple[str, ...], written: list[tuple[int, Cell]]) -> int:
    """How well what is printed above fits the table; the nearest heading counts double."""
    fits = [means(table.headings, one) + _words_shared(table, one) for one in headings]
    above = max([*fits[:-1], *(2 * fit for fit in fits[-1:])], default=0)
    own_header = 500 if means(table.headings, written[0][1].text) else 0
    return above + own_header


def _words_shared(table: TableDefinition, heading: str) -> int:
    """`Siblings and other members of the household` holds the one-word headings `Siblings` and `Household`."""
    single = {spelled(one) for one in table.headings if " " not in spelled(one)}
    return 5 * len(single & set(spelled(heading).split()))


def cells_by_column(row: Row, header: Header) -> dict[str, tuple[Line, ...]]:
    """A data row's lines by column name; a column that occurs twice keeps what is written."""
    found: dict[str, tuple[Line, ...]] = {}
    for column, cell in placed(row):
        name = header.columns.get(column, "")
        if name and name != "-" and not found.get(name):
            found[name] = cell.lines
    return found


def person(cells: Mapping[str, tuple[Line, ...]], table: TableDefinition) -> FormRow:
    """A row of people: only the cells that were filled, each read as its column's type."""
    row: FormRow = {}
    ticked = [
        column.removeprefix(_BOX_OF) for column, lines in cells.items() if column.startswith(_BOX_OF) and _on(lines)
    ]
    if len(ticked) == 1:
        row["known"] = ticked[0]
    for column, lines in cells.items():
        if column.startswith(_BOX_OF):
            continue
        read = read_cell(lines, table.types.get(column, "text"))
        if read.value or read.raw:
            row[column] = str(read.value) if isinstance(read.value, str) and read.value else read.raw
            if read.fuzzy:
                row[f"{column}_raw"] = read.raw
    whole = name_of(row.pop("forename", ""), row.pop("surname", ""))
    if whole and "name" not in row:
        row = {"name": whole, **row}
    return row


def _on(lines: Sequence[Line]) -> bool:
    """Whether the box of a column is ticked, or a cross stands in it."""
    return any(run.tick or run.shown.strip().lower() in {"x", "yes", "y"} for line in lines for run in line.runs)


def is_filled(row: FormRow) -> bool:
    """Whether somebody filled the row: a printed relationship or number alone is a row nobody filled."""
    return bool({column for column in row if column not in {"relationship", "gender", "known"}} or row.get("known"))


def listed(lines: tuple[Line, ...]) -> Iterator[FormRow]:
    """People written in one cell, a line each: `Kirsty Falconbridge (mother), DOB 20/02/1998`."""
    for line in lines:
        text = tidy(line.text).lstrip("-\u2022\u2013 ")
        if not text or unnamed(text):
            continue
        born = _BORN.search(text)
        birth = read_cell((Line.of(born[1]),), "birth_date").value if born else ""
        words = text.replace(born[0], "") if born else text
        if not born and (unborn := _UNKNOWN_BIRTH.search(words)):
            birth, words = "unknown", words[: unborn.start()]
        phone = find_phone(words)
        words = words.replace(phone, "") if phone else words
        split = _ITEM.match(words)
        row = {"name": tidy(split["name"]) if split else tidy(words.strip(" ,;()"))}
        relation = tidy(split["rest"].strip(" ,;()")) if split else ""
        if relation:
            row["relationship"] = relation[:1].upper() + relation[1:]
        if isinstance(birth, str) and birth:
            row["date_of_birth"] = birth
        yield row


def unnamed(text: str) -> bool:
    """Whether the line says that there is nobody."""
    return bool(re.match(r"^(none|n/?a|n/?k|not known|not applicable|no siblings|nil)\b", text, re.I))
