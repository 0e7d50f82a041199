"""What became of a damaged file's answers is called by its right name."""

from __future__ import annotations

import pytest

from benchmarks.damage import KILLED, Fate, fate_of, flips, truncations
from mailbot.forms.form import Answer, Form, Problem

WHOLE = Form(
    name="form.docx",
    kind="referral",
    fields={"child_name": Answer(value="Idris Marwood"), "child_dob": Answer(value="2021-11-22")},
    tables={"parents_carers": ({"name": "Ruth Marwood"},)},
)
DAMAGED = Problem(problem="unreadable", message="The file is damaged.")


def left(*problems: Problem, **fields: str) -> Form:
    answers = {name: Answer(value=value) for name, value in fields.items()}
    return WHOLE.model_copy(update={"fields": answers, "problems": problems})


@pytest.mark.parametrize(
    ("form", "fate"),
    [
        (WHOLE, Fate.AS_BEFORE),
        (WHOLE.model_copy(update={"problems": (DAMAGED,)}), Fate.AS_BEFORE),
        (Form(kind="other", problems=(DAMAGED,)), Fate.REFUSED),
        (Form(kind="other"), Fate.IN_PART_SILENT),
        (left(DAMAGED, child_name="Idris Marwood"), Fate.IN_PART_TOLD),
        (left(child_name="Idris Marwood"), Fate.IN_PART_SILENT),
        (left(child_name="Idris", child_dob="2021-11-22"), Fate.IN_PART_SILENT),
        (left(child_name="Ruth Marwood"), Fate.CHANGED_SILENT),
        (left(DAMAGED, child_name="Ruth Marwood"), Fate.CHANGED_TOLD),
        (left(gp="Coppice Surgery"), Fate.CHANGED_SILENT),
        (WHOLE.model_copy(update={"tables": {"parents_carers": ({"name": "Idris Marwood"},)}}), Fate.CHANGED_SILENT),
        (WHOLE.model_copy(update={"kind": "notification"}), Fate.CHANGED_SILENT),
    ],
)
def test_each_fate_has_its_name(form: Form, fate: Fate) -> None:
    assert fate_of(WHOLE, form).fate is fate


def test_a_file_that_broke_its_reader_was_killed() -> None:
    broken = Problem(problem="unreadable", message=f"{KILLED} it took longer than 20 seconds. Look at it by hand.")

    assert fate_of(WHOLE, Form(kind="other", problems=(broken,))).fate is Fate.KILLED


def test_an_answer_that_changed_is_named() -> None:
    assert fate_of(WHOLE, left(child_name="Ruth Marwood")).names == ("child_name",)


def test_a_problem_that_the_whole_file_has_too_tells_nothing() -> None:
    whole = WHOLE.model_copy(update={"problems": (DAMAGED,)})

    assert fate_of(whole, left(DAMAGED, child_name="Idris Marwood")).fate is Fate.IN_PART_SILENT


def test_a_file_is_cut_at_every_place_once_and_is_never_whole_or_empty() -> None:
    cut = list(truncations(bytes(1010), 100))

    assert [len(one) for one in cut] == list(range(10, 1010, 10))


def test_the_same_seed_flips_the_same_bytes() -> None:
    content = bytes(range(256))

    assert list(flips(content, 3, "a")) == list(flips(content, 3, "a"))
    assert list(flips(content, 3, "a")) != list(flips(content, 3, "b"))
    assert all(one != content and len(one) == len(content) for one in flips(content, 20, "a"))
