"""A Rapid Review Template as a file, to what was read of it: answers, tables, prompts left, remarks to colleagues."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mailbot.cases.given_back import OPTIONAL, PASSAGES, TemplateRead
from mailbot.cases.wording import count, field_name
from mailbot.documents.tracked import comments_in, had_changes
from mailbot.forms.document import Block, Document, Line, Paragraph, Table
from mailbot.forms.form import Form
from mailbot.forms.seen import filled
from mailbot.forms.unwritten import is_prompt
from mailbot.parts import Parts

KIND = "rapid_review"
TOLD_APART = (
    *(name for name in PASSAGES if name not in OPTIONAL),
    *("decision", "action", "owner", "due", "met", "reason", "name", "role", "partner", "date"),
)
"""Tags of controls about which the quality gate has a check of its own, whether a prompt stands there or nothing."""


def read_template(content: bytes, name: str, parts: Parts) -> TemplateRead:
    """What a Word file that is, or was, a Rapid Review Template says. One that has nothing of ours left is `lost`."""
    form, document = parts.sandbox.form(content, name), parts.sandbox.read(content, name)
    ours = form if form.kind == KIND else Form(kind="other")
    answers = {name: answer.text for name, answer in ours.fields.items() if answer.text}
    rows = tuple(row for part in form.parts for row in part.tables.get("chronology", ()) if row.get("agency"))
    tables = {name: tuple(rows) for name, rows in ours.tables.items()} | ({"key_events": rows} if rows else {})
    return TemplateRead(
        answers=answers,
        tables=tables,
        lost=tuple(name for name in PASSAGES if name not in ours.fields and name not in ours.blank),
        prompts=_prompts(document, [name for name in PASSAGES if not answers.get(name)]),
        remarks=tuple(_remarks(content)),
    )


def is_template(form: Form) -> bool:
    """Whether the file is a Rapid Review Template."""
    return any(one.kind == KIND for one in filled(form))


def _remarks(content: bytes) -> Iterator[str]:
    """What Word keeps for colleagues. Raises ConverterProblem where the file is damaged."""
    if had_changes(content):
        yield "tracked changes"
    if number := comments_in(content):
        yield count(number, "comment")


def _prompts(document: Document, empty: Sequence[str]) -> tuple[str, ...]:
    """The headings under which a prompt of ours is left, but for those that a check of their own is about."""
    heading, found, known = "", [], [field_name(name).casefold() for name in empty if name not in OPTIONAL]
    for block in document.blocks:
        if isinstance(block, Paragraph):
            if block.aside:
                continue
            if block.level:
                heading = block.text
        if any(map(_is_prompt, _lines(block))) and not any(name in heading.casefold() for name in known):
            found.append(heading or "the beginning")
    return tuple(dict.fromkeys(found))


def _lines(block: Block) -> Iterator[Line]:
    """The lines of a paragraph, or of every cell of a table."""
    if isinstance(block, Paragraph) and not block.level:
        yield block.line
    elif isinstance(block, Table):
        yield from (line for row in block.rows for cell in row.cells if not cell.repeated for line in cell.lines)


def _is_prompt(line: Line) -> bool:
    """Whether the line is nothing but a prompt, and not one whose absence another check tells."""
    if any(run.placeholder for run in line.runs):
        return not line.text.strip() and not any(run.field in TOLD_APART for run in line.runs)
    return is_prompt(line.text) and not any(run.field in TOLD_APART for run in line.runs)
