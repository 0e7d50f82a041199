"""The shape that every module of this folder has: for each kind of event, what it changes in the case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mailbot.cases.case import Case
from mailbot.cases.events import AnyEvent

Changes = dict[str, Any]
"""Fields of the case, and what they become."""
Changers = dict[type[AnyEvent], Callable[[Case, Any], Changes]]


def request_with(case: Case, agency: str, **update: Any) -> Changes:
    """The case's requests with one changed; nothing where the agency was never asked."""
    if agency not in case.requests:
        return {}
    return {"requests": case.requests | {agency: case.requests[agency].model_copy(update=update)}}
