"""Which words an office may teach as a label, and why others may not: words that every form prints in many places."""

from __future__ import annotations

import re

from mailbot.forms.spelling import spelled
from mailbot.forms.values import gender, unknown_or_not_applicable, yes_or_no

_OPTIONS = frozenset(
    {"other", "none", "none known", "boy", "girl", "non binary", "nonbinary", "transgender", "prefer not to say"}
)
_BETWEEN_OPTIONS = re.compile(r"\s*(?:/|,|;|\||\bor\b)\s*", re.I)
_WORD = re.compile(r"[^\W\d_]{2,}")
_OTHERS = re.compile(
    r"\b(?:mother|father|mum|mam|dad|parent|parental|carer|guardian|sibling|brother|sister|twin|partner|husband|wife|"
    r"perpetrator)s?\b"
)
_IN_FULL = "Teach the label with all its words, as the form prints it"


def goes_on(label: str) -> bool:
    """Whether the label is only a beginning, which more words may follow: `Action taken ...`."""
    return label.rstrip().endswith(("...", "…"))


def never_a_label(label: str, field: str) -> str:
    """Why the words can be no label of the field in any form, and what to do instead; empty where they can."""
    words = spelled(label)
    if not words:
        return f"“{label}” holds no words that a form could print. {_IN_FULL}"
    if _is_option(label):
        return f"“{label}” is an answer that many questions offer, and no label. Teach the question it answers"
    if not _WORD.search(label):
        return f"“{label}” is a number or a letter, and no question. {_IN_FULL}"
    if goes_on(label) and " " not in words:
        return f"“{label}” would take every label that begins with this one word. {_IN_FULL}"
    if field.startswith("child_") and (other := _OTHERS.search(words)):
        return (
            f"“{label}” asks about somebody else ({other[0]}), and {field} is the child's own. Teach it for another "
            "field, or see the original"
        )
    return ""


def _is_option(label: str) -> bool:
    """`Yes`, `N/K`, `Male`; also several of them in a row: `Yes / No`."""
    rest = label.strip().rstrip(".…:?* ")
    if _one_option(rest):
        return True
    said, after = yes_or_no(rest)
    while said:
        rest = after
        said, after = yes_or_no(rest)
    return all(_one_option(one) for one in _BETWEEN_OPTIONS.split(rest) if one)


def _one_option(text: str) -> bool:
    said, rest = yes_or_no(text)
    known = unknown_or_not_applicable(text) or gender(text) in ("Male", "Female") or spelled(text) in _OPTIONS
    return bool(known or (said and not rest))
