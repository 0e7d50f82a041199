"""What a person is told of a mail's files: what was not read, or not for certain; no file's name, no value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from mailbot.cases.wording import field_name, say_list
from mailbot.forms.form import Form, Problem
from mailbot.forms.live import every

CLOSED = frozenset({"encrypted", "secure_message", "unreadable", "too_large", "not_supported"})
"""Problems of a file of which nothing, or not all, could be read."""
ENDINGS = frozenset(
    (
        *("7z", "bmp", "csv", "dat", "doc", "docm", "docx", "dot", "dotm", "dotx", "eml", "gif", "heic", "heif"),
        *("htm", "html", "jpeg", "jpg", "mht", "msg", "odp", "ods", "odt", "p7m", "pages", "pdf", "png", "ppt"),
        *("pptx", "pub", "rar", "rpmsg", "rtf", "tif", "tiff", "txt", "webp", "wps", "xls", "xlsb", "xlsm", "xlsx"),
        *("xml", "zip"),
    )
)
"""What a file may be called by. Any other ending may be a name: `Re. Robin`."""


def called(form: Form) -> str:
    """A file in a reason that people are sent: by its ending, for its name may be a child's."""
    ending = form.name.rpartition(".")[2].casefold() if "." in form.name else ""
    return f"A .{ending} file" if ending in ENDINGS else "A file"


def problems_of(form: Form) -> tuple[str, ...]:
    """Sentences about files that could not be read, in a file and its parts."""
    return tuple(f"{called(one)}: {p.message}" for one in every(form) for p in one.problems if p.problem in CLOSED)


def doubts_of(forms: Iterable[Form]) -> tuple[str, ...]:
    """A sentence for everything that was wrong with these files, what was read unsurely first; each once.

    A locked file is left out: its password is asked for in a letter of its own.
    """
    files = [one for form in forms for one in every(form)]
    unsure = [_unsure(one) for one in files if _unsure_questions(one)]
    wrong = [f"{called(one)}: {_said(p)}" for one in files for p in one.problems if p.problem != "encrypted"]
    times = Counter([*unsure, *wrong])
    return tuple(sentence if often == 1 else f"{sentence} ({often} times)" for sentence, often in times.items())


def unsure_nil(form: Form) -> bool:
    """Whether a return seems to say that its agency was not involved, but was not read for certain there."""
    answer = form.fields.get("had_involvement")
    return form.kind == "scoping_return" and answer is not None and answer.text == "no" and not answer.sure


def _unsure(form: Form) -> str:
    what = form.kind.replace("_", " ")
    return f"{called(form)}, a {what}: not for certain was read {say_list(_unsure_questions(form))}."


def _unsure_questions(form: Form) -> list[str]:
    """What was read unsurely, as people call it; a date as it was written stands beside its date."""
    names = (n for n, answer in form.fields.items() if not answer.sure)
    return list(dict.fromkeys(field_name(n.removesuffix("_raw") if n.endswith("_raw") else n) for n in names))


def _said(problem: Problem) -> str:
    """The problem's own sentence, unless a child's name could stand in it: a sheet's own name, a label with one."""
    if problem.problem == "hidden_sheet":
        return "A hidden sheet was not read. See the original."
    if problem.problem == "unknown_label":
        return f"“{problem.label}” has an answer, and no field is known for it. See the original."
    if problem.field:
        return f"What is written for {field_name(problem.field)} was not understood. See the original."
    return problem.message
