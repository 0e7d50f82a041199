"""Outlook's bodies in rich text: unpacks them (MS-OXRTFCP), and takes out the HTML they carry (MS-OXRTFEX)."""

from __future__ import annotations

import re
import struct

_DICTIONARY = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans Serif"
    rb"SymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    + b"\r\n"
    + rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_WINDOW = 4096
_LARGEST = 50_000_000

_TOKEN = re.compile(rb"\\([a-zA-Z]+)(-?\d+)? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z'])|([{}])|[\r\n]+|([^\\{}\r\n]+)")
_SPOKEN = {
    b"par": "\n",
    b"line": "\n",
    b"tab": "\t",
    b"lquote": "‘",
    b"rquote": "’",
    b"ldblquote": "“",
    b"rdblquote": "”",
}
_SPOKEN |= {b"bullet": "•", b"endash": "–", b"emdash": "—"}
_ESCAPED = {b"~": "\u00a0", b"_": "-", b"-": "", b"\\": "\\", b"{": "{", b"}": "}"}
_UNSEEN = {b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pntext", b"listtext", b"pict", b"object"}


def unpacked(packed: bytes) -> bytes:
    """The rich text of PidTagRtfCompressed. Raises ValueError where it is damaged, struct.error where it is cut."""
    size, raw_size, kind, _crc = struct.unpack_from("<IIII", packed)
    body = packed[16 : size + 4]
    if raw_size > _LARGEST:
        raise ValueError("a body too large to unpack")
    if kind == 0x414C454D:
        return body[:raw_size]
    if kind != 0x75465A4C:
        raise ValueError("no rich text body")
    return _unpacked(body)[:raw_size]


def _unpacked(body: bytes) -> bytes:
    """LZ77 over a window of 4096 bytes that begins with the dictionary; a reference to its own end is the end."""
    window = bytearray(_DICTIONARY.ljust(_WINDOW))
    write, at, out = len(_DICTIONARY), 0, bytearray()
    while at < len(body):
        control, at = body[at], at + 1
        for bit in range(8):
            if at >= len(body):
                break
            if control >> bit & 1:
                reference = int.from_bytes(body[at : at + 2], "big")
                at, offset = at + 2, reference >> 4
                if offset == write:
                    return bytes(out)
                copied = [(offset + step) % _WINDOW for step in range((reference & 15) + 2)]
            else:
                window[write], at, copied = body[at], at + 1, [write]
            for source in copied:
                out.append(window[source])
                window[write] = window[source]
                write = (write + 1) % _WINDOW
    return bytes(out)


def carried_html(rich: bytes) -> str | None:
    """The HTML page that the rich text was made from, None where it was made from none."""
    if rb"\fromhtml" not in rich[:1000]:
        return None
    return _Carried(rich).html()


class _Carried:
    """One pass over the rich text. What counts: the groups `\\*\\htmltag`, and text outside `\\htmlrtf`."""

    def __init__(self, rich: bytes) -> None:
        self._rich = rich
        page = re.search(rb"\\ansicpg(\d+)", rich[:1000])
        self._charset = f"cp{page[1].decode()}" if page and page[1] != b"65001" else "utf-8"
        self._groups: list[tuple[str, bool]] = []
        self._state = "text"
        self._shown = True
        self._bytes = bytearray()
        self._out: list[str] = []
        self._skip = 0

    def html(self) -> str:
        starred = False
        for token in _TOKEN.finditer(self._rich):
            word, number, hexadecimal, symbol, brace, text = token.groups()
            if brace:
                self._brace(brace)
            elif symbol == b"*":
                starred = True
                continue
            elif word:
                self._word(word, number, starred)
            elif symbol:
                self._say(_ESCAPED.get(symbol, ""))
            elif hexadecimal:
                self._take(bytes.fromhex(hexadecimal.decode()))
            elif text:
                self._take(text)
            starred = False
        self._flush()
        # Characters beyond the first 65,536 come as two halves.
        return "".join(self._out).encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def _brace(self, brace: bytes) -> None:
        if brace == b"{":
            self._groups.append((self._state, self._shown))
        elif self._groups:
            self._state, self._shown = self._groups.pop()

    def _word(self, word: bytes, number: bytes | None, starred: bool) -> None:
        if word == b"htmltag" and self._state != "unseen":
            self._state = "tag"
        elif starred or word in _UNSEEN:
            self._state = "unseen"
        elif word == b"htmlrtf":
            self._shown = number == b"0"
        elif word == b"u" and number:
            self._say(chr(int(number) % 0x10000))
            self._skip = 1
        elif word in _SPOKEN:
            self._say(_SPOKEN[word])

    def _take(self, written: bytes) -> None:
        """Bytes of the page's character set; after a `\\u` the first stands for readers that know no Unicode."""
        written, self._skip = written[self._skip :], 0
        if self._counts():
            self._bytes += written

    def _say(self, text: str) -> None:
        self._skip = 0
        if self._counts():
            self._flush()
            self._out.append(text)

    def _counts(self) -> bool:
        return self._state == "tag" or (self._state == "text" and self._shown)

    def _flush(self) -> None:
        try:
            self._out.append(self._bytes.decode(self._charset, "replace"))
        except LookupError:
            self._out.append(self._bytes.decode("cp1252", "replace"))
        self._bytes.clear()
