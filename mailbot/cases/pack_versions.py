"""What has changed in the meeting pack since the version before."""

from __future__ import annotations

from typing import Literal

from mailbot.cases.case import Case
from mailbot.cases.events import Paper, PaperKind
from mailbot.cases.pack import pack_entries
from mailbot.cases.values import Value

Mark = Literal["new", "replaced"]
_WORDS: dict[PaperKind, str] = {
    "referral": "the referral",
    "notification": "the local authority’s notification",
    "return": "return",
    "chronology": "chronology",
}


class PackChanges(Value):
    """What a new version says of itself: the marks of its papers by their hash, and lines that name no file."""

    marks: dict[str, Mark] = {}
    lines: tuple[str, ...] = ()


def papers_of(case: Case) -> tuple[Paper, ...]:
    """The papers that a pack of the case as it stands holds."""
    return tuple(entry.paper for entry in pack_entries(case))


def came_since(case: Case) -> tuple[str, ...]:
    """Agencies that answered, or sent another paper, after the latest version was put together.

    Of a version whose papers were not noted only those count that it names as absent.
    """
    held = {paper.sha256 for paper in case.pack_papers}
    answered = [a for a in case.pack_absent if a in case.requests and case.requests[a].completeness]
    sent = [r.agency for r in case.requests.values() if held and any(p.sha256 not in held for p in r.papers)]
    return tuple(dict.fromkeys((*answered, *sent)))


def changes_since(case: Case) -> PackChanges:
    """What differs from the latest version; nothing where there is none, or where its papers were not noted."""
    if not case.pack_version:
        return PackChanges()
    held = {paper.sha256 for paper in case.pack_papers}
    papers = papers_of(case) if held else ()
    standing = {paper.sha256 for paper in papers}
    gone = [paper for paper in case.pack_papers if paper.sha256 not in standing]
    marks: dict[str, Mark] = {}
    lines: list[str] = []
    for paper in papers:
        if paper.sha256 in held:
            continue
        before = next((p for p in gone if (p.kind, p.agency) == (paper.kind, paper.agency)), None)
        if before is not None:
            gone.remove(before)
        marks[paper.sha256] = "replaced" if before else "new"
        lines.append(f"{'Replaced' if before else 'New'}: {_called(paper, case)}.")
    for agency in came_since(case):
        request = case.requests[agency]
        if not any(p.sha256 in marks for p in request.papers):
            said = "a nil return" if request.completeness == "nil" else "its answer"
            lines.append(f"New: {request.name}, {said} by email.")
    lines += [f"Removed: {_called(paper, case)}." for paper in gone]
    return PackChanges(marks=marks, lines=tuple(dict.fromkeys(lines)))


def _called(paper: Paper, case: Case) -> str:
    """The paper, without its file's name, which may be the child's."""
    request = case.requests.get(paper.agency or "")
    if request is None or paper.kind in ("referral", "notification"):
        return _WORDS.get(paper.kind, "another paper")
    return f"{request.name}, {_WORDS.get(paper.kind, 'another paper')}"
