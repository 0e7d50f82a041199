"""What kind of mail this is, whose, about which case, and because of what: small rules in a fixed order.

The first rule that fits names the kind. The case is looked for in a fixed order too: our own Message-IDs, the
reference in the subject, the form's own prefilled block, child and date of birth, and last the sender who owes us an
answer. Where two of the first three name different cases, nobody guesses: a person is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from rapidfuzz import fuzz

from mailbot.cases.asking import names
from mailbot.cases.directory import Directory
from mailbot.cases.values import Value
from mailbot.forms.asked import (
    answers_as_partner,
    asked_about_harm,
    asked_as_partner,
    chosen,
    decides_harm,
    panel_writes,
    records,
)
from mailbot.forms.body import own_words
from mailbot.forms.choices import first_line
from mailbot.forms.doubts import called
from mailbot.forms.form import Form
from mailbot.forms.live import every, live_paper, live_words
from mailbot.forms.passwords import brings_only_a_password
from mailbot.forms.seen import KnownCase, Seen
from mailbot.mail.envelope import fresh_text

MailKind = Literal[
    "referral",
    "notification",
    "scoping_return",
    "nil_return",
    "chronology",
    "la_decision",
    "partner_answer",
    "panel_reply",
    "decision",
    "approval",
    "question",
    "extension_request",
    "acknowledgement",
    "calendar_reply",
    "bounce",
    "auto_reply",
    "receipt",
    "own_copy",
    "secure_wrapper",
    "live_concern",
    "locked",
    "password",
    "other",
]
SAME_NAME = 85
"""How alike two spellings of a name must be, of 100, where no date of birth can decide."""
NEWS = re.compile(
    r"(?i)\b(but|however|although|not|\w+n['’]t|unable|cannot|left|moved|wrong|instead|nobody|no longer|already|"
    r"unfortunately|concern\w*|risk\w*|urgent\w*|extension|attach\w*)\b"
)
"""Words that make more than an acknowledgement of a polite reply: a person reads it."""
CALENDAR_ANSWER = re.compile(rb"(?mi)^METHOD:(?:REPLY|COUNTER)\s*$")
CODE = re.compile(r"\b([A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4})\b")
WRAPPERS = ("message.rpmsg", "encrypted_message.htm", "encrypted_message.html", "smime.p7m", "securemessageatt.html")
PORTAL = re.compile(
    r"(?is)\b(?:received|sent|sent you|have)\s+(?:an?|the|this|\d+)\s+(?:\w+\s+){0,2}"
    r"(?:secure|encrypted|protected)\s+(?:e-?mail|message|package|file|document)s?\b.{0,600}https?://"
)
"""A mail that is nothing but the way to a portal where the message lies."""
INCIDENT = re.compile(
    r"(?i)\b(rapid review|serious incident|case review|child death|jcr referral|safeguarding practice)\b"
)
TOLD_BY_AN_AGENCY = re.compile(
    r"(?i)\b(incidents?|injur(?:y|ies|ed)|harm(?:ed)?|died|dead|deaths?|fatal(?:ity)?|abused?|neglect(?:ed)?|assault(?:ed)?|"
    r"bab(?:y|ies)|infant|toddler|ofsted|panel|notif(?:y|ying|ied|ication))\b"
)
"""Words that from an agency may tell of an incident, whatever the mail calls it."""
LONGEST_NIL = 60
"""Words of a mail that is still a nil return in a line or two, its greeting and signature counted."""
NO_NIL = re.compile(
    r"(?i)\b(attach|enclos|receiv|resend|re-send|send (?:it|them) again|to add|prior to|the form|the template|"
    r"(?:mother|father|parent|sibling|brother|sister|partner|grandmother|grandfather) (?:is|was|are|were) not known|"
    r"child is (?:open|known))"
)
"""Words of a mail whose "no information" or "not known" is about something else."""
MORE_TIME = re.compile(
    r"(?i)\b(extension|more time|extra time|further time|cannot (?:meet|make) the deadline|extend the deadline)\b"
)
THANKS_ONLY = re.compile(r"(?i)\b(thank(?:s| you)|received|acknowledge|noted|will (?:respond|return|complete))\b")


class Recognition(Value):
    """What the mail was taken for. Without a case (`case` none) `candidates` are the ones it may belong to."""

    kind: MailKind
    case: str | None = None
    agency: str | None = None
    because: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    code: str = ""
    answer: str = ""
    """What a mail says that chooses between a few answers, in a word; empty where it is unclear."""


def recognise(seen: Seen, directory: Directory) -> Recognition:
    """The first kind whose rule fits, with the case and agency it belongs to."""
    kind, why = next((name, why) for name, rule in RULES if (why := rule(seen)))
    case, how, candidates = case_of(seen)
    agency, whose = agency_of(seen, directory)
    because = tuple(reason for reason in (why, how, whose) if reason)
    code = CODE.search(seen.envelope.subject.upper()) if kind == "approval" else None
    return Recognition(
        kind=kind,
        case=case,
        agency=agency,
        because=because,
        candidates=candidates,
        code=code.group(1) if code else "",
        answer=chosen(kind, seen),
    )


def may_tell_of_an_incident(text: str) -> bool:
    """Whether an agency's words may be about an incident: then a person reads them, case or no case."""
    return INCIDENT.search(text) is not None or TOLD_BY_AN_AGENCY.search(text) is not None


def filled(form: Form) -> tuple[Form, ...]:
    """The forms of a kind we know, in a file and its parts."""
    inner = tuple(leaf for part in form.parts for leaf in filled(part))
    return inner if form.kind == "other" else (form, *inner)


def unknown_labels(forms: tuple[Form, ...]) -> set[tuple[str, str]]:
    """Each label that was answered and not understood, with the kind of form it stands in."""
    files = [one for form in forms for one in every(form)]
    return {(one.kind, p.label) for one in files for p in one.problems if p.problem == "unknown_label" and p.label}


def case_of(seen: Seen) -> tuple[str | None, str, tuple[str, ...]]:
    """The case, how it was found, and the candidates where it was not."""
    named: dict[str, set[str]] = {
        "it answers our letter": {seen.merged.get(x.case, x.case) for x in seen.answers if x.case},
        "the subject has the reference": _refs_in(seen.envelope.subject, seen),
        "the form has the reference": {ref for form in _forms(seen) for ref in _refs_in(form.get("case_ref"), seen)},
    }
    found = {ref for refs in named.values() for ref in refs}
    if len(found) > 1:
        return None, f"it names several cases: {', '.join(sorted(found))}", tuple(sorted(found))
    if found:
        ref = found.pop()
        return ref, next(f"{how} {ref}" for how, refs in named.items() if refs), (ref,)
    by_child = tuple(case.ref for case in seen.cases if any(same_child(case, form) for form in _forms(seen)))
    if len(by_child) == 1:
        return by_child[0], f"child and date of birth are those of {by_child[0]}", by_child
    return None, "", by_child


def owing_case(seen: Seen, agency: str | None) -> str | None:
    """The only open case in which this agency owes a return, if there is just one; the last resort."""
    owing = [case.ref for case in seen.cases if agency in case.owing]
    named_other = any(form.get("child_name") or form.get("case_ref") for form in _forms(seen))
    return owing[0] if len(owing) == 1 and not named_other else None


def children_in(form: Form) -> tuple[tuple[str, str], ...]:
    """Name and date of birth of each child that the form is about."""
    rows = [(row.get("name", ""), row.get("date_of_birth", "")) for row in form.tables.get("children", ())]
    return tuple((name, dob) for name, dob in [(form.get("child_name"), form.get("child_dob")), *rows] if name)


def same_child(case: KnownCase, form: Form) -> bool:
    """The same name and, where both give one, the same date of birth."""
    return any(
        _folded(name) == _folded(ours) and (not dob or not born or dob == born)
        for name, dob in children_in(form)
        for ours, born in case.children
    )


def about_another_child(case: KnownCase, form: Form) -> bool:
    """Whether a form gives a child who cannot be the case's: another name, and no date of birth that agrees.

    A spelling slip is no other child; a brother or sister with another date of birth is.
    """
    return bool(children_in(form) and case.child_name) and not any(
        _may_be(case, _folded(name), dob) for name, dob in children_in(form)
    )


def agency_of(seen: Seen, directory: Directory) -> tuple[str | None, str]:
    """Whose mail it is: the sender's agency, else the one whose letter is answered."""
    sender = directory.agency_of(seen.envelope.sender.email)
    if sender is not None:
        return sender.id, f"the sender belongs to {sender.name}"
    answered = {letter.agency for letter in seen.answers if letter.agency}
    if len(answered) == 1:
        return answered.pop(), "it answers our letter to that agency"
    return None, ""


def agency_of_form(form: Form, sender: str | None, asked: tuple[str, ...], directory: Directory) -> str | None:
    """Whose return a form is: the agency it names, if that one was asked; else the sender's."""
    written = form.get("agency_name")
    named = [a.id for a in directory.agencies if written and names(a, written)]
    if sender in named or not named:
        return sender
    asked_and_named = [a for a in named if a in asked]
    return asked_and_named[0] if len(asked_and_named) == 1 else sender


def _own_copy(seen: Seen) -> str:
    return "it is our own letter, come back as a copy" if seen.own_letter else ""


def _bounce(seen: Seen) -> str:
    return "a mail server returned a letter" if seen.returned_letter else ""


def _receipt(seen: Seen) -> str:
    kind = seen.envelope.header("Content-Type").casefold()
    return "a read receipt" if "disposition-notification" in kind else ""


def _calendar_reply(seen: Seen) -> str:
    calendars = (a for a in seen.envelope.attachments if a.content_type == "text/calendar")
    return "an answer to an invitation" if any(CALENDAR_ANSWER.search(a.content) for a in calendars) else ""


def _approval(seen: Seen) -> str:
    if any(letter.kind == "approval_request" for letter in seen.answers):
        return "it answers a request for approval"
    return "the subject has a one-use code of ours" if seen.known_code else ""


def _auto_reply(seen: Seen) -> str:
    return seen.envelope.automatic


def _secure_wrapper(seen: Seen) -> str:
    """A file that leads to a portal, told by its name or its content, or a mail that is only the link to one.

    A live concern goes first; beside a form of ours the file is one that could not be read.
    """
    if _live_concern(seen):
        return ""
    inside = [a.name for a in seen.envelope.attachments if a.name.casefold() in WRAPPERS]
    if inside:
        return f"a secure message that must be opened by hand ({inside[0]})"
    closed = any(one.has_problem("secure_message") for form in seen.forms for one in every(form))
    linked = not seen.envelope.attachments and PORTAL.search(fresh_text(seen.envelope))
    return "a secure message that must be opened by hand" if (closed or linked) and not _forms(seen) else ""


def _live_concern(seen: Seen) -> str:
    names = (a.name for a in seen.envelope.attachments)
    found = next((why for text in (seen.envelope.subject, *names) if (why := live_words(text))), "")
    return found or live_paper(seen.read)


def _locked(seen: Seen) -> str:
    """A live concern goes first: some areas ask for such forms to be locked, and the password to be telephoned."""
    return "a file in it is locked with a password" if has_locked(seen.forms) and not _live_concern(seen) else ""


def has_locked(forms: tuple[Form, ...]) -> bool:
    """Whether a file, or one inside it, needs a password."""
    return any(leaf.has_problem("encrypted") for form in forms for leaf in every(form))


def _password(seen: Seen) -> str:
    files = [a for a in seen.envelope.attachments if not a.inline]
    if not seen.waiting or files or not brings_only_a_password(own_words(seen.envelope.text)):
        return ""
    return f"it may bring the password of mail {seen.waiting[-1]}"


def _form_of(kind: str) -> Callable[[Seen], str]:
    def rule(seen: Seen) -> str:
        kinds = {f.kind for f in _forms(seen)}
        if kind == "referral" and kinds & {"scoping_return", "chronology"} and case_of(seen)[0]:
            # Our own referral form, come back beside the return.
            return ""
        form = next((f for f in _forms(seen) if f.kind == kind), None)
        return f"{called(form)} is a {kind.replace('_', ' ')} form" if form else ""

    return rule


def _nil_return(seen: Seen) -> str:
    """A short statement and nothing else: no file beside it, and no full return that it would take back."""
    if seen.body is None or seen.body.get("had_involvement") != "no" or not _sure(seen.body):
        return ""
    files = [a for a in seen.envelope.attachments if not a.inline]
    words = own_words(seen.envelope.text).split()
    if files or len(words) > LONGEST_NIL or NO_NIL.search(" ".join(words)):
        return ""
    return "the body says that the agency has no involvement"


def _extension(seen: Seen) -> str:
    found = MORE_TIME.search(seen.envelope.text)
    ours = seen.answers or _refs_in(seen.envelope.subject, seen)
    return f"it asks for more time (“{found.group(0)}”)" if found and ours else ""


def _acknowledgement(seen: Seen) -> str:
    text = " ".join(own_words(seen.envelope.text).split())
    if not seen.answers or seen.envelope.attachments or "?" in text:
        return ""
    found = THANKS_ONLY.search(text)
    says_more = NEWS.search(text) or len(text.split()) > LONGEST_NIL
    return f"it acknowledges our letter (“{found.group(0)}”)" if found and not says_more else ""


def _la_decision(seen: Seen) -> str:
    """Clear, or neither polite words nor a question: then it is asked once more."""
    clear = decides_harm(seen, _refs_in(seen.envelope.subject, seen))
    return clear or ("" if _leaves_it(seen) else asked_about_harm(seen))


def _partner_answer(seen: Seen) -> str:
    clear = answers_as_partner(seen, _refs_in(seen.envelope.subject, seen))
    return clear or ("" if _leaves_it(seen) else asked_as_partner(seen))


def _leaves_it(seen: Seen) -> bool:
    """Thanks and nothing else, or a question: no answer yet, and none that has to be asked for again."""
    begins = THANKS_ONLY.match(first_line(fresh_text(seen.envelope)))
    return bool(begins and _acknowledgement(seen)) or "?" in own_words(seen.envelope.text)


def _question(seen: Seen) -> str:
    return "it answers our letter in words" if seen.answers else ""


def _other(_seen: Seen) -> str:
    return "no form, no answer to a letter of ours"


RULES: tuple[tuple[MailKind, Callable[[Seen], str]], ...] = (
    ("own_copy", _own_copy),
    ("bounce", _bounce),
    ("receipt", _receipt),
    ("calendar_reply", _calendar_reply),
    ("auto_reply", _auto_reply),
    ("approval", _approval),
    ("secure_wrapper", _secure_wrapper),
    ("panel_reply", panel_writes),
    ("referral", _form_of("referral")),
    ("notification", _form_of("notification")),
    ("locked", _locked),
    ("scoping_return", _form_of("scoping_return")),
    ("chronology", _form_of("chronology")),
    ("live_concern", _live_concern),
    ("password", _password),
    ("la_decision", _la_decision),
    ("partner_answer", _partner_answer),
    ("decision", records),
    ("nil_return", _nil_return),
    ("extension_request", _extension),
    ("acknowledgement", _acknowledgement),
    ("question", _question),
    ("other", _other),
)


def _forms(seen: Seen) -> tuple[Form, ...]:
    return tuple(leaf for form in seen.read for leaf in filled(form))


def _sure(form: Form) -> bool:
    return all(answer.sure for answer in form.fields.values())


def _refs_in(text: str, seen: Seen) -> set[str]:
    pattern = re.compile(rf"(?i)(?<![A-Z0-9]){re.escape(seen.prefix)}[-/ ]?(\d{{4}})[-/ ](\d{{3,}})(?!\d)")
    found = {f"{seen.prefix}-{m.group(1)}-{m.group(2)}" for m in pattern.finditer(text)}
    return {seen.merged.get(ref, ref) for ref in found if ref in seen.refs}


def _may_be(case: KnownCase, name: str, dob: str) -> bool:
    return any(_may_be_child(_folded(ours), born, name, dob) for ours, born in case.children)


def _may_be_child(ours: str, born: str, name: str, dob: str) -> bool:
    if name == ours:
        return True
    if dob and born:
        return dob == born
    return fuzz.token_sort_ratio(name, ours) >= SAME_NAME


def _folded(name: str) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", name.casefold().replace("’", "").replace("'", "")).split())
