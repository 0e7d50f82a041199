"""Form definitions (config/forms/*.toml, one for each kind): fields with their labels, sections, tables.

A definition in TOML data:

    kind = "referral"
    titles = ["Rapid Review Referral"]          # words at the top of the file that say this kind
    marks = ["incident_summary"]                # fields and tables that no other paper has

    [sections]                                  # headings under which a bare label ("Name") gets its meaning
    child = ["Child", "Details of the child"]

    [ignore]                                    # other people's parts: nothing is read there ...
    headings = ["Office use only"]
    except = ["case_ref"]                       # ... but these fields

    [fields.child_name]
    type = "name"
    labels = ["Name of child"]                  # anywhere; a label ending in "..." may go on
    forename = ["Forename(s)"]                  # a name asked for in two places
    surname = ["Surname"]
    in.child = ["Name"]                         # only in that section
    after.cp_plan = ["Category"]                # only right behind that field, in the same row or line

    [tables.parents_carers]
    headings = ["Parents and carers"]
    columns.name = ["Name", "Parent / carer"]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator

from mailbot.cases.values import Value
from mailbot.errors import ConfigProblems
from mailbot.forms.concepts import Words
from mailbot.forms.form import Kind
from mailbot.forms.labels import Labels
from mailbot.forms.remembering import Remembered
from mailbot.forms.spelling import LONGEST_PRINTED, spelled
from mailbot.forms.taught import goes_on, never_a_label

_REMEMBERED = 5_000
"""Texts of which each form remembers whether and where it asks them."""

FieldType = Literal[
    "text",
    "passage",
    "name",
    "date",
    "birth_date",
    "fuzzy_date",
    "yes_no",
    "phone",
    "email",
    "nhs_number",
    "gender",
    "list",
    "several",
    "period",
    "reference",
]


class FieldDefinition(Value):
    """One question. `details` names the field for words after a yes or no; `means_no` phrases that say no.

    A cell of the type `several` or `period` holds the answers of several fields: `into` names them, in order.
    A `passage` is long text that keeps its paragraphs.
    """

    type: FieldType = "text"
    labels: tuple[str, ...] = ()
    in_section: dict[str, tuple[str, ...]] = Field(default={}, alias="in")
    after: dict[str, tuple[str, ...]] = {}
    not_in: tuple[str, ...] = ()
    """Sections where these labels ask about somebody else."""
    forename: tuple[str, ...] = ()
    surname: tuple[str, ...] = ()
    details: str = ""
    means_no: tuple[str, ...] = ()
    into: tuple[str, ...] = ()


class TableDefinition(Value):
    """One table of people or events. `types` say how a column's cells are read; text if not named.

    `row_labels` are names of rows where the table lies on its side or each cell has its own label ("Child 1 – name").
    """

    headings: tuple[str, ...] = ()
    columns: dict[str, tuple[str, ...]]
    types: dict[str, FieldType] = {}
    unnamed: tuple[str, ...] = ()
    """Columns that are known and not read: serial number, practitioner."""
    relationships: tuple[str, ...] = ()
    """Words of the relationship column that send a row here where one table is for several kinds of people."""
    row_labels: tuple[str, ...] = ()
    named: dict[str, tuple[str, ...]] = {}
    """Labels that ask for the name of one person of the table, by relationship: Mother = ["Name of mother"]."""
    section: str = ""
    """The section in which bare questions ("Forename") ask for the one row of this table."""
    list_labels: tuple[str, ...] = ()
    """Labels of one cell that lists the people, each on a line."""
    words: Words = Words()

    @property
    def holds_events(self) -> bool:
        """Whether its rows are dated events and not people."""
        return "event" in self.columns

    @cached_property
    def column_labels(self) -> Labels:
        """The headers of the columns, those not read under names that begin with a dash."""
        return Labels({**self.columns, "-": self.unnamed}, self.words)

    @cached_property
    def lists(self) -> Labels:
        """The labels of one cell that lists the people."""
        return Labels({"list": self.list_labels}, self.words)

    @cached_property
    def named_labels(self) -> Labels:
        """The labels that ask for one person's name, each leading to the relationship."""
        return Labels(self.named, self.words)

    def place_of(self, label: str) -> str:
        """What the label is in this table, in words before the table's name; empty where it is nothing."""
        if self.column_labels.exactly(label):
            return "as a column of the table"
        if spelled(label) in map(spelled, self.row_labels):
            return "as a row of the table"
        if self.lists.exactly(label) or self.named_labels.exactly(label):
            return "for people of the table"
        return ""


class Ignored(Value):
    """The parts of the form that are for other people."""

    headings: tuple[str, ...] = ()
    except_fields: tuple[str, ...] = Field(default=(), alias="except")


class Definition(Value):
    """One kind of form."""

    kind: Kind
    whole: bool = False
    """Whether all of the paper is this form: dated rows in it are no chronology that stands beside it."""
    titles: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    """The fields and tables that only this kind of form asks for; a name and a date are on any paper."""
    sections: dict[str, tuple[str, ...]] = {}
    ignore: Ignored = Ignored()
    unread: tuple[str, ...] = ()
    """Labels that are known and have no field; they are not reported as unknown."""
    fields: dict[str, FieldDefinition] = {}
    tables: dict[str, TableDefinition] = {}
    words: Words = Words()

    @field_validator("fields", "tables", mode="after")
    @classmethod
    def _named_like_fields(cls, value: dict[str, Any]) -> dict[str, Any]:
        for name in value:
            if not name.isidentifier() or name.lower() != name:
                raise ValueError(f"{name!r} is no field name: small letters and _ only")
        return value

    @property
    def is_chronology(self) -> bool:
        """Whether the form's tables hold dated events."""
        return any(table.holds_events for table in self.tables.values())

    @cached_property
    def anywhere(self) -> Labels:
        """The labels that mean the same wherever they stand; name parts as `child_name:forename`."""
        return Labels(
            {**self._targets(lambda field: field.labels), **self._name_parts(), "-": self.unread}, self.words
        )

    def knows(self, text: str) -> bool:
        """Whether the text is a label anywhere in this form, of a question or of a column."""
        return len(text) <= LONGEST_PRINTED and self._known[text]

    def own_in(self, text: str) -> frozenset[str]:
        """The question of which the text is the label, and the tables of which it heads a column, that only this
        form has."""
        return self._own[text] if len(text) <= LONGEST_PRINTED else frozenset()

    @cached_property
    def _known(self) -> Remembered[bool]:
        return Remembered(lambda text: any(labels.exactly(text) for labels in self._all_labels), _REMEMBERED)

    @cached_property
    def _own(self) -> Remembered[frozenset[str]]:
        return Remembered(self._own_in, _REMEMBERED)

    def _own_in(self, text: str) -> frozenset[str]:
        asked = self.anywhere.exactly(text).partition(":")[0]
        tables = [name for name in self.marks if name in self.tables]
        headed = [name for name in tables if self.tables[name].column_labels.exactly(text)]
        return frozenset({asked} & set(self.marks)).union(headed)

    @cached_property
    def _all_labels(self) -> tuple[Labels, ...]:
        return (self.anywhere, *self.by_section.values(), *(one.column_labels for one in self.tables.values()))

    @cached_property
    def by_section(self) -> dict[str, Labels]:
        """For each section the labels that have their meaning there."""
        return {
            name: Labels(self._targets(lambda one, at=name: one.in_section.get(at, ())), self.words)
            for name in self.sections
        }

    @cached_property
    def by_field_before(self) -> dict[str, Labels]:
        """For each field the labels that have their meaning right behind it."""
        before = {name for one in self.fields.values() for name in one.after}
        return {
            name: Labels(self._targets(lambda one, at=name: one.after.get(at, ())), self.words) for name in before
        }

    def known_in_place(self, label: str, field: str) -> str:
        """Where a label has a meaning that it has not elsewhere, in words; empty where in no place.

        For a label that may go on (`Date of ...`) also where another field's label begins with its words.
        """
        if goes_on(label) and (longer := self._begun_with(label, field)):
            return f"as the beginning of “{longer}”"
        for section, labels in self.by_section.items():
            if meant := labels.exactly(label):
                return f"as {meant} in the section “{[*self.sections[section], section][0]}”"
        for before in self.by_field_before:
            if meant := self._whole_labels_behind(before).exactly(label):
                return f"as {meant} right behind {before}"
        return next((f"{place} {name}" for name, one in self.tables.items() if (place := one.place_of(label))), "")

    def _begun_with(self, label: str, field: str) -> str:
        """A label of another field that begins with these words and goes on."""
        others = (one for name, one in self.fields.items() if name != field)
        known = (text for one in others for text in (*one.labels, *one.forename, *one.surname))
        return next((text for text in known if spelled(text).startswith(f"{spelled(label)} ")), "")

    def _whole_labels_behind(self, before: str) -> Labels:
        """Without those that may go on: `When ...` behind one field takes no longer question from another place."""
        behind = {name: one.after.get(before, ()) for name, one in self.fields.items()}
        return Labels(
            {name: [text for text in them if not goes_on(text)] for name, them in behind.items()}, self.words
        )

    def _targets(self, labels: Any) -> dict[str, Iterable[str]]:
        return {name: labels(field) for name, field in self.fields.items()}

    def _name_parts(self) -> dict[str, Iterable[str]]:
        parts: dict[str, Iterable[str]] = {}
        for name, field in self.fields.items():
            parts[f"{name}:forename"] = field.forename
            parts[f"{name}:surname"] = field.surname
        return parts


class Definitions(Value):
    """All form definitions, one for each kind."""

    forms: tuple[Definition, ...]

    @classmethod
    def from_tables(cls, tables: Mapping[str, Mapping[str, Any]]) -> Definitions:
        """Definitions from the TOML data of config/forms, by file name without suffix.

        The table `words` tells which words mean the same. Raises ConfigProblems, each naming the file and the key.
        """
        forms: list[Definition] = []
        problems: list[str] = []
        words = Words()
        # Words first: what a text says is then worked out once for all forms and their tables.
        for name, table in sorted(tables.items(), key=lambda one: (one[0] != "words", one[0])):
            try:
                if name == "words":
                    words = Words.model_validate(table)
                    continue
                form = Definition.model_validate(_with_words(table, words))
            except ValidationError as error:
                problems.extend(f"config/forms/{name}.toml: {_said(one)}" for one in error.errors())
                continue
            problems.extend(f"config/forms/{name}.toml: {one}" for one in _dangling(form))
            forms.append(form)
        kinds = [form.kind for form in forms]
        problems.extend(
            f"config/forms: two files define {kind!r}" for kind in sorted(set(kinds)) if kinds.count(kind) > 1
        )
        if problems:
            raise ConfigProblems(problems)
        return cls(forms=tuple(forms))

    def with_labels(self, labels: Mapping[str, Mapping[str, Iterable[str]]]) -> Definitions:
        """These definitions with an office's own labels beside the shipped ones: kind to field to labels.

        The field of half a name is `child_name:forename` or `child_name:surname`. A label that means its field
        already changes nothing. Raises ConfigProblems, each problem naming the kind, the field and the label.
        """
        forms = {str(form.kind): form for form in self.forms}
        problems = [
            f"there is no form of the kind {kind!r}; the kinds are {', '.join(sorted(forms))}"
            for kind in labels
            if kind not in forms
        ]
        taught = [
            (kind, target, label)
            for kind, fields in labels.items()
            if kind in forms
            for target, added in fields.items()
            for label in added
        ]
        for kind, target, label in taught:
            reason = _not_to_be_taught(forms[kind], target, label)
            if reason:
                problems.append(f"[{kind}] {target}: {reason}")
            else:
                forms[kind] = _taught(forms[kind], target, label)
        if problems:
            raise ConfigProblems(problems)
        return Definitions(forms=tuple(forms.values()))


def _with_words(form: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """A form's data, with the words that every form shares."""
    tables = {name: {**table, "words": words} for name, table in form.get("tables", {}).items()}
    return {**form, "tables": tables, "words": words}


def _not_to_be_taught(form: Definition, target: str, label: str) -> str:
    """Why the label cannot stand for the field; empty where it can."""
    name, _, part = target.partition(":")
    if name not in form.fields or part not in {"", "forename", "surname"}:
        return "there is no such field"
    if why := never_a_label(label, name):
        return why
    meant = form.anywhere.exactly(label).partition(":")[0]
    if meant == name:
        return ""
    if meant not in {"", "-"}:
        return f"“{label}” means {meant} already. A label can mean one field only: see which of the two is right"
    if where := form.known_in_place(label, name):
        return f"“{label}” is known already, {where}. Teach it with more of the form's words, if it prints any"
    return ""


def _taught(form: Definition, target: str, label: str) -> Definition:
    """The form with one more label."""
    name, _, part = target.partition(":")
    if form.anywhere.exactly(label).partition(":")[0] == name:
        return form
    field, key = form.fields[name], part or "labels"
    fields = {**form.fields, name: field.model_copy(update={key: (*getattr(field, key), label)})}
    # Built anew: a copy would keep the labels that were gathered before.
    return Definition(**{key: getattr(form, key) for key in Definition.model_fields} | {"fields": fields})


def _said(error: Any) -> str:
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"{key} is not a key of a form definition"
    return f"{key}: {error['msg']}"


def _dangling(form: Definition) -> list[str]:
    """Names used in the definition that it does not define."""
    problems = []
    names = set(form.fields)
    for name, field in form.fields.items():
        for section in (*field.in_section, *field.not_in):
            if section not in form.sections:
                problems.append(f"fields.{name}: there is no section {section}")
        for other in (*field.after, *field.into, *filter(None, [field.details])):
            if other.partition(":")[0] not in names:
                problems.append(f"fields.{name} names {other}, and there is no such field")
    problems.extend(
        f"ignore.except names {one}, and there is no such field"
        for one in form.ignore.except_fields
        if one not in names
    )
    problems.extend(
        f"marks names {one}, and there is no such field or table"
        for one in form.marks
        if one not in names and one not in form.tables
    )
    for name, table in form.tables.items():
        if table.section and table.section not in form.sections:
            problems.append(f"tables.{name}.section: there is no section {table.section}")
        for column in table.types:
            if column not in table.columns:
                problems.append(f"tables.{name}.types.{column}: there is no such column")
    return problems
