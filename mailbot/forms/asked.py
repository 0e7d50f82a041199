"""Answers to what we asked of a person: the local authority's decision, a partner's answer, the office's own word."""

from __future__ import annotations

from mailbot.forms.choices import PARTNER, SERIOUS_HARM, SIGNATURE, read_choice
from mailbot.forms.seen import KnownCase, Seen
from mailbot.mail.envelope import fresh_text

FROM_OURSELVES = ("question", "warning")
"""Kinds of our letters to the office that it may answer with a recorded fact."""


def chosen(kind: str, seen: Seen) -> str:
    """The answer in a word, where the kind of mail is one that chooses; empty where it is unclear."""
    match kind:
        case "la_decision":
            return read_choice(fresh_text(seen.envelope), SERIOUS_HARM).answer
        case "partner_answer":
            return read_choice(fresh_text(seen.envelope), SIGNATURE if _about_signing(seen) else PARTNER).answer
        case _:
            return ""


def decides_harm(seen: Seen, refs: set[str]) -> str:
    """A clear answer to our enquiry, or from the authority whose decision the case in the subject waits for."""
    answer = chosen("la_decision", seen)
    if not answer:
        return ""
    said = answer.replace("_", " ")
    if any(letter.kind == "la_enquiry" for letter in seen.answers):
        return f"it answers our enquiry about serious harm: {said}"
    waits = any(case.deciding and case.deciding == seen.sender_agency for case in _cases(seen, refs))
    return f"it is from the local authority that was asked about serious harm: {said}" if waits else ""


def asked_about_harm(seen: Seen) -> str:
    """Whether it answers our enquiry while the decision is waited for, clearly or not."""
    deciding = {case.ref for case in seen.cases if case.deciding}
    asked = any(letter.kind == "la_enquiry" and letter.case in deciding for letter in seen.answers)
    return "it answers our enquiry about serious harm, and not clearly" if asked else ""


def answers_as_partner(seen: Seen, refs: set[str]) -> str:
    """A clear answer to what a partner was asked, or from one whose answer the case in the subject waits for."""
    if asked_as_partner(seen):
        return "it answers what a safeguarding partner was asked" if chosen("partner_answer", seen) else ""
    sender = seen.envelope.sender.email.casefold()
    waits = any(sender in case.partners for case in _cases(seen, refs))
    text = fresh_text(seen.envelope)
    clear = read_choice(text, PARTNER).answer or read_choice(text, SIGNATURE).answer
    return "it is from a safeguarding partner whose answer is waited for" if waits and clear else ""


def asked_as_partner(seen: Seen) -> str:
    """Whether it answers a letter to a partner, clearly or not."""
    asked = any(letter.kind == "partner_enquiry" for letter in seen.answers)
    return "it answers what a safeguarding partner was asked, and not clearly" if asked else ""


def records(seen: Seen) -> str:
    """A reply of the office to a question or warning of ours about a case."""
    asked = any(letter.kind in FROM_OURSELVES and letter.case for letter in seen.answers)
    return "the office answers a question of ours" if seen.from_office and asked else ""


def panel_writes(seen: Seen) -> str:
    """A mail from the national Panel's own address."""
    return "it comes from the national Panel" if seen.from_panel else ""


def topic_of(key: str) -> str:
    """What a partner was asked about, from the letter's key: REF/partner/TOPIC/ADDRESS[/n]; else empty."""
    parts = key.split("/")
    return parts[2] if len(parts) > 3 and parts[1] == "partner" else ""


def _about_signing(seen: Seen) -> bool:
    return any(topic_of(letter.key) == "sign_off" for letter in seen.answers)


def _cases(seen: Seen, refs: set[str]) -> list[KnownCase]:
    named = refs | {letter.case for letter in seen.answers}
    return [case for case in seen.cases if case.ref in named]
