"""What a case is: the state that its events add up to. Built only by stages.py."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from mailbot.cases.events import Attendee, Outcome, Paper, Row
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
RequestStatus = Literal[
    "to_send", "sent", "acknowledged", "paused", "part", "returned", "nil", "late", "undeliverable"
]


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
    agencies: dict[int, str] = Field(default={}, description="item -> the agency that the letter is about")
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
    serious_harm_at: AwareDatetime | None = Field(default=None, description="when the LA decided")
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
    submission_edited: bool = Field(default=False, description="a person wrote it further and gave it back")
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
        if any(r.sent_at is None for r in going):
            return None
        return max((at for r in first if (at := r.sent_at or r.returned_at)), default=None)

    @property
    def quorate(self) -> bool:
        """Procedure H01: "at least one representative is present from each of the safeguarding partners"."""
        return {"local_authority", "police", "health"} <= {a.partner for a in self.attendance}
