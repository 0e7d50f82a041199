"""Form definitions say what is wrong with them, and a council's wording is one line."""

from __future__ import annotations

import pytest

from mailbot.errors import ConfigProblems
from mailbot.forms.definitions import Definitions
from mailbot.forms.labels import Labels


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
