"""The names of child and family, and how they are kept out of what others read: initials in their place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from mailbot.cases.case import Case
from mailbot.cases.events import Paper, Row
from mailbot.cases.name_words import NameWords
from mailbot.cases.naming import other_names, plain_name
from mailbot.cases.wording import INITIALS, initials
from mailbot.cases.writings import beginnings, bounded, capitalised, composed, folded, latin, unspaced, whole, word

SHORTEST_NAME = 3
"""Letters of a part that is looked for within other words of a file's name."""
_NONE = """
mr mrs ms miss mx master dr and or of the to be as above see same none not known unknown name named unnamed withheld
refused given confirmed tbc n/a na nk n/k applicable not_applicable unborn baby child children infant boy girl male
female twin mother mum mummy father dad daddy parent parents carer foster step stepfather stepmother half partner
boyfriend girlfriend husband wife ex maternal paternal grandmother grandfather grandparent grandparents nan uncle aunt
cousin sibling siblings brother sister son daughter family deceased friend lodger subject
"""
NOT_NAMES = frozenset(_NONE.split())
"""Words that stand in a form's box for a name and are none."""
NO_WORDS = NameWords()
HOME = "the home address"
STREET = "the home street"
_TITLE_BEFORE = re.compile(r"\b(?:mr|mrs|ms|miss|mx|dr|master)\.?\s+$", re.IGNORECASE)
_DAY = r"(?<![\w.:])(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?:\s+of)?[\s/.-]{1,2}"
_NOT_AGE = r"(?!\d|\s*(?:years?|yrs?|y/?o\b|months?|weeks?))"

Sort = Literal["name", "word", "never_alone"]
Instead = Callable[[re.Match[str], str], str | None]
"""Gives what to write in place of something found in the folded text; none where it stays."""


class _Part(NamedTuple):
    """A forename or surname by itself: its initials, and whether it is a word besides."""

    text: str
    short: str
    sort: Sort


def family_rows(case: Case) -> tuple[Row, ...]:
    """Parents, carers, siblings and others of the household, as the referral gives them."""
    tables = case.referral_tables
    return (*tables.get("parents_carers", ()), *tables.get("siblings_household", ()))


class Pseudonyms:
    """Replaces the names of child and family with initials: whole names first, then forenames and surnames alone.

    A whole name is known in any writing: capitals or none, surname first, without its accents. A part of it must
    begin with a capital, since in small letters it may be a word (`will`, `grace`), and it is left in dates
    (`3 April`) and in the names of `bodies`. Where that leaves doubt it is hidden.
    """

    def __init__(
        self, case: Case, words: NameWords = NO_WORDS, bodies: Sequence[str] = (), apart: bool = False
    ) -> None:
        """`bodies`: agencies and others whose names stay. `apart`: two people with the same initials get a number,
        and a forename stands for its person."""
        people = {person: who for person, who in _people(case).items() if any(map(_tokens, _names(person)))}
        short = _numbered(people, case) if apart else {person: initials(person) for person in people}
        self.people = tuple((person, short[person], who) for person, who in people.items())
        """Each name with its initials and whose it is, in the order of the referral."""
        self._wholes = list(_wholes(short))
        self._parts = _parts(short, words, apart)
        self._words = {w.casefold() for w in (*words.words, *words.calendar, *words.never_alone)}
        self._after_word = re.compile(rf"\s+(?:{_any(words.after_word)})\b", re.IGNORECASE)
        wholes = [bounded(whole(tokens), tokens[0]) for tokens, _ in self._wholes]
        self._whole_pattern = _one_of(wholes, (token for tokens, _ in self._wholes for token in tokens))
        self._part_pattern = self._with_what_stays(words, bodies)
        self._places = _places(case.referral.get("child_address", ""))

    def __call__(self, text: str) -> str:
        """The text with every name of the family as initials, and without the child's home address."""
        text = composed(text)
        for place, instead in self._places:
            text = _replaced(place, text, instead)
        if self._whole_pattern:
            text = _replaced(self._whole_pattern, text, self._instead_of_whole)
        return _replaced(self._part_pattern, text, self._instead_of_part) if self._part_pattern else text

    def file(self, paper: Paper) -> str:
        """The paper's file name; where a name of the family is in it, its kind in the name's place."""
        if not self._in_file(folded(composed(paper.name))):
            return paper.name
        _, dot, ending = paper.name.rpartition(".")
        return f"{paper.kind}.{ending}" if dot else paper.kind

    def _in_file(self, name: str) -> bool:
        """Whether a name stands in a file's name, where words run together and capitals say nothing."""
        ways = [whole(tokens, r"[\W_]*") for tokens, _ in self._wholes]
        ways += [word(p.text) if len(p.text) >= SHORTEST_NAME else bounded(word(p.text), p.text) for p in self._parts]
        return any(re.search(way, name, re.IGNORECASE) for way in ways)

    def _with_what_stays(self, words: NameWords, bodies: Sequence[str]) -> re.Pattern[str] | None:
        """The parts of names, each a group of the pattern, behind what is no name although a part is in it."""
        parts = [bounded(capitalised(p.text) if latin(p.text) else word(p.text), p.text) for p in self._parts]
        alone = _one_of(parts, (p.text for p in self._parts))
        if alone is None:
            return None
        stays = [name for name in map(folded, map(composed, bodies)) if self._stays(name, alone)]
        dates = {p.text.casefold() for p in self._parts} & {month.casefold() for month in words.calendar}
        ways = [rf"\b(?i:{_any(stays)})(?!\w)"] if stays else []
        if dates:
            ways += _dates(sorted(dates), words)
        return re.compile("|".join((*ways, alone.pattern)))

    def _stays(self, body: str, alone: re.Pattern[str]) -> bool:
        """Whether a part of a name is in this name of a body, and is not all of it."""
        found = alone.search(body)
        whole_name = self._whole_pattern and self._whole_pattern.search(body)
        return bool(found and found.group().rstrip(".") != body.strip() and not whole_name)

    def _instead_of_whole(self, found: re.Match[str], _plain: str) -> str | None:
        """The initials of the name that was found; none for `Will may` of Will May, where one part is a word."""
        tokens, short = self._wholes[_which(found)]
        parts = set(re.findall(r"[^\W\d_]+", found.group()))
        small = {part for part in parts if part.islower()}
        return None if small < parts and (small & self._words) - set(tokens) else short

    def _instead_of_part(self, found: re.Match[str], plain: str) -> str | None:
        """The initials of the part that was found; none where what was found is a date, a body or a word."""
        if found.lastindex is None:
            return None
        part = self._parts[_which(found)]
        before = plain[: found.start()]
        titled = part.sort != "name" and _TITLE_BEFORE.search(before[-12:])
        if part.sort == "name" or titled:
            return part.short
        begins = not before.strip() or before.rstrip(" \t")[-1:] in ".!?:;\n"
        as_word = begins and self._after_word.match(plain, found.end())
        return None if part.sort == "never_alone" or as_word else part.short


def _replaced(pattern: re.Pattern[str], text: str, instead: Instead) -> str:
    """What the pattern finds in the folded text, replaced in the text itself; what gives none is left."""
    plain = folded(text)
    pieces, end = [], 0
    for found in pattern.finditer(plain):
        short = instead(found, plain)
        if short is not None:
            pieces += [text[end : found.start()], short]
            end = found.end()
    return "".join((*pieces, text[end:])) if pieces else text


def _which(found: re.Match[str]) -> int:
    """Which of the groups was found, of a pattern that is groups beside each other."""
    return (found.lastindex or 0) - 1


def _one_of(patterns: Sequence[str], names: Iterable[str]) -> re.Pattern[str] | None:
    """The pattern of any of these, each a group; `names` are what they may begin with. None of none."""
    groups = "|".join(f"({pattern})" for pattern in patterns)
    return re.compile(f"{beginnings(names)}(?:{groups})") if patterns else None


def _any(words: Iterable[str]) -> str:
    """The pattern of any of these words, the longest first; of none it finds nothing."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or "(?!)"


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


def _names(person: str) -> tuple[str, ...]:
    """The name in the box, and what else the box says that the person is called."""
    return (plain_name(person), *other_names(person))


def _tokens(name: str) -> list[str]:
    """The parts of a name as they stand; none where nothing of it is a name."""
    tokens = [token.strip(",;:") for token in name.split() if token[0].isalpha()]
    if name == name.lower() != name.upper():
        # Nobody's name is one word in small letters, nor holds a word that is none: `not known to us`.
        words = len(tokens) if 1 < len(tokens) < 5 and all(map(_may_be_name, tokens)) else 0
        return tokens if words else []
    return tokens if any(_is_name(token) for token in tokens) else []


def _wholes(short: dict[str, str]) -> Iterator[tuple[list[str], str]]:
    """Every name of more than one part, the longest first, with its initials. A Chinese name is whole in one word."""
    found = [
        (_tokens(name), initials(name) if own and initials(name) else marks)
        for person, marks in short.items()
        for own, name in ((name != plain_name(person), name) for name in _names(person))
    ]
    several = [(t, marks) for t, marks in found if len(t) > 1 or (t and unspaced(t[0]) and len(t[0]) > 1)]
    return iter(sorted(several, key=lambda one: -len("".join(one[0]))))


def _parts(short: dict[str, str], words: NameWords, apart: bool) -> list[_Part]:
    """Forenames and surnames by themselves, the longest first."""
    holders: dict[str, tuple[str, set[str]]] = {}
    for person, marks in short.items():
        for part in (part for name in _names(person) for part in _alone(name)):
            holders.setdefault(folded(composed(part)).casefold(), (part, set()))[1].add(marks)
    never, common = ({w.casefold() for w in ws} for ws in (words.never_alone, (*words.words, *words.calendar)))
    return [
        _Part(
            text=part,
            short=next(iter(marks)) if apart and len(marks) == 1 else initials(part),
            sort="never_alone" if key in never else "word" if key in common else "name",
        )
        for key, (part, marks) in sorted(holders.items(), key=lambda one: (-len(one[0]), one[0]))
    ]


def _alone(name: str) -> Iterator[str]:
    """What of a name may stand for the person by itself."""
    tokens = _tokens(name)
    small = name == name.lower()
    for token in tokens:
        for part in dict.fromkeys((token, *token.split("-"))):
            long_enough = 2 if latin(part) or unspaced(part) else SHORTEST_NAME
            if (_may_be_name(part) if small else _is_name(part)) and len(part) >= long_enough:
                yield part


def _may_be_name(word: str) -> bool:
    return word[:1].isalpha() and word.casefold().strip(".,") not in NOT_NAMES and not INITIALS.fullmatch(word)


def _is_name(word: str) -> bool:
    # Scripts without capitals (Arabic, Chinese) have names all the same.
    return _may_be_name(word) and not word[:1].islower()


def _dates(months: Sequence[str], words: NameWords) -> Iterator[str]:
    """The patterns of dates with one of these months (days, seasons): a number beside it, or a word before."""
    month = rf"(?i:{_any(months)})(?![^\W\d_])"
    more = rf"(?:\s*(?:to|and|or|[-/,])\s*(?i:{_any(words.calendar)})\b){{0,2}}"
    yield f"{_DAY}{month}"
    yield rf"\b{month}\.?{more}[\s,./-]{{1,2}}(?:19|20)\d\d"
    yield rf"\b{month}[\s/-]'?\d{{1,2}}(?:st|nd|rd|th)?{_NOT_AGE}"
    yield rf"\b(?i:{_any(words.before_date)})[\s-]+(?:(?i:early|mid|late)[\s-]+)?{month}(?!'s)"


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


def _places(address: str) -> tuple[tuple[re.Pattern[str], Instead], ...]:
    """House and street (`18 Fuller's Row`), by which an address is named in running text, then the street alone."""
    line = re.split(r"[,;\n]", address)[0].strip()
    if not re.match(r"(?:flat\s+)?\d", line, re.IGNORECASE) or len(line.split()) < 2:
        return ()
    street = re.sub(r"^\D*\d+\w*\s+", "", line)
    return (
        (re.compile(word(line), re.IGNORECASE), lambda _found, _plain: HOME),
        (re.compile(word(street), re.IGNORECASE), lambda _found, _plain: STREET),
    )
