"""The events that a case is made of: facts, in the past tense, each with when, by whom and why."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, TypeAdapter

from mailbot.cases.events.learning import (
    LearningCompleted,
    LearningDecided,
    LearningOpened,
    LearningProgressed,
    LearningProposed,
    SubgroupRecommended,
)
from mailbot.cases.events.letters import (
    ApprovalAsked,
    DeliveryFailed,
    FirstApproved,
    LetterFailed,
    LetterSent,
    OfficeTold,
    RoundApproved,
    RoundRejected,
    RoundStopped,
)
from mailbot.cases.events.life import (
    Absorbed,
    Basis,
    ClocksNoted,
    Closed,
    LatenessExplained,
    Merged,
    Reopened,
    Resumed,
    Suspended,
    Transferred,
    Withdrawn,
)
from mailbot.cases.events.meeting import (
    ActionAgreed,
    ActionDone,
    AttendanceRecorded,
    CriterionConsidered,
    Endorsed,
    GateOverridden,
    InvitationAnswered,
    LearningPointNoted,
    MeetingCalledOff,
    MeetingProposed,
    MeetingSet,
    OutcomeDecided,
    PackAssembled,
    PanelReplied,
    PanelWrote,
    SignedOff,
    SubmissionDrafted,
    TemplateWritten,
)
from mailbot.cases.events.opening import (
    BecameAware,
    ChildDescribed,
    FamilyMemberNamed,
    IncidentReported,
    IntentionTold,
    LocalAuthorityNamed,
    NotificationReceived,
    PanelNotified,
    ReferralJoined,
    ReferralReceived,
)
from mailbot.cases.events.scoping import (
    AgencyReplied,
    Asked,
    ChaseStepTaken,
    ChronologyReceived,
    ExtensionGranted,
    ExtensionRefused,
    FileUnlocked,
    LadderStepTaken,
    ReturnExplained,
    ScopingDrafted,
    ScopingReturned,
)
from mailbot.cases.events.threshold import (
    MoreTimeWanted,
    PartnerAnswered,
    SeriousHarmDecided,
    ThresholdMeetingSet,
    ThresholdSettled,
)
from mailbot.cases.events.values import (
    IN_THE_SHEET,
    OUTCOME_NAMES,
    Attendee,
    Event,
    FileSays,
    Found,
    LetterKind,
    Outcome,
    Paper,
    PaperKind,
    PartStat,
    Row,
)

AnyEvent = Annotated[
    ReferralReceived
    | NotificationReceived
    | BecameAware
    | PanelNotified
    | IncidentReported
    | ReferralJoined
    | IntentionTold
    | LocalAuthorityNamed
    | SeriousHarmDecided
    | MoreTimeWanted
    | PartnerAnswered
    | ThresholdMeetingSet
    | ThresholdSettled
    | ScopingDrafted
    | AgencyReplied
    | FileUnlocked
    | ScopingReturned
    | ChronologyReceived
    | LadderStepTaken
    | ExtensionGranted
    | ExtensionRefused
    | ChaseStepTaken
    | ApprovalAsked
    | FirstApproved
    | RoundApproved
    | RoundRejected
    | RoundStopped
    | LetterSent
    | LetterFailed
    | DeliveryFailed
    | OfficeTold
    | MeetingProposed
    | MeetingSet
    | MeetingCalledOff
    | InvitationAnswered
    | PackAssembled
    | AttendanceRecorded
    | ActionAgreed
    | OutcomeDecided
    | Endorsed
    | SignedOff
    | SubmissionDrafted
    | TemplateWritten
    | GateOverridden
    | ChildDescribed
    | FamilyMemberNamed
    | ReturnExplained
    | ActionDone
    | LearningPointNoted
    | CriterionConsidered
    | PanelWrote
    | PanelReplied
    | LearningOpened
    | LearningProposed
    | LearningDecided
    | SubgroupRecommended
    | LearningProgressed
    | LearningCompleted
    | Withdrawn
    | Closed
    | Reopened
    | Suspended
    | Resumed
    | Transferred
    | Merged
    | Absorbed
    | ClocksNoted
    | LatenessExplained,
    Field(discriminator="type"),
]
EVENTS: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)

__all__ = [
    "EVENTS",
    "IN_THE_SHEET",
    "OUTCOME_NAMES",
    "Absorbed",
    "ActionAgreed",
    "ActionDone",
    "AgencyReplied",
    "AnyEvent",
    "ApprovalAsked",
    "Asked",
    "AttendanceRecorded",
    "Attendee",
    "Basis",
    "BecameAware",
    "ChaseStepTaken",
    "ChildDescribed",
    "ChronologyReceived",
    "ClocksNoted",
    "Closed",
    "CriterionConsidered",
    "DeliveryFailed",
    "Endorsed",
    "Event",
    "ExtensionGranted",
    "ExtensionRefused",
    "FamilyMemberNamed",
    "FileSays",
    "FileUnlocked",
    "FirstApproved",
    "Found",
    "GateOverridden",
    "IncidentReported",
    "IntentionTold",
    "InvitationAnswered",
    "LadderStepTaken",
    "LatenessExplained",
    "LearningCompleted",
    "LearningDecided",
    "LearningOpened",
    "LearningPointNoted",
    "LearningProgressed",
    "LearningProposed",
    "LetterFailed",
    "LetterKind",
    "LetterSent",
    "LocalAuthorityNamed",
    "MeetingCalledOff",
    "MeetingProposed",
    "MeetingSet",
    "Merged",
    "MoreTimeWanted",
    "NotificationReceived",
    "OfficeTold",
    "Outcome",
    "OutcomeDecided",
    "PackAssembled",
    "PanelNotified",
    "PanelReplied",
    "PanelWrote",
    "Paper",
    "PaperKind",
    "PartStat",
    "PartnerAnswered",
    "ReferralJoined",
    "ReferralReceived",
    "Reopened",
    "Resumed",
    "ReturnExplained",
    "RoundApproved",
    "RoundRejected",
    "RoundStopped",
    "Row",
    "ScopingDrafted",
    "ScopingReturned",
    "SeriousHarmDecided",
    "SignedOff",
    "SubgroupRecommended",
    "SubmissionDrafted",
    "Suspended",
    "TemplateWritten",
    "ThresholdMeetingSet",
    "ThresholdSettled",
    "Transferred",
    "Withdrawn",
]
