"""What a line of the template was taken from, in words: which form or person, of which day, where in the file."""

from __future__ import annotations

from mailbot.cases.case import Case, Source
from mailbot.cases.events import IN_THE_SHEET, Paper
from mailbot.cases.practice import Practice
from mailbot.cases.pseudonyms import Pseudonyms
from mailbot.cases.wording import say_day

COUNTED = "counted by mailbot from the record"


class CameFrom:
    """The sources of one case. Names of the family are hidden in them as everywhere in the template."""

    def __init__(self, case: Case, practice: Practice, hide: Pseudonyms) -> None:
        self._case = case
        self._practice = practice
        self._hide = hide

    def referral(self, field: str) -> str:
        """The referral form, or the email, that answered this field or named this table."""
        source = self._case.sources.get(f"referral/{field}")
        if source is None:
            return "the referral"
        what = "what was told by email" if source.report else "the referral form"
        return self._form(what, source, field)

    def notification(self, field: str) -> str:
        """The local authority's notification."""
        source = self._case.sources.get("notification")
        what = "the local authority's notification"
        return self._form(what, source, field) if source else what

    def returned(self, agency: str, field: str) -> str:
        """An agency's return."""
        what = f"the return of {self._case.requests[agency].name}"
        source = self._case.sources.get(f"return/{agency}")
        return self._form(what, source, field) if source else what

    def chronology(self, agency: str, name: str) -> str:
        """An agency's chronology."""
        source = self._case.sources.get(f"chronology/{agency}")
        return f"the chronology of {name}" + (f", received on {self._day(source)}" if source else "")

    def recorded(self, key: str, otherwise: str = "the record") -> str:
        """What a person recorded, with their reason where that says more than the fact itself."""
        source = self._case.sources.get(key)
        if source is None:
            return otherwise
        why = "" if source.because.endswith(" recorded") else f": {self._hide(source.because)}"
        return f"recorded by {self._name(source.by)} on {self._day(source)}{why}"

    def written(self, field: str) -> str:
        """What a person wrote in the template that they gave back."""
        source = self._case.sources.get(f"written/{field}")
        if source is None:
            return "written in the template that was given back"
        if source.because == IN_THE_SHEET:
            return f"{IN_THE_SHEET} that {self._name(source.by)} sent on {self._day(source)}"
        return f"written in the template that {self._name(source.by)} gave back on {self._day(source)}"

    def _form(self, what: str, source: Source, field: str) -> str:
        told = f"{what}, received on {self._day(source)}"
        if source.sender:
            told += f" from {self._name(source.sender)}"
        places = [self._file(source.found.file), source.found.places.get(field, "")]
        where = ", ".join(place for place in places if place)
        return f"{told} ({where})" if where else told

    def _file(self, name: str) -> str:
        return f"“{self._hide.file(Paper(kind='other', name=name, sha256=''))}”" if name else ""

    def _day(self, source: Source) -> str:
        return say_day(self._practice.calendar.day_of(source.at))

    def _name(self, by: str) -> str:
        person = self._practice.directory.person(by)
        return person.name if person else by
