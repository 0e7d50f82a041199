"""What each fact of the case was taken from, so that a paper can say where a line came from."""

from __future__ import annotations

from mailbot.cases.case import Case, Source
from mailbot.cases.events import (
    ActionAgreed,
    AnyEvent,
    AttendanceRecorded,
    BecameAware,
    ChildDescribed,
    ChronologyReceived,
    CriterionConsidered,
    Endorsed,
    FamilyMemberNamed,
    IncidentReported,
    LearningPointNoted,
    LocalAuthorityNamed,
    MeetingSet,
    NotificationReceived,
    OutcomeDecided,
    PanelNotified,
    ReferralJoined,
    ReferralReceived,
    ScopingReturned,
    SignedOff,
    TemplateWritten,
)


def sources_with(case: Case, event: AnyEvent) -> dict[str, Source]:
    """The case's sources after the event; what was said later takes the place of what was before."""
    source = Source(at=event.at, by=event.by, because=event.because)
    match event:
        case ReferralReceived() | ReferralJoined():
            told = source.model_copy(update={"sender": event.referrer, "found": event.found})
            given = (*event.fields, *event.tables)
            return _unless_known(case, {f"referral/{name}": told for name in given})
        case IncidentReported():
            told = source.model_copy(update={"sender": event.referrer, "report": True})
            return _unless_known(case, {f"referral/{name}": told for name in event.fields})
        case NotificationReceived():
            return case.sources | {"notification": source.model_copy(update={"found": event.found})}
        case ScopingReturned() if event.fields:
            return case.sources | {f"return/{event.agency}": source.model_copy(update={"found": event.found})}
        case ChronologyReceived() if event.rows:
            return case.sources | {f"chronology/{event.agency}": source}
        case ChildDescribed():
            return case.sources | {f"child/{event.number}/{fact}": source for fact in event.facts}
        case TemplateWritten():
            return case.sources | {f"written/{name}": source for name in (*event.answers, *event.tables)}
        case _:
            key = _recorded(case, event)
            return case.sources | {key: source} if key else case.sources


def _unless_known(case: Case, new: dict[str, Source]) -> dict[str, Source]:
    """A second referral fills in what the first did not tell, and changes nothing that it did."""
    told = {name for name, value in (case.referral | case.referral_tables).items() if value}
    known = {name for name in case.sources if name.removeprefix("referral/") in told}
    return case.sources | {name: source for name, source in new.items() if name not in known}


def _recorded(case: Case, event: AnyEvent) -> str:
    """What a person recorded with the event, as one word; empty where no line of a paper rests on it."""
    match event:
        case FamilyMemberNamed():
            return f"family/{event.member.get('name', '')}"
        case BecameAware():
            return "aware"
        case PanelNotified():
            return "notified"
        case LocalAuthorityNamed():
            return "la"
        case MeetingSet():
            return "meeting"
        case AttendanceRecorded():
            return "attendance"
        case ActionAgreed():
            return f"action/{len(case.actions) + 1}"
        case LearningPointNoted():
            return f"learning_point/{len(case.learning_points) + 1}"
        case CriterionConsidered():
            return f"criterion/{event.criterion}"
        case OutcomeDecided():
            return "outcome"
        case Endorsed():
            return "endorsed"
        case SignedOff():
            return f"signed_off/{event.who.email}"
        case _:
            return ""
