"""Which days count: working days, how they are counted from a moment, and when the office is open.

By default the anchor's own local date is day 0, whatever day that is; day n is the n-th working day after it and ends
at close of business. Bank holidays are England's. `count_mode` and `weekend_anchor` serve areas that count otherwise.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from mailbot.cases.values import Value


class CountedDay(Value):
    """One day of a count: its number, or why it does not count."""

    day: date
    number: int | None
    why_not: str = ""


class WorkingCalendar(Value):
    """Which days count, on which the office sends, and when it is open."""

    timezone: str = "Europe/London"
    opens: time = time(8, 30)
    closes: time = time(17, 0)
    close_of_business: time | None = None
    count_mode: Literal["next_day", "same_day"] = "next_day"
    weekend_anchor: Literal["real", "rolls"] = "real"
    bank_holidays: dict[date, str] = {}
    non_working: frozenset[date] = frozenset()
    closures: frozenset[date] = frozenset()

    @property
    def zone(self) -> ZoneInfo:
        """The office's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def day_ends(self) -> time:
        """When a day's deadline falls: close of business, which is the end of office hours unless set otherwise."""
        return self.close_of_business or self.closes

    def day_of(self, moment: datetime) -> date:
        """The local date of a moment."""
        return moment.astimezone(self.zone).date()

    def why_not(self, day: date) -> str:
        """Why a day does not count as a working day; empty where it does."""
        if day.weekday() >= 5:
            return f"{day:%A}"
        if day in self.bank_holidays:
            return self.bank_holidays[day]
        if day in self.non_working:
            return "not a working day of this office"
        return ""

    def is_working(self, day: date) -> bool:
        """Whether the day counts."""
        return not self.why_not(day)

    def sends_on(self, day: date) -> bool:
        """Whether the office sends letters on the day: a working day that is no closure."""
        return self.is_working(day) and day not in self.closures

    def add(self, day: date, working_days: int) -> date:
        """The n-th working day after (or, below zero, before) a day; 0 is the day itself."""
        step = timedelta(days=1 if working_days > 0 else -1)
        left = abs(working_days)
        while left:
            day += step
            if self.is_working(day):
                left -= 1
        return day

    def between(self, first: date, last: date) -> int:
        """How many working days after `first` the day `last` is; 0 where it is not after it."""
        days = 0
        while first < last:
            first += timedelta(days=1)
            days += self.is_working(first)
        return days

    def starts_on(self, anchor: datetime) -> date:
        """The day on which a count begins: the anchor's own, or where anchors roll the first working day in time."""
        day = self.day_of(anchor)
        if self.weekend_anchor == "rolls":
            if anchor >= self.close_of(day):
                day += timedelta(days=1)
            while not self.is_working(day):
                day += timedelta(days=1)
        return day

    def due_day(self, anchor: datetime, working_days: int) -> date:
        """Day n from the anchor, as this office counts; below zero, the n-th working day before it."""
        if working_days <= 0:
            return self.add(self.day_of(anchor), working_days)
        return self.add(self._before_day_one(anchor), working_days)

    def due(self, anchor: datetime, working_days: int) -> datetime:
        """Close of business of day n from the anchor, UTC."""
        return self.close_of(self.due_day(anchor, working_days))

    def counted(self, anchor: datetime, working_days: int) -> tuple[CountedDay, ...]:
        """Each day from the anchor to the due day: with its number, or why it was skipped."""
        own, last = self.day_of(anchor), self.due_day(anchor, working_days)
        if working_days <= 0:
            return self._counted_back(own, last)
        days, number, day = [], 0, own
        day_zero = self._before_day_one(anchor)
        while day <= last:
            if day <= day_zero:
                day_number = 0 if day == self.starts_on(anchor) else None
                why = "" if day_number == 0 else f"{self.why_not(day) or 'after close of business'}: the count waits"
                days.append(CountedDay(day=day, number=day_number, why_not=why))
            elif why := self.why_not(day):
                days.append(CountedDay(day=day, number=None, why_not=why))
            else:
                number += 1
                days.append(CountedDay(day=day, number=number))
            day += timedelta(days=1)
        return tuple(days)

    def _before_day_one(self, anchor: datetime) -> date:
        """The day after which the first working day is day 1."""
        day = self.starts_on(anchor)
        return day - timedelta(days=1) if self.count_mode == "same_day" else day

    def _counted_back(self, own: date, last: date) -> tuple[CountedDay, ...]:
        days, number, day = [CountedDay(day=own, number=0)], 0, own
        while day > last:
            day -= timedelta(days=1)
            why = self.why_not(day)
            number -= not why
            days.append(CountedDay(day=day, number=None if why else number, why_not=why))
        return tuple(days)

    def close_of(self, day: date) -> datetime:
        """Close of business of a day, UTC."""
        return datetime.combine(day, self.day_ends, self.zone).astimezone(UTC)

    def open_of(self, day: date) -> datetime:
        """The office's opening on a day, UTC."""
        return datetime.combine(day, self.opens, self.zone).astimezone(UTC)

    def at(self, day: date, clock: str) -> datetime:
        """A local time of day (`10:00`) on a day, UTC."""
        return datetime.combine(day, time.fromisoformat(clock), self.zone).astimezone(UTC)

    def is_open(self, moment: datetime) -> bool:
        """Whether letters that go by themselves may leave at this moment."""
        local = moment.astimezone(self.zone)
        return self.sends_on(local.date()) and self.opens <= local.time() < self.closes

    def next_open(self, moment: datetime) -> datetime:
        """The first moment, from this one on, at which the office is open. UTC."""
        if self.is_open(moment):
            return moment
        day = self.day_of(moment)
        if moment >= self.open_of(day):
            day += timedelta(days=1)
        return self.open_of(self.sending_day(day))

    def sending_day(self, day: date) -> date:
        """The day, or the first one after it on which the office sends."""
        while not self.sends_on(day):
            day += timedelta(days=1)
        return day

    def sending_day_before(self, day: date) -> date:
        """The day, or the last one before it on which the office sends."""
        while not self.sends_on(day):
            day -= timedelta(days=1)
        return day
