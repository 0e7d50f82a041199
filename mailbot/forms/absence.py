"""Whom an out-of-office reply names instead of its writer."""

from __future__ import annotations

import re

_SOMEBODY_ELSE = re.compile(
    r"(?i)\b(?:please|kindly)?\s*(?:contact|ring|call|speak to|write to|e-?mail|refer to|get in touch with)\b"
    r"|\b(?:in|during) my absence\b|\b(?:deputy|deputising|covering for me|my cover|has (?:left|moved on))\b"
    r"|\bno longer (?:works?|in (?:post|this role)|employed)\b"
)


def names_somebody_else(text: str) -> bool:
    """Whether the reply says that somebody else is to be asked, or that its writer has left."""
    return bool(_SOMEBODY_ELSE.search(text))
