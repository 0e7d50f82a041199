"""How a case opens and when its clocks begin."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from mailbot.cases.events.values import Event, Found, Paper, Row


class ReferralReceived(Event):
    """A referral form came; the case is open. `at` is the mailbox's receipt time: the anchor `referral`."""

    type: Literal["referral_received"] = "referral_received"
    ref: str
    procedure: str
    from_la: bool = Field(description="from the LA it says that serious harm is accepted")
    referrer: str = Field(description="address the referral came from")
    referrer_agency: str | None = None
    referrer_believed: bool = True
    message_id: str = ""
    fields: dict[str, str]
    tables: dict[str, tuple[Row, ...]] = {}
    missing: tuple[str, ...] = ()
    papers: tuple[Paper, ...]
    found: Found = Found()
    waits_for_la: bool = Field(
        default=False, description="nobody is asked before the local authority has answered on serious harm"
    )


class NotificationReceived(Event):
    """The LA's own notification to the Panel reached the partnership."""

    type: Literal["notification_received"] = "notification_received"
    fields: dict[str, str]
    tables: dict[str, tuple[Row, ...]] = {}
    papers: tuple[Paper, ...]
    found: Found = Found()


class BecameAware(Event):
    """A person recorded when the local authority became aware: the anchor `aware`."""

    type: Literal["became_aware"] = "became_aware"
    moment: AwareDatetime


class PanelNotified(Event):
    """When the LA's notification went to the Panel: the anchor `notified`."""

    type: Literal["panel_notified"] = "panel_notified"
    moment: AwareDatetime


class IncidentReported(Event):
    """An incident was told of without a referral form; the case is open.

    Another agency's information, or (`from_la`) the local authority's word that it means to notify and refer.
    """

    type: Literal["incident_reported"] = "incident_reported"
    ref: str
    procedure: str
    from_la: bool
    referrer: str = Field(description="address that the information came from")
    referrer_agency: str | None = None
    message_id: str = ""
    fields: dict[str, str] = Field(default={}, description="what is known of the child and the incident")
    papers: tuple[Paper, ...] = ()


class ReferralJoined(Event):
    """A referral form about an incident that has a case: what the case does not know yet is taken from it."""

    type: Literal["referral_joined"] = "referral_joined"
    from_la: bool
    referrer: str
    referrer_agency: str | None = None
    message_id: str = ""
    fields: dict[str, str]
    tables: dict[str, tuple[Row, ...]] = {}
    missing: tuple[str, ...] = ()
    papers: tuple[Paper, ...] = ()
    found: Found = Found()
    opens_scoping: bool = Field(default=False, description="the form that the case was waiting for")


class IntentionTold(Event):
    """The local authority told the partnership that it means to notify: the anchor `intention`."""

    type: Literal["intention_told"] = "intention_told"


class LocalAuthorityNamed(Event):
    """Whose case it is, where the directory knows several local authorities."""

    type: Literal["local_authority_named"] = "local_authority_named"
    agency: str


class ChildDescribed(Event):
    """A person added to the record what no form says of a child; `number` counts the case's children from 1."""

    type: Literal["child_described"] = "child_described"
    number: int = Field(default=1, ge=1)
    facts: dict[Literal["gender", "ethnicity", "disability", "dob"], str] = Field(min_length=1)


class FamilyMemberNamed(Event):
    """A person named somebody of the child's family whom no form names."""

    type: Literal["family_member_named"] = "family_member_named"
    member: Row
