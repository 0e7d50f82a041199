"""Domains that look like an agency's and are not: a letter changed or added, or the agency's name in front."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from rapidfuzz.distance import OSA

_TWINS = str.maketrans(
    {
        "0": "o",
        "1": "l",
        "i": "l",
        "|": "l",
        "5": "s",
        "3": "e",
        "8": "b",
        "а": "a",
        "е": "e",
        "о": "o",
        "р": "p",
        "с": "c",
        "у": "y",
        "х": "x",
        "і": "l",
        "ѕ": "s",
        "ԁ": "d",
        "ɡ": "g",
        "ո": "n",
    }
)
"""Signs that the eye takes for one another, of Latin, Cyrillic and Armenian letters and figures."""
_GUARDED = (".gov.uk", ".police.uk", ".nhs.uk", ".nhs.net", ".ac.uk", ".sch.uk")
"""Endings that only public bodies get: another one's name there is another one's."""
LONG_NAME = 12
"""Letters of a name in which two slips are hardly seen."""
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("nn", "m"))


def looks_like(domain: str, known: Iterable[str]) -> str:
    """Which known domain this one seems to be at a glance without being it or lying below it; else empty."""
    domain = _readable(domain.casefold())
    known = [one.casefold() for one in known]
    if not domain or any(domain == one or domain.endswith("." + one) for one in known):
        return ""
    return next((one for one in known if _alike(domain, one)), "")


def _alike(domain: str, known: str) -> bool:
    if domain.startswith(known + ".") or f".{known}." in domain or _seen(domain) == _seen(known):
        return True
    ours, _, ending = known.partition(".")
    theirs = domain.partition(".")[0]
    if len(ours) < 6 or domain.endswith(_GUARDED):
        return False
    if ours == theirs or re.sub(r"[-_]", "", ours) == re.sub(r"[-_]", "", theirs):
        return True
    return domain.endswith("." + ending) and _one_slip(ours, theirs)


def _seen(domain: str) -> str:
    """What the eye makes of it."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", domain) if not unicodedata.combining(c))
    for pair, one in _PAIRS:
        plain = plain.replace(pair, one)
    return plain.translate(_TWINS)


def _readable(domain: str) -> str:
    """The letters that punycode stands for."""
    try:
        return ".".join(
            label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label
            for label in domain.split(".")
        )
    except (UnicodeError, ValueError):
        return domain


def _one_slip(ours: str, theirs: str) -> bool:
    """Whether one letter is changed, added, left out, or two are swapped; in a long name, twice."""
    return OSA.distance(ours, theirs) <= (2 if len(ours) >= LONG_NAME else 1)
