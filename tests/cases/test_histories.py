"""Whatever happens to a case, in whatever order: no letter twice, none before a person, none on a closed day."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mailbot.cases import arrivals, rounds
from mailbot.cases.chasing import review
from mailbot.cases.events import LetterSent, RoundApproved
from mailbot.cases.recording import Said, record
from mailbot.cases.stages import OPEN, replay
from mailbot.errors import UsageProblem
from tests.builders import CHRONOLOGY, FLOW_CHART, H01, LEADS, MANAGER, at, came, closed_on, practice, return_form
from tests.cases.desk import Desk

AGENCIES = st.sampled_from(["council", "police", "health", "schools", "housing"])
ASKED_OF_A_PERSON = ("scoping", "escalation", "pack", "submission", "outcome")
CLOSURES = ("Tue 9 Jun 2026", "Fri 12 Jun 2026")


class Histories(RuleBasedStateMachine):
    """One case, to which things happen at random while the worker passes by."""

    @initialize(
        procedure=st.sampled_from([FLOW_CHART, H01]),
        sender=st.sampled_from(["council", "health"]),
        so_far=st.sampled_from(["referred", "scoped", "all back", "decided"]),
    )
    def a_case_that_has_come_so_far(self, procedure: str, sender: str, so_far: str) -> None:
        self.desk = Desk(practice(procedure, calendar=closed_on(*CLOSURES), grace_minutes=5))
        self.now = at("Mon 1 Jun 2026 9:12")
        self.desk.refer("Mon 1 Jun 2026 9:12", "Housing", sender=sender)
        if so_far == "referred":
            return
        self._record("serious-harm", "yes")
        self._answer("approve", "scoping-1", None)
        self._pass(at("Mon 1 Jun 2026 9:40"))
        self._record("meeting", "2026-06-11T10:00")
        if so_far == "scoped":
            return
        for agency in ("council", "police", "health", "housing"):
            self.an_agency_returns(agency, whole=True, nil=False)
        self._pass(at("Tue 2 Jun 2026 10:00"))
        if so_far == "decided":
            self._pass(at("Thu 11 Jun 2026 13:00"))
            self._record("attendance", *LEADS)
            self._record("outcome", "local_review")

    @rule(minutes=st.sampled_from([10, 45, 240]))
    def time_passes(self, minutes: int) -> None:
        self._pass(self.now + timedelta(minutes=minutes))

    @rule(days=st.integers(1, 6))
    def days_pass(self, days: int) -> None:
        for _ in range(days):
            self._pass(self.now + timedelta(days=1))

    @rule(agency=AGENCIES, whole=st.booleans(), nil=st.booleans())
    def an_agency_returns(self, agency: str, whole: bool, nil: bool) -> None:
        if self._open():
            form = return_form(had_involvement="no" if nil else "yes", key_issues="Seen." if whole else "")
            arrived = came(self._soon(), f"spoc@{agency}.example", self.desk._mail())
            rows = CHRONOLOGY if whole else None
            self.desk.take(
                arrivals.on_return(self.desk.case, agency, arrived, form, rows, (), self.desk.practice, self.now),
                self.now,
            )

    @rule(agency=AGENCIES, permanent=st.booleans())
    def a_letter_bounces(self, agency: str, permanent: bool) -> None:
        if self._open():
            arrived = came(self._soon(), "mailer-daemon@mx.example", self.desk._mail())
            address = f"spoc@{agency}.example"
            self.desk.take(
                arrivals.on_bounce(self.desk.case, agency, address, permanent, arrived, self.desk.practice, self.now),
                self.now,
            )

    @precondition(lambda self: self.desk.asked)
    @rule(
        verdict=st.sampled_from(["approve", "approve", "approve", "reject", "hold", "stop"]),
        which=st.integers(0, 20),
        some=st.booleans(),
    )
    def the_manager_answers(self, verdict: rounds.Answer, which: int, some: bool) -> None:
        round_id = self.desk.asked[which % len(self.desk.asked)].round
        waiting = self.desk.case.rounds[round_id].waiting
        if not self._open() or (not waiting and verdict != "stop"):
            return
        items = waiting[:1] if some else None
        if verdict == "stop":
            items = tuple(a.item for a in self.desk.ready.values() if a.round == round_id and a.item)
            if not items:
                return
        self._answer(verdict, round_id, items)

    @rule(
        fact=st.sampled_from(
            [
                ("serious-harm", "yes"),
                ("serious-harm", "no"),
                ("meeting", "NEXT"),
                ("attendance", *LEADS),
                ("attendance", *LEADS[:2]),
                ("outcome", "local_review"),
                ("signed-off", LEADS[0]),
                ("extension", "police", "2026-06-24"),
                ("nil", "health"),
                ("scoping", "schools"),
                ("scoping", "police", "housing"),
                ("closed",),
            ]
        )
    )
    def a_fact_is_recorded(self, fact: tuple[str, ...]) -> None:
        name, *values = fact
        soon = (self.now + timedelta(days=2)).isoformat()
        self._record(name, *(soon if value == "NEXT" else value for value in values))

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
            if isinstance(event, LetterSent) and event.kind in ASKED_OF_A_PERSON:
                letter = self.desk.drafted[event.key]
                assert letter.round is not None
                assert {(letter.round, None), (letter.round, letter.item)} & approved

    @invariant()
    def nothing_goes_by_itself_while_the_office_is_closed(self) -> None:
        for when, letter in self.desk.sent:
            if letter.round is None and letter.kind != "warning":
                assert self.desk.practice.calendar.is_open(when)

    @invariant()
    def nobody_above_the_contact_is_written_to_unasked(self) -> None:
        for _, letter in self.desk.letters("reminder", "chase"):
            assert letter.to == (f"spoc@{letter.agency}.example",)

    @invariant()
    def a_second_look_finds_nothing(self) -> None:
        if self._open():
            self.desk.work(self.now)
            assert not review(self.desk.case, self.now, self.desk.practice)

    def _pass(self, moment: datetime) -> None:
        self.now = moment
        self.desk.work(moment)

    def _record(self, fact: str, *values: str) -> None:
        self._soon()
        try:
            said = Said(by=MANAGER, at=self.now, values=values, why="so it was")
            decision = record(self.desk.case, fact, said, self.desk.practice, self.now)
        except UsageProblem:
            return
        self.desk.take(decision, self.now)
        self.desk.work(self.now)

    def _answer(self, verdict: rounds.Answer, round_id: str, items: tuple[int, ...] | None) -> None:
        self._soon()
        self.desk.take(
            rounds.answer(self.desk.case, round_id, verdict, items, MANAGER, "so", self.desk.practice, self.now),
            self.now,
        )

    def _open(self) -> bool:
        return self.desk.case.stage in OPEN

    def _soon(self) -> datetime:
        self.now += timedelta(minutes=3)
        return self.now


TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=30,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
