"""Words of right-to-left scripts in the order in which they are read; a PDF's characters are taken as they stand."""

from __future__ import annotations

import re

_LETTERS = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff"
"""Hebrew, Arabic, Syriac and their kin (Unicode blocks), with their presentation forms."""
_STRETCH = re.compile(rf"[{_LETTERS}]+(?:[ \u00a0]+[{_LETTERS}]+)*")


def in_reading_order(text: str) -> str:
    """Text that was taken off a page from left to right, its right-to-left stretches turned round."""
    return text if text.isascii() else _STRETCH.sub(lambda stretch: stretch[0][::-1], text)
