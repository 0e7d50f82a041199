"""The command line's frame: the home folder, the moment at which a command acts, errors and exit codes.

Exit codes: 0 done, 1 found problems, 2 wrong usage. With `--json` one document goes to stdout and nothing else.
Subjects, labels and file names are strangers' words: none of them reaches a terminal but as characters that are seen.
"""

from __future__ import annotations

import getpass
import json
import logging
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from mailbot.config import load
from mailbot.errors import ConfigProblems, MailbotError, UsageProblem
from mailbot.parts import Parts, open_parts
from mailbot.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Runs Rapid Reviews from a safeguarding partnership's shared mailbox.",
)
PIPED_WIDTH = 140
"""Columns where the output goes to a file or another program."""
UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Unicode's categories of what a terminal obeys instead of showing it: escapes (of 8 bits too), turned writing."""


def visible(text: str) -> str:
    """The text with a question mark for each character that cannot be seen, but for ends of lines and tabs."""
    if text.isprintable():
        return text
    return "".join("?" if unicodedata.category(c) in UNSEEN and c not in "\n\t" else c for c in text)


class Screen(Console):
    """Where people read: it shows strangers' words and obeys none of them. Style is rich's own, and comes after."""

    def render_str(self, text: str, **style: Any) -> Text:
        """As Console, made visible first: what is measured is what is shown."""
        return super().render_str(visible(text), **style)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """As Console; a Text, in whatever table it stands, made visible first."""
        if isinstance(renderable, Text):
            shown, renderable = visible(renderable.plain), renderable.copy()
            renderable.plain = shown
        return super().render(renderable, options)


class SeenFormatter(logging.Formatter):
    """The log on a screen: visible too."""

    def format(self, record: logging.LogRecord) -> str:
        """As Formatter, made visible."""
        return visible(super().format(record))


out = Screen(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)
err = Screen(stderr=True, highlight=False, width=None if sys.stderr.isatty() else PIPED_WIDTH)

Now = Annotated[
    str,
    typer.Option("--now", envvar="MAILBOT_NOW", metavar="ISO", help="Act at this moment, for rehearsals and tests."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Ref = Annotated[str, typer.Argument(metavar="REF", callback=lambda ref: ref.upper(), help="As RR-2026-001.")]
By = Annotated[str, typer.Option("--as", metavar="EMAIL", help="Who says so.")]
PasswordStdin = Annotated[
    bool,
    typer.Option("--password-stdin", help="Read passwords from standard input, one a line; they are kept nowhere."),
]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason.")]


class Home:
    """The home folder that the command works in."""

    folder = Path()


@app.callback()
def frame(
    home: Annotated[Path, typer.Option(envvar="MAILBOT_HOME", metavar="DIR", help="The home folder.")] = Path(),
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what is being done.")] = False,
) -> None:
    """Remember where home is."""
    Home.folder = home
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    screen = logging.StreamHandler(sys.stderr)
    screen.setFormatter(SeenFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[screen], level=logging.INFO if verbose else logging.WARNING)


def settings() -> Settings:
    """The settings of the home folder. Raises ConfigProblems."""
    return load(Home.folder)


@contextmanager
def at_work(now: str) -> Iterator[tuple[Parts, datetime]]:
    """The parts of the home folder's mailbot, and the moment at which the command acts (UTC)."""
    configured = settings()
    with open_parts(configured) as parts:
        yield parts, moment(now, configured)


def moment(text: str, configured: Settings) -> datetime:
    """The moment that `--now` names, or now. Without an offset it is the office's local time."""
    if not text:
        return datetime.now(UTC)
    try:
        named = datetime.fromisoformat(text)
    except ValueError:
        raise UsageProblem(f"{text} is not a moment: write it as 2026-06-10T10:00.") from None
    if named.tzinfo is None:
        named = named.replace(tzinfo=configured.practice.zone)
    return named.astimezone(UTC)


def passwords_from_stdin() -> tuple[str, ...]:
    """Each line of standard input is a password, spaces and all. At a terminal one is asked for, and not shown."""
    if sys.stdin.isatty():
        lines = [getpass.getpass("Password: ")]
    else:
        lines = sys.stdin.read().splitlines()
    return tuple(dict.fromkeys(line for line in lines if line))


def print_json(document: Any) -> None:
    """One JSON document on stdout, what cannot be seen as JSON's escapes: it may be read on a terminal as well."""
    written = json.dumps(document, ensure_ascii=False, indent=1)
    if not written.replace("\n", "").isprintable():
        written = "".join(json.dumps(c)[1:-1] if visible(c) != c else c for c in written)
    sys.stdout.write(written + "\n")


def main() -> None:
    """The program."""
    try:
        app()
    except ConfigProblems as found:
        for problem in found.problems:
            err.print(problem, markup=False)
        sys.exit(1)
    except UsageProblem as problem:
        err.print(str(problem), markup=False)
        sys.exit(2)
    except MailbotError as problem:
        err.print(str(problem), markup=False)
        sys.exit(1)


from mailbot.cli import (  # noqa: E402, F401 each puts its commands on `app`
    chronology,
    deciding,
    looking,
    opening,
    pack,
    papers,
    planning,
    reading,
    recognising,
    running,
    unlocking,
)
