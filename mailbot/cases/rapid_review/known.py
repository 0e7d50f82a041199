"""A line of the Rapid Review Template with what it came from, and the two papers made of such lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pydantic import JsonValue

from mailbot.cases.values import Value


class Known(Value):
    """What stands in one place of the template. `line` is what the place is called, `source` what it was taken from.

    An empty text means that the record does not know it: the template then prompts for it, or says so.
    """

    text: str
    line: str = ""
    source: str = ""


class SourceLine(Value):
    """One row of the annex: where in the template, what stands there, and what it came from."""

    section: str
    line: str
    text: str
    source: str


Draft = Known | str | Sequence["Draft"] | Mapping[str, "Draft"]
"""The template's facts: known lines, in lists and under names. A plain text is the template's own wording."""


def texts(draft: Draft) -> JsonValue:
    """The facts as the template is filled with them."""
    if isinstance(draft, Known):
        return draft.text
    if isinstance(draft, str):
        return draft
    if isinstance(draft, Mapping):
        return {name: texts(part) for name, part in draft.items()}
    return [texts(part) for part in draft]


def lines(draft: Draft) -> Iterator[Known]:
    """Every line that holds something and says what it came from, in the order of the facts."""
    if isinstance(draft, Known):
        if draft.text and draft.source:
            yield draft
    elif isinstance(draft, Mapping):
        for part in draft.values():
            yield from lines(part)
    elif not isinstance(draft, str):
        for part in draft:
            yield from lines(part)
