"""`mailbot unlock` and `mailbot teach`, as a person types them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mailbot.demo.mails import Arriving
from tests.cli.test_commands import mailbot
from tests.documents.word_files import paragraph, run, table, word_file
from tests.intake.office import MANAGER, PHONE, REF, REFERRAL, make_home, office_at
from tests.locking import locked_word, plain_zip, two_locks

NOW = "2026-06-02T15:00"
PASSWORD = "Blue Heron 22"
TUESDAY = "Tue 2 Jun 2026 10:00"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home where a locked referral (mail 1) and, later, its password (mail 2) have come."""
    home = make_home(tmp_path_factory.mktemp("locked") / "home")
    with office_at(home) as office:
        files = [("Rowan Castellane.docx", locked_word(REFERRAL[1], PASSWORD))]
        office.arrives(TUESDAY, Arriving(PHONE, "JCR referral", "Password follows.", files))
        office.pass_(TUESDAY)
        office.arrives(
            "Tue 2 Jun 2026 11:00", Arriving(PHONE, f"For the file: {PASSWORD}", f"The password is {PASSWORD}")
        )
        office.pass_("Tue 2 Jun 2026 11:00")
    return home


@pytest.fixture
def home(prepared: Path, tmp_path: Path) -> Path:
    return shutil.copytree(prepared, tmp_path / "home")


def test_held_mail_shows_what_it_waits_for(home: Path) -> None:
    locked, brought = mailbot(home, "held", "--json", "--now", NOW).document
    assert (locked["state"], brought["state"]) == ("waiting_for_password", "held")
    assert brought["reason"].endswith("mailbot unlock 1 --password-in 2")
    shown = " ".join(mailbot(home, "held", "--now", NOW).out.split())
    assert "1 waiting for password" in shown
    assert locked["reason"].startswith("a file in it is locked with a password")
    assert PASSWORD not in shown
    assert "Rowan" not in shown


def test_a_typed_password_opens_the_mail_and_its_case(home: Path) -> None:
    done = mailbot(home, "unlock", "1", "--password-stdin", "--by", MANAGER, "--now", NOW, typed=f"{PASSWORD}\n")
    assert done.code == 0, done.err
    assert "Mail 1: 1 file opened; the original is kept." in done.out
    assert "Mail 1 is handled" in done.out
    assert PASSWORD not in done.out + done.err
    assert mailbot(home, "show", REF, "--json", "--now", NOW).document["stage"] == "scoping"


def test_the_password_is_found_in_the_mail_that_brought_it(home: Path) -> None:
    done = mailbot(home, "unlock", "1", "--password-in", "2", "--now", NOW)
    assert done.code == 0, done.err
    assert mailbot(home, "held", "--json", "--now", NOW).document == []
    assert mailbot(home, "ledger", "--json", "--now", NOW).document["balanced"]


def test_the_subject_of_a_mail_that_brings_a_password_is_not_shown(home: Path) -> None:
    locked, brought = mailbot(home, "held", "--json", "--now", NOW).document
    assert (locked["subject"], brought["subject"]) == ("JCR referral", "a password")
    assert PASSWORD not in mailbot(home, "held", "--now", NOW).out


def test_a_password_from_somebody_else_is_tried_only_anyway(home: Path) -> None:
    with office_at(home) as office:
        office.delivered = 2
        stranger = Arriving("Ola <ola@meadowbank-nursery.example>", "Hello", f"The password is {PASSWORD}")
        office.arrives("Tue 2 Jun 2026 12:00", stranger)
        office.pass_("Tue 2 Jun 2026 12:00")
    refused = mailbot(home, "unlock", "1", "--password-in", "3", "--now", NOW)
    assert refused.code == 2
    assert "Mail 3 came from somebody else than mail 1" in " ".join(refused.err.split())
    assert mailbot(home, "held", "--json", "--now", NOW).document[0]["state"] == "waiting_for_password"
    assert mailbot(home, "unlock", "1", "--password-in", "3", "--anyway", "--now", NOW).code == 0


def test_the_help_says_where_a_password_stays(home: Path) -> None:
    told = " ".join(mailbot(home, "unlock", "--help").out.split())
    assert "It stays in the record" in told
    assert "they are kept nowhere" in told


def test_two_passwords_are_typed_one_a_line(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    name, content = REFERRAL
    archive = two_locks(
        (name, content, PASSWORD), ("notes.txt", b"The family moved here in spring.", "Grey Heron 11")
    )
    with office_at(home) as office:
        office.arrives(TUESDAY, Arriving(PHONE, "JCR referral", "Two passwords follow.", [("Both.zip", archive)]))
        office.pass_(TUESDAY)
    one = mailbot(home, "unlock", "1", "--password-stdin", "--now", NOW, typed=f"{PASSWORD}\n")
    assert one.code == 1
    assert "opens 1 of 2 locks in mail 1. Locks that stay shut: 1. Nothing was changed" in " ".join(one.err.split())
    both = mailbot(home, "unlock", "1", "--password-stdin", "--now", NOW, typed=f"{PASSWORD}\nGrey Heron 11\n")
    assert both.code == 0, both.err
    assert "stay shut" not in both.out
    assert "Mail 1 is handled" in both.out


def test_locks_that_stay_shut_are_counted(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    files = [
        plain_zip(*((f"{word}.docx", locked_word(REFERRAL[1], word)) for word in ("Wren-4", "Heron-5", "Owl-66")))
    ]
    with office_at(home) as office:
        office.arrives(TUESDAY, Arriving(PHONE, "JCR referral", "Follows.", [("Three.zip", files[0])]))
        office.pass_(TUESDAY)
    one = mailbot(home, "unlock", "1", "--password-stdin", "--now", NOW, typed="Owl-66\n")
    assert one.code == 0, one.err
    assert "1 file opened; the original is kept. Locks that stay shut: 2." in " ".join(one.out.split())


def test_a_wrong_password_exits_with_1_and_changes_nothing(home: Path) -> None:
    before = mailbot(home, "held", "--json", "--now", NOW).document
    wrong = mailbot(home, "unlock", "1", "--password-stdin", "--now", NOW, typed="Grey Heron 11\n")
    assert wrong.code == 1
    assert "opens no file of mail 1, and nothing was changed" in " ".join(wrong.err.split())
    assert "Heron" not in wrong.out + wrong.err
    assert mailbot(home, "unlock", "1", "--password-stdin", "--now", NOW, typed="\n").code == 1
    assert mailbot(home, "held", "--json", "--now", NOW).document == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("unlock", "1"), "--password-stdin"),
        (("unlock", "1", "--password-stdin", "--password-in", "2"), "--password-in"),
        (("unlock", "99", "--password-stdin"), "There is no mail 99"),
        (("unlock", "2", "--password-stdin"), "Mail 2 has no locked file"),
        (("unlock", "1", "--password-in", "99"), "There is no mail 99"),
        (("teach", "referral", "Clan"), "Teaching needs all three"),
        (("teach", "referral", "Clan", "child_nmae"), "Did you mean child_name"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_usage_exits_with_2(home: Path, arguments: tuple[str, ...], words: str) -> None:
    ran = mailbot(home, *arguments, "--now", NOW, typed=f"{PASSWORD}\n")
    assert ran.code == 2
    assert words in " ".join(ran.err.split())


def test_a_label_is_seen_taught_and_understood(home: Path) -> None:
    strange = table(
        [paragraph(run("Name of child", "<w:b/>")), "Wilfred Oakhanger"],
        [paragraph(run("Date of birth", "<w:b/>")), "03/04/2021"],
        [paragraph(run("Name of referrer", "<w:b/>")), "Ola Brandt"],
        [paragraph(run("The nan's budgie", "<w:b/>")), "Two of them"],
    )
    form = word_file(paragraph("Rapid Review Referral Form") + strange)
    with office_at(home) as office:
        stranger = "Ola Brandt <ola.brandt@meadowbank-nursery.example>"
        office.delivered = 2
        office.arrives("Tue 2 Jun 2026 12:00", Arriving(stranger, "Referral", "Attached.", [("form.docx", form)]))
        office.pass_("Tue 2 Jun 2026 12:00")
        assert office.last.state == "held"
    seen = mailbot(home, "teach", "--json", "--now", NOW).document
    assert seen == [{"form": "referral", "label": "The nan's budgie", "mails": [3]}]
    assert "mailbot teach referral 'The nan'\"'\"'s budgie' FIELD" in mailbot(home, "teach", "--now", NOW).out
    done = mailbot(home, "teach", "referral", "The nan's budgie", "child_aka", "--by", "Helen Marsh", "--now", NOW)
    assert done.code == 0, done.err
    assert "mailbot replay 3" in done.out
    written = (home / "config" / "labels.toml").read_text("utf-8")
    assert '"The nan\'s budgie",  # Helen Marsh, 2026-06-02' in written
    assert mailbot(home, "replay", "3", "--now", NOW).code == 0
    assert mailbot(home, "teach", "--json", "--now", NOW).document == []


def test_check_says_what_is_wrong_with_taught_labels(home: Path) -> None:
    (home / "config" / "labels.toml").write_text('[referral]\nchild_nmae = ["Clan"]\n', "utf-8")
    ran = mailbot(home, "check")
    assert ran.code == 1
    assert "config/labels.toml: [referral] child_nmae: there is no such field" in " ".join(ran.out.split())
