"""Times in which no contact is recorded: between the first and the last entry whose dates can be reckoned with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from mailbot.cases.chronology.placing import say_months, whole_months
from mailbot.cases.chronology.values import Entry, Landmark, Silence
from mailbot.cases.wording import say_iso_date, say_list


class _Contact(NamedTuple):
    first: date
    last: date
    number: int | None


def silences(entries: Iterable[Entry], marks: Iterable[Landmark], months: int) -> tuple[Silence, ...]:
    """Silences of everyone, in order; `months` whole months at least. The incident ends one as a contact would."""
    dated = list(entries)
    contacts = [c for entry in dated if (c := _contact(entry))]
    incidents = [_Contact(m.first, m.last, None) for m in marks if m.kind == "incident" and m.first == m.last]
    return _gaps([*contacts, *incidents], [e for e in dated if _vague(e)], months)


def silences_of(name: str, entries: Iterable[Entry], months: int) -> tuple[Silence, ...]:
    """Silences of one agency, between its own first and last entry."""
    own = list(entries)
    contacts = [c for entry in own if (c := _contact(entry))]
    return _gaps(contacts, [e for e in own if _vague(e)], months, name)


def longest(found: Iterable[Silence]) -> Silence | None:
    """The longest of them; of equals the first."""
    return max(found, key=lambda s: (s.until - s.after, -s.after.toordinal()), default=None)


def _contact(entry: Entry) -> _Contact | None:
    """The days that the entry covers. What is dated by its year alone may be any day of it, and covers none."""
    when = entry.when
    if not entry.sure or when.first is None or when.last is None or when.precision == "year":
        return None
    return _Contact(when.first, when.last, entry.number)


def _vague(entry: Entry) -> bool:
    return entry.sure and (entry.when.precision == "year" or entry.when.goes_on)


def _gaps(contacts: list[_Contact], vague: list[Entry], months: int, agency: str = "") -> tuple[Silence, ...]:
    found: list[Silence] = []
    reached: _Contact | None = None
    for contact in sorted(contacts, key=lambda c: (c.first, c.last)):
        if reached and (long := whole_months(reached.last, contact.first)) >= months:
            within = [e for e in vague if _may_fall_between(e, reached.last, contact.first)]
            found.append(_silence(reached, contact, long, within, agency))
        if reached is None or contact.last >= reached.last:
            reached = contact
    return tuple(found)


def _may_fall_between(entry: Entry, after: date, until: date) -> bool:
    first, last = entry.when.first, entry.when.last
    if first is None or last is None or first >= until:
        return False
    return entry.when.goes_on or last > after


def _silence(before: _Contact, after: _Contact, months: int, within: list[Entry], agency: str) -> Silence:
    whom = f"by {agency}" if agency else "by anyone"
    end = "the incident on " if after.number is None else ""
    said = (
        f"No contact recorded {whom} for {say_months(months)}: "
        f"{say_iso_date(before.last.isoformat())} to {end}{say_iso_date(after.first.isoformat())}."
    )
    if within:
        which = f"{'Entry' if len(within) == 1 else 'Entries'} {say_list([str(e.number) for e in within])}"
        said += f" {which}, dated roughly or said to go on, may fall into it."
    return Silence(
        agency=agency,
        after=before.last,
        until=after.first,
        months=months,
        after_entry=before.number,
        before_entry=after.number,
        within=tuple(e.number for e in within),
        because=said,
    )
