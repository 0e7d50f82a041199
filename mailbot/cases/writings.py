"""How one name stands in running text: its writings as patterns, for text that is folded letter by letter."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LETTER = r"[^\W\d_]"
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
"""Letters of scripts that put no space between words, or hang their particles on the name."""
_OF_OTHERS = rf"[^\W\d_{_UNSPACED}]"
_MARKS = "[\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0640]*"
"""Vowel marks of Hebrew and Arabic, written or not."""
_PREFIX = "[وفبلكהובלמשכ]"
"""`And`, `to`, `with` in Arabic and Hebrew: one letter, hung before the name."""
_ALIKE = str.maketrans("’‘‛ʼ`´′＇‐‑‒–—―−øØłŁı", "'" * 8 + "-" * 7 + "oOlLi")
_TWO = {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ä": "ae", "ö": "oe", "ü": "ue", "å": "aa"}
"""Letters that people without the key for them write as two."""
BETWEEN = r"(?:[\s_-]+|\.)"
"""What stands between the parts of a name: `Rowan-James_Castellane`, `rowan.castellane`."""


def composed(text: str) -> str:
    """The same text with each accent on its letter, as one character."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def folded(text: str) -> str:
    """A composed text without accents, with straight quotes and plain hyphens; as many characters as before."""
    return text if text.isascii() else "".join(map(_plain, text)).translate(_ALIKE)


def unspaced(name: str) -> bool:
    """Whether the name is in a script that puts no space between words."""
    return bool(re.match(f"[{_UNSPACED}]", name))


def latin(name: str) -> bool:
    """Whether the name begins with a letter that has a capital: only then do capitals tell a name."""
    return name[:1].lower() != name[:1].upper()


def word(part: str) -> str:
    """The pattern of one part of a name in any capitals, apostrophes and inner hyphens written or not."""
    bare = composed(part).rstrip(".")
    return "".join(map(_letter, bare)) + (r"\.?" if len(bare) == 1 and latin(bare) else "")


def capitalised(part: str) -> str:
    """The pattern of a part that begins with a capital. One of two letters (`Bo`, `Ng`) is no abbreviation (`NG`)."""
    part = composed(part)
    if len(part) < 3:
        return word(part.capitalize())
    return f"{_letter(part[0].upper())}(?i:{''.join(map(_letter, part[1:]))})"


def whole(tokens: list[str], between: str = BETWEEN) -> str:
    """The pattern of a name of several parts: any capitals, surname first too, middle names left out."""
    last, parts = len(tokens) - 1, [word(token) for token in tokens]
    gap = rf"{between}?" if unspaced(tokens[0]) else between
    ways = [gap.join(parts), *(rf"{gap.join(parts[k:])},\s*{gap.join(parts[:k])}" for k in range(1, last + 1))]
    ways.append(gap.join((parts[last], *parts[:last])))
    if last > 1:
        ways += [gap.join((parts[0], parts[last])), rf"{parts[last]},\s*{parts[0]}"]
    return f"(?i:{'|'.join(ways)})"


def bounded(pattern: str, name: str) -> str:
    """The pattern where it begins and ends a word, as far as the script of the name has words."""
    if unspaced(name):
        return pattern
    # A stop after a name is taken with it, as initials end in one.
    after = rf"(?!{_OF_OTHERS})\.?"
    if latin(name):
        return rf"(?<!{_OF_OTHERS})(?:{pattern}){after}"
    return rf"(?:(?<!{_OF_OTHERS})|(?<=(?<!{LETTER}){_PREFIX}))(?:{pattern}){after}"


def beginnings(names: Iterable[str]) -> str:
    """The pattern that only looks whether one of these names may begin here: most of a text is none of them."""
    letters = {composed(name)[:1] for name in names}
    firsts = {other[:1] for letter in letters for other in (folded(letter), _TWO.get(letter.lower(), ""))} - {""}
    either = {letter for first in firsts for letter in (first.lower(), first.upper())}
    return f"(?=[{re.escape(''.join(sorted(either)))}])"


def _plain(letter: str) -> str:
    if letter.isascii():
        return letter
    base, *marks = list(unicodedata.normalize("NFD", letter))
    return base if marks and all(map(unicodedata.combining, marks)) else letter


def _letter(letter: str) -> str:
    """One letter of a name as a pattern over folded text."""
    plain = folded(letter)
    if plain == "'":
        return r"['\s]?"
    if plain == "-":
        return r"[\s-]"
    if plain.isspace():
        return r"\s+"
    two = _TWO.get(letter.lower())
    if two:
        return f"(?:{re.escape(plain)}|(?i:{two}))"
    return re.escape(plain) if latin(letter) else re.escape(plain) + _MARKS
