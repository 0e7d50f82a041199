"""What belongs in the meeting pack, in order, what is still missing, and where each agency stands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from pydantic import Field

from mailbot.cases.calendar import WorkingCalendar
from mailbot.cases.case import Case, Request
from mailbot.cases.deadlines import first_return_due, request_status, return_due
from mailbot.cases.events import Paper, PaperKind
from mailbot.cases.practice import Practice
from mailbot.cases.procedure import Procedure
from mailbot.cases.pseudonyms import Pseudonyms
from mailbot.cases.values import Value
from mailbot.cases.wording import count, field_name, say_day, say_list, say_short_day

STATUS_WORDS = {
    "to_send": "not asked yet",
    "sent": "asked, no answer yet",
    "acknowledged": "acknowledged, no return yet",
    "paused": "sent a secure message or a locked file, still to be opened",
    "part": "returned in part",
    "returned": "returned",
    "nil": "nil return: no involvement",
    "late": "late",
    "undeliverable": "could not be reached by email",
    "no_return": "will make no return",
}


RETURNS = "Returns"
"""The group whose papers stand under their agency's name; the papers of others are called after their file."""
PAPER_WORDS: dict[PaperKind, str] = {
    "referral": "Referral form",
    "notification": "Notification",
    "return": "Return",
    "chronology": "Chronology",
}


class PackEntry(Value):
    """One paper of the pack under its group, its agency where the group has several, and its title."""

    group: str
    title: str
    paper: Paper
    name: str = Field(description="the paper's file name, without a name of the family")
    agency: str = Field(default="", description="the agency's name, in the group of the returns")


class Standing(Value):
    """Where an agency stands, in words. `given` is how much of its return is in."""

    agency: str
    name: str
    status: str
    detail: str
    given: Literal["all", "part", "nothing"] = "nothing"


def pack_entries(case: Case) -> tuple[PackEntry, ...]:
    """The referral, the LA's notification, every return, the chronologies: the order in which a meeting reads them.

    Flow chart: the returns "and chronology returned by agencies and then shared with those attending the Rapid Review
    meeting along with the Referral Form and any LA notification".
    """
    entries, hide = [], Pseudonyms(case)
    groups = (("Referral", "referral"), ("Local authority notification", "notification"), ("Other papers", "other"))
    for group, kind in groups[:2]:
        entries += [_entry(group, p, hide) for p in case.papers if p.kind == kind]
    for request in case.requests.values():
        entries += _of_agency(_latest(request.papers), request.name, hide)
    entries += [_entry(groups[2][0], p, hide) for p in case.papers if p.kind == "other"]
    return tuple(entries)


def pack_contents(case: Case) -> tuple[str, ...]:
    """What the pack holds, for a covering email: by kind and agency, since a file may be named after the child."""
    titles = (f"{e.group}: {e.agency}" if e.agency else e.group for e in pack_entries(case))
    return tuple(dict.fromkeys(titles))


def absent_agencies(case: Case) -> tuple[str, ...]:
    """Agencies that were asked and have returned nothing."""
    return tuple(r.agency for r in case.requests.values() if r.completeness is None and not r.rows)


def standings(case: Case, practice: Practice, now: datetime) -> tuple[Standing, ...]:
    """Where every agency stands, for the pack's front pages and the Rapid Review Template."""
    procedure, calendar = practice.procedure_of(case), practice.calendar
    told = []
    for request in case.requests.values():
        due = return_due(request, procedure, calendar)
        without = request.no_return if request.gives_none else ""
        awaited = _awaited(request, due, procedure, calendar)
        told.append(
            Standing(
                agency=request.agency,
                name=request.name,
                status=STATUS_WORDS[request_status(request, now, procedure, calendar)],
                detail=_came(request, due, calendar)
                if request.returned_at
                else "; ".join(part for part in (awaited, without) if part),
                given="part" if request.completeness == "part" else "all" if request.completeness else "nothing",
            )
        )
    return tuple(told)


def _came(request: Request, due: datetime | None, calendar: WorkingCalendar) -> str:
    """When the return came, whether that was late, and what is still missing."""
    if request.returned_at is None:
        raise ValueError(f"{request.agency} has returned nothing, so there is no day of it")
    told = say_day(calendar.day_of(request.returned_at))
    if due and request.returned_at > due:
        told += f", late: it was due {say_short_day(calendar.day_of(due))}"
    if request.missing:
        told += f"; still missing: {say_list([field_name(m) for m in request.missing])}"
    elif request.rows:
        told += f"; chronology of {count(len(request.rows), 'entry', 'entries')}"
    return told


def _awaited(request: Request, due: datetime | None, procedure: Procedure, calendar: WorkingCalendar) -> str:
    """By when the return is awaited."""
    told = f"due {say_short_day(calendar.day_of(due))}" if due else ""
    first = first_return_due(request, procedure, calendar)
    if request.extended_to and first:
        told += f", extended from {say_short_day(calendar.day_of(first))}"
    return told


def _entry(group: str, paper: Paper, hide: Pseudonyms) -> PackEntry:
    return PackEntry(group=group, title=_title(paper, hide), paper=paper, name=hide.file(paper))


def _of_agency(papers: list[Paper], name: str, hide: Pseudonyms) -> list[PackEntry]:
    """An agency's return, then its chronology, then what else it sent; of several returns which is the last."""
    order: tuple[PaperKind, ...] = ("return", "chronology")
    returns = [p for p in papers if p.kind == "return"]
    entries = []
    for paper in sorted(papers, key=lambda p: order.index(p.kind) if p.kind in order else len(order)):
        title = PAPER_WORDS[paper.kind] if paper.kind in order else _title(paper, hide)
        if paper in returns[:-1]:
            title += " (a later one follows)"
        entries.append(PackEntry(group=RETURNS, agency=name, title=title, paper=paper, name=hide.file(paper)))
    return entries


def _title(paper: Paper, hide: Pseudonyms) -> str:
    """A file's name as a title, without its suffix; where it is named after the family, what kind of paper it is."""
    if hide.file(paper) != paper.name:
        return PAPER_WORDS.get(paper.kind, "Paper named after the family")
    return paper.name.rpartition(".")[0] or paper.name


def _latest(papers: Iterable[Paper]) -> list[Paper]:
    """Each file once: the same bytes sent again are not shown twice."""
    return list({p.sha256: p for p in papers}.values())
