"""What is told of a mail's files, and what is not: the name of a file, of a sheet, a value."""

from __future__ import annotations

import pytest

from mailbot.forms.doubts import called, doubts_of, problems_of, unsure_nil
from mailbot.forms.form import Answer, Form, Problem


def told(problem: str, message: str, field: str | None = None, label: str = "") -> str:
    """The one sentence about a file with this problem."""
    form = Form(
        name="Robin.docx",
        kind="other",
        problems=(Problem(problem=problem, message=message, field=field, label=label),),
    )
    (sentence,) = doubts_of((form,))
    return sentence


def test_files_that_could_not_be_read_are_told_wherever_they_lie() -> None:
    locked = Form(
        name="inner.docx", kind="other", problems=(Problem(problem="encrypted", message="It needs a password."),)
    )
    unsure = Problem(problem="not_sure", message="Perhaps.")
    archive = Form(name="all.zip", kind="other", parts=(locked,), problems=(unsure,))
    assert problems_of(archive) == ("A .docx file: It needs a password.",)
    assert doubts_of((archive,)) == ("A .zip file: Perhaps.",), "the password has a letter of its own"


@pytest.mark.parametrize(
    ("name", "said"),
    [("Robin.DOCX", "A .docx file"), ("Re. Robin", "A file"), ("return.robin", "A file"), ("Robin", "A file")],
)
def test_a_file_is_called_by_its_ending_and_never_by_a_name(name: str, said: str) -> None:
    assert called(Form(name=name, kind="other")) == said


@pytest.mark.parametrize("problem", ["incomplete", "scanned", "tracked_changes", "secure_message", "unreadable"])
def test_the_sentence_of_a_problem_is_told_as_it_is(problem: str) -> None:
    assert told(problem, "See the original.") == "A .docx file: See the original."


def test_the_name_of_a_sheet_is_never_told() -> None:
    hidden = told("hidden_sheet", "A hidden sheet (Robin) was not read.")
    label = told("unknown_label", "“Eye colour” (sheet Robin, row 3) has an answer.", label="Eye colour")
    unclear = told("not_understood", "“Born” (sheet Robin, row 2): no date.", field="child_dob")
    assert "“Eye colour”" in label
    assert "the child's date of birth" in unclear
    assert not [sentence for sentence in (hidden, label, unclear) if "Robin" in sentence]


def test_answers_that_were_read_unsurely_are_named_once_and_without_their_values() -> None:
    answers = {
        "child_name": Answer(value="Robin Tarn"),
        "child_dob": Answer(value="2019-03", sure=False),
        "child_dob_raw": Answer(value="Mar 19?", sure=False),
        "gp": Answer(value="Dr Lee", sure=False),
    }
    (sentence,) = doubts_of((Form(name="a.png", kind="referral", fields=answers),))
    assert sentence == "A .png file, a referral: not for certain was read the child's date of birth and the GP."


def test_the_same_sentence_is_told_once_with_how_often() -> None:
    scan = Form(name="a.png", kind="other", problems=(Problem(problem="scanned", message="Check it."),))
    assert doubts_of((scan, scan)) == ("A .png file: Check it. (2 times)",)


@pytest.mark.parametrize(
    ("value", "sure", "doubtful"), [("no", False, True), ("no", True, False), ("yes", False, False)]
)
def test_only_an_unsure_no_makes_a_nil_return_doubtful(value: str, sure: bool, doubtful: bool) -> None:
    answers = {"had_involvement": Answer(value=value, sure=sure)}
    assert unsure_nil(Form(kind="scoping_return", fields=answers)) is doubtful
