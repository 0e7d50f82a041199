"""The files in a mail or an archive as they are, taken out by the same readers that read them; as one plain zip."""

from __future__ import annotations

import io
import zipfile

from mailbot.documents.reading.bodies import BODY
from mailbot.documents.reading.choosing import choose
from mailbot.documents.reading.nest import Nest
from mailbot.documents.reading.tools import Tools
from mailbot.forms.document import Document

WORDS = "words.json"
_TAKEN = "taken out"


def files_inside(content: bytes, name: str) -> bytes:
    """A zip of the file's own words as a Document, then of the files in it, in order; empty where there are none.

    The files of a mail in a mail are taken out with it; an archive in an archive stays one.
    """
    files: list[tuple[str, bytes]] = []

    def take(inner: bytes, title: str, nest: Nest) -> Document:
        if title == BODY:
            return choose(inner, title, nest)
        files.append((title, inner))
        return Document(name=title, format=_TAKEN)

    document = Nest(Tools(), take).inside(name, lambda inner: choose(content, name, inner))
    if not files:
        return b""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(WORDS), _words(document).model_dump_json())
        for number, (title, inner) in enumerate(files):
            archive.writestr(zipfile.ZipInfo(f"{number}/{title}"), inner)
    return packed.getvalue()


def _words(document: Document) -> Document:
    """The document without the files that were taken out."""
    kept = [part for part in document.parts if part.format != _TAKEN]
    return document.model_copy(update={"parts": tuple(map(_words, kept))})
