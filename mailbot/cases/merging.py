"""Two cases of one incident become one: nothing of either is lost, nobody is asked twice, and each is chased once."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from mailbot.cases.case import Case, Request, Stage
from mailbot.cases.decisions import Decision
from mailbot.cases.events import (
    Absorbed,
    AnyEvent,
    Asked,
    BecameAware,
    ChronologyReceived,
    ExtensionGranted,
    LetterKind,
    LetterSent,
    LocalAuthorityNamed,
    Merged,
    NotificationReceived,
    PanelNotified,
    Paper,
    ReferralJoined,
    ScopingDrafted,
    ScopingReturned,
    SeriousHarmDecided,
)
from mailbot.cases.joining import may_open_scoping
from mailbot.cases.life import stop_letters
from mailbot.cases.meeting import call_off
from mailbot.cases.practice import Practice
from mailbot.cases.questions import tell_office
from mailbot.cases.rounds import no_longer_needed
from mailbot.cases.scoping import scoping_round
from mailbot.cases.stages import MOVES, apply
from mailbot.cases.wording import say_day, say_list, say_moment
from mailbot.errors import NotAllowedNow

IN_ORDER: tuple[Stage, ...] = (
    "la_deciding",
    "partner_discussion",
    "referral_awaited",
    "harm_not_accepted",
    "referral_received",
    "scoping",
    "pack_ready",
)
"""Stages at which a case may be merged into another, the least advanced first; later ones have met or decided."""
SCOPED: tuple[Stage, ...] = ("scoping", "pack_ready")


class Two(NamedTuple):
    """The decisions of a merger: the case that goes on, and the one that ends."""

    survivor: Decision
    gone: Decision


def merge(gone: Case, into: Case, by: str, why: str, practice: Practice, now: datetime) -> Two:
    """Everything of `gone` that `into` does not have, as events of `into`; `gone` ends and its letters are withdrawn.

    Raises NotAllowedNow where a case has ended or is suspended, has met already, or is further on than the survivor.
    """
    _refuse(gone, into)
    survivor = _Survivor(into, by, why, practice, now)
    survivor.add(Absorbed(at=now, by=by, because=why, ref=gone.ref))
    survivor.decide_harm(gone)
    survivor.join_referrals(gone)
    survivor.take_anchors(gone)
    survivor.take_notification(gone)
    survivor.take_requests(gone)
    told = _tell(gone, survivor.case, practice, now)
    ends = Merged(at=now, by=by, because=why, into=into.ref)
    end = Decision(case=gone.ref, version=gone.version, events=(ends,), because=(f"merged into {into.ref}: {why}",))
    ended = apply(gone, ends)
    end = end.and_then(stop_letters(ended, now, why))
    return Two(survivor.decision.and_then(told), end.and_then(call_off(ended, now, practice, why)))


def _refuse(gone: Case, into: Case) -> None:
    if gone.ref == into.ref:
        raise NotAllowedNow(f"{gone.ref} cannot be merged into itself. Name two cases.")
    for case in (gone, into):
        if case.stage == "suspended":
            raise NotAllowedNow(f"{case.ref} is suspended: mailbot record {case.ref} resumed, then merge.")
    if gone.stage not in IN_ORDER:
        advice = f"mailbot merge {into.ref} {gone.ref}" if into.stage in IN_ORDER else "look at both by hand"
        raise NotAllowedNow(f"{gone.ref} is at stage {gone.stage.replace('_', ' ')} and must stay: {advice}.")
    if into.stage in IN_ORDER and IN_ORDER.index(gone.stage) > IN_ORDER.index(into.stage):
        raise NotAllowedNow(f"{gone.ref} is further on than {into.ref}: mailbot merge {into.ref} {gone.ref}.")


class _Survivor:
    """The case that goes on, after each fact that it takes over."""

    def __init__(self, case: Case, by: str, why: str, practice: Practice, now: datetime) -> None:
        self.case, self.by, self.why, self.practice, self.moment = case, by, why, practice, now
        self.decision = Decision(case=case.ref, version=case.version, because=(why,))

    def add(self, *events: AnyEvent) -> None:
        self.take(Decision(events=events))

    def take(self, decision: Decision) -> None:
        for event in decision.events:
            self.case = apply(self.case, event)
        self.decision = self.decision.and_then(decision)

    def decide_harm(self, gone: Case) -> None:
        """Serious harm that was accepted in the one case is accepted in the other."""
        if not gone.accepted_at or self.case.accepted_at:
            return
        awaited = self.case.received_at is None
        awaited = awaited and (self.case.stage, "serious_harm_accepted_form_awaited") in MOVES
        reason = gone.serious_harm_reason or gone.threshold_reason or self.why
        self.add(
            SeriousHarmDecided(at=gone.accepted_at, by=self.by, because=reason, accepted=True, form_awaited=awaited)
        )

    def join_referrals(self, gone: Case) -> None:
        """The referral with its papers, then everybody else who referred: each of them hears the outcome."""
        notified = {paper.sha256 for paper in gone.papers if paper.kind == "notification"}
        papers = tuple(paper for paper in gone.papers if paper.sha256 not in notified)
        for number, referrer in enumerate(gone.referrers):
            first = number == 0
            joined = ReferralJoined(
                at=gone.received_at or gone.reported_at or self.moment,
                because=f"it came to {gone.ref}: {self.why}",
                from_la=gone.from_la,
                referrer=referrer.address,
                referrer_agency=referrer.agency,
                message_id=referrer.message_id,
                fields=gone.referral if first else {},
                tables=gone.referral_tables if first else {},
                missing=gone.referral_missing if first else (),
                papers=papers if first else (),
                opens_scoping=first and self._opens_scoping(gone),
            )
            self.add(joined)

    def _opens_scoping(self, gone: Case) -> bool:
        """Whether the other case's form is the one that this case waits for."""
        there = gone.received_at is not None and may_open_scoping(self.case, gone.from_la, self.practice)
        return self.case.stage == "referral_awaited" and there

    def take_anchors(self, gone: Case) -> None:
        """When the clocks began, where only the other case knows it."""
        because = f"recorded in {gone.ref}"
        if self.case.aware_at is None and gone.aware_at:
            self.add(BecameAware(at=self.moment, by=self.by, because=because, moment=gone.aware_at))
        if self.case.notified_at is None and gone.notified_at:
            self.add(PanelNotified(at=self.moment, by=self.by, because=because, moment=gone.notified_at))
        if self.case.la is None and gone.la:
            self.add(LocalAuthorityNamed(at=self.moment, by=self.by, because=because, agency=gone.la))

    def take_notification(self, gone: Case) -> None:
        have = {paper.sha256 for paper in self.case.papers}
        papers = tuple(p for p in gone.papers if p.kind == "notification" and p.sha256 not in have)
        if papers or (gone.notification and not self.case.notification):
            fields = gone.notification | self.case.notification
            because = f"it came to {gone.ref}"
            self.add(NotificationReceived(at=self.moment, by=self.by, because=because, fields=fields, papers=papers))

    def take_requests(self, gone: Case) -> None:
        """Who was asked and what came back. An agency asked in both keeps the letter and the day of this case."""
        for request in gone.requests.values():
            if request.sent_at and self._unsent(request.agency):
                kinds: tuple[LetterKind, ...] = ("scoping",)
                mark = f"merged-{self.case.version}"
                because = f"asked in {gone.ref} already"
                self.take(no_longer_needed(self.case, request.agency, kinds, self.moment, because, mark))
        sent = [r for r in gone.requests.values() if r.sent_at and self._unsent(r.agency)]
        if sent and self.case.stage in SCOPED:
            self._carry_letters(sent)
        for request in gone.requests.values():
            self._take_return(request)
        unsent = tuple(
            Asked(agency=r.agency, name=r.name, because=r.because)
            for r in gone.requests.values()
            if r.round and r.agency not in self.case.requests
        )
        if unsent and self.case.stage in SCOPED:
            self.take(scoping_round(self.case, unsent, self.moment, self.practice, f"named in {gone.ref}"))

    def _unsent(self, agency: str) -> bool:
        request = self.case.requests.get(agency)
        return request is None or request.sent_at is None

    def _carry_letters(self, sent: list[Request]) -> None:
        """The letters of the other case count as this one's: their days run on, their answers come here."""
        numbers = {r.round for r in self.case.requests.values() if r.round}
        numbers |= {name for name in self.case.rounds if name.startswith("scoping-")}
        round_id = f"scoping-{len(numbers) + 1}"
        asked = tuple(Asked(agency=r.agency, name=r.name, because=r.because) for r in sent)
        because = "asked before the cases were merged"
        self.add(ScopingDrafted(at=self.moment, by=self.by, because=because, round=round_id, asked=asked))
        for request in sent:
            listed = self.practice.directory.agency(request.agency)
            self.add(
                LetterSent(
                    at=request.sent_at or self.moment,
                    because=because,
                    kind="scoping",
                    key=f"{self.case.ref}/{round_id}/{request.agency}",
                    to=listed.spoc if listed else (),
                    message_id=request.message_id,
                    agency=request.agency,
                    round=round_id,
                )
            )
            if request.extended_to:
                self.add(
                    ExtensionGranted(
                        at=self.moment, by=self.by, because=because, agency=request.agency, until=request.extended_to
                    )
                )

    def _take_return(self, other: Request) -> None:
        """The fuller of two returns stands; the files of both are kept, and so is every row of a chronology."""
        own = self.case.requests.get(other.agency)
        have = {paper.sha256 for paper in own.papers} if own else set()
        files = tuple(paper for paper in other.papers if paper.sha256 not in have)
        rows = tuple(row for row in other.rows if not own or row not in own.rows)
        chronologies = tuple(paper for paper in files if paper.kind == "chronology")
        at, because = other.returned_at or self.moment, "it came before the cases were merged"
        if rows or chronologies:
            every = (*(own.rows if own else ()), *rows)
            whose = {"agency": other.agency, "name": other.name}
            self.add(ChronologyReceived(at=at, because=because, **whose, rows=every, papers=chronologies))
        if other.completeness is None:
            return
        returned = self._better(other, own, tuple(p for p in files if p not in chronologies), at, because)
        if returned is not None:
            self.add(returned)

    def _better(
        self, other: Request, own: Request | None, papers: tuple[Paper, ...], at: datetime, because: str
    ) -> ScopingReturned | None:
        rank = {None: 0, "nil": 1, "part": 2, "full": 3}
        ours = own.completeness if own else None
        best = other if own is None or rank[other.completeness] > rank[ours] else own
        if best is own and not papers:
            return None
        fields = (
            {**other.fields, **(own.fields if own else {})}
            if best is own
            else {**(own.fields if own else {}), **other.fields}
        )
        return ScopingReturned(
            at=(own.returned_at if own and best is own else None) or at,
            because=because,
            agency=other.agency,
            name=other.name,
            completeness=best.completeness or "part",
            missing=best.missing,
            fields=fields,
            tables={**other.tables, **best.tables},
            papers=papers,
        )


def _tell(gone: Case, into: Case, practice: Practice, now: datetime) -> Decision:
    """What the two cases said differently, and what a person has still to look at."""
    day = practice.calendar.day_of
    differ = [
        f"{what} was {say_day(day(theirs))} in {gone.ref}, and stays {say_day(day(ours))}"
        for what, ours, theirs in (
            ("the local authority's awareness", into.aware_at, gone.aware_at),
            ("the notification to the Panel", into.notified_at, gone.notified_at),
        )
        if ours and theirs and ours != theirs
    ]
    paragraphs = [
        f"{gone.ref} is merged into {into.ref}. Mail that names {gone.ref} comes to {into.ref} from now on."
    ]
    if differ:
        paragraphs.append(f"{say_list(differ)}. Please record what is right.")
    if gone.meeting_at and gone.meeting_at != into.meeting_at:
        start = say_moment(gone.meeting_at, practice.zone)
        paragraphs.append(
            f"{gone.ref} had its meeting set for {start}. A letter to each of those invited calls it off, and "
            "waits for your approval."
        )
    left = [r.name for r in gone.requests.values() if r.round and r.agency not in into.requests]
    if left:
        paragraphs.append(f"Asked there, and not here: {say_list(left)}. Please decide whether to ask.")
    topic = f"merged/{gone.ref}"
    return tell_office(into, now, practice, topic, "Two cases are one now", paragraphs, [f"mailbot show {into.ref}"])
