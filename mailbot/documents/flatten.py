"""A stranger's PDF made fit to be bound: filled-in answers become part of the page, scripts and attached files go."""

from __future__ import annotations

from io import BytesIO

import pikepdf
from pikepdf import Name

_NOT_ON_THE_PAGE = (Name.Annots, Name.AA, Name.AF, Name.Metadata, Name.PieceInfo, Name.Thumb, Name.StructParents)


class Unshowable(Exception):
    """The PDF has no pages that can be shown; the message says why and what to do."""


def flattened(content: bytes) -> bytes:
    """The PDF's pages as a reader sees them. Raises Unshowable when it needs a password or is damaged.

    Merging pages loses form fields, and with them every answer: they are drawn on the page first.
    """
    try:
        with pikepdf.open(BytesIO(content)) as pdf:
            pdf.generate_appearance_streams()
            pdf.flatten_annotations("all")
            bare = pikepdf.new()
            bare.pages.extend(pdf.pages)
            for page in bare.pages:
                for key in _NOT_ON_THE_PAGE:
                    if key in page.obj:
                        del page.obj[key]
            if not len(bare.pages):
                raise Unshowable("The PDF has no pages. Ask the sender for it again.")
            result = BytesIO()
            bare.save(result, deterministic_id=True)
    except pikepdf.PasswordError:
        raise Unshowable(
            "The PDF needs a password. Ask the sender for it, by telephone or in a separate email."
        ) from None
    except pikepdf.PdfError as problem:
        raise Unshowable("The PDF is damaged. Ask the sender for it again.") from problem
    return result.getvalue()
