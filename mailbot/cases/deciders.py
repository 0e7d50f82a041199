"""Whose word counts: the local authority's for its decision, a partner's for an answer, the office's for a fact."""

from __future__ import annotations

from typing import Literal

from mailbot.cases.case import Case
from mailbot.cases.directory import Directory
from mailbot.cases.practice import Practice

Standing = Literal["decides", "belongs", "none"]


def may_decide(address: str, practice: Practice) -> bool:
    """Whether this address may answer the office's questions: an approver's, or the Partnership Manager's."""
    person = practice.directory.person(address)
    manager = person is not None and person.role == "partnership_manager"
    return manager or address.casefold() in (approver.casefold() for approver in practice.approvers)


def authority_of(case: Case, directory: Directory) -> str | None:
    """The case's local authority: as recorded, else the only one there is."""
    authorities = [a.id for a in directory.agencies if a.partner == "local_authority"]
    return case.la or (authorities[0] if len(authorities) == 1 else None)


def standing_of(address: str, case: Case, directory: Directory) -> Standing:
    """Whether an address may say what the case's local authority decides, or only belongs to that authority."""
    authority = authority_of(case, directory)
    person, agency = directory.person(address), directory.agency_of(address)
    if authority is None:
        return "none"
    own = (authority,) if directory.several_authorities else (authority, None)
    if person is not None and person.role == "la_decision_maker" and directory.agency_id_of(person) in own:
        return "decides"
    return "belongs" if agency is not None and agency.id == authority else "none"


def awaited(case: Case) -> tuple[tuple[str, str], ...]:
    """Topic and address of each person who was asked by email and whose answer the case still waits for, last first.

    Read from the keys of the letters that went: REF/partner/TOPIC/ADDRESS[/n].
    """
    asked = [key.split("/")[2:4] for key in reversed(case.letters_sent) if key.startswith(f"{case.ref}/partner/")]
    answered = {(answer.topic, answer.who.email.casefold()) for answer in case.partner_answers}
    signed = {("sign_off", person.email.casefold()) for person in case.signed_off}
    waits = [(topic, address.casefold()) for topic, address in (pair for pair in asked if len(pair) == 2)]
    return tuple(dict.fromkeys(pair for pair in waits if pair not in answered | signed))
