"""The styles of a Word file: which of them are headings, and which are bold."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from mailbot.documents.reading.xml import attribute, child, inside, parse_xml, switched_on


class Styles(NamedTuple):
    """What a file's styles say: the levels of those that are headings, and those that are bold."""

    levels: Mapping[str, int]
    bold: frozenset[str]


NO_STYLES = Styles({}, frozenset())


# Most returns are the one template filled in, and its styles are ten times its text.
@lru_cache(maxsize=4)
def styles_of(content: bytes) -> Styles:
    """The styles in the bytes of `word/styles.xml`. Raises lxml's XMLSyntaxError where they are no XML."""
    levels: dict[str, int] = {}
    bold: set[str] = set()
    based_on: dict[str, str] = {}
    for style in inside(parse_xml(content), "style"):
        ident = attribute(style, "styleId") or ""
        title = child(style, "name")
        words = (attribute(title, "val") or "").lower().split() if title is not None else []
        outline = next(inside(style, "outlineLvl"), None)
        if words[:1] == ["title"]:
            levels[ident] = 1
        elif words[:1] == ["heading"] and words[-1].isdigit():
            levels[ident] = int(words[-1])
        elif outline is not None:
            levels[ident] = int(attribute(outline, "val") or 0) + 1
        properties = child(style, "rPr")
        if properties is not None and switched_on(child(properties, "b")):
            bold.add(ident)
        parent = child(style, "basedOn")
        if parent is not None:
            based_on[ident] = attribute(parent, "val") or ""
    for ident, parent_id in based_on.items():
        if ident not in levels and parent_id in levels:
            levels[ident] = levels[parent_id]
    return Styles(levels, frozenset(bold))
