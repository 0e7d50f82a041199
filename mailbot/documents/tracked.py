"""The tracked changes and comments of a Word file: whether it has some, and the file with every change accepted.

What Word does on "Accept all" (ISO/IEC 29500-1, 17.13.5): text that was put in or moved here stays, text, rows and
cells that were deleted or moved away go, and a deleted end of paragraph joins the paragraph to the next.
"""

from __future__ import annotations

from mailbot.documents.zip_parts import Part, is_whole, parts_of, remove, with_parts_changed

_TEXTS = r"word/(document|document2|footnotes|endnotes|header\d*|footer\d*)\.xml"
_COMMENTS = r"word/comments\.xml"
_PUT_IN = ("ins", "moveTo")
_GONE = ("del", "moveFrom")
_OLD_LOOKS = (
    *("rPrChange", "pPrChange", "tblPrChange", "tblPrExChange", "tblGridChange", "trPrChange", "tcPrChange"),
    *("sectPrChange", "numberingChange", "cellIns", "cellMerge"),
)
_MARKS = (
    *("moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd"),
    *("commentRangeStart", "commentRangeEnd", "commentReference"),
)


def had_changes(docx: bytes) -> bool:
    """Whether words, rows or cells of the file were put in, deleted or moved under tracking.

    A changed look alone does not count. Raises ConverterProblem where the file is damaged.
    """
    wanted = [f"{{*}}{name}" for name in (*_PUT_IN, *_GONE, "cellIns", "cellDel")]
    return any(True for part in parts_of(docx, _TEXTS).values() for _ in part.iter(*wanted))


def comments_in(docx: bytes) -> int:
    """How many comments, and answers to comments, stand in its margin. Raises ConverterProblem if it is damaged."""
    return sum(1 for part in parts_of(docx, _COMMENTS).values() for _ in part.iter("{*}comment"))


def accept_changes(docx: bytes) -> bytes:
    """The document with every tracked change accepted, and without comments and unanswered prompts.

    One that has none of them stays as it was sent. Raises ConverterProblem where it is damaged.
    """
    if is_whole(docx) and not any(map(_has_some, parts_of(docx, _TEXTS).values())):
        return docx
    return with_parts_changed(docx, {_TEXTS: _accept})


def _has_some(part: Part) -> bool:
    wanted = (*_GONE, *_OLD_LOOKS, *_MARKS, *_PUT_IN, "cellDel", "showingPlcHdr")
    return any(True for _ in part.iter(*(f"{{*}}{name}" for name in wanted)))


def _accept(part: Part) -> None:
    for row in list(part.iter("{*}tr")):
        if row.find("{*}trPr/{*}del") is not None:
            remove(row)
    for cell in list(part.iter("{*}tc")):
        if cell.find("{*}tcPr/{*}cellDel") is not None:
            remove(cell)
    _drop_empty(part)
    for paragraph in list(part.iter("{*}p")):
        if any(paragraph.find(f"{{*}}pPr/{{*}}rPr/{{*}}{name}") is not None for name in _GONE):
            _join_to_next(paragraph)
    for name in (*_GONE, *_OLD_LOOKS, *_MARKS):
        for element in list(part.iter(f"{{*}}{name}")):
            remove(element)
    for element in list(part.iter(*(f"{{*}}{name}" for name in _PUT_IN))):
        _unwrap(element)
    for control in part.iter("{*}sdt"):
        if control.find("{*}sdtPr/{*}showingPlcHdr") is not None:
            # A prompt printed where an answer stands would read as one.
            for text in control.iter("{*}t"):
                text.text = ""


def _drop_empty(part: Part) -> None:
    """A row without cells, or a table without rows, is no longer allowed."""
    for row in list(part.iter("{*}tr")):
        if row.find(".//{*}tc") is None:
            remove(row)
    for table in list(part.iter("{*}tbl")):
        if table.find(".//{*}tr") is None:
            remove(table)


def _join_to_next(paragraph: Part) -> None:
    """Put what is in the paragraph at the beginning of the next, whose end of paragraph is the one that is left."""
    words = [child for child in paragraph if _local(child) != "pPr"]
    below = paragraph.getnext()
    while below is not None and _local(below) in _MARKS:
        below = below.getnext()
    if below is None or _local(below) != "p":
        # Before a table, or at the end of a cell, there is nothing that it could join; an empty one may go.
        if below is not None and all(_local(child) in (*_GONE, *_MARKS) for child in words):
            remove(paragraph)
        return
    place = 1 if len(below) and _local(below[0]) == "pPr" else 0
    below[place:place] = words
    remove(paragraph)


def _unwrap(element: Part) -> None:
    """Leave what is in the element, in its place."""
    parent = element.getparent()
    if parent is not None:
        place = parent.index(element)
        parent[place : place + 1] = list(element)


def _local(element: Part) -> str:
    return str(element.tag).rpartition("}")[2]
