"""Word papers from templates/documents/*.docx, filled in: an unknown fact stops the paper, none is lost."""

from __future__ import annotations

import unicodedata
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import quoteattr

from docx.shared import Cm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml.etree import XMLSyntaxError

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
        try:
            paper = self._open(template)
            shown = {name: _Shown(paper, picture) for name, picture in (pictures or {}).items()}
            clean = {name: _clean(fact) for name, fact in facts.items()}
            paper.render(clean | shown, jinja_env=_environment(), autoescape=True)
        except (TemplateError, ValueError, KeyError, TypeError, zipfile.BadZipFile, XMLSyntaxError) as problem:
            raise ConfigProblems([f"templates/documents/{template}.docx: {problem}."]) from problem
        filled = BytesIO()
        paper.save(filled)
        DocxTemplate(BytesIO(filled.getvalue())).get_docx()
        return _dateless(filled.getvalue())

    def check(self) -> list[str]:
        """Everything wrong with the templates, each a sentence that names the file; empty when all is well."""
        return [problem for template in PAPERS for problem in self._problems(template)] + self._strangers()

    def _problems(self, template: str) -> list[str]:
        file = f"templates/documents/{template}.docx"
        try:
            used = self._open(template).get_undeclared_template_variables(jinja_env=_environment())
        except (TemplateError, ValueError, KeyError, zipfile.BadZipFile, XMLSyntaxError) as problem:
            return [f"{file}: {problem}."]
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
                paper = DocxTemplate(file)
                paper.init_docx()
                return paper
        raise ValueError("there is no such template in the home's templates folder or among the shipped ones")


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
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
