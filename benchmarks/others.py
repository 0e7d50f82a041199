"""Word forms through python-docx, docx2python and markitdown: what each gives, in our Document shape, as it is.

Each library is given its best: runs with their look where it tells of them, merged cells once, nested tables, page
headers. What it leaves out stays out; the extractor that follows is the same for all.
"""

from __future__ import annotations

import io
import re
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any

import docx
from docx.table import Table as WordTable
from docx.table import _Cell as WordCell
from docx.text.paragraph import Paragraph as WordParagraph
from docx.text.run import Run as WordRun
from docx2python import docx2python
from markitdown import MarkItDown

from benchmarks.results import Other
from benchmarks.scoring import Score, score_form
from benchmarks.truth import Sample, Vocabulary
from mailbot.documents.reading import read_document
from mailbot.forms.definitions import Definitions
from mailbot.forms.document import Block, Cell, Document, Line, Paragraph, Row, Run, Table, runs_of
from mailbot.forms.extract import extract
from mailbot.forms.form import Form

Reader = Callable[[bytes], Document]


def compare_others(chosen: Iterable[Sample], definitions: Definitions) -> list[Other]:
    """All libraries, and mailbot's own walk, over the Word forms that can be opened. Only the opening is timed."""
    forms = [one for one in chosen if one.path.suffix == ".docx" and not one.truth.cannot_be_opened]
    readers = {"mailbot": lambda content: read_document(content, "form.docx"), **READERS}
    return [_through(name, reader, forms, definitions) for name, reader in readers.items()] if forms else []


def by_python_docx(content: bytes) -> Document:
    """Body, headers and footers in the order that `iter_inner_content` gives."""
    document = docx.Document(io.BytesIO(content))
    blocks: list[Block] = []
    for section in document.sections:
        blocks += _aside(_word_blocks(section.header))
    blocks += _word_blocks(document)
    for section in document.sections:
        blocks += _aside(_word_blocks(section.footer))
    return Document(format="docx", blocks=tuple(blocks))


def by_docx2python(content: bytes) -> Document:
    """Its nested lists (table, row, cell, paragraph); a paragraph's lineage tells whether it stands in a table."""
    with docx2python(io.BytesIO(content), html=True) as opened:
        tables = [*opened.header_pars, *opened.body_pars, *opened.footer_pars]
        return Document(format="docx", blocks=tuple(block for table in tables for block in _nested_blocks(table)))


def by_markitdown(content: bytes) -> Document:
    """Its Markdown: headings, lines and pipe tables, bold and struck words as marked."""
    written = _MARKITDOWN.convert_stream(io.BytesIO(content), file_extension=".docx").text_content
    blocks: list[Block] = []
    for is_table, lines in groupby(written.splitlines(), key=lambda line: line.startswith("|")):
        if is_table:
            rows = tuple(Row(cells=_markdown_cells(line)) for line in lines if not _RULE.fullmatch(line))
            blocks.append(Table(rows=rows))
        else:
            blocks += [_markdown_line(line) for line in lines if line.strip()]
    return Document(format="docx", blocks=tuple(blocks))


READERS: dict[str, Reader] = {
    "docx2python": by_docx2python,
    "markitdown": by_markitdown,
    "python-docx": by_python_docx,
}

_MARKITDOWN = MarkItDown()
_RULE = re.compile(r"[\s|:-]+")
_BAR = re.compile(r"(?<!\\)\|")
_LOOKS = re.compile(r"(?P<bold>\*\*)(?P<words>.+?)\*\*|(?P<struck>~~)(?P<gone>.+?)~~")
_ESCAPED = re.compile(r"\\([^\w\s])")


def _through(name: str, reader: Reader, forms: list[Sample], definitions: Definitions) -> Other:
    vocabulary, total, failed, times = Vocabulary.of_the_project(), Score(), 0, []
    for sample in forms:
        content = sample.path.read_bytes()
        begun = time.perf_counter()
        try:
            document = reader(content)
        # Whatever a library raises on an honest form is the same to its reader: nothing was read.
        except Exception:  # noqa: BLE001
            failed += 1
            form = Form(kind="other")
        else:
            times.append(time.perf_counter() - begun)
            form = extract(document, definitions)
        for _, score in score_form(sample.truth, form, vocabulary):
            total.add(score)
    return Other(name, total, failed, 1000 * statistics.median(times) if times else 0.0)


def _word_blocks(container: Any) -> list[Block]:
    blocks: list[Block] = []
    for number, item in enumerate(container.iter_inner_content(), 1):
        if isinstance(item, WordTable):
            blocks.append(_word_table(item))
        else:
            style = str(item.style.name or "") if item.style is not None else ""
            level = int(style[-1]) if re.fullmatch(r"Heading \d", style) else 0
            blocks.append(Paragraph(line=_word_line(item), level=level, place=f"paragraph {number}"))
    return blocks


def _word_table(table: WordTable) -> Table:
    above: set[Any] = set()
    rows = []
    for number, row in enumerate(table.rows, 1):
        cells = [(next(same), 1 + sum(1 for _ in same)) for _, same in groupby(row.cells, key=lambda cell: cell._tc)]
        rows.append(Row(cells=tuple(_word_cell(*cell, above) for cell in cells), place=f"row {number}"))
        above = {cell._tc for cell, _ in cells}
    return Table(rows=tuple(rows))


def _word_cell(cell: WordCell, span: int, above: set[Any]) -> Cell:
    inner = list(cell.iter_inner_content())
    return Cell(
        lines=tuple(_word_line(one) for one in inner if isinstance(one, WordParagraph) and one.text.strip()),
        tables=tuple(_word_table(one) for one in inner if isinstance(one, WordTable)),
        span=span,
        repeated=cell._tc in above,
    )


def _word_line(paragraph: WordParagraph) -> Line:
    runs: list[Run] = []
    for item in paragraph.iter_inner_content():
        if isinstance(item, WordRun):
            font = item.font
            marked = bool(font.underline) or font.highlight_color is not None
            runs += runs_of(item.text, bool(font.bold), bool(font.strike), marked)
        else:
            runs += runs_of(item.text)
    return Line(runs=tuple(runs))


def _aside(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block.model_copy(update={"aside": True}) if isinstance(block, Paragraph) else block


def _nested_blocks(table: list[list[list[Any]]]) -> Iterator[Block]:
    paragraphs = [one for row in table for cell in row for one in cell]
    if any("tbl" in one.lineage for one in paragraphs):
        rows = (
            tuple(Cell(lines=tuple(_par_line(one) for one in cell if _par_text(one))) for cell in row)
            for row in table
        )
        yield Table(rows=tuple(Row(cells=cells, place=f"row {number}") for number, cells in enumerate(rows, 1)))
        return
    for one in paragraphs:
        level = int(one.style[-1]) if re.fullmatch(r"Heading\d", one.style) else 0
        yield Paragraph(line=_par_line(one), level=level, aside=one.lineage[0] != "document")


def _par_line(paragraph: Any) -> Line:
    runs: list[Run] = []
    for run in paragraph.runs:
        look = set(run.html_style)
        marked = "u" in look or any("background" in one or "highlight" in one for one in look)
        runs += runs_of(run.text, "b" in look, "s" in look, marked)
    return Line(runs=tuple(runs))


def _par_text(paragraph: Any) -> str:
    return "".join(run.text for run in paragraph.runs).strip()


def _markdown_cells(line: str) -> tuple[Cell, ...]:
    inside = line.strip().removeprefix("|").removesuffix("|")
    return tuple(Cell(lines=(_look(words),) if words.strip() else ()) for words in _BAR.split(inside))


def _markdown_line(line: str) -> Paragraph:
    hashes = len(line) - len(line.lstrip("#"))
    return Paragraph(line=_look(line.lstrip("# ").removeprefix("* ")), level=hashes)


def _look(written: str) -> Line:
    runs: list[Run] = []
    start = 0
    # Neighbouring runs in one look come as `**Ref****errer**`.
    written = written.replace("****", "").strip()
    for found in _LOOKS.finditer(written):
        runs += runs_of(_plain(written[start : found.start()]))
        words = found["words"] or found["gone"]
        runs += runs_of(_plain(words), bold=bool(found["bold"]), struck=bool(found["struck"]))
        start = found.end()
    return Line(runs=(*runs, *runs_of(_plain(written[start:]))))


def _plain(written: str) -> str:
    return _ESCAPED.sub(r"\1", written)
