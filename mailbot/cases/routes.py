"""The way to a letter's reader: plain mail over TLS, mail that its agency's own system needs marked, or a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mailbot.cases.case import Case
from mailbot.cases.decisions import Decision
from mailbot.cases.directory import CJSM, Directory, SecureRoute, without_alias
from mailbot.cases.events import LetterKind
from mailbot.cases.practice import Practice
from mailbot.cases.questions import tell_office

OURSELVES: tuple[LetterKind, ...] = ("approval_request", "question", "warning", "digest", "submission")
"""Letters to the office and the Panel, whatever agency's domain an approver writes from."""
ANSWERS_A_MAIL: tuple[LetterKind, ...] = ("acknowledgement", "thanks", "reask")
"""Letters that answer somebody who wrote by mail: they go back the way that mail came."""
BY_HAND: dict[SecureRoute, str] = {"portal": "its own secure portal", "phone": "telephone"}


def route_of(kind: LetterKind, agency: str | None, to: Sequence[str], directory: Directory) -> SecureRoute:
    """The way that a letter takes: that of the agency it is about, else of the one its reader belongs to."""
    if kind in OURSELVES:
        return "tls"
    known = directory.agency(agency) or next((a for x in to if (a := directory.agency_of(x))), None)
    route: SecureRoute = known.secure_route if known else "tls"
    return "tls" if route in BY_HAND and kind in ANSWERS_A_MAIL else route


def by_route(route: SecureRoute, to: Sequence[str]) -> tuple[str, ...]:
    """The addresses as that way needs them: criminal justice secure mail has an alias for each."""
    return tuple(f"{without_alias(address)}{CJSM}" for address in to) if route == "cjsm" else tuple(to)


def ask_to_send(
    case: Case, letter: int, kind: LetterKind, name: str, route: SecureRoute, practice: Practice, now: datetime
) -> Decision:
    """A letter that no mail may carry becomes a task for a person, once; clocks run from what they record."""
    what = kind.replace("_", " ")
    how = "Read it to them, and send no paper" if route == "phone" else "Upload it with its files"
    return tell_office(
        case,
        now,
        practice,
        f"by-hand/{letter}",
        f"Please give {name} a letter yourself",
        [
            f"Letter {letter}, {what} to {name}, may go, and {name} is reached by {BY_HAND[route]}: mailbot does not "
            f"send it. {how}, then record it: dates that count from its sending count from what you record.",
            "The first command shows the letter and lays its text and files into a folder; the second says that it "
            "is done, --at when it was not just now.",
        ],
        [f"mailbot letter {letter} --save FOLDER", f"mailbot sent {letter} --as YOU"],
    )
