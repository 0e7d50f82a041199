"""Letters that wait for a named person: how a round is put to the approvers, and what their answer does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from mailbot.cases.case import Case, Round
from mailbot.cases.decisions import AskApproval, Decision, Reject, Release, SendLetter, TakeBack, Withdraw
from mailbot.cases.events import ApprovalAsked, FirstApproved, LetterKind, RoundApproved, RoundRejected, RoundStopped
from mailbot.cases.letters import approval_expiry, release_time
from mailbot.cases.practice import Practice
from mailbot.cases.questions import tell_office
from mailbot.errors import NotAllowedNow

Answer = Literal["approve", "reject", "hold", "stop"]
TWO = "Two different persons must approve it; nothing goes after the first approval."


def ask(
    case: Case,
    round_id: str,
    letters: Sequence[SendLetter],
    title: str,
    practice: Practice,
    now: datetime,
    because: str,
    go_by: datetime | None = None,
    warnings: Sequence[str] = (),
) -> Decision:
    """Draft the letters of a round and ask the approvers, in one email each, to release them."""
    expires = approval_expiry(practice, now)
    items = tuple(letter.item for letter in letters if letter.item is not None)
    agencies = {letter.item: letter.agency for letter in letters if letter.item is not None and letter.agency}
    asked = ApprovalAsked(
        at=now, because=because, round=round_id, ask=1, items=items, agencies=agencies, expires=expires
    )
    question = AskApproval(
        key=f"{case.ref}/{round_id}/ask-1",
        case=case.ref,
        round=round_id,
        title=title,
        go_by=go_by,
        expires=expires,
        warnings=(*warnings, *([TWO] if needs_two(round_id, practice) else [])),
    )
    return Decision(case=case.ref, events=(asked,), actions=(*letters, question), because=(because,))


def ask_again(case: Case, round_id: str, practice: Practice, now: datetime, because: str) -> Decision:
    """Put a round that nobody answered in time to the approvers once more, with new codes."""
    waiting = case.rounds[round_id]
    number, expires = waiting.asks + 1, approval_expiry(practice, now)
    asked = ApprovalAsked(at=now, because=because, round=round_id, ask=number, items=waiting.waiting, expires=expires)
    question = AskApproval(
        key=f"{case.ref}/{round_id}/ask-{number}",
        case=case.ref,
        round=round_id,
        title=f"{round_title(round_id)} (asked again)",
        expires=expires,
    )
    return Decision(case=case.ref, events=(asked,), actions=(question,), because=(because,))


def answer(
    case: Case,
    round_id: str,
    verdict: Answer,
    items: tuple[int, ...] | None,
    by: str,
    reason: str,
    practice: Practice,
    now: datetime,
    mail: int | None = None,
) -> Decision:
    """What a named person's answer does. `items` none means every letter that still waits; for a stop, `items` are
    the approved letters that have not gone.

    Raises NotAllowedNow where letters of a suspended case are approved, or the same person approves twice.
    """
    if verdict == "approve" and case.stage == "suspended":
        raise NotAllowedNow(
            f"{case.ref} is suspended ({case.suspended_why}), and nothing was released. Record first that it goes "
            f"on: mailbot record {case.ref} resumed --as YOU. The letters wait until then."
        )
    part = "" if items is None else "-" + "-".join(str(i) for i in items)
    key = f"{case.ref}/{round_id}/{verdict}{part}/{case.version}"
    said = reason or f"{by} answered {verdict.upper()}"
    match verdict:
        case "approve":
            if needs_two(round_id, practice) and (first := _first_approval(case, round_id, items, by, now, mail)):
                told = tell_office(
                    case,
                    now,
                    practice,
                    f"second-approval/{round_id}/{case.version}",
                    "A second person is needed",
                    [f"{by} approved {round_title(round_id)}. {TWO}"],
                    [f"mailbot approve {case.ref}/{round_id} --as YOU"],
                )
                return Decision(case=case.ref, version=case.version).and_then(first).and_then(told)
            release = Release(key=key, case=case.ref, round=round_id, items=items, due=release_time(practice, now))
            approved = RoundApproved(at=now, by=by, because=said, round=round_id, items=items, mail=mail)
            return Decision(
                case=case.ref, version=case.version, events=(approved,), actions=(release,), because=(said,)
            )
        case "reject":
            reject = Reject(key=key, case=case.ref, round=round_id, items=items)
            rejected = RoundRejected(at=now, by=by, because=said, round=round_id, items=items, mail=mail)
            return Decision(
                case=case.ref, version=case.version, events=(rejected,), actions=(reject,), because=(said,)
            )
        case "stop":
            back = TakeBack(key=key, case=case.ref, round=round_id)
            stopped = RoundStopped(at=now, by=by, because=said, round=round_id, items=items or (), mail=mail)
            return Decision(case=case.ref, version=case.version, events=(stopped,), actions=(back,), because=(said,))
        case "hold":
            return Decision(case=case.ref, version=case.version, because=(f"{by} asked to hold; the letters wait",))


def needs_two(round_id: str, practice: Practice) -> bool:
    """Whether two of the approvers must approve letters of this round (`[approval] two_persons`)."""
    return round_id.partition("-")[0] in practice.two_persons


def _first_approval(
    case: Case, round_id: str, items: tuple[int, ...] | None, by: str, now: datetime, mail: int | None
) -> Decision:
    """The approval as the first of two; empty where it is the second of every item.

    Raises NotAllowedNow where the same person approves again, or would be the second of some items only.
    """
    waiting = case.rounds[round_id]
    wanted = waiting.waiting if items is None else items
    firsts = {waiting.first.get(item, "") for item in wanted}
    if by.casefold() in firsts:
        raise NotAllowedNow(f"{by} has approved {round_title(round_id)} already. {TWO}")
    if "" not in firsts:
        return Decision()
    if len(firsts) > 1:
        raise NotAllowedNow("Some of these letters have a first approval and some have none: approve them apart.")
    because = f"{by} approved; a second person is needed"
    first = FirstApproved(at=now, by=by, because=because, round=round_id, items=wanted, mail=mail)
    return Decision(case=case.ref, events=(first,), because=(because,))


def supersede(
    case: Case,
    kind: Literal["invitation", "cancellation", "pack", "sign-off", "submission"],
    now: datetime,
    because: str,
) -> Decision:
    """Earlier versions of an invitation, a pack or a submission that have not gone are set aside for the new one."""
    letter: LetterKind
    match kind:
        case "sign-off":
            letter = "partner_enquiry"
        case "cancellation":
            letter = "invitation"
        case _:
            letter = kind
    old = [r for r in case.rounds.values() if r.id.startswith(f"{kind}-") and r.state == "waiting" and r.waiting]
    return Decision(
        case=case.ref,
        events=tuple(RoundRejected(at=now, because=because, round=r.id) for r in old),
        actions=(
            # Approved ones, too, that are still in their minutes of grace.
            Withdraw(key=f"{case.ref}/withdraw/{kind}/{case.version}", case=case.ref, kinds=(letter,)),
        ),
        because=(because,) if old else (),
    )


def no_longer_needed(
    case: Case, agency: str, kinds: tuple[LetterKind, ...], now: datetime, because: str, mark: str
) -> Decision:
    """Letters of these kinds to one agency that have not gone never will; nobody is asked about them any more."""
    events = tuple(
        RoundRejected(at=now, because=because, round=waiting.id, items=items)
        for waiting in case.rounds.values()
        if waiting.id.partition("-")[0] in kinds
        and (items := tuple(i for i in waiting.waiting if waiting.agencies.get(i) == agency))
    )
    stop = Withdraw(key=f"{case.ref}/withdraw/{agency}/{mark}", case=case.ref, agency=agency, kinds=kinds)
    return Decision(case=case.ref, events=events, actions=(stop,))


def beginning(case: Case, prefix: str) -> list[Round]:
    """The rounds whose names begin so, oldest first."""
    return [asked for name, asked in case.rounds.items() if name.startswith(prefix)]


def numbered(drafts: Sequence[SendLetter], round_id: str) -> list[SendLetter]:
    """The letters as items of one round: they wait in it, and go as soon as they are released."""
    return [
        draft.model_copy(update={"round": round_id, "item": item, "due": None})
        for item, draft in enumerate(drafts, 1)
    ]


def set_aside(
    case: Case, prefixes: Sequence[str], kinds: tuple[LetterKind, ...], now: datetime, because: str
) -> Decision:
    """Letters of these rounds and kinds that have not gone never will; nobody is asked about them any more."""
    old = [asked for prefix in prefixes for asked in beginning(case, prefix)]
    if not old:
        return Decision(case=case.ref)
    events = tuple(RoundRejected(at=now, because=because, round=asked.id) for asked in old if asked.waiting)
    stop = Withdraw(key=f"{case.ref}/withdraw/{'+'.join(prefixes)}/{case.version}", case=case.ref, kinds=kinds)
    return Decision(case=case.ref, events=events, actions=(stop,), because=(because,) if events else ())


def round_title(round_id: str) -> str:
    """What a round is, in words."""
    kind = round_id.partition("-")[0]
    return {
        "scoping": "scoping letters",
        "escalation": "escalation of a late return",
        "invitation": "invitations to the Rapid Review meeting",
        "cancellation": "letters calling the Rapid Review meeting off",
        "pack": "the meeting pack",
        "sign": "letters asking the partners to sign off",
        "submission": "the submission to the national Panel",
        "learning": "letters telling the decision about learning",
        "jcr": "the letter to the JCR Group",
        "outcome": "letters telling the outcome",
        "threshold": "the question to the local authority whether it is serious harm",
        "la": "a reminder to the local authority",
        "partners": "letters asking the partners and the Partnership Manager",
        "threshold_meeting": "invitations to the partners' virtual meeting",
        "threshold_decision": "letters telling the decision on serious harm",
        "panel": "letters telling what the national Panel replied",
        "withdrawn": "letters telling that the review is withdrawn",
        "transferred": "letters telling that the case is handed over",
        "reopened": "letters telling that the review goes on",
    }.get(kind, round_id)
