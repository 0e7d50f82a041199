"""Printed plain text: columns set with spaces, and answers that go on over the page."""

from __future__ import annotations

import pytest

from mailbot.documents.reading import read_document
from mailbot.forms.document import Document, Paragraph

HEAD = "NOTIFICATIONS SERVICE                    Page {} of 2"
RULE = "-" * 60


def read(*lines: str) -> Document:
    return read_document("\r\n".join(lines).encode(), "print.txt")


def body(document: Document) -> list[str]:
    """What stands on the pages, without their heads."""
    blocks = tuple(block for block in document.blocks if not (isinstance(block, Paragraph) and block.aside))
    return list(Document(blocks=blocks).plain())


def heads(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph) and block.aside]


OUTLINE = ("Place         Towpath", "Outline       He was seen on Monday and", "              taken to hospital.")
WHOLE = ["Place | Towpath", "Outline | He was seen on Monday and taken to hospital."]


@pytest.mark.parametrize(
    "between",
    [
        ("", HEAD.format(2), RULE),
        ("", RULE, HEAD.format(2), ""),
        ("", "OFFICIAL-SENSITIVE", HEAD.format(2), RULE),
        ("", "\f" + HEAD.format(2), RULE, ""),
    ],
    ids=["rule below", "rule above", "two lines", "form feed"],
)
def test_an_answer_goes_on_behind_the_head_of_the_next_page(between: tuple[str, ...]) -> None:
    first = [line.lstrip("\f").replace("2 of", "1 of") for line in between]
    document = read(*first, *OUTLINE[:2], *between, OUTLINE[2])

    assert body(document) == WHOLE
    assert heads(document)[-1] == " ".join(HEAD.format(2).split())


def test_an_answer_goes_on_behind_the_foot_of_a_page() -> None:
    document = read(*OUTLINE[:2], "", "- Page 1 of 2 -", "", OUTLINE[2], "", "- Page 2 of 2 -")

    assert body(document) == WHOLE


def test_an_answer_goes_on_behind_a_form_feed_without_a_head() -> None:
    assert body(read(*OUTLINE[:2], "", "\f", OUTLINE[2])) == WHOLE
    assert body(read(*OUTLINE[:2], "\f" + OUTLINE[2])) == WHOLE


def test_the_head_of_a_page_is_kept_apart_with_all_its_words() -> None:
    document = read(
        "Ref SCP/2025/041    Page 1 of 2", "", *OUTLINE, "", "Ref SCP/2025/041    Page 2 of 2", "", "Notes  -"
    )

    assert heads(document) == ["Ref SCP/2025/041 Page 1 of 2", "Ref SCP/2025/041 Page 2 of 2"]


@pytest.mark.parametrize(
    "answers",
    [
        ("Body map      Page 1 of 2",),
        ("Body map      Page 1 of 2", "", "Drawing       Page 2 of 2"),
        ("Body map      Page 2 of 2", "", "Body map      Page 1 of 2"),
        ("Body map page 1 of 2", "", "Body map page 2 of 2"),
        ("Map", "Body map      Page 1 of 2", "Body map      Page 2 of 2", "Notes"),
        ("See the letter,", "", "page 2 of 3", ""),
    ],
    ids=["one", "different words", "not counted up", "no gap", "among other lines", "end of a sentence"],
)
def test_an_answer_that_names_a_page_is_no_head(answers: tuple[str, ...]) -> None:
    document = read("Attached", *answers, "End")

    assert heads(document) == []
    assert [line.replace(" |", "") for line in body(document)] == [
        "Attached",
        *(" ".join(line.split()) for line in answers if line),
        "End",
    ]


def test_a_heading_that_begins_every_page_is_no_part_of_its_head() -> None:
    pages = [line for page in (1, 2) for line in ("", HEAD.format(page), "CHILD", f"Name: Child {page}")]

    assert body(read(*pages)) == ["CHILD", "Name: Child 1", "CHILD", "Name: Child 2"]


def test_a_rule_between_sections_stays() -> None:
    assert body(read("THE INCIDENT", RULE, "", "Place: Towpath")) == ["THE INCIDENT", RULE, "Place: Towpath"]


def test_a_label_that_fills_its_column_goes_on_below_and_has_its_answer_beside() -> None:
    document = read(
        "Location of incident              Towpath",
        "Does this meet the threshold for  Yes",
        "a rapid review?",
        "Is any sibling known to the team  Yes, since May, and",
        "for disabled children?            the plan is attached",
        "Media interest                    No",
    )

    assert body(document) == [
        "Location of incident | Towpath",
        "Does this meet the threshold for a rapid review? | Yes",
        "Is any sibling known to the team for disabled children? | Yes, since May, and the plan is attached",
        "Media interest | No",
    ]


def test_small_letters_below_a_label_that_had_room_are_no_part_of_it() -> None:
    document = read(
        "Location of incident              Towpath", "see the map", "Media interest                    No"
    )

    assert body(document) == ["Location of incident | Towpath", "see the map", "Media interest | No"]


def test_a_label_in_small_letters_is_a_row_of_its_own() -> None:
    document = read("Name of who wrote this  Jo Field", "e-mail                  jo@school.example")

    assert body(document) == ["Name of who wrote this | Jo Field", "e-mail | jo@school.example"]


def test_two_spaces_after_a_full_stop_part_no_sentence() -> None:
    document = read(
        "Place of incident:   Towpath", "He was seen there.   ", "He was not seen well.  Towpath", "No more."
    )

    assert "He was not seen well. Towpath" in body(document)
