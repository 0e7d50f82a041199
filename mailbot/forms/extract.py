"""A Document and the form definitions to a Form: which kind it is, the answers with their places, what is wrong."""

from __future__ import annotations

from mailbot.forms.definitions import Definitions
from mailbot.forms.document import Document
from mailbot.forms.form import Form


def extract(document: Document, definitions: Definitions) -> Form:
    """The form that the document holds; `other` where it is none of the kinds that are defined."""
    raise NotImplementedError
