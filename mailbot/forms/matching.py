"""Which case a mail belongs to and whose it is, by marks in a fixed order, the surest first.

1. Our own Message-IDs in In-Reply-To and References, and in what a mail server returned. 2. The reference in the
subject, however it is written. 3. The block that we filled in on our own forms. 4. The reference in the sender's own
words, and in an invitation's answer. 5. Child and date of birth in a form, the child's whole name in the words of an
agency. 6. The sender, where the agency owes an answer in just one open case. Where marks of the first three name
different cases, or a later one names several, nobody guesses: a person is asked, with the candidates.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz

from mailbot.cases.asking import names
from mailbot.cases.directory import Agency, Directory
from mailbot.forms.body import own_words
from mailbot.forms.form import Form
from mailbot.forms.seen import KnownCase, Seen, forms_of

SAME_NAME = 85
"""How alike two spellings of a name must be, of 100, where no date of birth can decide."""
OWED = frozenset(
    {"scoping_return", "nil_return", "chronology", "extension_request", "acknowledgement", "secure_wrapper", "locked"}
)
"""Kinds of mail by which an agency answers what it was asked: the sender alone may tell the case."""
_GAP = r"[\s./_\\–—‑-]"
_UID = re.compile(rb"(?im)^UID:([^\r\n@]+)@")


class Step(NamedTuple):
    """One mark that was looked for: what it is, and the cases that it names."""

    mark: str
    cases: tuple[str, ...]


class Match(NamedTuple):
    """The case, how it was found, the candidates where it was not, and every mark that was looked for."""

    case: str | None
    how: str
    candidates: tuple[str, ...]
    steps: tuple[Step, ...]


def match_case(seen: Seen, kind: str = "") -> Match:
    """The case of a mail of this kind."""
    steps = tuple(Step(mark, tuple(sorted(look(seen)))) for mark, look in MARKS)
    if kind in OWED:
        steps = (*steps, Step("only in it the sender owes an answer", _owing(seen)))
    first = tuple(dict.fromkeys(ref for step in steps[:STRONG] for ref in step.cases))
    if len(first) > 1:
        return Match(None, f"it names several cases: {', '.join(sorted(first))}", tuple(sorted(first)), steps)
    step = next((step for step in steps if step.cases), Step("", ()))
    if len(step.cases) == 1:
        return Match(step.cases[0], f"{step.mark} {step.cases[0]}", step.cases, steps)
    several = f"{step.mark} of several cases: {', '.join(step.cases)}" if step.cases else ""
    return Match(None, several, step.cases, steps)


def case_of_form(form: Form, seen: Seen, otherwise: str | None) -> str | None:
    """The case of one form of a mail: its own block, its child, else the mail's where the child may be the same."""
    named = refs_in(form.get("case_ref"), seen) or {case.ref for case in seen.cases if same_child(case, form)}
    if named:
        return named.pop() if len(named) == 1 else None
    case = next((case for case in seen.cases if case.ref == otherwise), None)
    return None if case is not None and about_another_child(case, form) else otherwise


def refs_in(text: str, seen: Seen) -> set[str]:
    """The references of our cases in a text, also as people write them: `RR 2026 007`, `rr2026/7`, `RR–2026–007`."""
    prefix = re.escape(seen.prefix)
    pattern = re.compile(
        rf"(?i)(?<![A-Z0-9]){prefix}{_GAP}{{0,3}}(\d{{4}})(?:{_GAP}{{1,3}}(\d{{1,4}})|(\d{{3,4}}))(?!\d)"
    )
    known = {_plain_ref(ref): ref for ref in (*seen.refs, *seen.merged)}
    found = {(int(m[1]), int(m[2] or m[3])) for m in pattern.finditer(text)}
    refs = {known[number] for number in found if number in known}
    return {seen.merged.get(ref, ref) for ref in refs}


def owing_case(seen: Seen, agency: str | None) -> str | None:
    """The only open case in which this agency owes a return, if there is just one; the last resort."""
    owing = [case.ref for case in seen.cases if agency in case.owing]
    named_other = any(form.get("child_name") or form.get("case_ref") for form in forms_of(seen))
    return owing[0] if len(owing) == 1 and not named_other else None


def children_in(form: Form) -> tuple[tuple[str, str], ...]:
    """Name and date of birth of each child that the form is about."""
    rows = [(row.get("name", ""), row.get("date_of_birth", "")) for row in form.tables.get("children", ())]
    return tuple((name, dob) for name, dob in [(form.get("child_name"), form.get("child_dob")), *rows] if name)


def same_child(case: KnownCase, form: Form) -> bool:
    """The same name and, where both give one, the same date of birth."""
    return _is_one_of(case, children_in(form))


def _is_one_of(case: KnownCase, children: Iterable[tuple[str, str]]) -> bool:
    return any(
        _folded_name(name) == _folded_name(ours) and (not dob or not born or dob == born)
        for name, dob in children
        for ours, born in case.children
    )


def about_another_child(case: KnownCase, form: Form) -> bool:
    """Whether a form gives a child who cannot be the case's: another name, and no date of birth that agrees.

    A spelling slip is no other child; a brother or sister with another date of birth is.
    """
    return bool(children_in(form) and case.child_name) and not any(
        _may_be(case, _folded_name(name), dob) for name, dob in children_in(form)
    )


def agency_of(seen: Seen, directory: Directory) -> tuple[str | None, str]:
    """Whose mail it is: the sender's agency, else the one whose letter is answered or came back."""
    answered = {letter.agency for letter in seen.answers if letter.agency}
    if seen.returned_letter and len(answered) == 1:
        return answered.pop(), "our letter to that agency came back"
    sender = directory.agency_of(seen.envelope.sender.email)
    if sender is not None:
        return sender.id, f"the sender belongs to {sender.name}"
    if len(answered) == 1:
        return answered.pop(), "it answers our letter to that agency"
    return None, ""


def agency_of_form(form: Form, sender: str | None, asked: tuple[str, ...], directory: Directory) -> str | None:
    """Whose return a form is: the agency it names, if that one was asked; else the sender's."""
    named = [agency.id for agency in _named(form, directory)]
    if sender in named or not named:
        return sender
    asked_and_named = [a for a in named if a in asked]
    return asked_and_named[0] if len(asked_and_named) == 1 else sender


def named_otherwise(forms: Iterable[Form], seen: Seen, sender: str | None, directory: Directory) -> tuple[str, ...]:
    """The agencies that forms name where none of them is the sender's; empty where sender and forms agree.

    A mail that brings the sender's own return too may bring others' beside it: a shared service does. So may whoever
    writes from a domain that the directory gives to the named agency as well.
    """
    each = [_named(form, directory) for form in forms]
    if any(agency.id == sender for named in each for agency in named):
        return ()
    address = seen.envelope.sender.email
    strange = [named for named in each if named and not any(agency.owns_domain(address) for agency in named)]
    return tuple(dict.fromkeys(agency.name for named in strange for agency in named))


def _named(form: Form, directory: Directory) -> list[Agency]:
    """The agencies of the directory that a form names as its own."""
    written = form.get("agency_name")
    return [agency for agency in directory.agencies if written and names(agency, written)]


def _answered(seen: Seen) -> set[str]:
    return {seen.merged.get(letter.case, letter.case) for letter in seen.answers if letter.case}


def _in_subject(seen: Seen) -> set[str]:
    return refs_in(seen.envelope.subject, seen)


def _in_form(seen: Seen) -> set[str]:
    return {ref for form in forms_of(seen) for ref in refs_in(form.get("case_ref"), seen)}


def _in_words(seen: Seen) -> set[str]:
    calendars = [a.content for a in seen.envelope.attachments if a.content_type == "text/calendar"]
    uids = " ".join(uid.decode("ascii", "replace") for content in calendars for uid in _UID.findall(content))
    return refs_in(f"{own_words(seen.envelope.text)} {uids}", seen)


def _by_child(seen: Seen) -> set[str]:
    forms = forms_of(seen)
    children = [child for form in forms for child in children_in(form)]
    by_form = {case.ref for case in seen.cases if _is_one_of(case, children)}
    if by_form or forms or seen.sender_agency is None:
        return by_form
    words = f" {_folded(f'{seen.envelope.subject} {own_words(seen.envelope.text)}')} "
    return {
        case.ref
        for case in seen.cases
        for name, _ in case.children
        if " " in name and f" {_folded_name(name)} " in words
    }


def _owing(seen: Seen) -> tuple[str, ...]:
    ref = owing_case(seen, seen.sender_agency)
    return (ref,) if ref else ()


MARKS: tuple[tuple[str, Callable[[Seen], set[str]]], ...] = (
    ("it answers our letter", _answered),
    ("the subject has the reference", _in_subject),
    ("the form has the reference", _in_form),
    ("the words have the reference", _in_words),
    ("the child is that", _by_child),
)
STRONG = 3
"""How many of the marks must not contradict one another."""


@lru_cache(maxsize=5_000)
def _plain_ref(ref: str) -> tuple[int, int]:
    _, year, number = ref.rsplit("-", 2)
    return int(year), int(number)


def _may_be(case: KnownCase, name: str, dob: str) -> bool:
    return any(_may_be_child(_folded_name(ours), born, name, dob) for ours, born in case.children)


def _may_be_child(ours: str, born: str, name: str, dob: str) -> bool:
    if name == ours:
        return True
    if dob and born:
        return dob == born
    return fuzz.token_sort_ratio(name, ours) >= SAME_NAME


# The children of the open cases, compared with those of every mail.
@lru_cache(maxsize=2_000)
def _folded_name(name: str) -> str:
    return _folded(name)


def _folded(name: str) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", name.casefold().replace("’", "").replace("'", "")).split())
