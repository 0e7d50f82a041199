"""Mails that bring what an agency was asked for: returns and chronologies, a nil return in one line."""

from __future__ import annotations

from datetime import datetime

from mailbot.cases import arrivals
from mailbot.cases.case import Case
from mailbot.cases.decisions import Decision
from mailbot.cases.events import Paper, Row
from mailbot.cases.questions import tell_office
from mailbot.cases.stages import apply
from mailbot.cases.wording import say_list
from mailbot.forms.doubts import unsure_nil
from mailbot.forms.form import Form
from mailbot.forms.matching import about_another_child, agency_of_form, named_otherwise
from mailbot.intake.doubts import tell_doubts
from mailbot.intake.opening import Opened
from mailbot.intake.papers import email_paper, forms_in, papers_in, plain
from mailbot.intake.settling import came, hold, open_case, store, store_what_can_be_read, which_case
from mailbot.parts import Parts

UNSURE_NIL = (
    "it seems to say that the agency was not involved, but that was not read for certain. Compare it with the "
    "original: assign it if it says so, else ask the agency for a typed copy"
)
"""Why a return is held that reads as nil, and what a person confirms who assigns it after that."""
ANOTHERS = "If it is, assign it; else ask the sender for a form with its own name"
"""How a reason ends why a return is held that names another agency than its sender's."""


def take_return(opened: Opened, parts: Parts, now: datetime) -> None:
    """Scoping returns and chronologies, of one agency or of several."""
    case = open_case(opened, parts)
    if case is None:
        hold(opened, which_case(opened), parts, now)
        return
    known = next((k for k in opened.seen.cases if k.ref == case.ref), None)
    if known and opened.mail.case is None and any(about_another_child(known, f) for f in forms_in(opened)):
        hold(opened, f"a return for {case.ref}, and the form in it is about another child", parts, now, case.ref)
        return
    doubts = [why for why in (_from_another(opened, parts), _unsure_nil(opened)) if why]
    if any(not _is_confirmed(opened, doubt) for doubt in doubts):
        hold(opened, f"a return for {case.ref}: {'. '.join(doubts)}", parts, now, case.ref)
        return
    directory, asked = parts.practice.directory, tuple(case.requests)
    by_agency: dict[str, list[Form]] = {}
    for form in forms_in(opened):
        agency = agency_of_form(form, opened.read.agency, asked, directory)
        if agency is None:
            hold(opened, "a return, and nobody in the directory it is sure to come from", parts, now, case.ref)
            return
        by_agency.setdefault(agency, []).append(form)
    papers = papers_in(
        opened, parts, None, {"scoping_return": "return", "chronology": "chronology", "referral": "other"}
    )
    decision = Decision(case=case.ref, version=case.version)
    # A paper without a form in it (a genogram) goes with the sender's own return.
    whose_rest = opened.read.agency if opened.read.agency in by_agency else next(iter(by_agency))
    for agency, forms in by_agency.items():
        own = [
            one.paper.model_copy(update={"agency": agency})
            for one in papers
            if any(leaf is form for leaf in one.forms for form in forms) or (not one.forms and agency == whose_rest)
        ]
        later = _one_return(case, agency, forms, own, opened, parts, now)
        for event in later.events:
            case = apply(case, event)
        decision = decision.and_then(later)
    store_what_can_be_read(opened, decision.and_then(tell_doubts(case, opened, parts, now)), case, parts, now)


def _unsure_nil(opened: Opened) -> str:
    return UNSURE_NIL if any(unsure_nil(form) for form in forms_in(opened)) else ""


def _is_confirmed(opened: Opened, doubt: str) -> bool:
    """Whether a person was told of the doubt, and assigned the mail all the same."""
    return opened.mail.case is not None and doubt in opened.mail.reason


def _from_another(opened: Opened, parts: Parts) -> str:
    """Why it is not sure whose return it is, where its forms name another agency than that whose letter it answers.

    Whoever answers no letter may pass another's return on: there the form says whose it is.
    """
    directory = parts.practice.directory
    answered = {letter.agency for letter in opened.seen.answers if letter.agency}
    if not answered:
        return ""
    sender = opened.seen.sender_agency or opened.read.agency
    named = named_otherwise(forms_in(opened), opened.seen, sender, directory)
    to = [f"it answers the letter to {directory.name_of(agency)}" for agency in sorted(answered)]
    sent = [f"it comes from {directory.name_of(sender)}"] if sender not in answered else []
    said = f"{say_list([*to, *sent])}, and the form says {say_list(named)}. Is it that agency's return? {ANOTHERS}"
    return said if named else ""


def _one_return(
    case: Case, agency: str, forms: list[Form], papers: list[Paper], opened: Opened, parts: Parts, now: datetime
) -> Decision:
    form = next((f for f in forms if f.kind == "scoping_return"), None)
    chronologies = [f for f in forms if f.kind == "chronology"]
    rows: tuple[Row, ...] | None = None
    if chronologies:
        rows = tuple(row for f in chronologies for row in f.tables.get("chronology", ()))
    with_rows = [p for p in papers if form is None or p.kind == "chronology"]
    decision = arrivals.on_return(
        case,
        agency,
        came(opened, parts),
        plain(form, [p for p in papers if p not in with_rows]) if form else None,
        rows,
        tuple(with_rows),
        parts.practice,
        now,
    )
    return decision.and_then(_tell_several(case, agency, forms, opened, parts, now))


def _tell_several(
    case: Case, agency: str, forms: list[Form], opened: Opened, parts: Parts, now: datetime
) -> Decision:
    """Of several returns for one agency (two surgeries of one health board) only the first one's answers are kept."""
    returns = sum(form.kind == "scoping_return" for form in forms)
    if returns < 2:
        return Decision()
    words = (
        f"Mail {opened.mail.id} brought {returns} returns for {agency}. The answers of the first are recorded, and "
        "all the files are papers of the case. Please read the others beside it: nothing of them was taken over."
    )
    topic = f"several/{agency}/{opened.mail.id}"
    return tell_office(case, now, parts.practice, topic, "Several returns of one agency came in one mail", [words])


def take_nil_return(opened: Opened, parts: Parts, now: datetime) -> None:
    case, agency = open_case(opened, parts), opened.read.agency
    if case is None or agency is None or opened.seen.body is None:
        hold(opened, which_case(opened), parts, now)
        return
    before = case.requests.get(agency)
    if before is not None and before.completeness in ("full", "part") and opened.mail.case is None:
        hold(
            opened,
            f"what reads as a nil return for {case.ref}, after a return with involvement",
            parts,
            now,
            case.ref,
        )
        return
    form = plain(opened.seen.body, [email_paper(opened, parts, "return", agency)])
    arrived = came(opened, parts)
    decision = arrivals.on_return(case, agency, arrived, form, None, (), parts.practice, now)
    store(opened, decision.and_then(tell_doubts(case, opened, parts, now)), case.ref, parts, now)
