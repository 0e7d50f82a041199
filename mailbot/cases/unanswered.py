"""Which of the things that the business unit was asked still wait for a person, and since when.

A question is answered by what the record says now, never by a mark of its own: whoever records the meeting's time has
answered the question for it, whichever way that was done.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import NamedTuple

from mailbot.cases.asking import gone_agencies, whom_to_ask
from mailbot.cases.case import Case
from mailbot.cases.clocks import EXPLAINED
from mailbot.cases.coming import lacking
from mailbot.cases.deadlines import obligations
from mailbot.cases.deciders import authority_of
from mailbot.cases.events import AnyEvent, OfficeTold
from mailbot.cases.ladder import RETURNS_WAITED_FOR
from mailbot.cases.not_sent import is_missing
from mailbot.cases.practice import Practice
from mailbot.cases.signing import unsigned
from mailbot.cases.stages import OPEN

_TOPIC = re.compile(r"(?P<name>[a-z_-]*?[a-z])(?:-(?P<number>\d+))?(?:/(?P<rest>.*))?", re.DOTALL)
SCOPED = ("scoping", "pack_ready")


class Topic(NamedTuple):
    """What the office was told, as tell_office names it: `after-meeting-2`, `bounce/police/spoc@police.example`."""

    name: str
    number: int
    rest: str


class Question(NamedTuple):
    """One thing that waits for a person."""

    topic: str
    title: str
    since: datetime


Waits = Callable[[Case, Topic, Practice], bool]


def _at(*stages: str, also: Callable[[Case], bool] = lambda case: True) -> Waits:
    return lambda case, topic, practice: case.stage in stages and also(case)


def _no_clock_anchor(case: Case) -> bool:
    return case.aware_at is None or case.notified_at is None


def _unreachable(case: Case, topic: Topic, practice: Practice) -> bool:
    wanted = [practice.directory.agency(a.agency) for a in whom_to_ask(case, practice.directory)]
    return case.stage in SCOPED and any(a and not a.spoc and a.id not in case.requests for a in wanted)


def _owes(case: Case, topic: Topic, practice: Practice) -> bool:
    """Whether the agency that the topic names still owes its return."""
    request = case.requests.get(topic.rest.partition("/")[0])
    return case.stage in RETURNS_WAITED_FOR and request is not None and not request.completeness


def _bounced(case: Case, topic: Topic, practice: Practice) -> bool:
    request = case.requests.get(topic.rest.partition("/")[0])
    return request is not None and request.undeliverable and _owes(case, topic, practice)


def _more_time_wanted(case: Case, topic: Topic, practice: Practice) -> bool:
    """Whether an agency asked for time that nobody gave or refused, and has returned nothing since."""
    return case.stage in SCOPED and any(
        r.extension_asked_at and not (r.extension_refused or r.completeness) for r in case.requests.values()
    )


def _reason_wanted(case: Case, topic: Topic, practice: Practice) -> bool:
    """A clock that was met too late, whose reason the submission should state. One that still runs is late itself."""
    clock_id = topic.rest.partition("/")[0]
    clocks = obligations(case, practice.procedure_of(case), practice.calendar)
    late = [c.id for c in clocks if c.due and c.met and c.met > c.due and c.id in EXPLAINED]
    return clock_id in late and clock_id not in case.lateness and case.submitted_at is None


def _unchallenged(case: Case) -> bool:
    """Whether the partners neither challenge the local authority's "no" nor meet about it."""
    challenged = any((a.topic, a.answer) == ("threshold", "challenge") for a in case.partner_answers)
    return case.threshold_meeting_at is None and not challenged


def _learning_due(case: Case, topic: Topic, practice: Practice) -> bool:
    learning = case.learning
    due = date.fromisoformat(topic.rest.partition("/")[0]) if learning else None
    return case.stage == "learning_decided" and bool(learning and not learning.completed_at and learning.due == due)


WAITS_WHILE: dict[str, Waits] = {
    "after-meeting": lambda case, topic, _: (
        case.stage in (*SCOPED, "meeting_held")
        and topic.number == case.meeting_sequence
        and not case.outcome
        and (case.quorate or not case.attendance)
    ),
    "bounce": _bounced,
    "decision-needed": _at("meeting_held", also=lambda case: not case.outcome),
    "discussion-lacks": _at("partner_discussion"),
    "endorsement": _at("sign_off", also=lambda case: case.endorsed_on is None),
    "extension_request": _more_time_wanted,
    "form-of-the-referrer": _at("referral_awaited"),
    "gone": lambda case, topic, practice: (
        case.stage in OPEN and topic.rest in [r.agency for r in gone_agencies(case, practice.directory)]
    ),
    "incident-read": _at(
        "la_deciding",
        "referral_awaited",
        "referral_received",
        *SCOPED,
        also=lambda case: case.aware_at is None,
    ),
    "la-decision": _at("la_deciding"),
    "learning-day": _at(
        "learning_decided",
        also=lambda case: bool(case.learning and not (case.learning.due or case.learning.completed_at)),
    ),
    "learning-decision": _at("learning_considered"),
    "learning-ended": _at("learning_decided"),
    "learning-late": _learning_due,
    "learning-proposal": _at(
        "learning_considered", also=lambda case: bool(case.learning and not case.learning.proposed_at)
    ),
    "learning-silent": _at("learning_considered"),
    "learning-soon": _learning_due,
    "locked": lambda case, topic, _: any(r.paused for r in case.requests.values()),
    "look-again": lambda case, topic, _: (
        case.stage == "suspended" and topic.rest.partition("/")[0] == str(case.suspended_until)
    ),
    "may-be-closed": _at("submitted"),
    "may-be-closed-without-a-reply": _at("submitted"),
    "meeting-date": _at(*SCOPED, also=lambda case: case.meeting_at is None),
    "meeting-date-needed": _at(*SCOPED, also=lambda case: case.meeting_at is None),
    "missed": _reason_wanted,
    "more-time": _at("la_deciding", also=lambda case: case.la_more_time and case.la_more_time_until is None),
    "no-address": _unreachable,
    "no-further-action": _at("harm_not_accepted"),
    "no-jcr-chair": _at("learning_decided", also=lambda case: bool(case.learning and not case.learning.subgroup)),
    "nobody-attends": _at("pack_ready", also=lambda case: not any(r.startswith("pack-") for r in case.rounds)),
    "nobody-decides": _at("la_deciding", also=lambda case: case.la_asked_at is None),
    "nobody-to-ask": _at("referral_received"),
    "nobody-to-ask-about-learning": _at("learning_considered"),
    "nobody-to-chase": _at("la_deciding", "referral_awaited"),
    "nobody-to-escalate-to": _owes,
    "not-asked": _at("la_deciding", also=lambda case: case.la_asked_at is None),
    "quorum-anew": _at(*RETURNS_WAITED_FOR, also=lambda case: case.la != case.attendance_la),
    "quorum-at-risk": lambda case, topic, practice: (
        case.stage in SCOPED
        and topic.number == case.meeting_sequence
        and topic.rest.partition("/")[0] in lacking(case, practice)
    ),
    "not-quorate": lambda case, topic, _: (
        case.stage in SCOPED and topic.number == case.meeting_sequence and not case.quorate
    ),
    "not-sent": lambda case, topic, _: is_missing(case, topic.rest),
    "not-signed": _at("sign_off", also=lambda case: bool(unsigned(case))),
    "notification": _at("la_deciding", "partner_discussion"),
    "panel": _at("submitted", "learning_considered", "learning_decided", also=lambda case: not case.panel_reply),
    "referral-read": _at("referral_received", *SCOPED, "meeting_held", "sign_off", also=_no_clock_anchor),
    "resume-first": _at("suspended"),
    "secure_wrapper": lambda case, topic, _: any(r.paused for r in case.requests.values()),
    "subgroup": _at(
        "learning_decided",
        also=lambda case: bool(case.learning and case.learning.agreed and not case.learning.subgroup),
    ),
    "threshold-agreed": _at("partner_discussion", also=_unchallenged),
    "threshold-challenged": _at(
        "partner_discussion", also=lambda case: case.threshold_meeting_at is None and not _unchallenged(case)
    ),
    "threshold-met": lambda case, topic, _: (
        case.stage == "partner_discussion" and f"{case.threshold_meeting_at:%Y%m%dT%H%M}" == topic.rest
    ),
    "threshold-not-asked": _at("partner_discussion", also=_unchallenged),
    "threshold-silent": _at("partner_discussion", also=_unchallenged),
    "unsigned": _at("sign_off", also=lambda case: bool(unsigned(case))),
    "whose-case": lambda case, topic, practice: (
        case.stage == "la_deciding" and authority_of(case, practice.directory) is None
    ),
}
"""What the office is asked, and while what it still waits for an answer."""
NEWS = frozenset(
    {
        "acknowledge",
        "another-time",
        "away",
        "by-hand",
        "clocks-moved",
        "decision-sheet",
        "doubts",
        "former-cases",
        "hand-over",
        "late-answer",
        "learning-told-by-hand",
        "merged",
        "named-by",
        "named-by-referral",
        "panel-reply",
        "question",
        "refused",
        "reopened",
        "second-approval",
        "several",
        "soon",
        "stand-in",
        "tell-referrer",
        "thank",
        "unclear",
    }
)
"""What the office is told once; nothing in the record says whether it acted on it."""


def topic_of(text: str) -> Topic:
    """A topic taken apart. Raises ValueError for one that is not written as topics are."""
    found = _TOPIC.fullmatch(text)
    if found is None:
        raise ValueError(f"{text} is not a topic: it begins with a name in small letters")
    return Topic(found["name"], int(found["number"] or 0), found["rest"] or "")


def unanswered(case: Case, events: Iterable[AnyEvent], practice: Practice) -> tuple[Question, ...]:
    """What the office was asked and has not answered, oldest first; asked again, it counts from the first time."""
    told: dict[str, Question] = {}
    for event in events:
        if isinstance(event, OfficeTold) and waits(case, event.topic, practice):
            first = told.get(event.because)
            since = first.since if first else event.at
            told[event.because] = Question(event.topic, event.because, since)
    return tuple(sorted(told.values(), key=lambda question: question.since))


def waits(case: Case, topic: str, practice: Practice) -> bool:
    """Whether what the office was told under this topic still waits for a person."""
    asked = topic_of(topic)
    still = WAITS_WHILE.get(asked.name)
    return still is not None and still(case, asked, practice)
