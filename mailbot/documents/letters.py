"""Letters from templates/letters/KIND.md: subject, plain text and HTML, from facts that can never become markup."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from mailbot.cases.events import LetterKind
from mailbot.cases.values import Value
from mailbot.documents.markup import as_code, as_quotation, as_words, one_line, to_html, to_text
from mailbot.errors import ConfigProblems

COMMON = frozenset({"ref", "initials", "today", "agency_name", "partnership"})
FACTS: dict[LetterKind, frozenset[str]] = {
    "acknowledgement": frozenset({"what", "received"}),
    "scoping": frozenset(
        [
            "outline",
            "referred_by",
            "received",
            "due",
            "due_short",
            "return_days",
            "meeting",
            "asked",
            "because",
        ]
    ),
    "reminder": frozenset(["due", "due_short", "sent_on", "outstanding"]),
    "chase": frozenset(["due", "due_short", "sent_on", "outstanding", "due_today", "days_late"]),
    "escalation": frozenset(["due", "sent_on", "outstanding", "days_late", "spoc", "chased_on", "in_part", "met"]),
    "thanks": frozenset({"received", "nil"}),
    "reask": frozenset({"received", "missing", "choices", "unclear"}),
    "extension": frozenset({"granted", "due", "due_short", "why"}),
    "la_enquiry": frozenset(
        [
            "wants",
            "referred_by",
            "received",
            "definition",
            "attached",
            "answer_days",
            "form_days",
            "due",
            "due_short",
            "late",
            "again",
            "higher",
            "asked",
            "asked_on",
        ]
    ),
    "partner_enquiry": frozenset({"topic", "threshold", "learning", "sign_off", "due", "again"}),
    "notice": frozenset(
        {"news", "referred_by", "received", "la_name", "reason", "meeting", "venue", "challenges", "due"}
    ),
    "threshold_decision": frozenset({"accepted", "received", "la_name", "reason"}),
    "invitation": frozenset({"meeting", "venue", "how", "extraordinary", "moved", "cancelled", "contents"}),
    "pack": frozenset({"meeting", "contents", "absent", "version", "changes"}),
    "submission": frozenset(
        [
            "la_name",
            "sin_ref",
            "notified",
            "received",
            "meeting",
            "outline",
            "decision",
            "reason",
            "partners",
            "quorate",
            "endorsed",
            "criteria",
            "signed",
            "late",
        ]
    ),
    "outcome": frozenset(["meeting", "decision", "to_referrer", "national", "answered", "learning"]),
    "panel_decision": frozenset(["answer", "asked_for", "to_referrer", "answered"]),
    "learning_decision": frozenset({"learning"}),
    "subgroup_request": frozenset({"learning"}),
    "case_news": frozenset({"news", "area", "answered", "due", "to_referrer"}),
    "approval_request": frozenset(
        ["title", "items", "go_by", "expires", "code", "command", "grace", "warnings", "sample", "unauthenticated"]
    ),
    "question": frozenset({"title", "paragraphs", "commands", "replies"}),
    "warning": frozenset({"title", "paragraphs", "commands", "replies"}),
    "digest": frozenset({"title", "sections", "commands"}),
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
        """`folders` are templates folders: letters/KIND.md and letters/frame.html of the first that has it win."""
        self._folders = tuple(folder / "letters" for folder in folders)
        self._loader = FileSystemLoader([str(folder) for folder in self._folders])
        self._subjects = _environment(finalize=one_line)
        self._bodies = _environment(finalize=as_words, loader=self._loader)
        self._bodies.filters.update(code=as_code, quote=as_quotation)
        self._frames = _environment(autoescape=True, loader=self._loader)

    def render(self, kind: str, facts: Mapping[str, object]) -> Rendered:
        """The letter of this kind with these facts. Raises ConfigProblems when template and facts do not fit."""
        try:
            first, rest = self._split(kind)
            subject = one_line(self._subjects.from_string(first).render(facts))
            body = self._bodies.from_string(rest).render(facts)
            frame = self._frames.get_template("frame.html")
            html = frame.render(facts, subject=subject, body=Markup(to_html(body)))  # noqa: S704 (facts are escaped)
        except TemplateError as problem:
            raise ConfigProblems([_sentence(kind, problem)]) from problem
        except (ArithmeticError, LookupError, TypeError, ValueError) as problem:
            # Of these only the kind is told: their words might hold a name.
            said = f"it reckons with something that is no number ({type(problem).__name__})"
            raise ConfigProblems([f"templates/letters/{kind}.md: {said}."]) from problem
        return Rendered(subject=subject, text=to_text(body) + "\n", html=html)

    def check(self) -> list[str]:
        """Everything wrong with the templates, each a sentence that names the file; empty when all is well."""
        return [problem for kind in FACTS for problem in self._problems(kind)] + self._strangers()

    def _split(self, kind: str) -> tuple[str, str]:
        """The subject and the body of a template."""
        source, _, _ = self._loader.get_source(self._bodies, f"{kind}.md")
        first, _, rest = source.partition("\n")
        if not first.startswith("Subject: ") or not rest.startswith("\n"):
            raise TemplateError("the first line must be `Subject: ...` and the second one empty")
        return first.removeprefix("Subject: "), rest.lstrip("\n")

    def _problems(self, kind: LetterKind) -> list[str]:
        try:
            first, rest = self._split(kind)
            unknown = (self._names(first) | self._names(rest)) - COMMON - FACTS[kind]
        except TemplateError as problem:
            return [_sentence(kind, problem)]
        return [
            f"templates/letters/{kind}.md: there is no fact `{name}` for this letter." for name in sorted(unknown)
        ]

    def _names(self, source: str) -> set[str]:
        """Every fact that a template, or one that it includes, asks for."""
        tree = self._bodies.parse(source)
        included = [name for name in meta.find_referenced_templates(tree) if name]
        return meta.find_undeclared_variables(tree).union(
            *(self._names(self._loader.get_source(self._bodies, name)[0]) for name in included)
        )

    def _strangers(self) -> list[str]:
        found = {path.stem for folder in self._folders for path in folder.glob("[!_]*.md")}
        return [
            f"templates/letters/{name}.md: there is no such kind of letter." for name in sorted(found - set(FACTS))
        ]


def _environment(
    finalize: Callable[[object], str] | None = None, autoescape: bool = False, loader: FileSystemLoader | None = None
) -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=autoescape,
        finalize=finalize,
        loader=loader,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _sentence(kind: str, problem: TemplateError) -> str:
    """What is wrong with a template. Jinja's own words name facts and lines, never a fact's value."""
    missing = f"there is no file {problem.name}" if isinstance(problem, TemplateNotFound) else problem.message
    return f"templates/letters/{kind}.md: {missing}."
