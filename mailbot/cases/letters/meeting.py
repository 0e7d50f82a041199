"""Letters of the meeting and after: invitations, pack, sign-off, submission, outcome, the Panel's reply."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mailbot.cases.asking import gone_agencies
from mailbot.cases.attending import attendees, invited, meeting_uid
from mailbot.cases.case import Case
from mailbot.cases.deadlines import clock_of
from mailbot.cases.decisions import Facts, Invitation, Original, PackCopy, SendLetter, Template
from mailbot.cases.directory import PARTNER_NAMES, Person
from mailbot.cases.events import OUTCOME_NAMES, LetterKind, Paper
from mailbot.cases.letters.common import common, held_on, la_name, meeting_text, outline, spoc_of
from mailbot.cases.letters.papers import HOW, MEETING_MINUTES, meeting_paper, papers_beforehand
from mailbot.cases.practice import Practice
from mailbot.cases.wording import say_day, say_list, say_moment, sentence_case
from mailbot.errors import NotInDirectory


def invitations(case: Case, practice: Practice, now: datetime) -> list[SendLetter]:
    """The meeting's date, time and place, to everybody who attends; who was invited before hears that it moved."""
    if case.meeting_at is None:
        raise ValueError(f"{case.ref}: the meeting has no date, so nobody can be invited to it")
    known = invited(case)
    facts: Facts = {
        "cancelled": False,
        "meeting": meeting_text(case, practice),
        "venue": practice.office.venue,
        "how": HOW[case.meeting_how],
        "extraordinary": case.meeting_extraordinary,
        "contents": papers_beforehand(case),
    }
    agenda = Template(template="agenda", name=f"{case.ref} agenda.docx", facts=meeting_paper(case, practice, now))
    return [
        SendLetter(
            key=f"{case.ref}/invitation-{case.meeting_sequence}/{person.email}",
            case=case.ref,
            kind="invitation",
            to=(person.email,),
            round=f"invitation-{case.meeting_sequence}",
            item=item,
            facts=common(case, practice, now) | facts | {"moved": person.email.casefold() in known},
            attachments=(_entry(case, practice, person.email, person.name, case.meeting_at), agenda),
            due=now,
        )
        for item, person in enumerate(attendees(case, practice), 1)
    ]


def cancellations(case: Case, practice: Practice, now: datetime, start: datetime) -> list[SendLetter]:
    """That the meeting at `start` is not held, to everybody whose calendar has it."""
    facts: Facts = {
        "meeting": say_moment(start, practice.zone),
        "venue": "",
        "how": "",
        "extraordinary": False,
        "contents": [],
        "moved": False,
        "cancelled": True,
    }
    round_id = f"cancellation-{case.meeting_sequence}"
    people = {p.email.casefold(): p for p in practice.directory.people}
    return [
        SendLetter(
            key=f"{case.ref}/{round_id}/{person.email}",
            case=case.ref,
            kind="invitation",
            to=(person.email,),
            round=round_id,
            item=item,
            facts=common(case, practice, now) | facts,
            attachments=(_entry(case, practice, person.email, person.name, start, cancelled=True),),
            due=now,
        )
        for item, person in enumerate((people[a] for a in invited(case) if a in people), 1)
    ]


def _entry(
    case: Case, practice: Practice, address: str, name: str, start: datetime, cancelled: bool = False
) -> Invitation:
    """The meeting for one person's calendar, which names no child."""
    how = HOW[case.meeting_how]
    where = ", ".join(part for part in (practice.office.venue, how) if part)
    what = "Rapid Review meeting"
    return Invitation(
        name=f"{case.ref} {what}{' cancelled' if cancelled else ''}.ics",
        method="CANCEL" if cancelled else "REQUEST",
        uid=meeting_uid(case, practice),
        sequence=case.meeting_sequence + cancelled,
        start=start,
        minutes=MEETING_MINUTES,
        summary=f"[{case.ref}] {what}",
        description=f"{what} of {practice.office.name}, reference {case.ref}. "
        "The email with this invitation says more.",
        where=where,
        attendee=address,
        attendee_name=name,
    )


def sign_offs(case: Case, people: Sequence[Person], practice: Practice, now: datetime) -> list[SendLetter]:
    """The drafted Rapid Review Template, to each lead whose partner has not signed it off."""
    if case.submission is None or case.outcome is None:
        raise ValueError(f"{case.ref}: the Rapid Review Template was not drafted, so nobody can sign it off")
    dues = [
        clock.due
        for clock_id in ("panel_after_meeting", "panel_overall")
        if (clock := clock_of(case, clock_id, practice.procedure_of(case), practice.calendar)) and clock.due
    ]
    facts: Facts = {
        "topic": "sign_off",
        "again": False,
        "due": say_moment(min(dues), practice.zone) if dues else "",
        "sign_off": {
            "meeting": held_on(case, practice),
            "decision": OUTCOME_NAMES[case.outcome],
            "reason": practice.pseudonyms(case)(case.outcome_reason),
        },
    }
    return [
        SendLetter(
            key=f"{case.ref}/partner/sign_off/{person.email}/{case.submission_version}",
            case=case.ref,
            kind="partner_enquiry",
            to=(person.email,),
            round=f"sign-off-{case.submission_version}",
            item=item,
            facts=common(case, practice, now) | facts,
            attachments=(Original(name=case.submission.name, paper=case.submission),),
            due=now,
        )
        for item, person in enumerate(people, 1)
    ]


def pack_letters(
    case: Case, practice: Practice, now: datetime, pack: Paper, contents: Sequence[str], changes: Sequence[str] = ()
) -> list[SendLetter]:
    """The pack to everybody who attends, one letter each with a copy stamped for them; `changes` since the last."""
    facts = {
        "meeting": meeting_text(case, practice),
        "contents": list(contents),
        "changes": list(changes),
        "absent": [case.requests[a].name for a in case.pack_absent if a in case.requests],
        "version": case.pack_version,
    }
    return [
        SendLetter(
            key=f"{case.ref}/pack-{case.pack_version}/{person.email}",
            case=case.ref,
            kind="pack",
            to=(person.email,),
            round=f"pack-{case.pack_version}",
            item=item,
            facts=common(case, practice, now) | facts,
            attachments=(PackCopy(name=pack.name, paper=pack, copy_for=_copy_for(person, practice)),),
            due=now,
        )
        for item, person in enumerate(attendees(case, practice), 1)
    ]


def _copy_for(person: Person, practice: Practice) -> str:
    """Whose copy it is: the person and their agency, or their partner where no agency is known."""
    agency = practice.directory.agency(practice.directory.agency_id_of(person))
    whose = agency.name if agency else PARTNER_NAMES[person.partner] if person.partner else ""
    return f"{person.name}, {whose}" if whose else person.name


def submission(case: Case, practice: Practice, now: datetime, late: str) -> SendLetter:
    """Document 5 with Document 4, to the national Panel's address in the configuration and nowhere else."""
    if not practice.panel:
        raise NotInDirectory("The Panel's address is not set: write it in config/mailbot.toml, [panel] address.")
    if case.submission is None:
        raise ValueError(f"{case.ref}: the Rapid Review Template was not drafted, so there is nothing to submit")
    facts = submission_facts(case, practice, now, late)
    return SendLetter(
        key=f"{case.ref}/submission-{case.submission_version}",
        case=case.ref,
        kind="submission",
        to=(practice.panel,),
        round=f"submission-{case.submission_version}",
        item=1,
        facts=facts,
        attachments=(
            Template(template="panel_letter", name=f"{case.ref} 1 letter to the Panel.docx", facts=facts),
            Original(name=f"{case.ref} 2 Rapid Review Template.docx", paper=case.submission),
        ),
        due=now,
    )


def submission_facts(case: Case, practice: Practice, now: datetime, late: str) -> Facts:
    """What Document 5 says; `late` says why it comes late, where it does."""
    if case.outcome is None:
        raise ValueError(f"{case.ref}: no outcome is recorded, so there is nothing to submit")
    hide, day = practice.pseudonyms(case), practice.calendar.day_of
    facts: Facts = {
        "initials": say_list([child.initials for child in case.children if child.initials]) or case.child.initials,
        "la_name": la_name(case, practice),
        "sin_ref": case.notification.get("sin_ref", ""),
        "notified": say_day(day(case.notified_at)) if case.notified_at else "",
        "received": say_day(day(case.received_at)) if case.received_at else "",
        "meeting": held_on(case, practice),
        "outline": outline(case),
        "decision": OUTCOME_NAMES[case.outcome],
        "local_review": case.outcome == "local_review",
        "reason": hide(case.outcome_reason),
        "criteria": [
            {"text": c.text, "met": case.criteria[c.id].met, "reason": hide(case.criteria[c.id].reason)}
            for c in practice.procedure_of(case).criterion
            if c.id in case.criteria
        ],
        "partners": [
            {"name": p.name, "role": p.role, "partner": sentence_case(PARTNER_NAMES[p.partner])}
            for p in case.attendance
            if p.partner
        ],
        "quorate": case.quorate,
        "endorsed": say_day(case.endorsed_on) if case.endorsed_on else "",
        "signed": [{"name": p.name, "role": p.role, "date": say_day(p.on) if p.on else ""} for p in case.signed_off],
        "late": late,
    }
    return common(case, practice, now) | facts


def outcomes(case: Case, practice: Practice, now: datetime, number: int = 1) -> list[SendLetter]:
    """The outcome, to every agency that was asked and to everybody who referred, one letter each.

    Drafted again, as round `number`, only to those whom no earlier letter reached.
    """
    return _to_all(case, practice, now, "outcome", "outcome", number, outcome_facts(case, practice), paper=True)


def outcome_facts(case: Case, practice: Practice) -> Facts:
    """What was decided, for those who hear of it. Raises ValueError where nothing is."""
    if case.outcome is None:
        raise ValueError(f"{case.ref}: no outcome is recorded, so there is none to tell")
    hide = practice.pseudonyms(case)
    return {
        "meeting": held_on(case, practice),
        "decision": OUTCOME_NAMES[case.outcome],
        "national": case.outcome == "national_review",
        "learning": [hide(point) for point in case.learning_points],
    }


def panel_decisions(case: Case, practice: Practice, now: datetime, number: int = 1) -> list[SendLetter]:
    """What the Panel replied, to everybody who heard the outcome; drafted again, to those who have not heard this."""
    if case.panel_reply is None:
        raise ValueError(f"{case.ref}: the Panel has not replied, so there is nothing to tell of it")
    facts: Facts = {"answer": case.panel_reply.answer, "asked_for": case.outcome == "national_review"}
    before = case.panel_reply.rounds_before
    return _to_all(case, practice, now, "panel_decision", "panel-reply", number, facts, before)


def _to_all(
    case: Case,
    practice: Practice,
    now: datetime,
    kind: LetterKind,
    word: str,
    number: int,
    facts: Facts,
    before: int = 0,
    paper: bool = False,
) -> list[SendLetter]:
    """One letter to each agency that was asked, then one to each referrer who has none yet.

    An agency without an address is left out: the office was told of it (gone.py). So is whoever a round of the same
    news reached: rounds up to `before` told something else. With `paper` the news is
    attached as a letter, too.
    """
    names = {n: word if n == 1 else f"{word}-{n}" for n in range(1, number + 1)}
    reached = {
        whose
        for n in range(before + 1, number)
        for key in case.letters_sent
        if (whose := key.removeprefix(f"{case.ref}/{names[n]}/")) != key
    }
    gone = {request.agency for request in gone_agencies(case, practice.directory)}
    drafts: list[tuple[str, tuple[str, ...], str | None, str, Facts]] = []
    for request in case.requests.values():
        if request.agency in gone:
            continue
        answered = request.completeness is not None
        own: Facts = {"agency_name": request.name, "to_referrer": False, "answered": answered}
        drafts.append((request.agency, spoc_of(request, practice), request.agency, request.message_id, own))
    told = {address.casefold() for _, to, *_ in drafts for address in to}
    told |= {address.casefold() for address in practice.directory.office}
    for referrer in case.referrers:
        if not referrer.address or referrer.address.casefold() in told:
            continue
        told.add(referrer.address.casefold())
        agency = practice.directory.agency(referrer.agency)
        name = agency.name if agency else ""
        own = {"agency_name": name, "to_referrer": True, "answered": True}
        drafts.append((f"referrer/{referrer.address}", (referrer.address,), None, referrer.message_id, own))
    return [
        SendLetter(
            key=f"{case.ref}/{names[number]}/{whose}",
            case=case.ref,
            kind=kind,
            to=to,
            agency=agency_id,
            round=f"{word}-{number}",
            item=item,
            facts=common(case, practice, now) | facts | own,
            attachments=(_outcome_letter(case, common(case, practice, now) | facts | own),) if paper else (),
            in_reply_to=answers,
            due=now,
        )
        for item, (whose, to, agency_id, answers, own) in enumerate((d for d in drafts if d[0] not in reached), 1)
    ]


def _outcome_letter(case: Case, facts: Facts) -> Template:
    return Template(template="outcome_letter", name=f"{case.ref} outcome of the Rapid Review.docx", facts=facts)
