"""Plain text and separated values to a Document: lines, and tables where lines are parted alike."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from mailbot.documents.reading.columns import Piece, Printed, in_columns
from mailbot.documents.reading.page_heads import without_page_heads
from mailbot.forms.document import Block, Document, Line, Paragraph, Row, Table

_MOST_CONTROLS = 0.02
_MOST_DAMAGE = 0.2
"""The part of a text's special letters that may be damaged while the others show that it is UTF-8."""
_WIDE = 7.5
"""Points that a character of a printed page takes."""
_PIECE = re.compile(r"\S+(?: {1,2}\S+)*")
"""Words without a wider gap than stands after a full stop."""
_NARROW = re.compile(r"(?<=[^\s.!]) {2}(?=\S)")
"""A gap that parts two columns only where the line above or below shows that a column begins behind it."""


def decode(content: bytes, charset: str = "") -> str:
    """Text in whatever encoding it came: UTF-16 by its mark, UTF-8, the one named, else Windows-1252."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    for attempt in ("utf-8-sig", charset):
        try:
            return content.decode(attempt)
        except (LookupError, UnicodeError):
            continue
    # One damaged byte does not make a page of UTF-8 a page of Windows-1252, in which every ’ would be three letters.
    repaired = content.decode("utf-8", "replace")
    if repaired.count("\ufffd") <= _MOST_DAMAGE * _beyond_ascii(repaired):
        return repaired
    return content.decode("cp1252", "replace")


def _beyond_ascii(text: str) -> int:
    return sum(ord(one) > 127 for one in text)


def is_text(content: bytes) -> bool:
    """Whether the bytes can be words: hardly any control characters, and no zero bytes outside UTF-16."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    start = content[:20_000]
    controls = sum(byte < 32 and byte not in b"\t\n\v\f\r\x1a\x1b" for byte in start)
    return b"\x00" not in content and controls <= _MOST_CONTROLS * len(start)


def read_text(content: bytes, name: str) -> Document:
    """A paragraph for each line; a table where lines are separated values."""
    return document_of_text(decode(content), name)


def document_of_text(text: str, name: str) -> Document:
    """The same for text that is decoded already."""
    for delimiter in ",;\t":
        table = _separated_values(text, delimiter)
        if table:
            return Document(name=name, format="csv", blocks=(table,))
    lines = without_page_heads(text)
    heads = (Paragraph(line=Line.of(line), place=f"line {number}", aside=True) for number, line in lines.heads)
    return Document(name=name, format="text", blocks=(*heads, *_blocks(lines.body)))


def _separated_values(text: str, delimiter: str) -> Table | None:
    """The whole text as one table, where nearly every row has the same three columns or more."""
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(row)]
    except csv.Error:
        return None
    widths = Counter(map(len, rows))
    width, alike = max(widths.items(), key=lambda one: one[1], default=(0, 0))
    # A title or a total may stand alone above or below; sentences with commas never agree so well.
    if width < 3 or len(rows) < 2 or len(rows) - alike > min(3, len(rows) // 3):
        return None
    made = (Row(cells=tuple(row), place=f"row {number}") for number, row in enumerate(rows, 1))
    return Table(rows=tuple(made), place="table 1")


def _blocks(lines: list[tuple[int, str]]) -> Iterator[Block]:
    """Lines one after another with the same number of tabs are a table that was pasted; others are paragraphs."""
    tables = 0
    for tabs, group in groupby(lines, key=lambda one: one[1].strip(" ").count("\t")):
        together = list(group)
        indented = all(line.startswith("\t") for _, line in together)
        if tabs and len(together) > 1 and not indented:
            tables += 1
            yield Table(rows=tuple(_row(number, line) for number, line in together), place=f"table {tables}")
        else:
            yield from _spaced(together)


def _spaced(lines: list[tuple[int, str]]) -> Iterator[Block]:
    """Lines whose words were set in columns by spaces are a table too."""
    begin = [{found.start() for found in _PIECE.finditer(line)} - {0} for _, line in lines]
    around = [above | below for above, below in zip([set(), *begin], [*begin[1:], set()], strict=False)]
    printed = [_printed(index, line, around[index]) for index, (_, line) in enumerate(lines)]
    for one in in_columns(printed, f"from line {lines[0][0]}"):
        if isinstance(one, int):
            number, line = lines[one]
            yield Paragraph(line=Line.of(line), place=f"line {number}")
        else:
            yield one[1]


def _printed(index: int, line: str, columns: set[int]) -> Printed:
    """The line as a printer would set it: each character one wide, each line one high."""
    pieces = (Piece(_WIDE * start, Line.of(line[start:end]), _WIDE * end) for start, end in _pieces(line, columns))
    return Printed(tuple(pieces), top=float(index), bottom=index + 1.0)


def _pieces(line: str, columns: set[int]) -> Iterator[tuple[int, int]]:
    """Where the words between wide gaps begin and end; a narrow gap counts before a column of the lines around."""
    for found in _PIECE.finditer(line):
        start = found.start()
        for gap in _NARROW.finditer(line, start, found.end()):
            if gap.end() in columns:
                yield start, gap.start()
                start = gap.end()
        yield start, found.end()


def _row(number: int, line: str) -> Row:
    return Row(cells=tuple(line.strip(" ").split("\t")), place=f"line {number}")
