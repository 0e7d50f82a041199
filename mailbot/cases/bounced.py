"""A letter came back: was the agency reached all the same, and who of the directory is next?"""

from __future__ import annotations

from datetime import datetime

from mailbot.cases.arrivals import Came
from mailbot.cases.case import Case
from mailbot.cases.decisions import Decision, Withdraw
from mailbot.cases.directory import without_alias
from mailbot.cases.events import DeliveryFailed
from mailbot.cases.practice import Practice
from mailbot.cases.questions import tell_office
from mailbot.cases.wording import say_list


def on_bounce(
    case: Case, agency: str, address: str, permanent: bool, came: Came, practice: Practice, now: datetime
) -> Decision:
    """A letter did not arrive. The agency is not silent: it was not reached; the chasing stops, a person looks."""
    what = "cannot be delivered to" if permanent else "is not being taken just now by"
    because = f"mail {what} an address of {agency}"
    address = without_alias(address)
    others = _other_addresses(case, agency, address, practice)
    failed = DeliveryFailed(
        at=came.received,
        because=because,
        mail=came.mail,
        agency=agency,
        address=address,
        permanent=permanent,
        reached=bool(others),
    )
    stop = Withdraw(
        key=f"{case.ref}/withdraw/{agency}/bounce-{came.mail}",
        case=case.ref,
        agency=agency,
        kinds=("reminder", "chase", "escalation"),
    )
    decision = Decision(
        case=case.ref,
        version=case.version,
        events=(failed,),
        actions=(stop,) if permanent and not others else (),
        because=(because,),
    )
    told = tell_office(
        case,
        now,
        practice,
        f"bounce/{agency}/{address}",
        "A letter did not arrive",
        _who_next(case, agency, address, others, practice),
        [] if others else [f"mailbot record {case.ref} scoping {agency} --as YOU"],
        kind="warning",
    )
    return decision.and_then(told)


def _other_addresses(case: Case, agency_id: str, address: str, practice: Practice) -> list[str]:
    """The contacts of an agency that still take our letters; an address that is none of them touches none."""
    agency, request = practice.directory.agency(agency_id), case.requests.get(agency_id)
    if agency is None:
        return []
    if address.casefold() in (a.casefold() for a in agency.escalate_to) and address not in agency.spoc:
        return list(agency.spoc)
    gone = {address.casefold(), *(request.failed if request else ())}
    left = [a for a in agency.spoc if a.casefold() not in gone]
    known = any(a.casefold() == address.casefold() for a in agency.spoc)
    return left if known else []


def _who_next(case: Case, agency_id: str, address: str, others: list[str], practice: Practice) -> list[str]:
    """What a person is told of a letter that came back: whether anybody else has it, and who might be next."""
    agency, request = practice.directory.agency(agency_id), case.requests.get(agency_id)
    name = agency.name if agency else agency_id
    came_back = f"Mail to {address} ({agency_id}) came back."
    if others:
        return [
            f"{came_back} {say_list(others)} has the same letter, and {name} is asked on as before. "
            "Please correct config/agencies.toml."
        ]
    gone = {address.casefold(), *(request.failed if request else ())}
    deputies = [a for a in agency.deputies if a.casefold() not in gone] if agency else []
    if not deputies:
        return [
            f"{came_back} Please ring the agency, and correct config/agencies.toml. Then ask it again; its letter "
            "waits for approval like every first one."
        ]
    return [
        f"{came_back} Next in the directory is {deputies[0]}, a deputy. Please ring the agency. If the letter is to "
        f'go there, write spoc = ["{deputies[0]}"] for [[agency]] {agency_id} in config/agencies.toml, and ask it '
        "again: the letter waits for approval like every first one."
    ]
