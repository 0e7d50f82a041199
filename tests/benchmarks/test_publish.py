"""What was measured stands in the docs in the place of what was measured before."""

from __future__ import annotations

import pytest

from benchmarks.publish import MEASUREMENTS, PAGE, between_marks


def test_the_new_print_takes_the_place_of_the_old_and_of_nothing_else() -> None:
    page = "Before.\n<!-- speed -->\nold\n<!-- end of speed -->\nAfter.\n"

    assert between_marks(page, "speed", "  new  \n\n\n\nlines   \n") == (
        "Before.\n<!-- speed -->\n\nnew\n\nlines\n\n<!-- end of speed -->\nAfter.\n"
    )


def test_a_page_without_marks_is_left_alone() -> None:
    with pytest.raises(ValueError, match="no marks for speed"):
        between_marks("Before.\n<!-- end of speed -->\n<!-- speed -->\n", "speed", "new")


@pytest.mark.parametrize("name", MEASUREMENTS)
def test_the_page_has_a_place_for_each_measurement(name: str) -> None:
    assert "kept" in between_marks(PAGE.read_text("utf-8"), name, "kept")
