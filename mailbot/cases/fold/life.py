"""What may happen to any case: a pause, a merger, an end, clocks that move."""

from __future__ import annotations

from mailbot.cases.events import (
    Absorbed,
    ClocksNoted,
    LatenessExplained,
    Merged,
    Resumed,
    Suspended,
    Transferred,
)
from mailbot.cases.fold.changes import Changers

CHANGES: Changers = {
    Suspended: lambda _, event: {"suspended_until": event.until, "suspended_why": event.because},
    Resumed: lambda _, event: {"suspended_until": None, "suspended_why": ""},
    Transferred: lambda _, event: {"transferred_to": event.to},
    Merged: lambda _, event: {"merged_into": event.into},
    Absorbed: lambda case, event: {"absorbed": (*case.absorbed, event.ref)},
    ClocksNoted: lambda _, event: {"dues": event.dues, "bases": event.bases},
    LatenessExplained: lambda case, event: {"lateness": case.lateness | {event.clock: event.because}},
}
