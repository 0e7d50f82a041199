"""What the submission lacks and no form says, by a person's word: of the child, the family, a missing return."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from mailbot.cases.case import Case
from mailbot.cases.decisions import Decision
from mailbot.cases.events import ChildDescribed, FamilyMemberNamed, LetterKind, ReturnExplained
from mailbot.cases.practice import Practice
from mailbot.cases.recording.said import Reader, Said, day_of, marked, one, only
from mailbot.cases.rounds import no_longer_needed
from mailbot.cases.wording import count, field_name, say_list
from mailbot.errors import NotAllowedNow, UsageProblem

Told = Literal["gender", "ethnicity", "disability", "dob"]
OF_THE_CHILD: dict[str, Told] = {"sex": "gender", "ethnicity": "ethnicity", "disability": "disability", "born": "dob"}
"""The word for it in the recorded fact, and the child's fact that it is."""


def _child(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    """`child [NUMBER] [sex=...] [ethnicity=...] [disability=...] [born=DATE]`.

    What contradicts the record needs a reason.
    """
    text, marks = marked(said, *OF_THE_CHILD)
    children = case.children or (case.child,)
    number = int(text) if text.isascii() and text.isdecimal() else 1
    if (text and not text.isdecimal()) or not 1 <= number <= len(children):
        raise UsageProblem(
            f"{text} is not the number of a child: {case.ref} has {count(len(children), 'child', 'children')}."
        )
    if not marks:
        raise UsageProblem(
            f"child needs what is said of the child: one or more of {say_list([f'{m}=' for m in OF_THE_CHILD])}."
        )
    facts = {
        OF_THE_CHILD[mark]: _day(value, practice, now) if mark == "born" else value for mark, value in marks.items()
    }
    known = children[number - 1]
    other = [field_name(f"child_{name}") for name, value in facts.items() if getattr(known, name) not in ("", value)]
    if other and not said.why:
        raise UsageProblem(f"The record says otherwise already: {say_list(other)}. Say with --why which is right.")
    because = said.why or "told to the office"
    return one(ChildDescribed(at=said.at, by=said.by, because=because, number=number, facts=facts))


def _family(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    """`family NAME relationship=WORD [born=DATE]`: one more of the child's parents, carers, siblings or household."""
    name, marks = marked(said, "relationship", "born")
    if not name or "relationship" not in marks:
        raise UsageProblem("family needs a name and what they are to the child: family NAME relationship=Mother.")
    member = {"name": name, "relationship": marks["relationship"]}
    if "born" in marks:
        member["date_of_birth"] = _day(marks["born"], practice, now)
    return one(FamilyMemberNamed(at=said.at, by=said.by, because=said.why or "told to the office", member=member))


def _day(text: str, practice: Practice, now: datetime) -> str:
    day: date = day_of([text])
    if day > practice.calendar.day_of(now):
        raise UsageProblem(f"{text} is still to come, and no day of birth.")
    return day.isoformat()


def _no_return(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    """`no-return AGENCY`, with the reason that the Panel reads: nobody waits for it any more."""
    agency = only(said, "an agency")
    if agency not in case.requests:
        raise UsageProblem(f"{agency} was not asked in {case.ref}. Asked were: {', '.join(case.requests)}.")
    request = case.requests[agency]
    if request.completeness is not None:
        raise NotAllowedNow(f"{request.name} has answered: its return is in the record.")
    if not said.why:
        raise UsageProblem("The Panel is told why an agency made no return: give it with --why.")
    explained = ReturnExplained(at=said.at, by=said.by, because=said.why, agency=agency)
    kinds: tuple[LetterKind, ...] = ("reminder", "chase", "escalation")
    stop = no_longer_needed(case, agency, kinds, now, said.why, f"no-return-{case.version}")
    return one(explained).and_then(stop)


FACTS: dict[str, Reader] = {"child": _child, "family": _family, "no-return": _no_return}
