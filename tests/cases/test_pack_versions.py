"""What a second version of the meeting pack says of itself."""

from __future__ import annotations

from mailbot.cases.case import Case
from mailbot.cases.events import Paper, PaperKind
from mailbot.cases.pack_versions import changes_since, papers_of
from tests.builders import CHRONOLOGY, return_form
from tests.cases.desk import Desk
from tests.cases.test_meeting import scoped


def paper(agency: str, mark: str, kind: PaperKind = "return") -> Paper:
    return Paper(kind=kind, name=f"Reuben {agency}.docx", sha256=mark * 64, agency=agency)


def with_pack(case: Case, *papers: Paper) -> Case:
    """The case after version 1, which held these papers."""
    return case.model_copy(update={"pack_version": 1, "pack_papers": papers})


def returned(desk: Desk, agency: str, *papers: Paper) -> Case:
    requests = desk.case.requests | {agency: desk.case.requests[agency].model_copy(update={"papers": papers})}
    return desk.case.model_copy(update={"requests": requests, "papers": ()})


def test_a_return_that_came_since_is_new_and_its_file_is_not_named() -> None:
    old, new = paper("police", "a"), paper("police", "b", "chronology")
    found = changes_since(with_pack(returned(scoped(), "police", old, new), old))
    assert found.marks == {new.sha256: "new"}
    assert found.lines == ("New: Northshire Police, chronology.",)


def test_a_file_that_was_opened_since_takes_the_place_of_the_locked_one() -> None:
    locked, opened = paper("police", "a"), paper("police", "b")
    found = changes_since(with_pack(returned(scoped(), "police", opened), locked))
    assert found.marks == {opened.sha256: "replaced"}
    assert found.lines == ("Replaced: Northshire Police, return.",)


def test_what_is_gone_is_said() -> None:
    kept, gone = paper("police", "a"), paper("police", "b", "chronology")
    found = changes_since(with_pack(returned(scoped(), "police", kept), kept, gone))
    assert found.lines == ("Removed: Northshire Police, chronology.",)


def test_the_first_version_has_no_changes() -> None:
    case = returned(scoped(), "police", paper("police", "a"))
    assert changes_since(case).lines == ()
    assert changes_since(case).marks == {}


def test_of_a_version_whose_papers_were_not_noted_only_late_answers_are_told() -> None:
    desk = scoped()
    desk.returns("Wed 3 Jun 2026 9:00", "police", return_form(), rows=CHRONOLOGY)
    case = desk.case.model_copy(update={"pack_version": 1, "pack_absent": ("police", "health")})
    assert changes_since(case).marks == {}
    assert changes_since(case).lines == ("New: Northshire Police, its answer by email.",)


def test_what_a_version_holds_is_noted_with_it() -> None:
    desk = scoped()
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-10T10:00")
    for agency in ("council", "police", "health"):
        desk.returns("Wed 3 Jun 2026 9:00", agency, return_form())
    built = next(event for event in desk.events if event.type == "pack_assembled")
    assert built.papers == papers_of(desk.case) == desk.case.pack_papers
