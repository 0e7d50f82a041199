"""The body of a mail, of the several that it may carry, and which of its pictures are only decoration."""

from __future__ import annotations

from mailbot.documents.reading.text import document_of_text
from mailbot.documents.reading.webpage import document_of_html
from mailbot.forms.document import Document, Table

BODY = "email body"
PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\x00", b"MM\x00*", b"BM", b"RIFF")
_LOGO_BYTES = 60_000


def document_of_body(plain: str, html: str) -> Document | None:
    """The body: its HTML where that has a table, else its plain words; None where nothing is written."""
    page = document_of_html(html, BODY) if html.strip() else None
    if page and (any(isinstance(block, Table) for block in page.blocks) or not plain.strip()):
        return page if page.blocks else None
    return document_of_text(plain, BODY) if plain.strip() else None


def is_logo(content: bytes, shown: bool) -> bool:
    """Whether it is a signature's logo and no paper: a small picture that is `shown` within the body."""
    return shown and content.startswith(PICTURES) and len(content) < _LOGO_BYTES


def is_shown(content_id: str, html: str) -> bool:
    """Whether the body shows the attachment of that Content-ID. Outlook gives one to papers, too."""
    name = content_id.strip().strip("<>")
    return bool(name) and f"cid:{name}" in html
