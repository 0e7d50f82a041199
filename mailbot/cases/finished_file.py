"""The finished Rapid Review Template beside the record: what the file says otherwise, and what it has no more."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from mailbot.cases.case import Case
from mailbot.cases.events import OUTCOME_NAMES, FileSays, Outcome, Row
from mailbot.cases.practice import Practice
from mailbot.cases.procedure import ReviewCriterion
from mailbot.cases.rapid_review import rapid_review_facts
from mailbot.cases.rapid_review.identifiers import CHILD_LINES
from mailbot.cases.values import Value
from mailbot.cases.wording import say_day, say_list

OF_THE_CHILD = {"gender": "sex", "ethnicity": "ethnicity", "disability": "disability", "dob": "born"}
"""What the Panel asks of every child, and the word for it in the recorded fact."""
FACTS = ("decision", "endorsed_on")
"""What the record holds by a person's word, and a file may only agree or disagree with."""
_DECISIONS: tuple[tuple[str, Outcome], ...] = (
    ("national", "national_review"),
    ("alternative", "alternative_learning"),
    ("local", "local_review"),
    ("no further", "none"),
    ("none", "none"),
)
_WORDS = re.compile(r"[\W_]+")


class Difference(Value):
    """What the file says otherwise than the record, as a sentence, and how to record it where the file is right."""

    what: str
    command: str


def differences(case: Case, says: FileSays, practice: Practice, now: datetime) -> Iterator[Difference]:
    """Everything that the file says otherwise than the record as it stands."""
    yield from _decision(case, says, practice)
    yield from _attendance(case, says)
    yield from _signatures(case, says)
    yield from _criteria(case, says, practice)
    yield from _endorsement(case, says)
    yield from _child(case, says, practice, now)


def not_shown(case: Case) -> list[str]:
    """Those who signed by the record, and whose signature the file that goes does not show."""
    if "sign_off" not in case.submission_says.tables:
        return []
    shown = {folded(row.get("name", "")) for row in case.submission_says.tables["sign_off"]}
    return [person.name for person in case.signed_off if folded(person.name) not in shown]


def still_there(before: FileSays, now: FileSays) -> FileSays:
    """What the file says; `filled` and `gone` are of the draft: what people added and took out again is no loss."""
    there = {folded(one) for one in now.filled}
    drafted = tuple(dict.fromkeys((*before.filled, *before.gone)))
    return now.model_copy(
        update={
            "filled": tuple(one for one in drafted if folded(one) in there),
            "gone": tuple(one for one in drafted if folded(one) not in there),
        }
    )


def lost(says: FileSays) -> list[str]:
    """What the file has no more; of a section that is gone as a whole only its name."""
    return [one for one in says.gone if one.partition(": ")[0] == one or one.partition(": ")[0] not in says.gone]


def named_under(case: Case, texts: Sequence[tuple[str, str]], practice: Practice) -> tuple[str, ...]:
    """The headings under which somebody of the family is named; professionals and agencies are named freely."""
    hide = practice.pseudonyms(case)
    free = {p.name for p in practice.directory.people} | {p.name for p in (*case.attendance, *case.signed_off)}
    free |= {a.name for a in practice.directory.agencies} | {r.name for r in case.requests.values()}
    longest_first = sorted((name for name in free if name), key=len, reverse=True)
    public = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def names(text: str) -> bool:
        left = public.sub("…", text)
        return hide(left) != left

    return tuple(dict.fromkeys(hide(heading) for heading, text in texts if names(text)))


def outcome_in(text: str) -> Outcome | None:
    """The outcome that the words of the template's decision mean; none where they are none of the four."""
    words_of = f" {folded(text)} "
    return next((outcome for words, outcome in _DECISIONS if f" {words} " in words_of), None)


def criterion_in(text: str, criteria: Sequence[ReviewCriterion]) -> ReviewCriterion | None:
    """The procedure's criterion that the row is about: its own words, or the beginning of them."""
    words = folded(text)
    same = [c for c in criteria if words and (folded(c.text).startswith(words) or words.startswith(folded(c.text)))]
    return same[0] if len(same) == 1 else None


def is_met(row: Row) -> bool | None:
    """Whether the row says that its criterion is met; none where it says neither."""
    words = folded(row.get("met", ""))
    if words.startswith(("not met", "no")):
        return False
    return True if words.startswith(("met", "yes")) else None


def folded(text: str) -> str:
    """The words alone, by which two writings of one text are the same."""
    return _WORDS.sub(" ", text.casefold()).strip()


def _decision(case: Case, says: FileSays, practice: Practice) -> Iterator[Difference]:
    text = practice.pseudonyms(case)(says.answers.get("decision", ""))
    if not text or case.outcome is None:
        return
    if (found := outcome_in(text)) != case.outcome:
        decided, command = OUTCOME_NAMES[case.outcome], f"mailbot record {case.ref} outcome {found or 'OUTCOME'}"
        yield Difference(
            what=f"Decision: the file has “{text}”; by the record the partners decided {decided}.",
            command=f'{command} --why "REASON" --as YOU, and the partners sign anew',
        )


def _attendance(case: Case, says: FileSays) -> Iterator[Difference]:
    rows = says.tables.get("attendance")
    if not rows:
        return
    there = {folded(p.name): p.name for p in case.attendance}
    named = {folded(row.get("name", "")): row.get("name", "") for row in rows if row.get("name")}
    more = [name for words, name in named.items() if words not in there]
    fewer = [name for words, name in there.items() if words not in named]
    both = [
        f"{who} {say_list(names)}"
        for who, names in (("only the file names", more), ("it leaves out", fewer))
        if names
    ]
    if both:
        yield Difference(
            what=f"Who took part: {', and '.join(both)}.",
            command=f"mailbot record {case.ref} attendance EMAIL... --as YOU",
        )


def _signatures(case: Case, says: FileSays) -> Iterator[Difference]:
    signed = {folded(p.name) for p in case.signed_off}
    names = [
        row["name"]
        for row in says.tables.get("sign_off", ())
        if row.get("name") and row.get("date") and "[" not in row["name"]
    ]
    if more := [name for name in names if folded(name) not in signed]:
        yield Difference(
            what=f"Sign-off: the file says that {say_list(more)} signed; the record has no signature of theirs.",
            command=f"mailbot record {case.ref} signed-off EMAIL... --as YOU",
        )


def _criteria(case: Case, says: FileSays, practice: Practice) -> Iterator[Difference]:
    for row in says.tables.get("criteria", ()):
        known = criterion_in(row.get("criterion", ""), practice.procedure_of(case).criterion)
        met, recorded = is_met(row), case.criteria.get(known.id) if known else None
        if known is None or met is None or recorded is None or recorded.met == met:
            continue
        found, other = ("met", "not met") if met else ("not met", "met")
        yield Difference(
            what=f"Criterion “{known.text}”: the file says {found}, the record {other}.",
            command=f'mailbot record {case.ref} criterion {known.id} {found.replace(" ", "-")} --why "REASON" '
            "--as YOU",
        )


def _endorsement(case: Case, says: FileSays) -> Iterator[Difference]:
    day = day_in(says.answers.get("endorsed_on", ""))
    if day is None or day == case.endorsed_on:
        return
    said = (
        f"says {say_day(case.endorsed_on)}"
        if case.endorsed_on
        else "has none, and that day cannot be taken from a file"
    )
    yield Difference(
        what=f"Endorsement: the file has {say_day(day)}, the record {said}.",
        command=f"mailbot record {case.ref} endorsed {day.isoformat()} --as YOU",
    )


def day_in(text: str) -> date | None:
    """The day that an answer of the type date says; none where it says none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _child(case: Case, says: FileSays, practice: Practice, now: datetime) -> Iterator[Difference]:
    child = rapid_review_facts(case, practice, now)["child"] if says.facts else None
    if not isinstance(child, dict):
        return
    hide = practice.pseudonyms(case)
    told = {folded(label): hide(text) for label, text in says.facts.items()}
    for name, label in CHILD_LINES.items():
        theirs, ours = told.get(folded(label), ""), str(child.get(name) or "")
        if theirs and ours and folded(theirs) != folded(ours):
            new = "YYYY-MM-DD" if name == "dob" else f'"{theirs}"'
            yield Difference(
                what=f"{label}: the file has “{theirs}”, the record “{ours}”.",
                command=f"mailbot record {case.ref} child {OF_THE_CHILD[name]}={new} --as YOU",
            )
