"""Labels and answers in one line: `First contact: Sept 2023    Last contact: 27/02/2026`."""

from __future__ import annotations

import re
from collections.abc import Callable

from mailbot.forms.document import Line, Run

Pair = tuple[str, str, Line]
"""The field, its label as printed, and the answer."""

_STARTS = re.compile(r"\t|\s{2,}|[;|]\s*|[.)]\s+|,\s+|\s(?=[A-Z])")


def pairs_in(line: Line, target: Callable[[str], str]) -> list[Pair]:
    """Every label in the line that `target` knows, with what stands behind it up to the next."""
    text = line.text
    found: list[tuple[str, str, int, int]] = []
    for cut in _cuts(line):
        start = found[-1][3] if found else 0
        label = _label_before(text[start:cut], target)
        if label is not None:
            name, offset = label
            found.append((name, text[start + offset : cut], start + offset, cut))
    if not found:
        return []
    ends = [one[2] for one in found[1:]] + [len(text)]
    return [
        (name, label, line.between(_past(text, cut), max(end, cut)))
        for (name, label, _, cut), end in zip(found, ends, strict=True)
    ]


def _label_before(text: str, target: Callable[[str], str]) -> tuple[str, int] | None:
    """The longest end of the text that is a label, and where it begins."""
    for start in dict.fromkeys([0, *(match.end() for match in _STARTS.finditer(text))]):
        label = text[start:]
        if label[:1].isalnum() and (start == 0 or label[:1].isupper()):
            name = target(label)
            if name:
                return name, start
    return None


def _cuts(line: Line) -> list[int]:
    """Where a label in a line may end: behind a colon or question mark, at a tab, before a form field or a box."""
    cuts = {
        match.end()
        for match in re.finditer(r"[:?](?=\s|$|_|\S)|\t|(?<=\w)\s*(?=_{3,})|\s[\u2013\u2014-]\s", line.text)
    }
    at = 0
    previous: Run | None = None
    for run in line.runs:
        begins_field = run.field is not None and (previous is None or previous.field is None)
        begins_box = run.tick is not None and (previous is None or previous.tick is None)
        if at and (begins_field or begins_box):
            cuts.add(at)
        at += len(run.shown)
        previous = run
    return sorted(cuts)


def _past(text: str, at: int) -> int:
    """Past the colon's own white space."""
    while at < len(text) and text[at] in ": \t":
        at += 1
    return at
