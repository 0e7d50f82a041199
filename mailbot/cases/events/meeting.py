"""The Rapid Review meeting, what it decided, and the submission to the Panel."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from mailbot.cases.events.values import Attendee, Event, FileSays, Outcome, Paper, PartStat, Row


class MeetingProposed(Event):
    """Days inside the window were proposed to the business unit."""

    type: Literal["meeting_proposed"] = "meeting_proposed"
    days: tuple[date, ...]


class MeetingSet(Event):
    """A person set the Rapid Review meeting's start."""

    type: Literal["meeting_set"] = "meeting_set"
    start: AwareDatetime
    how: Literal["", "in_person", "video", "telephone"] = ""
    extraordinary: bool = Field(default=False, description="convened for this review alone")


class MeetingCalledOff(Event):
    """The meeting will not be held at `start`; another time may be set later. `because` says why."""

    type: Literal["meeting_called_off"] = "meeting_called_off"
    start: AwareDatetime


class InvitationAnswered(Event):
    """Somebody who was invited to the meeting answered from their calendar, about the date with that sequence."""

    type: Literal["invitation_answered"] = "invitation_answered"
    who: str = Field(description="their email address")
    partstat: PartStat
    sequence: int


class PackAssembled(Event):
    """The meeting pack was put together."""

    type: Literal["pack_assembled"] = "pack_assembled"
    version: int
    paper: Paper
    contents: tuple[str, ...]
    absent: tuple[str, ...] = Field(default=(), description="agencies whose return was not in")
    papers: tuple[Paper, ...] = Field(default=(), description="what it holds, for the next version to compare")
    workbook: Paper | None = Field(default=None, description="its combined chronology in Excel, for the panel's work")


class AttendanceRecorded(Event):
    """Who was at the meeting. Quorate when all three safeguarding partners were represented."""

    type: Literal["attendance_recorded"] = "attendance_recorded"
    people: tuple[Attendee, ...]
    la: str | None = Field(default=None, description="whose local authority counts, where there are several")


class ActionAgreed(Event):
    """The meeting agreed an immediate action: whose it is, and by when, where it said so."""

    type: Literal["action_agreed"] = "action_agreed"
    text: str
    owner: str = ""
    due: date | None = None


class OutcomeDecided(Event):
    """What the meeting decided; `reason` is for the Panel."""

    type: Literal["outcome_decided"] = "outcome_decided"
    outcome: Outcome
    reason: str


class Endorsed(Event):
    """The independent chair endorsed the outcome on that day (procedure H01)."""

    type: Literal["endorsed"] = "endorsed"
    on: date


class SignedOff(Event):
    """A safeguarding partner signed the Rapid Review Template off."""

    type: Literal["signed_off"] = "signed_off"
    who: Attendee


class SubmissionDrafted(Event):
    """The Rapid Review Template was filled in from the record, or a person gave it back finished.

    A file that is `kept` is the finished one as it was: only the letter to the Panel was drafted anew.
    """

    type: Literal["submission_drafted"] = "submission_drafted"
    version: int
    paper: Paper
    empty: tuple[str, ...] = Field(default=(), description="what only people can write, and stands nowhere in it")
    prompts: tuple[str, ...] = Field(default=(), description="headings under which a prompt of ours is left")
    remarks: tuple[str, ...] = Field(default=(), description="what was left in the file for colleagues, not readers")
    says: FileSays = FileSays()
    kept: bool = False


class TemplateWritten(Event):
    """A person gave the Rapid Review Template back, with answers of their own in it.

    `answers` and `tables` are what they wrote, changed or, where empty, took out since the draft; `differs` says in
    sentences what the file says otherwise than the record, which stays as it is.
    """

    type: Literal["template_written"] = "template_written"
    sha256: str
    answers: dict[str, str] = {}
    tables: dict[str, tuple[Row, ...]] = {}
    differs: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = Field(default=(), description="fields and tables of ours that it has no more")


class GateOverridden(Event):
    """A person approved the submission although the quality gate found gaps; `because` is their reason."""

    type: Literal["gate_overridden"] = "gate_overridden"
    round: str
    gaps: tuple[str, ...]


class ActionDone(Event):
    """An immediate action is done; `number` counts from 1 in the order of agreeing."""

    type: Literal["action_done"] = "action_done"
    number: int = Field(ge=1)


class LearningPointNoted(Event):
    """Learning that the meeting wants shared at once."""

    type: Literal["learning_point_noted"] = "learning_point_noted"
    text: str


class CriterionConsidered(Event):
    """Whether one of the procedure's criteria for a review is met; `because` is the meeting's reason."""

    type: Literal["criterion_considered"] = "criterion_considered"
    criterion: str
    met: bool


class PanelWrote(Event):
    """The national Panel wrote about the case; a person reads what it answers and records that (PanelReplied)."""

    type: Literal["panel_wrote"] = "panel_wrote"
    papers: tuple[Paper, ...] = ()


class PanelReplied(Event):
    """The national Panel answered the submission; `because` is its answer in a person's words."""

    type: Literal["panel_replied"] = "panel_replied"
    answer: Literal["agrees", "comments", "national_review"]
    papers: tuple[Paper, ...] = ()
