"""What a filled form really says: the truth files beside the forms, and the names that are scored.

A truth file is FORM.truth.json; its keys and the types of its values are those of docs/vocabulary.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import pikepdf

from mailbot.cases.values import Value
from mailbot.forms.form import Kind

ROOT = Path(__file__).parents[1]
FOLDERS = (ROOT / "benchmarks" / "corpus", ROOT / "tests" / "forms" / "samples")
NOT_OPENED = frozenset({"encrypted", "unreadable"})
"""Problems of a file of which nothing can be read."""

_SUFFIX = ".truth.json"
_NAME = re.compile(r"`([a-z_]+)`")


class Truth(Value):
    """What one file, or one part of an archive or mail, says. Absent from `fields` means not answered."""

    name: str = ""
    kind: Kind = "other"
    fields: dict[str, str | tuple[str, ...]] = {}
    tables: dict[str, tuple[dict[str, str], ...]] = {}
    blank: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    image_only: bool | None = None
    """A scan or photograph; where a part does not say it, what its archive says counts."""
    parts: tuple[Truth, ...] = ()
    password: str | None = None
    when_opened: Truth | None = None
    note: str = ""

    @property
    def holds_a_form(self) -> bool:
        """Whether the file itself is to be compared: an archive that only wraps others is not."""
        return not self.parts or bool(self.fields or self.tables)

    @property
    def cannot_be_opened(self) -> bool:
        """Whether nothing but the problem can be reported."""
        return bool(NOT_OPENED & set(self.problems))

    def inner(self) -> Iterator[Truth]:
        """The parts at every depth, archives within left out."""
        for part in self.parts:
            known = part if part.image_only is not None else part.model_copy(update={"image_only": self.image_only})
            if known.holds_a_form:
                yield known
            yield from known.inner()


class Sample(NamedTuple):
    """One filled form on the disk and what it says."""

    path: Path
    truth: Truth

    @property
    def format(self) -> str:
        """The format as people name it: by the suffix, PDFs by how they were made, scans and pictures as such."""
        suffix = self.path.suffix.lower().lstrip(".") or "no suffix"
        if self.truth.image_only:
            return "scan" if suffix == "pdf" else "picture"
        if suffix == "pdf" and not self.truth.cannot_be_opened:
            return "pdf form" if _has_controls(self.path) else "pdf flat"
        return suffix

    @property
    def needs_libreoffice(self) -> bool:
        """Whether the file is converted before it is read."""
        return self.path.suffix.lower() in {".doc", ".odt", ".rtf"}


def samples(folders: tuple[Path, ...] = FOLDERS, only: str = "") -> list[Sample]:
    """The forms below the folders whose name holds `only`, in the order of their names.

    Raises FileNotFoundError for a truth file without its form, ValueError for one that is not of the vocabulary.
    """
    found = []
    for file in sorted(
        (file for folder in folders for file in folder.rglob(f"*{_SUFFIX}")), key=lambda one: one.name
    ):
        path = file.with_name(file.name.removesuffix(_SUFFIX))
        if only.casefold() not in path.name.casefold():
            continue
        if not path.is_file():
            raise FileNotFoundError(
                f"{file} tells of a form that is not beside it. Add {path.name}, or remove the truth."
            )
        found.append(Sample(path, Truth.model_validate_json(file.read_text("utf-8"))))
    return found


class Vocabulary:
    """The names that count for each kind, read off the tables of docs/vocabulary.md."""

    def __init__(self, text: str) -> None:
        self._text = text

    @classmethod
    def of_the_project(cls) -> Vocabulary:
        """The one that the project publishes."""
        return cls((ROOT / "docs" / "vocabulary.md").read_text("utf-8"))

    @cached_property
    def fields(self) -> dict[str, frozenset[str]]:
        """Kind to the names of its fields."""
        return self._names(tables=False)

    @cached_property
    def tables(self) -> dict[str, frozenset[str]]:
        """Kind to the names of its tables."""
        return self._names(tables=True)

    def _names(self, tables: bool) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {"other": frozenset()}
        for section in self._text.split("\n## ")[1:]:
            heading, _, body = section.partition("\n")
            first_cells = [
                line.split("|")[1].strip() for line in body.splitlines() if line.startswith(("| `", "| table"))
            ]
            found[heading.strip()] = frozenset(
                name for cell in first_cells if cell.startswith("table") is tables for name in _NAME.findall(cell)
            )
        return found


def _has_controls(path: Path) -> bool:
    try:
        with pikepdf.open(path) as pdf:
            return "/AcroForm" in pdf.Root and len(pdf.Root.AcroForm.get("/Fields", ())) > 0
    except pikepdf.PdfError:
        return False


Truth.model_rebuild()
