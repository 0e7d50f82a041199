"""One spelling for labels and headings: no numbering, punctuation or case, and one word for one thing."""

from __future__ import annotations

import re
from functools import lru_cache

LONGEST = 30
"""Words of the longest question that is still a label."""
LONGEST_PRINTED = 1000
"""Characters beyond which a text is not even spelled to see whether it is a label: it is somebody's answer."""

_PARENTHESES = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_NUMBERING = re.compile(
    r"^\s*(?:(?:part|section|question|document|step|q)\s*[\dA-Za-z]{1,2}\b[\s.:)\-\u2013\u2014]*|"
    r"(?:\d{1,2}(?:\.\d{1,2})*[a-z]?|[a-z]\d{0,2}(?:\.\d{1,2})*|[ivx]{1,4})[.):]+\s+|(?-i:[A-Z]\d{1,2})[.):]*\s+|\d{1,2}(?:\.\d{1,2})+\s+|\d{1,2}\s+(?=[A-Z])|\([a-z\d]{1,2}\)\s*)+",
    re.I,
)


@lru_cache(maxsize=10_000)
def spelled(text: str) -> str:
    """A label in one spelling: no numbering, punctuation or case; `&` is `and`; `D.O.B.` is `dob`."""
    text = _NUMBERING.sub("", text, count=1)
    text = text.replace("&", " and ").lower()
    text = re.sub(r"e-mail", "email", text)
    text = re.sub(r"(?<=\b\w)\.(?=\w\b)", "", text)
    text = re.sub(r"['\u2018\u2019`.*]", "", text)
    return " ".join(re.sub(r"[^\w]+", " ", text.replace("_", " ")).split())


def without_parentheses(text: str) -> str:
    """The label without what stands in brackets: `Date of death (if applicable)`."""
    return _PARENTHESES.sub(" ", text)


@lru_cache(maxsize=10_000)
def both_spellings(text: str) -> tuple[str, str]:
    """The label in one spelling, as it stands and without what stands in brackets; empty where it is too long."""
    if len(text) > LONGEST_PRINTED:
        return "", ""
    whole, bare = spelled(text), spelled(without_parentheses(text))
    return (whole, bare) if whole.count(" ") <= LONGEST else ("", "")


@lru_cache(maxsize=10_000)
def heading_of(text: str) -> str:
    """A heading in one spelling; one that is nothing but its number keeps it."""
    return spelled(text) or " ".join(re.sub(r"[^\w]+", " ", text.lower()).split())
