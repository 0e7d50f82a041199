"""The Rapid Review Template given back: what people wrote in it, and what it says otherwise than the record.

What only people can write, and the table of immediate actions, is taken into the record as the file has it. What the
record holds by a named person's word (the decision, who attended, who signed, a criterion, the endorsement) is not
changed by a file: where the record is still silent on a criterion or the endorsement, the file's answer is recorded;
where it says otherwise, the person who sent the file is shown both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from mailbot.cases.case import Case
from mailbot.cases.events import AnyEvent, CriterionConsidered, Endorsed, FileSays, Row, TemplateWritten
from mailbot.cases.finished_file import (
    FACTS,
    Difference,
    criterion_in,
    day_in,
    differences,
    folded,
    is_met,
    named_under,
)
from mailbot.cases.practice import Practice
from mailbot.cases.procedure import Procedure
from mailbot.cases.stages import apply
from mailbot.cases.values import Value
from mailbot.cases.wording import field_name, say_list

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
COMPARED = ("attendance", "criteria", "sign_off")
"""Tables of which the record holds each row by a person's word."""
OPTIONAL = ("dissent", "lcspr_plan", "media_interest")
"""Passages for which many cases have nothing to say."""

NEED_WORDS = (
    *("facts_of_incident", "analysis", "child_voice", "context_inequalities"),
    *("criteria_rationale", "decision_reason", "lcspr_plan"),
)
"""Passages in which a word that puts the answer off, or off hand denies it, answers nothing."""


class TemplateRead(Value):
    """A Rapid Review Template as it was read: its answers and tables, and what is wrong with it.

    `lost` are fields and tables of ours that the file no longer has; `prompts` the headings under which a prompt of
    ours is left; `remarks` what it holds besides its text: tracked changes, comments, macros, links. `facts` are the
    answers beside a printed label, `filled` what has words under it, `texts` all words, each with its heading.
    """

    answers: dict[str, str] = {}
    tables: dict[str, tuple[Row, ...]] = {}
    lost: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    facts: dict[str, str] = {}
    filled: tuple[str, ...] = ()
    texts: tuple[tuple[str, str], ...] = ()

    @property
    def says(self) -> FileSays:
        """What it says where the record speaks, too."""
        return FileSays(
            answers={name: self.answers[name] for name in FACTS if name in self.answers},
            tables={
                name: self.tables[name] for name in ("attendance", "criteria", "sign_off") if name in self.tables
            },
            facts=self.facts,
            filled=self.filled,
        )

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
    filled = tuple(_recorded(case, read, draft, practice, now, by, mail))
    after = case
    for event in filled:
        after = apply(after, event)
    differs = [_in_words(one) for one in differences(after, read.says, practice, now)]
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
    return Taken(
        events=(written, *filled), told=tuple(_told(case, read, [*answers, *tables], filled, differs, practice))
    )


def unsaid(read: TemplateRead, procedure: Procedure) -> tuple[str, ...]:
    """The passages that need words and have only one of the procedure's `no_answer`: tbc, n/a, to follow."""
    none = {folded(one) for one in procedure.no_answer}
    return tuple(name for name in NEED_WORDS if read.answers.get(name) and folded(read.answers[name]) in none)


def _told(
    case: Case,
    read: TemplateRead,
    taken: Sequence[str],
    filled: Sequence[AnyEvent],
    differs: Sequence[str],
    practice: Practice,
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
    if named := named_under(case, read.texts, practice):
        yield f"Somebody of the family seems to be named in full under: {say_list(list(named))}. Initials are usual."


def _names(events: Sequence[AnyEvent]) -> Iterator[str]:
    for event in events:
        yield "the day of the endorsement" if isinstance(event, Endorsed) else "criteria and their reasons"


def _recorded(
    case: Case, read: TemplateRead, draft: TemplateRead, practice: Practice, now: datetime, by: str, mail: int | None
) -> Iterator[AnyEvent]:
    """What the record has not said yet and the file does: criteria with their reasons, the day of the endorsement."""
    before = {folded(row.get("criterion", "")): row for row in draft.tables.get("criteria", ())}
    for row in read.tables.get("criteria", ()):
        known = criterion_in(row.get("criterion", ""), practice.procedure_of(case).criterion)
        met, reason = is_met(row), row.get("reason", "")
        if known is None or met is None or row == before.get(folded(row.get("criterion", ""))):
            continue
        recorded = case.criteria.get(known.id)
        contradicts = recorded is not None and recorded.met != met
        if reason and not contradicts and (recorded is None or recorded.reason != reason):
            yield CriterionConsidered(at=now, by=by, because=reason, mail=mail, criterion=known.id, met=met)
    day, calendar = day_in(read.answers.get("endorsed_on", "")), practice.calendar
    if day is not None and case.endorsed_on is None:
        decided = calendar.day_of(case.decided_at) if case.decided_at else day
        if decided <= day <= calendar.day_of(now):
            yield Endorsed(at=now, by=by, because="written in the Rapid Review Template", mail=mail, on=day)


def _in_words(difference: Difference) -> str:
    return f"{difference.what} If the file is right: {difference.command}."
