"""Whether a form is about a child whom a case knows already, and by what that is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz

from mailbot.cases.case import Case
from mailbot.cases.values import Value
from mailbot.forms.form import Form

ALIKE = 85
"""How alike two spellings of a name must be, of 100, where the date of birth is the same."""

SAME_NUMBER, SAME_NAME_AND_BIRTH = "the same NHS number", "the same name and date of birth"


class OneChild(Value):
    """A child as a form or a case gives them; empty what is not given."""

    names: tuple[str, ...]
    dob: str = ""
    nhs_number: str = ""


class Match(Value):
    """A case that may be about the same child, and by what."""

    ref: str
    how: str

    @property
    def sure(self) -> bool:
        """Whether it is the same child beyond doubt."""
        return self.how in (SAME_NUMBER, SAME_NAME_AND_BIRTH)


def children_of_form(form: Form) -> tuple[OneChild, ...]:
    """Every child that the form is about; the first with the other names and the NHS number that it gives."""
    own = OneChild(
        names=tuple(n for n in (form.get("child_name"), form.get("child_aka")) if n),
        dob=form.get("child_dob"),
        nhs_number=_digits(form.get("nhs_number")),
    )
    rows = tuple(
        OneChild(
            names=(row["name"],), dob=row.get("date_of_birth", ""), nhs_number=_digits(row.get("nhs_number", ""))
        )
        for row in form.tables.get("children", ())
        if row.get("name")
    )
    return (own, *rows) if own.names or own.nhs_number else rows


def children_of_case(case: Case) -> tuple[OneChild, ...]:
    """Every child of the case."""
    first, *others = case.children or (case.child,)
    names = tuple(n for n in (first.name, case.referral.get("child_aka", "")) if n)
    own = OneChild(names=names, dob=first.dob, nhs_number=_digits(case.referral.get("nhs_number", "")))
    return own, *(OneChild(names=(child.name,), dob=child.dob) for child in others if child.name)


def matches(form: Form, cases: Iterable[Case]) -> tuple[Match, ...]:
    """The cases that may be about a child of the form, each with how that is told. No names: it goes into mail."""
    return same_children(children_of_form(form), cases)


def same_children(children: Sequence[OneChild], cases: Iterable[Case]) -> tuple[Match, ...]:
    """The cases that may be about one of these children, each with how that is told."""
    told = ((case.ref, (likeness(a, b) for a in children for b in children_of_case(case))) for case in cases)
    found = ((ref, next((why for why in ways if why), "")) for ref, ways in told)
    return tuple(Match(ref=ref, how=how) for ref, how in found if how)


def likeness(one: OneChild, other: OneChild) -> str:
    """By what two children are the same, in words; empty where nothing says so.

    The same name with another date of birth is told as well: one of the two may be a slip of the pen.
    """
    if one.nhs_number and one.nhs_number == other.nhs_number:
        return SAME_NUMBER
    names = [(_folded(a), _folded(b)) for a in one.names for b in other.names]
    same_name = any(a == b for a, b in names)
    same_dob = bool(one.dob) and one.dob == other.dob
    if same_name and same_dob:
        return SAME_NAME_AND_BIRTH
    if same_name and not (one.dob and other.dob):
        return "the same name, and one of them gives no date of birth"
    if same_name:
        return "the same name, but another date of birth"
    if same_dob and any(fuzz.token_sort_ratio(a, b) >= ALIKE for a, b in names):
        return "a name spelled much alike, and the same date of birth"
    return ""


def _folded(name: str) -> str:
    kept = "".join(c if c.isalnum() else " " for c in name.casefold().replace("’", "").replace("'", ""))
    return " ".join(kept.split())


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())
