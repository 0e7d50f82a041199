"""A stranger's PDF made fit to be bound: filled-in answers become part of the page, scripts and attached files go."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import NamedTuple, TypeVar

import pikepdf
from pikepdf import Array, Name

from mailbot.documents.form_answers import Draw, draw_answers
from mailbot.documents.stamps import visible_box

_NOT_ON_THE_PAGE = (Name.Annots, Name.AA, Name.AF, Name.Metadata, Name.PieceInfo, Name.Thumb, Name.StructParents)
_NOTES = (Name.Text, Name.Highlight, Name.Underline, Name.Squiggly, Name.StrikeOut, Name.Caret)
_DAMAGE = (pikepdf.PdfError, RuntimeError, ValueError, TypeError, LookupError, AttributeError)
"""What may come of a damaged PDF, which has numbers where names belong and the other way round."""
_T = TypeVar("_T")


class Unshowable(Exception):
    """The PDF has no pages that can be shown; the message says why and what to do."""


class Flattened(NamedTuple):
    """The pages as a reader sees them, and whether every answer of a form is sure to be seen on them."""

    pdf: bytes
    sure: bool


def flattened(content: bytes, draw: Draw) -> Flattened:
    """The PDF's pages as a reader sees them. Raises Unshowable when it needs a password or is damaged.

    Merging pages loses form fields, and with them every answer: they are drawn on the page first.
    """
    return _opened(content, lambda pdf: _flatten(pdf, draw))


def sticky_notes(content: bytes) -> int:
    """How many notes with words in them are stuck on the pages: their marks are drawn, their words are not.

    Raises Unshowable when the PDF needs a password or is damaged.
    """
    return _opened(content, _count_notes)


def _opened(content: bytes, act: Callable[[pikepdf.Pdf], _T]) -> _T:
    try:
        with pikepdf.open(BytesIO(content)) as pdf:
            return act(pdf)
    except pikepdf.PasswordError:
        raise Unshowable("The PDF needs a password. Ask the sender for it in a call or another email.") from None
    except _DAMAGE as problem:
        raise Unshowable("The PDF is damaged. Ask the sender for it again.") from problem


def _flatten(pdf: pikepdf.Pdf, draw: Draw) -> Flattened:
    try:
        sure = draw_answers(pdf, draw)
    except _DAMAGE:
        # The pages themselves may be whole: they are shown, and what was typed follows them.
        sure = False
    pdf.flatten_annotations("all")
    if Name.AcroForm in pdf.Root:
        # Its answers are part of the pages now: no field is left that could be lost on the way.
        del pdf.Root[Name.AcroForm]
    for page in pdf.pages:
        visible_box(page)
        for key in _NOT_ON_THE_PAGE:
            if key in page.obj:
                del page.obj[key]
    bare = pikepdf.new()
    bare.pages.extend(pdf.pages)
    if not len(bare.pages):
        raise Unshowable("The PDF has no pages. Ask the sender for it again.")
    result = BytesIO()
    bare.save(result, deterministic_id=True)
    return Flattened(result.getvalue(), sure)


def _count_notes(pdf: pikepdf.Pdf) -> int:
    found = [note for page in pdf.pages for note in page.obj.get(Name.Annots, Array())]
    return sum(note.get(Name.Subtype) in _NOTES and bool(str(note.get(Name.Contents, "")).strip()) for note in found)
