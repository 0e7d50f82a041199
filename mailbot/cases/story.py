"""A case's story in sentences: what happened, when, by whom and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from mailbot.cases.events import (
    OUTCOME_NAMES,
    ActionAgreed,
    AgencyReplied,
    AnyEvent,
    ApprovalAsked,
    AttendanceRecorded,
    BecameAware,
    ChronologyReceived,
    Closed,
    DeliveryFailed,
    Endorsed,
    ExtensionGranted,
    FileUnlocked,
    LadderStepTaken,
    LetterFailed,
    LetterSent,
    MeetingProposed,
    MeetingSet,
    NotificationReceived,
    OfficeTold,
    OutcomeDecided,
    PackAssembled,
    PanelNotified,
    ReferralReceived,
    RoundApproved,
    RoundRejected,
    RoundStopped,
    ScopingDrafted,
    ScopingReturned,
    SeriousHarmDecided,
    SignedOff,
    SubmissionDrafted,
    Withdrawn,
)
from mailbot.cases.practice import Practice
from mailbot.cases.rounds import round_title
from mailbot.cases.wording import count, field_name, say_day, say_list, say_moment, sentence_case


class Line(NamedTuple):
    """One line of the story."""

    at: datetime
    by: str
    mail: int | None
    sentence: str
    because: str


def story_lines(events: Iterable[AnyEvent], practice: Practice) -> Iterator[Line]:
    """The events in the order in which they happened, letters of one kind that went together on one line."""
    in_order = sorted(events, key=lambda event: event.at)
    for (at, kind), together in groupby(in_order, key=lambda e: (e.at, e.kind if isinstance(e, LetterSent) else "")):
        group = list(together)
        if kind:
            letters = [event for event in group if isinstance(event, LetterSent)]
            yield Line(at, letters[0].by, None, _sent(letters, practice), "")
        else:
            for event in group:
                yield Line(at, event.by, event.mail, tell(event, practice), event.because)


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
        case PackAssembled():
            absent = f", without {say_list([names.get(a, a) for a in event.absent])}" if event.absent else ""
            return (
                f"The pack was put together (version {event.version}, {count(len(event.contents), 'paper')}){absent}."
            )
        case AttendanceRecorded():
            return f"At the meeting were {say_list([p.name for p in event.people])}."
        case ActionAgreed():
            return f"Immediate action agreed: {event.text}"
        case OutcomeDecided():
            return f"The meeting decided {OUTCOME_NAMES[event.outcome]}."
        case Endorsed():
            return f"The independent chair endorsed the outcome on {say_day(event.on)}."
        case SignedOff():
            return f"{event.who.name} signed off."
        case SubmissionDrafted():
            return f"The Rapid Review Template was drafted (version {event.version})."
        case Withdrawn():
            return "The referral was withdrawn."
        case Closed():
            return "The case was closed."
        case _:
            raise ValueError(f"{event.type} has no sentence in the story")


def _items(items: tuple[int, ...] | None) -> str:
    return "" if items is None else f"Items {', '.join(map(str, items))} of "


def _until(event: ApprovalAsked, practice: Practice) -> str:
    return say_day(practice.calendar.day_of(event.expires))
