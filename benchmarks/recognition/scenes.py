"""The corpus: two hundred mails and more to the prepared record, by what they are."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from io import BytesIO
from itertools import cycle

from docx import Document

from benchmarks.recognition import wording
from benchmarks.recognition.record import IDRIS, MANAGER, MARNIE, ROWAN, SOCIAL_WORKER, TAMSIN, Record, referral_of
from benchmarks.recognition.scene import Scene, fresh, quoted, reply
from mailbot.demo.filling import FORMS, answers_of, fill_chronology, fill_return
from mailbot.demo.mails import SERVER, answer_subject
from mailbot.mail.envelope import Envelope

AGENCIES = (
    "police",
    "icb",
    "hospital",
    "community-health",
    "education",
    "probation",
    "housing",
    "childrens-services",
)
STAFF = {
    "police": "PC 4471 Denholm <r.denholm@westmarch-police.example>",
    "icb": "Kiln Lane Surgery <kiln.lane@westmarch-icb.example>",
    "hospital": "Named Nurse <named.nurse@westmarch-general.example>",
    "community-health": "Sian Faraday <sian.faraday@westmarch-community.example>",
    "education": "Mrs T. Ashby <head@st-agnes.westmarch-schools.example>",
    "probation": "SPOC <spoc@westmarch-probation.example>",
    "housing": "Tenancy Team <tenancy@westmarch-homes.example>",
    "childrens-services": "Safeguarding Reviews <safeguarding.reviews@westmarch-council.example>",
}
STRANGER = "D. Castellane <dcast77@webmail.example>"
NEW_CHILD = {
    "Rowan": "Perrin",
    "Castellane": "Okehurst",
    "Marlow": "Sayle",
    "14/02/2026": "08/01/2024",
    "041 7261": "110 3379",
}


def scenes(record: Record) -> Iterator[Scene]:
    """Every mail of the corpus, always the same ones."""
    yield from _words(record, "nil_return", wording.NIL)
    yield from _words(record, "question", wording.NEAR_NIL)
    yield from _words(record, "extension_request", wording.EXTENSION)
    yield from _words(record, "acknowledgement", wording.ACKNOWLEDGED)
    yield from _words(record, "question", wording.QUESTION)
    yield from _returns(record)
    yield from _several(record)
    yield from _referrals()
    yield from _decisions(record)
    yield from _approvals(record)
    yield from _machines(record)
    yield from _wrappers(record)
    yield from _strangers()
    yield from _subjects()
    yield from _calendar(record)
    yield from _other(record)


def _words(record: Record, kind: str, said: tuple[str, ...]) -> Iterator[Scene]:
    """Answers in words, from each agency in turn about one case and the other; half from a colleague."""
    for number, (text, agency, case) in enumerate(zip(said, cycle(AGENCIES), cycle((ROWAN, TAMSIN)), strict=False)):
        letter = record.letter("scoping", case, agency)
        sender = STAFF[agency] if number % 2 else ""
        yield Scene(f"{kind}: {text[:60]}", reply(letter, text, number, sender), kind, case, agency)
    for number, (text, agency) in enumerate(zip(said[:4], AGENCIES[3:], strict=False)):
        raw = fresh(STAFF[agency], f"{TAMSIN} T.W.", text, number)
        yield Scene(f"{kind}, a mail of its own: {text[:50]}", raw, kind, TAMSIN, agency)


def _templates(record: Record, case: str, agency: str) -> dict[str, bytes]:
    return {a.name: a.content for a in record.letter("scoping", case, agency).attachments}


def _filled(record: Record, case: str, agency: str, answers: str) -> bytes:
    """The scoping form of this case and agency, filled in with one agency's answers."""
    forms = _templates(record, case, agency)
    template = next(content for name, content in forms.items() if "sharing template" in name)
    written = answers_of(answers)
    return fill_return(template, type(written)(written.fields, {}, written.chronology))


def _chronology(record: Record, case: str, agency: str) -> bytes:
    forms = _templates(record, case, agency)
    template = next(content for name, content in forms.items() if "hronology" in name)
    return fill_chronology(template, answers_of("police").chronology)


def _returns(record: Record) -> Iterator[Scene]:
    covers = (
        "Please find attached our return.",
        "See attached. Apologies for the delay.",
        "Completed form attached, let me know if you need anything else.",
        "",
        "Attached is our completed scoping document. Records have been secured.",
        "As requested.",
    )
    for number, agency in enumerate(("police", "icb", "community-health", "education")):
        for case in (ROWAN, TAMSIN):
            form = ("Scoping return.docx", _filled(record, case, agency, agency))
            rows = ("Chronology.docx", _chronology(record, case, agency))
            letter, said = record.letter("scoping", case, agency), covers[number]
            yield Scene("a return", reply(letter, said, number, files=[form]), "scoping_return", case, agency)
            yield Scene(
                "with a chronology",
                reply(letter, said, number, STAFF[agency], [form, rows]),
                "scoping_return",
                case,
                agency,
            )
            yield Scene(
                "a chronology",
                reply(letter, "Chronology to follow on from our return.", number, files=[rows]),
                "chronology",
                case,
                agency,
            )
            raw = fresh(STAFF[agency], "Completed form", said, number, [form])
            yield Scene("told by the form's own block", raw, "scoping_return", case, agency)
            second = "Please use this version instead, there was a mistake in the dates in the first one."
            raw = reply(letter, second, number + 1, files=[("Scoping return v2 FINAL.docx", form[1])])
            yield Scene("version two", raw, "scoping_return", case, agency)
    paper = Document()
    paper.add_paragraph("Westmarch Probation")
    paper.add_paragraph(
        "Summary of our involvement with Dean Marlow: supervised from 2019 to 2020, completed with no breaches."
    )
    file = BytesIO()
    paper.save(file)
    letter = record.letter("scoping", ROWAN, "probation")
    raw = reply(
        letter,
        "We could not use your form, so this is in our own words.",
        3,
        files=[("Summary.docx", file.getvalue())],
    )
    yield Scene("a return in a letter of their own", raw, "question", ROWAN, "probation")
    told = "We supervised Mr M from 2019 to 2020. He completed his order. We have no information on the children."
    yield Scene("a return in plain words", reply(letter, told, 5), "question", ROWAN, "probation")
    told = (
        "Summary of involvement: the family were on our list from March 2024. Mum attended four appointments and "
        "missed two. The health visitor was informed. There were no concerns recorded about the child."
    )
    yield Scene(
        "a return in plain words", reply(record.letter("scoping", TAMSIN, "icb"), told, 1), "question", TAMSIN, "icb"
    )


def _several(record: Record) -> Iterator[Scene]:
    police, icb = (_filled(record, ROWAN, agency, agency) for agency in ("police", "icb"))
    other = _filled(record, TAMSIN, "police", "police")
    two = (("scoping_return", ROWAN, "police"), ("scoping_return", ROWAN, "icb"))
    raw = reply(
        record.letter("scoping", ROWAN, "icb"),
        "Ours and the one from the police.",
        0,
        files=[("a.docx", police), ("b.docx", icb)],
    )
    yield Scene("two agencies' returns", raw, "scoping_return", ROWAN, None, two)
    two = (("scoping_return", ROWAN, "police"), ("scoping_return", TAMSIN, "police"))
    raw = fresh(
        STAFF["police"], "Two returns", "Both of ours attached.", 1, [("Castellane.docx", police), ("W.docx", other)]
    )
    yield Scene("two cases' returns", raw, "scoping_return", None, "police", two)
    raw = fresh(
        STAFF["police"], f"{ROWAN} and {TAMSIN}", "Both of ours attached.", 2, [("1.docx", police), ("2.docx", other)]
    )
    yield Scene("two cases' returns, both in the subject", raw, "scoping_return", None, "police", two)
    raw = reply(record.letter("scoping", TAMSIN, "police"), "As requested.", 3, files=[("Return.docx", police)])
    yield Scene("the wrong child's form under an answer", raw, "scoping_return", None, "police")
    raw = fresh(STAFF["police"], f"{ROWAN} / {TAMSIN}", "No involvement with either family.", 4)
    yield Scene(
        "nil for two cases",
        raw,
        "nil_return",
        None,
        "police",
        (("nil_return", ROWAN, "police"), ("nil_return", TAMSIN, "police")),
    )


def _referrals() -> Iterator[Scene]:
    new, known = referral_of(NEW_CHILD), (FORMS / "referral.docx").read_bytes()
    covers = (
        ("JCR referral", "Please find attached."),
        ("New referral for rapid review", ""),
        ("Urgent: serious incident", "Call me if you need anything."),
    )
    for number, (subject, text) in enumerate(covers):
        raw = fresh(SOCIAL_WORKER, subject, text, number, [("Referral.docx", new)])
        yield Scene("a referral", raw, "referral", None, "childrens-services")
    raw = fresh(STAFF["police"], "Referral", "Ours, for the same baby.", 1, [("Referral.docx", known)])
    yield Scene("a second agency's referral of a known child", raw, "referral", ROWAN, "police")
    raw = fresh(
        SOCIAL_WORKER,
        "Notification",
        "For information.",
        2,
        [("Notification.docx", (FORMS / "notification.docx").read_bytes())],
    )
    yield Scene("the authority's notification", raw, "notification", ROWAN, "childrens-services")
    raw = fresh(
        SOCIAL_WORKER,
        "Referral and a MARF",
        "Both attached, the second is what the school sent us.",
        3,
        [("Referral.docx", new), ("MARF.docx", _marf())],
    )
    yield Scene("a live referral beside a form of ours", raw, "referral", None, "childrens-services")


def _marf() -> bytes:
    paper = Document()
    paper.add_heading("Multi-agency referral form (MARF)", 0)
    paper.add_paragraph("Why are you worried about this child today?")
    file = BytesIO()
    paper.save(file)
    return file.getvalue()


def _decisions(record: Record) -> Iterator[Scene]:
    letter = record.letter("la_enquiry", IDRIS)
    for number, (text, _answer) in enumerate(wording.SERIOUS):
        yield Scene(
            f"la_decision: {text[:50]}", reply(letter, text, number), "la_decision", IDRIS, "childrens-services"
        )
    raw = reply(letter, "Thanks, we'll come back to you.", 1)
    yield Scene("the authority's thanks", raw, "acknowledgement", IDRIS, "childrens-services")
    raw = reply(letter, "Which of the two children does this relate to?", 2)
    yield Scene("the authority asks", raw, "question", IDRIS, "childrens-services")


def _approvals(record: Record) -> Iterator[Scene]:
    asked = record.letter("approval_request", MARNIE)
    said = (
        "APPROVE",
        "Approved.",
        "approve 1, 3-4",
        "Reject - the wrong person is addressed",
        "HOLD",
        "Yes, fine by me",
        "approved but not the second one",
    )
    for number, text in enumerate(said):
        yield Scene(f"approval: {text}", reply(asked, text, number), "approval", MARNIE)
    raw = fresh(MANAGER, answer_subject(asked), "APPROVE", 2)
    yield Scene("approval from a phone, without headers", raw, "approval", MARNIE)
    page = (
        '<html><body><div dir="auto">APPROVE&nbsp;</div><div class="gmail_quote">On Mon '
        "wrote:<blockquote>1. A letter</blockquote></div></body></html>"
    )
    yield Scene("approval in HTML only", _html(asked, page), "approval", MARNIE)


def _html(letter: Envelope, page: str, sender: str = MANAGER) -> bytes:
    message = _answering(letter, sender)
    message.set_content(page, subtype="html", cte="base64")
    return _stamped(message, sender)


def _answering(letter: Envelope, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["Subject"] = sender, answer_subject(letter)
    message["Message-ID"] = f"<html-{abs(hash(sender)) % 997}@client.example>"
    message["In-Reply-To"] = letter.message_id
    return message


def _stamped(message: EmailMessage, sender: str) -> bytes:
    domain = sender.rpartition("@")[2].rstrip(">")
    return f"Authentication-Results: {SERVER}; dmarc=pass header.from={domain}\r\n".encode() + message.as_bytes()


def _machines(record: Record) -> Iterator[Scene]:
    for number, (prefix, text) in enumerate(wording.AUTOMATIC):
        agency = AGENCIES[number]
        letter = record.letter("scoping", ROWAN, agency)
        raw = reply(letter, text, 3, subject=prefix + letter.subject)
        raw = raw if number % 2 else b"Auto-Submitted: auto-replied\r\n" + raw
        yield Scene(f"auto_reply: {text[:50]}", raw, "auto_reply", ROWAN, agency)
    refusals = (
        ("550 5.1.1 The email account that you tried to reach does not exist", "failed", "5.1.1"),
        ("452 4.2.2 The recipient's mailbox is full", "failed", "4.2.2"),
        ("451 4.4.1 connection timed out", "delayed", "4.4.1"),
    )
    for (said, action, status), agency in zip(refusals, AGENCIES, strict=False):
        letter = record.letter("scoping", TAMSIN, agency)
        yield Scene(f"bounce: {said}", _report(letter, action, status, said), "bounce", TAMSIN, agency)
    letter = record.letter("scoping", ROWAN, "housing")
    words = (
        f"Your message could not be delivered.\n\n<{letter.to[0].email}>: user unknown\n\n--- Copy "
        f"of your message ---\nMessage-ID: {letter.message_id}\nSubject: {letter.subject}\n"
    )
    raw = fresh(
        "Mail Delivery System <MAILER-DAEMON@westmarch-homes.example>", "Undeliverable: " + letter.subject, words, 3
    )
    yield Scene("bounce in words only", raw, "bounce", ROWAN, "housing")
    letter = record.letter("scoping", ROWAN, "police")
    yield Scene(
        "delivered, says their server", _report(letter, "delivered", "2.0.0", "250 ok"), "receipt", ROWAN, "police"
    )
    receipt = _answering(letter, letter.to[0].email)
    receipt.replace_header("Subject", "Read: " + letter.subject)
    receipt.set_content("Your message was read on Monday.")
    raw = _stamped(receipt, letter.to[0].email).replace(
        b"Content-Type: text/plain",
        b"Content-Type: multipart/report; report-type=disposition-notification; boundary=b\r\nX-Was: text/plain",
    )
    yield Scene("read receipt", raw, "receipt", ROWAN, "police")
    own = next(a for a in record.parts.outbox.letters() if a.kind == "scoping")
    yield Scene("our own copy", own.raw, "own_copy", own.case, None)


def _report(letter: Envelope, action: str, status: str, said: str) -> bytes:
    head = (
        f"From: MAILER-DAEMON@mx.example\r\nTo: rapidreview@westmarchscp.example\r\nSubject: "
        f"Delivery Status Notification\r\nMessage-ID: <{action}.{status}@mx.example>\r\n"
    )
    kind = "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=r\r\n\r\n"
    words = f"--r\r\nContent-Type: text/plain\r\n\r\n{said}\r\n"
    block = (
        "--r\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {letter.to[0].email}\r\nAction: {action}\r\nStatus: "
        f"{status}\r\nDiagnostic-Code: smtp; {said}\r\n"
    )
    returned = (
        f"--r\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: "
        f"{letter.message_id}\r\nSubject: {letter.subject}\r\n--r--\r\n"
    )
    return (head + kind + words + block + returned).encode()


def _wrappers(record: Record) -> Iterator[Scene]:
    files = (
        "message.rpmsg",
        "Encrypted_Message.htm",
        "smime.p7m",
        "message_v4.rpmsg",
        "SecureMessage.html",
        "message.html",
    )
    page = b"<html><body>This is a secure message. Click here to read the encrypted message <form action='https://portal.example'></form></body></html>"
    for number, name in enumerate(files):
        letter = record.letter("scoping", ROWAN, AGENCIES[number])
        text = "You've received an encrypted message. To view it, save and open the attachment."
        raw = reply(letter, text, 3).replace(b"MIME-Version", b"X-Was: y\r\nMIME-Version")
        message = _answering(letter, letter.to[0].email)
        message.set_content(text)
        message.add_attachment(page, maintype="application", subtype="octet-stream", filename=name)
        raw = _stamped(message, letter.to[0].email)
        yield Scene(f"wrapper in a file: {name}", raw, "secure_wrapper", ROWAN, AGENCIES[number])
    for number, (maker, text) in enumerate(wording.PORTALS):
        agency = AGENCIES[number % len(AGENCIES)]
        raw = reply(record.letter("scoping", TAMSIN, agency), text, 3)
        yield Scene(f"wrapper as a link: {maker}", raw, "secure_wrapper", TAMSIN, agency)
        if number < 4:
            raw = fresh(STAFF[agency], f"[secure] {TAMSIN}", text, 3)
            yield Scene(f"wrapper as a link of its own: {maker}", raw, "secure_wrapper", TAMSIN, agency)


def _strangers() -> Iterator[Scene]:
    for number, (subject, text) in enumerate(wording.RECORDS):
        yield Scene(f"records_request: {subject}", fresh(STRANGER, subject, text, number), "records_request")
    for number, (subject, text) in enumerate(wording.LIVE):
        agency = (None, "education", None, "hospital")[number % 4]
        sender = STAFF[agency] if agency else STRANGER
        yield Scene(f"live_concern: {subject}", fresh(sender, subject, text, number), "live_concern", None, agency)


def _subjects() -> Iterator[Scene]:
    for number, subject in enumerate(wording.SUBJECTS):
        agency = AGENCIES[number % len(AGENCIES)]
        case = None if subject.endswith("ref 2026-001") else ROWAN
        raw = fresh(STAFF[agency], subject, "We have no record of the family.", number)
        yield Scene(f"subject: {subject}", raw, "nil_return", case, agency)


def _calendar(record: Record) -> Iterator[Scene]:
    for number, answer in enumerate(("ACCEPTED", "DECLINED", "TENTATIVE")):
        sender = "colin.frith@westmarch-police.example"
        message = EmailMessage()
        message["From"], message["Subject"] = sender, f"{answer.capitalize()}: Rapid Review meeting"
        message["Message-ID"] = f"<calendar-{number}@westmarch-police.example>"
        message.set_content("")
        ics = (
            "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:rr-2026-001@westmarchscp.example\r\n"
            f"ATTENDEE;PARTSTAT={answer}:mailto:{sender}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        )
        message.add_alternative(ics, subtype="calendar", params={"method": "REPLY"})
        yield Scene(f"calendar: {answer}", _stamped(message, sender), "calendar_reply", ROWAN, "police")


def _other(record: Record) -> Iterator[Scene]:
    told = (
        (STRANGER, "Invoice 30071", "Please find our invoice attached.", None),
        (
            "Training <training@learning.example>",
            "Safeguarding training: MARF and thresholds",
            "Book now for our July webinar.",
            None,
        ),
        (
            "News <news@charity.example>",
            "June newsletter",
            "In this month's issue: freedom of information and you.",
            None,
        ),
        (STAFF["housing"], "Team lunch", "Are you coming on Thursday?", "housing"),
        (
            STAFF["education"],
            "Minutes of the safeguarding board",
            "Minutes attached for your approval at the next meeting.",
            "education",
        ),
        (STRANGER, "Parking at the Civic Centre", "Can I park at the back for the meeting?", None),
    )
    for number, (sender, subject, text, agency) in enumerate(told):
        yield Scene(f"other: {subject}", fresh(sender, subject, text, number), "other", None, agency)
    letter = record.letter("scoping", ROWAN, "hospital")
    chain = f"Over to you, this is one for your team.{quoted(letter, 0)}"
    raw = fresh(STAFF["hospital"], "FW: " + letter.subject, chain, 3)
    yield Scene("a colleague forwards our letter into the mailbox", raw, "question", ROWAN, "hospital")
    raw = fresh(STAFF["hospital"], "FW: " + letter.subject, f"No trace of them in our system.{quoted(letter, 0)}", 3)
    yield Scene("a nil return above a forwarded letter", raw, "nil_return", ROWAN, "hospital")
    raw = fresh(
        "panel@national-panel.example",
        f"Re: {ROWAN}",
        "The Panel has considered your rapid review and agrees with your decision.",
        1,
    )
    yield Scene("the Panel's letter", raw, "panel_reply", ROWAN)
    raw = fresh("colin.frith@westmarch-po1ice.example", f"Re: {ROWAN}", "No trace.", 1)
    yield Scene("a look-alike domain", raw, "nil_return", ROWAN)
