"""Something came: what now? A form, a bounce, a reply; each gives one decision."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Literal

from mailbot.cases import letters
from mailbot.cases.asking import names, not_in_directory
from mailbot.cases.case import Case, Request, Stage
from mailbot.cases.decisions import Action, Decision, SendLetter
from mailbot.cases.events import (
    AgencyReplied,
    AnyEvent,
    ChronologyReceived,
    Found,
    LetterKind,
    NotificationReceived,
    PanelNotified,
    Paper,
    ReferralReceived,
    Row,
    ScopingReturned,
)
from mailbot.cases.practice import Practice
from mailbot.cases.questions import tell_office
from mailbot.cases.rounds import no_longer_needed
from mailbot.cases.stages import apply
from mailbot.cases.values import Value
from mailbot.cases.wording import count, field_name, say_list

NOBODY = re.compile(r"(?i)\W*(no|none|nil|unknown|not[ _](known|applicable)|n/?a)\b.{0,20}\W*$")
"""Answers that name nobody: `None known`, `No others`."""


UNDECIDED: tuple[Stage, ...] = ("la_deciding", "partner_discussion")
"""Stages at which it is still to be decided whether it is serious harm."""


class Came(Value):
    """A mail that something came in: the record's number for it, its Message-ID, its sender, when it was received."""

    mail: int
    message_id: str
    sender: str
    received: datetime
    may_answer: bool = True
    old: bool = False
    """It came so long ago that a receipt or thanks would only puzzle: nobody is answered."""


class ReadForm(Value):
    """What was read from one file of the mail: plain values, tables, and the file itself."""

    fields: dict[str, str] = {}
    tables: dict[str, tuple[Row, ...]] = {}
    papers: tuple[Paper, ...] = ()
    found: Found = Found()


def on_referral(
    ref: str, came: Came, form: ReadForm, agency: str | None, practice: Practice, now: datetime
) -> Decision:
    """A referral form opens a case. From the local authority it says that serious harm is accepted."""
    form = with_first_child(form)
    procedure = practice.procedures[practice.procedure]
    sender = practice.directory.agency(agency)
    from_la = sender is not None and sender.partner == "local_authority"
    missing = tuple(n for n in procedure.referral_needs if not form.fields.get(n) and not form.tables.get(n))
    received = ReferralReceived(
        at=came.received,
        because=procedure.sentence("referral"),
        mail=came.mail,
        ref=ref,
        procedure=procedure.id,
        from_la=from_la,
        waits_for_la=not from_la and procedure.scoping_trigger == "on_serious_harm_accepted",
        referrer=came.sender,
        referrer_agency=agency,
        message_id=came.message_id,
        fields=form.fields,
        tables=form.tables,
        missing=missing,
        papers=form.papers,
        found=form.found,
    )
    case = apply(Case(), received)
    decision = Decision(case=ref, events=(received,), because=(f"a referral came: case {ref} is open",))
    decision = decision.and_then(acknowledge(case, came, "referral", practice, now))
    return decision.and_then(say_what_is_missing(case, practice, now))


def on_notification(case: Case, came: Came, form: ReadForm, practice: Practice, now: datetime) -> Decision:
    """The LA's own notification to the Panel reached the partnership; its date starts the Panel's clock."""
    events: list[AnyEvent] = [
        NotificationReceived(
            at=came.received,
            because="the local authority sent its notification",
            mail=came.mail,
            fields=form.fields,
            tables=form.tables,
            papers=form.papers,
            found=form.found,
        )
    ]
    notified = form.fields.get("date_notified", "")
    if case.notified_at is None and _is_date(notified):
        moment = practice.calendar.close_of(date.fromisoformat(notified))
        because = f"the notification is dated {notified}"
        events.append(PanelNotified(at=came.received, because=because, mail=came.mail, moment=moment))
    because = "the LA's notification goes into the pack"
    decision = Decision(case=case.ref, version=case.version, events=tuple(events), because=(because,))
    decision = decision.and_then(acknowledge(case, came, "notification", practice, now))
    return decision.and_then(_ask_what_it_says(case, came, dated=len(events) > 1, practice=practice, now=now))


def _ask_what_it_says(case: Case, came: Came, dated: bool, practice: Practice, now: datetime) -> Decision:
    """While serious harm is still to be decided: is the notification the answer, and of which day is it?

    What came with the case's first mail is asked with that.
    """
    if case.stands_at not in UNDECIDED or came.message_id == case.referral_message_id:
        return Decision()
    paragraphs = [
        f"The notification (mail {came.mail}) came while the local authority decides whether it is serious harm. "
        "mailbot does not take it for the answer. Please ask, and record it if it is."
    ]
    commands = [f'mailbot record {case.ref} serious-harm yes --why "REASON" --as YOU']
    if case.notified_at is None and not dated:
        paragraphs.append("Its date could not be read: please record when it went to the Panel.")
        commands.append(f"mailbot record {case.ref} notified YYYY-MM-DD --as YOU")
    title = "Is the notification the local authority's answer?"
    return tell_office(case, now, practice, f"notification/{came.mail}", title, paragraphs, commands)


def on_return(
    case: Case,
    agency: str,
    came: Came,
    form: ReadForm | None,
    rows: tuple[Row, ...] | None,
    chronology_papers: tuple[Paper, ...],
    practice: Practice,
    now: datetime,
) -> Decision:
    """A scoping return, a chronology, or both from one agency, in one mail: recorded, thanked, the lack asked for."""
    asked = case.requests.get(agency)
    name = asked.name if asked else practice.directory.name_of(agency)
    events: list[AnyEvent] = []
    received: list[str] = []
    if rows is not None:
        because = f"{name} sent a chronology of {count(len(rows), 'row')}"
        chronology = ChronologyReceived(
            at=came.received,
            because=because,
            mail=came.mail,
            agency=agency,
            name=name,
            rows=rows,
            papers=chronology_papers,
        )
        events.append(chronology)
        received.append(f"your chronology ({count(len(rows), 'entry', 'entries')})")
    had_rows = bool(rows) or bool(asked and asked.rows)
    if form is not None or (asked is not None and asked.completeness == "part"):
        fields = {**(asked.fields if asked else {}), **(form.fields if form else {})}
        returned = _returned(case, agency, name, came, fields, form, had_rows, practice)
        events.append(returned)
        if form is not None:
            received.append("your nil return" if returned.completeness == "nil" else "your scoping return")
    decision = Decision(
        case=case.ref,
        version=case.version,
        events=tuple(events),
        because=tuple(e.because for e in events),
    )
    after = case
    for event in events:
        after = apply(after, event)
    request = after.requests[agency]
    kinds: tuple[LetterKind, ...] = ("reminder", "chase", "escalation", *(("scoping",) if request.settled else ()))
    decision = decision.and_then(no_longer_needed(after, agency, kinds, now, f"{name} has answered", str(came.mail)))
    decision = decision.and_then(_thank(after, request, came, received, practice, now))
    return decision.and_then(_propose_named_agency(after, request, practice, now))


def on_reply(
    case: Case,
    agency: str,
    came: Came,
    kind: Literal["acknowledgement", "question", "auto_reply", "secure_wrapper", "extension_request"],
    practice: Practice,
    now: datetime,
    near_nil: bool = False,
) -> Decision:
    """An agency wrote something that is not a return. It is noted; what needs a person goes to one.

    `near_nil` says that its words come near a nil return, and leave something open.
    """
    what = kind.replace("_", " ")
    replied = AgencyReplied(at=came.received, because=f"{agency}: {what}", mail=came.mail, agency=agency, kind=kind)
    decision = Decision(
        case=case.ref, version=case.version, events=(replied,), because=(f"{what} from {agency}, noted",)
    )
    if kind in ("acknowledgement", "auto_reply"):
        return decision
    titles = {
        "question": "A nil return that leaves something open" if near_nil else "An agency asks something",
        "secure_wrapper": "A secure message waits to be opened",
        "extension_request": "An agency asks for more time",
    }
    commands = {
        "question": [f"mailbot record {case.ref} nil {agency} --as YOU"] if near_nil else [],
        "secure_wrapper": [],
        "extension_request": [
            f"mailbot record {case.ref} extension {agency} YYYY-MM-DD --as YOU",
            f'mailbot record {case.ref} extension-refused {agency} --as YOU --why "REASON"',
        ],
    }
    open_still = (
        " Its words come near a nil return, and leave open whether they hold for the whole agency. Nothing was "
        "recorded: if they do, record it; else ask who answers for the rest."
    )
    asked = f"It came from {agency} and is kept as mail {came.mail}. Please read it and answer from the mailbox."
    told = tell_office(
        case,
        now,
        practice,
        f"{kind}/{came.mail}",
        titles[kind],
        [asked + (open_still if near_nil else "")],
        commands[kind],
    )
    return decision.and_then(told)


def _returned(
    case: Case,
    agency: str,
    name: str,
    came: Came,
    fields: dict[str, str],
    form: ReadForm | None,
    had_rows: bool,
    practice: Practice,
) -> ScopingReturned:
    nil = fields.get("had_involvement") == "no"
    needs = () if nil else practice.procedure_of(case).return_needs
    lacking = tuple(n for n in needs if n != "chronology" and not fields.get(n))
    if "chronology" in needs and not had_rows:
        lacking = (*lacking, "chronology")
    completeness: Literal["full", "part", "nil"] = "nil" if nil else "part" if lacking else "full"
    words = {"nil": "made a nil return", "part": "returned in part", "full": "returned in full"}
    return ScopingReturned(
        at=came.received,
        because=f"{name} {words[completeness]}",
        mail=came.mail,
        agency=agency,
        name=name,
        completeness=completeness,
        missing=lacking,
        fields=fields,
        tables=form.tables if form else {},
        papers=form.papers if form else (),
        found=form.found if form else Found(),
    )


def acknowledge(case: Case, came: Came, what: str, practice: Practice, now: datetime) -> Decision:
    """Receipt to the sender; where the sender is a stranger the office is asked instead."""
    if came.old:
        return Decision()
    if came.may_answer:
        mail = came.message_id or str(came.mail)
        letter = letters.acknowledgement(case, practice, now, came.sender, what, mail, came.received)
        return Decision(actions=(letter,), because=(f"receipt of the {what} is acknowledged to its sender",))
    return tell_office(
        case,
        now,
        practice,
        f"acknowledge/{came.mail}",
        f"Please acknowledge receipt of the {what}",
        [f"It came from {came.sender}, who is not in the directory, so nothing was sent to them."],
    )


def _thank(
    case: Case, request: Request, came: Came, received: list[str], practice: Practice, now: datetime
) -> Decision:
    if not received or came.old:
        return Decision()
    if came.may_answer:
        mail = came.message_id or str(came.mail)
        letter: SendLetter = letters.thanks(case, practice, now, came.sender, request, received, mail)
        actions: tuple[Action, ...] = (letter,)
        lack = f", and {say_list([field_name(m) for m in request.missing])} asked for" if request.missing else ""
        return Decision(actions=actions, because=(f"{request.name} is thanked{lack}",))
    return tell_office(
        case,
        now,
        practice,
        f"thank/{came.mail}",
        f"Please thank {request.name}",
        [f"Its return came from {came.sender}, who is not in the directory, so nothing was sent to them."],
    )


def _propose_named_agency(case: Case, request: Request, practice: Practice, now: datetime) -> Decision:
    """A return that names an agency nobody asked: a person decides whether to ask it."""
    named = request.fields.get("agencies_not_listed", "")
    asked = [a for a in practice.directory.agencies if a.id not in case.requests and names(a, named)]
    known_all = any(names(a, named) for a in practice.directory.agencies if a.id in case.requests) and not asked
    if not named or known_all or NOBODY.match(named):
        return Decision()
    return tell_office(
        case,
        now,
        practice,
        f"named-by/{request.agency}",
        f"{request.name} names another agency",
        [f"Its return says of agencies not listed: {named}"],
        [f"mailbot record {case.ref} scoping {a.id} --as YOU" for a in asked]
        or [f"mailbot record {case.ref} scoping AGENCY --as YOU"],
    )


def with_first_child(form: ReadForm) -> ReadForm:
    """A referral about several children names them in a table: the first stands for the case."""
    children = form.tables.get("children", ())
    if form.fields.get("child_name") or not children:
        return form
    first = children[0]
    named = {
        "child_name": first.get("name", ""),
        "child_dob": first.get("date_of_birth", ""),
        "child_gender": first.get("gender", ""),
        "child_ethnicity": first.get("ethnicity", ""),
    }
    return form.model_copy(update={"fields": {**{k: v for k, v in named.items() if v}, **form.fields}})


def say_what_is_missing(case: Case, practice: Practice, now: datetime) -> Decision:
    """What the referral does not tell, to the business unit."""
    paragraphs = []
    if case.referral_missing:
        wanted = say_list([field_name(f) for f in case.referral_missing])
        paragraphs.append(f"The referral form does not give {wanted}. Please ask the referrer.")
    unknown = not_in_directory(case, practice.directory)
    if unknown:
        paragraphs.append(
            f"It names {say_list(unknown)}, and no agency of the directory answers to that. "
            "Add the agency (or an alias) to config/agencies.toml, then ask it with the first command below."
        )
    commands = [f"mailbot record {case.ref} scoping AGENCY --as YOU"] if unknown else []
    if case.notified_at is None or case.aware_at is None:
        paragraphs.append(
            "Please record when the local authority became aware, and when its notification went to the Panel: "
            "the Panel's deadline is counted from there."
        )
        commands += [
            f"mailbot record {case.ref} aware YYYY-MM-DD --as YOU",
            f"mailbot record {case.ref} notified YYYY-MM-DD --as YOU",
        ]
    if case.serious_harm is None:
        paragraphs.append(
            "The referral does not come from the local authority. "
            + (
                "Scoping waits for its decision on serious harm: record it when you have it. "
                if practice.procedure_of(case).scoping_trigger == "on_serious_harm_accepted"
                else ""
            )
            + practice.procedure_of(case).sentence("serious_harm")
        )
        commands.append(f"mailbot record {case.ref} serious-harm yes --as YOU")
    gaps = bool(case.referral_missing or unknown)
    title = "What the referral does not tell" if gaps else "Please record when the clocks began"
    return tell_office(case, now, practice, "referral-read", title, paragraphs, commands)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10
