"""Who there is: the agencies with their SPOCs, the people who decide and attend. The only addresses mail goes to."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mailbot.cases.values import Value
from mailbot.errors import UsageProblem

Partner = Literal["local_authority", "police", "health"]
Role = Literal["partnership_manager", "la_decision_maker", "jcr_chair", "partner_lead", "attendee"]
SecureRoute = Literal["tls", "secure_tag", "cjsm", "portal", "phone"]
NOT_LISTED = "an agency that is not in the directory"
CJSM = ".cjsm.net"
"""What criminal justice secure mail adds to an address."""
PARTNERS: tuple[Partner, ...] = ("local_authority", "police", "health")
PARTNER_NAMES: dict[Partner, str] = {
    "local_authority": "the local authority",
    "police": "the police",
    "health": "health (the integrated care board)",
}


def without_alias(address: str) -> str:
    """The address itself, where it is the alias of criminal justice secure mail."""
    return address[: -len(CJSM)] if address.casefold().endswith(CJSM) else address


class Agency(Value):
    """One agency of the directory (config/agencies.toml)."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    partner: Partner | None = None
    domains: tuple[str, ...] = ()
    spoc: tuple[str, ...] = ()
    deputies: tuple[str, ...] = ()
    escalate_to: tuple[str, ...] = ()
    ask: Literal["always", "when_named"] = "when_named"
    secure_route: SecureRoute = "tls"

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every address of this agency that the office has written down."""
        return self.spoc + self.deputies + self.escalate_to

    def owns_domain(self, address: str) -> bool:
        """Whether the address lies in one of the agency's domains or below it (CJSM's suffix set aside)."""
        domain = without_alias(address).rpartition("@")[2].casefold()
        return any(domain == d.casefold() or domain.endswith("." + d.casefold()) for d in self.domains)


class Person(Value):
    """Who decides or attends (config/people.toml)."""

    name: str
    email: str
    role: Role
    title: str = ""
    partner: Partner | None = None
    agency: str | None = Field(default=None, description="whose they are, needed where several are the same partner")


class Directory(Value):
    """All of them, and whose an address is."""

    agencies: tuple[Agency, ...] = ()
    people: tuple[Person, ...] = ()
    office: tuple[str, ...] = Field(default=(), description="the partnership's own address and the approvers")
    panel: str = ""

    def agency(self, agency_id: str | None) -> Agency | None:
        """The agency with this id."""
        return next((a for a in self.agencies if a.id == agency_id), None)

    def name_of(self, agency_id: str | None) -> str:
        """What the directory calls the agency with this id; of one that is not in it, just that."""
        agency = self.agency(agency_id)
        return agency.name if agency else NOT_LISTED

    def agency_of(self, address: str) -> Agency | None:
        """The agency that an address belongs to: a written-down address first, then the only one with its domain."""
        wanted = without_alias(address).casefold()
        for agency in self.agencies:
            if wanted in (a.casefold() for a in agency.addresses):
                return agency
        by_domain = [a for a in self.agencies if a.owns_domain(address)]
        return by_domain[0] if len(by_domain) == 1 else None

    def person(self, address: str) -> Person | None:
        """The person with this address."""
        return next((p for p in self.people if p.email.casefold() == address.casefold()), None)

    @property
    def several_authorities(self) -> bool:
        """Whether there is more than one local authority, so that each case must say whose it is."""
        return sum(a.partner == "local_authority" for a in self.agencies) > 1

    def agency_id_of(self, person: Person) -> str | None:
        """The agency that a person stands for: as written down, else the one of their address."""
        if person.agency is not None:
            return person.agency
        agency = self.agency_of(person.email)
        return agency.id if agency else None

    def knows(self, address: str) -> bool:
        """Whether the address itself, or that of which it is the secure alias, is written down in the directory."""
        wanted = without_alias(address).casefold()
        listed = [a for agency in self.agencies for a in agency.addresses]
        listed += [p.email for p in self.people]
        listed += [*self.office, self.panel]
        return wanted in (a.casefold() for a in listed if a)

    def must_know(self, by: str) -> None:
        """Whoever says something (`--as`) is written down here. Raises UsageProblem."""
        if not self.knows(by):
            raise UsageProblem(f"{by} is not in config/people.toml or config/agencies.toml: --as names who says so.")

    def in_known_domain(self, address: str) -> bool:
        """Whether the address lies in the domain of an agency."""
        return any(a.owns_domain(address) for a in self.agencies)
