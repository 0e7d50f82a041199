"""Pictures (photographs and scans in a picture's format) to a Document, read by OCR."""

from __future__ import annotations

from mailbot.forms.document import Document, problem_document


def read_picture(content: bytes, name: str) -> Document:
    """What the picture shows, as read by OCR: every word of it is to be checked against the picture."""
    message = f"The file is a picture of {len(content)} bytes; pictures are not read yet. Look at it."
    return problem_document(name, "not_supported", message, format="picture")
