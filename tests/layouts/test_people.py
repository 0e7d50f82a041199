"""Row 21 of the layouts: names and dates as people write them, in a form with several children."""

from __future__ import annotations

import pytest

from tests.documents.word_files import cell, paragraph, run, table
from tests.layouts.forms import BOLD, CHRONOLOGY, REFERRAL, RETURN, read_word, values


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("03/04/21", "2021-04-03"),
        ("03/04/2021", "2021-04-03"),
        ("3.4.21", "2021-04-03"),
        ("3rd April 2021", "2021-04-03"),
        ("03-Apr-21", "2021-04-03"),
        ("Saturday 3 April 2021", "2021-04-03"),
        ("12/11/2025", "2025-11-12"),
    ],
)
def test_layout_21_the_day_comes_before_the_month(written: str, day: str) -> None:
    """Row 21: UK dates, day first, whichever of the two could be a month; what was written is kept."""
    form = read_word(REFERRAL + table(["Referrer", "Jo Field"], ["Date of birth", written], ["Date of death", ""]))

    assert values(form) == {"referrer_name": "Jo Field", "child_dob": day}
    assert form.fields["child_dob"].raw == written
    assert form.blank == ("date_of_death",)


def test_layout_21_an_unborn_baby_has_a_due_date() -> None:
    """Row 21: `DoB or EDD` answered with an estimated delivery date: the day, and that it is one, in its words."""
    form = read_word(
        REFERRAL
        + table(["Referrer", "Jo Field"], ["Name of child", "Baby Marwood"], ["DoB or EDD", "EDD 14/09/2026"])
    )

    assert values(form) == {
        "referrer_name": "Jo Field",
        "child_name": "Baby Marwood",
        "child_dob": "2026-09-14",
        "child_dob_raw": "EDD 14/09/2026",
    }


@pytest.mark.parametrize(
    ("written", "value"), [("approx 2019", "2019"), ("?May 2016", "2016-05"), ("circa Mar 20", "2020-03")]
)
def test_layout_21_no_day_is_made_up(written: str, value: str) -> None:
    """Row 21: `approx`, `circa`, a question mark: the month or the year, with its words, and no day."""
    form = read_word(
        RETURN + table(["Agency", "Harbour Housing"], ["First contact", written], ["Key issues", "Damp."])
    )

    assert values(form) == {
        "agency_name": "Harbour Housing",
        "involvement_from": value,
        "involvement_from_raw": written,
        "key_issues": "Damp.",
    }


def test_layout_21_a_birth_date_that_is_only_near_is_not_sure() -> None:
    """Row 21: the form asks for the day of birth and gets a year: the year, its words, and not sure."""
    form = read_word(REFERRAL + table(["Referrer", "Jo Field"], ["Date of birth", "approx 2019"], ["School", ""]))

    assert values(form) == {"referrer_name": "Jo Field", "child_dob": "2019", "child_dob_raw": "approx 2019"}
    assert not form.fields["child_dob"].sure


@pytest.mark.parametrize(
    "name",
    [
        "Aoife O’Hanlon-Reid",
        "Saoirse O'Dálaigh",
        "Zainab Begum formerly Iqbal-Khan",
        "Jean-Luc van der Berg",
        "Ffion Lewis-Price (née Lewis)",
        "Maria de los Angeles Ruiz Ortega",
        "D'Arcy St. John",
    ],
)
def test_layout_21_a_name_stays_as_it_was_written(name: str) -> None:
    """Row 21: apostrophes, hyphens, several surnames, a name that was changed."""
    form = read_word(
        REFERRAL + table(["Referrer", "Jo Field"], ["Name of child", name], ["School", "Ropewalk Primary"])
    )

    assert values(form) == {"referrer_name": "Jo Field", "child_name": name, "school_or_setting": "Ropewalk Primary"}


def test_layout_21_surname_and_forename_apart_are_joined_in_order() -> None:
    """Row 21: the form asks for the surname first; the name is given forename first."""
    form = read_word(
        REFERRAL
        + table(
            ["Referrer", "Jo Field"],
            ["Surname", "O’Hanlon-Reid", "Forename(s)", "Aoife Mary"],
            ["Also known as", "Effie Reid", "School", ""],
        )
    )

    assert values(form) == {
        "referrer_name": "Jo Field",
        "child_name": "Aoife Mary O’Hanlon-Reid",
        "child_aka": "Effie Reid",
    }
    assert form.blank == ("school_or_setting",)


def test_layout_21_twins_are_two_children() -> None:
    """Row 21: the same surname and birthday twice; nothing of one goes to the other."""
    form = read_word(
        REFERRAL
        + table(["Referrer", "Jo Field"])
        + paragraph(run("Details of children", BOLD))
        + table(
            ["Name", "Date of birth", "Gender", "Ethnicity"],
            ["Nia Marwood (twin 1)", "03/05/2026", "F", "White Welsh"],
            ["Ffion Marwood (twin 2)", "03/05/2026", "", ""],
        )
    )

    assert form.tables == {
        "children": (
            {
                "name": "Nia Marwood (twin 1)",
                "date_of_birth": "2026-05-03",
                "gender": "Female",
                "ethnicity": "White Welsh",
            },
            {"name": "Ffion Marwood (twin 2)", "date_of_birth": "2026-05-03"},
        )
    }
    assert values(form) == {"referrer_name": "Jo Field"}


def test_layout_21_unknown_and_not_applicable_are_no_blanks() -> None:
    """Row 21: `NK`, `N/A` and nothing at all are three different answers."""
    form = read_word(
        REFERRAL
        + table(
            ["Referrer", "Jo Field"], ["Religion", "NK"], ["School", "N/A"], ["GP", ""], ["Disability", "None known"]
        )
    )

    assert values(form) == {
        "referrer_name": "Jo Field",
        "child_religion": "unknown",
        "school_or_setting": "not_applicable",
        "child_disability": "None known",
    }
    assert form.blank == ("gp",)


def test_layout_21_fuzzy_dates_of_a_chronology_keep_their_words() -> None:
    """Row 21: every way to be unsure of a date, in the rows of a chronology."""
    written = ["?22 may 2016", "circa Mar 20", "03-05/04/21", "Spring 2019", "w/c 3/4/21", "2018-19", "April 2021"]
    form = read_word(
        CHRONOLOGY
        + table(
            ["Date", "Event", "Outcome"], *([date, f"Contact {number}", ""] for number, date in enumerate(written))
        )
    )

    assert form.kind == "chronology"
    assert form.tables["chronology"] == (
        {"date": "2016-05-22", "date_raw": "?22 may 2016", "event": "Contact 0"},
        {"date": "2020-03", "date_raw": "circa Mar 20", "event": "Contact 1"},
        {"date": "2021-04-03", "date_end": "2021-04-05", "date_raw": "03-05/04/21", "event": "Contact 2"},
        {"date": "2019", "date_raw": "Spring 2019", "event": "Contact 3"},
        {"date": "2021-04-03", "date_raw": "w/c 3/4/21", "event": "Contact 4"},
        {"date": "2018", "date_end": "2019", "date_raw": "2018-19", "event": "Contact 5"},
        {"date": "2021-04", "date_raw": "April 2021", "event": "Contact 6"},
    )


def test_layout_21_parents_in_one_cell_are_two_people() -> None:
    """Row 21: both parents typed into one cell, one of them with a changed name."""
    names = cell(paragraph("Siobhán O'Hanlon formerly Reid (mother) DOB 20/02/98") + paragraph("Aaron Tuck (father)"))
    form = read_word(REFERRAL + table(["Referrer", "Jo Field"], ["Parents' names", names], ["GP", ""]))

    assert form.tables == {
        "parents_carers": (
            {"name": "Siobhán O'Hanlon formerly Reid", "relationship": "Mother", "date_of_birth": "1998-02-20"},
            {"name": "Aaron Tuck", "relationship": "Father"},
        )
    }
    assert values(form) == {"referrer_name": "Jo Field"}
