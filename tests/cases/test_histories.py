"""Whatever happens to a case, in whatever order, over the whole procedure: nothing forgotten, nothing sent wrongly.

No letter goes twice, none before a person, none on a closed day; no clock runs out in silence; no agency that owes
something is left alone; no open case is without a next step; and the events alone make the same case again.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mailbot.cases import arrivals, bounced, incidents, joining, rounds
from mailbot.cases.chasing import review
from mailbot.cases.clocks import WARNED, WARNED_WHEN_MISSED
from mailbot.cases.deadlines import obligations, return_due
from mailbot.cases.digest import HeldMails, Open, sections
from mailbot.cases.events import ChaseStepTaken, LadderStepTaken, LetterSent, RoundApproved
from mailbot.cases.glance import glance
from mailbot.cases.recording import Said, record
from mailbot.cases.stages import OPEN, replay
from mailbot.cases.unanswered import NEWS, WAITS_WHILE, topic_of
from mailbot.errors import NotAllowedNow, UsageProblem
from tests.builders import (
    AGENCIES,
    CHILD,
    CHRONOLOGY,
    FLOW_CHART,
    H01,
    LEADS,
    MANAGER,
    MOTHER,
    PEOPLE,
    REF,
    at,
    came,
    closed_on,
    practice,
    referral_form,
    return_form,
)
from tests.cases.desk import Desk

ASKED = st.sampled_from(["council", "police", "health", "schools", "housing"])
ALWAYS_APPROVED = (
    *("scoping", "escalation", "invitation", "pack", "submission", "outcome", "panel_decision"),
    *("threshold_decision", "learning_decision", "subgroup_request", "case_news"),
)
"""Kinds that go only in a round that a person released."""
ANSWERS_A_SENDER = ("acknowledgement", "thanks", "reask", "extension")
"""Kinds that may go by themselves to whoever wrote."""
TO_THE_OFFICE = ("question", "warning", "approval_request", "digest")
CLOSURES = ("Tue 9 Jun 2026", "Fri 12 Jun 2026", "Tue 29 Dec 2026")
BEGINNINGS = (
    "Mon 1 Jun 2026 9:12",
    "Fri 29 May 2026 18:40",
    "Thu 22 Oct 2026 15:00",
    "Thu 17 Dec 2026 11:30",
    "Sat 26 Dec 2026 10:00",
    "Tue 23 Mar 2027 9:00",
)
"""A Monday, a Friday evening, before the clocks go back, before and in Christmas, before Easter and summer time."""
REVIEWED = ("referred", "scoped", "all back", "decided", "submitted")
REPORTED = ("told", "refused", "upheld")
"""How far a case has come when the random part begins: from a referral form, from word without a form."""
OUTCOMES = ("national_review", "local_review", "alternative_learning", "none")
NEXT: dict[str, tuple[tuple[str, ...], ...]] = {
    "la_deciding": (
        ("serious-harm", "yes"),
        ("serious-harm", "no"),
        ("more-time",),
        ("more-time", "DAY"),
        ("la", "council"),
    ),
    "partner_discussion": (
        *(("partner-answer", who, "agree") for who in (*LEADS, MANAGER)),
        ("partner-answer", LEADS[1], "challenge"),
        ("threshold-meeting", "SOON"),
        ("threshold", "upheld"),
        ("threshold", "overturned"),
        ("serious-harm", "yes"),
    ),
    "referral_awaited": (("serious-harm", "no"), ("notified", "PAST")),
    "referral_received": (("serious-harm", "no"), ("serious-harm", "yes"), ("scoping", "schools")),
    "harm_not_accepted": (("learning-considered",), ("serious-harm", "yes"), ("closed",)),
    "scoping": (
        ("meeting", "SOON"),
        ("attendance", *LEADS),
        ("attendance", *LEADS[:2]),
        ("extension", "police", "DAY"),
        ("extension-refused", "police"),
        ("nil", "health"),
        ("scoping", "schools"),
        ("scoping", "police", "housing"),
    ),
    "pack_ready": (("meeting", "SOON"), ("attendance", *LEADS), ("attendance", *LEADS[:2]), ("scoping", "schools")),
    "meeting_held": (
        *(("outcome", outcome) for outcome in OUTCOMES),
        ("action", "Look at the other beds", "due=DAY"),
        ("learning-point", "Ask who lives there"),
    ),
    "sign_off": (
        *(("signed-off", lead) for lead in LEADS),
        ("endorsed", "PAST"),
        ("outcome", "none"),
        ("late-reason", "panel_overall"),
        ("action-done", "1"),
    ),
    "submitted": (
        ("panel-reply", "agrees"),
        ("panel-reply", "national_review"),
        ("learning-considered",),
        ("closed",),
    ),
    "learning_considered": (
        ("learning-proposed", "An audit", "Audit Group"),
        *(("partner-answer", who, "agree") for who in (*LEADS, MANAGER)),
        ("learning-decided", "yes", "due=DAY"),
        ("learning-decided", "yes"),
        ("learning-decided", "none"),
    ),
    "learning_decided": (
        ("subgroup", "Audit Group"),
        ("learning-progress", "due=DAY"),
        ("learning-completed",),
        ("learning-decided", "none"),
        ("closed",),
    ),
    "suspended": (("resumed",), ("suspended", "DAY"), ("serious-harm", "yes")),
    "closed": (("reopened",),),
    "withdrawn": (("reopened",),),
    "transferred": (("reopened",),),
}
"""What a person may record at each stage, and is likely to. SOON, DAY and PAST stand for days from now."""
AT_ANY_TIME = (
    ("aware", "PAST"),
    ("notified", "PAST"),
    ("intention", "PAST"),
    ("meeting", "SOON"),
    ("serious-harm", "no"),
    ("suspended", "DAY"),
    ("withdrawn",),
    ("transferred", "Southshire"),
    ("action", "Ring the school", "due=DAY"),
    ("late-reason", "send_scoping"),
    ("closed",),
)


class Histories(RuleBasedStateMachine):
    """One case, to which things happen at random while the worker passes by."""

    @initialize(
        procedure=st.sampled_from([FLOW_CHART, H01]),
        begins=st.sampled_from(BEGINNINGS),
        door=st.sampled_from(["council", "health"]),
        so_far=st.sampled_from([*REVIEWED, *REPORTED]),
    )
    def a_case_that_has_come_so_far(self, procedure: str, begins: str, door: str, so_far: str) -> None:
        self.desk = Desk(practice(procedure, calendar=closed_on(*CLOSURES), grace_minutes=5))
        self.now = at(begins)
        if so_far in REVIEWED:
            self._a_referral(begins, door, so_far)
        else:
            self._word_of_an_incident(door, so_far)

    @rule(minutes=st.sampled_from([10, 45, 240]))
    def time_passes(self, minutes: int) -> None:
        self._pass(self.now + timedelta(minutes=minutes))

    @rule(days=st.integers(1, 6))
    def days_pass(self, days: int) -> None:
        """The worker passes each morning, when the office is open."""
        for _ in range(days):
            calendar = self.desk.practice.calendar
            self._pass(calendar.at(calendar.day_of(self.now) + timedelta(days=1), "09:05"))

    @rule(days=st.integers(2, 20))
    def the_worker_is_off_for_days(self, days: int) -> None:
        self._pass(self.now + timedelta(days=days))

    @rule(agency=ASKED, whole=st.booleans(), nil=st.booleans())
    def an_agency_returns(self, agency: str, whole: bool, nil: bool) -> None:
        if self._open():
            form = return_form(had_involvement="no" if nil else "yes", key_issues="Seen." if whole else "")
            arrived = came(self._soon(), f"spoc@{agency}.example", self.desk._mail())
            rows = CHRONOLOGY if whole else None
            self.desk.take(
                arrivals.on_return(self.desk.case, agency, arrived, form, rows, (), self.desk.practice, self.now),
                self.now,
            )

    @rule(
        agency=ASKED,
        kind=st.sampled_from(["acknowledgement", "question", "auto_reply", "secure_wrapper", "extension_request"]),
    )
    def an_agency_writes(self, agency: str, kind: str) -> None:
        if self._open() and agency in self.desk.case.requests:
            arrived = came(self._soon(), f"spoc@{agency}.example", self.desk._mail())
            replied = arrivals.on_reply(self.desk.case, agency, arrived, kind, self.desk.practice, self.now)  # type: ignore[arg-type]
            self.desk.take(replied, self.now)

    @rule(agency=ASKED, permanent=st.booleans())
    def a_letter_bounces(self, agency: str, permanent: bool) -> None:
        if self._open():
            arrived = came(self._soon(), "mailer-daemon@mx.example", self.desk._mail())
            address = f"spoc@{agency}.example"
            self.desk.take(
                bounced.on_bounce(self.desk.case, agency, address, permanent, arrived, self.desk.practice, self.now),
                self.now,
            )

    @rule(sender=st.sampled_from(["council", "health"]))
    def a_further_form_comes(self, sender: str) -> None:
        if self._open():
            arrived = came(self._soon(), f"duty@{sender}.example", self.desk._mail())
            form = referral_form("School")
            case, office = self.desk.case, self.desk.practice
            self.desk.take(joining.on_joining_referral(case, arrived, form, sender, office, self.now), self.now)

    @precondition(lambda self: self.desk.asked)
    @rule(
        verdict=st.sampled_from(["approve", "approve", "approve", "reject", "hold", "stop"]),
        which=st.integers(0, 20),
        some=st.booleans(),
    )
    def the_manager_answers(self, verdict: rounds.Answer, which: int, some: bool) -> None:
        waiting = [r for r in self.desk.case.rounds.values() if r.waiting or verdict == "stop"]
        if not waiting:
            return
        asked = waiting[which % len(waiting)]
        items = asked.waiting[:1] if some else None
        if verdict == "stop":
            items = tuple(a.item for a in self.desk.ready.values() if a.round == asked.id and a.item)
            if not items:
                return
        self._answer(verdict, asked.id, items)

    @rule()
    def the_manager_releases_everything(self) -> None:
        for name in [name for name, asked in self.desk.case.rounds.items() if asked.waiting]:
            self._answer("approve", name, None)
        self._pass(self.now + timedelta(minutes=10))

    @rule(which=st.integers(0, 100))
    def a_person_records_what_the_stage_asks_for(self, which: int) -> None:
        facts = NEXT.get(self.desk.stage, AT_ANY_TIME)
        name, *values = facts[which % len(facts)]
        self._record(name, *values)

    @rule(fact=st.sampled_from(AT_ANY_TIME))
    def a_person_records_something_else(self, fact: tuple[str, ...]) -> None:
        self._record(fact[0], *fact[1:])

    @rule(days=st.integers(1, 10))
    def a_bank_holiday_is_proclaimed(self, days: int) -> None:
        calendar = self.desk.practice.calendar
        day = calendar.day_of(self.now) + timedelta(days=days)
        holidays = calendar.bank_holidays | {day: "a day of mourning"}
        self._office(calendar=calendar.model_copy(update={"bank_holidays": holidays}))

    @rule(agency=ASKED, there=st.booleans())
    def the_directory_changes(self, agency: str, there: bool) -> None:
        """A SPOC leaves with nobody in their place, or is there again; a lead leaves as well."""
        changed = tuple(
            (a if there else a.model_copy(update={"spoc": ()})) if a.id == agency else a for a in AGENCIES
        )
        people = PEOPLE if there else tuple(p for p in PEOPLE if p.partner != "health")
        directory = self.desk.practice.directory.model_copy(update={"agencies": changed, "people": people})
        self._office(directory=directory)

    @invariant()
    def the_case_is_the_fold_of_its_events(self) -> None:
        assert replay(self.desk.events) == self.desk.case

    @invariant()
    def no_letter_goes_twice(self) -> None:
        keys = Counter(letter.key for _, letter in self.desk.sent)
        assert [key for key, times in keys.items() if times > 1] == []

    @invariant()
    def nothing_goes_before_a_person_has_approved_it(self) -> None:
        approved: set[tuple[str, int | None]] = set()
        for event in self.desk.events:
            if isinstance(event, RoundApproved):
                approved |= {(event.round, item) for item in event.items or (None,)}
            if isinstance(event, LetterSent):
                letter = self.desk.drafted[event.key]
                assert letter.round is not None or event.kind not in ALWAYS_APPROVED, event.key
                if letter.round is not None:
                    assert {(letter.round, None), (letter.round, letter.item)} & approved, event.key

    @invariant()
    def nothing_that_needs_approval_goes_while_the_case_is_suspended(self) -> None:
        suspended = False
        for event in self.desk.events:
            suspended = event.type == "suspended" or (suspended and event.type not in ("resumed", "withdrawn"))
            suspended = suspended and event.type != "transferred"
            assert not (suspended and isinstance(event, LetterSent) and event.round), event

    @invariant()
    def what_goes_by_itself_goes_to_those_whom_a_person_released_before(self) -> None:
        released: set[str] = set()
        for _, letter in self.desk.sent:
            if letter.round is not None:
                released |= set(letter.to)
            elif letter.kind not in (*ANSWERS_A_SENDER, *TO_THE_OFFICE):
                assert set(letter.to) <= released, letter.key

    @invariant()
    def nothing_goes_by_itself_while_the_office_is_closed(self) -> None:
        for when, letter in self.desk.sent:
            if letter.round is None and letter.kind != "warning":
                assert self.desk.practice.calendar.is_open(when)

    @invariant()
    def nobody_is_chased_while_the_office_is_closed(self) -> None:
        for event in self.desk.events[-20:]:
            if isinstance(event, LadderStepTaken | ChaseStepTaken) and event.at == self.now:
                assert self.desk.practice.calendar.is_open(event.at)

    @invariant()
    def a_second_look_finds_nothing(self) -> None:
        self.desk.work(self.now)
        assert not review(self.desk.case, self.now, self.desk.practice)

    @invariant()
    def no_clock_runs_out_in_silence(self) -> None:
        self.desk.work(self.now)
        case, office = self.desk.case, self.desk.practice
        for clock in obligations(case, office.procedure_of(case), office.calendar):
            if clock.running and clock.binds and clock.due and clock.id in WARNED + WARNED_WHEN_MISSED:
                told = f"missed/{clock.id}/{office.calendar.day_of(clock.due).isoformat()}" in case.told
                assert self.now <= clock.due or told, clock

    @invariant()
    def no_agency_that_owes_a_return_is_left_alone(self) -> None:
        self.desk.work(self.now)
        case, office = self.desk.case, self.desk.practice
        if case.stage not in ("scoping", "pack_ready") or not office.calendar.is_open(self.now):
            return
        for request in case.requests.values():
            due = return_due(request, office.procedure_of(case), office.calendar)
            if due is None or request.completeness or self.now <= due:
                continue
            about = (f"bounce/{request.agency}/", f"nobody-to-escalate-to/{request.agency}/", "secure_wrapper/")
            told = any(topic.startswith(about) for topic in case.told)
            assert request.steps or told, request

    @invariant()
    def no_open_case_is_without_a_next_step(self) -> None:
        self.desk.work(self.now)
        if self._open():
            case, office = self.desk.case, self.desk.practice
            line = glance(case, tuple(self.desk.events), office, self.now)
            people = ("approval", "the business unit", "whatever it was suspended for, to be looked at on")
            asked = [who for who in line.waits_for if who.startswith(people)]
            assert asked or line.next or self.desk.ready, line

    @invariant()
    def whatever_the_office_is_told_the_digest_knows(self) -> None:
        unknown = {topic_of(topic).name for topic in self.desk.case.told} - set(WAITS_WHILE) - NEWS
        assert unknown == set()

    @invariant()
    def the_digest_names_no_child(self) -> None:
        opened = [Open(self.desk.case, tuple(self.desk.events))] if self._open() else []
        said = str(sections(opened, HeldMails(), (), self.desk.practice, self.now))
        assert not [part for part in (*CHILD.split(), *MOTHER.split()) if part in said]

    def _a_referral(self, begins: str, door: str, so_far: str) -> None:
        self.desk.refer(begins, "Housing", sender=door)
        if so_far == "referred":
            return
        self._record("serious-harm", "yes")
        self.the_manager_releases_everything()
        if so_far == "scoped":
            return
        for agency in ("council", "police", "health", "housing"):
            self.an_agency_returns(agency, whole=True, nil=False)
        self._record("meeting", "SOON")
        if so_far == "all back":
            return
        self._pass(self.now + timedelta(days=2, hours=4))
        self._record("attendance", *LEADS)
        self._record("outcome", "alternative_learning")
        if so_far == "submitted":
            self.the_manager_releases_everything()

    def _word_of_an_incident(self, door: str, so_far: str) -> None:
        arrived = came(self.now, f"duty@{door}.example", self.desk._mail())
        form, office = referral_form(), self.desk.practice
        opened = incidents.on_incident(
            REF, arrived, form, door, door == "council", "a person says so", office, self.now, MANAGER
        )
        self.desk.take(opened, self.now)
        self.desk.work(self.now)
        if so_far == "told":
            return
        self.the_manager_releases_everything()
        self._record("serious-harm", "no")
        if so_far == "upheld":
            self.the_manager_releases_everything()
            self._record("threshold", "upheld")
            self._record("learning-proposed", "An audit", "Audit Group")

    def _office(self, **changes: object) -> None:
        self.desk.practice = self.desk.practice.model_copy(update=changes)

    def _pass(self, moment: datetime) -> None:
        self.now = moment
        self.desk.work(moment)

    def _record(self, fact: str, *values: str) -> None:
        self._soon()
        today = self.desk.practice.calendar.day_of(self.now)
        words = tuple(_day(value, self.now, today) for value in values)
        try:
            said = Said(by=MANAGER, at=self.now, values=words, why="so it was")
            decision = record(self.desk.case, fact, said, self.desk.practice, self.now)
        except (UsageProblem, NotAllowedNow):
            return
        self.desk.take(decision, self.now)
        self.desk.work(self.now)

    def _answer(self, verdict: rounds.Answer, round_id: str, items: tuple[int, ...] | None) -> None:
        case, office = self.desk.case, self.desk.practice
        self._soon()
        try:
            decision = rounds.answer(case, round_id, verdict, items, MANAGER, "so", office, self.now)
        except NotAllowedNow:
            assert case.stage == "suspended"
            return
        self.desk.take(decision, self.now)

    def _open(self) -> bool:
        return self.desk.case.stage in OPEN

    def _soon(self) -> datetime:
        self.now += timedelta(minutes=3)
        return self.now


def _day(word: str, now: datetime, today: date) -> str:
    """SOON, DAY and PAST as moments and days from now."""
    later, yesterday = (today + timedelta(days=10)).isoformat(), (today - timedelta(days=1)).isoformat()
    soon = (now + timedelta(days=2)).isoformat()
    return word.replace("SOON", soon).replace("DAY", later).replace("PAST", yesterday)


TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=20,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
