"""Our letters: who was asked to release them, what went, what came back."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from mailbot.cases.events.values import Event, LetterKind


class ApprovalAsked(Event):
    """The approvers were asked to release a round."""

    type: Literal["approval_asked"] = "approval_asked"
    round: str
    ask: int = Field(description="1 for the first time of asking")
    items: tuple[int, ...] = Field(description="numbers of the letters that wait")
    agencies: dict[int, str] = Field(default={}, description="item -> the agency that the letter is about")
    expires: AwareDatetime


class RoundApproved(Event):
    """A named person released a round, or some items of it."""

    type: Literal["round_approved"] = "round_approved"
    round: str
    items: tuple[int, ...] | None = Field(default=None, description="item numbers; none means all")


class FirstApproved(Event):
    """A named person approved items of a round that two must approve: they wait for the second."""

    type: Literal["first_approved"] = "first_approved"
    round: str
    items: tuple[int, ...]


class RoundRejected(Event):
    """A named person withdrew a round, or some items of it; `because` is their reason."""

    type: Literal["round_rejected"] = "round_rejected"
    round: str
    items: tuple[int, ...] | None = None


class RoundStopped(Event):
    """A named person took an approval back before the letters had gone."""

    type: Literal["round_stopped"] = "round_stopped"
    round: str
    items: tuple[int, ...] = Field(default=(), description="numbers of the letters that wait again")


class LetterSent(Event):
    """A letter was accepted by the mail server. For scoping letters the anchor `scoping_sent` of that agency."""

    type: Literal["letter_sent"] = "letter_sent"
    kind: LetterKind
    key: str
    to: tuple[str, ...]
    message_id: str
    agency: str | None = None
    round: str | None = None


class LetterFailed(Event):
    """The mail server refused a letter for good."""

    type: Literal["letter_failed"] = "letter_failed"
    kind: LetterKind
    key: str
    agency: str | None = None
    round: str | None = None


class DeliveryFailed(Event):
    """A bounce: an address of the agency is no good, or its mailbox is not taking mail."""

    type: Literal["delivery_failed"] = "delivery_failed"
    agency: str
    address: str
    permanent: bool
    reached: bool = Field(default=False, description="another address of the agency still takes our letters")


class OfficeTold(Event):
    """The business unit was asked or told something, once: `topic` says what."""

    type: Literal["office_told"] = "office_told"
    topic: str
