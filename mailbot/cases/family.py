"""Who is who in the child's family, as the referral names them: parents, their partners, grandparents, siblings.

Nothing is guessed: whoever is called by a word that fits no place, or fits two, is named apart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from mailbot.cases.case import Case, Child
from mailbot.cases.events import Row
from mailbot.cases.pseudonyms import Pseudonyms, family_rows
from mailbot.cases.values import Value
from mailbot.cases.wording import initials, say_list

Sign = Literal["square", "circle", "diamond", "triangle"]
Words = tuple[str, ...]


class Relationships(Value):
    """The words for each place in a family (config/relationships.toml)."""

    mother: Words = ()
    father: Words = ()
    parent: Words = ()
    mothers_partner: Words = ()
    fathers_partner: Words = ()
    maternal_grandparent: Words = ()
    paternal_grandparent: Words = ()
    sibling: Words = ()
    twin: Words = ()
    maternal_half_sibling: Words = ()
    paternal_half_sibling: Words = ()
    step_sibling: Words = ()
    female: Words = ()
    male: Words = ()
    died: Words = ()
    unborn: Words = ()
    same_address: Words = ()

    def place_of(self, relationship: str) -> str:
        """The place whose word this is, `mother` for `Birth mother (deceased)`; empty where it is none of them."""
        told = {_plain(relationship), _plain(self.without_died(relationship))}
        return next((place for place in PLACES if told & {_plain(w) for w in getattr(self, place)}), "")

    def says(self, words: Words, text: str) -> bool:
        """Whether one of these stands in the text as a whole word."""
        return bool(set(words) & set(re.findall(r"\w+", text.casefold())))

    def without_died(self, text: str) -> str:
        """The relationship alone, `father` for `father (deceased)`."""
        kept = "".join(part for part in re.split(r"(\s+|\([^)]*\))", text) if not self.says(self.died, part))
        return re.sub(r"\s+", " ", kept).strip(" ,;")


PLACES = (
    *("mother", "father", "parent", "mothers_partner", "fathers_partner", "maternal_grandparent"),
    *("paternal_grandparent", "sibling", "twin", "maternal_half_sibling", "paternal_half_sibling", "step_sibling"),
)


class Member(Value):
    """Somebody of the family: initials, what they are to the child, the year of their birth, and their sign."""

    initials: str
    relationship: str = ""
    born: str = ""
    sign: Sign = "diamond"
    subject: bool = Field(default=False, description="a child that the review is about")
    died: bool = False
    home: bool = Field(default=False, description="known to live at the child's address")
    twin: bool = Field(default=False, description="a twin of the child")
    named: bool = True


class Parent(Value):
    """A parent, or a parent's partner, with those who belong to nobody else's side."""

    person: Member
    parents: tuple[Member, ...] = Field(default=(), description="the child's grandparents on this side")
    partners: tuple[Parent, ...] = ()
    children: tuple[Member, ...] = Field(default=(), description="half or step-siblings of the child")


class Family(Value):
    """The child's family as far as it can be drawn. `first` and `second` are the parents; `apart` fits no place."""

    children: tuple[Member, ...]
    first: Parent | None = None
    second: Parent | None = None
    apart: tuple[Member, ...] = ()

    @property
    def drawable(self) -> bool:
        """Whether anybody beside the child has a place in the drawing."""
        return bool(self.parents) or any(not child.subject for child in self.children)

    @property
    def parents(self) -> tuple[Parent, ...]:
        """The parents who are named, or drawn because a half-sibling shows that there is another one."""
        return tuple(parent for parent in (self.first, self.second) if parent)


def family_of(case: Case, words: Relationships, hide: Pseudonyms | None = None) -> Family:
    """The family as the case's forms name it. Parents are those of all children of the review.

    `hide` takes the names out of what somebody wrote for a relationship; without it, every name of the family.
    """
    hide = hide or Pseudonyms(case)
    subjects = [_subject(child, case, words, hide) for child in (case.child, *case.children[1:]) if child.initials]
    known = {child.name.casefold() for child in (case.child, *case.children)}
    by_place: dict[str, list[Member]] = {place: [] for place in ("", *PLACES)}
    for row in family_rows(case):
        if row.get("name") and row["name"].casefold() not in known:
            by_place[words.place_of(row.get("relationship", ""))].append(_member(row, case, words, hide))
    return _Placing(subjects, by_place).family()


class _Placing:
    """One family being put together: members leave their place when somebody is found whom they belong to."""

    def __init__(self, subjects: list[Member], by_place: dict[str, list[Member]]) -> None:
        self._subjects = subjects
        self._by_place = by_place

    def family(self) -> Family:
        mothers, fathers = self._take("mother"), self._take("father")
        parents = [*fathers, *mothers, *self._take("parent")]
        drawn, more = parents[:2], parents[2:]
        mother = mothers[0] if len(mothers) == 1 and mothers[0] in drawn else None
        father = fathers[0] if len(fathers) == 1 and fathers[0] in drawn else None
        second = self._side(mother, "mothers_partner", "maternal_grandparent", "maternal_half_sibling")
        first = self._side(father, "fathers_partner", "paternal_grandparent", "paternal_half_sibling")
        others = [Parent(person=p) for p in drawn if p not in (mother, father)]
        first, second = first or (others.pop(0) if others else None), second or (others.pop(0) if others else None)
        if first is None and second and second.children:
            first = Parent(person=UNNAMED)
        if second is None and first and first.children:
            second = Parent(person=UNNAMED)
        first, second = self._with_step_siblings(first, second)
        twins = [m.model_copy(update={"twin": True}) for m in self._take("twin")] if self._subjects else []
        if len(self._subjects) > 1:
            twins, more = [], [*more, *twins]
        children = (*self._take("sibling"), *twins, *self._subjects)
        apart = (*more, *(member for place in self._by_place.values() for member in place))
        return Family(children=children, first=first, second=second, apart=apart)

    def _take(self, place: str) -> list[Member]:
        found, self._by_place[place] = self._by_place[place], []
        return found

    def _side(self, person: Member | None, partners: str, parents: str, children: str) -> Parent | None:
        """The parent with those of that side. Three grandparents on one side cannot be, so none of them is drawn."""
        if person is None:
            return None
        above = self._take(parents) if len(self._by_place[parents]) <= 2 else []
        beside = tuple(Parent(person=p) for p in self._take(partners))
        return Parent(person=person, parents=tuple(above), partners=beside, children=tuple(self._take(children)))

    def _with_step_siblings(self, first: Parent | None, second: Parent | None) -> tuple[Parent | None, Parent | None]:
        """Step-siblings are children of the one step-parent; of two, nobody says of which."""
        sides = [side for side in (first, second) if side and side.partners]
        if len(sides) != 1 or len(sides[0].partners) != 1:
            return first, second
        children = tuple(self._take("step_sibling"))
        partner = sides[0].partners[0].model_copy(update={"children": children})
        side = sides[0].model_copy(update={"partners": (partner,)})
        return (side, second) if sides[0] is first else (first, side)


UNNAMED = Member(initials="?", relationship="parent not named", named=False)
"""The other parent of the child, drawn only where a half-sibling shows that there are two."""


def _subject(child: Child, case: Case, words: Relationships, hide: Pseudonyms) -> Member:
    row = {"name": child.name, "date_of_birth": child.dob, "gender": child.gender}
    died = case.referral.get("date_of_death", "").startswith("20") and len(case.children) < 2
    return _member(row, case, words, hide).model_copy(
        update={"relationship": "the child", "subject": True, "died": died, "home": True}
    )


def _member(row: Row, case: Case, words: Relationships, hide: Pseudonyms) -> Member:
    relationship, name = row.get("relationship", ""), row.get("name", "")
    hidden = hide(relationship)
    return Member(
        initials=initials(name) or "not named",
        relationship="" if hidden in ("unknown", "not_applicable") else words.without_died(hidden),
        born=_year(row.get("date_of_birth", "")),
        sign=_sign(row.get("gender", ""), relationship, name, words),
        died=words.says(words.died, relationship),
        home=_same_home(row.get("address", ""), case.referral.get("child_address", ""), words),
    )


def _sign(gender: str, relationship: str, name: str, words: Relationships) -> Sign:
    """The standard signs: square male, circle female, triangle unborn, diamond not known."""
    if words.says(words.unborn, f"{relationship} {name} {gender}"):
        return "triangle"
    if gender.casefold() == "male" or (not gender and words.says(words.male, _own_word(relationship))):
        return "square"
    if gender.casefold() == "female" or (not gender and words.says(words.female, _own_word(relationship))):
        return "circle"
    return "diamond"


def _own_word(relationship: str) -> str:
    """`mother's boyfriend` and `partner of mother` tell nothing by the word mother: only what they are themselves."""
    return re.sub(r"\w+['’]s\b|\bof \w+", " ", relationship.casefold())


def _same_home(address: str, childs: str, words: Relationships) -> bool:
    if not address:
        return False
    told = _plain(address)
    return told in {_plain(word) for word in words.same_address} or (bool(childs) and told == _plain(childs))


def _year(dob: str) -> str:
    return dob[:4] if re.match(r"\d{4}(-|$)", dob) else ""


def _plain(text: str) -> str:
    """Letters and figures alone, in small letters, one space between words."""
    return " ".join(re.findall(r"\w+", text.casefold().replace("’", "'").replace("'", "")))


def in_words(family: Family) -> str:
    """The drawing said in sentences, for those who cannot see it."""
    lines = [f"Genogram of the family of {say_list([m.initials for m in family.children if m.subject]).rstrip('.')}."]
    parents = [p.person for p in family.parents if p.person.named]
    if parents:
        lines.append(f"Parents: {say_list([_told(m) for m in parents])}.")
    for parent in family.parents:
        who = parent.person.initials if parent.person.named else "The parent who is not named"
        if parent.parents:
            lines.append(f"Parents of {who}: {say_list([_told(m) for m in parent.parents])}.")
        if parent.partners:
            lines.append(f"Partners of {who}: {say_list([_told(p.person) for p in parent.partners])}.")
        if parent.children:
            lines.append(f"Children of {who}: {say_list([_told(m) for m in parent.children])}.")
        for partner in parent.partners:
            if partner.children:
                told = say_list([_told(m) for m in partner.children])
                lines.append(f"Children of {partner.person.initials}: {told}.")
    lines.append(f"Children: {say_list([_told(m) for m in family.children])}.")
    return " ".join(lines)


def said_apart(family: Family) -> str:
    """Whom the drawing leaves out, with the words of the form; empty where it holds everybody."""
    if not family.apart:
        return ""
    return (
        f"Not in the drawing, because the forms do not say where they belong: "
        f"{say_list([_told(member) for member in family.apart])}."
    )


def _told(member: Member) -> str:
    facts: Sequence[str] = (
        member.relationship,
        ("due " if member.sign == "triangle" else "born ") + member.born if member.born else "",
        "has died" if member.died else "",
        "at the child’s home" if member.home and not member.subject else "",
    )
    said = ", ".join(fact for fact in facts if fact)
    return f"{member.initials} ({said})" if said else member.initials
