"""The names of child and family, and how they are kept out of what others read: initials in their place."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mailbot.cases.case import Case
from mailbot.cases.events import Paper, Row
from mailbot.cases.wording import initials

SHORTEST_NAME = 3
NOT_NAMES = frozenset(
    {"mr", "mrs", "ms", "miss", "master", "dr", "and", "of", "the"}
    | {"none", "not", "known", "unknown", "unborn", "baby", "child", "mother", "mum", "father", "dad"}
)
"""Words that stand in a form's box for a name and are none."""


def family_rows(case: Case) -> tuple[Row, ...]:
    """Parents, carers, siblings and others of the household, as the referral gives them."""
    tables = case.referral_tables
    return (*tables.get("parents_carers", ()), *tables.get("siblings_household", ()))


HOME = "the home address"

STREET = "the home street"


class Pseudonyms:
    """Replaces the names of child and family with initials: whole names first, then forenames and surnames alone.

    A name is known as the referral writes it and in capitals; in small letters it may be a word (`will`, `grace`).
    """

    def __init__(self, case: Case, apart: bool = False) -> None:
        """`apart`: two people with the same initials get a number, and a forename stands for its person."""
        people = _people(case)
        parts_of = {person: _parts(person) for person in people}
        short = _numbered(people, case) if apart else {person: initials(person) for person in people}
        words: dict[str, str] = {}
        for person, parts in parts_of.items():
            if parts:
                words.setdefault(person, short[person])
            for part in parts:
                shared = len({short[other] for other, others in parts_of.items() if part in others}) > 1
                words.setdefault(part, initials(part) if shared or not apart else short[person])
        self.people = tuple((person, short[person], who) for person, who in people.items() if parts_of[person])
        """Each name with its initials and whose it is, in the order of the referral."""
        words |= {word.upper(): short for word, short in words.items()}
        longest_first = sorted(words, key=len, reverse=True)
        self._words = words
        # A full stop after a name is taken with it, as initials end in one.
        self._pattern = re.compile(rf"\b({'|'.join(map(re.escape, longest_first))})(?!\w)\.?") if words else None
        self._address = _first_line(case.referral.get("child_address", ""))

    def __call__(self, text: str) -> str:
        """The text with every name of the family as initials, and without the child's home address."""
        if self._address:
            street = re.sub(r"^\D*\d+\w*\s+", "", self._address)
            for place, instead in ((self._address, HOME), (street, STREET)):
                text = re.sub(re.escape(place), instead, text, flags=re.IGNORECASE)
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda found: self._words[found.group(1)], text)

    def file(self, paper: Paper) -> str:
        """The paper's file name; where a name of the family is in it, its kind in the name's place."""
        if not any(word.casefold() in paper.name.casefold() for word in self._words):
            return paper.name
        _, dot, ending = paper.name.rpartition(".")
        return f"{paper.kind}.{ending}" if dot else paper.kind


def _people(case: Case) -> dict[str, str]:
    """Every name of child and family that the referral gives, and whose it is."""
    rows = [(row.get("name", ""), row.get("relationship", "") or "of the family") for row in family_rows(case)]
    named = [
        (case.child.name, "the child"),
        *((child.name, "a child of this review") for child in case.children),
        (case.referral.get("child_aka", ""), "another name of the child"),
        *rows,
    ]
    people: dict[str, str] = {}
    for name, who in named:
        people.setdefault(name, who)
    return people


def _parts(person: str) -> list[str]:
    return [part for word in person.split() for part in (word, *word.split("-")) if _is_name(part)]


def _numbered(people: Iterable[str], case: Case) -> dict[str, str]:
    """Initials that tell everybody apart: the second T.S. is `T.S.2`. Another name of the child is the child's."""
    short: dict[str, str] = {}
    for person in people:
        if person == case.referral.get("child_aka") and case.child.name in short:
            short[person] = short[case.child.name]
            continue
        taken = sum(other.rstrip("0123456789") == initials(person) for other in set(short.values()))
        short[person] = f"{initials(person)}{taken + 1}" if taken and initials(person) else initials(person)
    return short


def _first_line(address: str) -> str:
    """House and street (`18 Fuller's Row`), by which an address is named in running text; empty without a number."""
    line = re.split(r"[,;\n]", address)[0].strip()
    return line if re.match(r"(?:flat\s+)?\d", line, re.IGNORECASE) and len(line.split()) > 1 else ""


def _is_name(word: str) -> bool:
    # Scripts without capitals (Arabic, Chinese) have names all the same.
    begins = word[:1].isalpha() and not word[:1].islower()
    return len(word) >= SHORTEST_NAME and begins and word.casefold().strip(".,") not in NOT_NAMES
