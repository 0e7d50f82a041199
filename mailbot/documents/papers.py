"""Word papers from templates/documents/*.docx, filled in: an unknown fact stops the paper, none is lost."""

from __future__ import annotations

import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from docx.opc.exceptions import PackageNotFoundError
from docx.shared import Cm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined, TemplateError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailbot.documents.paper_kinds import FACTS, PAPERS
from mailbot.documents.paper_proof import proved
from mailbot.errors import ConfigProblems

__all__ = ["FACTS", "NOT_GIVEN", "Papers", "Picture"]

NOT_GIVEN = "not given in the referral"


@dataclass(frozen=True)
class Picture:
    """A PNG picture in a paper, so many centimetres wide; `words` say to those who cannot see it what it shows."""

    content: bytes
    words: str
    width: float


class _Shown:
    """A picture in its place, with its words as the alternative text, which docxtpl leaves out."""

    def __init__(self, paper: DocxTemplate, picture: Picture) -> None:
        self._image = InlineImage(paper, BytesIO(picture.content), width=Cm(picture.width))
        self._words = str(_clean(picture.words))

    def __html__(self) -> str:
        """The picture as WordprocessingML; Jinja writes it as it stands."""
        return str(self._image).replace("<wp:docPr ", f"<wp:docPr descr={quoteattr(self._words)} ", 1)


class Papers:
    """The Word templates of an office: its own first, the shipped ones where it has none."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        """`folders` are templates folders: documents/NAME.docx of the first that has it wins."""
        self._folders = tuple(folder / "documents" for folder in folders)

    def fill(
        self, template: str, facts: Mapping[str, object], pictures: Mapping[str, Picture] | None = None
    ) -> bytes:
        """The paper (a name of FACTS, without .docx) with `facts` in it; the same facts give the same bytes.

        `pictures` stand in the place of the facts that have their names.
        Raises ConfigProblems when the template is missing or damaged, or asks for a fact that there is not.
        """
        paper = self._open(template)
        shown = {name: _Shown(paper, picture) for name, picture in (pictures or {}).items()}
        clean = {name: _clean(fact) for name, fact in facts.items()}
        filled = BytesIO()
        with _told_of(template):
            paper.render(clean | shown, jinja_env=_environment(), autoescape=True)
            paper.save(filled)
            DocxTemplate(BytesIO(filled.getvalue())).get_docx()
        return _dateless(filled.getvalue())

    def check(self) -> list[str]:
        """Everything wrong with the templates, each a sentence that names the file; empty when all is well."""
        return [problem for template in PAPERS for problem in self.problems_of(template)] + self._strangers()

    def problems_of(self, template: str) -> list[str]:
        """Everything wrong with the template of one paper, as `check` says it."""
        file = f"templates/documents/{template}.docx"
        try:
            paper = self._open(template)
            with _told_of(template):
                used = paper.get_undeclared_template_variables(jinja_env=_environment())
        except ConfigProblems as problem:
            return list(problem.problems)
        unknown = sorted(used - FACTS[template])
        if unknown:
            return [f"{file}: there is no fact `{name}` for this paper." for name in unknown]
        return [
            f"{file}: {problem}" for problem in proved(PAPERS[template], lambda facts: self.fill(template, facts))
        ]

    def _strangers(self) -> list[str]:
        """Templates that no paper is made of: a file of the office's own under a name that is misspelt."""
        found = {path.stem for folder in self._folders for path in folder.glob("[!~]*.docx")}
        return [
            f"templates/documents/{name}.docx: there is no such paper, so that this file is never used. "
            f"The papers are {', '.join(sorted(PAPERS))}."
            for name in sorted(found - set(PAPERS))
        ]

    def _open(self, template: str) -> DocxTemplate:
        for folder in self._folders:
            file = folder / f"{template}.docx"
            if file.is_file():
                with _told_of(template):
                    paper = DocxTemplate(file)
                    paper.init_docx()
                    return paper
        missing = "there is no such template in the home's templates folder or among the shipped ones"
        raise ConfigProblems([f"templates/documents/{template}.docx: {missing}."])


@contextmanager
def _told_of(template: str) -> Iterator[None]:
    """Whatever goes wrong with an office's template here is told of as the template's: raises ConfigProblems.

    A template is a small program of the office's own, so that it may raise anything. Jinja's own words name facts and
    lines, never a fact's value; of any other error only the kind is told, since its words might hold a name.
    """
    file = f"templates/documents/{template}.docx"
    try:
        yield
    except TemplateError as problem:
        raise ConfigProblems([f"{file}: {problem}."]) from problem
    except (zipfile.BadZipFile, PackageNotFoundError) as problem:
        raise ConfigProblems([f"{file}: it is not a Word file (.docx). Save it again in Word."]) from problem
    except Exception as problem:
        said = "Word would not open what comes of it, or it reckons with something that is no number"
        raise ConfigProblems([f"{file}: {said} ({type(problem).__name__})."]) from problem


class _Environment(ImmutableSandboxedEnvironment):
    """A paper says facts; it multiplies nothing, since a product may be larger than the machine."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        raise TemplateError(f"it uses {operator}, which no template may")


def _environment() -> _Environment:
    environment = _Environment(undefined=StrictUndefined, autoescape=True)
    environment.filters["given"] = lambda fact: fact or NOT_GIVEN
    return environment


def _clean(fact: object) -> object:
    """The facts without the characters that XML 1.0 (section 2.2) cannot hold; line breaks and tabs stay."""
    if isinstance(fact, str):
        lines = fact.replace("\r\n", "\n").replace("\r", "\n")
        return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs", "Cn"))
    if isinstance(fact, Mapping):
        return {key: _clean(value) for key, value in fact.items()}
    if isinstance(fact, list | tuple):
        return [_clean(value) for value in fact]
    return fact


def _dateless(docx: bytes) -> bytes:
    """The same file with no clock time on its parts."""
    settled = BytesIO()
    with zipfile.ZipFile(BytesIO(docx)) as source, zipfile.ZipFile(settled, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name), source.read(name), zipfile.ZIP_DEFLATED)
    return settled.getvalue()
