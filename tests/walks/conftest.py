"""The story of mailbot.demo, played once for each procedure, with every moment of it kept to look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest

from mailbot.cases.case import Case
from mailbot.config import load
from mailbot.demo.stage import FolderStage, make_home
from mailbot.demo.stories.rapid_review import STORY
from mailbot.documents.binder import Binder
from mailbot.parts import Parts, open_parts
from mailbot.store.outbox import Letter
from mailbot.worker import Report
from tests.reading_children import with_shared_children

PROCEDURES = ("staffordshire-stoke", "h01")


@dataclass(frozen=True)
class Moment:
    """One pass: when, what it reported, the same pass once more, the case after it and the letters that had gone."""

    now: datetime
    report: Report
    again: Report
    case: Case | None
    gone: frozenset[str]


class WatchedStage(FolderStage):
    """The folder stage. Each pass is made twice, and what was then is kept."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.moments: list[Moment] = []
        self.delivered: list[bytes] = []

    def deliver(self, eml: bytes, received: datetime) -> None:
        """See Stage."""
        self.delivered.append(eml)
        super().deliver(eml, received)

    def pass_(self, now: datetime) -> Report:
        """See Stage."""
        report, again = super().pass_(now), super().pass_(now)
        cases = self.parts.casebook.all_cases()
        gone = frozenset(letter.key for letter in self.sent())
        self.moments.append(Moment(now, report, again, cases[0] if cases else None, gone))
        return report

    def sent(self, kind: str = "") -> list[Letter]:
        """The letters that went out, oldest first, all or of one kind."""
        letters = [letter for letter in self.parts.outbox.letters() if letter.status == "sent"]
        return [letter for letter in letters if kind in ("", letter.kind)]

    def at(self, now: datetime) -> Moment:
        """How things stood after the last pass at or before that moment."""
        return [moment for moment in self.moments if moment.now <= now][-1]


def without_libreoffice(parts: Parts) -> Parts:
    """The same parts on a machine that has no LibreOffice: packs take a second, with Word papers shown plainly."""
    parts = with_shared_children(parts)
    return replace(parts, binder=Binder(None, parts.sandbox.read, parts.settings.template_folders))


@pytest.fixture(scope="session", params=PROCEDURES)
def walk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WatchedStage]:
    """The whole story on a folder mailbox, played to its end."""
    home: Path = tmp_path_factory.mktemp("walk") / "home"
    make_home(home, request.param)
    with open_parts(load(home)) as parts:
        stage = WatchedStage(without_libreoffice(parts))
        STORY.play(stage)
        yield stage
