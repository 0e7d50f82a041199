"""Whether it is serious harm: the local authority's and the partners' word, recorded by a person."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from mailbot.cases import discussion, threshold
from mailbot.cases.case import Case
from mailbot.cases.decisions import Decision
from mailbot.cases.events import IntentionTold, LocalAuthorityNamed, ThresholdMeetingSet
from mailbot.cases.partners import Topic, on_partner_answer
from mailbot.cases.practice import Practice
from mailbot.cases.recording.said import Reader, Said, day_of, far_ahead, moment_of, one, only, past
from mailbot.cases.wording import say_day, say_moment
from mailbot.errors import NotAllowedNow, UsageProblem

REVIEWED = ("scoping", "pack_ready", "meeting_held", "sign_off", "submitted")
"""Stages at which the Rapid Review goes on: the local authority's word ends it no more."""

AFTER_THE_REVIEW = ("learning_considered", "learning_decided")
"""Stages from which an acceptance brings the review back, unless it has been submitted already."""
FORM_FIRST = ("referral_awaited", "referral_received")
"""Stages at which the review begins with the form, whatever the authority says, where the procedure has it so."""


def _serious_harm(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    answer = only(said, "yes or no").casefold()
    if answer not in ("yes", "no"):
        raise UsageProblem(f"serious-harm is yes or no, not {answer}.")
    if answer == "yes" and case.submitted_at and case.stands_at in AFTER_THE_REVIEW:
        submitted = say_day(practice.calendar.day_of(case.submitted_at))
        raise NotAllowedNow(
            f"{case.ref}: its Rapid Review went to the Panel on {submitted}, so an acceptance of serious harm begins "
            "no other. If another incident is meant, open a case of its own."
        )
    if why_not := _why_not(case, answer == "yes", practice):
        raise NotAllowedNow(f"{case.ref}: {why_not}")
    because = said.why or "the local authority's answer, told to the office"
    return threshold.harm_decided(case, answer == "yes", said.by, said.at, because, None, practice, now)


def _why_not(case: Case, accepted: bool, practice: Practice) -> str:
    """Why this answer of the local authority's is not recorded, and what to do; empty where the table speaks."""
    withdraw = f'mailbot record {case.ref} withdrawn --why "REASON"'
    if accepted:
        since = _day(case.accepted_at, practice)
        return f"serious harm is accepted already, since {since}. Nothing was recorded." if since else ""
    if case.threshold_overturned:
        return (
            f"the partners overturned the local authority's “no” on {_day(case.threshold_settled_at, practice)}, and "
            f"that stands. If no review is wanted after all: {withdraw}."
        )
    if case.stands_at in REVIEWED:
        return (
            "the Rapid Review has begun, and the local authority's “no” does not end it. The meeting may decide that "
            f"nothing follows (outcome none); if no review is wanted after all: {withdraw}."
        )
    any_referral = practice.procedure_of(case).scoping_trigger == "on_referral"
    if any_referral and case.stands_at in FORM_FIRST and not threshold.own_incident(case, practice):
        return (
            "under this procedure any agency's referral begins the Rapid Review, and the local authority's “no” does "
            f"not stop it. If no review is wanted after all: {withdraw}."
        )
    if case.serious_harm is False and case.serious_harm_at:
        return f"the local authority said so on {_day(case.serious_harm_at, practice)}. Nothing was recorded."
    return ""


def _day(moment: datetime | None, practice: Practice) -> str:
    return say_day(practice.calendar.day_of(moment)) if moment else ""


def _more_time(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    if case.stands_at != "la_deciding":
        raise NotAllowedNow(f"{case.ref} does not wait for the local authority's decision on serious harm.")
    until = day_of(said.values) if said.values else None
    if until is not None and practice.calendar.close_of(until) < now:
        raise UsageProblem(f"{say_day(until)} is past: more time needs a day to come.")
    given = f"the local authority has until {say_day(until)}" if until else "the local authority asks for more time"
    because = (said.why or given) + (far_ahead(until, said, practice, now) if until else "")
    return threshold.more_time(case, until, said.by, said.at, because, None, practice, now)


def _la(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    agency = practice.directory.agency(only(said, "the id of a local authority"))
    if agency is None or agency.partner != "local_authority":
        known = ", ".join(a.id for a in practice.directory.agencies if a.partner == "local_authority")
        raise UsageProblem(f"{said.values[0]} is no local authority of config/agencies.toml. These are: {known}.")
    because = said.why or f"it is a case of {agency.name}"
    named = LocalAuthorityNamed(at=said.at, by=said.by, because=because, agency=agency.id)
    return threshold.name_authority(case, named, now, practice)


def _partner_answer(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    topics: dict[str, Topic] = {"partner_discussion": "threshold", "learning_considered": "learning"}
    if case.stands_at not in topics:
        raise NotAllowedNow(f"{case.ref}: the partners are not discussing anything at stage {case.stage}.")
    if len(said.values) != 2 or said.values[1].casefold() not in ("agree", "challenge"):
        raise UsageProblem("partner-answer needs an address and the answer: partner-answer EMAIL agree|challenge.")
    answer: Literal["agree", "challenge"] = "agree" if said.values[1].casefold() == "agree" else "challenge"
    topic = topics[case.stands_at]
    return on_partner_answer(case, said.values[0], topic, answer, said.why, None, said.by, said.at, practice)


def _meeting(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    if case.stage != "partner_discussion":
        raise NotAllowedNow(f"{case.ref}: the partners are not discussing the threshold at stage {case.stage}.")
    start = moment_of(said, practice)
    if "T" not in said.values[0] and " " not in said.values[0]:
        raise UsageProblem(f"A meeting needs a time of day too: write it as {said.values[0]}T10:00.")
    if start < now and said.at >= now:
        raise UsageProblem(f"{say_moment(start, practice.zone)} is past. Give --at to record what happened earlier.")
    because = said.why or f"the partners meet at {say_moment(start, practice.zone)}"
    return discussion.meeting_set(
        case, ThresholdMeetingSet(at=said.at, by=said.by, because=because, start=start), now, practice
    )


def _threshold(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    if case.stage != "partner_discussion":
        raise NotAllowedNow(f"{case.ref}: the partners are not discussing the threshold at stage {case.stage}.")
    end = only(said, "upheld or overturned").casefold()
    if end not in ("upheld", "overturned"):
        raise UsageProblem(f"threshold is upheld or overturned, not {end}.")
    if not said.why:
        raise UsageProblem("The partners and the referring agency are told the reason: give it with --why.")
    return discussion.settle(case, end == "overturned", said.by, said.at, said.why, practice, now)


def _intention(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    """The local authority means to notify; `at` is when it said so."""
    moment = past(said, practice, now)
    return one(IntentionTold(at=moment, by=said.by, because=said.why or "recorded"))


FACTS: dict[str, Reader] = {
    "la": _la,
    "intention": _intention,
    "serious-harm": _serious_harm,
    "more-time": _more_time,
    "partner-answer": _partner_answer,
    "threshold-meeting": _meeting,
    "threshold": _threshold,
}
