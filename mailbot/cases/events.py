"""The events that a case is made of: facts, in the past tense, each with when, by whom and why."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, TypeAdapter

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
    "la_enquiry",
    "partner_enquiry",
    "invitation",
    "pack",
    "submission",
    "outcome",
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
Row = dict[str, str]


class Paper(Value):
    """A file that belongs to the case; its bytes lie in the mailbag under the hash."""

    kind: PaperKind
    name: str
    sha256: str
    agency: str | None = None


class Event(Value):
    """A fact of the case. `at` is when it happened (UTC), `by` who (an address, or `mailbot`), `because` why."""

    at: AwareDatetime
    by: str = "mailbot"
    because: str
    mail: int | None = Field(default=None, description="the mail that brought it")


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


class NotificationReceived(Event):
    """The LA's own notification to the Panel reached the partnership."""

    type: Literal["notification_received"] = "notification_received"
    fields: dict[str, str]
    tables: dict[str, tuple[Row, ...]] = {}
    papers: tuple[Paper, ...]


class BecameAware(Event):
    """A person recorded when the local authority became aware: the anchor `aware`."""

    type: Literal["became_aware"] = "became_aware"
    moment: AwareDatetime


class PanelNotified(Event):
    """When the LA's notification went to the Panel: the anchor `notified`."""

    type: Literal["panel_notified"] = "panel_notified"
    moment: AwareDatetime


class SeriousHarmDecided(Event):
    """Whether the local authority accepts serious harm."""

    type: Literal["serious_harm_decided"] = "serious_harm_decided"
    accepted: bool


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
    completeness: Literal["full", "part", "nil"]
    missing: tuple[str, ...] = ()
    fields: dict[str, str] = {}
    tables: dict[str, tuple[Row, ...]] = {}
    papers: tuple[Paper, ...] = ()


class ChronologyReceived(Event):
    """An agency's chronology, read into rows in the order of the file."""

    type: Literal["chronology_received"] = "chronology_received"
    agency: str
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


class OfficeTold(Event):
    """The business unit was asked or told something, once: `topic` says what."""

    type: Literal["office_told"] = "office_told"
    topic: str


class MeetingProposed(Event):
    """Days inside the window were proposed to the business unit."""

    type: Literal["meeting_proposed"] = "meeting_proposed"
    days: tuple[date, ...]


class MeetingSet(Event):
    """A person set the Rapid Review meeting's start."""

    type: Literal["meeting_set"] = "meeting_set"
    start: AwareDatetime


class PackAssembled(Event):
    """The meeting pack was put together."""

    type: Literal["pack_assembled"] = "pack_assembled"
    version: int
    paper: Paper
    contents: tuple[str, ...]
    absent: tuple[str, ...] = Field(default=(), description="agencies whose return was not in")


class Attendee(Value):
    """One person who was at the meeting."""

    name: str
    email: str
    role: str
    partner: Partner | None = None
    on: date | None = Field(default=None, description="the day on which they signed")


class AttendanceRecorded(Event):
    """Who was at the meeting. Quorate when all three safeguarding partners were represented."""

    type: Literal["attendance_recorded"] = "attendance_recorded"
    people: tuple[Attendee, ...]


class ActionAgreed(Event):
    """The meeting agreed an immediate action."""

    type: Literal["action_agreed"] = "action_agreed"
    text: str


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
    """The Rapid Review Template was filled in from the record."""

    type: Literal["submission_drafted"] = "submission_drafted"
    version: int
    paper: Paper


class Withdrawn(Event):
    """The referral was withdrawn; `because` is the reason."""

    type: Literal["withdrawn"] = "withdrawn"


class Closed(Event):
    """A person closed the case."""

    type: Literal["closed"] = "closed"


AnyEvent = Annotated[
    ReferralReceived
    | NotificationReceived
    | BecameAware
    | PanelNotified
    | SeriousHarmDecided
    | ScopingDrafted
    | ApprovalAsked
    | RoundApproved
    | RoundRejected
    | RoundStopped
    | LetterSent
    | LetterFailed
    | DeliveryFailed
    | AgencyReplied
    | FileUnlocked
    | ScopingReturned
    | ChronologyReceived
    | LadderStepTaken
    | ExtensionGranted
    | OfficeTold
    | MeetingProposed
    | MeetingSet
    | PackAssembled
    | AttendanceRecorded
    | ActionAgreed
    | OutcomeDecided
    | Endorsed
    | SignedOff
    | SubmissionDrafted
    | Withdrawn
    | Closed,
    Field(discriminator="type"),
]
EVENTS: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)
