"""Labels and answers in one line: `First contact: Sept 2023    Last contact: 27/02/2026`."""

from __future__ import annotations

import re
from collections.abc import Callable

from mailbot.forms.document import Line, Run

Pair = tuple[str, str, Line]
"""The field, its label as printed, and the answer."""

LONGEST = 250
"""Characters before the end of a label in which it begins."""
_MOST = 500
"""Places in one line where a label may end; no form prints so many, an answer of a whole page may hold more."""

_APART = re.compile(r"\t|\s{2,}|[;|]\s*|[\u2026_]+\s*|\.{3,}\s*")
_STARTS = re.compile(_APART.pattern + r"|[.)]\s+|,\s+|\s(?=[A-Z])")
_WIDE = re.compile(r"(?:\t|\s{3,})(?=\S)")
_COLON = re.compile(r"[:?](?=\s|$|_|\S)")
_GAP = re.compile(r"\t|(?<=\S)\s{3,}(?=\S)|(?<=\w)\s*(?=_{3,}|\u2026|\.{4,})|\s[\u2013\u2014-]\s")
_DASH = re.compile(r"\s[\u2013\u2014-]\s$")


def pairs_in(line: Line, target: Callable[[str], str]) -> list[Pair]:
    """Every label in the line that `target` knows, with what stands behind it up to the next.

    Where no colon ends a label (but a gap, a dotted line), it must begin the line or stand apart from the words
    before it: `Agency: Mill Lane Surgery____` asks for an agency, and for no surgery.
    """
    text = line.text
    found: list[tuple[str, str, int, int]] = []
    for cut, clear in sorted(_cuts(line).items())[:_MOST]:
        begun = found[-1][3] if found else 0
        first = max(begun, cut - LONGEST)
        label = _label_in(text[first:cut], first == begun, target, _STARTS if clear else _APART)
        if label is not None:
            name, offset = label
            found.append((name, text[first + offset : cut], first + offset, cut))
    if not found:
        return []
    if line.bold and len(found) == 1 and _DASH.search(found[0][1]):
        # A dash in a bold line parts a question from what helps to answer it, or the two halves of a title.
        return [(found[0][0], text, Line())] if text[found[0][3] :][:1].islower() else []
    ends = [one[2] for one in found[1:]] + [len(text)]
    return [
        (name, label, line.between(_past(text, cut), max(end, cut)))
        for (name, label, _, cut), end in zip(found, ends, strict=True)
    ]


def _label_in(
    text: str, begins: bool, target: Callable[[str], str], starts: re.Pattern[str]
) -> tuple[str, int] | None:
    """The longest end of the text that is a label, and where it begins; at the text's own beginning if `begins`."""
    gaps = [match.end() for match in _WIDE.finditer(text)]
    first = gaps[-1] if gaps else 0
    own = [first] if begins or gaps else []
    for start in dict.fromkeys([*own, *(match.end() for match in starts.finditer(text, first))]):
        label = text[start:]
        if label[:1].isalnum() and (start in own or label[:1].isupper()):
            name = target(label)
            if name:
                return name, start
    return None


def _cuts(line: Line) -> dict[int, bool]:
    """Where a label in a line may end, and whether it is clear that it does.

    It is clear behind a colon or question mark, before a form field or a box, and where bold ends; less clear at a
    tab, a gap, a dash or a dotted line.
    """
    cuts = {match.start() if match[0].isspace() else match.end(): False for match in _GAP.finditer(line.text)}
    cuts |= {match.end(): True for match in _COLON.finditer(line.text)}
    at = 0
    previous: Run | None = None
    for run in line.runs:
        begins_field = run.field is not None and (previous is None or previous.field is None)
        begins_box = run.tick is not None and (previous is None or previous.tick is None)
        bold_ends = previous is not None and previous.bold and not run.bold and bool(run.shown.strip())
        if at and (begins_field or begins_box or bold_ends):
            cuts[at] = True
        at += len(run.shown)
        previous = run
    return cuts


def _past(text: str, at: int) -> int:
    """Past the colon's own white space."""
    while at < len(text) and text[at] in ": \t":
        at += 1
    return at
