"""The scorer counts what a careful person would count, and nothing passes that is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.scoring import Score, misplaced, same, score_form, spoken
from benchmarks.truth import Truth, Vocabulary, samples
from mailbot.forms.form import Answer, Form, Kind, Problem

VOCABULARY = Vocabulary.of_the_project()
LONG = "Two children were found alone in a flat after a fire. Both have recovered and a plan was in place."


def form(kind: Kind = "referral", tables: dict[str, Any] | None = None, **fields: str) -> Form:
    return Form(kind=kind, fields={k: Answer(value=v) for k, v in fields.items()}, tables=tables or {})


def score(truth: Truth, read: Form) -> Score:
    total = Score()
    for _, one in score_form(truth, read, VOCABULARY):
        total.add(one)
    return total


REFERRAL = Truth(
    kind="referral",
    fields={"child_name": "Idris Marwood", "child_dob": "2021-11-22", "gp": "Coppice Surgery"},
    blank=("nhs_number",),
)


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("O’Brien  Smythe", "O'Brien Smythe"),
        ("12 Coppice Row, Bellfield", "12 Coppice Row\nBellfield"),
        ("White - Welsh", "WHITE – Welsh."),
        (["Neglect", "Serious harm"], ["serious harm", "Neglect"]),
        (["Neglect", "Serious harm"], "Serious harm; Neglect"),
        (LONG, LONG.replace("Two", "2")),
    ],
)
def test_what_a_person_calls_the_same_is_the_same(wanted: object, given: object) -> None:
    assert same(spoken(wanted), spoken(given))


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("2021-11-22", "2021-11-12"),
        ("Idris Marwood", "Idris Marwood DOB"),
        ("yes", "unknown"),
        (["Neglect"], ["Neglect", "Serious harm"]),
        (LONG, " ".join(LONG.split()[:12])),
    ],
)
def test_what_a_person_calls_different_is_different(wanted: object, given: object) -> None:
    assert not same(spoken(wanted), spoken(given))


def test_a_form_read_as_it_stands_has_no_miss() -> None:
    counted = score(REFERRAL, form(child_name="Idris Marwood", child_dob="2021-11-22", gp="Coppice Surgery"))

    assert (counted.right, counted.asked, counted.given, counted.kinds_right) == (3, 3, 3, 1)
    assert counted.misses == []


def test_an_answer_left_out_lowers_recall_and_a_wrong_one_both() -> None:
    counted = score(REFERRAL, form(child_name="Idris Marwood", child_dob="2012-11-22"))

    assert counted.recall == pytest.approx(1 / 3)
    assert counted.precision == pytest.approx(1 / 2)
    assert {(miss.what, miss.where) for miss in counted.misses} == {("wrong", "child_dob"), ("missing", "gp")}


def test_another_questions_answer_is_a_value_under_a_wrong_label() -> None:
    counted = score(
        REFERRAL, form(child_name="Idris Marwood", child_dob="2021-11-22", referrer_name="Coppice Surgery")
    )

    assert counted.wrong_labels == 1
    assert counted.misses[-1].where == "referrer_name"


def test_a_parents_name_as_the_childs_is_a_value_under_a_wrong_label() -> None:
    truth = REFERRAL.model_copy(update={"tables": {"parents_carers": ({"name": "Ruth Marwood"},)}})

    assert score(truth, form(child_name="Ruth Marwood")).wrong_labels == 1


def test_a_yes_under_many_labels_is_no_wrong_label() -> None:
    truth = Truth(kind="referral", fields={"cp_plan": "yes", "media_interest": "no"})

    assert score(truth, form(cp_plan="no", media_interest="no")).wrong_labels == 0


def test_a_blank_that_is_filled_is_counted() -> None:
    counted = score(REFERRAL, form(nhs_number="9990000018"))

    assert (counted.blanks, counted.blanks_filled) == (1, 1)
    assert counted.precision == 0


def test_optional_and_raw_answers_are_not_counted() -> None:
    truth = REFERRAL.model_copy(update={"optional": ("gp",)})

    counted = score(truth, form(child_name="Idris Marwood", gp="Another Surgery", child_dob_raw="22.11.21"))

    assert (counted.given, counted.asked) == (1, 2)


def test_a_row_is_found_when_four_fifths_of_it_are_right_and_only_once() -> None:
    row = {"date": "2024-12-03", "time": "08:40", "agency": "Fire", "event": "Pan fire", "source": "Log"}
    truth = Truth(kind="chronology", tables={"chronology": (row, {"date": "2025-01-01", "event": "Visit"})})
    read = form("chronology", {"chronology": ({**row, "time": "08:41"}, {**row, "time": "08:41"})})

    counted = score(truth, read)

    assert (counted.rows, counted.rows_found, counted.rows_extra) == (2, 1, 1)


def test_two_thousand_rows_alike_but_for_their_words_are_each_found() -> None:
    rows = tuple({"date": "2024-12-03", "agency": "Police", "event": f"Visit number {n}"} for n in range(2000))

    counted = score(Truth(kind="chronology", tables={"chronology": rows}), form("chronology", {"chronology": rows}))

    assert (counted.rows_found, counted.rows_extra, counted.wrong_labels) == (2000, 0, 0)


def test_a_row_shifted_by_one_column_is_under_wrong_labels() -> None:
    wanted = [{"date": "2024-12-03", "agency": "fire", "event": "pan fire"}]

    assert misplaced(wanted, [{"date": "2024-12-03", "event": "fire"}]) == [("event", "fire")]
    assert misplaced(wanted, wanted) == []


def test_a_locked_file_is_asked_for_its_problem_alone() -> None:
    truth = Truth(kind="other", problems=("encrypted",))
    locked = Form(kind="other", problems=(Problem(problem="encrypted", message="It needs its password."),))

    assert score(truth, locked).problems_found == 1
    assert score(truth, locked).kinds == 0
    assert score(truth, form("other")).misses[0].what == "problem not found"


def test_an_honest_file_called_unreadable_is_a_false_alarm() -> None:
    alarmed = Form(kind="other", problems=(Problem(problem="unreadable", message="It is damaged."),))

    assert score(REFERRAL, alarmed).false_alarms == 1


def test_parts_of_archives_are_compared_by_name_at_every_depth() -> None:
    truth = Truth(
        name="a.zip",
        parts=(
            Truth(name="in.zip", parts=(REFERRAL.model_copy(update={"name": "one.docx"}),)),
            Truth(name="note.txt"),
        ),
    )
    one = form(child_name="Idris Marwood", child_dob="2021-11-22", gp="Coppice Surgery")
    inner = Form(name="in.zip", kind="other", parts=(one.model_copy(update={"name": "folder/one.docx"}),))
    read = Form(name="a.zip", kind="other", parts=(Form(name="note.txt", kind="other"), inner))

    counted = score(truth, read)

    assert (counted.files, counted.kinds_right, counted.right) == (2, 2, 3)


def test_a_form_that_nobody_put_into_the_archive_is_a_wrong_kind() -> None:
    truth = Truth(parts=(Truth(name="note.txt"),))
    read = Form(kind="other", parts=(Form(name="note.txt", kind="other"), form()))

    assert score(truth, read).kind_share == 0.5


def test_an_archive_called_unreadable_is_a_false_alarm_and_no_form() -> None:
    alarmed = Form(kind="other", problems=(Problem(problem="unreadable", message="It is damaged."),))
    counted = score(Truth(parts=(Truth(name="note.txt"),)), alarmed)

    assert (counted.false_alarms, counted.files) == (1, 1)


def test_a_part_that_was_not_read_is_missed() -> None:
    counted = score(Truth(parts=(REFERRAL,)), Form(kind="other"))

    assert (counted.kinds_right, counted.right, counted.asked) == (0, 0, 3)


def test_every_name_of_every_truth_file_is_in_the_vocabulary() -> None:
    unknown = [
        f"{sample.path.name}: {name}"
        for sample in samples()
        for truth in (sample.truth, *sample.truth.inner())
        for name in (*truth.fields, *truth.blank)
        if not name.endswith("_raw") and name not in VOCABULARY.fields[truth.kind]
    ]

    assert unknown == []
