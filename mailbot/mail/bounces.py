"""Mail that came back: which address, for good or not, and about which of our letters."""

from __future__ import annotations

import email
import logging
import re
from email.message import Message
from email.policy import compat32
from typing import NamedTuple

from flufl.bounce import all_failures

from mailbot.cases.values import Value
from mailbot.mail.addresses import is_address, read_addresses
from mailbot.mail.charsets import mend
from mailbot.mail.envelope import headers_only

# Status codes (RFC 3463) that say that this address will never do. The others tell of a full mailbox, a letter too
# large, a policy or a broken network: the letter is lost, the address may be good. 5.4.1 is Microsoft's
# "recipient address rejected", 5.4.4 a domain that does not exist.
_ADDRESS_NO_GOOD = {"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.1", "5.4.4"}
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_FULL = re.compile(
    r"(?i)mailbox (?:is )?(?:full|over)|over ?quota|quota (?:is )?exceeded|insufficient (?:disk|storage)"
)
_UNKNOWN = re.compile(
    r"(?i)user (?:is )?unknown|unknown (?:user|recipient|mailbox|address)|unrouteable address"
    r"|no such (?:user|mailbox|recipient|address|person)|does(?:n't| not) exist"
    r"|(?:user|recipient|mailbox|address)\w* (?:was |is |were )?not (?:be )?found"
    r"|couldn't be found|mailbox unavailable|no mailbox here|invalid recipient"
    r"|recipient address rejected: access denied"
)
_DELAYED = re.compile(
    r"(?i)\bdelayed\b|still trying|will (?:keep|continue) (?:to )?try|no action is required"
    r"|not yet been delivered"
)
_MESSAGE_ID = re.compile(rb"(?im)^[ \t>]*(?:X-MS-Exchange-Parent-)?Message-ID:\s*(<[^<>\s]+>)")
_SIGNS = re.compile(rb"(?i)report|x-failed-recipients|daemon|postmaster|microsoftexchange|<>")
"""What stands in the headers of every bounce and report; most mail has none of it."""
_DAEMON = re.compile(r"(?i)\b(?:mailer-daemon|postmaster|mail-daemon|maildaemon|microsoftexchange[0-9a-f]+)@|<>")
_SUBJECT = re.compile(
    r"(?i)undeliver|deliver\w* (?:status|fail|has failed|delayed)|mail deliver\w*|returned mail|failure notice"
    r"|non[- ]?delivery|could not be delivered|delay notif|warning: message"
)
# It logs a traceback for each odd mail before it raises; the caller is told by the answer.
logging.getLogger("flufl.bounce").disabled = True

_ODD = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)
MOST_LINES = 20_000


class Bounce(Value):
    """A delivery report. `final`: delivery has ended; `permanent`: the address is no good.

    A full mailbox is final and not permanent; a delay is neither. `about` holds every Message-ID found in the
    returned part, with angle brackets; `reason` is what the reporting server said, on one line.
    """

    addresses: tuple[str, ...] = ()
    final: bool
    permanent: bool
    about: tuple[str, ...] = ()
    reason: str


class _Report(NamedTuple):
    """One recipient's block of a delivery status (RFC 3464 section 2.3)."""

    address: str
    action: str
    status: str
    said: str


def read_bounce(raw: bytes) -> Bounce | None:
    """The bounce that a mail is, or None. To be asked before `Envelope.automatic`. Never raises.

    A report of a delivery that went well, a read receipt and an automatic reply are no bounces.
    """
    try:
        if not _may_report(raw):
            return None
        message = email.message_from_bytes(raw, policy=compat32)
        reports = _reports(message)
        if reports:
            return _from_reports(message, raw, reports)
        return _from_words(message, raw) if _looks_returned(message) else None
    except _ODD:
        return None


def delivered(raw: bytes) -> tuple[str, ...]:
    """The Message-IDs of what a server says it delivered or relayed; empty for any other mail. Never raises."""
    try:
        if not _may_report(raw):
            return ()
        message = email.message_from_bytes(raw, policy=compat32)
        reports = _reports(message)
        arrived = bool(reports) and all(r.action in ("delivered", "relayed", "expanded") for r in reports)
        return _about(message, raw) if arrived else ()
    except _ODD:
        return ()


def _may_report(raw: bytes) -> bool:
    """Whether the headers allow it: of most mail no more has to be parsed for this than they."""
    written = headers_only(raw)
    if not _SIGNS.search(written):
        return False
    headers = email.message_from_bytes(written, policy=compat32)
    return headers.get_content_type() == "multipart/report" or _looks_returned(headers)


def _reports(message: Message) -> list[_Report]:
    """What the machine-readable part says, where there is one."""
    if message.get_content_type() != "multipart/report":
        return []
    part = next((p for p in message.walk() if p.get_content_type() == "message/delivery-status"), None)
    blocks = part.get_payload() if part is not None else []
    found = [_report(block) for block in blocks if isinstance(block, Message)] if isinstance(blocks, list) else []
    return [report for report in found if report.action]


def _report(block: Message) -> _Report:
    # Original-Recipient is what we wrote to; Final-Recipient may be somebody's forwarding.
    address = _typed(block, "Original-Recipient") or _typed(block, "Final-Recipient")
    action = str(block.get("Action", "")).partition(";")[0].strip().casefold()
    said = _typed(block, "Diagnostic-Code")
    status = _STATUS.search(str(block.get("Status", "")))
    return _Report(address, action, _best_status(status[0] if status else "", said), said)


def _typed(block: Message, name: str) -> str:
    """The value behind `rfc822;` or `smtp;`, on one line."""
    value = " ".join(mend(str(block.get(name, ""))).split())
    return value.partition(";")[2].strip().strip("<>") if ";" in value else value.strip("<>")


def _best_status(status: str, said: str) -> str:
    """The code itself, or the remote server's own where ours says only "something" (Exim's 5.0.0)."""
    theirs = _STATUS.search(said)
    return theirs[0] if theirs and status in ("", "5.0.0", "4.0.0") else status


def _from_reports(message: Message, raw: bytes, reports: list[_Report]) -> Bounce | None:
    words = _words(message)
    reports = [r if r.said else _with_words(r, words) for r in reports]
    failed = [r for r in reports if r.action == "failed"]
    told = failed or [r for r in reports if r.action == "delayed"]
    if not told:
        return None
    return Bounce(
        addresses=_unique([r.address for r in told]),
        final=bool(failed),
        permanent=bool(failed) and all(_no_good(r.status, r.said) for r in failed),
        about=_about(message, raw),
        reason=_reason(told[0].status, told[0].said),
    )


def _with_words(report: _Report, words: str) -> _Report:
    """The server's words below the address, where the machine-readable part gives no reason (Exim)."""
    below = words.partition(report.address)[2] if report.address else ""
    said = " ".join(" ".join(below.splitlines()[:4]).split())
    return report._replace(said=said, status=_best_status(report.status, said))


def _no_good(status: str, said: str) -> bool:
    if _FULL.search(said):
        return False
    if status in _ADDRESS_NO_GOOD:
        return True
    return status in ("", "5.0.0") and bool(_UNKNOWN.search(said))


def _looks_returned(message: Message) -> bool:
    """The guard: a person who quotes a bounce, or asks why one came, has not sent one."""
    sender = f"{message.get('From', '')} {message.get('Return-Path', '')}"
    report = str(message.get_param("report-type") or "").casefold()
    if report == "disposition-notification":
        return False
    returned = report == "delivery-status" or "X-Failed-Recipients" in message
    subject = _SUBJECT.search(str(message.get("Subject", "")))
    return returned or bool(_DAEMON.search(sender) and subject)


def _from_words(message: Message, raw: bytes) -> Bounce | None:
    """A bounce in the server's own words: flufl.bounce finds the address, the words say how bad it is."""
    temporary, permanent = _flufl(message)
    named = str(message.get("X-Failed-Recipients", ""))
    addresses = _unique([*(mend(a.decode("latin-1")) for a in (*permanent, *temporary)), *_emails(named)])
    words = _words(message)
    about = _about(message, raw)
    if not addresses and not about:
        return None
    status = _STATUS.search(words)
    line = next((line for line in words.splitlines() if _STATUS.search(line) or _UNKNOWN.search(line)), "")
    final = not (_DELAYED.search(words) and not permanent) and not (temporary and not permanent)
    return Bounce(
        addresses=addresses,
        final=final,
        permanent=final and _no_good(status[0] if status else "", words),
        about=about,
        reason=_reason(status[0] if status else "", line),
    )


def _flufl(message: Message) -> tuple[frozenset[bytes], frozenset[bytes]]:
    try:
        temporary, permanent = all_failures(message)
    except _ODD:
        return frozenset(), frozenset()
    return frozenset(temporary), frozenset(permanent)


def _emails(header: str) -> list[str]:
    return [a.email for a in read_addresses(header) if a.email]


def _words(message: Message) -> str:
    """The report in words, without the returned letter below it."""
    for part in message.walk():
        if part.get_content_type() == "text/plain":
            content = part.get_payload(decode=True)
            text = mend(content.decode("ascii", "surrogateescape")) if isinstance(content, bytes) else ""
            head = "\n".join(text.splitlines()[:MOST_LINES])
            return re.split(r"(?im)^-{2,}.*(?:copy of|original) (?:the |your )?message|^Received:", head)[0]
    return ""


def _about(message: Message, raw: bytes) -> tuple[str, ...]:
    """Message-IDs below the bounce's own headers: those of the returned letter, however it was attached."""
    body = raw.partition(b"\r\n\r\n")[2] or raw.partition(b"\n\n")[2]
    own = str(message.get("Message-ID", "")).strip()
    found = [mend(i.decode("ascii", "surrogateescape")) for i in _MESSAGE_ID.findall(_opened(message) + body)]
    return tuple(dict.fromkeys(i for i in found if i != own))


def _opened(message: Message) -> bytes:
    """Parts that were wrapped in base64 or quoted-printable, opened, so that the Message-ID is seen."""
    wrapped = [p for p in message.walk() if str(p.get("Content-Transfer-Encoding", "")).strip().casefold() in _WRAPS]
    contents = [p.get_payload(decode=True) for p in wrapped if p.get_content_maintype() in ("text", "message")]
    return b"\n".join(c for c in contents if isinstance(c, bytes)) + b"\n"


_WRAPS = ("base64", "quoted-printable")


def _unique(addresses: list[str]) -> tuple[str, ...]:
    """Each address once, whatever its case; what is none is left out."""
    return tuple({a.casefold(): a for a in reversed(addresses) if is_address(a)}.values())[::-1]


def _reason(status: str, said: str) -> str:
    line = " ".join(said.split())[:300]
    return line or (f"the server said {status}" if status else "the server gave no reason")
