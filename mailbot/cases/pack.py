"""What belongs in the meeting pack, in order, what is still missing, and where each agency stands."""

from __future__ import annotations

from datetime import datetime

from mailbot.cases.case import Case
from mailbot.cases.deadlines import first_return_due, request_status, return_due
from mailbot.cases.events import Paper
from mailbot.cases.practice import Practice
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
}


BY_AGENCY = ("Returns", "Chronologies")
"""Groups whose papers are called after the agency; the others keep their file's name."""


class PackEntry(Value):
    """One paper of the pack under its group and title."""

    group: str
    title: str
    paper: Paper


class Standing(Value):
    """Where an agency stands, in words."""

    agency: str
    name: str
    status: str
    detail: str


def pack_entries(case: Case) -> tuple[PackEntry, ...]:
    """The referral, the LA's notification, every return, the chronologies: the order in which a meeting reads them.

    Flow chart: the returns "and chronology returned by agencies and then shared with those attending the Rapid Review
    meeting along with the Referral Form and any LA notification".
    """
    entries = []
    groups = (("Referral", "referral"), ("Local authority notification", "notification"), ("Other papers", "other"))
    for group, kind in groups[:2]:
        entries += [_entry(group, p, _stem(p.name)) for p in case.papers if p.kind == kind]
    answered = [r for r in case.requests.values() if r.papers]
    for request in answered:
        own = [p for p in request.papers if p.kind != "chronology"]
        entries += [_entry("Returns", p, title) for p, title in _titled(_latest(own), request.name)]
    for request in answered:
        own = [p for p in request.papers if p.kind == "chronology"]
        entries += [_entry("Chronologies", p, request.name) for p in _latest(own)]
    entries += [_entry(groups[2][0], p, _stem(p.name)) for p in case.papers if p.kind == "other"]
    return tuple(entries)


def pack_contents(case: Case) -> tuple[str, ...]:
    """What the pack holds, for a covering email: by kind and agency, since a file may be named after the child."""
    titles = (f"{e.group}: {e.title}" if e.group in BY_AGENCY else e.group for e in pack_entries(case))
    return tuple(dict.fromkeys(titles))


def absent_agencies(case: Case) -> tuple[str, ...]:
    """Agencies that were asked and have returned nothing."""
    return tuple(r.agency for r in case.requests.values() if r.completeness is None and not r.rows)


def standings(case: Case, practice: Practice, now: datetime) -> tuple[Standing, ...]:
    """Where every agency stands, for the pack's front pages and the Rapid Review Template."""
    procedure, calendar = practice.procedure_of(case), practice.calendar
    told = []
    for request in case.requests.values():
        status = request_status(request, now, procedure, calendar)
        due = return_due(request, procedure, calendar)
        if request.returned_at:
            detail = say_day(calendar.day_of(request.returned_at))
            if request.missing:
                detail += f"; still missing: {say_list([field_name(m) for m in request.missing])}"
            elif request.rows:
                detail += f"; chronology of {count(len(request.rows), 'entry', 'entries')}"
        else:
            detail = f"due {say_short_day(calendar.day_of(due))}" if due else ""
            first = first_return_due(request, procedure, calendar)
            if request.extended_to and first:
                detail += f", extended from {say_short_day(calendar.day_of(first))}"
        told.append(Standing(agency=request.agency, name=request.name, status=STATUS_WORDS[status], detail=detail))
    return tuple(told)


def _entry(group: str, paper: Paper, title: str) -> PackEntry:
    return PackEntry(group=group, title=title, paper=paper)


def _titled(papers: list[Paper], name: str) -> list[tuple[Paper, str]]:
    """An agency's papers in order; of several returns the earlier ones say that a later one came."""
    returns = [p for p in papers if p.kind == "return"]
    return [(p, f"{name} (a later return follows)" if p in returns[:-1] else name) for p in papers]


def _stem(name: str) -> str:
    """A file's name as a title, without its suffix."""
    return name.rpartition(".")[0] or name


def _latest(papers: list[Paper]) -> list[Paper]:
    """Each file once: the same bytes sent again are not shown twice."""
    return list({p.sha256: p for p in papers}.values())
