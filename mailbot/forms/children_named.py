"""Several children in the one box for a name (`Ann Poe and Ben Poe`): told apart, each with a date of birth."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest

from mailbot.cases.naming import other_names, plain_name
from mailbot.forms.dates import read_date
from mailbot.forms.form import Row

_APART = re.compile(r"\s*(?:\n|;|&|\+|\band\b|\s/\s)\s*", re.IGNORECASE)
_SEVERAL = re.compile(r"&|\+|;|\band\b", re.IGNORECASE)
_NUMBER = re.compile(r"^\W*(?:(?:child|sibling|twin)\s*)?\d{1,2}\s*[.):]\s*", re.IGNORECASE)
_NUMBERED_DAY = re.compile(r"^\W*\d{1,2}[.):]\s+(?=\d{1,2}(?:[/.-]\d|(?:st|nd|rd|th)?\s+[a-z]))", re.IGNORECASE)
_BRACKETS = re.compile(r"\([^()]*\)")
_MOST_WORDS = 5


def children_named(names: Sequence[str], births: Sequence[str]) -> tuple[Row, ...]:
    """A row for each child that the lines of the box name; none where it names one child, or surely no more.

    A date of birth is given to each where there are as many as children, in the same order; else to none.
    """
    children = _names(names, len(dates_of_birth(births)))
    if len(children) < 2:
        return ()
    born = dates_of_birth(births, children)
    dates = born if len(born) == len(children) else ()
    return tuple(
        {"name": name, "date_of_birth": day} if day else {"name": name}
        for name, day in zip_longest(children, dates, fillvalue="")
    )


def dates_of_birth(lines: Sequence[str], children: Sequence[str] = ()) -> tuple[str, ...]:
    """Every date that the lines of the box give, the children's names before them set aside."""
    found = []
    forenames = "|".join(re.escape(word) for name in children for word in name.split())
    for piece in _APART.split(_BRACKETS.sub(" ", "\n".join(lines))):
        text = piece
        while text and (read := read_date(_without_names(text, forenames), birth=True)):
            found.append(read.value)
            text = read.rest if len(read.rest) < len(text) else ""
    return tuple(found)


def may_be_several(name: str) -> bool:
    """Whether a name that was taken for one child's has a word in it that stands between names."""
    return bool(_SEVERAL.search(_BRACKETS.sub(" ", name)))


def _without_names(text: str, names: str) -> str:
    """A date without what tells whose it is: `1.`, `Child 2:`, `Ann`, `born`."""
    before = rf"^(?:\W|(?:child|twin)\s*\d\b|(?:{names or '(?!)'})\b|dob\b|born\b)*"
    return re.sub(before, "", _NUMBERED_DAY.sub("", text), flags=re.IGNORECASE)


def _names(lines: Sequence[str], dates: int) -> tuple[str, ...]:
    """The children's names; a forename before `and` has the surname behind it: `Ann and Ben Poe`."""
    written = [" ".join(line.split()) for line in lines if line.strip()]
    if not _each_a_child(written, dates):
        written = [" ".join(written)]
    pieces = [piece.strip(" ,-") for line in written for piece in _APART.split(_NUMBER.sub("", line))]
    listed = [name for piece in pieces for name in _listed(piece, pieces[-1])]
    if len(listed) < 2 or not all(map(_is_name, listed)):
        return ()
    *_, surname = last = listed[-1].split()
    whole = (name if len(name.split()) > 1 or len(last) < 2 else f"{name} {surname}" for name in listed)
    return tuple(dict.fromkeys(whole))


def _each_a_child(lines: Sequence[str], dates: int) -> bool:
    """Whether each line is a child: they are numbered, have the same surname, or there are as many dates of birth.

    Else forenames and surname of one child may stand on two lines.
    """
    names = [line.split() for line in lines]
    numbered = all(map(_NUMBER.match, lines))
    whole = all(len(name) > 1 for name in names)
    return numbered or (whole and (len({name[-1].casefold() for name in names}) == 1 or dates == len(lines)))


def _listed(piece: str, last: str) -> list[str]:
    """`Ann Poe, Ben Poe` are two, so are `Ann, Ben` before `and Cy Poe`; `POE, Ann` is one."""
    parts = [part.strip() for part in piece.split(",") if part.strip()]
    whole = all(len(part.split()) > 1 for part in parts)
    forenames = piece != last and "," not in last and len(last.split()) > 1 and not piece.split(",")[0].isupper()
    return parts if len(parts) > 1 and (whole or forenames) else [piece] if piece else []


def _is_name(text: str) -> bool:
    words = plain_name(text).split()
    if not words or len(words) > _MOST_WORDS or re.search(r"\d", text) or other_names(text):
        return False
    # `van` and `bin` stand in names; `baby of` does not.
    small = [word for word in words if word.islower() and word.upper() != word]
    return words[0] not in small and not any(len(word) > 3 or word in ("of", "the") for word in small)
