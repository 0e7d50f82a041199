"""Requests for records that reach this mailbox: subject access, freedom of information, a solicitor's for a file."""

from __future__ import annotations

import re

from mailbot.forms.live import ABOUT_FORMS

_LAW = (
    r"freedom of information|\bfoi(?:a|sa)?\b|subject access|data subject|\bd?sar\b|"
    r"data protection(?: act)?(?: (?:1998|2018))?|uk gdpr|\bgdpr\b|article 15|access to (?:health )?records act|"
    r"environmental information regulations|\beir\b"
)
_ASKED = (
    r"request|please (?:tell|supply|provide|send|disclose|confirm|let me have)|could you (?:tell|"
    r"supply|provide|send)|"
    r"i (?:would like|want|wish|have the right|am entitled)|how many|how much|we act for|"
    r"(?:right|like) to (?:see|know|have)"
)
_BY_LAW = re.compile(rf"(?is)(?:{_LAW}).*?\b(?:{_ASKED})|\b(?:{_ASKED}).*?(?:{_LAW})")
_TITLE = re.compile(r"(?i)^\W*(?:(?:re|fw|fwd):\s*)*(?:subject access|freedom of information|foi|d?sar)\b.{0,40}$")
_OWN_FILE = re.compile(
    r"(?is)\b(?:copy|copies|all|any|everything|what|the|my)\b.{0,60}\b(?:information|data|records?|files?|notes?|written|held|hold)\b"
    r".{0,60}\b(?:about|on|concerning|regarding|of)\s+(?:me|myself|my (?:child|son|daughter|"
    r"children|client|family)|our client)\b"
)
_WISH = re.compile(
    r"(?i)\b(?:i|we) (?:would like|want|wish|request|am requesting|require|demand)\b|\bplease\b|\bmy right\b"
)


_MY_FILE = re.compile(r"(?i)\b(?:see|have|get|request|copy of|want) my (?:\w+ ){0,3}(?:records?|files?|data)\b")


def asks_for_records(subject: str, words: str) -> str:
    """Why the mail is a request for records; empty where it is not. A newsletter about such requests is none."""
    if ABOUT_FORMS.search(subject):
        return ""
    if _TITLE.search(subject) or _BY_LAW.search(f"{subject}\n{words}"):
        return "it asks for records by right (subject access or freedom of information)"
    if _MY_FILE.search(words) or (_OWN_FILE.search(words) and _WISH.search(words)):
        return "somebody asks for what is held about them"
    return ""
