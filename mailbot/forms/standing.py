"""Where a walk over a form stands: the section, whose part it is, the question before, and what was found so far."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from mailbot.cases.values import Value
from mailbot.forms.definitions import Definition
from mailbot.forms.document import Line
from mailbot.forms.form import Row as FormRow
from mailbot.forms.inline import Pair, pairs_in
from mailbot.forms.labels import means
from mailbot.forms.rows import is_filled, person
from mailbot.forms.values import tidy

_LONGEST_CAPTION = 1000
_PART = re.compile(r"^\s*(part|section)\s+[\dA-Z]+\b", re.I)


class Asked(Value):
    """One question of the form and the lines in its answer's place. `name` may carry a part: `child_name:surname`."""

    name: str
    label: str
    lines: tuple[Line, ...] = ()
    place: str = ""
    sure: bool = True


@dataclass
class Waiting:
    """A question whose answer stands in the lines below it."""

    name: str
    label: str
    place: str
    lines: list[Line] = field(default_factory=list)


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
    unknown: list[tuple[str, str]] = field(default_factory=list)
    events: set[int] = field(default_factory=set)
    """The identities of the rows that are dated events, and of their headers."""

    def target(self, text: str, near: bool = False) -> str:
        """The field that a label means here: behind another field, in this section, or anywhere."""
        form = self.definition
        behind = form.by_field_before.get(self.before)
        here = form.by_section.get(self.section)
        found = (behind.exactly(text) if behind else "") or (here.exactly(text) if here else "")
        found = found or form.anywhere.exactly(text)
        if not found and near:
            found = form.anywhere.nearly(text)
        known = form.fields.get(found.partition(":")[0])
        return "-" if known is not None and self.section in known.not_in else found

    def record(self, name: str, label: str, lines: Sequence[Line], place: str, sure: bool = True) -> None:
        self.before = name.partition(":")[0]
        if name == "-" or (self.ignored is not None and self.before not in self.definition.ignore.except_fields):
            return
        self.asked.append(Asked(name=name, label=tidy(label), lines=tuple(lines), place=place, sure=sure))

    def close(self) -> None:
        """Settles the question that waited for the lines below it, and the numbered children."""
        if self.open is not None:
            waiting, self.open = self.open, None
            self.record(waiting.name, waiting.label, waiting.lines, waiting.place)
        for (table, _), cells in sorted(self.numbered.items()):
            row = person(cells, self.definition.tables[table])
            if is_filled(row):
                self.rows.setdefault(table, []).append(row)
        self.numbered.clear()

    def under(self, text: str) -> None:
        """Remembers what was printed above whatever comes next."""
        if len(text) > _LONGEST_CAPTION:
            return
        self.headings = (*self.headings[-1:], text)

    def heading(self, text: str, level: int) -> bool:
        """Takes a heading: the section it opens, or the end of somebody else's part. False if it means nothing."""
        ignored = means(self.definition.ignore.headings, text)
        fits = {name: means(phrases, text) for name, phrases in self.definition.sections.items()}
        section = max(fits, key=lambda name: fits[name], default="")
        numbered = bool(_PART.match(text))
        rank = 1 if numbered else level
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
        kept = self.before

        def target(label: str) -> str:
            name = self.target(label)
            if name:
                self.before = name.partition(":")[0]
            return name

        found = pairs_in(line, target)
        self.before = kept
        return found
