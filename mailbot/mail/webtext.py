"""The text of an HTML body, as a reader would see it, with the layout of its tables."""

from __future__ import annotations

import re
from html import unescape

from inscriptis import get_text
from lxml.etree import LxmlError

MOST_HTML = 2_000_000
"""Characters of HTML that are laid out; the time taken grows with them (20,000 rows take about a second)."""


def text_of_html(html: str) -> str:
    """The visible text. HTML that is too large or too odd to lay out is given with its tags taken out."""
    if len(html) <= MOST_HTML:
        try:
            return str(get_text(html)).strip()
        except (LxmlError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
            return _without_tags(html)
    return _without_tags(html)


def _without_tags(html: str) -> str:
    seen = re.sub(r"(?is)<(script|style|head)\b.*?</\1\s*>", " ", html)
    lines = re.sub(r"(?i)<(?:br|/p|/div|/tr|/li|/h[1-6])\b[^>]*>", "\n", seen)
    return unescape(re.sub(r"<[^>]*>", " ", lines)).strip()
