"""A Document and the form definitions to a Form: which kind it is, the answers with their places, what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mailbot.forms.answers import Read, read_answer, without_guidance
from mailbot.forms.children_named import children_named, dates_of_birth, may_be_several
from mailbot.forms.chronology import entries
from mailbot.forms.definitions import Definition, Definitions
from mailbot.forms.document import Cell, Document, Line, Paragraph, Table
from mailbot.forms.form import Answer, Form, Problem, Row
from mailbot.forms.kinds import ENOUGH, likely_forms, score
from mailbot.forms.scan import Scan, scan
from mailbot.forms.several import period_of, pieces_of
from mailbot.forms.standing import Asked
from mailbot.forms.values import name_of, tidy

_ANY_PLACE = {"case_ref", "child_name", "child_dob", "agency_name"}
"""Who the form is about stands on it more than once; of any other question only the first printing counts."""

_NAMED, _BORN = "child_name", "child_dob"


def extract(document: Document, definitions: Definitions) -> Form:
    """The form that the document holds; `other` where it is none of the kinds that are defined."""
    parts = tuple(extract(part, definitions) for part in document.parts)
    if not document.blocks:
        return Form(name=document.name, kind="other", problems=document.problems, parts=parts)
    tried = _tried(document, definitions)
    best = max(tried, key=lambda one: one.points)
    if best.points < ENOUGH or best.definition.kind == "other":
        because = (
            best.reasons if best.points >= ENOUGH else ("it prints too few questions of any form that is known",)
        )
        return Form(name=document.name, kind="other", because=because, problems=document.problems, parts=parts)
    form = _Reading(best.definition, best.found, _tagged(document, best.definition)).form(document)
    beside = (_beside(document, one) for one in tried if one is not best and one.found.events)
    filled = tuple(one for one in beside if one.tables)
    return form.model_copy(update={"because": best.reasons, "parts": (*parts, *filled)})


class _Tried(NamedTuple):
    """One definition tried on a document."""

    points: int
    reasons: tuple[str, ...]
    definition: Definition
    found: Scan


def _tried(document: Document, definitions: Definitions) -> list[_Tried]:
    """Every definition, chronologies first: their rows are no questions of any other form.

    Then the most likely form. Another that could not score more than it, were all of it answered, is not walked.
    """
    tried: list[_Tried] = []
    rest, most = document, 0
    likely = likely_forms(document, definitions)
    for definition in sorted(definitions.forms, key=lambda one: (not one.is_chronology, -likely.get(one.kind, 0))):
        worth = definition.is_chronology or likely.get(definition.kind, 0) > most
        found = (
            scan(document if definition.whole else rest, definition)
            if definition.kind in likely and worth
            else Scan()
        )
        points, reasons = score(document, definition, found)
        tried.append(_Tried(points=points, reasons=reasons, definition=definition, found=found))
        rest = _without(rest, found.events) if found.events else rest
        most = most if definition.is_chronology else max(most, points)
    return tried


def _without(document: Document, events: frozenset[int]) -> Document:
    """The document without rows that are events."""
    blocks = [
        block.model_copy(update={"rows": tuple(row for row in block.rows if id(row) not in events)})
        if isinstance(block, Table)
        else block
        for block in document.blocks
    ]
    return document.model_copy(update={"blocks": tuple(blocks)})


def _beside(document: Document, tried: _Tried) -> Form:
    """The chronology that stands in one file with another form: its rows, and whom it is about."""
    because = (f"it stands in the same file; {', '.join(tried.reasons)}",)
    form = _Reading(tried.definition, tried.found, {}).form(Document(name=document.name))
    return form.model_copy(update={"because": because, "problems": ()})


class _Reading:
    """The answers of one scan, read."""

    def __init__(self, definition: Definition, found: Scan, tagged: dict[str, Asked]) -> None:
        self._definition = definition
        self._found = found
        self._fields: dict[str, Answer] = {}
        self._blank: dict[str, None] = {}
        self._problems: list[Problem] = []
        self._written: dict[str, list[str]] = {}
        self._tagged = tagged

    def form(self, document: Document) -> Form:
        """Our own content controls first, then what the labels say, in the order of the form."""
        for asked in self._tagged.values():
            self._take(asked)
        for asked in self._settled():
            if asked.name not in self._fields and asked.name not in self._tagged:
                self._take(asked)
        self._join_names()
        children = self._children_in_one_box()
        self._unknown_labels()
        return Form(
            name=document.name,
            kind=self._definition.kind,
            fields=self._fields,
            blank=tuple(name for name in self._blank if name not in self._fields),
            tables=_with_children(self.tables(), children),
            problems=(*document.problems, *self._problems),
        )

    def _settled(self) -> Iterator[Asked]:
        """Each question once: its first printing.

        Another counts where the first is a heading that only reads like a question, or holds words that are no answer
        of its kind (`Date of referral: use dd/mm/yyyy`), and, for who the form is about, where the first is blank.
        """
        printings: dict[str, list[Asked]] = {}
        for one in self._found.asked:
            printings.setdefault(one.name, []).append(one)
        for first, *later in printings.values():
            yield self._clearest([first, *later]) if later and self._is_weak(first) else first

    def _is_weak(self, first: Asked) -> bool:
        """Whether a later printing of the question may count in the place of the first."""
        if first.heads:
            return True
        counts = first.name.partition(":")[0] in _ANY_PLACE or _is_answered(first)
        return counts and not self._reads(first)

    def _clearest(self, asked: list[Asked]) -> Asked:
        """The first printing that can be understood, those that are no headings before those that are."""
        first, clearest = asked[0], sorted(asked, key=lambda one: one.heads)
        if first.name == _BORN:
            clearest = [one for one in clearest if one is first or self._is_of_the_child(one)]
        return next((one for one in clearest if self._reads(one)), first)

    def _is_of_the_child(self, born: Asked) -> bool:
        """Whether a later date of birth stands with the child's own name: no other name was answered before it, and
        the child's was not answered without one."""
        asked = self._found.asked
        at = next(index for index, one in enumerate(asked) if one is born)
        named = [one for one in asked if one.name == _NAMED or one.name.startswith(f"{_NAMED}:")]
        answered = {index: one for index, one in enumerate(asked) if one in named and self._reads(one)}
        first = min(answered, default=None)
        blank_before = first is not None and any(one.name == _BORN for one in asked[first:at])
        names = {
            tidy(" ".join(line.text for line in one.lines)).lower() for one in answered.values() if one.name == _NAMED
        }
        return not blank_before and len(names) < 2

    def _reads(self, asked: Asked) -> bool:
        """Whether an answer stands there that can be understood."""
        field = self._definition.fields[asked.name.partition(":")[0]]
        if field.into:
            return _is_answered(asked)
        return bool(read_answer(asked.lines, field).value)

    def _take(self, asked: Asked) -> None:
        if any(run.scanned for line in asked.lines for run in line.runs):
            asked = asked.model_copy(update={"sure": False})
        name = asked.name.partition(":")[0]
        field = self._definition.fields[name]
        read = read_answer(asked.lines, field)
        if field.into:
            self._spread(asked, read)
            return
        if asked.name in (_NAMED, _BORN):
            self._written[name] = [line.text for line in without_guidance(asked.lines)]
        if read.problem:
            self._problems.append(Problem(problem="not_understood", field=name, message=_said(asked, read)))
        if not read.value:
            self._blank[asked.name] = None
        else:
            self._keep(asked.name, read.value, asked, read)
        if read.fuzzy and isinstance(read.value, str):
            self._keep(f"{name}_raw", read.raw, asked, read)
        if read.details and field.details and field.details not in self._fields:
            details = read_answer((Line.of(read.details),), self._definition.fields[field.details])
            if details.value:
                self._keep(field.details, details.value, asked, details)

    def _keep(self, name: str, value: str | tuple[str, ...], asked: Asked, read: Read) -> None:
        self._fields[name] = Answer(value=value, raw=read.raw, place=asked.place, sure=asked.sure and read.sure)

    def _spread(self, asked: Asked, read: Read) -> None:
        """One cell that holds the answers of several fields."""
        field = self._definition.fields[asked.name]
        words = [line.text for line in without_guidance(asked.lines)]
        types = [self._definition.fields[name.partition(":")[0]].type for name in field.into]
        pieces = period_of("\n".join(words)) if field.type == "period" else pieces_of(words, types)
        for name, piece in zip(field.into, pieces, strict=False):
            if name in self._fields:
                continue
            self._take(asked.model_copy(update={"name": name, "lines": (Line.of(piece),) if piece else ()}))
        if read.raw and not any(pieces):
            message = f"“{asked.label}” ({asked.place}) holds nothing that could be told apart."
            self._problems.append(Problem(problem="not_understood", field=field.into[0], message=message))

    def _join_names(self) -> None:
        """A name asked for in two places: forename then surname."""
        for name, field in self._definition.fields.items():
            parts = [self._fields.pop(f"{name}:{part}", None) for part in ("forename", "surname")]
            was_blank = [self._blank.pop(f"{name}:{part}", 0) is None for part in ("forename", "surname")]
            if field.type != "name" or name in self._fields:
                continue
            whole = name_of(*(part.text if part else "" for part in parts))
            if whole:
                first = next(part for part in parts if part)
                self._fields[name] = Answer(value=whole, raw=whole, place=first.place, sure=first.sure)
            elif any(was_blank):
                self._blank[name] = None

    def _children_in_one_box(self) -> tuple[Row, ...]:
        """The children where the box for one name holds several; the first is the one that the form is about."""
        named = self._fields.get(_NAMED)
        if named is None:
            return ()
        births = self._written.get(_BORN, [])
        children = children_named(self._written.get(_NAMED) or [named.text], births)
        if children:
            self._fields[_NAMED] = named.model_copy(update={"value": children[0]["name"], "sure": False})
            if day := children[0].get("date_of_birth"):
                self._fields[_BORN] = Answer(value=day, raw=" ".join(births), place=named.place, sure=False)
            self._say_of_children(f"The box for the name {_said_of_children(children)}")
        elif may_be_several(named.text):
            self._say_of_children("The box for the name may name more than one child: one is recorded.")
        elif len(dates_of_birth(births)) > 1:
            self._say_of_children("The date of birth has more than one date: only the first is recorded.")
        return children

    def _say_of_children(self, message: str) -> None:
        """A sentence for the office without a name: it goes into a letter."""
        self._problems.append(Problem(problem="several_children", message=message))

    def _unknown_labels(self) -> None:
        for label, place in self._found.unknown:
            message = f"“{label}” ({place}) has an answer, and no field is known for it. See the original."
            self._problems.append(Problem(problem="unknown_label", message=message, label=label))

    def tables(self) -> dict[str, tuple[Row, ...]]:
        """The rows of people and events."""
        tables = {}
        for name, rows in self._found.rows.items():
            kept = entries(rows) if self._definition.tables[name].holds_events else tuple(rows)
            if kept:
                tables[name] = kept
        return tables


def _with_children(tables: dict[str, tuple[Row, ...]], children: tuple[Row, ...]) -> dict[str, tuple[Row, ...]]:
    """The tables with the children of one box; whoever the form lists as well is there once, as it lists them."""
    if not children:
        return tables
    listed = tables.get("children", ())
    known = {row.get("name", "").casefold() for row in listed}
    more = tuple(child for child in children if child["name"].casefold() not in known)
    return tables | {"children": (*more, *listed)}


def _said_of_children(children: tuple[Row, ...]) -> str:
    dated = all(child.get("date_of_birth") for child in children)
    born = "each with the date of birth in its turn" if dated else "with no date of birth for the others"
    return (
        f"names {len(children)} children: they are recorded as {len(children)}, {born}, and every other answer "
        "stands with the first. Please compare, and record what the form tells of the others: "
        "mailbot record REF child NUMBER."
    )


def _is_answered(asked: Asked) -> bool:
    return bool(tidy(" ".join(line.text for line in asked.lines)))


def _said(asked: Asked, read: Read) -> str:
    return f"“{asked.label}” ({asked.place}): {read.problem} See the original."


def _tagged(document: Document, definition: Definition) -> dict[str, Asked]:
    """Answers in our own content controls, whose tags are the fields' names: no label is needed."""
    found: dict[str, Asked] = {}
    for line, place in _all_lines(document):
        for name in {run.field for run in line.runs if run.field and run.field in definition.fields}:
            lines = (Line(runs=tuple(run for run in line.runs if run.field == name)),)
            before = found[name].lines if name in found else ()
            found[name] = Asked(name=name, label=name, lines=(*before, *lines), place=place)
    return found


def _all_lines(document: Document) -> Iterator[tuple[Line, str]]:
    for block in document.blocks:
        if isinstance(block, Paragraph):
            yield block.line, block.place
        elif isinstance(block, Table):
            for row in block.rows:
                # What is nothing but text holds no control.
                for cell in () if row.is_plain else row.given:
                    if isinstance(cell, Cell):
                        yield from ((line, row.place) for line in _cell_lines(cell))


def _cell_lines(cell: Cell) -> Iterator[Line]:
    if not cell.repeated:
        yield from cell.lines
