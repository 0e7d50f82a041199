"""Row 8 of the layouts: which of several printed options was chosen."""

from __future__ import annotations

import pytest

from tests.documents.word_files import cell, control, legacy_field, paragraph, run, table
from tests.layouts.forms import REFERRAL, read_word, told, values

STRUCK, BOLD, MARKED = "<w:strike/>", "<w:b/>", '<w:highlight w:val="yellow"/>'
NEW_BOX = '<w14:checkbox><w14:checked w14:val="{}"/></w14:checkbox>'
BOXES = {
    "w14:checkbox": (control(run("☒"), NEW_BOX.format(1)), control(run("☐"), NEW_BOX.format(0))),
    "w14:checkbox whose glyph lies": (control(run("☐"), NEW_BOX.format(1)), control(run("☒"), NEW_BOX.format(0))),
    "legacy check box": (
        legacy_field("<w:checkBox><w:checked/></w:checkBox>"),
        legacy_field('<w:checkBox><w:default w:val="0"/></w:checkBox>'),
    ),
    "legacy check box, ticked by default and cleared": (
        legacy_field('<w:checkBox><w:default w:val="1"/></w:checkBox>'),
        legacy_field('<w:checkBox><w:default w:val="1"/><w:checked w:val="0"/></w:checkBox>'),
    ),
    "☒": (run("☒"), run("☐")),
    "☑": (run("☑"), run("☐")),
    "✓": (run("✓"), run("☐")),
    "✔": (run("✔"), run("□")),
    "[x]": (run("[x]"), run("[ ]")),
    "[X]": (run("[X]"), run("[  ]")),
    "Wingdings FE": (
        '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>',
        '<w:r><w:sym w:font="Wingdings" w:char="F0A8"/></w:r>',
    ),
    "Wingdings FC": (
        '<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>',
        '<w:r><w:sym w:font="Wingdings" w:char="F06F"/></w:r>',
    ),
    "Wingdings as a font": (
        run("\uf0fe", '<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>'),
        run("\uf0a8", '<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>'),
    ),
}


def asked(*answer: str) -> str:
    """A referral that asks whether there is media interest, between two other questions."""
    return REFERRAL + table(
        ["Referrer", "Jo Field"],
        ["Is there media interest?", cell(paragraph(*answer))],
        ["School", "Harbour Infants"],
    )


OTHERS = {"referrer_name": "Jo Field", "school_or_setting": "Harbour Infants"}


@pytest.mark.parametrize("box", BOXES)
@pytest.mark.parametrize("chosen", ["yes", "no", ""])
def test_layout_08_the_ticked_box_is_the_answer(box: str, chosen: str) -> None:
    """Row 8: boxes of every kind, before their words; the state counts, not the glyph; ☒ means ticked."""
    on, off = BOXES[box]
    yes, no = (on if chosen == option else off for option in ("yes", "no"))
    form = read_word(asked(yes, run(" Yes  "), no, run(" No")))

    assert values(form) == OTHERS | ({"media_interest": chosen} if chosen else {})
    assert form.blank == (() if chosen else ("media_interest",))
    assert told(form) == []


@pytest.mark.parametrize("box", BOXES)
def test_layout_08_a_box_behind_its_word(box: str) -> None:
    """Row 8: `Yes ☐  No ☒`: the box belongs to the word before it."""
    on, off = BOXES[box]
    form = read_word(asked(run("Yes "), off, run("  No "), on))

    assert values(form) == OTHERS | {"media_interest": "no"}


def test_layout_08_boxes_in_columns_of_their_own() -> None:
    """Row 8: a table with a column for Yes and one for No, an X in one of them, and a row nobody ticked."""
    form = read_word(
        REFERRAL
        + table(["Referrer", "Jo Field"])
        + table(
            ["", "Yes", "No", "Not known"],
            ["Is there media interest?", "", "X", ""],
            ["CP plan", "✓", "", ""],
            ["Open to social care", "", "", ""],
            ["Have records been secured?", "", "", "x"],
        )
    )

    assert values(form) == {
        "referrer_name": "Jo Field",
        "media_interest": "no",
        "cp_plan": "yes",
        "records_secured": "unknown",
    }
    assert set(form.blank) == {"open_to_csc"}


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ((run("Yes", STRUCK), run(" / No")), "no"),
        ((run("Yes / "), run("No", STRUCK)), "yes"),
        ((run("Yes", "<w:dstrike/>"), run(" / No")), "no"),
        ((run("Yes", BOLD), run(" / No")), "yes"),
        ((run("Yes / "), run("No", BOLD)), "no"),
        ((run("Yes / "), run("No", MARKED)), "no"),
        ((run("Yes", '<w:u w:val="single"/>'), run(" / No")), "yes"),
        ((run("Yes / ", STRUCK), run("No"), run(" / Not known", STRUCK)), "no"),
        ((run("Yes / No / "), run("Not known", BOLD)), "unknown"),
        ((run("Yes", STRUCK), run(" / No (delete as appropriate)")), "no"),
        ((run("YES", STRUCK), run("/NO*")), "no"),
    ],
    ids=[
        "Yes struck", "No struck", "struck twice", "Yes bold", "No bold", "No highlighted", "Yes underlined",
        "two of three struck", "not known bold", "with its instruction", "in capitals",
    ],
)  # fmt: skip
def test_layout_08_delete_as_appropriate(printed: tuple[str, ...], value: str) -> None:
    """Row 8: `Yes / No` with one struck out, in bold, highlighted or underlined."""
    form = read_word(asked(*printed))

    assert values(form) == OTHERS | {"media_interest": value}
    assert told(form) == []


@pytest.mark.parametrize(
    "printed",
    [
        (run("Yes", STRUCK), run(" / No / Not known")),
        (run("Yes", BOLD), run(" / "), run("No", BOLD), run(" / Not known")),
        (run("Yes / No", STRUCK),),
        (run("☒ Yes ☒ No"),),
    ],
    ids=["one of three struck", "two of three bold", "both struck", "both ticked"],
)
def test_layout_08_what_stays_unresolved_is_not_answered_and_told(printed: tuple[str, ...]) -> None:
    """Row 8: somebody marked the options, and no single one is left: no answer, and a person looks."""
    form = read_word(asked(*printed))

    assert values(form) == OTHERS
    assert "media_interest" in form.blank
    assert [(problem.problem, problem.field) for problem in form.problems] == [("not_understood", "media_interest")]


def test_layout_08_options_that_nobody_touched_are_blank_and_no_alarm() -> None:
    """Row 8: `Yes / No` as printed is a question that nobody answered, as it is on every blank form."""
    form = read_word(asked(run("Yes / No (delete as appropriate)")))

    assert values(form) == OTHERS
    assert form.blank == ("media_interest",)
    assert told(form) == []


def test_layout_08_a_struck_answer_in_words_is_not_the_answer() -> None:
    """Row 8: a name struck out and another typed behind it."""
    school = cell(paragraph(run("Ropewalk Primary", STRUCK), run(" Harbour Infants")))
    form = read_word(REFERRAL + table(["Referrer", "Jo Field"], ["School", school]))

    assert values(form) == OTHERS


def test_layout_08_a_ticked_list_names_what_was_ticked() -> None:
    """Row 8: the reasons of a notification, each with its box, two of them ticked."""
    reasons = "".join(paragraph(one) for one in ("☒ Death of a child", "☐ Serious harm", "☑ Looked after child"))
    form = read_word(
        paragraph(run("Serious incident notification", BOLD))
        + table(
            ["Local authority", "Westmarch Council"],
            ["Reason for notification (more than one box may be ticked)", cell(reasons)],
            ["Date of incident", "28/05/2026"],
        )
    )

    assert form.kind == "notification"
    assert form.fields["notification_nature"].value == ("Death of a child", "Looked after child")
    assert set(values(form)) == {"la_name", "notification_nature", "date_of_incident"}


@pytest.mark.parametrize(
    "options",
    [run("☐ Yes ☒ No"), run("Yes", STRUCK) + run(" / No"), run("Yes") + run(" / ") + run("No", MARKED)],
    ids=["ticked", "struck out", "marked"],
)
def test_layout_08_a_choice_behind_a_question_that_nobody_knows_is_told(options: str) -> None:
    """Row 8: not bold, in no table: the question is no part of the blank answer above, and is not lost in silence."""
    question = "Does the moon shine upon the chapel roof?"
    form = read_word(REFERRAL + paragraph("Date of referral: ") + paragraph(run(f"{question} ") + options))

    assert values(form) == {}
    assert form.blank == ("date_of_referral",)
    assert [problem.label for problem in form.problems] == [question]


@pytest.mark.parametrize("options", [run("Yes / No"), run("☐ Yes ☐ No")], ids=["words", "boxes"])
def test_layout_08_a_choice_that_nobody_made_is_not_told(options: str) -> None:
    """Row 8: an unknown question with no option chosen needs nobody's attention."""
    question = run("Does the moon shine upon the chapel roof? ")
    form = read_word(REFERRAL + paragraph("Date of referral: ") + paragraph(question + options))

    assert (values(form), told(form)) == ({}, [])


def test_layout_08_a_question_within_a_long_answer_stays_there() -> None:
    """Row 8: `Was he seen? No` that somebody wrote is no printed question."""
    body = paragraph(run("Outline of the incident", BOLD)) + paragraph("He fell.") + paragraph("Was he seen? No")
    form = read_word(REFERRAL + body)

    assert values(form) == {"incident_summary": "He fell. Was he seen? No"}
