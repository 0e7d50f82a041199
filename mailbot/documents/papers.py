"""Word papers from templates/documents/*.docx, filled in: an unknown fact stops the paper, none is lost."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

PAPERS = ("scoping_template.docx", "chronology_template.docx", "rapid_review_template.docx")


class Papers:
    """The Word templates of an office: its own first, the shipped ones where it has none."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        """`folders` hold the .docx templates; the first folder that has a file wins."""
        self._folders = folders

    def fill(self, template: str, facts: Mapping[str, object]) -> bytes:
        """The .docx `template` with `facts` in it. Raises ConfigProblems when template and facts do not fit."""
        raise NotImplementedError

    def check(self) -> list[str]:
        """Everything wrong with the templates, each a sentence that names the file; empty when all is well."""
        raise NotImplementedError
