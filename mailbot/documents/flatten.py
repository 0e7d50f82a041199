"""A stranger's PDF made fit to be bound: filled-in answers become part of the page, scripts and attached files go."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import TypeVar

import pikepdf
from pikepdf import Array, Name

from mailbot.documents.stamps import visible_box

_NOT_ON_THE_PAGE = (Name.Annots, Name.AA, Name.AF, Name.Metadata, Name.PieceInfo, Name.Thumb, Name.StructParents)
_NOTES = (Name.Text, Name.Highlight, Name.Underline, Name.Squiggly, Name.StrikeOut, Name.Caret)
_T = TypeVar("_T")


class Unshowable(Exception):
    """The PDF has no pages that can be shown; the message says why and what to do."""


def flattened(content: bytes) -> bytes:
    """The PDF's pages as a reader sees them. Raises Unshowable when it needs a password or is damaged.

    Merging pages loses form fields, and with them every answer: they are drawn on the page first.
    """
    return _opened(content, _flatten)


def doubtful_answers(content: bytes) -> bool:
    """Whether an answer in a form has letters that may come out as question marks when it is drawn on the page.

    A form without a picture of its answers is drawn with its own plain font, which knows only English letters.
    Raises Unshowable when the PDF needs a password or is damaged.
    """
    return _opened(content, _has_doubtful_answers)


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
    # A damaged PDF has numbers where names belong and the other way round: any of these may come of it.
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, LookupError, AttributeError) as problem:
        raise Unshowable("The PDF is damaged. Ask the sender for it again.") from problem


def _flatten(pdf: pikepdf.Pdf) -> bytes:
    pdf.generate_appearance_streams()
    pdf.flatten_annotations("all")
    bare = pikepdf.new()
    bare.pages.extend(pdf.pages)
    for page in bare.pages:
        visible_box(page)
        for key in _NOT_ON_THE_PAGE:
            if key in page.obj:
                del page.obj[key]
    if not len(bare.pages):
        raise Unshowable("The PDF has no pages. Ask the sender for it again.")
    result = BytesIO()
    bare.save(result, deterministic_id=True)
    return result.getvalue()


def _count_notes(pdf: pikepdf.Pdf) -> int:
    found = [note for page in pdf.pages for note in page.obj.get(Name.Annots, Array())]
    return sum(note.get(Name.Subtype) in _NOTES and bool(str(note.get(Name.Contents, "")).strip()) for note in found)


def _has_doubtful_answers(pdf: pikepdf.Pdf) -> bool:
    form = pdf.Root.get(Name.AcroForm)
    if form is None:
        return False
    drawn_anew = bool(form.get(Name.NeedAppearances, False))
    fields = [field for page in pdf.pages for field in page.obj.get(Name.Annots, Array())]
    return any(not _answer(field).isascii() and (drawn_anew or Name.AP not in field) for field in fields)


def _answer(field: pikepdf.Object) -> str:
    """What was typed into the field; a field of several boxes keeps it in its parent (ISO 32000 12.7.3)."""
    holder = field if Name.V in field else field.get(Name.Parent, pikepdf.Dictionary())
    value = holder.get(Name.V)
    return str(value) if isinstance(value, pikepdf.String) else ""
