"""Who takes part in a case's meeting and who speaks for its partners: of several local authorities only its own."""

from __future__ import annotations

from mailbot.cases.case import Case
from mailbot.cases.directory import Directory, Partner, Person
from mailbot.cases.practice import Practice


def attendees(case: Case, practice: Practice) -> tuple[Person, ...]:
    """Everybody who is invited and gets the pack; the partnership manager, who approves it, has it already.

    Procedure H01: "representatives from each of the safeguarding partners and any other relevant individuals".
    """
    directory = practice.directory
    return tuple(p for p in directory.people if p.role != "partnership_manager" and _of_this_case(case, p, directory))


def partner_leads(case: Case, practice: Practice, partner: Partner | None = None) -> tuple[Person, ...]:
    """The leads of the safeguarding partners in this case, of one partner or of all three."""
    return tuple(
        p
        for p in attendees(case, practice)
        if p.role == "partner_lead" and p.partner and (partner is None or p.partner == partner)
    )


def meeting_uid(case: Case, practice: Practice) -> str:
    """What the meeting is called in every calendar, whatever its date."""
    return f"{case.ref.lower()}@{practice.office.address.partition('@')[2]}"


def invited(case: Case) -> dict[str, int]:
    """The addresses whose calendars hold the meeting, each with the sequence of the latest invitation that went."""
    latest: dict[str, int] = {}
    cancelled: dict[str, int] = {}
    for key in case.letters_sent:
        # The keys are REF/invitation-SEQUENCE/ADDRESS and REF/cancellation-SEQUENCE/ADDRESS; more may follow.
        _, what, *rest = key.split("/")
        kind, _, sequence = what.rpartition("-")
        if kind in ("invitation", "cancellation") and rest:
            known = latest if kind == "invitation" else cancelled
            known[rest[0].casefold()] = max(int(sequence), known.get(rest[0].casefold(), 0))
    return {who: sequence for who, sequence in latest.items() if sequence > cancelled.get(who, 0)}


def _of_this_case(case: Case, person: Person, directory: Directory) -> bool:
    """Whether somebody is not of another local authority than the case's.

    The papers of a child go to no other council's people; the chair of the JCR Group sits for all of them. Where the
    case's own council is not known yet, or whose the person is, nobody is left out: a person approves every one of
    these letters and reads to whom it goes.
    """
    whose = directory.agency(directory.agency_id_of(person))
    council = person.partner == "local_authority" or (whose is not None and whose.partner == "local_authority")
    if not council or person.role == "jcr_chair" or case.la is None or not directory.several_authorities:
        return True
    return whose is None or whose.id == case.la
