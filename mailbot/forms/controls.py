"""The form fields of a fillable PDF as questions: by tool tip or name, the boxes of one question together."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from mailbot.cases.values import Value
from mailbot.forms.document import Control, Line, Run

Target = Callable[..., str]


class Question(Value):
    """One question of the form. `name` is empty where no field is known for it."""

    name: str
    label: str
    answer: Line
    place: str


@dataclass
class _Boxes:
    label: str
    place: str
    runs: list[Run] = field(default_factory=list)


def questions_of(controls: list[Control], names: Collection[str], target: Target) -> Iterator[Question]:
    """Every form field, in order; tick boxes after the others, one question for each group of them."""
    boxes: dict[str, _Boxes] = {}
    for one in controls:
        texts = [text for text in (one.tip, _words(one.name)) if text.strip()]
        if one.kind == "tick":
            name, label, option = _question_and_option(texts, target)
            group = boxes.setdefault(name, _Boxes(label, one.place))
            group.runs.extend((Run(tick=one.ticked), Run(text=f" {option}\n")))
            continue
        answer = Line(runs=(Run(text=one.value, field=""),))
        yield Question(
            name=_name(one, texts, names, target), label=texts[0] if texts else "", answer=answer, place=one.place
        )
    for name, group in boxes.items():
        if name:
            yield Question(name=name, label=group.label, answer=Line(runs=tuple(group.runs)), place=group.place)


def _name(control: Control, texts: list[str], names: Collection[str], target: Target) -> str:
    if control.name in names:
        return control.name
    exact = next((found for text in texts if (found := target(text))), "")
    return exact or next((found for text in texts if (found := target(text, near=True))), "")


def _question_and_option(texts: list[str], target: Target) -> tuple[str, str, str]:
    """`Child protection plan? Yes`: the question is the longest beginning that is a label, the rest its option."""
    for text in texts:
        words = text.split()
        for count in range(len(words), 0, -1):
            label = " ".join(words[:count])
            name = target(label)
            if name and name != "-":
                return name, label, " ".join(words[count:])
    return "", "", ""


def _words(name: str) -> str:
    """A form field's name as words: `CPPlan_Notknown` is `CP Plan Not known`."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[_.\-\[\]]+", " ", name)
    return re.sub(r"\bNotknown\b", "Not known", " ".join(spaced.split()))
