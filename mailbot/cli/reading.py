"""The command that reads files, and how a form is shown to people: read."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer
from rich.console import RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mailbot import faces
from mailbot.cases.wording import count, field_name
from mailbot.cli.app import AsJson, Home, PasswordStdin, app, err, out, passwords_from_stdin, print_json
from mailbot.forms.form import Answer, Form, Problem, Row
from mailbot.reader import read_files

INDENT = 4
ROOM_FOR_A_COLUMN = 16
"""Columns of the screen that a table's column needs; where they are not there, each row is told in lines."""


@app.command()
def read(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...")],
    password_stdin: PasswordStdin = False,
    as_json: AsJson = False,
) -> None:
    """What is read from files, and where it was found. Nothing is recorded."""
    passwords = passwords_from_stdin() if password_stdin else ()
    forms = []
    for form in read_files(files, Home.folder, passwords):
        forms.append(form)
        if not as_json:
            _show(form, 0)
    if as_json:
        shown = [faces.form_face(form) for form in forms]
        print_json(shown[0] if len(shown) == 1 else shown)
    missing = [problem.message for form in forms for problem in form.problems if problem.problem == "missing"]
    for message in missing:
        err.print(message, markup=False)
    if missing:
        raise typer.Exit(1)


def _show(form: Form, depth: int) -> None:
    """One file, and what is inside it further in."""
    if form.has_problem("missing"):
        return
    title = Text(form.name or "without a name", style="bold")
    title.append(f"  {form.kind.replace('_', ' ')}", style="not bold")
    _print(title, depth)
    if form.because:
        _print(Text(f"because {'; '.join(form.because)}", style="dim"), depth)
    if form.fields:
        _print(_answers(form.fields), depth)
    unsure = sum(not answer.sure for answer in form.fields.values())
    if unsure:
        what = "This answer is" if unsure == 1 else f"{count(unsure, 'answer')} are"
        _print(Text(f"{what} not sure (NO): compare with the original before anything rests on it."), depth)
    for name, rows in form.tables.items():
        _print(Text(f"{_words(name)} ({count(len(rows), 'row')})", style="bold"), depth)
        _print(_rows(rows, out.width - INDENT * depth), depth)
    if form.blank:
        _print(Text(f"Asked and left blank: {', '.join(map(_words, form.blank))}."), depth)
    for problem in form.problems:
        _show_problem(problem, form, depth)
    for part in form.parts:
        out.print()
        _show(part, depth + 1)
    if not depth:
        out.print()


def _answers(fields: dict[str, Answer]) -> Table:
    table = _table()
    table.add_column("Field", overflow="fold", min_width=14, max_width=24)
    for title, least in (("Answer", 24), ("Where", 12), ("Sure?", 5)):
        table.add_column(title, overflow="fold", min_width=least)
    for name, answer in fields.items():
        if name.endswith("_raw") and name.removesuffix("_raw") in fields:
            continue  # stands beside its answer
        sure = Text("yes") if answer.sure else Text("NO", style="bold")
        table.add_row(_words(name), _value(answer), escape(answer.place), sure)
    return table


def _value(answer: Answer) -> Text:
    """The value, and as it was written where that is not the same."""
    value = Text(answer.text)
    if answer.raw and answer.raw.split() != answer.text.split() and len(answer.raw) <= len(answer.text) + 40:
        value.append(f"  “{' '.join(answer.raw.split())}”", style="dim")
    return value


def _rows(rows: tuple[Row, ...], width: int) -> Table:
    rows = tuple(_with_raw(row) for row in rows)
    columns = list(dict.fromkeys(column for row in rows for column in row))
    if len(columns) * ROOM_FOR_A_COLUMN <= width:
        table = _table()
        for column in columns:
            table.add_column(_words(column), overflow="fold")
        for row in rows:
            table.add_row(*(escape(row.get(column, "")) for column in columns))
        return table
    told = Table.grid(padding=(0, 2, 0, 0))
    told.add_column(justify="right", no_wrap=True)
    told.add_column(overflow="fold")
    for number, row in enumerate(rows, 1):
        line = Text()
        for column, cell in row.items():
            line.append(f"{'; ' if line else ''}{_words(column)}: ", style="dim").append(cell)
        told.add_row(str(number), line)
    return told


def _with_raw(row: Row) -> Row:
    """The row with each cell as it was written beside what was understood, where the two differ."""
    raw = {column.removesuffix("_raw"): cell for column, cell in row.items() if column.endswith("_raw")}
    cells = {column: cell for column, cell in row.items() if not column.endswith("_raw")}
    return {column: f"{cell}  “{raw[column]}”" if column in raw else cell for column, cell in cells.items()}


def _show_problem(problem: Problem, form: Form, depth: int) -> None:
    _print(Text(f"Problem: {problem.message}"), depth)
    if problem.problem == "unknown_label" and problem.label:
        _command(f"mailbot teach {form.kind} {shlex.quote(problem.label)} FIELD", depth)
    if problem.problem == "encrypted":
        _command("mailbot read --password-stdin FILE", depth)


def _command(command: str, depth: int) -> None:
    """A command on a line of its own, broken by nothing but the screen, to be copied."""
    out.print(Text(" " * (INDENT * (depth + 1)) + command), soft_wrap=True)


def _print(what: RenderableType, depth: int) -> None:
    out.print(Padding(what, (0, 0, 0, INDENT * depth)))


def _words(name: str) -> str:
    return field_name(name).removeprefix("the ")


def _table() -> Table:
    return Table(show_edge=False, pad_edge=False, header_style="bold", box=None, padding=(0, 2, 0, 0))
