"""The picture of the stages is the table of the stages."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from mailbot.cases.case import Stage
from mailbot.cases.drawing import PARTS, STEP_NAMES, diagram, stages_page
from mailbot.cases.stages import AFTER_THE_END, ANY_TIME, AS_BEFORE, MOVES
from mailbot.cases.wording import STAGE_NAMES

PAGE = Path(__file__).parents[2] / "docs" / "stages.md"


def test_the_page_in_the_docs_is_the_table_of_the_code() -> None:
    assert PAGE.read_text("utf-8") == stages_page(), "run `make diagram`"


def test_every_step_has_words_and_no_words_are_left_over() -> None:
    assert set(STEP_NAMES) == {step for _, step in MOVES} | ANY_TIME | AFTER_THE_END


def test_every_stage_has_a_name_and_one_place_in_the_picture() -> None:
    assert set(STAGE_NAMES) == set(get_args(Stage))
    placed = [stage for stages in PARTS.values() for stage in stages]
    assert sorted([*placed, "new", "suspended"]) == sorted(get_args(Stage))


def test_every_move_to_another_stage_is_an_arrow() -> None:
    drawn = diagram()
    for (stage, step), to in MOVES.items():
        if to != stage:
            target = "before" if to == AS_BEFORE else to
            arrows = [line for line in drawn.splitlines() if line.endswith(f"| {target}")]
            came = {line.split()[0] for line in arrows if STEP_NAMES[step] in line}
            assert came & {stage, "any_open"}, (stage, step)
