"""What a pack will need is made ready when its papers come, so that on the day it is only bound."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import docx
import pypdfium2
import pytest

from mailbot.binding import bind_pack, make_ready
from mailbot.cases.case import Case, Request
from mailbot.cases.events import Paper
from mailbot.config import load
from mailbot.documents.office import Converter
from mailbot.parts import Parts, open_parts
from mailbot.readying import ready_next
from mailbot.store.casebook import Casebook
from mailbot.store.database import Database, rows, write
from tests.builders import at
from tests.intake.office import make_home

pytestmark = pytest.mark.skipif(not Converter.find().available, reason="soffice is not installed")
NOW = at("Tue 9 Jun 2026 10:00")


class Shelf(Casebook):
    """Cases that are open, whatever the record holds."""

    def __init__(self, *cases: Case) -> None:
        self.cases = cases

    def open_cases(self) -> list[Case]:
        """All of them."""
        return list(self.cases)


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    with open_parts(load(make_home(tmp_path_factory.mktemp("ready") / "home"))) as opened:
        yield opened


def returned(parts: Parts, ref: str, *names: str) -> Case:
    """A case to which agencies of these names have each returned a Word file."""
    requests = {}
    with write(parts.db):
        for number, name in enumerate(names):
            document, file = docx.Document(), io.BytesIO()
            document.add_paragraph(f"Return of {name}")
            document.save(file)
            paper = Paper(kind="return", name="return.docx", sha256=parts.mailbag.keep_file(file.getvalue()))
            requests[f"agency-{number}"] = Request(
                agency=f"agency-{number}",
                name=name,
                because="asked",
                round="scoping",
                item=number + 1,
                sent_at=NOW,
                returned_at=NOW,
                completeness="full",
                papers=(paper,),
            )
    return Case(ref=ref, stage="scoping", requests=requests)


def converted(parts: Parts) -> int:
    """How many papers are remembered as LibreOffice printed them."""
    with closing(Database(parts.settings.record.with_name("conversions.db"))) as db:
        return len(rows(db, "SELECT key FROM conversions WHERE key LIKE '% pdf %'"))


def test_papers_are_made_ready_once_and_the_pack_converts_nothing_more(parts: Parts) -> None:
    case = returned(parts, "RR-2026-001", "Moss Lane Surgery", "Westmarch Police")
    assert make_ready(case, parts)
    ready = converted(parts)
    assert ready == 2
    assert not make_ready(case, parts)
    pages = pypdfium2.PdfDocument(bind_pack(case, 1, parts, NOW))
    assert converted(parts) == ready
    assert any("Return of Westmarch Police" in page.get_textpage().get_text_range() for page in pages)


def test_a_late_return_costs_only_itself(parts: Parts) -> None:
    early = returned(parts, "RR-2026-002", "Fenside School")
    assert make_ready(early, parts)
    before = converted(parts)
    late = returned(parts, "RR-2026-002", "Fenside School", "Northvale NHS Trust")
    # The early paper as it was kept: Word files differ by the moment in which they are made.
    late = late.model_copy(update={"requests": late.requests | early.requests})
    assert make_ready(late, parts)
    assert converted(parts) == before + 1


def test_the_nearest_meeting_comes_first_and_one_case_at_a_time(parts: Parts) -> None:
    far = returned(parts, "RR-2026-003").model_copy(update={"papers": (broken(parts, b"far"),)})
    near = far.model_copy(
        update={"ref": "RR-2026-004", "meeting_at": at("Fri 12 Jun 2026 10:00"), "papers": (broken(parts, b"near"),)}
    )
    over = far.model_copy(update={"ref": "RR-2026-005", "stage": "sign_off", "papers": (broken(parts, b"over"),)})
    shelf = replace(parts, casebook=Shelf(over, far, near))
    # A paper that cannot be converted is not tried at each pass: the pack says what is wrong with it.
    assert [ready_next(shelf, NOW) for _ in range(3)] == ["RR-2026-004", "RR-2026-003", ""]


def broken(parts: Parts, content: bytes) -> Paper:
    with write(parts.db):
        return Paper(kind="referral", name="referral.docx", sha256=parts.mailbag.keep_file(content))


def test_without_papers_there_is_nothing_to_do(parts: Parts) -> None:
    assert not make_ready(Case(ref="RR-2026-006", stage="scoping"), parts)
