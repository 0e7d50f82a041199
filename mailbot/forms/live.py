"""Live referrals that land in this mailbox by mistake, told by what a mail, its files or their titles are called.

This mailbox acts on none of them: somebody has to pass them on at once (areas warn of just this on their pages).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailbot.forms.form import Form

LIVE_CHILD = re.compile(
    r"(?i)\b(multi[- ]agency referral(?: form)?|marf|request for (?:support|early help|services)|"
    r"child protection referral|section 47 referral)\b"
)
LIVE_ADULT = re.compile(
    r"(?i)\b((?:safeguarding adults?|adult safeguarding|adults? at risk|vulnerable adults?)\b.{0,40}\b"
    r"(?:referral|concern|alert)|safeguarding adults? reviews?\b.{0,20}\b(?:request|notification)|"
    r"adult referral|sar referral)\b"
)
ABOUT_FORMS = re.compile(
    r"(?i)\b(guidance|training|newsletter|bulletin|policy|webinar|consultation|update to|minutes|agenda)\b"
)
"""Words of mail that is about such forms and is none."""
_WHO = (
    r"(?:child|children|baby|infant|toddler|pupil|girl|boy|son|daughter|sibling|brother|sister|unborn|resident|"
    r"year[- ]old)"
)
_HURT = re.compile(
    r"(?i)\b(?:at (?:immediate |serious |significant |high )?risk|in (?:immediate |grave )?danger|"
    r"(?:being|been) (?:hit|hurt|beaten|abused|neglected|harmed|assaulted)|(?:hurts?|hits?|"
    r"beats?|hitting|hurting) (?:her|him|them)|"
    r"disclos(?:ed|es|ing)|left alone|on (?:their|his|her) own|(?:frightened|scared|"
    r"afraid) (?:to go home|of)|unsafe|not safe|"
    r"(?:marks?|bruis\w+|burns?) (?:on|to) (?:his|her|their)|unexplained (?:bruis|injur|burn)\w*|screaming)\b"
)
_NOW = re.compile(
    r"(?i)\b(?:today|tonight|right now|for hours|been hours|just now|at the moment|"
    r"immediate(?:ly)?|this (?:morning|afternoon|evening)|"
    r"urgent(?:ly)?|still (?:at|in) (?:the )?(?:home|house)|goes? home)\b"
)
_REPORTS = re.compile(
    r"(?i)\b(?:i am|i['’]m|we are|we['’]re) (?:very |really |extremely |so )?(?:worried|concerned|frightened)\b|"
    r"\b(?:want|wish|need|would like|have) to (?:report|raise|refer)\b|\breporting an?\b"
)


def live_now(words: str) -> str:
    """Why these words tell of somebody who may be hurt now; empty where they do not.

    Three things together: a child or another person in care, harm, and that it is now or is being reported.
    """
    for passage in re.split(r"\n\s*\n", words):
        who = re.search(rf"(?i)\b{_WHO}\b", passage)
        if who and _HURT.search(passage) and (_NOW.search(passage) or _REPORTS.search(passage)):
            return "its words tell of somebody who may be in danger now"
    return ""


def live_words(text: str) -> str:
    """Why these words name somebody's live referral; empty where they do not.

    For a child only what was matched is quoted: what stands around it may be a name.
    """
    if ABOUT_FORMS.search(text):
        return ""
    if found := LIVE_CHILD.search(text):
        return f"it looks like a live concern about a child (“{found.group(1)}”)"
    return "it looks like a live concern about an adult" if LIVE_ADULT.search(text) else ""


def live_paper(forms: tuple[Form, ...]) -> str:
    """Why a file, or one inside it, looks like somebody's live referral, by its title or its name; else empty."""
    files = [one for form in forms for one in every(form)]
    titles = [why for one in files if one.kind == "other" for why in one.because if why.startswith("the title")]
    return next((why for text in (*titles, *(one.name for one in files)) if (why := live_words(text))), "")


def every(form: Form) -> Iterator[Form]:
    """A file and all that is inside it."""
    yield form
    for part in form.parts:
        yield from every(part)
