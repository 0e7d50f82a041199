"""Office files as LibreOffice prints them, many at once: changes accepted, sheets fitted to the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mailbot.documents.office import SHEET_SUFFIXES, WORD_SUFFIXES, Converter, Target, refuse_other_content
from mailbot.documents.printable import accept_changes, fit_workbook
from mailbot.documents.remarks import remarks_of_sheet, remarks_of_word
from mailbot.errors import ConverterProblem

ABSENT = "LibreOffice is not installed here."
_NEW_WORD, _NEW_SHEET = frozenset({".docx", ".docm", ".dotx"}), frozenset({".xlsx", ".xlsm"})


class Print(NamedTuple):
    """The file as a PDF, or why there is none; and what its pages do not show as it stands in the file."""

    pdf: bytes | ConverterProblem
    remarks: tuple[str, ...] = ()


class _Ready(NamedTuple):
    content: bytes
    suffix: str
    remarks: tuple[str, ...] = ()


def print_all(files: Sequence[tuple[bytes, str]], converter: Converter | None) -> list[Print]:
    """Each file, given with the suffix of its name, printed; one that cannot be printed spoils no other."""
    if converter is None:
        return [Print(ConverterProblem(ABSENT)) for _ in files]
    ready = [_ready(file) for file in _new_formats(files, converter)]
    made = iter(converter.convert_all([(r.content, r.suffix, "pdf") for r in ready if isinstance(r, _Ready)]))
    return [Print(next(made), r.remarks) if isinstance(r, _Ready) else Print(r) for r in ready]


def _new_formats(files: Sequence[tuple[bytes, str]], converter: Converter) -> list[_Ready | ConverterProblem]:
    """Old Word and Excel files made new ones: only in those can changes be accepted and pages be fitted."""
    wanted = [_newer(suffix) for _, suffix in files]
    old = [(content, suffix, to) for (content, suffix), to in zip(files, wanted, strict=True) if to]
    made = iter(converter.convert_all(old))
    return [
        _renewed(next(made), to) if to else _Ready(content, suffix)
        for (content, suffix), to in zip(files, wanted, strict=True)
    ]


def _newer(suffix: str) -> Target | None:
    if suffix in WORD_SUFFIXES - _NEW_WORD:
        return "docx"
    return "xlsx" if suffix in SHEET_SUFFIXES - _NEW_SHEET else None


def _renewed(made: bytes | ConverterProblem, to: Target) -> _Ready | ConverterProblem:
    return made if isinstance(made, ConverterProblem) else _Ready(made, f".{to}")


def _ready(file: _Ready | ConverterProblem) -> _Ready | ConverterProblem:
    """The file as it is printed, with what is to be said of it."""
    if isinstance(file, ConverterProblem):
        return file
    content, suffix, _ = file
    try:
        refuse_other_content(content, suffix)
        if suffix in _NEW_WORD:
            return _Ready(accept_changes(content), suffix, remarks_of_word(content))
        if suffix in _NEW_SHEET:
            return _Ready(fit_workbook(content), ".xlsx", remarks_of_sheet(content))
    except ConverterProblem as problem:
        return problem
    return file
