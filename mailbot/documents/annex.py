"""Where each line of the Rapid Review Template came from, as pages for the office; they do not go to the Panel."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from pydantic import JsonValue

from mailbot.cases.rapid_review import SourceLine
from mailbot.documents.typeset import Typesetter

MOST_WORDS = 25
"""How much of a line is repeated in the annex: enough to find it in the template."""


class Annex:
    """Sets the pages. The same lines give the same bytes."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        """`folders` are templates folders: documents/sources.typ of the first that has it wins."""
        self._typesetter = Typesetter(folders)

    def pages(self, ref: str, marking: str, drafted: str, lines: Sequence[SourceLine]) -> bytes:
        """A PDF with one row for each line, by section. Raises ConfigProblems when typst refuses the page."""
        sections: list[JsonValue] = [
            {"name": name, "lines": [[line.line, _beginning(line.text), line.source] for line in found]}
            for name, found in groupby(lines, key=lambda line: line.section)
        ]
        facts: dict[str, JsonValue] = {"ref": ref, "marking": marking, "drafted": drafted, "sections": sections}
        return self._typesetter.set("sources.typ", facts)


def _beginning(text: str) -> str:
    words = text.split()
    return " ".join(words[:MOST_WORDS]) + (" …" if len(words) > MOST_WORDS else "")
