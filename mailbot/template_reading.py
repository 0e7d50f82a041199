"""A Rapid Review Template as a file, to what was read of it: answers, tables, prompts left, remarks to colleagues."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mailbot.cases.given_back import OPTIONAL, PASSAGES, TemplateRead
from mailbot.cases.wording import count, field_name
from mailbot.documents.carried_along import carried_along
from mailbot.documents.tracked import comments_in, had_changes
from mailbot.forms.document import Block, Document, Line, Paragraph, Table
from mailbot.forms.form import Form
from mailbot.forms.seen import filled
from mailbot.forms.unwritten import begins_with_prompt, is_prompt
from mailbot.parts import Parts

KIND = "rapid_review"
BEGINNING = "the beginning"
"""What stands before the first heading."""
_NUMBER = re.compile(r"^\d+[.)]?\s+")
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
        facts=dict(_facts(document)),
        filled=tuple(dict.fromkeys(_filled(document))),
        texts=tuple(_texts(document)),
    )


def is_template(form: Form) -> bool:
    """Whether the file is a Rapid Review Template."""
    return any(one.kind == KIND for one in filled(form))


def _remarks(content: bytes) -> Iterator[str]:
    """What the file holds besides its text. Raises ConverterProblem where it is damaged."""
    if had_changes(content):
        yield "tracked changes"
    if number := comments_in(content):
        yield count(number, "comment")
    yield from carried_along(content)


def _under_headings(document: Document) -> Iterator[tuple[str, str, Block]]:
    """Each block of the text with the section and the heading that it stands under, their numbers left out."""
    section, heading = BEGINNING, BEGINNING
    for block in document.blocks:
        if isinstance(block, Paragraph) and block.level and not block.aside:
            heading = _NUMBER.sub("", block.text)
            section = heading if block.level == 1 else section
        else:
            yield section, heading, block


def _texts(document: Document) -> Iterator[tuple[str, str]]:
    """Every line of the text with its heading; headings and what stands at the edge of the page, too."""
    for _, heading, block in _under_headings(document):
        yield from ((heading, line.text) for line in _lines(block) if line.text.strip())
    yield from ((b.text, b.text) for b in document.blocks if isinstance(b, Paragraph) and b.level)


def _facts(document: Document) -> Iterator[tuple[str, str]]:
    """The answers beside the printed labels of tables with two columns."""
    for block in document.blocks:
        for row in block.rows if isinstance(block, Table) else ():
            if len(row.cells) == 2 and all(row.texts):
                yield row.texts[0], row.texts[1]


def _filled(document: Document) -> Iterator[str]:
    """The sections, headings and labels under which something stands, but for what people write: `Dates: Due`."""
    for section, heading, block in _under_headings(document):
        if isinstance(block, Paragraph) and block.aside:
            continue
        if any(line.text.strip() and not _is_passage(line) for line in _lines(block)):
            yield from (section, f"{section}: {heading}") if heading != section else (section,)
        for row in block.rows if isinstance(block, Table) else ():
            if len(row.cells) == 2 and all(row.texts):
                yield f"{section}: {row.texts[0]}"


def _is_passage(line: Line) -> bool:
    return any(run.field in PASSAGES for run in line.runs)


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
            found.append(heading or BEGINNING)
    return tuple(dict.fromkeys(found))


def _lines(block: Block) -> Iterator[Line]:
    """The lines of a paragraph, or of every cell of a table."""
    if isinstance(block, Paragraph) and not block.level:
        yield block.line
    elif isinstance(block, Table):
        yield from (line for row in block.rows for cell in row.cells if not cell.repeated for line in cell.lines)


def _is_prompt(line: Line) -> bool:
    """Whether a prompt is left in the line: nothing else, where no other check tells of it, or words behind it."""
    if begins_with_prompt(line.text):
        return True
    if any(run.placeholder for run in line.runs):
        return not line.text.strip() and not any(run.field in TOLD_APART for run in line.runs)
    return is_prompt(line.text) and not any(run.field in TOLD_APART for run in line.runs)
