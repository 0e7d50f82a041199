"""`mailbot demo`: a story on a folder mailbox with a moving clock, shown day by day."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console

from mailbot.cases.events import Paper
from mailbot.cases.wording import count
from mailbot.config import load
from mailbot.demo.screen import WIDTH, ShownStage
from mailbot.demo.stage import make_home
from mailbot.demo.stories import STORIES
from mailbot.demo.telling import REF, Kept, Story
from mailbot.documents.office import Converter
from mailbot.errors import UsageProblem
from mailbot.parts import Parts, open_parts

FIRST = "rapid-review"
"""The story that is played where none is named."""
MARK = ".mailbot-demo"
"""A file that says: this folder was made by the demo and may be made anew."""
OURS = ("config", "data", "mail", "papers")


def play(directory: Path, fast: bool, name: str = FIRST) -> None:
    """Make a fresh home in `directory`, play the story in it, and leave its papers there to look at.

    `fast` leaves the small pauses out. Raises UsageProblem for a story that there is not, and where the folder holds
    anything but a former demo.
    """
    began = time.monotonic()
    if name not in STORIES:
        raise UsageProblem(f"There is no story {name}. These are: {', '.join(STORIES)}.")
    story = STORIES[name]
    console = Console(highlight=False, width=min(WIDTH, Console().width) if sys.stdout.isatty() else WIDTH)
    clear(directory)
    make_home(directory)
    with open_parts(load(directory)) as parts:
        _introduce(console, parts, story)
        stage = ShownStage(parts, console, story.first_day, pauses=not fast)
        story.play(stage)
        stage.show_plan(REF)
        papers = leave_papers(parts, directory / "papers", story)
    console.rule()
    console.print(f"{story.ending} It took {time.monotonic() - began:.0f} seconds. The papers to look at:\n")
    for paper, what in papers:
        console.print(f"  {directory / 'papers' / paper}\n      [dim]{what}[/dim]", soft_wrap=True)
    console.print(f"\n{count(len(story.commands), 'command')} to try on the case:\n")
    program = Path(".venv/bin/mailbot") if Path(".venv/bin/mailbot").exists() else Path("mailbot")
    for command in story.commands:
        console.print(f"  [bold]{program} --home {directory} {command}[/bold]", soft_wrap=True)


def clear(directory: Path) -> None:
    """An empty folder, or one that is not there yet. Raises UsageProblem where somebody else's files would go."""
    directory.mkdir(parents=True, exist_ok=True)
    if any(directory.iterdir()) and not (directory / MARK).exists():
        raise UsageProblem(f"{directory} is not empty and no former demo. Name another: mailbot demo DIR")
    for name in OURS:
        shutil.rmtree(directory / name, ignore_errors=True)
    (directory / MARK).write_text("Made by `mailbot demo`, which may delete and make again what is in here.\n")


def leave_papers(parts: Parts, folder: Path, story: Story) -> list[tuple[str, str]]:
    """Write the papers of the story's case into the folder; gives each file's name and what it is."""
    folder.mkdir()
    left = []
    for name, content, what in (*_papers(parts), *_letters(parts, story.keeps)):
        (folder / name).write_bytes(content)
        left.append((name, what))
    return left


def _introduce(console: Console, parts: Parts, story: Story) -> None:
    practice = parts.practice
    procedure = practice.procedures[practice.procedure]
    console.rule(f"[bold]{practice.office.name}[/bold]", align="left")
    console.print(story.about)
    console.print("All people, places and events here are invented. No mail leaves this machine.")
    console.print(f"Procedure: {procedure.name}. {procedure.about}")
    if not Converter.find().available:
        console.print("LibreOffice is not installed: Word papers are shown in the pack as a plain rendering.")
    console.print()


def _papers(parts: Parts) -> Iterator[tuple[str, bytes, str]]:
    events = [stored.event for stored in parts.casebook.events(REF)]
    for event in events:
        if event.type == "pack_assembled":
            late = f", with what came after version {event.version - 1}" if event.version > 1 else ""
            yield (
                event.paper.name,
                _bytes(parts, event.paper),
                f"the papers of the meeting, as the attendees got them{late}",
            )
    case = parts.casebook.load(REF)
    if case.submission:
        yield (
            case.submission.name,
            _bytes(parts, case.submission),
            "the Rapid Review Template, drafted from the record and finished by people",
        )


def _letters(parts: Parts, keeps: Sequence[Kept]) -> Iterator[tuple[str, bytes, str]]:
    sent = [letter for letter in parts.outbox.letters(case=REF) if letter.status == "sent"]
    for kept in keeps:
        of_kind = [x for x in sent if x.kind == kept.kind and kept.words in x.subject]
        letter = next(x for x in of_kind if kept.to in ("", x.agency))
        about = f" {kept.words.casefold()}" if kept.words else ""
        yield f"{REF} {kept.kind.replace('_', ' ')}{about}.eml", letter.raw, kept.what


def _bytes(parts: Parts, paper: Paper) -> bytes:
    return parts.mailbag.file(paper.sha256)
