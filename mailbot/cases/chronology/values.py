"""What a combined chronology is made of: entries in one order, landmarks, silences, contradictions, agencies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Literal, Self

from pydantic import JsonValue

from mailbot.cases.values import Value

Precision = Literal["day", "span", "month", "year", "undated"]
Answered = Literal["told", "nil", "no_chronology", "silent", "undeliverable", "to_open", "not_asked"]


class When(Value):
    """A date as far as it is known: the first and last day that it may mean, and how it was written."""

    first: date | None = None
    last: date | None = None
    precision: Precision = "undated"
    time: str = ""
    placed: str = ""
    """The date in words, as it is placed: `4 May 2026`, `March 2026`, `2019`; empty where there is none."""
    written: str = ""
    """The date as it was sent, where that says more or less than `placed`."""
    uncertain: bool = False
    """Whether the writer was not sure: `circa`, `?`, `early`."""
    goes_on: bool = False
    """Whether it is said to go on after its last day: `ongoing`."""


class Telling(Value):
    """One row as an agency sent it, its date set aside. `more` are cells of other columns, by their names."""

    agency: str
    name: str
    mark: str = ""
    unit: str = ""
    """The agency or team that the row itself names, where that is another than the sender."""
    source: str = ""
    who: str = ""
    event: str = ""
    impact: str = ""
    outcome: str = ""
    comment: str = ""
    more: tuple[tuple[str, str], ...] = ()
    written: str = ""
    time: str = ""


class Entry(Value):
    """One event of the combined chronology. `number` counts from 1 in the order of the table."""

    number: int = 0
    when: When
    told: Telling
    also: tuple[Telling, ...] = ()
    """Rows that tell the same, nearly word for word: kept whole."""
    doubts: tuple[str, ...] = ()
    """Why the date may be wrong, each a sentence. The entry stands where its date puts it all the same."""
    after_incident: bool = False

    @property
    def sure(self) -> bool:
        """Whether its date can be reckoned with: it has one, and nothing speaks against it."""
        return self.when.first is not None and not self.doubts

    @property
    def tellings(self) -> tuple[Telling, ...]:
        """All rows that tell of it."""
        return (self.told, *self.also)


class Landmark(Value):
    """A birth, the incident or a death, from the referral."""

    kind: Literal["birth", "incident", "death"]
    what: str
    first: date
    last: date
    placed: str


class Silence(Value):
    """A time in which no contact is recorded, by anyone (`agency` empty) or by one agency.

    `after` is the last day with a contact and `until` the next one, told in the entries with these numbers (none for
    the incident itself). `within` are entries too vague to count, which may fall into it.
    """

    agency: str = ""
    after: date
    until: date
    months: int
    after_entry: int | None = None
    before_entry: int | None = None
    within: tuple[int, ...] = ()
    because: str


class Contradiction(Value):
    """Something that does not agree, with the numbers of the entries that it is about."""

    kind: Literal["date", "time", "record", "involvement"]
    entries: tuple[int, ...] = ()
    because: str
    quotes: tuple[str, ...] = ()


class AgencyLine(Value):
    """One agency in the chronology. `mark` is its letter, the same in table, picture and workbook."""

    agency: str
    name: str
    mark: str
    answered: Answered
    entries: int = 0
    first: str = ""
    last: str = ""
    because: str


class Chronology(Value):
    """Everything that agencies have told, in one order, and what that shows and does not show."""

    ref: str
    initials: str
    entries: tuple[Entry, ...] = ()
    landmarks: tuple[Landmark, ...] = ()
    agencies: tuple[AgencyLine, ...] = ()
    silences: tuple[Silence, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    rows: int = 0
    """How many rows were sent; what is more than the entries has been folded."""
    silence_months: int = 3
    because: tuple[str, ...] = ()
    """What was counted, and how things were placed and folded, each a sentence."""

    def hidden(self, hide: Callable[[str], str]) -> Self:
        """The same with every text through `hide`, for readers who may not know the family's names."""
        return type(self).model_validate(_each_text(self.model_dump(mode="json"), hide))


def _each_text(value: JsonValue, hide: Callable[[str], str]) -> JsonValue:
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, list):
        return [_each_text(item, hide) for item in value]
    if isinstance(value, dict):
        return {key: _each_text(item, hide) for key, item in value.items()}
    return value
