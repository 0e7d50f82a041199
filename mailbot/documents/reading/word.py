"""Word files (.docx, .docm, .dotx) to a Document, by a walk over their XML.

python-docx drops cells and rows that stand in a content control and shifts the rest under the wrong label
(python-docx issue 155); this walk goes into every control at every level. Tracked insertions count, deletions do not.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml import etree

from mailbot.documents.reading.archive import member, open_archive
from mailbot.documents.reading.glyphs import tick_of
from mailbot.documents.reading.word_styles import NO_STYLES, styles_of
from mailbot.documents.reading.xml import attribute, by_name, child, children, inside, local, parse_xml, switched_on
from mailbot.forms.document import Block, Cell, Document, Line, Paragraph, Row, Run, Table, runs_of
from mailbot.forms.form import Problem
from mailbot.forms.unwritten import is_prompt

_GONE = {"del", "moveFrom", "instrText", "delText", "delInstrText", "rPr", "pPr", "sdtPr", "sdtEndPr"}
_EN_SPACES = " \u00a0\u2002\u2003"
_BREAKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def read_word(content: bytes, name: str) -> Document:
    """The text of one Word file. Raises what a damaged zip or XML raises, TooMuch and Locked."""
    with open_archive(content) as archive:
        return _Word(archive, name).document()


class _Control(NamedTuple):
    """The content control around a run: its tag, and whether it still shows its prompt."""

    tag: str | None = None
    placeholder: bool = False


@dataclass
class _Field:
    """A legacy field while it is open (begin ... separate ... end)."""

    tag: str | None
    in_result: bool = False
    silent: bool = False


@dataclass
class _Story:
    """What is carried along while one part (body, header, footer) is walked."""

    aside: str = ""
    fields: list[_Field] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)
    paragraphs: int = 0
    tables: int = 0


class _Word:
    """One open Word file."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive = archive
        self._name = name
        self._names = {one.lower(): one for one in archive.namelist()}
        self._main = self._main_part()
        path = self._names.get("word/styles.xml")
        self._levels, self._bold_styles = styles_of(member(archive, path)) if path else NO_STYLES
        self._prompts_in_brackets = self._says_that_prompts_stand_in_brackets()

    def document(self) -> Document:
        """Page headers, the body, page footers, in that order; comments apart."""
        root = parse_xml(member(self._archive, self._main))
        body = child(root, "body")
        blocks = [
            *self._aside_parts("header", "page header"),
            *(self._blocks(body, _Story(), _Control()) if body is not None else ()),
            *self._aside_parts("footer", "page footer"),
        ]
        problems = []
        if any(True for _ in root.iter("{*}ins", "{*}del", "{*}moveFrom", "{*}moveTo")):
            message = "The file holds tracked changes; insertions were read, deletions left out. See the original."
            problems.append(Problem(problem="tracked_changes", message=message))
        if any(True for _ in inside(root, "altChunk")):
            message = "A part of the file is embedded in another format and was not read. See the original."
            problems.append(Problem(problem="not_supported", message=message))
        return Document(
            name=self._name, format="docx", blocks=tuple(blocks), comments=self._comments(), problems=tuple(problems)
        )

    def _main_part(self) -> str:
        rels = self._names.get("_rels/.rels")
        if rels:
            for relation in parse_xml(member(self._archive, rels)):
                if (attribute(relation, "Type") or "").endswith("/officeDocument"):
                    target = (attribute(relation, "Target") or "").lstrip("/")
                    if target.lower() in self._names:
                        return self._names[target.lower()]
        return "word/document.xml"

    def _says_that_prompts_stand_in_brackets(self) -> bool:
        """Whether the file is a form of ours, whose prompts are told by their square brackets.

        LibreOffice 7.4 leaves the mark of a prompt (`w:showingPlcHdr`) and its look on what was typed in its place.
        """
        path = self._names.get("docprops/custom.xml")
        if path is None:
            return False
        said = {
            attribute(one, "name"): "".join(map(str, one.itertext()))
            for one in inside(parse_xml(member(self._archive, path)), "property")
        }
        return said.get("Prompts") == "in square brackets"

    def _comments(self) -> tuple[str, ...]:
        path = self._names.get("word/comments.xml")
        if path is None:
            return ()
        root = parse_xml(member(self._archive, path))
        texts = ("".join(one.text or "" for one in inside(comment, "t")) for comment in inside(root, "comment"))
        return tuple(text for text in texts if text.strip())

    def _aside_parts(self, kind: str, place: str) -> Iterator[Block]:
        """Every header (footer) part once; first-page and even-page ones often repeat the same words."""
        seen = set()
        for path in sorted(self._names):
            if path.startswith(f"word/{kind}") and path.endswith(".xml"):
                root = parse_xml(member(self._archive, self._names[path]))
                blocks = tuple(self._blocks(root, _Story(aside=place), _Control()))
                words = "".join(one.text or "" for one in inside(root, "t"))
                if words.strip() and words not in seen:
                    seen.add(words)
                    yield from blocks

    def _blocks(self, parent: etree._Element, story: _Story, control: _Control) -> Iterator[Block]:
        for element in parent:
            kind = local(element)
            if kind == "p":
                yield self._paragraph(element, story, control)
                while story.boxes:
                    box = story.boxes.pop(0)
                    yield from self._blocks(box, _Story(aside=story.aside or "text box"), _Control())
            elif kind == "tbl":
                story.tables += 1
                place = f"{story.aside}, table {story.tables}" if story.aside else f"table {story.tables}"
                yield self._table(element, place, story)
            elif kind == "sdt":
                yield from self._blocks(_content(element), story, self._control_of(element, control, block=True))
            elif kind == "AlternateContent":
                yield from self._blocks(_choice(element), story, control)
            elif kind in {"ins", "moveTo", "customXml", "smartTag"}:
                yield from self._blocks(element, story, control)

    def _paragraph(self, element: etree._Element, story: _Story, control: _Control) -> Paragraph:
        story.paragraphs += 1
        properties = by_name(child(element, "pPr"))
        ident = attribute(properties.get("pStyle"), "val") or ""
        level = self._levels.get(ident, 0)
        if "outlineLvl" in properties:
            level = int(attribute(properties["outlineLvl"], "val") or 9) + 1
        runs = tuple(self._inline(element, story, control, ident in self._bold_styles))
        place = story.aside or f"paragraph {story.paragraphs}"
        return Paragraph(line=Line(runs=runs), level=level if level <= 9 else 0, place=place, aside=bool(story.aside))

    def _inline(self, parent: etree._Element, story: _Story, control: _Control, bold: bool) -> Iterator[Run]:
        for element in parent:
            kind = local(element)
            if kind == "r":
                yield from self._run(element, story, control, bold)
            elif kind == "sdt":
                ticked = _tick_state(element)
                if ticked is not None:
                    yield Run(tick=ticked)
                else:
                    inner = self._control_of(element, control, block=False)
                    yield from self._inline(_content(element), story, inner, bold)
                    if inner.placeholder and not control.placeholder:
                        yield Run(field=inner.tag, placeholder=True)
            elif kind == "AlternateContent":
                yield from self._inline(_choice(element), story, control, bold)
            elif kind not in _GONE:
                yield from self._inline(element, story, control, bold)

    def _control_of(self, element: etree._Element, outer: _Control, block: bool) -> _Control:
        control = _control_of(element, outer, block)
        if control is outer or not self._prompts_in_brackets:
            return control
        words = "".join(one.text or "" for one in inside(_content(element), "t"))
        return control._replace(placeholder=is_prompt(words))

    def _run(self, run: etree._Element, story: _Story, control: _Control, bold: bool) -> Iterator[Run]:
        properties = child(run, "rPr")
        look = _Look.of(properties, bold, self._bold_styles)
        if look.hidden:
            return
        if look.prompt and control.tag is not None and not self._prompts_in_brackets:
            control = control._replace(placeholder=True)
        for element in run:
            kind = local(element)
            if kind == "fldChar":
                yield from _field_mark(element, story)
            elif (story.fields and not story.fields[-1].in_result) or any(one.silent for one in story.fields):
                continue
            elif kind == "t" or kind in _BREAKS:
                text = (element.text or "") if kind == "t" else _BREAKS[kind]
                yield from self._text(text, look, story, control)
            elif kind == "sym":
                code = int(attribute(element, "char") or "0", 16)
                ticked = tick_of(attribute(element, "font") or "", code)
                yield Run(tick=ticked) if ticked is not None else Run(text="\u2022")
            elif kind in {"drawing", "pict", "object", "AlternateContent"}:
                chosen = _choice(element) if kind == "AlternateContent" else element
                story.boxes.extend(_outermost_boxes(chosen))

    def _text(self, text: str, look: _Look, story: _Story, control: _Control) -> Iterator[Run]:
        if look.font and all(tick_of(look.font, ord(one)) is not None for one in text.strip()) and text.strip():
            yield from (Run(tick=tick_of(look.font, ord(one))) for one in text.strip())
            return
        tag = next((one.tag for one in reversed(story.fields) if one.tag is not None), control.tag)
        blank_field = bool(story.fields) and not text.strip(_EN_SPACES)
        prompt = tag is not None and (control.placeholder or blank_field)
        yield from runs_of(text, look.bold, look.struck, look.marked, look.italic, tag, prompt)

    def _table(self, table: etree._Element, place: str, story: _Story) -> Table:
        above: dict[int, Cell] = {}
        rows: list[Row] = []
        for element, control in _wrapped(table, "tr", _Control()):
            if child(child(element, "trPr"), "del") is not None:
                continue
            row_place = f"{place}, row {len(rows) + 1}"
            rows.append(Row(cells=tuple(self._cells(element, control, row_place, above, story)), place=row_place))
        return Table(rows=tuple(rows), place=place)

    def _cells(
        self, row: etree._Element, control: _Control, place: str, above: dict[int, Cell], story: _Story
    ) -> Iterator[Cell]:
        column = 0
        before = child(child(row, "trPr"), "gridBefore")
        if before is not None:
            skipped = int(attribute(before, "val") or 0)
            yield Cell(span=max(skipped, 1))
            column += skipped
        for element, inner in _wrapped(row, "tc", control):
            look = by_name(child(element, "tcPr"))
            width = int(attribute(look.get("gridSpan"), "val") or 1)
            goes_on = "vMerge" in look and (attribute(look["vMerge"], "val") or "continue") == "continue"
            if goes_on and column in above:
                cell = above[column].model_copy(update={"repeated": True})
            else:
                cell = self._cell(element, inner, place, width, _shaded(look.get("shd")), story)
                above[column] = cell
            yield cell
            column += width

    def _cell(
        self, element: etree._Element, control: _Control, place: str, span: int, shaded: bool, story: _Story
    ) -> Cell:
        inside_cell = _Story(aside=place, fields=story.fields)
        lines: list[Line] = []
        tables: list[Table] = []
        for one in self._blocks(element, inside_cell, control):
            if isinstance(one, Paragraph):
                lines.extend(_split(one.line))
            elif isinstance(one, Table):
                tables.append(one)
        return Cell(lines=tuple(lines), tables=tuple(tables), span=span, shaded=shaded)


class _Look(NamedTuple):
    """What a run's properties say."""

    bold: bool = False
    struck: bool = False
    marked: bool = False
    italic: bool = False
    hidden: bool = False
    prompt: bool = False
    font: str = ""

    @classmethod
    def of(cls, properties: etree._Element | None, bold: bool, bold_styles: frozenset[str]) -> _Look:
        if properties is None:
            return cls(bold=bold)
        named = {local(one): one for one in properties}
        style = attribute(named.get("rStyle"), "val") or ""
        bold = bold or style in bold_styles
        if not named:
            return cls(bold=bold)
        highlight = attribute(named.get("highlight"), "val")
        fonts = named.get("rFonts")
        return cls(
            bold=switched_on(named["b"]) if "b" in named else bold,
            struck=switched_on(named.get("strike")) or switched_on(named.get("dstrike")),
            marked=switched_on(named.get("u")) or highlight not in {None, "none", "white"} or "bdr" in named,
            italic=switched_on(named.get("i")),
            hidden=switched_on(named.get("vanish")),
            prompt=style == "PlaceholderText",
            font=attribute(fonts, "ascii") or attribute(fonts, "hAnsi") or "",
        )


def _split(line: Line) -> Iterator[Line]:
    """A cell's paragraph at its line breaks, so that each printed line is a line."""
    start = 0
    text = line.text
    while (end := text.find("\n", start)) >= 0:
        yield line.between(start, end)
        start = end + 1
    yield line.between(start, len(text)) if start else line


def _field_mark(mark: etree._Element, story: _Story) -> Iterator[Run]:
    """A legacy field's begin, separate or end; a check box or drop-down shows itself at its begin."""
    kind = attribute(mark, "fldCharType")
    if kind == "begin":
        data = child(mark, "ffData")
        box, choices = child(data, "checkBox"), child(data, "ddList")
        if box is not None:
            state = child(box, "checked")
            yield Run(tick=switched_on(state if state is not None else child(box, "default")))
        elif choices is not None:
            yield _chosen(choices)
        is_text = data is not None and box is None and choices is None
        tag = attribute(child(data, "name"), "val") or "" if is_text else None
        story.fields.append(_Field(tag=tag, silent=choices is not None))
    elif kind == "separate" and story.fields:
        story.fields[-1].in_result = True
    elif kind == "end" and story.fields:
        story.fields.pop()


def _chosen(choices: etree._Element) -> Run:
    """A legacy drop-down's entry; one never touched shows its first entry and is no answer."""
    entries = [attribute(one, "val") or "" for one in children(choices, "listEntry")]
    result = child(choices, "result")
    index = int(attribute(result, "val") or 0) if result is not None else None
    if index is None or index >= len(entries):
        return Run(field="", placeholder=True)
    return Run(text=entries[index], field="")


def _content(control: etree._Element) -> etree._Element:
    content = child(control, "sdtContent")
    return content if content is not None else etree.Element("empty")


def _choice(alternatives: etree._Element) -> etree._Element:
    """One of the alternatives: the same text box stands there twice, for new and old Word."""
    for name in ("Choice", "Fallback"):
        found = child(alternatives, name)
        if found is not None:
            return found
    return etree.Element("empty")


def _outermost_boxes(element: etree._Element) -> Iterator[etree._Element]:
    for one in element:
        if local(one) == "txbxContent":
            yield one
        elif local(one) == "AlternateContent":
            yield from _outermost_boxes(_choice(one))
        else:
            yield from _outermost_boxes(one)


def _tick_state(control: etree._Element) -> bool | None:
    box = child(child(control, "sdtPr"), "checkbox")
    return switched_on(child(box, "checked")) if box is not None else None


def _control_of(element: etree._Element, outer: _Control, block: bool) -> _Control:
    """The control that a `w:sdt` makes. One that wraps whole tables (a group, a repeating section) is no answer."""
    properties = child(element, "sdtPr")
    if properties is None or (block and any(True for _ in inside(_content(element), "tbl"))):
        return outer
    said = by_name(properties)
    if said.keys() & {"docPartObj", "group", "repeatingSection", "repeatingSectionItem"}:
        return outer
    tag = attribute(said.get("tag"), "val") or outer.tag or ""
    return _Control(tag=tag, placeholder=switched_on(said.get("showingPlcHdr")) or outer.placeholder)


def _wrapped(parent: etree._Element, name: str, control: _Control) -> Iterator[tuple[etree._Element, _Control]]:
    """The rows of a table (cells of a row), those in content controls too."""
    for element in parent:
        kind = local(element)
        if kind == name:
            yield element, control
        elif kind == "sdt":
            inner = _control_of(element, control, block=True) if name == "tc" else control
            yield from _wrapped(_content(element), name, inner)
        elif kind in {"ins", "moveTo", "customXml", "smartTag"}:
            yield from _wrapped(element, name, control)


def _shaded(shade: etree._Element | None) -> bool:
    return (attribute(shade, "fill") or "auto").lower() not in {"auto", "ffffff", "none"}
