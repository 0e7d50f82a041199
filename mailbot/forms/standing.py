"""Where a walk over a form stands: the section, whose part it is, the question before, and what was found so far."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from mailbot.cases.values import Value
from mailbot.forms.answers import is_guidance
from mailbot.forms.definitions import Definition
from mailbot.forms.document import Line
from mailbot.forms.form import Row as FormRow
from mailbot.forms.inline import Pair, pairs_in
from mailbot.forms.labels import means
from mailbot.forms.rows import is_filled, listed, person
from mailbot.forms.spelling import spelled, without_parentheses
from mailbot.forms.values import tidy

_LONGEST_CAPTION = 1000
_THE_CHILDS = ("child_", "nhs_")
"""How the names of fields begin that are about the child."""
OF_PERSON = "person:"
"""What the target begins with of a label that asks for one of several people: `person:children:2:name`."""
OF_LIST = "list:"
"""What the target begins with of a label below which people are listed: `list:parents_carers`."""
_PERSON = re.compile(r"\s*(?P<who>[A-Za-z][A-Za-z /&,]*?)\s*(?P<number>[1-9])\s*[.:)]?\s*")
_BESIDE = 5
"""Words that a heading may have besides the name of its section."""
_PART = re.compile(r"^\s*(part|section)\s+[\dA-Z]+\b", re.I)


class Asked(Value):
    """One question of the form and the lines in its answer's place. `name` may carry a part: `child_name:surname`."""

    name: str
    label: str
    lines: tuple[Line, ...] = ()
    place: str = ""
    sure: bool = True
    heads: bool = False
    """Whether the label is a heading, which may as well only head other questions."""


@dataclass
class Waiting:
    """A question whose answer stands in the lines below it."""

    name: str
    label: str
    place: str
    lines: list[Line] = field(default_factory=list)
    loud: bool = False
    """Whether the label was printed bold or as a heading."""
    level: int = 0
    """The level of the heading that is the label; 0 where it is none."""


@dataclass
class Standing:
    """Where the walk is, and what it has found."""

    definition: Definition
    section: str = ""
    ignored: int | None = None
    """The level of the heading that opened somebody else's part; None in the sender's own."""
    before: str = ""
    headings: tuple[str, ...] = ()
    """The last two headings, captions or labels, nearest last."""
    open: Waiting | None = None
    asked: list[Asked] = field(default_factory=list)
    rows: dict[str, list[FormRow]] = field(default_factory=dict)
    numbered: dict[tuple[str, str], dict[str, tuple[Line, ...]]] = field(default_factory=dict)
    stranger: bool = False
    """Whether the heading above names somebody else (`Alleged perpetrator`): nothing below is about the child."""
    person: tuple[str, str] | None = None
    """The table and the number of the person whose block of questions this is."""
    _same_line: bool = False
    unknown: list[tuple[str, str]] = field(default_factory=list)
    events: set[int] = field(default_factory=set)
    """The identities of the rows that are dated events, and of their headers."""

    def target(self, text: str, near: bool = False) -> str:
        """The field that a label means here: behind another field, in this section, or anywhere."""
        return self._of_person(text) or self._of_form(text, near)

    def _of_person(self, text: str) -> str:
        """The target of a label in the block of one person.

        In later lines than `Mother's name` a label is about her only where the same was asked about the child before.
        """
        if self.person is None:
            return ""
        table, number = self.person
        column = self.definition.tables[table].column_labels.exactly(text)
        named = not number.isdigit()
        if not column or (named and not self._same_line and not self.was_asked(self._of_form(text, near=False))):
            return ""
        return column if column == "-" else f"{OF_PERSON}{table}:{number}:{column}"

    def _of_form(self, text: str, near: bool) -> str:
        form = self.definition
        behind = form.by_field_before.get(self.before)
        here = form.by_section.get(self.section)
        found = (behind.exactly(text) if behind else "") or (here.exactly(text) if here else "")
        found = found or form.anywhere.exactly(text) or self._asks_for_person(text)
        if not found and near:
            found = form.anywhere.nearly(text)
        known = form.fields.get(found.partition(":")[0])
        return "-" if known is not None and self.section in known.not_in else found

    def _asks_for_person(self, text: str) -> str:
        """The target of a label that asks for one person: `Name of mother`, or a bare one in a table's section."""
        for name, table in self.definition.tables.items():
            if relation := table.named_labels.exactly(text):
                return f"{OF_PERSON}{name}:{relation}:name"
            if table.section and table.section == self.section and (column := table.column_labels.exactly(text)):
                return column if column == "-" else f"{OF_PERSON}{name}:1:{column}"
        return ""

    def record(
        self, name: str, label: str, lines: Sequence[Line], place: str, heads: bool = False, sure: bool = True
    ) -> None:
        """One question with what stands in its answer's place."""
        if name.startswith(OF_PERSON):
            _, table, number, column = name.split(":")
            if self.ignored is None:
                self.numbered.setdefault((table, number), {}).setdefault(column, tuple(lines))
            if not number.isdigit():
                # What is asked right behind a mother's name (her date of birth) is asked about her.
                self.person, self._same_line = (table, number), True
            return
        if self.person is not None and not self.person[1].isdigit():
            self.person = None
        if name.startswith(OF_LIST):
            if self.ignored is None:
                self.rows.setdefault(name.removeprefix(OF_LIST), []).extend(listed(tuple(lines)))
            return
        self.before = name.partition(":")[0]
        if name == "-" or (self.ignored is not None and self.before not in self.definition.ignore.except_fields):
            return
        if self.stranger and self.before.startswith(_THE_CHILDS):
            if any(tidy(line.text) for line in lines):
                self.unknown.append((tidy(label), place))
            return
        self.asked.append(
            Asked(name=name, label=tidy(label), lines=tuple(lines), place=place, heads=heads, sure=sure)
        )

    def line_begins(self) -> None:
        """A new row of a table, or a new paragraph."""
        self._same_line = False

    def was_asked(self, name: str) -> bool:
        """Whether the field was asked for before, with words in its answer's place."""
        return any(one.name == name and any(line.text.strip() for line in one.lines) for one in self.asked)

    def list_of(self, label: str) -> str:
        """The table whose people are listed in the place of one answer with this label; empty if none."""
        bare = without_parentheses(label)
        tables = self.definition.tables.items()
        return next((name for name, table in tables if table.lists.exactly(bare)), "")

    def table_of(self, row: FormRow, table: str) -> str:
        """Where one printed table is for parents and for siblings, the relationship decides."""
        tables = self.definition.tables
        headed = [name for name, one in tables.items() if self._headed_by(one.headings)]
        family = headed or [name for name, one in tables.items() if "relationship" in one.columns]
        if len(headed) == 1 or len(family) < 2 or table not in family:
            return table
        relation = row.get("relationship", "").lower()
        for name in family:
            if relation in tables[name].relationships:
                return name
        others = [name for name in family if not tables[name].relationships]
        return others[0] if others and relation else table

    def _headed_by(self, phrases: tuple[str, ...]) -> bool:
        return any(means(phrases, text) >= 1000 for text in self.headings[-1:])

    def continues(self, lines: Sequence[Line], index: int = -1) -> None:
        """More lines of the answer that was recorded last, or of another by its index."""
        if self.asked:
            last = self.asked[index]
            self.asked[index] = last.model_copy(update={"lines": (*last.lines, *lines)})

    def close(self) -> None:
        """Settles the question that waited for the lines below it."""
        if self.open is not None:
            waiting, self.open = self.open, None
            # It may be nothing but a word on how to answer, printed below the question.
            sure = not (waiting.loud and waiting.lines and all(is_guidance(one) for one in waiting.lines))
            blank = not any(line.text.strip() for line in waiting.lines)
            heads = rank_of(waiting.label, waiting.level) > 0 or (waiting.loud and blank)
            self.record(waiting.name, waiting.label, waiting.lines, waiting.place, heads, sure)

    def finish(self) -> None:
        """Settles what waited, at the end of the form: the open question, and the people asked for one by one."""
        self.close()
        for (table, number), cells in self.numbered.items():
            row = person(cells, self.definition.tables[table])
            if row.get("name") and not number.isdigit():
                row.setdefault("relationship", number)
            if is_filled(row):
                self.rows.setdefault(table, []).append(row)

    def under(self, text: str) -> None:
        """Remembers what was printed above whatever comes next."""
        if len(text) > _LONGEST_CAPTION:
            return
        self.headings = (*self.headings[-1:], text)

    def person_of(self, text: str) -> tuple[str, str] | None:
        """The table and number of the person whom a heading or label names: `Child 2`, `Parent or carer 1`."""
        match = _PERSON.fullmatch(text)
        if match is None:
            return None
        who = spelled(match["who"])
        tables = self.definition.tables.items()
        return next(((name, match["number"]) for name, table in tables if who in table.row_labels), None)

    def heading(self, text: str, level: int) -> bool:
        """Takes a heading: the section it opens, or the end of somebody else's part. False if it means nothing."""
        self.person = self.person_of(text)
        if self.person is not None:
            return True
        ignored = means(self.definition.ignore.headings, text)
        fits = {name: _fits(phrases, text) for name, phrases in self.definition.sections.items()}
        section = max(fits, key=lambda name: fits[name], default="")
        if sum(map(bool, fits.values())) > 1 and fits[section] < 1000:
            # `About the case and about you`: no section's own words.
            section = ""
        self.stranger = not section and not ignored and self.definition.words.names_a_stranger(spelled(text))
        numbered, rank = bool(_PART.match(text)), rank_of(text, level)
        if ignored and ignored > fits.get(section, 0):
            self.ignored, self.section = rank, ""
        elif section and fits[section]:
            if self.ignored is None or numbered or level <= self.ignored or fits[section] >= 1000:
                self.ignored = None
            self.section = section
        elif self.ignored is not None and rank > self.ignored:
            return True
        elif level < 9 or numbered:
            self.section, self.ignored = "", None
        return bool(ignored or (section and fits[section]))

    def section_phrases(self) -> list[str]:
        """Every heading that opens a section."""
        return [one for phrases in self.definition.sections.values() for one in phrases]

    def pairs(self, line: Line) -> list[Pair]:
        """Labels with their answers in one line, each label read as it stands behind the one before."""
        kept = self.before, self.person, self._same_line

        def target(label: str) -> str:
            name = self.target(label)
            if name.startswith(OF_PERSON):
                _, table, number, _ = name.split(":")
                self.person, self._same_line = (table, number), True
            elif name:
                self.before = name.partition(":")[0]
            return name

        found = pairs_in(line, target)
        self.before, self.person, self._same_line = kept
        return found


def rank_of(text: str, level: int) -> int:
    """The level of a heading: the numbered parts of a form stand above all others."""
    return 1 if _PART.match(text) else level


def _fits(phrases: Sequence[str], text: str) -> int:
    """How well a heading names a section: `Report to the child practice review group` names no section The child."""
    fit = means(phrases, text)
    return fit if fit >= 1000 or spelled(text).count(" ") <= _BESIDE else 0
