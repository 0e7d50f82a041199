"""What was read from one file: its kind, the answers with their places, the tables, and what is wrong with it."""

from __future__ import annotations

from typing import Literal

from mailbot.cases.values import Value

Kind = Literal["referral", "scoping_return", "chronology", "notification", "rapid_review", "decision_sheet", "other"]
Row = dict[str, str]


class Answer(Value):
    """One answer. `value` is in the normal form of docs/vocabulary.md, `raw` as it was written."""

    value: str | tuple[str, ...]
    raw: str = ""
    place: str = ""
    sure: bool = True

    @property
    def text(self) -> str:
        """The value as one line of text."""
        return self.value if isinstance(self.value, str) else "; ".join(self.value)


class Problem(Value):
    """Something a person should know about the file. `problem` is a short fixed word, `message` a sentence.

    `label` is the label as printed, of an `unknown_label`: what the office may teach.
    """

    problem: str
    field: str | None = None
    message: str
    label: str = ""


class Form(Value):
    """One file, read. Blank (asked, not answered), `unknown` and `not_applicable` are three different answers."""

    name: str = ""
    kind: Kind
    because: tuple[str, ...] = ()
    fields: dict[str, Answer] = {}
    blank: tuple[str, ...] = ()
    tables: dict[str, tuple[Row, ...]] = {}
    problems: tuple[Problem, ...] = ()
    parts: tuple[Form, ...] = ()

    def get(self, field: str) -> str:
        """The field's value as text; empty where it was not answered."""
        answer = self.fields.get(field)
        return answer.text if answer else ""

    def has_problem(self, problem: str) -> bool:
        """Whether the file was found to have this problem (`encrypted`, `unreadable`, `too_large` ...)."""
        return any(p.problem == problem for p in self.problems)
