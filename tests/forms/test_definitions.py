"""Form definitions say what is wrong with them, and a council's wording is one line."""

from __future__ import annotations

import pytest

from mailbot.errors import ConfigProblems
from mailbot.forms.definitions import Definitions
from mailbot.forms.labels import Labels
from tests.forms.definitions import DEFINITIONS


def test_an_unknown_key_is_named_with_its_file() -> None:
    with pytest.raises(ConfigProblems) as raised:
        Definitions.from_tables({"referral": {"kind": "referral", "fields": {"gp": {"lables": ["GP"]}}}})

    assert raised.value.problems == (
        "config/forms/referral.toml: fields.gp.lables is not a key of a form definition",
    )


def test_every_problem_is_told_at_once() -> None:
    table = {"kind": "referral", "titel": [], "fields": {"gp": {"type": "doctor"}}}
    with pytest.raises(ConfigProblems) as raised:
        Definitions.from_tables({"referral": table, "notification": {"kind": "poem"}})

    assert len(raised.value.problems) == 3


def test_a_field_that_is_named_and_not_there_is_a_problem() -> None:
    fields = {"cp_plan": {"type": "yes_no", "details": "cp_plan_detials"}}
    with pytest.raises(ConfigProblems, match="cp_plan_detials"):
        Definitions.from_tables({"referral": {"kind": "referral", "fields": fields}})


def test_an_offices_own_label_is_read_beside_the_shipped_ones() -> None:
    taught = DEFINITIONS.with_labels({"referral": {"gp": ["Family doctor's practice"]}})
    (before,) = (form for form in DEFINITIONS.forms if form.kind == "referral")
    (after,) = (form for form in taught.forms if form.kind == "referral")

    assert before.anywhere.exactly("Family doctor’s practice:") == ""
    assert after.anywhere.exactly("Family doctor’s practice:") == "gp"
    assert after.anywhere.exactly("Surgery") == "gp"
    assert [form.kind for form in taught.forms] == [form.kind for form in DEFINITIONS.forms]


def test_half_a_name_can_be_taught() -> None:
    taught = DEFINITIONS.with_labels({"notification": {}, "referral": {"child_name:surname": ["Clan name"]}})
    (form,) = (form for form in taught.forms if form.kind == "referral")

    assert form.anywhere.exactly("Clan name") == "child_name:surname"


def test_a_label_that_means_the_field_already_changes_nothing() -> None:
    taught = DEFINITIONS.with_labels({"referral": {"child_name": ["Young person's given name"]}})
    (form,) = (form for form in taught.forms if form.kind == "referral")

    assert form.anywhere.exactly("Young person's given name") == "child_name:forename"


def test_a_label_known_and_never_read_can_be_given_a_field() -> None:
    taught = DEFINITIONS.with_labels({"referral": {"child_address": ["Postcode"]}})
    (form,) = (form for form in taught.forms if form.kind == "referral")

    assert form.anywhere.exactly("Postcode") == "child_address"


def test_what_cannot_be_taught_is_told_all_at_once() -> None:
    wrong = {
        "poem": {"rhyme": ["Rhyme"]},
        "referral": {"child_nmae": ["Who"], "gp": ["Name of child", "…"], "child_aka": ["Nickname"]},
        "scoping_return": {"author_name": ["Who wrote it"], "author_role": ["Who wrote it"]},
    }
    with pytest.raises(ConfigProblems) as raised:
        DEFINITIONS.with_labels(wrong)

    assert raised.value.problems == (
        "there is no form of the kind 'poem'; "
        "the kinds are chronology, decision_sheet, notification, other, rapid_review, referral, scoping_return",
        "[referral] child_nmae: there is no such field",
        "[referral] gp: “Name of child” means child_name already. "
        "A label can mean one field only: see which of the two is right",
        "[referral] gp: “…” holds no words that a form could print. "
        "Teach the label with all its words, as the form prints it",
        "[scoping_return] author_role: “Who wrote it” means author_name already. "
        "A label can mean one field only: see which of the two is right",
    )


LABELS = Labels(
    {
        "child_name": ["Young person's given name", "Name of child"],
        "incident_summary": ["Outline of the incident"],
        "why": ["Why you believe ..."],
    }
)


@pytest.mark.parametrize(
    ("printed", "target"),
    [
        ("1.2 Young person’s given name:", "child_name"),
        ("NAME OF CHILD*", "child_name"),
        ("Name of child (as on the birth certificate)", "child_name"),
        ("Why you believe the case meets the criteria", "why"),
        ("Name of school", ""),
    ],
)
def test_a_label_is_known_in_any_dress(printed: str, target: str) -> None:
    assert LABELS.exactly(printed) == target


def test_a_near_miss_counts_only_without_a_rival() -> None:
    rivals = Labels({"first": ["Date of first contact"], "last": ["Date of fist contact"]})

    assert LABELS.nearly("Outline of the incidnet") == "incident_summary"
    assert rivals.nearly("Date of firt contact") == ""
