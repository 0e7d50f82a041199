"""A stored mail, opened: its envelope, the forms in it, what is known around it, and what it is taken for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from time import monotonic
from typing import NamedTuple

from mailbot.cases.case import Case
from mailbot.cases.deciders import authority_of, awaited, may_decide
from mailbot.cases.practice import Practice
from mailbot.forms.body import own_words, read_body
from mailbot.forms.form import Form, Problem
from mailbot.forms.live import live_paper
from mailbot.forms.recognise import CODE, Recognition, recognise
from mailbot.forms.seen import KnownCase, OurLetter, Seen, filled
from mailbot.forms.verdicts import Verdict, read_verdict
from mailbot.intake.again import same_mail
from mailbot.mail.authenticity import Belief, believe
from mailbot.mail.bounces import Bounce, delivered, read_bounce
from mailbot.mail.envelope import Attachment, Envelope, fresh_page, fresh_text, open_envelope
from mailbot.mail.lookalikes import looks_like
from mailbot.parts import Parts
from mailbot.store.mailbag import Said, StoredMail
from mailbot.store.outbox import Letter

MAIL_SECONDS = 180.0
"""Seconds after which no further attachment of one mail is read: other mails wait too."""
FILES_AHEAD = 2
"""Files of one mail that are read before it is its turn."""
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


class Origin(NamedTuple):
    """What shows that a machine wrote a mail, if one did: our own letter, a bounce, what was delivered, a header."""

    own: Letter | None
    bounce: Bounce | None
    arrived: tuple[str, ...]
    automatic: str

    @property
    def is_machine(self) -> bool:
        """Whether nobody's files and words are to be read in it."""
        return bool(self.own or self.bounce or self.arrived or self.automatic)


class Ahead(NamedTuple):
    """A mail that was opened before it was its turn."""

    raw: bytes
    envelope: Envelope


class Opened:
    """A stored mail, opened and recognised."""

    def __init__(
        self,
        mail: StoredMail,
        envelope: Envelope,
        bounce: Bounce | None,
        seen: Seen,
        read: Recognition,
        verdict: Verdict | None = None,
    ):
        self.mail = mail
        self.envelope = envelope
        self.bounce = bounce
        self.seen = seen
        self.read = read
        self.verdict = verdict


def open_mail(mail: StoredMail, parts: Parts, ahead: Ahead | None = None) -> Opened:
    """Open, read and recognise a stored mail. Changes nothing but the note of its sender and subject.

    `ahead` is what `open_ahead` gave for these bytes.
    """
    if ahead and ahead.envelope.received == mail.received:
        raw, envelope = ahead
    else:
        raw = parts.mailbag.raw(mail.id)
        envelope = open_envelope(raw, mail.received)
    parts.mailbag.note(mail.id, said_by(envelope))
    return look_at(mail, raw, still_to_read(envelope, mail, parts), parts)


def said_by(envelope: Envelope) -> Said:
    """What the record keeps of an envelope, for people to find the mail by."""
    return Said(envelope.message_id, envelope.sender.email, envelope.subject)


def open_ahead(raw: bytes, received: datetime, parts: Parts) -> Ahead:
    """Open a mail that comes next, and have its first files read while another is decided on. Stores nothing.

    Only files that `look_at` will ask for: those of our own letters that come back, of other machines, and of a mail
    that the record has already, would be read for nobody.
    """
    envelope = open_envelope(raw, received)
    known = bool(envelope.message_id) and parts.mailbag.same_message(envelope.message_id, before=None)
    if not (known or envelope.unopened or _origin(envelope, raw, parts).is_machine):
        for file in [a for a in envelope.attachments if not a.inline][:FILES_AHEAD]:
            parts.sandbox.begin(file.content, file.name)
    return Ahead(raw, envelope)


def still_to_read(envelope: Envelope, mail: StoredMail, parts: Parts) -> Envelope:
    """The mail with its locked files as people opened them, without the files that a case has from it already."""
    there = recorded(mail, parts)
    opened = (a.model_copy(update={"content": parts.mailbag.as_opened(a.content)}) for a in envelope.attachments)
    left = tuple(a for a in opened if not there or hashlib.sha256(a.content).hexdigest() not in there)
    return envelope.model_copy(update={"attachments": left})


def recorded(mail: StoredMail, parts: Parts) -> frozenset[str]:
    """The hashes of the papers that the mail's case has from it: it was recorded before, but for a locked file."""
    if mail.case is None:
        return frozenset()
    events = (stored.event for stored in parts.casebook.events(mail.case) if stored.event.mail == mail.id)
    return frozenset(paper.sha256 for event in events for paper in getattr(event, "papers", ()))


def look_at(mail: StoredMail, raw: bytes, envelope: Envelope, parts: Parts) -> Opened:
    """Everything that is known around a mail, and what it is taken for."""
    settings = parts.settings
    origin = _origin(envelope, raw, parts)
    own, bounce, arrived, machine = origin.own, origin.bounce, origin.arrived, origin.is_machine
    belief = believe(
        envelope,
        settings.inbox.authserv_id,
        parts.practice.trust_unauthenticated_replies,
        internal_mark=_came_by_microsoft(mail, parts),
    )
    belief = _named_as_lookalike(envelope, belief, parts)
    forms = () if machine else tuple(_read_attachments(envelope, parts))
    pasted = None if machine else _pasted(envelope, recorded(mail, parts), parts)
    seen = Seen(
        envelope=envelope,
        believed=belief.believed,
        why_not=belief.why,
        returned_letter=bounce is not None,
        delivered_letter=bool(arrived),
        own_letter=own is not None and envelope.sender.email.casefold() == parts.practice.office.address.casefold(),
        known_code=_has_known_code(envelope, parts),
        forms=forms,
        pasted=pasted,
        body=None if machine else read_body(fresh_text(envelope)),
        answers=_answered(envelope, (*(bounce.about if bounce else ()), *arrived), parts),
        cases=tuple(_known_again(case, parts) for case in parts.casebook.open_cases()),
        copy_of=None if own else _copy_of(mail, envelope, parts),
        refs=tuple(parts.casebook.refs()),
        merged=parts.casebook.merged(),
        prefix=parts.practice.office.reference,
        waiting=_waiting(envelope, mail, parts),
        from_office=may_decide(envelope.sender.email, parts.practice),
        from_panel=envelope.sender.email.casefold() == parts.practice.panel.casefold(),
        sender_agency=agency.id if (agency := parts.practice.directory.agency_of(envelope.sender.email)) else None,
    )
    read = recognise(seen, parts.practice.directory)
    return Opened(mail, envelope, bounce, seen, read, _verdict(envelope, read, parts))


def _origin(envelope: Envelope, raw: bytes, parts: Parts) -> Origin:
    own = parts.outbox.by_message_id(envelope.message_id) if envelope.message_id else None
    bounce = None if own or envelope.unopened else read_bounce(raw)
    arrived = () if own or bounce else delivered(raw)
    return Origin(own, bounce, arrived, envelope.automatic)


def _named_as_lookalike(envelope: Envelope, belief: Belief, parts: Parts) -> Belief:
    """A sender from a domain that only looks like an agency's is never believed, whatever vouches for it."""
    directory, sender = parts.practice.directory, envelope.sender
    ours = [domain for agency in directory.agencies for domain in agency.domains]
    ours.append(parts.practice.office.address.partition("@")[2])
    copied = "" if directory.knows(sender.email) else looks_like(sender.domain, ours)
    if not copied:
        return belief
    return Belief(believed=False, why=f"The domain {sender.domain} looks like {copied} and is not: beware.")


def _verdict(envelope: Envelope, read: Recognition, parts: Parts) -> Verdict | None:
    """What a reply to a request for approval answers about the letters that wait for it."""
    if read.kind != "approval":
        return None
    approval = parts.approvals.by_code(read.code) if read.code else None
    case = parts.casebook.load(approval.case) if approval else None
    waiting = case.rounds[approval.round].waiting if case and approval and approval.round in case.rounds else ()
    return read_verdict(own_words(fresh_text(envelope)), waiting)


def _copy_of(mail: StoredMail, envelope: Envelope, parts: Parts) -> int | None:
    """An earlier mail of the record that this one is, in other bytes: it came over two lists, or two servers."""
    others = parts.mailbag.same_message(envelope.message_id, before=mail.id or None)
    return next((other.id for other in others if other.sha256 != mail.sha256 and _says(other, envelope, parts)), None)


def _says(other: StoredMail, envelope: Envelope, parts: Parts) -> bool:
    return same_mail(envelope, open_envelope(parts.mailbag.raw(other.id), other.received))


def _came_by_microsoft(mail: StoredMail, parts: Parts) -> bool:
    """Whether Exchange or Microsoft 365 itself showed this mail: only they vouch for their internal mark.

    An older mail from another kind of mailbox, or a file that a person brought, may carry a forged one.
    """
    kind = parts.settings.inbox.kind
    return kind in ("exchange", "graph") and parts.mailbag.was_shown_as(mail.id, f"{kind}/")


def _pasted(envelope: Envelope, there: frozenset[str], parts: Parts) -> Form | None:
    """What a table in the mail itself says, if it is a form or somebody's live referral, and not recorded yet."""
    page = fresh_page(envelope)
    if "<table" not in page.casefold() or hashlib.sha256(fresh_text(envelope).encode()).hexdigest() in there:
        return None
    form = parts.sandbox.form(page.encode(), "email body")
    return form if filled(form) or live_paper((form,)) else None


def _waiting(envelope: Envelope, mail: StoredMail, parts: Parts) -> tuple[int, ...]:
    """The mails of this sender, or of the same agency, that wait for a password."""
    directory, sender = parts.practice.directory, envelope.sender.email
    agency = directory.agency_of(sender)
    return tuple(
        other.id
        for other in parts.mailbag.waiting_for_a_password()
        if other.id != mail.id
        and (other.sender.casefold() == sender.casefold() or (agency and directory.agency_of(other.sender) == agency))
    )


def _has_known_code(envelope: Envelope, parts: Parts) -> bool:
    found = CODE.search(envelope.subject.upper())
    return found is not None and parts.approvals.by_code(found.group(1)) is not None


def _read_attachments(envelope: Envelope, parts: Parts) -> Iterator[Form]:
    until = monotonic() + MAIL_SECONDS
    for file in envelope.attachments:
        if not file.inline:
            yield parts.sandbox.form(file.content, file.name) if monotonic() < until else _not_read(file)


def _not_read(file: Attachment) -> Form:
    message = f"Not read: the mail took longer than {MAIL_SECONDS:g} seconds. Look at the file by hand."
    return Form(name=file.name, kind="other", problems=(Problem(problem="too_large", message=message),))


def _answered(envelope: Envelope, reported: tuple[str, ...], parts: Parts) -> tuple[OurLetter, ...]:
    """The letters that the mail answers, and those that a mail server reports of in it."""
    named = dict.fromkeys((*envelope.in_reply_to, *envelope.references, *reported))
    found = [parts.outbox.by_message_id(i) for i in named]
    return tuple(
        OurLetter(case=letter.case, agency=letter.agency, kind=letter.kind, round=letter.round, key=letter.key)
        for letter in found
        if letter is not None
    )


def _known_again(case: Case, parts: Parts) -> KnownCase:
    """What is known of a case, worked out once until the case moves on."""
    before = parts.known_cases.get(case.ref)
    if before is None or before[0] is not case:
        before = parts.known_cases[case.ref] = (case, _known(case, parts.practice))
    return before[1]


def _known(case: Case, practice: Practice) -> KnownCase:
    return KnownCase(
        ref=case.ref,
        opened=case.reported_at or EARLIEST,
        child_name=case.child.name,
        child_dob=case.child.dob,
        others=tuple((child.name, child.dob) for child in case.children[1:] if child.name),
        asked=tuple(case.requests),
        owing=tuple(r.agency for r in case.requests.values() if r.sent_at and (r.gives_none or not r.settled)),
        deciding=authority_of(case, practice.directory) if case.stage == "la_deciding" else None,
        partners=tuple(address for _, address in awaited(case)),
        submission=case.submission.sha256 if case.stage == "sign_off" and case.submission else "",
    )
