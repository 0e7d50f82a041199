"""What a case is: the events it is made of, in the past tense, and the state that they add up to (see stages.py)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, TypeAdapter

from mailbot.cases.directory import Partner
from mailbot.cases.values import Value

Stage = Literal[
    "new",
    "referral_received",
    "harm_not_accepted",
    "scoping",
    "pack_ready",
    "meeting_held",
    "sign_off",
    "submitted",
    "closed",
    "withdrawn",
]
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
RequestStatus = Literal[
    "to_send", "sent", "acknowledged", "paused", "part", "returned", "nil", "late", "undeliverable"
]
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
    kind: Literal["acknowledgement", "question", "auto_reply", "secure_wrapper", "extension_request"]


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


class Request(Value):
    """One agency in a scoping round: what was asked, what came back."""

    agency: str
    name: str
    because: str
    round: str
    item: int
    sent_at: AwareDatetime | None = None
    message_id: str = ""
    acknowledged: bool = False
    paused: bool = False
    undeliverable: bool = False
    extended_to: date | None = None
    steps: tuple[str, ...] = Field(default=(), description="ladder steps taken for the due day in force")
    stepped_at: AwareDatetime | None = Field(default=None, description="when the last of them was taken")
    returned_at: AwareDatetime | None = None
    completeness: Literal["full", "part", "nil"] | None = None
    missing: tuple[str, ...] = ()
    fields: dict[str, str] = {}
    tables: dict[str, tuple[Row, ...]] = {}
    rows: tuple[Row, ...] = ()
    papers: tuple[Paper, ...] = ()

    @property
    def settled(self) -> bool:
        """Whether nothing more is waited for from this agency."""
        return self.completeness in ("full", "nil")


class Round(Value):
    """Letters that are released together: a scoping round, an escalation, a pack, a submission, the outcome."""

    id: str
    state: Literal["waiting", "approved", "rejected"] = "waiting"
    waiting: tuple[int, ...] = Field(default=(), description="items that nobody has answered yet")
    asks: int = 0
    expires: AwareDatetime | None = None
    answered_by: str = ""
    why: str = ""


class Child(Value):
    """The child, as far as the referral tells."""

    name: str = ""
    initials: str = ""
    dob: str = ""
    gender: str = ""
    ethnicity: str = ""
    disability: str = ""


class Case(Value):
    """A case as its events make it. Built only by stages.apply."""

    ref: str = ""
    stage: Stage = "new"
    version: int = Field(default=0, description="how many events it is made of")
    procedure: str = ""
    from_la: bool = False
    referrer: str = ""
    referrer_agency: str | None = None
    referral_message_id: str = ""
    child: Child = Child()
    referral: dict[str, str] = {}
    referral_tables: dict[str, tuple[Row, ...]] = {}
    referral_missing: tuple[str, ...] = ()
    notification: dict[str, str] = {}
    papers: tuple[Paper, ...] = Field(default=(), description="referral, notification and other papers")
    received_at: AwareDatetime | None = None
    aware_at: AwareDatetime | None = None
    notified_at: AwareDatetime | None = None
    serious_harm: bool | None = None
    requests: dict[str, Request] = {}
    rounds: dict[str, Round] = {}
    told: tuple[str, ...] = ()
    letters_sent: dict[str, AwareDatetime] = Field(default={}, description="letter key -> when")
    meeting_days: tuple[date, ...] = ()
    meeting_at: AwareDatetime | None = None
    meeting_sequence: int = 0
    pack: Paper | None = None
    pack_version: int = 0
    pack_absent: tuple[str, ...] = ()
    attendance: tuple[Attendee, ...] = ()
    actions: tuple[str, ...] = ()
    outcome: Outcome | None = None
    outcome_reason: str = ""
    decided_at: AwareDatetime | None = None
    endorsed_on: date | None = None
    signed_off: tuple[Attendee, ...] = ()
    submission: Paper | None = None
    submission_version: int = 0
    submission_stale: bool = Field(default=False, description="the record has changed since it was drafted")
    submitted_at: AwareDatetime | None = None
    outcome_told_at: AwareDatetime | None = None

    @property
    def scoping_sent_at(self) -> AwareDatetime | None:
        """When the last letter of the first scoping round went; nothing while one is still to go.

        An agency that answered before it was asked, or that no letter can reach, does not hold the round open.
        """
        rounds = [r.round for r in self.requests.values() if r.round]
        if not rounds:
            return None
        first = [r for r in self.requests.values() if r.round == min(rounds)]
        going = [r for r in first if r.sent_at or not (r.completeness or r.undeliverable)]
        if not going or any(r.sent_at is None for r in going):
            return None
        return max(r.sent_at for r in going if r.sent_at)

    @property
    def quorate(self) -> bool:
        """Procedure H01: "at least one representative is present from each of the safeguarding partners"."""
        return {"local_authority", "police", "health"} <= {a.partner for a in self.attendance}
