"""Whether it is serious harm: what the local authority decides, and what the partners say to it."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from mailbot.cases.events.values import Attendee, Event


class SeriousHarmDecided(Event):
    """Whether the local authority accepts serious harm."""

    type: Literal["serious_harm_decided"] = "serious_harm_decided"
    accepted: bool
    form_awaited: bool = Field(default=False, description="accepted, and the referral form is still to come")
    own: bool = Field(default=False, description="the incident is the authority's own, not another agency's")


class MoreTimeWanted(Event):
    """The local authority asked for more time to decide; a person may have given a day."""

    type: Literal["more_time_wanted"] = "more_time_wanted"
    until: date | None = None


class PartnerAnswered(Event):
    """A partner's lead, or the Partnership Manager, answered an email discussion. `because` is their reason.

    About the threshold `agree` is: no serious harm; about learning it is: as proposed.
    """

    type: Literal["partner_answered"] = "partner_answered"
    topic: Literal["threshold", "learning"]
    who: Attendee
    answer: Literal["agree", "challenge"]


class ThresholdMeetingSet(Event):
    """The partners' virtual meeting about a challenged threshold decision."""

    type: Literal["threshold_meeting_set"] = "threshold_meeting_set"
    start: AwareDatetime


class ThresholdSettled(Event):
    """How the partners' discussion of the local authority's "no" ended. `because` is their reason."""

    type: Literal["threshold_settled"] = "threshold_settled"
    overturned: bool
    form_awaited: bool = Field(default=False, description="overturned, and the referral form is still to come")
