"""The settings as frozen values: every section and key of config/mailbot.toml, agencies.toml and people.toml."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationInfo, field_validator, model_validator

from mailbot.cases.directory import Agency, Person
from mailbot.cases.practice import Practice
from mailbot.cases.values import Value
from mailbot.forms.definitions import Definitions
from mailbot.mailbox_settings import Email, InboxSettings, PostSettings


class Partnership(Value):
    """[partnership]: who signs the letters."""

    name: str
    address: Email
    reference: str = Field(default="RR", pattern=r"^[A-Z][A-Z0-9]{0,7}$")
    timezone: str = "Europe/London"
    procedure: str = "staffordshire-stoke"
    telephone: str = ""
    contact: str = "the business unit"
    marking: str = "OFFICIAL-SENSITIVE"
    venue: str = ""
    legal_basis: str = ""

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"there is no time zone {name}; England's is Europe/London") from None
        return name


class CalendarSettings(Value):
    """[calendar]: office hours, how days are counted, days on which nothing goes, days that count for nothing."""

    office_hours: tuple[time, time] = (time(8, 30), time(17, 0))
    close_of_business: time | None = None
    count_mode: Literal["next_day", "same_day"] = "next_day"
    weekend_anchor: Literal["real", "rolls"] = "real"
    closures: tuple[date, ...] = ()
    non_working: tuple[date, ...] = ()

    @field_validator("office_hours")
    @classmethod
    def _opens_before_it_closes(cls, hours: tuple[time, time]) -> tuple[time, time]:
        if hours[0] >= hours[1]:
            raise ValueError("the office must open before it closes")
        return hours

    @field_validator("close_of_business")
    @classmethod
    def _closes_after_it_opens(cls, close: time | None, others: ValidationInfo) -> time | None:
        hours = others.data.get("office_hours")
        if close is not None and hours and close <= hours[0]:
            raise ValueError("must be later than the office opens")
        return close


class RecordSettings(Value):
    """[record]: where the database lies."""

    path: Path = Path("data/mailbot.db")


class PanelSettings(Value):
    """[panel]: where submissions go."""

    address: Email


class ApprovalSettings(Value):
    """[approval]: who may release letters, and how."""

    approvers: tuple[Email, ...] = Field(min_length=1)
    two_persons: tuple[Literal["scoping", "escalation", "invitation", "pack", "submission", "outcome"], ...] = ()
    grace_minutes: int = Field(default=5, ge=0)
    expires_days: int = Field(default=5, ge=1)
    trust_unauthenticated_replies: bool = False

    @model_validator(mode="after")
    def _two_to_approve(self) -> ApprovalSettings:
        if self.two_persons and len({address.casefold() for address in self.approvers}) < 2:
            raise ValueError("two_persons needs two approvers at least")
        return self


class MailbotToml(Value):
    """config/mailbot.toml."""

    partnership: Partnership
    inbox: Annotated[InboxSettings, Field(discriminator="kind")]
    post: Annotated[PostSettings, Field(discriminator="kind")]
    calendar: CalendarSettings = CalendarSettings()
    record: RecordSettings = RecordSettings()
    panel: PanelSettings
    approval: ApprovalSettings

    @model_validator(mode="after")
    def _post_of_the_same_mailbox(self) -> MailbotToml:
        if self.post.kind in ("exchange", "graph") and self.post.kind != self.inbox.kind:
            raise ValueError(
                f"[post] kind {self.post.kind} sends from the mailbox of [inbox], which is of another kind"
            )
        return self


class AgencyEntry(Agency):
    """An agency in config/agencies.toml, its addresses checked."""

    spoc: tuple[Email, ...] = ()
    deputies: tuple[Email, ...] = ()
    escalate_to: tuple[Email, ...] = ()


class PersonEntry(Person):
    """A person in config/people.toml, the address checked."""

    email: Email


class AgenciesToml(Value):
    """config/agencies.toml."""

    agency: tuple[AgencyEntry, ...] = Field(min_length=1)


class PeopleToml(Value):
    """config/people.toml."""

    person: tuple[PersonEntry, ...] = ()


class Settings(Value):
    """Everything that is configured. Paths are absolute."""

    home: Path
    inbox: InboxSettings
    post: PostSettings
    record: Path
    practice: Practice
    definitions: Definitions
    template_folders: tuple[Path, ...]

    def gaps(self) -> list[str]:
        """Entries of the directory that cannot be written to. The worker goes on all the same."""
        directory = self.practice.directory
        gaps = [
            f"config/agencies.toml: [[agency]] {a.id}: spoc: no address, so it cannot be asked"
            for a in directory.agencies
            if not a.spoc
        ]
        domains = [d.casefold() for a in directory.agencies for d in a.domains]
        gaps += [
            f"config/agencies.toml: the domain {d} belongs to {domains.count(d)} agencies, so its mail is nobody's"
            for d in dict.fromkeys(domains)
            if domains.count(d) > 1
        ]
        return gaps + self._people_gaps()

    def _people_gaps(self) -> list[str]:
        """People of whom the directory does not say whom they stand for."""
        directory = self.practice.directory
        known = {a.id for a in directory.agencies}
        gaps = [
            f"config/people.toml: [[person]] {p.name}: agency: there is no agency {p.agency} in config/agencies.toml"
            for p in directory.people
            if p.agency is not None and p.agency not in known
        ]
        if directory.several_authorities:
            gaps += [
                f"config/people.toml: [[person]] {p.name}: agency: there are several local authorities, so say which "
                "one they are of; without it they count for each of them"
                for p in directory.people
                if p.partner == "local_authority" and directory.agency_id_of(p) is None
            ]
        return gaps

    def remarks(self) -> list[str]:
        """What is allowed but should not stay so in an office."""
        said = []
        if self.practice.trust_unauthenticated_replies:
            said.append(
                "[approval] trust_unauthenticated_replies is on: anybody who can write an approver's address into a "
                "mail can approve. It is for the demo and for trying out."
            )
        elif self.inbox.authserv_id is None:
            said.append(
                "[inbox] authserv_id is not set: no sender can be believed, so every referral and return is held for "
                "a person, and approvals work by `mailbot approve` only."
            )
        said += [
            f"[approval] approvers: {address} is not in config/people.toml, so letters cannot name who that is."
            for address in self.practice.approvers
            if self.practice.directory.person(address) is None
        ]
        if self.inbox.kind == "folder":
            said.append("[inbox] kind is folder: mail is read from files, not from a mail server.")
        return said
