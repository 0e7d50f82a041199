"""The meeting pack of a case as it stands: its cover, its papers and the pages of our own, bound as one PDF."""

from __future__ import annotations

from datetime import datetime

from mailbot.cases.case import Case
from mailbot.cases.pack import PackEntry, absent_agencies, pack_entries, standings
from mailbot.cases.pack_versions import Mark, changes_since
from mailbot.cases.wording import say_moment
from mailbot.documents.as_sent import PackItem
from mailbot.documents.binder import AgencyStatus, Cover
from mailbot.parts import Parts


def bind_pack(case: Case, version: int, parts: Parts, now: datetime) -> bytes:
    """The meeting pack, as one PDF. From version 2 on it says what has changed since the latest in the record."""
    changes = changes_since(case)
    cover = cover_of(case, version, parts, now).model_copy(update={"changes": changes.lines})
    papers = [_paper(entry, changes.marks, parts) for entry in pack_entries(case)]
    return parts.binder.bind(cover, tuple(papers))


def cover_of(case: Case, version: int, parts: Parts, now: datetime) -> Cover:
    """What the front pages say of the case."""
    practice = parts.practice
    return Cover(
        title="Rapid Review meeting pack",
        ref=case.ref,
        initials=case.child.initials,
        partnership=practice.office.name,
        marking=practice.office.marking,
        meeting=say_moment(case.meeting_at, practice.zone) if case.meeting_at else "to be arranged",
        version=version,
        prepared=say_moment(now, practice.zone),
        agencies=tuple(AgencyStatus(s.name, s.status, s.detail, s.given) for s in standings(case, practice, now)),
        absent=tuple(case.requests[a].name for a in absent_agencies(case)),
    )


def _paper(entry: PackEntry, marks: dict[str, Mark], parts: Parts) -> PackItem:
    return PackItem(
        group=entry.group,
        agency=entry.agency,
        title=entry.title,
        name=entry.paper.name,
        content=parts.mailbag.file(entry.paper.sha256),
        mark=marks.get(entry.paper.sha256, ""),
    )
