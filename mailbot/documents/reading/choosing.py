"""Which reader a file gets: chosen by what its bytes are, never by its name or the type it was sent with."""

from __future__ import annotations

import io
import re
import zipfile
from functools import partial

from mailbot.documents.reading import wrappers
from mailbot.documents.reading.archive import Locked, gunzipped, is_locked, member, open_archive, papers, title_of
from mailbot.documents.reading.bodies import PICTURES
from mailbot.documents.reading.locked import OLE, ZIP, is_locked_office, open_office, open_pdf
from mailbot.documents.reading.nest import Nest
from mailbot.documents.reading.sevenzip import SEVENZIP, read_members
from mailbot.documents.reading.tools import Tools
from mailbot.forms.document import Document, problem_document

_HEIC = re.compile(rb"....ftyp(heic|heix|hevc|mif1|msf1|heim|avif)", re.S)
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*"
    rb"<(?:!doctype html|html|head|body|meta|title|style|table|div|span|font|center|h[1-6]|p|b|br)[\s/>]",
    re.I | re.S,
)
_XML_OFFICE = re.compile(rb"mso-application|schemas\.microsoft\.com/office|office:document|opendocument")
_QUIET = (b"BEGIN:VCALENDAR", b"BEGIN:VCARD")
_EMPTY = b"\x00 \r\n\t\x1a\xef\xbb\xbf"

_ASK_OFFICE = "Ask the sender for it as Word, Excel or PDF."
_ASK_ZIP = "Ask the sender for an ordinary zip, or for the files by themselves."
_UNREAD: tuple[tuple[tuple[bytes, ...], str], ...] = (
    ((b"Rar!",), f"It is a rar archive, which is not opened. {_ASK_ZIP}"),
    ((b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"\x1f\x9d"), f"Its kind of packing is not opened. {_ASK_ZIP}"),
    ((b"\xffWPC",), f"It is a WordPerfect file, which is not read. {_ASK_OFFICE}"),
    ((b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d",), f"It is a OneNote file, which is not read. {_ASK_OFFICE}"),
    ((b"MZ", b"\x7fELF"), "It is a program. It was not run, and nothing was read from it. Do not open it."),
    ((b"ID3", b"OggS", b"fLaC"), "It is a sound recording. Listen to it."),
)
_SLIDES = f"This kind of office file (slides, drawings, publications) is not read. {_ASK_OFFICE}"
_APPLE = f"It is a file of Apple's Pages, Numbers or Keynote, which is not read. {_ASK_OFFICE}"
_WORKS = f"It is a file of Microsoft Works, which is not read. {_ASK_OFFICE}"
_OLD_XML = f"It is an office file in one piece of XML, which is not read. {_ASK_OFFICE}"
_ODF_LOCK = (
    "It is an OpenDocument file with a password, which is not opened here, even with the password. "
    "Ask the sender for it without, or as Word or PDF."
)
_STRANGE = "The file is damaged, or of a kind that is not read. Ask the sender what it is, or for Word, Excel or PDF."


def read_document(content: bytes, name: str, tools: Tools | None = None) -> Document:
    """The file as a Document, whatever it is. What cannot be read is a Problem of the Document, not an exception.

    Without `tools` no password is tried, and an old format (.doc, .rtf, .odt) gives the problem `not_supported`.
    """
    nest = Nest(tools or Tools(), choose)
    return nest.inside(name, lambda inner: choose(content, name, inner))


def choose(content: bytes, name: str, nest: Nest) -> Document:
    """The file read by the reader for its bytes; what lies in it goes to `nest`. Raises what the reader raises."""
    if not content.strip(_EMPTY):
        return problem_document(name, "unreadable", "The file is empty. Ask for it again.")
    if content.startswith(ZIP):
        return _zip(content, name, nest)
    if content.startswith(OLE):
        return _ole(content, name, nest)
    if wrappers.is_rights_managed(content):
        return problem_document(name, "secure_message", wrappers.RIGHTS)
    if b"%PDF-" in content[:1024]:
        return _pdf(content, name, nest)
    if content.startswith(b"{\\rt"):
        return _converted(content, ".rtf", name, nest)
    if content.startswith(PICTURES) or _HEIC.match(content):
        from mailbot.documents.reading.pictures import read_picture

        return read_picture(content, name, nest.tools.budget)
    return _packed(content, name, nest) or _sealed(content, name) or _words(content, name, nest)


def _packed(content: bytes, name: str, nest: Nest) -> Document | None:
    """Containers that are neither zip nor OLE, and what is known and not read."""
    if content.startswith(SEVENZIP):
        members = read_members(content, nest.tools.passwords)
        parts = tuple(nest.file(inner, title_of(path)) for path, inner in members.items())
        return _archive(name, "7z", parts)
    if content.startswith(b"\x1f\x8b"):
        inner = re.sub(r"\.gz$", "", name, flags=re.I)
        return _archive(name, "gzip", (nest.member(inner, lambda: gunzipped(content)),))
    if content.startswith(b"\x78\x9f\x3e\x22"):
        from mailbot.documents.reading.outlook import read_winmail

        return read_winmail(content, name, nest)
    if content[257:262] == b"ustar":
        return problem_document(name, "not_supported", f"It is a tar archive, which is not opened. {_ASK_ZIP}")
    return next(
        (problem_document(name, "not_supported", said) for marks, said in _UNREAD if content.startswith(marks)), None
    )


def _sealed(content: bytes, name: str) -> Document | None:
    """Mails that were encrypted or signed in one piece; the signature of a mail is nothing to be read."""
    seal = wrappers.sealed(content)
    if seal == "signature":
        return Document(name=name, format="signature")
    if seal:
        return problem_document(name, "secure_message", wrappers.SIGNED if seal == "signed" else wrappers.SEALED)
    return None


def _words(content: bytes, name: str, nest: Nest) -> Document:
    """What is neither archive nor binary format: a mail, a web page, or text."""
    from mailbot.documents.reading import mail, text, webpage

    start = content.removeprefix(b"\xef\xbb\xbf")
    if mail.is_web_archive(start):
        return mail.read_web_archive(start, name)
    if mail.is_mail(start):
        return mail.read_mail(start, name, nest)
    if not text.is_text(content):
        return problem_document(name, "unreadable", _STRANGE)
    start = text.decode(content[:4000]).encode()
    if _HTML.match(start):
        if wrappers.is_portal_page(content, name):
            return problem_document(name, "secure_message", wrappers.PORTAL)
        return webpage.read_page(content, name)
    if start.lstrip().startswith(b"<?xml") and _XML_OFFICE.search(start):
        return problem_document(name, "not_supported", _OLD_XML)
    if start.lstrip().upper().startswith(_QUIET):
        return Document(name=name, format="calendar")
    return text.read_text(content, name)


def _pdf(content: bytes, name: str, nest: Nest) -> Document:
    from mailbot.documents.reading.pdf import read_pdf

    try:
        return read_pdf(content, name, nest.tools.budget)
    except Locked:
        return read_pdf(open_pdf(content, nest.tools.passwords), name, nest.tools.budget)


def _zip(content: bytes, name: str, nest: Nest) -> Document:
    with open_archive(content) as archive:
        names = set(archive.namelist())
        kind = member(archive, "mimetype").decode("ascii", "replace").strip() if "mimetype" in names else ""
        if "[Content_Types].xml" in names or kind:
            return _office(archive, names, kind, content, name, nest)
        if any(one.endswith((".iwa", "Index.zip")) for one in names):
            return problem_document(name, "not_supported", _APPLE)
        return _zip_of_papers(archive, name, nest)


def _office(archive: zipfile.ZipFile, names: set[str], kind: str, content: bytes, name: str, nest: Nest) -> Document:
    """A new office file: Word, Excel or OpenDocument."""
    if "META-INF/manifest.xml" in names and b"encryption-data" in member(archive, "META-INF/manifest.xml"):
        raise Locked(_ODF_LOCK)
    if any(one.startswith("xl/") for one in names) or kind.startswith(
        "application/vnd.oasis.opendocument.spreadsheet"
    ):
        from mailbot.documents.reading.sheet import read_sheet

        return read_sheet(content, name)
    if kind.startswith("application/vnd.oasis.opendocument.text"):
        return _converted(content, ".odt", name, nest)
    if any(one.lower().startswith("word/") for one in names):
        from mailbot.documents.reading.word import read_word

        return read_word(content, name)
    return problem_document(name, "not_supported", _SLIDES)


def _zip_of_papers(archive: zipfile.ZipFile, name: str, nest: Nest) -> Document:
    """Each paper of the zip. One lock over all is one Problem of the zip, else each locked one has its own."""
    passwords = nest.tools.passwords
    members = papers(archive)
    if members and all(map(is_locked, members)):
        member(archive, min(members, key=lambda info: info.file_size), passwords)
    parts = []
    for info in members:
        title = title_of(info.filename, said_utf8=bool(info.flag_bits & 0x800))
        parts.append(nest.member(title, partial(member, archive, info, passwords)))
    return _archive(name, "zip", tuple(parts))


def _archive(name: str, format: str, parts: tuple[Document, ...]) -> Document:
    if not parts:
        return problem_document(name, "unreadable", "The archive holds no file. Ask for it again.", format=format)
    return Document(name=name, format=format, parts=parts)


def _ole(content: bytes, name: str, nest: Nest) -> Document:
    """The container of old Office: Word, Excel, Outlook messages, and any new Office file with a password."""
    import olefile

    with olefile.OleFileIO(io.BytesIO(content)) as container:
        streams = {path[0] for path in container.listdir(streams=True, storages=True)}
    if "\tDRMContent" in streams or ("EncryptedPackage" in streams and "EncryptionInfo" not in streams):
        return problem_document(name, "secure_message", wrappers.RIGHTS)
    if "EncryptedPackage" in streams:
        return choose(open_office(content, nest.tools.passwords), name, nest)
    if "__properties_version1.0" in streams:
        from mailbot.documents.reading.outlook import read_msg

        return read_msg(content, name, nest)
    if is_locked_office(content):
        content = open_office(content, nest.tools.passwords)
    if "WordDocument" in streams:
        return _converted(content, ".doc", name, nest)
    if streams & {"Workbook", "Book"}:
        from mailbot.documents.reading.sheet import read_sheet

        return read_sheet(content, name)
    if "MatOST" in streams:
        return problem_document(name, "not_supported", _WORKS)
    if streams & {"PowerPoint Document", "VisioDocument", "Quill"}:
        return problem_document(name, "not_supported", _SLIDES)
    return problem_document(name, "unreadable", _STRANGE)


def _converted(content: bytes, suffix: str, name: str, nest: Nest) -> Document:
    """An old text format, read by way of .docx."""
    format = suffix.lstrip(".")
    if nest.tools.convert is None:
        message = f"A {suffix} file needs LibreOffice to be read. Install it (soffice), or ask for .docx."
        return problem_document(name, "not_supported", message, format=format)
    from mailbot.documents.reading.word import read_word

    document = read_word(nest.tools.convert(content, suffix), name)
    return document.model_copy(update={"format": format})
