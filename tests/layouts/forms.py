"""The small files of the layouts, and what mailbot reads in them."""

from __future__ import annotations

from mailbot.documents.office import Converter
from mailbot.documents.reading import Tools, read_document
from mailbot.forms.extract import extract
from mailbot.forms.form import Form
from tests.documents.word_files import paragraph, run, word_file
from tests.forms.definitions import DEFINITIONS

BOLD = "<w:b/>"
CONVERTER = Converter.find()
REFERRAL = paragraph(run("Rapid Review Referral Form", BOLD))
RETURN = paragraph(run("Initial scoping return", BOLD))
CHRONOLOGY = paragraph(run("Chronology of significant events", BOLD))
NOTIFICATION = paragraph(run("Serious incident notification", BOLD))
"""How each kind of form begins in Word."""


def read(content: bytes, name: str = "form.docx") -> Form:
    """A file, read as any that comes by mail; old formats need LibreOffice."""
    tools = Tools(lambda old, suffix: CONVERTER.convert(old, suffix, "docx")) if CONVERTER.available else Tools()
    return extract(read_document(content, name, tools), DEFINITIONS)


def read_word(body: str, **parts: str) -> Form:
    """A Word file with this body; `parts` as in `word_file`."""
    return read(word_file(body, **parts))


def values(form: Form) -> dict[str, str]:
    """Every answer that was read, each under the name that it was given: what is not here was not filled."""
    return {name: answer.text for name, answer in form.fields.items()}


def told(form: Form) -> list[str]:
    """The words of the form's problems."""
    return [problem.problem for problem in form.problems]
