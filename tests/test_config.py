"""The configuration: every problem at once with its file and key, and what is allowed with gaps."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from pathlib import Path

import pytest

from mailbot.config import bank_holidays, load, missing_passwords, shipped
from mailbot.errors import ConfigProblems
from mailbot.settings import Settings

ENGLANDS = {
    2026: "1 Jan, 3 Apr, 6 Apr, 4 May, 25 May, 31 Aug, 25 Dec, 28 Dec",
    2027: "1 Jan, 26 Mar, 29 Mar, 3 May, 31 May, 30 Aug, 27 Dec, 28 Dec",
    2028: "3 Jan, 14 Apr, 17 Apr, 1 May, 29 May, 28 Aug, 25 Dec, 26 Dec",
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home as `mailbot init` makes it."""
    shutil.copytree(shipped() / "config", tmp_path / "config")
    return tmp_path


def change(home: Path, file: str, old: str, new: str) -> None:
    path = home / "config" / file
    text = path.read_text("utf-8")
    assert old in text, f"{file} has no {old}"
    path.write_text(text.replace(old, new, 1), "utf-8")


def problems_of(home: Path) -> list[str]:
    with pytest.raises(ConfigProblems) as found:
        load(home)
    return list(found.value.problems)


def loaded(home: Path) -> Settings:
    return load(home)


def test_the_shipped_configuration_has_no_problem(home: Path) -> None:
    settings = loaded(home)
    assert settings.gaps() == []
    assert settings.practice.office.address == "rapidreview@westmarchscp.example"
    assert settings.record == home.resolve() / "data" / "mailbot.db"


@pytest.mark.parametrize(("procedure", "days"), [("staffordshire-stoke", 7), ("h01", 5)])
def test_one_key_changes_the_procedure(home: Path, procedure: str, days: int) -> None:
    change(home, "mailbot.toml", 'procedure = "staffordshire-stoke"', f'procedure = "{procedure}"')
    practice = loaded(home).practice
    assert practice.procedures[practice.procedure].rule("returns_due").days == days


def test_every_problem_is_told_at_once_with_its_file_and_key(home: Path) -> None:
    change(home, "mailbot.toml", 'address = "rapidreview@westmarchscp.example"', 'address = "rapidreview"')
    change(home, "mailbot.toml", 'timezone = "Europe/London"', 'timezone = "Europe/Lundon"')
    change(home, "mailbot.toml", "grace_minutes = 5", 'grace_minutes = "soon"\ngrace = 5')
    change(home, "mailbot.toml", '["08:30", "17:00"]', '["17:00", "08:30"]')
    change(home, "agencies.toml", '"review.team@westmarch-police.example"', '"review.team at police"')
    change(home, "people.toml", 'role = "jcr_chair"', 'role = "chairman"')
    problems = problems_of(home)
    for place, words in (
        ("config/mailbot.toml: [partnership] address", "not in the right form"),
        ("config/mailbot.toml: [partnership] timezone", "there is no time zone Europe/Lundon"),
        ("config/mailbot.toml: [approval] grace_minutes", "integer"),
        ("config/mailbot.toml: [approval] grace", "there is no such key"),
        ("config/mailbot.toml: [calendar] office_hours", "open before it closes"),
        ("config/agencies.toml: [[agency]] police spoc", "not in the right form"),
        ("config/people.toml: [[person]] Gareth Lowe role", "jcr_chair"),
    ):
        assert [p for p in problems if p.startswith(place) and words in p], (place, words)
    assert len(problems) == 7


def test_an_unknown_key_is_a_problem_wherever_it_stands(home: Path) -> None:
    change(home, "mailbot.toml", "[panel]", "[panels]\n\n[panel]")
    change(home, "agencies.toml", 'id = "icb"', 'id = "icb"\ncolour = "blue"')
    assert sorted(problems_of(home)) == [
        "config/agencies.toml: [[agency]] icb colour: there is no such key",
        "config/mailbot.toml: panels: there is no such key",
    ]


def test_a_missing_section_is_a_problem(home: Path) -> None:
    change(home, "mailbot.toml", "[panel]\naddress", "[calendar.x]\naddress")
    assert "config/mailbot.toml: panel: is missing" in problems_of(home)


def test_an_unknown_kind_of_mailbox_names_those_there_are(home: Path) -> None:
    change(home, "mailbot.toml", 'kind = "folder"', 'kind = "pop3"')
    (problem,) = problems_of(home)
    assert problem.startswith(
        "config/mailbot.toml: [inbox]" if "[inbox]" in problem else "config/mailbot.toml: inbox"
    )
    assert "pop3 is not one of" in problem
    assert "imap" in problem


def test_a_file_that_is_no_toml_is_told_with_its_place(home: Path) -> None:
    (home / "config" / "agencies.toml").write_text("[[agency]\n", "utf-8")
    (problem,) = problems_of(home)
    assert problem.startswith("config/agencies.toml cannot be read:")
    assert "line 1" in problem


def test_an_unknown_procedure_names_those_there_are(home: Path) -> None:
    change(home, "mailbot.toml", 'procedure = "staffordshire-stoke"', 'procedure = "h02"')
    (problem,) = problems_of(home)
    assert problem.endswith("there is no config/procedures/h02.toml; there are h01, staffordshire-stoke")


def test_a_procedure_must_have_every_clock_and_its_ladder_in_order(home: Path) -> None:
    change(home, "procedures/h01.toml", 'id = "send_scoping"', 'id = "outcome_told"')
    (problem,) = problems_of(home)
    assert "config/procedures/h01.toml" in problem
    assert "given twice" in problem


def test_how_days_are_counted_may_be_chosen(home: Path) -> None:
    change(home, "mailbot.toml", 'count_mode = "next_day"', 'count_mode = "same_day"')
    change(home, "mailbot.toml", 'weekend_anchor = "real"', 'weekend_anchor = "rolls"')
    change(home, "mailbot.toml", '# close_of_business = "17:00"', 'close_of_business = "16:00"')
    calendar = loaded(home).practice.calendar
    friday_evening = datetime(2026, 6, 5, 16, 30, tzinfo=calendar.zone)
    assert calendar.due(friday_evening, 2) == datetime(2026, 6, 9, 16, 0, tzinfo=calendar.zone)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            'count_mode = "next_day"',
            'count_mode = "sometimes"',
            "count_mode: Input should be 'next_day' or 'same_day'",
        ),
        ('weekend_anchor = "real"', 'weekend_anchor = "monday"', "weekend_anchor: Input should be 'real' or 'rolls'"),
        (
            '# close_of_business = "17:00"',
            'close_of_business = "07:00"',
            "close_of_business: must be later than the office opens",
        ),
    ],
)
def test_a_calendar_that_cannot_be_is_told(home: Path, old: str, new: str, words: str) -> None:
    change(home, "mailbot.toml", old, new)
    (problem,) = problems_of(home)
    assert problem.startswith("config/mailbot.toml: [calendar]")
    assert words in problem


def test_what_becoming_aware_means_is_one_of_three(home: Path) -> None:
    change(home, "procedures/h01.toml", 'aware_means = "recorded"', 'aware_means = "birthday"')
    (problem,) = problems_of(home)
    assert "aware_means: Input should be 'recorded', 'harm_decided' or 'incident'" in problem


def test_two_rungs_of_one_day_are_a_problem_of_their_own_ladder(home: Path) -> None:
    change(
        home,
        "procedures/h01.toml",
        'of = "la_answer"\nstep = "chase"\nday = 1',
        'of = "la_answer"\nstep = "chase"\nday = 0',
    )
    (problem,) = problems_of(home)
    assert "the ladder's rungs of la_answer must be in order of their days" in problem


def test_a_procedure_of_the_homes_own_is_found_by_its_files_name(home: Path) -> None:
    own = (home / "config" / "procedures" / "h01.toml").read_text("utf-8")
    (home / "config" / "procedures" / "ours.toml").write_text(own, "utf-8")
    assert problems_of(home) == ["config/procedures/ours.toml: id: must be ours, as the file is called"]
    change(home, "procedures/ours.toml", 'id = "h01"', 'id = "ours"')
    assert "ours" in loaded(home).practice.procedures


def test_an_agency_without_an_address_is_a_gap_and_no_stop(home: Path) -> None:
    change(home, "agencies.toml", 'spoc = ["safeguarding@westmarch-homes.example"]', "spoc = []")
    assert loaded(home).gaps() == [
        "config/agencies.toml: [[agency]] housing: spoc: no address, so it cannot be asked"
    ]


def test_two_agencies_of_one_id_and_a_missing_partner_are_problems(home: Path) -> None:
    change(home, "agencies.toml", 'id = "housing"', 'id = "police"')
    change(home, "agencies.toml", 'partner = "health"\n', "")
    assert problems_of(home) == [
        "config/agencies.toml: [[agency]] police: this id is given 2 times",
        'config/agencies.toml: no agency has partner = "health", and without it no meeting can be quorate',
    ]


def test_a_folder_that_is_no_home_says_how_to_make_one(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path)
    assert problem.endswith(f"Make a home with: mailbot init {tmp_path}")


def test_people_may_be_left_out(home: Path) -> None:
    (home / "config" / "people.toml").unlink()
    assert loaded(home).practice.directory.people == ()


def test_what_should_not_stay_so_is_remarked(home: Path) -> None:
    assert [remark.split()[1] for remark in loaded(home).remarks()] == ["trust_unauthenticated_replies", "kind"]
    change(home, "mailbot.toml", "trust_unauthenticated_replies = true", "trust_unauthenticated_replies = false")
    assert "no sender can be believed" in loaded(home).remarks()[0]


def test_a_password_that_is_not_in_the_environment_is_told_by_its_name(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MAILBOT_MAIL_PASSWORD", raising=False)
    change(
        home,
        "mailbot.toml",
        "[inbox]\n",
        '[inbox]\nhost = "imap.example"\nusername = "us"\n',
    )
    change(home, "mailbot.toml", 'kind = "folder"\npath = "mail"\n', 'kind = "imap"\n')
    assert missing_passwords(loaded(home)) == [
        "config/mailbot.toml: [inbox] password_env: the environment variable MAILBOT_MAIL_PASSWORD is not set"
    ]
    monkeypatch.setenv("MAILBOT_MAIL_PASSWORD", "secret")
    assert missing_passwords(loaded(home)) == []


@pytest.mark.parametrize("year", sorted(ENGLANDS))
def test_englands_bank_holidays_are_known(year: int) -> None:
    """Fails when the holidays package is too old, or when Parliament has changed a day: compare with gov.uk."""
    found = [d for d in sorted(bank_holidays()) if d.year == year and d.weekday() < 5]
    assert ", ".join(f"{d.day} {d:%b}" for d in found) == ENGLANDS[year]


def test_bank_holidays_reach_far_enough() -> None:
    """A clock of a year from now must still count right."""
    years = {d.year for d in bank_holidays()}
    assert set(range(2025, 2046)) <= years
    assert bank_holidays()[date(2026, 12, 28)]


def test_where_there_are_several_councils_each_of_their_people_must_say_whose_they_are(home: Path) -> None:
    with (home / "config" / "agencies.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[agency]]\nid = "city"\nname = "Eastmarch City Council"\npartner = "local_authority"\n')
        file.write('domains = ["eastmarch.example"]\nspoc = ["reviews@eastmarch.example"]\n')
    with (home / "config" / "people.toml").open("a", encoding="utf-8") as file:
        for name, more in (("Ida Wren", ""), ("Moss Hale", 'agency = "city"\n'), ("Lou Tarn", 'agency = "moon"\n')):
            email = f"{name.split()[0].casefold()}@elsewhere.example"
            file.write(f'\n[[person]]\nname = "{name}"\nemail = "{email}"\nrole = "partner_lead"\n')
            file.write(f'partner = "local_authority"\n{more}')
    assert loaded(home).gaps() == [
        "config/people.toml: [[person]] Lou Tarn: agency: there is no agency moon in config/agencies.toml",
        "config/people.toml: [[person]] Ida Wren: agency: there are several local authorities, so say which one they "
        "are of; without it they count for each of them",
    ]
