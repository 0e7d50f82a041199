"""The pack for people outside the need-to-know: what was read from the papers, names as initials; and its key."""

from __future__ import annotations

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
    "postcode",
    "_aka",
    "identifier",
    "signature",
)
"""Parts of the names of fields that point to one person, whatever initials stand beside them."""
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


def read_parts(case: Case, hide: Pseudonyms) -> tuple[ReadPart, ...]:
    """The referral, the notification and every return, as far as they were read."""
    parts = [
        _part("Referral", "Referral", case.referral, case.referral_tables, hide),
        _part("Local authority notification", "Local authority notification", case.notification, {}, hide),
        *(_part("Returns", r.name, r.fields, r.tables, hide) for r in case.requests.values()),
    ]
    return tuple(part for part in parts if part.answers or part.tables)


def key_of(hide: Pseudonyms) -> tuple[KeyLine, ...]:
    """Who is who, in the order of the referral."""
    return tuple(KeyLine(initials=short, name=name, who=who) for name, short, who in hide.people)


def _part(
    group: str, title: str, fields: dict[str, str], tables: dict[str, tuple[Row, ...]], hide: Pseudonyms
) -> ReadPart:
    answers = tuple((_label(name), hide(say_iso_date(text))) for name, text in fields.items() if text and _kept(name))
    return ReadPart(
        group=group,
        title=title,
        answers=answers,
        tables=tuple(_table(name, rows, hide) for name, rows in tables.items() if rows),
    )


def _table(name: str, rows: tuple[Row, ...], hide: Pseudonyms) -> ReadTable:
    columns = [c for c in dict.fromkeys(c for row in rows for c in row) if _kept(c) and any(r.get(c) for r in rows)]
    return ReadTable(
        title=_label(name),
        heads=tuple(_label(column) for column in columns),
        rows=tuple(tuple(hide(say_iso_date(row.get(column, ""))) for column in columns) for row in rows),
    )


def _kept(field: str) -> bool:
    return not any(part in field for part in LEFT_OUT)


def _label(field: str) -> str:
    return sentence_case(field_name(field))


ReadPart.model_rebuild()
