"""Is it serious harm? What the local authority is asked, chased for, and what follows from its answer.

Flow chart: "Partnership Team send incident info from outside agency to Local Authority Children's Services and notify
JCR Chair /CCG rep and Police Lead rep", "Feedback to Partnership Team from LA Children's Services, partner reps
notified of decision". What the partners say to a "no" is in discussion.py.
"""

from __future__ import annotations

from datetime import date, datetime

from mailbot.cases import deciders, letters, rounds
from mailbot.cases.attending import partner_leads
from mailbot.cases.case import Case
from mailbot.cases.deadlines import clock_of
from mailbot.cases.decisions import Decision, SendLetter
from mailbot.cases.directory import Agency, Person
from mailbot.cases.events import ChaseStepTaken, LetterKind, LocalAuthorityNamed, MoreTimeWanted, SeriousHarmDecided
from mailbot.cases.gate import refusal
from mailbot.cases.ladder import chase_rung
from mailbot.cases.letters.threshold import News, Wanted
from mailbot.cases.practice import Practice
from mailbot.cases.procedure import Chased, Rung
from mailbot.cases.questions import tell_office
from mailbot.cases.stages import MOVES, apply
from mailbot.cases.wording import count, say_list, say_moment, say_short_day

ENQUIRIES, CHASERS, TOLD, DISCUSSION = "threshold-", "la-", "threshold_decision-", "partners-"
"""How rounds begin: the question to the local authority, what it is chased with, who is told, who discusses it."""
WAITED_FOR: dict[str, tuple[Chased, Wanted]] = {
    "la_deciding": ("la_answer", "decision"),
    "referral_awaited": ("jcr_referral", "form"),
}
"""At which stages the local authority owes something: the clock that it is chased on, and what it is asked for."""
TOLD_AT = ("la_deciding", "partner_discussion", "learning_considered", "learning_decided")
"""Stages at which the partners and the referring agency wait to hear of the local authority's decision."""


def ask_local_authority(case: Case, now: datetime, practice: Practice) -> Decision:
    """Another agency's incident goes to the local authority, and the JCR chair, health and police are told."""
    if case.stage != "la_deciding":
        return Decision()
    asked, la = rounds.beginning(case, ENQUIRIES), authority_of(case, practice)
    if not asked:
        return enquire(case, la, now, practice) if la else ask_whose_case(case, now, practice)
    if asked[-1].state != "rejected" or case.la_asked_at is not None:
        return Decision()
    return tell_office(
        case,
        now,
        practice,
        f"not-asked/{asked[-1].id}",
        "The local authority is not asked",
        [f"The letters were rejected ({asked[-1].why}). Draft them again, or record what it decided."],
        [f"mailbot record {case.ref} la {la.id if la else 'AGENCY'} --as YOU", *_decide_commands(case)],
    )


def enquire(case: Case, la: Agency, now: datetime, practice: Practice) -> Decision:
    """One round: the question to the local authority with the papers, and notices to whoever is not told yet."""
    to = addressees(la, practice)
    if not to:
        return tell_office(
            case,
            now,
            practice,
            f"nobody-decides/{la.id}",
            f"{la.name} has nobody who can be asked",
            [
                "Please write its spoc into config/agencies.toml, or its la_decision_maker into config/people.toml: "
                "the question is drafted then. If you ask it yourself, record its answer.",
            ],
            _decide_commands(case),
        )
    number = len(rounds.beginning(case, ENQUIRIES)) + 1
    enquiry = letters.la_enquiry(case, la, to, practice, now, "decision", f"ask-{number}" if number > 1 else "ask")
    untold = [p for p in told_of_incident(case, practice) if not written_to(case, p.email) and p.email not in to]
    notices = [letters.notice(case, p.email, practice, now, "incident", str(number)) for p in untold]
    drafts = rounds.numbered([enquiry, *notices], f"{ENQUIRIES}{number}")
    title = "the question to the local authority whether it is serious harm"
    if notices:
        title += f", and {count(len(notices), 'notice')} to the partners"
    because = practice.procedure_of(case).sentence("serious_harm") or "the local authority decides on serious harm"
    go_by = practice.calendar.close_of(practice.calendar.day_of(practice.calendar.next_open(now)))
    warnings = _warnings(case, untold, enquiry)
    return rounds.ask(case, f"{ENQUIRIES}{number}", drafts, title, practice, now, because, go_by, warnings)


def ask_whose_case(case: Case, now: datetime, practice: Practice) -> Decision:
    """Where there are several local authorities, or none is known, a person says whose case it is."""
    authorities = [a for a in practice.directory.agencies if a.partner == "local_authority"]
    known = say_list([f"{a.id} ({a.name})" for a in authorities], "or")
    return tell_office(
        case,
        now,
        practice,
        "whose-case",
        "Which local authority decides?",
        [
            f"Nobody has said whose case it is: {known}. It is the authority in whose area the incident took place."
            if authorities
            else "config/agencies.toml has no agency with partner = local_authority. Write it there.",
            "If it belongs to another area, hand it over.",
        ],
        [
            *(f"mailbot record {case.ref} la {a.id} --as YOU" for a in authorities),
            f'mailbot record {case.ref} transferred AREA --why "REASON" --as YOU',
        ],
    )


def name_authority(case: Case, named: LocalAuthorityNamed, now: datetime, practice: Practice) -> Decision:
    """Whose case it is. Where it is another one than was asked, or the question was rejected, it is asked (again)."""
    decision = Decision(case=case.ref, version=case.version, events=(named,), because=(named.because,))
    la, asked = practice.directory.agency(named.agency), rounds.beginning(case, ENQUIRIES)
    same = authority_of(case, practice)
    if case.stage != "la_deciding" or la is None or not asked:
        return decision
    if same is not None and same.id == la.id and asked[-1].state != "rejected":
        return decision
    after = apply(case, named)
    decision = decision.and_then(rounds.set_aside(after, (ENQUIRIES, CHASERS), ("la_enquiry",), now, named.because))
    return decision.and_then(enquire(after, la, now, practice))


def chase_local_authority(case: Case, now: datetime, practice: Practice) -> Decision:
    """Its answer, or its JCR referral form, is waited for: the ladder of that clock, a rung a day."""
    if case.stage not in WAITED_FOR or not practice.calendar.is_open(now):
        return Decision()
    of, wants = WAITED_FOR[case.stage]
    if of == "la_answer" and case.la_asked_at is None:
        return Decision()
    any_form_will_do = practice.procedure_of(case).scoping_trigger == "on_referral" and not case.from_la
    if wants == "form" and any_form_will_do:
        return _ask_for_the_referrers_form(case, now, practice)
    due, la = due_of(case, of, practice), authority_of(case, practice)
    if la is None:
        return ask_whose_case(case, now, practice)
    rung = chase_rung(case, of, of, due, now, practice) if due else None
    if rung is None or due is None:
        return Decision()
    what = "decision" if wants == "decision" else "JCR referral form"
    because = f"{la.name}'s {what} is due {say_short_day(practice.calendar.day_of(due))}: step “{rung.step}”"
    taken = ChaseStepTaken(at=now, because=because, of=of, step=rung.step, due=due)
    step = Decision(case=case.ref, events=(taken,), because=(because,))
    return step.and_then(_write_to_authority(case, la, rung, wants, due, now, practice))


def _ask_for_the_referrers_form(case: Case, now: datetime, practice: Practice) -> Decision:
    """Procedure H01: every agency refers with its own form, so the local authority owes none."""
    return tell_office(
        case,
        now,
        practice,
        "form-of-the-referrer",
        "A referral form is needed",
        [
            "The case was opened without one, and scoping starts from it. Please ask whoever told of the incident "
            "for the referral form, and assign their mail to this case when it comes.",
            practice.procedure_of(case).sentence("referral"),
        ],
        [f"mailbot assign MAIL {case.ref} --as YOU"],
    )


def _write_to_authority(
    case: Case, la: Agency, rung: Rung, wants: Wanted, due: datetime, now: datetime, practice: Practice
) -> Decision:
    """A reminder goes by itself to those who were asked after a person's approval; everything else waits for one."""
    asked = addressees(la, practice)
    to = _above(case, la, rung, practice) if rung.letter == "escalation" else asked
    if not to:
        return tell_office(
            case,
            now,
            practice,
            f"nobody-to-chase/{wants}/{rung.step}",
            f"{la.name} is late, and there is nobody further to write to",
            [f"It was due by {say_moment(due, practice.zone)}. Please ring."],
            _decide_commands(case) if wants == "decision" else [],
        )
    higher = asked if rung.letter == "escalation" else ()
    letter = letters.la_enquiry(case, la, to, practice, now, wants, rung.step, due, higher)
    if not higher and any(key.startswith(f"{case.ref}/la/{la.id}/") for key in case.letters_sent):
        return Decision(actions=(letter,))
    old = rounds.set_aside(case, (CHASERS,), ("la_enquiry",), now, "a later letter takes its place")
    round_id = f"{CHASERS}{len(rounds.beginning(case, CHASERS)) + 1}"
    because = "a letter to somebody not written to before in this case waits for a named person"
    drafts = rounds.numbered([letter], round_id)
    return old.and_then(rounds.ask(case, round_id, drafts, rounds.round_title(round_id), practice, now, because))


LOOKS = (ask_local_authority, chase_local_authority)
"""What a review looks for in this part of the procedure, in order."""


def harm_decided(
    case: Case,
    accepted: bool,
    by: str,
    at: datetime,
    because: str,
    mail: int | None,
    practice: Practice,
    now: datetime,
) -> Decision:
    """The local authority's answer, by mail or by a person's word, with everything that follows from it at once.

    Accepted, the case waits for a referral form where there is none, or where the procedure wants the authority's own
    (`scoping_needs`). The partners hear of the decision; the referring agency hears of an acceptance.
    """
    decided = SeriousHarmDecided(
        at=at,
        by=by,
        because=because,
        mail=mail,
        accepted=accepted,
        form_awaited=accepted and form_awaited(case, practice),
        own=own_incident(case, practice),
    )
    after = apply(case, decided)
    decision = Decision(case=case.ref, version=case.version, events=(decided,), because=(because,))
    decision = decision.and_then(no_longer_asked(case, now, "the local authority has decided"))
    taken_back = not accepted and not decided.own and case.accepted_at is not None
    if case.stands_at not in TOLD_AT and not taken_back:
        return decision
    news: News = "accepted" if accepted else "refused"
    decision = decision.and_then(tell_of_decision(after, news, because, now, practice))
    return decision.and_then(_told_otherwise(after, now, practice)) if taken_back else decision


def own_incident(case: Case, practice: Practice) -> bool:
    """Whether the local authority told of the incident itself, so that its "no" is "No further action"."""
    told_by = practice.directory.agency(case.referrer_agency)
    return case.from_la or (told_by is not None and told_by.partner == "local_authority")


def _told_otherwise(case: Case, now: datetime, practice: Practice) -> Decision:
    """A referring agency that has read of the acceptance hears from the office that it was taken back."""
    start = f"{case.ref}/threshold-decision/"
    read = say_list([key.removeprefix(start).split("/")[0] for key in case.letters_sent if key.startswith(start)])
    if not read:
        return Decision()
    title = "Please tell the referring agency that the decision has changed"
    told = [
        f"{read} was told that serious harm is accepted, and the local authority has taken that back. The partners "
        "discuss it now; how that ends is told in a letter."
    ]
    return tell_office(case, now, practice, f"tell-referrer/taken-back/{case.version}", title, told)


def no_longer_asked(case: Case, now: datetime, because: str) -> Decision:
    """Questions, reminders and news about the threshold that have not gone are out of date."""
    kinds: tuple[LetterKind, ...] = ("la_enquiry", "partner_enquiry", "notice", "threshold_decision")
    return rounds.set_aside(case, (ENQUIRIES, CHASERS, TOLD, DISCUSSION), kinds, now, because)


def form_awaited(case: Case, practice: Practice) -> bool:
    """Whether the scoping has to wait for a referral form, once serious harm is accepted at this stage."""
    needs = practice.procedure_of(case).scoping_needs
    there = case.jcr_at if needs == "la_referral" else case.received_at
    return there is None and (case.stands_at, "serious_harm_accepted_form_awaited") in MOVES


def tell_of_decision(case: Case, news: News, reason: str, now: datetime, practice: Practice) -> Decision:
    """Notices to the partners, and from the decision on where the case goes the answer to the referring agency.

    Whoever was written to before in this case hears at once, unless it is suspended; the rest waits in one round for
    a named person.
    """
    mark = str(case.version)
    people = [*partner_leads(case, practice), *_of_role("jcr_chair", practice)]
    # Whoever is asked in the discussion is told of a "no" by the question itself, unless it can be told at once.
    asked = {p.email for p in people if p.role == "partner_lead"} if news == "refused" else set()
    notices = [letters.notice(case, p.email, practice, now, news, mark, reason) for p in people]
    known = [n for n in notices if case.stage != "suspended" and written_to(case, n.to[0])]
    waiting = [n for n in notices if n not in known and n.to[0] not in asked]
    answers, strangers = _to_referrers(case, news, mark, reason, now, practice)
    decision = Decision(actions=tuple(known))
    if waiting or answers:
        round_id = f"{TOLD}{len(rounds.beginning(case, TOLD)) + 1}"
        because = practice.procedure_of(case).sentence("la_feedback") or "the decision is told"
        title = rounds.round_title(round_id)
        drafts = rounds.numbered([*waiting, *answers], round_id)
        decision = decision.and_then(rounds.ask(case, round_id, drafts, title, practice, now, because))
    if not strangers:
        return decision
    told = tell_office(
        case,
        now,
        practice,
        f"tell-referrer/{news}/{mark}",
        "Please tell the referring agency the decision yourself",
        [f"mailbot may not write to {say_list(strangers)}, who told of the incident."],
    )
    return decision.and_then(told)


def _to_referrers(
    case: Case, news: News, mark: str, reason: str, now: datetime, practice: Practice
) -> tuple[list[SendLetter], list[str]]:
    """The letters to those who told of the incident, and the addresses that mailbot may not write to."""
    if news == "refused":
        # The partners may still challenge it: the referring agency hears how that ends.
        return [], []
    own = {address.casefold() for address in practice.directory.office}
    referrers = {r.address.casefold(): r for r in case.referrers if r.address and r.address.casefold() not in own}
    drafts = [
        letters.threshold_decision(case, r, practice, now, news != "upheld", mark, reason) for r in referrers.values()
    ]
    going = [d for d in drafts if not refusal(d.kind, d.to, practice)]
    return going, [d.to[0] for d in drafts if d not in going]


def more_time(
    case: Case,
    until: date | None,
    by: str,
    at: datetime,
    because: str,
    mail: int | None,
    practice: Practice,
    now: datetime,
) -> Decision:
    """The local authority wants longer. A day that a person gives moves what is due; without one the clock stays."""
    wanted = MoreTimeWanted(at=at, by=by, because=because, mail=mail, until=until)
    decision = Decision(case=case.ref, version=case.version, events=(wanted,), because=(because,))
    la = authority_of(case, practice)
    due = due_of(case, "la_answer", practice)
    if until is None:
        stays = f"Its answer stays due by {say_moment(due, practice.zone)}. " if due else ""
        told = tell_office(
            case,
            now,
            practice,
            f"more-time/{case.version}",
            "The local authority asks for more time to decide",
            [f"{stays}Give it a day, or leave it as it is; it is reminded as before."],
            [f"mailbot record {case.ref} more-time YYYY-MM-DD --as YOU"],
        )
        return decision.and_then(told)
    decision = decision.and_then(
        rounds.set_aside(case, (CHASERS,), ("la_enquiry",), now, "the local authority was given more time")
    )
    if la is None or case.la_asked_at is None:
        return decision
    given = practice.calendar.close_of(until)
    to_whom = addressees(la, practice)
    notices = (letters.notice(case, a, practice, now, "more_time", until.isoformat(), due=given) for a in to_whom)
    return decision.and_then(Decision(actions=tuple(notices)))


def due_of(case: Case, of: Chased, practice: Practice) -> datetime | None:
    """When the local authority's answer or form is due, by its clock."""
    clock = clock_of(case, of, practice.procedure_of(case), practice.calendar)
    return clock.due if clock else None


def authority_of(case: Case, practice: Practice) -> Agency | None:
    """The case's own local authority: as it was said, else the directory's only one."""
    return practice.directory.agency(deciders.authority_of(case, practice.directory))


def addressees(la: Agency, practice: Practice) -> tuple[str, ...]:
    """Who decides in the local authority ("Head of Service / Ass. Director"); else its point of contact."""
    directory = practice.directory
    own = (la.id,) if directory.several_authorities else (la.id, None)
    deciders = _of_role("la_decision_maker", practice)
    return tuple(p.email for p in deciders if directory.agency_id_of(p) in own) or la.spoc


def told_of_incident(case: Case, practice: Practice) -> tuple[Person, ...]:
    """The JCR chair, and the leads of health and police, each once."""
    people = (
        *_of_role("jcr_chair", practice),
        *partner_leads(case, practice, "health"),
        *partner_leads(case, practice, "police"),
    )
    return tuple({p.email.casefold(): p for p in people}.values())


def written_to(case: Case, address: str) -> bool:
    """Whether a letter to this person has gone in this case. Their address is a part of such a letter's key."""
    return any(address in key.split("/") for key in case.letters_sent)


def _of_role(role: str, practice: Practice) -> tuple[Person, ...]:
    return tuple(p for p in practice.directory.people if p.role == role)


def _above(case: Case, la: Agency, rung: Rung, practice: Practice) -> tuple[str, ...]:
    if rung.to == "partner_lead":
        return tuple(p.email for p in partner_leads(case, practice, "local_authority"))
    return la.escalate_to


def _warnings(case: Case, told: list[Person], enquiry: SendLetter) -> list[str]:
    """What an approver should know before the question goes."""
    warnings = [] if enquiry.attachments else ["No paper goes with it: the record has none of this incident."]
    roles = {p.role for p in told} | {p.partner for p in told}
    names = {"jcr_chair": "the JCR chair", "health": "the lead of health", "police": "the lead of the police"}
    absent = [name for role, name in names.items() if role not in roles]
    if absent:
        warnings.append(f"No notice goes to {say_list(absent)}: told already, or not in config/people.toml.")
    return warnings


def _decide_commands(case: Case) -> list[str]:
    return [f'mailbot record {case.ref} serious-harm {answer} --why "REASON" --as YOU' for answer in ("yes", "no")]
