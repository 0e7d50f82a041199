"""Answers of people who were asked: the authority's decision, a partner's answer or signature, the Panel's mail.

Only what stands clearly in the mail of the very person is recorded by itself; all else is put before the office.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from mailbot.cases.case import Case, Stage
from mailbot.cases.deciders import awaited, standing_of
from mailbot.cases.decisions import Decision
from mailbot.cases.events import AnyEvent, PanelWrote, Paper
from mailbot.cases.letters.answers import answer_received, ask_once_more
from mailbot.cases.partners import Topic, on_partner_answer
from mailbot.cases.questions import tell_office
from mailbot.cases.recording import Said, record
from mailbot.cases.wording import say_day
from mailbot.errors import IllegalEvent, NotAllowedNow, UsageProblem
from mailbot.forms.asked import topic_of
from mailbot.forms.choices import PARTNER, SERIOUS_HARM, SIGNATURE, WRITE, Option, read_choice, reason_of
from mailbot.intake.opening import Opened
from mailbot.intake.settling import came, hold, mark, open_case, store, which_case
from mailbot.mail.envelope import fresh_text
from mailbot.parts import Parts

Question = Literal["serious_harm", "partner"]
DISCUSSED_AT: dict[Topic, Stage] = {"threshold": "partner_discussion", "learning": "learning_considered"}
HARM = {"yes": "SERIOUS HARM", "no": "NO SERIOUS HARM", "more_time": "MORE TIME"}
PANEL_SAYS = (
    ("national_review", re.compile(r"(?i)\bnational (?:child safeguarding practice )?review\b")),
    ("agrees", re.compile(r"(?i)\b(?:agrees?|agreed|concurs?|content with|satisfied|supports?)\b")),
)
"""Words by which an answer of the Panel is proposed; comments, where there are none of them. A person reads it."""


def take_la_decision(opened: Opened, parts: Parts, now: datetime) -> None:
    """The local authority's answer: recorded from its decision maker, confirmed by the office from a colleague."""
    case, sender = open_case(opened, parts), opened.envelope.sender.email
    if case is None:
        hold(opened, which_case(opened), parts, now)
        return
    standing = standing_of(sender, case, parts.practice.directory)
    if standing == "none" or not speaks_for_themselves(opened):
        why = "an answer about serious harm, and not from the case's local authority itself"
        hold(opened, why, parts, now, case.ref)
        return
    choice = read_choice(fresh_text(opened.envelope), SERIOUS_HARM)
    if not choice.answer:
        _ask_once_more(case, "serious_harm", choice.why, opened, parts, now)
        return
    if case.stands_at != "la_deciding" and case.serious_harm == {"yes": True, "no": False}.get(choice.answer):
        mark(opened, "handled", "the local authority said so before", parts, case.ref)
        return
    if standing == "decides" and case.stands_at == "la_deciding":
        fact, values = ("more-time", ()) if choice.answer == "more_time" else ("serious-harm", (choice.answer,))
        reason = _reason(SERIOUS_HARM, opened, parts) or f"answered {HARM[choice.answer]}"
        decision = _recorded(case, fact, values, reason, opened, parts)
        store(opened, decision.and_then(_receipt(case, opened, parts, now)), case.ref, parts, now)
        return
    _ask_to_confirm(case, choice.answer, standing == "decides", opened, parts, now)


def _ask_to_confirm(case: Case, answer: str, changed: bool, opened: Opened, parts: Parts, now: datetime) -> None:
    """The office says whether it stands: a colleague answered, or the authority has changed its mind."""
    sender, number = opened.envelope.sender.email, opened.mail.id
    why = (
        "The case has gone on since it was asked, so nothing was recorded."
        if changed
        else "Who wrote is not written down as one who decides for the authority, so nothing was recorded."
    )
    words = f"Mail {number}, from {sender}, says {HARM[answer]}. {why} Please read it, and record it if it stands."
    fact = "more-time YYYY-MM-DD" if answer == "more_time" else f"serious-harm {answer}"
    command = f'mailbot record {case.ref} {fact} --as YOU --why "REASON"'
    topic, title = f"la-decision/{number}", "Please confirm the local authority's answer"
    told = tell_office(case, now, parts.practice, topic, title, [words], [command])
    store(opened, _on(case).and_then(told), case.ref, parts, now)


def take_partner_answer(opened: Opened, parts: Parts, now: datetime) -> None:
    """AGREE, CHALLENGE or SIGNED from the very person who was asked, at their own address."""
    case, sender = open_case(opened, parts), opened.envelope.sender.email.casefold()
    if case is None:
        hold(opened, which_case(opened), parts, now)
        return
    topic, asked, key = _asked_what(case, opened)
    if asked != sender or not speaks_for_themselves(opened):
        why = "an answer of a safeguarding partner, and not from the person who was asked"
        hold(opened, why, parts, now, case.ref)
    elif topic == "sign_off":
        _sign(case, key, opened, parts, now)
    elif topic in ("threshold", "learning"):
        _discuss(case, "threshold" if topic == "threshold" else "learning", opened, parts, now)
    else:
        hold(opened, "an answer to a letter about something that nobody answers by a word", parts, now, case.ref)


def _asked_what(case: Case, opened: Opened) -> tuple[str, str, str]:
    """Topic, address and key of the letter that is answered; else what is still waited for from the sender."""
    keys = [x.key for x in opened.seen.answers if x.kind == "partner_enquiry" and x.case == case.ref]
    if keys:
        topic = topic_of(keys[0])
        return topic, keys[0].split("/")[3].casefold() if topic else "", keys[0]
    sender = opened.envelope.sender.email.casefold()
    topic = next((topic for topic, address in awaited(case) if address == sender), "")
    return topic, sender if topic else "", ""


def _discuss(case: Case, topic: Topic, opened: Opened, parts: Parts, now: datetime) -> None:
    choice = read_choice(fresh_text(opened.envelope), PARTNER)
    if choice.answer not in ("agree", "challenge"):
        _ask_once_more(case, "partner", choice.why, opened, parts, now)
        return
    reason = _reason(PARTNER, opened, parts)
    if choice.answer == "challenge" and not reason:
        _ask_once_more(case, "partner", "a challenge needs its reason", opened, parts, now)
        return
    if case.stands_at != DISCUSSED_AT[topic]:
        words = (
            f"Mail {opened.mail.id}, from {opened.envelope.sender.email}, says {choice.answer.upper()}, and the "
            "discussion had ended. It was not recorded. Please read it."
        )
        topic_told, title = f"late-answer/{opened.mail.id}", "A partner answered after the discussion had ended"
        told = tell_office(case, now, parts.practice, topic_told, title, [words])
        store(opened, _on(case).and_then(told), case.ref, parts, now)
        return
    answer: Literal["agree", "challenge"] = "agree" if choice.answer == "agree" else "challenge"
    sender, received = opened.envelope.sender.email, opened.envelope.received
    decision = on_partner_answer(
        case, sender, topic, answer, reason, opened.mail.id, sender, received, parts.practice
    )
    store(opened, decision.and_then(_receipt(case, opened, parts, now)), case.ref, parts, now)


def _sign(case: Case, key: str, opened: Opened, parts: Parts, now: datetime) -> None:
    """A signature is of the decision in force (cases/signing.py); whatever else comes goes before the office."""
    sender, number = opened.envelope.sender.email, opened.mail.id
    choice = read_choice(fresh_text(opened.envelope), SIGNATURE)
    asked_at = case.letters_sent.get(key)
    older = asked_at is not None and case.decided_at is not None and asked_at < case.decided_at
    if choice.answer and not older:
        decision = _recorded(case, "signed-off", (sender,), "signed by email", opened, parts)
        store(opened, decision.and_then(_receipt(case, opened, parts, now)), case.ref, parts, now)
        return
    why = "the meeting has decided anew since it was asked for" if older else choice.why
    words = f"Mail {number}, from {sender}, is no signature: {why}. Please read it, and answer from the mailbox."
    command = f"mailbot record {case.ref} signed-off {sender} --as YOU"
    topic, title = f"not-signed/{number}", "A partner answered the request to sign, and did not sign"
    told = tell_office(case, now, parts.practice, topic, title, [words], [] if older else [command])
    store(opened, _on(case).and_then(told), case.ref, parts, now)


def take_panel_reply(opened: Opened, parts: Parts, now: datetime) -> None:
    """Kept among the papers of the case; what it answers is read, and recorded, by a person."""
    case, number = open_case(opened, parts), opened.mail.id
    if case is None:
        hold(opened, which_case(opened), parts, now)
        return
    text = fresh_text(opened.envelope)
    papers = tuple(
        Paper(kind="other", name=file.name, sha256=parts.mailbag.keep_file(file.content))
        for file in opened.envelope.attachments
        if not file.inline
    )
    day = say_day(parts.practice.calendar.day_of(opened.envelope.received))
    email = Paper(kind="other", name=f"Email of the Panel, {day}.txt", sha256=parts.mailbag.keep_file(text.encode()))
    wrote = PanelWrote(at=opened.envelope.received, because="the Panel wrote", mail=number, papers=(email, *papers))
    seems = next((answer for answer, words in PANEL_SAYS if words.search(text)), "comments")
    others = [answer for answer in ("agrees", "comments", "national_review") if answer != seems]
    told = tell_office(
        case,
        now,
        parts.practice,
        f"panel/{number}",
        "The national Panel has written",
        [
            f"It is kept as mail {number}, and among the papers of the case. By its words it may be "
            f"“{seems.replace('_', ' ')}”; please read it, and record what it answers.",
        ],
        [f'mailbot record {case.ref} panel-reply {answer} --as YOU --why "REASON"' for answer in (seems, *others)],
    )
    decision = Decision(case=case.ref, version=case.version, events=(wrote,), because=("the Panel wrote",))
    store(opened, decision.and_then(told), case.ref, parts, now)


def _reason(options: Sequence[Option], opened: Opened, parts: Parts) -> str:
    """Why the sender chose so, in their own words and without their signature."""
    sender = opened.envelope.sender
    person = parts.practice.directory.person(sender.email)
    signed = [name for name in (sender.name, person.name if person else "") if name]
    return reason_of(fresh_text(opened.envelope), options, signed)


def speaks_for_themselves(opened: Opened) -> bool:
    """Whether the mail is from one person's own address, and nobody sent it on their behalf."""
    return len(opened.envelope.senders) == 1 and not opened.envelope.header("Sender")


def _ask_once_more(case: Case, question: Question, why: str, opened: Opened, parts: Parts, now: datetime) -> None:
    """One polite letter that says what to write; unclear again, the mail is held."""
    sender, number, arrived = opened.envelope.sender.email, opened.mail.id, came(opened, parts)
    topic = f"unclear/{question}/{sender.casefold()}"
    if topic in case.told:
        hold(opened, f"an answer that is not clear, for the second time: {why}", parts, now, case.ref)
        return
    again = "They are asked once more." if arrived.may_answer else "Nothing was sent to them."
    fact = "serious-harm yes|no" if question == "serious_harm" else f"partner-answer {sender} agree|challenge"
    told = tell_office(
        case,
        now,
        parts.practice,
        topic,
        "An answer was not clear",
        [f"Mail {number}, from {sender}, was not understood, because {why}. {again} You may record it yourself."],
        [f'mailbot record {case.ref} {fact} --as YOU --why "REASON"'],
    )
    decision = _on(case).and_then(told)
    if arrived.may_answer:
        letter = ask_once_more(case, parts.practice, now, arrived.sender, why, WRITE[question], arrived.message_id)
        decision = decision.and_then(Decision(actions=(letter,), because=("a clear answer is asked for once more",)))
    store(opened, decision, case.ref, parts, now)


def _recorded(case: Case, fact: str, values: tuple[str, ...], why: str, opened: Opened, parts: Parts) -> Decision:
    """The fact as the same words at the command line would record it, with the mail that brought it.

    It is judged as of the moment of its arrival. Raises NotAllowedNow where the case has no room for it.
    """
    received = opened.envelope.received
    said = Said(by=opened.envelope.sender.email, at=received, values=values, why=why)
    try:
        decision = record(case, fact, said, parts.practice, received)
    except (UsageProblem, IllegalEvent) as refused:
        raise NotAllowedNow(f"{case.ref}: this answer cannot be recorded: {refused}") from refused
    return decision.model_copy(update={"events": brought_by(decision.events, opened)})


def brought_by(events: tuple[AnyEvent, ...], opened: Opened) -> tuple[AnyEvent, ...]:
    """The events with the number of the mail that brought them."""
    return tuple(event.model_copy(update={"mail": opened.mail.id}) for event in events)


def _receipt(case: Case, opened: Opened, parts: Parts, now: datetime) -> Decision:
    """A person who decides hears that the answer came; nobody else is written to."""
    arrived = came(opened, parts)
    if not arrived.may_answer:
        return Decision()
    letter = answer_received(case, parts.practice, now, arrived.sender, arrived.received, arrived.message_id)
    return Decision(actions=(letter,), because=("receipt of the answer is acknowledged",))


def _on(case: Case) -> Decision:
    return Decision(case=case.ref, version=case.version)
