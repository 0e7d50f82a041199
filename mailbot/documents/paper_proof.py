"""Proof of a Word template before it is needed: what it asks for in vain, has lost, or spoils, each in a sentence."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Collection, Iterator
from io import BytesIO

from lxml import etree
from pydantic import JsonValue

from mailbot.documents.paper_kinds import Kind, example
from mailbot.errors import ConfigProblems

UGLY = 'Smith & Jones <GP> "O\'Dowd" {{ ref }}'
"""What names and answers are like; a template that lets any of it be taken for markup loses words."""
UNPRINTABLE = "\x00\x0b\x1b"
"""Characters that no Word file can hold (XML 1.0 section 2.2) and that come with text copied from elsewhere."""
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
AGAIN = "or delete the file, so that the shipped template is used"


def proved(kind: Kind, fill: Callable[[dict[str, JsonValue]], bytes]) -> list[str]:
    """What is wrong with a template that `fill` fills in; empty when all is well. The sentences name no file.

    It is filled in as a whole, with every yes or no both ways and once with nothing given at all, since an office may
    have put anything under a condition.
    """
    try:
        trials = [fill(_marked(kind, flag)) for flag in (True, False)]
        fill({name: example(shape, "", rows=0) for name, shape in kind.facts.items()})
    except ConfigProblems as problem:
        return [f"it cannot be filled in: {_cause(problem)}"]
    text = "".join(map(_words, trials))
    paths = [path for name, shape in kind.facts.items() for path in _paths(name, shape)]
    asked = {tag for trial in trials for tag in _tags(trial)}
    return [
        *(
            f"it spoils `{path}`: & < > or quotes in it do not come through. Write it as {{{{ {path} }}}}, {AGAIN}."
            for path in _spoilt(kind, fill, [path for path in paths if _mark(path) in text])
        ),
        *(
            f"it no longer says `{path}`, which this paper is for. Write {{{{ {path} }}}} where it belongs, {AGAIN}."
            for path in paths
            if path in kind.must_say and _mark(path) not in text
        ),
        *(
            f"it has lost the box to write in with the tag `{tag}`, so that the answer would not be read. Put a "
            f"content control with this tag there (Developer, Properties), {AGAIN}."
            for tag in sorted(kind.must_ask - asked)
        ),
    ]


def _cause(problem: ConfigProblems) -> str:
    """What is wrong, without the name of the file, which the sentence has already."""
    return "; ".join(told.partition(".docx: ")[2] or told for told in problem.problems)


def _spoilt(kind: Kind, fill: Callable[[dict[str, JsonValue]], bytes], said: list[str]) -> list[str]:
    """Those of the facts that the template says whose words are taken for markup.

    One fact that becomes markup breaks the others around it, so each is then tried alone.
    """
    if _survive(kind, fill, said):
        return []
    return [path for path in said if not _survive(kind, fill, [path])] or said


def _survive(kind: Kind, fill: Callable[[dict[str, JsonValue]], bytes], ugly: list[str]) -> bool:
    """Whether these facts come through whole, each as ugly as names and answers are, the others plain."""
    try:
        text = "".join(_words(fill(_marked(kind, flag, ugly))) for flag in (True, False))
    except ConfigProblems:
        return False
    return all(UGLY + _mark(path) in text for path in ugly)


def _marked(kind: Kind, flag: bool, ugly: Collection[str] = ()) -> dict[str, JsonValue]:
    """Facts in which every text says which one it is, those of `ugly` after words that could be taken for markup."""
    return {name: _mark_all(name, shape, flag, ugly) for name, shape in kind.facts.items()}


def _mark_all(path: str, shape: JsonValue, flag: bool, ugly: Collection[str]) -> JsonValue:
    match shape:
        case bool():
            return flag
        case dict():
            return {name: _mark_all(f"{path}.{name}", part, flag, ugly) for name, part in shape.items()}
        case list():
            return [_mark_all(path, part, flag, ugly) for part in shape]
        case _:
            return (UGLY + UNPRINTABLE if path in ugly else "") + _mark(path)


def _paths(path: str, shape: JsonValue) -> Iterator[str]:
    match shape:
        case bool():
            return
        case dict():
            for name, part in shape.items():
                yield from _paths(f"{path}.{name}", part)
        case list():
            for part in shape:
                yield from _paths(path, part)
        case _:
            yield path


def _mark(path: str) -> str:
    return f" #{path}#"


def _parts(paper: bytes) -> Iterator[etree._Element]:
    """The body, headers and footers."""
    with zipfile.ZipFile(BytesIO(paper)) as archive:
        for name in archive.namelist():
            if name.startswith(("word/document", "word/header", "word/footer")) and name.endswith(".xml"):
                yield etree.fromstring(archive.read(name))


def _words(paper: bytes) -> str:
    return "".join(text for part in _parts(paper) for element in part.iter(W + "t") if (text := element.text))


def _tags(paper: bytes) -> Iterator[str]:
    for part in _parts(paper):
        for tag in part.iter(W + "tag"):
            yield tag.get(W + "val", "")
