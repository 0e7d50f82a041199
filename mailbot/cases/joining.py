"""A referral form about an incident that has a case: the form that was waited for, or a second referral."""

from __future__ import annotations

from datetime import datetime

from mailbot.cases.arrivals import Came, ReadForm, acknowledge, with_first_child
from mailbot.cases.asking import whom_to_ask
from mailbot.cases.case import Case, Stage
from mailbot.cases.deciders import authority_of
from mailbot.cases.decisions import Decision
from mailbot.cases.events import ReferralJoined
from mailbot.cases.practice import Practice
from mailbot.cases.questions import tell_office
from mailbot.cases.stages import MOVES, apply
from mailbot.cases.threshold import harm_decided, no_longer_asked
from mailbot.cases.wording import say_list

UNDECIDED: tuple[Stage, ...] = ("la_deciding", "partner_discussion")
"""Stages at which the local authority's own form says what it was asked: that it accepts serious harm."""
ACCEPTS = tuple(stage for stage, step in MOVES if step == "serious_harm_accepted_form_awaited")
"""Stages that an acceptance of serious harm takes the case on from."""
SCOPED: tuple[Stage, ...] = ("scoping", "pack_ready")


def is_awaited(case: Case, agency: str | None, practice: Practice) -> bool:
    """Whether a form of this agency is what the case waits for: it joins without a person being asked.

    Flow chart: the local authority "submits JCR Referral Form". Where any agency's form will do (`scoping_needs`), it
    is as well that of the agency that told of the incident. Of several authorities, none of which is named, no form
    says by itself whose case it is.
    """
    if case.stands_at not in (*UNDECIDED, "referral_awaited"):
        return False
    told = agency is not None and agency == case.referrer_agency and case.received_at is None
    own = agency is not None and agency == authority_of(case, practice.directory)
    return own or (told and may_open_scoping(case, False, practice))


def may_open_scoping(case: Case, from_la: bool, practice: Practice) -> bool:
    """Whether the scoping may begin on this form, once serious harm is accepted."""
    return from_la or practice.procedure_of(case).scoping_needs == "any_referral"


def on_joining_referral(
    case: Case, came: Came, form: ReadForm, agency: str | None, practice: Practice, now: datetime
) -> Decision:
    """What the case does not know yet is taken from the form; its papers are kept, and its sender hears the outcome.

    The local authority's own form says that serious harm is accepted, where that was still to be decided.
    """
    form = with_first_child(form)
    procedure = practice.procedure_of(case)
    from_la = _is_the_las(case, agency, practice)
    missing = tuple(n for n in procedure.referral_needs if not form.fields.get(n) and not form.tables.get(n))
    decision = Decision(case=case.ref, version=case.version)
    undecided = case.accepted_at is None and case.submitted_at is None and case.stands_at in ACCEPTS
    if from_la and undecided:
        because = "the local authority sent its referral form: it accepts serious harm"
        accepted = harm_decided(case, True, came.sender, came.received, because, came.mail or None, practice, now)
        decision = decision.and_then(accepted)
    after = case
    for event in decision.events:
        after = apply(after, event)
    joined = ReferralJoined(
        at=came.received,
        because=(from_la and procedure.sentence("jcr_referral")) or "a further referral of the same incident",
        mail=came.mail or None,
        from_la=from_la,
        referrer=came.sender,
        referrer_agency=agency,
        message_id=came.message_id,
        fields=form.fields,
        tables=form.tables,
        missing=missing,
        papers=form.papers,
        found=form.found,
        opens_scoping=after.stands_at in _opened_by_a_form(case, practice)
        and may_open_scoping(case, from_la, practice),
    )
    before_it = after
    after = apply(after, joined)
    because = f"a further referral form is a paper of {case.ref}"
    decision = decision.and_then(Decision(events=(joined,), because=(because,)))
    if joined.opens_scoping and before_it.stands_at in UNDECIDED:
        decision = decision.and_then(no_longer_asked(before_it, now, "a referral form came, and begins the review"))
    decision = decision.and_then(acknowledge(after, came, "referral", practice, now))
    return decision.and_then(_newly_named(after, practice, now))


def _is_the_las(case: Case, agency: str | None, practice: Practice) -> bool:
    """Whether the agency is the case's local authority; any of them while none is named."""
    listed = practice.directory.agency(agency)
    return listed is not None and listed.partner == "local_authority" and case.la in (None, agency)


def _opened_by_a_form(case: Case, practice: Practice) -> tuple[Stage, ...]:
    """Stages at which a form begins the review. Under H01 any agency's does, whatever the local authority says."""
    on_referral = practice.procedure_of(case).scoping_trigger == "on_referral"
    return ("referral_awaited", *UNDECIDED) if on_referral else ("referral_awaited",)


def _newly_named(case: Case, practice: Practice, now: datetime) -> Decision:
    """Agencies that the further form names, once the scoping has begun: a person decides whether to ask them."""
    if case.stands_at not in SCOPED:
        return Decision()
    named = [asked for asked in whom_to_ask(case, practice.directory) if asked.agency not in case.requests]
    if not named:
        return Decision()
    return tell_office(
        case,
        now,
        practice,
        f"named-by-referral/{case.version}",
        "A further referral names agencies that were not asked",
        [f"It names {say_list([asked.name for asked in named])}. Please decide whether to ask."],
        [f"mailbot record {case.ref} scoping {' '.join(asked.agency for asked in named)} --as YOU"],
    )
