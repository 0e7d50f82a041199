"""What stands in an answer's place, with its ticks and struck words, to the answer in its normal form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from mailbot.forms.dates import find_date, is_open_end, read_date
from mailbot.forms.definitions import FieldDefinition, FieldType
from mailbot.forms.document import Line
from mailbot.forms.unwritten import is_prompt
from mailbot.forms.values import (
    find_email,
    gender,
    nhs_number,
    phone,
    tidy,
    unknown_or_not_applicable,
    yes_or_no,
)

_BRACKETED = re.compile(r"\([^()]{15,}\)")
_WHO_GIVES_IT = re.compile(r"\s*\((?:to be|for|office|added|allocated|given|completed|leave)\b[^()]*\)\s*$", re.I)
_OPTION = re.compile(
    r"yes|no|y|n|not known|not sure|unsure|unknown|n/?k|n/?a|not applicable|don['\u2019]?t know", re.I
)
_PRINTED_CHOICE = re.compile(
    rf"^\W*(?:{_OPTION.pattern})(?:\s*(?:[/|,]|\bor\b|\s)\s*(?:{_OPTION.pattern}))+\W*"
    r"(?:\(?(?:delete|please|circle|tick)[^()]*\)?)?\W*$",
    re.I,
)


class Read(NamedTuple):
    """One answer read: empty `value` for a blank. `problem` says why written words gave no value."""

    value: str | tuple[str, ...] = ""
    raw: str = ""
    fuzzy: bool = False
    end: str = ""
    details: str = ""
    sure: bool = True
    problem: str = ""


def read_answer(lines: Sequence[Line], field: FieldDefinition) -> Read:
    """The answer that stands in these lines, read as the field's type."""
    if field.type == "passage":
        return _passage(lines)
    lines = [line for line in without_guidance(lines) if not is_prompt(line.text)]
    raw = tidy(" ".join(line.text for line in lines))
    ticks = options(lines)
    if ticks:
        return _ticked(ticks, field, raw)
    written = [text for text in map(tidy, _standing(lines)) if text]
    standing = tidy(" ".join(written))
    if field.type == "list" and len(written) > 1:
        return Read(value=tuple(written), raw=raw)
    if not standing:
        all_struck = field.type == "yes_no" and _PRINTED_CHOICE.match(raw)
        return Read(raw=raw, problem="Every option is struck out.") if all_struck else Read()
    return _typed(standing, field, raw)


def _passage(lines: Sequence[Line]) -> Read:
    """What people wrote at length, a line for each paragraph; a paragraph that is still our prompt is none."""
    written = [" ".join(text.split()) for text in _standing(lines) if tidy(text)]
    kept = [text for text in written if not is_prompt(text)]
    return Read(value="\n".join(kept), raw="\n".join(kept))


def without_guidance(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines without those in italics or in brackets at their beginning, where others follow: how to answer."""
    written = [line for line in lines if line.text.strip() or any(run.placeholder for run in line.runs)]
    first = next((at for at, line in enumerate(written) if not is_guidance(line)), 0)
    return written[first:]


def is_guidance(line: Line) -> bool:
    """Whether a line by its look says how to answer: in italics, or all of it in brackets."""
    return line.italic or bool(_BRACKETED.fullmatch(line.text.strip()))


def read_cell(lines: Sequence[Line], kind: FieldType) -> Read:
    """The same for a cell of a table, of which only the type is known."""
    return read_answer(lines, _field_of(kind))


@cache
def _field_of(kind: FieldType) -> FieldDefinition:
    """A field of which only the type is known."""
    return FieldDefinition(type=kind)


def options(lines: Iterable[Line]) -> list[tuple[str, bool]]:
    """The printed options with their boxes, if there are boxes; the box stands before or behind its words."""
    found: list[tuple[str, bool]] = []
    for line in lines:
        if any(run.tick is not None for run in line.runs):
            found.extend(_options_of(line))
    return found


def _options_of(line: Line) -> Iterator[tuple[str, bool]]:
    pieces: list[str | bool] = []
    for run in line.runs:
        if run.tick is not None:
            pieces.append(run.tick)
        elif pieces and isinstance(pieces[-1], str):
            pieces[-1] += run.shown
        else:
            pieces.append(run.shown)
    pieces = [one for one in pieces if isinstance(one, bool) or one.strip()]
    box_first = isinstance(pieces[0], bool) or not _OPTION.fullmatch(_last_word(str(pieces[0])))
    if box_first:
        for index, piece in enumerate(pieces):
            if isinstance(piece, bool):
                behind = pieces[index + 1] if index + 1 < len(pieces) else ""
                yield tidy(behind if isinstance(behind, str) else ""), piece
        return
    for index, piece in enumerate(pieces):
        if isinstance(piece, bool):
            before = pieces[index - 1] if index else ""
            yield tidy(before if isinstance(before, str) else ""), piece
    if isinstance(pieces[-1], str):
        yield tidy(pieces[-1]), False


def _last_word(text: str) -> str:
    return re.split(r"[:?]|\s{2,}", text.strip())[-1].strip()


def _ticked(ticks: list[tuple[str, bool]], field: FieldDefinition, raw: str) -> Read:
    chosen = [words for words, ticked in ticks if ticked and words]
    if field.type == "list":
        return Read(value=tuple(chosen), raw=raw)
    if not chosen:
        lone = [ticked for words, ticked in ticks if not words]
        return Read(value="yes", raw=raw) if field.type == "yes_no" and lone == [True] else Read()
    if field.type == "yes_no":
        heads = {yes_or_no(words)[0] for words in chosen} - {""}
        if len(heads) != 1:
            return Read(raw=raw, problem="More than one box is ticked, or none that says yes or no.")
        rest = " ".join(yes_or_no(words)[1] for words in chosen)
        unticked = [_after_option(words) for words, ticked in ticks if not ticked]
        return _with_details(heads.pop(), " ".join([rest, *unticked]), raw)
    if len(chosen) > 1 and field.type == "gender":
        return Read(raw=raw, problem="More than one box is ticked.")
    joined = "; ".join(chosen)
    return _typed(joined, field, raw)


def _after_option(words: str) -> str:
    """What was written behind an empty box's own word: `☒ Yes ☐ No Early help since May`."""
    head, rest = yes_or_no(words)
    return rest if head else ""


def _standing(lines: Sequence[Line]) -> Iterator[str]:
    """The words that count: not struck out; where one of several options is in bold or marked, that one."""
    for line in lines:
        runs = [run for run in line.runs if not run.struck and not run.placeholder]
        text = "".join(run.shown for run in runs)
        loud = [run for run in runs if (run.bold or run.marked) and run.shown.strip(" /|,")]
        if loud and _PRINTED_CHOICE.match(text) and len(loud) < len([run for run in runs if run.shown.strip()]):
            text = " / ".join(run.shown.strip(" /|,") for run in loud)
        struck = any(run.struck and run.shown.strip() for run in line.runs)
        yield text.strip(" /|,") if struck else text


def _typed(text: str, field: FieldDefinition, raw: str) -> Read:
    if field.type == "yes_no":
        return _yes_no(text, field, raw)
    special = unknown_or_not_applicable(text)
    if special:
        return Read(value=special, raw=raw)
    if field.type in {"date", "birth_date", "fuzzy_date"}:
        return _date(text, field.type, raw)
    if field.type == "nhs_number":
        number = nhs_number(text)
        digits = re.sub(r"\D", "", text)
        if number:
            return Read(value=number, raw=raw)
        return Read(
            raw=raw, value=digits if len(digits) == 10 else "", sure=False, problem="This is no NHS number: check it."
        )
    if field.type == "gender":
        if re.fullmatch(r"\W*m(ale)?\W+f(emale)?(\W+\w+)?\W*", text, re.I):
            return Read()
        return Read(value=gender(text), raw=raw)
    if field.type == "email":
        return Read(value=find_email(text) or text, raw=raw, sure=bool(find_email(text)))
    if field.type == "list":
        return Read(value=tuple(part for part in map(tidy, re.split(r"[;\n]", text)) if part), raw=raw)
    if field.type == "reference":
        # Behind the reference it may be said who gives it: `BB/26/0019 (to be added by the office)`.
        return Read(value=tidy(_WHO_GIVES_IT.sub("", text)), raw=raw)
    if field.type == "phone":
        return Read(value=phone(text), raw=raw)
    if _PRINTED_CHOICE.match(text) and "/" in text:
        return Read()
    return Read(value=text, raw=raw)


def _yes_no(text: str, field: FieldDefinition, raw: str) -> Read:
    if any(_is_only(phrase, text) for phrase in field.means_no):
        return Read(value="no", raw=raw)
    if _PRINTED_CHOICE.match(text):
        # As printed nobody touched it; else some options were struck out or marked, and more than one is left.
        return Read() if text == raw else Read(raw=raw, problem="More than one answer is left standing.")
    head, rest = yes_or_no(text)
    if not head:
        return Read(raw=raw, details=text, problem="The answer is neither yes nor no.")
    if _PRINTED_CHOICE.match(f"{head} / {rest}") and rest:
        return Read(raw=raw, problem="More than one answer is left standing.")
    if head in {"no", "unknown"} and (
        _AND_YET.search(rest) or (field.means_no and not field.details and len(rest.split()) > 2)
    ):
        return Read(raw=raw, details=text, problem="It says no, and then more than no.")
    return _with_details(head, rest, raw)


def _is_only(phrase: str, text: str) -> bool:
    """Whether the answer says the phrase and nothing that takes it back: `no involvement before March` does."""
    before, found, after = text.lower().partition(phrase)
    more = f"{before} {after}"
    return (
        bool(found) and not _AND_YET.search(more) and not re.search(r"\d", more) and len(more.split()) <= _FEW_WORDS
    )


_AND_YET = re.compile(
    r"\b(but|except|other than|apart from|aside from|since|until|till|before|after|prior|although|though|however|"
    r"only|"
    r"under that|formerly|previously|historic\w*|now|recently|then|later)\b|\?",
    re.I,
)
"""Words after a no that take it back, or say when it was not so."""
_FEW_WORDS = 9
"""Words beside a phrase that says no: `This family is` and `to our service`."""


def _with_details(head: str, rest: str, raw: str) -> Read:
    words = re.sub(
        r"^(if yes|if so|details|please (give|provide) details|please specify|give details|date|when)\b[^:]{0,60}:?",
        "",
        tidy(rest),
        flags=re.I,
    )
    words = tidy(words).strip(" ,;:()-")
    return Read(value=head, raw=raw, details="" if yes_or_no(words)[0] and len(words) < 12 else words)


def _date(text: str, kind: FieldType, raw: str) -> Read:
    birth = kind == "birth_date"
    found = read_date(text, birth) if kind == "fuzzy_date" else find_date(text, birth)
    if found is None and kind == "fuzzy_date" and is_open_end(text):
        return Read(value=text, raw=raw)
    if found is None:
        return Read(raw=raw, problem="This is no date that can be understood.")
    surely = not (kind != "fuzzy_date" and (found.end or len(found.value) < 10))
    return Read(value=found.value, raw=raw, fuzzy=found.fuzzy, end=found.end, sure=surely)
