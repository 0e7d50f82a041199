"""What may happen to any case: clocks that move, a pause, a merger, an end, a new beginning."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from mailbot.cases.events.values import Event
from mailbot.cases.values import Value


class Withdrawn(Event):
    """The referral was withdrawn; `because` is the reason."""

    type: Literal["withdrawn"] = "withdrawn"


class Closed(Event):
    """A person closed the case."""

    type: Literal["closed"] = "closed"


class Reopened(Event):
    """A person took an ended case up again; it stands where it stood. `because` is the reason."""

    type: Literal["reopened"] = "reopened"


class Suspended(Event):
    """Nobody is chased for a while (a police investigation); `because` says why, `until` when to look again."""

    type: Literal["suspended"] = "suspended"
    until: date | None = None


class Resumed(Event):
    """The case goes on where it stood."""

    type: Literal["resumed"] = "resumed"


class Transferred(Event):
    """The incident belongs to another area's partnership, which has it now."""

    type: Literal["transferred"] = "transferred"
    to: str


class Merged(Event):
    """Everything of this case went into another one about the same incident; it goes on there."""

    type: Literal["merged"] = "merged"
    into: str


class Absorbed(Event):
    """Another case about the same incident was merged into this one; its facts follow as events of their own."""

    type: Literal["absorbed"] = "absorbed"
    ref: str


class Basis(Value):
    """What a clock was reckoned from: when it began, its working days, and whether the beginning was a stand-in."""

    started: AwareDatetime | None
    days: int
    provisional: bool = False
    given: bool = Field(default=False, description="a person gave the day in place of the count")


class ClocksNoted(Event):
    """When each running clock is due, noted when one begins or moves; `because` says what moved and why."""

    type: Literal["clocks_noted"] = "clocks_noted"
    dues: dict[str, AwareDatetime]
    bases: dict[str, Basis] = Field(default={}, description="clock -> what its due time was reckoned from")
    moved: tuple[str, ...] = Field(default=(), description="clocks that ran already and are due at another time now")


class LatenessExplained(Event):
    """Why a clock was missed, for the Panel; `because` is the reason."""

    type: Literal["lateness_explained"] = "lateness_explained"
    clock: str
