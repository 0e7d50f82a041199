"""Where everybody stands in the drawing of the family: signs, labels and lines, in centimetres from the top left.

Grandparents above, parents and their partners below them, children at the bottom. A line below two people joins them
as parents or partners; a line down from it, or from one parent alone, leads to their children.
"""

from __future__ import annotations

from collections.abc import Sequence

from mailbot.cases.family import Family, Member, Parent, Sign
from mailbot.cases.values import Value

Point = tuple[float, float]
SIGN = 0.8
"""How wide and high a sign is."""
ADULT = 2.9
"""From one adult to the next: the sign and the words on its right."""
WORDS = 1.9
"""How wide the words of an adult, or of a child, may be."""
CHILD = 2.1
"""From one child to the next; the words stand below the sign."""
CLOSE = 1.25
"""From one child to the next where they stand in two rows by turns."""
IN_ONE_ROW = 7
"""How many children stand in one row before they take turns."""
ROW = 2.3
"""From one generation to the next."""
EDGE = 0.6
BELOW = 1.5
"""How high the words below a child may be."""
LEAST = 8.5
"""How wide the drawing is at least, so that its legend can be read."""


class Figure(Value):
    """One person: the middle of the sign, and the words beside or below it."""

    x: float
    y: float
    sign: Sign
    words: tuple[str, ...]
    subject: bool
    died: bool
    beside: bool


class Drawing(Value):
    """The whole picture. `homes` are the frames (left, top, right, bottom) round those at the child's address."""

    width: float
    height: float
    figures: tuple[Figure, ...]
    lines: tuple[tuple[Point, ...], ...]
    homes: tuple[tuple[float, float, float, float], ...]


def drawn(family: Family) -> Drawing:
    """The drawing of a family. The same family gives the same drawing."""
    return _Page(family).drawing()


class _Page:
    """The drawing while it is made: everybody's place first, then the lines."""

    def __init__(self, family: Family) -> None:
        self._family = family
        self._people: list[tuple[Member, Point, bool]] = []
        self._lines: list[tuple[Point, ...]] = []
        self._homes: list[tuple[float, float, float, float]] = []
        above = any(parent.parents for parent in family.parents)
        self._adults_at = ROW if above else 0.0
        self._children_at = self._adults_at + ROW if family.parents else 0.0

    def drawing(self) -> Drawing:
        self._parents(self._groups())
        self._frame_the_home()
        return self._moved()

    def _groups(self) -> dict[str, list[float]]:
        """Where the children stand: those of one parent alone at its side, the children of both in the middle."""
        first, second = self._family.first, self._family.second
        groups: dict[str, Sequence[Member]] = {
            "first's partner": [m for p in (first.partners if first else ()) for m in p.children],
            "first": first.children if first else (),
            "both": self._family.children,
            "second": second.children if second else (),
            "second's partner": [m for p in (second.partners if second else ()) for m in p.children],
        }
        at = 0.0
        places: dict[str, list[float]] = {}
        close = sum(map(len, groups.values())) > IN_ONE_ROW
        number = 0
        for name, members in groups.items():
            places[name] = []
            for member in members:
                lower = ROW if close and number % 2 else 0.0
                self._people.append((member, (at, self._children_at + lower), False))
                places[name].append(at)
                at += CLOSE if close else CHILD
                number += 1
            at += 0.5 if members else 0.0
        return places

    def _parents(self, places: dict[str, list[float]]) -> None:
        first, second = self._family.first, self._family.second
        both = places["both"] or [0.0]
        middle = (both[0] + both[-1]) / 2
        apart = ADULT * (max(1, len(first.parents)) + max(1, len(second.parents))) / 2 if first and second else 0.0
        left = both[0] - 1.2 if places["first"] else middle - apart / 2
        right = both[-1] + 1.2 if places["second"] else middle + apart / 2
        if right - left < apart:
            left, right = middle - apart / 2, middle + apart / 2
        if first:
            self._adult(first, left, -1, places["first"], places["first's partner"])
        if second:
            self._adult(second, right, 1, places["second"], places["second's partner"])
        if first and second:
            self._join(left, right, 1)
            self._children_of((left + right) / 2, SIGN / 2 + 0.35, places["both"], 0)
        elif first or second:
            self._children_of(left, 0.0, places["both"], 0)
        elif len(both) > 1:
            self._lines.append(((both[0], self._bar(0)), (both[-1], self._bar(0))))
            self._down(places["both"], 0)

    def _adult(self, parent: Parent, x: float, side: int, own: list[float], steps: list[float]) -> None:
        """A parent at x with their own parents above and their partners on that side (-1 left, 1 right)."""
        self._people.append((parent.person, (x, self._adults_at), True))
        above = [x + (n - (len(parent.parents) - 1) / 2) * ADULT for n in range(len(parent.parents))]
        for member, at in zip(parent.parents, above, strict=True):
            self._people.append((member, (at, self._adults_at - ROW), True))
        if len(above) == 2:
            bar = self._adults_at - ROW + SIGN / 2 + 0.35
            row = self._adults_at - ROW
            self._lines.append(((above[0], row), (above[0], bar), (above[1], bar), (above[1], row)))
            self._lines.append(((x, bar), (x, self._adults_at)))
        elif above:
            self._lines.append(((x, self._adults_at - ROW), (x, self._adults_at)))
        if own:
            self._children_of(x, 0.0, own, 1)
        at = x
        for number, partner in enumerate(parent.partners, 1):
            reach = (steps[0] if side > 0 else steps[-1]) if steps else at
            at = max(at + ADULT, reach) if side > 0 else min(at - ADULT, reach)
            self._people.append((partner.person, (at, self._adults_at), True))
            self._join(min(x, at), max(x, at), number)
            if partner.children:
                self._children_of(at, 0.0, steps, 2)

    def _join(self, left: float, right: float, depth: int) -> None:
        """A line below two adults; of several partners the further ones' lines run lower."""
        middle = self._adults_at
        low = middle + SIGN / 2 + 0.1 + 0.25 * depth
        start, end = left + 0.36 - 0.12 * depth, right - 0.36 + 0.12 * depth
        self._lines.append(((start, middle), (start, low), (end, low), (end, middle)))

    def _bar(self, level: int) -> float:
        return self._children_at - SIGN / 2 - 0.55 + 0.18 * level

    def _children_of(self, x: float, below: float, children: list[float], level: int) -> None:
        """A line down from a couple or one parent at x to the bar over these children."""
        if not children:
            return
        bar = self._bar(level)
        self._lines.append(((x, self._adults_at + below), (x, bar)))
        hang = [x, *(start for start, _ in self._hanging(children))]
        ends = (min(hang), max(hang))
        if ends[0] != ends[1]:
            self._lines.append(((ends[0], bar), (ends[1], bar)))
        self._down(children, level)

    def _hanging(self, children: list[float]) -> list[tuple[float, Point]]:
        """Where each of these children hangs on its bar, and the middle of its sign; twins hang on one point."""
        found = [(m, at) for m, at, beside in self._people if not beside and at[0] in children]
        twin = any(m.twin for m, _ in found)
        both = [at[0] for m, at in found if m.twin or (twin and m.subject)]
        return [(sum(both) / len(both) if at[0] in both else at[0], at) for _, at in found]

    def _down(self, children: list[float], level: int) -> None:
        """From the bar to each child."""
        self._lines += [((start, self._bar(level)), at) for start, at in self._hanging(children)]

    def _frame_the_home(self) -> None:
        """Frames round those known to live at the child's address, where that is anybody beside the child."""
        at_home = [(m, at, beside) for m, at, beside in self._people if m.home]
        if all(m.subject for m, _, _ in at_home):
            return
        for _, (x, y), beside in at_home:
            right = x + (SIGN / 2 + 0.1 + WORDS if beside else WORDS / 2)
            bottom = y + (SIGN / 2 + 0.15 if beside else SIGN / 2 + BELOW)
            left = x - (SIGN / 2 + 0.15 if beside else WORDS / 2)
            self._homes.append((left, y - SIGN / 2 - 0.15, right, bottom))

    def _moved(self) -> Drawing:
        """Everything moved so that the drawing begins at the edge."""
        xs = [
            edge
            for _, (x, _), beside in self._people
            for edge in (
                x - (SIGN / 2 if beside else WORDS / 2),
                x + (SIGN / 2 + 0.1 + WORDS if beside else WORDS / 2),
            )
        ]
        ys = [
            edge
            for _, (_, y), beside in self._people
            for edge in (y - SIGN / 2, y + SIGN / 2 + (0.4 if beside else BELOW))
        ]
        left, top = min(xs) - EDGE, min(ys) - EDGE
        return Drawing(
            width=round(max(max(xs) - left + EDGE, LEAST), 3),
            height=round(max(ys) - top + EDGE, 3),
            figures=tuple(
                Figure(
                    x=round(x - left, 3),
                    y=round(y - top, 3),
                    sign=member.sign,
                    words=_words(member),
                    subject=member.subject,
                    died=member.died,
                    beside=beside,
                )
                for member, (x, y), beside in self._people
            ),
            lines=tuple(tuple((round(x - left, 3), round(y - top, 3)) for x, y in line) for line in self._lines),
            homes=tuple(
                (round(a - left, 3), round(b - top, 3), round(c - left, 3), round(d - top, 3))
                for a, b, c, d in self._homes
            ),
        )


def _words(member: Member) -> tuple[str, ...]:
    born = ("due " if member.sign == "triangle" else "b. ") + member.born if member.born else ""
    return tuple(word for word in (member.initials, member.relationship, born) if word)
