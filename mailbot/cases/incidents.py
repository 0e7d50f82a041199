"""Word of an incident that brings no referral form: what opens a case, and what the office is asked about it."""

from __future__ import annotations

from datetime import datetime

from mailbot.cases.arrivals import Came, ReadForm, acknowledge
from mailbot.cases.case import Case
from mailbot.cases.decisions import Decision
from mailbot.cases.events import AnyEvent, IncidentReported, IntentionTold, LocalAuthorityNamed
from mailbot.cases.practice import Practice
from mailbot.cases.questions import tell_office
from mailbot.cases.stages import apply


def on_incident(
    ref: str,
    came: Came,
    told: ReadForm,
    agency: str | None,
    intends: bool,
    because: str,
    practice: Practice,
    now: datetime,
    by: str = "mailbot",
) -> Decision:
    """An incident is told of without a form. A named person has said that it opens a case: `because` is why.

    Flow chart: "Information REF incident sent to Partnership Manager" by another organisation; or the local authority
    "notifies Safeguarding Partnership Manager of intention to submit Serious Incident Referral Form" (`intends`), and
    its JCR referral form is awaited.
    """
    procedure = practice.procedures[practice.procedure]
    listed = practice.directory.agency(agency)
    is_la = listed is not None and listed.partner == "local_authority"
    reported = IncidentReported(
        at=came.received,
        by=by,
        because=because,
        mail=came.mail or None,
        ref=ref,
        procedure=procedure.id,
        from_la=is_la and intends,
        referrer=came.sender,
        referrer_agency=agency,
        message_id=came.message_id,
        fields=told.fields,
        papers=told.papers,
    )
    events: list[AnyEvent] = [reported]
    if is_la and not intends and agency:
        because = "the incident was told of by the local authority"
        events.append(LocalAuthorityNamed(at=came.received, because=because, agency=agency))
    case = Case()
    for event in events:
        case = apply(case, event)
    decision = Decision(case=ref, events=tuple(events), because=(f"word of an incident came: case {ref} is open",))
    if came.sender:
        decision = decision.and_then(acknowledge(case, came, "information about an incident", practice, now))
    return decision.and_then(_ask_what_is_not_known(case, practice, now))


def on_intention(case: Case, came: Came, practice: Practice, now: datetime) -> Decision:
    """The local authority tells, about an open case, that it means to notify: the clock of its form begins."""
    because = "the local authority told of its intention to notify"
    told = IntentionTold(at=came.received, because=because, mail=came.mail or None)
    return Decision(case=case.ref, version=case.version, events=(told,), because=(because,))


def _ask_what_is_not_known(case: Case, practice: Practice, now: datetime) -> Decision:
    paragraphs = []
    if not case.child.name:
        paragraphs.append(
            "No form came with it, so the child's name and date of birth are not known to mailbot: a form or a "
            f"return that comes without the reference {case.ref} waits for you to say whose it is."
        )
    commands = []
    if case.from_la:
        paragraphs.append("The local authority's JCR referral form is awaited, and asked for when it is late.")
    paragraphs.append("Please record when the local authority became aware: its five working days count from there.")
    commands.append(f"mailbot record {case.ref} aware YYYY-MM-DD --as YOU")
    return tell_office(case, now, practice, "incident-read", "A case was opened without a form", paragraphs, commands)
