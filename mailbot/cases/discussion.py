"""The partners' discussion of the local authority's "no": asked by email, challenged, met about, settled by a person.

Flow chart: "Email discussion between 3 Partner reps & Partnership Manager. Possible challenge to decision (regarding
Serious Harm threshold) Virtual meeting convened if necessary".
"""

from __future__ import annotations

from datetime import datetime, timedelta

from mailbot.cases import letters, rounds
from mailbot.cases.attending import partner_leads
from mailbot.cases.case import Case, PartnerAnswer
from mailbot.cases.deadlines import clock_of
from mailbot.cases.decisions import Decision, SendLetter
from mailbot.cases.directory import PARTNER_NAMES, PARTNERS, Person
from mailbot.cases.events import ThresholdMeetingSet, ThresholdSettled
from mailbot.cases.letters.threshold import News
from mailbot.cases.partners import answer_of, chase_partners, partners_to_ask
from mailbot.cases.practice import Practice
from mailbot.cases.questions import tell_office
from mailbot.cases.stages import apply
from mailbot.cases.threshold import (
    addressees,
    authority_of,
    form_awaited,
    no_longer_asked,
    tell_of_decision,
)
from mailbot.cases.wording import count, say_list, say_moment

ENQUIRIES, MEETINGS = "partners-threshold-", "threshold_meeting-"
"""How the rounds of this part begin: the question to the partners, and the invitations to their meeting."""
MEETING_DAYS = 2
"""Working days within which the partners meet about a challenge: domain, "must not eat the 5 working days"."""
LASTS = timedelta(hours=1)
"""After the meeting's hour the office is asked what it decided."""


def ask_partners(case: Case, now: datetime, practice: Practice) -> Decision:
    """The local authority's "no" goes to the three partners' leads and the Partnership Manager, for release."""
    # A case that came here before discussions were counted has its first.
    number = max(case.discussions, 1)
    round_id = f"{ENQUIRIES}{number}"
    if case.stage != "partner_discussion" or round_id in case.rounds:
        return Decision()
    people = partners_to_ask(case, practice)
    decision = _say_who_is_missing(case, people, now, practice)
    if not people:
        return decision
    step = f"ask-{number}" if number > 1 else "ask"
    drafts = rounds.numbered([letters.partner_enquiry(case, p, practice, now, step) for p in people], round_id)
    title = f"{count(len(drafts), 'letter')} asking the partners whether they agree that it is not serious harm"
    because = practice.procedure_of(case).sentence("partner_discussion") or "the partners discuss the decision"
    return decision.and_then(rounds.ask(case, round_id, drafts, title, practice, now, because))


def chase_answers(case: Case, now: datetime, practice: Practice) -> Decision:
    """Those who were asked and have not answered are asked again, on the ladder of the clock partner_answers."""
    if case.stage != "partner_discussion":
        return Decision()

    def again(person: Person, step: str, due: datetime) -> SendLetter:
        return letters.partner_enquiry(case, person, practice, now, step, due)

    return chase_partners(case, "threshold", _due(case, practice), again, now, practice)


def follow_discussion(case: Case, now: datetime, practice: Practice) -> Decision:
    """What the answers ask of a person: call a meeting, confirm the decision, or close it without the silent."""
    if case.stage != "partner_discussion":
        return Decision()
    people = partners_to_ask(case, practice)
    silent = not_yet_answered(case, practice)
    decision = Decision()
    if challenges := _challenges(case):
        decision = _call_meeting(case, challenges, now, practice)
    if case.threshold_meeting_at is not None:
        return decision.and_then(_after_meeting(case, case.threshold_meeting_at, now, practice))
    if challenges:
        return decision
    asked = rounds.beginning(case, ENQUIRIES)
    if asked and asked[-1].state == "rejected":
        said = f"The letters to the partners were rejected ({asked[-1].why}). Ask them yourself, and record the end."
        return _ask_to_settle(
            case, f"threshold-not-asked/{asked[-1].id}", "How does it go on?", [said], now, practice
        )
    if people and not silent:
        said = f"{say_list([p.name for p in people])} agree that it is not serious harm. Please confirm it."
        title = "The partners agree: please confirm the decision"
        topic = f"threshold-agreed/{case.discussions}/{len(_answers(case))}"
        return _ask_to_settle(case, topic, title, [said], now, practice)
    due = _due(case, practice)
    if due is None or "threshold" not in case.partners_asked or now <= due:
        return Decision()
    said = f"Not answered by {say_moment(due, practice.zone)}: {say_list(silent)}."
    more = "The Partnership Manager may close the discussion without them, with the reason."
    title = "The partners have not all answered"
    topic = f"threshold-silent/{practice.calendar.day_of(due).isoformat()}"
    return _ask_to_settle(case, topic, title, [said, more], now, practice)


def not_yet_answered(case: Case, practice: Practice) -> list[str]:
    """The names of those whose answer about the threshold is still to come."""
    return [p.name for p in partners_to_ask(case, practice) if answer_of(case, "threshold", p) is None]


LOOKS = (ask_partners, chase_answers, follow_discussion)
"""What a review looks for in this part of the procedure, in order."""


def meeting_set(case: Case, meeting: ThresholdMeetingSet, now: datetime, practice: Practice) -> Decision:
    """A person set the virtual meeting: the leads, the Partnership Manager and who decides in the LA are invited."""
    decision = Decision(case=case.ref, version=case.version, events=(meeting,), because=(meeting.because,))
    decision = decision.and_then(rounds.set_aside(case, (MEETINGS,), ("notice",), now, "it was set anew"))
    after = apply(case, meeting)
    la = authority_of(case, practice)
    addresses = [*(p.email for p in partners_to_ask(case, practice)), *(addressees(la, practice) if la else ())]
    number = len(rounds.beginning(case, MEETINGS)) + 1
    round_id = f"{MEETINGS}{number}"
    notices = [letters.notice(after, a, practice, now, "meeting", str(number)) for a in dict.fromkeys(addresses)]
    if not notices:
        return decision
    title = f"{count(len(notices), 'invitation')} to the partners' virtual meeting"
    drafts = rounds.numbered(notices, round_id)
    because = practice.procedure_of(case).sentence("partner_discussion") or meeting.because
    return decision.and_then(rounds.ask(after, round_id, drafts, title, practice, now, because, go_by=meeting.start))


def settle(
    case: Case, overturned: bool, by: str, at: datetime, because: str, practice: Practice, now: datetime
) -> Decision:
    """A person says how it ended. Overturned, the case goes the way of accepted harm; upheld, learning is considered.

    Who has not answered is said in the reason. Everybody who took part, and the referring agency, hears of it.
    """
    silent = not_yet_answered(case, practice)
    reason = f"{because} (without an answer from {say_list(silent)})" if silent else because
    settled = ThresholdSettled(
        at=at,
        by=by,
        because=reason,
        overturned=overturned,
        form_awaited=overturned and form_awaited(case, practice),
    )
    decision = Decision(case=case.ref, version=case.version, events=(settled,), because=(reason,))
    decision = decision.and_then(no_longer_asked(case, now, "the partners' discussion is settled"))
    after = apply(case, settled)
    news: News = "overturned" if overturned else "upheld"
    decision = decision.and_then(tell_of_decision(after, news, because, now, practice))
    return decision.and_then(_tell_authority(after, overturned, because, now, practice))


def _tell_authority(case: Case, overturned: bool, because: str, now: datetime, practice: Practice) -> Decision:
    """Those who were asked in the local authority hear what became of their decision."""
    la = authority_of(case, practice)
    if la is None or case.la_asked_at is None:
        return Decision()
    told = {p.email.casefold() for p in partner_leads(case, practice)}
    news: News = "overturned" if overturned else "upheld"
    return Decision(
        actions=tuple(
            letters.notice(case, a, practice, now, news, str(case.version), because)
            for a in addressees(la, practice)
            if a.casefold() not in told
        )
    )


def _call_meeting(case: Case, challenges: list[PartnerAnswer], now: datetime, practice: Practice) -> Decision:
    hide, calendar = practice.pseudonyms(case), practice.calendar
    today = calendar.day_of(now)
    days = [calendar.sending_day(calendar.add(today, n)) for n in range(1, MEETING_DAYS + 1)]
    start = practice.procedure_of(case).meeting.start
    said = [f"{a.who.name}: {hide(a.reason)}" for a in challenges]
    meeting = case.threshold_meeting_at
    wanted = "Please agree a time within the next two working days and record it; the invitations are drafted then."
    if meeting:
        wanted = f"The partners' meeting is set for {say_moment(meeting, practice.zone)}: please bring this to it."
    latest = max(a.at for a in challenges)
    return tell_office(
        case,
        now,
        practice,
        f"threshold-challenged/{latest:%Y%m%dT%H%M%S}/{'+'.join(sorted(a.who.email for a in challenges))}",
        "A partner challenges the decision" + ("" if meeting else ": please call a virtual meeting"),
        [
            *said,
            f"{wanted} If it is settled by email, record how it ended.",
            practice.procedure_of(case).sentence("partner_discussion"),
        ],
        [
            *(f"mailbot record {case.ref} threshold-meeting {d}T{start} --as YOU" for d in dict.fromkeys(days)),
            *_settle_commands(case),
        ],
    )


def _after_meeting(case: Case, start: datetime, now: datetime, practice: Practice) -> Decision:
    if now < start + LASTS:
        return Decision()
    said = f"The partners met at {say_moment(start, practice.zone)}. Does the local authority's decision stand?"
    topic = f"threshold-met/{start:%Y%m%dT%H%M}"
    return _ask_to_settle(case, topic, "What did the partners' meeting decide?", [said], now, practice)


def _ask_to_settle(
    case: Case, topic: str, title: str, paragraphs: list[str], now: datetime, practice: Practice
) -> Decision:
    return tell_office(case, now, practice, topic, title, paragraphs, _settle_commands(case))


def _settle_commands(case: Case) -> list[str]:
    return [f'mailbot record {case.ref} threshold {end} --why "REASON" --as YOU' for end in ("upheld", "overturned")]


def _say_who_is_missing(case: Case, people: tuple[Person, ...], now: datetime, practice: Practice) -> Decision:
    there = {p.partner for p in people if p.role == "partner_lead"}
    absent = [f"a partner_lead of {PARTNER_NAMES[p]}" for p in PARTNERS if p not in there]
    if not any(p.role == "partnership_manager" for p in people):
        absent.append("a partnership_manager")
    if not absent:
        return Decision(case=case.ref)
    paragraphs = [
        f"config/people.toml names no {say_list(absent, 'or')}, so nobody of theirs is asked. Ask them yourself."
    ]
    title = "The partners' discussion lacks somebody"
    return tell_office(case, now, practice, "discussion-lacks", title, paragraphs, _settle_commands(case))


def _challenges(case: Case) -> list[PartnerAnswer]:
    return [a for a in _answers(case) if a.answer == "challenge"]


def _answers(case: Case) -> list[PartnerAnswer]:
    return [a for a in case.partner_answers if a.topic == "threshold"]


def _due(case: Case, practice: Practice) -> datetime | None:
    clock = clock_of(case, "partner_answers", practice.procedure_of(case), practice.calendar)
    return clock.due if clock else None
