"""Files that only say where a secure message can be opened: they hold no answers, and no password opens them here."""

from __future__ import annotations

import re

_NAMES = re.compile(
    r"^(encrypted_message|securedoc\w*|securemessageatt|secure_?message|message_zdm|openmessage|readmessage)[\w ()-]*"
    r"\.html?$",
    re.I,
)
_SENDS_AWAY = re.compile(rb"<form[^>]{0,500}\baction\s*=|<input[^>]{0,500}type\s*=\s*[\"']?(?:hidden|password)", re.I)
_SAYS_SO = re.compile(
    rb"(?:secure|encrypted|protected)\s+(?:e-?mail|message|envelope)|registered\s+envelope|"
    rb"(?:message|e-?mail)\s+(?:has\s+been|was|is)\s+(?:sent\s+)?(?:securely|encrypted|protected)",
    re.I,
)
_RIGHTS = b"\x76\xe8\x04\x60\xc4\x11\xe3\x86"
_CMS = re.compile(rb"\x30[\x80-\x84][\x00-\xff]{0,4}?\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07([\x02\x03\x17])")
_PLAIN_DATA = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"

PORTAL = (
    "This is a secure message that must be opened in its portal. Open it there, and send the files that are in it on "
    "to this mailbox."
)
RIGHTS = (
    "Microsoft's rights management protects it, and no password opens it. Open it in Outlook or Office, and ask the "
    "sender for a copy without that protection."
)
SEALED = (
    "It is encrypted to a certificate (S/MIME or PGP). Open it in the mail program that has the certificate, and "
    "send the files that are in it on to this mailbox."
)
SIGNED = (
    "It is a signed mail in one sealed piece (S/MIME). Open it in Outlook, and send the files that are in it on to "
    "this mailbox."
)


def is_portal_page(page: bytes, name: str) -> bool:
    """Whether an HTML file is the wrapper of a secure message (Cisco, Proofpoint, Trend Micro, Zix and their like).

    By its name, or because it is a page that sends its reader elsewhere and speaks of a secure message.
    """
    return bool(_NAMES.match(name) or (_SENDS_AWAY.search(page) and _SAYS_SO.search(page)))


def is_rights_managed(content: bytes) -> bool:
    """Whether it is the message.rpmsg of a mail, or a PDF, that Microsoft's rights management has locked."""
    return content.startswith(_RIGHTS) or (content.startswith(b"%PDF") and b"MicrosoftIRMServices" in content)


def sealed(content: bytes) -> str:
    """What kind of sealed mail it is: `encrypted`, `signed`, `signature` (of a mail beside it), or none."""
    start = content[:64].lstrip()
    if start.startswith(b"-----BEGIN PGP MESSAGE"):
        return "encrypted"
    if start.startswith(b"-----BEGIN PGP SIGNATURE"):
        return "signature"
    found = _CMS.match(content)
    if not found:
        return ""
    if found[1] != b"\x02":
        return "encrypted"
    data = content.find(_PLAIN_DATA, found.end(), found.end() + 200)
    holds_it = data >= 0 and content[data + len(_PLAIN_DATA) : data + len(_PLAIN_DATA) + 1] == b"\xa0"
    return "signed" if holds_it else "signature"
