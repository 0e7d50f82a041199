"""Outlook's own files to a Document: a saved message (.msg, MS-OXMSG) and winmail.dat (MS-OXTNEF)."""

from __future__ import annotations

import io
import struct
from typing import Any

from mailbot.documents.reading.archive import TooMuch, check_sizes, title_of
from mailbot.documents.reading.bodies import BODY, document_of_body, is_logo, is_shown
from mailbot.documents.reading.nest import Nest
from mailbot.documents.reading.rtf import carried_html, unpacked
from mailbot.documents.reading.text import decode
from mailbot.forms.document import Document, problem_document
from mailbot.forms.form import Problem

_RTF, _HTML, _PLAIN = 0x1009, 0x1013, 0x1000
_SHORT_NAME, _LONG_NAME, _SHOWN_NAME = 0x3704, 0x3707, 0x3001
_DATA, _METHOD, _CONTENT_ID, _HIDDEN = 0x3701, 0x3705, 0x3712, 0x7FFE
_EMBEDDED = "__substg1.0_3701000D"
_OF_THE_FILE, _OF_A_MESSAGE_INSIDE = 32, 24
"""Bytes before the first property (MS-OXMSG 2.4.1): a message inside another has a shorter head."""
_STREAMS = 20_000
_LINKED = "It is only a link to a file kept elsewhere. Ask the sender for the file itself."
_NOTHING = "The Outlook item holds neither words nor files that can be read. Open it in Outlook."
_INCOMPLETE = "The file is damaged in part; something may be missing. Ask the sender for the files by themselves."
_OBJECT = "It is an object of another program inside the message. Open it in Outlook, save it, and send it on."


def read_msg(content: bytes, name: str, nest: Nest) -> Document:
    """The body, then each attachment. Raises TooMuch, and what a damaged file raises."""
    import olefile
    from oxmsg.storage import Storage

    with olefile.OleFileIO(io.BytesIO(content)) as container:
        streams = container.listdir()
        if len(streams) > _STREAMS:
            raise TooMuch(f"it holds {len(streams)} pieces")
        # Streams may share sectors, so that a small file holds more than its size.
        if sum(container.get_size(path) for path in streams) > 2 * len(content):
            raise TooMuch("its pieces lie over one another, as in no honest file")
        storage = Storage.from_ole(container)
    return _message(storage, name, nest, _OF_THE_FILE)


def _message(storage: Any, name: str, nest: Nest, head: int) -> Document:
    from oxmsg.properties import Properties

    properties = Properties(storage, head)
    body, html = _body(_text(properties, _PLAIN), _html(properties), _binary(properties, _RTF), nest)
    attachments = list(storage.iter_attachment_storages())
    check_sizes([0] * len(attachments), 1)
    return _mail(name, body, [_attachment(one, html, nest) for one in attachments])


def _mail(name: str, body: Document | None, parts: list[Document | None], *problems: Problem) -> Document:
    kept = tuple(part for part in (body, *parts) if part)
    if not kept and not problems:
        return problem_document(name, "not_supported", _NOTHING, format="mail")
    return Document(name=name, format="mail", parts=kept, problems=problems)


def _binary(properties: Any, pid: int) -> bytes | None:
    """The bytes of a property; None where it is absent, or announced without its stream."""
    try:
        content = properties.binary_prop_value(pid)
    except KeyError:
        return None
    return content if isinstance(content, bytes) else None


def _text(properties: Any, pid: int) -> str:
    """A string, in the message's own code page where it is an old one; as Windows reads it where that is unknown."""
    try:
        return (properties.str_prop_value(pid) or "").rstrip("\0")
    except KeyError:
        return ""
    except (LookupError, UnicodeError):
        name = f"__substg1.0_{pid:04X}001E"
        return next((decode(stream.bytes_) for stream in properties._storage.streams if stream.name == name), "")


def _html(properties: Any) -> str:
    content = _binary(properties, _HTML)
    if not content:
        return _text(properties, _HTML)
    try:
        return str(content.decode(properties.body_encoding))
    except (LookupError, UnicodeError):
        return decode(content)


def _body(plain: str, html: str, packed: bytes | None, nest: Nest) -> tuple[Document | None, str]:
    """The body, and its HTML. Outlook keeps plain words, HTML or rich text, and HTML often only inside rich text."""
    rich = b""
    if packed and not html.strip():
        try:
            rich = unpacked(packed)
        except (ValueError, struct.error):
            if not plain.strip():
                return problem_document(BODY, "unreadable", "The message's text is damaged. Ask for it again."), ""
        html = carried_html(rich) or ""
    body = document_of_body(plain, html)
    has_table = rb"\trowd" in rich and not html and nest.tools.convert is not None
    if rich and (body is None or has_table):
        return nest.file(rich, BODY), html
    return body, html


def _attachment(storage: Any, html: str, nest: Nest) -> Document | None:
    """One attachment read; None for a logo in the text."""
    from oxmsg.properties import Properties

    properties = Properties(storage, 8)
    names = (_text(properties, pid) for pid in (_LONG_NAME, _SHORT_NAME, _SHOWN_NAME))
    title = title_of(next((name for name in names if name), "attachment"))
    inner = next((one for one in storage.storages if one.name == _EMBEDDED), None)
    if inner is not None:
        if any(stream.name == "__properties_version1.0" for stream in inner.streams):
            return nest.inside(title, lambda deeper: _message(inner, title, deeper, _OF_A_MESSAGE_INSIDE))
        return problem_document(title, "not_supported", _OBJECT)
    content = _binary(properties, _DATA)
    if content is None:
        return problem_document(title, "not_supported", _LINKED)
    shown = is_shown(_text(properties, _CONTENT_ID), html) or bool(properties.int_prop_value(_HIDDEN))
    return None if is_logo(content, shown) else nest.file(content, title)


def read_winmail(content: bytes, name: str, nest: Nest) -> Document:
    """The same for winmail.dat. Where its sums are wrong a Problem says that something may be missing."""
    from tnefparse import TNEF

    return _tnef(TNEF(content), name, nest)


def _tnef(tnef: Any, name: str, nest: Nest) -> Document:
    check_sizes([len(one.data) for one in tnef.attachments], sum(map(_size, tnef.objects)))
    # TNEF.rtfbody would need a library that is not ours.
    body, html = _body(_string(tnef.body), _string(tnef.htmlbody), _bytes(tnef._rtfbody), nest)
    parts = [_tnef_attachment(one, html, nest) for one in tnef.attachments]
    if all(one.good_checksum for one in tnef.objects):
        return _mail(name, body, parts)
    return _mail(name, body, parts, Problem(problem="incomplete", message=_INCOMPLETE))


def _tnef_attachment(attachment: Any, html: str, nest: Nest) -> Document | None:
    title = title_of(_tnef_title(attachment))
    if hasattr(attachment, "embed"):
        return nest.inside(title, lambda deeper: _tnef(attachment.embed, title, deeper))
    shown = any(one.name == _CONTENT_ID and is_shown(_string(one.data), html) for one in attachment.mapi_attrs)
    content = _bytes(attachment.data)
    if not content:
        return problem_document(title, "not_supported", _LINKED)
    return None if is_logo(content, shown) else nest.file(content, title)


def _tnef_title(attachment: Any) -> str:
    names = [one.data for one in attachment.mapi_attrs if one.name in (_LONG_NAME, _SHOWN_NAME)]
    return next((name for name in (*map(_string, names), _string(attachment._name)) if name), "attachment")


def _string(value: Any) -> str:
    """Text in whatever of its types tnefparse gives it."""
    if isinstance(value, list | tuple):
        return "".join(map(_string, value))
    return (decode(value) if isinstance(value, bytes) else str(value or "")).rstrip("\0")


def _size(part: Any) -> int:
    """Bytes of a part; dates and numbers take next to none."""
    return len(part.data) if isinstance(part.data, bytes | str) else 0


def _bytes(value: Any) -> bytes:
    if isinstance(value, list | tuple):
        return b"".join(one for one in value if isinstance(one, bytes))
    return value if isinstance(value, bytes) else b""
