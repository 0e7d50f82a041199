"""What a Word file carries besides its text: macros, templates fetched from elsewhere, links to outside files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailbot.documents.zip_parts import names_of, parts_of

_MACROS = re.compile(r"word/(?:vbaProject|vbaData)[^/]*|.*/activeX/.*")
_OBJECTS = re.compile(r"word/embeddings/.+")
_RELATIONS = r"(?:.*/)?_rels/[^/]*\.rels"
_TYPES = r"\[Content_Types\]\.xml"


def carried_along(docx: bytes) -> Iterator[str]:
    """Each thing in words: `a macro`. Web and mail addresses that a reader may click are text and not told.

    ISO/IEC 29500-2 (relationships), 29500-1 17.15.1.6 (attachedTemplate). Raises ConverterProblem for a damaged file.
    """
    names = names_of(docx)
    types = [str(one.get("ContentType", "")) for part in parts_of(docx, _TYPES).values() for one in part]
    if any(map(_MACROS.fullmatch, names)) or any("macroEnabled" in kind or "vbaProject" in kind for kind in types):
        yield "a macro"
    if any(map(_OBJECTS.fullmatch, names)):
        yield "an embedded file"
    outside = {_kind(one.get("Type", "")) for one in _relations(docx) if one.get("TargetMode") == "External"}
    if "attachedTemplate" in outside:
        yield "a template fetched from elsewhere"
    if outside - {"attachedTemplate", "hyperlink"}:
        yield "a link to a file elsewhere"


def _relations(docx: bytes) -> Iterator[dict[str, str]]:
    for part in parts_of(docx, _RELATIONS).values():
        yield from (dict(one.attrib) for one in part)


def _kind(relation: str) -> str:
    return relation.rpartition("/")[2]
