"""Who may import whom: the rooms of docs/design.md, read off the source."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "mailbot"
TOUCHES_THE_OUTSIDE = frozenset(
    (
        *("asyncio", "fcntl", "glob", "http", "imaplib", "logging", "mmap", "multiprocessing", "os", "pathlib"),
        *("poplib", "random", "secrets", "select", "shutil", "signal", "smtplib", "socket", "sqlite3", "ssl"),
        *("subprocess", "tempfile", "threading", "time", "urllib", "webbrowser"),
    )
)
"""Standard modules that a pure room has no use for: clock, disk, network, log, chance."""
EDGES = ("documents", "mail", "store")
PURE_MAIL = ("addresses", "bounces", "charsets", "envelope", "replies", "webtext")
DRIVERS = frozenset({"sqlite3", "sqlite_utils", "sqlcipher3"})


def modules(*parts: str) -> list[Path]:
    """The source files below a folder of the package, or one file of it."""
    place = PACKAGE.joinpath(*parts)
    return sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]


def imports(path: Path) -> Iterator[str]:
    """The full names of all modules that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def strangers(path: Path, allowed: tuple[str, ...]) -> list[str]:
    """Imports that are neither standard nor begin with one of the allowed names."""
    return [
        name
        for name in imports(path)
        if name.partition(".")[0] not in sys.stdlib_module_names
        and not any(name == a or name.startswith(a + ".") for a in allowed)
    ]


def outside(path: Path) -> list[str]:
    return [name for name in imports(path) if name.partition(".")[0] in TOUCHES_THE_OUTSIDE]


@pytest.mark.parametrize("path", modules("cases"), ids=lambda p: p.name)
def test_cases_know_only_themselves(path: Path) -> None:
    assert strangers(path, ("pydantic", "mailbot.cases", "mailbot.errors")) == []
    assert outside(path) == []


@pytest.mark.parametrize("path", modules("forms"), ids=lambda p: p.name)
def test_forms_know_cases_and_the_envelope(path: Path) -> None:
    allowed = ("pydantic", "rapidfuzz", "mailbot.cases", "mailbot.forms", "mailbot.errors", "mailbot.mail.envelope")
    assert strangers(path, allowed) == []
    assert outside(path) == []


@pytest.mark.parametrize("name", PURE_MAIL)
def test_opening_a_mail_touches_nothing_outside(name: str) -> None:
    (path,) = modules("mail", name)
    libraries = ("pydantic", "flufl.bounce", "inscriptis", "lxml")
    allowed = (*libraries, "mailbot.cases", "mailbot.errors", *(f"mailbot.mail.{n}" for n in PURE_MAIL))
    assert strangers(path, allowed) == []
    # flufl.bounce logs tracebacks of odd mail; bounces.py needs logging to silence it.
    assert [name for name in outside(path) if name != "logging"] == []


@pytest.mark.parametrize("room", EDGES)
def test_an_edge_knows_no_other_edge(room: str) -> None:
    others = tuple(f"mailbot.{other}" for other in EDGES if other != room)
    wiring = (
        "mailbot.cli",
        "mailbot.intake",
        "mailbot.carry_out",
        "mailbot.worker",
        "mailbot.parts",
        "mailbot.config",
    )
    found = {
        f"{path.name}: {name}"
        for path in modules(room)
        for name in imports(path)
        if name.startswith((*others, *wiring))
    }
    assert found == set()


def test_only_the_record_names_the_database_driver() -> None:
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in modules()
        for name in imports(path)
        if name.partition(".")[0] in DRIVERS
    }
    assert found <= {"store/__init__.py", "store/database.py", "store/schema.py", "store/backup.py"}


@pytest.mark.parametrize("room", ["cases", "forms"])
def test_nobody_in_a_pure_room_looks_at_the_clock(room: str) -> None:
    asked = {
        f"{path.name}:{node.lineno}"
        for path in modules(room)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("now", "today", "utcnow")
    }
    assert asked == set()


def test_no_module_has_outgrown_its_purpose() -> None:
    lengths = {p.relative_to(PACKAGE).as_posix(): len(p.read_text("utf-8").splitlines()) for p in modules()}
    assert {name: lines for name, lines in lengths.items() if lines > 420} == {}
