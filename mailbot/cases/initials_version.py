"""The pack for people outside the need-to-know: what was read from the papers, names as initials; and its key."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from mailbot.cases.case import Case
from mailbot.cases.events import Row
from mailbot.cases.pseudonyms import Pseudonyms
from mailbot.cases.values import Value
from mailbot.cases.wording import field_name, say_iso_date, sentence_case

LEFT_OUT = (
    "address",
    "phone",
    "email",
    "contact",
    "nhs_number",
    "dob",
    "birth",
    "postcode",
    "_aka",
    "identifier",
    "signature",
)
"""Parts of the names of fields that point to one person, whatever initials stand beside them."""
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b")
_NHS_NUMBER = re.compile(r"\b\d{3}[ -]?\d{3}[ -]?\d{4}\b")
NOTICE = (
    "Initials version, for readers outside the need-to-know. Names of child and family that the referral gives "
    "stand as initials; addresses, telephone numbers, dates of birth and NHS numbers of forms are left out.",
    "It holds what was read from the papers, never the papers themselves. A name that nobody wrote in the referral "
    "cannot be known and may still stand here: read it before you pass it on. Professionals are named as they were.",
)
SOURCES = "Set from what was read in the forms and chronologies. The papers as they were sent are in the full pack."


class ReadPart(Value):
    """What was read of one paper: answers under their questions, then tables."""

    group: str
    title: str
    answers: tuple[tuple[str, str], ...] = ()
    tables: tuple[ReadTable, ...] = ()


class ReadTable(Value):
    """A table of a form, with the columns that are filled anywhere."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class KeyLine(Value):
    """Who stands behind initials."""

    initials: str
    name: str
    who: str


class Initials:
    """Names as initials that tell everybody apart, and no postcodes or NHS numbers."""

    def __init__(self, names: Pseudonyms) -> None:
        """`names` tells everybody of the family apart."""
        self._names = names

    def __call__(self, text: str) -> str:
        """The text as readers outside may have it."""
        return self._names(_NHS_NUMBER.sub("(number)", _POSTCODE.sub("(postcode)", text)))

    @property
    def key(self) -> tuple[KeyLine, ...]:
        """Who is who, in the order of the referral."""
        return tuple(KeyLine(initials=short, name=name, who=who) for name, short, who in self._names.people)


def read_parts(case: Case, hide: Initials, asked: Mapping[str, Sequence[str]]) -> tuple[ReadPart, ...]:
    """The referral, the notification and every return, as far as they were read.

    `asked` are the fields of each kind of form in the order in which it asks for them.
    """
    notified = "Local authority notification"
    parts = [
        _part("Referral", "Referral", _sorted(case.referral, asked["referral"]), case.referral_tables, hide),
        _part(notified, notified, _sorted(case.notification, asked["notification"]), {}, hide),
        *(
            _part("Returns", r.name, _sorted(r.fields, asked["scoping_return"]), r.tables, hide)
            for r in case.requests.values()
        ),
    ]
    return tuple(part for part in parts if part.answers or part.tables)


def _sorted(fields: dict[str, str], asked: Sequence[str]) -> dict[str, str]:
    """What was answered, in the order of the questions; what no question asks for comes last."""
    return {name: fields[name] for name in (*asked, *fields) if name in fields}


def _part(
    group: str, title: str, fields: dict[str, str], tables: dict[str, tuple[Row, ...]], hide: Initials
) -> ReadPart:
    answers = tuple((_label(name), hide(text)) for name, text in _in_words(fields).items() if text and _kept(name))
    return ReadPart(
        group=group,
        title=title,
        answers=answers,
        tables=tuple(_table(name, rows, hide) for name, rows in tables.items() if rows),
    )


def _table(name: str, rows: tuple[Row, ...], hide: Initials) -> ReadTable:
    said = [_in_words(row) for row in rows]
    columns = [c for c in dict.fromkeys(c for row in said for c in row) if _kept(c) and any(r.get(c) for r in said)]
    return ReadTable(
        title=_label(name),
        heads=tuple(_label(column) for column in columns),
        rows=tuple(tuple(hide(row.get(column, "")) for column in columns) for row in said),
    )


def _in_words(values: Mapping[str, str]) -> dict[str, str]:
    """The values in words. A date that was not written for certain (`..._raw`) has with it how it was written."""
    said = {name: _said(text) for name, text in values.items() if not name.endswith("_raw")}
    for name, written in values.items():
        base = name.removesuffix("_raw")
        if base != name and written.casefold() != said.get(base, "").casefold():
            said[base] = f"{said[base]} (written: {written})" if said.get(base) else written
    return said


def _said(value: str) -> str:
    """A value of the record in words: dates as people write them, `not_applicable` as two words."""
    return value.replace("_", " ") if re.fullmatch(r"[a-z]+(_[a-z]+)+", value) else say_iso_date(value)


def _kept(field: str) -> bool:
    return not any(part in field for part in LEFT_OUT)


def _label(field: str) -> str:
    return sentence_case(field_name(field))


ReadPart.model_rebuild()
