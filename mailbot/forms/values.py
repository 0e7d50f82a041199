"""Single answers in their normal forms (docs/vocabulary.md): yes and no, not known, phones, emails, NHS numbers."""

from __future__ import annotations

import re
from functools import lru_cache

_UNKNOWN = re.compile(r"^(n\.?\s?/?\s?k\.?|not\s?known|unknown)[.\s]*$", re.I)
_NOT_APPLICABLE = re.compile(r"^(n\.?\s?/?\s?a\.?|not applicable)[.\s]*$", re.I)
_LEADING = re.compile(
    r"^(?P<yes>yes|y)\b|^(?P<not_applicable>n\s?/\s?a|na|not applicable)\b|"
    r"^(?P<unknown>n\s?/\s?k|nk|not\s?known|unknown|don['\u2019]?t know|not sure|unsure)\b|"
    r"^(?P<no>no|n)\b(?!\.?\s*\d)",
    re.I,
)
_PROMPT = re.compile(
    r"^(click|tap|click or tap|please (select|choose|tick|enter|state|specify)|choose an? |select an? |"
    r"select\b.{0,12}$|"
    r"enter (text|date|your|details)|type here|insert |- ?(please )?select ?-|dd\s*/\s*mm|"
    r"not (answered|provided|completed|entered|given)\W*$|no answer( given| provided)?\W*$|"
    r"tick (all|any|one)\b.{0,40}$)",
    re.I,
)
_FILLER = re.compile(r"(?<![^\W_])_+|_{2,}|_+(?![^\W_])|[\u2026\u00a0\u2002\u2003]|\.{3,}")
"""One underscore inside a word is somebody's own: `first_last@health.example`."""
_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_MASK = re.compile(r"^[\s/.\-:()\\|dmyhDMYH]*(?:/\s*(?:19|20)\s*)?$")
_EMAIL = re.compile(r"(?<![\w.+'\-])[\w.+'\-]{1,64}@[\w\-]+(?:\.[\w\-]+)+")
_PHONE = re.compile(
    r"(?<![\w@.])(?:\+\d{1,3}[\s\-]?(?:\(0\))?|\(?0)\d[\d\s()\-]{7,13}\d(?:\s*(?:ext|x)\.?\s*\d{1,6})?", re.I
)
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b", re.I)


# A walk asks this of each text some five times.
@lru_cache(maxsize=500)
def tidy(text: str) -> str:
    """The answer with every run of white space one space; empty where it is no answer.

    No answer are underscores, en-spaces, a date mask (`  /  /20`), a prompt (`Choose an item.`).
    """
    words = " ".join(_FILLER.sub(" ", _INVISIBLE.sub("", text)).split())
    if _PROMPT.match(words) and len(words) < 80:
        return ""
    if _MASK.match(words) and not re.search(r"[A-Za-z]{4,}", words) and not re.fullmatch(r"[MmYyDdHh]", words):
        return ""
    return words


def unknown_or_not_applicable(text: str) -> str:
    """`unknown` for NK, N/K, Not known; `not_applicable` for NA, N/A; empty for anything else."""
    if _UNKNOWN.match(text):
        return "unknown"
    return "not_applicable" if _NOT_APPLICABLE.match(text) else ""


def yes_or_no(text: str) -> tuple[str, str]:
    """`yes`, `no`, `unknown` or `not_applicable` (empty where the text begins with none) and the words after it."""
    match = _LEADING.match(text.strip())
    if match is None or match.lastgroup is None:
        return "", text.strip()
    return match.lastgroup, text.strip()[match.end() :].lstrip(" ,.;:-\u2013\u2014()/").rstrip(" )")


def gender(text: str) -> str:
    """M is `Male`, F is `Female`; otherwise as written."""
    return {"m": "Male", "f": "Female", "male": "Male", "female": "Female"}.get(text.strip(" .").lower(), text)


def nhs_number(text: str) -> str:
    """The ten digits of an NHS number whose check digit (modulus 11) holds; else empty."""
    digits = re.sub(r"[\s\-]", "", text)
    if not re.fullmatch(r"\d{10}", digits):
        return ""
    total = sum(int(digit) * weight for digit, weight in zip(digits[:9], range(10, 1, -1), strict=True))
    check = (11 - total % 11) % 11
    return digits if check == int(digits[9]) else ""


def find_email(text: str) -> str:
    """The first email address in the text; else empty."""
    if "@" not in text:
        return ""
    # A narrow cell breaks an address over two lines.
    whole = "".join(text.split()) if text.count("@") == 1 and len(text) < 100 else ""
    match = _EMAIL.search(text) or _EMAIL.fullmatch(whole)
    return match.group().rstrip(".") if match else ""


def find_phone(text: str) -> str:
    """The first telephone number in the text as written, single spaces; else empty."""
    match = _PHONE.search(text)
    return " ".join(match.group().split()) if match else ""


def phone(text: str) -> str:
    """A cell for a telephone number: as written, or the number alone where other things stand beside it."""
    found = find_phone(text)
    return found if found and ("@" in text or _POSTCODE.search(text) or len(text) > 45) else text


def name_of(forename: str, surname: str) -> str:
    """Forename then surname, as far as they are known."""
    return " ".join(part for part in (forename, surname) if part)
