"""Bytes of any charset, named rightly, wrongly or not at all, to text, and the encoded words of headers."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from itertools import groupby

# What senders say, and what they mean (as browsers read it: https://encoding.spec.whatwg.org/#names-and-labels).
_MEANT = {
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "utf8": "utf-8",
    "gb2312": "gb18030",
    "ks_c_5601-1987": "cp949",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
}
# Python's codecs that are no charsets: they would rewrite the text instead of reading it.
_NO_CHARSETS = {"unicode_escape", "raw_unicode_escape", "unicode-escape", "raw-unicode-escape", "idna", "punycode"}

_WORD = re.compile(r"=\?([^?\s]+)\?([bBqQ])\?([^?]*)\?=")
_BETWEEN = re.compile(r"(\?=)[ \t\r\n]+(?==\?[^?\s]+\?[bBqQ]\?)")


def decode_bytes(content: bytes, charset: str = "") -> str:
    """The text. The charset named is tried first, then UTF-8, then Windows-1252, then Latin-1, which never fails."""
    named = charset.strip().strip("'\"").casefold()
    named = _MEANT.get(named, named)
    tries = [] if named in _NO_CHARSETS else [named]
    for attempt in (*tries, "utf-8", "cp1252"):
        try:
            text = content.decode(attempt)
            text.encode("utf-8")
        except (LookupError, ValueError):
            continue
        return text.removeprefix("\ufeff")
    return content.decode("latin-1")


def mend(value: str) -> str:
    """Header text in which the parser has hidden 8-bit bytes as surrogates, made whole."""
    try:
        return decode_bytes(value.encode("ascii", "surrogateescape"))
    except UnicodeEncodeError:
        return value.encode("utf-8", "replace").decode("utf-8")


def decode_words(value: str) -> str:
    """A header with its encoded words (RFC 2047) decoded. What cannot be decoded stays as written."""
    joined = _BETWEEN.sub(r"\1", value)
    pieces: list[str] = []
    end = 0
    words: list[tuple[str, bytes, str]] = []
    for match in _WORD.finditer(joined):
        if match.start() != end:
            pieces += [_read_words(words), joined[end : match.start()]]
            words = []
        words.append((_charset(match[1]), _word_bytes(match[2], match[3]), match[0]))
        end = match.end()
    return "".join([*pieces, _read_words(words), joined[end:]])


def _read_words(words: list[tuple[str, bytes, str]]) -> str:
    """Neighbouring words of one charset are read as one: some senders split inside a character."""
    return "".join(
        decode_bytes(b"".join(content for _, content, _ in group), charset)
        for charset, group in groupby(words, key=lambda word: word[0])
    )


def _charset(said: str) -> str:
    return said.partition("*")[0].casefold()


def _word_bytes(encoding: str, payload: str) -> bytes:
    written = payload.encode("utf-8", "surrogateescape")
    if encoding in "qQ":
        return quopri.decodestring(written, header=True)
    try:
        return base64.b64decode(written.rstrip(b"=") + b"===", validate=False)
    except binascii.Error:
        return written
