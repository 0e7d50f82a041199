"""Cases that begin at the command line: opened by hand, merged, and from mails that came before mailbot."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mailbot.demo.mails import Arriving, write
from tests.builders import at
from tests.cli.test_commands import mailbot
from tests.intake.office import ADDRESS, MANAGER, NINE, PHONE, REF, REFERRAL, make_home, office_at

NOW = "2026-06-01T09:30"
CHILD = "Wilfred Ashgrove"


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    return make_home(tmp_path / "home")


def test_a_case_is_opened_by_hand_and_its_child_is_shown_nowhere(empty: Path) -> None:
    child = ("--child-name", CHILD, "--dob", "2025-11-03")
    ran = mailbot(empty, "open", "--as", MANAGER, "--from", "police", *child, "--why", "by phone", "--now", NOW)
    assert (ran.code, ran.out.splitlines()[0]) == (0, f"{REF} is open: the local authority decides on serious harm.")
    assert CHILD not in ran.out + ran.err
    with office_at(empty) as office:
        assert office.case.child.name == CHILD
        assert CHILD not in "".join(office.opened(letter).text + letter.subject for letter in office.letters())


def test_a_child_who_is_in_an_open_case_is_shown_when_a_second_one_is_opened_by_hand(empty: Path) -> None:
    child = ("--child-name", CHILD, "--dob", "2025-11-03")
    for _ in range(2):
        mailbot(empty, "open", "--as", MANAGER, "--from", "police", *child, "--why", "by phone", "--now", NOW)
    with office_at(empty) as office:
        (told,) = [letter for letter in office.letters("question") if "another case" in letter.subject]
        assert f"{REF}, the same name and date of birth" in office.opened(told).text
        assert f"mailbot merge RR-2026-002 {REF}" in office.opened(told).text


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("open", "--as", "x@y.example"), "config/people.toml"),
        (("open", "--as", MANAGER, "--from", "nobody"), "no agency"),
        (("open", "--as", MANAGER, "--dob", "3 Nov"), "2026-06-10"),
        (("open", "--as", MANAGER, "--received", "2026-06-02"), "still to come"),
        (("open", "--as", MANAGER, "--mail", "7"), "no mail 7"),
        (("replay", "1", "a.eml"), "not both"),
        (("replay", "a.eml"), "--as"),
        (("replay", "a.eml", "--as", MANAGER), "File 1 cannot be read"),
        (("merge", "RR-2026-001", "RR-2026-002", "--as", MANAGER, "--why", "x"), "no case RR-2026-001"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_opened(
    empty: Path, arguments: tuple[str, ...], says: str
) -> None:
    ran = mailbot(empty, *arguments, "--now", NOW)
    assert ran.code == 2
    assert says in ran.err
    with office_at(empty) as office:
        assert office.parts.casebook.refs() == []


def test_old_mails_are_replayed_and_two_cases_merged(empty: Path, tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    mail = Arriving(PHONE, "Referral", "Please find a referral attached.", [REFERRAL])
    (folder / "one.eml").write_bytes(write(mail, ADDRESS, at("Mon 18 May 2026 9:00")))
    ran = mailbot(empty, "replay", str(folder), "--as", MANAGER, "--now", NOW)
    assert ran.code == 0
    assert "Mail 1, received at 9 am on Monday 18 May 2026, is handled" in ran.out
    mailbot(empty, "open", "--as", MANAGER, "--from", "police", "--why", "by phone", "--now", NOW)
    ran = mailbot(empty, "merge", "rr-2026-002", REF, "--as", MANAGER, "--why", "one incident", "--now", NOW)
    assert ran.out.startswith("RR-2026-002 is merged into RR-2026-001.")
    with office_at(empty) as office:
        assert office.case.absorbed == ("RR-2026-002",)


def test_an_agency_that_was_taken_out_of_the_directory_is_told_by_check(empty: Path, tmp_path: Path) -> None:
    with office_at(empty) as office:
        office.refer(NINE)
    changed = shutil.copytree(empty, tmp_path / "changed")
    agencies = changed / "config" / "agencies.toml"
    entries = agencies.read_text("utf-8").split("[[agency]]")
    agencies.write_text("[[agency]]".join(e for e in entries if 'id = "education"' not in e), "utf-8")
    assert 'id = "education"' in (empty / "config" / "agencies.toml").read_text("utf-8")
    assert "RR-2026-001 asked education, which has no contact there any more" in mailbot(changed, "check").out
