"""A case on a desk: decisions are carried out in memory by the same rules as the worker's, and letters go at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from mailbot.cases import arrivals, bounced, carried_out, rounds
from mailbot.cases.arrivals import ReadForm
from mailbot.cases.case import Case
from mailbot.cases.chasing import review
from mailbot.cases.decisions import (
    Action,
    AskApproval,
    BuildPack,
    Decision,
    DraftSubmission,
    Reject,
    Release,
    SendLetter,
    TakeBack,
    Withdraw,
)
from mailbot.cases.events import AnyEvent, Paper, Row
from mailbot.cases.given_back import TemplateRead
from mailbot.cases.pack import absent_agencies, pack_contents
from mailbot.cases.practice import Practice
from mailbot.cases.recording import Said, record
from mailbot.cases.stages import apply
from tests.builders import CHRONOLOGY, MANAGER, REF, at, came, referral_form, return_form

HALF_AN_HOUR = timedelta(minutes=30)


class Desk:
    """The case, its events, and what has happened to every letter. Times are given as `Mon 1 Jun 2026 09:12`."""

    def __init__(self, practice: Practice) -> None:
        self.practice = practice
        self.case = Case()
        self.events: list[AnyEvent] = []
        self.drafted: dict[str, SendLetter] = {}
        self.waiting: dict[str, SendLetter] = {}
        self.ready: dict[str, SendLetter] = {}
        self.sent: list[tuple[datetime, SendLetter]] = []
        self.asked: list[AskApproval] = []
        self.done: set[str] = set()
        self.mails = 0

    @property
    def stage(self) -> str:
        """The case's stage."""
        return self.case.stage

    def take(self, decision: Decision, now: datetime) -> None:
        """Apply a decision and carry its actions out."""
        for event in decision.events:
            self.case = apply(self.case, event)
            self.events.append(event)
        for action in decision.actions:
            if action.key not in self.done:
                self.done.add(action.key)
                self._do(action, now)

    def work(self, now: datetime) -> None:
        """Review, carry out and post until there is nothing more to do at this moment."""
        for _ in range(10):
            decision = review(self.case, now, self.practice)
            self.take(decision, now)
            if not self._post(now) and not decision:
                return
        raise AssertionError("the review never comes to rest")

    def until(self, last: str, first: datetime) -> None:
        """The worker's passes, twice an hour, up to and with `last`."""
        now = first
        while now <= at(last):
            self.work(now)
            now += HALF_AN_HOUR

    def refer(self, when: str, *named: str, sender: str = "council", **fields: str) -> None:
        """A referral comes from an agency."""
        arrived, form = came(when, f"duty@{sender}.example", self._mail()), referral_form(*named, **fields)
        self.take(arrivals.on_referral(REF, arrived, form, sender, self.practice, arrived.received), arrived.received)
        self.work(arrived.received)

    def answer(
        self, when: str, verdict: rounds.Answer = "approve", items: tuple[int, ...] | None = None, round_id: str = ""
    ) -> None:
        """The manager answers the round put to her last."""
        now = at(when)
        name = round_id or self.asked[-1].round
        why = "not this time" if verdict == "reject" else ""
        self.take(rounds.answer(self.case, name, verdict, items, MANAGER, why, self.practice, now), now)
        self.work(now)

    def returns(
        self,
        when: str,
        agency: str,
        form: ReadForm | None = None,
        rows: tuple[Row, ...] | None = CHRONOLOGY,
    ) -> None:
        """An agency sends its return and chronology."""
        arrived = came(when, f"spoc@{agency}.example", self._mail())
        sent = form or return_form()
        decision = arrivals.on_return(self.case, agency, arrived, sent, rows, (), self.practice, arrived.received)
        self.take(decision, arrived.received)
        self.work(arrived.received)

    def bounces(self, when: str, agency: str, permanent: bool = True) -> None:
        """A letter to an agency comes back."""
        arrived = came(when, "mailer-daemon@mx.example", self._mail())
        address = f"spoc@{agency}.example"
        decision = bounced.on_bounce(self.case, agency, address, permanent, arrived, self.practice, arrived.received)
        self.take(decision, arrived.received)
        self.work(arrived.received)

    def record(self, when: str, fact: str, *values: str, why: str = "") -> None:
        """The manager records a fact."""
        now = at(when)
        said = Said(by=MANAGER, at=now, values=values, why=why)
        self.take(record(self.case, fact, said, self.practice, now), now)
        self.work(now)

    def letters(self, *kinds: str) -> list[tuple[datetime, SendLetter]]:
        """The letters of these kinds that have gone, with when."""
        return [(when, letter) for when, letter in self.sent if letter.kind in kinds]

    def to_agency(self, agency: str, *kinds: str) -> list[datetime]:
        """When letters of these kinds went to an agency."""
        return [when for when, letter in self.letters(*kinds) if letter.agency == agency]

    def _mail(self) -> int:
        self.mails += 1
        return self.mails

    def _do(self, action: Action, now: datetime) -> None:
        match action:
            case SendLetter():
                self.drafted[action.key] = action
                (self.waiting if action.round else self.ready)[action.key] = action
            case AskApproval():
                self.asked.append(action)
            case Release():
                for key in self._in_round(self.waiting, action.round, action.items):
                    self.ready[key] = self.waiting.pop(key).model_copy(update={"due": action.due})
            case Reject():
                for key in self._in_round(self.waiting, action.round, action.items):
                    del self.waiting[key]
            case TakeBack():
                taken: dict[str, tuple[int, ...]] = {}
                for key, letter in list(self.ready.items()):
                    if letter.round and action.round in (None, letter.round):
                        self.waiting[key] = self.ready.pop(key)
                        taken[letter.round] = (*taken.get(letter.round, ()), letter.item or 0)
                if action.round is None:
                    self.take(carried_out.on_taken_back(self.case, taken, now), now)
            case Withdraw():
                self._withdraw(action)
            case BuildPack() | DraftSubmission():
                self._draft(action, now)

    def _in_round(self, letters: dict[str, SendLetter], round_id: str, items: tuple[int, ...] | None) -> list[str]:
        return [k for k, a in letters.items() if a.round == round_id and (items is None or a.item in items)]

    def _withdraw(self, action: Withdraw) -> None:
        for letters in (self.waiting, self.ready):
            for key, letter in list(letters.items()):
                of_agency = action.agency is None or letter.agency == action.agency
                if of_agency and (action.kinds is None or letter.kind in action.kinds):
                    del letters[key]

    def _draft(self, action: BuildPack | DraftSubmission, now: datetime) -> None:
        if isinstance(action, BuildPack):
            paper = Paper(kind="pack", name="pack.pdf", sha256="c" * 64)
            absent = absent_agencies(self.case)
            built = carried_out.on_pack_built(self.case, paper, pack_contents(self.case), absent, self.practice, now)
            self.take(built, now)
        else:
            paper = Paper(kind="rapid_review", name="template.docx", sha256="d" * 64)
            read: TemplateRead | None = TemplateRead()
            if self.case.submission_edited and self.case.submission is not None:
                paper, read = self.case.submission, None
            self.take(carried_out.on_submission_drafted(self.case, paper, read, self.practice, now), now)

    def _post(self, now: datetime) -> int:
        gone = 0
        for key, letter in list(self.ready.items()):
            by_itself = letter.round is None and letter.kind != "warning"
            if (letter.due and letter.due > now) or (by_itself and not self.practice.calendar.is_open(now)):
                continue
            del self.ready[key]
            self.sent.append((now, letter))
            message_id = f"<{len(self.sent)}@partnership.example>"
            self.take(
                carried_out.on_sent(
                    self.case, letter.kind, key, letter.to, message_id, letter.agency, letter.round, now
                ),
                now,
            )
            gone += 1
        return gone
