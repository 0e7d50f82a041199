"""What an office file or PDF holds that its printed pages do not show as it stands: each a short sentence."""

from __future__ import annotations

from collections.abc import Mapping

from mailbot.cases.wording import count
from mailbot.documents.tracked import comments_in, had_changes
from mailbot.documents.zip_parts import Part, parts_of

CHANGES_ACCEPTED = "Tracked changes are shown as accepted."


def remarks_of_word(docx: bytes) -> tuple[str, ...]:
    """Tracked changes and comments. Raises ConverterProblem where the file is damaged."""
    return (*((CHANGES_ACCEPTED,) if had_changes(docx) else ()), *_of_comments(comments_in(docx)))


def remarks_of_sheet(xlsx: bytes) -> tuple[str, ...]:
    """Comments in cells, and what is hidden. Raises ConverterProblem where the file is damaged."""
    comments = _many(parts_of(xlsx, r"xl/comments[^/]*\.xml"), "comment")
    sheets = _many(parts_of(xlsx, r"xl/workbook\.xml"), "sheet", "state")
    worksheets = parts_of(xlsx, r"xl/worksheets/[^/]+\.xml")
    lines = any(_many(worksheets, line, "hidden") for line in ("row", "col"))
    return (
        *_of_comments(comments),
        *((f"{count(sheets, 'hidden sheet')} not shown.",) if sheets else ()),
        *(("Hidden rows or columns not shown.",) if lines else ()),
    )


def remark_of_notes(notes: int) -> tuple[str, ...]:
    """What is said of a PDF with so many written notes stuck on its pages."""
    return _of_comments(notes)


def _of_comments(number: int) -> tuple[str, ...]:
    return (f"{count(number, 'comment')} not shown: see the original.",) if number else ()


def _many(parts: Mapping[str, Part], name: str, flag: str = "") -> int:
    """How many elements of the name there are: with a flag, only those where it is set to more than nothing."""
    found = [element for part in parts.values() for element in part.iter(f"{{*}}{name}")]
    return sum(not flag or element.get(flag) not in (None, "0", "false", "visible") for element in found)
