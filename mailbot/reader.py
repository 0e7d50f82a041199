"""Files to Forms, outside any case: `mailbot read`, with the home's form definitions where there is a home."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from mailbot.config import form_definitions
from mailbot.documents.office import Converter
from mailbot.documents.sandbox import Sandbox
from mailbot.errors import UsageProblem
from mailbot.forms.form import Form


def read_files(files: Sequence[Path], home: Path) -> Iterator[Form]:
    """What each file says, in their order, all read by one pool.

    Of two children one stands ready for when a file breaks the other. Raises UsageProblem at the first file that is
    not there, ConfigProblems for the definitions.
    """
    with Sandbox(Converter.find(), form_definitions(home), children=min(2, len(files))) as sandbox:
        for file in files:
            yield sandbox.form(_content(file), file.name)


def read_file(file: Path, home: Path) -> Form:
    """What one file says; raises as `read_files` does."""
    (form,) = read_files((file,), home)
    return form


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as problem:
        raise UsageProblem(f"{file} cannot be read: {problem.strerror}.") from None
