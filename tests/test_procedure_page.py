"""docs/procedure.md against the two source documents, the settings, the commands and the tests that it names."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from mailbot.cases.recording import FACTS
from mailbot.cli.app import app

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "procedure.md").read_text("utf-8")
SOURCES = sorted((ROOT / "tests" / "source-documents").glob("*.txt"))
SETTINGS = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "config").rglob("*.toml")))
COMMANDS = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}


def plain(text: str) -> str:
    """Words only: without marks of emphasis, bullets, and with one kind of quotation mark and space."""
    straight = re.sub(r"[·*>]", " ", text.replace("’", "'").replace("“", '"').replace("”", '"'))
    return re.sub(r"\s+([.,;:)])", r"\1", re.sub(r"\s+", " ", straight)).strip()


def sentences(source: Path) -> list[str]:
    """Each sentence, bullet or box of a source document."""
    lines = (plain(re.sub(r"^\s*[-·]\s*", "", line)) for line in source.read_text("utf-8").splitlines())
    return [
        one.strip() for line in lines if line for one in re.split(r"(?<=[.;:])\s+(?=[A-Z(])", line) if one.strip()
    ]


def rows() -> list[list[str]]:
    """The page's table rows, cell by cell."""
    lines = [line for line in PAGE.splitlines() if line.startswith("| ") and "---" not in line]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def named_tests() -> list[tuple[str, str]]:
    return sorted(set(re.findall(r"`(test_\w+\.py)::(test_\w+)`", PAGE)))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_no_sentence_of_a_source_document_is_left_out(source: Path) -> None:
    page = plain(PAGE.replace("|", " "))
    assert [one for one in sentences(source) if one not in page] == []


@pytest.mark.parametrize("file", sorted({file for file, _ in named_tests()}))
def test_every_test_that_is_named_is_there(file: str) -> None:
    trees = [ast.parse(path.read_text("utf-8")) for path in (ROOT / "tests").rglob(file)]
    there = {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert [name for at, name in named_tests() if at == file and name not in there] == []


def test_every_setting_that_is_named_is_there() -> None:
    """The third column holds settings, as they are written in config/, or a folder or file of templates/."""
    named = {name for row in rows() if len(row) == 4 for name in re.findall(r"`([^`]+)`", row[2])}
    files = {path.stem for path in (ROOT / "templates").rglob("*")}
    absent = [n for n in sorted(named) if n not in SETTINGS and n not in files and not (ROOT / n).exists()]
    assert absent == []


def test_every_command_that_is_named_is_there() -> None:
    commands = re.findall(r"`mailbot ([a-z]+)(?: ([A-Z]+)(?: ([a-z][a-z-]+))?)?", PAGE)
    assert [name for name, _, _ in commands if name not in COMMANDS] == []
    assert [fact for name, _, fact in commands if name == "record" and fact and fact not in FACTS] == []


def test_every_row_says_what_is_done_and_what_proves_it() -> None:
    """Only a heading of the source, or a sentence about the document itself, asks for nothing."""
    unproven = [row[0] for row in rows() if len(row) == 4 and not row[3] and not row[0].endswith(":")]
    assert len(unproven) <= 2
