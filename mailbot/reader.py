"""One file to a Form, outside any case: `mailbot read`, with the home's form definitions where there is a home."""

from __future__ import annotations

from pathlib import Path

from mailbot.config import form_definitions
from mailbot.documents.office import Converter
from mailbot.documents.sandbox import Sandbox
from mailbot.errors import UsageProblem
from mailbot.forms.extract import extract
from mailbot.forms.form import Form


def read_file(file: Path, home: Path) -> Form:
    """What the file says. Raises UsageProblem where there is no such file, ConfigProblems for the definitions."""
    try:
        content = file.read_bytes()
    except OSError as problem:
        raise UsageProblem(f"{file} cannot be read: {problem.strerror}.") from None
    with Sandbox(Converter.find()) as sandbox:
        return extract(sandbox.read(content, file.name), form_definitions(home))
