"""One thing arriving, an email or a person's word, to a stored decision.

Every mail is kept before anyone tries to understand it. Whatever goes wrong afterwards, the mail is held with the
reason and the next one is read.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

from mailbot.cases import arrivals, letters, rounds
from mailbot.cases.arrivals import Came, ReadForm
from mailbot.cases.case import Case
from mailbot.cases.decisions import Decision
from mailbot.cases.events import Paper, PaperKind, Row
from mailbot.cases.questions import tell_office
from mailbot.cases.recording import Said, record
from mailbot.cases.stages import OPEN, apply
from mailbot.cases.wording import say_day
from mailbot.errors import CaseMoved, MailbotError, UsageProblem
from mailbot.forms.body import read_body
from mailbot.forms.extract import extract
from mailbot.forms.form import Form
from mailbot.forms.recognise import (
    INCIDENT,
    KnownCase,
    OurLetter,
    Recognition,
    Seen,
    agency_of_form,
    filled,
    owing_case,
    problems_of,
    recognise,
)
from mailbot.forms.verdicts import read_verdict
from mailbot.mail.authenticity import believe
from mailbot.mail.bounces import Bounce, read_bounce
from mailbot.mail.envelope import Envelope, fresh_text, open_envelope
from mailbot.mail.inbox import RawMail
from mailbot.parts import Parts
from mailbot.store.database import write
from mailbot.store.mailbag import MailMark, StoredMail

log = logging.getLogger("mailbot.intake")
TRIES = 3
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
MUST_BE_BELIEVED = frozenset(
    {
        "referral",
        "notification",
        "scoping_return",
        "nil_return",
        "chronology",
        "approval",
        "extension_request",
        "question",
        "acknowledgement",
    }
)
"""Kinds that change a case. From a sender whom nobody vouches for they are held for a person."""
NEW_CASE = "NEW"
"""What a person assigns a held referral to, to say that it opens a case of its own."""
TELL_WHEN_HELD = MUST_BE_BELIEVED - {"question", "acknowledgement"}
State = Literal["handled", "held", "ignored"]


class Opened:
    """A stored mail, opened and recognised."""

    def __init__(self, mail: StoredMail, envelope: Envelope, bounce: Bounce | None, seen: Seen, read: Recognition):
        self.mail = mail
        self.envelope = envelope
        self.bounce = bounce
        self.seen = seen
        self.read = read


def take_in(raw: RawMail, parts: Parts, now: datetime) -> str:
    """Keep a mail and do what follows from it; gives what became of it."""
    number = parts.mailbag.keep(raw.content, raw.key, raw.received, now)
    mail = parts.mailbag.mail(number)
    if mail.state != "kept":
        log.info("mail %s came again; it is %s already", number, mail.state)
        return mail.state
    if raw.problem:
        envelope = open_envelope(raw.content, raw.received)
        parts.mailbag.note(number, envelope.message_id, envelope.sender.email, envelope.subject)
        parts.mailbag.mark(number, "held", raw.problem)
        return "held"
    return work_through(mail, parts, now)


def work_through(mail: StoredMail, parts: Parts, now: datetime) -> str:
    """What follows from a kept mail; gives what became of it. Never raises for anything that the mail contains."""
    try:
        trouble = _try(mail, parts, now)
    except MailbotError as problem:
        log.warning("mail %s is held: %s", mail.id, type(problem).__name__)
        trouble = str(problem)
    except Exception as surprise:
        # The promise: one mail that cannot be understood never stops the next, and is never lost.
        log.exception("mail %s is held after a surprise", mail.id)
        trouble = f"mailbot could not understand it ({type(surprise).__name__})"
    if trouble and parts.mailbag.mail(mail.id).state == "kept":
        parts.mailbag.mark(mail.id, "held", trouble)
    return parts.mailbag.mail(mail.id).state


def _try(mail: StoredMail, parts: Parts, now: datetime) -> str:
    """Decide, again where the case moved on meanwhile; gives the reason to hold the mail, if there is one."""
    for _ in range(TRIES):
        try:
            _decide(open_mail(mail, parts), parts, now)
        except CaseMoved:
            log.info("mail %s: its case moved on meanwhile; deciding again", mail.id)
        else:
            return ""
    return "its case kept changing while it was read: please replay it"


def open_mail(mail: StoredMail, parts: Parts) -> Opened:
    """Open, read and recognise a stored mail. Changes nothing but the note of its sender and subject."""
    raw = parts.mailbag.raw(mail.id)
    envelope = open_envelope(raw, mail.received)
    parts.mailbag.note(mail.id, envelope.message_id, envelope.sender.email, envelope.subject)
    return look_at(mail, raw, envelope, parts)


def look_at(mail: StoredMail, raw: bytes, envelope: Envelope, parts: Parts) -> Opened:
    """Everything that is known around a mail, and what it is taken for."""
    settings = parts.settings
    own = parts.outbox.by_message_id(envelope.message_id) if envelope.message_id else None
    bounce = None if own else read_bounce(raw)
    belief = believe(envelope, settings.inbox.authserv_id, parts.practice.trust_unauthenticated_replies)
    machine = bool(own or bounce or envelope.automatic)
    forms = () if machine else tuple(_read_attachments(envelope, parts))
    seen = Seen(
        envelope=envelope,
        believed=belief.believed,
        why_not=belief.why,
        returned_letter=bounce is not None,
        own_letter=own is not None and envelope.sender.email.casefold() == parts.practice.office.address.casefold(),
        forms=forms,
        body=None if machine else read_body(fresh_text(envelope)),
        answers=_answered(envelope, parts),
        cases=tuple(_known(case) for case in parts.casebook.open_cases()),
        refs=tuple(parts.casebook.refs()),
        prefix=parts.practice.office.reference,
    )
    return Opened(mail, envelope, bounce, seen, recognise(seen, parts.practice.directory))


def _read_attachments(envelope: Envelope, parts: Parts) -> list[Form]:
    files = [a for a in envelope.attachments if not a.inline]
    return [extract(parts.sandbox.read(a.content, a.name), parts.settings.definitions) for a in files]


def _answered(envelope: Envelope, parts: Parts) -> tuple[OurLetter, ...]:
    found = [parts.outbox.by_message_id(i) for i in dict.fromkeys((*envelope.in_reply_to, *envelope.references))]
    return tuple(
        OurLetter(case=letter.case, agency=letter.agency, kind=letter.kind, round=letter.round)
        for letter in found
        if letter is not None
    )


def _known(case: Case) -> KnownCase:
    return KnownCase(
        ref=case.ref,
        opened=case.received_at or EARLIEST,
        child_name=case.child.name,
        child_dob=case.child.dob,
        asked=tuple(case.requests),
        owing=tuple(r.agency for r in case.requests.values() if r.sent_at and not r.settled),
    )


def _decide(opened: Opened, parts: Parts, now: datetime) -> None:
    kind = opened.read.kind
    assigned = opened.mail.case is not None
    if kind in MUST_BE_BELIEVED and not opened.seen.believed and not (assigned and kind != "approval"):
        _hold(
            opened,
            f"{kind.replace('_', ' ')} from a sender who cannot be believed: {opened.seen.why_not}",
            parts,
            now,
        )
        return
    HANDLERS.get(kind, _other)(opened, parts, now)


def _referral(opened: Opened, parts: Parts, now: datetime) -> None:
    read, practice = opened.read, parts.practice
    by_a_person = opened.mail.case == NEW_CASE
    if (read.case or read.candidates) and not by_a_person:
        refs = ", ".join(read.candidates)
        _hold(opened, f"a referral for a child or reference that has a case already: {refs}", parts, now)
        return
    if read.agency is None and not by_a_person:
        _hold(opened, "a referral from somebody who is not in the directory", parts, now)
        return
    ref = parts.casebook.next_ref(practice.office.reference, practice.year_of(opened.envelope.received))
    form = next(f for f in _forms(opened) if f.kind == "referral")
    others = [f for f in _forms(opened) if f is not form]
    came = _came(opened, parts)
    papers = _papers(opened, parts, read.agency, {"referral": "referral", "notification": "notification"})
    first = [p for p in papers if p.kind != "notification"]
    decision = arrivals.on_referral(ref, came, _plain(form, first), read.agency, practice, now)
    case = Case()
    for event in decision.events:
        case = apply(case, event)
    notified = next((f for f in others if f.kind == "notification"), None)
    if notified is not None:
        own = [p for p in papers if p.kind == "notification"]
        decision = decision.and_then(arrivals.on_notification(case, came, _plain(notified, own), practice, now))
    _store(opened, decision, ref, parts, now)


def _notification(opened: Opened, parts: Parts, now: datetime) -> None:
    case = _open_case(opened, parts)
    if case is None:
        _hold(opened, "a notification, and no open case it is sure to belong to", parts, now)
        return
    form = next(f for f in _forms(opened) if f.kind == "notification")
    papers = _papers(opened, parts, opened.read.agency, {"notification": "notification"})
    decision = arrivals.on_notification(case, _came(opened, parts), _plain(form, papers), parts.practice, now)
    _store(opened, decision, case.ref, parts, now)


def _return(opened: Opened, parts: Parts, now: datetime) -> None:
    """Scoping returns and chronologies, of one agency or of several."""
    case = _open_case(opened, parts)
    if case is None:
        _hold(opened, _which_case(opened), parts, now)
        return
    directory, asked = parts.practice.directory, tuple(case.requests)
    by_agency: dict[str, list[Form]] = {}
    for form in _forms(opened):
        agency = agency_of_form(form, opened.read.agency, asked, directory)
        if agency is None:
            _hold(opened, "a return, and nobody in the directory it is sure to come from", parts, now, case.ref)
            return
        by_agency.setdefault(agency, []).append(form)
    papers = _papers(
        opened, parts, None, {"scoping_return": "return", "chronology": "chronology", "referral": "other"}
    )
    decision = Decision(case=case.ref, version=case.version)
    for agency, forms in by_agency.items():
        names = {p.name for p in forms}
        own = [p.model_copy(update={"agency": agency}) for p in papers if p.name in names or len(by_agency) == 1]
        later = _one_return(case, agency, forms, own, opened, parts, now)
        for event in later.events:
            case = apply(case, event)
        decision = decision.and_then(later)
    _store(opened, decision.and_then(_tell_problems(case, opened, parts, now)), case.ref, parts, now)


def _one_return(
    case: Case, agency: str, forms: list[Form], papers: list[Paper], opened: Opened, parts: Parts, now: datetime
) -> Decision:
    form = next((f for f in forms if f.kind == "scoping_return"), None)
    chronologies = [f for f in forms if f.kind == "chronology"]
    rows: tuple[Row, ...] | None = None
    if chronologies:
        rows = tuple(row for f in chronologies for row in f.tables.get("chronology", ()))
    return arrivals.on_return(
        case,
        agency,
        _came(opened, parts),
        _plain(form, [p for p in papers if p.kind != "chronology"]) if form else None,
        rows,
        tuple(p for p in papers if p.kind == "chronology"),
        parts.practice,
        now,
    )


def _nil_return(opened: Opened, parts: Parts, now: datetime) -> None:
    case, agency = _open_case(opened, parts), opened.read.agency
    if case is None or agency is None or opened.seen.body is None:
        _hold(opened, _which_case(opened), parts, now)
        return
    day = say_day(parts.practice.calendar.day_of(opened.envelope.received))
    text = fresh_text(opened.envelope)
    paper = Paper(
        kind="return", name=f"Email of {day}.txt", sha256=parts.mailbag.keep_file(text.encode()), agency=agency
    )
    form = _plain(opened.seen.body, [paper])
    came = _came(opened, parts)
    _store(opened, arrivals.on_return(case, agency, came, form, None, (), parts.practice, now), case.ref, parts, now)


def _reply(opened: Opened, parts: Parts, now: datetime) -> None:
    """An agency's mail that is no return: noted, and put before a person where it asks something."""
    case, agency, kind = _open_case(opened, parts), opened.read.agency, opened.read.kind
    if case is None or agency is None:
        if kind == "auto_reply":
            _mark(opened, "ignored", f"an automatic reply ({opened.envelope.automatic})", parts)
        else:
            _hold(opened, _which_case(opened), parts, now)
        return
    if problems := [sentence for form in opened.seen.forms for sentence in problems_of(form)]:
        _hold(opened, f"an attachment could not be read. {' '.join(problems)}", parts, now, case.ref)
        return
    noted: Literal["acknowledgement", "question", "auto_reply", "secure_wrapper", "extension_request"]
    match kind:
        case "acknowledgement" | "auto_reply" | "secure_wrapper" | "extension_request":
            noted = kind
        case _:
            noted = "question"
    decision = arrivals.on_reply(case, agency, _came(opened, parts), noted, parts.practice, now)
    _store(opened, decision, case.ref, parts, now, state="held" if kind == "secure_wrapper" else "handled")


def _bounce(opened: Opened, parts: Parts, now: datetime) -> None:
    bounce = opened.bounce
    ours = [letter for i in (bounce.about if bounce else ()) if (letter := parts.outbox.by_message_id(i))]
    if bounce is None or not ours:
        _mark(opened, "ignored", "a mail server returned a mail that is none of our letters", parts)
        return
    letter = ours[0]
    if not bounce.final:
        _mark(opened, "handled", f"letter {letter.id} is delayed: {bounce.reason}", parts, letter.case)
        return
    if letter.agency is None or not letter.case:
        _hold(opened, f"letter {letter.id} ({letter.kind}) came back: {bounce.reason}", parts, now, letter.case)
        return
    case = parts.casebook.load(letter.case)
    if case.stage not in OPEN:
        _mark(opened, "handled", f"letter {letter.id} came back after the case was closed", parts, letter.case)
        return
    address = bounce.addresses[0] if bounce.addresses else letter.to[0]
    decision = arrivals.on_bounce(
        case, letter.agency, address, bounce.permanent, _came(opened, parts), parts.practice, now
    )
    _store(opened, decision, case.ref, parts, now)


def _approval(opened: Opened, parts: Parts, now: datetime) -> None:
    """An approver's reply. Everything must fit: the code, its owner, the sender, the time, the words."""
    approval = parts.approvals.by_code(opened.read.code) if opened.read.code else None
    sender = opened.envelope.sender.email.casefold()
    if approval is None:
        _hold(opened, "it answers a request for approval, and its subject has no code that we gave", parts, now)
        return
    if (
        sender != approval.approver.casefold()
        or len(opened.envelope.senders) != 1
        or opened.envelope.header("Sender")
    ):
        _hold(opened, "the code in its subject belongs to another approver", parts, now, approval.case)
        return
    case = parts.casebook.load(approval.case)
    waiting = case.rounds[approval.round].waiting if approval.round in case.rounds else ()
    read = read_verdict(fresh_text(opened.envelope), waiting)
    mail, stop = opened.mail.id, read.answer == "stop"
    if case.stage not in OPEN or (approval.answered_at is not None and not stop):
        _mark(opened, "handled", "this request for approval had been answered already", parts, case.ref)
        return
    if approval.expires <= now or (not waiting and not stop):
        _clarify(case, opened, "the code is no longer valid", parts, now)
        return
    if read.answer == "unclear" or (stop and approval.answered_at is None):
        _clarify(case, opened, read.why or "nothing was approved with this code yet", parts, now)
        return
    decision = rounds.answer(
        case, approval.round, read.answer, read.items, sender, read.reason, parts.practice, now, mail
    )
    with write(parts.db):
        if read.answer in ("approve", "reject") and not parts.approvals.spend(opened.read.code, now, read.answer):
            raise CaseMoved("the code was used by another mail meanwhile")
        _store(opened, decision, case.ref, parts, now)


def _clarify(case: Case, opened: Opened, why: str, parts: Parts, now: datetime) -> None:
    """One polite answer that says what to write."""
    told = tell_office(
        case,
        now,
        parts.practice,
        f"unclear/{opened.read.code}",
        "Your answer was not understood, and nothing was done",
        [
            f"Because {why}.",
            "Please reply to the request again with one word in the first line: APPROVE, HOLD, or REJECT and the "
            "reason. Numbers choose single letters: APPROVE 1, 3-4.",
        ],
        ["mailbot letters --waiting"],
    )
    decision = Decision(case=case.ref, version=case.version).and_then(told)
    _store(opened, decision, case.ref, parts, now)


def _live_concern(opened: Opened, parts: Parts, now: datetime) -> None:
    """Shouted about at once, without case details, and never filed as done."""
    warning = letters.to_office(
        Case(),
        parts.practice,
        now,
        f"live-concern-{opened.mail.id}",
        "URGENT: a live concern about a child may have reached this mailbox",
        [
            f"Mail {opened.mail.id} looks like a child-protection referral. This mailbox does not act on those. "
            "Please open it now and pass it to the local authority's front door.",
        ],
        ["mailbot held"],
        kind="warning",
    ).model_copy(update={"due": now})
    decision = Decision(actions=(warning,))
    mark = MailMark(mail=opened.mail.id, state="held", reason="; ".join(opened.read.because))
    parts.casebook.commit(decision, now, mark)


def _other(opened: Opened, parts: Parts, now: datetime) -> None:
    """Neither form nor answer: held where it may be about a case, else left alone with the reason."""
    read, received = opened.read, opened.envelope.received
    if read.kind in ("own_copy", "receipt"):
        _mark(opened, "handled", "; ".join(read.because), parts, read.case)
        return
    if read.kind == "calendar_reply" or read.case:
        _hold(opened, f"{'; '.join(read.because)}: please read it", parts, now, read.case)
        return
    problems = [sentence for form in opened.seen.forms for sentence in problems_of(form)]
    if read.agency and problems:
        _hold(opened, f"an attachment could not be read. {' '.join(problems)}", parts, now)
    elif read.agency and INCIDENT.search(f"{opened.envelope.subject} {opened.envelope.text[:2000]}"):
        _hold(opened, "from an agency, and it may be about an incident, but it brings no form", parts, now)
    elif read.agency and any(received >= case.opened for case in opened.seen.cases):
        _hold(opened, "from an agency, with no form and no reference: is it about a case?", parts, now)
    else:
        who = "from an agency, before any open case" if read.agency else "the sender is not in the directory"
        _mark(opened, "ignored", f"{'; '.join(read.because)}; {who}", parts)


HANDLERS: dict[str, Callable[[Opened, Parts, datetime], None]] = {
    "bounce": _bounce,
    "auto_reply": _reply,
    "approval": _approval,
    "secure_wrapper": _reply,
    "referral": _referral,
    "notification": _notification,
    "scoping_return": _return,
    "chronology": _return,
    "nil_return": _nil_return,
    "extension_request": _reply,
    "acknowledgement": _reply,
    "question": _reply,
    "live_concern": _live_concern,
}


def record_fact(ref: str, fact: str, said: Said, parts: Parts, now: datetime) -> Decision:
    """A person's word, stored. Raises UsageProblem, NotAllowedNow, UnknownCase."""
    for _ in range(TRIES):
        decision = record(parts.casebook.load(ref), fact, said, parts.practice, now)
        try:
            parts.casebook.commit(decision, now)
        except CaseMoved:
            continue
        return decision
    raise UsageProblem(f"{ref} kept changing while this was recorded. Please try again.")


def answer_round(
    ref: str,
    round_id: str,
    verdict: rounds.Answer,
    items: tuple[int, ...] | None,
    by: str,
    why: str,
    parts: Parts,
    now: datetime,
) -> Decision:
    """A named approver's answer at the command line, stored. Raises UsageProblem for anybody else."""
    if by.casefold() not in (a.casefold() for a in parts.practice.approvers):
        raise UsageProblem(f"{by} is not an approver. config/mailbot.toml, [approval] approvers, names who is.")
    for _ in range(TRIES):
        case = parts.casebook.load(ref)
        decision = rounds.answer(case, round_id, verdict, items, by, why, parts.practice, now)
        try:
            parts.casebook.commit(decision, now)
        except CaseMoved:
            continue
        return decision
    raise UsageProblem(f"{ref} kept changing while this was recorded. Please try again.")


def _open_case(opened: Opened, parts: Parts) -> Case | None:
    """The open case that the mail belongs to, by its marks or, last, because its sender owes us just one answer."""
    ref = opened.mail.case or opened.read.case
    if ref == NEW_CASE:
        return None
    if ref is None and not opened.read.candidates:
        ref = owing_case(opened.seen, opened.read.agency)
    case = parts.casebook.load(ref) if ref else None
    return case if case and case.stage in OPEN else None


def _which_case(opened: Opened) -> str:
    kind = opened.read.kind.replace("_", " ")
    if opened.read.case:
        return f"a {kind} for {opened.read.case}, which is not open any more"
    return f"a {kind}: which case is this? {'; '.join(opened.read.because)}"


def _forms(opened: Opened) -> list[Form]:
    return [leaf for form in opened.seen.forms for leaf in filled(form)]


def _papers(opened: Opened, parts: Parts, agency: str | None, kinds: dict[str, PaperKind]) -> list[Paper]:
    """Each attachment as a paper of the case, byte for byte; its kind is that of the form in it."""
    files = [a for a in opened.envelope.attachments if not a.inline]
    papers = []
    for file, form in zip(files, opened.seen.forms, strict=True):
        inside = [leaf.kind for leaf in filled(form)]
        kind: PaperKind = next((kinds[k] for k in inside if k in kinds), "other")
        papers.append(Paper(kind=kind, name=file.name, sha256=parts.mailbag.keep_file(file.content), agency=agency))
    return papers


def _plain(form: Form, papers: list[Paper]) -> ReadForm:
    fields = {name: answer.text for name, answer in form.fields.items()}
    return ReadForm(fields=fields, tables=form.tables, papers=tuple(papers))


def _came(opened: Opened, parts: Parts) -> Came:
    """The mail as a case remembers it. Only a believed sender of a known domain is answered without a person."""
    sender, directory = opened.envelope.sender.email, parts.practice.directory
    known = directory.knows(sender) or directory.in_known_domain(sender)
    return Came(
        mail=opened.mail.id,
        message_id=opened.envelope.message_id,
        sender=sender,
        received=opened.envelope.received,
        may_answer=known and opened.seen.believed and not opened.envelope.unattended,
    )


def _tell_problems(case: Case, opened: Opened, parts: Parts, now: datetime) -> Decision:
    problems = [sentence for form in opened.seen.forms for sentence in problems_of(form)]
    if not problems:
        return Decision()
    title = "A file of a return could not be read"
    return tell_office(case, now, parts.practice, f"unreadable/{opened.mail.id}", title, problems)


def _store(
    opened: Opened, decision: Decision, ref: str, parts: Parts, now: datetime, state: State = "handled"
) -> None:
    reason = "; ".join((*opened.read.because, *decision.because))
    mark = MailMark(mail=opened.mail.id, state=state, reason=reason, case=ref)
    parts.casebook.commit(decision, now, mark)
    log.info("mail %s: %s for %s", opened.mail.id, opened.read.kind, ref)


def _mark(opened: Opened, state: State, reason: str, parts: Parts, case: str | None = None) -> None:
    parts.mailbag.mark(opened.mail.id, state, reason, case)
    log.info("mail %s is %s", opened.mail.id, state)


def _hold(opened: Opened, reason: str, parts: Parts, now: datetime, case: str | None = None) -> None:
    """Held for a person, who is told at once where the mail may carry a case forward."""
    decision = Decision()
    if opened.read.kind in TELL_WHEN_HELD:
        told = letters.to_office(
            Case(),
            parts.practice,
            now,
            f"held-{opened.mail.id}",
            "A mail waits for you",
            [f"Mail {opened.mail.id}, from {opened.envelope.sender.email}, is held: {reason}."],
            ["mailbot held", f"mailbot assign {opened.mail.id} REF", f"mailbot replay {opened.mail.id}"],
            kind="warning",
        )
        decision = Decision(actions=(told,))
    mark = MailMark(mail=opened.mail.id, state="held", reason=reason, case=case, candidates=opened.read.candidates)
    parts.casebook.commit(decision, now, mark)
    log.info("mail %s is held", opened.mail.id)
