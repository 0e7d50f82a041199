"""May this sender be believed? What our own mail server found out, and nothing that the sender could have written."""

from __future__ import annotations

from mailbot.cases.values import Value
from mailbot.mail.envelope import Envelope


class Belief(Value):
    """Whether the From address may be believed, and a sentence that says why or why not."""

    believed: bool
    why: str


def believe(envelope: Envelope, authserv_id: str | None, trust_unauthenticated: bool) -> Belief:
    """Whether our own server found a DMARC pass for the From domain."""
    raise NotImplementedError
