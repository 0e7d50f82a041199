"""The office's own labels in config/labels.toml: one more is written in, and all that stood there stays.

[referral]
child_name = [
    "Young person's known name",  # Helen Marsh, 2026-06-01
]
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from mailbot.errors import ConfigProblems, UsageProblem
from mailbot.forms.definitions import Definition, Definitions

HEAD = """\
# Labels that this office taught mailbot, beside those that it ships with. Each section is a kind of form, each line a
# field and the labels that ask for it. `mailbot teach FORM "label" FIELD` writes here; so may you.
"""
LONGEST = 200
"""Characters of the longest label that is taken."""


def labels_file(home: Path) -> Path:
    """Where a home keeps its own labels."""
    return home / "config" / "labels.toml"


def teach(home: Path, definitions: Definitions, form: str, label: str, field: str, note: str) -> str:
    """Add a label to the home's own; gives it as it was written. `note` says who taught it, and when.

    Raises UsageProblem for a form or field that does not exist, a label that is known already or would take other
    questions' answers, or a file that is damaged or cannot be added to safely: then it is as it was.
    """
    label = " ".join(label.split())
    _check(definitions, form, label, field)
    path = labels_file(home)
    try:
        before = path.read_text("utf-8") if path.exists() else HEAD
    except (OSError, UnicodeDecodeError):
        raise _damaged("the file cannot be read as text") from None
    after = with_label(before, form, field, label, " ".join(note.split()))
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, after)
    return label


def with_label(text: str, form: str, field: str, label: str, note: str) -> str:
    """The file's text with one more label. Raises UsageProblem where it is damaged, or cannot be added to.

    The line is put where it belongs, and what came of it is read again: nothing else may have changed.
    """
    try:
        wanted = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _damaged(str(error)) from None
    if wrong := _not_labels(wanted):
        raise _damaged(f"{wrong} must be a list of labels")
    wanted.setdefault(form, {}).setdefault(field, []).append(label)
    line = f"    {_quoted(label)},  # {note}\n"
    entry = f"{_key(field)} = [\n{line}]\n"
    for candidate in (_in_field(text, form, field, line), _in_section(text, form, entry), _at_end(text, form, entry)):
        if candidate is not None and _says(candidate, wanted):
            return candidate
    raise UsageProblem(
        f"config/labels.toml is written in a way that cannot be added to. Write it in by hand: [{form}] "
        f"{_key(field)} = [{_quoted(label)}]"
    )


def _damaged(why: str) -> UsageProblem:
    return UsageProblem(
        f"config/labels.toml is damaged: {why}. Nothing was taught and the file is as it was. Put it right by hand "
        "(`mailbot check` says when it is), and teach the label again."
    )


def _not_labels(table: dict[str, Any]) -> str:
    """The first key of the file that holds anything but lists of labels, or a section's key that is no section."""
    for form, fields in table.items():
        if not isinstance(fields, dict):
            return form
        for field, labels in fields.items():
            if not isinstance(labels, list):
                return f"[{form}] {field}"
    return ""


def _check(definitions: Definitions, form: str, label: str, field: str) -> None:
    kinds = {definition.kind: definition for definition in definitions.forms if definition.kind != "other"}
    if form not in kinds:
        raise UsageProblem(f"There is no form {form}. {_near(form, list(kinds))}")
    definition = next(d for kind, d in kinds.items() if kind == form)
    if field.partition(":")[0] not in definition.fields:
        raise UsageProblem(f"A {form} has no field {field}. {_near(field, list(definition.fields))}")
    if not label.isprintable() or len(label) > LONGEST:
        raise UsageProblem(f"The label is not one line of at most {LONGEST} characters.")
    try:
        taught = definitions.with_labels({form: {field: [label]}})
    except ConfigProblems as problem:
        raise UsageProblem(f"Nothing was taught: {problem}.") from None
    if _of(taught, form) == definition:
        raise UsageProblem(f"“{label}” is known already as {field}: there is nothing to teach.")


def _of(definitions: Definitions, form: str) -> Definition:
    return next(definition for definition in definitions.forms if definition.kind == form)


def _near(word: str, known: list[str]) -> str:
    near = get_close_matches(word, known, n=4, cutoff=0.5)
    return f"Did you mean {', '.join(near)}?" if near else f"There are {', '.join(sorted(known))}."


def _in_field(text: str, form: str, field: str, line: str) -> str | None:
    """The label as the first of a list that is there."""
    start, end = _section(text, form)
    found = re.compile(rf"^\s*{re.escape(_key(field))}\s*=\s*\[[ \t]*(\r?\n)?", re.MULTILINE).search(text, start, end)
    if found is None:
        return None
    place, own_line = found.end(), bool(found.group(1))
    return text[:place] + (line if own_line else f"\n{line}    ") + text[place:]


def _in_section(text: str, form: str, entry: str) -> str | None:
    """A new field, below the last line of its section."""
    start, end = _section(text, form)
    if start == end == -1:
        return None
    body = text[start:end].rstrip()
    return text[:start] + body + "\n" + entry + text[start + len(body) :].removeprefix("\n")


def _at_end(text: str, form: str, entry: str) -> str:
    return f"{text.rstrip()}\n\n[{form}]\n{entry}"


def _section(text: str, form: str) -> tuple[int, int]:
    """Where the section's head begins and where the next section begins; -1 and -1 where there is none."""
    head = re.compile(rf"^[ \t]*\[[ \t]*{re.escape(form)}[ \t]*\]", re.MULTILINE).search(text)
    if head is None:
        return -1, -1
    following = re.compile(r"^[ \t]*\[[^\[\]\n]*\][ \t]*(#.*)?$", re.MULTILINE).search(text, head.end())
    return head.start(), following.start() if following else len(text)


def _says(text: str, wanted: dict[str, Any]) -> bool:
    """Whether the text holds these labels and nothing else. Their order means nothing."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return _sorted(found) == _sorted(wanted)


def _sorted(table: dict[str, Any]) -> dict[str, Any]:
    return {form: {f: sorted(map(str, labels)) for f, labels in fields.items()} for form, fields in table.items()}


def _key(field: str) -> str:
    return field if re.fullmatch(r"[A-Za-z0-9_-]+", field) else _quoted(field)


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are a part of TOML's."""
    return json.dumps(text, ensure_ascii=False)


def _write(path: Path, text: str) -> None:
    """Whole or not at all: a worker may read the file at any moment."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".labels-")
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.chmod(path.stat().st_mode if path.exists() else 0o644)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
