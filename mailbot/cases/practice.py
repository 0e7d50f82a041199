"""How this partnership works: office, directory, procedures, calendar; one value that every decision is given."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from mailbot.cases.case import Case
from mailbot.cases.deadlines import WorkingCalendar
from mailbot.cases.directory import Directory
from mailbot.cases.family import Relationships
from mailbot.cases.name_words import NameWords
from mailbot.cases.procedure import Procedure
from mailbot.cases.pseudonyms import Pseudonyms
from mailbot.cases.values import Value


class Office(Value):
    """The business unit, as it signs letters."""

    name: str
    address: str
    telephone: str = ""
    contact: str = "the business unit"
    marking: str = "OFFICIAL-SENSITIVE"
    reference: str = "RR"
    venue: str = ""
    legal_basis: str = ""


class Practice(Value):
    """Everything of the configuration that a decision may depend on."""

    office: Office
    directory: Directory
    procedures: dict[str, Procedure]
    procedure: str
    calendar: WorkingCalendar
    approvers: tuple[str, ...]
    panel: str
    two_persons: tuple[str, ...] = ()
    """Kinds of rounds that two of the approvers must approve."""
    relationships: Relationships = Relationships()
    """What the people of a family are called, for the genogram."""
    name_words: NameWords = NameWords()
    """Names that are words besides, and how each is told from the word."""
    grace_minutes: int = 5
    approval_days: int = 5
    trust_unauthenticated_replies: bool = False
    replies_authenticated: bool = False

    def procedure_of(self, case: Case) -> Procedure:
        """The procedure that the case was opened under; the current one where that file is gone."""
        return self.procedures.get(case.procedure) or self.procedures[self.procedure]

    def pseudonyms(self, case: Case, apart: bool = False) -> Pseudonyms:
        """What hides the names of the case's family; those of agencies and the partnership stay as they are."""
        agencies = (name for agency in self.directory.agencies for name in (agency.name, *agency.aliases))
        return Pseudonyms(case, self.name_words, (self.office.name, *agencies), apart)

    @property
    def zone(self) -> ZoneInfo:
        """The office's time zone."""
        return self.calendar.zone

    def year_of(self, moment: datetime) -> int:
        """The local year, for a new case's reference."""
        return self.calendar.day_of(moment).year
