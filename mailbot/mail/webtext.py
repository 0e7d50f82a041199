"""The text of an HTML body, as a reader would see it, with the layout of its tables."""

from __future__ import annotations

import re
from html import unescape

from inscriptis import get_text
from lxml.etree import LxmlError

MOST_HTML = 2_000_000
"""Characters of HTML that are laid out; the time taken grows with them (20,000 rows take about a second)."""

# inscriptis turns each of these lengths into up to 100,000 spaces or lines.
_SPACING = re.compile(r"(?i)\b(?:margin|padding)-(?:top|bottom|left|before|after|start)\s*:[^;\"'<>]*")
_TAG = re.compile(r"(<[^<>]*>)")
_TAG_NAME = re.compile(r"</?\s*([a-zA-Z0-9]*)")
_UNSEEN = {"script", "style", "head", "title"}
_BREAKS = {"br", "p", "div", "tr", "li", "table", "h1", "h2", "h3", "h4"}


def text_of_html(html: str) -> str:
    """The visible text. HTML that is too large or too odd to lay out is given with its tags taken out."""
    if len(html) > MOST_HTML:
        return _without_tags(html)
    try:
        return str(get_text(_SPACING.sub("", html))).strip() or _without_tags(html)
    except (LxmlError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return _without_tags(html)


def _without_tags(html: str) -> str:
    """One pass over tags and texts, so that hostile HTML takes no longer than its length."""
    seen: list[str] = []
    unseen = ""
    for piece in _TAG.split(html):
        if not piece.startswith("<") or not piece.endswith(">"):
            seen.append("" if unseen else piece)
            continue
        name = _tag_name(piece)
        if unseen and piece.startswith("</") and name == unseen:
            unseen = ""
        elif not unseen and name in _UNSEEN and not piece.startswith("</"):
            unseen = name
        seen.append("\n" if name in _BREAKS else " ")
    lines = (" ".join(line.split()) for line in unescape("".join(seen)).splitlines())
    return "\n".join(line for line in lines if line)


def _tag_name(tag: str) -> str:
    match = _TAG_NAME.match(tag)
    return match[1].casefold() if match else ""
