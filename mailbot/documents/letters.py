"""Letters from templates/letters/KIND.md: subject, plain text and HTML, from facts that can never become markup."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from markupsafe import Markup

from mailbot.cases.case import LetterKind
from mailbot.cases.values import Value
from mailbot.errors import ConfigProblems

COMMON = frozenset({"ref", "initials", "today", "agency_name", "partnership"})
FACTS: dict[LetterKind, frozenset[str]] = {
    "acknowledgement": frozenset({"what", "received"}),
    "scoping": frozenset(
        "outline referred_by received due due_short return_days meeting asked because nil_line".split()
    ),
    "reminder": frozenset("due due_short sent_on outstanding".split()),
    "chase": frozenset("due due_short sent_on outstanding due_today days_late".split()),
    "escalation": frozenset("due sent_on outstanding days_late spoc chased_on".split()),
    "thanks": frozenset({"received", "nil"}),
    "reask": frozenset({"received", "missing"}),
    "invitation": frozenset({"meeting", "venue", "contents"}),
    "pack": frozenset({"meeting", "contents", "absent"}),
    "submission": frozenset(
        "la_name sin_ref notified received meeting outline decision reason partners quorate endorsed late".split()
    ),
    "outcome": frozenset("meeting decision to_referrer national".split()),
    "approval_request": frozenset("title items go_by expires code warnings sample unauthenticated".split()),
    "question": frozenset({"title", "paragraphs", "commands"}),
    "warning": frozenset({"title", "paragraphs"}),
}
"""What each kind of letter may say, beside the facts common to all. Dates are ready-made text."""


class Rendered(Value):
    """A letter as it will be posted. `subject` is one line; `text` and `html` say the same."""

    subject: str
    text: str
    html: str


class Letters:
    """The letters of an office: its own templates first, the shipped ones where it has none."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        """`folders` hold KIND.md files and frame.html; the first folder that has a file wins."""
        self._folders = folders

    def render(self, kind: str, facts: Mapping[str, object]) -> Rendered:
        """The letter of this kind with these facts. Raises ConfigProblems when template and facts do not fit."""
        raise NotImplementedError

    def check(self) -> list[str]:
        """Everything wrong with the templates, each a sentence that names the file; empty when all is well."""
        raise NotImplementedError
