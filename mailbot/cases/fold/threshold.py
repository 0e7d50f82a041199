"""Whether it is serious harm: the local authority's decision and the partners' discussion of it."""

from __future__ import annotations

from mailbot.cases.case import Case, PartnerAnswer
from mailbot.cases.events import (
    MoreTimeWanted,
    PartnerAnswered,
    SeriousHarmDecided,
    ThresholdMeetingSet,
    ThresholdSettled,
)
from mailbot.cases.fold.changes import Changers, Changes


def _decided(case: Case, event: SeriousHarmDecided) -> Changes:
    discussed = {} if event.accepted or event.own else _to_discuss(case)
    return discussed | {
        "serious_harm": event.accepted,
        "serious_harm_at": event.at,
        "serious_harm_reason": event.because,
        "la_more_time": False,
    }


def _to_discuss(case: Case) -> Changes:
    """What was said, set and asked about an earlier "no" does not count for a new one."""
    return {
        "discussions": case.discussions + 1,
        "partner_answers": tuple(a for a in case.partner_answers if a.topic != "threshold"),
        "partners_asked": {topic: at for topic, at in case.partners_asked.items() if topic != "threshold"},
        "threshold_meeting_at": None,
    }


def _answered(case: Case, event: PartnerAnswered) -> Changes:
    """Each person's last word counts."""
    answer = PartnerAnswer(topic=event.topic, who=event.who, answer=event.answer, reason=event.because, at=event.at)
    others = tuple(a for a in case.partner_answers if (a.topic, a.who.email) != (event.topic, event.who.email))
    return {"partner_answers": (*others, answer)}


def _settled(case: Case, event: ThresholdSettled) -> Changes:
    return {
        "threshold_overturned": event.overturned,
        "threshold_settled_at": event.at,
        "threshold_reason": event.because,
        "serious_harm": True if event.overturned else case.serious_harm,
    }


CHANGES: Changers = {
    SeriousHarmDecided: _decided,
    MoreTimeWanted: lambda _, event: {"la_more_time": True, "la_more_time_until": event.until},
    PartnerAnswered: _answered,
    ThresholdMeetingSet: lambda _, event: {"threshold_meeting_at": event.start},
    ThresholdSettled: _settled,
}
