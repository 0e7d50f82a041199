"""Mails that bring a form: a referral, a notification, returns and chronologies, a nil return in one line."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from mailbot.cases import arrivals
from mailbot.cases.arrivals import ReadForm
from mailbot.cases.case import Case
from mailbot.cases.decisions import Decision
from mailbot.cases.events import Paper, PaperKind, Row
from mailbot.cases.locked import ask_for_the_password
from mailbot.cases.questions import tell_office
from mailbot.cases.stages import apply
from mailbot.cases.wording import say_day
from mailbot.forms.doubts import unsure_nil
from mailbot.forms.form import Form
from mailbot.forms.recognise import (
    about_another_child,
    agency_of_form,
    filled,
    has_locked,
)
from mailbot.intake.doubts import tell_doubts
from mailbot.intake.opening import Opened
from mailbot.intake.settling import NEW_CASE, came, hold, open_case, store, which_case
from mailbot.mail.envelope import fresh_text
from mailbot.parts import Parts

UNSURE_NIL = (
    "it seems to say that the agency was not involved, but that was not read for certain. Compare it with the "
    "original: assign it if it says so, else ask the agency for a typed copy"
)
"""Why a return is held that reads as nil, and what a person confirms who assigns it after that."""


def take_referral(opened: Opened, parts: Parts, now: datetime) -> None:
    read, practice = opened.read, parts.practice
    by_a_person = opened.mail.case == NEW_CASE
    if (read.case or read.candidates) and not by_a_person:
        refs = ", ".join(read.candidates)
        hold(opened, f"a referral for a child or reference that has a case already: {refs}", parts, now)
        return
    if read.agency is None and not by_a_person:
        hold(opened, "a referral from somebody who is not in the directory", parts, now)
        return
    ref = parts.casebook.next_ref(practice.office.reference, practice.year_of(opened.envelope.received))
    form = next(f for f in forms_in(opened) if f.kind == "referral")
    others = [f for f in forms_in(opened) if f is not form]
    arrived = came(opened, parts)
    papers = _papers(opened, parts, read.agency, {"referral": "referral", "notification": "notification"})
    first = [one for one in papers if one.paper.kind != "notification"]
    decision = arrivals.on_referral(ref, arrived, _plain(form, _papers_of(first)), read.agency, practice, now)
    case = Case()
    for event in decision.events:
        case = apply(case, event)
    notified = next((f for f in others if f.kind == "notification"), None)
    if notified is not None:
        own = [one for one in papers if one.paper.kind == "notification"]
        noted = arrivals.on_notification(case, arrived, _plain(notified, _papers_of(own)), practice, now)
        decision = decision.and_then(noted)
    decision = decision.and_then(tell_doubts(case, opened, parts, now))
    _store_what_can_be_read(opened, decision, case, parts, now)


def take_notification(opened: Opened, parts: Parts, now: datetime) -> None:
    case = open_case(opened, parts)
    if case is None:
        hold(opened, "a notification, and no open case it is sure to belong to", parts, now)
        return
    form = next(f for f in forms_in(opened) if f.kind == "notification")
    papers = _papers(opened, parts, opened.read.agency, {"notification": "notification"})
    read = _plain(form, _papers_of(papers))
    decision = arrivals.on_notification(case, came(opened, parts), read, parts.practice, now)
    decision = decision.and_then(tell_doubts(case, opened, parts, now))
    _store_what_can_be_read(opened, decision, case, parts, now)


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
    if any(unsure_nil(f) for f in forms_in(opened)) and not _is_confirmed(opened):
        hold(opened, f"a return for {case.ref}: {UNSURE_NIL}", parts, now, case.ref)
        return
    directory, asked = parts.practice.directory, tuple(case.requests)
    by_agency: dict[str, list[Form]] = {}
    for form in forms_in(opened):
        agency = agency_of_form(form, opened.read.agency, asked, directory)
        if agency is None:
            hold(opened, "a return, and nobody in the directory it is sure to come from", parts, now, case.ref)
            return
        by_agency.setdefault(agency, []).append(form)
    papers = _papers(
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
    _store_what_can_be_read(opened, decision.and_then(tell_doubts(case, opened, parts, now)), case, parts, now)


def _is_confirmed(opened: Opened) -> bool:
    """Whether a person was told that the nil return is unsure, and assigned the mail all the same."""
    return opened.mail.case is not None and UNSURE_NIL in opened.mail.reason


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
        _plain(form, [p for p in papers if p not in with_rows]) if form else None,
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
    form = _plain(opened.seen.body, [_email(opened, parts, "return", agency)])
    arrived = came(opened, parts)
    decision = arrivals.on_return(case, agency, arrived, form, None, (), parts.practice, now)
    store(opened, decision.and_then(tell_doubts(case, opened, parts, now)), case.ref, parts, now)


def _store_what_can_be_read(opened: Opened, decision: Decision, case: Case, parts: Parts, now: datetime) -> None:
    """A locked file beside the forms is no paper of the case yet: for its sake the mail waits for a password."""
    if not has_locked(opened.seen.forms):
        store(opened, decision, case.ref, parts, now)
        return
    asked = ask_for_the_password(case, came(opened, parts), parts.practice, now)
    store(opened, decision.and_then(asked), case.ref, parts, now, state="held", waits_for="password")


class _Read(NamedTuple):
    """A paper of the case, and the forms in it."""

    paper: Paper
    forms: tuple[Form, ...]


def _papers_of(read: list[_Read]) -> list[Paper]:
    return [one.paper for one in read]


def _papers(opened: Opened, parts: Parts, agency: str | None, kinds: dict[str, PaperKind]) -> list[_Read]:
    """Each attachment as a paper of the case, byte for byte; its kind is that of the form in it.

    A locked file is none until a person has opened it: a meeting could not read it. A form in the mail itself makes
    the mail's own words a paper.
    """
    files = [a for a in opened.envelope.attachments if not a.inline]
    papers = []
    for file, form in zip(files, opened.seen.forms, strict=True):
        if has_locked((form,)) and not filled(form):
            continue
        inside = filled(form)
        sha256 = parts.mailbag.keep_file(file.content)
        papers.append(_Read(Paper(kind=_kind(inside, kinds), name=file.name, sha256=sha256, agency=agency), inside))
    if opened.seen.pasted is not None and (inside := filled(opened.seen.pasted)):
        papers.append(_Read(_email(opened, parts, _kind(inside, kinds), agency), inside))
    return papers


def _kind(inside: tuple[Form, ...], kinds: dict[str, PaperKind]) -> PaperKind:
    return next((kinds[form.kind] for form in inside if form.kind in kinds), "other")


def _email(opened: Opened, parts: Parts, kind: PaperKind, agency: str | None) -> Paper:
    """What the sender wrote in the mail itself, as a paper of the case."""
    day = say_day(parts.practice.calendar.day_of(opened.envelope.received))
    sha256 = parts.mailbag.keep_file(fresh_text(opened.envelope).encode())
    return Paper(kind=kind, name=f"Email of {day}.txt", sha256=sha256, agency=agency)


def _plain(form: Form, papers: list[Paper]) -> ReadForm:
    fields = {name: answer.text for name, answer in form.fields.items()}
    return ReadForm(fields=fields, tables=form.tables, papers=tuple(papers))


def forms_in(opened: Opened) -> list[Form]:
    return [leaf for form in opened.seen.read for leaf in filled(form)]
