"""Letters that tell of the case's own fate: withdrawn, handed over to another area, taken up again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Literal

from mailbot.cases.case import Case, Request
from mailbot.cases.decisions import SendLetter
from mailbot.cases.letters.common import common
from mailbot.cases.practice import Practice
from mailbot.cases.wording import say_moment

News = Literal["withdrawn", "transferred", "reopened"]


def case_news(
    case: Case,
    practice: Practice,
    now: datetime,
    news: News,
    area: str = "",
    dues: Mapping[str, datetime] | None = None,
    only: Collection[str] | None = None,
) -> list[SendLetter]:
    """The news to each agency that was asked and to everybody who referred, one letter each, as one round.

    `dues` says of an agency by when its return is needed after all; `only` names the agencies and addresses to tell.
    An agency that is no longer in the directory has nobody to write to and is left out.
    """
    before = sum(name.startswith(f"{news}-") for name in case.rounds)
    round_id = f"{news}-{before + 1}"
    facts = common(case, practice, now) | {
        "news": news,
        "area": area,
        "answered": False,
        "due": "",
        "to_referrer": False,
    }
    letters: list[SendLetter] = []

    def add(name: str, to: tuple[str, ...], agency: str | None, changes: dict[str, object], answers: str) -> None:
        if only is not None and name not in only:
            return
        letters.append(
            SendLetter(
                key=f"{case.ref}/{round_id}/{name}",
                case=case.ref,
                kind="case_news",
                to=to,
                agency=agency,
                round=round_id,
                item=len(letters) + 1,
                facts=facts | changes,
                in_reply_to=answers,
                due=now,
            )
        )

    for request in asked_agencies(case):
        listed = practice.directory.agency(request.agency)
        if listed is None or not listed.spoc:
            continue
        due = (dues or {}).get(request.agency)
        changes: dict[str, object] = {
            "agency_name": request.name,
            "answered": request.completeness is not None,
            "due": say_moment(due, practice.zone) if due else "",
        }
        add(request.agency, listed.spoc, request.agency, changes, request.message_id)
    told = {address.casefold() for letter in letters for address in letter.to}
    for referrer in case.referrers:
        if referrer.address and referrer.address.casefold() not in told:
            told.add(referrer.address.casefold())
            changes = {"to_referrer": True}
            add(referrer.address, (referrer.address,), None, changes, referrer.message_id)
    return letters


def asked_agencies(case: Case) -> list[Request]:
    """The agencies that a scoping letter has reached."""
    return [r for r in case.requests.values() if r.sent_at is not None and not r.undeliverable]
