"""What a case is: the state that its events add up to. Built only by stages.py."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from mailbot.cases.events import Attendee, Basis, FileSays, Found, Outcome, Paper, PartStat, Row
from mailbot.cases.values import Value

Stage = Literal[
    "new",
    "la_deciding",
    "partner_discussion",
    "referral_awaited",
    "referral_received",
    "harm_not_accepted",
    "scoping",
    "pack_ready",
    "meeting_held",
    "sign_off",
    "submitted",
    "learning_considered",
    "learning_decided",
    "suspended",
    "closed",
    "withdrawn",
    "transferred",
    "merged",
]
RequestStatus = Literal[
    "to_send", "sent", "acknowledged", "paused", "part", "returned", "nil", "late", "undeliverable", "no_return"
]


class Source(Value):
    """What a fact was taken from: who told or recorded it when, and where in the file it stood."""

    at: AwareDatetime
    by: str
    because: str
    sender: str = ""
    report: bool = Field(default=False, description="told in the words of an email, without a form")
    found: Found = Found()


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
    failed: tuple[str, ...] = Field(default=(), description="addresses from which our letters came back")
    extended_to: date | None = None
    extension_asked_at: AwareDatetime | None = None
    extension_refused: bool = False
    steps: tuple[str, ...] = Field(default=(), description="ladder steps taken for the due day in force")
    stepped_at: AwareDatetime | None = Field(default=None, description="when the last of them was taken")
    stepped_due: AwareDatetime | None = Field(default=None, description="the due time that they counted from")
    returned_at: AwareDatetime | None = None
    completeness: Literal["full", "part", "nil"] | None = None
    no_return: str = Field(default="", description="why none comes, as a person said")
    missing: tuple[str, ...] = ()
    fields: dict[str, str] = {}
    tables: dict[str, tuple[Row, ...]] = {}
    rows: tuple[Row, ...] = ()
    papers: tuple[Paper, ...] = ()

    @property
    def settled(self) -> bool:
        """Whether nothing more is waited for from this agency."""
        return self.completeness in ("full", "nil") or self.gives_none

    @property
    def gives_none(self) -> bool:
        """Whether a person has said that no return will come, and none has."""
        return bool(self.no_return) and self.completeness is None


class Round(Value):
    """Letters that are released together: a scoping round, an escalation, a pack, a submission, the outcome."""

    id: str
    state: Literal["waiting", "approved", "rejected"] = "waiting"
    waiting: tuple[int, ...] = Field(default=(), description="items that nobody has answered yet")
    agencies: dict[int, str] = Field(default={}, description="item -> the agency that the letter is about")
    asks: int = 0
    expires: AwareDatetime | None = None
    answered_by: str = ""
    why: str = ""
    first: dict[int, str] = Field(default={}, description="item -> who approved it first, where two must")
    not_sent: tuple[int, ...] = Field(default=(), description="items that a person rejected")


class Child(Value):
    """The child, as far as the referral tells."""

    name: str = ""
    initials: str = ""
    dob: str = ""
    gender: str = ""
    ethnicity: str = ""
    disability: str = ""


class Referrer(Value):
    """Who told of the incident; each of them hears the outcome."""

    address: str
    agency: str | None = None
    message_id: str = ""


class PartnerAnswer(Value):
    """What one partner's lead, or the Partnership Manager, said in an email discussion."""

    topic: Literal["threshold", "learning"]
    who: Attendee
    answer: Literal["agree", "challenge"]
    reason: str
    at: AwareDatetime


class Learning(Value):
    """An alternative learning activity, from its consideration to its end."""

    opened_at: AwareDatetime
    activity: str = ""
    lead: str = ""
    criteria: tuple[str, ...] = ()
    proposed_at: AwareDatetime | None = None
    decided_at: AwareDatetime | None = None
    agreed: bool | None = Field(default=None, description="whether there is to be an activity; none until decided")
    reason: str = ""
    subgroup: str = ""
    due: date | None = None
    progress: tuple[str, ...] = ()
    completed_at: AwareDatetime | None = None


class AgreedAction(Value):
    """An immediate action, with its owner and day where the meeting said so."""

    text: str
    owner: str = ""
    due: date | None = None
    done_at: AwareDatetime | None = None


class Criterion(Value):
    """One criterion for a review, as the meeting weighed it."""

    met: bool
    reason: str


class PanelReply(Value):
    """The national Panel's answer."""

    answer: Literal["agrees", "comments", "national_review"]
    words: str
    at: AwareDatetime
    rounds_before: int = Field(default=0, description="how many rounds of letters told an earlier answer")


class Overridden(Value):
    """The quality gate was passed by a person's word: who, why, and which gaps they saw."""

    by: str
    why: str
    round: str
    gaps: tuple[str, ...]


class Chase(Value):
    """How far somebody other than a scoped agency was chased for what was due at `due`."""

    due: AwareDatetime
    steps: tuple[str, ...] = ()
    stepped_at: AwareDatetime | None = None


class Case(Value):
    """A case as its events make it. Built only by stages.apply."""

    ref: str = ""
    stage: Stage = "new"
    stages_before: tuple[Stage, ...] = Field(default=(), description="where it stood when it was paused or ended")
    version: int = Field(default=0, description="how many events it is made of")
    procedure: str = ""
    from_la: bool = False
    referrer: str = ""
    referrer_agency: str | None = None
    referral_message_id: str = ""
    referrers: tuple[Referrer, ...] = Field(default=(), description="the first one and all that joined")
    la: str | None = Field(default=None, description="the agency id of the case's local authority")
    child: Child = Child()
    children: tuple[Child, ...] = Field(default=(), description="all subject children, the first one first")
    referral: dict[str, str] = {}
    referral_tables: dict[str, tuple[Row, ...]] = {}
    referral_missing: tuple[str, ...] = ()
    notification: dict[str, str] = {}
    notification_children: tuple[Row, ...] = Field(default=(), description="the children whom the notification names")
    sources: dict[str, Source] = Field(default={}, description="what was told -> what it was taken from")
    papers: tuple[Paper, ...] = Field(default=(), description="referral, notification and other papers")
    received_at: AwareDatetime | None = Field(default=None, description="when the first referral form came")
    reported_at: AwareDatetime | None = Field(
        default=None, description="when the case opened, with or without a form"
    )
    intention_at: AwareDatetime | None = Field(default=None, description="when the LA said that it means to notify")
    jcr_at: AwareDatetime | None = Field(default=None, description="when the LA's own referral form came")
    aware_at: AwareDatetime | None = None
    notified_at: AwareDatetime | None = None
    serious_harm: bool | None = None
    serious_harm_at: AwareDatetime | None = Field(default=None, description="when the LA decided")
    serious_harm_reason: str = ""
    la_asked_at: AwareDatetime | None = Field(default=None, description="when the LA was asked to decide")
    la_more_time: bool = Field(default=False, description="the LA asked for more time to decide")
    la_more_time_until: date | None = None
    partners_asked: dict[str, AwareDatetime] = Field(default={}, description="topic -> when the first was asked")
    partner_answers: tuple[PartnerAnswer, ...] = ()
    discussions: int = Field(default=0, description="how often the partners have had a “no” of the LA's to discuss")
    threshold_meeting_at: AwareDatetime | None = None
    threshold_settled_at: AwareDatetime | None = None
    threshold_overturned: bool | None = None
    threshold_reason: str = ""
    learning: Learning | None = None
    chases: dict[str, Chase] = Field(default={}, description="what is waited for -> how far it was chased")
    dues: dict[str, AwareDatetime] = Field(default={}, description="clock -> when it was last noted to be due")
    bases: dict[str, Basis] = Field(default={}, description="clock -> what that due time was reckoned from")
    lateness: dict[str, str] = Field(default={}, description="clock -> why it was missed")
    suspended_until: date | None = None
    suspended_why: str = ""
    transferred_to: str = ""
    merged_into: str = ""
    absorbed: tuple[str, ...] = ()
    requests: dict[str, Request] = {}
    rounds: dict[str, Round] = {}
    told: tuple[str, ...] = ()
    letters_sent: dict[str, AwareDatetime] = Field(default={}, description="letter key -> when")
    meeting_days: tuple[date, ...] = ()
    meeting_at: AwareDatetime | None = None
    meeting_set_at: AwareDatetime | None = Field(default=None, description="when its first date was set")
    meeting_sequence: int = 0
    meeting_was: AwareDatetime | None = Field(default=None, description="the start that was called off")
    invitation_answers: dict[str, PartStat] = Field(
        default={}, description="address -> the latest answer about the date in force"
    )
    meeting_how: Literal["", "in_person", "video", "telephone"] = ""
    meeting_extraordinary: bool = False
    pack: Paper | None = None
    pack_version: int = 0
    pack_absent: tuple[str, ...] = ()
    pack_papers: tuple[Paper, ...] = Field(default=(), description="the papers that the latest version holds")
    pack_workbook: Paper | None = Field(default=None, description="its combined chronology in Excel")
    attendance: tuple[Attendee, ...] = ()
    attendance_la: str | None = Field(default=None, description="whose local authority had to be there")
    actions: tuple[AgreedAction, ...] = ()
    learning_points: tuple[str, ...] = ()
    criteria: dict[str, Criterion] = {}
    outcome: Outcome | None = None
    outcome_reason: str = ""
    decided_at: AwareDatetime | None = None
    endorsed_on: date | None = None
    signed_off: tuple[Attendee, ...] = ()
    submission: Paper | None = None
    submission_version: int = 0
    submission_edited: bool = Field(default=False, description="a person wrote it further and gave it back")
    submission_stale: bool = Field(default=False, description="the record has changed since it was drafted")
    submission_older: bool = Field(default=False, description="the finished file was kept when the record changed")
    submission_empty: tuple[str, ...] = Field(default=(), description="what is written nowhere in it")
    submission_prompts: tuple[str, ...] = Field(default=(), description="headings where a prompt is left in it")
    submission_remarks: tuple[str, ...] = Field(default=(), description="what it holds for colleagues only")
    submission_says: FileSays = Field(default=FileSays(), description="what it says where the record speaks, too")
    written: dict[str, str] = Field(default={}, description="field of the template -> what people wrote there")
    written_tables: dict[str, tuple[Row, ...]] = Field(default={}, description="table -> the rows people wrote")
    overridden: tuple[Overridden, ...] = ()
    submitted_at: AwareDatetime | None = None
    outcome_told_at: AwareDatetime | None = None
    panel_reply: PanelReply | None = None

    @property
    def stands_at(self) -> Stage:
        """The stage that the case has come to: while it is suspended, the one that it goes on from."""
        return self.stages_before[-1] if self.stage == "suspended" and self.stages_before else self.stage

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
        if any(r.sent_at is None for r in going):
            return None
        return max((at for r in first if (at := r.sent_at or r.returned_at)), default=None)

    @property
    def accepted_at(self) -> AwareDatetime | None:
        """When serious harm was accepted: by the local authority, or after the partners' challenge."""
        if self.threshold_overturned:
            return self.threshold_settled_at
        return self.serious_harm_at if self.serious_harm else None

    @property
    def quorate(self) -> bool:
        """Whether the meeting that was attended counts."""
        return quorate(self.attendance, self.attendance_la)


def quorate(people: Iterable[Attendee], la: str | None = None) -> bool:
    """Procedure H01: "at least one representative is present from each of the safeguarding partners".

    Where there are several local authorities, only the case's own one (`la`) counts as the local authority.
    """
    there = {p.partner for p in people if not (p.partner == "local_authority" and la and p.agency not in (None, la))}
    return {"local_authority", "police", "health"} <= there
