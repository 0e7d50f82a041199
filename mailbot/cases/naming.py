"""A person's name as forms write it: without title, surname behind, and what else the person is called."""

from __future__ import annotations

import re

_TITLE = re.compile(r"^(?:mr|mrs|ms|miss|mx|dr|master)\b\.?\s+(?=\S)", re.IGNORECASE)
_BESIDE = re.compile(r"\(([^()]*)\)|[\"“”]([^\"“”]*)[\"“”]")
"""What stands in brackets or in quotation marks: another name, or a remark."""
_CALLED = re.compile(
    r"\b(?:also\s+)?(?:known\s+as|k\.?n\.?a\.?|a\.?k\.?a\b\.?|nickname|formerly|previously|née|nee|born)\b:?\s*",
    re.IGNORECASE,
)


def plain_name(written: str) -> str:
    """`Rowan Castellane`, whether it is written `CASTELLANE, Rowan`, `Ms Rowan Castellane` or with another name."""
    bare = _CALLED.split(_BESIDE.sub(" ", written))[0]
    bare = _TITLE.sub("", " ".join(bare.split()).strip(" ,;-"))
    surname, comma, forenames = (part.strip() for part in bare.partition(","))
    turned = bool(comma and surname and forenames) and "," not in forenames
    return _TITLE.sub("", f"{forenames} {surname}" if turned else bare)


def other_names(written: str) -> tuple[str, ...]:
    """What the same box says that the person is also called: `Ro` of `Rowan Castellane (known as Ro)`.

    A remark in brackets (`deceased`) is none; it begins with a small letter.
    """
    beside = [a or b for a, b in _BESIDE.findall(written)]
    called = [name for text in (_BESIDE.sub(" ", written), *beside) for name in _CALLED.split(text)[1:]]
    named = [text for text in beside if not _CALLED.search(text) and not text.strip()[:1].islower()]
    names = (name.strip(" ,;-") for name in (*called, *named))
    return tuple(name for name in names if name and name[0].isalpha())
