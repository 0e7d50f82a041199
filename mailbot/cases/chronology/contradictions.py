"""What does not agree: one event with two dates, a date against the record, "no involvement" beside entries.

Nothing here says who is right. Each is pointed out with the rows that it comes from, for people to ask about.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from difflib import SequenceMatcher
from itertools import takewhile
from textwrap import shorten

from mailbot.cases.case import Case, Request
from mailbot.cases.chronology.folding import words_of
from mailbot.cases.chronology.placing import span_of
from mailbot.cases.chronology.values import Contradiction, Entry, Landmark
from mailbot.cases.wording import count, say_iso_date, say_list

ALIKE = 0.8
"""How much of two texts must be the same words in the same order, so that they may tell of one event."""
ENOUGH_WORDS = 8
NEAR = timedelta(days=14)
QUOTED = 110
"""Characters of a row that are quoted; the row itself is in the table, whole."""
_CONTACT = re.compile(
    r"\b(?:child|baby|infant|boy|girl|he|she|young person)\s+(?:was\s+)?(?:seen|weighed|immunised)\b"
    r"|\b(?:was not brought|did not attend|attended (?:school|nursery|clinic|the surgery)|in school|at nursery)\b",
    re.I,
)


def contradictions(case: Case, entries: list[Entry], marks: Iterable[Landmark]) -> tuple[Contradiction, ...]:
    """All that were found, those between rows first, in the order of the table."""
    return (
        *_two_dates(entries),
        *_two_times(entries),
        *_after_death(entries, marks),
        *_against_the_record(case, entries),
    )


def _two_dates(entries: list[Entry]) -> Iterator[Contradiction]:
    """Rows of two agencies that read alike on different days, near one another or with day and month swapped.

    What reads like several others is routine (“Seen in clinic. No concerns.”), and tells nothing.
    """
    told = [e for e in entries if e.when.precision == "day" and len(words_of(e.told.event)) >= ENOUGH_WORDS]
    words = {e.number: words_of(e.told.event) for e in told}
    on_day: dict[date, list[Entry]] = {}
    for entry in told:
        on_day.setdefault(_day(entry), []).append(entry)
    pairs: list[tuple[Entry, Entry]] = []
    for place, one in enumerate(told):
        near = _next_days(told[place + 1 :], _day(one) + NEAR)
        swapped = on_day.get(_swapped(_day(one)) or _day(one), [])
        others = {e.number: e for e in (*near, *swapped) if e.number > one.number}
        pairs += [(one, other) for other in others.values() if _alike(words[one.number], words[other.number])]
    times = Counter(e.number for pair in pairs for e in pair)
    for one, other in pairs:
        if times[one.number] == times[other.number] == 1 and _apart(one, other):
            yield _dated_twice(one, other)


def _next_days(entries: list[Entry], last: date) -> Iterator[Entry]:
    return takewhile(lambda entry: _day(entry) <= last, entries)


def _day(entry: Entry) -> date:
    """The day of an entry that has one."""
    return entry.when.first or date.max


def _apart(one: Entry, other: Entry) -> bool:
    """Whether two agencies told them, on two days."""
    senders = {t.agency for t in one.tellings}
    return one.when.first != other.when.first and not senders & {t.agency for t in other.tellings}


def _alike(one: list[str], other: list[str]) -> bool:
    """Whether two texts are mostly the same words in the same order; every figure must be the same."""
    if {w for w in one if not w.isalpha()} != {w for w in other if not w.isalpha()}:
        return False
    shared = sum((Counter(one) & Counter(other)).values())
    if 2 * shared < ALIKE * (len(one) + len(other)):
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE


def _dated_twice(one: Entry, other: Entry) -> Contradiction:
    swapped = _swapped(_day(one)) == _day(other)
    hint = " Day and month may have been swapped in one of them." if swapped else ""
    said = (
        f"Entries {one.number} ({one.told.name}) and {other.number} ({other.told.name}) read like one event, but are "
        f"dated {one.when.placed} and {other.when.placed}.{hint}"
    )
    return Contradiction(kind="date", entries=(one.number, other.number), because=said, quotes=_quotes(one, other))


def _swapped(day: date) -> date | None:
    return date(day.year, day.day, day.month) if day.day <= 12 and day.day != day.month else None


def _two_times(entries: list[Entry]) -> Iterator[Contradiction]:
    """Rows of two agencies that read alike on one day at different hours."""
    for place, one in enumerate(entries):
        mine = words_of(one.told.event)
        if len(mine) < ENOUGH_WORDS or not one.when.time or one.when.precision != "day":
            continue
        for other in entries[place + 1 :]:
            if other.when.first != one.when.first:
                break
            theirs = words_of(other.told.event)
            differ = other.when.time and other.when.time != one.when.time and other.told.agency != one.told.agency
            if differ and len(theirs) >= ENOUGH_WORDS and _alike(mine, theirs):
                said = (
                    f"Entries {one.number} ({one.told.name}) and {other.number} ({other.told.name}) read like one "
                    f"event on {one.when.placed}, but give {one.when.time} and {other.when.time} as its time."
                )
                numbers = (one.number, other.number)
                yield Contradiction(kind="time", entries=numbers, because=said, quotes=_quotes(one, other))


def _after_death(entries: list[Entry], marks: Iterable[Landmark]) -> Iterator[Contradiction]:
    """Contact with the child dated after the child's death, by the words of the row."""
    death = next((m for m in marks if m.kind == "death"), None)
    for entry in entries if death else ():
        if death and entry.when.first and entry.when.first > death.last and _CONTACT.search(entry.told.event):
            said = (
                f"Entry {entry.number} ({entry.told.name}) reads like contact with the child on {entry.when.placed}, "
                f"after the death on {death.placed}."
            )
            yield Contradiction(kind="record", entries=(entry.number,), because=said, quotes=_quotes(entry))


def _against_the_record(case: Case, entries: list[Entry]) -> Iterator[Contradiction]:
    yield from _births(case)
    yield from _incident_days(case)
    for request in case.requests.values():
        own = [e for e in entries if any(t.agency == request.agency for t in e.tellings)]
        yield from _no_involvement(request, own)
        yield from _outside_involvement(request, own)


def _births(case: Case) -> Iterator[Contradiction]:
    """A return or the notification gives a date of birth that none of the subject children has in the referral."""
    known = {c.dob for c in (case.child, *case.children) if span_of(c.dob)}
    papers = [(f"The return of {r.name}", r.fields.get("child_dob", "")) for r in case.requests.values()]
    for paper, dob in [("The local authority’s notification", case.notification.get("child_dob", "")), *papers]:
        if known and span_of(dob) and dob not in known:
            given = say_list([say_iso_date(day) for day in sorted(known)])
            said = f"{paper} gives {say_iso_date(dob)} as the child’s date of birth, the referral {given}."
            yield Contradiction(kind="record", because=said)


def _incident_days(case: Case) -> Iterator[Contradiction]:
    ours, theirs = case.referral.get("date_of_incident", ""), case.notification.get("date_of_incident", "")
    mine, other = span_of(ours), span_of(theirs)
    if mine and other and (mine[1] < other[0] or other[1] < mine[0]):
        said = (
            f"The referral dates the incident {say_iso_date(ours)}, "
            f"the local authority’s notification {say_iso_date(theirs)}."
        )
        yield Contradiction(kind="record", because=said)


def _no_involvement(request: Request, own: list[Entry]) -> Iterator[Contradiction]:
    denies = request.completeness == "nil" or request.fields.get("had_involvement") == "no"
    if denies and own:
        told = count(len(own), "entry", "entries")
        said = f"{request.name} says that it had no involvement, and yet has {told} in this chronology."
        yield Contradiction(
            kind="involvement", entries=tuple(e.number for e in own), because=said, quotes=_quotes(own[0])
        )


def _outside_involvement(request: Request, own: list[Entry]) -> Iterator[Contradiction]:
    """Entries wholly before the first or after the last day that the agency gives for its involvement."""
    begins, ends = (span_of(request.fields.get(f"involvement_{end}", "")) for end in ("from", "to"))
    sure = [e for e in own if e.sure]
    early = [e.number for e in sure if begins and e.when.last and e.when.last < begins[0]]
    late = [e.number for e in sure if ends and e.when.first and e.when.first > ends[1]]
    for numbers, word, field in ((early, "before", "involvement_from"), (late, "after", "involvement_to")):
        if numbers:
            day = say_iso_date(request.fields[field])
            which = f"{'entry' if len(numbers) == 1 else 'entries'} {say_list([str(n) for n in numbers])}"
            edge = "from" if word == "before" else "until"
            said = f"{request.name} gives its involvement as {edge} {day}; {which} of its own {_is(numbers)}"
            said += f" {word} that day."
            yield Contradiction(kind="involvement", entries=tuple(numbers), because=said)


def _is(numbers: list[int]) -> str:
    return "lies" if len(numbers) == 1 else "lie"


def _quotes(*entries: Entry) -> tuple[str, ...]:
    return tuple(
        f"{e.number} · {e.when.placed}{', ' + e.when.time if e.when.time else ''} · {e.told.name}: "
        f"“{shorten(e.told.event, QUOTED, placeholder=' …')}”"
        for e in entries
    )
