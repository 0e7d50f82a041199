"""Bytes to a Document: the reader is chosen by what the content is, never by the file's name."""

from __future__ import annotations

import re
import zipfile

from mailbot.documents.reading.archive import Locked, TooMuch, member, open_archive, papers
from mailbot.documents.reading.tools import BARE_HANDS, Tools
from mailbot.errors import ConverterProblem
from mailbot.forms.document import Document, problem_document

DEPTH = 4
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\x00", b"MM\x00*", b"BM", b"RIFF")
_HTML = re.compile(rb"^\s*(<!doctype html|<\?xml[^>]*>\s*<!doctype html|<html|<head|<body|<table|<div|<p[ >])", re.I)
_MAIL = re.compile(rb"^(?:[\x21-\x39\x3b-\x7e]+:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){3,}\r?\n")
_MAIL_HEADER = re.compile(rb"^(from|received|message-id|mime-version|return-path):", re.I | re.M)


def read_document(content: bytes, name: str, tools: Tools = BARE_HANDS, depth: int = 0) -> Document:
    """The file as a Document. What cannot be read is a problem of the Document, not an exception.

    An old format (.doc, .rtf, .odt) gives the problem `not_supported` where the tools have no `convert`.
    """
    if depth > DEPTH:
        return problem_document(name, "too_large", "It lies too deep: an archive in an archive in an archive.")
    try:
        return _read(content, name, tools, depth)
    except Locked:
        return problem_document(name, "encrypted", "The file is protected with a password. Ask the sender for it.")
    except TooMuch as error:
        return problem_document(name, "too_large", f"The file was not opened: {error}. Look at it by hand.")
    except ConverterProblem as error:
        return problem_document(name, "not_supported", str(error))
    except (MemoryError, RecursionError) as error:
        return problem_document(
            name, "unreadable", f"The file asks for too much to be read ({type(error).__name__})."
        )
    # The readers' libraries raise anything at all on a damaged file (KeyError, zlib.error, struct.error ...).
    except Exception as error:  # noqa: BLE001
        message = f"The file is damaged or not what its name says ({type(error).__name__}). Ask for it again."
        return problem_document(name, "unreadable", message)


def _read(content: bytes, name: str, tools: Tools, depth: int) -> Document:
    if not content.strip(b"\x00 \r\n\t"):
        return problem_document(name, "unreadable", "The file is empty. Ask for it again.")
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _read_zip(content, name, tools, depth)
    if content.startswith(_OLE):
        return _read_ole(content, name, tools)
    if b"%PDF-" in content[:1024]:
        from mailbot.documents.reading.pdf import read_pdf

        return read_pdf(content, name)
    if content.startswith(b"{\\rtf"):
        return _converted(content, ".rtf", name, tools)
    if content.startswith(_PICTURES):
        return problem_document(name, "not_supported", "The file is a picture; pictures are not read. Look at it.")
    if content.startswith((b"7z\xbc\xaf'\x1c", b"Rar!")):
        return problem_document(name, "not_supported", "7z and rar archives are not opened. Ask for a zip.")
    if content.startswith(b"\x78\x9f\x3e\x22"):
        return problem_document(
            name, "not_supported", "Outlook's winmail.dat is not opened. Ask for the file itself."
        )
    return _read_words(content, name, tools, depth)


def _read_words(content: bytes, name: str, tools: Tools, depth: int) -> Document:
    """What is neither archive nor binary format: a mail, a web page, or text."""
    from mailbot.documents.reading.text import read_html, read_text

    if _MAIL.match(content) and _MAIL_HEADER.search(content[:4000]):
        from mailbot.documents.reading.mail import read_mail

        return read_mail(content, name, lambda inner, title: read_document(inner, title, tools, depth + 1))
    if _HTML.match(content.removeprefix(b"\xef\xbb\xbf")):
        return read_html(content, name)
    if b"\x00" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return problem_document(name, "unreadable", "The file is damaged, or of a kind that is not read.")
    return read_text(content, name)


def _read_zip(content: bytes, name: str, tools: Tools, depth: int) -> Document:
    with open_archive(content) as archive:
        names = set(archive.namelist())
        kind = member(archive, "mimetype").decode("ascii", "replace").strip() if "mimetype" in names else ""
        if "META-INF/manifest.xml" in names and b"encryption-data" in member(archive, "META-INF/manifest.xml"):
            raise Locked
        if any(one.startswith("xl/") for one in names) or kind.endswith("opendocument.spreadsheet"):
            from mailbot.documents.reading.sheet import read_sheet

            return read_sheet(content, name)
        if kind.endswith("opendocument.text"):
            return _converted(content, ".odt", name, tools)
        if "[Content_Types].xml" in names and any(one.lower().startswith("word/") for one in names):
            from mailbot.documents.reading.word import read_word

            return read_word(content, name)
        if "[Content_Types].xml" in names or kind:
            return problem_document(name, "not_supported", "This kind of office file (slides, drawings) is not read.")
        parts = tuple(_part(archive, one, tools, depth) for one in papers(archive))
    return Document(name=name, format="zip", parts=parts)


def _part(archive: zipfile.ZipFile, path: str, tools: Tools, depth: int) -> Document:
    title = path.replace("\\", "/").rpartition("/")[2]
    return read_document(member(archive, path), title, tools, depth + 1)


def _read_ole(content: bytes, name: str, tools: Tools) -> Document:
    """The container of old Office: Word, Excel, Outlook messages, and any new Office file with a password."""
    directory = content.replace(b"\x00", b"")
    if b"EncryptedPackage" in directory:
        raise Locked
    if b"__substg1.0_" in directory:
        return problem_document(name, "not_supported", "Outlook .msg files are not opened. Ask for the file itself.")
    if b"WordDocument" in directory:
        if _word_97_locked(content):
            raise Locked
        return _converted(content, ".doc", name, tools)
    if b"Workbook" in directory or b"Book" in directory:
        from mailbot.documents.reading.sheet import read_sheet

        return read_sheet(content, name)
    return problem_document(name, "unreadable", "The file is damaged, or of a kind that is not read.")


def _word_97_locked(content: bytes) -> bool:
    """Bit 8 of the FIB's flags (MS-DOC 2.5.2 fEncrypted); the FIB begins a sector of the container."""
    for start in range(512, min(len(content), 5_000_000), 512):
        if content[start : start + 2] == b"\xec\xa5":
            return bool(content[start + 11] & 0x01)
    return False


def _converted(content: bytes, suffix: str, name: str, tools: Tools) -> Document:
    if tools.convert is None:
        message = f"A {suffix} file needs LibreOffice to be read. Install it (soffice), or ask for .docx."
        return problem_document(name, "not_supported", message, format=suffix.lstrip("."))
    from mailbot.documents.reading.word import read_word

    document = read_word(tools.convert(content, suffix), name)
    return document.model_copy(update={"format": suffix.lstrip(".")})


__all__ = ["Tools", "read_document"]
