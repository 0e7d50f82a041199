"""One cell that holds the answers of several fields, told apart by what they are: name, post, telephone, date ..."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailbot.forms.dates import find_date, read_date
from mailbot.forms.definitions import FieldType
from mailbot.forms.values import find_email, find_phone, tidy

_APART = re.compile(r"\s*(?:[;|]|,\s|\s[\u2013\u2014-]\s|\s/\s|\s\()\s*")
_CAPTION = re.compile(r"\b(?:tel(?:ephone)?|phone|mobile|mob|e-?mail|date|on)\b[\s.:]*(?=[,;|\n)]|$)", re.I)
_DATES = ("date", "birth_date", "fuzzy_date")
_DATE = re.compile(r"\d{1,2}(?:st|nd|rd|th)?[\s./-]+(?:\d{1,2}|[a-z]{3,9})[\s./-]+\d{2,4}", re.I)


def pieces_of(lines: Sequence[str], types: Sequence[FieldType]) -> tuple[str, ...]:
    """The piece of the cell for each type, empty where there is none.

    Numbers, addresses and dates are known by their shape; what is left is shared out by lines or commas, in order.
    """
    rest = "\n".join(lines)
    found: dict[int, str] = {}
    for index, kind in enumerate(types):
        piece = _shaped(rest, kind)
        if piece:
            found[index] = piece
            rest = rest.replace(piece, "", 1)
    worded = [index for index, kind in enumerate(types) if kind in {"text", "name"}]
    for index, piece in zip(worded, _shared_out(_CAPTION.sub("", rest), len(worded)), strict=False):
        found[index] = piece
    return tuple(found.get(index, "") for index in range(len(types)))


def _shaped(text: str, kind: FieldType) -> str:
    if kind == "phone":
        return find_phone(text)
    if kind == "email":
        return find_email(text)
    match = _DATE.search(text) if kind in _DATES else None
    return match[0] if match and find_date(match[0]) else ""


def _shared_out(text: str, count: int) -> list[str]:
    if not count:
        return []
    pieces = [piece for line in text.split("\n") if (piece := tidy(line.strip(" ,;:()")))]
    if len(pieces) < count:
        pieces = [piece for one in pieces for part in _APART.split(one) if (piece := tidy(part.strip(" ,;:()")))]
    return [*pieces[: count - 1], ", ".join(pieces[count - 1 :])] if pieces[count - 1 :] else pieces


def period_of(text: str) -> tuple[str, str]:
    """The two ends of a period: `From Sept 2023 to 27/02/2026`, `Sept 2023 - ongoing`."""
    words = tidy(text.replace("\n", " "))
    words = re.sub(r"^(?:from|between)\b\s*", "", words, flags=re.I).replace(" To ", " to ")
    if not tidy(re.sub(r"\b(?:to|until|and)\b", "", words)):
        return "", ""
    read = read_date(words)
    if read is None:
        return (words, words) if len(words) < 16 else ("", "")
    if not read.end:
        return words, ""
    for dash in (" to ", " - ", " \u2013 ", " until ", "\u2013", "\u2014"):
        if dash in words:
            first, _, last = words.partition(dash)
            return first, last
    return read.value, read.end
