"""Words that stand in columns without rules between them, as the rows of a table: labels left, answers right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mailbot.forms.document import Cell, Line, Row, Table

_SAME_COLUMN = 7.0
"""Points by which two lines' words may begin apart and still stand in one column."""
_CLOSE = 0.75
"""Heights of a line that may lie between two lines of one cell."""
_ENDS = (":", "?")
"""What a label ends with that is whole."""
_GAP = 2
"""Letters that are left white, at least, between a label and its answer."""


class Piece(NamedTuple):
    """Words without a wide gap, from `x0` to `x1`."""

    x0: float
    line: Line
    x1: float


class Printed(NamedTuple):
    """One line as printed: its pieces from left to right, where it stands, and how high it is."""

    pieces: tuple[Piece, ...]
    top: float
    bottom: float


def in_columns(lines: Sequence[Printed], place: str) -> Iterator[int | tuple[float, Table]]:
    """The lines in their order: those in columns as tables with their top, of the others their number."""
    open_group: _Group | None = None
    for number, line in enumerate(lines):
        if open_group is not None and open_group.takes(line):
            continue
        if open_group is not None:
            yield open_group.top, open_group.table(place)
            open_group = None
        if len(line.pieces) > 1:
            open_group = _Group(line)
        else:
            yield number
    if open_group is not None:
        yield open_group.top, open_group.table(place)


class _Group:
    """Lines one below another whose pieces begin in the same columns."""

    def __init__(self, line: Printed) -> None:
        self._starts = [piece.x0 for piece in line.pieces]
        self.top = line.top
        self._last = line
        self._rows: list[dict[int, list[Line]]] = []
        self._add(line, list(range(len(line.pieces))))

    def takes(self, line: Printed) -> bool:
        """Whether the line is another row, or goes on with the cells of the row above."""
        columns = [self._column(piece) for piece in line.pieces]
        placed = [column for column in columns if column is not None]
        if not placed or len(placed) < len(columns):
            return False
        goes_on = self._goes_on(line, placed)
        if len(placed) < 2 and not goes_on:
            return False
        if goes_on:
            for column, piece in zip(placed, line.pieces, strict=True):
                self._rows[-1].setdefault(column, []).append(piece.line)
        else:
            self._add(line, placed)
        self._last = line
        return True

    def table(self, place: str) -> Table:
        """The rows, with an empty cell wherever a column has no words."""
        rows = [
            Row(
                cells=tuple(Cell(lines=tuple(row.get(column, ()))) for column in range(len(self._starts))),
                place=place,
            )
            for row in self._rows
        ]
        return Table(rows=tuple(rows), place=place)

    def _add(self, line: Printed, columns: list[int]) -> None:
        self._rows.append({column: [piece.line] for column, piece in zip(columns, line.pieces, strict=True)})

    def _column(self, piece: Piece) -> int | None:
        near = [number for number, x0 in enumerate(self._starts) if abs(x0 - piece.x0) <= _SAME_COLUMN]
        return near[0] if near else None

    def _goes_on(self, line: Printed, columns: list[int]) -> bool:
        """A line close below an answer that begins where the answer does is the rest of it; so is that of a label."""
        close = line.top - self._last.bottom < _CLOSE * (line.bottom - line.top)
        return close and (columns[0] > 0 or self._rest_of_label(line))

    def _rest_of_label(self, line: Printed) -> bool:
        """Whether the first words of a line go on with the label above.

        A bracket is still open there, both are bold and the answer beside is not, or they are the rest of a sentence
        that had no room.
        """
        above = self._rows[-1].get(0, [])
        words = " ".join(one.text for one in above)
        if words.count("(") > words.count(")"):
            return True
        answers = [one for column, lines in self._rows[-1].items() if column for one in lines]
        loud = bool(above) and all(one.bold for one in (*above, line.pieces[0].line))
        if loud and len(line.pieces) == 1 and not any(one.bold for one in answers):
            return True
        return self._had_no_room(line)

    def _had_no_room(self, line: Printed) -> bool:
        """Small letters below a label without an end, beside whose last line the first of their words had no room."""
        label, rest = self._last.pieces[0], line.pieces[0]
        words = rest.line.text.strip()
        if label.x0 != self._starts[0] or not words[:1].islower() or label.line.text.rstrip().endswith(_ENDS):
            return False
        # A label in small letters may be a row of its own: beside an answer only an end shows that it is not.
        if len(line.pieces) > 1 and not words.endswith(_ENDS):
            return False
        letter = (rest.x1 - rest.x0) / len(words)
        first = letter * (len(words.split()[0]) + 1)
        return rest.x1 < self._starts[1] < label.x1 + first + _GAP * letter
