"""Tables that are no questions in turn: lying on their side, with named rows, with answers in columns, of ticks."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from mailbot.forms.document import Cell, Line, Row, Run, Table
from mailbot.forms.roles import Roles, is_words, one_option
from mailbot.forms.rows import placed
from mailbot.forms.standing import OF_PERSON, Standing

_MARK = re.compile(r"[xX\u2713\u2714]|yes|y", re.I)

_MOST_PEOPLE = 20
"""Rows at the top of a table in which people are looked for by name."""


def sideways(table: Table, at: Standing) -> int:
    """How many rows were a table that lies on its side: columns Child 1, Child 2, a label before each row."""
    if not table.rows:
        return 0
    top = table.rows[0].cells
    people = {index: at.person_of(cell.text) for index, cell in enumerate(top) if index and cell.text}
    if not people or len(people) < 2 or None in people.values():
        return 0
    before = at.person
    for number, row in enumerate(table.rows[1:], 1):
        if len(row.cells) != len(top):
            at.person = before
            return number
        for index, at.person in people.items():
            name = at.target(row.cells[0].text)
            if name.startswith(OF_PERSON):
                at.record(name, row.cells[0].text, row.cells[index].lines, row.place)
    at.person = before
    return len(table.rows)


def named_rows(table: Table, at: Standing, across: Callable[[list[Cell], str], None]) -> int:
    """How many rows were people by name: Child 1, Child 2 before the rows, below a header; `across` reads the cells
    at their right that stand under none of the header's columns (the referrer's own questions)."""
    top = table.rows[:_MOST_PEOPLE]
    people = [at.person_of(row.cells[0].text) if row.cells else None for row in top]
    named = [one for one in people[1:] if one is not None]
    if len(named) < 2 or people[0] is not None or len({name for name, _ in named}) > 1:
        return 0
    labels = at.definition.tables[named[0][0]].column_labels
    headers = list(placed(table.rows[0]))
    columns = {place: labels.exactly(cell.text) for place, cell in headers}
    if sum(map(bool, columns.values())) < 2:
        return 0
    last = max(place for place, name in columns.items() if name)
    section = next((cell.text for place, cell in headers if place > last and cell.text), "")
    done = next((number for number, one in enumerate(people[1:], 1) if one is None), len(top))
    at.heading(section, 8)
    for row, person in zip(table.rows[1:done], people[1:done], strict=True):
        for place, cell in placed(row):
            if person is not None and (column := columns.get(place, "")) and column != "-":
                at.record(f"{OF_PERSON}{person[0]}:{person[1]}:{column}", cell.text, cell.lines, row.place)
        across([cell for place, cell in placed(row) if place > last], row.place)
    return done


def answer_columns(table: Table, at: Standing, roles: Roles) -> int:
    """How many rows were questions with a column for each answer: Question, Yes, No, N/K, Details."""
    if not table.rows:
        return 0
    options = [one_option(cell.text) for cell in table.rows[0].cells]
    if len([one for one in options[1:] if one]) < 2:
        return 0
    for number, row in enumerate(table.rows[1:], 1):
        if len(row.cells) != len(options):
            return number
        name, label, _ = roles.split(row.cells[0])
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
            at.record(name, label, (Line(runs=tuple(runs)),), row.place)
    return len(table.rows)


def tick_list(cell: Cell, row: Row, rest: Sequence[Row], at: Standing, roles: Roles) -> int:
    """How many rows below are the options of a list, each with room for an x beside it."""
    split = roles.split(cell)
    known = at.definition.fields.get(split.name)
    if known is None or known.type != "list" or split.answered:
        return 0
    lines: list[Line] = []
    for one in rest:
        words = [inner for inner in one.cells if inner.text]
        marked = len(words) == 2 and bool(_MARK.fullmatch(words[1].text))
        if not words or len(words) > 1 + marked or roles.is_label(words[0]) or not is_words(words[0]):
            break
        lines.append(Line(runs=(Run(tick=marked), Run(text=f" {words[0].text}"))))
    if lines:
        at.record(split.name, split.label, lines, row.place)
    return len(lines)
