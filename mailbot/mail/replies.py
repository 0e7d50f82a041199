"""Replies: what is an automatic one, and what a person wrote above the quoted original."""

from __future__ import annotations

import re
from functools import lru_cache

from mailbot.mail.charsets import decode_words

_AUTOMATIC_SUBJECT = re.compile(
    r"(?i)\s*(?:automatic reply|auto(?:matic)?[- ]?(?:response|reply|reponse)|autoreply|out of (?:the )?office"
    r"|out of office autoreply|réponse automatique|automatische antwort|ateb awtomatig)\b"
)
_REPLYING_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply")

_ORIGINAL = re.compile(
    r"(?i)[ \t>]*(?:-{2,}\s*(?:original|forwarded)\s+(?:message|appointment)\s*-{2,}|-+\s*forwarded message\s*-+"
    r"|begin forwarded message:)\s*\Z"
)
_FROM_LINE = re.compile(r"(?i)[ \t*_]*(?:from|oddi wrth)[*_]*\s*:")
_OTHER_LINE = re.compile(r"(?i)[ \t*_]*(?:sent|date|to|subject|anfonwyd)[*_]*\s*:")
_WROTE = re.compile(r"(?is)[ \t]*on\b.{5,300}\bwrote\s*:\s*\Z")
_STAMPED = re.compile(r"\d{1,2}[:.]\d\d|@")
_RULE = re.compile(r"[ \t]*[_-]{8,}[ \t]*\Z")
_QUOTED_PAGE = re.compile(
    r"""(?ix) <blockquote\b
    | <(?:div|hr)\b [^<>]{0,400} \b(?:id|class)\s*=\s*["']?[^"'<>]{0,80}
      (?:gmail_quote|yahoo_quoted|moz-cite-prefix|divRplyFwdMsg|appendonsend|OLK_SRC_BODY_SECTION)
    | <(?:b|strong)\b[^<>]{0,200}> (?:\s|<[^<>]{0,200}>){0,6} (?:from|oddi\s+wrth)\s*: .{0,800}?
      (?:sent|date|anfonwyd)\s*:
    | -{2,}\s*(?:original|forwarded)\s+message\s*-{2,}
    """,
    re.S,
)
"""Where the programs of our time begin the quoted original: Apple, Gmail, Yahoo, Thunderbird, Outlook."""
_TELEPHONE = re.compile(
    r"(?i)\s*(?:sent from (?:my|outlook|mail|yahoo)\b.{0,60}|get outlook for (?:ios|android)\b.*)\Z"
)


def why_automatic(headers: tuple[tuple[str, str], ...]) -> str:
    """Why the mail is an automatic reply (RFC 3834); empty where it is not.

    A mail that a system sent of its own accord (`auto-generated` without answering anything) is not a reply: a
    council's case system may post a return that way.
    """
    found = {name.casefold(): value for name, value in reversed(headers)}
    submitted = found.get("auto-submitted", "no").partition(";")[0].strip().casefold()
    answers = "in-reply-to" in found or "references" in found or found.get("return-path", "").strip() == "<>"
    if submitted == "auto-replied":
        return "its Auto-Submitted header says auto-replied"
    if submitted not in ("no", "") and answers:
        return f"its Auto-Submitted header says {submitted[:40]} and it answers another mail"
    if _AUTOMATIC_SUBJECT.match(decode_words(found.get("subject", ""))):
        return "its subject says that it is an automatic reply"
    for name in _REPLYING_HEADERS:
        if found.get(name.casefold(), "no").casefold() not in ("no", ""):
            return f"it has the header {name}"
    if found.get("precedence", "").strip().casefold() in ("auto_reply", "auto-reply"):
        return "its Precedence header says auto_reply"
    return ""


# One mail's words are asked for half a dozen times while it is understood.
@lru_cache(maxsize=2)
def above_the_quote(text: str) -> str:
    """What the sender wrote: quoted lines, the original below and a telephone's own last line are left out.

    Where somebody answers between the quoted lines, their lines are kept.
    """
    lines = text.splitlines()
    fresh: list[str] = []
    at = 0
    while at < len(lines):
        wrote = _attribution(lines, at)
        quoted = bool(wrote) and _quoted_follows(lines, at + wrote)
        # Without ">" below, only a time or an address tells a mail program's line from "On Monday she wrote:".
        stamped = bool(wrote) and bool(_STAMPED.search(" ".join(lines[at : at + wrote])))
        if _original_begins(lines, at) or (stamped and not quoted):
            break
        if quoted:
            at += wrote
            continue
        if not lines[at].lstrip().startswith(">"):
            fresh.append(lines[at])
        at += 1
    while fresh and (not fresh[-1].strip() or _RULE.match(fresh[-1]) or _TELEPHONE.match(fresh[-1])):
        fresh.pop()
    return "\n".join(fresh).strip()


def page_above_the_quote(html: str) -> str:
    """The HTML of a mail up to the original that the sender's program put below; its elements may stay unclosed."""
    quote = _QUOTED_PAGE.search(html)
    return html[: quote.start()] if quote else html


def _original_begins(lines: list[str], at: int) -> bool:
    """An "Original message" line, or Outlook's block of From, Sent, To and Subject."""
    if _ORIGINAL.match(lines[at]):
        return True
    following = [line for line in lines[at + 1 : at + 8] if line.strip()][:4]
    return bool(_FROM_LINE.match(lines[at])) and sum(bool(_OTHER_LINE.match(line)) for line in following) >= 2


def _attribution(lines: list[str], at: int) -> int:
    """How many lines "On ... wrote:" takes here, for it may be folded; 0 where there is none."""
    if not lines[at].lstrip().casefold().startswith("on "):
        return 0
    return next((n for n in (1, 2, 3) if _WROTE.match("\n".join(lines[at : at + n]))), 0)


def _quoted_follows(lines: list[str], at: int) -> bool:
    after = next((line for line in lines[at:] if line.strip()), "")
    return after.lstrip().startswith(">")
