"""Excel papers from templates/documents/*.xlsx, filled in: `{{ ref }}` in a cell or page margin is a fact."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mailbot.errors import ConfigProblems

# Nine megabytes of the worker's memory: it is loaded when there is a workbook to fill.
if TYPE_CHECKING:
    import openpyxl

FACTS: dict[str, frozenset[str]] = {
    "chronology_template": frozenset({"ref", "child_name", "agency_name", "partnership_name"}),
}
"""The shipped workbooks, and what each may say."""

_PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SAVED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
_LONG_AGO = b"2026-01-01T00:00:00Z"
_DAMAGED = (ValueError, KeyError, zipfile.BadZipFile, SyntaxError)


class WorkbookPapers:
    """The Excel templates of an office: its own first, the shipped ones where it has none."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        """`folders` are templates folders: documents/NAME.xlsx of the first that has it wins."""
        self._folders = tuple(folder / "documents" for folder in folders)

    def fill(self, template: str, facts: Mapping[str, object]) -> bytes:
        """The workbook (a name of FACTS, without .xlsx) with `facts` in it; the same facts give the same bytes.

        A fact is text whatever it begins with, never a formula. Raises ConfigProblems when the template is missing or
        damaged, or asks for a fact that there is not.
        """
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

        book = self._open(template)
        if unknown := sorted(_asked(book) - facts.keys()):
            raise ConfigProblems([_no_fact(template, name) for name in unknown])
        told = {name: _SURROGATE.sub("", ILLEGAL_CHARACTERS_RE.sub("", str(fact))) for name, fact in facts.items()}
        for cell in _cells(book):
            cell.value = _PLACE.sub(lambda place: told[place[1]], cell.value)
            cell.data_type = "s"
        for part in _margins(book):
            # An ampersand begins a code in a page header (ECMA-376 part 1, 18.3.1.46); doubled, it is itself.
            part.text = _PLACE.sub(lambda place: told[place[1]].replace("&", "&&"), part.text)
        saved = BytesIO()
        book.save(saved)
        return _dateless(saved.getvalue())

    def check(self) -> list[str]:
        """Everything wrong with the templates, each a sentence that names the file; empty when all is well."""
        return [problem for template in FACTS for problem in self._problems(template)]

    def _problems(self, template: str) -> list[str]:
        try:
            asked = _asked(self._open(template))
        except ConfigProblems as problem:
            return list(problem.problems)
        return [_no_fact(template, name) for name in sorted(asked - FACTS[template])]

    def _open(self, template: str) -> openpyxl.Workbook:
        import openpyxl
        from openpyxl.utils.exceptions import InvalidFileException

        for folder in self._folders:
            file = folder / f"{template}.xlsx"
            if file.is_file():
                try:
                    return openpyxl.load_workbook(file)
                except (*_DAMAGED, InvalidFileException) as problem:
                    said = f"templates/documents/{template}.xlsx cannot be opened as a workbook: {problem}."
                    raise ConfigProblems([f"{said} Save it again as .xlsx in Excel."]) from problem
        missing = "is neither in the home's templates folder nor among the shipped ones"
        raise ConfigProblems([f"templates/documents/{template}.xlsx {missing}."])


def _cells(book: openpyxl.Workbook) -> Iterator[Any]:
    """The cells in which a fact is to stand."""
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            yield from (cell for cell in row if isinstance(cell.value, str) and _PLACE.search(cell.value))


def _margins(book: openpyxl.Workbook) -> Iterator[Any]:
    """The parts of page headers and footers in which a fact is to stand."""
    for sheet in book.worksheets:
        for margin in filter(None, (sheet.oddHeader, sheet.oddFooter)):
            parts = (margin.left, margin.center, margin.right)
            yield from (part for part in parts if part.text and _PLACE.search(part.text))


def _asked(book: openpyxl.Workbook) -> set[str]:
    texts = [*(cell.value for cell in _cells(book)), *(part.text for part in _margins(book))]
    return {name for text in texts for name in _PLACE.findall(text)}


def _no_fact(template: str, name: str) -> str:
    return f"templates/documents/{template}.xlsx: there is no fact `{name}` for this paper."


def _dateless(xlsx: bytes) -> bytes:
    """The same file with no clock time in it or on its parts."""
    settled = BytesIO()
    with zipfile.ZipFile(BytesIO(xlsx)) as source, zipfile.ZipFile(settled, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _SAVED.sub(rb"\g<1>" + _LONG_AGO, content)
            target.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return settled.getvalue()
