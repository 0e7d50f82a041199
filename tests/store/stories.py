"""Small invented facts that the tests of the record are told with."""

from datetime import UTC, datetime, timedelta

from mailbot.cases.decisions import Action, Decision, SendLetter
from mailbot.cases.events import ActionAgreed, Asked, LetterSent, ReferralReceived, ScopingDrafted
from mailbot.store.outbox import Outbox

MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
LATER = MONDAY + timedelta(hours=1)
REF = "RR-2026-001"
MAIL = b"From: duty@council.example\r\nSubject: Referral\r\n\r\nForm attached.\r\n"


def referral(ref: str = REF) -> ReferralReceived:
    return ReferralReceived(
        at=MONDAY,
        because="a referral form came",
        ref=ref,
        procedure="h01",
        from_la=False,
        referrer="duty@council.example",
        fields={"child_name": "Robin Ashdown"},
        papers=(),
    )


def agreed(text: str) -> ActionAgreed:
    return ActionAgreed(at=LATER, because="agreed at the meeting", text=text)


def scoping() -> ScopingDrafted:
    asked = Asked(agency="police", name="Northshire Police", because="always asked")
    return ScopingDrafted(at=LATER, because="serious harm accepted", round="scoping-1", asked=(asked,))


def send(key: str = "ack:RR-2026-001", **changes: object) -> SendLetter:
    letter = SendLetter(key=key, case=REF, kind="acknowledgement", to=("duty@council.example",), facts={})
    return letter.model_copy(update=changes)


def opening(*actions: Action, ref: str = REF) -> Decision:
    return Decision(case=ref, version=0, events=(referral(ref),), actions=actions)


def letter_sent() -> LetterSent:
    return LetterSent(
        at=LATER,
        because="the server took it",
        kind="acknowledgement",
        key="ack:RR-2026-001",
        to=("duty@council.example",),
        message_id="<ack.1@partnership.example>",
    )


def draft(outbox: Outbox, number: int = 1, **changes: object) -> int:
    """Add a letter that is ready to go, unless the changes say otherwise."""
    fields: dict[str, object] = {
        "key": f"letter:{number}",
        "case": REF,
        "kind": "scoping",
        "agency": "police",
        "to": ("reviews@police.example",),
        "subject": "[RR-2026-001] Scoping",
        "message_id": f"<{number}@partnership.example>",
        "raw": b"To: reviews@police.example\r\n\r\nLetter %d" % number,
        "status": "ready",
        "now": MONDAY,
    }
    return outbox.add(**(fields | changes))  # type: ignore[arg-type]
