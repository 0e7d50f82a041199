"""What agencies are asked, what they answer, and what is done when they do not."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from mailbot.cases.events.values import Event, Found, Paper, Row
from mailbot.cases.values import Value


class Asked(Value):
    """One agency of a scoping round, and why it is asked."""

    agency: str
    name: str
    because: str


class ScopingDrafted(Event):
    """A scoping round was drafted; nothing has gone out."""

    type: Literal["scoping_drafted"] = "scoping_drafted"
    round: str
    asked: tuple[Asked, ...]


class AgencyReplied(Event):
    """An agency wrote something that is not a return: an acknowledgement, a question, an automatic reply."""

    type: Literal["agency_replied"] = "agency_replied"
    agency: str
    kind: Literal["acknowledgement", "question", "auto_reply", "secure_wrapper", "locked_file", "extension_request"]


class FileUnlocked(Event):
    """A named person opened a locked file of a mail with its password, which is in no event.

    `papers` are opened files that hold no form and belong to a mail whose other files were recorded before.
    """

    type: Literal["file_unlocked"] = "file_unlocked"
    agency: str | None = None
    papers: tuple[Paper, ...] = ()


class ScopingReturned(Event):
    """An agency's scoping return. `missing` names what it lacks; a nil return lacks nothing."""

    type: Literal["scoping_returned"] = "scoping_returned"
    agency: str
    name: str = ""
    """What the directory calls it; empty in older records."""
    completeness: Literal["full", "part", "nil"]
    missing: tuple[str, ...] = ()
    fields: dict[str, str] = {}
    tables: dict[str, tuple[Row, ...]] = {}
    papers: tuple[Paper, ...] = ()
    found: Found = Found()


class ChronologyReceived(Event):
    """An agency's chronology, read into rows in the order of the file."""

    type: Literal["chronology_received"] = "chronology_received"
    agency: str
    name: str = ""
    """What the directory calls it; empty in older records."""
    rows: tuple[Row, ...]
    papers: tuple[Paper, ...] = ()


class LadderStepTaken(Event):
    """A late (or nearly late) agency was reminded, chased or escalated."""

    type: Literal["ladder_step_taken"] = "ladder_step_taken"
    agency: str
    step: str
    due: AwareDatetime = Field(description="the due time that the step counted from")


class ExtensionGranted(Event):
    """A person gave an agency until the close of business of that day."""

    type: Literal["extension_granted"] = "extension_granted"
    agency: str
    until: date


class ExtensionRefused(Event):
    """A person did not grant the time an agency asked for; `because` is the reason."""

    type: Literal["extension_refused"] = "extension_refused"
    agency: str


class ChaseStepTaken(Event):
    """Somebody other than a scoped agency was chased: `of` names what is waited for, `due` the time counted from.

    `of` is `la_answer`, `jcr_referral`, or the topic and address of a partner (`threshold/a.rao@council.example`).
    """

    type: Literal["chase_step_taken"] = "chase_step_taken"
    of: str
    step: str
    due: AwareDatetime


class ReturnExplained(Event):
    """Why an agency that was asked makes no return, for the Panel; `because` is the reason."""

    type: Literal["return_explained"] = "return_explained"
    agency: str
