"""Mail that came back: which address, for good or not, and about which of our letters."""

from __future__ import annotations

from mailbot.cases.values import Value


class Bounce(Value):
    """A delivery report. `final`: delivery has ended; `permanent`: the address is no good; `about`: Message-IDs."""

    addresses: tuple[str, ...] = ()
    final: bool
    permanent: bool
    about: tuple[str, ...] = ()
    reason: str


def read_bounce(raw: bytes) -> Bounce | None:
    """The bounce that a mail is, or None. To be asked before `Envelope.automatic`. Never raises."""
    raise NotImplementedError
