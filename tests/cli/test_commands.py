"""The commands, run as a person or a program runs them: one JSON document, exit codes, refusals in words."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from mailbot.cli import main
from tests.intake.office import MANAGER, NINE, REF, make_home, office_at

NOW = "2026-06-01T09:30"


@dataclass(frozen=True)
class Ran:
    """What a command gave."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)


def mailbot(home: Path, *arguments: str, typed: str = "") -> Ran:
    """Run the program on a home, with what is typed into it."""
    out, err = StringIO(), StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["mailbot", "--home", str(home), *arguments])
        patch.setattr(sys, "stdin", StringIO(typed))
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
        else:
            code = 0
    return Ran(code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one case, whose scoping letters wait, and one held mail."""
    home = make_home(tmp_path_factory.mktemp("cli") / "home")
    with office_at(home) as office:
        office.refer(NINE)
        stranger = (home / "mail" / "done" / "001.eml").read_bytes().replace(b"westmarch-council", b"elsewhere")
        office.lay(stranger)
        office.pass_("Mon 1 Jun 2026 9:10")
    return home


@pytest.fixture
def home(prepared: Path, tmp_path: Path) -> Path:
    return shutil.copytree(prepared, tmp_path / "home")


@pytest.mark.parametrize(
    ("command", "keys"),
    [
        (("cases",), {"ref", "stage", "stage_name", "next", "waits_for", "asked", "returned", "late"}),
        (("show", REF), {"ref", "stage", "procedure", "child", "clocks", "requests", "meeting", "papers"}),
        (("explain", REF), {"what", "because", "at", "by"}),
        (("plan", REF), {"ref", "clocks", "planned"}),
        (("plan",), {"ref", "clocks", "planned"}),
        (
            ("letters",),
            {"id", "key", "case", "kind", "agency", "to", "subject", "status", "due", "message_id", "round", "item"}
            | {"approvers", "sent_at"},
        ),
        (("letters", "--waiting"), {"id", "status"}),
        (("letter", "1"), {"id", "text", "attachments", "history"}),
        (("held",), {"id", "message_id", "from", "subject", "received", "state", "reason", "candidates"}),
        (("ledger",), {"seen", "handled", "held", "ignored", "balanced"}),
        (("audit",), {"entries", "intact", "first_broken"}),
        (("once",), {"now", "fetched", "handled", "held", "letters", "questions_asked"}),
        (("once", "--dry-run"), {"now", "fetched", "handled", "held", "letters", "questions_asked"}),
        (("check",), {"problems", "remarks"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_with_json_a_command_prints_one_document_and_nothing_else(
    home: Path, command: tuple[str, ...], keys: set[str]
) -> None:
    when = () if command == ("check",) else ("--now", NOW)
    ran = mailbot(home, *command, "--json", *when)
    assert ran.code == 0, ran.err
    document = ran.document
    for entry in document if isinstance(document, list) else [document]:
        assert keys <= set(entry)
    assert document


def test_reading_a_file_and_a_mail_prints_one_document(home: Path) -> None:
    mail = home / "mail" / "done" / "001.eml"
    recognised = mailbot(home, "recognise", str(mail), "--json", "--now", NOW)
    assert recognised.code == 0
    assert recognised.document["kind"] == "referral"
    assert recognised.document["agency"] == "childrens-services"
    assert recognised.document["believed"] is True
    chronology = Path(__file__).parents[2] / "mailbot" / "demo" / "forms" / "chronology.xlsx"
    read = mailbot(home, "read", str(chronology), "--json")
    assert read.document["kind"] == "chronology"
    assert read.document["tables"]["chronology"]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("show", "RR-2026-099"), "There is no case RR-2026-099"),
        (("explain", "RR-2026-099"), "There is no case RR-2026-099"),
        (("plan", "RR-2026-099"), "`mailbot cases` lists them all"),
        (("letter", "999"), "There is no letter 999"),
        (("approve", "999", "--as", MANAGER), "There is no letter 999"),
        (("approve", "1", "--as", MANAGER), "does not wait for anybody: it is sent"),
        (("approve", "all", "--as", MANAGER), "neither a letter's number nor a round"),
        (("approve", f"{REF}/pack-1", "--as", MANAGER), "has no letters that wait"),
        (("approve", f"{REF}/scoping-1", "--as", "lee@elsewhere.example"), "is not an approver"),
        (("assign", "99", REF, "--as", MANAGER), "There is no mail 99"),
        (("assign", "2", "RR-2026-099", "--as", MANAGER), "There is no case RR-2026-099"),
        (("replay", "1"), "1"),
        (("record", REF, "rescheduled", "--as", MANAGER), "is not a fact that can be recorded"),
        (("record", REF, "outcome", "none", "--why", "x", "--as", MANAGER), "What may come next"),
        (("recognise", "nowhere.eml"), "nowhere.eml cannot be read"),
        (("submission", "RR-2026-099", "-o", "out"), "There is no case"),
        (("show", REF, "--now", "tomorrow"), "write it as 2026-06-10T10:00"),
        (("init", "."), "is there already"),
        (("show",), "Missing argument"),
        (("shew",), "shew"),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else "",
)
def test_wrong_usage_exits_with_2_and_says_what_to_do(home: Path, command: tuple[str, ...], words: str) -> None:
    arguments = tuple(str(home) if a == "." else a for a in command)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAILBOT_NOW", NOW)
        ran = mailbot(home, *arguments)
    assert ran.code == 2
    assert words in " ".join(ran.err.split())
    assert "Traceback" not in ran.err
    assert ran.out == ""


def test_the_installed_program_keeps_its_log_apart_from_its_document(home: Path) -> None:
    program = [sys.executable, "-c", "from mailbot.cli import main; main()", "--home", str(home), "-v"]
    done = subprocess.run([*program, "once", "--json", "--now", NOW], capture_output=True, timeout=60, check=False)
    assert done.returncode == 0
    assert json.loads(done.stdout)["fetched"] == 0


def test_a_broken_home_is_told_whole_and_exits_with_1(home: Path) -> None:
    settings = home / "config" / "mailbot.toml"
    settings.write_text(settings.read_text("utf-8").replace("grace_minutes", "grace"), "utf-8")
    (home / "config" / "people.toml").write_text("[[person]]\nname = 'x'\n", "utf-8")
    ran = mailbot(home, "check")
    assert ran.code == 1
    assert "[approval] grace: there is no such key" in ran.out
    assert "[[person]] x email: is missing" in ran.out
    problems = mailbot(home, "check", "--json")
    assert problems.code == 1
    assert len(problems.document["problems"]) == 3
    assert mailbot(home, "cases").code == 1


def test_check_names_what_would_go_wrong_later(home: Path) -> None:
    shutil.rmtree(home / "mail" / "inbox")
    (home / "templates" / "letters").mkdir(parents=True)
    (home / "templates" / "letters" / "chase.md").write_text("Subject: {{ nonsense }}\n\nx\n", "utf-8")
    agencies = home / "config" / "agencies.toml"
    agencies.write_text(
        agencies.read_text("utf-8").replace('spoc = ["spoc@westmarch-probation.example"]', "spoc = []")
    )
    ran = mailbot(home, "check")
    assert ran.code == 1
    for words in ("[[agency]] probation: spoc", "chase.md", "[inbox] There is no folder"):
        assert words in " ".join(ran.out.split()), words


def test_a_home_that_is_not_there_says_how_to_make_one(tmp_path: Path) -> None:
    ran = mailbot(tmp_path, "cases")
    assert ran.code == 1
    assert "mailbot init" in ran.err


def test_init_makes_a_home_in_which_check_finds_no_problem(tmp_path: Path) -> None:
    assert mailbot(tmp_path, "init", str(tmp_path / "new")).code == 0
    ran = mailbot(tmp_path / "new", "check")
    assert ran.code == 0, ran.out
    assert "No problems." in ran.out


def test_a_dry_run_says_what_would_be_done_and_changes_nothing(home: Path) -> None:
    (home / "mail" / "inbox" / "news.eml").write_bytes(b"From: a@shop.example\r\nSubject: Offers\r\n\r\nBuy\r\n")
    before = everything_in(home)
    ran = mailbot(home, "once", "--dry-run", "--now", "2026-06-02T09:00")
    assert ran.code == 0, ran.err
    assert f"{REF}: office told: Due soon: scoping letters to all relevant agencies" in ran.out
    assert "1 mails fetched" in ran.out
    assert everything_in(home) == before


def test_a_now_without_an_offset_is_the_offices_time(home: Path) -> None:
    local = mailbot(home, "once", "--json", "--now", "2026-06-01T09:30").document["now"]
    utc = mailbot(home, "once", "--json", "--now", "2026-06-01T09:30+00:00").document["now"]
    assert (local, utc) == ("2026-06-01T08:30:00Z", "2026-06-01T09:30:00Z")


def test_a_person_approves_a_round_and_the_worker_sends_it(home: Path) -> None:
    approved = mailbot(home, "approve", f"{REF}/scoping-1", "--as", MANAGER, "--now", NOW)
    assert approved.code == 0, approved.err
    assert f"{REF}/scoping-1: approved by {MANAGER}." in approved.out
    once = mailbot(home, "once", "--json", "--now", "2026-06-01T09:35").document
    assert once["letters"]["sent"] >= 8
    case = mailbot(home, "show", REF, "--json", "--now", NOW).document
    assert {r["status"] for r in case["requests"]} == {"sent"}


def test_the_open_cases_are_seen_at_a_glance_and_the_ended_ones_when_asked_for(home: Path) -> None:
    shown = mailbot(home, "cases", "--now", NOW).out
    assert "approval of scoping letters" in shown
    assert "0 of " in shown
    withdrawn = ("record", REF, "withdrawn", "--why", "the referral was a mistake", "--as", MANAGER, "--now", NOW)
    assert mailbot(home, *withdrawn).code == 0
    shown = mailbot(home, "cases", "--now", NOW).out
    assert REF not in shown
    assert "1 ended case not shown" in shown
    assert REF in mailbot(home, "cases", "--all", "--now", NOW).out
    assert [c["ref"] for c in mailbot(home, "cases", "--json", "--now", NOW).document] == [REF]


def test_the_stages_are_printed_as_the_page_of_the_docs(home: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "stages.md").read_text("utf-8")
    assert mailbot(home, "stages").out.strip() == page.strip()


def test_a_person_rejects_one_letter_with_a_reason(home: Path) -> None:
    waiting = mailbot(home, "letters", "--waiting", "--json", "--now", NOW).document
    number = str(waiting[0]["id"])
    assert mailbot(home, "reject", number, "--as", MANAGER, "--now", NOW).code == 2
    done = mailbot(home, "reject", number, "--as", MANAGER, "--why", "asked by telephone", "--now", NOW)
    assert done.code == 0, done.err
    letter = mailbot(home, "letter", number, "--json", "--now", NOW).document
    assert letter["status"] == "rejected"
    assert letter["history"][-1]["by"] == MANAGER


def test_the_plan_says_how_each_clock_was_reckoned(home: Path) -> None:
    plan = mailbot(home, "plan", REF, "--why", "--json", "--now", NOW).document
    counted = {clock["id"]: clock["counted"] for clock in plan["clocks"]}["send_scoping"]
    assert [(d["day"], d["number"]) for d in counted] == [("2026-06-01", 0), ("2026-06-02", 1), ("2026-06-03", 2)]
    assert [clock["id"] for clock in plan["clocks"] if clock["binding"]] == ["send_scoping"]
    due = {entry["what"] for day in plan["calendar"] if day["day"] == "2026-06-03" for entry in day["due"]}
    assert "scoping letters to all relevant agencies" in due
    told = mailbot(home, "plan", REF, "--why", "--now", NOW).out
    assert "Sat 6 Jun" in told
    assert "Saturday" in told
    assert "first" in told


def test_a_person_says_that_a_held_mail_is_a_case_of_its_own(home: Path) -> None:
    done = mailbot(home, "assign", "2", "NEW", "--as", MANAGER, "--now", NOW)
    assert done.code == 0, done.err
    assert f"Mail 2 is handled: assigned by {MANAGER}" in done.out
    # The new one is the more urgent: the local authority is to be told of it by tomorrow.
    assert [c["ref"] for c in mailbot(home, "cases", "--json", "--now", NOW).document] == ["RR-2026-002", REF]


def test_a_fact_is_recorded_and_what_follows_is_done_at_once(home: Path) -> None:
    done = mailbot(home, "record", REF, "aware", "2026-05-29T10:20", "--as", MANAGER, "--now", NOW)
    assert done.code == 0, done.err
    case = mailbot(home, "show", REF, "--json", "--now", NOW).document
    clock = next(c for c in case["clocks"] if c["id"] == "jcr_referral")
    assert clock["started"] == "2026-05-29T09:20:00+00:00"


def test_papers_are_written_as_they_stand(home: Path, tmp_path: Path) -> None:
    done = mailbot(home, "submission", REF, "-o", str(tmp_path / "out"), "--now", NOW)
    assert done.code == 0, done.err
    paper, annex = sorted((tmp_path / "out").iterdir())
    assert paper.name == f"{REF} Rapid Review Template (draft).docx"
    assert paper.read_bytes()[:2] == b"PK"
    assert annex.name == f"{REF} where each line came from (for the office).pdf"
    assert annex.read_bytes()[:5] == b"%PDF-"


def test_the_template_is_the_same_paper_however_it_is_asked_for(home: Path, tmp_path: Path) -> None:
    mailbot(home, "submission", REF, "-o", str(tmp_path / "out"), "--now", NOW)
    one = tmp_path / "one.docx"
    done = mailbot(home, "paper", REF, "rapid-review-template", "-o", str(one), "--now", NOW)
    assert done.code == 0, done.err
    assert one.read_bytes() == (tmp_path / "out" / f"{REF} Rapid Review Template (draft).docx").read_bytes()
    with zipfile.ZipFile(one) as parts:
        assert [name for name in parts.namelist() if name.startswith("word/media/")]


def test_a_record_that_was_tampered_with_is_found_and_exits_with_1(home: Path) -> None:
    with closing(sqlite3.connect(home / "data" / "mailbot.db")) as db, db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.execute("UPDATE events SET event = replace(event, 'mailbot', 'nobody') WHERE number = 2")
    ran = mailbot(home, "audit", "--json", "--now", NOW)
    assert ran.code == 1
    assert ran.document["intact"] is False
    assert ran.document["first_broken"] == 2


def test_a_backup_is_a_record_of_its_own(home: Path, tmp_path: Path) -> None:
    assert mailbot(home, "backup", str(tmp_path / "copy.db"), "--now", NOW).code == 0
    shutil.copy(tmp_path / "copy.db", home / "data" / "mailbot.db")
    assert mailbot(home, "audit", "--json", "--now", NOW).document["intact"] is True


def everything_in(home: Path) -> dict[str, str]:
    """Every file of a home with its content's hash."""
    return {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*"))
        if path.is_file()
    }
