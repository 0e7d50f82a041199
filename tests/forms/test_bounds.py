"""Large files cost in proportion to their size: no table, cell or line makes the work grow faster than itself."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest

from mailbot.forms.document import Block, Cell, Control, Document, Line, Paragraph, Row, Run, Table
from mailbot.forms.extract import extract
from tests.forms.definitions import DEFINITIONS

TITLE = Paragraph(line=Line.of("Rapid Review Referral Form"))


def words(text: str) -> Paragraph:
    return Paragraph(line=Line.of(text))


def rows(*texts: tuple[str, ...]) -> Table:
    return Table(rows=tuple(Row(cells=one, place="row") for one in texts))


def work(document: Document) -> int:
    """How many calls it takes to read the form: what a clock would tell, without the clock."""
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        extract(document, DEFINITIONS)
    finally:
        sys.setprofile(None)
    return calls


SHAPES: dict[str, Callable[[int], Block]] = {
    "rows of nothing known": lambda n: rows(
        *((f"{i}.{n}", f"Person {i} of {n}", f"note {i} of {n}", "Mill Lane") for i in range(n))
    ),
    "rows of one question": lambda n: rows(*(("Name of child", f"Ann {i} of {n}") for i in range(n))),
    "the same header again and again": lambda n: rows(*(("Date", "Event", "Outcome") for _ in range(n))),
    "events": lambda n: rows(("Date", "Event"), *((f"0{1 + i % 9}/03/2021", f"Visit {i} of {n}") for i in range(n))),
    "events without a date": lambda n: rows(("Date", "Event"), *(("", f"Call {i} of {n}") for i in range(n))),
    "people": lambda n: rows(
        ("Name", "Relationship", "DOB"), *((f"Ann {i} of {n}", "Sister", "01/02/2010") for i in range(n))
    ),
    "a long answer": lambda n: rows(("Outline of the incident", f"line {n} of it\n" * n)),
    "colons in one line": lambda n: words("Name: Ann Date: 3 " * n),
    "tabs in one line": lambda n: words("Ann\tBob " * n),
    "runs of one line": lambda n: Paragraph(
        line=Line(runs=tuple(Run(text="so ", bold=bool(i % 2)) for i in range(n)))
    ),
    "one long word": lambda n: words("Email: " + "a" * 50 * n),
    "white space": lambda n: words("Media interest: yes" + " " * 50 * n + "x"),
    "dashes": lambda n: words("a-" * 20 * n),
    "figures": lambda n: words("Date of birth: " + "1 " * 20 * n),
}


def assert_in_proportion(blocks: Callable[[int], tuple[Block, ...]]) -> None:
    """Work that grows with the square of the size would be four times as much.

    No two sizes or shapes share a text, or the second would find the labels of the first remembered.
    """
    small, once, twice = (work(Document(blocks=(TITLE, *blocks(size)))) for size in (5, 200, 400))

    assert twice < 3.2 * once + small


@pytest.mark.parametrize("shape", SHAPES)
def test_twice_the_size_is_about_twice_the_work(shape: str) -> None:
    assert_in_proportion(lambda size: (SHAPES[shape](size),))


@pytest.mark.parametrize("loud", [False, True])
def test_many_paragraphs_cost_in_proportion(loud: bool) -> None:
    def paragraphs(size: int) -> tuple[Block, ...]:
        texts = (f"Paragraph {number} of {size} about the family" for number in range(size))
        return tuple(Paragraph(line=Line(runs=(Run(text=text, bold=loud),))) for text in texts)

    assert_in_proportion(paragraphs)


def test_many_form_fields_cost_in_proportion() -> None:
    assert_in_proportion(
        lambda n: tuple(Control(name=f"Text{n}x{i}", tip=f"Label {i} of {n}", value="x", place="f") for i in range(n))
    )


def test_tables_deep_in_one_another_are_read_to_the_innermost() -> None:
    table = rows(("Name of child", "Idris Marwood"))
    for _ in range(200):
        deeper = Cell(lines=(Line.of("see below"),), tables=(table,))
        table = Table(rows=(Row(cells=("Background", deeper), place="row"),))
    form = extract(Document(blocks=(TITLE, rows(("Referrer", "Jo Field"), ("Gender", "F")), table)), DEFINITIONS)

    assert form.get("child_name") == "Idris Marwood"


def test_a_file_of_a_megabyte_in_one_cell_is_read() -> None:
    story = "The child was seen at home and a plan was made. " * 21_000
    form = extract(Document(blocks=(TITLE, rows(("Outline of the incident", story)))), DEFINITIONS)

    assert form.get("incident_summary") == story.strip()
