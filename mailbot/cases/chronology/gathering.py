"""Every row that agencies and the referral gave, as an entry of its own, in one order; and the landmarks between."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from mailbot.cases.case import Case
from mailbot.cases.chronology.placing import order, place, span_of
from mailbot.cases.chronology.values import Entry, Landmark, Telling, When
from mailbot.cases.events import Row
from mailbot.cases.pseudonyms import family_rows
from mailbot.cases.wording import say_iso_date

LIFETIME = 90
"""Years before a child's birth in which nobody who matters to a review was born: a typing error (1926 for 2026)."""
REFERRAL = "referral"
"""What stands for the sender of the key dates that the referral form itself gives."""
_PLACED = frozenset({"date", "date_end", "date_raw", "time"})
_COLUMNS = {"source": "source", "who": "who", "event": "event", "impact": "impact", "comment": "comment"}


def gathered(case: Case, names: dict[str, str], today: date) -> list[Entry]:
    """All rows as entries, in order, not yet numbered. `names` are the senders by id, in the order of the lanes."""
    earliest = _earliest_birth(case)
    incident = span_of(case.referral.get("date_of_incident", ""))
    lanes = {agency: n for n, agency in enumerate(names)}
    found: list[Entry] = []
    for agency, rows in rows_by_agency(case):
        for row in rows:
            when, doubts = place(row)
            told = _telling(row, when, agency, names[agency])
            after = bool(incident and when.first and when.first > incident[1])
            doubts += _doubts(when, today, earliest)
            found.append(Entry(when=when, told=told, doubts=doubts, after_incident=after))
    # Python's sort is stable: of one moment, the senders' order, and within a sender the order of its own rows.
    return sorted(found, key=lambda e: (*order(e.when), lanes[e.told.agency]))


def rows_by_agency(case: Case) -> Iterable[tuple[str, tuple[Row, ...]]]:
    """Each sender's rows; the referral's own key dates first."""
    if key_dates := case.referral_tables.get("key_dates", ()):
        yield REFERRAL, key_dates
    for request in case.requests.values():
        if request.rows:
            yield request.agency, request.rows


def landmarks(case: Case) -> tuple[Landmark, ...]:
    """Births of the subject children, the incident and a death, as far as the referral gives them a date."""
    born = [(c.dob, c.initials) for c in (case.child, *case.children[1:])]
    found = [_landmark("birth", f"{who or 'The child'} is born", dob) for dob, who in born]
    found.append(_landmark("incident", "The incident", case.referral.get("date_of_incident", "")))
    found.append(_landmark("death", "The child dies", case.referral.get("date_of_death", "")))
    return tuple(sorted((mark for mark in found if mark), key=lambda mark: (mark.first, mark.last, mark.kind)))


def _landmark(kind: str, what: str, said: str) -> Landmark | None:
    span = span_of(said)
    if span is None:
        return None
    values = {"kind": kind, "what": what, "first": span[0], "last": span[1], "placed": say_iso_date(said)}
    return Landmark.model_validate(values)


def _telling(row: Row, when: When, agency: str, name: str) -> Telling:
    unit = row.get("agency", "").strip()
    more = tuple(
        (k, v) for k, v in row.items() if v and k not in _PLACED | _COLUMNS.keys() | {"agency", "action_outcome"}
    )
    return Telling(
        agency=agency,
        name=name,
        unit="" if unit.casefold() == name.casefold() else unit,
        outcome=row.get("action_outcome", ""),
        more=more,
        written=when.written,
        time=when.time,
        **{ours: row.get(theirs, "") for ours, theirs in _COLUMNS.items()},
    )


def _doubts(when: When, today: date, earliest: date | None) -> tuple[str, ...]:
    """What speaks against the date. Before the child's birth is no doubt: the family has a history."""
    if when.first is None or when.last is None:
        return ()
    if when.first > today:
        return ("This date lies in the future.",)
    if earliest and when.last < earliest:
        return ("This date lies before anybody in the family can have been born, as far as the referral tells.",)
    return ()


def _earliest_birth(case: Case) -> date | None:
    """The first birth in the family. Where no parent's or carer's is known, a lifetime before the child's."""
    adults = [span_of(row.get("date_of_birth", "")) for row in case.referral_tables.get("parents_carers", ())]
    others = [span_of(row.get("date_of_birth", "")) for row in family_rows(case)]
    if any(adults):
        return min(span[0] for span in (*adults, *others) if span)
    born = span_of(case.child.dob)
    return date(born[0].year - LIFETIME, 1, 1) if born else None
