"""Mails that bring a referral or a notification: a new case, the form that a case waits for, or a second referral."""

from __future__ import annotations

from datetime import datetime

from mailbot.cases import arrivals
from mailbot.cases.case import Case
from mailbot.cases.decisions import Decision
from mailbot.cases.joining import is_awaited, on_joining_referral
from mailbot.cases.stages import apply
from mailbot.forms.form import Form
from mailbot.forms.same_child import Match, children_of_case, children_of_form, matches
from mailbot.intake.doubts import tell_doubts
from mailbot.intake.incidents import take_incident
from mailbot.intake.known_children import tell_of_known_children
from mailbot.intake.opening import Opened
from mailbot.intake.papers import ReadPaper, forms_in, papers_in, papers_of, plain
from mailbot.intake.settling import NEW_CASE, came, hold, open_case, store_what_can_be_read
from mailbot.parts import Parts


def take_referral(opened: Opened, parts: Parts, now: datetime) -> None:
    """A referral opens a case, joins the one that waits for it, or is held where only a person can tell which.

    Two referrals are never made one unasked: `mailbot assign MAIL REF` says that they are, `MAIL NEW` that not.
    """
    form = next(f for f in forms_in(opened) if f.kind == "referral")
    if opened.mail.case == NEW_CASE:
        _open(opened, form, parts, now)
        return
    if opened.mail.case is not None:
        case = open_case(opened, parts)
        if case is None:
            hold(opened, f"a referral for {opened.mail.case}, which is not open any more", parts, now)
            return
        _join(case, opened, form, parts, now)
        return
    found = matches(form, parts.casebook.open_cases())
    case = _awaiting(opened, form, found, parts)
    if case is not None:
        _join(case, opened, form, parts, now)
        return
    refs = tuple(dict.fromkeys((*opened.read.candidates, *(match.ref for match in found))))
    if refs:
        _hold_as_second(opened, refs, found, parts, now)
    elif opened.read.agency is None:
        hold(opened, "a referral from somebody who is not in the directory", parts, now)
    elif nameless := _waiting_without_a_name(opened, parts):
        reason = f"a referral, and the child is not known of a case that waits for one: {', '.join(nameless)}"
        hold(opened, reason, parts, now, candidates=nameless)
    else:
        _open(opened, form, parts, now)


def take_notification(opened: Opened, parts: Parts, now: datetime) -> None:
    """The LA's notification goes into its case; one without a case opens it where a person says so."""
    if opened.mail.case == NEW_CASE:
        take_incident(opened, parts, now)
        return
    case = open_case(opened, parts)
    if case is None:
        hold(opened, "a notification, and no open case it is sure to belong to", parts, now)
        return
    decision = _noted(case, opened, parts, now)
    decision = decision.and_then(tell_doubts(case, opened, parts, now))
    store_what_can_be_read(opened, decision, case, parts, now)


def _open(opened: Opened, form: Form, parts: Parts, now: datetime) -> None:
    practice = parts.practice
    ref = parts.casebook.next_ref(practice.office.reference, practice.year_of(opened.envelope.received))
    read = plain(form, papers_of(_beside_notification(opened, parts)))
    decision = arrivals.on_referral(ref, came(opened, parts), read, opened.read.agency, practice, now)
    case = _after(Case(), decision)
    if any(f.kind == "notification" for f in forms_in(opened)):
        decision = decision.and_then(_noted(case, opened, parts, now))
    decision = decision.and_then(tell_of_known_children(case, parts, now))
    decision = decision.and_then(tell_doubts(case, opened, parts, now))
    store_what_can_be_read(opened, decision, case, parts, now)


def _join(case: Case, opened: Opened, form: Form, parts: Parts, now: datetime) -> None:
    read = plain(form, papers_of(_beside_notification(opened, parts)))
    arrived = came(opened, parts)
    decision = on_joining_referral(case, arrived, read, opened.read.agency, parts.practice, now)
    after = _after(case, decision)
    if any(f.kind == "notification" for f in forms_in(opened)):
        decision = decision.and_then(_noted(after, opened, parts, now))
    decision = decision.and_then(tell_doubts(after, opened, parts, now))
    store_what_can_be_read(opened, decision, after, parts, now)


def _noted(case: Case, opened: Opened, parts: Parts, now: datetime) -> Decision:
    form = next(f for f in forms_in(opened) if f.kind == "notification")
    alone = opened.read.kind == "notification"
    papers = [one for one in _papers(opened, parts) if alone or one.paper.kind == "notification"]
    return arrivals.on_notification(case, came(opened, parts), plain(form, papers_of(papers)), parts.practice, now)


def _papers(opened: Opened, parts: Parts) -> list[ReadPaper]:
    return papers_in(opened, parts, opened.read.agency, {"referral": "referral", "notification": "notification"})


def _beside_notification(opened: Opened, parts: Parts) -> list[ReadPaper]:
    return [one for one in _papers(opened, parts) if one.paper.kind != "notification"]


def _awaiting(opened: Opened, form: Form, found: tuple[Match, ...], parts: Parts) -> Case | None:
    """The one case that the referral is sure to belong to, if that is waiting for a form of this agency.

    Sure is our reference or letter, the NHS number, or name and date of birth; and no other child named in the form.
    """
    sure = tuple(match.ref for match in found if match.sure)
    ref = opened.read.case or (sure[0] if len(sure) == 1 and len(found) == 1 else None)
    if ref is None:
        return None
    case = parts.casebook.survivor(ref)
    if not is_awaited(case, opened.read.agency, parts.practice):
        return None
    named = case.child.name and any(child.names for child in children_of_form(form))
    return None if named and case.ref not in {match.ref for match in found} else case


def _waiting_without_a_name(opened: Opened, parts: Parts) -> tuple[str, ...]:
    """Cases that wait for a form of this agency and know no child that it could be told by."""
    return tuple(
        case.ref
        for case in parts.casebook.open_cases()
        if is_awaited(case, opened.read.agency, parts.practice)
        and not any(child.names for child in children_of_case(case))
    )


def _hold_as_second(
    opened: Opened, refs: tuple[str, ...], found: tuple[Match, ...], parts: Parts, now: datetime
) -> None:
    how = {match.ref: f" ({match.how})" for match in found}
    named = ", ".join(f"{ref}{how.get(ref, '')}" for ref in refs)
    reason = f"a referral for a child or reference that has a case already: {named}"
    hold(opened, reason, parts, now, candidates=refs)


def _after(case: Case, decision: Decision) -> Case:
    for event in decision.events:
        case = apply(case, event)
    return case
