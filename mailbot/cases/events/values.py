"""What events are made of: an event's frame, papers, people, and the words with a fixed meaning."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from mailbot.cases.directory import Partner
from mailbot.cases.values import Value

LetterKind = Literal[
    "acknowledgement",
    "scoping",
    "reminder",
    "chase",
    "escalation",
    "thanks",
    "reask",
    "extension",
    "la_enquiry",
    "partner_enquiry",
    "notice",
    "threshold_decision",
    "subgroup_request",
    "invitation",
    "pack",
    "submission",
    "outcome",
    "panel_decision",
    "learning_decision",
    "case_news",
    "approval_request",
    "question",
    "warning",
    "digest",
]
PaperKind = Literal["referral", "notification", "return", "chronology", "other", "pack", "rapid_review"]
Outcome = Literal["national_review", "local_review", "alternative_learning", "none"]
OUTCOME_NAMES: dict[Outcome, str] = {
    "national_review": "to recommend a national child safeguarding practice review",
    "local_review": "to carry out a local child safeguarding practice review",
    "alternative_learning": "to carry out an alternative form of learning review",
    "none": "that no further review is needed",
}
IN_THE_SHEET = "written in the attendance and decision sheet"
"""Why the record holds a passage of the Rapid Review Template that the minute taker wrote in the sheet."""
Row = dict[str, str]
PartStat = Literal["ACCEPTED", "TENTATIVE", "DECLINED", "DELEGATED"]
"""How somebody takes part, as their calendar says it (RFC 5545 section 3.2.12)."""


class Paper(Value):
    """A file that belongs to the case; its bytes lie in the mailbag under the hash."""

    kind: PaperKind
    name: str
    sha256: str
    agency: str | None = None


class Found(Value):
    """Where the answers of a form stood: the file, as its sender called it, and each field's place in it."""

    file: str = ""
    places: dict[str, str] = {}


class FileSays(Value):
    """What a finished Rapid Review Template says where the record speaks, too, and what a reader must not find in it.

    `facts` are the answers beside a printed label; `filled` the sections, agencies and labels with words under them;
    `gone` those of the files before that this one has no more; `named` the headings under which somebody of the
    family is named.
    """

    answers: dict[str, str] = {}
    tables: dict[str, tuple[Row, ...]] = {}
    facts: dict[str, str] = {}
    filled: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


class Event(Value):
    """A fact of the case. `at` is when it happened (UTC), `by` who (an address, or `mailbot`), `because` why."""

    at: AwareDatetime
    by: str = "mailbot"
    because: str
    mail: int | None = Field(default=None, description="the mail that brought it")


class Attendee(Value):
    """One person who was at the meeting."""

    name: str
    email: str
    role: str
    partner: Partner | None = None
    agency: str | None = Field(default=None, description="the agency they stand for, where that is known")
    on: date | None = Field(default=None, description="the day on which they signed")
