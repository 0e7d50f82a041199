"""Strangers' words on a person's terminal: seen, never obeyed."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mailbot.cli.app import Screen, err, out, print_json, visible
from mailbot.demo.mails import Arriving
from tests.cli.test_commands import NOW, Ran, mailbot
from tests.intake.office import REFERRAL, make_home, office_at
from tests.locking import locked_word

CLEAR = "\x1b[2J"
EIGHT_BITS = "\x9b2J"
TURNED = "\u202e"
DRIVES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def drives(ran: Ran) -> list[str]:
    """What in a command's output a terminal would obey."""
    return DRIVES.findall(ran.out + ran.err)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Zoë’s return – “final”\nline two", "Zoë’s return – “final”\nline two"),
        (f"a{CLEAR}b", "a?[2Jb"),
        (f"a{EIGHT_BITS}b", "a?2Jb"),
        (f"cod{TURNED}xcod.exe", "cod?xcod.exe"),
        ("half a pair \udc9b", "half a pair ?"),
        ("one\rtwo\u2028three", "one?two?three"),
    ],
)
def test_what_cannot_be_seen_is_a_question_mark(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize("screen", [out, err])
def test_however_a_text_is_printed_it_is_made_visible_first(screen: Screen) -> None:
    table = Table(f"head{CLEAR}")
    table.columns[0].overflow = "fold"
    table.add_row(f"cell{EIGHT_BITS}")
    table.add_row(Text(f"text{CLEAR}", style="bold"))
    printed = StringIO()
    with redirect_stdout(printed), redirect_stderr(printed):
        screen.print(f"plain{CLEAR}", markup=False)
        screen.print(f"markup{EIGHT_BITS}", f"and more{TURNED}")
        screen.print(table)
        screen.print(Padding(Text(f"in{CLEAR}side"), (0, 0, 0, 4)), soft_wrap=True)
    assert not DRIVES.findall(printed.getvalue())
    for word in ("plain?[2J", "markup?2J and more?", "head?[2J", "cell?2J", "text?[2", "in?[2Jside"):
        assert word in printed.getvalue()


def test_our_own_style_still_reaches_a_terminal() -> None:
    terminal = StringIO()
    Screen(file=terminal, force_terminal=True, color_system="standard").print(Text(f"a{CLEAR}", style="bold"))
    assert terminal.getvalue() == "\x1b[1ma?[2J\x1b[0m\n"


def test_json_says_the_same_in_escapes(capsys: pytest.CaptureFixture[str]) -> None:
    document = {"subject": f"Zoë {CLEAR}{EIGHT_BITS}{TURNED}\n\u2028"}
    print_json(document)
    written = capsys.readouterr().out
    assert json.loads(written) == document
    assert "Zoë" in written
    assert not DRIVES.findall(written)


def test_the_subject_and_the_sender_of_a_held_mail_drive_nothing(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    encoded = "=?utf-8?q?Return=1B=5B2J=C2=9B2J=E2=80=AE?="
    files = [("form.docx", locked_word(REFERRAL[1], "Blue Heron 22"))]
    stranger = Arriving("Ola <ola@meadowbank-nursery.example>", "SUBJECT", "See file.", files)
    with office_at(home) as office:
        raw = office.arrives("Tue 2 Jun 2026 10:00", stranger)
        next((home / "mail" / "inbox").iterdir()).write_bytes(raw.replace(b"SUBJECT", encoded.encode(), 1))
        office.pass_("Tue 2 Jun 2026 10:00")
    shown = mailbot(home, "held", "--now", NOW)
    assert "Return?[2J?2J?" in " ".join(shown.out.split())
    assert drives(shown) == []
    held = mailbot(home, "held", "--json", "--now", NOW)
    assert held.document[0]["subject"].startswith(f"Return{CLEAR}")
    assert drives(held) == []


def test_names_of_files_and_of_what_is_in_a_zip_drive_nothing(tmp_path: Path) -> None:
    archive = tmp_path / "sent.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr(f"Return{EIGHT_BITS}{CLEAR}.txt", "Nothing to say.")
    read = mailbot(tmp_path, "read", str(archive), str(shutil.copy(archive, tmp_path / f"a{CLEAR}.zip")))
    assert "Return?2J?[2J.txt" in read.out
    missing = mailbot(tmp_path, "read", str(tmp_path / f"gone{EIGHT_BITS}{CLEAR}.docx"))
    assert "gone?2J?[2J.docx cannot be read" in "".join(missing.err.split("\n"))
    assert drives(read) + drives(missing) == []


def test_wrong_usage_repeats_no_escapes(tmp_path: Path) -> None:
    ran = mailbot(tmp_path, f"held{CLEAR}")
    assert ran.code == 2
    assert drives(ran) == []
