"""A case's story in sentences: what happened, when, by whom and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from mailbot.cases.events import (
    IN_THE_SHEET,
    OUTCOME_NAMES,
    Absorbed,
    ActionAgreed,
    ActionDone,
    AgencyReplied,
    AnyEvent,
    ApprovalAsked,
    AttendanceRecorded,
    BecameAware,
    ChaseStepTaken,
    ChildDescribed,
    ChronologyReceived,
    ClocksNoted,
    Closed,
    CriterionConsidered,
    DeliveryFailed,
    Endorsed,
    ExtensionGranted,
    ExtensionRefused,
    FamilyMemberNamed,
    FileUnlocked,
    FirstApproved,
    GateOverridden,
    IncidentReported,
    IntentionTold,
    InvitationAnswered,
    LadderStepTaken,
    LatenessExplained,
    LearningCompleted,
    LearningDecided,
    LearningOpened,
    LearningPointNoted,
    LearningProgressed,
    LearningProposed,
    LetterFailed,
    LetterSent,
    LocalAuthorityNamed,
    MeetingCalledOff,
    MeetingProposed,
    MeetingSet,
    Merged,
    MoreTimeWanted,
    NotificationReceived,
    OfficeTold,
    OutcomeDecided,
    PackAssembled,
    PanelNotified,
    PanelReplied,
    PanelWrote,
    PartnerAnswered,
    ReferralJoined,
    ReferralReceived,
    Reopened,
    Resumed,
    ReturnExplained,
    RoundApproved,
    RoundRejected,
    RoundStopped,
    ScopingDrafted,
    ScopingReturned,
    SeriousHarmDecided,
    SignedOff,
    SubgroupRecommended,
    SubmissionDrafted,
    Suspended,
    TemplateWritten,
    ThresholdMeetingSet,
    ThresholdSettled,
    Transferred,
    Withdrawn,
)
from mailbot.cases.practice import Practice
from mailbot.cases.rounds import round_title
from mailbot.cases.wording import count, field_name, say_day, say_list, say_moment, sentence_case

SAID = {
    "ACCEPTED": "accepted",
    "TENTATIVE": "tentatively accepted",
    "DECLINED": "declined",
    "DELEGATED": "passed on",
}
PANEL_ANSWERS = {
    "agrees": "it agrees",
    "comments": "it has comments",
    "national_review": "there will be a national review",
}


class Line(NamedTuple):
    """One line of the story."""

    at: datetime
    by: str
    mail: int | None
    sentence: str
    because: str


def story_lines(events: Iterable[AnyEvent], practice: Practice) -> Iterator[Line]:
    """The events in the order in which they happened, letters of one kind that went together on one line."""
    in_order = sorted((e for e in events if not _quiet(e)), key=lambda event: event.at)
    for (at, kind), together in groupby(in_order, key=lambda e: (e.at, e.kind if isinstance(e, LetterSent) else "")):
        group = list(together)
        if kind:
            letters = [event for event in group if isinstance(event, LetterSent)]
            yield Line(at, letters[0].by, None, _sent(letters, practice), "")
        else:
            for event in group:
                yield Line(at, event.by, event.mail, tell(event, practice), event.because)


def _quiet(event: AnyEvent) -> bool:
    """That a clock began is no news: what began it stands beside it."""
    return isinstance(event, ClocksNoted) and not event.moved


def _sent(letters: list[LetterSent], practice: Practice) -> str:
    names = {a.id: a.name for a in practice.directory.agencies}
    people = {p.email: p.name for p in practice.directory.people}
    to = say_list([names.get(x.agency or "") or say_list([people.get(a, a) for a in x.to]) for x in letters])
    kind = letters[0].kind.replace("_", " ")
    return f"Letter sent: {kind} to {to}." if len(letters) == 1 else f"{len(letters)} letters sent: {kind} to {to}."


def tell(event: AnyEvent, practice: Practice) -> str:
    """What happened, in one sentence; `because` stands beside it."""
    names = {a.id: a.name for a in practice.directory.agencies}
    match event:
        case ReferralReceived():
            missing = f"; it lacks {say_list([field_name(f) for f in event.missing])}" if event.missing else ""
            whose = "the local authority" if event.from_la else names.get(event.referrer_agency or "", event.referrer)
            return f"A referral came from {whose} and opened the case under {event.procedure}{missing}."
        case NotificationReceived():
            return "The local authority's notification came."
        case BecameAware():
            return f"The local authority became aware: {say_moment(event.moment, practice.zone)}."
        case PanelNotified():
            return f"The Panel was notified: {say_day(practice.calendar.day_of(event.moment))}."
        case SeriousHarmDecided():
            return f"The local authority {'accepts' if event.accepted else 'does not accept'} serious harm."
        case ScopingDrafted():
            return f"Scoping letters were drafted to {say_list([a.name for a in event.asked])}."
        case ApprovalAsked():
            letters = count(len(event.items), "letter")
            return f"Approval was asked for {round_title(event.round)} ({letters}), until {_until(event, practice)}."
        case FirstApproved():
            return sentence_case(f"{_items(event.items)}{round_title(event.round)}: approved by the first of two.")
        case RoundApproved():
            return sentence_case(f"{_items(event.items)}{round_title(event.round)}: approved.")
        case RoundRejected():
            return sentence_case(f"{_items(event.items)}{round_title(event.round)}: rejected.")
        case RoundStopped():
            return f"The approval of {round_title(event.round)} was taken back."
        case LetterSent():
            return _sent([event], practice)
        case LetterFailed():
            to = f" to {names.get(event.agency, event.agency)}" if event.agency else ""
            return f"Letter refused by the mail server: {event.kind.replace('_', ' ')}{to}."
        case DeliveryFailed():
            return f"Mail to {event.address} ({names.get(event.agency, event.agency)}) came back."
        case AgencyReplied(kind="locked_file"):
            return f"{names.get(event.agency, event.agency)} sent a file that is locked with a password."
        case AgencyReplied():
            return f"{names.get(event.agency, event.agency)} wrote: {event.kind.replace('_', ' ')}."
        case FileUnlocked():
            whose = f" from {names.get(event.agency, event.agency)}" if event.agency else ""
            return f"A locked file{whose} was opened with its password."
        case ScopingReturned():
            lacks = f", lacking {say_list([field_name(m) for m in event.missing])}" if event.missing else ""
            return f"{names.get(event.agency, event.agency)} made a {event.completeness} return{lacks}."
        case ChronologyReceived():
            return f"{names.get(event.agency, event.agency)} sent a chronology of {count(len(event.rows), 'row')}."
        case _:
            return _later(event, practice, names)


def _later(event: AnyEvent, practice: Practice, names: dict[str, str]) -> str:
    match event:
        case LadderStepTaken():
            return f"{names.get(event.agency, event.agency)}: step “{event.step.replace('_', ' ')}” of the ladder."
        case ExtensionGranted():
            return f"{names.get(event.agency, event.agency)} has until {say_day(event.until)}."
        case OfficeTold():
            return f"The office was told: {event.because}."
        case MeetingProposed():
            return f"Days for the meeting were proposed: {say_list([say_day(d) for d in event.days], 'or')}."
        case MeetingSet():
            return f"The meeting was set for {say_moment(event.start, practice.zone)}."
        case MeetingCalledOff():
            return f"The meeting of {say_moment(event.start, practice.zone)} was called off."
        case InvitationAnswered():
            person = practice.directory.person(event.who)
            return f"{person.name if person else event.who} {SAID[event.partstat]} the invitation to the meeting."
        case PackAssembled():
            absent = f", without {say_list([names.get(a, a) for a in event.absent])}" if event.absent else ""
            return (
                f"The pack was put together (version {event.version}, {count(len(event.contents), 'paper')}){absent}."
            )
        case AttendanceRecorded():
            return f"At the meeting were {say_list([p.name for p in event.people])}."
        case ActionAgreed():
            whose = f" ({event.owner})" if event.owner else ""
            by = f", by {say_day(event.due)}" if event.due else ""
            return f"Immediate action agreed: {event.text}{whose}{by}"
        case ActionDone():
            return f"Immediate action {event.number} is done."
        case LearningPointNoted():
            return f"Learning to share at once: {event.text}"
        case CriterionConsidered():
            return f"Criterion “{event.criterion}”: {'met' if event.met else 'not met'}."
        case PanelWrote():
            return "The national Panel wrote."
        case PanelReplied():
            return f"The national Panel replied: {PANEL_ANSWERS[event.answer]}."
        case OutcomeDecided():
            return f"The meeting decided {OUTCOME_NAMES[event.outcome]}."
        case Endorsed():
            return f"The independent chair endorsed the outcome on {say_day(event.on)}."
        case SignedOff():
            return f"{event.who.name} signed off."
        case SubmissionDrafted():
            return f"The Rapid Review Template was drafted (version {event.version})."
        case TemplateWritten():
            return _written(event)
        case GateOverridden():
            return f"The submission was approved with {count(len(event.gaps), 'gap')} in it, which were shown."
        case Withdrawn():
            return "The referral was withdrawn."
        case Closed():
            return "The case was closed."
        case _:
            return _threshold_and_learning(event, practice, names)


def _threshold_and_learning(event: AnyEvent, practice: Practice, names: dict[str, str]) -> str:
    match event:
        case IncidentReported():
            whose = names.get(event.referrer_agency or "", event.referrer)
            if event.from_la:
                return f"Word came from {whose} that it means to notify; its referral form is awaited."
            return f"Word of an incident came from {whose}."
        case ReferralJoined():
            return f"A further referral came from {names.get(event.referrer_agency or '', event.referrer)}."
        case ChildDescribed():
            return f"More was said of the child: {say_list([field_name(f'child_{name}') for name in event.facts])}."
        case FamilyMemberNamed():
            return "Somebody of the family was named."
        case ReturnExplained():
            return f"{names.get(event.agency, event.agency)} makes no return, and why was recorded."
        case IntentionTold():
            return "The local authority told the partnership that it means to notify."
        case LocalAuthorityNamed():
            return f"It is a case of {names.get(event.agency, event.agency)}."
        case MoreTimeWanted():
            until = f", until {say_day(event.until)}" if event.until else ""
            return f"The local authority asked for more time to decide{until}."
        case PartnerAnswered():
            said = {"agree": "agrees", "challenge": "challenges"}[event.answer]
            about = {"threshold": "that there is no serious harm", "learning": "the proposed learning"}[event.topic]
            return f"{event.who.name} {said} {about}."
        case ThresholdMeetingSet():
            return f"The partners meet about the threshold at {say_moment(event.start, practice.zone)}."
        case ThresholdSettled():
            how = "overturned" if event.overturned else "upheld"
            return f"The partners' discussion ended: the local authority's decision is {how}."
        case LearningOpened():
            return "Alternative learning is being considered."
        case LearningProposed():
            return f"Alternative learning was proposed: {event.activity}, led by {event.lead}."
        case LearningDecided():
            by = f", by {say_day(event.due)}" if event.due else ""
            what = f"{event.activity}, led by {event.lead}{by}" if event.activity else "none is needed"
            return f"Alternative learning was decided: {what}."
        case SubgroupRecommended():
            return f"The JCR Group recommended to ESG that {event.group} undertakes it."
        case LearningProgressed():
            due = f" It is due by {say_day(event.due)}." if event.due else ""
            return f"News of the learning activity.{due}"
        case LearningCompleted():
            return "The learning activity is completed."
        case _:
            return _life(event, practice, names)


def _life(event: AnyEvent, practice: Practice, names: dict[str, str]) -> str:
    match event:
        case ExtensionRefused():
            return f"{names.get(event.agency, event.agency)} was not given more time."
        case ChaseStepTaken():
            return f"Step “{event.step.replace('_', ' ')}” of the ladder for {event.of.replace('_', ' ')}."
        case Reopened():
            return "The case was opened again."
        case Suspended():
            return f"The case was suspended{f' until {say_day(event.until)}' if event.until else ''}."
        case Resumed():
            return "The case goes on."
        case Transferred():
            return f"The case was handed over to {event.to}."
        case Merged():
            return f"The case was merged into {event.into}."
        case Absorbed():
            return f"{event.ref} was merged into this case."
        case ClocksNoted():
            return _clocks(event)
        case LatenessExplained():
            return f"Why it was late ({event.clock.replace('_', ' ')}) was recorded."
        case _:
            raise ValueError(f"{event.type} has no sentence in the story")


def _clocks(event: ClocksNoted) -> str:
    """That deadlines moved; which ones, from when to when, stands beside it in `because`."""
    if not event.moved:
        return "Clocks noted."
    return "A deadline moved." if len(event.moved) == 1 else "Deadlines moved."


def _written(event: TemplateWritten) -> str:
    """What the template that was given back brought, by the names of its parts; the words stand in the file."""
    brought = [field_name(name) for name in (*event.answers, *event.tables)]
    what = f", with {say_list(brought)}" if brought else ", with nothing new that could be read"
    paper = "decision sheet" if event.because == IN_THE_SHEET else "Rapid Review Template"
    return f"The {paper} came back{what}."


def _items(items: tuple[int, ...] | None) -> str:
    return "" if items is None else f"Items {', '.join(map(str, items))} of "


def _until(event: ApprovalAsked, practice: Practice) -> str:
    return say_day(practice.calendar.day_of(event.expires))
