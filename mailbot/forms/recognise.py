"""What kind of mail this is: small rules in a fixed order, the first that fits names the kind; all are kept.

Which case, and whose, says matching.py. docs/mail.md has both orders in words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

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
from mailbot.forms.disclosure import asks_for_records
from mailbot.forms.doubts import called
from mailbot.forms.form import Form
from mailbot.forms.given_back import filled_in_sheet, given_back_template
from mailbot.forms.live import ABOUT_FORMS, every, live_now, live_paper, live_words
from mailbot.forms.matching import Match, agency_of, agency_of_form, case_of_form, match_case, refs_in
from mailbot.forms.more_time import asks_for_more_time
from mailbot.forms.passwords import brings_only_a_password
from mailbot.forms.seen import WRITTEN_BY_US, Seen, forms_of
from mailbot.forms.wrappers import leads_to_a_portal
from mailbot.mail.envelope import fresh_text

MailKind = Literal[
    "referral",
    "notification",
    "scoping_return",
    "nil_return",
    "chronology",
    "rapid_review",
    "decision_sheet",
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
    "records_request",
    "duplicate",
    "locked",
    "password",
    "other",
]
NEWS = re.compile(
    r"(?i)\b(but|however|although|not|\w+n['’]t|unable|cannot|left|moved|wrong|instead|nobody|no longer|already|"
    r"unfortunately|concern\w*|risk\w*|urgent\w*|extension|attach\w*)\b"
)
"""Words that make more than an acknowledgement of a polite reply: a person reads it."""
CALENDAR_ANSWER = re.compile(rb"(?mi)^METHOD:(?:REPLY|COUNTER)\s*$")
CODE = re.compile(r"\b([A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4})\b")
WRAPPERS = ("message.rpmsg", "encrypted_message.htm", "encrypted_message.html", "smime.p7m", "securemessageatt.html")
INCIDENT = re.compile(
    r"(?i)\b(rapid review|serious incident|case review|child death|jcr referral|safeguarding practice)\b"
)
TOLD_BY_AN_AGENCY = re.compile(
    r"(?i)\b(incidents?|injur(?:y|ies|ed)|harm(?:ed)?|died|dead|deaths?|fatal(?:ity)?|abused?|neglect(?:ed)?|assault(?:ed)?|"
    r"bab(?:y|ies)|infant|toddler|ofsted|panel|notif(?:y|ying|ied|ication))\b"
)
"""Words that from an agency may tell of an incident, whatever the mail calls it."""
FORM_KINDS = ("referral", "notification", "scoping_return", "chronology", "locked")
LONGEST_NIL = 60
"""Words of a mail that is still a nil return in a line or two, its greeting and signature counted."""
NO_NIL = re.compile(
    r"(?i)\b(attach|enclos|receiv|resend|re-send|send (?:it|them) again|to add|prior to|the form|the template|"
    r"(?:mother|father|parent|sibling|brother|sister|partner|grandmother|grandfather) (?:is|was|are|were) not known|"
    r"child is (?:open|known))"
)
"""Words of a mail whose "no information" or "not known" is about something else."""
THANKS_ONLY = re.compile(
    r"(?i)\b(thank(?:s| you)|receipt|received|acknowledg\w*|noted|will (?:respond|return|"
    r"complete)|been (?:allocated|passed))\b"
)
CLOSING = re.compile(
    r"(?i)^\W*(?:(?:kind|best|warm|many) )?(?:regards|thanks|wishes)\b[ ,.!]*$|^\W*(?:yours \w+|sent from .*)$"
)
"""The line in which a letter says goodbye: what stands below it is a name."""


class Item(Value):
    """One of several things that a mail carries; `part` is the file, or the mail's own words."""

    kind: MailKind
    case: str | None
    agency: str | None
    part: str


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
    items: tuple[Item, ...] = ()
    """What the mail carries, where it is several things; else empty."""
    alerts: tuple[str, ...] = ()
    """Why somebody may have to act at once, whatever the mail is besides."""
    rules: tuple[tuple[MailKind, str], ...] = ()
    """Every rule in its order, with why it fits; empty where it does not. The first that fits names the kind."""
    match: Match | None = None


def recognise(seen: Seen, directory: Directory) -> Recognition:
    """The first kind whose rule fits, with the case and agency it belongs to."""
    rules = tuple((name, rule(seen)) for name, rule in RULES)
    kind, why = next((name, why) for name, why in rules if why)
    match = match_case(seen, kind)
    agency, whose = agency_of(seen, directory)
    items = items_of(kind, match, agency, seen, directory)
    code = CODE.search(seen.envelope.subject.upper()) if kind == "approval" else None
    return Recognition(
        kind=kind,
        case=_common([item.case for item in items]) if items else match.case,
        agency=_common([item.agency for item in items]) if items else agency,
        because=tuple(reason for reason in (why, match.how, whose) if reason),
        candidates=match.candidates,
        code=code.group(1) if code else "",
        answer=chosen(kind, seen),
        items=items,
        alerts=alerts_of(kind, seen),
        rules=rules,
        match=match,
    )


def items_of(kind: MailKind, match: Match, agency: str | None, seen: Seen, directory: Directory) -> tuple[Item, ...]:
    """What the mail carries, where cases or agencies differ: each form, or its words for each case they name."""
    if kind == "nil_return" and match.case is None:
        return tuple(Item(kind=kind, case=ref, agency=agency, part="email body") for ref in match.candidates)
    asked = {case.ref: case.asked for case in seen.cases}
    items = []
    for form in forms_of(seen) if kind in FORM_KINDS else ():
        case = case_of_form(form, seen, match.case)
        whose = agency_of_form(form, agency, asked.get(case or "", ()), directory)
        form_kind: MailKind = form.kind
        items.append(Item(kind=form_kind, case=case, agency=whose, part=form.name))
    return tuple(items) if len({(item.case, item.agency) for item in items}) > 1 else ()


def alerts_of(kind: MailKind, seen: Seen) -> tuple[str, ...]:
    """Why somebody may have to act at once. Machines and our own mail raise none."""
    if kind in ("own_copy", "duplicate", "bounce", "receipt", "auto_reply", "calendar_reply"):
        return ()
    found = (_live_concern(seen), live_now(own_words(seen.envelope.text)))
    return tuple(dict.fromkeys(why for why in found if why))[:1]


def _common(values: list[str | None]) -> str | None:
    return values[0] if len(set(values)) == 1 else None


def may_tell_of_an_incident(text: str) -> bool:
    """Whether an agency's words may be about an incident: then a person reads them, case or no case."""
    return INCIDENT.search(text) is not None or TOLD_BY_AN_AGENCY.search(text) is not None


def unknown_labels(forms: tuple[Form, ...]) -> set[tuple[str, str]]:
    """Each label that was answered and not understood, with the kind of form it stands in."""
    # Of these papers only passages and tables are read: its other labels are our own print, and nothing to be taught.
    files = [one for form in forms for one in every(form) if one.kind not in WRITTEN_BY_US]
    return {(one.kind, p.label) for one in files for p in one.problems if p.problem == "unknown_label" and p.label}


def _duplicate(seen: Seen) -> str:
    return f"it is mail {seen.copy_of} again: the same Message-ID, the same words and files" if seen.copy_of else ""


def _own_copy(seen: Seen) -> str:
    return "it is our own letter, come back as a copy" if seen.own_letter else ""


def _bounce(seen: Seen) -> str:
    return "a mail server returned a letter" if seen.returned_letter else ""


def _receipt(seen: Seen) -> str:
    kind = seen.envelope.header("Content-Type").casefold()
    if seen.delivered_letter:
        return "a mail server says that it delivered a letter"
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
    if forms_of(seen):
        return ""
    files = [a for a in seen.envelope.attachments if not a.inline]
    linked = "" if files else leads_to_a_portal(fresh_text(seen.envelope))
    return "a secure message that must be opened by hand" if closed else linked


def _live_concern(seen: Seen) -> str:
    """By title, by file, and in a mail about no case of ours by its words too."""
    names = (a.name for a in seen.envelope.attachments)
    found = next((why for text in (seen.envelope.subject, *names) if (why := live_words(text))), "")
    if found or (found := live_paper(seen.read)):
        return found
    if ABOUT_FORMS.search(seen.envelope.subject) or forms_of(seen) or match_case(seen).candidates:
        return ""
    words = own_words(seen.envelope.text)
    return live_words(words) or live_now(f"{seen.envelope.subject}. {words}")


def _records_request(seen: Seen) -> str:
    """An agency that writes of such a request under a case's reference asks us something."""
    if match_case(seen).candidates and seen.sender_agency:
        return ""
    return asks_for_records(seen.envelope.subject, own_words(seen.envelope.text))


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
        kinds = {f.kind for f in forms_of(seen)}
        if kind == "referral" and kinds & {"scoping_return", "chronology"} and match_case(seen).case:
            # Our own referral form, come back beside the return.
            return ""
        form = next((f for f in forms_of(seen) if f.kind == kind), None)
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


def _ours(seen: Seen) -> bool:
    """Whether it is about what we asked: an answer, or from an agency of the case that the subject names."""
    named = refs_in(seen.envelope.subject, seen)
    asked = any(case.ref in named and seen.sender_agency in case.asked for case in seen.cases)
    return bool(seen.answers) or asked


def _extension(seen: Seen) -> str:
    found = asks_for_more_time(own_words(seen.envelope.text))
    return f"it asks for more time (“{found}”)" if found and (_ours(seen) or _subject_has_ref(seen)) else ""


def _subject_has_ref(seen: Seen) -> bool:
    return bool(refs_in(seen.envelope.subject, seen))


def _acknowledgement(seen: Seen) -> str:
    text = " ".join(_before_the_closing(own_words(seen.envelope.text)).split())
    if not _ours(seen) or seen.envelope.attachments or "?" in text:
        return ""
    found = THANKS_ONLY.search(text)
    says_more = NEWS.search(text) or seen.body is not None or len(text.split()) > LONGEST_NIL
    return f"it acknowledges our letter (“{found.group(0)}”)" if found and not says_more else ""


def _before_the_closing(words: str) -> str:
    """The letter without its goodbye; a letter that is nothing else is kept whole."""
    lines = words.splitlines()
    end = next((n for n, line in enumerate(lines) if n and CLOSING.match(line)), len(lines))
    return "\n".join(lines[:end])


def _la_decision(seen: Seen) -> str:
    """Clear, or neither polite words nor a question: then it is asked once more."""
    clear = decides_harm(seen, refs_in(seen.envelope.subject, seen))
    return clear or ("" if _leaves_it(seen) else asked_about_harm(seen))


def _partner_answer(seen: Seen) -> str:
    clear = answers_as_partner(seen, refs_in(seen.envelope.subject, seen))
    return clear or ("" if _leaves_it(seen) else asked_as_partner(seen))


def _leaves_it(seen: Seen) -> bool:
    """Thanks and nothing else, or a question: no answer yet, and none that has to be asked for again."""
    begins = THANKS_ONLY.match(first_line(fresh_text(seen.envelope)))
    return bool(begins and _acknowledgement(seen)) or "?" in own_words(seen.envelope.text)


def _question(seen: Seen) -> str:
    if seen.answers:
        return "it answers our letter in words"
    return "an agency of the case writes about it, in words" if _ours(seen) else ""


def _other(_seen: Seen) -> str:
    return "no form, no answer to a letter of ours"


RULES: tuple[tuple[MailKind, Callable[[Seen], str]], ...] = (
    ("duplicate", _duplicate),
    ("own_copy", _own_copy),
    ("bounce", _bounce),
    ("receipt", _receipt),
    ("calendar_reply", _calendar_reply),
    ("auto_reply", _auto_reply),
    ("rapid_review", given_back_template),
    ("decision_sheet", filled_in_sheet),
    ("approval", _approval),
    ("secure_wrapper", _secure_wrapper),
    ("panel_reply", panel_writes),
    ("referral", _form_of("referral")),
    ("notification", _form_of("notification")),
    ("locked", _locked),
    ("scoping_return", _form_of("scoping_return")),
    ("chronology", _form_of("chronology")),
    ("live_concern", _live_concern),
    ("records_request", _records_request),
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


def _sure(form: Form) -> bool:
    return all(answer.sure for answer in form.fields.values())
