"""Mails that only lead to a portal or a shared folder where the message lies, whoever made the portal."""

from __future__ import annotations

import re

MAKERS = (
    *("egress", "mimecast", "galaxkey", "zivver", "proofpoint", "zix", "voltage", "virtru", "barracuda", "cjsm"),
    *("trendmicro", "kiteworks", "sharefile", "objectiveconnect", "huddle", "ironport", "securemail", "cryptshare"),
    *("frama", "sophos", "echoworx", "totemo", "mailguard", "tutanota", "hushmail", "quatrix", "mailock"),
    *("sharepoint", "onedrive", "1drv", "wetransfer", "we.tl", "dropbox", "transfernow", "box.com", "drive.google"),
    *(
        "docs.google",
        "icloud",
        "smash",
        "hightail",
        "sendsafely",
        "outlook.office365.com/encryption",
        "teams.microsoft",
    ),
)
"""What stands in the addresses of the portals of secure mail, and of shares of files."""
_LINK = re.compile(r"(?i)https?://[^\s<>\"]+")
_OPENED_THERE = re.compile(
    r"(?i)\b(?:open|read|view|download|access|accept|retrieve|collect|get your|sign in|log ?(?:in|on)|click|register|"
    r"shared (?:a |an |the )?\w+ with you|sent you)\b"
)
_SECURE = re.compile(
    r"(?is)\b(?:received|sent|sent you|have|has)\s+(?:been\s+sent\s+)?(?:an?|the|this|your|"
    r"\d+)\s+(?:new\s+)?(?:\w+\s+){0,2}"
    r"(?:secure|encrypted|protected|confidential)\s+(?:\w+\s+){0,2}(?:e-?mail|message|package|file|document|workspace)s?\b"
    r"|\b(?:a|an|the|new)\s+(?:secure|encrypted|protected)\s+(?:e-?mail|message)\s+(?:has\s+been|was|is)\b"
    r"|\b(?:an?|new)\s+(?:\w+\s+){0,3}message\s+in\s+your\s+\w+\s+mailbox\b"
)


def leads_to_a_portal(text: str) -> str:
    """Why the text is nothing but the way to a message elsewhere, empty where it is not.

    `text` is what stands above the quoted original. It needs an address, words that say to open it, and either a
    known maker in the address or words that speak of a secure message.
    """
    links = _LINK.findall(text)
    if not links or not _OPENED_THERE.search(text):
        return ""
    maker = next((maker for link in links for maker in MAKERS if maker in link.casefold()), "")
    if maker:
        return f"it only leads to a message or file on {maker}"
    return "it only leads to a portal" if _SECURE.search(text) else ""
