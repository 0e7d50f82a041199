"""Whether a mail asks for more time, in the many ways in which agencies say it."""

from __future__ import annotations

import re

_DAYS = r"(?:working )?(?:days?|weeks?|time)"
MORE_TIME = re.compile(
    r"(?i)\b(?:extension|extend(?:ing|ed)? (?:the|our|this|that) (?:deadline|date|time)"
    rf"|(?:few|couple of|some|any|one|two|three|\d+) (?:more|extra|additional|further) {_DAYS}"
    rf"|(?:more|extra|additional|further|longer) {_DAYS}"
    r"|(?:cannot|can['’]t|(?:not|n['’]t|un)(?: going to)?(?: be)? ?able to|unlikely to|"
    r"struggl\w+ to|will not|won['’]t)"
    r"(?: \w+){0,3} (?:make|meet|get|return|complete|finish|send|submit|hit)\b[^.?!]{0,60}"
    r"\b(?:deadline|by (?:then|the|your|\w+day|\d)|on time|in time|date)"
    r"|(?:deadline|due date|return date|date)\b[^.?!]{0,25}\b(?:moved|extended|pushed|put) ?(?:back|to|by)?"
    r"|(?:could|can|may|might) we (?:please |possibly )?have (?:until|till)"
    r"|until (?:the )?\S+ ?\S* to (?:return|complete|respond|send))\b"
)
NO_MORE_TIME = re.compile(
    r"(?i)\b(?:no|not|n['’]t|without)\b(?: \w+){0,2} (?:an? |any )?(?:extension|(?:more|extra|"
    r"further|additional) time)\b"
)
"""What says that no more time is wanted."""


def asks_for_more_time(words: str) -> str:
    """The words of a mail that ask for it; empty where none do, or where it says that none is wanted."""
    found = None if NO_MORE_TIME.search(words) else MORE_TIME.search(" ".join(words.split()))
    return found.group(0) if found else ""
