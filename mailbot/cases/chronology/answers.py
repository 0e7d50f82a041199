"""Every agency of the review in the chronology: what it told, or why it has told nothing."""

from __future__ import annotations

from datetime import datetime
from string import ascii_uppercase

from mailbot.cases.case import Case, Request
from mailbot.cases.chronology.gathering import REFERRAL
from mailbot.cases.chronology.placing import say_months
from mailbot.cases.chronology.silences import longest, silences_of
from mailbot.cases.chronology.values import AgencyLine, Answered, Entry
from mailbot.cases.deadlines import request_status
from mailbot.cases.practice import Practice
from mailbot.cases.wording import count, say_day, say_iso_date, say_list


def lanes(case: Case) -> dict[str, str]:
    """Who may have a lane, by id: the referral where it gives key dates, agencies with rows, then all others."""
    first = {REFERRAL: "Referral form"} if case.referral_tables.get("key_dates") else {}
    told = {r.agency: r.name for r in case.requests.values() if r.rows}
    return first | told | {r.agency: r.name for r in case.requests.values() if not r.rows}


def mark(lane: int) -> str:
    """The lane's letter: A to Z, then AA, AB and so on."""
    letters = ""
    lane += 1
    while lane:
        lane, rest = divmod(lane - 1, len(ascii_uppercase))
        letters = ascii_uppercase[rest] + letters
    return letters


def agency_lines(
    case: Case, entries: list[Entry], practice: Practice, months: int, now: datetime
) -> tuple[AgencyLine, ...]:
    """A line for each agency, in the order of the lanes."""
    return tuple(
        _line(agency, name, mark(n), case.requests.get(agency), _of(agency, entries), case, practice, months, now)
        for n, (agency, name) in enumerate(lanes(case).items())
    )


def _of(agency: str, entries: list[Entry]) -> list[Entry]:
    return [e for e in entries if any(t.agency == agency for t in e.tellings)]


def _line(
    agency: str,
    name: str,
    letter: str,
    request: Request | None,
    own: list[Entry],
    case: Case,
    practice: Practice,
    months: int,
    now: datetime,
) -> AgencyLine:
    line = AgencyLine(agency=agency, name=name, mark=letter, answered="told", because="")
    if own:
        dated = [e for e in own if e.sure]
        first = dated[0].when.placed if dated else ""
        last = max(dated, key=lambda e: e.when.last or now.date()).when.placed if dated else ""
        because = _told(name, own, months)
        return line.model_copy(update={"entries": len(own), "first": first, "last": last, "because": because})
    answered, because = _nothing(request, case, practice, now) if request else ("no_chronology", "")
    return line.model_copy(update={"answered": answered, "because": because})


def _told(name: str, own: list[Entry], months: int) -> str:
    found = silences_of(name, own, months)
    gap = longest(found)
    if gap is None:
        said = f"Nowhere {count(months, 'month')} or more without an entry of its own."
    else:
        between = f"{say_iso_date(gap.after.isoformat())} to {say_iso_date(gap.until.isoformat())}"
        said = f"Longest time without an entry of its own: {say_months(gap.months)}, {between}."
        said += f" {count(len(found) - 1, 'shorter one')} of {count(months, 'month')} or more." if found[1:] else ""
    undated = sum(e.when.first is None for e in own)
    return f"{said} {count(undated, 'entry', 'entries')} without a date." if undated else said


def _nothing(request: Request, case: Case, practice: Practice, now: datetime) -> tuple[Answered, str]:
    """Why an agency has no entries."""
    status = request_status(request, now, practice.procedure_of(case), practice.calendar)
    day_of = practice.calendar.day_of
    if request.completeness == "nil":
        return "nil", "Says that it had no involvement."
    if request.completeness:
        on = f" on {say_day(day_of(request.returned_at))}" if request.returned_at else ""
        lacks = "sent no chronology" if "chronology" in request.missing else "its chronology holds no entries"
        return "no_chronology", f"Returned its form{on}; {lacks}."
    if status == "no_return":
        return "silent", f"Will make no return: {request.no_return}"
    if status == "undeliverable":
        return "undeliverable", "Could not be reached by email; nothing has come."
    if status == "to_send":
        return "not_asked", "Has not been asked yet."
    if status == "paused":
        return "to_open", "Sent a secure message or a locked file that is still to be opened."
    asked = f"Asked on {say_day(day_of(request.sent_at))}; " if request.sent_at else ""
    late = ", and the time for it is over" if status == "late" else ""
    return "silent", f"{asked}no return has come{late}."


def not_heard(lines: tuple[AgencyLine, ...]) -> str:
    """One sentence naming agencies that have told nothing; empty where all have."""
    kinds: tuple[tuple[Answered, str], ...] = (
        ("silent", "not answered"),
        ("undeliverable", "could not be reached"),
        ("to_open", "sent something still to be opened"),
        ("not_asked", "not asked yet"),
        ("no_chronology", "sent no chronology"),
        ("nil", "no involvement"),
    )
    told = [(words, [line.name for line in lines if line.answered == kind]) for kind, words in kinds]
    return "; ".join(f"{words}: {say_list(names)}" for words, names in told if names)
