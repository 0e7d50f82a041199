"""Passwords in a mail's own words: whether it brings nothing else, and what in it may be one."""

from __future__ import annotations

import re

MOST = 60
"""Candidates tried on one file: each costs an honest locked file a tenth of a second."""
LONGEST = 40
"""Words of a mail that brings a password and nothing else, its greeting and signature counted."""
_WORD = r"\b(?:pass ?(?:word|code|phrase|key)|pwd?|p/w)\b"
SAYS_PASSWORD = re.compile(_WORD, re.IGNORECASE)
_SAID = re.compile(_WORD + r"[^\n:=]{0,60}?(?::|=|\bis\b|\bwill be\b|\bwas\b)[ \t]*(\S[^\n]*)", re.IGNORECASE)
_QUOTED = re.compile(r"[“\"]([^“”\"\n]{3,60})[”\"]|[‘'`]([^‘’'`\n]{3,60})[’'`]")
_AROUND = ".,;:!?()[]<>“”‘’\"'*"


def brings_only_a_password(words: str) -> bool:
    """Whether a mail's own words look like a password sent after a locked file: a short mention, or one odd word."""
    tokens = words.split()
    if not tokens or len(tokens) > LONGEST:
        return False
    return bool(SAYS_PASSWORD.search(words)) or (len(tokens) == 1 and _odd(tokens[0]))


def password_candidates(words: str) -> tuple[str, ...]:
    """What may be a password in a mail's own words, the likeliest first: what is said to be one, then what stands in
    quotation marks, then whole lines, then words with figures or signs in them, then every word."""
    lines = [line.strip() for line in words.replace("\xa0", " ").splitlines() if line.strip()]
    said = [found.strip() for found in _SAID.findall("\n".join(lines))]
    quoted = [first or second for first, second in _QUOTED.findall(words)]
    tokens = words.split()
    odd = [token for token in tokens if _odd(token)]
    found = [*said, *(text.split()[0] for text in said), *quoted]
    found += [line for line in lines if len(line) <= 60 and len(line.split()) <= 6]
    found += [*odd, *tokens]
    each = (spelling for text in found for spelling in (text, text.strip(_AROUND), text.rstrip(_AROUND)))
    return tuple(dict.fromkeys(one for one in each if len(one) >= 3))[:MOST]


def _odd(token: str) -> bool:
    """A word that is none: letters with figures, or with signs or capitals inside."""
    bare = token.strip(_AROUND)
    mixed = any(c.isdigit() for c in bare) and any(c.isalpha() for c in bare)
    return len(bare) >= 5 and (
        mixed or any(c in "!#$%&*+=@^_~£" for c in bare) or bool(re.search("[a-z][A-Z]", bare))
    )
