"""Sign-off and endorsement: who has not signed the decision, who is asked to, and what the independent chair is for.

A signature is of the decision with its reasons, not of one draft: the template names those who signed, so that every
signature makes a new draft, and a rule by which each draft is signed anew would never end. A new decision is signed
anew (fold/meeting.py); a template that a person has finished goes again to those who have not signed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from mailbot.cases import letters, rounds
from mailbot.cases.attending import partner_leads
from mailbot.cases.case import Case
from mailbot.cases.deadlines import clock_of
from mailbot.cases.decisions import Decision
from mailbot.cases.directory import PARTNERS, Partner, Person
from mailbot.cases.practice import Practice
from mailbot.cases.questions import tell_office
from mailbot.cases.wording import count, say_list, say_moment


def unsigned(case: Case) -> tuple[Partner, ...]:
    """The safeguarding partners for whom nobody has signed the decision."""
    signed = {
        p.partner
        for p in case.signed_off
        if p.partner != "local_authority" or case.attendance_la is None or p.agency in (None, case.attendance_la)
    }
    return tuple(p for p in PARTNERS if p not in signed)


def to_ask(case: Case, practice: Practice, by: str) -> tuple[Person, ...]:
    """The leads who are asked with a draft that is `by` somebody: those of unsigned partners.

    Of a draft that mailbot made again from the record, only those whom no earlier letter about this decision reached.
    """
    leads = [p for partner in unsigned(case) for p in partner_leads(case, practice, partner)]
    if by != "mailbot":
        return tuple(leads)
    return tuple(p for p in leads if not _asked_since(case, p, case.decided_at))


def _asked_since(case: Case, person: Person, moment: datetime | None) -> bool:
    began = f"{case.ref}/partner/sign_off/{person.email}/"
    return any(key.startswith(began) and (moment is None or at >= moment) for key, at in case.letters_sent.items())


def ask_to_sign(case: Case, practice: Practice, now: datetime, by: str, unwritten: list[str]) -> Decision:
    """The template as it was just drafted, to the leads who have not signed: one letter each, for release.

    Letters with an older draft that have not gone are set aside. `unwritten` are warnings about passages still empty.
    """
    old = rounds.supersede(case, "sign-off", now, f"version {case.submission_version} of the template is there")
    drafts = letters.sign_offs(case, to_ask(case, practice, by), practice, now)
    if not drafts:
        return old
    title = f"{count(len(drafts), 'letter')} asking the partners to sign the Rapid Review Template off"
    because = practice.procedure_of(case).sentence("sign_off")
    clock = clock_of(case, "panel_after_meeting", practice.procedure_of(case), practice.calendar)
    warnings = [*unwritten, *(["Release these letters when the template is finished."] if unwritten else [])]
    asked = rounds.ask(
        case,
        f"sign-off-{case.submission_version}",
        drafts,
        title,
        practice,
        now,
        because,
        go_by=clock.due if clock else None,
        warnings=warnings,
    )
    return old.and_then(asked)


def ask_for_endorsement(case: Case, now: datetime, practice: Practice) -> Decision:
    """Procedure H01: "the LSCB Independent Chair should then be asked to consider and endorse the outcome"."""
    procedure = practice.procedure_of(case)
    if case.stage != "sign_off" or not procedure.chair_endorses or case.endorsed_on or case.decided_at is None:
        return Decision()
    return tell_office(
        case,
        now,
        practice,
        f"endorsement/{case.decided_at.isoformat(timespec='minutes')}",
        "Please ask the independent chair to endorse the outcome",
        [
            "The decision is recorded. The chair is asked by you; the day of the endorsement goes on the Rapid "
            "Review Template.",
            procedure.sentence("endorsement"),
        ],
        [f"mailbot record {case.ref} endorsed YYYY-MM-DD --as YOU"],
    )


def say_who_has_not_signed(case: Case, now: datetime, practice: Practice) -> Decision:
    """On the last open day before the Panel's clock runs out: which partners have not signed, to be rung."""
    calendar, procedure = practice.calendar, practice.procedure_of(case)
    clocks = (clock_of(case, clock, procedure, calendar) for clock in ("panel_after_meeting", "panel_overall"))
    dues = [c.due for c in clocks if c and c.due]
    if case.stage != "sign_off" or not unsigned(case) or not dues or case.decided_at is None:
        return Decision()
    due = min(dues)
    if calendar.day_of(now) < calendar.sending_day_before(calendar.day_of(due) - timedelta(days=1)):
        return Decision()
    people = [p for partner in unsigned(case) for p in partner_leads(case, practice, partner)]
    names = say_list([f"{p.name} ({p.email})" for p in people]) or say_list(
        [p.replace("_", " ") for p in unsigned(case)]
    )
    return tell_office(
        case,
        now,
        practice,
        f"unsigned/{case.decided_at.isoformat(timespec='minutes')}",
        "Not all partners have signed off",
        [
            f"The submission must be with the Panel by {say_moment(due, practice.zone)}. Not signed yet: {names}. "
            "Please ring them. Whatever is missing is shown when you approve the submission.",
            procedure.sentence("sign_off"),
        ],
        [f"mailbot record {case.ref} signed-off EMAIL... --as YOU"],
        kind="warning",
    )
