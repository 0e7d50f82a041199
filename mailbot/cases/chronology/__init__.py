"""The combined chronology: every agency's rows and the referral's dates in one order, with what they do not show."""

from __future__ import annotations

from datetime import datetime

from mailbot.cases.case import Case
from mailbot.cases.chronology.answers import agency_lines, lanes, mark
from mailbot.cases.chronology.contradictions import contradictions
from mailbot.cases.chronology.folding import folded
from mailbot.cases.chronology.gathering import gathered, landmarks, rows_by_agency
from mailbot.cases.chronology.placing import say_months
from mailbot.cases.chronology.silences import silences
from mailbot.cases.chronology.values import (
    AgencyLine,
    Chronology,
    Contradiction,
    Entry,
    Landmark,
    Silence,
    Telling,
    When,
)
from mailbot.cases.practice import Practice
from mailbot.cases.wording import count

__all__ = [
    "AgencyLine",
    "Chronology",
    "Contradiction",
    "Entry",
    "Landmark",
    "Silence",
    "Telling",
    "When",
    "combined",
    "say_months",
]


def combined(case: Case, practice: Practice, now: datetime) -> Chronology:
    """The chronology of the case as it stands at `now`.

    Flow chart: agencies return "chronology" with the scoping form. Rows are placed, folded, counted and compared;
    what they mean is for people to say.
    """
    names = lanes(case)
    marks = {agency: mark(n) for n, agency in enumerate(names)}
    today = practice.calendar.day_of(now)
    entries = [
        _numbered(entry, number, marks) for number, entry in enumerate(folded(gathered(case, names, today)), 1)
    ]
    months = practice.procedure_of(case).chronology_silence_months
    rows = sum(len(rows) for _, rows in rows_by_agency(case))
    where = landmarks(case)
    return Chronology(
        ref=case.ref,
        initials=case.child.initials,
        entries=tuple(entries),
        landmarks=where,
        agencies=agency_lines(case, entries, practice, months, now),
        silences=silences(entries, where, months),
        contradictions=contradictions(case, entries, where),
        rows=rows,
        silence_months=months,
        because=tuple(_because(entries, rows, months)),
    )


def _numbered(entry: Entry, number: int, marks: dict[str, str]) -> Entry:
    told, *also = (t.model_copy(update={"mark": marks[t.agency]}) for t in entry.tellings)
    return entry.model_copy(update={"number": number, "told": told, "also": tuple(also)})


def _because(entries: list[Entry], rows: int, months: int) -> list[str]:
    """How this was made, so that a reader can judge it."""
    if not entries:
        return ["No agency has sent a chronology yet."]
    senders = {t.agency for e in entries for t in e.tellings}
    said = [
        f"{count(rows, 'row')} from {count(len(senders), 'sender')} make {count(len(entries), 'entry', 'entries')}.",
    ]
    if rows > len(entries):
        said.append(
            f"{count(rows - len(entries), 'row tells', 'rows tell')} what another row of the same date tells, nearly "
            "word for word, and stands with it as “also told by”."
        )
    rough = sum(e.when.precision not in ("day", "undated") for e in entries)
    if rough:
        said.append(
            f"{count(rough, 'entry is', 'entries are')} dated by a week, month, year or period. Each stands at the "
            "beginning of that time, before the entries with a day; which came first is not known."
        )
    if undated := sum(e.when.first is None for e in entries):
        said.append(f"{count(undated, 'entry has', 'entries have')} no date that could be read: at the end.")
    if doubtful := sum(bool(e.doubts) and e.when.first is not None for e in entries):
        said.append(
            f"{count(doubtful, 'entry has a date', 'entries have dates')} that may be wrong: marked, not moved, "
            "and left out where silences are reckoned."
        )
    said.append(
        f"A silence is {count(months, 'whole month')} or more without an entry dated by its day, month or period. "
        "Contact that nobody wrote down, or sent, cannot be seen here."
    )
    return said
