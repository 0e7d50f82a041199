"""Characters or words with their places on a page to blocks: lines, paragraphs, and the cells of ruled tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from mailbot.documents.reading.columns import Piece, Printed, in_columns
from mailbot.documents.reading.direction import in_reading_order
from mailbot.documents.reading.glyphs import tick_of
from mailbot.forms.document import Block, Cell, Line, Paragraph, Row, Run, Table, runs_of

_MARGIN = 0.055
"""Part of a page's height in which headers and footers stand, above and below."""
_NUMBERED_MARGIN = 0.12
"""The same for a line that numbers the page."""
_PAGE = re.compile(r"\W{0,3}page\s{1,3}\d{1,4}\s{1,3}of\s{1,3}\d{1,4}(?:\W.{0,60})?", re.IGNORECASE | re.DOTALL)
_SMALL = 0.9
"""Of the size of a label, that below which the words behind it are small print."""
_COLUMN_GAP = 14.0
"""Points of white between two words that are two columns and not one sentence."""

Char = dict[str, Any]
"""A character as pdfplumber has it, or a word that was read as one: text, x0, top, x1, bottom, size, fontname;
`scanned` where it was read off a picture, `run` where it is a form field's answer."""
Box = tuple[float, float, float, float]


def page_blocks(
    chars: Sequence[Char],
    tables: Sequence[Any],
    strokes: list[Box],
    page: int,
    tables_before: int,
    height: float | None = None,
) -> Iterator[Block]:
    """Tables (pdfplumber's, as boxes) and the lines between them, from the top of the page down.

    Where the page's `height` is known, lines in its outermost margins and those that number the page are asides: an
    answer does not go on in them, but behind them.
    """
    outside = [one for one in chars if not any(_within(one, table.bbox) for table in tables)]
    placed: list[tuple[float, Block]] = []
    right = max((one["x1"] for one in chars), default=0.0)
    lines = [line for line in _lines(outside) if _says_something(line)]
    if any("run" in one for one in chars):
        lines = [_without_hint(line) for line in lines]
    body: list[list[Char]] = []
    printed: list[Printed] = []
    for line in lines:
        pieces = _printed(line, strokes)
        if height is not None and _numbers_the_page(pieces, height):
            words = Line(runs=tuple(_runs(line, strokes)))
            placed.append((pieces.top, Paragraph(line=words, place=f"page {page}", aside=True)))
        else:
            body.append(line)
            printed.append(pieces)
    plain: list[list[Char]] = []
    for one in [*in_columns(printed, f"page {page}"), None]:
        if isinstance(one, int):
            plain.append(body[one])
            continue
        placed.extend(_as_paragraphs(plain, chars, strokes, right, page, height))
        plain = []
        if one is not None:
            placed.append(one)
    for number, table in enumerate(tables, tables_before + 1):
        placed.append((table.bbox[1], _table(chars, table, f"table {number}", strokes)))
    yield from (block for _, block in sorted(placed, key=lambda one: one[0]))


def _as_paragraphs(
    lines: list[list[Char]],
    chars: Sequence[Char],
    strokes: list[Box],
    right: float,
    page: int,
    height: float | None,
) -> Iterator[tuple[float, Block]]:
    for line in _paragraphs(lines, right):
        words = Line(runs=tuple(_runs(line, strokes)))
        aside = height is not None and (
            line[-1]["bottom"] < _MARGIN * height or line[0]["top"] > (1 - _MARGIN) * height
        )
        level = 0 if aside else _level(line, chars)
        yield line[0]["top"], Paragraph(line=words, level=level, place=f"page {page}", aside=aside)


def _numbers_the_page(line: Printed, height: float) -> bool:
    """Whether it is a head or foot with `Page 2 of 3`, alone or beside other words."""
    outside = line.bottom < _NUMBERED_MARGIN * height or line.top > (1 - _NUMBERED_MARGIN) * height
    return outside and any(_PAGE.fullmatch(piece.line.text.strip()) for piece in line.pieces)


def _printed(line: list[Char], strokes: list[Box]) -> Printed:
    """The line cut at its wide gaps, and around the boxes of a form."""
    pieces: list[list[Char]] = []
    before: Char | None = None
    for one in line:
        apart = before is None or one["x0"] - before["x1"] > _COLUMN_GAP or _is_field(one) or _is_field(before)
        if apart and not (pieces and one["text"] == " " and not _is_field(one)):
            pieces.append([])
        pieces[-1].append(one)
        before = one if one["text"] != " " or _is_field(one) else before
    made = (
        Piece(piece[0]["x0"], Line(runs=tuple(_runs(piece, strokes))), max(one["x1"] for one in piece))
        for piece in pieces
    )
    return Printed(tuple(made), min(one["top"] for one in line), max(one["bottom"] for one in line))


def _without_hint(line: list[Char]) -> list[Char]:
    """A line of a form with fields without the small print behind its label: answers stand in the fields."""
    if any("run" in one for one in line):
        return line
    words = [one for one in line if one["text"].strip()]
    hint = next((index for index, one in enumerate(words) if one["size"] < _SMALL * words[0]["size"]), len(words))
    small = all(one["size"] < _SMALL * words[0]["size"] for one in words[hint:])
    return [one for one in line if one["x0"] < words[hint]["x0"]] if hint < len(words) and small else line


def _is_field(char: Char) -> bool:
    """Whether it is a form's box for words; a box to tick stands among its words."""
    return "run" in char and char["run"].tick is None


def _says_something(line: list[Char]) -> bool:
    return any(one["text"].strip() or "run" in one for one in line)


def box_of(shape: dict[str, Any]) -> Box:
    """Where it stands: left, top, right, bottom."""
    return shape["x0"], shape["top"], shape["x1"], shape["bottom"]


def _table(chars: Sequence[Char], table: Any, place: str, strokes: list[Box]) -> Table:
    rows: list[Row] = []
    boxes = [box for row in table.rows for box in row.cells if box is not None]
    read: dict[Box, Cell] = {}
    for number, row in enumerate(table.rows, 1):
        cells: list[Cell] = []
        seen: set[Box] = set()
        for column, box in enumerate(row.cells):
            # No box of its own: the place belongs to a cell merged sideways or downwards.
            owner = box or _owner(row, column, boxes)
            if owner is None:
                cells.append(Cell())
            elif owner in seen:
                cells[-1] = cells[-1].model_copy(update={"span": cells[-1].span + 1})
            elif owner in read:
                cells.append(read[owner].model_copy(update={"repeated": True, "span": 1}))
            else:
                read[owner] = _cell(chars, owner, strokes)
                cells.append(read[owner])
            if owner is not None:
                seen.add(owner)
        rows.append(Row(cells=tuple(cells), place=f"{place}, row {number}"))
    return Table(rows=tuple(rows), place=place)


def _owner(row: Any, column: int, boxes: list[Box]) -> Box | None:
    """The cell that covers this row's place in that column."""
    edges = sorted({round(box[0], 1) for box in boxes})
    if column >= len(edges):
        return None
    across, down = edges[column] + 1, (row.bbox[1] + row.bbox[3]) / 2
    return next((box for box in boxes if box[0] <= across <= box[2] and box[1] <= down <= box[3]), None)


def _cell(chars: Sequence[Char], box: Box, strokes: list[Box]) -> Cell:
    inside = [one for one in chars if _within(one, box)]
    return Cell(lines=tuple(Line(runs=tuple(_runs(line, strokes))) for line in _lines(inside)))


def _lines(chars: Iterable[Char]) -> Iterator[list[Char]]:
    """The characters that stand on one line, left to right."""
    line: list[Char] = []
    for one in sorted(chars, key=lambda char: (round(char["bottom"]), char["x0"])):
        if line and abs(one["bottom"] - line[-1]["bottom"]) > 3:
            yield sorted(line, key=lambda char: float(char["x0"]))
            line = []
        line.append(one)
    if line:
        yield sorted(line, key=lambda char: float(char["x0"]))


def _paragraphs(lines: list[list[Char]], right: float) -> Iterator[list[Char]]:
    """Lines that were broken only because the page was full, joined again: the next line's first word had no room."""
    open_line: list[Char] = []
    for line in lines:
        if open_line and _wrapped(open_line, line, right):
            space = {**open_line[-1], "text": " ", "x0": open_line[-1]["x1"], "x1": open_line[-1]["x1"]}
            open_line = [*open_line, space, *line]
        else:
            if open_line:
                yield open_line
            open_line = line
    if open_line:
        yield open_line


def _wrapped(before: list[Char], line: list[Char], right: float) -> bool:
    last, first = before[-1], line[0]
    word_end = next((one["x0"] for one in line if one["text"] == " "), line[-1]["x1"])
    if "run" in last or "run" in first:
        return False
    no_room = last["x1"] + (word_end - first["x0"]) + 4 > right
    close = first["top"] - last["bottom"] < first["size"] * 0.8
    return bool(no_room and close and _bold(last) == _bold(first) and abs(last["size"] - first["size"]) < 0.6)


def _runs(line: list[Char], strokes: list[Box]) -> Iterator[Run]:
    """One line as runs of one style; a gap as wide as a column is a tab."""
    marked: list[tuple[str, bool, bool]] = []
    before: Char | None = None
    for one in line:
        if before is not None and one["x0"] - before["x1"] > _COLUMN_GAP:
            marked.append(("\t", False, False))
        elif before is not None and _apart(before, one):
            marked.append((" ", _bold(one), False))
        if "run" in one:
            yield from _styled(marked, line)
            yield one["run"]
            marked.clear()
        else:
            marked.append((_character(one), _bold(one), _struck(one, strokes)))
        before = one
    yield from _styled(marked, line)


def _styled(marked: list[tuple[str, bool, bool]], line: list[Char]) -> Iterator[Run]:
    scanned = any(one.get("scanned") for one in line)
    for (bold, struck), group in groupby(marked, key=lambda one: one[1:]):
        text = "".join(text for text, *_ in group)
        for run in runs_of(text if scanned else in_reading_order(text), bold=bold, struck=struck):
            yield run.model_copy(update={"scanned": True}) if scanned else run


def _apart(before: Char, char: Char) -> bool:
    """Whether a space stands between them: words that were read as words always are apart."""
    if char.get("word"):
        return True
    return bool(char["x0"] - before["x1"] > char["size"] * 0.2 and before["text"] != " ")


def _character(char: Char) -> str:
    ticked = tick_of(char["fontname"], ord(char["text"][0])) if len(char["text"]) == 1 else None
    return str(char["text"]) if ticked is None else ("☒" if ticked else "☐")


def _level(line: list[Char], chars: Sequence[Char]) -> int:
    """A line set clearly larger than the page's usual size is a heading."""
    if any("run" in one for one in line):
        return 0
    sizes = sorted(float(one["size"]) for one in chars)
    usual = sizes[len(sizes) // 2]
    size = min(float(one["size"]) for one in line if one["text"].strip())
    return 1 if size > usual * 1.4 else 2 if size > usual * 1.12 else 0


def _bold(char: Char) -> bool:
    return "bold" in str(char["fontname"]).lower() or "black" in str(char["fontname"]).lower()


def _struck(char: Char, strokes: list[Box]) -> bool:
    height = char["bottom"] - char["top"]
    # Between the middle of the small letters and the line they stand on; lower is underlined.
    upper, lower = char["top"] + 0.3 * height, char["top"] + 0.78 * height
    centre = (char["x0"] + char["x1"]) / 2
    return any(x0 <= centre <= x1 and upper <= (top + bottom) / 2 <= lower for x0, top, x1, bottom in strokes)


def _within(char: Char, box: Box) -> bool:
    across, down = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return bool(box[0] <= across <= box[2] and box[1] <= down <= box[3])
