"""Files to Forms, outside any case: `mailbot read`, with the home's form definitions where there is a home."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from mailbot.config import form_definitions
from mailbot.documents.office import Converter
from mailbot.documents.sandbox import Sandbox
from mailbot.forms.form import Form, Problem


def read_files(files: Sequence[Path], home: Path, passwords: tuple[str, ...] = ()) -> Iterator[Form]:
    """What each file says, in their order, all read by one pool. A file that is not there has the problem `missing`.

    Of two children one stands ready for when a file breaks the other. Raises ConfigProblems for the definitions.
    """
    with Sandbox(Converter.find(), form_definitions(home), children=min(2, len(files))) as sandbox:
        for file in files:
            try:
                content = file.read_bytes()
            except OSError as problem:
                yield _missing(file, problem.strerror or type(problem).__name__)
            else:
                yield sandbox.form(content, file.name, passwords)


def _missing(file: Path, why: str) -> Form:
    problem = Problem(problem="missing", message=f"{file} cannot be read: {why}.")
    return Form(name=file.name, kind="other", problems=(problem,))
