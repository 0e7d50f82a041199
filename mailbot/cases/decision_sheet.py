"""The attendance and decision sheet as the minute taker filled it in: the facts that it says of the meeting.

The facts are those of `mailbot record`, in the order in which a meeting makes them. Nothing is guessed: where one
answer is not clear (two decisions ticked, a name that nobody knows, a criterion without its reason), nothing of the
sheet is recorded, and whoever sent it is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property

from mailbot.cases.attending import attendees
from mailbot.cases.case import Case
from mailbot.cases.directory import Person
from mailbot.cases.events import OUTCOME_NAMES, Row
from mailbot.cases.finished_file import criterion_in, outcome_in
from mailbot.cases.letters.papers import REPLIES
from mailbot.cases.practice import Practice
from mailbot.cases.values import Value
from mailbot.cases.wording import field_name, say_iso_date, say_list

BY_THE_SHEET = "by the attendance and decision sheet"
PASSAGES = ("learning_shared", "dissent", "lcspr_plan", "family_informed", "parallel_processes")
"""What the minute taker writes for the Rapid Review Template, and `mailbot record` has no fact for."""
_ADDRESS = re.compile(r"[^\s<>()]+@[^\s<>()]+")
_BULLET = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+")
_ENDORSEMENT = "endorsed"
"""How the row of the chair's endorsement begins, among the rows of signatures."""


class SheetFact(Value):
    """One fact as the command would be given it: its name, its values, and why."""

    fact: str
    values: tuple[str, ...]
    why: str = ""

    def __str__(self) -> str:
        """The line of a reply that says the same."""
        return " ".join((self.fact, *self.values)) + (f" because {self.why}" if self.why else "")


class SheetRead(Value):
    """What a sheet says: facts and passages, in sentences what could mean this or that, and what no fact holds."""

    facts: tuple[SheetFact, ...] = ()
    passages: dict[str, str] = {}
    unclear: tuple[str, ...] = ()
    unrecorded: tuple[str, ...] = ()
    quorum: bool | None = None
    """What was ticked as quorate; none where nothing was."""

    @property
    def is_empty(self) -> bool:
        """Whether nobody has written anything in it."""
        return not (self.facts or self.passages or self.unclear or self.unrecorded) and self.quorum is None


def read_sheet(
    fields: Mapping[str, str], tables: Mapping[str, Iterable[Row]], case: Case, practice: Practice
) -> SheetRead:
    """What the sheet's fields and tables (config/forms/decision_sheet.toml) say of the case's meeting."""
    sheet = _Sheet(fields, tables, case, practice)
    facts = (
        *sheet.attendance(),
        *sheet.actions(),
        *sheet.learning(),
        *sheet.criteria(),
        *sheet.outcome(),
        *sheet.endorsement(),
    )
    return SheetRead(
        facts=facts,
        passages={name: fields[name] for name in PASSAGES if fields.get(name)},
        unclear=tuple(sheet.unclear),
        unrecorded=tuple(sheet.unrecorded()),
        quorum={"yes": True, "no": False}.get(fields.get("quorum", "")),
    )


class _Sheet:
    """One sheet, read part by part; what is not clear is noted on the way."""

    def __init__(
        self, fields: Mapping[str, str], tables: Mapping[str, Iterable[Row]], case: Case, practice: Practice
    ) -> None:
        self._fields = fields
        self._tables = tables
        self._case = case
        self._practice = practice
        self.unclear: list[str] = []

    def attendance(self) -> Iterator[SheetFact]:
        """Who was there: everybody ticked, by the address that the directory has for the name."""
        there: list[str] = []
        for row in self._tables.get("attendance", ()):
            name, ticked = row.get("name", ""), row.get("present") == "yes"
            known = self._named(name)
            if ticked and not name:
                self.unclear.append("Attendance: somebody is ticked as present without a name.")
            elif ticked and not known:
                self.unclear.append(
                    f"Attendance: nobody in config/people.toml is called {name}. Write the email address in "
                    "the place of the name."
                )
            elif not ticked and name and not self._is_invited(name):
                self.unclear.append(f"Attendance: {name} is written there, and not ticked as present.")
            elif ticked:
                there.append(known)
        if there:
            why = say_list([BY_THE_SHEET, *self._stand_ins()])
            yield SheetFact(fact="attendance", values=tuple(dict.fromkeys(there)), why=why)

    def _stand_ins(self) -> list[str]:
        rows = self._tables.get("attendance", ())
        return [
            f"{row['name']} for {told}"
            for row in rows
            if row.get("present") == "yes" and row.get("name") and not self._is_invited(row["name"])
            for told in [row.get("stand_in") or row.get("partner", "")]
            if told
        ]

    @cached_property
    def _invited(self) -> tuple[Person, ...]:
        return attendees(self._case, self._practice)

    def _is_invited(self, name: str) -> bool:
        return any(_same(person.name, name) for person in self._invited)

    def _named(self, name: str) -> str:
        """The address of somebody written down by this name, or the address that is written there; else empty."""
        if address := _ADDRESS.search(name):
            return address[0]
        everybody = (*self._invited, *self._practice.directory.people)
        found = dict.fromkeys(person.email for person in everybody if _same(person.name, name))
        return next(iter(found)) if len(found) == 1 else ""

    def actions(self) -> Iterator[SheetFact]:
        """Each immediate action, with its owner and day where they are given."""
        for number, row in enumerate(self._tables.get("actions", ()), 1):
            text, owner, due = (" ".join(row.get(name, "").split()) for name in ("action", "owner", "due"))
            if not text:
                self.unclear.append(f"Immediate action {number}: an owner or a day stands there without an action.")
            elif due and not _is_day(due):
                self.unclear.append(f"Immediate action {number}: “{due}” is no day that could be read.")
            else:
                marks = (f"owner={owner}" if owner else "", f"due={due}" if due else "")
                yield SheetFact(fact="action", values=(text, *(mark for mark in marks if mark)))

    def learning(self) -> Iterator[SheetFact]:
        """Each line of what has been learned."""
        for line in self._fields.get("immediate_learning", "").splitlines():
            if text := " ".join(_BULLET.sub("", line).split()):
                yield SheetFact(fact="learning-point", values=(text,))

    def criteria(self) -> Iterator[SheetFact]:
        """Each criterion that was ticked as met or not met, with the reason."""
        known = self._practice.procedure_of(self._case).criterion
        for row in self._tables.get("criteria", ()):
            found = criterion_in(row.get("criterion", ""), known)
            ticked = [name for name in ("met", "not_met") if row.get(name) == "yes"]
            reason = " ".join(row.get("reason", "").split())
            if not ticked and not reason:
                continue
            what = f"Criterion “{row.get('criterion', '')}”"
            if found is None:
                self.unclear.append(f"{what} is none of this procedure's.")
            elif len(ticked) != 1:
                self.unclear.append(f"{what}: {'both' if ticked else 'neither'} of Met and Not met ticked.")
            elif not reason:
                self.unclear.append(f"{what}: the Panel is told why it is met or not, and no reason is given.")
            else:
                yield SheetFact(fact="criterion", values=(found.id, ticked[0].replace("_", "-")), why=reason)

    def outcome(self) -> Iterator[SheetFact]:
        """The one decision that is ticked, with its reason."""
        ticked = [one for one in self._fields.get("outcomes", "").split("; ") if one]
        reason = " ".join(self._fields.get("decision_reason", "").split())
        found = outcome_in(ticked[0]) if len(ticked) == 1 else None
        if len(ticked) > 1:
            self.unclear.append(f"Decision: {len(ticked)} decisions are ticked: {say_list(ticked)}. Which one is it?")
        elif ticked and found is None:
            self.unclear.append(f"Decision: “{ticked[0]}” is none of the four decisions.")
        elif found and not reason:
            self.unclear.append("Decision: the Panel is told the reason, and none is given.")
        elif reason and not found:
            self.unclear.append("Decision: a reason is given, and no decision is ticked.")
        elif found:
            yield SheetFact(fact="outcome", values=(found,), why=reason)

    def endorsement(self) -> Iterator[SheetFact]:
        """The day of the independent chair's endorsement, which stands among the signatures."""
        for row in self._tables.get("sign_off", ()):
            day, who = row.get("date", ""), row.get("name", "")
            if not row.get("partner", "").casefold().startswith(_ENDORSEMENT) or not day:
                continue
            if _is_day(day):
                yield SheetFact(fact="endorsed", values=(day,), why=f"endorsed by {who}" if who else BY_THE_SHEET)
            else:
                self.unclear.append(f"Endorsement: “{day}” is no day that could be read.")

    def unrecorded(self) -> Iterator[str]:
        """What is written there and stays in the sheet: who chaired it, remarks beside names, who is to sign."""
        for row in self._tables.get("attendance", ()):
            remark = row.get("stand_in", "")
            if remark and remark not in REPLIES.values() and self._is_invited(row.get("name", "")):
                yield (
                    f"“{remark}”, beside {row['name']}: whoever attended in somebody's place stands in a row of "
                    "their own below"
                )
        for name in ("chaired_by", "minutes_by", "times"):
            if self._fields.get(name):
                yield f"{field_name(name)}: {self._fields[name]}"
        rows = self._tables.get("sign_off", ())
        signing = [row for row in rows if not row.get("partner", "").casefold().startswith(_ENDORSEMENT)]
        if names := [row["name"] for row in signing if row.get("name")]:
            yield f"that {say_list(names)} will sign off: each is asked by email, and their own word is recorded"


def known_already(fact: SheetFact, case: Case) -> bool:
    """Whether the record says this very thing: recorded again it would stand there twice, or be signed anew."""
    match fact.fact, fact.values:
        case "attendance", there:
            return {a.casefold() for a in there} == {p.email.casefold() for p in case.attendance}
        case "action", (text, *_):
            return any(_same(text, action.text) for action in case.actions)
        case "learning-point", (text,):
            return any(_same(text, point) for point in case.learning_points)
        case "criterion", (name, found):
            before = case.criteria.get(name)
            return before is not None and (before.met, before.reason) == (found == "met", fact.why)
        case "outcome", (outcome,):
            return (case.outcome, case.outcome_reason) == (outcome, fact.why)
        case "endorsed", (day,):
            return case.endorsed_on is not None and case.endorsed_on.isoformat() == day
        case _:
            return False


def otherwise(fact: SheetFact, case: Case) -> str:
    """What the record said until now where the sheet says something else; empty where it said nothing."""
    match fact.fact, fact.values:
        case "attendance", _ if case.attendance:
            return f"Until now the record said that {say_list([p.name for p in case.attendance])} attended."
        case "criterion", (name, _) if name in case.criteria:
            before = case.criteria[name]
            return f"Until now the record said {'met' if before.met else 'not met'}, because {before.reason}"
        case "outcome", _ if case.outcome:
            return (
                f"Until now the record said that the meeting decided {OUTCOME_NAMES[case.outcome]}. Whoever has "
                "signed or endorsed that is asked anew."
            )
        case "endorsed", _ if case.endorsed_on:
            return f"Until now the record said {say_iso_date(case.endorsed_on.isoformat())}."
        case _:
            return ""


def still_open(case: Case, practice: Practice) -> tuple[str, ...]:
    """What the meeting has to say and the record does not know yet, by name."""
    procedure = practice.procedure_of(case)
    unweighed = [c.text for c in procedure.criterion if c.id not in case.criteria]
    unowned = [n for n, action in enumerate(case.actions, 1) if not (action.owner and action.due)]
    return tuple(
        what
        for what, is_open in (
            ("who attended", not case.attendance),
            *((f"the criterion “{text}”", True) for text in unweighed),
            ("the decision, with its reason", case.outcome is None),
            *((f"owner and day of action {number}", True) for number in unowned),
            ("the endorsement by the independent chair", procedure.chair_endorses and case.endorsed_on is None),
        )
        if is_open
    )


def names_of(passages: Iterable[str]) -> str:
    """Passages of the Rapid Review Template in one list, as people call them."""
    return say_list([field_name(name) for name in passages])


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _is_day(text: str) -> bool:
    try:
        return len(text) == len("2026-06-10") and date.fromisoformat(text) is not None
    except ValueError:
        return False
