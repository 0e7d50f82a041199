"""The Rapid Review Template given back: what people wrote in it, and what it says otherwise than the record.

What only people can write, and the table of immediate actions, is taken into the record as the file has it. What the
record holds by a named person's word (the decision, who attended, who signed, a criterion, the endorsement) is not
changed by a file: where the record is still silent on a criterion or the endorsement, the file's answer is recorded;
where it says otherwise, the person who sent the file is shown both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from mailbot.cases.case import Case
from mailbot.cases.events import (
    OUTCOME_NAMES,
    AnyEvent,
    CriterionConsidered,
    Endorsed,
    Outcome,
    Row,
    TemplateWritten,
)
from mailbot.cases.practice import Practice
from mailbot.cases.procedure import ReviewCriterion
from mailbot.cases.pseudonyms import Pseudonyms
from mailbot.cases.values import Value
from mailbot.cases.wording import field_name, say_day, say_list

PASSAGES = (
    *(
        "facts_of_incident",
        "analysis",
        "child_voice",
        "context_inequalities",
        "immediate_learning",
        "learning_shared",
    ),
    *(
        "improvement_potential",
        "criteria_rationale",
        "decision_reason",
        "dissent",
        "lcspr_plan",
        "family_informed",
        "parallel_processes",
        "media_interest",
    ),
)
"""What people write at length, and a file may therefore change in the record."""
FACTS = ("decision", "endorsed_on")
"""What the record holds by a person's word, and a file may only agree or disagree with."""
TABLES = ("immediate_actions", "criteria", "attendance", "sign_off")
OPTIONAL = ("dissent", "lcspr_plan", "media_interest")
"""Passages for which many cases have nothing to say."""
_DECISIONS: tuple[tuple[str, Outcome], ...] = (
    ("national", "national_review"),
    ("alternative", "alternative_learning"),
    ("local", "local_review"),
    ("no further", "none"),
    ("none", "none"),
)
_WORDS = re.compile(r"[\W_]+")


class TemplateRead(Value):
    """A Rapid Review Template as it was read: its answers and tables, and what is wrong with it.

    `lost` are fields and tables of ours that the file no longer has; `prompts` the headings under which a prompt of
    ours is left; `remarks` what is in it for colleagues only: tracked changes, comments.
    """

    answers: dict[str, str] = {}
    tables: dict[str, tuple[Row, ...]] = {}
    lost: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def empty(self) -> tuple[str, ...]:
        """What only people can write, and stands nowhere in the file; `key_events` for a file without a timeline."""
        passages = tuple(name for name in PASSAGES if not self.answers.get(name))
        return passages if self.tables.get("key_events") else (*passages, "key_events")


class Taken(Value):
    """What a file that was given back brings: the events that record it, and what to tell whoever gave it."""

    events: tuple[AnyEvent, ...]
    told: tuple[str, ...]


def take_back(
    case: Case,
    sha256: str,
    read: TemplateRead,
    draft: TemplateRead,
    practice: Practice,
    now: datetime,
    by: str,
    mail: int | None = None,
) -> Taken:
    """What the file changes in the record; `draft` is the file whose place it takes, as it was read.

    Words that the draft had already are nobody's answer: only what was changed since is taken.
    """
    passages = {name: read.answers.get(name, "") for name in PASSAGES if name not in read.lost}
    answers = {name: text for name, text in passages.items() if text != draft.answers.get(name, "")}
    actions = read.tables.get("immediate_actions", ())
    changed = actions != draft.tables.get("immediate_actions", ()) and "immediate_actions" not in read.lost
    tables = {"immediate_actions": actions} if changed else {}
    filled, differs = _against_the_record(case, read, draft, practice, now, by, mail)
    written = TemplateWritten(
        at=now,
        by=by,
        because="the Rapid Review Template was given back",
        mail=mail,
        sha256=sha256,
        answers=answers,
        tables=tables,
        differs=tuple(differs),
        unreadable=read.lost,
    )
    return Taken(events=(written, *filled), told=tuple(_told(case, read, [*answers, *tables], filled, differs)))


def _told(
    case: Case, read: TemplateRead, taken: Sequence[str], filled: Sequence[AnyEvent], differs: Sequence[str]
) -> Iterator[str]:
    """What was read, what is still empty, what differs, and what else to know, in sentences."""
    if taken:
        yield f"Read into the record: {say_list([field_name(name) for name in taken])}."
    else:
        yield "Nothing in it is new to the record: no passage was changed since the draft, as far as can be read."
    if filled:
        yield f"Recorded from it besides: {say_list(list(dict.fromkeys(_names(filled))))}."
    still = [field_name(name) for name in read.empty if name not in (*OPTIONAL, *read.lost)]
    if still:
        yield f"Still empty: {say_list(still)}."
    if differs:
        yield "The file differs from the record, which stays as it is:"
        yield from differs
    if read.lost:
        yield (
            f"These parts of our template were not found in the file, and are not read: "
            f"{say_list([field_name(name) for name in read.lost])}. The file goes to the Panel as it is."
        )
    if read.remarks:
        yield f"In the file are still {say_list(list(read.remarks))}: the Panel would see them. Please take them out."
    if named := _in_full(case, read):
        yield f"Somebody of the family seems to be named in full under: {say_list(named)}. Initials are usual."


def _names(events: Sequence[AnyEvent]) -> Iterator[str]:
    for event in events:
        yield "the day of the endorsement" if isinstance(event, Endorsed) else "criteria and their reasons"


def _in_full(case: Case, read: TemplateRead) -> list[str]:
    hide = Pseudonyms(case)
    return [field_name(name) for name, text in read.answers.items() if name in PASSAGES and hide(text) != text]


def _against_the_record(
    case: Case, read: TemplateRead, draft: TemplateRead, practice: Practice, now: datetime, by: str, mail: int | None
) -> tuple[tuple[AnyEvent, ...], list[str]]:
    """What the record has not said yet and the file does, as events; and what the two say differently."""
    events: list[AnyEvent] = []
    differs = [*_decision(case, read), *_attendance(case, read), *_signatures(case, read)]
    for event_or_difference in (
        *_criteria(case, read, draft, practice, now, by, mail),
        *_endorsement(case, read, practice, now, by, mail),
    ):
        if isinstance(event_or_difference, str):
            differs.append(event_or_difference)
        else:
            events.append(event_or_difference)
    return tuple(events), differs


def outcome_in(text: str) -> Outcome | None:
    """The outcome that the words of the template's decision mean; none where they are none of the four."""
    folded = f" {_folded(text)} "
    return next((outcome for words, outcome in _DECISIONS if f" {words} " in folded), None)


def _decision(case: Case, read: TemplateRead) -> Iterator[str]:
    text = read.answers.get("decision", "")
    if not text or case.outcome is None:
        return
    if (found := outcome_in(text)) != case.outcome:
        command = f'mailbot record {case.ref} outcome {found or "OUTCOME"} --why "REASON" --as YOU'
        yield (
            f"Decision: the file has “{text}”; by the record the partners decided {OUTCOME_NAMES[case.outcome]}. "
            f"If the file is right: {command}, and the partners sign anew."
        )


def _attendance(case: Case, read: TemplateRead) -> Iterator[str]:
    rows = read.tables.get("attendance")
    if not rows:
        return
    there = {_folded(p.name): p.name for p in case.attendance}
    named = {_folded(row.get("name", "")): row.get("name", "") for row in rows if row.get("name")}
    more = [name for folded, name in named.items() if folded not in there]
    fewer = [name for folded, name in there.items() if folded not in named]
    both = [
        f"{who} {say_list(names)}"
        for who, names in (("only the file names", more), ("it leaves out", fewer))
        if names
    ]
    if both:
        yield (
            f"Who took part: {', and '.join(both)}. If the record is wrong: mailbot record {case.ref} attendance "
            "EMAIL... --as YOU."
        )


def _signatures(case: Case, read: TemplateRead) -> Iterator[str]:
    signed = {_folded(p.name) for p in case.signed_off}
    names = [
        row["name"]
        for row in read.tables.get("sign_off", ())
        if row.get("name") and row.get("date") and "[" not in row["name"]
    ]
    if more := [name for name in names if _folded(name) not in signed]:
        yield (
            f"Sign-off: the file says that {say_list(more)} signed; the record has no signature of theirs. "
            f"If they did: mailbot record {case.ref} signed-off EMAIL... --as YOU."
        )


def _criteria(
    case: Case, read: TemplateRead, draft: TemplateRead, practice: Practice, now: datetime, by: str, mail: int | None
) -> Iterator[AnyEvent | str]:
    before = {_folded(row.get("criterion", "")): row for row in draft.tables.get("criteria", ())}
    for row in read.tables.get("criteria", ()):
        known = criterion_in(row.get("criterion", ""), practice.procedure_of(case).criterion)
        met, reason = _yes_or_no(row.get("met", "")), row.get("reason", "")
        if known is None or met is None or row == before.get(_folded(row.get("criterion", ""))):
            continue
        recorded = case.criteria.get(known.id)
        if recorded is not None and recorded.met != met:
            found, other = ("met", "not met") if met else ("not met", "met")
            yield (
                f"Criterion “{known.text}”: the file says {found}, the record {other}. If the file is right: mailbot "
                f'record {case.ref} criterion {known.id} {found.replace(" ", "-")} --why "REASON" --as YOU.'
            )
        elif reason and (recorded is None or recorded.reason != reason):
            yield CriterionConsidered(at=now, by=by, because=reason, mail=mail, criterion=known.id, met=met)


def criterion_in(text: str, criteria: Sequence[ReviewCriterion]) -> ReviewCriterion | None:
    """The procedure's criterion that the row is about: its own words, or the beginning of them."""
    folded = _folded(text)
    same = [
        c for c in criteria if folded and (_folded(c.text).startswith(folded) or folded.startswith(_folded(c.text)))
    ]
    return same[0] if len(same) == 1 else None


def _yes_or_no(text: str) -> bool | None:
    folded = _folded(text)
    if folded.startswith(("not met", "no")):
        return False
    return True if folded.startswith(("met", "yes")) else None


def _endorsement(
    case: Case, read: TemplateRead, practice: Practice, now: datetime, by: str, mail: int | None
) -> Iterator[AnyEvent | str]:
    text = read.answers.get("endorsed_on", "")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return
    if day == case.endorsed_on:
        return
    calendar = practice.calendar
    decided = calendar.day_of(case.decided_at) if case.decided_at else day
    if case.endorsed_on is None and decided <= day <= calendar.day_of(now):
        yield Endorsed(at=now, by=by, because="written in the Rapid Review Template", mail=mail, on=day)
        return
    said = f"says {say_day(case.endorsed_on)}" if case.endorsed_on else "has none, and that day cannot be"
    yield (
        f"Endorsement: the file has {say_day(day)}, the record {said}. If the file is right: mailbot record "
        f"{case.ref} endorsed {day.isoformat()} --as YOU."
    )


def _folded(text: str) -> str:
    return _WORDS.sub(" ", text.casefold()).strip()
