"""An incident of which no form tells: a mail that a person says opens a case, and a case opened by hand."""

from __future__ import annotations

import re
from datetime import datetime

from mailbot.cases import arrivals
from mailbot.cases.arrivals import Came, ReadForm
from mailbot.cases.case import Case
from mailbot.cases.decisions import Decision
from mailbot.cases.events import Paper
from mailbot.cases.incidents import on_incident
from mailbot.cases.stages import apply
from mailbot.cases.values import Value
from mailbot.errors import CaseMoved, UsageProblem
from mailbot.forms.form import Form
from mailbot.intake.doubts import tell_doubts
from mailbot.intake.known_children import tell_of_known_children
from mailbot.intake.opening import Opened, open_mail
from mailbot.intake.papers import email_paper, forms_in, papers_in, papers_of, plain
from mailbot.intake.settling import came, store_what_can_be_read
from mailbot.mail.envelope import fresh_text
from mailbot.parts import Parts
from mailbot.store.mailbag import MailMark

INTENTION = re.compile(
    r"(?is)\b(?:intention|intend(?:s|ing)?|will|going|plan(?:s|ning)?|propos(?:e|es|ing)|about)\b.{0,40}?"
    r"\b(?:to\s+)?(?:notify|submit(?:ting)?|send(?:ing)?|make|making|be\s+notifying|be\s+submitting)\b.{0,80}?"
    r"\b(?:notification|notify|ofsted|national\s+panel|the\s+panel|serious\s+incident\s+(?:referral|form))"
)
"""Words by which a local authority tells that it means to notify the Panel."""
TRIES = 3


class ByHand(Value):
    """What a person knows of an incident who opens its case by hand. Nothing of it is ever logged."""

    by: str
    told_by: str = ""
    child_name: str = ""
    child_dob: str = ""
    received: datetime
    intends: bool = False
    why: str = ""


def tells_intention(opened: Opened) -> bool:
    """Whether the mail says, in its subject or its own words, that a notification is meant to be made."""
    return INTENTION.search(f"{opened.envelope.subject}\n{fresh_text(opened.envelope)}") is not None


def take_incident(opened: Opened, parts: Parts, now: datetime) -> None:
    """A mail without a referral form that a person has assigned to a new case: its words and files are papers.

    From the local authority, a notification form or words of an intention make it door one: its form is awaited.
    """
    practice, read, arrived = parts.practice, opened.read, came(opened, parts)
    notified = next((f for f in forms_in(opened) if f.kind == "notification"), None)
    ref = parts.casebook.next_ref(practice.office.reference, practice.year_of(opened.envelope.received))
    papers = papers_in(opened, parts, read.agency, {"notification": "notification"})
    others = [one.paper for one in papers if one.paper.kind != "notification"]
    words = email_paper(opened, parts, "other", read.agency)
    told = ReadForm(fields=_child_of(notified), papers=(words, *(p for p in others if p.sha256 != words.sha256)))
    because = f"{opened.mail.assigned_by or 'a person'} assigned mail {opened.mail.id} to a new case"
    intends = notified is not None or tells_intention(opened)
    decision = on_incident(ref, arrived, told, read.agency, intends, because, practice, now)
    case = _after(Case(), decision)
    if notified is not None:
        own = [one for one in papers if one.paper.kind == "notification"]
        noted = arrivals.on_notification(case, arrived, plain(notified, papers_of(own)), practice, now)
        # One receipt is enough for one mail.
        noted = noted.model_copy(update={"actions": ()})
        case, decision = _after(case, noted), decision.and_then(noted)
    decision = decision.and_then(tell_of_known_children(case, parts, now))
    decision = decision.and_then(tell_doubts(case, opened, parts, now))
    store_what_can_be_read(opened, decision, case, parts, now)


def open_by_hand(told: ByHand, parts: Parts, now: datetime, mail: int | None = None) -> str:
    """A case opened by a person's word; gives its reference. Of a held `mail`, words and files become its papers.

    Raises UsageProblem where the person is not in the directory, or the agency that told of it is not known.
    """
    practice = parts.practice
    practice.directory.must_know(told.by)
    if told.received > now:
        raise UsageProblem("--received is still to come: give the moment at which the office was told.")
    agency, address = _who_told(told.told_by, parts)
    opened = open_mail(parts.mailbag.mail(mail), parts) if mail is not None else None
    if opened is not None and opened.mail.state != "held":
        raise UsageProblem(f"Mail {mail} is {opened.mail.state}: a case is opened from a held mail.")
    for _ in range(TRIES):
        ref = parts.casebook.next_ref(practice.office.reference, practice.year_of(told.received))
        arrived = Came(mail=0, message_id="", sender=address, received=told.received, may_answer=False)
        papers: tuple[Paper, ...] = ()
        if opened is not None:
            arrived = came(opened, parts).model_copy(update={"received": told.received})
            agency = agency or opened.read.agency
            files = papers_of(papers_in(opened, parts, agency, {"notification": "notification"}))
            papers = (email_paper(opened, parts, "other", agency), *files)
        fields = {"child_name": told.child_name, "child_dob": told.child_dob}
        form = ReadForm(fields={name: text for name, text in fields.items() if text}, papers=papers)
        because = told.why or "opened by hand"
        decision = on_incident(ref, arrived, form, agency, told.intends, because, practice, now, told.by)
        decision = decision.and_then(tell_of_known_children(_after(Case(), decision), parts, now))
        mark = MailMark(mail=mail, state="handled", reason=f"it opened {ref}", case=ref) if mail is not None else None
        try:
            parts.casebook.commit(decision, now, mark)
        except CaseMoved:
            continue
        return ref
    raise UsageProblem("Other cases were opened at the same moment. Please try again.")


def _who_told(who: str, parts: Parts) -> tuple[str | None, str]:
    """The agency and the address of whoever told: an agency's id, or an address."""
    directory = parts.practice.directory
    if not who:
        return None, ""
    if "@" in who:
        found = directory.agency_of(who)
        return (found.id if found else None), who
    listed = directory.agency(who)
    if listed is None:
        known = ", ".join(a.id for a in directory.agencies)
        raise UsageProblem(f"{who} is no agency of config/agencies.toml and no address. The agencies are: {known}.")
    return listed.id, listed.spoc[0] if listed.spoc else ""


def _child_of(notified: Form | None) -> dict[str, str]:
    """The child as a notification names it."""
    if notified is None:
        return {}
    first = next(iter(notified.tables.get("children", ())), {})
    known = {
        "child_name": notified.get("child_name") or first.get("name", ""),
        "child_dob": notified.get("child_dob") or first.get("date_of_birth", ""),
        "date_of_incident": notified.get("date_of_incident"),
    }
    return {name: text for name, text in known.items() if text}


def _after(case: Case, decision: Decision) -> Case:
    for event in decision.events:
        case = apply(case, event)
    return case
